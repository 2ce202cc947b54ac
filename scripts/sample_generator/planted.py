"""Documents with one printed error each. The truth holds what is printed; NAME.planted.json holds what it should be.
p00 is the document without an error, p25 the same unit a year before, without an error: p24 disagrees with it."""
from .assemble import assemble
from .books import Series
from .layouts import Look
from .model import Value, in_yuan, rounded
from .producers.page import Style

WIDE = ("revenue", "expenditure", "appropriation", "three_public", "government_fund")


class Planter:
    def __init__(self, doc, kind):
        self.doc, self.kind = doc, kind

    def cell(self, form, item, measure=None, side=None, fund=None):
        for t in self.doc.tables():
            for row in t.rows:
                for c in row:
                    f = c.fact
                    if f and f.form == form and f.item == item and (measure is None or f.measure == measure) and (side is None or f.side == side):
                        return c
        raise KeyError((form, item, measure))

    def cells(self, form, test):
        return [c for t in self.doc.tables() if t.form == form for row in t.rows for c in row if c.fact and test(c.fact)]

    def set(self, cell, text, scopes):
        f = cell.fact
        true = (f.printed, f.amount)
        cell.text = f.printed = text
        f.cell_state = "number" if text else "blank"
        f.amount = in_yuan(text, f.printed_unit) if text else ""
        self.doc.planted.append({"kind": self.kind, "form": f.form, "side": f.side or None, "item": f.item, "measure": f.measure, "true_printed": true[0], "true_amount": true[1] or None,
                                 "printed": f.printed, "printed_amount": f.amount or None, "scopes": scopes, "fact": f})

    def value(self, sentence, slot, subject=None, n=0):
        found = [v for v in self.doc.values() if v.sentence == sentence and v.slot == slot and (subject is None or v.subject == subject)]
        return found[n]

    def say(self, v, printed, value, scopes):
        old = (v.printed, str(v.value))
        v.printed, v.value = printed, value
        self.doc.planted.append({"kind": self.kind, "form": None, "section": v.section, "sentence": v.sentence, "item": v.subject, "measure": v.slot, "true_printed": old[0],
                                 "true_value": old[1], "printed": printed, "printed_value": str(value), "scopes": scopes, "value": v})


def big(p, form, measure, length=None):
    """The detail row with the largest amount."""
    cs = p.cells(form, lambda f: f.measure == measure and not f.is_total and f.cell_state == "number" and (length is None or len(f.item_code) == length))
    return max(cs, key=lambda c: abs(float(c.fact.amount)))


def money(fen):
    return str(rounded(fen, "wanyuan"))


def digit_swap(p):
    c = big(p, "general_expenditure", "total", 7)
    s = list(c.text)
    for i in range(len(s) - 1):
        if s[i] != s[i + 1] and "." not in s[i:i + 2]:
            s[i], s[i + 1] = s[i + 1], s[i]
            break
    p.set(c, "".join(s), ["form"])


def shifted_decimal(p):
    c = big(p, "revenue", "appropriation", 7)
    p.set(c, money(c.fact.fen * 10), ["form"])


def yuan_for_wanyuan(p):
    c = big(p, "general_basic", "final", 5)
    p.set(c, f"{c.fact.fen / 100:.2f}", ["form"])


def swapped_columns(p):
    c = big(p, "expenditure", "basic", 7)
    d = p.cell("expenditure", c.fact.item, "project")
    a, b = c.text, d.text
    p.set(c, b, ["form"])
    p.set(d, a, ["form"])


def rows_displaced(p):
    codes = ["208", "210", "211", "212"]
    cs = [p.cell("revenue_expenditure", k, "final", "expenditure") for k in codes]
    old = [c.text for c in cs]
    for c, text in zip(cs[1:], old):
        if c.text != text:
            p.set(c, text, ["form-form", "form"])
    if cs[0].text != "0.00":
        p.set(cs[0], "0.00", ["form-form", "form"])


def wrong_total(p):
    c = p.cell("revenue_expenditure", "total_current", "final", "revenue")
    p.set(c, money(c.fact.fen + 12_000_000), ["form", "form-form"])


def form_mismatch(p):
    c = p.cell("government_fund", "total", "total")
    d = p.cell("government_fund", "total", "project")
    p.set(c, money(c.fact.fen + 30_000_000), ["form-form", "form"])
    p.set(d, money(d.fact.fen + 30_000_000), ["form-form", "form"])


def parent_child(p):
    c = big(p, "expenditure", "total", 5)
    p.set(c, money(c.fact.fen - 2_550_000), ["form"])


def repeated_cell(p):
    c = p.cell("general_basic", "30299")
    p.set(c, p.cell("general_basic", "302").text, ["form"])


def lost_minus_carryover(p):
    c = p.cell("appropriation", "closing_carryover", "total")
    p.set(c, "-" + money(c.fact.fen), ["form"])


