//! From a portal to the panel: six invented units publish four years each on three platforms, as PDF, Word, a page and one ZIP file
//! (`scripts/generate.py --set portal`); `juesuan run` and `juesuan panel` end at the values of the books.

use crate::fetch_store::juesuan;
use crate::support::portal::{Answer, Asked, Portal, START, serve};
use crate::support::root;
use juesuan::acquire::net::clock::SimClock;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

type Table = Vec<BTreeMap<String, String>>;

const YEARS: std::ops::RangeInclusive<u16> = 2020..=2023;

/// Three portals, three platforms. The first rows of a list are what is no final account.
const SOURCES: &str = r#"
[defaults]
user_agent = "juesuan-test/1.0 (+mailto:test@example.org)"
min_delay_ms = 0
latency_factor = 0.0
retry = { attempts = 2, base_s = 0 }

[[source]]
id = "wanglan"
publisher = { name = "望澜市财政局", code = "990100", level = "city" }
kind = ["final"]
platform = "trs-static"
entry = ["http://czj.wanglan.example/bmjs/"]
[source.identity]
expect_any = ["望澜市财政局"]
[source.list]
include = "决算"
exclude = "招聘"

[[source]]
id = "chenglu"
publisher = { name = "from_row" }
platform = "gkmlpt"
entry = ["http://www.chenglu.example/czj/gkmlpt/index"]
[source.list]
vars = { column = "=7" }
include = "决算"

[[source]]
id = "tinglan"
publisher = { name = "汀兰市人民政府" }
platform = "vsb"
entry = ["http://www.tinglan.example/czyjs.htm"]
[source.list]
include = "决算"
"#;

fn published(unit: usize, year: u16, ending: &str) -> Vec<u8> {
    std::fs::read(root().join(format!("tests/portal/u{unit}-{year}.{ending}"))).unwrap()
}

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

fn page(a: &Asked, body: &str) -> Answer {
    let text = format!(
        "<!DOCTYPE html><html><head><meta charset=utf-8><title>望澜市财政局</title></head><body>{body}</body></html>"
    );
    serve(a, "text/html; charset=utf-8", text.as_bytes())
}

/// Unit and year in the last digits of an address: …3-2022….
fn which(path: &str) -> (usize, u16) {
    let name = path.rsplit(['/', '=', '_']).next().unwrap();
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    (digits[..1].parse().unwrap(), digits[1..5].parse().unwrap())
}

/// Unit 1 by rows that are the file, unit 2 by pages with an attachment; two pages of rows.
fn trs(a: &Asked) -> Answer {
    let rows = |unit: usize| -> String {
        YEARS
            .rev()
            .map(|y| match unit {
                1 => format!(
                    "<li><a href=\"./{}09/P1-{y}.pdf\">{y}年度部门决算</a><span>{}-09-12</span></li>",
                    y + 1,
                    y + 1
                ),
                _ => format!(
                    "<li><a href=\"./{}09/t20230912_2{y}.html\" title=\"{y}年度部门决算\">…</a><span>{}-09-12</span></li>",
                    y + 1,
                    y + 1
                ),
            })
            .collect()
    };
    let list = |rows: String, at: usize| {
        page(
            a,
            &format!("<ul>{rows}</ul><script>createPageHTML(2, {at}, \"index\", \"html\");</script>"),
        )
    };
    match a.path.as_str() {
        "/bmjs/" => list(
            format!(
                "<li><a href=\"./202409/t20240913_92024.html\">决算岗位招聘公告</a><span>2024-09-13</span></li><li><a href=\"./202409/t20240201_82024.html\">2024年部门预算</a><span>2024-02-01</span></li>{}",
                rows(1)
            ),
            0,
        ),
        "/bmjs/index_1.html" => list(rows(2), 1),
        p if p.ends_with(".pdf") => {
            let (unit, year) = which(p);
            serve(a, "application/pdf", &published(unit, year, "pdf"))
        }
        p => {
            let (unit, year) = which(p);
            page(
                a,
                &format!(
                    "<div class=TRS_Editor>现予公开。<a appendix=\"true\" href=\"./P{unit}-{year}.pdf\" download=\"{year}决算.pdf\">附件</a></div>"
                ),
            )
        }
    }
}

