//! `juesuan annotate`: a copy of the PDF in which the figures of failing findings are highlighted, each with its message as a
//! note. The pages themselves are not touched.

use super::dataset::Documents;
use super::draft::Draft;
use super::evidence::{caption, caption_of_statement};
use super::original::Originals;
use super::report::extract;
use super::{Done, Failure, SOME_FAILED, load_grammar};
use crate::geom::Rect;
use crate::grammar::Grammar;
use crate::place::Place;
use crate::record::{Extract, FindingOutcome};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;
use tr::tr;

/// Write a copy of a PDF with the figures that contradict each other highlighted, and why
///
/// With --fact the copy shows just these figures, each with its meaning. With --all the argument is a dataset, and every PDF of
/// it that has something to show is copied below the folder -o.
///
/// Examples:
///   juesuan annotate account.pdf -o marked.pdf
///   juesuan annotate account.pdf --fact 813e8c929858-f39 -o figure.pdf
///   juesuan annotate data --all --files pdfs -o marked
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The PDF; with --all the folder of a dataset
    #[arg(value_name = "PDF|DATASET")]
    file: PathBuf,
    /// Where the copy goes; with --all a folder
    #[arg(short, long, value_name = "FILE|DIR")]
    out: PathBuf,
    /// Highlight these figures instead: ids of facts or statements, as they stand in the dataset, or their ends (f39, s4)
    #[arg(long, value_name = "ID", conflicts_with_all = ["all", "rounding"])]
    fact: Vec<String>,
    /// Every PDF of a dataset
    #[arg(long, requires = "files")]
    all: bool,
    /// The folder (or file) from which the dataset was read
    #[arg(long, value_name = "DIR", requires = "all")]
    files: Option<PathBuf>,
    /// Highlight what differs by rounding as well
    #[arg(long)]
    rounding: bool,
    /// The same as --lang en
    #[arg(long, hide = true)]
    english: bool,
    /// No summary; errors are still said
    #[arg(short, long)]
    quiet: bool,
    /// A folder with your own grammar files, layered over the built-in ones
    #[arg(long, value_name = "DIR")]
    grammars: Option<PathBuf>,
}

impl Args {
    /// Names and messages of the data in English: they are Chinese unless that is asked for.
    fn english(&self) -> bool {
        self.english || super::language::asked() == Some(super::language::Lang::En)
    }
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
    if let (true, Some(files)) = (args.all, &args.files) {
        return all(args, &Originals::below(files), &grammar);
    }
    if same_file(args) {
        return Err(tr!("the copy would replace the original; write it to another file").into());
    }
    let e = extract(&args.file, &grammar)?;
    let notes = match args.fact.is_empty() {
        true => contradictions(args, accounts(&e)),
        false => asked_for(args, accounts(&e), &grammar)?,
    };
    let bytes = std::fs::read(&args.file)?;
    let placed = copy(&args.file.display().to_string(), &bytes, &notes, &args.out)?;
    let findings = accounts(&e).iter().flat_map(|e| &e.findings);
    let failing = findings.filter(|f| f.outcome == FindingOutcome::Fails).count();
    super::sum_up!(
        args.quiet,
        "{failing} findings fail; {placed} figures highlighted: {}",
        args.out.display(),
        failing,
        placed
    );
    Ok(ExitCode::SUCCESS)
}

/// The accounts in the file: itself, or each of several.
fn accounts(e: &Extract) -> &[Extract] {
    match e.accounts.as_slice() {
        [] => std::slice::from_ref(e),
        several => several,
    }
}

/// A copy of every PDF of the dataset that has something to show; one that cannot be copied is said, and the others go on.
fn all(args: &Args, originals: &Originals, g: &Grammar) -> Done {
    let (mut copies, mut figures, mut failed) = (0, 0, 0);
    let mut taken = BTreeSet::new();
    let mut documents = Documents::open(&args.file, false)?;
    while let Some(mut e) = documents.next()? {
        crate::check::check(&mut e, g);
        let notes = contradictions(args, std::slice::from_ref(&e));
        if notes.is_empty() {
            continue;
        }
        let mut name = below(&e.document.file_name);
        if !taken.insert(name.clone()) {
            name = Path::new(e.document.document_id.short()).join(name);
        }
        let out = args.out.join(name);
        let done = originals.bytes(&e.document).and_then(|bytes| {
            if !bytes.starts_with(b"%PDF") {
                return Ok(None);
            }
            std::fs::create_dir_all(out.parent().unwrap_or(&args.out))?;
            copy(&e.document.file_name, &bytes, &notes, &out).map(Some)
        });
        match done {
            Ok(Some(placed)) => (copies, figures) = (copies + 1, figures + placed),
            // Without pages there is nothing to draw on: `evidence` and `report` show these.
            Ok(None) => super::say!("{}: no PDF, not copied", e.document.file_name),
            Err(Failure::Message(m)) => {
                failed += 1;
                super::say!("{}", m);
            }
            Err(closed) => return Err(closed),
        }
    }
    super::sum_up!(
        args.quiet,
        "{copies} PDFs, {figures} figures highlighted: {}",
        args.out.display(),
        copies,
        figures
    );
    Ok(ExitCode::from(if failed > 0 { SOME_FAILED } else { 0 }))
}

/// A name of the dataset as a path that stays below a folder.
fn below(name: &str) -> PathBuf {
    let parts = Path::new(name).components();
    parts.filter(|c| matches!(c, Component::Normal(_))).collect()
}

