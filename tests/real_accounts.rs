//! Findings of the real accounts, each looked up on its page. The pages are those of the files of the corpus; figures as printed.

use crate::support::{corpus, extract};
use juesuan::record::{Extract, Finding, FindingOutcome};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

const SOCIAL_WORK: &str = "shanghai-putuo-social-work-2024.pdf";
const FINANCE: &str = "shanghai-putuo-finance-2024-edited.pdf";
const JIAOZUO: &str = "henan-jiaozuo-egov-2022.txt";

fn account(file: &str) -> Option<Extract> {
    corpus().map(|c| extract(&c.join("documents/final-accounts").join(file)))
}

fn of(e: &Extract, outcome: FindingOutcome) -> Vec<&Finding> {
    e.findings.iter().filter(|f| f.outcome == outcome).collect()
}

/// Rule, page (0 in a file without pages), left and right side in yuan or as a share of one.
fn line(f: &Finding) -> String {
    let side = |d: Option<Decimal>| d.map_or("-".to_string(), |d| d.normalize().to_string());
    format!("{} {} {} {}", f.rule, f.page.unwrap_or(0), side(f.left), side(f.right))
}

fn lines(all: &[&Finding]) -> Vec<String> {
    all.iter().map(|f| line(f)).collect()
}

/// The one finding of a rule whose Chinese message names all these words.
fn one<'e>(e: &'e Extract, rule: &str, words: &[&str]) -> &'e Finding {
    let all: Vec<&Finding> = e
        .findings
        .iter()
        .filter(|f| f.rule == rule && words.iter().all(|w| f.message.contains(w)))
        .collect();
    let [f] = all.as_slice() else {
        panic!(
            "{rule} {words:?}: {:?}",
            all.iter().map(|f| &f.message).collect::<Vec<_>>()
        )
    };
    f
}

#[test]
fn social_work_2024() {
    let Some(e) = account(SOCIAL_WORK) else { return };
    // An office that was founded in 2024: growth of 100.00% from a base of nothing, four times; 95.89% is said of an opening budget
    // of 0 and fits the 全年预算; 21.07 stands in two classes that exclude each other, and is the total.
    assert_eq!(
        lines(&of(&e, FindingOutcome::Fails)),
        [
            "text.rate 17 1 -",
            "text.rate 17 1 -",
            "text.rate 18 1 -",
            "text.rate 21 1 -",
            "text.completion-opening 18 0.9589 -",
            "text.sme-won 22 421400 210700",
        ]
    );
    let full_year = one(&e, "text.completion-full-year", &["95.89%"]);
    assert_eq!(full_year.outcome, FindingOutcome::Holds);
    assert_eq!(full_year.page, Some(18));
    // 9.55 is printed for 9.557; 邮电费 is named in the text and 0.00 in the table; 302 and 105.58 differ by 0.01 from their parts.
    assert_eq!(
        lines(&of(&e, FindingOutcome::Rounding)),
        [
            "code.children 13 102300 102200",
            "basic.total 12 1055800 1055900",
            "text.items-listed 20 - -",
            "text.share-class 18 0.0955 0.09557534",
            "text.basic-sum 20 1055800 1055900",
        ]
    );
    assert!(
        one(&e, "text.items-listed", &["邮电费", "0.00万元", "第13页"])
            .message_en
            .contains("page 20")
    );
    assert!(
        one(&e, "code.children", &["302商品和服务支出为10.23万元", "得10.22万元"]).difference
            == Some(Decimal::from(100))
    );
}

