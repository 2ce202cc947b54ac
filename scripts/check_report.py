#!/usr/bin/env python3
"""Open a report of juesuan in a real browser and hold it against its dataset and the printed pages.

    check_report.py DATASET REPORT.html [--files FILES] [--shots FOLDER] [--count 50]

DATASET has CSV files and panel.csv (`juesuan panel DATASET`). Chromium opens the file from disk: no error, no request; every view in
three widths, light and dark: every control has a name, nothing is wider than the window, no id of the dataset stands for a Chinese word, the
drawn row of a figure can be read; filters change the list; printing leaves no frame and no dark ground. 50 figures on the page, half of the
ranking and half of the tables as printed: equal to panel.csv, facts.csv and statements.csv, and, with --files, to what poppler reads in
the box of the PDF or what stands at the locator of another file (see check_evidence.py). --shots keeps every view as a picture. Needs: pip
install playwright (no browser of its own), and Chromium (CHROMIUM or /usr/bin/chromium). Exit code 0 if everything holds, 1 if something is
wrong (each line `WRONG …`), 2 if nothing could be checked.
"""
import argparse
import csv
import os
import pathlib
import random
import shutil
import sys

import check_evidence as other

csv.field_size_limit(1 << 30)
problems = []


def check(ok, text):
    if not ok:
        problems.append(text)


def table(folder, name, key):
    with open(os.path.join(folder, name + ".csv"), encoding="utf-8-sig", newline="") as f:
        rows = list(csv.DictReader(f))
    return {row[key]: row for row in rows} if key else rows


NAMELESS = """() => [...document.querySelectorAll('input, select, button, a[href], dialog')].filter(e => e.offsetParent !== null).filter(e =>
  !(e.getAttribute('aria-label') || e.textContent.trim() || (e.labels && [...e.labels].some(l => l.textContent.trim())) || e.getAttribute('aria-labelledby'))).map(e => e.outerHTML.slice(0, 120))"""
WIDER = "() => document.documentElement.scrollWidth - innerWidth"
# Words of the dataset that stand where a reader of Chinese expects Chinese; names of files and rules are not in the text of these.
ENGLISH = """() => [...document.querySelectorAll('main td, main li > span.soft, main dd, main h2, main h3, main th')].filter(e => !e.classList.contains('break') && !e.closest('dd'))
  .map(e => e.textContent).filter(s => /[a-z]{3,}_[a-z]+|not printed|no base|image/.test(s)).slice(0, 3)"""
SMALLEST = "() => Math.min(99, ...[...document.querySelectorAll('dialog[open] svg text')].map(t => t.getBoundingClientRect().height))"
VIEWS = ["compare", "budget", "contradictions", "coverage"]


def show(page, view):
    page.evaluate("v => { location.hash = '#/' + v }", view)
    page.wait_for_function("v => location.hash === '#/' + v && document.querySelector('main h2')", arg=view)


def open_unit(page):
    show(page, "compare")
    page.locator("#ranking a").first.click()
    page.wait_for_selector("details[data-document]")
    page.locator("details[data-document] > summary").first.click()
    page.wait_for_selector("details[data-form]")
    page.locator("details[data-form] > summary").first.click()


def open_figure(page):
    """A figure of a page, so that its surroundings are drawn."""
    for row in page.locator("details[data-form][open] button.figure").all():
        row.click()
        page.wait_for_selector("dialog[open] [data-evidence]")
        if page.locator("dialog svg").count():
            return
        page.keyboard.press("Escape")


def views(browser, url, folder, watch):
    """Every view in three widths, light and dark: how many were looked at."""
    seen = 0
    for scheme in ("light", "dark"):
        for width in (1440, 768, 380):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            watch(page)
            page.goto(url)
            page.wait_for_selector("html[data-ready=yes]", timeout=60000)

            def look(name):
                check(page.evaluate(WIDER) <= 0, f"{name} is wider than {width}")
                nameless = page.evaluate(NAMELESS)
                check(nameless == [], f"{name}: without a name: {nameless}")
                english = page.evaluate(ENGLISH)
                check(english == [], f"{name}: not Chinese: {english}")
                if folder:
                    page.evaluate("() => scrollTo(0, 0)")
                    page.screenshot(path=os.path.join(folder, f"{name}-{width}-{scheme}.png"), full_page=name != "evidence")

            for view in VIEWS:
                show(page, view)
                look(view)
            open_unit(page)
            look("unit")
            open_figure(page)
            look("evidence")
            check(page.locator("dialog[open]").count() == 1 and page.evaluate(SMALLEST) >= 8, f"the drawn row is too small to read at {width}: {page.evaluate(SMALLEST)} pixels")
            page.keyboard.press("Escape")
            page.fill("#search", "局")
            look("search")
            seen += len(VIEWS) + 3
            page.close()
    return seen


