//! What people look at: the report as one page holds the figures of the dataset, evidence shows the page behind a figure.

use crate::support::root;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_juesuan")).args(args).output().unwrap()
}

pub fn juesuan(args: &[&str]) {
    let out = run(args);
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{args:?}: {said}");
}

fn samples(name: &str) -> PathBuf {
    root().join("samples").join(name)
}

fn dataset(dir: &Path, files: &[PathBuf]) -> PathBuf {
    let out = dir.join("out");
    let target = out.to_string_lossy();
    let files: Vec<String> = files.iter().map(|f| f.to_string_lossy().into_owned()).collect();
    let mut args = vec!["extract", "-q", "--out", &target];
    args.extend(files.iter().map(String::as_str));
    juesuan(&args);
    out
}

pub fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let head = reader.headers().unwrap().clone();
    let all = reader.records().map(|r| {
        let r = r.unwrap();
        head.iter()
            .map(str::to_string)
            .zip(r.iter().map(str::to_string))
            .collect()
    });
    all.collect()
}

fn base64(text: &str) -> Vec<u8> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut out = Vec::new();
    for four in text.as_bytes().chunks(4) {
        let n = four
            .iter()
            .filter(|c| **c != b'=')
            .fold(0_u32, |n, c| n << 6 | u32::from(digit(*c)));
        match four.iter().filter(|c| **c == b'=').count() {
            0 => out.extend([(n >> 16) as u8, (n >> 8) as u8, n as u8]),
            1 => out.extend([(n >> 10) as u8, (n >> 2) as u8]),
            _ => out.push((n >> 4) as u8),
        }
    }
    out
}

