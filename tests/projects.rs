//! 项目自评表: every project, fund line and indicator of the samples equals its truth; damaged rows are read as far as they go and said.

use crate::support::{corpus, extract, files, root};
use juesuan::record::{Extract, FindingOutcome, Project};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::path::Path;

/// Name of the table → its rows, as printed.
type Tables = BTreeMap<&'static str, Vec<Vec<String>>>;

const NAMES: [&str; 3] = ["projects", "project_funds", "indicators"];

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn plain(d: Option<Decimal>) -> String {
    d.map(|d| d.normalize().to_string()).unwrap_or_default()
}

/// A number as a number, so that 9.50 is 9.5.
fn number(text: &str) -> String {
    text.parse::<Decimal>().map_or(text.to_string(), |d| plain(Some(d)))
}

fn truth(stem: &Path) -> Tables {
    let mut out = Tables::new();
    for name in NAMES {
        let path = format!("{}.{name}.csv", stem.display());
        let mut reader = csv::Reader::from_path(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_string).collect();
        let numeric = |h: &str| {
            [
                "weight",
                "score",
                "score_total",
                "weight_total",
                "execution_rate",
                "opening_budget",
            ]
            .contains(&h)
                || ["full_year_budget", "adjusted_budget", "executed"].contains(&h)
        };
        let rows = reader
            .records()
            .map(|r| {
                let r = r.unwrap();
                let cells = r.iter().zip(&head);
                cells
                    .map(|(c, h)| if numeric(h) { number(c) } else { bare(c) })
                    .collect()
            })
            .collect();
        out.insert(name, rows);
    }
    out
}

fn read(projects: &[Project]) -> Tables {
    let text = |t: &Option<String>| bare(t.as_deref().unwrap_or_default());
    let mut out: Tables = NAMES.iter().map(|n| (*n, Vec::new())).collect();
    for p in projects {
        let n = p.ordinal.to_string();
        out.entry("projects").or_default().push(vec![
            n.clone(),
            bare(&p.project_name),
            text(&p.supervising_department),
            text(&p.implementing_unit),
            text(&p.goal_planned),
            text(&p.goal_achieved),
            plain(p.score_total),
            p.page.to_string(),
        ]);
        for f in &p.funds {
            out.entry("project_funds").or_default().push(vec![
                n.clone(),
                f.fund.clone(),
                plain(f.opening_budget),
                plain(f.full_year_budget),
                plain(f.executed),
                plain(f.weight),
                plain(f.execution_rate),
                plain(f.score),
                f.printed_unit.clone(),
            ]);
        }
        for i in &p.indicators {
            out.entry("indicators").or_default().push(vec![
                n.clone(),
                i.kind.clone(),
                text(&i.level1),
                text(&i.level2),
                text(&i.level3),
                text(&i.target),
                text(&i.actual),
                plain(i.weight),
                plain(i.score),
                text(&i.deviation),
                text(&i.reason),
                i.place.page.to_string(),
            ]);
        }
    }
    out
}

/// How many rows were compared.
fn compare(name: &str, want: &Tables, e: &Extract) -> usize {
    let have = read(&e.projects);
    for table in NAMES {
        for (n, (w, h)) in want[table].iter().zip(&have[table]).enumerate() {
            assert_eq!(w, h, "{name}: row {} of {table}", n + 1);
        }
        assert_eq!(want[table].len(), have[table].len(), "{name}: rows of {table}");
    }
    want.values().map(Vec::len).sum()
}

#[test]
fn every_project_of_the_samples_equals_its_truth() {
    let mut rows = 0;
    let mut documents = 0;
    for path in files(&root().join("samples"), ".pdf") {
        let name = path.file_stem().unwrap().to_string_lossy().to_string();
        let e = extract(&path);
        let stem = path.with_extension("");
        if !path.with_extension("projects.csv").exists() {
            assert!(e.projects.is_empty(), "{name}: {} projects", e.projects.len());
            continue;
        }
        documents += 1;
        rows += compare(&name, &truth(&stem), &e);
        let doubts: Vec<_> = e
            .diagnostics
            .iter()
            .filter(|d| d.code.as_str().starts_with("project-"))
            .collect();
        assert!(doubts.is_empty(), "{name}: {doubts:?}");
    }
    assert_eq!((documents, rows), (3, 90));
}

