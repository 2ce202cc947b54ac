"""Accounts in the layouts of provinces and years, as web page and PDF: headers, panels and lists as their forms print them.

Every layout is written from knowledge of the form, not of the program. A cell that carries money knows its place in the data
set; what is printed and what is the truth cannot differ. Rows and heads are lists of cells; a cell is a text, a pair
`(text, columns, rows)` or money.
"""
import html
import os
import random
from decimal import Decimal

from . import codes

STYLE = """@page{size:A4 landscape;margin:12mm}
body{font-family:"WenQuanYi Zen Hei",sans-serif;font-size:8.5pt}
table{border-collapse:collapse;width:100%} td,th{border:0.6pt solid #000;padding:1.5pt 3pt;font-weight:normal}
td.n{text-align:right} .t{text-align:center;font-size:15pt} .r{text-align:right}
.h{display:flex;justify-content:space-between} .cover{text-align:center;font-size:24pt;margin-top:40mm;line-height:2}
.b{page-break-after:always}"""


# Lines above and below a table and below its heads only, or none at all: of the PDF, not of the page.
LINES = {"three": "td,th{border:0} th{text-align:center} table{border-top:1pt solid #000;border-bottom:1pt solid #000} tr.f td{border-top:0.6pt solid #000}",
         "none": "td,th{border:0;padding:1.5pt 5pt} th{text-align:center}"}


class Money:
    """An amount in yuan with its place: form, side, item, measure. None is a blank cell."""

    def __init__(self, value, *key):
        self.value, self.key = value, key


class Leaf:
    """What one 项 spent and received, in yuan."""

    def __init__(self, code, personnel=0, public=0, project=0, fund=0, capital=0, other_basic=0, other_project=0, institutional=0,
                 delta=0):
        self.delta = delta
        self.code, self.personnel, self.public, self.project = code, personnel, public, project
        self.fund, self.capital = fund, capital
        self.other_basic, self.other_project = other_basic, other_project
        self.institutional = institutional
        self.general = personnel + public + project
        self.basic = personnel + public + other_basic
        self.projects = project + fund + capital + other_project
        self.total = self.basic + self.projects
        self.appropriation = self.general + fund + capital
        self.granted_general = self.general + delta
        self.granted = self.appropriation + delta
        self.income = self.total + delta
        self.other_income = other_basic + other_project - institutional


