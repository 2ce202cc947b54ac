"""Producer 1: reportlab canvas, TrueType subsets or non-embedded Adobe-GB1 fonts."""
import functools

from reportlab import rl_config
from reportlab.pdfbase import cidfonts, pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from . import fonts
from .page import Engine


rl_config.useA85 = 0            # binary streams: a quarter smaller


class GBKFont(UnicodeCIDFont):
    """STSong-Light addressed with GBK bytes instead of UCS2."""

    def __init__(self):
        super().__init__("STSong-Light")
        self.name = self.fontName = "STSong-GBK"
        self.encodingName = "GBK-EUC-H"
        self.vertical = False

    def formatForPdf(self, text):
        from reportlab.pdfbase.cidfonts import escapePDF
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        return escapePDF(text.encode("gbk", "replace").decode("latin-1"))

    def stringWidth(self, text, size, encoding=None):
        return size * .001 * sum(500 if ord(ch) < 128 else 1000 for ch in text)

    def addObjects(self, doc):
        widths = cidfonts.CIDFontInfo["STSong-Light"]["DescendantFonts"][0]["W"]
        keep = list(widths)
        widths += [814, [500] * 126]         # single bytes are the half-width forms of Adobe-GB1
        try:
            super().addObjects(doc)
        finally:
            widths[:] = keep


@functools.lru_cache(None)
def register(kind):
    """Names of the fonts (body, head) of a kind."""
    if kind == "ucs2":
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        return "STSong-Light", "STSong-Light"
    if kind == "gbk":
        pdfmetrics.registerFont(GBKFont())
        return "STSong-GBK", "STSong-GBK"
    if kind == "mixed":
        return register("gbk")[0], register("ucs2")[1]
    path, index = {"sans": fonts.sans, "alt": fonts.alt, "song": fonts.song}[kind]()
    pdfmetrics.registerFont(TTFont(kind, path, subfontIndex=index))
    return kind, kind


class Surface:
    def __init__(self, path, kind="sans", title=""):
        self.c = canvas.Canvas(str(path), invariant=1, pageCompression=1)
        self.c.setProducer("ReportLab PDF Library")
        self.c.setTitle(title)
        body, head = register(kind)
        self.names = {"body": body, "head": head, "number": body}
        if kind == "helv":
            self.names["number"] = "Helvetica"
        self.open = False
        self.cache = {}

    def width(self, text, size, font="body"):
        if font == "number":
            return pdfmetrics.stringWidth(text, "Helvetica", size)
        key = self.names[font]
        total = 0
        for ch in text:
            w = self.cache.get((key, ch))
            if w is None:
                w = self.cache[key, ch] = pdfmetrics.stringWidth(ch, key, 1000) / 1000
            total += w
        return total * size

    def new_page(self, w, h, rotate=False, crop=0):
        if self.open:
            self.c.showPage()
        self.open = True
        self.h = h
        if rotate:
            self.c.setPageSize((w, h))       # reportlab turns the media box itself
            self.c.setCropBox((0, 0, h, w))
            self.c.setPageRotation(90)
            self.c.transform(0, 1, -1, 0, h, 0)
        else:
            self.c.setPageRotation(0)
            self.c.setPageSize((w + 2 * crop, h + 2 * crop))
            if crop:
                self.c.setCropBox((crop, crop, w + crop, h + crop))
                self.c.setLineWidth(.3)
                for x in (crop, w + crop):
                    self.c.line(x, 0, x, crop * .6)
                    self.c.line(x, h + 2 * crop, x, h + 1.4 * crop)
                self.c.translate(crop, crop)

    def text(self, x, y, text, size, font="body"):
        if not text.strip():
            return
        name = "Helvetica" if font == "number" else self.names[font]
        self.c.setFont(name, size)
        self.c.drawString(x, self.h - y, text)

    def line(self, x0, y0, x1, y1, lw):          # written directly: a document has thousands of them
        self.c._code.append(f"{lw:g} w {x0:.2f} {self.h - y0:.2f} m {x1:.2f} {self.h - y1:.2f} l S")

    def rect(self, x, y, w, h):
        self.c._code.append(f"{x:.2f} {self.h - y - h:.2f} {w:.2f} {h:.2f} re f")

    def finish(self):
        self.c.showPage()
        self.c.save()


def produce(doc, path, style, fonts="sans"):
    s = Surface(path, fonts, doc.unit_name)
    e = Engine(s, style)
    e.run(doc)
    s.finish()
    return e.page
