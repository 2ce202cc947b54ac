#!/usr/bin/env python3
"""Prints documents as scans, and scores what was read from them.

    scan_samples.py make DIR OUT [--variants a,b] [--per-document N] [--seed S] [--limit PAGES]
    scan_samples.py score OUT DATASET [-v]

`make` draws each page of each PDF in DIR that has a NAME.truth.csv beside it and writes it to OUT as a PDF of pictures, once for each of
N variants (all by turns: `--variants list` names them). NAME.truth.csv and NAME.truth.json go with it, as NAME@VARIANT.*.
`score` holds a dataset that `juesuan extract OUT` made against them: amounts right, wrong, missing; wrong ones that an identity holds
(there must be none); wrong ones that nothing flags.

Needs pillow, numpy and pypdfium2 (PyPI). The same seed gives the same pictures.
"""
import argparse
import collections
import csv
import io
import json
import math
import pathlib
import random
import shutil
import sys
from decimal import Decimal, InvalidOperation

# name: dpi, bilevel, skew in degrees, blur, noise, JPEG quality, seal, fold, perspective, quarter turns
VARIANTS = {
    "clean200": dict(dpi=200),
    "bilevel200": dict(dpi=200, bilevel=True),
    "bilevel300skew": dict(dpi=300, bilevel=True, skew=1.3),
    "gray300": dict(dpi=300, skew=-0.6, noise=6, quality=75),
    "gray200noise": dict(dpi=200, skew=0.8, blur=0.5, noise=10, quality=60),
    "jpeg40": dict(dpi=200, skew=-1.2, blur=0.6, noise=8, quality=40),
    "skew3": dict(dpi=200, skew=3.0, noise=4, quality=70),
    "seal": dict(dpi=200, skew=0.5, quality=75, seal=True),
    "fold": dict(dpi=200, skew=-0.4, noise=5, quality=70, fold=True),
    "photo": dict(dpi=220, noise=5, quality=70, perspective=0.015),
    "turned": dict(dpi=200, quality=75, turn=1),
    "low150": dict(dpi=150, skew=0.7, noise=6, quality=60),
}


def seal(image, rng, dpi):
    """A round red seal of 42 mm, printed over what is there."""
    from PIL import Image, ImageChops, ImageDraw

    size = int(42 / 25.4 * dpi)
    stamp = Image.new("RGB", (size, size), "white")
    draw = ImageDraw.Draw(stamp)
    red = (214 + rng.randrange(20), 40 + rng.randrange(30), 48 + rng.randrange(30))
    draw.ellipse((2, 2, size - 3, size - 3), outline=red, width=max(3, int(dpi / 40)))
    mid, outer, inner = size / 2, size * 0.16, size * 0.065
    star = [(mid + (outer if n % 2 == 0 else inner) * math.sin(n * math.pi / 5), mid - (outer if n % 2 == 0 else inner) * math.cos(n * math.pi / 5)) for n in range(10)]
    draw.polygon(star, fill=red)
    for n in range(14):     # strokes as of characters along the ring
        a = math.radians(-120 + n * 240 / 13)
        x, y = mid + 0.38 * size * math.sin(a), mid - 0.38 * size * math.cos(a)
        w = 0.035 * size
        draw.rectangle((x - w, y - w, x + w, y + w), outline=red, width=2)
        draw.line((x - w, y, x + w, y), fill=red, width=2)
        draw.line((x, y - w, x, y + w), fill=red, width=2)
    stamp = stamp.rotate(rng.uniform(-20, 20), resample=Image.BICUBIC, fillcolor="white")
    x = int(rng.uniform(0.15, 0.85) * image.width - size / 2)
    y = int(rng.uniform(0.2, 0.8) * image.height - size / 2)
    layer = Image.new("RGB", image.size, "white")
    layer.paste(stamp, (x, y))
    return ImageChops.multiply(image.convert("RGB"), layer)


def corners(old, new):
    """The eight numbers of PIL's PERSPECTIVE: from points of the new picture to those of the old one."""
    import numpy

    rows, want = [], []
    for (x, y), (u, v) in zip(new, old):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        want += [u, v]
    return numpy.linalg.solve(numpy.array(rows, float), numpy.array(want, float))


