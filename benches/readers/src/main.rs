//! The choice of the reader of PDF (docs/decisions.md), measured again: juesuan's reader, which stands on hayro, beside
//! pdf-extract. Comes in: a folder of `NAME.pdf` with `NAME.truth.csv`, by default `samples/`. Goes out: for each reader how many
//! of the printed figures stand in the text of their page, how many ruling lines it tells, seconds, and panics.

use juesuan::read::{self, GlyphText, Limits};
use pdf_extract::{ColorSpace, Document, MediaBox, OutputDev, OutputError, Path as Drawn, PathOp, Transform};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What a reader tells of a document: the text of each page, and the number of its lines.
#[derive(Default)]
struct Told {
    pages: Vec<String>,
    rulings: usize,
}

/// Thicker shapes are no lines, in points.
const THIN: f64 = 3.0;
/// Shorter ones neither.
const SHORT: f64 = 10.0;

fn juesuan(bytes: &[u8]) -> Result<Told, String> {
    let document = read::read(bytes.to_vec(), &Limits::default()).map_err(|e| e.to_string())?;
    let mut told = Told::default();
    for page in &document.value.pages {
        let mut text = String::new();
        let mut before: Option<(f32, f32)> = None;
        for g in &page.glyphs {
            // A gap or another line parts two words.
            let apart = |(right, base): (f32, f32)| {
                (g.baseline - base).abs() > 0.4 * g.size || (g.rect.x0 - right).abs() > 0.34 * g.size
            };
            if before.is_some_and(apart) {
                text.push(' ');
            }
            match &g.text {
                GlyphText::Char(c) => text.push(*c),
                GlyphText::Str(s) => text.push_str(s),
            }
            before = Some((g.rect.x1, g.baseline));
        }
        told.pages.push(text);
        told.rulings += page.rulings.len();
    }
    Ok(told)
}

/// Counts the lines that are drawn.
#[derive(Default)]
struct Lines(usize);

impl Lines {
    fn look(&mut self, path: &Drawn) {
        let mut at = (0.0, 0.0);
        for op in &path.ops {
            match *op {
                PathOp::MoveTo(x, y) => at = (x, y),
                PathOp::LineTo(x, y) => {
                    let (w, h) = ((x - at.0).abs(), (y - at.1).abs());
                    self.0 += usize::from(w.min(h) < 0.5 && w.max(h) > SHORT);
                    at = (x, y);
                }
                PathOp::Rect(_, _, w, h) => {
                    let (w, h) = (w.abs(), h.abs());
                    self.0 += usize::from(w.min(h) < THIN && w.max(h) > SHORT);
                }
                _ => {}
            }
        }
    }
}

impl OutputDev for Lines {
    fn begin_page(&mut self, _: u32, _: &MediaBox, _: Option<(f64, f64, f64, f64)>) -> Result<(), OutputError> {
        Ok(())
    }
    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
    fn output_character(&mut self, _: &Transform, _: f64, _: f64, _: f64, _: &str) -> Result<(), OutputError> {
        Ok(())
    }
    fn begin_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
    fn stroke(&mut self, _: &Transform, _: &ColorSpace, _: &[f64], path: &Drawn) -> Result<(), OutputError> {
        self.look(path);
        Ok(())
    }
    fn fill(&mut self, _: &Transform, _: &ColorSpace, _: &[f64], path: &Drawn) -> Result<(), OutputError> {
        self.look(path);
        Ok(())
    }
}

fn pdf_extract(bytes: &[u8]) -> Result<Told, String> {
    let pages = pdf_extract::extract_text_from_mem_by_pages(bytes).map_err(|e| e.to_string())?;
    let document = Document::load_mem(bytes).map_err(|e| e.to_string())?;
    let mut lines = Lines::default();
    pdf_extract::output_doc(&document, &mut lines).map_err(|e| e.to_string())?;
    Ok(Told {
        pages,
        rulings: lines.0,
    })
}

/// The figures of a text, each with how often it stands there.
fn figures(text: &str) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-');
    for word in text.split(|c| !number(c)).filter(|w| w.contains('.')) {
        *out.entry(word.to_string()).or_default() += 1;
    }
    out
}

/// The figures of the truth, by page.
fn truth(path: &Path) -> BTreeMap<usize, BTreeMap<String, usize>> {
    let mut out: BTreeMap<usize, BTreeMap<String, usize>> = BTreeMap::new();
    let Ok(mut reader) = csv::Reader::from_path(path) else {
        return out;
    };
    let head = reader.headers().cloned().unwrap_or_default();
    let column = |name: &str| head.iter().position(|h| h == name);
    let (Some(printed), Some(page)) = (column("printed"), column("page")) else {
        return out;
    };
    for row in reader.records().flatten() {
        let text = row[printed].to_string();
        if let (true, Ok(page)) = (text.contains('.'), row[page].parse()) {
            *out.entry(page).or_default().entry(text).or_default() += 1;
        }
    }
    out
}

fn main() {
    let dir = std::env::args_os()
        .nth(1)
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples"), PathBuf::from);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "pdf"))
        .collect();
    files.sort();
    std::panic::set_hook(Box::new(|_| {}));
    println!("| reader | files read / refused / panic | figures found | of | ruling lines | s |");
    println!("|---|---|---|---|---|---|");
    type Reader = fn(&[u8]) -> Result<Told, String>;
    let readers: [(&str, Reader); 2] = [("hayro, with what we add", juesuan), ("pdf-extract", pdf_extract)];
    for (name, reader) in readers {
        let (mut read, mut refused, mut panics) = (0, 0, 0);
        let (mut found, mut all, mut rulings, mut seconds) = (0, 0, 0, 0.0);
        for file in &files {
            let Ok(bytes) = std::fs::read(file) else { continue };
            let begun = Instant::now();
            let told = catch_unwind(AssertUnwindSafe(|| reader(&bytes)));
            seconds += begun.elapsed().as_secs_f64();
            let told = match told {
                Ok(Ok(told)) => told,
                Ok(Err(_)) => {
                    refused += 1;
                    Told::default()
                }
                Err(_) => {
                    panics += 1;
                    Told::default()
                }
            };
            read += usize::from(!told.pages.is_empty());
            rulings += told.rulings;
            for (page, figures_there) in truth(&file.with_extension("truth.csv")) {
                let have = figures(told.pages.get(page - 1).map_or("", String::as_str));
                for (figure, times) in figures_there {
                    all += times;
                    found += times.min(have.get(&figure).copied().unwrap_or(0));
                }
            }
        }
        println!("| {name} | {read} / {refused} / {panics} | {found} | {all} | {rulings} | {seconds:.2} |");
    }
}
