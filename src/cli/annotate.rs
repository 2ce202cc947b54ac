//! `juesuan annotate`: a copy of the PDF in which the figures of failing findings are highlighted, each with its message as a
//! note. The pages themselves are not touched.

use super::draft::Draft;
use super::report::extract;
use super::{Done, Failure, load_grammar};
use crate::geom::Rect;
use crate::place::Place;
use crate::record::{Extract, FindingOutcome};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// Write a copy of a PDF with the figures that contradict each other highlighted, and why
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The PDF
    file: PathBuf,
    /// Where the copy goes
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Highlight what differs by rounding as well
    #[arg(long)]
    rounding: bool,
    /// Notes in English
    #[arg(long)]
    english: bool,
    /// A folder with your own grammar files, layered over the built-in ones
    #[arg(long, value_name = "DIR")]
    grammars: Option<PathBuf>,
}

/// What stands at one place of the document.
#[derive(Default)]
struct Note {
    messages: Vec<String>,
    /// The figure most in doubt, of a failing finding, of rounding only.
    weight: u8,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let grammar = load_grammar(args.grammars.as_deref())?;
    if same_file(args) {
        return Err("the copy would replace the original; write it to another file"
            .to_string()
            .into());
    }
    let e = extract(&args.file, &grammar)?;
    let notes = notes(args, &e);
    let mut pdf = Document::load(&args.file)
        .map_err(|e| Failure::Message(format!("{}: cannot be annotated: {e}", args.file.display())))?;
    if pdf.is_encrypted() {
        return Err(format!("{}: encrypted files cannot be annotated", args.file.display()).into());
    }
    let pages = pdf.get_pages();
    let mut placed = 0;
    let mut by_page: BTreeMap<u32, Vec<ObjectId>> = BTreeMap::new();
    for (key, note) in &notes {
        let Some(page) = pages.get(&key.page) else { continue };
        let sheet = Sheet::of(&pdf, *page);
        let id = highlight(&mut pdf, &sheet, *page, key.rect(), note);
        by_page.entry(key.page).or_default().push(id);
        placed += 1;
    }
    for (number, ids) in by_page {
        if let Some(page) = pages.get(&number) {
            attach(&mut pdf, *page, ids);
        }
    }
    let cannot = |e: &dyn std::fmt::Display| Failure::Message(format!("cannot write {}: {e}", args.out.display()));
    let mut draft = Draft::beside(&args.out).map_err(|e| cannot(&e))?;
    pdf.save_to(&mut draft.file).map_err(|e| cannot(&e))?;
    draft.commit(&args.out).map_err(|e| cannot(&e))?;
    let failing = e.findings.iter().filter(|f| f.outcome == FindingOutcome::Fails).count();
    super::say!(
        "{failing} findings fail; {placed} figures highlighted: {}",
        args.out.display()
    );
    Ok(ExitCode::SUCCESS)
}

