"""The committed samples: one function each, in a fixed order. Places and units are invented."""
import dataclasses

from .assemble import assemble
from .books import Series
from .layouts import FORMS, Look
from .producers.page import Style

EIGHT = tuple(f for f in FORMS if f != "state_capital")
REVERSED = ("appropriation", "general_expenditure", "general_basic", "three_public", "government_fund", "revenue_expenditure", "revenue", "expenditure")
SHANGHAI = ("revenue_expenditure", "revenue", "expenditure", "appropriation", "general_expenditure", "general_basic", "three_public", "government_fund", "state_capital")
WIDE = ("revenue", "expenditure", "appropriation", "three_public")
NARRATIVE_FIRST = ("overview", "narrative", "glossary", "tables")


def s01():
    look = Look(panels=2, three_scope="一般公共预算财政拨款", name_label="部门",
                order=("revenue_expenditure", "revenue", "expenditure", "appropriation", "general_expenditure", "general_basic", "three_public", "government_fund"))
    series = Series(1016, "water", 1.4, ("carry", "own", "wide", "gov"))
    doc = assemble("s01-fy2016-eight-tables", series, 2016, "云泽省望澜市水利局", look,
                   description="FY2016: eight tables 公开01–08表, 财政拨款收入 as one line, 用事业基金弥补收支差额, old class names and economic codes, 行次, 栏次, 万元, 0.00, ruled with strokes")
    return doc, "reportlab", Style(), {"fonts": "sans"}


def s02():
    look = Look(label="表{n}", order=REVERSED, three_scope="一般公共预算财政拨款", name_label="部门", col_no="first", panels=2, three="A",
                titles={"appropriation": "财政拨款收支决算总体情况表", "revenue_expenditure": "部门收支决算总体情况表", "revenue": "部门收入决算总体情况表",
                        "expenditure": "部门支出决算总体情况表", "general_expenditure": "一般公共预算支出决算情况表", "general_basic": "一般公共预算基本支出决算情况表",
                        "three_public": "一般公共预算“三公”经费支出决算情况表", "government_fund": "政府性基金预算支出决算情况表"},
                landscape=("revenue", "expenditure", "appropriation", "three_public"))
    series = Series(2019, "office", .7, ("carry", "gov", "own"))
    doc = assemble("s02-fy2019-reversed-order", series, 2019, "云泽省澜溪县人民政府办公室", look, dialect=2, projects=1,
                   description="FY2019: two appropriation lines, 24 expenditure lines, 表1–表8 with the fiscal tables first, titles with 总体情况, HTML grid")
    return doc, "weasyprint", Style(), {}


def _statistics():
    return Series(3022, "statistics", .8, ("carry", "own"))


def s03():
    look = Look(col_no="name", head_style="lines", break_after={"revenue_expenditure": 23, "appropriation": 23},
                titles={"general_basic": "一般公共预算财政拨款基本支出决算明细表"})
    doc = assemble("s03-fy2022-national", _statistics(), 2022, "河南省云溪县统计局", look, level="unit", caliber="self_only", projects=2,
                   description="FY2022 national form: 公开NN表, 行次, 栏次 in the name column, three panels, 三公 in two blocks of six, 单位： for the name and for 万元, tables 01 and 04 over two pages with the header repeated")
    return doc, "fpdf2", Style(size=8.5), {"fonts": "song"}


def s04():
    look = Look(label="", row_no=False, col_no="", panels=2, three="B", cap_columns=6, zero="", head_style="short", total_last=("general_expenditure", "government_fund", "state_capital"),
                debt_lines=False, order=SHANGHAI, landscape=("revenue", "expenditure", "appropriation", "three_public"), break_after={"appropriation": 14, "revenue": 14, "expenditure": 16})
    series = Series(4024, "social", .9, ("carry", "nosangong"))
    doc = assemble("s04-fy2024-shanghai", series, 2024, "中共上海市云汀区委社会工作部", look, dialect=1,
                   description="FY2024 Shanghai form: no table numbers, no 行次 or 栏次, glued codes, two panels, 三公 in six pairs (empty), blanks for zero, 合计 last, 24 lines without debt, continuation pages without header")
    return doc, "libreoffice-writer", Style(repeat_head=False), {"family": "AR PL UMing CN", "rows": (22, 36)}


def s05():
    look = Look(label="", row_no=False, col_no="", panels=2, three="B", cap_columns=6, zero="", thousands=True, code_split=True, total_in_head=("revenue", "expenditure"),
                total_last=("government_fund", "state_capital"), head_style="short", cut_row={"general_expenditure": -1}, name_width=15, order=SHANGHAI, landscape=WIDE)
    series = Series(5024, "culture", 3.1, ("carry", "own"))
    doc = assemble("s05-fy2024-split-codes", series, 2024, "上海市云汀区文化和旅游局", look, dialect=1, text_thousands=True,
                   description="FY2024 Shanghai form: codes in 类/款/项 columns, thousands separators, blanks for zero, 合计 on the row of 类 款 项, a row cut by the page break, rulings as filled slivers")
    return doc, "reportlab", Style(rulings="rects", repeat_head=False), {"fonts": "alt"}


