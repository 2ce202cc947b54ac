#!/usr/bin/env python3
"""Open a dataset of juesuan as its users do, and say what was seen.

    check_dataset.py DIR

DuckDB and pandas open every Parquet file: amounts must arrive as exact decimals, years and counts as integers, and both formats
must hold the same rows and sums. frictionless checks datapackage.json: sizes, hashes, types, words, keys and references.
Needs: pip install duckdb pandas pyarrow frictionless. Exit code 0 if everything holds, 1 if something is wrong (each line
`WRONG …`), 2 if nothing could be checked.
"""
import csv
import decimal
import importlib.util
import json
import os
import sys

csv.field_size_limit(1 << 30)
problems = []


def check(ok, text):
    if not ok:
        problems.append(text)


def duckdb_types(path):
    import duckdb
    con = duckdb.connect()
    rows = con.execute("DESCRIBE SELECT * FROM read_parquet(?)", [path]).fetchall()
    count = con.execute("SELECT count(*) FROM read_parquet(?)", [path]).fetchone()[0]
    types = {name: kind for name, kind, *_ in rows}
    sums = {}
    for name, kind in types.items():
        if kind.startswith("DECIMAL"):
            sums[name] = con.execute(f'SELECT sum("{name}") FROM read_parquet(?)', [path]).fetchone()[0]
    return types, count, sums


def wanted(field):
    """What DuckDB must call a column, from its field in datapackage.json."""
    if field["type"] == "string":
        return ("VARCHAR",)
    if field["type"] == "boolean":
        return ("BOOLEAN",)
    if field["type"] == "integer":
        return ("TINYINT", "SMALLINT", "INTEGER")
    if field.get("unit") == "CNY":
        return ("DECIMAL(20,2)",)
    return ("DECIMAL(28,8)", "DOUBLE")


def pandas_types(path, name):
    import pandas
    frame = pandas.read_parquet(path, dtype_backend="pyarrow")
    if name == "facts":
        year, amount = str(frame["fiscal_year"].dtype), str(frame["amount"].dtype)
        check(year.startswith("int16"), f"pandas: fiscal_year is {year}")
        check(amount.startswith("decimal128(20, 2)"), f"pandas: amount is {amount}")
        values = frame["amount"].dropna()
        if len(values):
            check(isinstance(values.iloc[0], decimal.Decimal), "pandas: an amount is not a Decimal")
        print(f"  pandas: fiscal_year {year}, amount {amount}")
    return len(frame)


def csv_rows(path, decimals):
    sums = dict.fromkeys(decimals)
    rows = 0
    with open(path, encoding="utf-8-sig", newline="") as f:
        for row in csv.DictReader(f):
            rows += 1
            for name in decimals:
                if row[name] != "":
                    sums[name] = (sums[name] or 0) + decimal.Decimal(row[name])
    return rows, sums


def table(folder, name, resources):
    types, sums, counts = {}, {}, {}
    parquet, text = resources.get(f"{name}-parquet"), resources.get(name)
    if parquet:
        path = os.path.join(folder, parquet["path"])
        types, counts["duckdb"], sums = duckdb_types(path)
        counts["pandas"] = pandas_types(path, name)
        fields = parquet.get("schema", {}).get("fields", [])
        check([f["name"] for f in fields] == list(types), f"{name}: columns of Parquet and datapackage.json differ")
        for field in fields:
            have = types.get(field["name"])
            check(have in wanted(field), f"{name}.{field['name']}: DuckDB says {have}, datapackage.json {field['type']}")
    if text:
        counts["csv"], from_csv = csv_rows(os.path.join(folder, text["path"]), sums)
        check(from_csv == sums, f"{name}: sums differ: CSV {from_csv}, Parquet {sums}")
    check(len(set(counts.values())) == 1, f"{name}: numbers of rows differ: {counts}")
    print(f"{name}: {next(iter(counts.values()))} rows in {', '.join(counts)}")
    if any(v is not None for v in sums.values()):
        print("  sums: " + ", ".join(f"{k} {v}" for k, v in sums.items() if v is not None))


