"""Eight more layouts, three of them as PDF without vertical lines: Jiangsu 2022, Shaanxi 2023, Chongqing 2019, Guizhou 2016, Shandong 2024, Fujian 2021,
the Xinjiang corps 2018, an office of a ministry 2020."""
import random

from .provinces import Money, coded, economic, economic_panels, span, three_blocks, three_list, three_values
from .provinces_one import CAPITAL, EXPENDITURE, FUND, GENERAL, REVENUE, account, down
from .provinces_three import NEW, OLD, granted, whole

THREE = ["total", "overseas_travel", "vehicles", "vehicle_purchase", "vehicle_operation", "reception"]


def jiangsu():
    acc = account(41, "jiangsu-2022", "苏澄市体育局", 2022, "2070101:bd 2070104:j 2070109:jn 2070199:p 2080505:p 2080506:p 2101101:p 2210201:p 2210203:p 2296003:f 2230105:c", "万元", "61200")
    acc.cover("2022年度", "苏澄市体育局部门决算公开")
    whole(acc, "收入支出决算总表", "公开01表", [[span("收入", 2), span("支出", 2)], ["项目", "决算数", "按功能分类", "决算数"]], NEW, used="使用专用结余", grand=("合计", "合计"))
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("功能分类科目", 2), *down("本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")], ["科目编码", "科目名称"]], REVENUE, "income")
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("功能分类科目", 2), *down("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], ["科目编码", "科目名称"]], EXPENDITURE, "total")
    granted(acc, "财政拨款收入支出决算总表", "公开04表", [[span("收入", 2), span("支出", 5)], [*down("项目", "决算数", "按功能分类"), span("决算数", 4)], ["小计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"]])
    coded(acc, "general_expenditure", "一般公共预算支出决算表（功能科目）", "公开07表", [[span("功能分类科目", 2), *down("本年支出合计", "基本支出", "项目支出")], ["科目编码", "科目名称"]], GENERAL, "general")
    economic(acc, "general_basic", "一般公共预算基本支出决算表（经济科目）", "公开08表", [[span("经济分类科目", 2), span("本年一般公共预算基本支出", 3)], ["科目编码", "科目名称", "合计", "人员经费", "公用经费"]])
    rng = random.Random(41)
    given, spent = three_values(rng), three_values(rng)
    cell = lambda value, item, measure: Money(value[item], "three_public", "", item, measure)
    rows = [["预算数"] + [cell(given, i, "budget") for i in THREE], ["决算数"] + [cell(spent, i, "final") for i in THREE]]
    acc.table("财政拨款“三公”经费支出决算表", "公开09表", [[span("项目", 1, 2), span("“三公”经费合计", 1, 2), span("因公出国（境）费用", 1, 2), span("公务用车购置及运行维护费", 3), span("公务接待费", 1, 2)], ["小计", "公务用车购置费", "公务用车运行维护费"]], rows)
    coded(acc, "government_fund", "政府性基金预算支出决算表", "公开10表", [[span("功能分类科目", 2), *down("年初结转和结余", "本年收入合计"), span("本年支出", 3), *down("年末结转和结余")], ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]], FUND, "fund")
    coded(acc, "state_capital", "国有资本经营预算支出决算表", "公开11表", [[span("功能分类科目", 2), *down("本年支出合计", "基本支出", "项目支出")], ["科目编码", "科目名称"]], CAPITAL, "capital")
    return acc


