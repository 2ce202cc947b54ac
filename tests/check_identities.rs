//! Identities over facts and statements made by hand and over the truth of the samples: what holds, what fails, who is to
//! blame, what a blank means.

use crate::support::root;
use juesuan::check::{self, Doubt, How};
use juesuan::diag::{Code, Diagnostic, Severity};
use juesuan::grammar::{self, Grammar};
use juesuan::place::{DocumentId, Place};
use juesuan::record::{
    CellState, DocumentRow, Extract, Fact, Finding, FindingClass, FindingOutcome, Gravity, Project, Side, Source,
    Statement,
};
use rust_decimal::Decimal;
use std::path::Path;
use std::str::FromStr;

fn grammar() -> &'static Grammar {
    crate::support::builtin()
}

fn document(year: i16) -> Extract {
    let mut e = Extract::empty(DocumentRow::new(DocumentId(format!("{year:064}")), "hand"));
    e.document.fiscal_year = Some(year);
    e.document.unit_key = Some("unit".into());
    e
}

/// `form side item measure printed`, in 万元; `_` is a blank, `-` no side.
fn facts(e: &mut Extract, table: u32, text: &str) {
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let [form, side, item, measure, printed] = line.split_whitespace().collect::<Vec<_>>().try_into().unwrap();
        let value = Decimal::from_str(printed).ok();
        e.facts.push(Fact {
            ordinal: e.facts.len() as u32 + 1,
            form: form.into(),
            form_label: None,
            table,
            side: Side::from_word(side),
            item: item.into(),
            item_code: item.bytes().all(|b| b.is_ascii_digit()).then(|| item.into()),
            item_name: Some(item.into()),
            item_level: None,
            is_total: item.contains("total") || measure == "total",
            measure: measure.into(),
            fund: None,
            amount: value.map(|v| v * Decimal::from(10_000)),
            cell_state: if value.is_some() {
                CellState::Number
            } else {
                CellState::Blank
            },
            printed: if value.is_some() { printed.into() } else { String::new() },
            printed_unit: "wanyuan".into(),
            row_no: None,
            place: Place::page(table),
            source: Source::Native,
            held: 0,
            failed: 0,
            sub_unit: None,
            table_title: None,
            header_path: None,
        });
    }
}

/// `section sentence subject slot value`: 12.30万 is an amount, 4% a ratio, 3 a count, a word a direction.
fn say(e: &mut Extract, text: &str) {
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let [section, sentence, subject, slot, value] = line.split_whitespace().collect::<Vec<_>>().try_into().unwrap();
        let mut s = Statement {
            ordinal: e.statements.len() as u32 + 1,
            section: section.into(),
            sentence: sentence.into(),
            subject: Some(subject.into()),
            slot: slot.into(),
            printed: value.trim_end_matches('万').into(),
            place: Place::page(9),
            ..Statement::default()
        };
        let number = |t: &str| Decimal::from_str(t).unwrap();
        if let Some(a) = value.strip_suffix('万') {
            s.value_type = "amount".into();
            s.amount = Some(number(a) * Decimal::from(10_000));
            s.printed_unit = Some("wanyuan".into());
        } else if let Some(r) = value.strip_suffix('%') {
            s.value_type = "ratio".into();
            s.ratio = Some(number(r) / Decimal::ONE_HUNDRED);
        } else if value.bytes().all(|b| b.is_ascii_digit()) {
            s.value_type = "count".into();
            s.count = Some(number(value));
        } else {
            let word = if slot == "completion_of" { "text" } else { "direction" };
            s.value_type = word.into();
            s.text = Some(value.into());
        }
        e.statements.push(s);
    }
}

fn outcome(e: &Extract, rule: &str) -> Vec<FindingOutcome> {
    e.findings
        .iter()
        .filter(|f| f.rule == rule)
        .map(|f| f.outcome)
        .collect()
}

fn fails(e: &Extract) -> Vec<&Finding> {
    e.findings
        .iter()
        .filter(|f| f.outcome == FindingOutcome::Fails)
        .collect()
}

use FindingOutcome::{Fails, Holds, NotEvaluated, Rounding};

const ROWS: &str = "
    expenditure - total total 307.82
    expenditure - total basic 105.58
    expenditure - total project 202.24
    expenditure - 201 total 264.87
    expenditure - 201 basic 62.63
    expenditure - 201 project 202.24
    expenditure - 221 total 42.95
    expenditure - 221 basic 42.95
    expenditure - 221 project _";

#[test]
fn a_row_and_a_column_add_up_and_blanks_are_noted() {
    let mut e = document(2024);
    facts(&mut e, 3, ROWS);
    check::check(&mut e, grammar());
    assert_eq!(outcome(&e, "expenditure.row"), [Holds, Holds, Holds]);
    assert_eq!(outcome(&e, "code.total"), [Holds, Holds, Holds]);
    let blank = e.findings.iter().find(|f| f.message.contains("空白")).unwrap();
    assert_eq!(blank.rule, "expenditure.row");
    assert!(blank.message_en.contains("1 blank cell"), "{}", blank.message_en);
    // Every printed amount is held, the blank is not.
    assert!(e.facts.iter().all(|f| (f.held > 0) == f.amount.is_some()));
    assert_eq!(e.document.facts_held, 8);
}