/// Units 3 and 4 in JSON; one year of unit 4 in a ZIP file.
fn gkmlpt(a: &Asked) -> Answer {
    match a.path.as_str() {
        "/czj/gkmlpt/index" => page(a, "<script>window._CONFIG = {NFCMS_SITE_ID: 758019, TREE: []}</script>"),
        "/czj/gkmlpt/api/all/7?page=1&sid=758019" => {
            let articles: Vec<String> = (3..=4usize)
                .flat_map(|u| YEARS.map(move |y| (u, y)))
                .map(|(u, y)| {
                    let name = ["澄麓县司法局", "澄麓县公路局"][u - 3];
                    format!("{{\"id\":{u}{y},\"title\":\"{name}{y}年度决算\",\"url\":\"http://www.chenglu.example/czj/gkmlpt/content/3/post_{u}{y}.html\",\"create_time\":\"{}-09-20 08:00:00\",\"publisher\":\"{name}\",\"type\":\"normal\"}}", y + 1)
                })
                .collect();
            let text = format!(
                "{{\"classify\":{{\"post_count\":8}},\"total\":8,\"offset\":0,\"articles\":[{}]}}",
                articles.join(",")
            );
            serve(a, "application/json", text.as_bytes())
        }
        p if p.contains("/content/") => {
            let (unit, year) = which(p);
            let ending = if (unit, year) == (4, 2020) { "zip" } else { "pdf" };
            page(
                a,
                &format!(
                    "<div class=article-content>正文<a class=\"nfw-cms-attachment\" href=\"/attachment/0/1/{unit}{year}.{ending}\" alt=\"{year}年度决算.{ending}\">点击下载</a></div>"
                ),
            )
        }
        p if p.ends_with(".zip") => {
            let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
            zip.start_file("2020年度决算公开.pdf", zip::write::SimpleFileOptions::default())
                .unwrap();
            zip.write_all(&published(4, 2020, "pdf")).unwrap();
            serve(a, "application/octet-stream", &zip.finish().unwrap().into_inner())
        }
        p => {
            let (unit, year) = which(p);
            serve(a, "application/octet-stream", &published(unit, year, "pdf"))
        }
    }
}

/// Unit 5 behind download.jsp, which wants the page along; the account of unit 6 stands in the page itself.
fn vsb(a: &Asked) -> Answer {
    let rows = |unit: usize| -> String {
        YEARS
            .rev()
            .map(|y| format!("<li id=line{unit}{y}><a href=\"/info/1/{unit}{y}.htm\" title=\"{y}年度决算公开\">决算</a><span>{}-08-30</span></li>", y + 1))
            .collect()
    };
    let list = |rows: String, at: usize| page(a, &format!("<ul>{rows}</ul><div id=fanye>共8条 {at}/2</div>"));
    match a.path.as_str() {
        "/czyjs.htm" => list(rows(5), 1),
        "/czyjs/1.htm" => list(rows(6), 2),
        p if p.starts_with("/info/1/5") => {
            let (_, year) = which(p.trim_end_matches(".htm"));
            page(
                a,
                &format!(
                    "<div class=v_news_content>见附件</div><a href=\"/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid=5{year}\">{year}决算.docx</a>"
                ),
            )
        }
        p if p.starts_with("/info/1/6") => {
            let (unit, year) = which(p.trim_end_matches(".htm"));
            // As it stands, in GB2312 that only the page itself names.
            let account = published(unit, year, "html");
            let at = |mark: &[u8]| account.windows(mark.len()).position(|w| w == mark).unwrap();
            let (begin, end) = (at(b"<body>") + 6, at(b"</body>"));
            let body = [
                &account[..begin],
                b"<div class=v_news_content>",
                &account[begin..end],
                b"</div>",
                &account[end..],
            ]
            .concat();
            serve(a, "text/html", &body)
        }
        p if p.starts_with("/system/") && a.header("referer").is_some_and(|r| r.contains("/info/1/5")) => {
            serve(a, "application/octet-stream", &published(5, which(p).1, "docx"))
        }
        _ => Answer::none(),
    }
}

/// Sources and the rows of their lists; two of the first are no final accounts.
const LISTED: [(&str, usize); 3] = [("wanglan", 10), ("chenglu", 8), ("tinglan", 8)];

