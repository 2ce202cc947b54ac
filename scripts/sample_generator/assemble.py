"""Puts a whole document together: cover, contents, duties, tables, narrative, glossary."""
from random import Random

from .layouts import ORDINALS, Builder
from .model import Doc
from .narrative import Writer

DUTIES = {
    "finance": ["拟订本地区财政收支计划并组织执行。", "管理各项财政收入和专户资金。", "指导会计工作，检查财经纪律。"],
    "office": ["负责机关文电、会务、档案等日常工作。", "督促检查各项工作部署的落实。", "协调办理跨部门事项。"],
    "statistics": ["组织实施各项普查和统计调查。", "整理、发布基本统计资料。", "监督检查统计法规执行情况。"],
    "social": ["统筹推进基层治理和基层政权建设。", "指导志愿服务和社会工作人才队伍建设。", "做好新兴领域党建有关工作。"],
    "justice": ["承担普法宣传和人民调解工作。", "指导公证、法律援助等公共法律服务。", "负责社区矫正管理。"],
    "school": ["实施义务教育阶段的教学。", "组织教师培训和教研活动。", "做好学生资助和安全工作。"],
    "culture": ["组织群众文化活动。", "管理图书馆、博物馆等公共文化设施。", "指导文物保护和群众体育。"],
    "urban": ["负责市容环境卫生的管理。", "承担市政公用设施的养护。", "开展城市管理执法。"],
    "water": ["组织编制水利规划。", "承担水利工程运行与维护的监督。", "组织防汛抗旱。"],
    "agriculture": ["指导种植业和畜牧业生产。", "组织动植物疫病防控。", "推进农业技术推广。"],
    "roads": ["承担公路的养护和管理。", "监督道路运输市场。", "维护公路路产路权。"],
    "emergency": ["组织安全生产监督检查。", "编制应急预案并组织演练。", "开展地质灾害防治。"],
}
TERMS = [("财政拨款收入", "是从同级财政取得的、当年使用的资金。"), ("年初结转和结余", "是以前年度没有用完、转到本年继续使用的资金。"),
         ("基本支出", "是为了保证机构正常运转而发生的人员和日常公用开支。"), ("项目支出", "是为了完成特定任务而在基本支出以外发生的开支。"),
         ("“三公”经费", "是用财政拨款开支的因公出国（境）、公务用车和公务接待三类费用。"), ("机关运行经费", "是行政单位和参公单位使用公共预算资金购买货物和服务的开支。")]


def assemble(name, series, year, unit_name, look, level="department", caliber="consolidated", dialect=0, text_unit=None, order=("overview", "tables", "narrative", "glossary"),
             description="", members=True, trim=False, seed=0, cover=None, short=False, projects=0, gap="", text_thousands=False):
    book = series.years[year]
    rng = Random(f"{name}/{seed}")
    word = "部门决算" if level == "department" else "单位决算"
    doc = Doc(name, unit_name, year, level, caliber, description=description)
    builder = Builder(look, book, unit_name)
    tables = builder.all_tables()
    we = rng.choice(["本部门", "我部门", "我局"] if level == "department" and unit_name.endswith("局") else ["本部门", "我部门"]) if level == "department" else rng.choice(["本单位", "我单位"])
    writer = Writer(book, unit_name, dialect, text_unit or look.unit, rng, we, trim, gap=gap, thousands=text_thousands)
    told = writer.sections(look.three_scope)
    if short:
        told = [(h, p[:3]) for h, p in told]
    part = {"overview": f"{unit_name}概况", "tables": f"{year}年度{word}表", "narrative": f"{year}年度{word}情况说明", "glossary": "名词解释"}
    B = doc.blocks.append
    B(("cover", cover or [f"{year}年度", unit_name, word]))
    toc = []
    for i, key in enumerate(order):
        toc.append(f"第{ORDINALS[i]}部分　{part[key]}")
        if key == "overview":
            toc += ["　　一、主要职责", "　　二、机构设置及决算单位构成"]
        if key == "tables":
            toc += [f"　　{ORDINALS[k]}、{t.title}" for k, t in enumerate(tables)]
        if key == "narrative":
            toc += [f"　　{ORDINALS[k]}、{h}" for k, (h, _) in enumerate(told)]
    if projects:
        toc.append(f"第{ORDINALS[len(order)]}部分　附件")
    B(("page", None))
    B(("h0", "目　　录"))
    B(("toc", toc))
    for i, key in enumerate(order):
        if key in ("overview", "narrative"):
            B(("page", None))
        if key == "tables" and not tables[0].landscape:
            B(("page", None))
        if key == "tables" and tables[0].landscape:
            B(("page", None))
        B(("h0", f"第{ORDINALS[i]}部分　{part[key]}"))
        if key == "overview":
            B(("h1", "一、主要职责"))
            doc.duties = [f"（{ORDINALS[k]}）{d}" for k, d in enumerate(DUTIES[series.profile])]
            for k, d in enumerate(DUTIES[series.profile], 1):
                B(("p", [f"（{ORDINALS[k - 1]}）{d}"]))
            B(("h1", "二、机构设置及决算单位构成"))
            if level == "department" and members:
                units = [f"{unit_name}（本级）", f"{unit_name[:-1]}服务中心"]
                B(("p", [f"纳入{unit_name}{year}年度部门决算编制范围的预算单位共{len(units)}个，包括："]))
                doc.members = units
                for k, u in enumerate(units, 1):
                    B(("p", [f"{k}．{u}"]))
            else:
                B(("p", [f"{unit_name}内设机构{rng.randint(3, 9)}个，{year}年度决算为本级决算，无下属单位。"]))
        elif key == "tables":
            for t in tables:
                B(("table", t))
        elif key == "narrative":
            for k, (h, paras) in enumerate(told):
                B(("h1", f"{ORDINALS[k]}、{h}"))
                for p in paras:
                    B(("p", p))
        else:
            doc.glossary = TERMS
            for k, (t, d) in enumerate(TERMS):
                B(("p", [f"{ORDINALS[k]}、{t}：{d}"]))
    if projects:
        from .projects import build
        B(("page", None))
        B(("h0", f"第{ORDINALS[len(order)]}部分　附件"))
        for k in range(1, projects + 1):
            table, about = build(k, unit_name, unit_name if level == "department" else unit_name[:6] + "人民政府", book, rng)
            doc.projects.append(about)
            B(("table", table))
    return doc