#[test]
fn the_bound_grows_with_the_number_of_addends() {
    // Two addends: 0.01 passes, 0.02 does not.
    for (printed, expected) in [("105.57", Rounding), ("105.56", Fails)] {
        let mut e = document(2024);
        let text = format!(
            "general_basic - 301 final 95.35\ngeneral_basic - 303 final 10.23\ngeneral_basic - personnel_total final {printed}"
        );
        facts(&mut e, 6, &text);
        check::check(&mut e, grammar());
        assert_eq!(outcome(&e, "general_basic.personnel"), [expected], "{printed}");
        let f = e.findings.iter().find(|f| f.rule == "general_basic.personnel").unwrap();
        assert_eq!(f.allowed, Some(Decimal::new(150, 0)));
    }
}

#[test]
fn amounts_printed_to_the_fen_were_never_rounded() {
    let mut e = document(2024);
    facts(
        &mut e,
        6,
        "general_basic - 301 final 95.350001\ngeneral_basic - 303 final 10.230000\ngeneral_basic - personnel_total final 105.580000",
    );
    check::check(&mut e, grammar());
    assert_eq!(outcome(&e, "general_basic.personnel"), [Fails]);
}

#[test]
fn a_blank_total_is_not_evaluated() {
    let mut e = document(2024);
    facts(&mut e, 3, &ROWS.replace("total total 307.82", "total total _"));
    check::check(&mut e, grammar());
    assert_eq!(outcome(&e, "expenditure.row")[0], NotEvaluated);
    let f = e.findings.iter().find(|f| f.outcome == NotEvaluated).unwrap();
    assert_eq!(f.why.as_deref(), Some("blank: expenditure.total.total"));
    assert!(fails(&e).is_empty());
}

#[test]
fn zeros_prove_nothing() {
    let mut e = document(2024);
    facts(
        &mut e,
        3,
        "expenditure - total total 0.00\nexpenditure - total basic 0.00\nexpenditure - total project 0.00",
    );
    check::check(&mut e, grammar());
    assert!(e.findings.is_empty());
    assert!(e.facts.iter().all(|f| f.held == 0));
}

#[test]
fn the_culprit_is_the_figure_that_two_identities_point_to() {
    let mut e = document(2024);
    facts(&mut e, 3, &ROWS.replace("201 basic 62.63", "201 basic 26.63"));
    let doubts = check::check(&mut e, grammar());
    assert_eq!(fails(&e).len(), 2);
    let [
        Doubt {
            fact: Some(5),
            value,
            how,
            mended: 2,
            ..
        },
    ] = doubts.as_slice()
    else {
        panic!("{doubts:?}")
    };
    assert_eq!((*value, *how), (Decimal::new(626_300, 0), How::Transposed));
    for f in fails(&e) {
        assert_eq!(f.facts[0], 5, "the culprit stands first");
        assert!(
            f.message.contains("62.63万元") && f.message.contains("第3页"),
            "{}",
            f.message
        );
        assert!(f.message_en.contains("changed places"), "{}", f.message_en);
    }
}

#[test]
fn repeated_tables_of_one_form_are_checked_each_on_its_own() {
    let mut e = document(2024);
    facts(&mut e, 3, ROWS);
    facts(&mut e, 4, &ROWS.replace("307.82", "300.00"));
    check::check(&mut e, grammar());
    assert!(fails(&e).iter().all(|f| f.page == Some(4)));
    assert_eq!(fails(&e).len(), 2);
}

#[test]
fn a_part_may_be_less_and_must_not_be_more() {
    for (part, expected) in [("1.00", vec![Holds]), ("5.00", vec![Holds]), ("5.02", vec![Fails])] {
        let mut e = document(2024);
        facts(&mut e, 6, &format!("general_basic - 30217 final {part}"));
        facts(&mut e, 9, "three_public - reception final 5.00");
        check::check(&mut e, grammar());
        assert_eq!(outcome(&e, "three_public.reception"), expected, "{part}");
        // An inequality holds no figure.
        assert!(e.facts.iter().all(|f| f.held == 0));
    }
}

