"""Six more layouts: Hunan 2021, Henan 2019, Xinjiang 2022, Shanxi 2015, Jiangxi 2023, Heilongjiang 2020."""
import random
from decimal import Decimal as D

from .provinces import ZERO, Money, coded, economic, economic_panels, gap, span, three_blocks, three_list, three_values, two_sided
from .provinces_one import CAPITAL, EXPENDITURE, FUND, GENERAL, REVENUE, account, classes, down, named

NEW = [("一、一般公共预算财政拨款收入", "general_budget_appropriation", "granted_general"), ("二、政府性基金预算财政拨款收入", "government_fund_appropriation", "fund"), ("三、国有资本经营预算财政拨款收入", "state_capital_appropriation", "capital"), ("四、上级补助收入", "superior_subsidy", ""),
       ("五、事业收入", "institutional_revenue", "institutional"), ("六、经营收入", "operating_revenue", ""), ("七、附属单位上缴收入", "affiliated_remittance", ""), ("八、其他收入", "other_revenue", "other_income")]
OLD = [("一、财政拨款收入", "appropriation", "granted"), ("其中：政府性基金预算财政拨款", "government_fund_appropriation", "fund"), ("二、上级补助收入", "superior_subsidy", ""), ("三、事业收入", "institutional_revenue", "institutional"), ("四、经营收入", "operating_revenue", ""), ("五、附属单位上缴收入", "affiliated_remittance", ""), ("六、其他收入", "other_revenue", "other_income")]


def whole(acc, title, label, heads, revenue, used="使用非财政拨款结余", opening="年初结转和结余", closing="年末结转和结余", sums=("本年收入合计", "本年支出合计"), grand=("总计", "总计"), ordinal="、", **more):
    left, right = named(acc, revenue), classes(acc, ordinal=ordinal)
    left = gap(left, len(right)) + [(sums[0], "total_current", [acc.sum("income")]), (used, "nonfiscal_surplus_used", [ZERO]), (opening, "opening_carryover", [acc.carry]), (grand[0], "grand_total", [acc.whole])]
    right += [(sums[1], "total_current", [acc.sum("total")]), ("结余分配", "surplus_distribution", [ZERO]), (closing, "closing_carryover", [acc.closing]), (grand[1], "grand_total", [acc.whole])]
    two_sided(acc, "revenue_expenditure", title, label, heads, left, right, (["final"], ["final"]), **more)


def granted(acc, title, label, heads, capital=True, general="一、一般公共预算财政拨款", fund="二、政府性基金预算财政拨款", ordinal="、", opening="年初财政拨款结转和结余", closing="年末财政拨款结转和结余", **more):
    figures = ("appropriation", "general", "fund") + (("capital",) if capital else ())
    left = named(acc, [(general, "general_budget", "granted_general"), (fund, "government_fund", "fund")] + ([("三、国有资本经营预算财政拨款", "state_capital", "capital")] if capital else []))
    right = classes(acc, figures, ordinal)
    left = gap(left, len(right)) + [("本年收入合计", "total_current", [acc.sum("granted")]), (opening, "opening_carryover", [acc.carry]), ("总计", "grand_total", [acc.fiscal])]
    tail = [ZERO] if capital else []
    right += [("本年支出合计", "total_current", [acc.sum(f) for f in figures]), (closing, "closing_carryover", [acc.closing, acc.closing, ZERO] + tail),
              ("总计", "grand_total", [acc.fiscal, acc.sum("granted_general") + acc.carry, acc.sum("fund")] + ([acc.sum("capital")] if capital else []))]
    two_sided(acc, "appropriation", title, label, heads, left, right, (["final"], ["total", "general_budget", "government_fund"] + (["state_capital"] if capital else [])), **more)