/// Indicators of the panel that are one cell of a form.
const CELLS: [(&str, &str, &str, &str, &str); 18] = [
    (
        "revenue_total",
        "revenue_expenditure",
        "revenue",
        "grand_total",
        "final",
    ),
    (
        "revenue_current",
        "revenue_expenditure",
        "revenue",
        "total_current",
        "final",
    ),
    (
        "expenditure_total",
        "revenue_expenditure",
        "expenditure",
        "grand_total",
        "final",
    ),
    (
        "expenditure_current",
        "revenue_expenditure",
        "expenditure",
        "total_current",
        "final",
    ),
    ("appropriation_revenue", "revenue", "", "total", "appropriation"),
    ("institutional_revenue", "revenue", "", "total", "institutional"),
    ("basic", "expenditure", "", "total", "basic"),
    ("project", "expenditure", "", "total", "project"),
    ("general_expenditure", "general_expenditure", "", "total", "total"),
    ("government_fund_expenditure", "government_fund", "", "total", "total"),
    ("personnel", "general_basic", "", "personnel_total", "final"),
    ("public", "general_basic", "", "public_total", "final"),
    ("three_public.total.budget", "three_public", "", "total", "budget"),
    ("three_public.total.final", "three_public", "", "total", "final"),
    ("three_public.vehicles.final", "three_public", "", "vehicles", "final"),
    (
        "three_public.vehicle_operation.final",
        "three_public",
        "",
        "vehicle_operation",
        "final",
    ),
    (
        "three_public.reception.budget",
        "three_public",
        "",
        "reception",
        "budget",
    ),
    (
        "three_public.overseas_travel.final",
        "three_public",
        "",
        "overseas_travel",
        "final",
    ),
];

fn number(text: &str) -> Option<Decimal> {
    text.parse::<Decimal>().ok().map(|d| d.normalize())
}

/// Values of the panel that differ from the books.
fn wrong(panel: &Table, truth: &Table) -> Vec<String> {
    let found: BTreeMap<(&str, &str, &str), &BTreeMap<String, String>> = panel
        .iter()
        .map(|r| {
            (
                (
                    r["unit_key"].as_str(),
                    r["fiscal_year"].as_str(),
                    r["indicator"].as_str(),
                ),
                r,
            )
        })
        .collect();
    let accounts: BTreeSet<(&str, &str)> = truth
        .iter()
        .map(|t| (t["unit_name"].as_str(), t["fiscal_year"].as_str()))
        .collect();
    assert_eq!(accounts.len(), 24);
    let mut out = Vec::new();
    for (unit, year) in accounts {
        for (indicator, form, side, item, measure) in CELLS {
            let cell = truth
                .iter()
                .find(|t| {
                    t["unit_name"] == unit
                        && t["fiscal_year"] == year
                        && t["form"] == form
                        && t["side"] == side
                        && t["item"] == item
                        && t["measure"] == measure
                })
                .unwrap_or_else(|| panic!("{unit} {year} {indicator}"));
            let is = found.get(&(unit, year, indicator));
            // Where the cell is blank, a sentence may say that it was nothing.
            let blank = cell["cell_state"] == "blank";
            let right = |r: &BTreeMap<String, String>| match number(&r["value"]) {
                Some(v) if blank => v.is_zero() && r["sources"].contains("-s"),
                v => v == number(&cell["amount"]) && (blank || r["printed"] == cell["printed"]),
            };
            if is.is_none_or(|r| r["level"] != cell["level"] || !right(r)) {
                out.push(format!(
                    "{unit} {year} {indicator}: {} ({}), not {is:?}",
                    cell["amount"], cell["printed"]
                ));
            }
        }
    }
    out
}

