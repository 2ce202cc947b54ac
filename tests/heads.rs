//! Heads of columns of which nobody knows whose they are: their columns are left out, and that is said.

use crate::aligned::{chinese, ruled};
use crate::support::builtin;
use juesuan::diag::Outcome;
use juesuan::recognise::{Recognised, recognise};

/// Left ends of the columns: code, name, and eight columns of amounts.
const XS: [f32; 11] = [
    10.0, 60.0, 130.0, 200.0, 270.0, 340.0, 410.0, 480.0, 550.0, 620.0, 690.0,
];

/// 一般公共预算财政拨款收入支出决算表 with these heads over its last columns, each with its place in them: the second row of heads.
fn spending(heads: &[(f32, f32, &str)]) -> Outcome<Recognised> {
    let mut texts = vec![(200.0, 20.0, "一般公共预算财政拨款收入支出决算表")];
    for (x, text) in [
        (12.0, "科目编码"),
        (62.0, "科目名称"),
        (200.0, "年初结转和结余"),
        (400.0, "本年支出"),
        (580.0, "年末结转和结余"),
    ] {
        texts.push((x, 42.0, text));
    }
    texts.extend(heads);
    for (n, (code, name)) in [("", "合计"), ("208", "社会保障和就业支出"), ("210", "卫生健康支出")]
        .iter()
        .enumerate()
    {
        let y = 76.0 + 14.0 * n as f32;
        texts.extend([(12.0, y, *code), (62.0, y, *name)]);
        let amounts = [
            ["9.00", "6.00", "3.00"],
            ["5.00", "4.00", "1.00"],
            ["4.00", "2.00", "2.00"],
        ][n];
        for group in 0..2 {
            for k in 0..3 {
                texts.push((XS[2 + 3 * group + k] + 30.0, y, amounts[k]));
            }
        }
        texts.extend([(XS[8] + 30.0, y, amounts[1]), (XS[9] + 30.0, y, amounts[2])]);
    }
    let ys = [30.0, 46.0, 66.0, 80.0, 94.0, 108.0];
    recognise(&chinese(&[ruled(&XS, &ys, &[3, 4, 6, 7, 9], &texts)]), builtin())
}

const OPENING: [(f32, f32, &str); 3] = [
    (150.0, 60.0, "合计"),
    (206.0, 60.0, "基本支出结转"),
    (272.0, 60.0, "项目支出结转结余"),
];
const YEAR: [(f32, f32, &str); 3] = [
    (360.0, 60.0, "合计"),
    (420.0, 60.0, "基本支出"),
    (490.0, 60.0, "项目支出"),
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

#[test]
fn half_of_a_pair_is_no_column() {
    let pair = [(556.0, 60.0, "项目支出结转"), (626.0, 60.0, "项目支出结余")];
    let whole = spending(&[&OPENING[..], &YEAR, &pair].concat());
    assert_eq!(left_out(&whole), 0, "{:?}", whole.report);
    assert_eq!(
        measures(&whole)[6..],
        [
            "closing_carryover.project.carryover",
            "closing_carryover.project.surplus"
        ]
    );
    // The second may be a head that lost its end.
    let half = [(556.0, 60.0, "基本支出结转"), (626.0, 60.0, "项目支出结转")];
    let read = spending(&[&OPENING[..], &YEAR, &half].concat());
    assert_eq!(left_out(&read), 1, "{:?}", read.report);
    assert_eq!(measures(&read)[6..], ["closing_carryover.basic"]);
}

#[test]
fn a_head_over_the_line_between_two_columns_is_of_neither() {
    let pair = [(556.0, 60.0, "基本支出结转"), (622.0, 60.0, "项目支出结转和结余")];
    let whole = spending(&[&OPENING[..], &YEAR, &pair].concat());
    assert_eq!(left_out(&whole), 0, "{:?}", whole.report);
    assert_eq!(
        measures(&whole)[..3],
        [
            "opening_carryover",
            "opening_carryover.basic",
            "opening_carryover.project"
        ]
    );
    // Four of its characters lie over the column before.
    let moved = [(150.0, 53.0, "合计"), (168.0, 63.0, "基本支出结转"), OPENING[2]];
    let read = spending(&[&moved[..], &YEAR, &pair].concat());
    assert_eq!(left_out(&read), 2, "{:?}", read.report);
    assert_eq!(measures(&read)[..1], ["opening_carryover.project"]);
}