/// A block of the page.
fn block(page: &str, id: &str) -> serde_json::Value {
    let begin = page.split_once(&format!("id=\"{id}\">")).unwrap().1;
    let packed = base64(begin.split_once("</script>").unwrap().0);
    let mut text = String::new();
    flate2::read::ZlibDecoder::new(packed.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn the_page_holds_every_figure_of_the_dataset() {
    let tmp = tempfile::tempdir().unwrap();
    let out = dataset(
        tmp.path(),
        &[samples("s03-fy2022-national.pdf"), samples("s04-fy2024-shanghai.pdf")],
    );
    let html = tmp.path().join("report.html");
    let (out_text, html_text) = (out.to_string_lossy(), html.to_string_lossy());
    juesuan(&["panel", &out_text]);
    juesuan(&["report", &out_text, "--html", &html_text]);
    let page = std::fs::read_to_string(&html).unwrap();
    // Nothing is loaded from anywhere.
    for from in [" src=", "@import", "url(", "<link"] {
        let outside = page.split(from).skip(1).filter(|rest| !rest.starts_with("data:"));
        assert_eq!(outside.count(), 0, "{from}");
    }
    assert!(
        page.contains("The MIT License"),
        "the licence of the charts is shipped with them"
    );
    let core = block(&page, "core");
    let number = |id: &str| {
        let all = core["documents"].as_array().unwrap();
        all.iter().position(|d| d[0] == id).unwrap()
    };
    let mut values = 0;
    for r in rows(&out.join("panel.csv")) {
        let indicators = core["indicators"].as_array().unwrap();
        let i = indicators.iter().position(|i| i[0] == r["indicator"]).unwrap();
        let accounts = core["accounts"].as_array().unwrap();
        let account = accounts.iter().find(|a| a[0] == number(&r["document_id"])).unwrap();
        let shown = account[1][i][0].as_str().unwrap_or("");
        assert_eq!(shown, r["value"], "{r:?}");
        values += usize::from(!shown.is_empty());
    }
    assert!(values > 90, "{values}");
    let block = block(&page, "block-0");
    let facts = rows(&out.join("facts.csv"));
    for (n, d) in core["documents"].as_array().unwrap().iter().enumerate() {
        let mine: Vec<_> = facts.iter().filter(|f| d[0] == f["document_id"]).collect();
        let column = |c: usize| block["facts"][c][n].as_array().unwrap();
        assert_eq!(column(9).len(), mine.len());
        let mut ordinal = 0;
        for (k, f) in mine.iter().enumerate() {
            ordinal += column(0)[k].as_i64().unwrap();
            assert!(f["fact_id"].ends_with(&format!("-f{ordinal}")), "{f:?} {ordinal}");
            assert_eq!(column(9)[k], f["printed"], "{f:?}");
            assert_eq!(column(12)[k].to_string(), f["page"], "{f:?}");
            let right = column(13)[k].as_i64().unwrap() + column(15)[k].as_i64().unwrap();
            assert!((right as f32 - f["x1"].parse::<f32>().unwrap()).abs() <= 0.51, "{f:?}");
            assert_eq!(
                block["words"][column(4)[k].as_u64().unwrap() as usize],
                f["item"],
                "{f:?}"
            );
        }
    }
    // The same dataset gives the same page.
    let again = tmp.path().join("again.html");
    juesuan(&["report", &out_text, "--html", &again.to_string_lossy()]);
    assert!(std::fs::read(&again).unwrap() == page.as_bytes());
}

#[test]
fn the_picture_frames_the_figure() {
    let tmp = tempfile::tempdir().unwrap();
    let out = dataset(tmp.path(), &[samples("s03-fy2022-national.pdf")]);
    let (out_text, files) = (out.to_string_lossy(), samples(""));
    let facts = rows(&out.join("facts.csv"));
    let f = facts
        .iter()
        .find(|f| f["printed"].len() > 4 && f["form"] == "expenditure")
        .unwrap();
    let s = &rows(&out.join("statements.csv"))[0];
    let png = tmp.path().join("card.png");
    juesuan(&[
        "evidence",
        &out_text,
        &f["fact_id"],
        "--files",
        &files.to_string_lossy(),
        "-o",
        &png.to_string_lossy(),
    ]);
    assert!(std::fs::read(&png).unwrap().starts_with(b"\x89PNG"));

    // Inside the frame something dark is printed; the frame is red.
    let at = |c: &str| f[c].parse::<f32>().unwrap();
    let hit = juesuan::geom::Rect::new(at("x0"), at("y0"), at("x1"), at("y1"));
    let bytes = std::fs::read(samples("s03-fy2022-national.pdf")).unwrap();
    let drawn = juesuan::read::pdf::picture::picture(bytes, f["page"].parse().unwrap(), hit).unwrap();
    assert!(drawn.png == std::fs::read(&png).unwrap());
    let [x0, y0, x1, y1] = drawn.frame;
    assert!(x1 > x0 + 10 && y1 > y0 + 10, "{:?}", drawn.frame);

    let cards = tmp.path().join("cards.html");
    juesuan(&[
        "evidence",
        &out_text,
        &f["fact_id"],
        &s["statement_id"],
        "--files",
        &files.to_string_lossy(),
        "-o",
        &cards.to_string_lossy(),
    ]);
    let text = std::fs::read_to_string(&cards).unwrap();
    assert_eq!(text.matches("data:image/png;base64,").count(), 2);
    for said in [
        &f["printed"],
        &f["document_id"],
        &f["fact_id"],
        &s["printed"],
        &s["statement_id"],
    ] {
        assert!(text.contains(said.as_str()), "{said}");
    }
}

/// Where the fonts are not in the file the picture shows no figure: that is said, and the card shows the row. Where they are it is not.
#[test]
fn a_picture_without_its_figure_is_said() {
    for (name, blank) in [
        ("s11-fy2021-fonts-not-embedded.pdf", true),
        ("s20-fy2023-planted-error.pdf", false),
    ] {
        let tmp = tempfile::tempdir().unwrap();
        let out = dataset(tmp.path(), &[samples(name)]);
        let facts = rows(&out.join("facts.csv"));
        let shown = facts
            .iter()
            .filter(|f| f["form"] == "expenditure" && f["printed"].len() > 5);
        let Some(f) = shown.min_by_key(|f| f["printed"].clone()) else {
            panic!("{name} has no such figure")
        };
        let card = tmp.path().join("card.html");
        let said = run(&[
            "evidence",
            &out.to_string_lossy(),
            &f["fact_id"],
            "--files",
            &samples("").to_string_lossy(),
            "-o",
            &card.to_string_lossy(),
            "--quiet",
        ]);
        let said = String::from_utf8_lossy(&said.stderr).into_owned();
        assert_eq!(said.contains("holds no ink"), blank, "{name}: {said}");
        // A card was asked for: that one could be written helps nobody.
        assert!(!said.contains("card.html"), "{name}: {said}");
        let page = std::fs::read_to_string(&card).unwrap();
        let row = page.contains(&format!("<td class=\"hit\">{}</td>", f["printed"]));
        assert_eq!(row, blank, "{name}");
    }
}

#[test]
fn evidence_refuses_what_is_not_the_file() {
    let tmp = tempfile::tempdir().unwrap();
    let name = "s03-fy2022-national.pdf";
    let out = dataset(tmp.path(), &[samples(name)]);
    let out_text = out.to_string_lossy();
    let id = rows(&out.join("facts.csv"))[0]["fact_id"].clone();
    let other = tmp.path().join("files");
    std::fs::create_dir(&other).unwrap();
    std::fs::copy(samples("s04-fy2024-shanghai.pdf"), other.join(name)).unwrap();
    let card = tmp.path().join("card.png");
    let ask = |id: &str, files: &Path, to: &Path| {
        run(&[
            "evidence",
            &out_text,
            id,
            "--files",
            &files.to_string_lossy(),
            "-o",
            &to.to_string_lossy(),
        ])
    };
    let said = ask(&id, &other, &card);
    assert_eq!(said.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&said.stderr).contains("sha256"), "{said:?}");
    assert!(!card.exists());
    // Below a folder it is found by its hash.
    std::fs::create_dir(other.join("deep")).unwrap();
    std::fs::copy(samples(name), other.join("deep").join(name)).unwrap();
    assert!(ask(&id, &other, &card).status.success() && card.exists());
    let said = ask("000000000000-f1", &other, &card);
    assert!(
        String::from_utf8_lossy(&said.stderr).contains("no fact or statement"),
        "{said:?}"
    );
    let said = ask(&id, &other, &tmp.path().join("card.gif"));
    assert_eq!(said.status.code(), Some(2));
}

/// A file without pages gives the row as a table.
#[test]
fn a_file_without_pages_gives_its_row() {
    let tmp = tempfile::tempdir().unwrap();
    let text = walkdir::WalkDir::new(samples(""))
        .sort_by_file_name()
        .into_iter()
        .flatten();
    let text = text
        .map(walkdir::DirEntry::into_path)
        .find(|p| p.extension().is_some_and(|e| e == "docx"))
        .unwrap();
    let out = dataset(tmp.path(), std::slice::from_ref(&text));
    let facts = rows(&out.join("facts.csv"));
    let f = facts
        .iter()
        .find(|f| f["form"] == "expenditure" && f["measure"] == "basic" && !f["amount"].is_empty())
        .unwrap();
    let (out_text, files) = (out.to_string_lossy(), text.parent().unwrap().to_string_lossy());
    let card = tmp.path().join("card.html");
    juesuan(&[
        "evidence",
        &out_text,
        &f["fact_id"],
        "--files",
        &files,
        "-o",
        &card.to_string_lossy(),
        "--english",
    ]);
    let said = std::fs::read_to_string(&card).unwrap();
    assert!(
        said.contains(&format!("<td class=\"hit\">{}</td>", f["printed"])),
        "{said}"
    );
    let png = run(&[
        "evidence",
        &out_text,
        &f["fact_id"],
        "--files",
        &files,
        "-o",
        &tmp.path().join("card.png").to_string_lossy(),
    ]);
    assert!(String::from_utf8_lossy(&png.stderr).contains("no pages"), "{png:?}");
}

/// The boxes of the highlights of a PDF, and what their notes say.
pub fn highlights(path: &Path) -> Vec<(u32, Vec<f32>, String)> {
    let pdf = lopdf::Document::load(path).unwrap();
    let mut out = Vec::new();
    for (number, page) in pdf.get_pages() {
        let Ok(notes) = pdf.get_dictionary(page).unwrap().get(b"Annots") else {
            continue;
        };
        for n in notes.as_array().unwrap() {
            let note = pdf.get_dictionary(n.as_reference().unwrap()).unwrap();
            let rect = note.get(b"Rect").unwrap().as_array().unwrap();
            let bytes = note.get(b"Contents").unwrap().as_str().unwrap();
            let units: Vec<u16> = bytes[2..].chunks(2).map(|c| u16::from_be_bytes([c[0], c[1]])).collect();
            let rect = rect.iter().map(|o| o.as_float().unwrap()).collect();
            out.push((number, rect, String::from_utf16(&units).unwrap()));
        }
    }
    out
}

#[test]
fn annotate_highlights_the_figures_that_were_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let pdf = samples("s03-fy2022-national.pdf");
    let data = dataset(dir.path(), std::slice::from_ref(&pdf));
    let facts = rows(&data.join("facts.csv"));
    let asked = [&facts[3], &facts[40]];
    let pdf = pdf.to_string_lossy();
    let out = dir.path().join("figures.pdf");
    let target = out.to_string_lossy();
    let end = asked[1]["fact_id"].rsplit_once('-').unwrap().1.to_string();
    juesuan(&[
        "annotate",
        &pdf,
        "--fact",
        &asked[0]["fact_id"],
        "--fact",
        &end,
        "-o",
        &target,
    ]);
    let found = highlights(&out);
    assert_eq!(found.len(), 2);
    for (fact, (page, rect, said)) in asked.iter().zip(&found) {
        assert_eq!(fact["page"], page.to_string());
        let x0: f32 = fact["x0"].parse().unwrap();
        assert!((rect[0] - x0).abs() < 0.5, "{rect:?} begins at {x0}");
        assert!(
            said.starts_with(&fact["fact_id"]) && said.contains(&fact["item_name"]),
            "{said}"
        );
    }
    // A figure of another document, and one that is not there.
    for (id, why) in [
        ("000000000000-f1", "another document"),
        ("f999999", "no fact or statement"),
    ] {
        let refused = run(&["annotate", &pdf, "--fact", id, "-o", &target]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&refused.stderr).contains(why));
    }
}

