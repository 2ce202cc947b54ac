"""`juesuan.spark` on this machine: skipped aloud where PySpark or Java is missing."""

import os
import pathlib
import shutil
import sys

import pytest

import juesuan

pyspark = pytest.importorskip("pyspark", reason="PySpark is not installed: juesuan.spark is not tested")
if shutil.which("java") is None:
    pytest.skip("Java is not installed: juesuan.spark is not tested", allow_module_level=True)

SAMPLES = pathlib.Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="module")
def spark():
    from pyspark.sql import SparkSession

    # Its workers are this Python, which has the module.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    yield session
    session.stop()


def rows(data, table):
    found = getattr(data, table).to_arrow().to_pylist()
    return sorted((tuple(map(str, r.values())) for r in found))


def test_the_rows_are_those_of_the_command(spark, tmp_path):
    import juesuan.spark

    paths = sorted(SAMPLES.glob("*.pdf"))[:12]
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4\n")
    both = [(str(p), p.read_bytes()) for p in [*paths, broken]]
    # One by one, as files of one folder may be one announcement.
    whole = juesuan.extract([_alone(tmp_path, p, c) for p, c in both], tmp_path / "whole")
    files = spark.createDataFrame(both, "path string, content binary").repartition(4)
    data = juesuan.spark.extract(files, tmp_path / "parts", tmp_path / "data")
    assert len(list((tmp_path / "parts").iterdir())) > 1
    for table in juesuan.TABLES:
        assert rows(data, table) == rows(whole, table), table
    documents = {d["file_name"]: d["status"] for d in data.documents.to_arrow().to_pylist()}
    assert documents["broken.pdf"] == "failed" and len(documents) == len(both)


def _alone(tmp_path, path, content):
    file = tmp_path / "alone" / pathlib.Path(path).stem / pathlib.Path(path).name
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    return file


def test_other_columns_are_refused(spark, tmp_path):
    import juesuan.spark

    with pytest.raises(juesuan.JuesuanError, match="path and content"):
        juesuan.spark.read(spark.createDataFrame([("a",)], "file string"), tmp_path)
