"""What an invented portal publishes: six units, four years each, in the habits that each unit keeps. The truth of all is one file with the totals."""
from . import truth
from .assemble import assemble
from .books import Series
from .layouts import Look
from .producers.page import Style

YEARS = range(2020, 2024)
WIDE = ("revenue", "expenditure", "appropriation", "three_public", "government_fund")
NATIONAL = dict(panels=3, three="A", landscape=WIDE)
SHORT = dict(label="", row_no=False, col_no="", panels=2, three="B", cap_columns=6, head_style="short", debt_lines=False, landscape=WIDE)
# name, profile, scale, level, look, type of the file
UNITS = [
    ("云泽省望澜市水利局", "water", 2.4, "department", Look(col_no="first", **NATIONAL), "pdf"),
    ("云泽省望澜市财政局", "finance", 1.1, "department", Look(col_no="name", thousands=True, **NATIONAL), "pdf"),
    ("云泽省澄麓县司法局", "justice", .6, "department", Look(label="表{n}", zero="", **NATIONAL), "pdf"),
    ("云泽省澄麓县公路局", "roads", 1.8, "unit", Look(unit="yuan", thousands=True, **NATIONAL), "pdf"),
    ("云泽省汀兰市文化和旅游局", "culture", .9, "department", Look(**SHORT), "docx"),
    ("云泽省汀兰市第二实验学校", "school", 1.5, "unit", Look(col_no="first", **NATIONAL), "html"),
]
COLUMNS = ["file", "unit_name", "fiscal_year", "level", "form", "side", "item", "measure", "fund", "cell_state", "printed", "amount"]


def one(seed, n, year):
    unit, profile, scale, level, look, kind = UNITS[n]
    series = Series(f"portal/{seed}/{n}", profile, scale, ("carry", "own", "gov"), first=YEARS[0] - 1, last=YEARS[-1])
    doc = assemble(f"u{n + 1}-{year}", series, year, unit, look, level=level, caliber="self_only" if level == "unit" else "consolidated", dialect=n % 3, short=True)
    return doc, kind


def beside(folder):
    """The accounts that a department and two units below it publish in one file: its own office, and one whose name begins with that of the department."""
    from .producers import reportlab_
    department = "云泽省望澜市水利局"
    for name, unit, scale, level, caliber in (
        ("department", department, 2.4, "department", "consolidated"),
        ("office", department + "本级", .9, "unit", "self_only"),
        ("station", department + "河道管理站", .7, "unit", "self_only"),
    ):
        series = Series(f"beside/{name}", "water", scale, ("carry", "own", "gov"), first=2021, last=2022)
        look = Look(col_no="first", **NATIONAL)
        doc = assemble(name, series, 2022, unit, look, level=level, caliber=caliber, dialect=1, short=True)
        reportlab_.produce(doc, folder / f"{name}.pdf", Style(), fonts="ucs2")


def produce(seed, folder):
    rows = []
    for n in range(len(UNITS)):
        for year in YEARS:
            doc, kind = one(seed, n, year)
            if kind == "pdf":
                from .producers import reportlab_
                reportlab_.produce(doc, folder / (doc.name + ".pdf"), Style(), fonts="ucs2")
            else:
                from .producers import markup
                markup.produce(doc, folder, types=(kind,))
            for f in doc.facts():
                if f.is_total or f.form == "three_public":
                    rows.append([f"{doc.name}.{kind}", doc.unit_name, year, doc.level, f.form, f.side, f.item, f.measure, f.fund, f.cell_state, f.printed, f.amount])
    truth.table(folder / "truth.csv", COLUMNS, rows)
