//! Heads of columns of which nobody knows whose they are: their columns are left out, and that is said.

use crate::aligned::{chinese, ruled};
use crate::support::builtin;
use juesuan::diag::Outcome;
use juesuan::recognise::{Recognised, recognise};

/// Left ends of the columns: code, name, and six columns of amounts.
const XS: [f32; 9] = [8.0, 44.0, 96.0, 146.0, 198.0, 250.0, 288.0, 340.0, 392.0];

const ROWS: [(&str, &str, [&str; 6]); 3] = [
    ("", "合计", ["9.00", "6.00", "3.00", "50.00", "5.00", "4.00"]),
    ("205", "教育支出", ["5.00", "4.00", "1.00", "30.00", "3.00", "2.00"]),
    ("206", "科学技术支出", ["4.00", "2.00", "2.00", "20.00", "2.00", "2.00"]),
];

/// 一般公共预算财政拨款收入支出决算表 with these lower heads, each with its place.
fn spending(heads: &[(f32, f32, &str)]) -> Outcome<Recognised> {
    let mut texts = vec![(120.0, 20.0, "一般公共预算财政拨款收入支出决算表")];
    for (x, text) in [
        (10.0, "科目编码"),
        (50.0, "科目名称"),
        (140.0, "年初结转和结余"),
        (252.0, "本年支出"),
        (312.0, "年末结转和结余"),
    ] {
        texts.push((x, 42.0, text));
    }
    texts.push((260.0, 60.0, "合计"));
    texts.extend(heads);
    for (n, (code, name, amounts)) in ROWS.iter().enumerate() {
        let y = 80.0 + 14.0 * n as f32;
        texts.extend([(10.0, y, *code), (46.0, y, *name)]);
        texts.extend((0..6).map(|k| (XS[2 + k] + 8.0, y, amounts[k])));
    }
    let ys = [30.0, 46.0, 70.0, 84.0, 98.0, 112.0];
    recognise(&chinese(&[ruled(&XS, &ys, &[3, 4, 7], &texts)]), builtin())
}

const OPENING: [(f32, f32, &str); 4] = [
    (112.0, 60.0, "合计"),
    (148.0, 60.0, "基本支出结转"),
    (200.0, 56.0, "项目支出结转"),
    (212.0, 66.0, "和结余"),
];
const CLOSING: [(f32, f32, &str); 3] = [
    (290.0, 60.0, "基本支出结转"),
    (342.0, 56.0, "项目支出结转"),
    (354.0, 66.0, "和结余"),
];

fn measures(read: &Outcome<Recognised>) -> Vec<&str> {
    let [table] = read.value.tables.as_slice() else {
        panic!("{} tables: {:?}", read.value.tables.len(), read.report)
    };
    let total = table.entries.iter().filter(|e| e.item == "total");
    total.map(|e| e.measure.as_str()).collect()
}

fn left_out(read: &Outcome<Recognised>) -> usize {
    read.report.iter().filter(|d| d.code == "column-not-understood").count()
}

const WHOLE: [&str; 6] = [
    "opening_carryover",
    "opening_carryover.basic",
    "opening_carryover.project",
    "total",
    "closing_carryover.basic",
    "closing_carryover.project",
];

#[test]
fn half_of_a_pair_is_no_column() {
    let whole = spending(&[&OPENING[..], &CLOSING].concat());
    assert_eq!((left_out(&whole), measures(&whole)), (0, WHOLE.to_vec()));
    let pair = [(290.0, 60.0, "项目支出结转"), (342.0, 60.0, "项目支出结余")];
    let read = spending(&[&OPENING[..], &pair].concat());
    assert_eq!(left_out(&read), 0, "{:?}", read.report);
    assert_eq!(
        measures(&read)[4..],
        [
            "closing_carryover.project.carryover",
            "closing_carryover.project.surplus"
        ]
    );
    // The head lost its second line.
    let read = spending(&[&OPENING[..], &CLOSING[..2]].concat());
    assert_eq!((left_out(&read), measures(&read)), (1, WHOLE[..5].to_vec()));
}