#[test]
fn rates_shares_and_completion_against_their_amounts() {
    let mut e = document(2024);
    say(
        &mut e,
        "
        overall overall_total grand_total total 902.55万
        overall overall_total grand_total change_direction decrease
        overall overall_total grand_total change 39.47万
        overall overall_total grand_total change_direction decrease
        overall overall_total grand_total change_rate 4.19%
        expenditure expenditure_total expenditure total 796.08万
        expenditure expenditure_part basic total 508.11万
        expenditure expenditure_part basic share 63.83%
        expenditure expenditure_part project total 287.98万
        expenditure expenditure_part project share 36.17%
        general_expenditure general_budget general_expenditure opening_budget 617.56万
        general_expenditure general_budget general_expenditure final 717.82万
        general_expenditure general_budget general_expenditure completion_rate 116.23%",
    );
    check::check(&mut e, grammar());
    assert_eq!(outcome(&e, "text.rate"), [Holds]);
    assert_eq!(outcome(&e, "text.directions"), [Holds]);
    assert_eq!(outcome(&e, "text.share-expenditure"), [Holds, Holds]);
    assert_eq!(outcome(&e, "text.completion"), [Holds]);
    assert_eq!(outcome(&e, "text.shares-expenditure"), [Holds]);
    // 0.01 more than the total: a list that is rounded.
    assert_eq!(outcome(&e, "text.list-expenditure"), [Rounding]);
}

/// An item whose share was not read is no share of nothing: neither the rest of the list fails, nor does it hold.
#[test]
fn a_list_without_one_of_its_shares_is_not_evaluated() {
    let shares = |first: &str, second: &str| {
        let mut e = document(2024);
        let text = format!(
            "expenditure expenditure_total expenditure total 100.00万
             expenditure expenditure_part basic total 70.00万
             {first}
             expenditure expenditure_part project total 30.00万
             {second}
             expenditure expenditure_part operating total 0.00万"
        );
        say(&mut e, &text);
        check::check(&mut e, grammar());
        e
    };
    let basic = "expenditure expenditure_part basic share 70.00%";
    let project = "expenditure expenditure_part project share 30.00%";
    let wrong = "expenditure expenditure_part project share 20.00%";
    let rule = "text.shares-expenditure";
    assert_eq!(outcome(&shares(basic, project), rule), [Holds]);
    assert_eq!(outcome(&shares(basic, wrong), rule), [Fails]);
    let e = shares("", project);
    assert_eq!(outcome(&e, rule), [NotEvaluated]);
    let f = e.findings.iter().find(|f| f.rule == rule).unwrap();
    assert_eq!(f.why.as_deref(), Some("not stated: share of expenditure.basic.total"));
    assert!(f.message.contains("没有识读到其占比"), "{}", f.message);
    assert_eq!(outcome(&shares(basic, ""), rule), [NotEvaluated]);
    // An amount that was not read leaves the guard unmet: nothing is asked.
    assert_eq!(outcome(&shares("", ""), rule), []);
}

/// Fewer tables than projects is information; as many agree; none attached says nothing.
#[test]
fn attached_tables_against_the_projects_that_the_text_counts() {
    let with = |subject: &str, tables: u32| {
        let mut e = document(2022);
        say(&mut e, &format!("performance performance {subject} projects 4"));
        e.projects = (1..=tables)
            .map(|ordinal| Project {
                ordinal,
                project_name: format!("项目{ordinal}"),
                ..Project::default()
            })
            .collect();
        check::check(&mut e, grammar());
        e
    };
    let rule = "text.projects-attached";
    for subject in ["performance", "performance.self_assessment"] {
        assert_eq!(outcome(&with(subject, 4), rule), [Holds]);
        assert_eq!(outcome(&with(subject, 0), rule), []);
        for tables in [1, 5] {
            let e = with(subject, tables);
            assert_eq!(outcome(&e, rule), [NotEvaluated]);
            assert!(fails(&e).is_empty());
            let f = e.findings.iter().find(|f| f.rule == rule).unwrap();
            assert!(f.why.as_deref().unwrap().starts_with("information"), "{f:?}");
            assert!(
                f.message
                    .starts_with(&format!("2022年度决算：所附项目自评表张数为{tables}，第9页")),
                "{}",
                f.message
            );
            assert!(
                f.message_en.contains(&format!("attached is {tables};")),
                "{}",
                f.message_en
            );
            assert_eq!((f.left, f.right), (Some(tables.into()), Some(4.into())));
        }
    }
}

#[test]
fn what_sentences_say_wrong() {
    let mut e = document(2024);
    say(
        &mut e,
        "
        overall overall_total grand_total total 307.82万
        overall overall_total grand_total change_direction increase
        overall overall_total grand_total change 307.82万
        overall overall_total grand_total change_rate 100.00%
        general_expenditure general_item 2010301 opening_budget 0.00万
        general_expenditure general_item 2010301 final 51.32万
        general_expenditure general_item 2010301 completion_rate 95.89%
        appropriation appropriation_total appropriation total 10.00万
        appropriation appropriation_total appropriation change_direction equal
        appropriation appropriation_total appropriation change 1.00万
        procurement procurement procurement total 21.07万
        procurement procurement procurement goods 20.00万
        procurement procurement procurement works 0.00万
        procurement procurement procurement services 5.00万
        procurement procurement procurement sme 30.00万
        assets assets assets vehicles_total 5
        assets assets assets vehicles_by_use.other 2
        assets assets assets vehicles_by_use.emergency 2
        performance performance performance projects 10
        performance performance performance grade.excellent 9",
    );
    check::check(&mut e, grammar());
    for rule in [
        "text.rate",
        "text.completion",
        "text.direction-change",
        "text.procurement",
        "text.sme",
        "text.vehicles",
        "text.grades",
    ] {
        assert_eq!(outcome(&e, rule).last(), Some(&Fails), "{rule}");
    }
    let zero = e.findings.iter().find(|f| f.rule == "text.rate").unwrap();
    assert!(zero.message.contains("为零"), "{}", zero.message);
}