def paper(browser, url, folder, watch):
    """Printed from a dark screen: light, without the frame of the focus, charts in the colours of paper."""
    page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    watch(page)
    page.goto(url)
    page.wait_for_selector("html[data-ready=yes]", timeout=60000)
    show(page, "budget")
    show(page, "compare")
    dark = page.evaluate("() => seriesColor(0)")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme="dark")
    check(page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", "paper is dark")
    check(page.evaluate("() => seriesColor(0)") != dark, "charts are printed in the colours of the dark screen")
    check(page.evaluate("() => getComputedStyle(document.querySelector('main')).outlineStyle") == "none", "the frame of the focus is printed")
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="null", color_scheme="dark")
    check(page.evaluate("() => seriesColor(0)") == dark, "the screen keeps the colours of paper")
    if folder:
        for name in [*VIEWS, "unit"]:
            open_unit(page) if name == "unit" else show(page, name)
            page.wait_for_timeout(200)
            page.pdf(path=os.path.join(folder, f"print-{name}.pdf"), format="A4", prefer_css_page_size=True)
        open_figure(page)
        page.pdf(path=os.path.join(folder, "print-evidence.pdf"), format="A4", prefer_css_page_size=True)
    page.close()


class Printed:
    """What is printed where a figure stands, as somebody else reads it."""

    def __init__(self, dataset, files):
        self.files, self.compared, self.alone = files, 0, 0
        self.documents = table(dataset, "documents", "document_id")

    def holds(self, source):
        """Whether it is there; nothing where nobody else can read it."""
        if not self.files:
            return None
        path = self.files / self.documents[source["document_id"]]["file_name"]
        want = other.blanks_out(source["printed"])
        if source["page"] and path.suffix.lower() == ".pdf":
            here = other.blanks_out(other.poppler(str(path), source["page"], [float(source[k]) for k in ("x0", "y0", "x1", "y1")]))
            if not any(c.isdigit() for c in here) and (source["source"] == "ocr" or other.without_unicode(str(path), source["page"])):
                self.alone += 1
                return None
            self.compared += 1
            return here == want
        self.compared += 1
        return want in other.blanks_out(other.at_locator(path, source["locator"]))


IN_YUAN = {"yuan": 1, "wanyuan": 10**4, "yiyuan": 10**8}


def behind(page, button, source, key, printed):
    """What the evidence of a figure says is what the dataset says, and what is printed."""
    button.click()
    page.wait_for_selector("dialog[open] [data-evidence]")
    read = lambda k: page.locator(f"dialog [data-k={k}]").first.inner_text()
    check(read("printed").split(" ")[0] == source["printed"], f"{key}: printed {read('printed')}, not {source['printed']}")
    check(read("hash") == source["document_id"] and read("page") == (source["page"] or "—") and read("figure") == key, f"{key}: hash, page or id")
    check(read("held") == source["held"] and read("failed") == source["failed"], f"{key}: identities")
    check(printed.holds(source) is not False, f"{key}: another reader does not find {source['printed']} there")
    page.keyboard.press("Escape")
    check(page.locator("dialog[open]").count() == 0, "Escape does not close the evidence")