def shaanxi():
    acc = account(42, "shaanxi-2023", "秦渭县林业局", 2023, "2080505:p 2080801:j 2101101:p 2101103:p 2130101:bd 2130104:p 2130108:j 2130199:jn 2210201:p 2120803:f", "万元", "97000")
    acc.cover("秦渭县林业局2023年度部门决算")
    whole(acc, "收入支出决算总表", "公开01表", [[span("收入", 2), span("支出", 2)], ["项目", "决算数", "项目（按功能分类）", "决算数"]], NEW, used="使用非财政拨款结余（含专用结余）", grand=("收入总计", "支出总计"))
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("功能分类科目编码", 1, 2), span("功能分类科目名称", 1, 2), *down("本年收入合计", "财政拨款收入", "上级补助收入"), span("事业收入", 2), *down("经营收入", "附属单位上缴收入", "其他收入")], ["小计", "其中：教育收费"]],
          [("total", "income"), ("appropriation", "granted"), ("superior_subsidy", ""), ("institutional", "institutional"), ("institutional.education_fee", ""), ("operating", ""), ("affiliated_remittance", ""), ("other", "other_income")], "income")
    coded(acc, "expenditure", "支出决算表", "公开03表", [["功能分类科目编码", "功能分类科目名称", "本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]], EXPENDITURE, "total")
    granted(acc, "财政拨款收入支出决算总表", "公开04表", [[span("收入", 2), span("支出", 5)], ["项目", "决算数", "项目（按功能分类）", "合计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"]])
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", [[span("功能分类科目编码", 1, 2), span("功能分类科目名称", 1, 2), *down("本年支出合计"), span("基本支出", 3), *down("项目支出")], ["小计", "人员经费", "公用经费"]], [("total", "general"), ("basic", "personnel+public"), ("basic.personnel", "personnel"), ("basic.public", "public"), ("project", "project")], "general")
    economic(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开06表", [["经济分类科目编码", "经济分类科目名称", "本年支出合计", "人员经费支出", "公用经费支出"]])
    three_blocks(acc, "一般公共预算财政拨款“三公”经费及会议费、培训费支出决算表", "公开07表", [[span("项目", 1, 3), span("一般公共预算财政拨款安排的“三公”经费", 6)], [*down("小计", "因公出国（境）费用", "公务接待费"), span("公务用车购置及运行维护费", 3)], ["小计", "公务用车购置费", "公务用车运行维护费"]], ["total", "overseas_travel", "reception", "vehicles", "vehicle_purchase", "vehicle_operation"], ["final"], first=["本年决算数"])
    coded(acc, "government_fund", "政府性基金预算财政拨款收入支出决算表", "公开08表", [[span("功能分类科目编码", 1, 2), span("功能分类科目名称", 1, 2), *down("年初结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], ["小计", "基本支出", "项目支出"]], FUND, "fund")
    return acc


def chongqing():
    acc = account(43, "chongqing-2019", "渝江区城市管理局", 2019, "2080501:b 2080505:p 2080506:p 2101101:p 2101102:p 2120101:bd 2120104:j 2120501:jn 2210201:p 2120803:f", "元", "83420.55")
    acc.cover("渝江区城市管理局", "2019年度部门决算情况说明")
    whole(acc, "收入支出决算总表", "公开01表", [[span("收入", 2), span("支出", 2)], ["项目", "决算数", "项目", "决算数"]], OLD, used="使用非财政拨款结余")
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("项目", 2), *down("本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")], ["功能分类科目编码", "科目名称"]], REVENUE, "income")
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("项目", 2), *down("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], ["功能分类科目编码", "科目名称"]], EXPENDITURE, "total")
    granted(acc, "财政拨款收入支出决算总表", "公开04表", [[span("收入", 2), span("支出", 4)], [*down("项目", "决算数", "项目"), span("决算数", 3)], ["合计", "一般公共预算财政拨款", "政府性基金预算财政拨款"]], capital=False)
    wide = [("opening_carryover", ""), ("revenue", "general"), ("total", "general"), ("basic", "personnel+public"), ("project", "project"), ("closing_carryover", "")]
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", [[span("项目", 2), *down("年初结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], ["功能分类科目编码", "科目名称", "小计", "基本支出", "项目支出"]], wide, "general")
    economic(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开06表", [[span("项目", 2), *down("合计", "人员经费", "公用经费")], ["经济分类科目编码", "科目名称"]], last=True)
    coded(acc, "government_fund", "政府性基金预算财政拨款收入支出决算表", "公开07表", [[span("项目", 2), *down("年初结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], ["功能分类科目编码", "科目名称", "小计", "基本支出", "项目支出"]], FUND, "fund")
    three_list(acc, "机构运行信息表", "公开08表", [["项目", "预算数", "决算数"]], [("一、“三公”经费支出", None), ("（一）支出合计", "total"), ("1．因公出国（境）费", "overseas_travel"), ("2．公务用车购置及运行维护费", "vehicles"), ("（1）公务用车购置费", "vehicle_purchase"), ("（2）公务用车运行维护费", "vehicle_operation"), ("3．公务接待费", "reception")], ["budget", "final"])
    return acc


def guizhou():
    acc = account(44, "guizhou-2016", "黔岭县扶贫开发办公室", 2016, "2080501:b 2080505:p 2100501:p 2130101:bd 2130104:j 2130108:jn 2130199:j 2210201:p 2120803:f", "元", "1200.75")
    acc.lines = "three"
    acc.cover("黔岭县扶贫开发办公室2016年度部门决算公开")
    whole(acc, "收入支出决算总表", "公开01表", [[span("收入", 3), span("支出", 3)], ["项目", "行次", "决算数", "项目（按功能分类）", "行次", "决算数"]], OLD, used="用事业基金弥补收支差额", numbers=True)
    coded(acc, "revenue", "收入决算表", "公开02表", [["支出功能分类科目编码", "科目名称", "本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"]], REVENUE, "income")
    coded(acc, "expenditure", "支出决算表", "公开03表", [["支出功能分类科目编码", "科目名称", "本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]], EXPENDITURE, "total")
    granted(acc, "财政拨款收入支出决算总表", "公开04表", [[span("收入", 2), span("支出", 4)], ["项目", "决算数", "项目", "合计", "一般公共预算财政拨款", "政府性基金预算财政拨款"]], capital=False)
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", [["支出功能分类科目编码", "科目名称", "本年支出合计", "基本支出", "项目支出"]], GENERAL, "general")
    economic(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开06表", [["支出经济分类科目编码", "科目名称", "基本支出合计", "人员经费", "公用经费"]])
    three_blocks(acc, "一般公共预算财政拨款“三公”经费支出决算表", "公开07表", [[span("2016年度预算数", 6), span("2016年度决算数", 6)], [*down("合计", "因公出国（境）费"), span("公务用车购置及运行费", 3), *down("公务接待费")] * 2, ["小计", "公务用车购置费", "公务用车运行费"] * 2], THREE, ["budget", "final"])
    coded(acc, "government_fund", "政府性基金预算财政拨款收入支出决算表", "公开08表", [[*down("支出功能分类科目编码", "科目名称", "年初结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], ["小计", "基本支出", "项目支出"]], FUND, "fund")
    return acc


def shandong():
    acc = account(45, "shandong-2024", "鲁汶市退役军人事务局", 2024, "2080505:p 2080506:p 2080801:j 2080599:j 2120101:bd 2120104:jn 2120199:p 2101101:p 2101103:p 2210201:p 2296002:f 2239999:c", "万元", "330000")
    acc.cover("2024年度", "鲁汶市退役军人事务局", "部门决算")
    whole(acc, "收入支出决算总表", "公开01表", [[span("收入", 3), span("支出", 3)], ["项目", "行次", "金额", "项目", "行次", "金额"]], NEW, used="使用非财政拨款结余", numbers=True)
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("项目", 2), *down("本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")], ["科目代码", "科目名称"]], REVENUE, "income")
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("项目", 2), *down("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], ["科目代码", "科目名称"]], EXPENDITURE, "total")
    granted(acc, "财政拨款收入支出决算总表", "公开04表", [[span("收入", 3), span("支出", 6)], ["项目", "行次", "金额", "项目", "行次", "合计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"]], numbers=True)
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", [[span("项目", 2), span("本年支出", 3)], ["科目代码", "科目名称", "小计", "基本支出", "项目支出"]], GENERAL, "general")
    economic_panels(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开06表", [[span("人员经费", 3), span("公用经费", 6)], ["经济分类科目编码", "科目名称", "决算数"] * 3], kinds=(("301", "303"), ("302",), ("310",)))
    coded(acc, "government_fund", "政府性基金预算财政拨款收入支出决算表", "公开07表", [[span("项目", 2), *down("年初结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], ["科目代码", "科目名称", "小计", "基本支出", "项目支出"]], FUND, "fund")
    coded(acc, "state_capital", "国有资本经营预算财政拨款支出决算表", "公开08表", [[span("项目", 2), span("本年支出", 3)], ["科目代码", "科目名称", "合计", "基本支出", "项目支出"]], CAPITAL, "capital")
    three_blocks(acc, "财政拨款“三公”经费支出决算表", "公开09表", [[span("预算数", 6), span("决算数", 6)], [*down("合计", "因公出国（境）费"), span("公务用车购置及运行维护费", 3), *down("公务接待费")] * 2, ["小计", "公务用车购置费", "公务用车运行维护费"] * 2], THREE, ["budget", "final"])
    return acc


def fujian():
    acc = account(46, "fujian-2021", "闽岚县供销合作社联合社", 2021, "2080505:p 2080506:p 2101101:p 2200101:bd 2200150:jn 2200199:j 2210201:p 2210203:p 2120804:f", "万元", "45300")
    acc.lines = "none"
    acc.cover("闽岚县供销合作社联合社", "2021年度部门决算")
    whole(acc, "收入支出决算总表", "公开01表", [[span("收入", 2), span("支出", 2)], ["项目", "决算数", "项目", "决算数"]], NEW, used="使用非财政拨款结余")
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("科目编码", 1), "科目名称", "本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"]], REVENUE, "income")
    coded(acc, "expenditure", "支出决算表", "公开03表", [["科目编码", "科目名称", "本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]], EXPENDITURE, "total")
    granted(acc, "财政拨款收入支出决算总表", "公开04表", [[span("收入", 2), span("支出", 4)], ["项目", "决算数", "项目", "合计", "一般公共预算财政拨款", "政府性基金预算财政拨款"]], capital=False)
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", [["科目编码", "科目名称", "小计", "基本支出", "项目支出"]], GENERAL, "general")
    economic(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开06表", [["科目编码", "科目名称", "基本支出", "人员经费", "公用经费"]])
    three_list(acc, "一般公共预算财政拨款“三公”经费支出决算表", "公开07表", [["项目", "年初预算数", "全年预算数", "决算数"]], [("合计", "total"), ("因公出国（境）费", "overseas_travel"), ("公务用车购置及运行费", "vehicles"), ("其中：公务用车购置费", "vehicle_purchase"), ("公务用车运行费", "vehicle_operation"), ("公务接待费", "reception")], ["opening_budget", "adjusted_budget", "final"])
    coded(acc, "government_fund", "政府性基金预算财政拨款收入支出决算表", "公开08表", [["科目编码", "科目名称", "年初结转结余", "本年收入", "支出小计", "基本支出", "项目支出", "年末结转结余"]], FUND, "fund")
    return acc


def corps():
    acc = account(47, "corps-2018", "兵团第十八师水利局", 2018, "2080501:b 2080505:p 2101101:p 2130301:bd 2130304:jn 2130306:j 2130314:j 2210201:p 2120804:f", "万元", "51000")
    acc.cover("兵团第十八师水利局2018年度部门决算公开说明")
    whole(acc, "部门收支总体情况表", "附件1", [[span("收    入", 2), span("支    出", 2)], ["项    目", "金    额", "功 能 分 类", "金    额"]], OLD, used="用事业基金弥补收支差额", opening="上年结转", closing="结转下年", grand=("收入总计", "支出总计"))
    coded(acc, "revenue", "部门收入总体情况表", "附件2", [[span("功能分类科目编码", 3), *down("功能分类科目名称", "总计", "财政拨款（补助）", "上级补助收入", "事业收入", "事业单位经营收入", "附属单位上缴收入", "其他收入")], ["类", "款", "项"]], REVENUE, "income", "parts")
    coded(acc, "expenditure", "部门支出总体情况表", "附件3", [[span("功能分类科目编码", 3), *down("功能分类科目名称", "总计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], ["类", "款", "项"]], EXPENDITURE, "total", "parts")
    granted(acc, "财政拨款收支总体情况表", "附件4", [[span("财政拨款收入", 2), span("财政拨款支出", 4)], ["项    目", "金    额", "功 能 分 类", "合计", "一般公共预算", "政府性基金预算"]], capital=False)
    coded(acc, "general_expenditure", "一般公共预算支出情况表", "附件5", [[span("功能分类科目编码", 3), span("功能分类科目名称", 1, 2), span("一般公共预算支出", 3)], ["类", "款", "项", "小计", "基本支出", "项目支出"]], GENERAL, "general", "parts")
    economic(acc, "general_basic", "一般公共预算基本支出情况表", "附件6", [[span("经济分类科目编码", 2), span("经济分类科目名称", 1, 2), span("一般公共预算基本支出", 3)], ["类", "款", "小计", "人员经费", "公用经费"]], style="parts")
    three_blocks(acc, "“三公”经费决算情况表", "附件7", [[span("“三公”经费合计", 1, 2), span("因公出国（境）费", 1, 2), span("公务用车购置及运行费", 3), span("公务接待费", 1, 2)], ["小计", "公务用车购置费", "公务用车运行费"]], THREE, ["final"])
    coded(acc, "government_fund", "政府性基金预算支出情况表", "附件8", [[span("功能分类科目编码", 3), span("功能分类科目名称", 1, 2), span("政府性基金支出", 3)], ["类", "款", "项", "小计", "基本支出", "项目支出"]], [("total", "fund"), ("basic", ""), ("project", "fund")], "fund", "parts")
    return acc


def ministry():
    acc = account(48, "ministry-2020", "海务局天港分局", 2020, "2080505:p 2080506:p 2200101:bd 2200150:jn 2200199:j 2130399:j 2210201:p 2210203:p", "万元", "712000")
    acc.cover("海务局天港分局", "2020年度部门决算")
    whole(acc, "收入支出决算总表", "公开01表", [[span("收入", 3), span("支出", 3)], ["项目", "行次", "金额", "项目", "行次", "金额"], ["栏次", "", "1", "栏次", "", "2"]], NEW, used="使用非财政拨款结余", numbers=True)
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("项目", 2), *down("本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")], ["支出功能分类科目编码", "科目名称"], ["栏次", "", *"1234567"]], REVENUE, "income")
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("项目", 2), *down("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], ["支出功能分类科目编码", "科目名称"], ["栏次", "", *"123456"]], EXPENDITURE, "total")
    granted(acc, "财政拨款收入支出决算总表", "公开04表", [[span("收入", 3), span("支出", 6)], [*down("项目", "行次", "金额", "项目", "行次"), span("金额", 4)], ["合计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"]], numbers=True)
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", [[span("项目", 2), span("本年支出", 3)], ["支出功能分类科目编码", "科目名称", "小计", "基本支出", "项目支出"]], GENERAL, "general")
    economic_panels(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开06表", [[span("人员经费", 3), span("公用经费", 6)], ["经济分类科目编码", "科目名称", "金额"] * 3], kinds=(("301", "303"), ("302",), ("310",)))
    three_blocks(acc, "一般公共预算财政拨款“三公”经费支出决算表", "公开07表", [[span("2020年预算数", 6), span("2020年决算数", 6)], [*down("合计", "因公出国（境）费"), span("公务用车购置及运行费", 3), *down("公务接待费")] * 2, ["小计", "公务用车购置费", "公务用车运行费"] * 2], THREE, ["budget", "final"])
    return acc


ALL = [jiangsu, shaanxi, chongqing, guizhou, shandong, fujian, corps, ministry]