#[test]
fn a_truncated_share_is_rounding() {
    let mut e = document(2024);
    say(
        &mut e,
        "
        expenditure expenditure_total expenditure total 2940.05万
        expenditure expenditure_part basic total 280.98万
        expenditure expenditure_part basic share 9.55%",
    );
    check::check(&mut e, grammar());
    assert_eq!(outcome(&e, "text.share-expenditure"), [Rounding]);
}

#[test]
fn text_against_table_and_names_against_codes() {
    let mut e = document(2024);
    facts(
        &mut e,
        5,
        "general_expenditure - 201 total 264.87\ngeneral_expenditure - 20139 total 264.87\ngeneral_expenditure - 2013901 total 264.87",
    );
    for (n, name) in [(0, "一般公共服务支出"), (1, "社会工作事务"), (2, "行政运行")] {
        e.facts[n].item_name = Some(name.into());
    }
    say(
        &mut e,
        "general_expenditure general_item 一般公共服务支出/社会工作事务/行政运行 final 264.78万",
    );
    check::check(&mut e, grammar());
    assert_eq!(outcome(&e, "text.general-item"), [Fails]);
    assert_eq!((e.statements[0].failed, e.facts[2].failed), (1, 1));
}

#[test]
fn last_years_closing_is_this_years_opening() {
    let mut before = document(2023);
    facts(
        &mut before,
        1,
        "revenue_expenditure expenditure closing_carryover final 64.61",
    );
    let mut now = document(2024);
    facts(&mut now, 1, "revenue_expenditure revenue opening_carryover final 72.31");
    // An identity of its own fails through the opening figure as well.
    now.facts[0].failed = 2;
    let mut years = check::Years::new(grammar());
    for e in [&now, &before, &document(2025)] {
        years.add(e);
    }
    let found = years.findings().unwrap();
    assert_eq!(found.len(), 1);
    let e = &found[0];
    assert_eq!(e.document.document_id, now.document.document_id);
    assert_eq!(outcome(e, "years.carryover"), [Fails]);
    assert_eq!(e.findings[0].facts, [1]);
    let message = &e.findings[0].message;
    assert!(
        message.contains("上年决算第1页") && message.contains("另有2条"),
        "{message}"
    );
    // Another unit is another account.
    before.document.unit_key = Some("another".into());
    let mut years = check::Years::new(grammar());
    years.add(&now);
    years.add(&before);
    assert!(years.findings().unwrap().is_empty());
}

/// A department and its members: what they pay each other is left out of the consolidated account, so a difference is information.
#[test]
fn a_department_is_held_against_its_members() {
    use juesuan::record::{Caliber, Member};
    let account = |key: &str, caliber: Caliber, id: u8, revenue: &str, appropriation: &str| {
        let mut e = document(2023);
        e.document.document_id = DocumentId(format!("{id:064}"));
        e.document.unit_key = Some(key.into());
        e.document.caliber = Some(caliber);
        facts(
            &mut e,
            5,
            &format!("revenue_expenditure revenue total_current final {revenue}"),
        );
        facts(
            &mut e,
            8,
            &format!("appropriation revenue total_current final {appropriation}"),
        );
        e
    };
    let mut department = account("bureau", Caliber::Consolidated, 1, "900.00", "800.00");
    for (name, key) in [("农业局（本级）", "bureau-self"), ("农技站", "station")] {
        department.members.push(Member {
            name: name.into(),
            unit_key: Some(key.into()),
            ..Member::default()
        });
    }
    let office = account("bureau-self", Caliber::SelfOnly, 2, "600.00", "500.00");
    let station = account("station", Caliber::Single, 3, "350.00", "300.00");
    let found = |all: &[&Extract]| {
        let mut years = check::Years::new(grammar());
        all.iter().for_each(|e| years.add(e));
        let mut found = years.findings().unwrap();
        assert!(found.len() <= 1);
        found.pop()
    };
    let e = found(&[&department, &office, &station]).unwrap();
    assert_eq!(e.document.document_id, department.document.document_id);
    assert_eq!(outcome(&e, "members.appropriation"), [Holds]);
    assert_eq!(outcome(&e, "members.total"), [NotEvaluated]);
    let f = e.findings.iter().find(|f| f.rule == "members.total").unwrap();
    assert_eq!(
        (f.scope.as_str(), f.facts.as_slice(), f.page),
        ("units", &[1][..], Some(5))
    );
    assert!(f.why.as_deref().unwrap().starts_with("information"));
    assert_eq!(
        f.message,
        "2023年度决算：第5页《收入支出决算总表》“total_current”决算数为900.00万元，所属单位决算农业局（本级） 600万元＋农技站 350万元，合计950万元，相差50万元；两者不必相等，仅供参考。"
    );
    // The cover of 本级 may not say so in the name: then it has the key of the department.
    let mut office = office;
    office.document.unit_key = Some("bureau".into());
    assert_eq!(
        outcome(
            &found(&[&department, &office, &station]).unwrap(),
            "members.appropriation"
        ),
        [Holds]
    );
    // One account is missing: nothing can be said, and whose it is.
    let e = found(&[&department, &station]).unwrap();
    assert_eq!(outcome(&e, "members.appropriation"), [NotEvaluated]);
    assert_eq!(
        e.findings[0].why.as_deref(),
        Some("no account of a member: 农业局（本级）")
    );
    // Another year, or no account at all.
    let mut old = station.clone();
    old.document.fiscal_year = Some(2022);
    assert!(found(&[&department, &old]).is_none());
    assert!(found(&[&department]).is_none());
}