/// The real account, where it is present, against figures and names typed by hand: every cell equal, none extra. Two forms of its
/// five lost or gained cells; what was read by its contents is said.
#[test]
fn the_five_projects_of_a_real_account_equal_their_truth() {
    let Some(corpus) = corpus() else { return };
    let e = extract(&corpus.join("documents/final-accounts/henan-jiaozuo-egov-2022.txt"));
    let truth = std::fs::read_to_string(root().join("tests/truth/jiaozuo-2022.projects.tsv")).unwrap();
    let want: Vec<&str> = truth.lines().filter(|l| !l.starts_with('#')).collect();
    let mut have: Vec<String> = Vec::new();
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let wanyuan = |d: Option<Decimal>| plain(d.map(|d| d / Decimal::from(10_000)));
    for p in &e.projects {
        have.push(
            [
                "project".into(),
                p.project_name.clone(),
                text(&p.supervising_department),
                text(&p.implementing_unit),
            ]
            .into_iter()
            .chain([plain(p.weight_total), plain(p.score_total)])
            .collect::<Vec<_>>()
            .join("\t"),
        );
        assert!(
            p.goal_planned.is_some() && p.goal_achieved.is_some(),
            "{}",
            p.project_name
        );
        for f in &p.funds {
            assert_eq!(f.printed_unit, "wanyuan");
            let amounts = [f.opening_budget, f.full_year_budget, f.executed]
                .map(wanyuan)
                .join("\t");
            let points = [f.weight, f.execution_rate, f.score].map(plain).join("\t");
            have.push(format!("fund\t{}\t{amounts}\t{points}", f.fund));
        }
        for i in &p.indicators {
            let points = [i.weight, i.score].map(plain).join("\t");
            if i.kind == "management" {
                assert!(i.actual.is_some());
                have.push(format!("management\t{}\t{points}", text(&i.level1)));
                continue;
            }
            let words = [&i.level1, &i.level2, &i.level3, &i.target, &i.actual]
                .map(text)
                .join("\t");
            have.push(format!("indicator\t{words}\t{points}\t{}", text(&i.deviation)));
        }
    }
    for (w, h) in want.iter().zip(&have) {
        assert_eq!(w, h);
    }
    assert_eq!((want.len(), e.projects.len()), (have.len(), 5));
    // Its narrative counts ten projects, twice, and says that the tables of some are attached: information.
    let attached: Vec<_> = e
        .findings
        .iter()
        .filter(|f| f.rule == "text.projects-attached")
        .collect();
    assert_eq!(attached.len(), 2);
    for f in attached {
        assert_eq!((f.left, f.right), (Some(5.into()), Some(10.into())));
        assert_eq!(f.outcome, FindingOutcome::NotEvaluated);
        assert_eq!(f.why.as_deref(), Some("information: the two need not be equal"));
    }
    let damaged = e.diagnostics.iter().filter(|d| d.code == "project-row-damaged").count();
    let shifted = e.diagnostics.iter().filter(|d| d.code == "project-row-shifted").count();
    assert_eq!(damaged, 0);
    assert!(shifted > 0);
}

/// Text as a file holds it, through all stages.
fn of_text(text: &str) -> Extract {
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("account.txt");
    std::fs::write(&path, text).unwrap();
    extract(&path)
}

const COVER: &str = "云泽省澜溪县图书馆\n2023年度单位决算\n\n";