def scan(page, variant, rng):
    """One page as a picture."""
    import numpy
    from PIL import Image, ImageFilter

    v = variant
    dpi = v["dpi"]
    image = page.render(scale=dpi / 72).to_pil().convert("RGB")
    if v.get("seal"):
        image = seal(image, rng, dpi)
    else:
        image = image.convert("L")
    if v.get("turn"):
        image = image.transpose({1: Image.ROTATE_90, 2: Image.ROTATE_180, 3: Image.ROTATE_270}[v["turn"]])
    if v.get("perspective"):
        w, h = image.size
        off = lambda n: rng.uniform(-1, 1) * v["perspective"] * n
        old = [(0, 0), (w, 0), (w, h), (0, h)]
        new = [(x + off(w), y + off(h)) for x, y in old]
        image = image.transform(image.size, Image.PERSPECTIVE, corners(old, new), Image.BICUBIC, fillcolor=255)
    if v.get("skew"):
        angle = v["skew"] + rng.uniform(-0.2, 0.2)
        fill = (255, 255, 255) if image.mode == "RGB" else 255
        image = image.rotate(-angle, resample=Image.BICUBIC, expand=False, fillcolor=fill)
    if v.get("blur"):
        image = image.filter(ImageFilter.GaussianBlur(v["blur"] * dpi / 200))
    data = numpy.asarray(image).astype(numpy.float32)
    if v.get("fold") or v.get("perspective"):
        h, w = data.shape[:2]
        y, x = numpy.mgrid[0:h, 0:w].astype(numpy.float32)
        shade = numpy.ones((h, w), numpy.float32)
        if v.get("fold"):
            at = rng.uniform(0.3, 0.7) * h + (x - w / 2) * rng.uniform(-0.02, 0.02)
            shade -= 0.35 * numpy.exp(-(((y - at) / (0.012 * dpi)) ** 2)) + 0.12 * (y > at) * numpy.exp(-(y - at) / (0.6 * dpi))
        if v.get("perspective"):
            shade -= 0.35 * (x / w * rng.uniform(0, 1) + y / h * rng.uniform(0, 1)) / 2
        data *= shade[..., None] if data.ndim == 3 else shade
    if v.get("noise"):
        noise = numpy.random.default_rng(rng.randrange(1 << 30)).normal(0, v["noise"], data.shape[:2])
        data += noise[..., None] if data.ndim == 3 else noise
    image = Image.fromarray(numpy.clip(data, 0, 255).astype(numpy.uint8))
    if v.get("bilevel"):
        return image.convert("L").point(lambda p: 255 if p > 150 else 0).convert("1")
    if "quality" in v:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=v["quality"])
        buffer.seek(0)
        return Image.open(buffer)
    return image


def make(args):
    import pypdfium2

    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    names = list(VARIANTS) if not args.variants else args.variants.split(",")
    if names == ["list"]:
        print("\n".join(VARIANTS))
        return 0
    turn = pages = 0
    for pdf in sorted(pathlib.Path(args.dir).glob("*.pdf")):
        beside = pdf.with_suffix("")
        if not args.any and not pathlib.Path(f"{beside}.truth.csv").exists():
            continue
        document = pypdfium2.PdfDocument(pdf)
        for n in range(args.per_document):
            name = names[(turn + n) % len(names)]
            if args.limit and pages >= args.limit:
                break
            variant = VARIANTS[name]
            rng = random.Random(f"{args.seed} {pdf.name} {name}")
            chosen = [k - 1 for k in args.pages] or range(len(document))
            images = [scan(document[k], variant, rng) for k in chosen]
            target = out / f"{beside.name}@{name}.pdf"
            quality = {} if variant.get("bilevel") else dict(quality=variant.get("quality", 92))
            images[0].save(target, "PDF", resolution=variant["dpi"], save_all=True, append_images=images[1:], **quality)
            for end in (".truth.csv", ".truth.json", ".statements.csv"):
                if not pathlib.Path(f"{beside}{end}").exists():
                    continue
                to = out / f"{beside.name}@{name}{end}"
                if args.pages and end.endswith(".csv"):
                    cut(f"{beside}{end}", to, args.pages)
                elif not args.pages:
                    shutil.copy(f"{beside}{end}", to)
            pages += len(images)
            print(f"{target.name}: {len(images)} pages", flush=True)
        turn += args.per_document
    print(f"{pages} pages")
    return 0


def cut(path, to, pages):
    """The rows of some pages, with the numbers that these have in the new document."""
    rows = list(csv.DictReader(open(path, encoding="utf-8")))
    with open(to, "w", encoding="utf-8", newline="") as f:
        w = csv.DictWriter(f, rows[0].keys(), lineterminator="\n")
        w.writeheader()
        for r in rows:
            if int(r["page"]) in pages:
                w.writerow({**r, "page": pages.index(int(r["page"])) + 1})


def number(text):
    try:
        return Decimal(text.replace(",", ""))
    except (InvalidOperation, AttributeError):
        return None


def key(row):
    return tuple(row.get(k, "") for k in ("form", "side", "item", "item_code", "measure", "fund"))


