"""Producer 2: fpdf2, one Type 0 font with Identity-H."""
import datetime

from fpdf import FPDF

from . import fonts as system_fonts
from .page import Engine


class Surface:
    def __init__(self, path, kind="sans", title=""):
        self.path = str(path)
        self.f = FPDF(unit="pt")
        self.f.set_auto_page_break(False)
        self.f.set_margin(0)
        self.f.c_margin = 0
        when = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
        self.f.set_creation_date(when)
        self.f.set_title(title)
        file, index = {"sans": system_fonts.sans, "alt": system_fonts.alt, "song": system_fonts.song}[kind]()
        self.f.add_font("body", fname=file, collection_font_number=index) if file.endswith("ttc") else self.f.add_font("body", fname=file)
        self.cache = {}

    def width(self, text, size, font="body"):
        total = 0
        for ch in text:
            w = self.cache.get(ch)
            if w is None:
                self.f.set_font("body", size=1000)
                w = self.cache[ch] = self.f.get_string_width(ch) / 1000
            total += w
        return total * size

    def new_page(self, w, h, rotate=False, crop=0):
        self.f.add_page(format=(w, h))

    def text(self, x, y, text, size, font="body"):
        if not text.strip():
            return
        self.f.set_font("body", size=size)
        self.f.text(x, y, text)

    def line(self, x0, y0, x1, y1, lw):
        self.f.set_line_width(lw)
        self.f.line(x0, y0, x1, y1)

    def rect(self, x, y, w, h):
        self.f.set_fill_color(0)
        self.f.rect(x, y, w, h, style="F")

    def finish(self):
        self.f.output(self.path)


def produce(doc, path, style, fonts="sans"):
    s = Surface(path, fonts, doc.unit_name)
    e = Engine(s, style)
    e.run(doc)
    s.finish()
    return e.page
