"""Six more layouts: Yunnan 2020, Inner Mongolia 2016, Tianjin 2022, Liaoning 2021, Guangxi 2018, Qinghai 2023."""
import random
from decimal import Decimal as D

from .provinces import (NUMBERS, ZERO, Money, coded, coded_cells, economic, economic_panels, gap, span, three_blocks, three_list,
                        three_values, total_of, two_sided)
from .provinces_one import CAPITAL, EXPENDITURE, FUND, GENERAL, REVENUE, account, classes, down, named


def carried(acc):
    """Carry-over on the leaf that has a difference, and none elsewhere."""
    for leaf in acc.leaves:
        leaf.carry_all = acc.carry if leaf.delta else ZERO
        leaf.left_all = leaf.carry_all + leaf.delta


def yunnan():
    acc = account(11, "yunnan-2020", "滇泽县民族中学", 2020, "2050202:j 2050203:j 2050204:bnid 2080502:p 2080505:p 2080801:j 2101102:p 2101103:p 2210201:p 2296003:f", "元", "1204561.37")
    carried(acc)
    acc.cover("滇泽县民族中学", "2020年度部门决算")
    left = named(acc, [("一、一般公共预算财政拨款收入", "general_budget_appropriation", "granted_general"), ("二、政府性基金预算财政拨款收入", "government_fund_appropriation", "fund"), ("三、国有资本经营预算财政拨款收入", "state_capital_appropriation", ""), ("四、上级补助收入", "superior_subsidy", ""), ("五、事业收入", "institutional_revenue", "institutional"),
                       ("六、经营收入", "operating_revenue", ""), ("七、附属单位上缴收入", "affiliated_remittance", ""), ("八、其他收入", "other_revenue", "other_income")])
    right = classes(acc)
    left = gap(left, len(right)) + [("本年收入合计", "total_current", [acc.sum("income")]), ("使用非财政拨款结余", "nonfiscal_surplus_used", [ZERO]), ("年初结转和结余", "opening_carryover", [acc.carry]), ("总计", "grand_total", [acc.whole])]
    right += [("本年支出合计", "total_current", [acc.sum("total")]), ("结余分配", "surplus_distribution", [ZERO]), ("年末结转和结余", "closing_carryover", [acc.closing]), ("总计", "grand_total", [acc.whole])]
    two_sided(acc, "revenue_expenditure", "收入支出决算表", "公开01表", [[span("收    入", 3), span("支    出", 3)], ["项    目", "行次", "金额", "项目(按功能分类)", "行次", "金额"], ["栏    次", "", "1", "栏    次", "", "2"]], left, right, (["final"], ["final"]), numbers=True, left="部门：滇泽县民族中学", right="金额单位：元")
    edu = [("total", "income"), ("appropriation", "granted"), ("superior_subsidy", ""), ("institutional", "institutional"), ("institutional.education_fee", "institutional"), ("operating", ""), ("affiliated_remittance", ""), ("other", "other_income")]
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("项目", 4), *[span(t, 1, 3) for t in ("本年收入合计", "财政拨款收入", "上级补助收入")], span("事业收入", 2), *[span(t, 1, 3) for t in ("经营收入", "附属单位上缴收入", "其他收入")]],
          [span("支出功能分类\n科目编码", 3, 2), span("科目名称", 1, 2), span("小计", 1, 2), span("其中：教育收费", 1, 2)], [], ["类", "款", "项", "栏次", *"12345678"]], edu, "income", "split")
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("项目", 4), *down("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], [span("支出功能分类\n科目编码", 3), "科目名称"], ["类", "款", "项", "栏次", *"123456"]], EXPENDITURE, "total", "split")
    wide = [("opening_carryover", "carry_all"), ("opening_carryover.basic", ""), ("opening_carryover.project", "carry_all"), ("revenue", "granted_general"), ("revenue.basic", "personnel+public"), ("revenue.project", "project+delta"),
            ("total", "general"), ("basic", "personnel+public"), ("basic.personnel", "personnel"), ("basic.public", "public"), ("project", "project"), ("closing_carryover", "left_all"), ("closing_carryover.basic", ""), ("closing_carryover.project", "left_all"),
            ("closing_carryover.project.carryover", "left_all"), ("closing_carryover.project.surplus", "")]
    coded(acc, "general_expenditure", "一般公共预算财政拨款收入支出决算表", "公开05表", [[span("项目", 4), span("年初结转和结余", 3), span("本年收入", 3), span("本年支出", 5), span("年末结转和结余", 5)],
           [span("支出功能分类科目编码", 3, 2), span("科目名称", 1, 2), *down("合计", "基本支出结转", "项目支出结转和结余", "合计", "基本支出", "项目支出", "合计", "基本支出"), *down("人员经费", "公用经费", "项目支出", "合计", "基本支出结转", "项目支出结转和结余", "项目支出结转", "项目支出结余")], []], wide, "general", "split", small=True)
    economic_panels(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开06表", [[span("人员经费", 3), span("公用经费", 6)], ["科目\n编码", "科目名称", "金额"] * 3], kinds=(("301", "303"), ("302",), ("310",)))
    three_list(acc, "“三公”经费、行政参公单位机关运行经费情况表", "公开09表", [["项  目", "行次", "预算数", "决算统计数"], ["栏  次", "", "1", "2"]],
               [("一、“三公”经费支出", ("—", "—")), ("（一）支出合计", "total"), ("1．因公出国（境）费", "overseas_travel"), ("2．公务用车购置及运行维护费", "vehicles"), ("（1）公务用车购置费", "vehicle_purchase"), ("（2）公务用车运行维护费", "vehicle_operation"),
                ("3．公务接待费", "reception"), ("（1）国内接待费", "reception.domestic"), ("（二）相关统计数", ("—", "—")), ("1．因公出国（境）团组数（个）", ("—", "0")), ("2．公务用车保有量（辆）", ("—", "3"))], ["budget", "final"], numbers=True, right="金额单位：元")
    return acc


def mongolia():
    acc = account(12, "neimenggu-2016", "蒙原旗文化局", 2016, "2070101:bd 2070104:j 2070109:jn 2080501:b 2080505:p 2101101:p 2210201:p 2120803:f", "万元", "310000")
    acc.cover("蒙原旗文化局2016年度部门决算")
    def three_of(value):
        return [value * D("0.5"), value * D("0.9"), value]
    phases = ["opening_budget", "adjusted_budget", "final"]
    def lines(entries):
        return [(label, item, three_of(figures[0])) for label, item, figures in entries]
    left = lines(named(acc, [("一、财政拨款收入", "appropriation", "granted"), ("其中：政府性基金预算财政拨款", "government_fund_appropriation", "fund"), ("二、上级补助收入", "superior_subsidy", ""), ("三、事业收入", "institutional_revenue", ""), ("四、经营收入", "operating_revenue", ""), ("五、附属单位上缴收入", "affiliated_remittance", ""), ("六、其他收入", "other_revenue", "other_income")]))
    right = lines(classes(acc))
    left = gap(left, len(right)) + lines([("本年收入合计", "total_current", [acc.sum("income")]), ("用事业基金弥补收支差额", "nonfiscal_surplus_used", [ZERO]), ("年初结转和结余", "opening_carryover", [acc.carry]), ("总计", "grand_total", [acc.whole])])
    right += lines([("本年支出合计", "total_current", [acc.sum("total")]), ("结余分配", "surplus_distribution", [ZERO]), ("年末结转和结余", "closing_carryover", [acc.closing]), ("总计", "grand_total", [acc.whole])])
    two_sided(acc, "revenue_expenditure", "收入支出决算总表", "财决公开01表", [[span("收入", 5), span("支出", 5)], ["项目", "行次", "年初预算数", "调整预算数", "决算数", "项目（按功能分类）", "行次", "年初预算数", "调整预算数", "决算数"]], left, right, (phases, phases), numbers=True)
    coded(acc, "revenue", "收入决算表", "财决公开02表", [[span("项目", 4), *down("本年收入合计", "财政拨款", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")], [span("支出功能分类科目编码", 3), "科目名称(类/款/项)"]], REVENUE, "income", "parts", word="合计")
    coded(acc, "expenditure", "支出决算表", "财决公开03表", [[span("项目", 4), *down("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], [span("支出功能分类科目编码", 3), "科目名称"]], EXPENDITURE, "total", "parts")
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "财决公开05表", [[span("项目", 4), span("本年支出", 5)], [span("支出功能分类科目编码", 3, 2), *down("科目名称", "合计"), span("基本支出", 3), *down("项目支出")], ["小计", "人员经费", "日常公用经费"]],
          [("total", "general"), ("basic", "personnel+public"), ("basic.personnel", "personnel"), ("basic.public", "public"), ("project", "project")], "general", "parts")
    economic(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "财决公开06表", [["支出经济分类科目编码", "科目名称", "合计", "人员经费", "日常公用经费"]])
    three_blocks(acc, "一般公共预算财政拨款“三公”经费支出决算表", "财决公开07表", [[span("2016年度年初预算数", 6), span("2016年度决算数", 6)], [*down("合计", "因公出国（境）费用"), span("公务用车购置及运行维护费", 3), *down("公务接待费")] * 2, ["小计", "购置费", "运行维护费"] * 2], ["total", "overseas_travel", "vehicles", "vehicle_purchase", "vehicle_operation", "reception"], ["budget", "final"])
    coded(acc, "government_fund", "政府性基金预算财政拨款收入支出决算表", "财决公开08表", [[span("项目", 4), *down("年初结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], [span("支出功能分类科目编码", 3), "科目名称", "合计", "基本支出", "项目支出"]], FUND, "fund", "parts")
    return acc


def tianjin():
    acc = account(13, "tianjin-2022", "天津市津滨区应急管理局", 2022, "2240101:bd 2240106:jn 2240601:j 2080505:p 2080506:p 2101101:p 2101103:p 2210201:p 2210203:p 2230105:c", "元", "80000")
    acc.cover("天津市津滨区应急管理局", "2022年度部门决算")
    left = named(acc, [("一、一般公共预算财政拨款收入", "general_budget_appropriation", "granted_general"), ("二、政府性基金预算财政拨款收入", "government_fund_appropriation", "fund"), ("三、国有资本经营预算财政拨款收入", "state_capital_appropriation", "capital"), ("四、上级补助收入", "superior_subsidy", ""), ("五、事业收入", "institutional_revenue", ""), ("六、经营收入", "operating_revenue", ""), ("七、附属单位上缴收入", "affiliated_remittance", ""), ("八、其他收入", "other_revenue", "other_income")])
    right = classes(acc)
    left = gap(left, len(right)) + [("本年收入合计", "total_current", [acc.sum("income")]), ("使用非财政拨款结余（含专用结余）", "nonfiscal_surplus_used", [ZERO]), ("年初结转结余", "opening_carryover", [acc.carry]), ("收 入 总 计", "grand_total", [acc.whole])]
    right += [("本年支出合计", "total_current", [acc.sum("total")]), ("结余分配", "surplus_distribution", [ZERO]), ("年末结转结余", "closing_carryover", [acc.closing]), ("支 出 总 计", "grand_total", [acc.whole])]
    two_sided(acc, "revenue_expenditure", "收入支出决算总表", "部门公开表1", [[span("收入", 2), span("支出", 2)], ["项目", "决算数", "支出功能分类", "决算数"]], left, right, (["final"], ["final"]))
    coded(acc, "revenue", "收入决算表", "部门公开表2", [["功能分类科目编码及名称", "本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"]], REVENUE, "income", "joined")
    coded(acc, "expenditure", "支出决算表", "部门公开表3", [["功能科目（编码 名称）", "支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]], EXPENDITURE, "total", "joined")
    left = named(acc, [("一、本年收入", "total_current", "granted"), ("一般公共预算财政拨款", "general_budget", "granted_general"), ("政府性基金预算财政拨款", "government_fund", "fund"), ("国有资本经营预算财政拨款", "state_capital", "capital")]) + [("二、上年结转", "opening_carryover", [acc.carry])]
    right = [("一、本年支出", "total_current", [acc.sum(x) for x in ("appropriation", "general", "fund", "capital")])] + [(name, code, [acc.sum(x, code) for x in ("appropriation", "general", "fund", "capital")]) for code, name in acc.classes()] + [("二、结转下年", "closing_carryover", [acc.closing, acc.closing, ZERO, ZERO])]
    left = gap(left, len(right)) + [("收入总计", "grand_total", [acc.fiscal])]
    right += [("支出总计", "grand_total", [acc.fiscal, acc.sum("granted_general") + acc.carry, ZERO, acc.sum("capital")])]
    two_sided(acc, "appropriation", "财政拨款收入支出决算总表", "部门公开表4", [[span("收入", 2), span("支出", 5)], ["项目", "决算数", "项目", "合计", "一般公共预算", "政府性基金预算", "国有资本经营预算"]], left, right, (["final"], ["total", "general_budget", "government_fund", "state_capital"]))
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "部门公开表5", [[span("功能分类科目", 1, 2), span("2022年决算数", 3)], ["合计", "基本支出", "项目支出"]], GENERAL, "general", "tight", last=True)
    economic(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "部门公开表6", [[span("部门预算支出经济分类科目", 2), span("本年一般公共预算基本支出", 3)], ["科目编码", "科目名称", "合计", "人员经费", "公用经费"]])
    three_list(acc, "财政拨款“三公”经费支出决算表", "部门公开表7", [["项目", "年初预算数", "全年预算数", "决算数"]], [("合计", "total"), ("一、因公出国（境）费用", "overseas_travel"), ("二、公务接待费", "reception"), ("三、公务用车费", "vehicles"), ("其中：（1）公务用车运行维护费", "vehicle_operation"), ("（2）公务用车购置费", "vehicle_purchase")], ["opening_budget", "adjusted_budget", "final"])
    coded(acc, "state_capital", "国有资本经营预算财政拨款支出决算表", "部门公开表9", [["功能分类科目编码及名称", "合计", "基本支出", "项目支出"]], CAPITAL, "capital", "joined")
    return acc


def liaoning():
    acc = account(14, "liaoning-2021", "辽河市交通运输事务中心", 2021, "2140101:bd 2140106:jn 2140112:jni 2080502:p 2080505:p 2101102:p 2210201:p 2120803:f", "万元", "431111")
    acc.cover("辽河市交通运输事务中心2021年单位决算")
    rng = random.Random(99)
    def two(value):
        before = value * D(rng.randint(70, 130)) / 100
        before = before.quantize(D("100"))
        return [before, value]
    def lines(entries):
        return [(label, item, two(figures[0])) for label, item, figures in entries]
    left = lines(named(acc, [("一、财政拨款收入", "appropriation", "granted"), ("二、上级补助收入", "superior_subsidy", ""), ("三、事业收入", "institutional_revenue", "institutional"), ("四、经营收入", "operating_revenue", ""), ("五、附属单位上缴收入", "affiliated_remittance", ""), ("六、其他收入", "other_revenue", "other_income")]))
    right = lines(classes(acc))
    left = gap(left, len(right)) + lines([("本年收入合计", "total_current", [acc.sum("income")]), ("使用非财政拨款结余", "nonfiscal_surplus_used", [ZERO]), ("年初结转和结余", "opening_carryover", [acc.carry]), ("总计", "grand_total", [acc.whole])])
    right += lines([("本年支出合计", "total_current", [acc.sum("total")]), ("结余分配", "surplus_distribution", [ZERO]), ("年末结转和结余", "closing_carryover", [acc.closing]), ("总计", "grand_total", [acc.whole])])
    two_sided(acc, "revenue_expenditure", "收入支出决算总表", "公开01表", [[span("收入", 3), span("支出", 3)], ["项目", "2020年度决算数", "2021年度决算数", "项目", "2020年度决算数", "2021年度决算数"]], left, right, (["prior_final", "final"], ["prior_final", "final"]))
    heads = ("本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("项目", 2), *down(*heads)], ["科目编码", "科目名称"]], REVENUE, "income")
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("科目", 2), *down("总计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], ["编码", "名称"]], EXPENDITURE, "total")
    # 05 with the year before and the change of each item.
    rows = []
    for code, name in [("", "合计")] + acc.tree("general"):
        value = acc.sum("general", code)
        before = (value * D("0.8")).quantize(D("100"))
        rate = f"{(value - before) / before * 100:.2f}%"
        lead = [span("合计", 2)] if not code else coded_cells(code, name, "one")
        key = code or "total"
        f = "general_expenditure"
        rows.append(lead + [Money(before, f, "", key, "prior_final"), Money(value, f, "", key, "total"), Money(acc.sum("personnel", code) + acc.sum("public", code), f, "", key, "basic"), Money(acc.sum("project", code), f, "", key, "project"), Money(value - before, f, "", key, "change"), rate])
    acc.table("一般公共预算财政拨款支出决算表", "公开05表", [[span("功能分类科目", 2), span("2020年决算数", 1, 2), span("2021年决算数", 3), span("2021年比2020年增减", 2)], ["科目编码", "科目名称", "小计", "基本支出", "项目支出", "增减额", "增减%"]], rows)
    economic_panels(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开06表", [[span("人员经费", 2), span("公用经费", 2)], ["经济分类科目", "决算数"] * 2], style="tight")
    rng = random.Random(7)
    rows = []
    a, b = three_values(rng), three_values(rng)
    for label, item in [("合计", "total"), ("1.因公出国（境）费", "overseas_travel"), ("2.公务用车购置及运行维护费", "vehicles"), ("（1）公务用车购置费", "vehicle_purchase"), ("（2）公务用车运行维护费", "vehicle_operation"), ("3.公务接待费", "reception")]:
        rows.append([label, Money(a[item], "three_public", "", item, "prior_final"), Money(b[item], "three_public", "", item, "final"), Money(b[item] - a[item], "three_public", "", item, "change"), f"{(b[item] - a[item]) / a[item] * 100:.1f}%"])
    acc.table("“三公”经费支出决算对比表", "公开07表", [["项目", "2020年决算数", "2021年决算数", "增减金额", "增减比例（%）"]], rows)
    return acc


def guangxi():
    acc = account(15, "guangxi-2018", "桂岭市水利局", 2018, "2130301:bd 2130304:jn 2130306:j 2130314:j 2080501:b 2080505:p 2101101:p 2210201:p 2120804:f", "万元", "777700")
    acc.cover("2018年度桂岭市水利局部门决算")
    left = named(acc, [("一、财政拨款收入", "appropriation", "granted"), ("其中：政府性基金预算财政拨款", "government_fund_appropriation", "fund"), ("二、上级补助收入", "superior_subsidy", ""), ("三、事业收入", "institutional_revenue", ""), ("四、经营收入", "operating_revenue", ""), ("五、附属单位上缴收入", "affiliated_remittance", ""), ("六、其他收入", "other_revenue", "other_income")])
    right = classes(acc)
    left = gap(left, len(right)) + [("本年收入合计", "total_current", [acc.sum("income")]), ("用事业基金弥补收支差额", "nonfiscal_surplus_used", [ZERO]), ("年初结转和结余", "opening_carryover", [acc.carry]), ("其中：项目支出结转和结余", "opening_carryover.project", [acc.carry]), ("收入总计", "grand_total", [acc.whole])]
    right += [("本年支出合计", "total_current", [acc.sum("total")]), ("结余分配", "surplus_distribution", [ZERO]), ("年末结转和结余", "closing_carryover", [acc.closing]), ("其中：项目支出结转和结余", "closing_carryover.project", [acc.closing]), ("支出总计", "grand_total", [acc.whole])]
    two_sided(acc, "revenue_expenditure", "2018年度部门收支决算总表", "表一", [[span("收入项目", 1), span("决算数（万元）", 1), span("支出功能科目", 1), span("决算数（万元）", 1)]], left, right, (["final"], ["final"]), right="")
    coded(acc, "revenue", "2018年度部门收入决算表", "表二", [[span("科目代码", 3), span("科目名称", 1, 2), *down("合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")], ["类", "款", "项"]], REVENUE, "income", "split")
    coded(acc, "expenditure", "2018年度部门支出决算表", "表三", [[span("科目代码", 3), span("科目名称", 1, 2), *down("合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], ["类", "款", "项"]], EXPENDITURE, "total", "split")
    left = named(acc, [("一、一般公共预算财政拨款", "general_budget", "granted_general"), ("二、政府性基金预算财政拨款", "government_fund", "fund")])
    right = classes(acc, ("general+fund", "general", "fund"))
    left = gap(left, len(right)) + [("本年收入合计", "total_current", [acc.sum("granted")]), ("年初财政拨款结转和结余", "opening_carryover", [acc.carry]), ("总计", "grand_total", [acc.fiscal])]
    right += [("本年支出合计", "total_current", [acc.sum("general") + acc.sum("fund"), acc.sum("general"), acc.sum("fund")]), ("年末财政拨款结转和结余", "closing_carryover", [acc.closing, acc.closing, ZERO]), ("总计", "grand_total", [acc.fiscal, acc.sum("granted_general") + acc.carry, acc.sum("fund")])]
    two_sided(acc, "appropriation", "2018年度财政拨款收支决算总表", "表四", [[span("收入", 2), span("支出", 4)], ["项目", "金额", "功能科目", "合计", "一般公共预算", "政府性基金"]], left, right, (["final"], ["total", "general_budget", "government_fund"]))
    coded(acc, "general_expenditure", "2018年度一般公共预算支出决算表", "表五", [[span("科目代码", 3), span("科目名称", 1, 2), *down("合计", "基本支出", "项目支出")], ["类", "款", "项"]], GENERAL, "general", "split")
    economic(acc, "general_basic", "2018年度一般公共预算基本支出决算表", "表六", [[span("科目代码", 2), span("科目名称", 1, 2), *down("合计", "人员经费", "公用经费")], ["类", "款"]], "parts")
    # 三公 by sub-unit: the row 合计 is the account's own.
    rng, rows = random.Random(5), []
    units = ["桂岭市水利局本级", "桂岭市水文站", "桂岭市防汛抗旱中心"]
    parts = [[three_values(rng), three_values(rng)] for _ in units]
    order = ["total", "overseas_travel", "vehicles", "vehicle_purchase", "vehicle_operation", "reception"]
    rows.append(["合计"] + [Money(sum((p[n][i] for p in parts), ZERO), "three_public", "", i, m) for n, m in ((0, "budget"), (1, "final")) for i in order])
    for unit, p in zip(units, parts):
        rows.append([unit] + [Money(p[n][i]) for n in (0, 1) for i in order])
    acc.table("2018年度一般公共预算“三公”经费支出决算表", "表七", [[span("单位名称", 1, 3), span("预算数", 6), span("决算数", 6)], [*down("合计", "因公出国（境）费"), span("公务用车购置及运行费", 3), *down("公务接待费")] * 2, ["小计", "购置费", "运行费"] * 2], rows)
    coded(acc, "government_fund", "2018年度政府性基金预算支出决算表", "表八", [[span("科目代码", 3), span("科目名称", 1, 2), *down("合计", "基本支出", "项目支出")], ["类", "款", "项"]], [("total", "fund"), ("basic", ""), ("project", "fund")], "fund", "split")
    return acc


def qinghai():
    acc = account(16, "qinghai-2023", "青源州档案馆", 2023, "2012601:bd 2012604:jn 2080505:p 2080506:p 2080801:j 2101101:p 2101103:p 2210201:p 2296002:f 2239999:c", "万元", "56000")
    acc.cover("青源州档案馆2023年度部门决算")
    left = named(acc, [("一、一般公共预算财政拨款收入", "general_budget_appropriation", "granted_general"), ("二、政府性基金预算财政拨款收入", "government_fund_appropriation", "fund"), ("三、国有资本经营预算财政拨款收入", "state_capital_appropriation", "capital"), ("四、上级补助收入", "superior_subsidy", ""), ("五、事业收入", "institutional_revenue", ""), ("六、经营收入", "operating_revenue", ""), ("七、附属单位上缴收入", "affiliated_remittance", ""), ("八、其他收入", "other_revenue", "other_income")])
    right = classes(acc)
    left = gap(left, len(right)) + [("本年收入合计", "total_current", [acc.sum("income")]), ("使用非财政拨款结余(含专用结余)", "nonfiscal_surplus_used", [ZERO]), ("年初结转和结余", "opening_carryover", [acc.carry]), ("总计", "grand_total", [acc.whole])]
    right += [("本年支出合计", "total_current", [acc.sum("total")]), ("结余分配", "surplus_distribution", [ZERO]), ("年末结转和结余", "closing_carryover", [acc.closing]), ("总计", "grand_total", [acc.whole])]
    two_sided(acc, "revenue_expenditure", "收入支出决算总表", "公开01表", [[span("收入", 3), span("支出", 3)], ["项目", "行次", "决算数", "项目(按功能分类)", "行次", "决算数"], ["栏次", "", "1", "栏次", "", "2"]], left, right, (["final"], ["final"]), numbers=True, note="注：1.本表反映部门本年度的总收支和年初、年末结转结余情况。2.本套报表金额单位转换时可能存在尾数误差。")
    def rows_named(form, columns, what):
        rows = [["", "栏次"] + [str(n + 1) for n in range(len(columns))], [span("合计", 2)] + [Money(total_of(acc, w, ""), form, "", "total", m) for m, w in columns]]
        return rows + [[code, name] + [Money(total_of(acc, w, code), form, "", code, m) for m, w in columns] for code, name in acc.tree(what)]
    acc.table("收入决算表", "公开02表", [[span("项目", 2), *down("本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")], ["科目代码（类款项）", "科目名称（类款项）"]], rows_named("revenue", REVENUE, "income"))
    acc.table("支出决算表", "公开03表", [[span("项目", 2), *down("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], ["功能分类科目代码（类款项）", "功能分类科目名称（类款项）"]], rows_named("expenditure", EXPENDITURE, "total"))
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", [[span("项目", 2), span("本年支出", 3)], ["科目代码", "科目名称", "合计", "基本支出", "项目支出"]], GENERAL, "general")
    economic_panels(acc, "general_basic", "一般公共预算财政拨款基本支出决算明细表", "公开06表", [[span("人员经费", 3), span("公用经费", 6)], ["科目代码", "科目名称", "决算数"] * 3], kinds=(("301", "303"), ("302",), ("310",)))
    three_blocks(acc, "财政拨款“三公”经费支出决算表", "公开07表", [[span("预算数", 6), span("决算数", 6)], [*down("合计", "因公出国(境)费"), span("公务用车购置及运行维护费", 3), *down("公务接待费")] * 2, ["小计", "公务用车购置费", "公务用车运行维护费"] * 2, [str(n) for n in range(1, 13)]], ["total", "overseas_travel", "vehicles", "vehicle_purchase", "vehicle_operation", "reception"], ["budget", "final"])
    coded(acc, "government_fund", "政府性基金预算财政拨款收入支出决算表", "公开08表", [[span("项目", 2), *down("年初结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], ["科目代码", "科目名称", "小计", "基本支出", "项目支出"]], FUND, "fund")
    coded(acc, "state_capital", "国有资本经营预算财政拨款支出决算表", "公开09表", [[span("项目", 2), span("本年支出", 3)], ["科目代码", "科目名称", "合计", "基本支出", "项目支出"]], CAPITAL, "capital")
    return acc


ALL = [yunnan, mongolia, tianjin, liaoning, guangxi, qinghai]
