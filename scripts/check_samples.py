#!/usr/bin/env python3
"""Looks up every printed value of the truth on the page where the truth says it stands (with poppler's pdftotext)."""
import collections
import csv
import json
import pathlib
import re
import subprocess
import sys
import unicodedata


def page_text(pdf, page):
    out = subprocess.run(["pdftotext", "-layout", "-nopgbrk", "-f", str(page), "-l", str(page), str(pdf), "-"], capture_output=True, text=True).stdout
    return unicodedata.normalize("NFKC", out)      # some readers give the half-width forms of Adobe-GB1 as full-width


def main():
    bad = 0
    for about in sorted(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "samples").glob("*.truth.json")):
        truth = json.loads(about.read_text(encoding="utf-8"))
        pdf = about.parent / truth["file"]
        name = truth["file"][:-4]
        info = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True).stdout
        pages = int(re.search(r"Pages:\s+(\d+)", info).group(1))
        missing = []
        if pages != truth["pages"]:
            missing.append(f"pages {pages} != {truth['pages']}")
        if truth["status"] == "extracted" and truth["kind"] == "final_account" and "stripped" not in truth["producer"]:
            for kind in ("truth", "statements"):
                want = collections.defaultdict(collections.Counter)
                rows = list(csv.DictReader(open(about.parent / f"{name}.{kind}.csv", encoding="utf-8")))
                for row in rows:
                    if row["printed"]:
                        want[int(row["page"])][unicodedata.normalize("NFKC", row["printed"])] += 1
                for page, counter in want.items():
                    text = re.sub(r"[ \n]+", " " if kind == "truth" else "", page_text(pdf, page))
                    for printed, n in counter.items():
                        if kind == "truth":
                            have = len(re.findall(r"(?<![\d.,])" + re.escape(printed) + r"(?![\d.,])", text))
                        else:
                            have = text.count(re.sub(r"\s", "", printed))
                        if have < n:
                            missing.append(f"{kind} page {page}: {printed} {have} of {n}")
        print(name, truth["producer"], f"{pages} pages", "ok" if not missing else f"{len(missing)} missing: {missing[:4]}")
        bad += bool(missing)
    return bad


if __name__ == "__main__":
    sys.exit(main())
