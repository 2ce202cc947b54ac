"""Eight more layouts, four of them as PDF without vertical lines: Anhui 2019, Hebei 2022, Jilin 2018, Gansu 2021, Ningxia 2014, Hainan 2023,
Tibet 2020, a university of a ministry 2012."""
import random

from .provinces import ZERO, Money, coded, economic, economic_panels, span, three_blocks, three_list, three_values
from .provinces_one import CAPITAL, EXPENDITURE, FUND, GENERAL, REVENUE, account, down
from .provinces_three import NEW, OLD, granted, whole

THREE = ["total", "overseas_travel", "vehicles", "vehicle_purchase", "vehicle_operation", "reception"]
SPLIT = [("total", "general"), ("basic", "personnel+public"), ("basic.personnel", "personnel"), ("basic.public", "public"), ("project", "project")]


def anhui():
    acc = account(31, "anhui-2019", "皖渡市农业局", 2019, "2060702:j 2080501:b 2080505:p 2101101:p 2130101:bd 2130104:jn 2130108:j 2210201:p 2120803:f", "万元", "84000")
    acc.cover("皖渡市农业局2019年部门决算")
    whole(acc, "皖渡市农业局2019年收支决算总表", "表一", [[span("收入", 2), span("支出", 2)], ["收入项目", "本年收入", "功能分类科目", "本年支出"]], OLD, used="使用非财政拨款结余", opening="上年结转和结余", closing="结转下年", grand=("收入总计", "支出总计"))
    coded(acc, "revenue", "2019年收入决算表", "表二", [["科目编码", "科目名称", "收入合计", "财政拨款", "上级补助收入", "事业收入", "经营收入", "附属单位上缴", "其他收入"]], REVENUE, "income")
    coded(acc, "expenditure", "2019年支出决算表", "表三", [["科目编码", "科目名称", "支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助"]], EXPENDITURE, "total")
    granted(acc, "2019年财政拨款收支决算总表", "表四", [[span("收入", 2), span("支出", 4)], [*down("收入项目", "金额", "功能分类科目"), span("金额", 3)], ["小计", "一般公共预算", "政府性基金预算"]], capital=False)
    coded(acc, "general_expenditure", "2019年一般公共预算支出决算表", "表五", [[span("科目", 2), span("2019年支出决算", 5)], [*down("编码", "名称", "合计"), span("基本支出", 3), *down("项目支出")], ["小计", "人员支出", "日常公用支出"]], SPLIT, "general")
    economic(acc, "general_basic", "2019年一般公共预算基本支出决算表", "表六", [[span("支出经济分类", 2), span("一般公共预算基本支出", 3)], ["编码", "名称", "合计", "人员支出", "日常公用支出"]], last=True)
    three_list(acc, "2019年一般公共预算“三公”经费决算表", "表七", [["项目", "年初预算", "调整预算", "决算支出"]], [("“三公”经费合计", "total"), ("一、因公出国（境）费用", "overseas_travel"), ("二、公务接待费用", "reception"), ("三、公务用车购置及运行费用", "vehicles"), ("（一）公务用车购置费用", "vehicle_purchase"), ("（二）公务用车运行费用", "vehicle_operation")], ["opening_budget", "adjusted_budget", "final"])
    coded(acc, "government_fund", "2019年政府性基金预算支出决算表", "表八", [[span("科目", 2), span("2019年政府性基金支出", 3)], ["编码", "名称", "合计", "基本支出", "项目支出"]], [("total", "fund"), ("basic", ""), ("project", "fund")], "fund")
    return acc


