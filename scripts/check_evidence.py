#!/usr/bin/env python3
"""Hold `juesuan evidence` against another reader: does the box lie on the figure?

    check_evidence.py BINARY DATASET FILES [--count 50] [--seed 18] [--show FOLDER]

DATASET has CSV files and was read from FILES. Random figures of tables and sentences, in turn from every kind of file that the dataset
has. Of a PDF: the letters that poppler (`pdftotext -x -y -W -H`) finds in the box are what is printed; the red
frame of the picture lies where the box is, and there is ink in it. Where poppler itself finds no letters (a scan, a font without Unicode)
the ink is all that is compared. Of a file without pages: the marked cell of the card is what is printed, and so is what stands at the
locator in the file (bytes of a text, page or Word part; cell of a sheet). Needs poppler-utils, pillow and openpyxl. Exit code 0 if
everything holds, 1 if something is wrong (each line `WRONG …`), 2 if nothing could be checked.
"""
import argparse
import collections
import csv
import html
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

csv.field_size_limit(1 << 30)
SCALE = 2.5  # pixels of a point in the pictures
AROUND = 110  # points above and below the box that a picture shows
RED = (200, 20, 20)


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def blanks_out(text):
    """Without blanks, commas, and with half-width signs: poppler and the dataset may differ in these only."""
    text = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    return re.sub(r"[\s,，]", "", text).replace("−", "-").replace("–", "-").replace("—", "-")


def cropped(pdf, page, cache={}):
    """How far the shown page begins right of and below the sheet, as it is shown: poppler selects on the sheet."""
    if (pdf, page) not in cache:
        said = subprocess.run(["pdfinfo", "-box", "-f", page, "-l", page, pdf], capture_output=True, text=True, check=False).stdout
        media, crop = (list(map(float, re.search(rf"{name}Box: +([-\d.]+) +([-\d.]+) +([-\d.]+) +([-\d.]+)", said).groups())) for name in ("Media", "Crop"))
        left, bottom, right, top = (abs(a - b) for a, b in zip(media, crop))
        turn = re.search(r"rot: +(\d+)", said)[1]
        cache[pdf, page] = {"0": (left, top), "90": (bottom, left), "180": (right, bottom), "270": (top, right)}[turn]
    return cache[pdf, page]


def poppler(pdf, page, box):
    """The letters that touch the box, less a point on each side, as poppler sees the page."""
    fine = 10  # tenths of a point
    dx, dy = cropped(pdf, page)
    x0, y0, x1, y1 = box[0] + 1, box[1] + 1, box[2] - 1, box[3] - 1
    place = {"-x": x0 + dx, "-y": y0 + dy, "-W": max(1, x1 - x0), "-H": max(1, y1 - y0)}
    place = [p for k, v in place.items() for p in (k, str(round(v * fine)))]
    command = ["pdftotext", "-r", str(72 * fine), *place, "-f", page, "-l", page, pdf, "-"]
    return subprocess.run(command, capture_output=True, check=False).stdout.decode("utf-8", "replace")


def without_unicode(pdf, page):
    """Whether the page has a font that does not say which letters its glyphs are."""
    said = subprocess.run(["pdffonts", "-f", page, "-l", page, pdf], capture_output=True, text=True, check=False).stdout
    return any(re.search(r" (yes|no ) +(yes|no ) +no +\d+ +\d+$", line) for line in said.splitlines())


