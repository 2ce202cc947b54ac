"""Project self-assessment tables (项目支出绩效自评表) as attachments, with their own truth."""
from decimal import ROUND_HALF_UP, Decimal

from .model import Cell, Table, in_yuan, written

PROJECT_COLUMNS = ["project", "project_name", "supervising_department", "implementing_unit", "goal_planned", "goal_achieved", "score_total", "page"]
FUND_COLUMNS = ["project", "fund", "opening_budget", "full_year_budget", "executed", "weight", "execution_rate", "score", "printed_unit"]
INDICATOR_COLUMNS = ["project", "kind", "level1", "level2", "level3", "target", "actual", "weight", "score", "deviation", "reason", "page"]

NAMES = ["业务系统运行维护费", "基层服务能力提升项目", "专项检查工作经费", "设施设备更新项目", "宣传培训工作经费"]
GOALS = [("保证系统全年稳定运行，按时处理故障。", "系统全年运行平稳，故障均在规定时间内排除。"), ("改善基层服务条件，提高群众办事效率。", "完成计划内的改善任务，群众反映良好。"),
         ("按计划完成专项检查，形成报告。", "检查任务全部完成，报告已按时上报。")]
MANAGEMENT = [("安排科学性", "按程序论证后安排资金。"), ("拨付合规性", "按国库集中支付规定付款。"), ("使用规范性", "按批复用途使用，没有挪用。"), ("预算绩效管理情况", "设有绩效目标并开展监控和自评。")]
INDICATORS = [("成本指标", [("经济成本指标", "项目总成本", "cost", 10), ("社会成本指标", None, None, 0), ("生态环境成本指标", None, None, 0)]),
              ("产出指标", [("数量指标", "完成任务数量", "count", 10), ("质量指标", "验收合格率", "percent", 10), ("时效指标", "按时完成时间", "month", 10)]),
              ("效益指标", [("经济效益指标", None, None, 0), ("社会效益指标", "对业务工作的改善程度", "word", 20), ("生态效益指标", None, None, 0)]),
              ("满意度指标", [("服务对象满意度指标", "服务对象满意度", "percent", 10)])]


def two(x):
    return Decimal(x).quantize(Decimal("0.01"), ROUND_HALF_UP)


def build(number, unit_name, department, book, rng):
    """(Table, truth) of one project."""
    leaf = rng.choice([x for x in book.leaves.values() if x.exp["general"]["project"] > 0])
    executed = leaf.exp["general"]["project"] // 3 // 10000 * 10000
    full = executed * rng.choice([100, 100, 104, 118]) // 100 // 10000 * 10000
    opening = rng.choice([full, 0, full * 9 // 10 // 10000 * 10000])
    name = NAMES[(number - 1) % len(NAMES)]
    planned, achieved = GOALS[number % len(GOALS)]
    rate = two(Decimal(executed) * 100 / full)
    score = two(Decimal(10) * executed / full)
    plain = lambda d: format(d.normalize(), "f") if d != d.to_integral() else str(int(d))
    C = lambda text, cs=1, rs=1, align="c": Cell(text, cs, rs, align)
    w = lambda fen: written(fen, "wanyuan")
    rows = [[C("项目名称"), C(name, 9)], [C("主管部门"), C(department, 3), C("实施单位", 2), C(unit_name, 4)],
            [C("项目资金（万元）", 1, 5), C("", 2), C("年初预算数"), C("全年预算数"), C("全年执行数"), C("分值"), C("执行率%"), C("得分", 2)]]
    funds = []
    for label, fund, values in (("年度资金总额（万元）：", "total", (opening, full, executed)), ("政府性预算资金", "budget", (opening, full, executed)), ("财政专户管理资金", "special_account", (0, 0, 0)),
                                ("单位资金", "own", (0, 0, 0))):
        top = fund == "total"
        r = plain(rate) if values[1] else "0"
        rows.append([C(label, 2, align="l"), *[C(w(v)) for v in values], C("10" if top else "-"), C(r), C(plain(score) if top else "-", 2)])
        funds.append([number, fund, *[in_yuan(w(v), "wanyuan") for v in values], "10" if top else "", plain(Decimal(r) / 100), plain(score) if top else "", "wanyuan"])
    indicators = []
    total = score
    rows.append([C("资金管理情况", 1, 5), C("情况说明", 5), C("分值"), C("得分"), C("存在问题和改进措施", 2)])
    for k, (label, text) in enumerate(MANAGEMENT):
        got = 5 if rng.random() < .8 else 4
        problem = "" if got == 5 else "资料归档不够及时，今后改进"
        rows.append([C(label, 2), C(text, 3, align="l"), C("5"), C(str(got)), C(problem, 2, align="l")])
        indicators.append([number, "management", label, "", "", "", text, "5", str(got), "", problem])
        total += got
    rows.append([C("年度总体目标", 1, 2), C("预期目标", 5), C("实际完成情况", 4)])
    rows.append([C(planned, 5, align="l"), C(achieved, 4, align="l")])
    n = sum(len(x) for _, x in INDICATORS)
    rows.append([C("绩效指标", 1, n + 1), C("一级指标"), C("二级指标"), C("三级指标"), C("年度指标值"), C("实际完成值"), C("分值"), C("得分"), C("偏差度%"), C("偏差原因分析及改进措施")])
    for level1, parts in INDICATORS:
        for i, (level2, level3, kind, weight) in enumerate(parts):
            row = [C(level1, 1, len(parts))] if i == 0 else []
            if not level3:
                rows.append(row + [C(level2)] + [C("") for _ in range(7)])
                continue
            reason, got, dev = "", weight, "0.00%"
            if kind == "cost":
                target, actual = f"≤{w(full)}万元", f"{w(executed)}万元"
            elif kind == "count":
                a = rng.randint(4, 40)
                b = a + rng.choice([0, 0, 2, -1])
                target, actual = f"≥{a}项", f"{b}项"
                dev = f"{two(Decimal(b - a) * 100 / a)}%"
                if b < a:
                    got, reason = weight - 1, "一项任务顺延到下年"
            elif kind == "percent":
                target, actual = "≥95%", "95%"
            elif kind == "month":
                target, actual = "≤12个月", "12个月"
            else:
                target, actual = "明显", "明显"
            total += got
            rows.append(row + [C(level2), C(level3, align="l"), C(target), C(actual), C(str(weight)), C(str(got)), C(dev), C(reason, align="l")])
            indicators.append([number, "indicator", level1, level2, level3, target, actual, str(weight), str(got), dev, reason])
    rows.append([C("总分", 6), C("100"), C(plain(two(total))), C("", 2)])
    t = Table("项目支出绩效自评表", [9, 9, 12, 14, 11, 11, 7, 8, 8, 13], 0, rows, top=[("", f"（{book.year}年度）", "")])
    t.font = 8
    truth = {"project": [number, name, department, unit_name, planned, achieved, plain(two(total))], "funds": funds, "indicators": indicators, "table": t}
    return t, truth