class Account:
    """The books of one unit and the tables that print them."""

    def __init__(self, name, unit, year, leaves, money="元", carry=0, places=2):
        self.name, self.unit, self.year, self.leaves, self.money = name, unit, year, leaves, money
        self.carry, self.places = carry, places
        self.lines = ""
        self.parts, self.truth = [], []
        self.rng = random.Random(name)
        self.economic = self.split_economic()

    # figures

    def sum(self, what, code=""):
        return sum((getattr(leaf, what) for leaf in self.leaves if leaf.code.startswith(code)), Decimal(0))

    def tree(self, what, levels=(3, 5, 7)):
        """(code, name) of each class, subclass and item with an amount, in order."""
        found = []
        for leaf in sorted(self.leaves, key=lambda leaf: leaf.code):
            if getattr(leaf, what):
                for level in levels:
                    if leaf.code[:level] not in found:
                        found.append(leaf.code[:level])
        return [(code, codes.function_name(code, self.year)) for code in found]

    def classes(self, without=()):
        return [(code, codes.class_name(code, self.year)) for code in codes.class_lines(self.year) if code not in without]

    def split_economic(self):
        """Amounts of economic codes: personnel in 301 and 303, public in 302 and 310."""
        given = {}
        for what, wanted in (("personnel", ("301", "303")), ("public", ("302", "310"))):
            left = self.sum(what)
            pool = [code for kind, _, pairs in codes.economic(self.year) if kind in wanted for code, _ in pairs]
            chosen = sorted(self.rng.sample(pool, min(len(pool), 9)))
            for number, code in enumerate(chosen):
                last = number == len(chosen) - 1
                part = left if last else (left * Decimal(self.rng.randint(5, 40)) / 100).quantize(Decimal("0.01"))
                given[code] = part
                left -= part
        return given

    def economic_rows(self, with_zero=False):
        """[(code, name, amount, level)] with the class rows."""
        rows = []
        for kind, name, pairs in codes.economic(self.year):
            inside = [(code, label, self.economic.get(code, Decimal(0))) for code, label in pairs]
            total = sum((row[2] for row in inside), Decimal(0))
            if total or with_zero:
                rows.append((kind, name, total, 1))
                rows += [(code, label, amount, 2) for code, label, amount in inside if amount or with_zero]
        return rows

    # printing

    def shown(self, value):
        if value is None:
            return ""
        scale = {"元": 1, "万元": 10000}[self.money]
        return f"{(Decimal(value) / scale).quantize(Decimal(1).scaleb(-self.places)):,}"

    def cell(self, cell, tag):
        if isinstance(cell, Money):
            text = self.shown(cell.value)
            if cell.value is not None and cell.key and cell.key[0]:
                self.truth.append((*cell.key, text))
            return f'<td class="n">{text}</td>'
        text, columns, rows = cell if isinstance(cell, tuple) else (cell, 1, 1)
        span = (f" colspan={columns}" if columns > 1 else "") + (f" rowspan={rows}" if rows > 1 else "")
        return f"<{tag}{span}>{html.escape(str(text)).replace(chr(10), '<br>')}</{tag}>"

    def cover(self, *lines):
        text = "<br>".join(html.escape(line) for line in lines)
        self.parts.append(f'<div class="cover">{text}</div><div class="b"></div>')

    def table(self, title, label, heads, rows, left=None, note="", right=None, small=False):
        left = left if left is not None else f"部门：{self.unit}"
        right = right if right is not None else f"单位：{self.money}"
        body = "".join("<tr>" + "".join(self.cell(cell, "th") for cell in head) + "</tr>" for head in heads)
        first = '<tr class="f">' if self.lines else "<tr>"
        body += "".join((first if row is rows[0] else "<tr>") + "".join(self.cell(cell, "td") for cell in row) + "</tr>" for row in rows)
        size = " style=\"font-size:5pt\"" if small else ""
        self.parts.append(
            f'<div class="t">{html.escape(title)}</div><div class="r">{label}</div><div class="h"><span>{left}</span>'
            f"<span>{right}</span></div><table{size}>{body}</table><div>{html.escape(note)}</div><div class=\"b\"></div>")

    def write(self, folder):
        os.makedirs(os.path.join(folder, "truth"), exist_ok=True)
        page = f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{self.unit}{self.year}年度部门决算</title>' \
               f"<style>{STYLE}</style></head><body>{''.join(self.parts)}</body></html>"
        with open(os.path.join(folder, self.name + ".html"), "w", encoding="utf8") as file:
            file.write(page)
        with open(os.path.join(folder, "truth", self.name + ".tsv"), "w", encoding="utf8") as file:
            file.write(("# unit: yuan\n" if self.money == "元" else "") + "form\tside\titem\tmeasure\tprinted\tpage\n")
            for form, side, item, measure, text in self.truth:
                file.write(f"{form}\t{side}\t{item}\t{measure}\t{text}\t\n")
        import weasyprint
        if self.lines:
            page = page.replace("</style>", LINES[self.lines] + "</style>", 1)
        weasyprint.HTML(string=page).write_pdf(os.path.join(folder, self.name + ".pdf"))


