"""juesuan: published Chinese final accounts (部门决算) as exact tables.

    import juesuan
    data = juesuan.extract(["2022/", "2023/"], "data", resume=True)
    facts = data.facts.to_pandas()          # or .to_polars(), .to_arrow(); DuckDB and polars also take data.facts itself

The module drives the ``juesuan`` program that comes in the same wheel: documents are read in a process of their own with bounded
memory, so that no file can harm the interpreter, and the interpreter's lock is free meanwhile. Tables are read from the Parquet
files of the dataset; ``pyarrow`` does that where Arrow is asked for, polars and DuckDB read them themselves.
"""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sysconfig
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

__all__ = ["Dataset", "JuesuanError", "Table", "TABLES", "extract", "merge", "open", "program", "read"]

#: The tables of a dataset, in the order of its data package.
TABLES = (
    "documents",
    "facts",
    "statements",
    "findings",
    "projects",
    "project_funds",
    "indicators",
    "sections",
    "glossary",
    "members",
    "units",
    "codebook",
    "diagnostics",
)

PathLike = str | os.PathLike[str]
_open = open


class JuesuanError(Exception):
    """The program could not do its work.

    ``code`` is its exit code (2: wrong usage, or nothing could be done), or the stable word of docs/diagnostics.md that says why one
    document was refused (``read``). Documents of a larger run that fail raise nothing: they are rows of ``documents`` with a status.
    """

    def __init__(self, message: str, code: int | str) -> None:
        super().__init__(message)
        self.code = code


