//! The 30 units of [`crate::units`] as 255 files: from the folder to the dataset to the panel, with known values.

use crate::units::{Doc, documents, registry};
use juesuan::record::Level;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

/// Fen: grand total, expenditure of the year, reception; every account has its own. A blank every fourth year, a zero for
/// some units: neither is the other.
struct Truth {
    total: i64,
    spent: i64,
    reception: Option<i64>,
}

fn truth(d: &Doc) -> Truth {
    let (unit, year) = (d.unit as i64, i64::from(d.year));
    let total = 1_000_000 * (unit + 1) + 12_300 * (year - 2015);
    Truth {
        total,
        spent: total - 40_000 * (year - 2015),
        reception: match (year % 4, unit % 5) {
            (0, _) => None,
            (_, 0) => Some(0),
            _ => Some(100 * (year - 2000) + 300 * unit),
        },
    }
}

/// What every account spent abroad, in fen.
const TRAVEL: i64 = 500_000;

/// Fen as ten thousands of yuan with six decimals.
fn wan(fen: i64) -> String {
    format!("{}.{:06}", fen / 1_000_000, fen % 1_000_000)
}

/// A text file as an office would publish it.
fn file(d: &Doc) -> String {
    let t = truth(d);
    let word = match d.level {
        Level::Department => "部门",
        Level::Unit => "单位",
    };
    let mut out = format!(
        "{}年度\n{}\n{word}决算\n\n第一部分 概况\n\n一、主要职责\n\n",
        d.year, d.name
    );
    let _ = match d.text {
        "uscc" => writeln!(out, "统一社会信用代码：11370800004234373R\n"),
        other => writeln!(out, "{other}\n"),
    };
    if !d.members.is_empty() {
        out.push_str("二、部门决算单位构成\n\n纳入本部门决算编制范围的单位包括：\n\n");
        for (n, m) in d.members.iter().enumerate() {
            let _ = writeln!(out, "{}. {m}\n", n + 1);
        }
    }
    // What was left over is what the next year begins with.
    let rest = t.total - t.spent;
    let opening = rest - 40_000;
    let _ = writeln!(
        out,
        "第二部分 {}年度{word}决算表\n\n收入支出决算总表\n\n单位：万元\n\n收入\t\t\t支出\t\t\n项目\t行次\t决算数\t项目\t行次\t决算数\n栏次\t\t1\t栏次\t\t2\n\
         一、一般公共预算财政拨款收入\t1\t{revenue}\t一、一般公共服务支出\t5\t{spent}\n\
         本年收入合计\t2\t{revenue}\t本年支出合计\t6\t{spent}\n\
         年初结转和结余\t3\t{opening}\t年末结转和结余\t7\t{rest}\n收入总计\t4\t{total}\t支出总计\t8\t{total}\n",
        d.year,
        total = wan(t.total),
        revenue = wan(t.total - opening),
        opening = wan(opening),
        spent = wan(t.spent),
        rest = wan(rest),
    );
    let reception = t.reception.map(wan).unwrap_or_default();
    let _ = writeln!(
        out,
        "财政拨款“三公”经费支出决算表\n\n单位：万元\n\n预算数\t\t\t\t\t\t决算数\t\t\t\t\t\n\
         {head}\t{head}\n\t\t小计\t公务用车购置费\t公务用车运行维护费\t\t\t\t小计\t公务用车购置费\t公务用车运行维护费\t\n\
         1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\n\t\t\t\t\t\t{}\t{}\t\t\t\t{reception}\n",
        wan(TRAVEL + t.reception.unwrap_or(0)),
        wan(TRAVEL),
        head = "合计\t因公出国（境）费\t公务用车购置及运行维护费\t\t\t公务接待费"
    );
    out
}