/// The truth of a generated document as an extract.
fn truth(csv: &Path) -> Extract {
    let mut e = document(2023);
    let mut reader = csv::Reader::from_path(csv).unwrap();
    for (n, record) in reader.records().enumerate() {
        let r = record.unwrap();
        let text = |k: usize| Some(r[k].to_string()).filter(|s| !s.is_empty());
        e.facts.push(Fact {
            ordinal: n as u32 + 1,
            form: r[0].into(),
            form_label: None,
            table: r[1].parse().unwrap(),
            side: Side::from_word(&r[2]),
            item: r[3].into(),
            item_code: text(4),
            item_name: text(5),
            item_level: None,
            is_total: &r[7] == "true",
            measure: r[8].into(),
            fund: text(9),
            amount: Decimal::from_str(&r[13]).ok(),
            cell_state: CellState::from_word(&r[10]).unwrap(),
            printed: r[11].into(),
            printed_unit: r[12].into(),
            row_no: None,
            place: Place::page(r[15].parse().unwrap_or(0)),
            source: Source::Native,
            held: 0,
            failed: 0,
            sub_unit: None,
            table_title: None,
            header_path: None,
        });
    }
    let stated = csv.to_string_lossy().replace(".truth.csv", ".statements.csv");
    // A template states nothing.
    let Ok(mut reader) = csv::Reader::from_path(stated) else {
        return e;
    };
    for (n, record) in reader.records().enumerate() {
        let r = record.unwrap();
        let text = |k: usize| Some(r[k].to_string()).filter(|s| !s.is_empty());
        let number = |k: usize| Decimal::from_str(&r[k]).ok();
        e.statements.push(Statement {
            ground: juesuan::record::Ground::Words,
            source: juesuan::record::Source::Native,
            ordinal: n as u32 + 1,
            section: r[0].into(),
            sentence: r[1].into(),
            subject: text(2),
            slot: r[3].into(),
            value_type: r[4].into(),
            amount: number(5),
            ratio: number(6),
            count: number(7),
            text: text(8),
            printed: r[9].into(),
            printed_unit: text(10),
            place: Place::page(r[11].parse().unwrap_or(0)),
            held: 0,
            failed: 0,
        });
    }
    e
}

