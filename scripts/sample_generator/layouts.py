"""What each of the nine forms looks like, by fiscal year and by regional habit."""
from dataclasses import dataclass, field

from . import codes
from .model import FULL, UNIT_WORD, Cell, Fact, Table, in_yuan, written

ORDINALS = "一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十 二十一 二十二 二十三 二十四 二十五 二十六".split()


@dataclass
class Look:
    """The habits of one document."""
    unit: str = "wanyuan"
    units: dict = field(default_factory=dict)       # form -> unit, when mixed
    zero: str = "0.00"                              # 0.00, 0, "", -, —
    zeros: dict = field(default_factory=dict)       # form -> zero
    thousands: bool = False
    row_no: bool = True
    col_no: str = "first"                           # first, name, empty or "" (none)
    label: str = "公开{n:02d}表"                     # or 表{n}, 表{cn}, 附表{n}, ""
    label_from_title: bool = False
    order: tuple = ()
    code_split: bool = False
    total_last: tuple = ()                          # forms with 合计 as last row
    total_in_head: tuple = ()                       # forms with 合计 on the row of 类 款 项
    general: str = "simple"                         # simple or carry
    cap_columns: int = 3
    panels: int = 3
    full_economic: bool = True
    split_two_panel: bool = False
    three: str = "A"
    three_scope: str = "财政拨款"
    reception_first: bool = False
    subject: str = "单位"
    name_label: str = "单位"
    head_style: str = "national"                    # national: label / unit name / year / currency; short: only currency
    notes: bool = True
    wide_blanks: bool = False                       # 项　　目
    full_width: tuple = ()                          # forms in full width digits
    ordinals: bool = True
    debt_lines: bool = True
    phases: tuple = ("final",)
    titles: dict = field(default_factory=dict)
    landscape: tuple = ("revenue", "expenditure", "appropriation", "three_public", "government_fund", "state_capital")
    extras: tuple = ()
    repeat_head: bool = True
    break_after: dict = field(default_factory=dict)
    cut_row: dict = field(default_factory=dict)
    empty_all: bool = False                         # a template
    omit: tuple = ()
    only_three_cells: bool = False
    own_order: bool = False
    parens: str = ""                                # negative style, "" = minus
    indent_names: bool = False
    name_width: int = 26
    meeting: bool = False                           # 三公 with 会议费 and 培训费


FORMS = ("revenue_expenditure", "revenue", "expenditure", "appropriation", "general_expenditure", "general_basic",
         "government_fund", "state_capital", "three_public")


def titles(look, year):
    t = {
        "revenue_expenditure": "收入支出决算总表", "revenue": "收入决算表", "expenditure": "支出决算表",
        "appropriation": "财政拨款收入支出决算总表", "general_expenditure": "一般公共预算财政拨款支出决算表",
        "general_basic": "一般公共预算财政拨款基本支出决算表", "government_fund": "政府性基金预算财政拨款收入支出决算表",
        "state_capital": "国有资本经营预算财政拨款支出决算表", "three_public": f"{look.three_scope}“三公”经费支出决算表",
    }
    if look.general == "carry":
        t["general_expenditure"] = "一般公共预算财政拨款收入支出决算表"
    if look.cap_columns == 6:
        t["state_capital"] = "国有资本经营预算财政拨款收入支出决算表"
    t.update(look.titles)
    return t


