//! Whole tables in layouts of provinces and years: `tests/cases/forms/*.txt`. A case begins with `== name`, then the lines above the
//! table, its rows (`|` between cells, `<` joined with the cell to the left, `^` with the cell above), then every number that
//! must come out (`= [side:]item measure printed`, of a table outside the forms `= other [code] label @ header = printed yuan`, `-` for none; no
//! other may), and the diagnostics that must be there (`! code`).

use crate::support::{extract_bytes, files, root};
use juesuan::record::{CellState, Extract, Fact};
use std::fmt::Write;

struct Case<'t> {
    name: &'t str,
    above: Vec<&'t str>,
    rows: Vec<Vec<&'t str>>,
    want: Vec<&'t str>,
    said: Vec<&'t str>,
}

fn cases(text: &str) -> Vec<Case<'_>> {
    let mut out: Vec<Case<'_>> = Vec::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        if let Some(name) = line.strip_prefix("== ") {
            out.push(Case {
                name,
                above: Vec::new(),
                rows: Vec::new(),
                want: Vec::new(),
                said: Vec::new(),
            });
            continue;
        }
        let case = out.last_mut().unwrap();
        if let Some(row) = line.strip_prefix('|') {
            case.rows
                .push(row.trim_end_matches('|').split('|').map(str::trim).collect());
        } else if let Some(want) = line.strip_prefix("= ") {
            case.want.push(want);
        } else if let Some(code) = line.strip_prefix("! ") {
            case.said.push(code);
        } else {
            case.above.push(line);
        }
    }
    out
}

