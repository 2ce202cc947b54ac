#!/usr/bin/env python3
"""Make grammars/codes/regions.csv from a list of 行政区划代码 with first and last years.

    python scripts/regions.py LIST.csv > grammars/codes/regions.csv

LIST.csv is `result.csv` of github yescallop/areacodes (CC0 1.0). Kept: what was valid in 2010 or later (accounts are published since then),
and of the successors only those that a region became as a whole, not those to which a part of it went. Standard library only.
"""
import csv
import sys

FROM = 2010


def main():
    with open(sys.argv[1], encoding="utf-8-sig", newline="") as f:
        rows = list(csv.DictReader(f))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["code", "name", "first_year", "last_year", "successors"])
    for r in sorted(rows, key=lambda r: (r["代码"], r["启用时间"], r["名称"])):
        last = r["变更/弃用时间"]
        if last and int(last) < FROM:
            continue
        became = [c for c in r["新代码"].split(";") if c and "[" not in c]
        out.writerow([r["代码"], r["名称"], r["启用时间"], last, ";".join(became)])


main()
