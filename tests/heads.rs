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
