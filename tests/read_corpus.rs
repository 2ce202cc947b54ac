//! Real and hostile documents, where the shared corpus is present; says aloud when it is not.

use juesuan::read::{Document, Limits, Page, read};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The folder of documents, `None` (said aloud) when it is not here.
fn documents() -> Option<PathBuf> {
    let corpus = std::env::var_os("JUESUAN_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let documents = corpus.join("documents");
    if documents.is_dir() {
        return Some(documents);
    }
    eprintln!(
        "corpus absent: nothing was tested against {}; set JUESUAN_CORPUS",
        documents.display()
    );
    None
}

fn pdfs(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "pdf"))
        .collect();
    paths.sort();
    paths
}

fn document(path: &Path) -> Document {
    read(std::fs::read(path).unwrap(), &Limits::default()).unwrap().value
}

fn text(page: &Page) -> String {
    let mut out = String::new();
    page.glyphs.iter().for_each(|g| g.text.push_to(&mut out));
    out
}

/// What stands on page 1, in the order of the content stream without blanks, checked against the page as drawn.
const BEGINNINGS: [(&str, &str); 10] = [
    // GBK-EUC-H and WinAnsi, nothing embedded
    (
        "Type0_CJK_Font.pdf",
        "中航动力控制股份有限公司2010年半年度报告中航动力控制股份有限公司董事会2010年8月17日",
    ),
    // Type 3 and subset fonts by Ghostscript; bold by printing four times
    (
        "caly-issues-56-1.pdf",
        "1第一章LS-DYNA简介1.1LS-DYNA发展概况DYNA程序系列最初是1976年在美国",
    ),
    // Founder fonts whose ToUnicode gives wrong ideographs for Latin italics and nothing for ideographs: no reader gets them
    ("caly-issues-58-2.pdf", "犐犆犛６７．１４０．１０犡５５\u{FFFD}"),
    // Type 1 by TeX
    (
        "issue14438.pdf",
        "Trace-basedJust-in-TimeTypeSpecializationforDynamicLanguages",
    ),
    // GBK-EUC-H, the font named in raw GBK
    ("issue2128r.pdf", "浅谈校长的魅力山西省闻喜县诚镇初中李新录"),
    // GBKp-EUC-H
    ("issue3521.pdf", "我们都是黑体字"),
    // UniGB-UTF16-H
    ("issue8372.pdf", "目录"),
    // a scan with an invisible text layer, recognition errors included
    (
        "pr-136-example.pdf",
        "关于浙江菲达环保科技股份有限公司ZOq5年年度报告中有关财务事项的说阴",
    ),
    // simple TrueType fonts with ideographs by ToUnicode; the last word of the address is clipped
    (
        "test_3854.pdf",
        "OP(操作):李雅惠TO:天津外代货运有限公司HZHSE240834642024/8/22",
    ),
    // STSong-Light with GBK-EUC-H beside embedded Identity-H fonts
    ("test_4182.pdf", "摘要：数字交互时代，数字拟人品兼具了拟人产品互动性、"),
];

#[test]
fn encodings_of_the_everyday_read() {
    let Some(documents) = documents() else { return };
    for (name, beginning) in BEGINNINGS {
        let document = document(&documents.join("encodings").join(name));
        let text = text(&document.pages[0]);
        assert!(
            text.starts_with(beginning),
            "{name}: {}",
            text.chars().take(60).collect::<String>()
        );
    }
}

#[test]
fn accounts_read_whole() {
    let Some(documents) = documents() else { return };
    for path in ["final-accounts", "budgets"]
        .iter()
        .flat_map(|folder| pdfs(&documents.join(folder)))
    {
        let outcome = read(std::fs::read(&path).unwrap(), &Limits::default()).unwrap();
        assert!(outcome.report.is_empty(), "{}: {:?}", path.display(), outcome.report);
        let rulings: usize = outcome.value.pages.iter().map(|p| p.rulings.len()).sum();
        let glyphs: usize = outcome.value.pages.iter().map(|p| p.glyphs.len()).sum();
        assert!(
            rulings > 150 && glyphs > 3_000,
            "{}: {rulings} rulings, {glyphs} glyphs",
            path.display()
        );
        for page in &outcome.value.pages {
            let inside = |x: f32, y: f32| (0.0..=page.width).contains(&x) && (0.0..=page.height).contains(&y);
            assert!(page.glyphs.iter().all(|g| inside(g.rect.mid_x(), g.rect.mid_y())));
        }
    }
}

#[test]
fn hostile_files_cost_neither_the_run_nor_time() {
    let Some(documents) = documents() else { return };
    let files = pdfs(&documents.join("hostile"));
    assert!(files.len() > 300, "{}", files.len());
    for path in files {
        let start = Instant::now();
        let result = read(std::fs::read(&path).unwrap(), &Limits::default());
        let seconds = start.elapsed().as_secs_f64();
        assert!(seconds < 5.0, "{}: {seconds} s", path.display());
        if let Ok(outcome) = result {
            assert!(
                !outcome.report.iter().any(|d| d.code == "page-panicked"),
                "{}",
                path.display()
            );
        }
    }
}