/// The form of Sichuan: a code before the name, three cells for a target, a budget that is another base than 全年预算.
#[test]
fn the_form_of_sichuan_is_read() {
    let e = of_text(&format!(
        "{COVER}部门预算项目支出绩效自评表（2023年度）\n\n\
         项目名称\t51000023T000000000001-阅览室改造\t\t\t\t\t\t\t\t\t\n\
         主管部门\t云泽省澜溪县文化局\t\t\t\t实施单位（盖章）\t云泽省澜溪县图书馆\t\t\t\t\n\
         项目基本情况\t1.项目年度目标完成情况\t项目年度目标\t\t\t\t\t年度目标完成情况\t\t\t\n\
         \t\t完成阅览室改造\t\t\t\t\t已经完成\t\t\t\n\
         \t2.项目实施内容及过程概述\t按计划施工\t\t\t\t\t\t\t\t\n\
         预算执行情况（10分）\t年度预算数（万元）\t年初预算\t\t调整后预算数\t预算执行数\t预算执行率\t权重\t得分\t原因\t\n\
         \t总额\t20.00\t\t16.00\t12.00\t75.00%\t10\t7.5\t\t\n\
         \t其中：财政资金\t20.00\t\t16.00\t12.00\t75.00%\t/\t/\t\t\n\
         \t单位资金\t0.00\t\t0.00\t0.00\t0.00%\t/\t/\t\t\n\
         \t其他资金\t\t\t\t\t\t/\t/\t\t\n\
         绩效指标（90分）\t一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t完成值\t权重\t得分\t未完成原因分析\n\
         \t产出指标\t数量指标\t改造面积\t≥\t300\t平方米\t320\t50\t50\t\n\
         \t效益指标\t社会效益指标\t读者增加\t≥\t10\t%\t8\t40\t32\t施工延误\n\
         合计\t\t\t\t\t\t\t\t100\t89.5\t\n\
         评价结论\t完成较好\t\t\t\t\t\t\t\t\t\n"
    ));
    assert_eq!(e.projects.len(), 1, "{:?}", e.diagnostics);
    let p = &e.projects[0];
    assert_eq!(p.project_name, "51000023T000000000001-阅览室改造");
    assert_eq!(p.implementing_unit.as_deref(), Some("云泽省澜溪县图书馆"));
    assert_eq!(p.goal_planned.as_deref(), Some("完成阅览室改造"));
    assert_eq!(p.goal_achieved.as_deref(), Some("已经完成"));
    assert_eq!(
        (plain(p.weight_total), plain(p.score_total)),
        ("100".into(), "89.5".into())
    );
    let funds: Vec<String> = p
        .funds
        .iter()
        .map(|f| {
            let amounts = [f.opening_budget, f.adjusted_budget, f.executed].map(plain).join(" ");
            format!("{} {amounts} {}", f.fund, plain(f.execution_rate))
        })
        .collect();
    assert_eq!(
        funds,
        [
            "total 200000 160000 120000 0.75",
            "budget 200000 160000 120000 0.75",
            "own 0 0 0 0",
            "other    "
        ]
    );
    assert!(p.funds.iter().all(|f| f.full_year_budget.is_none()));
    let targets: Vec<_> = p.indicators.iter().map(|i| i.target.clone().unwrap()).collect();
    assert_eq!(targets, ["≥300平方米", "≥10%"]);
    assert_eq!(p.indicators[1].actual.as_deref(), Some("8"));
    assert_eq!(p.indicators[1].reason.as_deref(), Some("施工延误"));
}

/// A row from which a number is lost is read as far as it goes, never put into the wrong column.
#[test]
fn a_damaged_row_is_said() {
    let form = |row: &str| {
        format!(
            "{COVER}项目支出绩效自评表\n\n\
             项目名称\t书库维修\t\t\t\t\t\t\t\t\n\
             主管部门\t云泽省澜溪县文化局\t\t实施单位\t云泽省澜溪县图书馆\t\t\t\t\t\n\
             绩效指标\t一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\t偏差度%\t偏差原因分析及改进措施\n\
             {row}\n\
             总分\t\t\t\t\t\t100\t90\t\t\n"
        )
    };
    let whole = of_text(&form("\t产出指标\t数量指标\t维修书架\t≥20个\t21个\t90\t90\t0.00%\t"));
    assert!(
        whole
            .diagnostics
            .iter()
            .all(|d| !d.code.as_str().starts_with("project-row"))
    );
    let shifted = of_text(&form("产出指标\t数量指标\t维修书架\t≥20个\t21个\t90\t90\t0.00%\t\t"));
    assert_eq!(plain(shifted.projects[0].indicators[0].score), "90");
    assert!(shifted.diagnostics.iter().any(|d| d.code == "project-row-shifted"));
    // Which of target, actual and weight is lost, nothing says.
    let lost = of_text(&form("产出指标\t数量指标\t维修书架\t20\t90\t90\t0.00%\t\t\t"));
    let i = lost.projects[0].indicators.first();
    assert!(i.is_none_or(|i| i.weight.is_none() && i.score.is_none()), "{i:?}");
    assert!(lost.diagnostics.iter().any(|d| d.code == "project-row-damaged"));
}