def hebei():
    acc = account(32, "hebei-2022", "冀川县住房和城乡建设局", 2022, "2080505:p 2080506:p 2101101:p 2120101:bd 2120104:p 2120199:jn 2120399:j 2120803:f 2120804:f 2210201:p 2230105:c", "万元", "336000")
    acc.cover("冀川县住房和城乡建设局", "2022年度部门决算公开")
    whole(acc, "收入支出决算总表", "公开01表", [[span("收入", 3), span("支出", 3)], ["项目", "行次", "金额", "项目", "行次", "金额"], ["栏次", "", "1", "栏次", "", "2"]], NEW, numbers=True)
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("项目", 4), *[span(t, 1, 3) for t in ("本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")]], [span("功能分类科目编码", 3), span("科目名称", 1, 2)], ["类", "款", "项"]], REVENUE, "income", "parts")
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("项目", 4), *[span(t, 1, 3) for t in ("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")]], [span("功能分类科目编码", 3), span("科目名称", 1, 2)], ["类", "款", "项"]], EXPENDITURE, "total", "parts")
    granted(acc, "财政拨款收入支出决算总表", "公开04表", [[span("收入", 3), span("支出", 6)], ["项目", "行次", "决算数", "项目", "行次", "合计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"]], numbers=True)
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", [[span("科目代码", 1, 2), span("科目名称", 1, 2), span("决算数", 3)], ["合计", "基本支出", "项目支出"]], GENERAL, "general")
    economic_panels(acc, "general_basic", "一般公共预算财政拨款基本支出决算明细表", "公开06表", [[span("人员经费", 3), span("公用经费", 3)], ["经济分类科目编码", "科目名称", "决算数"] * 2])
    three_list(acc, "财政拨款“三公”经费支出决算表", "公开07表", [["“三公”经费", "本年预算数", "本年支出数"]], [("合计", "total"), ("1.因公出国（境）费", "overseas_travel"), ("2.公务用车购置及运行维护费", "vehicles"), ("其中：公务用车购置费", "vehicle_purchase"), ("公务用车运行维护费", "vehicle_operation"), ("3.公务接待费", "reception")], ["budget", "final"])
    coded(acc, "government_fund", "政府性基金预算财政拨款收入支出决算表", "公开08表", [[span("项目", 2), *down("年初结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], ["功能分类科目编码", "科目名称", "小计", "基本支出", "项目支出"]], FUND, "fund")
    coded(acc, "state_capital", "国有资本经营预算财政拨款支出决算表", "公开09表", [["功能分类科目编码", "科目名称", "本年支出合计", "基本支出", "项目支出"]], CAPITAL, "capital")
    return acc


def jilin():
    acc = account(33, "jilin-2018", "吉原市水利局", 2018, "2080501:b 2080505:p 2100501:p 2130301:bd 2130304:jn 2130306:j 2130314:j 2210201:p 2120804:f", "元", "67001.2")
    acc.lines = "three"
    acc.cover("吉原市水利局", "2018年度部门决算")
    whole(acc, "2018年度收入支出决算总表", "附表1", [[span("收        入", 2), span("支        出", 2)], ["项    目", "2018年决算数", "项    目（按功能分类）", "2018年决算数"]], OLD, used="用事业基金弥补收支差额")
    coded(acc, "revenue", "2018年度收入决算表", "附表2", [[span("预算科目", 2), span("2018年收入", 7)], ["科目编码", "科目名称", "合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"]], REVENUE, "income")
    coded(acc, "expenditure", "2018年度支出决算表", "附表3", [[span("预算科目", 2), span("2018年支出", 6)], ["科目编码", "科目名称", "合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]], EXPENDITURE, "total")
    granted(acc, "2018年度财政拨款收入支出决算总表", "附表4", [[span("收        入", 2), span("支        出", 4)], ["项    目", "2018年决算数", "项    目", "合计", "一般公共预算财政拨款", "政府性基金预算财政拨款"]], capital=False)
    coded(acc, "general_expenditure", "2018年度一般公共预算财政拨款支出决算表", "附表5", [[span("预算科目", 2), span("2018年支出", 3)], ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]], GENERAL, "general", last=True)
    economic_panels(acc, "general_basic", "2018年度一般公共预算财政拨款基本支出决算表", "附表6", [[span("人员经费", 3), span("公用经费", 3)], ["科目编码", "科目名称", "2018年决算数"] * 2], whole=True)
    three_blocks(acc, "2018年度财政拨款“三公”经费支出决算表", "附表7", [[span("2018年度预算数", 6), span("2018年度决算数", 6)], [*down("合计", "因公出国（境）费用"), span("公务用车购置和运行维护费", 3), *down("公务接待费")] * 2, ["小计", "公务用车购置", "公务用车运行维护"] * 2], THREE, ["budget", "final"])
    coded(acc, "government_fund", "2018年度政府性基金预算财政拨款收入支出决算表", "附表8", [[span("预算科目", 2), *down("年初结转结余", "本年收入"), span("本年支出", 3), *down("年末结转结余")], ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]], FUND, "fund")
    return acc


def gansu():
    acc = account(34, "gansu-2021", "陇泉县文化馆", 2021, "2070109:bnid 2070199:j 2080502:p 2080505:p 2080506:p 2101102:p 2210201:p 2120803:f", "万元", "45500")
    acc.cover("陇泉县文化馆", "2021年度单位决算公开报告")
    whole(acc, "收入支出决算总表", "公开01表", [[span("收入", 2), span("支出", 2)], ["项目", "决算数（万元）", "项目", "决算数（万元）"]], NEW, used="使用非财政拨款结余")
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("支出功能科目", 4), span("收入", 7)], ["类", "款", "项", "名称", "总计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"]], REVENUE, "income", "parts")
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("支出功能科目", 4), span("支出", 6)], ["类", "款", "项", "名称", "总计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]], EXPENDITURE, "total", "parts")
    granted(acc, "财政拨款收入支出决算总表", "公开04表", [[span("收入", 2), span("支出", 5)], ["项目", "决算数", "项目", "总计", "一般公共预算财政拨款支出", "政府性基金预算财政拨款支出", "国有资本经营预算财政拨款支出"]])
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", [[span("支出功能科目", 4), span("一般公共预算财政拨款支出", 3)], ["类", "款", "项", "名称", "总计", "基本支出", "项目支出"]], GENERAL, "general", "parts")
    economic(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开06表", [[span("支出经济科目", 3), span("基本支出", 3)], ["类", "款", "名称", "总计", "人员经费", "公用经费"]], style="parts")
    three_blocks(acc, "一般公共预算财政拨款“三公”经费支出决算表", "公开07表", [[span("“三公”经费合计", 2), span("因公出国（境）费", 2), span("公务用车购置费", 2), span("公务用车运行维护费", 2), span("公务接待费", 2)], ["预算数", "决算数"] * 5], ["total", "overseas_travel", "vehicle_purchase", "vehicle_operation", "reception"], ["budget", "final"], interleaved=True)
    coded(acc, "government_fund", "政府性基金预算财政拨款收入支出决算表", "公开08表", [[span("支出功能科目", 4), *down("上年结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], ["类", "款", "项", "名称", "总计", "基本支出", "项目支出"]], FUND, "fund", "parts")
    return acc


def ningxia():
    acc = account(35, "ningxia-2014", "宁渠县审计局", 2014, "2010601:bd 2010602:jn 2010650:j 2080501:b 2100501:p 2210201:p 2120804:f", "万元", "128000")
    acc.cover("宁渠县审计局2014年度部门决算")
    whole(acc, "收入支出决算总表", "决算公开01表", [[span("收入", 3), span("支出", 3)], ["项目", "行次", "金额", "项目（按功能分类）", "行次", "金额"]], OLD, used="用事业基金弥补收支差额", numbers=True)
    coded(acc, "revenue", "收入决算表", "决算公开02表", [[span("科目编码", 3), *down("科目名称", "本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")], ["类", "款", "项"]], REVENUE, "income", "split")
    coded(acc, "expenditure", "支出决算表", "决算公开03表", [[span("科目编码", 3), *down("科目名称", "本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], ["类", "款", "项"]], EXPENDITURE, "total", "split")
    granted(acc, "财政拨款收入支出决算总表", "决算公开04表", [[span("收入", 2), span("支出", 4)], [*down("项目", "金额", "项目（按功能分类）"), span("金额", 3)], ["合计", "公共预算财政拨款", "政府性基金预算财政拨款"]], capital=False, general="一、公共预算财政拨款")
    coded(acc, "general_expenditure", "公共预算财政拨款支出决算表", "决算公开05表", [[span("科目编码", 3), *down("科目名称", "本年支出合计", "基本支出", "项目支出")], ["类", "款", "项"]], GENERAL, "general", "split")
    economic(acc, "general_basic", "公共预算财政拨款基本支出决算表", "决算公开06表", [["经济分类科目编码", "科目名称", "基本支出合计", "人员经费", "公用经费"]])
    three_blocks(acc, "公共预算财政拨款“三公”经费支出决算表", "决算公开07表", [[span("2014年度预算数", 6), span("2014年度决算数", 6)], [*down("合计", "因公出国（境）费"), span("公务用车购置及运行费", 3), *down("公务接待费")] * 2, ["小计", "购置费", "运行费"] * 2], THREE, ["budget", "final"])
    coded(acc, "government_fund", "政府性基金预算财政拨款支出决算表", "决算公开08表", [[span("科目编码", 3), *down("科目名称", "本年支出合计", "基本支出", "项目支出")], ["类", "款", "项"]], [("total", "fund"), ("basic", ""), ("project", "fund")], "fund", "split")
    return acc


def hainan():
    acc = account(36, "hainan-2023", "琼湾市旅游和文化广电体育局", 2023, "2070101:bd 2070109:j 2070199:jn 2070308:j 2080505:p 2080506:p 2101101:p 2101103:p 2210201:p 2210203:p 2120803:f", "万元", "73000")
    acc.lines = "three"
    acc.cover("2023年度", "琼湾市旅游和文化广电体育局", "部门决算")
    whole(acc, "收入支出决算总表", "公开01表", [[span("收入", 2), span("支出", 2)], ["项目", "决算数", "项目（按功能分类）", "决算数"]], NEW, used="使用非财政拨款结余和专用结余", grand=("收入总计", "支出总计"))
    coded(acc, "revenue", "收入决算表", "公开02表", [[span("功能分类科目", 2), *down("收入总计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")], ["编码", "名称"]], REVENUE, "income")
    coded(acc, "expenditure", "支出决算表", "公开03表", [[span("功能分类科目", 2), *down("支出总计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")], ["编码", "名称"]], EXPENDITURE, "total")
    granted(acc, "财政拨款收入支出决算总表", "公开04表", [[span("收入", 2), span("支出", 5)], [*down("项目", "决算数", "项目（按功能分类）"), span("决算数", 4)], ["小计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"]])
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", [[span("功能分类科目", 2), span("本年支出", 5)], [*down("编码", "名称", "小计"), span("基本支出", 3), *down("项目支出")], ["合计", "人员经费", "公用经费"]], SPLIT, "general")
    economic(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "公开06表", [[span("经济分类科目", 2), span("本年基本支出", 3)], ["编码", "名称", "合计", "人员经费", "公用经费"]])
    rng, rows = random.Random(36), []
    before, given, spent = three_values(rng), three_values(rng), three_values(rng)
    for label, item in [("合计", "total"), ("因公出国（境）费", "overseas_travel"), ("公务用车购置及运行维护费", "vehicles"), ("其中：公务用车购置费", "vehicle_purchase"), ("公务用车运行维护费", "vehicle_operation"), ("公务接待费", "reception")]:
        cell = lambda value, measure: Money(value[item], "three_public", "", item, measure)
        rows.append([label, cell(before, "prior_final"), cell(given, "budget"), cell(spent, "final"), f"{(spent[item] / before[item] - 1) * 100:.2f}%", ""])
    acc.table("财政拨款“三公”经费支出决算表", "公开07表", [["项目", "上年决算数", "本年预算数", "本年决算数", "比上年增减（%）", "备注"]], rows)
    coded(acc, "government_fund", "政府性基金预算财政拨款收入支出决算表", "公开08表", [[span("功能分类科目", 2), *down("年初结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], ["编码", "名称", "小计", "基本支出", "项目支出"]], FUND, "fund")
    return acc


def tibet():
    acc = account(37, "xizang-2020", "藏源县农业农村局", 2020, "2080505:p 2101101:p 2130101:bd 2130104:j 2130108:jn 2130199:j 2210201:p 2296002:f", "元", "152000.5")
    acc.lines = "none"
    acc.cover("藏源县农业农村局", "2020年度部门决算公开")
    whole(acc, "收入支出决算总表", "01表", [[span("收入", 3), span("支出", 3)], ["项目", "序号", "金额（元）", "项目", "序号", "金额（元）"]], NEW, numbers=True, right="")
    coded(acc, "revenue", "收入决算表", "02表", [["科目编码及名称", "本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"]], REVENUE, "income", "joined")
    coded(acc, "expenditure", "支出决算表", "03表", [["科目编码及名称", "本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]], EXPENDITURE, "total", "joined")
    granted(acc, "财政拨款收入支出决算总表", "04表", [[span("收入", 2), span("支出", 5)], ["项目", "金额", "项目", "金额合计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"]])
    coded(acc, "general_expenditure", "一般公共预算财政拨款支出决算表", "05表", [[span("科目编码及名称", 1, 2), *down("本年支出合计"), span("其中", 2)], ["基本支出", "项目支出"]], GENERAL, "general", "joined")
    economic(acc, "general_basic", "一般公共预算财政拨款基本支出决算表", "06表", [["经济科目编码及名称", "基本支出合计", "人员经费", "公用经费"]], style="joined")
    three_list(acc, "“三公”经费支出决算表", "07表", [["序号", "项目", "预算数", "决算数", "增减额"]][:0] + [["项目", "序号", "预算数", "决算数"]], [("“三公”经费合计", "total"), ("因公出国（境）费", "overseas_travel"), ("公务接待费", "reception"), ("公务用车购置及运行维护费", "vehicles"), ("其中：公务用车运行维护费", "vehicle_operation"), ("公务用车购置费", "vehicle_purchase")], ["budget", "final"], numbers=True)
    coded(acc, "government_fund", "政府性基金预算财政拨款收入支出决算表", "08表", [[span("科目编码及名称", 1, 2), *down("年初结转和结余", "本年收入"), span("本年支出", 3), *down("年末结转和结余")], ["合计", "基本支出", "项目支出"]], FUND, "fund", "joined")
    return acc


def university():
    acc = account(38, "ministry-2012", "华东理学大学", 2012, "2050202:bnid 2050299:j 2060702:j 2210201:p 2210203:p", "万元", "940000")
    acc.lines = "none"
    acc.cover("华东理学大学2012年度部门决算")
    whole(acc, "收支决算总表", "表1", [[span("收入", 2), span("支出", 2)], ["项目", "决算数", "项目", "决算数"]], [("一、财政拨款收入", "appropriation", "granted"), ("二、上级补助收入", "superior_subsidy", ""), ("三、事业收入", "institutional_revenue", "institutional"), ("四、经营收入", "operating_revenue", ""), ("五、附属单位缴款", "affiliated_remittance", ""), ("六、其他收入", "other_revenue", "other_income")], used="用事业基金弥补收支差额", opening="上年结转和结余", closing="结转下年")
    coded(acc, "revenue", "收入决算表", "表2", [["科目编码", "科目名称", "合计", "财政拨款", "上级补助收入", "事业收入", "经营收入", "附属单位缴款", "其他收入"]], REVENUE, "income")
    coded(acc, "expenditure", "支出决算表", "表3", [["科目编码", "科目名称", "合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]], EXPENDITURE, "total")
    coded(acc, "appropriation_expenditure", "财政拨款支出决算表", "表4", [[*down("科目编码", "科目名称", "合计", "基本支出"), span("项目支出", 2)], ["小计", "其中：基本建设资金支出"]], [("total", "appropriation"), ("basic", "personnel+public"), ("project", "project+fund+capital"), ("project.capital_construction", "")], "appropriation", last=True)
    return acc


ALL = [anhui, hebei, jilin, gansu, ningxia, hainan, tibet, university]
