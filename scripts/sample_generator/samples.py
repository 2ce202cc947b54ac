"""The committed samples: one function each, in a fixed order."""
from .assemble import assemble
from .books import Series
from .layouts import FORMS, Look
from .producers.page import Style


def s01():
    look = Look(label="公开{n:02d}表", row_no=True, col_no="first", panels=2, landscape=("revenue", "expenditure", "appropriation", "three_public", "government_fund"),
                order=("revenue_expenditure", "revenue", "expenditure", "appropriation", "general_expenditure", "general_basic", "three_public", "government_fund"),
                three_scope="一般公共预算财政拨款", name_label="部门", break_after={})
    series = Series(1016, "water", 1.4, ("carry", "own", "wide", "gov"))
    doc = assemble("s01-fy2016-eight-tables", series, 2016, "云泽省望澜市水利局", look, dialect=0, description="FY2016, eight tables 公开01–08表, old names, 行次 and 栏次, 万元, 0.00, ruled with strokes")
    return doc, "reportlab", Style(rulings="grid"), {"fonts": "sans"}


def s03():
    look = Look(label="公开{n:02d}表", col_no="name", panels=3, three="A", head_style="lines", break_after={"revenue_expenditure": 23, "appropriation": 23},
                titles={"general_basic": "一般公共预算财政拨款基本支出决算明细表"})
    series = Series(3022, "statistics", .8, ("carry", "own"))
    doc = assemble("s03-fy2022-national", series, 2022, "河南省云溪县统计局", look, level="unit", caliber="self_only", dialect=0,
                   description="FY2022 national form as in Henan: 公开NN表, 行次, 栏次 in the name column, three panels, 三公 in two blocks of six, tables 01 and 04 over two pages with the header repeated")
    return doc, "fpdf2", Style(rulings="grid", size=8.5), {"fonts": "song"}


def s05():
    look = Look(label="", row_no=False, col_no="", panels=2, three="B", cap_columns=6, zero="", thousands=True, code_split=True, total_in_head=("revenue", "expenditure"),
                total_last=("general_expenditure", "government_fund", "state_capital"), head_style="short", debt_lines=True, cut_row={"general_expenditure": -1},
                order=("revenue_expenditure", "revenue", "expenditure", "appropriation", "general_expenditure", "general_basic", "three_public", "government_fund", "state_capital"),
                landscape=("revenue", "expenditure", "appropriation", "three_public"))
    series = Series(5024, "culture", 3.1, ("carry", "own"))
    doc = assemble("s05-fy2024-split-codes", series, 2024, "上海市云汀区文化和旅游局", look, dialect=1,
                   description="FY2024 Shanghai form: codes in 类/款/项 columns, thousands separators, blanks for zero, 合计 on the row of 类 款 项, a row cut by the page break")
    return doc, "reportlab", Style(rulings="rects", repeat_head=False, size=9), {"fonts": "alt"}


SAMPLES = [s01, s03, s05]
