"""Six layouts: Beijing 2020, Guangdong 2018, Sichuan 2022, Shanghai 2019, Hubei 2017, Zhejiang 2021."""
import random
from decimal import Decimal as D

from .provinces import (NUMBERS, ZERO, Account, coded, economic, economic_panels, gap, leaves, span, three_blocks, three_list,
                        total_of, two_sided)


def down(*texts):
    return [span(text, 1, 2) for text in texts]


def named(acc, lines):
    return [(label, item, [total_of(acc, figure, "")]) for label, item, figure in lines]


def classes(acc, figures=("total",), ordinal="、", without=()):
    return [((NUMBERS[n] + ordinal if ordinal else "") + name, code, [total_of(acc, f, code) for f in figures])
            for n, (code, name) in enumerate(acc.classes(without))]


def account(seed, name, unit, year, spec, money="元", carry="0"):
    acc = Account(name, unit, year, leaves(random.Random(seed), spec), money)
    acc.carry = D(carry)
    acc.closing = acc.carry + acc.sum("delta")
    acc.whole = acc.sum("income") + acc.carry
    acc.fiscal = acc.sum("granted") + acc.carry
    return acc


REVENUE = [("total", "income"), ("appropriation", "granted"), ("superior_subsidy", ""), ("institutional", "institutional"), ("operating", ""),
           ("affiliated_remittance", ""), ("other", "other_income")]
EXPENDITURE = [("total", "total"), ("basic", "basic"), ("project", "projects"), ("remitted_to_superior", ""), ("operating", ""), ("subsidy_to_affiliated", "")]
GENERAL = [("total", "general"), ("basic", "personnel+public"), ("project", "project")]
FUND = [("opening_carryover", ""), ("revenue", "fund"), ("total", "fund"), ("basic", ""), ("project", "fund"), ("closing_carryover", "")]
CAPITAL = [("total", "capital"), ("basic", ""), ("project", "capital")]


