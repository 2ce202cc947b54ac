"""Many machines by Spark: each partition of a DataFrame of documents is read by one process, and the shares become one dataset.

    import juesuan.spark
    files = spark.read.format("binaryFile").load("archive/").select("path", "content")
    data = juesuan.spark.extract(files, "/shared/parts", "/shared/data")

A row is ``(path, content)``, or ``(path,)`` alone where all machines see the same disk. Documents with their content are read alone; of those by
path, files of one folder in one partition may be one announcement. A document that cannot be read is a row of
``documents`` and fails no task. Every partition is a dataset of its own below ``shared``, a folder that all machines and the driver see; a task
that Spark starts twice writes it twice, and the last one stands whole. ``juesuan merge`` makes them one: versions, units, findings
between years.
"""

from __future__ import annotations

import os
import pathlib
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

import juesuan

__all__ = ["extract", "read"]

#: What comes back of each partition.
SCHEMA = "part string, documents long, failed long"


def read(files: Any, shared: juesuan.PathLike, *, grammars: juesuan.PathLike | None = None) -> Any:
    """The partitions of ``files`` as datasets below ``shared``: a DataFrame of their folders, counted when it is collected.

    Each partition holds its documents on the local disk while they are read: a hundred to a thousand make a good one.
    """
    columns = [c.lower() for c in files.columns]
    if columns[:1] != ["path"] or columns[1:] not in ([], ["content"]):
        raise juesuan.JuesuanError(f"columns path, or path and content, are needed, not {', '.join(files.columns)}", 2)
    target, rules = os.fspath(shared), None if grammars is None else os.fspath(grammars)

    def partition(batches: Iterable[Any]) -> Iterator[Any]:
        import pyarrow
        from pyspark import TaskContext

        context = TaskContext.get()
        number = context.partitionId() if context is not None else 0
        with tempfile.TemporaryDirectory() as local:
            paths = list(_files(batches, pathlib.Path(local)))
            if not paths:
                return
            part = os.path.join(target, f"part-{number:05}")
            # Apart, so that two attempts of one task never meet; `resume` keeps what `merge` needs.
            data = juesuan.extract(paths, part, resume=True, threads=1, grammars=rules)
            columns = {"part": [part], "documents": [data.summary["documents"]], "failed": [data.summary["failed"]]}
            yield pyarrow.RecordBatch.from_pydict(columns)

    return files.mapInArrow(partition, SCHEMA)


def _files(batches: Iterable[Any], local: pathlib.Path) -> Iterator[str]:
    """The paths of the documents, those with content written below ``local`` under their names."""
    number = 0
    for batch in batches:
        for row in batch.to_pylist():
            if row.get("content") is None:
                yield row["path"]
                continue
            # Two documents may have one name, and stand in one folder no more than those of two partitions do.
            file = local / str(number) / (row["path"].replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or "document")
            number += 1
            file.parent.mkdir()
            file.write_bytes(row["content"])
            yield str(file)


def extract(
    files: Any,
    shared: juesuan.PathLike,
    out: juesuan.PathLike,
    *,
    overwrite: bool = False,
    grammars: juesuan.PathLike | None = None,
) -> juesuan.Dataset:
    """Reads all documents on the cluster and makes one dataset of them at ``out``."""
    parts = [row["part"] for row in read(files, shared, grammars=grammars).collect()]
    if not parts:
        raise juesuan.JuesuanError("the DataFrame holds no document", 2)
    return juesuan.merge(sorted(parts), out, overwrite=overwrite)
