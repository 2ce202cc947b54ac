"""Sentences about the books, in four dialects, each value noted as it is written.

A template names its values in braces: {total} is a slot of the sentence's subject, {overseas_travel:final} one of another
subject, {change_direction|增加|减少|持平} a word that depends on the sign. `$` is the word of the unit.
"""
import re
from decimal import ROUND_HALF_UP, Decimal

from . import codes
from .model import UNIT_WORD, Value, in_yuan, written


class Ratio:
    def __init__(self, part, whole):
        self.part, self.whole = part, whole

    def percent(self, places=2):
        if not self.whole:
            return None
        return (Decimal(self.part) * 100 / Decimal(self.whole)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


class Direction:
    def __init__(self, change):
        self.word = "increase" if change > 0 else "decrease" if change < 0 else "equal"


# sentence id -> (section, [template per dialect])
SENTENCES = {
    "overall_total": ("overall", [
        "{_year}年度收、支总计均为{total}$。较上一年度，收、支总计各{change_direction|增加|减少|持平}{change}$，{change_direction|增长|下降|持平}{change_rate}，主要原因是{reason}。",
        "{_unit}{_year}年度收入支出总计{total}$。同{_prior}年度相比，收入支出总计{change_direction|增加|减少|持平}{change}$，{change_direction|增长|下降|持平}{change_rate}。主要原因：{reason}。",
        "{_year}年，{_we}收入总计{revenue:total}$，支出总计{expenditure:total}$。收支比上年决算数{change_direction|多|少|持平}{change}$，{change_direction|上升|降低|持平}{change_rate}，原因是{reason}。",
        "{_we}{_year}年度总收入{revenue:total}$，总支出{expenditure:total}$，与上年相比，收、支各{change_direction|增加|减少|持平}{change}$，{change_direction|提高|下降|持平}{change_rate}。增减变化的主要原因是{reason}。"]),
    "revenue_total": ("revenue", ["{_year}年度收入合计{total}$，其中：", "本年收入合计{total}$，其中：", "{_we}{_year}年收入为{total}$，包括：", "{_we}{_year}年度收入合计{total}$。其中："]),
    "revenue_part": ("revenue", ["{_label}{total}$，占{share}", "{_label}{total}$，占{share}", "{_label}{total}$，占收入合计的{share}", "{_label}{total}$，占总收入的{share}"]),
    "expenditure_total": ("expenditure", ["{_year}年度支出合计{total}$，其中：", "本年支出合计{total}$，其中：", "{_we}{_year}年支出为{total}$，包括：", "{_we}{_year}年度支出合计{total}$。其中："]),
    "expenditure_part": ("expenditure", ["{_label}{total}$，占{share}", "{_label}{total}$，占{share}", "{_label}{total}$，占支出合计的{share}", "{_label}{total}$，占总支出的{share}"]),
    "appropriation_total": ("appropriation", [
        "{_year}年度财政拨款收、支总计均为{total}$。较上一年度，财政拨款收、支总计各{change_direction|增加|减少|持平}{change}$，{change_direction|增长|下降|持平}{change_rate}，主要原因是{reason}。",
        "{_unit}{_year}年度财政拨款收入支出总计{total}$。同{_prior}年度相比，{change_direction|增加|减少|持平}{change}$，{change_direction|增长|下降|持平}{change_rate}。主要原因：{reason}。",
        "{_year}年财政拨款收入总计{revenue:total}$，财政拨款支出总计{expenditure:total}$，各比{_prior}年{change_direction|多|少|持平}{change}$，{change_direction|上升|降低|持平}{change_rate}。",
        "{_we}{_year}年度财政拨款收支总计{total}$，比上年{change_direction|增加|减少|持平}{change}$，{change_direction|提高|下降|持平}{change_rate}。"]),
    "general_total": ("general_expenditure", [
        "{_year}年度一般公共预算财政拨款支出{total}$，占本年支出合计的{share}。较上一年度，一般公共预算财政拨款支出{change_direction|增加|减少|持平}{change}$，{change_direction|增长|下降|持平}{change_rate}。",
        "一般公共预算财政拨款支出{total}$，占本年支出合计的{share}。同{_prior}年度相比，一般公共预算财政拨款支出{change_direction|增加|减少|持平}{change}$，{change_direction|增长|下降|持平}{change_rate}。主要原因：{reason}。",
        "{_we}{_year}年一般公共预算财政拨款支出{total}$，占全部支出的{share}，比上年{change_direction|多支出|少支出|持平}{change}$，{change_direction|上升|降低|持平}{change_rate}。",
        "{_we}{_year}年度一般公共预算财政拨款支出{total}$，占本年支出合计的{share}。与上年对比{change_direction|增加|减少|持平}{change}$，{change_direction|提高|下降|持平}{change_rate}。"]),
    "general_class": ("general_expenditure", ["{_name}（类）支出{total}$，占{share}", "{_name}支出（类）{total}$，占{share}", "{_name}支出{total}$，占{share}",
                                              "{_name}（类）支出{total}$，占一般公共预算财政拨款总支出的{share}"]),
    "general_budget": ("general_expenditure", [
        "一般公共预算财政拨款支出年初预算为{opening_budget}$，支出决算为{final}$，完成年初预算的{completion_rate}。其中：",
        "一般公共预算财政拨款支出年初预算为{opening_budget}$，支出决算为{final}$，完成年初预算的{completion_rate}。决算数与预算数存在差异的主要原因：{reason}。其中：",
        "年初安排一般公共预算{opening_budget}$，决算支出{final}$，为年初预算的{completion_rate}，具体是：",
        "一般公共预算财政拨款支出决算{final}$，年初预算{opening_budget}$，完成年初预算的{completion_rate}。"]),
    "general_item": ("general_expenditure", [
        "{_n}．{_class}支出（类）{_sub}（款）{_item}（项）。年初预算为{opening_budget}$，支出决算为{final}$，完成年初预算的{completion_rate}。决算数与年初预算数存在差异的主要原因是{reason}。",
        "{_n}．{_class}支出（类）{_sub}（款）{_item}（项）。主要用于：{_use}。年初预算为{opening_budget}$，支出决算为{final}$，完成年初预算的{completion_rate}。",
        "{_n}．{_class}支出（类）{_sub}（款）{_item}（项）：支出决算为{final}$，年初预算为{opening_budget}$，完成{completion_rate}，差异原因是{reason}。",
        "{_n}．{_class}（类）{_sub}（款）{_item}（项）年初预算{opening_budget}$，决算{final}$，完成年初预算的{completion_rate}，主要用于{_use}。"]),
    "general_item_new": ("general_expenditure", [
        "{_n}．{_class}支出（类）{_sub}（款）{_item}（项）。年初预算为{opening_budget}$，支出决算为{final}$。决算数与年初预算数存在差异的主要原因是{reason}。",
        "{_n}．{_class}支出（类）{_sub}（款）{_item}（项）。主要用于：{_use}。年初预算为{opening_budget}$，全年预算为{full_year_budget}$，支出决算为{final}$，完成全年预算的{completion_rate}。",
        "{_n}．{_class}支出（类）{_sub}（款）{_item}（项）：支出决算为{final}$，年初未安排预算，差异原因是{reason}。",
        "{_n}．{_class}（类）{_sub}（款）{_item}（项）年初预算{opening_budget}$，决算{final}$，主要用于{_use}。"]),
    "basic": ("general_basic", [
        "{_year}年度一般公共预算财政拨款基本支出{total}$，其中：人员经费{personnel}$，主要有：{_plist}；公用经费{public}$，主要有：{_qlist}。",
        "一般公共预算财政拨款基本支出{total}$。其中：人员经费{personnel}$，主要包含{_plist}；公用经费{public}$，主要包含{_qlist}。",
        "基本支出{total}$，用于人员的{personnel}$（{_plist}等），用于日常公用的{public}$（{_qlist}等）。",
        "用于保障机关正常运转的日常支出{total}$，人员经费{personnel}$，占基本支出的{personnel_total:share}；公用经费{public}$，占基本支出的{public_total:share}。"]),
    "fund_none": ("government_fund", ["{_year}年度没有政府性基金预算财政拨款收入，也没有使用政府性基金预算安排的支出。", "{_unit}{_year}年度无政府性基金预算财政拨款收支。",
                                      "{_we}{_year}年未发生政府性基金预算收支，相关表格为空表。", "{_we}无政府性基金预算财政拨款支出。"]),
    "fund": ("government_fund", [
        "{_year}年度政府性基金预算财政拨款年初结转和结余{opening_carryover:total}$，本年收入{revenue:total}$，本年支出{expenditure:total}$，年末结转和结余{closing_carryover:total}$。",
        "{_unit}{_year}年度政府性基金预算财政拨款收入{revenue:total}$，支出{expenditure:total}$。",
        "{_year}年政府性基金收入{revenue:total}$、支出{expenditure:total}$，年末结转{closing_carryover:total}$。",
        "政府性基金预算财政拨款本年收入{revenue:total}$，本年支出{expenditure:total}$，年初结转{opening_carryover:total}$，年末结转{closing_carryover:total}$。"]),
    "capital_none": ("state_capital", ["{_year}年度没有国有资本经营预算财政拨款收入，也没有使用国有资本经营预算安排的支出。", "{_unit}{_year}年度无国有资本经营预算财政拨款收支。",
                                       "{_we}{_year}年未发生国有资本经营预算收支。", "{_we}无国有资本经营预算财政拨款支出。"]),
    "capital": ("state_capital", ["{_year}年度国有资本经营预算财政拨款支出{expenditure:total}$。", "{_unit}{_year}年度国有资本经营预算财政拨款收入{revenue:total}$，支出{expenditure:total}$。",
                                  "{_year}年国有资本经营预算支出{expenditure:total}$。", "国有资本经营预算财政拨款本年支出{expenditure:total}$。"]),
    "three_total": ("three_public", [
        "{_year}年度财政拨款“三公”经费支出预算为{budget}$，支出决算为{final}$，完成预算的{completion_rate}。",
        "{_unit}{_year}年度“三公”经费财政拨款支出预算为{budget}$，决算为{final}$，完成预算的{completion_rate}，比{_prior}年度{change_direction|增加|减少|持平}{change}$。",
        "“三公”经费预算{budget}$，实际支出{final}$，为预算的{completion_rate}，{_we}坚持厉行节约。",
        "{_we}{_year}年度财政拨款“三公”经费支出预算{budget}$，支出决算{final}$，完成预算的{completion_rate}。"]),
    "three_none": ("three_public", ["{_year}年度没有财政拨款“三公”经费预算和支出。", "{_unit}{_year}年度无“三公”经费财政拨款支出。", "{_we}{_year}年未安排“三公”经费。", "{_we}无“三公”经费支出。"]),
    "three_part": ("three_public", ["{_label}支出决算为{final}$，占{share}", "{_label}决算为{final}$，占{share}", "{_label}{final}$，占“三公”经费的{share}", "{_label}支出{final}$，占总支出决算的{share}"]),
    "overseas": ("three_public", [
        "1．因公出国（境）费预算为{budget}$，支出决算为{final}$。全年因公出国（境）团组{groups}个，累计{person_times}人次。",
        "1．因公出国（境）费{final}$。全年安排因公出国（境）团组{groups}个、累计{person_times}人次。",
        "1．因公出国（境）费决算{final}$，参加团组{groups}个，共{person_times}人次。",
        "1．安排因公出国（境）团组{groups}个，累计{person_times}人次，支出{final}$。"]),
    "vehicles": ("three_public", [
        "2．公务用车购置及运行维护费预算为{budget}$，支出决算为{final}$。其中：公务用车购置支出{vehicle_purchase:final}$，购置车辆{vehicles_bought}台；公务用车运行维护支出{vehicle_operation:final}$。{_year}年期末，开支财政拨款的公务用车保有量为{vehicles_held}辆。",
        "2．公务用车购置及运行维护费{final}$。其中：公务用车购置支出为{vehicle_purchase:final}$，公务用车运行维护支出为{vehicle_operation:final}$。年末由财政拨款负担运行费用的公务用车保有量为{vehicles_held}辆。",
        "2．公务用车购置及运行维护费决算{final}$，新购车辆{vehicles_bought}辆，花费{vehicle_purchase:final}$；运行维护{vehicle_operation:final}$，现有车辆{vehicles_held}辆。",
        "2．购置车辆{vehicles_bought}辆，购置费{vehicle_purchase:final}$；开支财政拨款的公务用车保有量{vehicles_held}辆，运行维护费{vehicle_operation:final}$。"]),
    "reception": ("three_public", [
        "3．公务接待费预算为{budget}$，支出决算为{final}$。其中：外宾接待支出{reception.foreign:final}$，共接待国（境）外来访团组{reception.foreign:batches}个、来访外宾{reception.foreign:person_times}人次；其他国内公务接待支出{reception.domestic:final}$，共接待国内来访团组{reception.domestic:batches}个、来宾{reception.domestic:person_times}人次。",
        "3．公务接待费{final}$。全年国内公务接待{batches}批次、{person_times}人次。",
        "3．公务接待费决算{final}$，接待{batches}批（次）{person_times}人。",
        "3．公务接待费支出{final}$，共安排国内公务接待{batches}批次（其中：外事接待{reception.foreign:batches}批次），接待人次{person_times}人。"]),
    "running": ("operating_cost", [
        "{_year}年度机关运行经费年初预算为{opening_budget}$，支出决算为{final}$，完成年初预算的{completion_rate}。",
        "{_unit}{_year}年度机关运行经费支出{final}$，比{_prior}年度{change_direction|增加|减少|持平}{change}$，{change_direction|增长|下降|持平}{change_rate}。",
        "机关运行经费{final}$，上年为{prior_year}$，{change_direction|上升|降低|持平}{change_rate}。",
        "{_we}{_year}年机关运行经费支出{final}$，与上年对比{change_direction|增加|减少|持平}{change}$，{change_direction|提高|下降|持平}{change_rate}。"]),
    "procurement": ("procurement", [
        "{_year}年度政府采购支出总额{total}$，其中：政府采购货物支出{goods}$、政府采购工程支出{works}$、政府采购服务支出{services}$。授予中小企业合同金额{sme}$，占政府采购支出总额的{sme:share}，其中：授予小微企业合同金额{micro}$，占授予中小企业合同金额的{micro:share}。",
        "{_unit}{_year}年度政府采购金额（以合同签订为准）为{total}$，其中：货物采购金额{goods}$、工程采购金额{works}$、服务采购金额{services}$。",
        "全年政府采购{total}$（货物{goods}$，工程{works}$，服务{services}$），中小企业中标{sme}$，占{sme:share}。",
        "{_we}{_year}年度政府采购支出总额{total}$，其中货物支出{goods}$，工程支出{works}$，服务支出{services}$，授予中小企业合同金额{sme}$，占政府采购支出总额的{sme:share}。"]),
    "assets": ("assets", [
        "截至{_year}年12月31日，共有车辆{vehicles_total}辆，其中：机要通信用车{vehicles_by_use.confidential}辆、应急保障用车{vehicles_by_use.emergency}辆、其他用车{vehicles_by_use.other}辆；单价100万元（含）以上设备（不含车辆）{equipment_over_1m}台（套）。",
        "年末共有车辆{vehicles_total}辆，其中机要通信用车{vehicles_by_use.confidential}辆、应急保障用车{vehicles_by_use.emergency}辆、其他用车{vehicles_by_use.other}辆。",
        "{_we}有公务车辆{vehicles_total}辆，单价100万元以上设备{equipment_over_1m}台（套）。",
        "{_year}年末固定资产中车辆{vehicles_total}辆，单价100万元（含）以上设备{equipment_over_1m}台（套）。"]),
    "performance": ("performance", [
        "{_we}组织对{_year}年度{projects}个项目开展绩效自评，涉及资金{projects_amount}$，其中{grade.excellent}个项目自评等级为优，{grade.good}个为良。",
        "编报绩效目标的项目{projects}个，涉及预算金额{projects_amount}$，自评结果“优”{grade.excellent}个、“良”{grade.good}个。",
        "开展自评的项目{projects}个，金额{projects_amount}$，其中优{grade.excellent}个，良{grade.good}个。",
        "{_year}年度绩效自评项目{projects}个，共涉及资金{projects_amount}$，评为优的{grade.excellent}个，评为良的{grade.good}个。"]),
}
REASONS = ["人员正常增资和社会保险基数调整", "部分跨年项目在本年完工结算", "新增专项任务，年中追加经费", "严格控制一般性支出", "上级转移支付资金本年到位", "在职人员退休调出"]
USES = ["保障日常运转", "开展专项业务", "缴纳职工社会保险", "发放离退休人员补贴", "设备维护和资料印制"]
SLOT_TYPES = {"change_rate": "ratio", "share": "ratio", "completion_rate": "ratio", "change_direction": "direction", "reason": "text"}


class Writer:
    def __init__(self, book, unit_name, dialect, unit, rng, we="本部门", trim=False, places=2, gap="", thousands=False):
        self.b, self.d, self.unit, self.rng, self.trim, self.places = book, dialect, unit, rng, trim, places
        self.gap, self.thousands = gap, thousands
        self.base = {"_year": str(book.year), "_prior": str(book.year - 1), "_unit": unit_name, "_we": we}

    def say(self, sid, subject, _d=None, **values):
        section, dialects = SENTENCES[sid]
        template = dialects[self.d if _d is None else _d]
        values = {**self.base, **values}
        if isinstance(values.get("change_direction"), Direction) and values["change_direction"].word == "equal":
            template = re.sub(r"\{change_direction[^}]*\}\{change\}\$(，\{change_direction[^}]*\}\{change_rate\})?", "{change_direction|增加|减少|持平}", template)
        out = []
        for piece in re.split(r"(\{[^{}]+\})", template.replace("$", self.gap + UNIT_WORD[self.unit])):
            if not piece.startswith("{"):
                if piece:
                    out.append(piece)
                continue
            key, *words = piece[1:-1].split("|")
            v = values[key] if key in values else values[key.split(":")[-1]]
            if key.startswith("_"):
                out.append(str(v))
                continue
            who, _, slot = key.rpartition(":")
            who = who or subject
            if isinstance(v, Direction):
                text = words[("increase", "decrease", "equal").index(v.word)]
                out.append(Value(section, sid.removesuffix("_new"), who, slot, "direction", v.word, text))
            elif isinstance(v, Ratio):
                p = v.percent()
                text = f"{p}%"
                out.append(Value(section, sid.removesuffix("_new"), who, slot, "ratio", (p / 100).quantize(Decimal("0.0001")), text))
            elif slot == "reason":
                out.append(Value(section, sid.removesuffix("_new"), who, slot, "text", v, v))
            elif slot in COUNTS or slot.startswith(("grade.", "vehicles_by_use.")) or isinstance(v, bool):
                out.append(Value(section, sid.removesuffix("_new"), who, slot, "count", v, str(v)))
            else:
                text = written(v, self.unit, self.thousands, places=self.places)
                if self.trim and text.endswith("0"):
                    text = text.rstrip("0").rstrip(".")
                out.append(Value(section, sid.removesuffix("_new"), who, slot, "amount", in_yuan(text, self.unit), text, self.unit))
        return out

    def change(self, now, before):
        # from the figures as printed, so that a reader who computes it finds the same
        d = now - before
        return {"change": abs(d), "change_rate": Ratio(abs(d), before or 1), "change_direction": Direction(d), "reason": self.reason()}

    def reason(self):
        return self.rng.choice(REASONS)

    @staticmethod
    def join(lead, parts, end="。"):
        out = list(lead)
        for i, p in enumerate(parts):
            if i:
                out.append("；")
            out += p
        return out + [end]

    def sections(self, scope="财政拨款"):
        """[(heading, [paragraphs])]"""
        b, p = self.b, self.b.prior
        out = []
        out.append(("收入支出决算总体情况说明", [self.say("overall_total", "grand_total", total=b.grand_total(), **self.change(b.grand_total(), p.grand_total()))]))
        rev = b.total_revenue()
        parts = [("财政拨款收入", "appropriation"), ("上级补助收入", "superior_subsidy"), ("事业收入", "institutional"), ("经营收入", "operating"),
                 ("附属单位上缴收入", "affiliated_remittance"), ("其他收入", "other")]
        ids = {"institutional": "institutional_revenue", "operating": "operating_revenue", "other": "other_revenue"}
        got = [(n, k, b.add(lambda x: x.revenue(k))) for n, k in parts]
        lines = [self.say("revenue_part", ids.get(k, k), _label=n, total=v, share=Ratio(v, rev)) for n, k, v in got if v or self.d == 2]
        out.append(("收入决算情况说明", [self.join(self.say("revenue_total", "revenue", total=rev), lines)]))
        exp = b.total_expenditure()
        parts = [("基本支出", "basic"), ("项目支出", "project"), ("上缴上级支出", "remitted_to_superior"), ("经营支出", "operating"), ("对附属单位补助支出", "subsidy_to_affiliated")]
        got = [(n, k, b.add(lambda x: x.all_exp(k))) for n, k in parts]
        lines = [self.say("expenditure_part", k, _label=n, total=v, share=Ratio(v, exp)) for n, k, v in got if v or self.d == 2]
        out.append(("支出决算情况说明", [self.join(self.say("expenditure_total", "expenditure", total=exp), lines)]))
        out.append(("财政拨款收入支出决算总体情况说明", [self.say("appropriation_total", "appropriation", total=b.fiscal_total(), **self.change(b.fiscal_total(), p.fiscal_total()))]))
        g, gp = b.fund_exp("general"), p.fund_exp("general")
        paras = [self.say("general_total", "general_expenditure", total=g, share=Ratio(g, exp), **self.change(g, gp))]
        classes = [(c, b.node(c, lambda x: x.fund_exp("general"))) for c in b.tree(lambda x: x.fund_exp("general")) if len(c) == 3]
        short = lambda c: codes.class_name(c, b.year)[:-2]
        paras.append(self.join(["一般公共预算财政拨款支出主要用于以下方面："], [self.say("general_class", c, _name=short(c), total=v, share=Ratio(v, g)) for c, v in classes]))
        paras.append(self.say("general_budget", "general_expenditure", opening_budget=b.opening_budget_total, final=g, completion_rate=Ratio(g, b.opening_budget_total), reason=self.reason()))
        for i, (code, leaf) in enumerate([(c, x) for c, x in sorted(b.leaves.items()) if x.fund_exp("general")][:6], 1):
            v = leaf.fund_exp("general")
            common = dict(_n=i, _class=short(code[:3]), _sub=codes.subclass_name(code[:5], b.year), _item=codes.item_name(code, b.year), _use=self.rng.choice(USES),
                          opening_budget=leaf.budget, final=v, reason=self.reason())
            if leaf.budget:
                paras.append(self.say("general_item", code, completion_rate=Ratio(v, leaf.budget), **common))
            else:
                full = v * 107 // 100 // 10000 * 10000 + 10000
                paras.append(self.say("general_item_new", code, full_year_budget=full, completion_rate=Ratio(v, full), **common))
        out.append(("一般公共预算财政拨款支出决算情况说明", paras))
        names = {k: n for c, cn, kids in codes.economic(b.year) for k, n in kids}
        people = [names[k] for k in sorted(b.economic) if k[:3] in ("301", "303")]
        public = [names[k] for k in sorted(b.economic) if k[:3] not in ("301", "303")]
        basic = b.fund_exp("general", "basic")
        out.append(("一般公共预算财政拨款基本支出决算情况说明", [self.say("basic", "general_basic", total=basic, personnel=b.personnel(), public=b.public(), _plist="、".join(people), _qlist="、".join(public),
                                                    **{"personnel_total:share": Ratio(b.personnel(), basic), "public_total:share": Ratio(b.public(), basic)})]))
        if b.fund_exp("gov") or b.fund_revenue("gov"):
            s = self.say("fund", "government_fund", **{"opening_carryover:total": b.fund_opening("gov"), "revenue:total": b.fund_revenue("gov"),
                                                      "expenditure:total": b.fund_exp("gov"), "closing_carryover:total": b.fund_closing("gov")})
        else:
            s = self.say("fund_none", "government_fund")
        out.append(("政府性基金预算财政拨款收入支出决算情况说明", [s]))
        if b.year >= 2020:
            s = self.say("capital", "state_capital", **{"revenue:total": b.fund_revenue("cap"), "expenditure:total": b.fund_exp("cap")}) if b.fund_exp("cap") else self.say("capital_none", "state_capital")
            out.append(("国有资本经营预算财政拨款支出决算情况说明", [s]))
        t, c = b.three, b.counts
        if t["total"]["budget"]:
            total = t["total"]["final"]
            paras = [self.say("three_total", "three_public", budget=t["total"]["budget"], final=total, completion_rate=Ratio(total, t["total"]["budget"]),
                              **self.change(total, p.three["total"]["final"]))]
            if total:
                items = [("因公出国（境）费", "overseas_travel"), ("公务用车购置及运行维护费", "vehicles"), ("公务接待费", "reception")]
                paras.append(self.join(["具体情况："], [self.say("three_part", k, _label=n, final=t[k]["final"], share=Ratio(t[k]["final"], total)) for n, k in items]))
            paras.append(self.say("overseas", "overseas_travel", groups=c["groups"], person_times=c["person_times"], **t["overseas_travel"]))
            paras.append(self.say("vehicles", "vehicles", vehicles_bought=c["vehicles_bought"], vehicles_held=c["vehicles_held"], **t["vehicles"],
                                  **{"vehicle_purchase:final": t["vehicle_purchase"]["final"], "vehicle_operation:final": t["vehicle_operation"]["final"]}))
            paras.append(self.say("reception", "reception", batches=c["batches"], person_times=c["guests"], **t["reception"], **{"reception.foreign:final": 0, "reception.foreign:batches": 0, "reception.foreign:person_times": 0, "reception.domestic:final": t["reception"]["final"],
                                                                              "reception.domestic:batches": c["batches"], "reception.domestic:person_times": c["guests"]}))
        else:
            paras = [self.say("three_none", "three_public")]
        out.append((f"{scope}“三公”经费支出决算情况说明", paras))
        run, before = b.public(), p.public()
        ob = run * 105 // 100 // 10000 * 10000
        out.append(("机关运行经费支出情况说明", [self.say("running", "operating_cost", opening_budget=ob, final=run, prior_year=before, completion_rate=Ratio(run, ob), **self.change(run, before))]))
        q = b.procurement
        out.append(("政府采购支出情况说明", [self.say("procurement", "procurement", total=q["total"], goods=q["goods"], works=q["works"], services=q["services"], sme=q["sme"], micro=q["micro"],
                                           **{"sme:share": Ratio(q["sme"], q["total"]), "micro:share": Ratio(q["micro"], q["sme"])})]))
        held = c["vehicles_held"]
        out.append(("国有资产占用情况说明", [self.say("assets", "assets", vehicles_total=held, equipment_over_1m=c["equipment_over_1m"],
                                           **{"vehicles_by_use.confidential": held // 3, "vehicles_by_use.emergency": held // 4, "vehicles_by_use.other": held - held // 3 - held // 4})]))
        n = c["projects"]
        out.append(("预算绩效情况说明", [self.say("performance", "performance", projects=n, projects_amount=b.add(lambda x: x.all_exp("project")), **{"grade.excellent": n - n // 4, "grade.good": n // 4})]))
        return out


COUNTS = {"groups", "person_times", "vehicles_bought", "vehicles_held", "batches", "vehicles_total", "equipment_over_1m", "projects"}