/// The books of the samples hold exactly, but for a printed error: nothing else fails, and nearly every amount is held.
#[test]
fn no_false_alarm_on_the_samples() {
    let (mut amounts, mut held, mut documents) = (0, 0, 0);
    let mut files: Vec<_> = std::fs::read_dir(root().join("samples"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    for path in files.iter().filter(|p| p.to_string_lossy().ends_with(".truth.csv")) {
        let mut e = truth(path);
        check::check(&mut e, grammar());
        let failing: Vec<String> = fails(&e)
            .into_iter()
            .map(|f| format!("{} {}", f.rule, f.message))
            .collect();
        let planted = crate::support::planted(path);
        let foreign: Vec<&String> = failing
            .iter()
            .filter(|f| !planted.iter().any(|item| f.contains(item.as_str())))
            .collect();
        assert!(foreign.is_empty(), "{}: {foreign:?}", path.display());
        assert_eq!(failing.is_empty(), planted.is_empty(), "{}", path.display());
        let nonzero = || e.facts.iter().filter(|f| f.amount.is_some_and(|a| !a.is_zero()));
        amounts += nonzero().count();
        held += nonzero().filter(|f| f.held > 0).count();
        documents += 1;
    }
    assert!(documents >= 15, "{documents}");
    assert!(held * 100 >= amounts * 98, "{held} of {amounts} amounts are held");
}

/// One figure of a whole document is printed ten times too large: whoever is named is the one, and nearly always one is named.
#[test]
fn a_single_slip_is_found_and_nobody_else_is_blamed() {
    let whole = truth(&root().join("samples/s03-fy2022-national.truth.csv"));
    let (mut slips, mut named) = (0, 0);
    let amounts = (0..whole.facts.len()).filter(|n| whole.facts[*n].amount.is_some_and(|a| !a.is_zero()));
    for n in amounts.step_by(4) {
        let mut e = whole.clone();
        let f = &mut e.facts[n];
        let right = f.amount.unwrap();
        f.amount = Some(right * Decimal::TEN);
        f.printed = (right * Decimal::TEN / Decimal::from(10_000)).to_string();
        let doubts = check::check(&mut e, grammar());
        assert!(!fails(&e).is_empty(), "{:?}", whole.facts[n]);
        slips += 1;
        match doubts.as_slice() {
            [] => {}
            [d] if d.fact == Some(n as u32 + 1) => {
                named += 1;
                assert!((d.value - right).abs() <= Decimal::from(1000), "{d:?} {right}");
            }
            other => panic!("{:?} was changed, {other:?} were named", whole.facts[n]),
        }
    }
    assert!(named * 10 >= slips * 9, "{named} of {slips}");
}

/// A mistake in a rule has its file, line and column.
#[test]
fn a_mistake_in_a_rule_has_its_place() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("identities")).unwrap();
    let rule = |equation: &str| {
        format!(
            "[[identity]]\nid = \"x\"\nscope = \"form\"\nfor = \"row\"\nforms = [\"expenditure\"]\nequation = \"{equation}\"\nzh = \"\"\nen = \"\"\n"
        )
    };
    for (equation, column, word) in [
        ("total = basic + projekt", 29, "projekt"),
        ("total basic", 19, "does not fit"),
        ("total = sum(children)", 21, "unknown here"),
    ] {
        std::fs::write(dir.path().join("identities/own.toml"), rule(equation)).unwrap();
        let errors = grammar::load(Some(dir.path())).unwrap_err();
        let e = errors.first().unwrap();
        assert_eq!(
            (e.file.as_str(), e.line, e.column),
            ("identities/own.toml", 6, column),
            "{e}"
        );
        assert!(e.message.contains(word), "{e}");
    }
}

/// What was not read cannot be held against the document: a sum over such a table is not evaluated, one over another is.
#[test]
fn a_sum_over_a_table_that_was_read_in_part_is_not_evaluated() {
    let mut e = document(2023);
    facts(
        &mut e,
        1,
        "expenditure - total total 30.00
         expenditure - 201 total 10.00",
    );
    facts(
        &mut e,
        2,
        "revenue - total total 30.00
         revenue - 201 total 10.00",
    );
    e.diagnostics.push(Diagnostic::new(
        Severity::Warning,
        Code::UnclaimedNumber,
        "",
        Place::page(1),
    ));
    check::check(&mut e, grammar());
    let of = |form: &str| {
        let first = e.facts.iter().position(|f| f.form == form).unwrap() as u32 + 1;
        let found = e
            .findings
            .iter()
            .find(|f| f.rule == "code.total" && f.facts.contains(&first));
        found.unwrap()
    };
    assert_eq!(of("expenditure").outcome, FindingOutcome::NotEvaluated);
    assert!(of("expenditure").why.as_deref().unwrap().starts_with("not read: "));
    assert_eq!(of("revenue").outcome, FindingOutcome::Fails);
}

/// The second page of a table whose first page was not read: its title is missing too, and a sum over the lost rows says nothing.
#[test]
fn a_sum_over_a_table_without_its_first_page_is_not_evaluated() {
    let with = |codes: &[(Code, u32)]| {
        let mut e = document(2023);
        facts(
            &mut e,
            10,
            "appropriation revenue opening_carryover.general_budget final 136.31
             appropriation expenditure grand_total general_budget 4715.19",
        );
        e.diagnostics = codes
            .iter()
            .map(|(code, page)| Diagnostic::new(Severity::Warning, *code, "", Place::page(*page)))
            .collect();
        check::check(&mut e, grammar());
        outcome(&e, "appropriation.fund-balance")
    };
    assert_eq!(
        with(&[(Code::UnclaimedTable, 9), (Code::FormByHeader, 10)]),
        [NotEvaluated]
    );
    // The table has its title: what stands before it is another one.
    assert_eq!(with(&[(Code::UnclaimedTable, 9)]), [Fails]);
    assert_eq!(with(&[(Code::FormByHeader, 10)]), [Fails]);
    assert_eq!(with(&[(Code::UnclaimedTable, 8), (Code::FormByHeader, 10)]), [Fails]);
}

