"""A small page layout engine that draws a document on a surface (reportlab or fpdf2) and notes the page of every value."""
import re
from dataclasses import dataclass, field

from ..model import Fact, Value

A4 = (595.28, 841.89)
NOT_FIRST = set("，。；：、）】》”！？%％）")


@dataclass
class Style:
    size: float = 9
    body_size: float = 12
    lw: float = 0.5
    rulings: str = "grid"           # grid, rects, both, double, three, hlines, none
    margin: float = 50
    repeat_head: bool = True
    repeat_title: bool = False
    fake_bold: bool = False
    valign: str = "middle"          # middle, split (labels low, amounts high), top
    rotate: bool = False            # landscape content on /Rotate 90 pages
    crop: float = 0                 # media box larger than the crop box by this much on each side
    flow: bool = False              # several tables on one page
    page_numbers: str = "- {n} -"   # "" for none
    leading: float = 1.25
    pad: float = 2.2
    number_font: str = "body"
    drift: float = 0                # columns of continuation pages are this much off


class Engine:
    def __init__(self, surface, style):
        self.s, self.st = surface, style
        self.page = 0
        self.w = self.h = 0
        self.y = 0
        self.fresh = False

    # ---- pages -----------------------------------------------------------------------------------
    def new_page(self, landscape=False):
        if self.page:
            self._foot()
        self.page += 1
        self.w, self.h = (A4[1], A4[0]) if landscape else A4
        self.s.new_page(self.w, self.h, rotate=landscape and self.st.rotate, crop=self.st.crop)
        self.y = self.st.margin
        self.landscape = landscape
        self.fresh = True

    def _foot(self):
        if self.st.page_numbers and self.page > 1:
            text = self.st.page_numbers.format(n=self.page)
            self.s.text((self.w - self.s.width(text, 9)) / 2, self.h - 25, text, 9)

    # ---- text ------------------------------------------------------------------------------------
    def wrap(self, text, size, width, font="body"):
        lines, line = [], ""
        for token in re.findall(r"[0-9A-Za-z.,%/\-]+|.", text):
            if line and self.s.width(line + token, size, font) > width and token not in NOT_FIRST:
                if self.s.width(token, size, font) > width:
                    for ch in token:
                        if self.s.width(line + ch, size, font) > width:
                            lines.append(line)
                            line = ""
                        line += ch
                    continue
                lines.append(line)
                line = ""
            line += token
        lines.append(line)
        return lines

    def bold(self, x, y, text, size, font="head"):
        self.s.text(x, y, text, size, font)
        if self.st.fake_bold:
            self.s.text(x + .3, y, text, size, font)

    def centred(self, text, size, font="head", gap=1.6):
        for line in self.wrap(text, size, self.w - 2 * self.st.margin, font):
            self.y += size * gap
            self.bold((self.w - self.s.width(line, size, font)) / 2, self.y, line, size, font)

    def paragraph(self, parts, size=None, indent=2, font="body"):
        size = size or self.st.body_size
        plain, marks = "", []
        for part in parts:
            if isinstance(part, Value):
                marks.append((len(plain), part))
                plain += part.printed
            else:
                plain += part
        width = self.w - 2 * self.st.margin
        lines = self.wrap("　" * indent + plain, size, width, font)
        done = -indent
        for line in lines:
            if self.y + size * 1.8 > self.h - self.st.margin:
                self.new_page(self.landscape)
            self.y += size * 1.8
            for at, value in marks:
                if done <= at < done + len(line):
                    value.page = self.page
            self.s.text(self.st.margin, self.y, line, size, font)
            done += len(line)
        self.fresh = False

    # ---- tables ----------------------------------------------------------------------------------
    def table(self, t):
        st = self.st
        size = t.font or st.size
        same = st.flow and not self.fresh and self.landscape == t.landscape and self.y < self.h * .55
        if not same and not (self.fresh and self.landscape == t.landscape):
            self.new_page(t.landscape)
        if same:
            self.y += 16
        self.fresh = False
        width = self.w - 2 * st.margin
        cols = [width * x / sum(t.widths) for x in t.widths]
        xs = [st.margin]
        for c in cols:
            xs.append(xs[-1] + c)
        grid = t.grid()
        for _, c, cell in grid:               # numbers never wrap: the type shrinks instead
            if cell.fact and cell.text:
                need = self.s.width(cell.text, 1, st.number_font)
                size = min(size, (cols[c] - 3) / need)
        size = max(size, 4)
        lead = size * st.leading
        heights = [lead + 2 * st.pad for _ in t.rows]
        if st.valign == "split":
            heights = [h + lead if i >= t.head else h for i, h in enumerate(heights)]
        text = {}
        for r, c, cell in grid:
            room = xs[c + cell.cs] - xs[c] - 3
            text[r, c] = [cell.text] if cell.fact else self.wrap("　" * cell.indent + cell.text, size, room) if cell.text else []
            need = len(text[r, c]) * lead + 2 * st.pad + (lead if st.valign == "split" and r >= t.head and not cell.fact else 0)
            if cell.rs == 1:
                heights[r] = max(heights[r], need)
        for r, c, cell in grid:
            if cell.rs > 1:
                need = len(text[r, c]) * lead + 2 * st.pad
                have = sum(heights[r:r + cell.rs])
                if need > have:
                    heights[r + cell.rs - 1] += need - have
        by_row = {}
        for r, c, cell in grid:
            by_row.setdefault(r, []).append((c, cell))

        def title():
            self.centred(t.title, st.size + 5, gap=1.4)
            self.y += 6
            for left, mid, right in t.top:
                self.y += st.size * 1.5
                s = st.size
                if left:
                    self.s.text(st.margin, self.y, left, s)
                if mid:
                    self.s.text((self.w - self.s.width(mid, s)) / 2, self.y, mid, s)
                if right:
                    self.s.text(self.w - st.margin - self.s.width(right, s), self.y, right, s)
            self.y += 4

        title()
        t.page = self.page
        cut = t.cut_row
        if cut is not None and cut < 0:
            long = [r for r in range(t.head + 3, len(t.rows)) if any(len(text[r, c]) > 1 for c, _ in by_row[r])]
            cut = min(long, key=lambda r: abs(r - len(t.rows) * .6)) if long else None
        elif cut is not None:
            cut += t.head
        start = self.y
        segment = []                         # (row, y, height, part)
        limit = self.h - st.margin

        def close():
            self._rule(t, segment, xs, by_row)

        def put(r, height, part=None):
            segment.append((r, self.y, height, part))
            for c, cell in by_row.get(r, []):
                self._cell(cell, text[r, c], xs[c], self.y, xs[c + cell.cs] - xs[c], sum(heights[r:r + cell.rs]) if part is None else height, size, lead, part, r < t.head)
            self.y += height

        def header():
            for r in range(t.head):
                put(r, heights[r])

        header()
        r = t.head
        while r < len(t.rows):
            h = heights[r]
            forced = t.break_after is not None and r == t.head + t.break_after
            if cut == r:
                n = max(len(text[r, c]) for c, _ in by_row[r])
                top = (n + 1) // 2
                put(r, top * lead + 2 * st.pad, (0, top))
                close()
                segment.clear()
                self.new_page(t.landscape)
                self.fresh = False
                if st.repeat_head:
                    header()
                put(r, (n - top) * lead + 2 * st.pad, (top, n))
                r += 1
                continue
            if forced or self.y + h > limit:
                close()
                segment.clear()
                self.new_page(t.landscape)
                for k in range(2, len(xs) - 1):
                    xs[k] += st.drift
                self.fresh = False
                if st.repeat_title:
                    title()
                if st.repeat_head:
                    header()
            put(r, h)
            r += 1
        close()
        self.y += 4
        for note in t.notes:
            for line in self.wrap(note, size, width):
                self.y += size * 1.4
                if self.y > self.h - 20:
                    self.new_page(t.landscape)
                    self.fresh = False
                    self.y += size
                self.s.text(st.margin, self.y, line, size)
        self.y += 10

    def _cell(self, cell, lines, x, y, w, h, size, lead, part, head):
        st = self.st
        if part is not None:
            if cell.fact or len(lines) <= 1:
                if part[0] > 0:
                    return
            else:
                lines = lines[part[0]:part[1]]
        if cell.fact:
            cell.fact.page = self.page
        if not lines:
            return
        block = len(lines) * lead
        if st.valign == "split" and not head:
            top = y + st.pad if cell.fact else y + h - block - st.pad
        elif st.valign == "top" and not head:
            top = y + st.pad
        else:
            top = y + (h - block) / 2
        font = ("head" if cell.bold else st.number_font if cell.fact else "body")
        for i, line in enumerate(lines):
            lw = self.s.width(line, size, font)
            tx = {"l": x + 2, "c": x + (w - lw) / 2, "r": x + w - lw - 2}[cell.align]
            base = top + i * lead + lead * .5 + size * .36
            if cell.bold and st.fake_bold:
                self.bold(tx, base, line, size, font)
            else:
                self.s.text(tx, base, line, size, font)

    def _rule(self, t, segment, xs, by_row):
        if not segment:
            return
        st, s = self.st, self.s
        y0, y1 = segment[0][1], segment[-1][1] + segment[-1][2]
        kind = st.rulings
        if kind == "none":
            return
        if kind == "three":
            s.line(xs[0], y0, xs[-1], y0, 1.2)
            s.line(xs[0], y1, xs[-1], y1, 1.2)
            under = [y + h for r, y, h, _ in segment if r == t.head - 1]
            for y in under:
                s.line(xs[0], y, xs[-1], y, .5)
            return
        if kind == "hlines":
            s.line(xs[0], y0, xs[-1], y0, .8)
            for r, y, h, _ in segment:
                if r >= t.head - 1:
                    s.line(xs[0], y + h, xs[-1], y + h, .4)
            return
        ys = {r: (y, h) for r, y, h, _ in segment}
        edges = []
        for r, y, h, _ in segment:
            for c, cell in by_row.get(r, []):
                bottom = y + h
                for k in range(1, cell.rs):
                    if r + k in ys:
                        bottom = ys[r + k][0] + ys[r + k][1]
                edges.append((xs[c], y, xs[c + cell.cs], bottom))
        if kind in ("grid", "both", "double"):
            seen = set()
            for a, b, c, d in edges:
                for e in ((a, b, c, b), (a, d, c, d), (a, b, a, d), (c, b, c, d)):
                    key = tuple(round(v, 1) for v in e)
                    if key not in seen:
                        seen.add(key)
                        s.line(*e, st.lw)
                        if kind == "double":
                            if e[0] == e[2]:
                                s.line(e[0] + 1.3, e[1], e[2] + 1.3, e[3], st.lw)
                            else:
                                s.line(e[0], e[1] + 1.3, e[2], e[3] + 1.3, st.lw)
        if kind in ("rects", "both"):
            q = .48
            for a, b, c, d in edges:            # one filled sliver per cell edge, as word processors write them
                s.rect(a, b, c - a, q)
                s.rect(a, d, c - a, q)
                s.rect(a, b, q, d - b)
                s.rect(c, b, q, d - b)

    # ---- the whole document ----------------------------------------------------------------------
    def run(self, doc):
        for kind, what in doc.blocks:
            if kind == "cover":
                self.new_page()
                self.y = 200
                for line in what:
                    self.centred(line, 24, gap=2)
                self.need_page = True
            elif kind == "page":
                self.new_page()
            elif kind == "h0":
                if self.landscape or self.y > self.h - 120:
                    self.new_page()
                self.centred(what, 16)
                self.y += 8
            elif kind == "h1":
                if self.landscape or self.y > self.h - 110:
                    self.new_page()
                self.y += 24
                self.bold(self.st.margin + 2 * self.st.body_size, self.y, what, self.st.body_size + 1)
                self.fresh = False
            elif kind == "toc":
                for line in what:
                    if self.y + 20 > self.h - self.st.margin:
                        self.new_page()
                    self.y += 20
                    self.s.text(self.st.margin + 20, self.y, line, 11)
                self.fresh = False
            elif kind == "p":
                if self.landscape:
                    self.new_page()
                self.paragraph(what)
            elif kind == "list":
                if self.landscape:
                    self.new_page()
                for line in what:
                    self.paragraph([line])
            elif kind == "table":
                self.table(what)
        self._foot()