def figures(page, dataset, wanted, printed):
    """Random values of the panel on the page, and of the tables as printed; and what stands behind each."""
    from decimal import Decimal
    panel = [r for r in table(dataset, "panel", None) if r["state"] == "number" and ";" not in r["sources"]]
    facts, said = table(dataset, "facts", "fact_id"), table(dataset, "statements", "statement_id")
    random.seed(7)
    seen = 0
    for row in random.sample(panel, min(wanted - wanted // 2, len(panel))):
        kind = row["level"] + "|" + row["caliber"]
        page.evaluate("h => { location.hash = h }", f"#/compare?i={row['indicator']}&y={row['fiscal_year']}&k={kind}&n={quoted(row['unit_name'])}")
        page.wait_for_function("([i, y]) => document.getElementById('f-indicator')?.value === i && document.getElementById('f-year').value === y", arg=[row["indicator"], row["fiscal_year"]])
        page.wait_for_function("n => document.getElementById('f-called').value === n", arg=row["unit_name"])
        number = row["sources"].rsplit("-", 1)[1]
        button = page.locator(f"#ranking tr:has(a[href='#/unit/{quoted(row['unit_key'])}']) button[data-source$=':{number}']").first
        if button.count() == 0:
            problems.append(f"not on the page: {row['unit_key']} {row['fiscal_year']} {row['indicator']}")
            continue
        check(same(button.get_attribute("data-value"), row["value"]), f"{row['sources']}: {button.get_attribute('data-value')} is not {row['value']}")
        source = facts.get(row["sources"]) or said.get(row["sources"])
        if row["unit"] == "yuan" and source["printed_unit"] in IN_YUAN:
            exact = Decimal(source["printed"].replace(",", "")) * IN_YUAN[source["printed_unit"]]
            check(exact == Decimal(row["value"]), f"{row['sources']}: {source['printed']} {source['printed_unit']} is not {row['value']}")
        behind(page, button, source, row["sources"], printed)
        seen += 1
    accounts = [d for d in table(dataset, "documents", None) if d["kind"] == "final_account" and d["unit_key"] and int(d["facts"])]
    of = {}
    for key, f in facts.items():
        if f["cell_state"] == "number":
            of.setdefault(f["document_id"], []).append(key)
    for d in random.sample(accounts * wanted, wanted // 2):
        key = random.choice(of[d["document_id"]])
        page.evaluate("h => { location.hash = h }", "#/unit/" + quoted(d["unit_key"]))
        page.wait_for_function("h => document.querySelector('main p.soft')?.textContent === h", arg=d["unit_key"])
        box = page.locator("details[data-document]", has=page.get_by_text(d["file_name"], exact=False)).first
        box.evaluate("e => { e.open = true }")
        page.wait_for_function("n => document.querySelectorAll(`details[data-document='${n}'] details[data-form]`).length > 0", arg=box.get_attribute("data-document"))
        box.evaluate("e => e.querySelectorAll('details').forEach(d => { d.open = true })")
        button = box.locator(f"button[data-source='{box.get_attribute('data-document')}:{key.rsplit('-', 1)[1]}']").first
        if button.count() == 0:
            problems.append(f"not among the tables: {key} of {d['file_name']}")
            continue
        check(button.inner_text() == facts[key]["printed"], f"{key}: the table shows {button.inner_text()}, not {facts[key]['printed']}")
        behind(page, button, facts[key], key, printed)
        seen += 1
    return seen


def same(a, b):
    from decimal import Decimal
    return a is not None and Decimal(a) == Decimal(b)


def quoted(key):
    from urllib.parse import quote
    return quote(key, safe="!'()*")


def clicks(page):
    show(page, "compare")
    before = page.locator("#ranking").inner_text()
    page.select_option("#f-order", "low")
    page.wait_for_function("() => document.getElementById('f-order').value === 'low'")
    check(page.locator("#ranking tr").count() < 3 or page.locator("#ranking").inner_text() != before, "the order changes nothing")
    page.click("#language")
    check(page.evaluate("() => document.documentElement.lang") == "en" and "Compare" in page.locator("nav").inner_text(), "the language does not change")
    name = page.locator("#ranking a").first.inner_text()
    page.fill("#search", name)
    check(page.locator("#found a", has_text=name).count() >= 1, "the search does not find a unit")
    page.locator("#found a", has_text=name).first.click()
    page.wait_for_selector("details[data-document]")
    page.locator("details[data-document] > summary").first.click()
    page.wait_for_selector("details[data-form]")
    check(page.locator("details[data-form]").count() >= 5, "a unit has hardly a table")


def keyboard(page):
    """The way from the first key to a figure's evidence and back, without a mouse."""
    show(page, "compare")
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.matches('#ranking button.figure')"):
            break
    where = page.evaluate("() => document.activeElement.dataset.source || document.activeElement.outerHTML.slice(0, 80)")
    page.keyboard.press("Enter")
    try:
        page.wait_for_selector("dialog[open] [data-evidence]", timeout=5000)
    except Exception:
        check(False, f"Enter on {where} opens no evidence")
        return
    check(page.evaluate("() => document.querySelector('dialog').contains(document.activeElement)"), "the focus stays behind the evidence")
    page.keyboard.press("Escape")
    check(page.evaluate("() => document.activeElement.dataset.source") == where, "the focus does not return to the figure")


def main():
    a = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    a.add_argument("dataset")
    a.add_argument("report", type=pathlib.Path)
    a.add_argument("--files", type=pathlib.Path)
    a.add_argument("--shots", type=pathlib.Path)
    a.add_argument("--count", type=int, default=50)
    o = a.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if not chromium:
        print("SKIPPED: playwright (PyPI) or Chromium is not here")
        return 2
    url = o.report.resolve().as_uri()
    if o.shots:
        o.shots.mkdir(parents=True, exist_ok=True)
    if o.files and not shutil.which("pdftotext"):
        print("poppler-utils is not here: the figures are not held against the printed pages")
        o.files = None
    printed = Printed(o.dataset, o.files)
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]

    def watch(page):
        page.on("pageerror", lambda e: problems.append(f"error on the page: {e}"))
        page.on("console", lambda m: m.type == "error" and problems.append(f"console: {m.text}"))
        page.on("request", lambda r: r.url.startswith(("file:", "data:", "blob:")) or problems.append(f"request: {r.url}"))

    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=flags)
        looked = views(browser, url, o.shots, watch)
        paper(browser, url, o.shots, watch)
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        watch(page)
        page.goto(url)
        page.wait_for_selector("html[data-ready=yes]", timeout=60000)
        seen = figures(page, o.dataset, o.count, printed)
        keyboard(page)
        clicks(page)
        browser.close()
    for p in problems:
        print("WRONG", p)
    print(f"{seen} figures on the page equal the dataset, {printed.compared} of them the printed page as another reader sees it ({printed.alone} without letters for it); {looked} views in 3 widths, light and dark" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