/// A change stands twice in its rate, in the change and in last year's amount: one identity fails through it, not two.
#[test]
fn a_figure_that_stands_twice_in_an_identity_counts_once() {
    let mut e = document(2023);
    say(
        &mut e,
        "overall overall_total grand_total total 110.00万
         overall overall_total grand_total change 10.00万
         overall overall_total grand_total change_direction increase
         overall overall_total grand_total change_rate 50%",
    );
    check::check(&mut e, grammar());
    assert_eq!(outcome(&e, "text.rate"), [Fails]);
    assert_eq!(e.statements[1].failed, 1);
}

/// A sum over the items of a sentence fails beside a figure that nobody read: the figure may be one of the items.
#[test]
fn an_item_that_nobody_read_makes_a_list_not_evaluated() {
    let with = |unread: Option<&str>| {
        let mut e = document(2022);
        say(
            &mut e,
            "assets composed assets vehicles_total 9
             assets composed assets vehicles_by_use.confidential 4
             assets composed assets vehicles_by_use.emergency 3",
        );
        e.diagnostics.extend(unread.map(|sentence| {
            Diagnostic::new(Severity::Note, Code::UnclaimedFigure, "", Place::page(9)).printed(sentence)
        }));
        check::check(&mut e, grammar());
        outcome(&e, "text.vehicles")
    };
    assert_eq!(with(None), [Fails]);
    assert_eq!(
        with(Some("共有车辆9辆，其中机要通信用车4辆、应急保障用车3辆、浑天仪用车2辆")),
        [NotEvaluated]
    );
    // The figure stands in another sentence.
    assert_eq!(with(Some("另有房屋1862平方米")), [Fails]);
    assert_eq!(with(Some("另有非机动车19辆，其中自行车14辆、三轮车13辆")), [Fails]);
}

/// 分别为年初预算的110%、调整预算的99%: each rate against the budget that it is said of, in either order of words and rates.
#[test]
fn each_of_two_rates_is_held_against_its_own_budget() {
    let run = |said: &str| {
        let mut e = document(2023);
        let amounts = "general_expenditure both 213 opening_budget 300.00万
             general_expenditure both 213 adjusted_budget 400.00万
             general_expenditure both 213 final 396.00万\n";
        say(&mut e, &format!("{amounts}{said}"));
        check::check(&mut e, grammar());
        let of = |rule: &str| outcome(&e, rule);
        (
            of("text.completion-opening-adjusted"),
            of("text.completion-said-adjusted"),
            fails(&e).len(),
        )
    };
    let line = |slot: &str, value: &str| format!("general_expenditure both 213 {slot} {value}\n");
    let (opening, adjusted) = (
        line("completion_of", "opening_budget"),
        line("completion_of", "adjusted_budget"),
    );
    let rates = [line("completion_rate", "132%"), line("completion_rate", "99%")];
    let right = (vec![Holds], vec![Holds], 0);
    assert_eq!(run(&format!("{opening}{}{adjusted}{}", rates[0], rates[1])), right);
    assert_eq!(run(&format!("{opening}{adjusted}{}{}", rates[0], rates[1])), right);
    assert_eq!(run(&format!("{adjusted}{}{opening}{}", rates[1], rates[0])), right);
    // Changed about, or off: said of both, or of the one.
    let swapped = run(&format!("{opening}{}{adjusted}{}", rates[1], rates[0]));
    assert_eq!((swapped.0, swapped.1), (vec![Fails], vec![Fails]));
    let off = run(&format!(
        "{opening}{}{adjusted}{}",
        rates[0],
        line("completion_rate", "95%")
    ));
    assert_eq!((off.0, off.1), (vec![Holds], vec![Fails]));
    // A rate of which nothing says of which budget it is may be one of either.
    let mut e = document(2023);
    say(
        &mut e,
        "general_expenditure one 213 opening_budget 300.00万
         general_expenditure one 213 full_year_budget 400.00万
         general_expenditure one 213 final 396.00万
         general_expenditure one 213 completion_rate 132%",
    );
    check::check(&mut e, grammar());
    assert!(fails(&e).is_empty());
}