/// What does not add up within a 项目自评表 fails; what does, holds; and a dataset written gives the same findings again.
#[test]
fn identities_of_projects_are_evaluated() {
    use juesuan::record::FindingOutcome::{Fails, Holds, Rounding};
    let form = |rate: &str, score: &str| {
        format!(
            "{COVER}项目支出绩效自评表\n\n\
             项目名称\t书库维修\t\t\t\t\t\t\t\t\n\
             项目资金（万元）\t\t年初预算数\t全年预算数\t全年执行数\t分值\t执行率%\t得分\t\t\n\
             \t年度资金总额\t30.00\t40.00\t30.10\t10\t{rate}\t7.53\t\t\n\
             \t政府性预算资金\t30.00\t40.00\t30.10\t-\t{rate}\t-\t\t\n\
             \t单位资金\t0.00\t0.00\t0.00\t-\t0\t-\t\t\n\
             绩效指标\t一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\t偏差度%\t偏差原因分析及改进措施\n\
             \t产出指标\t数量指标\t维修书架\t≥20个\t21个\t90\t90\t0.00%\t\n\
             总分\t\t\t\t\t\t100\t{score}\t\t\n"
        )
    };
    let outcome = |text: &str, rule: &str| -> Vec<_> {
        let e = of_text(text);
        e.findings
            .iter()
            .filter(|f| f.rule == rule)
            .map(|f| f.outcome)
            .collect()
    };
    let right = form("75.25", "97.53");
    assert_eq!(outcome(&right, "project.weights"), [Holds]);
    assert_eq!(outcome(&right, "project.score"), [Holds]);
    assert_eq!(outcome(&right, "project.execution-rate"), [Holds, Holds]);
    assert_eq!(outcome(&right, "project.funds"), [Holds, Holds, Holds]);
    assert_eq!(
        outcome(&form("75.3", "97.53"), "project.execution-rate"),
        [Rounding, Rounding]
    );
    assert_eq!(
        outcome(&form("85.25", "97.53"), "project.execution-rate"),
        [Fails, Fails]
    );
    assert_eq!(outcome(&form("75.25", "99.53"), "project.score"), [Fails]);
    let wrong = of_text(&form("75.25", "99.53"));
    assert_eq!(wrong.document.findings_failed, 1);
    let said = wrong.findings.iter().find(|f| f.outcome == Fails).unwrap();
    assert_eq!(
        said.message,
        "云泽省澜溪县图书馆2023年度决算：项目自评表“书库维修”：总分的得分为99.53，而各项得分之和为97.53，相差2。"
    );
    let rate = of_text(&form("85.25", "97.53"));
    let said = rate.findings.iter().find(|f| f.outcome == Fails).unwrap();
    assert_eq!(
        said.message,
        "云泽省澜溪县图书馆2023年度决算：项目自评表“书库维修”：年度资金总额执行率为85.25%，而执行数 30.1万元÷全年预算数 40万元得75.25%，相差10个百分点。"
    );

    let tmp = tempfile::tempdir().unwrap();
    std::fs::write(tmp.path().join("a.txt"), form("75.25", "99.53")).unwrap();
    let run = |args: &[&str]| {
        let o = std::process::Command::new(env!("CARGO_BIN_EXE_juesuan"))
            .current_dir(tmp.path())
            .args(args)
            .output()
            .unwrap();
        String::from_utf8_lossy(&o.stdout).to_string()
    };
    run(&["extract", "-q", "a.txt", "--out", "out"]);
    run(&["check", "out", "--out", "again"]);
    let findings = |dir: &str| std::fs::read_to_string(tmp.path().join(dir).join("findings.csv")).unwrap();
    assert!(findings("out").contains("project.score"));
    assert_eq!(findings("out"), findings("again"));
}

/// A form may have two lines of one kind of money: their rows have different keys.
#[test]
fn each_fund_line_has_a_key_of_its_own() {
    let text = format!(
        "{COVER}项目支出绩效自评表\n\n公开14表\n\n\
         项目名称\t书库维修\t\t\t\t\t\t\t\t\n\
         项目资金（万元）\t\t年初预算数\t全年预算数\t全年执行数\t分值\t执行率%\t得分\t\t\n\
         \t年度资金总额\t30.00\t40.00\t30.10\t10\t75.25\t7.53\t\t\n\
         \t其他资金\t20.00\t30.00\t20.10\t-\t67.00\t-\t\t\n\
         \t其他资金\t10.00\t10.00\t10.00\t-\t100.00\t-\t\t\n\
         绩效指标\t一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\t偏差度%\t偏差原因分析及改进措施\n\
         \t产出指标\t数量指标\t维修书架\t≥20个\t21个\t90\t90\t0.00%\t\n\
         总分\t\t\t\t\t\t100\t97.53\t\t\n"
    );
    let e = of_text(&text);
    let table = juesuan::write::schema::TABLES
        .iter()
        .find(|t| t.name == "project_funds")
        .unwrap();
    let at: Vec<usize> = table
        .key
        .iter()
        .map(|k| table.columns.iter().position(|c| c.name == *k).unwrap())
        .collect();
    let rows = juesuan::write::schema::rows(table.name, &e);
    let keys: std::collections::BTreeSet<String> = rows
        .iter()
        .map(|r| format!("{:?}", at.iter().map(|n| &r[*n]).collect::<Vec<_>>()))
        .collect();
    assert_eq!((rows.len(), keys.len()), (3, 3), "{keys:?}");
}