#[test]
fn annotate_all_copies_every_pdf_that_has_something_to_show() {
    let dir = tempfile::tempdir().unwrap();
    let planted = root().join("tests/planted");
    let files = dir.path().join("files");
    std::fs::create_dir_all(files.join("b")).unwrap();
    std::fs::copy(planted.join("p06-wrong-total.pdf"), files.join("b/wrong.pdf")).unwrap();
    std::fs::copy(planted.join("p00-control.pdf"), files.join("right.pdf")).unwrap();
    // A member of an archive has no path of its own.
    let mut archive = zip::ZipWriter::new(std::fs::File::create(files.join("more.zip")).unwrap());
    archive
        .start_file("unit/swapped.pdf", zip::write::SimpleFileOptions::default())
        .unwrap();
    let bytes = std::fs::read(planted.join("p04-swapped-columns.pdf")).unwrap();
    std::io::Write::write_all(&mut archive, &bytes).unwrap();
    archive.finish().unwrap();
    let data = dataset(dir.path(), std::slice::from_ref(&files));
    let marked = dir.path().join("marked");
    let (data, from, to) = (
        data.to_string_lossy(),
        files.to_string_lossy(),
        marked.to_string_lossy(),
    );
    juesuan(&["annotate", &data, "--all", "--files", &from, "-o", &to]);
    assert!(!highlights(&marked.join("b/wrong.pdf")).is_empty());
    assert!(!highlights(&marked.join("more.zip/unit/swapped.pdf")).is_empty());
    assert!(!marked.join("right.pdf").exists());
    // One original is gone: it is said, the others are copied.
    std::fs::remove_file(files.join("b/wrong.pdf")).unwrap();
    std::fs::remove_dir_all(&marked).unwrap();
    let done = run(&["annotate", &data, "--all", "--files", &from, "-o", &to]);
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("b/wrong.pdf with sha256"));
    assert!(marked.join("more.zip/unit/swapped.pdf").exists());
}