/// Writes a copy with notes; gives how many of them were placed.
fn copy(name: &str, bytes: &[u8], notes: &BTreeMap<Key, Note>, out: &Path) -> Result<usize, Failure> {
    let mut pdf =
        Document::load_mem(bytes).map_err(|e| Failure::Message(tr!("{name}: cannot be annotated: {e}", name, e)))?;
    if pdf.is_encrypted() {
        return Err(tr!("{name}: encrypted files cannot be annotated", name).into());
    }
    let pages = pdf.get_pages();
    let mut by_page: BTreeMap<u32, Vec<ObjectId>> = BTreeMap::new();
    for (key, note) in notes {
        let Some(page) = pages.get(&key.page) else { continue };
        let sheet = Sheet::of(&pdf, *page);
        let id = highlight(&mut pdf, &sheet, *page, key.rect(), note);
        by_page.entry(key.page).or_default().push(id);
    }
    let placed = by_page.values().map(Vec::len).sum();
    for (number, ids) in by_page {
        if let Some(page) = pages.get(&number) {
            attach(&mut pdf, *page, ids);
        }
    }
    let cannot = |e: &dyn std::fmt::Display| Failure::Message(tr!("cannot write {}: {e}", out.display(), e));
    let mut draft = Draft::beside(out).map_err(|e| cannot(&e))?;
    pdf.save_to(&mut draft.file).map_err(|e| cannot(&e))?;
    draft.commit(out).map_err(|e| cannot(&e))?;
    Ok(placed)
}

/// One page of a PDF as a file of its own, with a place highlighted and a note.
pub(super) fn page_of(name: &str, bytes: &[u8], place: &Place, message: String) -> Result<Vec<u8>, Failure> {
    let cannot = |e: lopdf::Error| Failure::Message(tr!("{name}: cannot be annotated: {e}", name, e));
    let mut pdf = Document::load_mem(bytes).map_err(cannot)?;
    if pdf.is_encrypted() {
        return Err(tr!("{name}: encrypted files cannot be annotated", name).into());
    }
    let pages = pdf.get_pages();
    if let Some(page) = pages.get(&place.page) {
        let note = Note {
            messages: vec![message],
            weight: 1,
        };
        let sheet = Sheet::of(&pdf, *page);
        let id = highlight(&mut pdf, &sheet, *page, place.rect, &note);
        attach(&mut pdf, *page, vec![id]);
    }
    let others: Vec<u32> = pages.into_keys().filter(|n| *n != place.page).collect();
    pdf.delete_pages(&others);
    // What leads to pages that are gone would keep them in the file.
    if let Ok(catalog) = pdf.catalog_mut() {
        for key in [
            "Outlines",
            "Names",
            "Dests",
            "StructTreeRoot",
            "AcroForm",
            "OpenAction",
            "PageLabels",
        ] {
            catalog.remove(key.as_bytes());
        }
    }
    pdf.prune_objects();
    let mut out = Vec::new();
    pdf.save_to(&mut out)?;
    Ok(out)
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

/// The figures that were asked for, each with its meaning.
fn asked_for(args: &Args, accounts: &[Extract], g: &Grammar) -> Result<BTreeMap<Key, Note>, Failure> {
    let language = usize::from(args.english());
    let mut out: BTreeMap<Key, Note> = BTreeMap::new();
    let file = args.file.display();
    let shorts: Vec<&str> = accounts.iter().map(|e| e.document.document_id.short()).collect();
    for id in &args.fact {
        let (e, end) = match (id.rsplit_once('-'), accounts) {
            (Some((document, end)), _) => match shorts.iter().position(|s| *s == document) {
                Some(n) => (&accounts[n], end),
                None => {
                    return Err(tr!(
                        "{id} stands in another document; {file} is {}",
                        shorts.join(", "),
                        id,
                        file
                    )
                    .into());
                }
            },
            (None, [one]) => (one, id.as_str()),
            (None, _) => {
                let message = tr!(
                    "several accounts stand in {file}, say whose {id} is meant: {}",
                    shorts.join(", "),
                    file,
                    id
                );
                return Err(message.into());
            }
        };
        let number = |kind: char| end.strip_prefix(kind).and_then(|n| n.parse::<u32>().ok());
        let fact = number('f').and_then(|n| e.facts.iter().find(|f| f.ordinal == n));
        let said = number('s').and_then(|n| e.statements.iter().find(|s| s.ordinal == n));
        let (place, meaning) = match (fact, said) {
            (Some(f), _) => (f.place, caption(g, f, language)),
            (_, Some(s)) => (s.place, caption_of_statement(g, s, language)),
            _ => return Err(tr!("{file} has no fact or statement {id}", file, id).into()),
        };
        let note = out.entry(Key::of(&place)).or_default();
        note.messages
            .push(format!("{}-{end} {meaning}", e.document.document_id.short()));
    }
    Ok(out)
}

fn contradictions(args: &Args, accounts: &[Extract]) -> BTreeMap<Key, Note> {
    let mut out: BTreeMap<Key, Note> = BTreeMap::new();
    let findings = accounts.iter().flat_map(|e| e.findings.iter().map(move |f| (e, f)));
    for (e, f) in findings {
        let weight = match f.outcome {
            FindingOutcome::Fails => 1,
            FindingOutcome::Rounding if args.rounding => 0,
            _ => continue,
        };
        let message = if args.english() { &f.message_en } else { &f.message };
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
