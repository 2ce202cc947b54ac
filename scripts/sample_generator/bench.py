"""Many documents for speed and memory tests: one producer (reportlab), many layouts."""
from random import Random

from .assemble import assemble
from .books import PROFILES, Series
from .layouts import FORMS, Look
from .producers.page import Style

PLACES = ["望澜市", "澄麓县", "澜溪县", "汀兰市", "云汀区", "澜汀县", "溪麓县", "兰泽市"]
BUREAUS = {"finance": "财政局", "office": "人民政府办公室", "statistics": "统计局", "social": "社会工作部", "justice": "司法局", "school": "第二实验学校", "culture": "文化和旅游局",
           "urban": "城市管理局", "water": "水利局", "agriculture": "农业农村局", "roads": "公路局", "emergency": "应急管理局"}
WIDE = ("revenue", "expenditure", "appropriation", "three_public", "government_fund", "state_capital")


def books(seed, profile, name, level):
    """The books of one account: its documents of all years agree, whatever their layout, so that nothing fails between years."""
    rng = Random(f"bench/{seed}/{name}/{level}")
    features = [f for f, p in (("carry", .8), ("own", .5), ("wide", .2), ("gov", .4), ("cap", .2), ("negative", .03), ("nosangong", .1), ("clean", .2)) if rng.random() < p]
    first = 2018 if profile == "emergency" else 2015
    return Series(rng.randrange(10 ** 9), profile, rng.choice([.3, .8, 1.5, 4, 12]), features, first=first, last=2024)


def unit(n):
    """Of many units the n-th: profile and name, no name twice."""
    steady = [p for p in PROFILES if p != "emergency"]      # which began in 2018
    profile, n = steady[n % len(steady)], n // len(steady)
    first, second, kind = "望澄澜汀溪云兰麓沅淇", "州山川平安阳宁泉浦岭", "市县区"
    assert n < len(first) * len(second) * len(kind), "so many names there are not"
    place = first[n % 10] + second[n // 10 % 10] + kind[n // 100]
    return profile, "云泽省" + place + BUREAUS[profile]


def one(seed, i, units=0):
    rng = Random(f"bench/{seed}/{i}")
    year = rng.randint(2016, 2024)
    profile = rng.choice(list(PROFILES))
    if units:                                   # a panel: each unit has an account in each year, from the last one back
        profile, year = unit(i % units)[0], 2024 - i // units % 9
    if profile == "emergency" and year < 2019:
        profile = "roads"                       # class 224 does not exist before
    national = rng.random() < .6
    split = rng.random() < .25
    order = [f for f in FORMS if f != "state_capital" or year >= 2020]
    if rng.random() < .3:
        order.remove("three_public")
        order.insert(6, "three_public")
    look = Look(unit=rng.choice(["wanyuan"] * 5 + ["yuan"]), zero=rng.choice(["0.00", "0.00", "", "-", "0"]), thousands=rng.random() < .4, row_no=national,
                col_no=rng.choice(["first", "name"]) if national else "", label=rng.choice(["公开{n:02d}表", "表{n}", "表{cn}"]) if national else "", order=tuple(order),
                code_split=split, total_in_head=("revenue", "expenditure") if split and not national else (), general=rng.choice(["simple"] * 4 + ["carry"]) if not split else "simple",
                cap_columns=rng.choice([3, 6]), panels=rng.choice([2, 3]), three=rng.choice("AAABBCD"), three_scope=rng.choice(["财政拨款", "一般公共预算财政拨款"]),
                reception_first=rng.random() < .2, head_style=rng.choice(["national", "lines", "amount"]) if national else "short", full_economic=rng.random() < .8,
                landscape=WIDE if rng.random() < .8 else (), wide_blanks=rng.random() < .2, name_width=rng.choice([26, 26, 18]),
                total_last=("general_expenditure",) if not national and not split else ())
    name, level = "云泽省" + rng.choice(PLACES) + BUREAUS[profile], rng.choice(["department", "unit"])
    if units:
        name, level = unit(i % units)[1], ("department", "unit")[i % units % 2]
    doc = assemble(f"b{i:05d}", books(seed, profile, name, level), year, name, look, dialect=rng.randrange(4), trim=rng.random() < .2, gap=rng.choice(["", "", " "]), text_thousands=rng.random() < .2,
                   level=level, description="bench")
    if doc.level == "unit":
        doc.caliber = "single"
    style = Style(rulings=rng.choice(["grid", "grid", "rects", "both", "three", "hlines", "none"]), repeat_head=rng.random() < .7, size=rng.choice([8, 9, 9, 10]), fake_bold=rng.random() < .2,
                  rotate=rng.random() < .15, valign=rng.choice(["middle"] * 6 + ["top"]), drift=rng.choice([0, 0, 0, 2]))
    return doc, "reportlab", style, {"fonts": rng.choice(["sans", "song", "alt", "ucs2", "mixed"])}


def jobs(seed, count, units=0):
    return (lambda i=i: one(seed, i, units) for i in range(count))