def hunan():
    acc = account(21, "hunan-2021", "湘浦县自然资源局", 2021, "2200101:bd 2200150:p 2200199:jn 2080505:p 2080599:b 2101101:p 2210201:p 2120801:f", "万元", "120000")
    acc.cover("2021年度湘浦县自然资源局部门决算")
    whole(acc, "收入支出决算总表", "公开01表", [[span("收入", 2), span("支出", 2)], ["项目", "决算数", "项目（按功能分类）", "决算数"]], NEW)
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("项目", 2), *down("本年收入合计"), span("财政拨款收入", 1, 2), *down("上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")], ["功能分类科目编码", "科目名称"]], REVENUE, "income")
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("科目编码", 1), span("科目（单位）名称", 1), "本年支出总计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]], EXPENDITURE, "total")
    granted(acc, "财政拨款收入支出决算总表", "公开04表", [[span("收入", 2), span("支出", 5)], ["项目", "决算数", "项目（按功能分类）", "合计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"]])
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", [[span("功能分类科目编码", 1, 2), span("功能分类科目名称", 1, 2), span("一般公共预算财政拨款支出", 3)], ["支出合计", "基本支出", "项目支出"]], GENERAL, "general")
    economic_panels(acc, "general_basic", "一般公共预算财政拨款基本支出决算明细表", "公开06表", [[span("人员经费", 3), span("公用经费", 6)], ["科目代码", "科目名称", "本年决算数"] * 3], kinds=(("301", "303"), ("302",), ("310",)))
    three_blocks(acc, "财政拨款“三公”经费支出决算表", "公开07表", [[span("本年预算数", 6), span("本年决算数", 6)], [*down("合计", "因公出国（境）费"), span("公务用车购置及运行维护费", 3), *down("公务接待费")] * 2, ["小计", "公务用车购置费", "公务用车运行维护费"] * 2], ["total", "overseas_travel", "vehicles", "vehicle_purchase", "vehicle_operation", "reception"], ["budget", "final"])
    coded(acc, "government_fund", "政府性基金预算财政拨款收入支出决算表", "公开08表", [[span("科目", 2), *down("年初结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], ["代码", "名称", "小计", "基本支出", "项目支出"]], FUND, "fund")
    return acc


def henan():
    acc = account(22, "henan-2019", "中豫市审计局", 2019, "2010601:bd 2010602:jn 2080501:b 2080505:p 2101101:p 2101103:p 2210201:p 2296003:f", "元", "9911.4")
    acc.cover("中豫市审计局", "2019年度部门决算公开")
    whole(acc, "部门收支决算总体情况表", "表1", [[span("收 入", 2), span("支 出", 2)], ["项 目", "金 额", "项 目", "金 额"]], OLD, used="使用非财政拨款结余弥补收支差额", opening="上年结转结余", closing="结转下年使用", grand=("收入合计", "支出合计"))
    coded(acc, "revenue", "部门收入决算总体情况表", "表2", [[span("科目编码", 3), span("单位（科目名称）", 1, 2), *down("总计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")], ["类", "款", "项"]], REVENUE, "income", "parts")
    coded(acc, "expenditure", "部门支出决算总体情况表", "表3", [[span("科目编码", 3), span("单位（科目名称）", 1, 2), *down("总计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], ["类", "款", "项"]], EXPENDITURE, "total", "parts")
    granted(acc, "财政拨款收支决算总体情况表", "表4", [[span("收入", 2), span("支出", 4)], ["项 目", "金 额", "项 目", "合 计", "一般公共预算", "政府性基金预算"]], capital=False, opening="上年财政拨款结转结余", closing="结转下年")
    coded(acc, "general_expenditure", "一般公共预算支出决算情况表", "表5", [[span("科目编码", 3), span("单位（科目名称）", 1, 2), *down("总计", "基本支出", "项目支出")], ["类", "款", "项"]], GENERAL, "general", "parts")
    economic(acc, "general_basic", "一般公共预算基本支出决算情况表", "表6", [[span("经济分类科目", 2), span("2019年基本支出", 3)], ["科目编码", "科目名称", "小计", "人员经费支出", "公用经费支出"]])
    three_list(acc, "一般公共预算“三公”经费支出决算情况表", "表7", [["项    目", "2019年“三公”经费预算数", "2019年“三公”经费决算数"]], [("合      计", "total"), ("1、因公出国（境）费用", "overseas_travel"), ("2、公务接待费", "reception"), ("3、公务用车费", "vehicles"), ("其中：（1）公务用车运行维护费", "vehicle_operation"), ("（2）公务用车购置", "vehicle_purchase")], ["budget", "final"])
    coded(acc, "government_fund", "政府性基金支出决算情况表", "表8", [[span("科目编码", 3), span("单位（科目名称）", 1, 2), *down("总计", "基本支出", "项目支出")], ["类", "款", "项"]], [("total", "fund"), ("basic", ""), ("project", "fund")], "fund", "parts")
    return acc


def xinjiang():
    acc = account(23, "xinjiang-2022", "疆源县市场监督管理局", 2022, "2080505:p 2080506:p 2080801:j 2101101:p 2101103:p 2130104:p 2130108:jd 2130199:bn 2210201:p 2120803:f 2239999:c", "万元", "510000")
    acc.cover("2022年度疆源县市场监督管理局", "部门决算公开说明")
    heads = lambda a, b: [[span("收     入", 3), span("支     出", 3)], ["项     目", "行次", a, "项     目", "行次", b], ["栏     次", "", "1", "栏     次", "", "2"]]
    whole(acc, "收入支出决算总表", "公开01表", heads("决算数", "决算数"), NEW, used="使用非财政拨款结余（含专用结余）", numbers=True, left="编制单位：疆源县市场监督管理局", right="金额单位：万元")
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("项   目", 4), *[span(t, 1, 2) for t in ("本年收入合计", "财政拨款收入", "上级补助收入")], span("事业收入", 2), *[span(t, 1, 2) for t in ("经营收入", "附属单位上缴收入", "其他收入")]], [span("功能分类科目编码", 3), "科目名称", "金额", "其中：财政专户管理教育收费"], [span("栏次", 4), *"12345678"]],
          [("total", "income"), ("appropriation", "granted"), ("superior_subsidy", ""), ("institutional", "institutional"), ("institutional.education_fee", ""), ("operating", ""), ("affiliated_remittance", ""), ("other", "other_income")], "income", "wide")
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("项   目", 4), *down("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], [span("功能分类科目编码", 3), "科目名称"], [span("栏次", 4), *"123456"]], EXPENDITURE, "total", "wide")
    granted(acc, "财政拨款收入支出决算总表", "公开04表", [[span("收     入", 3), span("支     出", 6)], [*down("项     目", "行次", "决算数", "项     目", "行次"), span("决算数", 4)], ["合计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"]], numbers=True)
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", [[span("项   目", 4), span("本年支出", 3)], [span("功能分类科目编码", 3), "科目名称", "小计", "基本支出", "项目支出"], [span("栏次", 4), *"123"]], GENERAL, "general", "wide")
    economic(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开06表", [[span("项目", 2), span("一般公共预算基本支出", 3)], ["经济分类科目编码", "经济分类科目名称", "小计", "人员经费", "公用经费"]])
    coded(acc, "government_fund", "政府性基金预算财政拨款收入支出决算表", "公开08表", [[span("项   目", 4), *down("年初结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], [span("功能分类科目编码", 3), "科目名称", "小计", "基本支出", "项目支出"]], FUND, "fund", "wide")
    coded(acc, "state_capital", "国有资本经营预算财政拨款支出决算表", "公开09表", [[span("项   目", 4), span("本年支出", 3)], [span("功能分类科目编码", 3), "科目名称", "合计", "基本支出", "项目支出"]], CAPITAL, "capital", "wide")
    return acc


def shanxi():
    acc = account(24, "shanxi-2015", "汾平县水务局", 2015, "2080501:b 2080505:p 2100501:p 2130301:bd 2130304:jn 2130306:j 2210201:p 2120804:f", "万元", "71000")
    acc.cover("汾平县水务局2015年度部门决算")
    whole(acc, "2015年度收入支出决算总表", "附表1", [[span("收入", 2), span("支出", 2)], ["项目", "决算数", "项目", "决算数"]], OLD, used="用事业基金弥补收支差额", ordinal="、")
    coded(acc, "revenue", "2015年度收入决算表", "附表2", [[span("项目", 2), *down("合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位缴款", "其他收入")], ["科目编码", "科目名称"]], REVENUE, "income")
    coded(acc, "expenditure", "2015年度支出决算表", "附表3", [[span("项目", 2), *down("合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], ["科目编码", "科目名称"]], EXPENDITURE, "total")
    granted(acc, "2015年度财政拨款收入支出决算总表", "附表4", [[span("收入", 2), span("支出", 4)], [*down("项目", "决算数", "项目"), span("决算数", 3)], ["小计", "公共预算财政拨款", "政府性基金预算财政拨款"]], capital=False, general="一、公共预算财政拨款")
    coded(acc, "general_expenditure", "2015年度公共预算财政拨款支出决算表", "附表5", [[span("项目", 2), *down("本年支出小计", "基本支出", "项目支出")], ["科目编码", "科目名称"]], GENERAL, "general", last=True)
    economic(acc, "general_basic", "2015年度公共预算财政拨款基本支出决算表", "附表6", [[span("经济科目", 2), span("基本支出", 1, 2)], ["编码", "名称"]], columns=("final",))
    three_blocks(acc, "2015年度公共预算财政拨款“三公”经费支出决算表", "附表7", [[span("2015年预算", 6), span("2015年决算", 6)], [*down("合计", "因公出国（境）"), span("公务用车购置及运行费", 3), *down("公务接待")] * 2, ["小计", "公车购置", "公车运行"] * 2], ["total", "overseas_travel", "vehicles", "vehicle_purchase", "vehicle_operation", "reception"], ["budget", "final"])
    coded(acc, "government_fund", "2015年度政府性基金预算财政拨款收入支出决算表", "附表8", [[span("项目", 2), *down("上年结转", "本年收入"), span("本年支出", 3), *down("年末结转")], ["科目编码", "科目名称", "小计", "基本支出", "项目支出"]], FUND, "fund")
    return acc


def jiangxi():
    acc = account(25, "jiangxi-2023", "赣川市图书馆", 2023, "2070104:bnid 2070109:j 2080502:p 2080505:p 2080506:p 2101102:p 2210201:p 2210203:p", "万元", "96000")
    acc.cover("赣川市图书馆2023年度单位决算")
    whole(acc, "收入支出决算总表", "公开01表", [[span("收入", 3), span("支出", 3)], ["项目", "行次", "决算数", "项目（按功能科目）", "行次", "决算数"]], NEW, used="使用非财政拨款结余和专用结余", numbers=True)
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("科目名称", 1, 2), span("科目编码", 1, 2), span("本年收入", 7)], ["合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"]], REVENUE, "income", "turned")
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("科目名称", 1, 2), span("科目编码", 1, 2), span("本年支出", 6)], ["合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]], EXPENDITURE, "total", "turned")
    granted(acc, "财政拨款收入支出决算总表", "公开04表", [[span("收入", 2), span("支出", 5)], ["项目", "金额", "项目", "合计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"]])
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", [[span("科目编码（类款项）", 1, 2), span("科目名称", 1, 2), span("本年支出", 4)], ["合计", "人员经费", "公用经费", "项目支出"]], [("total", "general"), ("basic.personnel", "personnel"), ("basic.public", "public"), ("project", "project")], "general")
    economic_panels(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开06表", [[span("人员经费", 3), span("公用经费", 3)], ["经济分类科目编码", "经济分类科目名称", "基本支出"] * 2], whole=True)
    rng, rows = random.Random(3), []
    a, b = three_values(rng), three_values(rng)
    for label, item in [("“三公”经费支出合计", "total"), ("其中：因公出国（境）费", "overseas_travel"), ("公务用车购置及运行维护费", "vehicles"), ("公务用车购置费", "vehicle_purchase"), ("公务用车运行维护费", "vehicle_operation"), ("公务接待费", "reception")]:
        rows.append([label, Money(a[item], "three_public", "", item, "budget"), Money(b[item], "three_public", "", item, "final"), f"{b[item] / a[item] * 100:.2f}"])
    acc.table("财政拨款“三公”经费支出决算表", "公开07表", [["“三公”经费支出项目", "全年预算数", "决算数", "决算数占预算数的%"]], rows)
    return acc


def heilongjiang():
    acc = account(26, "heilongjiang-2020", "黑河区人民检察院", 2020, "2040601:b 2040602:jd 2049999:jn 2080505:p 2080506:p 2101101:p 2210201:p 2210203:p", "元", "23456.78")
    acc.cover("黑河区人民检察院", "2020年度部门决算")
    whole(acc, "收入支出决算总表", "公开01表", [[span("收入部分", 2), span("支出部分", 2)], ["收入项目", "本年决算数", "支出项目（功能分类）", "本年决算数"]], NEW)
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("科目", 1, 2), span("本年收入", 7)], ["合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"]], REVENUE, "income", "bracket")
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("科目", 1, 2), span("本年支出", 6)], ["合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]], EXPENDITURE, "total", "bracket")
    granted(acc, "财政拨款收入支出决算总表", "公开04表", [[span("收入部分", 2), span("支出部分", 4)], ["收入项目", "本年决算数", "支出项目（功能分类）", "合计", "其中：一般公共预算", "政府性基金"]], capital=False)
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", [[span("支出功能分类科目", 1, 2), span("本年支出合计", 1, 2), span("其中：", 2)], ["基本支出", "项目支出"]], GENERAL, "general", "after")
    economic(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开06表", [["支出经济分类科目", "决算数", "其中：人员经费", "公用经费"]], style="joined")
    three_list(acc, "一般公共预算财政拨款“三公”经费支出决算表", "公开07表", [["“三公”经费", "预算数（元）", "支出数（元）"]], [("合计", "total"), ("因公出国（境）费", "overseas_travel"), ("公务用车购置及运行费", "vehicles"), ("其中：购置费", "vehicle_purchase"), ("运行费", "vehicle_operation"), ("公务接待费", "reception")], ["budget", "final"])
    return acc


ALL = [hunan, henan, xinjiang, shanxi, jiangxi, heilongjiang]
