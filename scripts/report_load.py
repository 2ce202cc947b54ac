#!/usr/bin/env python3
"""How a report loads in Chromium: seconds until the first chart is drawn, until another view, a unit and a figure are there, and memory.

    report_load.py REPORT.html [REPORT.html …]

Each file is opened in a browser of its own, from disk, three times; the middle of the seconds counts. Memory is what the renderer of the page
holds (private and shared, VmRSS) at its most (VmHWM), and the JavaScript heap after everything was looked at. Needs playwright (PyPI) and Chromium.
"""
import os
import pathlib
import shutil
import statistics
import sys
import time

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-precise-memory-info"]


def renderers():
    """The processes of browsers that render: their most and present memory in MB, by process."""
    out = {}
    for p in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            line = (p / "cmdline").read_text(errors="replace")
            if "--type=renderer" in line:
                status = dict(part.split(":", 1) for part in (p / "status").read_text().splitlines() if ":" in part)
                out[p.name] = [int(status[k].split()[0]) // 1024 for k in ("VmHWM", "VmRSS")]
        except (OSError, KeyError):
            pass
    return out


def once(p, chromium, path):
    before = set(renderers())
    browser = p.chromium.launch(executable_path=chromium, args=FLAGS)
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    seconds = {}

    def clock(name, act, wait, arg=None):
        begun = time.monotonic()
        act()
        page.wait_for_function(wait, arg=arg, timeout=120000, polling=20)
        seconds[name] = time.monotonic() - begun

    clock("first chart", lambda: page.goto(path.resolve().as_uri(), wait_until="commit"), "() => document.documentElement.dataset.ready === 'yes' && document.querySelector('.uplot canvas')")
    clock("year changed", lambda: page.select_option("#f-year", index=0), "() => document.getElementById('f-year')?.selectedIndex === 0 && document.querySelector('#ranking')")
    for view in ("budget", "contradictions", "coverage"):
        clock(view, lambda: page.evaluate("v => { location.hash = '#/' + v }", view), "v => document.querySelector('#nav a[aria-current]')?.hash === '#/' + v && document.querySelector('main h2')", view)
    page.evaluate("() => { location.hash = '#/compare' }")
    page.wait_for_selector("#ranking a")
    clock("search", lambda: page.fill("#search", "局"), "() => document.querySelector('#found a')")
    page.fill("#search", "")
    clock("unit", lambda: page.locator("#ranking a").first.click(), "() => document.querySelector('details[data-document]')")
    clock("tables", lambda: page.locator("details[data-document] > summary").first.click(), "() => document.querySelector('details[data-form]')")
    clock("figure", lambda: page.evaluate("() => document.querySelector('main button.figure').click()"), "() => document.querySelector('dialog[open] [data-evidence]')")
    heap = page.evaluate("() => performance.memory.usedJSHeapSize") / 1e6
    most = max([m for name, m in renderers().items() if name not in before] or [[0, 0]])
    browser.close()
    return seconds, heap, most


def main():
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    from playwright.sync_api import sync_playwright
    with sync_playwright() as p:
        for name in sys.argv[1:]:
            path = pathlib.Path(name)
            runs = [once(p, chromium, path) for _ in range(3)]
            middle = {k: statistics.median(r[0][k] for r in runs) for k in runs[0][0]}
            print(f"{name}: {path.stat().st_size / 1e6:.1f} MB; " + ", ".join(f"{k} {v:.2f} s" for k, v in middle.items()) + f"; JavaScript heap {statistics.median(r[1] for r in runs):.0f} MB, renderer at most {max(r[2][0] for r in runs)} MB, then {runs[-1][2][1]} MB")


if __name__ == "__main__":
    sys.exit(main())
