#!/usr/bin/env python3
"""Runs the examples of README.md, README.zh.md, docs/using.md and docs/using.zh.md: python3 scripts/check_readme.py BINARY

Every line `juesuan …`, every SQL and Python block, in the order of the file, in a folder that has what the lines name: `samples`, the
folders `2022/`, `2023/`, `pdfs/` and `scans/`, `one.pdf`. A table that is printed below a SQL block must be what DuckDB gives. What needs a
network, R or Stata, or a module that is not here, is named aloud. Ends with 1 if an example fails or prints something else.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What asks a portal; what only ends when somebody stops it.
NETWORK = re.compile(r"^juesuan (run|fetch|store)\b")


def blocks(text):
    """(language, code, what stands printed below it) for each fenced block, and ("sh", line, "") for each indented command."""
    parts = re.split(r"^```(\w*)\n(.*?)^```\n", text, flags=re.M | re.S)
    for n in range(0, len(parts), 3):
        for line in parts[n].splitlines():
            found = re.match(r"    (?:\S*/)?(juesuan .*)", line)
            if found and "…" not in line:
                for command in re.sub(r"\s+#.*", "", found[1]).split("; "):
                    yield "sh", command, ""
        if n + 2 < len(parts):
            below = parts[n + 3] if n + 3 < len(parts) else ""
            printed = re.match(r"\n((?:    [┌│├└].*\n)+)", below)
            yield parts[n + 1], parts[n + 2], printed[1] if printed else ""


def rows(printed):
    """The rows of a table as DuckDB draws it, without its head."""
    body = printed.split("├", 1)[1].splitlines()[1:]
    return [[c.strip() for c in line.strip().strip("│").split("│")] for line in body if "│" in line]


def prepare(folder):
    samples = ROOT / "samples"
    (folder / "samples").symlink_to(samples)
    for year in ("2022", "2023"):
        (folder / year).mkdir()
        for f in samples.glob(f"*fy{year}*.pdf"):
            shutil.copy(f, folder / year)
    shutil.copytree(samples, folder / "pdfs")
    shutil.copy(samples / "s03-fy2022-national.pdf", folder / "one.pdf")
    (folder / "scans").mkdir()
    shutil.copy(samples / "s17-scan.pdf", folder / "scans")
    # The example of docs/grammar.md.
    (folder / "my-grammars/lexicon").mkdir(parents=True)
    (folder / "my-grammars/lexicon/mine.toml").write_text('[cells]\ndash = ["未发生"]\n', encoding="utf-8")
    toml = [code for language, code, _ in blocks((ROOT / "docs/fetching.md").read_text(encoding="utf-8")) if language == "toml"]
    (folder / "sources.toml").write_text(toml[0], encoding="utf-8")


def main():
    binary = str(Path(sys.argv[1]).resolve())
    done, passed_over, wrong = 0, [], []
    seen = set()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        subprocess.run([binary, "extract", "samples", "--out", "out", "-q"], cwd=folder, check=True)
        for readme in ("README.md", "README.zh.md", "docs/using.md", "docs/using.zh.md"):
            for language, code, printed in blocks((ROOT / readme).read_text(encoding="utf-8")):
                if (language, code) in seen:
                    continue
                seen.add((language, code))
                where = f"{readme}: {code.strip().splitlines()[0]}"
                if language == "sh" and not NETWORK.match(code):
                    command = re.sub(r"^juesuan", f'"{binary}"', code)
                    if "--files-from -" in command:
                        command = f"ls one.pdf | {command}"
                    # A line of its own must not fail because another has written there.
                    out = re.search(r"extract .*--out (\w+)", code)
                    if out and not re.search(r"--(overwrite|resume)", code):
                        shutil.rmtree(folder / out[1], ignore_errors=True)
                    ran = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True)
                    failed = ran.returncode and ran.stderr.strip()[-300:]
                elif language == "sql":
                    import duckdb

                    os.chdir(folder)
                    data = duckdb.connect()
                    data.execute("SET file_search_path = 'out'")
                    data.execute(Path("out/duckdb.sql").read_text(encoding="utf-8"))
                    got = [[str(v) for v in row] for row in data.sql(code).fetchall()]
                    failed = printed and rows(printed) != got and f"it gives {got}"
                elif language == "python" and ("import juesuan" not in code or module("juesuan")):
                    env = dict(os.environ, PATH=f"{Path(binary).parent}{os.pathsep}{os.environ['PATH']}")
                    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, env=env)
                    failed = ran.returncode and ran.stderr.strip()[-300:]
                elif language == "toml":
                    continue
                elif language == "r" and shutil.which("Rscript"):
                    ran = subprocess.run(["Rscript", "-e", code], cwd=folder, capture_output=True, text=True)
                    failed = ran.returncode and ran.stderr.strip()[-300:]
                else:
                    passed_over.append(where)
                    continue
                done += 1
                if failed:
                    wrong.append(f"{where}\n    {failed}")
        os.chdir(ROOT)
    for w in wrong:
        print("WRONG", w)
    for p in passed_over:
        print("not run", p)
    print(f"{done} examples run, {len(wrong)} wrong, {len(passed_over)} not run")
    return 1 if wrong else 0


def module(name):
    import importlib.util

    return importlib.util.find_spec(name) is not None


if __name__ == "__main__":
    sys.exit(main())