#[test]
fn a_head_over_the_line_between_two_columns_is_of_neither() {
    // Four of its characters lie over the column before; then two, so that both halves would be heads.
    for x in [114.0, 130.0] {
        let moved = [(100.0, 54.0, "合计"), (x, 66.0, "基本支出结转")];
        let read = spending(&[&moved[..], &OPENING[2..], &CLOSING].concat());
        assert_eq!((left_out(&read), measures(&read)), (2, WHOLE[2..].to_vec()), "{x}");
    }
}

/// A page of a form of codes below its head; the title may be missing.
fn coded(title: Option<&str>, rows: &[(&str, &str, &str)]) -> String {
    let xs = [8.0, 60.0, 160.0, 230.0, 300.0, 370.0];
    let heads = ["科目编码", "科目名称", "本年支出合计", "基本支出", "项目支出"];
    let mut texts: Vec<(f32, f32, &str)> = title.map(|t| (120.0, 20.0, t)).into_iter().collect();
    texts.extend((0..5).map(|k| (xs[k] + 4.0, 42.0, heads[k])));
    let mut ys = vec![30.0, 46.0];
    for (n, (code, name, amount)) in rows.iter().enumerate() {
        let y = 60.0 + 16.0 * n as f32;
        ys.push(y + 2.0);
        texts.extend([(xs[0] + 4.0, y, *code), (xs[1] + 4.0, y, *name)]);
        texts.extend([2, 4].map(|k| (xs[k] + 20.0, y, *amount)));
        texts.push((xs[3] + 20.0, y, "0.00"));
    }
    ruled(&xs, &ys, &[], &texts)
}

/// A table whose title is missing is not read as more of the one before: its total is another.
#[test]
fn a_second_total_is_that_of_another_table() {
    let first = coded(
        Some("政府性基金预算财政拨款支出决算表"),
        &[
            ("", "合计", "10.66"),
            ("212", "城乡社区支出", "10.66"),
            ("21208", "国有土地使用权出让收入安排的支出", "10.66"),
        ],
    );
    let other = [
        ("", "合计", "8.05"),
        ("223", "国有资本经营预算支出", "8.05"),
        ("22301", "解决历史遗留问题", "8.05"),
    ];
    let read = recognise(&chinese(&[first.clone(), coded(None, &other)]), builtin());
    let items = |read: &Outcome<Recognised>| {
        let entries = read.value.tables.iter().flat_map(|t| &t.entries);
        entries
            .map(|e| e.item.clone())
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert!(!items(&read).contains("223"), "{:?}", read.report);
    assert!(items(&read).contains("21208"));
    assert!(
        read.report
            .iter()
            .any(|d| d.code == "unclaimed-table" && d.place.page == 2)
    );
    // The same rows without a total go on.
    let read = recognise(&chinese(&[first, coded(None, &other[1..])]), builtin());
    assert!(items(&read).contains("22301"), "{:?}", read.report);
}

/// A form of nothing but zeros and, without a title on the next page, another one: its total adds no zeros to the first.
#[test]
fn a_total_of_zeros_that_stands_again_counts_once() {
    let zeros = [("", "合计", "0.00")];
    let pages = [
        coded(Some("政府性基金预算财政拨款支出决算表"), &zeros),
        coded(None, &zeros),
    ];
    let read = recognise(&chinese(&pages), builtin());
    let entries: Vec<_> = read.value.tables.iter().flat_map(|t| &t.entries).collect();
    let measures: std::collections::BTreeSet<&str> = entries.iter().map(|e| e.measure.as_str()).collect();
    assert_eq!(measures.len(), 3, "{:?}", read.report);
    assert_eq!(entries.len(), 3, "{entries:?}");
    assert!(read.report.iter().any(|d| d.place.page == 2), "{:?}", read.report);
}

/// An amount that ran into the label behind it is no list number of it: the label is not known, and so not read.
#[test]
fn an_amount_in_front_of_a_label_is_no_list_number() {
    let bare = |t| builtin().lexicon.bare_label(t).to_string();
    assert_eq!(bare("2967.14一、一般公共服务支出"), "2967.14一、一般公共服务支出");
    assert_eq!(bare("1,967.14教育支出"), "1,967.14教育支出");
    for list in [
        "1.教育支出",
        "（一）教育支出".replace('（', "(").replace('）', ")").as_str(),
        "12、教育支出",
    ] {
        assert_eq!(bare(list), "教育支出");
    }
}
