#!/usr/bin/env python3
"""Kills the program at random moments and looks at what is left: kills.py BINARY [--count 300] [--seed 1] [FILE.doc]

Three jobs in turn: `extract` over samples/, `annotate` of a sample, and `extract` of an old Word document through LibreOffice (where
one is given and LibreOffice is installed; else it is said). The whole group of processes gets SIGKILL after a random part of the time that
the job takes. Then: what stood there before is whole or replaced as a whole; the next run ends well, gives the bytes of an undisturbed
run, and leaves nothing behind in the folder or in the folder for temporary files. Ends with 1 if anything is wrong.
"""

import argparse
import filecmp
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"


def start(command, tmp):
    env = dict(os.environ, TMPDIR=str(tmp))
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def whole(command, tmp):
    begun = time.monotonic()
    code = start(command, tmp).wait()
    return code, time.monotonic() - begun


def same(a, b):
    """Whether two files, or two folders but for their timings, are equal to the byte."""
    if a.is_file():
        return b.is_file() and filecmp.cmp(a, b, shallow=False)
    names = sorted(p.name for p in a.iterdir())
    if names != sorted(p.name for p in b.iterdir()):
        return False
    return all(n.startswith("timings") or filecmp.cmp(a / n, b / n, shallow=False) for n in names)


def left(folder, keep):
    return sorted(p.name for p in folder.iterdir() if p.name not in keep)


def job(name, command, out, rng, count, work):
    """`command(path)` writes to `path`. Gives the number of kills that met the program at work, and what was wrong."""
    place, tmp, reference = work / name, work / f"{name}-tmp", work / f"{name}-reference"
    for folder in (place, tmp, reference):
        folder.mkdir()
    code, seconds = whole(command(reference / out), tmp)
    if code not in (0, 1) or not (reference / out).exists():
        return 0, [f"{name}: an undisturbed run ends with {code}"]
    killed, wrong = 0, []
    for n in range(count):
        if rng.random() < 0.5 and (place / out).exists():
            target = place / out
            shutil.rmtree(target) if target.is_dir() else target.unlink()
        before = (place / out).exists()
        child = start(command(place / out), tmp)
        time.sleep(rng.random() * seconds)
        ended = child.poll() is not None
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()
        killed += not ended
        there = (place / out).exists()
        if before and not there:
            wrong.append(f"{name} {n}: what stood there is gone")
        if there and not same(reference / out, place / out):
            wrong.append(f"{name} {n}: half of it stands there after the kill")
        code, _ = whole(command(place / out), tmp)
        if code not in (0, 1):
            wrong.append(f"{name} {n}: the next run ends with {code}")
        elif not same(reference / out, place / out):
            wrong.append(f"{name} {n}: the next run gives other bytes")
        behind = left(place, {out}) + left(tmp, set())
        if behind:
            wrong.append(f"{name} {n}: left behind: {', '.join(behind[:5])}")
            for folder in (place, tmp):
                for p in folder.iterdir():
                    if p.name != out:
                        shutil.rmtree(p) if p.is_dir() else p.unlink()
    return killed, wrong


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", type=Path)
    arguments.add_argument("word", type=Path, nargs="?", help="an old Word document")
    arguments.add_argument("--count", type=int, default=300, help="kills of each job")
    arguments.add_argument("--seed", type=int, default=1)
    a = arguments.parse_args()
    binary, rng = str(a.binary.resolve()), random.Random(a.seed)
    pdf = sorted(SAMPLES.glob("*.pdf"))[0]
    jobs = [
        ("extract", lambda out: [binary, "extract", str(SAMPLES), "--out", str(out), "--overwrite", "--threads", "2", "--quiet"], "dataset"),
        ("annotate", lambda out: [binary, "annotate", str(pdf), "-o", str(out)], "annotated.pdf"),
    ]
    if a.word and shutil.which("soffice"):
        word = str(a.word.resolve())
        jobs.append(("doc", lambda out: [binary, "extract", word, "--out", str(out), "--overwrite", "--quiet"], "dataset"))
    else:
        print("doc: not tried, for want of an old Word document or of LibreOffice")
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, command, out in jobs:
            killed, wrong = job(name, command, out, rng, a.count, Path(folder))
            print(f"{name}: {a.count} runs, {killed} killed at work, {len(wrong)} wrong")
            for w in wrong[:10]:
                print(f"  {w}")
            bad += len(wrong)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
