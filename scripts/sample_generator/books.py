"""Exact books of made-up departments, in whole fen, over several fiscal years.

Every identity of the published forms holds exactly in fen: revenue + surplus used + opening = expenditure +
distribution + closing (for all money and for each fund), parents = children, basic = personnel + public, and the
closing carry-over of a year is the opening one of the next.
"""
from dataclasses import dataclass, field
from random import Random

from . import codes

EXPENDITURE = ("basic", "project", "remitted_to_superior", "operating", "subsidy_to_affiliated")
SOURCES = ("superior_subsidy", "institutional", "operating", "affiliated_remittance", "other")
FUNDS = ("general", "gov", "cap")

COMMON = [  # code, what it pays, share of the wage bill
    ("2080501", "retired", 8), ("2080505", "pension", 13), ("2080506", "annuity", 6), ("2080599", "other_retired", 1),
    ("2089999", "social", 1), ("2101101", "medical", 6), ("2101103", "medical2", 2), ("2210201", "housing", 11),
]
PROFILES = {
    "finance": [("2010601", "run", 1), ("2010602", "p", .12), ("2010607", "p", .2), ("2010608", "p", .3), ("2010650", "run", .2)],
    "office": [("2010301", "run", 1), ("2010302", "p", .3), ("2010350", "run", .3), ("2010399", "p", .15)],
    "statistics": [("2010501", "run", 1), ("2010502", "p", .1), ("2010505", "p", .2), ("2010507", "p", .35), ("2010508", "p", .1)],
    "social": [("2013901", "run", 1), ("2013902", "p", .2), ("2013950", "run", .2), ("2013999", "p", .4)],
    "justice": [("2040601", "run", 1), ("2040604", "p", .2), ("2040605", "p", .1), ("2040607", "p", .25), ("2049999", "p", .05)],
    "school": [("2050202", "run", 1), ("2050203", "run", .8), ("2050299", "p", .3), ("2050803", "p", .05)],
    "culture": [("2070101", "run", 1), ("2070104", "run", .4), ("2070109", "p", .4), ("2070205", "p", .2), ("2070308", "p", .2)],
    "urban": [("2120101", "run", 1), ("2120104", "p", .5), ("2120399", "p", .8), ("2120501", "p", 1.2)],
    "water": [("2130301", "run", 1), ("2130304", "p", .2), ("2130306", "p", 1.1), ("2130314", "p", .3), ("2130399", "p", .2)],
    "agriculture": [("2130101", "run", 1), ("2130104", "run", .5), ("2130108", "p", .3), ("2130199", "p", .8)],
    "roads": [("2140101", "run", 1), ("2140106", "p", 2.2), ("2140112", "p", .4)],
    "emergency": [("2240101", "run", 1), ("2240106", "p", .4), ("2240601", "p", .5)],
}
GOV_ITEMS = {"urban": ["2120801", "2120803"], "water": ["2120804"], "culture": ["2296003"], "roads": ["2120803"],
             "office": ["2296002"], "agriculture": ["2120804", "2296002"], "finance": ["2120803"]}


def zero_exp():
    return {f: {k: 0 for k in EXPENDITURE} for f in (*FUNDS, "own")}


@dataclass
class Leaf:
    code: str
    exp: dict = field(default_factory=zero_exp)            # fund -> kind -> fen
    opening: dict = field(default_factory=lambda: {f: {"basic": 0, "project": 0} for f in FUNDS})
    closing: dict = field(default_factory=lambda: {f: {"basic": 0, "project": 0} for f in FUNDS})
    own_revenue: dict = field(default_factory=lambda: {s: 0 for s in SOURCES})
    personnel: int = 0                                      # of the general basic spending
    budget: int = 0                                         # opening budget, general
    what: str = ""

    def fund_exp(self, fund, kind=None):
        return self.exp[fund][kind] if kind else sum(self.exp[fund].values())

    def all_exp(self, kind=None):
        return sum(self.fund_exp(f, kind) for f in self.exp)

    def fund_revenue(self, fund, kind=None):
        if kind:
            return self.exp[fund][kind] + self.closing[fund][kind] - self.opening[fund][kind]
        return self.fund_revenue(fund, "basic") + self.fund_revenue(fund, "project")

    def revenue(self, source):
        if source == "appropriation":
            return sum(self.fund_revenue(f) for f in FUNDS)
        if source == "total":
            return self.revenue("appropriation") + sum(self.own_revenue.values())
        return self.own_revenue[source]