def leaves(rng, spec):
    """Leaves of `code kinds` lines: b basic, j project, f fund, c capital, n other money, i institutional, d more granted than spent."""
    made = []
    for line in spec.split():
        code, kinds = line.split(":")
        amount = lambda low, high: Decimal(rng.randint(low * 100, high * 100)) / 100
        given = {}
        if "b" in kinds:
            given.update(personnel=amount(200000, 6000000), public=amount(30000, 900000))
        if "p" in kinds:
            given.update(personnel=amount(20000, 900000))
        if "j" in kinds:
            given.update(project=amount(40000, 2500000))
        if "f" in kinds:
            given.update(fund=amount(50000, 900000))
        if "c" in kinds:
            given.update(capital=amount(10000, 90000))
        if "n" in kinds:
            given.update(other_basic=amount(3000, 90000), other_project=amount(2000, 60000))
        if "i" in kinds:
            given.update(institutional=amount(1000, 2500))
        if "d" in kinds:
            given.update(delta=amount(1000, 9000))
        made.append(Leaf(code, **given))
    return made


def span(text, columns=1, rows=1):
    return (text, columns, rows)


NUMBERS = ("一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十 二十一 二十二 二十三 二十四 二十五 二十六 "
           "二十七 二十八").split()
ZERO = Decimal(0)


def total_of(acc, what, code):
    """The sum of the figures that `what` joins with `+`; "" is zero, None a blank."""
    if what is None:
        return None
    return sum((acc.sum(part, code) for part in what.split("+") if part), ZERO)


def coded_cells(code, name, style):
    if style == "split":
        return [code[:3] if len(code) == 3 else "", code[3:5] if len(code) == 5 else "", code[5:] if len(code) == 7 else "", name]
    if style == "parts":
        return [code[:3], code[3:5], code[5:], name]
    if style == "wide":
        return [span(code, 3), name]
    if style == "joined":
        return [f"{code} {name}"]
    if style == "tight":
        return [f"{code}{name}"]
    if style == "bracket":
        return [f"[{code}]{name}"]
    if style == "after":
        return [f"{name}（{code}）"]
    if style == "turned":
        return [name, code]
    if style == "name":
        return [name]
    return [code, name]


WIDTHS = {"split": 4, "parts": 4, "wide": 4, "joined": 1, "tight": 1, "bracket": 1, "after": 1, "name": 1, "one": 2, "turned": 2}


def coded(acc, form, title, label, heads, columns, what, style="one", last=False, word="合计", before=(), **more):
    """A table of function codes. `columns` are pairs of measure and figure."""
    def line(code):
        return [Money(total_of(acc, figure, code), form, "", code or "total", measure) for measure, figure in columns]
    width = WIDTHS[style]
    total = [[span(word, width) if width > 1 else word] + line("")] if word else []
    rows = [coded_cells(code, name, style) + line(code) for code, name in acc.tree(what)]
    acc.table(title, label, heads, list(before) + (rows + total if last else total + rows), **more)


def filled(lines, count, cell):
    return lines + [cell("", "", None)] * (count - len(lines))


def two_sided(acc, form, title, label, heads, receipts, spending, columns, numbers=False, **more):
    """A table with two sides. Lines are (label, item, figures); None is a gap. `columns` are the measures of the two sides."""
    count = max(len(receipts), len(spending))
    rows = []
    for order in range(count):
        row = []
        for side, lines, measures in (("revenue", receipts, columns[0]), ("expenditure", spending, columns[1])):
            entry = lines[order] if order < len(lines) else None
            row.append(entry[0] if entry else "")
            if numbers:
                row.append(str(order + 1 + (count if side == "expenditure" else 0)))
            for place, measure in enumerate(measures):
                row.append(Money(entry[2][place], form, side, entry[1], measure) if entry else Money(None))
        rows.append(row)
    acc.table(title, label, heads, rows, **more)


def gap(lines, count):
    return lines + [None] * (count - len(lines))


def economic_cells(form, code, value, columns):
    personal = code.startswith(("301", "303")) or code == "people"
    given = {"final": value, "people": value if personal else ZERO, "cost": ZERO if personal else value}
    names = {"final": "final", "people": "final.personnel", "cost": "final.public"}
    return [Money(given[column], form, "", code, names[column]) for column in columns]