#[test]
fn six_units_over_four_years_from_sources_to_the_panel() {
    let clock = SimClock::at(START);
    let portal = Portal::start(&clock, |a| match (a.host.as_str(), a.path.as_str()) {
        (_, "/robots.txt") => Answer::with(
            200,
            &[("Content-Type", "text/plain")],
            b"User-agent: *\nDisallow: /system/resource/\n",
        ),
        ("czj.wanglan.example", _) => trs(a),
        ("www.chenglu.example", _) => gkmlpt(a),
        ("www.tinglan.example", _) => vsb(a),
        _ => Answer::none(),
    });
    let tmp = tempfile::tempdir().unwrap();
    let at = |name: &str| tmp.path().join(name).display().to_string();
    std::fs::write(at("sources.toml"), SOURCES).unwrap();
    let address = portal.address.to_string();
    let run = |out: &str| {
        juesuan(&[
            "run",
            &at("sources.toml"),
            "--store",
            &at("store"),
            "--out",
            &at(out),
            "--connect-to",
            &address,
        ])
    };

    let first = run("one");
    assert_eq!(first.0, 0, "{}", first.2);
    for (id, entries) in LISTED {
        assert!(
            first
                .2
                .contains(&format!("{id}: complete; {entries} entries, 8 documents (8 new)")),
            "{}",
            first.2
        );
    }
    assert!(
        !portal.paths().iter().any(|p| p.contains("_9") || p.contains("_8")),
        "what is filtered is not asked for"
    );
    let made = juesuan(&["panel", &at("one"), "--balanced"]);
    assert_eq!(made.0, 0, "{}", made.2);
    let (panel, truth) = (
        table(&tmp.path().join("one/panel.csv")),
        table(&root().join("tests/portal/truth.csv")),
    );
    let accounts: BTreeSet<(&str, &str)> = panel
        .iter()
        .map(|r| (r["unit_key"].as_str(), r["fiscal_year"].as_str()))
        .collect();
    let wanted: BTreeSet<(&str, &str)> = truth
        .iter()
        .map(|t| (t["unit_name"].as_str(), t["fiscal_year"].as_str()))
        .collect();
    assert_eq!(accounts, wanted, "unit keys and years, all of them in a balanced panel");
    assert_eq!(wrong(&panel, &truth), Vec::<String>::new());
    // The comparison can fail: one value more, one row less.
    let mut spoilt = panel.clone();
    let k = spoilt.iter().position(|r| r["indicator"] == "project").unwrap();
    spoilt[k].insert("value".into(), "1".into());
    spoilt.remove(spoilt.iter().position(|r| r["indicator"] == "basic").unwrap());
    assert_eq!(wrong(&spoilt, &truth).len(), 2);

    // Every document says where and by whom it was published; every value of the panel leads to one.
    let documents = table(&tmp.path().join("one/documents.csv"));
    let by = |p: &str| documents.iter().filter(|d| d["publisher"] == p).count();
    assert_eq!(
        (
            by("望澜市财政局"),
            by("澄麓县司法局"),
            by("澄麓县公路局"),
            by("汀兰市人民政府")
        ),
        (8, 4, 4, 8)
    );
    let ids: BTreeSet<&str> = documents
        .iter()
        .filter(|d| d["source_url"].starts_with("http://") && d["retrieved_at"].starts_with("20"))
        .map(|d| d["document_id"].as_str())
        .collect();
    assert_eq!((ids.len(), documents.len()), (24, 24));
    assert!(panel.iter().all(|r| ids.contains(r["document_id"].as_str())));

    // A second run asks for lists only, gets no body of a file, and gives the same dataset.
    portal.forget();
    let second = run("two");
    assert_eq!(second.0, 0, "{}", second.2);
    for (id, entries) in LISTED {
        assert!(
            second
                .2
                .contains(&format!("{id}: complete; {entries} entries, 8 documents (0 new)")),
            "{}",
            second.2
        );
    }
    let mut asked = portal.paths();
    asked.sort();
    assert_eq!(
        asked,
        [
            "/bmjs/",
            "/bmjs/index_1.html",
            "/czj/gkmlpt/api/all/7?page=1&sid=758019",
            "/czj/gkmlpt/index",
            // Again after the last one: did a row move in while the list was read?
            "/czyjs.htm",
            "/czyjs.htm",
            "/czyjs/1.htm"
        ]
    );
    assert!(
        portal
            .log()
            .iter()
            .all(|a| a.header("if-none-match").is_some() && a.sent < 200),
        "conditional, and answered 304"
    );
    assert_eq!(juesuan(&["panel", &at("two"), "--balanced"]).0, 0);
    let files = crate::support::files(&tmp.path().join("one"), "");
    assert!(files.len() > 10, "{files:?}");
    for file in files {
        let name = file.file_name().unwrap();
        if name == "timings.csv" {
            // How long this run took: not of the dataset.
            continue;
        }
        let same = std::fs::read(&file).unwrap() == std::fs::read(tmp.path().join("two").join(name)).unwrap();
        assert!(same, "{} differs", name.display());
    }
    let checked = juesuan(&["store", "verify", &at("store")]);
    assert_eq!(checked.0, 0, "{checked:?}");
}