def beijing():
    acc = account(1, "beijing-2020", "北京市云汀区档案馆", 2020, "2012601:bd 2012604:jn 2080505:p 2080801:j 2101101:p 2210201:p 2210203:p 2120803:f", "万元", "152345")
    acc.cover("北京市云汀区档案馆", "2020年度部门决算")
    left = named(acc, [("一、一般公共预算财政拨款收入", "general_budget_appropriation", "granted_general"), ("二、政府性基金预算财政拨款收入", "government_fund_appropriation", "fund"),
                       ("三、国有资本经营预算财政拨款收入", "state_capital_appropriation", ""), ("四、上级补助收入", "superior_subsidy", ""), ("五、事业收入", "institutional_revenue", ""),
                       ("六、经营收入", "operating_revenue", ""), ("七、附属单位上缴收入", "affiliated_remittance", ""), ("八、其他收入", "other_revenue", "other_income")])
    right = classes(acc)
    left = gap(left, len(right)) + [("本年收入合计", "total_current", [acc.sum("income")]), ("使用非财政拨款结余", "nonfiscal_surplus_used", [ZERO]), ("年初结转和结余", "opening_carryover", [acc.carry]), ("收入总计", "grand_total", [acc.whole])]
    right += [("本年支出合计", "total_current", [acc.sum("total")]), ("结余分配", "surplus_distribution", [ZERO]), ("年末结转和结余", "closing_carryover", [acc.closing]), ("支出总计", "grand_total", [acc.whole])]
    two_sided(acc, "revenue_expenditure", "收入支出决算总表", "公开01表", [[span("收入", 2), span("支出", 2)], ["项目", "决算数", "项目（按支出功能科目分类）", "决算数"]], left, right, (["final"], ["final"]))
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("项目", 2), *down("本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")], ["科目代码", "科目名称"]], REVENUE, "income")
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("项目", 2), *down("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], ["科目代码", "科目名称"]], EXPENDITURE, "total")
    left = named(acc, [("一、一般公共预算财政拨款", "general_budget", "granted_general"), ("二、政府性基金预算财政拨款", "government_fund", "fund"), ("三、国有资本经营预算财政拨款", "state_capital", "")])
    right = classes(acc, ("general+fund", "general", "fund", ""))
    left = gap(left, len(right)) + [("本年收入合计", "total_current", [acc.sum("granted")]), ("年初财政拨款结转和结余", "opening_carryover", [acc.carry]), ("一般公共预算财政拨款", "opening_carryover.general_budget", [acc.carry]),
                                    ("政府性基金预算财政拨款", "opening_carryover.government_fund", [ZERO]), ("国有资本经营预算财政拨款", "opening_carryover.state_capital", [ZERO]), ("总计", "grand_total", [acc.fiscal])]
    g = acc.sum("general")
    right += [("本年支出合计", "total_current", [g + acc.sum("fund"), g, acc.sum("fund"), ZERO]), ("年末财政拨款结转和结余", "closing_carryover", [acc.closing, acc.closing, ZERO, ZERO]), None, None, None,
              ("总计", "grand_total", [acc.fiscal, acc.sum("granted_general") + acc.carry, acc.sum("fund"), ZERO])]
    two_sided(acc, "appropriation", "财政拨款收入支出决算总表", "公开04表", [[span("收入", 2), span("支出", 5)], [*down("项目", "金额", "项目（按支出功能科目分类）"), span("金额", 4)], ["合计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"]],
              left, right, (["final"], ["total", "general_budget", "government_fund", "state_capital"]))
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", [[span("项目", 2), span("本年支出", 3)], ["支出功能分类科目编码", "科目名称", "合计", "基本支出", "项目支出"]], GENERAL, "general")
    economic(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开06表", [[span("支出经济分类科目", 2), span("本年基本支出", 3)], ["科目编码", "科目名称", "合计", "人员经费", "公用经费"]])
    three_list(acc, "财政拨款“三公”经费支出决算表", "公开07表", [["项目", "年初预算数", "决算数"]], [("合计", "total"), ("1.因公出国（境）费用", "overseas_travel"), ("2.公务接待费", "reception"), ("3.公务用车购置及运行维护费", "vehicles"),
               ("其中：公务用车购置费", "vehicle_purchase"), ("公务用车运行维护费", "vehicle_operation")], ["budget", "final"])
    coded(acc, "government_fund", "政府性基金预算财政拨款收入支出决算表", "公开08表", [[span("项目", 2), *down("年初结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], ["科目代码", "科目名称", "小计", "基本支出", "项目支出"]], FUND, "fund")
    return acc


def guangdong():
    acc = account(2, "guangdong-2018", "滨屏市卫生健康局", 2018, "2080501:b 2080505:p 2101101:pd 2101103:p 2100501:b 2210201:p 2296002:f 2130199:jni 2120801:f", "万元", "845100")
    acc.cover("2018年度", "滨屏市卫生健康局部门决算")
    left = named(acc, [("一、财政拨款收入", "appropriation", "granted"), ("其中：政府性基金", "government_fund_appropriation", "fund"), ("二、上级补助收入", "superior_subsidy", ""), ("三、事业收入", "institutional_revenue", "institutional"), ("四、经营收入", "operating_revenue", ""),
                       ("五、附属单位上缴收入", "affiliated_remittance", ""), ("六、其他收入", "other_revenue", "other_income")])
    right = classes(acc)
    left = gap(left, len(right)) + [("本年收入合计", "total_current", [acc.sum("income")]), ("用事业基金弥补收支差额", "nonfiscal_surplus_used", [ZERO]), ("上年结转和结余", "opening_carryover", [acc.carry]), None, None, ("合计", "grand_total", [acc.whole])]
    right += [("本年支出合计", "total_current", [acc.sum("total")]), ("结余分配", "surplus_distribution", [ZERO]), ("其中：提取职工福利基金", "surplus_distribution.welfare_fund", [ZERO]), ("转入事业基金", "surplus_distribution.institutional_fund", [ZERO]), ("结转下年", "closing_carryover", [acc.closing]), ("合计", "grand_total", [acc.whole])]
    two_sided(acc, "revenue_expenditure", "收入支出决算总表", "表1", [[span("收      入", 3), span("支      出", 3)], ["项    目", "行次", "金额", "项目（按功能分类）", "行次", "金额"], ["栏次", "", "1", "栏次", "", "2"]], left, right, (["final"], ["final"]), numbers=True, left="编制单位：滨屏市卫生健康局", right="金额单位：万元")
    line = lambda n, width=4: [[span("栏次", width)] + [str(x + 1) for x in range(n)]]
    coded(acc, "revenue", "收入决算表", "表2", [[span("科目编码", 3, 2), span("科目名称", 1, 2), *down("合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")], []], REVENUE, "income", "wide", before=line(7))
    coded(acc, "expenditure", "支出决算表", "表3", [[span("功能分类科目编码", 3, 2), span("科目名称", 1, 2), *down("合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], []], EXPENDITURE, "total", "wide", before=line(6))
    left = named(acc, [("一、一般公共预算财政拨款", "general_budget", "granted_general"), ("二、政府性基金预算财政拨款", "government_fund", "fund")])
    right = classes(acc, ("general+fund", "general", "fund"))
    left = gap(left, len(right)) + [("本年收入合计", "total_current", [acc.sum("granted")]), ("年初财政拨款结转和结余", "opening_carryover", [acc.carry]), ("一、一般公共预算财政拨款", "opening_carryover.general_budget", [acc.carry]), ("二、政府性基金预算财政拨款", "opening_carryover.government_fund", [ZERO]), ("总计", "grand_total", [acc.fiscal])]
    right += [("本年支出合计", "total_current", [acc.sum("general") + acc.sum("fund"), acc.sum("general"), acc.sum("fund")]), ("年末财政拨款结转和结余", "closing_carryover", [acc.closing, acc.closing, ZERO]), None, None, ("总计", "grand_total", [acc.fiscal, acc.sum("granted_general") + acc.carry, acc.sum("fund")])]
    two_sided(acc, "appropriation", "财政拨款收入支出决算总表", "表4", [[span("收      入", 3), span("支      出", 5)], ["项    目", "行次", "决算数", "项目（按功能分类）", "行次", "小计", "一般公共预算财政拨款", "政府性基金预算财政拨款"]], left, right, (["final"], ["total", "general_budget", "government_fund"]), numbers=True)
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "表5", [[span("项目", 4), *down("本年支出合计", "基本支出", "项目支出")], ["类", "款", "项", "科目名称"]], GENERAL, "general", "parts")
    economic_panels(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "表6", [[span("人员经费", 3), span("公用经费", 3)], ["经济分类科目编码", "经济分类科目名称", "决算数"] * 2])
    block = lambda: [*down("合计", "因公出国（境）费"), span("公务用车购置及运行费", 3), *down("公务接待费")]
    three_blocks(acc, "一般公共预算财政拨款“三公”经费支出决算表", "表7", [[span("预算数", 6), span("决算数", 6)], block() + block(), ["小计", "公务用车购置费", "公务用车运行费"] * 2, [str(n) for n in range(1, 13)]], ["total", "overseas_travel", "vehicles", "vehicle_purchase", "vehicle_operation", "reception"], ["budget", "final"])
    coded(acc, "government_fund", "政府性基金预算财政拨款收入支出决算表", "表8", [[span("科目编码", 1, 2), span("科目名称", 1, 2), *down("上年结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], ["小计", "基本支出", "项目支出"]], FUND, "fund")
    return acc


def sichuan():
    acc = account(3, "sichuan-2022", "川宁县水利局", 2022, "2080505:p 2080506:p 2101101:p 2101103:p 2130301:bd 2130304:jn 2130306:j 2130314:j 2210201:p 2120803:f 2230105:c", "万元", "90210")
    acc.cover("2022年度", "川宁县水利局部门决算")
    left = named(acc, [("一、一般公共预算财政拨款收入", "general_budget_appropriation", "granted_general"), ("二、政府性基金预算财政拨款收入", "government_fund_appropriation", "fund"), ("三、国有资本经营预算财政拨款收入", "state_capital_appropriation", "capital"), ("四、上级补助收入", "superior_subsidy", ""), ("五、事业收入", "institutional_revenue", ""),
                       ("六、经营收入", "operating_revenue", ""), ("七、附属单位上缴收入", "affiliated_remittance", ""), ("八、其他收入", "other_revenue", "other_income")])
    right = classes(acc)
    left = gap(left, len(right)) + [("本年收入合计", "total_current", [acc.sum("income")]), ("使用非财政拨款结余（含专用结余）", "nonfiscal_surplus_used", [ZERO]), ("年初结转和结余", "opening_carryover", [acc.carry]), ("总计", "grand_total", [acc.whole])]
    right += [("本年支出合计", "total_current", [acc.sum("total")]), ("结余分配", "surplus_distribution", [ZERO]), ("年末结转和结余", "closing_carryover", [acc.closing]), ("总计", "grand_total", [acc.whole])]
    two_sided(acc, "revenue_expenditure", "收入支出决算总表", "公开01表", [[span("收入", 3), span("支出", 3)], ["项目", "行次", "决算数", "项目", "行次", "决算数"], ["栏次", "", "1", "栏次", "", "2"]], left, right, (["final"], ["final"]), numbers=True)
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("项目", 4), *down("本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")], [span("支出功能分类科目编码", 3), "科目名称"], ["类", "款", "项", "栏次", "1", "2", "3", "4", "5", "6", "7"]], REVENUE, "income", "split")
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("项目", 4), *down("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], [span("支出功能分类科目编码", 3), "科目名称"], ["类", "款", "项", "栏次", "1", "2", "3", "4", "5", "6"]], EXPENDITURE, "total", "split")
    left = named(acc, [("一、一般公共预算财政拨款", "general_budget", "granted_general"), ("二、政府性基金预算财政拨款", "government_fund", "fund"), ("三、国有资本经营预算财政拨款", "state_capital", "capital")])
    right = classes(acc, ("appropriation", "general", "fund", "capital"))
    left = gap(left, len(right)) + [("本年收入合计", "total_current", [acc.sum("granted")]), ("年初财政拨款结转和结余", "opening_carryover", [acc.carry]), ("一般公共预算财政拨款", "opening_carryover.general_budget", [acc.carry]), ("政府性基金预算财政拨款", "opening_carryover.government_fund", [ZERO]), ("国有资本经营预算财政拨款", "opening_carryover.state_capital", [ZERO]), ("总计", "grand_total", [acc.fiscal])]
    sums = [acc.sum(x) for x in ("appropriation", "general", "fund", "capital")]
    right += [("本年支出合计", "total_current", sums), ("年末财政拨款结转和结余", "closing_carryover", [acc.closing, acc.closing, ZERO, ZERO]), None, None, None, ("总计", "grand_total", [acc.fiscal, acc.sum("granted_general") + acc.carry, sums[2], sums[3]])]
    two_sided(acc, "appropriation", "财政拨款收入支出决算总表", "公开04表", [[span("收入", 3), span("支出", 6)], ["项目", "行次", "决算数", "项目", "行次", "合计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"], ["栏次", "", "1", "栏次", "", "2", "3", "4", "5"]], left, right, (["final"], ["total", "general_budget", "government_fund", "state_capital"]), numbers=True)
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开06表", [[span("项目", 4), span("本年支出", 3)], [span("支出功能分类科目编码", 3), "科目名称", "小计", "基本支出", "项目支出"], ["类", "款", "项", "栏次", "1", "2", "3"]], GENERAL, "general", "split")
    economic_panels(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开08表", [[span("人员经费", 3), span("公用经费", 6)], ["科目编码", "科目名称", "决算数"] * 3], kinds=(("301", "303"), ("302",), ("310",)))
    # The projects of the general budget: codes and one amount.
    coded(acc, "", "一般公共预算财政拨款项目支出决算表", "公开09表", [[span("项目", 2), *down("本年支出合计")], ["科目编码", "科目名称"]], [("total", "project")], "project")
    three_blocks(acc, "财政拨款“三公”经费支出决算表", "公开10表", [[span("预算数", 6), span("决算数", 6)], [*down("合计", "因公出国（境）费用"), span("公务用车购置及运行维护费", 3), *down("公务接待费")] * 2, ["小计", "公务用车购置费", "公务用车运行维护费"] * 2], ["total", "overseas_travel", "vehicles", "vehicle_purchase", "vehicle_operation", "reception"], ["budget", "final"])
    coded(acc, "government_fund", "政府性基金预算财政拨款收入支出决算表", "公开11表", [[span("项目", 2), *down("年初结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], ["科目编码", "科目名称", "小计", "基本支出", "项目支出"]], FUND, "fund")
    coded(acc, "state_capital", "国有资本经营预算财政拨款支出决算表", "公开13表", [[span("项目", 2), span("本年支出", 3)], ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]], CAPITAL, "capital")
    return acc


def shanghai():
    acc = account(4, "shanghai-2019", "上海市申浦区城市管理行政执法局", 2019, "2080505:p 2080506:p 2101101:p 2120101:bd 2120104:jn 2120199:j 2210201:p 2210203:p 2120803:f", "元", "33012.5")
    acc.cover("上海市申浦区城市管理行政执法局", "2019年度部门决算")
    left = named(acc, [("一、财政拨款收入", "appropriation", "granted"), ("其中：政府性基金预算财政拨款收入", "government_fund_appropriation", "fund"), ("二、上级补助收入", "superior_subsidy", ""), ("三、事业收入", "institutional_revenue", ""), ("四、经营收入", "operating_revenue", ""), ("五、附属单位上缴收入", "affiliated_remittance", ""), ("六、其他收入", "other_revenue", "other_income")])
    right = classes(acc)
    left = gap(left, len(right)) + [("本年收入合计", "total_current", [acc.sum("income")]), ("用事业基金弥补收支差额", "nonfiscal_surplus_used", [ZERO]), ("年初结转和结余", "opening_carryover", [acc.carry]), ("总计", "grand_total", [acc.whole])]
    right += [("本年支出合计", "total_current", [acc.sum("total")]), ("结余分配", "surplus_distribution", [ZERO]), ("年末结转和结余", "closing_carryover", [acc.closing]), ("总计", "grand_total", [acc.whole])]
    two_sided(acc, "revenue_expenditure", "2019年度收入支出决算总表", "", [[span("收入", 2), span("支出", 2)], ["项目", "决算数", "项目", "决算数"]], left, right, (["final"], ["final"]), left="编制单位：上海市申浦区城市管理行政执法局", right="单位：元")
    code = [span("功能分类科目编码", 3), span("功能分类科目名称", 1, 2)]
    coded(acc, "revenue", "2019年度收入决算表", "", [[span("项目", 4), *[span(t, 1, 3) for t in ("本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")]], code, ["类", "款", "项"]], REVENUE, "income", "parts")
    coded(acc, "expenditure", "2019年度支出决算表", "", [[span("项目", 4), *[span(t, 1, 3) for t in ("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")]], code, ["类", "款", "项"]], EXPENDITURE, "total", "parts", last=True)
    left = named(acc, [("一、一般公共预算财政拨款", "general_budget", "granted_general"), ("二、政府性基金预算财政拨款", "government_fund", "fund")])
    right = classes(acc, ("general+fund", "general", "fund"))
    left = gap(left, len(right)) + [("本年收入合计", "total_current", [acc.sum("granted")]), ("年初财政拨款结转和结余", "opening_carryover", [acc.carry]), ("其中：一般公共预算财政拨款", "opening_carryover.general_budget", [acc.carry]), ("政府性基金预算财政拨款", "opening_carryover.government_fund", [ZERO]), ("总计", "grand_total", [acc.fiscal])]
    right += [("本年支出合计", "total_current", [acc.sum("general") + acc.sum("fund"), acc.sum("general"), acc.sum("fund")]), ("年末财政拨款结转和结余", "closing_carryover", [acc.closing, acc.closing, ZERO]), None, None, ("总计", "grand_total", [acc.fiscal, acc.sum("granted_general") + acc.carry, acc.sum("fund")])]
    two_sided(acc, "appropriation", "2019年度财政拨款收入支出决算总表", "", [[span("收入", 2), span("支出", 4)], [*down("项目", "决算数", "项目"), span("决算数", 3)], ["合计", "一般公共预算财政拨款", "政府性基金预算财政拨款"]], left, right, (["final"], ["total", "general_budget", "government_fund"]))
    coded(acc, "general_expenditure", "2019年度一般公共预算财政拨款支出决算表", "", [[span("项目", 4), *[span(t, 1, 3) for t in ("合计", "基本支出", "项目支出")]], code, ["类", "款", "项"]], GENERAL, "general", "parts", last=True)
    economic(acc, "general_basic", "2019年度一般公共预算财政拨款基本支出决算表", "", [[span("经济分类科目编码", 2), span("经济分类科目名称", 1, 2), *down("合计", "人员经费", "公用经费")], ["类", "款"]], "parts")
    block = [span("合计", 2), span("因公出国（境）费", 2), span("公务用车购置及运行费", 6), span("公务接待费", 2)]
    three_blocks(acc, "2019年度一般公共预算财政拨款“三公”经费支出决算表", "", [[span(t, 2, 2) for t in ("合计", "因公出国（境）费")] + [span("公务用车购置及运行费", 6), span("公务接待费", 2, 2)], [span("小计", 2), span("公务用车购置费", 2), span("公务用车运行维护费", 2)], ["年初预算数", "决算数"] * 6],
                 ["total", "overseas_travel", "vehicles", "vehicle_purchase", "vehicle_operation", "reception"], ["budget", "final"], interleaved=True)
    coded(acc, "government_fund", "2019年度政府性基金预算财政拨款支出决算表", "", [[span("项目", 4), *[span(t, 1, 3) for t in ("本年支出合计", "基本支出", "项目支出")]], code, ["类", "款", "项"]], [("total", "fund"), ("basic", ""), ("project", "fund")], "fund", "parts", last=True)
    return acc


def hubei():
    acc = account(5, "hubei-2017", "荆湖市统计局", 2017, "2010501:bd 2010505:jn 2010507:j 2010508:j 2080501:b 2080505:p 2101101:p 2210201:p 2210203:p", "万元", "66120")
    acc.cover("荆湖市统计局2017年度部门决算公开")
    left = named(acc, [("一、财政拨款收入", "appropriation", "granted"), ("    其中：政府性基金预算财政拨款", "government_fund_appropriation", "fund"), ("二、上级补助收入", "superior_subsidy", ""), ("三、事业收入", "institutional_revenue", ""), ("四、经营收入", "operating_revenue", ""), ("五、附属单位上缴收入", "affiliated_remittance", ""), ("六、其他收入", "other_revenue", "other_income")])
    right = classes(acc)
    left = gap(left, len(right)) + [("本年收入合计", "total_current", [acc.sum("income")]), ("    用事业基金弥补收支差额", "nonfiscal_surplus_used", [ZERO]), ("    年初结转和结余", "opening_carryover", [acc.carry]), ("      其中：项目支出结转和结余", "opening_carryover.project", [acc.carry]), None, ("合计", "grand_total", [acc.whole])]
    right += [("本年支出合计", "total_current", [acc.sum("total")]), ("    结余分配", "surplus_distribution", [ZERO]), ("      其中：交纳所得税", "surplus_distribution.income_tax", [ZERO]), ("    年末结转和结余", "closing_carryover", [acc.closing]), ("      其中：项目支出结转和结余", "closing_carryover.project", [acc.closing]), ("合计", "grand_total", [acc.whole])]
    two_sided(acc, "revenue_expenditure", "收入支出决算总表", "公开01表", [[span("收入", 3), span("支出", 3)], ["项目", "行次", "决算数", "项目（按功能分类）", "行次", "决算数"], ["栏次", "", "1", "栏次", "", "2"]], left, right, (["final"], ["final"]), numbers=True)
    line = lambda n: [[span("栏次", 4)] + [str(x + 1) for x in range(n)]]
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("项目", 4), *down("本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")], [span("功能分类科目编码", 3), "科目名称"]], REVENUE, "income", "wide", before=line(7))
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("项目", 4), *down("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], [span("功能分类科目编码", 3), "科目名称"]], EXPENDITURE, "total", "wide", before=line(6))
    left = named(acc, [("一、一般公共预算财政拨款", "general_budget", "granted_general"), ("二、政府性基金预算财政拨款", "government_fund", "fund")])
    right = classes(acc, ("general+fund", "general", "fund"))
    left = gap(left, len(right)) + [("本年收入合计", "total_current", [acc.sum("granted")]), ("年初财政拨款结转和结余", "opening_carryover", [acc.carry]), ("  一般公共预算财政拨款", "opening_carryover.general_budget", [acc.carry]), ("  政府性基金预算财政拨款", "opening_carryover.government_fund", [ZERO]), ("总计", "grand_total", [acc.fiscal])]
    right += [("本年支出合计", "total_current", [acc.sum("general"), acc.sum("general"), ZERO]), ("年末财政拨款结转和结余", "closing_carryover", [acc.closing, acc.closing, ZERO]), None, None, ("总计", "grand_total", [acc.fiscal, acc.fiscal, ZERO])]
    two_sided(acc, "appropriation", "财政拨款收入支出决算总表", "公开04表", [[span("收     入", 3), span("支     出", 5)], ["项    目", "行次", "金额", "项目（按功能分类）", "行次", "合计", "一般公共预算财政拨款", "政府性基金预算财政拨款"], ["栏    次", "", "1", "栏    次", "", "2", "3", "4"]], left, right, (["final"], ["total", "general_budget", "government_fund"]), numbers=True)
    wide = [("opening_carryover", "carry_all"), ("opening_carryover.basic", ""), ("opening_carryover.project", "carry_all"), ("revenue", "granted_general"), ("total", "general"), ("basic", "personnel+public"), ("project", "project"), ("closing_carryover", "left_all")]
    for leaf in acc.leaves:
        leaf.carry_all = acc.carry if leaf.delta else ZERO
        leaf.left_all = leaf.carry_all + leaf.delta
    coded(acc, "general_expenditure", "一般公共预算财政拨款收入支出决算表", "公开05表", [[span("项目", 4), span("年初结转和结余", 3), *down("本年收入"), span("本年支出", 3), *down("年末结转和结余")], [span("功能分类科目编码", 3), "科目名称", "合计", "基本支出结转", "项目支出结转和结余", "合计", "基本支出", "项目支出"]], wide, "general", "wide", before=line(8))
    economic_panels(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开06表", [[span("人员经费", 3), span("公用经费", 6)], ["科目编码", "科目名称", "金额"] * 3], kinds=(("301", "303"), ("302",), ("310",)), whole=True)
    three_blocks(acc, "一般公共预算财政拨款“三公”经费支出决算表", "公开07表", [[span("2017年度预算数", 6), span("2017年度决算数", 6)], [*down("合计", "因公出国（境）费"), span("公务用车购置及运行费", 3), *down("公务接待费")] * 2, ["小计", "公务用车购置费", "公务用车运行费"] * 2, [str(n) for n in range(1, 13)]],
                 ["total", "overseas_travel", "vehicles", "vehicle_purchase", "vehicle_operation", "reception"], ["budget", "final"])
    return acc


def zhejiang():
    acc = account(6, "zhejiang-2021", "越清市社会福利中心", 2021, "2080505:p 2080506:p 2089999:bnid 2080801:j 2101102:p 2210201:p 2210203:p 2296002:f", "万元", "250000")
    acc.cover("越清市社会福利中心", "2021年度单位决算")
    left = named(acc, [("一、财政拨款收入", "appropriation", "granted"), ("1.一般公共预算财政拨款收入", "general_budget_appropriation", "granted_general"), ("2.政府性基金预算财政拨款收入", "government_fund_appropriation", "fund"), ("3.国有资本经营预算财政拨款收入", "state_capital_appropriation", ""), ("二、财政专户管理资金收入", "fiscal_account", ""),
                       ("三、事业收入", "institutional_revenue", "institutional"), ("四、上级补助收入", "superior_subsidy", ""), ("五、附属单位上缴收入", "affiliated_remittance", ""), ("六、事业单位经营收入", "operating_revenue", ""), ("七、其他收入", "other_revenue", "other_income")])
    left = [entry for entry in left if entry[1] != "fiscal_account"]
    used = [c for c in acc.classes() if acc.sum("total", c[0])]
    right = [(f"{NUMBERS[n]}、{name}", code, [acc.sum("total", code)]) for n, (code, name) in enumerate(used)]
    count = max(len(left), len(right))
    left = gap(left, count) + [("本年收入合计", "total_current", [acc.sum("income")]), ("使用非财政拨款结余", "nonfiscal_surplus_used", [ZERO]), ("上年结转", "opening_carryover", [acc.carry]), ("收入总计", "grand_total", [acc.whole])]
    right = gap(right, count) + [("本年支出合计", "total_current", [acc.sum("total")]), ("结余分配", "surplus_distribution", [ZERO]), ("年末结转和结余", "closing_carryover", [acc.closing]), ("支出总计", "grand_total", [acc.whole])]
    two_sided(acc, "revenue_expenditure", "收入支出决算总表", "公开01表", [[span("收 入", 2), span("支 出", 2)], ["项 目", "决算数", "项 目", "决算数"]], left, right, (["final"], ["final"]), left="单位：越清市社会福利中心", right="金额单位：万元")
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("功能分类科目", 2), *down("收入合计", "财政拨款收入", "上级补助收入"), span("事业收入", 2), *down("经营收入", "附属单位上缴收入", "其他收入")], ["编码", "名称", "小计", "其中：教育收费"]],
          [("total", "income"), ("appropriation", "granted"), ("superior_subsidy", ""), ("institutional", "institutional"), ("institutional.education_fee", ""), ("operating", ""), ("affiliated_remittance", ""), ("other", "other_income")], "income", left="单位：越清市社会福利中心", right="金额单位：万元")
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("功能分类科目", 2), *down("支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], ["编码", "名称"]], EXPENDITURE, "total", left="单位：越清市社会福利中心", right="金额单位：万元")
    left = named(acc, [("一、本年收入", "total_current", "granted"), ("（一）一般公共预算财政拨款", "general_budget", "granted_general"), ("（二）政府性基金预算财政拨款", "government_fund", "fund"), ("（三）国有资本经营预算财政拨款", "state_capital", "")])
    left += [("二、年初财政拨款结转和结余", "opening_carryover", [acc.carry]), ("（一）一般公共预算财政拨款", "opening_carryover.general_budget", [acc.carry]), ("（二）政府性基金预算财政拨款", "opening_carryover.government_fund", [ZERO])]
    right = [("一、本年支出", "total_current", [acc.sum("appropriation"), acc.sum("general"), acc.sum("fund"), ZERO])]
    right += [(f"（{NUMBERS[n]}）{name}", code, [acc.sum(x, code) for x in ("appropriation", "general", "fund", "capital")]) for n, (code, name) in enumerate(c for c in acc.classes() if acc.sum("appropriation", c[0]))]
    right += [("二、年末财政拨款结转和结余", "closing_carryover", [acc.closing, acc.closing, ZERO, ZERO])]
    count = max(len(left), len(right))
    left = gap(left, count) + [("收入总计", "grand_total", [acc.fiscal])]
    right = gap(right, count) + [("支出总计", "grand_total", [acc.fiscal, acc.sum("granted_general") + acc.carry, acc.sum("fund"), ZERO])]
    two_sided(acc, "appropriation", "财政拨款收入支出决算总表", "公开04表", [[span("收 入", 2), span("支 出", 5)], ["项 目", "决算数", "项 目", "合计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"]], left, right, (["final"], ["total", "general_budget", "government_fund", "state_capital"]))
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", [[span("功能分类科目", 2), span("本年支出", 3)], ["编码", "名称", "合计", "基本支出", "项目支出"]], GENERAL, "general")
    economic(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开06表", [[span("经济分类科目", 2), *down("基本支出合计", "人员经费", "公用经费")], ["编码", "名称"]])
    coded(acc, "government_fund", "政府性基金预算财政拨款收支决算表", "公开07表", [[span("功能分类科目", 2), *down("上年结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], ["编码", "名称", "合计", "基本支出", "项目支出"]], FUND, "fund")
    three_list(acc, "“三公”经费支出决算表", "公开09表", [["项目", "2021年预算数", "2021年决算数"]], [("“三公”经费合计", "total"), ("一、因公出国（境）费", "overseas_travel"), ("二、公务用车购置及运行维护费", "vehicles"), ("其中：公务用车购置费", "vehicle_purchase"), ("公务用车运行维护费", "vehicle_operation"), ("三、公务接待费", "reception")], ["budget", "final"])
    return acc


ALL = [beijing, guangdong, sichuan, shanghai, hubei, zhejiang]