/// Runs in a locale; what is said, on both ways.
fn said(locale: &str, args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_juesuan"));
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(name);
    }
    let out = command.env("LANG", locale).args(args).output().unwrap();
    String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr)
}

#[test]
fn the_language_changes_what_is_said_and_nothing_that_is_written() {
    let tmp = tempfile::tempdir().unwrap();
    let (file, zh, en) = (
        samples("s20-fy2023-planted-error.pdf"),
        tmp.path().join("zh"),
        tmp.path().join("en"),
    );
    let file = file.to_string_lossy();
    let extract = |locale: &str, out: &Path| said(locale, &["extract", &file, "--out", &out.to_string_lossy()]);
    let (chinese, english) = (extract("zh_CN.UTF-8", &zh), extract("en_US.UTF-8", &en));
    assert!(
        chinese.contains("份文件") && chinese.contains("处不符：公布的数据互相矛盾"),
        "{chinese}"
    );
    assert!(
        english.contains("1 documents") && english.contains("contradict each other"),
        "{english}"
    );
    for table in [
        "documents.csv",
        "facts.csv",
        "findings.csv",
        "diagnostics.csv",
        "facts.parquet",
        "datapackage.json",
    ] {
        assert!(
            std::fs::read(zh.join(table)).unwrap() == std::fs::read(en.join(table)).unwrap(),
            "{table}"
        );
    }
    // The option stands above the locale, before or behind the command; help and errors of wrong use follow it.
    let help = said("C", &["panel", "--help", "--lang", "zh"]);
    assert!(
        help.contains("用法：") && help.contains("不输出摘要") && !help.contains("Usage:"),
        "{help}"
    );
    assert!(said("zh_CN.UTF-8", &["--lang", "en", "panel", "--help"]).contains("Usage:"));
    assert!(said("zh_CN", &["panel", "--nosuch"]).contains("错误：不认识参数 --nosuch"));
    assert!(said("C", &["panel", "--nosuch"]).contains("unexpected argument '--nosuch'"));
    assert!(said("C", &["diagnostics", "no-year", "--lang", "zh"]).contains("年度"));
}