#[test]
fn jiaozuo_2022() {
    let Some(e) = account(JIAOZUO) else { return };
    // 77 for a target of 40 is a deviation of 92.50%, printed as 62.50%.
    assert_eq!(
        lines(&of(&e, FindingOutcome::Fails)),
        ["project.deviation 0 0.625 0.925"]
    );
    let message = &of(&e, FindingOutcome::Fails)[0].message;
    assert!(
        message.contains("“接入单位”偏差度为62.5%，而由年度指标值和实际完成值（≥40个→77个）得92.5%"),
        "{message}"
    );
    // Ten differences of 0.01 inside 收入决算表, 支出决算表 and 一般公共预算财政拨款支出决算表 …
    let mut tables: BTreeMap<&str, usize> = BTreeMap::new();
    let rounding = of(&e, FindingOutcome::Rounding);
    for f in rounding.iter().filter(|f| f.scope == "form") {
        let fact = e.facts.iter().find(|x| f.facts.first() == Some(&x.ordinal)).unwrap();
        *tables.entry(&fact.form).or_default() += 1;
        assert_eq!(f.difference.unwrap().abs(), Decimal::from(100), "{}", f.message);
    }
    assert_eq!(
        tables.into_iter().collect::<Vec<_>>(),
        [
            ("expenditure", 2),
            ("general_expenditure", 4),
            ("revenue", 4),
            ("revenue_expenditure", 1)
        ]
    );
    let between: Vec<String> = lines(
        &rounding
            .iter()
            .copied()
            .filter(|f| f.scope != "form")
            .collect::<Vec<_>>(),
    );
    assert_eq!(
        between,
        [
            "basic.total 0 1535300 1535200",
            "text.list-final 0 6412200 6412100",
            "text.basic-sum 0 1535300 1535200",
        ]
    );
    // … and two between the last two of them: a part may be less than its whole, so 198.89 of 198.90 holds.
    let parts = e
        .findings
        .iter()
        .filter(|f| f.rule == "general.part-of-code" && f.difference.is_some_and(|d| !d.is_zero()));
    let parts: Vec<(Option<Decimal>, FindingOutcome)> = parts.map(|f| (f.difference, f.outcome)).collect();
    assert_eq!(parts, [(Some(Decimal::from(-100)), FindingOutcome::Holds); 2]);
    // 655.69 of 664.37: items with a budget and no spending are not listed.
    let budget = e.findings.iter().find(|f| f.rule == "text.list-budget").unwrap();
    assert_eq!(line(budget), "text.list-budget 0 6556900 6643700");
    assert_eq!(budget.outcome, FindingOutcome::Holds);
    // 10 projects in the text (twice), 5 tables attached.
    let open = of(&e, FindingOutcome::NotEvaluated);
    assert_eq!(
        lines(&open),
        ["text.projects-attached 0 5 10", "text.projects-attached 0 5 10"]
    );
    assert!(
        open.iter()
            .all(|f| f.why.as_deref().is_some_and(|w| w.starts_with("information")))
    );
}

/// What fails in the edited account, and where it stands:
///
/// | page | printed | what it contradicts |
/// |---|---|---|
/// | 18 | 收入支出总计 0 万元, 减少 56.95 万元, 下降 1.87% | 2,995.39 on page 7; the rate fits that total as well |
/// | 19 | 行政运行: 决算数大于预算数 | budget 1560.05, final 1511.89 |
/// | 20–21 | 职业年金缴费: 决算数大于预算数 | budget 80.81, final 80.38 |
/// | 21 | 行政单位医疗: 决算数等于预算数 | budget 62.29, final 60.99 |
/// | 19 | 一般公共服务支出 2106.66 万元, 占 71.73% | 71.65% of 2940.05; the other three shares fit, so the four give 100.07% |
/// | – | 支出决算表 stands in the contents | the document has no such table |
#[test]
fn finance_2024_edited() {
    let Some(e) = account(FINANCE) else { return };
    assert_eq!(
        lines(&of(&e, FindingOutcome::Fails)),
        [
            "text.overall 18 0 29953900",
            "text.rate 18 0.0187 1",
            "text.budget-direction 19 - -",
            "text.budget-direction 20 - -",
            "text.budget-direction 21 - -",
            "text.share-class 19 0.7173 0.71653883",
        ]
    );
    assert!(!e.document.forms_found.iter().any(|f| f == "expenditure"));
    // Both failures of the total have one explanation.
    for rule in ["text.overall", "text.rate"] {
        let f = e
            .findings
            .iter()
            .find(|f| f.rule == rule && f.outcome == FindingOutcome::Fails)
            .unwrap();
        assert!(f.message.contains("若为2995.39万元"), "{}", f.message);
    }
    // What could not be evaluated lacks that table, nothing else.
    for f in of(&e, FindingOutcome::NotEvaluated) {
        assert_eq!(f.why.as_deref(), Some("no such table: expenditure"), "{}", f.message);
    }
}

/// Amounts that are not zero: every one of the tables is held by an identity, and most of the sentences.
#[test]
fn what_holds_the_figures_of_the_real_accounts() {
    let mut said = Vec::new();
    for (file, amounts) in [(SOCIAL_WORK, 159), (FINANCE, 149), (JIAOZUO, 187)] {
        let Some(e) = account(file) else { return };
        let facts = e.facts.iter().filter(|f| f.amount.is_some_and(|a| !a.is_zero()));
        let (held, alone): (Vec<_>, Vec<_>) = facts.partition(|f| f.held > 0);
        assert_eq!((held.len(), alone.len()), (amounts, 0), "{file}");
        let stated = e.statements.iter().filter(|s| s.amount.is_some_and(|a| !a.is_zero()));
        let (held, alone): (Vec<_>, Vec<_>) = stated.partition(|s| s.held > 0);
        said.push((held.len(), alone.len()));
    }
    assert_eq!(said, [(42, 9), (43, 12), (52, 0)]);
}