fn same_file(args: &Args) -> bool {
    match (args.file.canonicalize(), args.out.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

/// A place that can be sorted: hundredths of a point.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    page: u32,
    y0: i64,
    x0: i64,
    y1: i64,
    x1: i64,
}

impl Key {
    fn of(p: &Place) -> Self {
        let n = |v: f32| (f64::from(v) * 100.0) as i64;
        Self {
            page: p.page,
            y0: n(p.rect.y0),
            x0: n(p.rect.x0),
            y1: n(p.rect.y1),
            x1: n(p.rect.x1),
        }
    }

    fn rect(&self) -> Rect {
        let n = |v: i64| (v as f64 / 100.0) as f32;
        Rect {
            x0: n(self.x0),
            y0: n(self.y0),
            x1: n(self.x1),
            y1: n(self.y1),
        }
    }
}

fn notes(args: &Args, e: &Extract) -> BTreeMap<Key, Note> {
    let mut out: BTreeMap<Key, Note> = BTreeMap::new();
    for f in &e.findings {
        let weight = match f.outcome {
            FindingOutcome::Fails => 1,
            FindingOutcome::Rounding if args.rounding => 0,
            _ => continue,
        };
        let message = if args.english { &f.message_en } else { &f.message };
        let facts = f
            .facts
            .iter()
            .filter_map(|n| e.facts.iter().find(|f| f.ordinal == *n))
            // A zero adds nothing to a sum; only where it stands first it is what the finding is about.
            .filter(|x| x.amount.is_none_or(|a| !a.is_zero()) || f.facts.first() == Some(&x.ordinal))
            .map(|f| (f.place, f.failed));
        let stated = f
            .statements
            .iter()
            .filter_map(|n| e.statements.iter().find(|s| s.ordinal == *n))
            .map(|s| (s.place, s.failed));
        let other = f.place.into_iter().map(|p| (p, 0));
        for (place, failed) in facts.chain(stated).chain(other) {
            let note = out.entry(Key::of(&place)).or_default();
            // A figure through which several identities fail is most in doubt.
            note.weight = note.weight.max(if weight > 0 && failed > 1 { 2 } else { weight });
            if !note.messages.contains(message) {
                note.messages.push(message.clone());
            }
        }
    }
    out
}

/// The crop box and the rotation of a page, with what it inherits.
struct Sheet {
    crop: [f32; 4],
    rotate: i64,
}

impl Sheet {
    fn of(pdf: &Document, page: ObjectId) -> Self {
        let media = inherited(pdf, page, b"MediaBox")
            .and_then(|o| corners(pdf, &o))
            .unwrap_or([0.0, 0.0, 595.0, 842.0]);
        let crop = inherited(pdf, page, b"CropBox")
            .and_then(|o| corners(pdf, &o))
            .unwrap_or(media);
        // What lies outside the media box is not shown.
        let cut = [
            crop[0].max(media[0]),
            crop[1].max(media[1]),
            crop[2].min(media[2]),
            crop[3].min(media[3]),
        ];
        let rotate = inherited(pdf, page, b"Rotate")
            .and_then(|o| o.as_i64().ok())
            .unwrap_or(0);
        Self {
            crop: if cut[0] < cut[2] && cut[1] < cut[3] { cut } else { media },
            rotate: rotate.rem_euclid(360),
        }
    }

    /// A point of the page as it is shown (origin top left, y down) in the coordinates of the file.
    fn point(&self, x: f32, y: f32) -> (f32, f32) {
        let [x0, y0, x1, y1] = self.crop;
        match self.rotate {
            90 => (x0 + y, y0 + x),
            180 => (x1 - x, y0 + y),
            270 => (x1 - y, y1 - x),
            _ => (x0 + x, y1 - y),
        }
    }

    /// A box, lower left and upper right corner.
    fn rect(&self, r: Rect) -> [f32; 4] {
        let (ax, ay) = self.point(r.x0, r.y0);
        let (bx, by) = self.point(r.x1, r.y1);
        [ax.min(bx), ay.min(by), ax.max(bx), ay.max(by)]
    }
}

fn inherited(pdf: &Document, page: ObjectId, key: &[u8]) -> Option<Object> {
    let mut id = page;
    // A page tree that is a loop ends here.
    for _ in 0..64 {
        let d = pdf.get_dictionary(id).ok()?;
        if let Ok(found) = d.get(key) {
            return match found {
                Object::Reference(r) => pdf.get_object(*r).ok().cloned(),
                other => Some(other.clone()),
            };
        }
        id = d.get(b"Parent").and_then(Object::as_reference).ok()?;
    }
    None
}

fn corners(pdf: &Document, o: &Object) -> Option<[f32; 4]> {
    let numbers: Vec<f32> = o
        .as_array()
        .ok()?
        .iter()
        .filter_map(|n| match n {
            Object::Reference(r) => pdf.get_object(*r).ok()?.as_float().ok(),
            other => other.as_float().ok(),
        })
        .collect();
    let [a, b, c, d] = numbers.try_into().ok()?;
    Some([f32::min(a, c), f32::min(b, d), f32::max(a, c), f32::max(b, d)])
}

/// Text of a note: UTF-16 with a mark, as PDF wants it.
fn text(t: &str) -> Object {
    let mut bytes = vec![0xFE, 0xFF];
    bytes.extend(t.encode_utf16().flat_map(u16::to_be_bytes));
    Object::String(bytes, lopdf::StringFormat::Hexadecimal)
}

fn numbers(all: &[f32]) -> Object {
    Object::Array(all.iter().map(|n| Object::Real(*n)).collect())
}

fn highlight(pdf: &mut Document, sheet: &Sheet, page: ObjectId, shown: Rect, note: &Note) -> ObjectId {
    let no_box = shown.x1 <= shown.x0 || shown.y1 <= shown.y0;
    let shown = if no_box {
        // Only the page is known: the note stands in its corner.
        Rect {
            x0: 12.0,
            y0: 12.0,
            x1: 30.0,
            y1: 30.0,
        }
    } else {
        shown
    };
    let [x0, y0, x1, y1] = sheet.rect(shown);
    let color: [f32; 3] = match note.weight {
        2 => [1.0, 0.55, 0.45],
        1 => [1.0, 0.85, 0.3],
        _ => [0.75, 0.9, 1.0],
    };
    let state = pdf.add_object(dictionary! { "Type" => "ExtGState", "BM" => "Multiply" });
    let content = format!(
        "/G gs {} {} {} rg {x0} {y0} {} {} re f",
        color[0],
        color[1],
        color[2],
        x1 - x0,
        y1 - y0
    );
    let form = pdf.add_object(Stream::new(
        dictionary! {
            "Type" => "XObject",
            "Subtype" => "Form",
            "BBox" => numbers(&[x0, y0, x1, y1]),
            "Group" => dictionary! { "S" => "Transparency" },
            "Resources" => dictionary! { "ExtGState" => dictionary! { "G" => state } },
        },
        content.into_bytes(),
    ));
    let mut annotation: Dictionary = dictionary! {
        "Type" => "Annot",
        "Subtype" => "Highlight",
        "Rect" => numbers(&[x0, y0, x1, y1]),
        "QuadPoints" => numbers(&[x0, y1, x1, y1, x0, y0, x1, y0]),
        "C" => numbers(&color),
        "F" => 4,
        "P" => page,
        "AP" => dictionary! { "N" => form },
    };
    annotation.set("T", text("juesuan"));
    annotation.set("Contents", text(&note.messages.join("\n")));
    pdf.add_object(annotation)
}

/// Adds annotations to those that the page has.
fn attach(pdf: &mut Document, page: ObjectId, ids: Vec<ObjectId>) {
    let old = pdf
        .get_dictionary(page)
        .ok()
        .and_then(|d| d.get(b"Annots").ok())
        .cloned();
    let mut all = match old {
        Some(Object::Reference(r)) => pdf
            .get_object(r)
            .and_then(Object::as_array)
            .cloned()
            .unwrap_or_default(),
        Some(Object::Array(a)) => a,
        _ => Vec::new(),
    };
    all.extend(ids.into_iter().map(Object::Reference));
    if let Ok(d) = pdf.get_object_mut(page).and_then(Object::as_dict_mut) {
        d.set("Annots", Object::Array(all));
    }
}