def economic(acc, form, title, label, heads, style="one", columns=("final", "people", "cost"), word="合计", last=False, **more):
    people, cost = acc.sum("personnel"), acc.sum("public")
    given = {"final": people + cost, "people": people, "cost": cost}
    names = {"final": "final", "people": "final.personnel", "cost": "final.public"}
    width = WIDTHS[style] if style != "parts" else 3
    total = [[span(word, width)] + [Money(given[c], form, "", "total", names[c]) for c in columns]] if word else []
    rows = []
    for code, name, value, _ in acc.economic_rows():
        cells = [code[:3], code[3:], name] if style == "parts" else coded_cells(code, name, style)
        rows.append(cells + economic_cells(form, code, value, columns))
    acc.table(title, label, heads, rows + total if last else total + rows, **more)


def economic_panels(acc, form, title, label, heads, kinds=(("301", "303"), ("302", "310")), style="one", sums=True, whole=False, **more):
    panels = [[row for row in acc.economic_rows() if row[0][:3] in kind] for kind in kinds]
    width = WIDTHS[style]
    rows = []
    for order in range(max(map(len, panels))):
        row = []
        for panel in panels:
            if order < len(panel):
                row += coded_cells(panel[order][0], panel[order][1], style) + [Money(panel[order][2], form, "", panel[order][0], "final")]
            else:
                row += [""] * width + [Money(None)]
        rows.append(row)
    people, cost = acc.sum("personnel"), acc.sum("public")
    if sums:
        rows.append([span("人员经费合计", width), Money(people, form, "", "personnel_total", "final"),
                     span("公用经费合计", width * (len(panels) - 1) + len(panels) - 2), Money(cost, form, "", "public_total", "final")])
    if whole:
        rows.append([span("合计", width * len(panels) + len(panels) - 1), Money(people + cost, form, "", "total", "final")])
    acc.table(title, label, heads, rows, **more)


def three_values(rng, zero=()):
    """Amounts of the items of 三公, exact to the fen."""
    one = {item: ZERO if item in zero else Decimal(rng.randint(300000, 9000000)) / 100
           for item in ("overseas_travel", "vehicle_purchase", "vehicle_operation", "reception")}
    one["vehicles"] = one["vehicle_purchase"] + one["vehicle_operation"]
    one["total"] = one["vehicles"] + one["overseas_travel"] + one["reception"]
    one["reception.domestic"], one["reception.foreign"] = one["reception"], ZERO
    return one


def three_list(acc, title, label, heads, lines, measures, extra=None, numbers=False, **more):
    """三公 as a list: (label, item or a text for each column). Measures may be None for a column that has no truth."""
    rng = random.Random(acc.name + title)
    values = [three_values(rng) for _ in measures]
    rows = []
    for order, (text, item) in enumerate(lines):
        row = [text] + ([str(order + 1)] if numbers else [])
        for place, measure in enumerate(measures):
            if item in values[place]:
                row.append(Money(values[place][item], *(("three_public", "", item, measure) if measure else ())))
            elif isinstance(item, tuple):
                row.append(item[place])
            elif item:
                row.append(Money(Decimal(rng.randint(100000, 900000)) / 100, *(("three_public", "", item, measure) if measure else ())))
            else:
                row.append("")
        rows.append(row + list(extra(order) if extra else ()))
    acc.table(title, label, heads, rows, **more)


def three_blocks(acc, title, label, heads, items, measures, interleaved=False, first=(), **more):
    rng = random.Random(acc.name + title)
    values = [three_values(rng) for _ in measures]
    pairs = [(i, n) for i in items for n in range(len(measures))] if interleaved else [(i, n) for n in range(len(measures)) for i in items]
    row = list(first) + [Money(values[n][i], "three_public", "", i, measures[n]) for i, n in pairs]
    acc.table(title, label, heads, [row], **more)