def validate(folder):
    from frictionless import validate
    report = validate(os.path.join(folder, "datapackage.json"))
    for error in report.errors:
        problems.append(f"frictionless: {error.message}")
    print(f"frictionless: {len(report.tasks)} resources, {'valid' if report.valid else 'NOT valid'}")
    check(report.valid, "frictionless: the package is not valid")
    for task in report.tasks:
        for error in task.errors[:3]:
            problems.append(f"frictionless: {task.name}: {error.message}")


def analysis(folder):
    """The view of what may be summed: DuckDB over Parquet, and SQLite, give the same rows and the same sum."""
    import duckdb
    import sqlite3
    con = duckdb.connect()
    con.execute("SET file_search_path = '" + folder.replace("'", "''") + "'")
    with open(os.path.join(folder, "duckdb.sql"), encoding="utf-8") as f:
        con.execute(f.read())
    rows, total = con.execute("SELECT count(*), sum(amount) FROM facts_analysis").fetchone()
    check(rows > 0, "facts_analysis is empty")
    check(isinstance(total, decimal.Decimal), f"facts_analysis: the sum of amounts is a {type(total).__name__}")
    with open(os.path.join(folder, "datapackage.json"), encoding="utf-8") as f:
        package = json.load(f)
    for resource in package["resources"]:
        # Every table as a view: nothing is lost or guessed on the way.
        if resource["path"].endswith(".csv") and resource["name"] not in ("inputs", "timings"):
            have = con.execute(f"SELECT count(*) FROM {resource['name']}").fetchone()[0]
            with open(os.path.join(folder, resource["path"]), encoding="utf-8-sig", newline="") as f:
                want = sum(1 for _ in csv.reader(f)) - 1
            check(have == want, f"duckdb.sql: {resource['name']} has {have} rows, not {want}")
            for column, kind, *_ in con.execute(f"DESCRIBE {resource['name']}").fetchall():
                field = next(f for f in resource["schema"]["fields"] if f["name"] == column)
                check(kind in wanted(field), f"duckdb.sql: {resource['name']}.{column} is {kind}")
    database = os.path.join(folder, "juesuan.sqlite")
    if os.path.exists(database):
        lite = sqlite3.connect(database)
        found = lite.execute("SELECT count(*), sum(amount_fen) FROM facts_analysis").fetchone()
        check(found == (rows, int(total * 100)), f"facts_analysis: SQLite has {found}, DuckDB {(rows, total)}")
        check(lite.execute("PRAGMA foreign_key_check").fetchall() == [], "SQLite: a key refers to nothing")
    print(f"facts_analysis: {rows} rows")


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    missing = [m for m in ("duckdb", "pandas", "pyarrow", "frictionless") if importlib.util.find_spec(m) is None]
    if missing:
        print(f"check_dataset.py: not installed: {', '.join(missing)}; pip install {' '.join(missing)}", file=sys.stderr)
        sys.exit(2)
    folder = sys.argv[1]
    try:
        with open(os.path.join(folder, "datapackage.json"), encoding="utf-8") as f:
            package = json.load(f)
    except OSError as e:
        print(f"check_dataset.py: {folder} is no dataset: {e}", file=sys.stderr)
        sys.exit(2)
    print(f"{package['name']} {package['dataset_version']}, made by {package['created_by']}")
    check(package["$schema"].startswith("https://datapackage.org/profiles/2"), "not a Data Package v2")
    resources = {r["name"]: r for r in package["resources"]}
    names = dict.fromkeys(n.removesuffix("-parquet") for n, r in resources.items() if r["format"] in ("csv", "parquet"))
    for name in names:
        table(folder, name, resources)
    listed = {r["path"] for r in package["resources"]} | {"datapackage.json"}
    check(listed == set(os.listdir(folder)), f"files that are not listed: {set(os.listdir(folder)) ^ listed}")
    validate(folder)
    if "duckdb-sql" in resources:
        analysis(folder)
    for p in problems:
        print("WRONG", p)
    print("everything holds" if not problems else f"{len(problems)} problems")
    sys.exit(1 if problems else 0)


main()