def score(args):
    csv.field_size_limit(1 << 30)
    data = pathlib.Path(args.dataset)
    read = lambda name: list(csv.DictReader(open(data / f"{name}.csv", encoding="utf-8")))
    ids = {r["file_name"]: r for r in read("documents")}
    facts = collections.defaultdict(list)
    for f in read("facts"):
        facts[f["document_id"]].append(f)
    doubted = collections.defaultdict(set)
    for d in read("diagnostics"):
        if d["severity"] in ("error", "warning") and d.get("code") not in ("read-from-picture",):
            doubted[d["document_id"]].add(d.get("page", ""))
    total = collections.Counter()
    by = collections.defaultdict(collections.Counter)
    for truth in sorted(pathlib.Path(args.out).glob("*.truth.csv")):
        name = truth.name[: -len(".truth.csv")]
        row = ids.get(f"{name}.pdf")
        c = by[name.rsplit("@", 1)[-1]]
        want = [r for r in csv.DictReader(open(truth, encoding="utf-8")) if r["cell_state"] == "number"]
        c["documents"] += 1
        c["pages"] += int(row["pages"] or 0) if row else 0
        have = collections.defaultdict(list)
        for f in facts[row["document_id"]] if row else []:
            if f["cell_state"] == "number":
                have[key(f)].append(f)
        for k, rows in group(want, key).items():
            left = list(have.pop(k, []))
            for w in rows:
                amount = number(w["amount"])
                same = next((f for f in left if number(f["amount"]) == amount), None)
                c["amounts"] += 1
                if same is not None:
                    left.remove(same)
                    c["right"] += 1
                    c["right and held"] += int(same["held"] or 0) > 0
                    c["right and unproven"] += same.get("unproven") == "true"
                elif len(left) + 0 >= 1:
                    pass
            rest = unmatched(rows, have_of(facts, row, k))
            for w, f in rest:
                if f is None:
                    c["missing"] += 1
                    if args.verbose:
                        print(f"{name}: missing {k} {w['printed']} page {w['page']}")
                    continue
                wrong(c, name, args, f, w["printed"])
        for k, rows in have.items():
            for f in rows:
                c["with another key"] += 1
                wrong(c, name, args, f, f"(no such row) {k}", extra=True)
    for name, c in sorted(by.items()):
        print(f"{name:16}", line(c))
        total.update(c)
    print(f"{'all':16}", line(total))
    return int(total["wrong and held"] > 0)


def group(rows, of):
    out = collections.defaultdict(list)
    for r in rows:
        out[of(r)].append(r)
    return out


def have_of(facts, row, k):
    return [f for f in facts[row["document_id"]] if f["cell_state"] == "number" and key(f) == k] if row else []


def unmatched(rows, have):
    """Pairs of a wanted row and the fact that stands in its place, after equal amounts are taken away."""
    have, left = list(have), []
    for w in rows:
        same = next((f for f in have if number(f["amount"]) == number(w["amount"])), None)
        if same is not None:
            have.remove(same)
        else:
            left.append(w)
    return [(w, have.pop(0) if have else None) for w in left] + []


def wrong(c, name, args, f, printed, extra=False):
    word = "extra" if extra else "wrong"
    c[word] += 1
    held = int(f["held"] or 0) > 0
    flagged = int(f["failed"] or 0) > 0 or f.get("unproven") == "true"
    c[f"{word} and held"] += held
    c[f"{word} and not flagged"] += not held and not flagged
    if args.verbose or held:
        print(f"{name}: {word} {key(f)} read {f['printed']} is {printed} page {f['page']} held {f['held']} failed {f['failed']} unproven {f.get('unproven')}")


def line(c):
    n = max(c["amounts"], 1)
    words = ["right and held", "right and unproven", "missing", "wrong", "wrong and held", "wrong and not flagged", "extra", "extra and held", "extra and not flagged"]
    rest = ", ".join(f"{c[w]} {w}" for w in words if c[w])
    return f"{c['documents']} documents, {c['pages']} pages, {c['amounts']} amounts: {c['right']} right ({100 * c['right'] / n:.2f}%); {rest}"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = p.add_subparsers(dest="what", required=True)
    m = sub.add_parser("make")
    m.add_argument("dir")
    m.add_argument("out")
    m.add_argument("--variants")
    m.add_argument("--per-document", type=int, default=1)
    m.add_argument("--seed", default="1")
    m.add_argument("--limit", type=int, default=0)
    m.add_argument("--pages", type=lambda t: [int(n) for n in t.split(",")], default=[], help="only these pages")
    m.add_argument("--any", action="store_true", help="also documents without truth")
    s = sub.add_parser("score")
    s.add_argument("out")
    s.add_argument("dataset")
    s.add_argument("-v", "--verbose", action="store_true")
    args = p.parse_args()
    return make(args) if args.what == "make" else score(args)


if __name__ == "__main__":
    sys.exit(main())
