"""Command line."""
import argparse
import logging
import pathlib
import sys

from . import truth


IN_FIVE_TYPES = ("s03-fy2022-national", "s12-fy2022-messy")


def produce(doc, producer, style, options, path):
    doc.producer = producer
    if producer == "reportlab":
        from .producers import reportlab_ as p
    elif producer == "scan":
        from .producers.special import scan
        return scan(doc, path, style, **options)
    elif producer == "fpdf2-stripped":
        from .producers.special import stripped
        return stripped(doc, path, style, **options)
    elif producer == "fpdf2":
        from .producers import fpdf2_ as p
    elif producer == "weasyprint":
        from .producers import weasy as p
    elif producer.startswith("libreoffice"):
        from .producers import libre as p
        options = {**options, "kind": producer.split("-")[1]}
    return p.produce(doc, path, style, **options)


def main():
    a = argparse.ArgumentParser(description="Makes sample final accounts with their truth.")
    a.add_argument("--out", required=True, type=pathlib.Path)
    a.add_argument("--set", choices=["samples", "bench", "planted", "portal", "provinces", "compendium"], default="samples")
    a.add_argument("--count", type=int, default=100)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--units", type=int, default=0, help="of the set bench: a panel of so many units, nine years of each")
    a.add_argument("--only", default="", help="part of a sample's name")
    a.add_argument("--types", action="store_true", help="every document as text, HTML, Word and Excel too, not only those of the set")
    o = a.parse_args()
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    o.out.mkdir(parents=True, exist_ok=True)
    if o.set == "portal":
        from . import portal
        return portal.produce(o.seed, o.out)
    if o.set == "compendium":
        from . import portal
        return portal.beside(o.out)
    if o.set == "provinces":
        from . import provinces_five, provinces_four, provinces_one, provinces_three, provinces_two
        for job in provinces_one.ALL + provinces_two.ALL + provinces_three.ALL + provinces_four.ALL + provinces_five.ALL:
            if o.only not in job.__name__:
                continue
            job().write(o.out)
        return
    if o.set == "samples":
        from .samples import SAMPLES as jobs
    elif o.set == "bench":
        from .bench import jobs as make
        jobs = make(o.seed, o.count, o.units)
    else:
        from .planted import jobs as make
        jobs = make(o.seed)
    for job in jobs:
        if o.only and hasattr(job, "__name__") and not job.__name__.startswith(o.only):
            continue
        doc, producer, style, options = job()
        if o.only and not hasattr(job, "__name__") and o.only not in doc.name:
            continue
        pages = produce(doc, producer, style, options, o.out / (doc.name + ".pdf"))
        truth.write(doc, o.out, pages)
        if o.types or (o.set == "samples" and doc.name in IN_FIVE_TYPES):
            from .producers import markup
            markup.produce(doc, o.out)
        if o.set != "bench":
            print(doc.name, pages, "pages", len(doc.facts()), "facts", len(doc.values()), "statements", file=sys.stderr)
