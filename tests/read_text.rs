//! Text and Markdown: the same tables as PDF, every value with its bytes, rows that lost a cell never wrong without a word.

use crate::support::{corpus, extract_bytes};
use juesuan::place::Locator;
use juesuan::record::{CellState, Extract, Source};
use std::collections::BTreeMap;

const HEAD: &str = "2021年度\n某县图书馆单位决算\n\n";

/// 支出决算表 in one of the ways that text has for tables.
fn expenditure(rows: &str) -> String {
    format!("{HEAD}## 支出决算表\n\n公开03表\n\n单位：万元\n\n{rows}\n\n注：本表反映单位本年度各项支出情况。\n")
}

const TABS: &str = "项目\t\t本年支出合计\t基本支出\t项目支出\t上缴上级支出\t经营支出\t对附属单位补助支出\n\
功能分类科目编码\t科目名称\t\t\t\t\t\t\n\
栏次\t\t1\t2\t3\t4\t5\t6\n\
<b>合计</b>\t\t31.50\t20.50\t11.00\t\t0.00\t—\n\
207\t文化旅游体育与传媒支出\t31.50\t20.50\t11.00\t\t0.00\t—\n\
2070104\t图书馆\t31.50\t20.50\t11.00\t\t0.00\t—";

fn amounts(e: &Extract) -> BTreeMap<(String, String, String), String> {
    e.facts
        .iter()
        .map(|f| {
            let value = f.amount.map_or(f.cell_state.to_string(), |a| a.to_string());
            ((f.form.clone(), f.item.clone(), f.measure.clone()), value)
        })
        .collect()
}

fn text(s: &str) -> Extract {
    extract_bytes("a.txt", s.as_bytes())
}

#[test]
fn tabs_and_pipes_give_the_same_facts() {
    let tabs = text(&expenditure(TABS));
    assert_eq!(tabs.document.media_type, "text/plain");
    assert_eq!(tabs.document.unit_name.as_deref(), Some("某县图书馆"));
    assert_eq!(
        (tabs.document.fiscal_year, tabs.document.text_layer),
        (Some(2021), None)
    );
    assert_eq!(tabs.facts.len(), 18, "{:?}", tabs.diagnostics);
    let key = |i: &str, m: &str| ("expenditure".to_string(), i.to_string(), m.to_string());
    let all = amounts(&tabs);
    assert_eq!(all[&key("2070104", "basic")], "205000.00");
    assert_eq!(all[&key("total", "remitted_to_superior")], "blank");
    assert_eq!(all[&key("total", "subsidy_to_affiliated")], "dash");
    let pipes: String = TABS
        .lines()
        .enumerate()
        .map(|(n, l)| {
            let row = format!("| {} |\n", l.replace('\t', " | "));
            if n == 0 {
                format!("{row}|{}\n", " --- |".repeat(8))
            } else {
                row
            }
        })
        .collect();
    assert_eq!(amounts(&text(&expenditure(&pipes))), all);
    let bare: String = pipes.lines().map(|l| format!("{}\n", l.trim_matches('|'))).collect();
    assert_eq!(amounts(&text(&expenditure(&bare))), all);
}

#[test]
fn a_table_of_tags_between_the_text_is_a_table() {
    let rows: String = TABS
        .lines()
        .skip(3)
        .map(|l| format!("<tr><td>{}</td></tr>\n", l.replace('\t', "</td><td>")))
        .collect();
    let head = "<tr><td colspan=2>项目</td><td rowspan=2>本年支出合计</td><td rowspan=2>基本支出</td><td rowspan=2>项目支出</td>\
        <td rowspan=2>上缴上级支出</td><td rowspan=2>经营支出</td><td rowspan=2>对附属单位补助支出</td></tr>\n\
        <tr><td>功能分类科目编码</td><td>科目名称</td></tr>\n";
    let e = text(&expenditure(&format!("<table border=1>\n{head}{rows}</table>")));
    assert_eq!(amounts(&e), amounts(&text(&expenditure(TABS))), "{:?}", e.diagnostics);
}