def decoded(data):
    """Pages are often written in GB 18030."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def at_locator(path, locator):
    """What stands at a locator of a file without pages."""
    name = path.suffix.lower()
    if name == ".xlsx":
        import openpyxl
        sheet, cell = locator.rsplit("!", 1)
        value = openpyxl.load_workbook(path, data_only=True)[sheet][cell]
        shown = value.value
        places = re.search(r"\.(0+)", value.number_format)
        if isinstance(shown, (int, float)) and places:
            shown = f"{shown:,.{len(places[1])}f}"
        return str(shown)
    part, span = locator.rsplit(":", 1) if ":" in locator else (None, locator)
    begin, end = map(int, span.split("-"))
    data = zipfile.ZipFile(path).read(part) if part else path.read_bytes()
    return html.unescape(re.sub(r"<[^>]*>", "", decoded(data[begin:end])))


def frame(png):
    """The red frame of a picture: left, top, right, bottom; and whether there is ink in it."""
    from PIL import Image, ImageChops
    picture = Image.open(png).convert("RGB")
    apart = ImageChops.difference(picture, Image.new("RGB", picture.size, RED))
    box = apart.convert("L").point(lambda v: 255 if v == 0 else 0).getbbox()
    if not box:
        return None, False, picture.size
    inner = picture.crop((box[0] + 4, box[1] + 4, box[2] - 4, box[3] - 4)).convert("L")
    return box, inner.size[0] > 0 and inner.size[1] > 0 and inner.getextrema()[0] < 200, picture.size


def pick(dataset, count, seed):
    """Figures in turn from every document, kinds mixed."""
    random.seed(seed)
    of = collections.defaultdict(list)
    for f in rows(dataset / "facts.csv"):
        if f["cell_state"] == "number":
            of[f["document_id"]].append((f["fact_id"], f))
    for s in rows(dataset / "statements.csv"):
        # That there is none of something is a sentence, and no figure.
        if re.fullmatch(r"[-−\d.,，%％]+", s["printed"]) and s["value_type"] in ("amount", "ratio", "count"):
            of[s["document_id"]].append((s["statement_id"], s))
    documents = sorted(of)
    random.shuffle(documents)
    out, seen = [], set()
    while len(out) < count and documents:
        for d in documents:
            if len(out) == count:
                break
            # Every third figure is one of a sentence, where there are any.
            said = [x for x in of[d] if "statement_id" in x[1]]
            one = random.choice(said if said and len(out) % 3 == 2 else of[d])
            if one[0] not in seen:
                seen.add(one[0])
                out.append(one)
    return out


def main():
    a = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    a.add_argument("binary")
    a.add_argument("dataset", type=pathlib.Path)
    a.add_argument("files", type=pathlib.Path)
    a.add_argument("--count", type=int, default=50)
    a.add_argument("--seed", type=int, default=18)
    a.add_argument("--show", type=pathlib.Path, help="keep pictures and cards in this folder")
    o = a.parse_args()
    try:
        import PIL  # noqa: F401
    except ImportError:
        print("SKIPPED: pillow (PyPI) is not here")
        return 2
    if not shutil.which("pdftotext"):
        print("SKIPPED: poppler-utils is not here")
        return 2
    documents = {d["document_id"]: d for d in rows(o.dataset / "documents.csv")}
    wrong, kinds, compared, ink_only = [], collections.Counter(), 0, 0
    with tempfile.TemporaryDirectory() as tmp:
        folder = o.show or pathlib.Path(tmp)
        folder.mkdir(parents=True, exist_ok=True)
        for number, (name, f) in enumerate(pick(o.dataset, o.count, o.seed)):
            d = documents[f["document_id"]]
            path = o.files / d["file_name"]
            printed, sentence = f["printed"], "statement_id" in f
            pages = bool(f["page"]) and path.suffix.lower() == ".pdf"
            kinds[path.suffix.lower().lstrip(".") + (" sentence" if sentence else " table")] += 1
            target = folder / (name + (".png" if pages else ".html"))
            said = subprocess.run([o.binary, "evidence", o.dataset, name, "--files", o.files, "-o", target, "-q"], capture_output=True, text=True, check=False)
            where = f"{name} ({d['file_name']}, page {f['page'] or '-'}): {printed}"
            if said.returncode != 0 or not target.exists():
                wrong.append(f"{where}: evidence fails: {said.stderr.strip()}")
                continue
            if pages:
                box = [float(f[k]) for k in ("x0", "y0", "x1", "y1")]
                red, ink, size = frame(target)
                top = max(0, round((box[1] - AROUND) * SCALE))
                want = [(box[0] - 1) * SCALE, (box[1] - 1) * SCALE - top, (box[2] + 1) * SCALE, (box[3] + 1) * SCALE - top]
                limits = [size[0], size[1], size[0], size[1]]
                want = [min(max(w, 0), limit) for w, limit in zip(want, limits)]
                if red is None or any(abs(r - w) > 5 for r, w in zip(red, want)):
                    wrong.append(f"{where}: the frame is at {red}, the box at {[round(w) for w in want]}")
                said_blank = "nothing is drawn" in said.stderr or "holds no ink" in said.stderr
                if not ink and not said_blank:
                    wrong.append(f"{where}: no ink in the frame, and evidence does not say so")
                here, want = blanks_out(poppler(str(path), f["page"], box)), blanks_out(printed)
                # Letters that poppler cannot name it leaves out or guesses: never digits.
                if not re.search(r"\d", here) and (f["source"] == "ocr" or without_unicode(str(path), f["page"])):
                    ink_only += 1
                    continue
                compared += 1
                if here != want:
                    wrong.append(f"{where}: poppler finds `{here}` there")
            else:
                compared += 1
                card = target.read_text(encoding="utf-8")
                marked = re.findall(r'<td class="hit">(.*?)</td>', card)
                if not sentence and [html.unescape(m) for m in marked] != [printed]:
                    wrong.append(f"{where}: the card marks {marked}")
                if f": <b>{html.escape(printed)}</b>" not in card:
                    wrong.append(f"{where}: the card does not say it")
                there, want = blanks_out(at_locator(path, f["locator"])), blanks_out(printed)
                if there != want and not (want in there and (sentence or path.suffix.lower() in (".docx", ".html", ".txt"))):
                    wrong.append(f"{where}: at {f['locator']} stands `{there}`")
    for w in wrong:
        print("WRONG", w)
    print(f"{compared + ink_only} figures: {', '.join(f'{n} {k}' for k, n in sorted(kinds.items()))}; {compared} equal to what another reader finds there, {ink_only} without letters for it (ink only), {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