def s06():
    order = ("revenue_expenditure", "revenue", "expenditure", "appropriation", "general_expenditure", "general_basic", "extra:project", "government_fund", "state_capital", "three_public", "extra:assets")
    look = Look(unit="yuan", general="carry", cap_columns=6, three="C", three_scope="财政拨款", order=order, thousands=True, name_label="部门",
                titles={"three_public": "财政拨款“三公”经费、行政参公单位机关运行经费情况表"}, landscape=("revenue", "expenditure", "appropriation", "government_fund", "state_capital"))
    series = Series(6021, "agriculture", .6, ("carry", "gov", "own"))
    doc = assemble("s06-fy2021-yunnan-yuan", series, 2021, "云南省澜汀县农业农村局", look, dialect=3,
                   description="FY2021 Yunnan form in 元: general budget as 收入支出 with carry-over groups and parts, 三公 as a list with 行次, counts and 机关运行经费, extra tables without facts")
    return doc, "libreoffice-calc", Style(), {"family": "WenQuanYi Zen Hei", "rows": (40, 60)}


def s07():
    look = Look(label="附表{n}", row_no=False, col_no="empty", zero="-", panels=2, three="A", landscape=WIDE + ("government_fund",), name_label="编制单位", head_style="amount", indent_names=True)
    series = Series(7020, "emergency", .5, ("carry", "cap", "gov"))
    doc = assemble("s07-fy2020-three-lines", series, 2020, "云泽省澄麓县应急管理局", look, dialect=2, order=NARRATIVE_FIRST,
                   description="FY2020: three-line tables (no verticals), dash for zero, empty 栏次 row, tables at the end of the document, names indented by level")
    return doc, "fpdf2", Style(rulings="three", repeat_head=True), {"fonts": "alt"}


def s08():
    look = Look(panels=3, three="A", col_no="first", head_style="national", landscape=WIDE + ("government_fund", "state_capital", "general_basic"))
    series = Series(8023, "urban", 2.2, ("carry", "gov", "own", "cap"))
    doc = assemble("s08-fy2023-rotated-cropped", series, 2023, "云泽省望澜市城市管理局", look, dialect=0, projects=3, gap=" ",
                   description="FY2023: landscape tables on pages with /Rotate 90, crop box smaller than the media box on the others, 使用非财政拨款结余（含专用结余）")
    return doc, "reportlab", Style(rotate=True, crop=36), {"fonts": "sans"}


def s09():
    look = Look(label="公开{n:02d}表", panels=2, three="D", zero="0", row_no=True, col_no="first", order=EIGHT, three_scope="一般公共预算财政拨款", landscape=WIDE, name_label="公开部门")
    series = Series(9018, "roads", 1.1, ("carry", "gov"))
    doc = assemble("s09-fy2018-three-public-by-unit", series, 2018, "云泽省汀兰市公路局", look, dialect=2, trim=True,
                   description="FY2018: new economic codes with the old income lines, 三公 with one row per sub-unit in the order 出国, 接待, 用车, zero as 0")
    return doc, "weasyprint", Style(rulings="hlines"), {"family": "AR PL UMing CN"}


def s10():
    look = Look(phases=("opening_budget", "adjusted_budget", "final"), titles={"_xinjiang": "1"}, panels=2, three="C", order=EIGHT + ("extra:balance",), three_scope="一般公共预算财政拨款",
                label="表{cn}", landscape=WIDE + ("revenue_expenditure", "government_fund"))
    series = Series(1017, "finance", .9, ("carry", "own", "gov"))
    doc = assemble("s10-fy2017-budget-columns", series, 2017, "云泽省澄麓县财政局", look, dialect=3, order=("tables", "overview", "narrative", "glossary"),
                   description="FY2017: the total form with 预算数, 调整数, 决算数 columns, 表一–表八, old economic codes, a balance sheet beside the forms, tables first")
    return doc, "libreoffice-calc", Style(), {"family": "AR PL UMing CN", "rows": (60, 60)}


def s11():
    look = Look(panels=3, three="A", col_no="name", label="公开{n:02d}表", landscape=WIDE)
    series = Series(1121, "school", 1.2, ("clean", "own", "carry"))
    doc = assemble("s11-fy2021-fonts-not-embedded", series, 2021, "河南省云溪县第三实验学校", look, level="unit", caliber="self_only", dialect=0,
                   description="FY2021: fonts not embedded, body GBK-EUC-H and heads UniGB-UCS2-H without ToUnicode, books in multiples of 100 yuan (no rounding differences)")
    return doc, "reportlab", Style(), {"fonts": "mixed"}


