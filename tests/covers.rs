//! Covers as departments, courts, schools, towns and pages write them: name, year, kind, level and caliber. The cases stand in
//! `tests/cases/covers`, with units that do not exist; see its README.

use crate::support::{extract_bytes, root};
use juesuan::record::DocumentRow;

/// One case.
struct Case {
    id: String,
    unit: String,
    year: String,
    kind: String,
    level: String,
    caliber: String,
    file: String,
    text: String,
}

const NARRATIVE: &str = "一、收入支出决算总体情况说明\n{y}年度收、支总计1,203.88万元。与{p}年度相比，收、支总计各增加30.66万元，增长2.61%，主要原因是人员经费增加。\n二、收入决算情况说明\n{y}年度本年收入合计1,150.00万元，其中：财政拨款收入1,150.00万元，占100.00%。\n三、支出决算情况说明\n{y}年度本年支出合计1,160.00万元，其中：基本支出900.00万元，占77.59%；项目支出260.00万元，占22.41%。";
const THREE_PUBLIC: &str = "一、“三公”经费支出总体情况\n{y}年“三公”经费支出决算为7.60万元，比{p}年减少0.40万元，下降5.00%。\n二、“三公”经费支出具体情况\n其中：因公出国（境）费0万元；公务用车购置及运行维护费6.00万元；公务接待费1.60万元，国内公务接待20批次，160人次。";
const BUDGET: &str = "第二部分 {y}年部门预算情况说明\n一、关于{y}年收支预算情况的总体说明\n{y}年收支总预算820.00万元。收入预算820.00万元，其中：一般公共预算拨款收入820.00万元；支出预算820.00万元，比上年预算增加12.00万元。";
const BLANK: &str = "第三部分 {y}年度部门决算情况说明\n一、收入支出决算总体情况说明\n{y}年度收、支总计XX万元。与上年相比，收、支总计各增加（减少）XX万元，增长（下降）XX%，主要原因是……。\n二、收入决算情况说明\n本年收入合计XX万元，其中：财政拨款收入XX万元，占XX%。";

/// `@narr 2019` and its like, written out.
fn written_out(line: &str) -> String {
    let Some((word, year)) = line.strip_prefix('@').and_then(|l| l.split_once(' ')) else {
        return line.to_string();
    };
    let text = match word {
        "narr" => NARRATIVE,
        "sangong" => THREE_PUBLIC,
        "budget" => BUDGET,
        "blank" => BLANK,
        _ => panic!("@{word} stands for nothing"),
    };
    let before: i32 = year.parse::<i32>().unwrap() - 1;
    text.replace("{y}", year).replace("{p}", &before.to_string())
}

fn cases(name: &str) -> Vec<Case> {
    let text = std::fs::read_to_string(root().join("tests/cases/covers").join(name)).unwrap();
    let mut out: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("== ") {
            let f: Vec<String> = head.split('|').map(|p| p.trim().to_string()).collect();
            assert!(f.len() >= 6, "{head}");
            out.push(Case {
                id: f[0].clone(),
                unit: f[1].clone(),
                year: f[2].clone(),
                kind: f[3].clone(),
                level: f[4].clone(),
                caliber: f[5].clone(),
                file: f.get(6).cloned().unwrap_or_default(),
                text: String::new(),
            });
        } else if let Some(case) = out.last_mut() {
            case.text.push_str(&written_out(line));
            case.text.push('\n');
        }
    }
    out
}

/// Whether an answer is one of those that are right; `*` in one stands for anything.
fn right(got: &str, want: &str) -> bool {
    want == "-"
        || want.split('/').map(str::trim).any(|w| match w.split_once('*') {
            Some((head, tail)) => got.starts_with(head) && got.ends_with(tail),
            None => got == w,
        })
}

/// What is wrong with a document.
fn differences(c: &Case, d: &DocumentRow) -> Vec<String> {
    let year = d.fiscal_year.map(|y| y.to_string()).unwrap_or_default();
    let pairs = [
        ("unit", d.unit_name.as_deref().unwrap_or(""), c.unit.as_str()),
        ("year", year.as_str(), c.year.as_str()),
        ("kind", d.kind.as_str(), c.kind.as_str()),
        ("level", d.level.map_or("", |l| l.as_str()), c.level.as_str()),
        ("caliber", d.caliber.map_or("", |l| l.as_str()), c.caliber.as_str()),
    ];
    pairs
        .iter()
        .filter(|(_, got, want)| !right(got, want))
        .map(|(what, got, want)| format!("{}: {what} `{got}`, not `{want}` ({})", c.id, d.grounds))
        .collect()
}

fn all_of(name: &str, least: usize) {
    let cases = cases(name);
    assert!(cases.len() >= least, "{name} holds {} cases", cases.len());
    let mut wrong = Vec::new();
    for c in &cases {
        let ending = if c.text.starts_with('<') { "html" } else { "txt" };
        let file = if c.file.is_empty() {
            format!("{}.{ending}", c.id)
        } else {
            c.file.clone()
        };
        wrong.extend(differences(c, &extract_bytes(&file, c.text.as_bytes()).document));
    }
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
}

#[test]
fn those_that_the_rules_were_written_with() {
    all_of("dev.txt", 45);
}

#[test]
fn those_that_were_looked_at_afterwards() {
    all_of("held.txt", 45);
    all_of("more.txt", 40);
}