def program() -> str:
    """The path of the ``juesuan`` program: ``$JUESUAN``, else that of the wheel, else the one on the search path."""
    name = "juesuan.exe" if os.name == "nt" else "juesuan"
    given = os.environ.get("JUESUAN")
    if given:
        return given
    for scheme in (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user")):
        path = pathlib.Path(sysconfig.get_path("scripts", scheme)) / name
        if path.is_file():
            return str(path)
    found = shutil.which("juesuan")
    if found is None:
        raise JuesuanError("the juesuan program is not installed; install the wheel again, or set JUESUAN to its path", 2)
    return found


def _run(
    args: Sequence[str], stdin: bytes | None = None, event: Callable[[dict[str, Any]], None] | None = None
) -> int:
    """Runs the program; each line of JSON that it says goes to ``event``."""
    said: deque[str] = deque(maxlen=20)
    with tempfile.TemporaryFile() as given:
        given.write(stdin or b"")
        given.seek(0)
        with subprocess.Popen(
            [program(), *args], stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8", errors="replace"
        ) as child:
            assert child.stderr is not None
            try:
                for line in child.stderr:
                    if line.startswith("{"):
                        if event is not None:
                            event(json.loads(line))
                    else:
                        said.append(line.rstrip().removeprefix("juesuan: "))
            except BaseException:
                # The callback or the user stops: so does the program.
                child.kill()
                raise
            code = child.wait()
    if code not in (0, 1):
        raise JuesuanError("\n".join(said) or f"juesuan ended with {code}", code)
    return code


class Table:
    """One table of a dataset. Takes part in the Arrow PyCapsule interface: ``polars.DataFrame(t)``, ``pyarrow.table(t)`` and DuckDB take it as it is."""

    def __init__(self, path: pathlib.Path) -> None:
        #: The Parquet file.
        self.path = path

    def __repr__(self) -> str:
        return f"juesuan.Table({str(self.path)!r})"

    def to_arrow(self, columns: Sequence[str] | None = None) -> Any:
        """The table as a ``pyarrow.Table``; amounts are exact decimals."""
        try:
            import pyarrow.parquet
        except ImportError as e:
            raise ImportError("pyarrow is needed for this: pip install 'juesuan[arrow]'") from e
        return pyarrow.parquet.read_table(self.path, columns=None if columns is None else list(columns))

    def to_pandas(self, columns: Sequence[str] | None = None) -> Any:
        """The table as a ``pandas.DataFrame`` with Arrow types, so that decimals stay exact and empty integers integer."""
        import pandas

        return pandas.read_parquet(self.path, columns=columns, dtype_backend="pyarrow")

    def to_polars(self, columns: Sequence[str] | None = None) -> Any:
        """The table as a ``polars.DataFrame``."""
        import polars

        return polars.read_parquet(self.path, columns=columns)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        import pyarrow.parquet

        return pyarrow.parquet.read_schema(self.path).__arrow_c_schema__()


class Dataset:
    """A dataset on disk. Each table is an attribute: ``data.facts``, ``data.documents`` and so on (``juesuan.TABLES``)."""

    def __init__(self, path: PathLike, summary: dict[str, Any] | None = None, _keep: object = None) -> None:
        self.path = pathlib.Path(path)
        #: The counts of the run that made it; None for a dataset that was opened.
        self.summary = summary
        self._keep = _keep
        if not (self.path / "datapackage.json").is_file():
            raise JuesuanError(f"{self.path} is no dataset of juesuan: it has no datapackage.json", 2)

    def __repr__(self) -> str:
        return f"juesuan.Dataset({str(self.path)!r})"

    def table(self, name: str) -> Table:
        """A table by its name."""
        path = self.path / f"{name}.parquet"
        if not path.is_file():
            raise JuesuanError(f"{self.path} has no {name}.parquet; tables are {', '.join(TABLES)}, written with format parquet", 2)
        return Table(path)

    def __getattr__(self, name: str) -> Table:
        if name in TABLES:
            return self.table(name)
        raise AttributeError(f"a dataset has no {name}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *TABLES]

    def panel(
        self,
        *,
        wide: bool = False,
        balanced: bool = False,
        allow_gaps: int = 0,
        years: tuple[int, int] | None = None,
        grammars: PathLike | None = None,
    ) -> Table:
        """Unit × year × indicator; ``wide``: one row for each account, two columns for each indicator."""
        args = ["panel", str(self.path), "--format", "parquet"]
        args += ["--wide"] if wide else []
        args += ["--balanced", "--allow-gaps", str(allow_gaps)] if balanced else []
        args += ["--years", f"{years[0]}-{years[1]}"] if years is not None else []
        args += ["--grammars", os.fspath(grammars)] if grammars is not None else []
        _run(args)
        return Table(self.path / ("panel_wide.parquet" if wide else "panel.parquet"))


def open(path: PathLike) -> Dataset:
    """Opens a dataset that was written earlier."""
    return Dataset(path)


def extract(
    paths: PathLike | Iterable[PathLike],
    out: PathLike,
    *,
    resume: bool = False,
    overwrite: bool = False,
    shard: tuple[int, int] | None = None,
    threads: int | None = None,
    forms: Sequence[str] = (),
    years: Sequence[int] = (),
    formats: Sequence[str] = ("parquet",),
    grammars: PathLike | None = None,
    progress: Callable[[dict[str, Any]], None] | None = None,
) -> Dataset:
    """Reads files and folders and writes a dataset to ``out``.

    ``resume``: only what is new since the last run into ``out`` is read. ``shard=(1, 3)``: the first of three shares. ``progress`` is
    called with a dictionary for each document that is done (``document_id``, ``file_name``, ``status``, ``facts``, …).
    Documents that fail, and files that are missing, are rows of ``documents``; :class:`JuesuanError` is raised when no dataset could be written.
    """
    given = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    if not given:
        raise JuesuanError("no path was given", 2)
    args = ["extract", "--files-from", "-", "--out", os.fspath(out), "--log", "json", "--format", ",".join(formats)]
    args += ["--resume"] if resume else []
    args += ["--overwrite"] if overwrite else []
    args += ["--shard", f"{shard[0]}/{shard[1]}"] if shard is not None else []
    args += ["--threads", str(threads)] if threads is not None else []
    args += ["--forms", ",".join(forms)] if forms else []
    args += ["--years", ",".join(map(str, years))] if years else []
    args += ["--grammars", os.fspath(grammars)] if grammars is not None else []
    summary: dict[str, Any] = {}

    def event(e: dict[str, Any]) -> None:
        if e.get("event") == "summary":
            summary.update(e)
        elif progress is not None:
            progress(e)

    _run(args, b"".join(os.fsencode(p) + b"\0" for p in given), event)
    summary.pop("event", None)
    return Dataset(out, summary)


def merge(datasets: Iterable[PathLike | Dataset], out: PathLike, *, overwrite: bool = False, formats: Sequence[str] = ("parquet",)) -> Dataset:
    """Makes one dataset of several that were written with ``shard`` or ``resume``."""
    dirs = [os.fspath(d.path if isinstance(d, Dataset) else d) for d in datasets]
    _run(["merge", *dirs, "--out", os.fspath(out), "--format", ",".join(formats), *(["--overwrite"] if overwrite else [])])
    return Dataset(out)


def read(content: bytes, name: str = "document.pdf", *, grammars: PathLike | None = None) -> Dataset:
    """Reads one document from its bytes: a dataset of one document, in a folder that lives as long as it does.

    Raises :class:`JuesuanError` with the stable word of docs/diagnostics.md when the document was refused or failed.
    """
    folder = tempfile.TemporaryDirectory(prefix="juesuan-")
    file = pathlib.Path(folder.name) / "in" / (pathlib.PurePath(name).name or "document.pdf")
    file.parent.mkdir()
    file.write_bytes(content)
    rows: list[dict[str, Any]] = []
    data = extract(file, pathlib.Path(folder.name) / "out", threads=1, grammars=grammars, progress=rows.append)
    failed = [r for r in rows if r["status"] == "failed"]
    if failed:
        word = failed[0]["error_code"]
        raise JuesuanError(f"{name} was not read: {word}; docs/diagnostics.md says what to do", word)
    return Dataset(data.path, data.summary, folder)
