#!/usr/bin/env python3
"""Hold the workbooks and the SQLite file of a dataset against its CSV, as other programs open them.

    check_formats.py DATASET [--pdf TABLE,…] [--skip TABLE,…]

DATASET was written with `--format csv,xlsx,sqlite`. LibreOffice converts every workbook: each cell is the one of the CSV (codes keep their
zeros, numbers their digits, texts their length), and none shows ### because its column is narrow (as PDF; default: documents). Datasette
(PyPI) serves the SQLite file: every table has as many rows, amounts the same sum in fen; DuckDB reads it where its sqlite extension is
there. Exit code 0 if everything holds, 1 if something is wrong (each line `WRONG …`), 2 if nothing could be checked.
"""
import argparse
import csv
import glob
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from decimal import Decimal, InvalidOperation

csv.field_size_limit(1 << 30)
# Every sheet as CSV: comma, quotation mark, UTF-8, cells as shown.
SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
LONGEST = 32767  # characters of a cell in Excel
wrong = []


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.reader(f))


def convert(to, files, out, profile):
    command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", to, "--outdir", str(out), *map(str, files)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def same(ours, theirs):
    """A cell of the CSV and what LibreOffice shows of the workbook."""
    if ours == theirs or (ours in ("true", "false") and theirs == ours.upper()):
        return True
    if len(ours) > LONGEST:
        return theirs.startswith(ours[:LONGEST - 100])
    # The sheet shows numbers as its format says: the same value, never fewer digits.
    try:
        return Decimal(ours) == Decimal(theirs.replace(",", "")) and not re.match(r"0\d", ours)
    except InvalidOperation:
        pass
    # A line break in a cell, a moment of time.
    return ours.replace("\r\n", "\n") == theirs.replace("\r\n", "\n") or ours.replace("T", " ").rstrip("Z") == theirs


def workbook(table, folder, dataset):
    """Cells of a workbook that were compared."""
    ours = rows(dataset / f"{table}.csv")
    names, ours = ours[0], ours[1:]
    sheets = sorted(glob.glob(str(folder / f"{table}-{table}*.csv")), key=lambda p: (len(p), p))
    theirs, columns = [], None
    for sheet in sheets:
        read = rows(sheet)
        columns = [head.split("\n")[-1] for head in read[0]]
        theirs += read[1:]
    if len(theirs) != len(ours):
        wrong.append(f"{table}.xlsx has {len(theirs)} rows, the CSV {len(ours)}")
        return 0
    if not columns:
        return 0
    at = {n: columns.index(n) for n in names if n in columns}
    for n in names:
        if n not in at:
            wrong.append(f"{table}.xlsx lacks the column {n}")
    bad = 0
    for number, (a, b) in enumerate(zip(ours, theirs), 2):
        for k, name in enumerate(names):
            if name in at and not same(a[k], b[at[name]]):
                bad += 1
                if bad <= 5:
                    wrong.append(f"{table}.xlsx row {number} {name}: {b[at[name]][:60]!r}, not {a[k][:60]!r}")
    if bad > 5:
        wrong.append(f"{table}.xlsx: {bad} cells differ")
    return len(ours) * len(at)


def datasette(dataset, tables):
    """Tables and rows that Datasette serves as they are in the CSV."""
    file = next(dataset.glob("*.sqlite"))
    name, seen = file.stem, 0
    binary = shutil.which("datasette") or str(pathlib.Path(sys.executable).parent / "datasette")
    for table in tables:
        amount = "amount" if table in ("facts", "statements") else None
        sql = f"select count(*) as n{', sum(amount_fen) as fen' if amount else ''} from {table}"
        said = subprocess.run([binary, file, "--metadata", dataset / "metadata.json", "--get", f"/{name}.json?_shape=array&sql=" + sql.replace(" ", "+")], capture_output=True, text=True, check=False)
        try:
            got = json.loads(said.stdout)[0]
        except (ValueError, KeyError, IndexError):
            wrong.append(f"Datasette does not serve {table}: {(said.stderr or said.stdout)[-200:]}")
            continue
        read = rows(dataset / f"{table}.csv")
        if got["n"] != len(read) - 1:
            wrong.append(f"Datasette: {table} has {got['n']} rows, the CSV {len(read) - 1}")
        if amount:
            k = read[0].index(amount)
            fen = sum(Decimal(r[k]) * 100 for r in read[1:] if r[k])
            if Decimal(got["fen"]) != fen:
                wrong.append(f"Datasette: {table} sums to {got['fen']} fen, the CSV to {fen}")
        seen += 1
    return seen


def duck(dataset, tables):
    try:
        import duckdb
        c = duckdb.connect()
        try:
            from duckdb_extensions import import_extension
            import_extension("sqlite_scanner", con=c)
        except ImportError:
            pass
        c.execute("LOAD sqlite")
        c.execute(f"ATTACH '{next(dataset.glob('*.sqlite'))}' AS s (TYPE sqlite, READ_ONLY)")
    except Exception as e:  # no extension for this version, no network
        return f"DuckDB has no sqlite extension here ({str(e).splitlines()[0][:70]})"
    for table in tables:
        n = c.execute(f"select count(*) from s.{table}").fetchone()[0]
        if n != len(rows(dataset / f"{table}.csv")) - 1:
            wrong.append(f"DuckDB: {table} has {n} rows")
    return f"DuckDB {duckdb.__version__}: {len(tables)} tables"


def main():
    a = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    a.add_argument("dataset", type=pathlib.Path)
    a.add_argument("--pdf", default="documents")
    a.add_argument("--skip", default="")
    o = a.parse_args()
    tables = sorted(p.stem for p in o.dataset.glob("*.xlsx") if p.stem not in o.skip.split(","))
    said = []
    if shutil.which("soffice"):
        with tempfile.TemporaryDirectory() as tmp:
            folder, profile = pathlib.Path(tmp) / "out", pathlib.Path(tmp) / "profile"
            folder.mkdir()
            begun = time.time()
            convert(SHEETS, [o.dataset / f"{t}.xlsx" for t in tables], folder, profile)
            cells = sum(workbook(t, folder, o.dataset) for t in tables)
            said.append(f"LibreOffice: {len(tables)} workbooks, {cells} cells as in the CSV ({time.time() - begun:.0f} s)")
            printed = [t for t in o.pdf.split(",") if t in tables]
            if printed and shutil.which("pdftotext"):
                convert("pdf", [o.dataset / f"{t}.xlsx" for t in printed], folder, profile)
                for t in printed:
                    text = subprocess.run(["pdftotext", folder / f"{t}.pdf", "-"], capture_output=True, text=True, check=True).stdout
                    if "###" in text:
                        wrong.append(f"{t}.xlsx: {text.count('###')} numbers do not fit their column")
                said.append(f"as PDF without ###: {', '.join(printed)}")
    else:
        said.append("LibreOffice is not here")
    stored = [t for t in tables if t in {p.stem for p in o.dataset.glob("*.csv")} and t not in ("panel", "panel_wide")]
    if list(o.dataset.glob("*.sqlite")):
        if shutil.which("datasette") or os.path.exists(pathlib.Path(sys.executable).parent / "datasette"):
            said.append(f"Datasette: {datasette(o.dataset, stored)} tables")
        else:
            said.append("Datasette is not here")
        said.append(duck(o.dataset, stored))
    for w in wrong:
        print("WRONG", w)
    print("; ".join(said) + (f"; {len(wrong)} wrong" if wrong else ""))
    if all("not here" in s for s in said):
        return 2
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