#[test]
fn every_csv_can_begin_with_a_byte_order_mark() {
    let tmp = tempfile::tempdir().unwrap();
    let files = [
        samples("s21-fy2022-before-rename.pdf"),
        samples("s22-fy2023-renamed.pdf"),
    ];
    let (out, shares, over, units) = (
        tmp.path().join("out"),
        tmp.path().join("shares"),
        tmp.path().join("over.csv"),
        tmp.path().join("units.csv"),
    );
    let [a, b] = files.each_ref().map(|f| f.to_string_lossy());
    let at = |p: &Path| p.to_string_lossy().into_owned();
    let (data, merged) = (at(&out), at(&shares));
    juesuan(&[
        "extract", &a, &b, "-q", "--parts", "--format", "csv", "--bom", "--out", &data,
    ]);
    juesuan(&["merge", &data, "-q", "--format", "csv", "--bom", "--out", &merged]);
    juesuan(&["panel", &data, "-q", "--format", "csv", "--bom"]);
    juesuan(&["panel", &data, "-q", "--format", "csv", "--bom", "--wide"]);
    juesuan(&["check", &data, "-q", "--bom", "--out", &at(&tmp.path().join("checked"))]);
    juesuan(&["overspent", &data, "-q", "--bom", "-o", &at(&over)]);
    juesuan(&["units", "suggest", &data, "-q", "--bom", "-o", &at(&units)]);
    let mut all: Vec<PathBuf> = vec![over, units.clone()];
    for folder in [&out, &shares, &tmp.path().join("checked")] {
        all.extend(std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()));
    }
    all.retain(|p| p.extension().is_some_and(|e| e == "csv"));
    assert!(all.len() > 25, "{}", all.len());
    for p in &all {
        assert!(
            std::fs::read(p).unwrap().starts_with(b"\xEF\xBB\xBF"),
            "{}",
            p.display()
        );
    }
    // A registry with a mark is one that the grammar takes.
    let grammars = tmp.path().join("grammars");
    std::fs::create_dir_all(grammars.join("units")).unwrap();
    std::fs::copy(&units, grammars.join("units/mine.csv")).unwrap();
    let said = run(&["grammar", "check", &at(&grammars)]);
    assert!(said.status.success(), "{said:?}");
}

/// A PDF of one page: the page itself, the figure highlighted, and a note with what one needs to quote it.
#[test]
fn evidence_as_pdf_is_the_page_with_a_note() {
    let tmp = tempfile::tempdir().unwrap();
    let out = dataset(tmp.path(), &[samples("s08-fy2023-rotated-cropped.pdf")]);
    let facts = rows(&out.join("facts.csv"));
    let f = facts
        .iter()
        .find(|f| f["form"] == "three_public" && f["cell_state"] == "number")
        .unwrap();
    let page = tmp.path().join("page.pdf");
    juesuan(&[
        "evidence",
        &out.to_string_lossy(),
        &f["fact_id"],
        "--files",
        &samples("").to_string_lossy(),
        "-o",
        &page.to_string_lossy(),
        "--quiet",
    ]);
    assert_eq!(lopdf::Document::load(&page).unwrap().get_pages().len(), 1);
    let whole = std::fs::metadata(samples("s08-fy2023-rotated-cropped.pdf"))
        .unwrap()
        .len();
    assert!(
        std::fs::metadata(&page).unwrap().len() < whole,
        "the other pages are still there"
    );
    let notes = highlights(&page);
    assert_eq!((notes.len(), notes[0].0), (1, 1), "one note on one page");
    let note = &notes[0].2;
    for said in [&f["printed"], &f["document_id"], &f["fact_id"], &f["page"]] {
        assert!(note.contains(said.as_str()), "{said}: {note}");
    }
}
