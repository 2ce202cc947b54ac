#!/usr/bin/env python3
"""Open a report of juesuan in a real browser and hold it against its dataset.

    check_report.py DATASET REPORT.html [FOLDER FOR SCREENSHOTS]

DATASET has CSV files and panel.csv (`juesuan panel DATASET`). Chromium opens the file from disk: no error, no request, every control
has a name, nothing is wider than the window in three widths; filters change the list; 50 figures on the page equal panel.csv, and
their evidence equals facts.csv and statements.csv. Needs: pip install playwright (no browser of its own), and Chromium (CHROMIUM or
/usr/bin/chromium). Exit code 0 if everything holds, 1 if something is wrong (each line `WRONG …`), 2 if nothing could be checked.
"""
import csv
import os
import pathlib
import random
import shutil
import sys

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
VIEWS = ["compare", "budget", "contradictions", "coverage"]


def show(page, view):
    page.evaluate("v => { location.hash = '#/' + v }", view)
    page.wait_for_function("v => location.hash === '#/' + v && document.querySelector('main h2')", arg=view)


def widths(browser, url, folder, watch):
    for width, scheme in ((1300, "light"), (800, "dark"), (380, "light")):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        watch(page)
        page.goto(url)
        page.wait_for_selector("html[data-ready=yes]", timeout=60000)
        for view in VIEWS:
            show(page, view)
            check(page.evaluate(WIDER) <= 0, f"{view} is wider than {width}")
            check(page.evaluate(NAMELESS) == [], f"{view}: without a name: {page.evaluate(NAMELESS)}")
            if folder:
                page.screenshot(path=os.path.join(folder, f"{view}-{width}.png"))
        page.close()


def figures(page, dataset, wanted):
    """Random values of the panel: on the page, and behind the button that shows them."""
    panel = [r for r in table(dataset, "panel", None) if r["state"] == "number" and ";" not in r["sources"]]
    facts, said = table(dataset, "facts", "fact_id"), table(dataset, "statements", "statement_id")
    random.seed(7)
    seen = 0
    for row in random.sample(panel, min(wanted, len(panel))):
        kind = row["level"] + "|" + row["caliber"]
        page.evaluate("h => { location.hash = h }", f"#/compare?i={row['indicator']}&y={row['fiscal_year']}&k={kind}")
        page.wait_for_function("([i, y]) => document.getElementById('f-indicator')?.value === i && document.getElementById('f-year').value === y", arg=[row["indicator"], row["fiscal_year"]])
        number = row["sources"].rsplit("-", 1)[1]
        button = page.locator(f"#ranking tr:has(a[href='#/unit/{quoted(row['unit_key'])}']) button[data-source$=':{number}']").first
        if button.count() == 0:
            problems.append(f"not on the page: {row['unit_key']} {row['fiscal_year']} {row['indicator']}")
            continue
        check(same(button.get_attribute("data-value"), row["value"]), f"{row['sources']}: {button.get_attribute('data-value')} is not {row['value']}")
        button.click()
        page.wait_for_selector("dialog[open] [data-evidence]")
        read = lambda key: page.locator(f"dialog [data-k={key}]").first.inner_text()
        source = facts.get(row["sources"]) or said.get(row["sources"])
        check(read("printed").split(" ")[0] == source["printed"], f"{row['sources']}: printed {read('printed')}, not {source['printed']}")
        check(read("hash") == row["document_id"] and read("page") == (source["page"] or "—"), f"{row['sources']}: hash or page")
        page.keyboard.press("Escape")
        check(page.locator("dialog[open]").count() == 0, "Escape does not close the evidence")
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


def main():
    if len(sys.argv) not in (3, 4):
        print(__doc__)
        return 2
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if not chromium:
        print("SKIPPED: playwright (PyPI) or Chromium is not here")
        return 2
    dataset, url = sys.argv[1], pathlib.Path(sys.argv[2]).resolve().as_uri()
    folder = sys.argv[3] if len(sys.argv) == 4 else None
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]

    def watch(page):
        page.on("pageerror", lambda e: problems.append(f"error on the page: {e}"))
        page.on("console", lambda m: m.type == "error" and problems.append(f"console: {m.text}"))
        page.on("request", lambda r: r.url.startswith(("file:", "data:", "blob:")) or problems.append(f"request: {r.url}"))

    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=flags)
        widths(browser, url, folder, watch)
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        watch(page)
        page.goto(url)
        page.wait_for_selector("html[data-ready=yes]", timeout=60000)
        seen = figures(page, dataset, 50)
        clicks(page)
        browser.close()
    for p in problems:
        print("WRONG", p)
    print(f"{seen} figures on the page equal the dataset; {len(VIEWS)} views in 3 widths" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