#[test]
fn every_value_knows_its_bytes_in_every_encoding() {
    let source = expenditure(TABS);
    let wide: Vec<u8> = std::iter::once(0xFEFFu16)
        .chain(source.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let files = [
        source.as_bytes().to_vec(),
        [&b"\xEF\xBB\xBF"[..], source.as_bytes()].concat(),
        encoding_rs::GB18030.encode(&source).0.into_owned(),
        wide,
    ];
    let want = amounts(&text(&source));
    for bytes in files {
        let e = extract_bytes("a.txt", &bytes);
        assert_eq!(amounts(&e), want);
        for f in &e.facts {
            assert_eq!((f.place.page, f.source), (0, Source::Markup));
            let Some(Locator::Bytes { part: 0, start, end }) = f.place.at else {
                panic!("{f:?}");
            };
            let stretch: Vec<u8> = bytes[start as usize..end as usize].to_vec();
            let decoded = if bytes.starts_with(b"\xFF\xFE") {
                encoding_rs::UTF_16LE
                    .decode_without_bom_handling(&stretch)
                    .0
                    .into_owned()
            } else {
                encoding_rs::GB18030
                    .decode_without_bom_handling(&stretch)
                    .0
                    .into_owned()
            };
            if f.cell_state != CellState::Dash {
                assert_eq!(decoded, f.printed);
            }
        }
    }
}

#[test]
fn a_head_repeated_where_the_page_broke_is_no_row() {
    let head: Vec<&str> = TABS.lines().take(3).collect();
    let body: Vec<&str> = TABS.lines().skip(3).collect();
    let want = amounts(&text(&expenditure(TABS)));
    for between in ["\n\n", "\n\n— 3 —\n\n", "\n\x0C\n"] {
        let two = format!(
            "{}\n{}{between}{}\n{}",
            head.join("\n"),
            body[..2].join("\n"),
            head.join("\n"),
            body[2..].join("\n")
        );
        let e = text(&expenditure(&two));
        assert_eq!(amounts(&e), want, "{between:?}: {:?}", e.diagnostics);
        assert!(e.facts.iter().all(|f| f.table == 1));
        let without = format!(
            "{}\n{}{between}{}",
            head.join("\n"),
            body[..2].join("\n"),
            body[2..].join("\n")
        );
        assert_eq!(
            amounts(&text(&expenditure(&without))),
            want,
            "{between:?} without a head"
        );
    }
}

#[test]
fn a_row_that_lost_a_cell_is_restored_only_where_one_way_fits() {
    let want = amounts(&text(&expenditure(TABS)));
    // The name is lost: nothing but a name stands in its column.
    let nameless = TABS.replace("2070104\t图书馆\t", "2070104\t");
    let e = text(&expenditure(&nameless));
    assert_eq!(amounts(&e), want);
    assert!(e.diagnostics.iter().any(|d| d.code == "row-cell-restored"));
    // An amount is lost: every column could be the one.
    let short = TABS.replace("2070104\t图书馆\t31.50\t20.50", "2070104\t图书馆\t20.50");
    let e = text(&expenditure(&short));
    let have = amounts(&e);
    assert!(have.keys().all(|k| k.1 != "2070104"), "{have:?}");
    assert_eq!(have.len(), 12);
    let said = e.diagnostics.iter().find(|d| d.code == "row-lost-cell").unwrap();
    assert!(said.printed.as_deref().is_some_and(|p| p.contains("图书馆")) && said.place.at.is_some());
    assert_eq!(e.document.status.as_str(), "partial");
    // Blanks at the end of every line are lost: nothing else is.
    let trimmed: Vec<&str> = TABS.lines().map(|l| l.trim_end_matches('\t')).collect();
    assert_eq!(amounts(&text(&expenditure(&trimmed.join("\n")))), want);
}

#[test]
fn bytes_that_are_no_characters_are_said() {
    let mut bytes = encoding_rs::GB18030.encode(&expenditure(TABS)).0.into_owned();
    bytes.extend(b"\xFF\xFF\n");
    let e = extract_bytes("a.txt", &bytes);
    assert_eq!(e.facts.len(), 18);
    assert!(e.diagnostics.iter().any(|d| d.code == "wrong-charset"));
}

#[test]
fn the_real_text_is_read_whole_and_with_its_bytes() {
    let Some(corpus) = corpus() else { return };
    let bytes = std::fs::read(corpus.join("documents/final-accounts/henan-jiaozuo-egov-2022.txt")).unwrap();
    let e = extract_bytes("a.txt", &bytes);
    assert_eq!(e.document.status.as_str(), "extracted");
    assert_eq!(e.facts.len(), 591);
    for f in &e.facts {
        let Some(Locator::Bytes { start, end, .. }) = f.place.at else {
            panic!("{f:?}");
        };
        assert_eq!(&bytes[start as usize..end as usize], f.printed.as_bytes());
    }
}