fn juesuan(args: &[&str]) {
    let out = Command::new(env!("CARGO_BIN_EXE_juesuan")).args(args).output().unwrap();
    assert!(
        out.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
}

type Table = Vec<BTreeMap<String, String>>;

fn table(path: &Path) -> Table {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let head = reader.headers().unwrap().clone();
    let row = |r: csv::StringRecord| {
        head.iter()
            .map(str::to_string)
            .zip(r.iter().map(str::to_string))
            .collect()
    };
    reader.records().map(|r| row(r.unwrap())).collect()
}

#[test]
fn the_accounts_of_thirty_units_become_a_panel() {
    let tmp = tempfile::tempdir().unwrap();
    let (rules, accounts, out) = (
        tmp.path().join("rules"),
        tmp.path().join("accounts"),
        tmp.path().join("out"),
    );
    registry(&rules);
    std::fs::create_dir(&accounts).unwrap();
    let docs = documents();
    for (n, d) in docs.iter().enumerate() {
        std::fs::write(accounts.join(format!("{n:03}.txt")), file(d)).unwrap();
    }
    let text = |p: &Path| p.to_string_lossy().to_string();
    juesuan(&[
        "extract",
        "-q",
        &text(&accounts),
        "--grammars",
        &text(&rules),
        "--format",
        "csv",
        "--out",
        &text(&out),
    ]);
    let rows: BTreeMap<String, BTreeMap<String, String>> = table(&out.join("documents.csv"))
        .into_iter()
        .map(|r| (r["file_name"].clone(), r))
        .collect();
    assert_eq!(rows.len(), 255);
    let mut keys: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for (n, d) in docs.iter().enumerate() {
        let r = &rows[&format!("{n:03}.txt")];
        assert_eq!(
            (r["kind"].as_str(), r["status"].as_str()),
            ("final_account", "extracted"),
            "{r:?}"
        );
        assert_eq!(r["fiscal_year"], d.year.to_string());
        assert_eq!(r["findings_failed"], "0", "{r:?}");
        keys.entry(d.unit).or_default().insert(&r["unit_key"]);
    }
    for (unit, k) in &keys {
        assert!(k.len() == 1 && !k.contains(""), "unit {unit}: {k:?}");
    }
    let all: BTreeSet<&str> = keys.values().flatten().copied().collect();
    assert_eq!((keys.len(), all.len()), (30, 30), "{keys:?}");

    // Each account goes on from the one of the year before, under whatever name that was published.
    let goes_on = table(&out.join("findings.csv"))
        .iter()
        .filter(|f| f["rule"] == "years.carryover" && f["outcome"] == "holds")
        .count();
    assert_eq!(goes_on, 255 - 30);

    juesuan(&["panel", &text(&out), "--grammars", &text(&rules)]);
    let panel = table(&out.join("panel.csv"));
    let mut cells: BTreeMap<(&str, &str, &str), &BTreeMap<String, String>> = BTreeMap::new();
    for r in &panel {
        let before = cells.insert((&r["unit_key"], &r["fiscal_year"], &r["indicator"]), r);
        assert!(before.is_none(), "twice: {r:?}");
    }
    for d in &docs {
        let (key, year) = (keys[&d.unit].first().unwrap(), d.year.to_string());
        let t = truth(d);
        let holds = |indicator: &str, fen: Option<i64>| {
            let r = cells
                .get(&(key, year.as_str(), indicator))
                .unwrap_or_else(|| panic!("{key} {year} {indicator}"));
            match fen {
                Some(fen) => {
                    let have: rust_decimal::Decimal = r["value"].parse().unwrap_or_else(|_| panic!("{r:?}"));
                    assert_eq!(have, rust_decimal::Decimal::new(fen, 2), "{r:?}");
                    assert!(!r["sources"].is_empty(), "{r:?}");
                }
                None => assert_eq!((r["value"].as_str(), r["state"].as_str()), ("", "blank"), "{r:?}"),
            }
        };
        holds("revenue_total", Some(t.total));
        holds("expenditure_current", Some(t.spent));
        holds("three_public.reception.final", t.reception);
    }
    // A fixed panel: those with an account in each of the nine years.
    juesuan(&["panel", &text(&out), "--grammars", &text(&rules), "--balanced"]);
    let balanced: BTreeSet<String> = table(&out.join("panel.csv"))
        .into_iter()
        .map(|r| r["unit_key"].clone())
        .collect();
    let merged: BTreeSet<&str> = [13, 14, 15].iter().map(|n| *keys[n].first().unwrap()).collect();
    assert_eq!(balanced.len(), 27);
    assert!(balanced.iter().all(|k| !merged.contains(k.as_str())));
}