def blank_total(p):
    c = p.cell("appropriation", "total_current", "total", "expenditure")
    p.set(c, "", [])


def three_public_swapped(p):
    for item in ("total",):
        a, b = p.cell("three_public", item, "budget"), p.cell("three_public", item, "final")
        x, y = a.text, b.text
        p.set(a, y, ["form"])
        p.set(b, x, ["form"])


def unbalanced(p):
    c = p.cell("revenue_expenditure", "grand_total", "final", "expenditure")
    p.set(c, money(c.fact.fen + 900_000), ["form"])


def basic_over_forms(p):
    c = p.cell("general_basic", "public_total")
    p.set(c, money(c.fact.fen + 4_400_000), ["form", "form-form"])


def wrong_rate(p):
    v = p.value("overall_total", "change_rate")
    new = float(v.printed[:-1]) + 11.4
    p.say(v, f"{new:.2f}%", f"{new / 100:.4f}", ["text"])


def wrong_direction(p):
    v = p.value("appropriation_total", "change_direction", n=0)
    up = v.value == "increase"
    p.say(v, "减少" if up else "增加", "decrease" if up else "increase", ["text"])


def wrong_share(p):
    v = p.value("expenditure_part", "share", "basic")
    new = float(v.printed[:-1]) - 7.35
    p.say(v, f"{new:.2f}%", f"{new / 100:.4f}", ["text"])


def text_of_another_year(p):
    v = p.value("revenue_total", "total")
    book = p.series.years[p.doc.year - 1]
    s = money(book.total_revenue())
    p.say(v, s, in_yuan(s, "wanyuan"), ["form-text"])


def text_unit(p):
    v = p.value("three_total", "final")
    for kind, parts in p.doc.blocks:
        if kind == "p" and v in parts:
            i = parts.index(v)
            assert parts[i + 1].startswith("万元")
            parts[i + 1] = parts[i + 1][1:]
    v.printed_unit = "yuan"
    p.say(v, v.printed, in_yuan(v.printed, "yuan"), ["form-text"])


def procurement_sum(p):
    v = p.value("procurement", "services")
    s = money(p.doc_book.procurement["services"] + 8_000_000)
    p.say(v, s, in_yuan(s, "wanyuan"), ["form-text"])


def completion_rate(p):
    v = p.value("general_budget", "completion_rate")
    p.say(v, "100.00%", "1.0000", ["text"])


def vehicles_sum(p):
    v = p.value("assets", "vehicles_total")
    p.say(v, str(v.value + 2), v.value + 2, ["form-text"])


def class_amount_in_text(p):
    v = p.value("general_class", "total", "208")
    s = money(p.doc_book.node("208", lambda x: x.fund_exp("general")) + 5_000_000)
    p.say(v, s, in_yuan(s, "wanyuan"), ["form-text"])


def opening_of_next_year(p):
    c = p.cell("revenue_expenditure", "opening_carryover", "final", "revenue")
    p.set(c, money(c.fact.fen + 7_700_000), ["years", "form"])


KINDS = [None, digit_swap, shifted_decimal, yuan_for_wanyuan, swapped_columns, rows_displaced, wrong_total, form_mismatch, parent_child, repeated_cell, lost_minus_carryover, blank_total,
         three_public_swapped, unbalanced, basic_over_forms, wrong_rate, wrong_direction, wrong_share, text_of_another_year, text_unit, procurement_sum, completion_rate, vehicles_sum,
         class_amount_in_text, opening_of_next_year]


def one(seed, i, fn, year=2023):
    look = Look(panels=3, three="A", col_no="first", landscape=WIDE)
    k = 0
    while True:                     # books in which every kind of error can show
        series = Series(f"planted/{seed}/{k}", "urban", 1.5, ("carry", "own", "gov", "clean"), first=2019, last=2023)
        b = series.years[2023]
        if b.three["total"]["budget"] != b.three["total"]["final"] and b.procurement["works"] and b.fund_closing("general") and b.econ_class("302") and b.three["total"]["final"]:
            break
        k += 1
    name = ("p00-control" if year == 2023 else "p25-year-before") if fn is None else f"p{i:02d}-{fn.__name__.replace('_', '-')}"
    doc = assemble(name, series, year, "云泽省溪麓县城市管理局", look, dialect=0, description="planted error: " + (fn.__name__ if fn else "none"))
    if fn:
        p = Planter(doc, fn.__name__)
        p.series, p.doc_book = series, b
        fn(p)
    return doc, "reportlab", Style(), {"fonts": "ucs2"}


def jobs(seed):
    return [lambda i=i, fn=fn: one(seed, i, fn) for i, fn in enumerate(KINDS)] + [lambda: one(seed, 25, None, 2022)]