/// The table of a case as a page of the web.
fn html(case: &Case<'_>) -> String {
    let mut out =
        String::from("<html><head><meta charset=\"utf-8\"></head><body><p>2021年度</p><p>某县图书馆单位决算</p>\n");
    for line in &case.above {
        writeln!(out, "<p>{line}</p>").unwrap();
    }
    out.push_str("<table border=\"1\">\n");
    for (r, row) in case.rows.iter().enumerate() {
        out.push_str("<tr>");
        for (c, text) in row.iter().enumerate().filter(|(_, t)| !matches!(**t, "<" | "^")) {
            let wide = 1 + row[c + 1..].iter().take_while(|t| **t == "<").count();
            let below = case.rows[r + 1..].iter();
            let tall = 1 + below.take_while(|o| o.get(c) == Some(&"^")).count();
            write!(out, "<td colspan=\"{wide}\" rowspan=\"{tall}\">{text}</td>").unwrap();
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table></body></html>\n");
    out
}

fn numbers(e: &Extract) -> Vec<String> {
    let (others, forms): (Vec<&Fact>, Vec<&Fact>) = e.facts.iter().partition(|f| f.is_other());
    let other = others.iter().map(|f| {
        let amount = f.amount.map_or("-".to_string(), |a| a.to_string());
        let label = f.item_name.as_deref().unwrap_or("-");
        let code = f.item_code.as_ref().map(|c| format!("{c} ")).unwrap_or_default();
        assert!(f.item.is_empty() && f.measure.is_empty() && f.held == 0 && f.failed == 0);
        format!(
            "other {code}{label} @ {} = {} {amount}",
            f.header_path.as_deref().unwrap_or("-"),
            f.printed
        )
    });
    let printed = forms.iter().filter(|f| f.cell_state == CellState::Number);
    let mut out: Vec<String> = printed
        .map(|f| {
            let side = f.side.map(|s| format!("{s}:")).unwrap_or_default();
            format!("{side}{} {} {}", f.item, f.measure, f.printed)
        })
        .chain(other)
        .collect();
    out.sort();
    out
}

#[test]
fn tables_in_other_layouts() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for path in files(&root().join("tests/cases/forms"), ".txt") {
        let text = std::fs::read_to_string(&path).unwrap();
        for case in cases(&text) {
            count += 1;
            let e = extract_bytes("a.html", html(&case).as_bytes());
            let mut want: Vec<String> = case.want.iter().map(ToString::to_string).collect();
            want.sort();
            let got = numbers(&e);
            let codes: Vec<&str> = e.diagnostics.iter().map(|d| d.code.as_str()).collect();
            let unsaid = case.said.iter().any(|c| !codes.contains(c));
            if got != want || unsaid {
                let missing: Vec<&String> = want.iter().filter(|w| !got.contains(w)).collect();
                let extra: Vec<&String> = got.iter().filter(|w| !want.contains(w)).collect();
                let said: Vec<String> = e
                    .diagnostics
                    .iter()
                    .map(|d| format!("{}: {}", d.code, d.message))
                    .collect();
                wrong.push(format!(
                    "{}: missing {missing:?}, extra {extra:?}\n    {}",
                    case.name,
                    said.join("\n    ")
                ));
            }
        }
    }
    assert!(count >= 18, "{count}");
    assert!(wrong.is_empty(), "{} of {count}\n{}", wrong.len(), wrong.join("\n"));
}

/// A report of somebody else gives no facts: a unit or a form has to stand before a table outside the forms.
#[test]
fn a_table_outside_the_forms_needs_a_unit_or_a_form_before_it() {
    let table = "<p>国有资产占有使用情况表</p><p>单位：万元</p><table border=\"1\"><tr><td>资产类别</td><td>账面价值</td></tr>\
                 <tr><td>房屋</td><td>310.25</td></tr><tr><td>车辆</td><td>86.00</td></tr></table>";
    let page = |before: &str| format!("<html><body>{before}{table}</body></html>");
    let read = |before: &str| extract_bytes("a.html", page(before).as_bytes());
    let alone = read("<p>半年工作总结</p>");
    assert!(alone.facts.is_empty());
    assert!(alone.diagnostics.iter().any(|d| d.code.as_str() == "unclaimed-table"));
    let of_a_unit = read("<p>2021年度</p><p>某县图书馆单位决算</p>");
    assert_eq!(of_a_unit.facts.iter().filter(|f| f.is_other()).count(), 2);
}

/// Its rows on the next page, below the same head, belong to it and to no form.
#[test]
fn a_table_outside_the_forms_goes_on_over_the_page() {
    let bytes = std::fs::read(root().join("tests/cases/other/continued.pdf")).unwrap();
    let e = extract_bytes("continued.pdf", &bytes);
    assert!(e.document.pages >= 3);
    assert!(e.facts.iter().all(Fact::is_other));
    assert_eq!(e.facts.len(), 180);
    let pages: std::collections::BTreeSet<u32> = e.facts.iter().map(|f| f.place.page).collect();
    assert!(pages.len() >= 2, "{pages:?}");
    let tables: std::collections::BTreeSet<u32> = e.facts.iter().map(|f| f.table).collect();
    assert_eq!(tables.len(), 1);
}

#[test]
fn names_below_a_head_that_nobody_knows_are_known_by_the_lists() {
    let row = |cells: [&str; 5]| format!("<tr>{}</tr>", cells.map(|c| format!("<td>{c}</td>")).concat());
    let rows = [
        ["功能分类科目编码", "科目淃称", "本年支出合计", "基本支出", "项目支出"],
        ["合计", "", "31.50", "20.50", "11.00"],
        ["201", "一般公共服务支出", "31.50", "20.50", "11.00"],
        ["20101", "人大事务", "31.50", "20.50", "11.00"],
        ["2010101", "行政运行", "31.50", "20.50", "11.00"],
    ];
    let page = format!(
        "<h1>甲市乙局2024年度部门决算</h1><p>支出决算表</p><p>单位：万元</p><table>{}</table>",
        rows.map(row).concat()
    );
    let e = extract_bytes("a.html", page.as_bytes());
    let names: Vec<&str> = e.facts.iter().filter_map(|f| f.item_name.as_deref()).collect();
    assert_eq!(names.iter().filter(|n| **n == "行政运行").count(), 3, "{names:?}");
    assert_eq!(names.iter().filter(|n| **n == "人大事务").count(), 3, "{names:?}");
}

/// Numbers of columns are no amounts where one of them stands twice, or has moved into the cell of another.
#[test]
fn a_row_that_counts_the_columns_is_no_row_of_amounts() {
    let row = |cells: &[&str]| {
        format!(
            "<tr>{}</tr>",
            cells.iter().map(|c| format!("<td>{c}</td>")).collect::<String>()
        )
    };
    let head = "<tr><td colspan=\"6\">预算数</td><td colspan=\"6\">决算数</td></tr>".to_string()
        + &format!(
            "<tr>{0}{0}</tr>",
            "<td>合计</td><td>因公出国（境）费</td><td>公务用车购置及运行费小计</td><td>公务用车购置费</td><td>公务用车运行费</td><td>公务接待费</td>"
        );
    let amounts = [
        "4.33", "——", "2.11", "——", "2.11", "2.22", "3.52", "——", "1.59", "——", "1.59", "1.93",
    ];
    let read = |numbers: &[&str]| {
        let page = format!(
            "<h1>甲市乙局2024年度部门决算</h1><p>财政拨款“三公”经费支出决算表</p><p>单位：万元</p><table>{head}{}{}</table>",
            row(numbers),
            row(&amounts)
        );
        extract_bytes("a.html", page.as_bytes())
    };
    let whole = read(&["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]);
    let want = numbers(&whole);
    assert_eq!(want.len(), 8, "{want:?}");
    assert!(whole.diagnostics.iter().all(|d| d.code != "unclaimed-number"));
    for moved in [
        ["1", "2", "3", "4", "5", "5 6", "7", "8", "9", "10", "11", "12"],
        ["1", "2", "3", "4", "5", "6", "", "87", "9", "10", "11", "12"],
        ["1", "2", "2", "4", "5", "6", "7", "8", "9", "10", "11", "12"],
        ["21", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"],
    ] {
        let e = read(&moved);
        assert_eq!(numbers(&e), want, "{moved:?} {:?}", e.diagnostics);
        assert!(e.diagnostics.iter().any(|d| d.code == "unclaimed-number"), "{moved:?}");
    }
}

/// A form below the title of another is not read as that other one where a name of it happens to be known there.
#[test]
fn next_to_nothing_of_another_form_is_read() {
    let row = |cells: &[&str]| {
        format!(
            "<tr>{}</tr>",
            cells.iter().map(|c| format!("<td>{c}</td>")).collect::<String>()
        )
    };
    let head = ["经济分类科目编码", "科目名称", "决算数"].repeat(3);
    let rows = [
        [
            "301",
            "工资福利支出",
            "920.54",
            "302",
            "商品和服务支出",
            "211.19",
            "307",
            "债务利息及费用支出",
            "0.00",
        ],
        [
            "30101",
            "基本工资",
            "309.92",
            "30201",
            "办公费",
            "39.71",
            "30701",
            "国内债务付息",
            "0.00",
        ],
        [
            "30102",
            "津贴补贴",
            "175.01",
            "30202",
            "印刷费",
            "10.97",
            "399",
            "其他支出",
            "0.00",
        ],
        [
            "30103",
            "奖金",
            "435.61",
            "30207",
            "邮电费",
            "160.51",
            "39999",
            "其他支出",
            "0.00",
        ],
    ];
    let page = format!(
        "<h1>甲市乙局2024年度部门决算</h1><p>支出决算表</p><p>单位：万元</p><table>{}{}</table>",
        row(&head),
        rows.iter().map(|r| row(r)).collect::<String>()
    );
    let e = extract_bytes("a.html", page.as_bytes());
    assert!(e.facts.iter().all(|f| f.form != "expenditure"), "{:?}", numbers(&e));
    assert!(
        e.diagnostics
            .iter()
            .any(|d| d.code == "header-does-not-fit" || d.code == "unclaimed-table")
    );
}