class Builder:
    def __init__(self, look, book, unit_name):
        self.look, self.book, self.unit_name, self.year = look, book, unit_name, book.year
        self.titles = titles(look, book.year)

    # ---- cells -----------------------------------------------------------------------------------
    def head(self, text, cs=1, rs=1):
        if self.look.wide_blanks and text in ("项目", "收入", "支出", "合计", "小计", "金额"):
            text = text[0] + "　　" + text[1]
        return Cell(text, cs, rs, "c", bold=True)

    def money(self, fen, form, item, measure, fund, code="", name="", side="", row_no="", blank=False, align="r"):
        look = self.look
        unit = look.units.get(form, look.unit)
        fact = Fact(form, side, item, code, name, measure, fund, fen, printed_unit=unit, row_no=str(row_no))
        if look.empty_all:
            blank = True
        if blank or fen is None:
            fact.cell_state, fact.fen = "blank", None
            return Cell("", align=align, fact=fact)
        zero = look.zeros.get(form, look.zero)
        text = written(fen, unit, look.thousands)
        if fen == 0 and zero != "0.00":
            text = zero
        if form in look.full_width:
            text = text.translate(FULL)
        fact.printed = text
        if text == "":
            fact.cell_state = "blank"
        elif text in "-—－——":
            fact.cell_state = "dash"
        else:
            fact.amount = in_yuan(text, unit)
        return Cell(text, align=align, fact=fact)

    def table(self, form, number, widths, head, rows, label=None, notes=None):
        look = self.look
        unit = look.units.get(form, look.unit)
        title = self.titles[form]
        lab = look.label.format(n=number, cn=ORDINALS[number - 1]) if label is None else label
        word = UNIT_WORD[unit]
        if look.head_style == "national":
            top = [("", "", lab)] if lab else []
            top += [(f"{look.name_label}：{self.unit_name}", f"{self.year}年度", f"单位：{word}")]
        elif look.head_style == "lines":
            top = ([("", "", lab)] if lab else []) + [(f"{look.name_label}：{self.unit_name}", "", ""), ("", f"{self.year}年度", ""), ("", "", f"单位：{word}")]
        elif look.head_style == "amount":
            top = [(lab, "", ""), (f"{look.name_label}：{self.unit_name}", "", f"金额单位：{word}")]
        else:
            top = [("", "", f"单位：{word}")]
        t = Table(title, widths, head, rows, form, lab, top, notes or [], form in look.landscape, unit=unit)
        t.break_after = look.break_after.get(form)
        t.cut_row = look.cut_row.get(form)
        return t

    def note(self, text):
        tail = "本表金额转换为万元时，因四舍五入可能存在尾差。" if self.look.unit == "wanyuan" else ""
        return [f"注：{text}{tail}"] if self.look.notes else []

    # ---- 01 --------------------------------------------------------------------------------------
    def income_lines(self):
        b, y = self.book, self.year
        src = lambda s: b.add(lambda x: x.revenue(s))
        own = [("上级补助收入", "superior_subsidy"), ("事业收入", "institutional_revenue"), ("经营收入", "operating_revenue"),
               ("附属单位上缴收入", "affiliated_remittance"), ("其他收入", "other_revenue")]
        key = {"superior_subsidy": "superior_subsidy", "institutional_revenue": "institutional", "operating_revenue": "operating",
               "affiliated_remittance": "affiliated_remittance", "other_revenue": "other"}
        out = []
        if y <= 2018:
            out.append(("财政拨款收入", "appropriation", src("appropriation"), True))
            out.append(("其中：政府性基金预算财政拨款", "government_fund_appropriation", b.fund_revenue("gov"), False))
        else:
            out.append(("一般公共预算财政拨款收入", "general_budget_appropriation", b.fund_revenue("general"), True))
            out.append(("政府性基金预算财政拨款收入", "government_fund_appropriation", b.fund_revenue("gov"), True))
            if y >= 2020:
                out.append(("国有资本经营预算财政拨款收入", "state_capital_appropriation", b.fund_revenue("cap"), True))
        out += [(label, item, src(key[item]), True) for label, item in own]
        return out

    def phases(self, left, right):
        """Opening and adjusted budget of every line beside the final figure; they balance too."""
        out = {}
        for p in ("opening_budget", "adjusted_budget", "final"):
            def scaled(fen, i):
                return fen * (90 + i * 7 % 17) // 100 // 10000 * 10000 if p == "opening_budget" else fen + (i % 3) * 100000 if fen else 0
            values = {}
            foot = ("total_current", "nonfiscal_surplus_used", "grand_total", "surplus_distribution", "closing_carryover")
            for side, lines in (("revenue", left), ("expenditure", right)):
                for i, e in enumerate(lines):
                    if e:
                        item, fen = e[2], e[4]
                        if p == "final" or item.startswith("opening_carryover"):
                            values[side, item] = fen
                        elif item.split(".")[0] in foot:
                            values[side, item] = 0
                        else:
                            values[side, item] = scaled(fen, i)
            if p != "final":
                top = [e[2] for e in left if e and not e[6] and e[2] not in foot and e[2] != "opening_carryover"]
                now = values["revenue", "total_current"] = sum(values["revenue", k] for k in top)
                grand = now + values["revenue", "opening_carryover"]
                classes = [e[2] for e in right if e and e[2].isdigit()]
                big = max(classes, key=lambda k: values["expenditure", k])
                values["expenditure", big] += grand - sum(values["expenditure", k] for k in classes)
                values["expenditure", "total_current"] = values["revenue", "grand_total"] = values["expenditure", "grand_total"] = grand
            for key, fen in values.items():
                out.setdefault(key, {})[p] = fen
        return out

    def revenue_expenditure(self, number):
        look, b, y, form = self.look, self.book, self.year, "revenue_expenditure"
        lines = codes.class_lines(y, not look.debt_lines)
        n = len(lines)
        left = []
        k = 0
        for label, item, fen, numbered in self.income_lines():
            name = label.replace("其中：", "")
            text = label
            if numbered and look.ordinals:
                text = ORDINALS[k] + "、" + label
                k += 1
            left.append((text, name, item, "", fen, "l", not numbered))
        left += [None] * (n - len(left))
        right = []
        for i, c in enumerate(lines):
            name = codes.class_name(c, y)
            right.append(((ORDINALS[i] + "、" if look.ordinals else "") + name, name, c, "", b.node(c, lambda x: x.all_exp()), "l", False))
        used = "用事业基金弥补收支差额" if y <= 2018 else ("使用非财政拨款结余（含专用结余）" if y >= 2023 else "使用非财政拨款结余")
        plain = lambda name, item, fen, bold=False: (name, name, item, "", fen, "c" if bold else "l", False)
        part = lambda text, item, fen: (text, text.replace("其中：", "").strip(), item, "", fen, "l", True)
        left.append(plain("本年收入合计", "total_current", b.total_revenue(), True))
        right.append(plain("本年支出合计", "total_current", b.total_expenditure(), True))
        left.append(plain(used, "nonfiscal_surplus_used", b.surplus_used))
        right.append(plain("结余分配", "surplus_distribution", b.distribution))
        op = sum(b.fund_opening(f, "project") for f in ("general", "gov", "cap"))
        cp = sum(b.fund_closing(f, "project") for f in ("general", "gov", "cap"))
        if y <= 2018:
            left.append(plain("年初结转和结余", "opening_carryover", b.opening()))
            right.append(part("其中：交纳所得税", "surplus_distribution.income_tax", b.income_tax))
            left.append(part("其中：项目支出结转和结余", "opening_carryover.project", op))
            right.append(plain("年末结转和结余", "closing_carryover", b.closing()))
            left.append(None)
            right.append(part("其中：项目支出结转和结余", "closing_carryover.project", cp))
        else:
            left.append(plain("年初结转和结余", "opening_carryover", b.opening()))
            right.append(plain("年末结转和结余", "closing_carryover", b.closing()))
            if look.row_no:
                left.append(None)
                right.append(None)
        total = "总计" if y % 2 == 0 and look.head_style == "short" else None
        left.append(plain(total or "收入总计", "grand_total", b.grand_total(), True))
        right.append(plain(total or "支出总计", "grand_total", b.grand_total(), True))
        return self._two_sided(form, number, left, right, ["final"], self.note("本表反映本年度的总收支和年末结转结余情况。"))

    def _two_sided(self, form, number, left, right, _m, notes):
        look = self.look
        ph = look.phases
        words = {"opening_budget": "年初预算数", "adjusted_budget": "调整预算数", "final": "决算数"}
        if len(ph) == 3 and look.titles.get("_xinjiang"):
            words = {"opening_budget": "预算数", "adjusted_budget": "调整数", "final": "决算数"}
        side_cols = 1 + int(look.row_no) + len(ph)
        rows = [[self.head("收入", side_cols), self.head("支出", side_cols)]]
        one = [self.head("项目")] + ([self.head("行次")] if look.row_no else []) + [self.head(words[p]) for p in ph]
        rows.append(one + [Cell(c.text, c.cs, c.rs, c.align, c.bold) for c in one])
        heads = 2
        if look.col_no:
            num = (lambda i: str(i)) if look.col_no != "empty" else (lambda i: "")
            r = []
            for s in range(2):
                r += [Cell("栏次")] + ([Cell("")] if look.row_no else []) + [Cell(num(s * len(ph) + i + 1)) for i in range(len(ph))]
            rows.append(r)
            heads = 3
        total = len(left)
        phases = self.phases(left, right) if len(ph) > 1 else None
        for i in range(total):
            row = []
            for side, entry, base in (("revenue", left[i], 0), ("expenditure", right[i], total)):
                no = base + i + 1
                if entry is None:
                    row += [Cell("", align="l")] + ([Cell(str(no))] if look.row_no else []) + [Cell("", align="r") for _ in ph]
                    continue
                text, name, item, _, fen, align, inner = entry
                row.append(Cell(text, align=align, bold=align == "c", indent=2 if inner else 0))
                if look.row_no:
                    row.append(Cell(str(no)))
                values = phases[side, item] if phases else {"final": fen}
                for p in ph:
                    fund = "all"
                    row.append(self.money(values[p], form, item, p, fund, "", name, side, no if look.row_no else ""))
            rows.append(row)
        widths = ([30] + ([5] if look.row_no else []) + [13] * len(ph)) * 2
        return self.table(form, number, widths, heads, rows, notes=notes)

    # ---- 02, 03, 05, 07, 08 ----------------------------------------------------------------------
    def coded(self, form, number, measures, tree, amount, fund, notes, groups=None, empty=False):
        """measures: [(id, header)]; groups: header rows above them, list of (text, columns) or None."""
        look, y = self.look, self.year
        split = look.code_split
        ncode = 3 if split else 1
        code_word = {"revenue": "功能分类科目编码", "expenditure": "功能分类科目编码"}.get(form, "功能分类科目编码")
        rows = []
        in_head = split and form in look.total_in_head
        if groups and isinstance(groups[0], list):
            depth = len(groups)
        else:
            depth = 2 if groups else 1
        heads_rows = max(depth, 2) + (1 if split else 0)
        first = [self.head("项目", ncode + 1)]
        grid = [first] + [[] for _ in range(heads_rows - 1)]
        if split:
            grid[1].append(self.head(code_word, 3, heads_rows - 2))
            grid[1].append(self.head("科目名称", 1, heads_rows - (2 if in_head else 1)))
            grid[heads_rows - 1] += [self.head("类"), self.head("款"), self.head("项")]
        else:
            grid[1].append(self.head(code_word, 1, heads_rows - 1))
            grid[1].append(self.head("科目名称", 1, heads_rows - 1))
        mrows = heads_rows - (1 if in_head else 0)
        if not groups:
            for m, h in measures:
                grid[0].append(self.head(h, 1, mrows))
        elif not isinstance(groups[0], list):
            i = 0
            for text, n in groups:
                if n == 1:
                    grid[0].append(self.head(measures[i][1], 1, mrows))
                    i += 1
                    continue
                grid[0].append(self.head(text, n))
                for _ in range(n):
                    grid[1].append(self.head(measures[i][1], 1, mrows - 1))
                    i += 1
        else:                                   # explicit rows of (text, cs, rs)
            for r, line in enumerate(groups + [None]):
                if line is None:
                    break
                grid[r] += [self.head(*cell) for cell in line]
        rows = grid
        head = heads_rows
        blanks = [""] * len(measures)
        if look.col_no:
            nums = [Cell(str(i + 1) if look.col_no != "empty" else "") for i in range(len(measures))]
            if look.col_no == "name":
                rows.append([Cell("", ncode), Cell("栏次")] + nums)
            else:
                rows.append([Cell("栏次", ncode + 1)] + nums)
            head += 1

        def values(prefix, code, name, item):
            return [self.money(None if empty else amount(prefix, m), form, item, m, fund, code, name) for m, _ in measures]

        total_label = "合　　计" if look.wide_blanks else "合计"
        if in_head:
            rows[heads_rows - 1] += [self.head("合计")] + values("", "", "合计", "total")
            total = None
        elif look.col_no == "name":
            total = [Cell("", ncode), Cell(total_label, bold=True)] + values("", "", total_label, "total")
        else:
            total = [Cell(total_label, ncode + 1, bold=True)] + values("", "", total_label, "total")
        if total and form not in look.total_last:
            rows.append(total)
        for code in tree:
            name = codes.function_name(code, y)
            if split:
                cells = [Cell(code[:3]), Cell(code[3:5]), Cell(code[5:7])]
            else:
                cells = [Cell(code, align="l")]
            indent = (len(code) - 3) // 2 if look.indent_names else 0
            rows.append(cells + [Cell(name, align="l", indent=indent)] + values(code, code, name, code))
        if not tree:
            for _ in range(3 if look.empty_all or empty else 1):
                rows.append([Cell("") for _ in range(ncode + 1 + len(measures))])
        if total and form in look.total_last:
            rows.append(total)
        wcode = [5, 4, 4] if split else [11]
        widths = wcode + [look.name_width] + [max(9, min(13, 70 // len(measures)))] * len(measures)
        t = self.table(form, number, widths, head, rows, notes=notes)
        if in_head:
            t.head -= 1           # the row with 合计 is data: it stays outside the repeated header
        return t

    def revenue(self, number):
        b = self.book
        ms = [("total", "本年收入合计"), ("appropriation", "财政拨款收入"), ("superior_subsidy", "上级补助收入"), ("institutional", "事业收入"),
              ("operating", "经营收入"), ("affiliated_remittance", "附属单位上缴收入"), ("other", "其他收入")]
        return self.coded("revenue", number, ms, b.tree(lambda x: x.revenue("total") != 0), lambda p, m: b.node(p, lambda x: x.revenue(m)), "all",
                          self.note("本表反映本年度取得的各项收入情况。"))

    def expenditure(self, number):
        b = self.book
        ms = [("total", "本年支出合计"), ("basic", "基本支出"), ("project", "项目支出"), ("remitted_to_superior", "上缴上级支出"),
              ("operating", "经营支出"), ("subsidy_to_affiliated", "对附属单位补助支出")]
        return self.coded("expenditure", number, ms, b.tree(lambda x: x.all_exp() != 0),
                          lambda p, m: b.node(p, lambda x: x.all_exp(None if m == "total" else m)), "all", self.note("本表反映本年度各项支出情况。"))

    def general_expenditure(self, number):
        b, look = self.book, self.look
        g = "general"
        if look.general == "simple":
            ms = [("total", "小计" if look.row_no else "合计"), ("basic", "基本支出"), ("project", "项目支出")]
            groups = [("本年支出", 3)] if look.row_no or look.col_no else None
            return self.coded("general_expenditure", number, ms, b.tree(lambda x: x.fund_exp(g) != 0),
                              lambda p, m: b.node(p, lambda x: x.fund_exp(g, None if m == "total" else m)), "general_budget",
                              self.note("本表反映本年度一般公共预算财政拨款支出情况。"), groups)
        ms = [("opening_carryover", "合计"), ("opening_carryover.basic", "基本支出结转"), ("opening_carryover.project", "项目支出结转和结余"),
              ("revenue", "合计"), ("revenue.basic", "基本支出"), ("revenue.project", "项目支出"), ("total", "合计"), ("basic", "小计"),
              ("basic.personnel", "人员经费"), ("basic.public", "公用经费"), ("project", "项目支出"), ("closing_carryover", "合计"),
              ("closing_carryover.basic", "基本支出结转"), ("closing_carryover.project", "项目支出结转和结余")]
        rest = 2 if not look.code_split else 3
        groups = [[("年初结转和结余", 3), ("本年收入", 3), ("本年支出", 5), ("年末结转和结余", 3)],
                  [(ms[i][1], 1, rest) for i in range(6)] + [("合计", 1, rest), ("基本支出", 3), ("项目支出", 1, rest)] + [(ms[i][1], 1, rest) for i in (11, 12, 13)],
                  [("小计", 1, rest - 1), ("人员经费", 1, rest - 1), ("公用经费", 1, rest - 1)]]

        def amount(p, m):
            def fn(x):
                word, _, part = m.partition(".")
                if word == "opening_carryover":
                    return x.opening[g][part] if part else sum(x.opening[g].values())
                if word == "closing_carryover":
                    return x.closing[g][part] if part else sum(x.closing[g].values())
                if word == "revenue":
                    return x.fund_revenue(g, part or None)
                if m == "basic.personnel":
                    return x.personnel
                if m == "basic.public":
                    return x.fund_exp(g, "basic") - x.personnel
                return x.fund_exp(g, None if m == "total" else m)
            return b.node(p, fn)

        live = lambda x: x.fund_exp(g) or sum(x.opening[g].values()) or sum(x.closing[g].values())
        t = self.coded("general_expenditure", number, ms, b.tree(live), amount, "general_budget",
                       self.note("本表反映本年度一般公共预算财政拨款的收支和结转情况。"), groups)
        t.landscape = True
        return t

    def _carry_form(self, form, number, f, fund, note, six=True):
        b, look = self.book, self.look
        live = lambda x: x.fund_exp(f) or sum(x.opening[f].values()) or sum(x.closing[f].values())
        tree = b.tree(live)

        def amount(p, m):
            return b.node(p, lambda x: {"opening_carryover": lambda: sum(x.opening[f].values()), "closing_carryover": lambda: sum(x.closing[f].values()),
                                        "revenue": lambda: x.fund_revenue(f)}.get(m, lambda: x.fund_exp(f, None if m == "total" else m))())

        if six:
            ms = [("opening_carryover", "年初结转和结余"), ("revenue", "本年收入"), ("total", "小计"), ("basic", "基本支出"), ("project", "项目支出"),
                  ("closing_carryover", "年末结转和结余")]
            groups = [("", 1), ("", 1), ("本年支出", 3), ("", 1)]
        else:
            ms = [("total", "小计"), ("basic", "基本支出"), ("project", "项目支出")]
            groups = [("本年支出", 3)]
        notes = self.note(note)
        empty = False
        if not tree:
            zero = look.zeros.get(form, look.zero)
            empty = zero != "0.00"
            what = "政府性基金预算" if f == "gov" else "国有资本经营预算"
            notes = notes + [f"说明：{self.unit_name}{self.year}年度无{what}财政拨款收支，故本表无数据。"]
        return self.coded(form, number, ms, tree, amount, fund, notes, groups, empty)

    def government_fund(self, number):
        return self._carry_form("government_fund", number, "gov", "government_fund", "本表反映本年度政府性基金预算财政拨款收支和结转结余情况。")

    def state_capital(self, number):
        return self._carry_form("state_capital", number, "cap", "state_capital", "本表反映本年度国有资本经营预算财政拨款支出情况。",
                                self.look.cap_columns == 6)

    # ---- 04 --------------------------------------------------------------------------------------
    def appropriation(self, number):
        look, b, y, form = self.look, self.book, self.year, "appropriation"
        lines = codes.class_lines(y, not look.debt_lines)
        funds = [("general", "general_budget", "一般公共预算财政拨款"), ("gov", "government_fund", "政府性基金预算财政拨款")]
        if y >= 2020:
            funds.append(("cap", "state_capital", "国有资本经营预算财政拨款"))
        left = []
        for i, (f, fid, name) in enumerate(funds):
            left.append((f"{ORDINALS[i]}、{name}" if look.ordinals else name, name, fid, b.fund_revenue(f), fid, False))
        left += [None] * (len(lines) - len(left))
        right = []
        for i, c in enumerate(lines):
            name = codes.class_name(c, y)
            right.append(((ORDINALS[i] + "、" if look.ordinals else "") + name, name, c, [b.node(c, lambda x: x.fund_exp(f)) for f, _, _ in funds], False))
        left.append(("本年收入合计", "本年收入合计", "total_current", sum(b.fund_revenue(f) for f, _, _ in funds), "all_fiscal", True))
        right.append(("本年支出合计", "本年支出合计", "total_current", [b.fund_exp(f) for f, _, _ in funds], True))
        left.append(("年初财政拨款结转和结余", "年初财政拨款结转和结余", "opening_carryover", sum(b.fund_opening(f) for f, _, _ in funds), "all_fiscal", False))
        right.append(("年末财政拨款结转和结余", "年末财政拨款结转和结余", "closing_carryover", [b.fund_closing(f) for f, _, _ in funds], False))
        for f, fid, name in funds:
            left.append((name, name, "opening_carryover." + fid, b.fund_opening(f), fid, False))
            right.append(None)
        left.append(("总计", "总计", "grand_total", b.fiscal_total(), "all_fiscal", True))
        right.append(("总计", "总计", "grand_total", [b.fund_exp(f) + b.fund_closing(f) for f, _, _ in funds], True))
        ncol = 1 + len(funds)
        rn = int(look.row_no)
        rows = [[self.head("收入", 2 + rn), self.head("支出", 1 + rn + ncol)]]
        no = [self.head("行次")] if rn else []
        rows.append([self.head("项目"), *no, self.head("金额" if look.row_no else "决算数"), self.head("项目"), *[Cell(c.text, bold=True) for c in no], self.head("合计" if y != 2016 else "小计")]
                    + [self.head(n if y > 2014 else n) for _, _, n in funds])
        heads = 2
        if look.col_no:
            s = (lambda i: str(i)) if look.col_no != "empty" else (lambda i: "")
            blank = [Cell("")] if rn else []
            rows.append([Cell("栏次"), *blank, Cell(s(1)), Cell("栏次"), *[Cell("") for _ in blank]] + [Cell(s(2 + i)) for i in range(ncol)])
            heads = 3
        total = len(left)
        for i in range(total):
            row = []
            if left[i] is None:
                row += [Cell("", align="l")] + ([Cell(str(i + 1))] if rn else []) + [Cell("", align="r")]
            else:
                text, name, item, fen, fund, bold = left[i]
                row.append(Cell(text, align="c" if bold else "l", bold=bold, indent=2 if "." in item else 0))
                if rn:
                    row.append(Cell(str(i + 1)))
                row.append(self.money(fen, form, item, "final", fund, "", name, "revenue", i + 1 if rn else ""))
            k = total + i + 1
            if right[i] is None:
                row += [Cell("", align="l")] + ([Cell(str(k))] if rn else []) + [Cell("", align="r") for _ in range(ncol)]
            else:
                text, name, item, parts, bold = right[i]
                row.append(Cell(text, align="c" if bold else "l", bold=bold))
                if rn:
                    row.append(Cell(str(k)))
                for m, fund, fen in [("total", "all_fiscal", sum(parts))] + [(fid, fid, v) for (_, fid, _), v in zip(funds, parts)]:
                    row.append(self.money(fen, form, item, m, fund, "", name, "expenditure", k if rn else ""))
            rows.append(row)
        widths = [25] + ([4] if rn else []) + [11] + [24] + ([4] if rn else []) + [11] * ncol
        return self.table(form, number, widths, heads, rows, notes=self.note("本表反映本年度一般公共预算、政府性基金预算等财政拨款的总收支和年末结转结余情况。"))

    # ---- 06 --------------------------------------------------------------------------------------
    def general_basic(self, number):
        look, b, y, form = self.look, self.book, self.year, "general_basic"
        classes = codes.economic(y)
        def lines(ids):
            out = []
            for code, name, kids in classes:
                if code not in ids:
                    continue
                if not look.full_economic and not b.econ_class(code):
                    continue
                out.append((code, name, b.econ_class(code)))
                for k, n in kids:
                    if look.full_economic or b.economic.get(k):
                        out.append((k, n, b.economic.get(k, 0)))
            return out
        if look.panels == 3:
            panels = [lines(("301", "303")), lines(("302",)), lines(("304", "307", "309", "310", "399"))]
        else:
            panels = [lines(("301", "303")), lines(("302", "307", "310", "399") if y >= 2018 else ("302", "304", "307", "309", "310", "399"))]
        split = look.code_split
        nc = 2 if split else 1
        rows, heads = [], 1
        word = "经济分类科目编码"
        if split:
            rows.append([c for _ in panels for c in (self.head(word, 2), self.head("科目名称", 1, 2), self.head("决算数", 1, 2))])
            rows.append([c for _ in panels for c in (self.head("类"), self.head("款"))])
            heads = 2
        else:
            rows.append([c for _ in panels for c in (self.head(word), self.head("科目名称"), self.head("决算数"))])
        n = max(len(p) for p in panels)
        for i in range(n):
            row = []
            for p in panels:
                if i >= len(p):
                    row += [Cell("") for _ in range(nc + 2)]
                    continue
                code, name, fen = p[i]
                row += [Cell(code[:3]), Cell(code[3:])] if split else [Cell(code, align="l")]
                row.append(Cell(name, align="l"))
                row.append(self.money(fen, form, code, "final", "general_budget", code, name))
            rows.append(row)
        rest = (len(panels) - 1) * (nc + 2) - 1
        rows.append([Cell("人员经费合计", nc + 1, bold=True), self.money(b.personnel(), form, "personnel_total", "final", "general_budget", "", "人员经费合计"),
                     Cell("公用经费合计", rest, bold=True), self.money(b.public(), form, "public_total", "final", "general_budget", "", "公用经费合计")])
        widths = ([5, 4] if split else [8]) + [24, 10]
        t = self.table(form, number, widths * len(panels), heads, rows, notes=self.note("本表反映本年度一般公共预算财政拨款基本支出明细情况。"))
        t.font = 7 if look.panels == 3 else None
        return t

    # ---- 09 --------------------------------------------------------------------------------------
    def three_public(self, number):
        look, b, form = self.look, self.book, "three_public"
        fund = "all_fiscal" if look.three_scope == "财政拨款" else "general_budget"
        short = self.year % 2 == 0
        run = "公务用车运行维护费" if short else "公务用车运行费"
        names = {"total": "合计", "overseas_travel": "因公出国（境）费", "vehicles": "小计", "vehicle_purchase": "公务用车购置费", "vehicle_operation": run,
                 "reception": "公务接待费"}
        group = "公务用车购置及运行维护费" if short else "公务用车购置及运行费"
        items = list(names)
        empty = b.three["total"]["budget"] == 0 and b.three["total"]["final"] == 0 and look.zeros.get(form, look.zero) == ""
        val = lambda item, p, name: self.money(None if empty else b.three[item][p], form, item, p, fund, "", name, blank=look.only_three_cells and (item, p) not in (
            ("total", "budget"), ("reception", "budget")), align="c")
        notes = self.note("预算数为全年预算数，决算数包括当年财政拨款和以前年度结转资金安排的实际支出。")
        if empty:
            notes += [f"说明：{self.unit_name}{self.year}年度无“三公”经费财政拨款支出，故本表无数据。"]
        if look.reception_first:
            items = ["total", "overseas_travel", "reception", "vehicles", "vehicle_purchase", "vehicle_operation"]
        if look.three == "A" and look.meeting:
            extra = [("meeting", "会议费"), ("training", "培训费")]
            codes_ = {"meeting": "30215", "training": "30216"}
            base = {i: b.economic.get(codes_[i], 0) for i, _ in extra}
            r0 = [self.head("预算数", 8), self.head("决算数", 8)]
            r1, r2, r3 = [], [], []
            for _ in range(2):
                r1 += [self.head("一般公共预算财政拨款“三公”经费" if fund == "general_budget" else "财政拨款“三公”经费", 6)] + [self.head(n, 1, 3) for _, n in extra]
                r2 += [self.head("小计", 1, 2), self.head(names["overseas_travel"], 1, 2), self.head("公务接待费", 1, 2), self.head(group, 3)]
                r3 += [self.head(names[i]) for i in ("vehicles", "vehicle_purchase", "vehicle_operation")]
            row = []
            for p in ("budget", "final"):
                row += [val(i, p, names[i] if i != "total" else "小计") for i in ("total", "overseas_travel", "reception", "vehicles", "vehicle_purchase", "vehicle_operation")]
                row += [self.money(base[i] if p == "final" else -(-base[i] // 1000000) * 1000000, form, i, p, fund, "", n, align="c") for i, n in extra]
            rows = [r0, r1, r2, r3]
            if look.col_no:
                rows.append([Cell(str(i + 1)) for i in range(16)])
            rows.append(row)
            return self.table(form, number, [6] * 16, len(rows) - 1, rows, notes=notes)
        if look.three == "A":
            r0 = [self.head("预算数", 6), self.head("决算数", 6)]
            r1, r2 = [], []
            for _ in range(2):
                for item in ("total", "overseas_travel", "vehicles", "reception") if not look.reception_first else ("total", "overseas_travel", "reception", "vehicles"):
                    r1.append(self.head(group, 3) if item == "vehicles" else self.head(names[item], 1, 2))
                r2 += [self.head(names[i]) for i in ("vehicles", "vehicle_purchase", "vehicle_operation")]
            rows, heads = [r0, r1, r2], 3
            if look.col_no:
                rows.append([Cell(str(i + 1)) for i in range(12)])
                heads = 4
            rows.append([val(i, p, names[i]) for p in ("budget", "final") for i in items])
            return self.table(form, number, [8] * 12, heads, rows, notes=notes)
        if look.three == "B":
            r0 = [self.head(f"{look.three_scope}“三公”经费", 12)]
            r1 = [self.head(group, 6) if i == "vehicles" else self.head(names[i], 2, 2) for i in items if i not in ("vehicle_purchase", "vehicle_operation")]
            r2 = [self.head(names[i], 2) for i in ("vehicles", "vehicle_purchase", "vehicle_operation")]
            r3 = [self.head(w) for _ in range(6) for w in ("预算数", "决算数")]
            rows = [r0, r1, r2, r3, [val(i, p, names[i]) for i in items for p in ("budget", "final")]]
            return self.table(form, number, [8] * 12, 4, rows, notes=notes)
        if look.three == "C":
            names.update({"total": "“三公”经费支出", "vehicles": group})
            c = b.counts
            rec = b.three["reception"]
            dom = {p: rec[p] for p in rec}
            rows = [[self.head("项目"), self.head("行次"), self.head("预算数"), self.head("决算统计数")], [Cell("栏次"), Cell(""), Cell("1"), Cell("2")]]
            spec = [("一、“三公”经费支出", None), ("（一）支出合计", "total"), ("1．因公出国（境）费", "overseas_travel"), ("2．" + group, "vehicles"),
                    ("（1）公务用车购置费", "vehicle_purchase"), ("（2）" + run, "vehicle_operation"), ("3．公务接待费", "reception"),
                    ("（1）国内接待费", "reception.domestic"), ("其中：外事接待费", "reception.foreign")]
            no = 0
            import re
            for label, item in spec:
                no += 1
                if item is None:
                    rows.append([Cell(label, align="l"), Cell(str(no)), Cell("—"), Cell("—")])
                    continue
                name = re.sub(r"^(（.）|\d．|（\d）|其中：)", "", label)
                def fen(p):
                    if item == "reception.domestic":
                        return rec[p]
                    if item == "reception.foreign":
                        return 0
                    return b.three[item][p]
                cells = [self.money(fen("budget"), form, item, "budget", fund, "", name, row_no=no), self.money(fen("final"), form, item, "final", fund, "", name, row_no=no)]
                rows.append([Cell(label, align="l", indent=1), Cell(str(no))] + cells)
            for label, value in (("（二）相关统计数", None), ("1．因公出国（境）团组数（个）", c["groups"]), ("2．因公出国（境）人次数（人）", c["person_times"]),
                                 ("3．公务用车购置数（辆）", c["vehicles_bought"]), ("4．公务用车保有量（辆）", c["vehicles_held"]),
                                 ("5．国内公务接待批次（个）", c["batches"]), ("6．国内公务接待人次（人）", c["guests"])):
                no += 1
                rows.append([Cell(label, align="l", indent=1), Cell(str(no)), Cell("—"), Cell("—" if value is None else str(value), align="r")])
            unit = look.units.get(form, look.unit)
            for label in ("二、机关运行经费", "（一）行政单位"):
                no += 1
                rows.append([Cell(label, align="l"), Cell(str(no)), Cell("—"), Cell(written(b.public(), unit, look.thousands), align="r")])
            t = self.table(form, number, [40, 8, 20, 20], 2, rows, notes=self.note("“三公”经费为单位使用财政拨款安排的支出。"))
            t.landscape = False
            return t
        # D: one row per sub-unit, 总计 出国 接待 用车
        items = ["total", "overseas_travel", "reception", "vehicles", "vehicle_purchase", "vehicle_operation"]
        words = {**names, "total": "总计"}
        r0 = [self.head("单位名称", 1, 3), self.head("预算数", 6), self.head("决算数", 6)]
        r1, r2 = [], []
        for _ in range(2):
            r1 += [self.head("总计", 1, 2), self.head(words["overseas_travel"], 1, 2), self.head("公务接待费", 1, 2), self.head(group, 3)]
            r2 += [self.head(words[i]) for i in ("vehicles", "vehicle_purchase", "vehicle_operation")]
        rows = [r0, r1, r2]
        members = [f"{self.unit_name}（本级）", f"{self.unit_name[:-1]}服务中心", f"{self.unit_name[:-1]}监测站"]
        for i, m in enumerate(["合计"] + members):
            row = [Cell(m, align="l" if i else "c")]
            for p in ("budget", "final"):
                part = {}
                for k in ("overseas_travel", "reception", "vehicle_purchase", "vehicle_operation"):
                    whole = b.three[k][p]
                    a = whole * 6 // 10 // 10000 * 10000
                    c2 = (whole - a) // 2 // 10000 * 10000
                    part[k] = [whole, a, c2, whole - a - c2][i]
                part["vehicles"] = part["vehicle_purchase"] + part["vehicle_operation"]
                part["total"] = part["overseas_travel"] + part["reception"] + part["vehicles"]
                row += [self.money(part[k], form, k, p, fund, "", m) for k in items]
            rows.append(row)
        return self.table(form, number, [22] + [7] * 12, 3, rows, notes=notes)

    # ---- extra tables, without facts -------------------------------------------------------------
    def extra(self, kind, number):
        look, b = self.look, self.book
        lab = look.label.format(n=number, cn=ORDINALS[number - 1])
        unit = look.unit
        w = lambda fen: Cell(written(fen, unit, look.thousands), align="r")
        word = UNIT_WORD[unit]
        if kind == "project":
            rows = [[self.head("功能分类科目编码"), self.head("科目名称"), self.head("项目名称"), self.head("本年收入"), self.head("本年支出")]]
            for code, leaf in sorted(b.leaves.items()):
                v = leaf.exp["general"]["project"]
                if v:
                    rows.append([Cell(code, align="l"), Cell(codes.item_name(code, self.year), align="l"), Cell("专项业务经费", align="l"), w(leaf.fund_revenue("general", "project")), w(v)])
            return Table("项目支出决算表", [11, 22, 20, 13, 13], 1, rows, "", lab, [("", "", lab), (f"{look.name_label}：{self.unit_name}", "", f"单位：{word}")], [])
        if kind == "assets":
            rows = [[self.head("项目"), self.head("行次"), self.head("资产总额"), self.head("流动资产"), self.head("固定资产"), self.head("其中：车辆"), self.head("无形资产")],
                    [Cell("栏次"), Cell("")] + [Cell(str(i)) for i in range(1, 6)]]
            g = b.grand_total()
            rows.append([Cell("合计"), Cell("1"), w(g + g // 2), w(g // 4), w(g), w(g // 20), w(g // 4)])
            return Table("国有资产使用情况表", [14, 6, 14, 14, 14, 14, 14], 2, rows, "", lab, [("", "", lab), (f"{look.name_label}：{self.unit_name}", "", f"单位：{word}")], [])
        rows = [[self.head("项目"), self.head("年初数"), self.head("年末数")]]
        for i, name in enumerate(("资产合计", "负债合计", "净资产合计")):
            rows.append([Cell(name, align="l"), w(b.opening() * (3 - i) + 1234567), w(b.closing() * (3 - i) + 2345678)])
        return Table("资产负债情况表", [30, 20, 20], 1, rows, "", lab, [("", "", lab), ("", "", f"单位：{word}")], [])

    def all_tables(self):
        look = self.look
        order = list(look.order) or [f for f in FORMS if not (f == "state_capital" and self.year < 2020)]
        order = [f for f in order if f not in look.omit]
        out = []
        for i, form in enumerate(order, 1):
            if form.startswith("extra:"):
                out.append(self.extra(form[6:], i))
            else:
                out.append(getattr(self, form)(i))
        k = 0
        for t in out:
            if t.form:
                k += 1
                t.ordinal = k
                for f in t.facts():
                    f.table = k
        return out
