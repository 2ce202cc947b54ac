"""The installed wheel: `pytest python/tests` in an environment that has it. What is not installed beside it is skipped aloud."""

import decimal
import pathlib
import threading

import pytest

import juesuan

SAMPLES = pathlib.Path(__file__).parents[2] / "samples"
ONE = SAMPLES / "s03-fy2022-national.pdf"
OTHER = SAMPLES / "s15-template.pdf"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    seen = []
    out = tmp_path_factory.mktemp("python") / "data"
    data = juesuan.extract([ONE, OTHER, "/nowhere/missing.pdf"], out, resume=True, progress=seen.append)
    assert {(r["file_name"], r["status"]) for r in seen} == {
        (ONE.name, "extracted"),
        (OTHER.name, "not_a_final_account"),
        ("missing.pdf", "failed"),
    }
    return data


def test_counts_and_resume(data):
    assert data.summary["documents"] == 3 and data.summary["failed"] == 1 and data.summary["known"] == 0
    again = juesuan.extract([ONE, OTHER], data.path.parent / "again", resume=True)
    assert again.summary["documents"] == 2
    seen = []
    again = juesuan.extract([ONE, OTHER], again.path, resume=True, progress=seen.append)
    assert again.summary["known"] == 2 and all(r["known"] for r in seen)


def test_tables_as_arrow_pandas_polars_duckdb(data):
    pyarrow = pytest.importorskip("pyarrow")
    facts = data.facts.to_arrow()
    assert facts.num_rows == data.summary["facts"] > 500
    assert facts.schema.field("amount").type == pyarrow.decimal128(20, 2)
    assert pyarrow.table(data.facts).equals(facts)
    pandas = pytest.importorskip("pandas")
    frame = data.facts.to_pandas(columns=["form", "amount", "is_total"])
    assert isinstance(frame, pandas.DataFrame) and isinstance(frame["amount"].dropna().iloc[0], decimal.Decimal)
    duckdb = pytest.importorskip("duckdb")
    found = data.findings.to_arrow()
    assert duckdb.sql("SELECT count(*) FROM found").fetchall()[0][0] == found.num_rows


def test_polars(data):
    polars = pytest.importorskip("polars")
    assert data.documents.to_polars().height == 3
    pytest.importorskip("pyarrow")
    assert polars.DataFrame(data.documents).height == 3


def test_panel(data):
    pytest.importorskip("pyarrow")
    long = data.panel().to_arrow()
    wide = data.panel(wide=True).to_arrow()
    assert wide.num_rows == 1 and long.num_rows == (wide.num_columns - 8) // 2


def test_shards_and_merge(data, tmp_path):
    parts = [juesuan.extract(SAMPLES, tmp_path / f"{n}", shard=(n, 2), forms=["three_public"]) for n in (1, 2)]
    with pytest.raises(juesuan.JuesuanError) as e:
        juesuan.merge([parts[0], data], tmp_path / "no")
    assert e.value.code == 2 and "same rules" in str(e.value)
    whole = juesuan.merge(parts, tmp_path / "all")
    assert whole.table("documents").path.is_file()


def test_one_document_from_its_bytes():
    one = juesuan.read(ONE.read_bytes(), ONE.name)
    assert one.summary["extracted"] == 1 and one.facts.path.is_file()
    with pytest.raises(juesuan.JuesuanError) as e:
        juesuan.read(ONE.read_bytes()[:3000], "cut.pdf")
    assert e.value.code == "file-cut-off" and "cut.pdf" in str(e.value)


def test_errors_and_a_callback_that_stops(tmp_path):
    with pytest.raises(juesuan.JuesuanError) as e:
        juesuan.extract(ONE, tmp_path / "out", forms=["nothing"])
    assert e.value.code == 2 and "no form has the id" in str(e.value)
    with pytest.raises(juesuan.JuesuanError):
        juesuan.open(tmp_path)
    with pytest.raises(AttributeError):
        juesuan.extract(ONE, tmp_path / "out").nothing

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        juesuan.extract(SAMPLES, tmp_path / "stopped", progress=stop)
    assert not (tmp_path / "stopped").exists()


def test_other_threads_go_on(tmp_path):
    count, done = 0, threading.Event()

    def counts():
        nonlocal count
        while not done.wait(0.002):
            count += 1

    other = threading.Thread(target=counts)
    other.start()
    juesuan.extract(ONE, tmp_path / "out")
    done.set()
    other.join()
    assert count > 10