@dataclass
class Book:
    year: int
    leaves: dict
    economic: dict            # 5-digit (or bare 3-digit) code -> fen, general basic spending
    three: dict               # item -> {budget, final}
    own_opening: int
    own_closing: int
    surplus_used: int
    distribution: int
    income_tax: int
    counts: dict
    procurement: dict
    prior: "Book" = None
    opening_budget_total: int = 0

    def add(self, fn, codes_=None):
        return sum(fn(leaf) for leaf in self.leaves.values())

    def node(self, prefix, fn):
        return sum(fn(leaf) for c, leaf in self.leaves.items() if c.startswith(prefix))

    def tree(self, test=lambda leaf: True):
        """Codes in printing order with all levels, of the leaves for which test holds."""
        out = []
        for code in sorted(self.leaves):
            if test(self.leaves[code]):
                for size in (3, 5, 7):
                    if code[:size] not in out:
                        out.append(code[:size])
        return out

    # totals ---------------------------------------------------------------------------------------
    def total_revenue(self):
        return self.add(lambda x: x.revenue("total"))

    def total_expenditure(self):
        return self.add(lambda x: x.all_exp())

    def fund_opening(self, f, kind=None):
        return self.add(lambda x: x.opening[f][kind] if kind else sum(x.opening[f].values()))

    def fund_closing(self, f, kind=None):
        return self.add(lambda x: x.closing[f][kind] if kind else sum(x.closing[f].values()))

    def fund_revenue(self, f):
        return self.add(lambda x: x.fund_revenue(f))

    def fund_exp(self, f, kind=None):
        return self.add(lambda x: x.fund_exp(f, kind))

    def opening(self):
        return sum(self.fund_opening(f) for f in FUNDS) + self.own_opening

    def closing(self):
        return sum(self.fund_closing(f) for f in FUNDS) + self.own_closing

    def grand_total(self):
        return self.total_revenue() + self.surplus_used + self.opening()

    def fiscal_total(self):
        return sum(self.fund_revenue(f) + self.fund_opening(f) for f in FUNDS)

    def econ_class(self, cls):
        return sum(v for k, v in self.economic.items() if k[:3] == cls)

    def personnel(self):
        return self.econ_class("301") + self.econ_class("303")

    def public(self):
        return sum(self.economic.values()) - self.personnel()

    def check(self):
        assert self.grand_total() == self.total_expenditure() + self.distribution + self.closing(), "total form"
        for f in FUNDS:
            assert self.fund_revenue(f) + self.fund_opening(f) == self.fund_exp(f) + self.fund_closing(f)
        assert sum(self.economic.values()) == self.fund_exp("general", "basic"), "basic"
        assert self.personnel() == self.add(lambda x: x.personnel)
        for phase in ("budget", "final"):
            t = {k: v[phase] for k, v in self.three.items()}
            assert t["total"] == t["overseas_travel"] + t["vehicles"] + t["reception"]
            assert t["vehicles"] == t["vehicle_purchase"] + t["vehicle_operation"]