def s12():
    look = Look(panels=2, three="A", reception_first=True, units={"three_public": "yuan", "general_basic": "yuan"}, zeros={"revenue": "-", "expenditure": "—", "general_basic": "", "appropriation": "0"},
                full_width=("general_expenditure",), wide_blanks=True, thousands=True, col_no="first", landscape=WIDE, name_width=8, name_label="编制部门")
    series = Series(1222, "justice", 1.6, ("carry", "own", "negative"))
    doc = assemble("s12-fy2022-messy", series, 2022, "云泽省汀兰市司法局", look, dialect=3, trim=True,
                   description="FY2022: 元 and 万元 mixed, negative numbers, dashes, full width digits, bold by drawing twice, 项　　目, amounts high and labels low in their cells, names over 2–4 lines, rulings as slivers and strokes on top of each other, columns a little off on continuation pages")
    return doc, "reportlab", Style(rulings="both", fake_bold=True, valign="split", drift=3), {"fonts": "song"}


def s13():
    look = Look(label="", row_no=False, col_no="", zero="", panels=2, three="A", meeting=True, head_style="amount", landscape=WIDE, full_economic=False, indent_names=True,
                titles={"three_public": "财政拨款“三公”经费及会议费、培训费支出决算表"})
    series = Series(1323, "urban", .4, ("carry", "own", "wide"))
    doc = assemble("s13-fy2023-no-lines", series, 2023, "云泽省澜溪县环境卫生中心", look, level="unit", caliber="self_only", dialect=1,
                   description="FY2023: no rulings at all, blanks for zero, 三公 with 会议费 and 培训费, only the economic items that have an amount")
    return doc, "weasyprint", Style(rulings="none"), {}


def s14():
    look = Look(label="公开{n:02d}表", panels=3, three="A", landscape=WIDE, zero="——")
    doc = assemble("s14-fy2023-national-next-year", _statistics(), 2023, "河南省云溪县统计局", look, level="unit", caliber="self_only", dialect=0,
                   description="FY2023 of the unit of s03: its opening carry-over is the closing one of s03; doubled rulings, —— for zero")
    return doc, "reportlab", Style(rulings="double", size=8), {"fonts": "song"}


def _blank(doc):
    """A template: no values, XX in the sentences."""
    from .model import Value
    blocks = []
    for kind, what in doc.blocks:
        if kind == "p":
            what = ["".join("XX" if isinstance(x, Value) else x for x in what)]
        blocks.append((kind, what))
    doc.blocks = blocks
    return doc


def s15():
    look = Look(label="", row_no=False, col_no="", panels=2, three="B", cap_columns=6, head_style="short", empty_all=True, landscape=WIDE, order=SHANGHAI)
    series = Series(1524, "office", 1, ())
    doc = _blank(assemble("s15-template", series, 2024, "XX县XX局", look, dialect=1, description="A template: XX for names and amounts, empty cells, instructions in brackets"))
    doc.blocks.insert(3, ("p", ["（填报说明：请按照本单位实际情况填写，没有的内容可以删去，正式公开时删除本段文字。）"]))
    doc.kind, doc.status = "template", "not_a_final_account"
    return doc, "libreoffice-writer", Style(), {"family": "WenQuanYi Zen Hei", "rows": (22, 36)}


def s16():
    look = Look(unit="yuan", label="公开{n:02d}表", row_no=False, col_no="", panels=2, three="C", landscape=WIDE, omit=("three_public",), thousands=True,
                titles={"revenue_expenditure": "收支预算总表", "revenue": "收入预算总表", "expenditure": "支出预算总表", "appropriation": "财政拨款收支预算总表",
                        "general_expenditure": "一般公共预算支出预算表", "general_basic": "一般公共预算基本支出预算表", "government_fund": "政府性基金支出预算表", "state_capital": "国有资本经营预算支出预算表"})
    series = Series(1624, "water", .5, ("gov",))
    doc = assemble("s16-budget", series, 2024, "云泽省望澜市水利局", look, dialect=3, short=True, description="A budget of a department (部门预算), not a final account", cover=["2024年度", "云泽省望澜市水利局", "部门预算"])
    from .model import Value
    blocks = []
    for kind, what in doc.blocks:
        if kind == "table":
            for row in what.rows:
                for cell in row:
                    cell.fact = None
                    cell.text = cell.text.replace("决算数", "预算数").replace("决算", "预算")
            what.form = ""
            what.notes = []
        elif kind == "p":
            what = ["".join(x.printed if isinstance(x, Value) else x for x in what).replace("决算", "预算").replace("预算为", "安排")]
        elif kind in ("h0", "h1"):
            what = what.replace("决算", "预算")
        elif kind == "toc":
            what = [x.replace("决算", "预算") for x in what]
        blocks.append((kind, what))
    doc.blocks = blocks
    doc.kind, doc.status = "budget", "not_a_final_account"
    return doc, "fpdf2", Style(), {"fonts": "sans"}