/// A rate of nothing is a class of its own; how far two figures are apart is graded.
#[test]
fn findings_are_graded_and_name_their_account() {
    let mut e = document(2022);
    e.document.unit_name = Some("澜溪县图书馆".into());
    say(
        &mut e,
        "three_public nothing overseas_travel completion_rate 100%
         three_public nothing overseas_travel budget 0万
         three_public nothing overseas_travel final 2.81万",
    );
    say(
        &mut e,
        "three_public far reception completion_rate 50%
         three_public far reception budget 10.00万
         three_public far reception final 9.00万",
    );
    say(
        &mut e,
        "three_public near vehicles completion_rate 92%
         three_public near vehicles budget 10.00万
         three_public near vehicles final 9.00万",
    );
    check::check(&mut e, grammar());
    let graded: Vec<_> = fails(&e)
        .iter()
        .map(|f| (f.class, f.severity, f.relative_difference.map(|d| d.to_string())))
        .collect();
    let is = |class, severity, by: Option<&str>| (class, Some(severity), by.map(str::to_string));
    assert!(
        graded.contains(&is(FindingClass::ZeroBase, Gravity::Low, None)),
        "{graded:?}"
    );
    assert!(
        graded.contains(&is(FindingClass::Rate, Gravity::High, Some("0.44444444"))),
        "{graded:?}"
    );
    assert!(
        graded.contains(&is(FindingClass::Rate, Gravity::Medium, Some("0.02173913"))),
        "{graded:?}"
    );
    assert!(e.findings.iter().all(|f| f.severity.is_some() == (f.outcome == Fails)));
    for f in &e.findings {
        assert!(f.message.starts_with("澜溪县图书馆2022年度决算："), "{}", f.message);
        assert!(f.message_en.starts_with("澜溪县图书馆, 2022: "), "{}", f.message_en);
    }
    let far = fails(&e)
        .into_iter()
        .find(|f| f.severity == Some(Gravity::High))
        .unwrap();
    assert_eq!(
        far.message,
        "澜溪县图书馆2022年度决算：第9页“三公”经费情况说明中“公务接待费”完成率为50%，但按决算数 9.00万元÷预算数 10.00万元计算应为90%。"
    );
    assert_eq!(
        far.message_en,
        "澜溪县图书馆, 2022: completion rate of “reception” in the narrative on the three public items is 50% (page 9), but final 90,000 yuan \
         over budget 100,000 yuan gives 90%."
    );
}

/// What the recogniser also saw in the fifth amount of [`ROWS`] (62.63, read as `wrong`).
fn mended(wrong: &str, also: &[&str]) -> (Extract, check::Mended, Vec<Diagnostic>) {
    let mut e = document(2024);
    facts(
        &mut e,
        3,
        &ROWS.replace("201 basic 62.63", &format!("201 basic {wrong}")),
    );
    for f in &mut e.facts {
        f.source = Source::Ocr;
    }
    let reading = |printed: &&str| check::Reading {
        printed: printed.to_string(),
        amount: Decimal::from_str(printed).unwrap() * Decimal::from(10_000),
    };
    let readings = std::collections::BTreeMap::from([(4, also.iter().map(reading).collect())]);
    let mut report = Vec::new();
    let done = check::mend(&mut e, &readings, grammar(), &mut report);
    (e, done, report)
}

#[test]
fn another_reading_of_a_picture_is_taken_where_it_alone_makes_all_hold_and_is_said() {
    let (mut e, done, report) = mended("62.83", &["62.33", "62.63"]);
    assert_eq!((done.taken, done.undecided), (1, 0));
    assert_eq!(
        (e.facts[4].printed.as_str(), e.facts[4].amount),
        ("62.63", Some(Decimal::new(626_300, 0)))
    );
    let [said] = report.as_slice() else {
        panic!("{report:?}")
    };
    assert_eq!((said.code, said.severity), (Code::ReadByArithmetic, Severity::Warning));
    assert!(
        said.message.contains("62.83") && said.message.contains("62.63"),
        "{}",
        said.message
    );
    check::check(&mut e, grammar());
    assert_eq!(fails(&e).len(), 0);
}

#[test]
fn a_reading_that_does_not_make_all_hold_or_is_not_needed_changes_nothing() {
    // Nothing that was seen fits; two readings fit; the figures agree as they are.
    for (read, also, undecided) in [
        ("62.83", &["62.33", "02.83"][..], 0),
        ("62.83", &["62.63", "62.630"][..], 1),
        ("62.63", &["62.83"][..], 0),
    ] {
        let (e, done, report) = mended(read, also);
        assert_eq!((done.taken, done.undecided), (0, undecided), "{also:?}");
        assert_eq!(e.facts[4].printed, read);
        assert!(report.is_empty(), "{report:?}");
    }
}

#[test]
fn what_is_said_of_cars_is_no_contradiction_to_what_is_said_of_equipment() {
    let text = "甲市乙局2024年度部门决算\n\n第三部分 2024年度部门决算情况说明\n\n一、收入支出决算总体情况说明\n\n2024年度收入总计、支出总计均为1,000.00万元。\n\n\
        二、国有资产占用情况说明\n\n截至2024年12月31日，本部门共有车辆14辆，比上年减少1辆；单位价值50万元以上通用设备2台（套），与上年持平。\n";
    let e = crate::support::extract_bytes("a.txt", text.as_bytes());
    let directions = e.statements.iter().filter(|s| s.slot == "change_direction").count();
    assert_eq!(directions, 2);
    let fails: Vec<_> = e
        .findings
        .iter()
        .filter(|f| f.outcome == FindingOutcome::Fails)
        .collect();
    assert!(fails.is_empty(), "{fails:?}");
}