def split(rng, total, weights, step):
    """Cut `total` in parts near the weights; multiples of `step` except the first; exact sum."""
    keys = [k for k, w in weights.items() if w > 0]
    if not keys:
        return {}
    s = sum(weights[k] for k in keys)
    out = {k: int(total * weights[k] / s * rng.uniform(.8, 1.2)) // step * step for k in keys}
    first = max(keys, key=lambda k: out[k])
    out[first] += total - sum(out.values())
    if out[first] < 0:
        return {first: total}
    return out


class Series:
    """Books of one unit, year by year. `features`: own, gov, cap, carry, negative, nosangong, clean."""

    def __init__(self, seed, profile, scale=1.0, features=("carry",), first=2015, last=2024):
        self.rng = Random(seed)
        self.profile, self.features, self.scale = profile, set(features), scale
        self.step = 10000 if "clean" in self.features else 1
        self.years = {}
        prior = None
        for year in range(first, last + 1):
            prior = self.years[year] = self._book(year, prior)
        for b in self.years.values():
            b.check()

    def money(self, yuan):
        fen = int(yuan * 100)
        return fen // self.step * self.step

    def _book(self, year, prior):
        rng, feats = self.rng, self.features
        leaves = {}

        def leaf(code, what=""):
            if code not in leaves:
                leaves[code] = Leaf(code, what=what)
                if prior and code in prior.leaves:
                    old = prior.leaves[code]
                    leaves[code].opening = {f: dict(old.closing[f]) for f in FUNDS}
            return leaves[code]

        growth = 1 + .05 * (year - 2015) + rng.uniform(-.08, .08)
        wage = 3_200_000 * self.scale * growth
        for code, kind, weight in PROFILES[self.profile]:
            if code.startswith("20139") and year < 2024:
                code = "20103" + code[5:]
            node = leaf(code, kind)
            if kind == "run":
                node.exp["general"]["basic"] = self.money(wage * weight * rng.uniform(.9, 1.1))
                node.personnel = self.money(node.exp["general"]["basic"] / 100 * rng.uniform(.74, .84))
                if rng.random() < .5:
                    node.exp["general"]["project"] = self.money(wage * weight * rng.uniform(.01, .05))
            else:
                node.exp["general"]["project"] = self.money(wage * weight * rng.uniform(.6, 1.3))
        for code, what, weight in COMMON:
            if self.profile == "school":
                code = {"2080501": "2080502", "2101101": "2101102"}.get(code, code)
            if year <= 2016 and code.startswith("21011"):
                code = "21005" + code[5:]
            node = leaf(code, what)
            node.exp["general"]["basic"] = node.personnel = self.money(wage * weight / 100 * rng.uniform(.9, 1.1))
        if "gov" in feats:
            for code in GOV_ITEMS.get(self.profile, ["2296002"]):
                leaf(code, "gov").exp["gov"]["project"] = self.money(wage * rng.uniform(.05, .4))
        if "cap" in feats and year >= 2020:
            leaf("2230105", "cap").exp["cap"]["project"] = self.money(wage * rng.uniform(.01, .05))
        own_opening = prior.own_closing if prior else 0
        surplus_used = distribution = tax = 0
        main = PROFILES[self.profile][0][0] if year >= 2024 or self.profile != "social" else "2010301"
        if "own" in feats:
            node = leaves[main]
            rest = leaves[[c for c in leaves if leaves[c].what == "p"][0]]
            inst, sup, oth = (self.money(wage * rng.uniform(a, b)) for a, b in ((.1, .25), (.02, .08), (.005, .02)))
            node.own_revenue["institutional"] += inst
            rest.own_revenue["superior_subsidy"] += sup
            node.own_revenue["other"] += oth
            if "wide" in feats:
                oper = self.money(wage * rng.uniform(.05, .1))
                node.own_revenue["operating"] += oper
                node.exp["own"]["operating"] += self.money(oper / 100 * .8)
                aff = self.money(wage * rng.uniform(.01, .03))
                node.own_revenue["affiliated_remittance"] += aff
                rest.exp["own"]["remitted_to_superior"] += self.money(aff / 100 * .3)
                rest.exp["own"]["subsidy_to_affiliated"] += self.money(aff / 100 * .4)
                surplus_used = self.money(wage * rng.uniform(.005, .02))
                distribution = self.money(oper / 100 * .1)
                tax = self.money(distribution / 100 * .25)
            node.exp["own"]["basic"] += self.money(inst / 100 * .7)
            rest.exp["own"]["project"] += self.money(sup / 100 * .9) + self.money(inst / 100 * .2)
        elif rng.random() < .5:
            leaves[main].own_revenue["other"] += self.money(rng.uniform(100, 9000))
        if "negative" in feats:
            code = [c for c in leaves if leaves[c].what == "p"][-1]
            leaves[code].exp["own"]["project"] -= self.money(rng.uniform(3000, 60000))
        # closing carry-overs
        for node in leaves.values():
            for f, kind in (("general", "project"), ("gov", "project"), ("cap", "project"), ("general", "basic")):
                spent = node.exp[f][kind]
                left = node.opening[f][kind]
                chance = {"carry": .45}.get("carry" if "carry" in feats else "", .0)
                if kind == "basic":
                    chance /= 4
                if spent > 0 and rng.random() < chance:
                    node.closing[f][kind] = self.money(spent / 100 * rng.uniform(.01, .12))
                while spent + node.closing[f][kind] < left:      # revenue of a fund is never negative
                    node.exp[f][kind] = spent = left
                    if f == "general" and kind == "basic":
                        node.personnel = min(node.personnel, spent) if node.what == "run" else spent
        own_rev = sum(sum(x.own_revenue.values()) for x in leaves.values())
        own_exp = sum(x.fund_exp("own") for x in leaves.values())
        own_closing = own_rev + surplus_used + own_opening - own_exp - distribution
        if own_closing < 0:
            surplus_used -= own_closing
            own_closing = 0
        # codes that were paid last year and carry money over keep their row
        if prior:
            for code, old in prior.leaves.items():
                if code not in leaves and any(sum(old.closing[f].values()) for f in FUNDS):
                    node = leaf(code, old.what)
                    for f in FUNDS:
                        for kind in ("basic", "project"):
                            node.exp[f][kind] = node.opening[f][kind]
                    node.personnel = node.exp["general"]["basic"]
        for node in leaves.values():
            g = node.fund_exp("general")
            r = rng.random()
            node.budget = g if r < .15 else 0 if (node.what == "p" and r < .45) else self.money(g / 100 * rng.uniform(.88, 1.15)) // 10000 * 10000
        three = self._three(wage, year)
        econ = self._economic(leaves, three, year)
        n = lambda a, b: rng.randint(a, b)
        batches = n(2, 60) if three["reception"]["final"] else 0
        counts = {"groups": n(1, 3) if three["overseas_travel"]["final"] else 0, "vehicles_bought": 1 if three["vehicle_purchase"]["final"] else 0,
                  "vehicles_held": n(1, 9) if three["vehicle_operation"]["final"] else 0, "batches": batches, "guests": batches * n(5, 12),
                  "projects": n(3, 30), "equipment_over_1m": n(0, 4), "staff": n(20, 90)}
        counts["person_times"] = counts["groups"] * n(1, 4)
        goods, works, services = (self.money(wage * rng.uniform(.01, .2)) for _ in range(3))
        works = works if rng.random() < .5 else 0
        total = goods + works + services
        sme = self.money(total / 100 * rng.uniform(.4, .95))
        proc = {"goods": goods, "works": works, "services": services, "total": total, "sme": sme, "micro": self.money(sme / 100 * rng.uniform(.3, .9))}
        book = Book(year, leaves, econ, three, own_opening, own_closing, surplus_used, distribution, tax, counts, proc, prior)
        book.opening_budget_total = sum(x.budget for x in leaves.values())
        return book

    def _three(self, wage, year):
        rng = self.rng
        if "nosangong" in self.features:
            z = {"budget": 0, "final": 0}
            return {k: dict(z) for k in ("total", "overseas_travel", "vehicles", "vehicle_purchase", "vehicle_operation", "reception")}
        out = {}
        for key, low, high, chance in (("overseas_travel", .002, .01, .3), ("vehicle_purchase", .04, .07, .25),
                                       ("vehicle_operation", .004, .02, .95), ("reception", .002, .012, .95)):
            final = self.money(wage * rng.uniform(low, high)) if rng.random() < chance else 0
            budget = self.money(final / 100 * rng.uniform(1, 1.8)) // 10000 * 10000 + (10000 if final else 0)
            out[key] = {"budget": max(budget, final), "final": final}
            if not final and rng.random() < .3:
                out[key]["budget"] = self.money(wage * low) // 10000 * 10000
        out["vehicles"] = {p: out["vehicle_purchase"][p] + out["vehicle_operation"][p] for p in ("budget", "final")}
        out["total"] = {p: out["overseas_travel"][p] + out["vehicles"][p] + out["reception"][p] for p in ("budget", "final")}
        return {k: out[k] for k in ("total", "overseas_travel", "vehicles", "vehicle_purchase", "vehicle_operation", "reception")}

    def _economic(self, leaves, three, year):
        rng, out = self.rng, {}

        def put(code, fen):
            if fen:
                out[code] = out.get(code, 0) + fen

        old = year <= 2017
        fixed = {"retired": "30302", "pension": "30108", "annuity": "30109", "other_retired": "30302", "social": "30104" if old else "30112",
                 "medical": "30104" if old else "30110", "medical2": "30307" if old else "30111", "housing": "30311" if old else "30113"}
        public = 0
        wages = 0
        for node in leaves.values():
            basic = node.exp["general"]["basic"]
            if node.what in fixed:
                put(fixed[node.what], basic)
            else:
                wages += node.personnel
                public += basic - node.personnel
        weights = {"30101": 40, "30102": 28, "30103": 18, "30107": 9 if self.profile in ("school", "office", "culture") else 0,
                   "30199": 3, "30305": 1.2, "30309": .3}
        for code, fen in split(rng, wages, weights, self.step).items():
            put(code, fen)
        t = {k: v["final"] for k, v in three.items()}
        if "sangong_project" not in self.features:
            for code, key in (("30231", "vehicle_operation"), ("30217", "reception")):
                part = t[key] if rng.random() < .7 else t[key] // 2 // self.step * self.step
                if part <= public // 3:
                    put(code, part)
                    public -= part
        weights = {"30201": 18, "30202": 4, "30205": 1, "30206": 4, "30207": 3, "30209": rng.choice([0, 5]), "30211": 6, "30213": rng.choice([0, 4]),
                   "30215": rng.choice([0, 1]), "30216": 2, "30226": 6, "30227": rng.choice([0, 5]), "30228": 7, "30229": 6, "30239": 14,
                   "30299": 9, "31002": rng.choice([0, 3])}
        for code, fen in split(rng, public, weights, self.step).items():
            put(code, fen)
        return out