def s17():
    look = Look(panels=2, three="A", landscape=WIDE, omit=("general_basic", "expenditure", "revenue", "government_fund", "state_capital"), full_economic=False)
    series = Series(1722, "culture", .6, ("carry",))
    doc = assemble("s17-scan", series, 2022, "云泽省澄麓县文化馆", look, level="unit", caliber="single", short=True, description="Pages that are images only, slightly turned; the printed cells are in .ocr.csv")
    doc.kind, doc.status = "other", "not_readable"
    return doc, "scan", Style(), {"fonts": "song"}


def s18():
    look = Look(panels=2, three="A", landscape=WIDE, col_no="first", only_three_cells=True)
    series = Series(1822, "emergency", .8, ("carry",))
    doc = assemble("s18-fy2022-no-tounicode", series, 2022, "云泽省汀兰市应急管理局", look, dialect=2, short=True,
                   description="FY2022: embedded subset fonts without /ToUnicode; the glyph numbers lead to characters only through the cmap of the embedded font, if it has one. 三公 prints two of its twelve cells")
    return doc, "fpdf2-stripped", Style(), {"fonts": "sans"}


# Two years of two units: what is compared, ranked, overspent, misprinted and renamed. Small: the narrative is short, and only the fonts of the one
# whose error is shown as a picture are embedded.
PAIR = dict(panels=3, three="A", col_no="first", landscape=WIDE + ("government_fund",))


def _series(seed, profile, scale, wanted):
    """The first books of a row of seeds in which a thing that must show does."""
    for k in range(100):
        series = Series(f"{seed}/{k}", profile, scale, ("carry", "own", "gov"), first=2021, last=2023)
        if wanted(series.years[2023]):
            return series
    raise ValueError(seed)


def _room(book):
    """There are vehicles, and reception stayed well below its budget."""
    three = book.three
    return three["vehicle_operation"]["final"] > 3_000_000 and three["reception"]["budget"] - three["reception"]["final"] > 1_000_000


def _over_budget(book):
    """公务用车运行维护费 comes to stand above its budget, the whole below: only who looks at the parts sees it."""
    three = book.three
    three["vehicle_operation"]["budget"] = (three["vehicle_operation"]["final"] - 900_000) // 10000 * 10000
    three["vehicles"]["budget"] = three["vehicle_purchase"]["budget"] + three["vehicle_operation"]["budget"]
    three["total"]["budget"] = three["overseas_travel"]["budget"] + three["vehicles"]["budget"] + three["reception"]["budget"]


def _agriculture(name, year, description):
    look = Look(**PAIR)
    series = _series("s19", "agriculture", 3, _room)
    _over_budget(series.years[2023])
    return assemble(name, series, year, "云泽省溪麓县农业农村局", look, dialect=0, short=True, description=description)


def s19():
    doc = _agriculture("s19-fy2022-year-before", 2022, "FY2022, short narrative: the year before s20")
    return doc, "reportlab", Style(), {"fonts": "ucs2"}


def s20():
    from .planted import Planter, digit_swap
    doc = _agriculture("s20-fy2023-planted-error", 2023, "FY2023 of the unit of s19, with one printed error: two digits of an amount in 一般公共预算财政拨款支出决算表 stand the wrong way round (.planted.json). "
                       "公务用车运行维护费 is above its budget")
    digit_swap(Planter(doc, "digit_swap"))
    return doc, "reportlab", Style(), {"fonts": "song"}


def _culture(name, year, unit, description):
    series = _series("s21", "culture", .5, lambda book: book.fund_closing("general"))
    return assemble(name, series, year, unit, Look(thousands=True, **PAIR), dialect=1, short=True, description=description)


def s21():
    doc = _culture("s21-fy2022-before-rename", 2022, "云泽省溪麓县文化体育局", "FY2022, short narrative: the unit of s22 before it was renamed")
    return doc, "reportlab", Style(), {"fonts": "ucs2"}


def s22():
    doc = _culture("s22-fy2023-renamed", 2023, "云泽省溪麓县文化旅游和体育局", "FY2023 of the unit of s21 under its new name: opening carry-over is the closing one of s21, and its comparison is with s21")
    return doc, "reportlab", Style(), {"fonts": "ucs2"}


SAMPLES = [s01, s02, s03, s04, s05, s06, s07, s08, s09, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19, s20, s21, s22]
