//! OFD documents (GB/T 33190, the fixed layout of Chinese offices) to pages. Comes in: the bytes of the package. Goes out:
//! glyphs, lines and boxes of images of every page, in points, as from a PDF, so that one layout serves both. The codes of
//! `TextCode` are characters: no font is needed. Refuses text without a place. Seals and notes are left aside.

use super::package::{self, Package};
use super::xml::{attribute, is_on, reference};
use super::{Document, Error, Glyph, GlyphText, Limits, Page, Ruling};
use crate::clock::Deadline;
use crate::diag::{Code, Diagnostic, Outcome, Severity};
use crate::geom::{Axis, Rect};
use crate::place::Place;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;

/// Millimetres are the unit of OFD.
const POINTS: f32 = 72.0 / 25.4;
/// Ascent as a share of the font size: the em box of the fonts that Chinese offices use.
const ASCENT: f32 = 0.86;
/// A filled shape is a line up to this thickness, in points.
const THIN: f32 = 2.5;
/// A stroke leans off its axis by no more than this, in points.
const STRAIGHT: f32 = 0.6;
/// Levels of page blocks.
const DEEPEST: usize = 40;

/// Reads an OFD document.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Outcome<Document>, Error> {
    let mut package = Package::open(bytes)?;
    let lost = |what: &str| Error::Broken(format!("the OFD document has no {what}"));
    let entry = package.text("OFD.xml")?.ok_or_else(|| lost("OFD.xml"))?;
    let (roots, about) = entries(&entry);
    let mut out = Builder {
        pages: Vec::new(),
        report: Vec::new(),
        deadline: Deadline::after(limits.seconds),
        limits: *limits,
        unplaced: false,
    };
    let mut found = false;
    for root in &roots {
        let root = package::resolve("", root);
        if let Some(xml) = package.text(&root)? {
            found = true;
            out.document(&root, &xml, &mut package)?;
        }
    }
    if !found {
        let encrypted = package.has("Encryptions.xml") || package.has("decryptseed.dat");
        return Err(if encrypted {
            Error::Encrypted
        } else {
            lost("part of a document")
        });
    }
    if out.unplaced && out.pages.iter().all(|p| p.glyphs.is_empty()) {
        return Err(Error::Broken(
            "the text of the OFD document has no place on its pages (Boundary)".into(),
        ));
    }
    let document = Document {
        media_type: "application/ofd",
        producer: about.get("Creator").cloned(),
        file_time: about.get("ModDate").or(about.get("CreationDate")).cloned(),
        pages: out.pages,
        ..Document::default()
    };
    Ok(Outcome::new(document, out.report))
}

/// The roots of the documents in a package, and what is said of the first.
fn entries(xml: &str) -> (Vec<String>, HashMap<String, String>) {
    let (mut roots, mut about) = (Vec::new(), HashMap::new());
    let mut name = String::new();
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(e) => name = e.local_name().as_ref().to_string(),
            Event::Text(t) if name == "DocRoot" => roots.push(t.trim().to_string()),
            Event::Text(t) if !t.trim().is_empty() => {
                about.entry(name.clone()).or_insert_with(|| t.trim().to_string());
            }
            Event::End(_) => name.clear(),
            Event::Eof => break,
            _ => {}
        }
    }
    (roots, about)
}

/// Numbers between blanks.
fn numbers(text: &str) -> Vec<f32> {
    text.split_ascii_whitespace().filter_map(|n| n.parse().ok()).collect()
}

/// A box `x y width height`.
fn area(text: &str) -> Option<[f32; 4]> {
    numbers(text).try_into().ok()
}

/// A matrix `a b c d e f`.
#[derive(Clone, Copy)]
struct Matrix([f32; 6]);

impl Matrix {
    const NONE: Matrix = Matrix([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    fn of(e: &BytesStart<'_>) -> Self {
        let six = attribute(e, "CTM").and_then(|m| numbers(&m).try_into().ok());
        six.map_or(Matrix::NONE, Matrix)
    }

    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// Text along the x axis stays upright.
    fn upright(&self) -> bool {
        let [a, b, c, d, ..] = self.0;
        a > 0.0 && d > 0.0 && b.abs() < 0.05 * a && c.abs() < 0.05 * d
    }

    fn scale(&self) -> f32 {
        let [.., c, d, _, _] = self.0;
        c.hypot(d)
    }
}

struct Builder {
    pages: Vec<Page>,
    report: Vec<Diagnostic>,
    deadline: Option<Deadline>,
    limits: Limits,
    unplaced: bool,
}

impl Builder {
    /// The pages of one document of the package.
    fn document(&mut self, root: &str, xml: &str, package: &mut Package<'_>) -> Result<(), Error> {
        let folder = root.rsplit_once('/').map_or("", |(f, _)| f);
        let mut templates: HashMap<String, String> = HashMap::new();
        let mut pages: Vec<String> = Vec::new();
        let mut size = None;
        let mut physical = false;
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = false;
        loop {
            let event = reader
                .read_event()
                .map_err(|e| Error::Broken(format!("its OFD document is damaged ({e})")))?;
            match event {
                Event::Start(e) | Event::Empty(e) => {
                    physical = e.local_name().as_ref() == "PhysicalBox";
                    let place = || attribute(&e, "BaseLoc").map(|b| package::resolve(folder, &b));
                    match e.local_name().as_ref() {
                        "TemplatePage" => {
                            templates.extend(attribute(&e, "ID").zip(place()));
                        }
                        "Page" => pages.extend(place()),
                        _ => {}
                    }
                }
                Event::Text(t) if physical => size = size.or(area(&t)),
                Event::End(_) => physical = false,
                Event::Eof => break,
                _ => {}
            }
        }
        let mut kept: HashMap<String, Option<String>> = HashMap::new();
        for name in pages {
            let late = self.deadline.is_some_and(|d| d.passed());
            if late || self.pages.len() >= self.limits.pages {
                self.say(
                    Code::PagesDropped,
                    "the document passes a limit of pages or of time; later pages were not read".into(),
                    Place::document(),
                );
                return Ok(());
            }
            let number = self.pages.len() as u32 + 1;
            let mut page = PageWalk::new(number, size);
            match package.text(&name)? {
                Some(xml) => {
                    page.size(&xml);
                    for id in template_ids(&xml) {
                        let Some(path) = templates.get(&id) else { continue };
                        if !kept.contains_key(path) {
                            kept.insert(path.clone(), package.text(path)?);
                        }
                        if let Some(Some(template)) = kept.get(path) {
                            self.content(template, &mut page);
                        }
                    }
                    self.content(&xml, &mut page);
                }
                None => self.say(
                    Code::PagePanicked,
                    format!("page {number} is missing in the file and stays empty; fetch it again"),
                    Place::page(number),
                ),
            }
            self.unplaced |= page.unplaced;
            self.pages.push(page.page);
        }
        Ok(())
    }

    fn content(&mut self, xml: &str, page: &mut PageWalk) {
        let number = page.page.number;
        if let Err(why) = page.all(xml, &self.limits) {
            self.say(
                Code::PageTruncated,
                format!("page {number} is read only in part: {why}"),
                Place::page(number),
            );
        }
        if page.composite {
            page.composite = false;
            let d = Diagnostic::new(
                Severity::Warning,
                Code::PartNotRead,
                format!("page {number} holds a composite object, which was not read; look at the original"),
                Place::page(number),
            );
            self.report.push(d);
        }
    }

    fn say(&mut self, code: Code, message: String, place: Place) {
        self.report.push(Diagnostic::new(Severity::Error, code, message, place));
    }
}

/// The templates that lie under a page.
fn template_ids(xml: &str) -> Vec<String> {
    let mut out = Vec::new();
    super::xml::elements(xml, |e| {
        if e.local_name().as_ref() == "Template" {
            out.extend(attribute(e, "TemplateID"));
        }
    });
    out
}

/// An object that is open.
#[derive(Clone)]
enum Object {
    Text(TextObject),
    Path(PathObject),
    Other,
}

#[derive(Clone)]
struct TextObject {
    origin: (f32, f32),
    matrix: Matrix,
    size: f32,
    stretch: f32,
    /// Degrees by which characters and lines are turned.
    turned: bool,
    vertical: bool,
    seen: bool,
}

#[derive(Clone)]
struct PathObject {
    origin: (f32, f32),
    matrix: Matrix,
    stroked: bool,
    filled: bool,
    seen: bool,
}

/// What a `TextCode` says before its text.
#[derive(Default)]
struct GlyphCode {
    at: (f32, f32),
    across: Vec<f32>,
    down: Vec<f32>,
    text: String,
}

struct PageWalk {
    page: Page,
    offset: (f32, f32),
    objects: Vec<Object>,
    code: Option<GlyphCode>,
    /// The data of the path that is open.
    path: Option<String>,
    /// In a clip or a pattern: nothing there is drawn.
    skipped: usize,
    unplaced: bool,
    composite: bool,
}

impl PageWalk {
    fn new(number: u32, size: Option<[f32; 4]>) -> Self {
        let mut out = Self {
            page: Page {
                number,
                ..Page::default()
            },
            offset: (0.0, 0.0),
            objects: Vec::new(),
            code: None,
            path: None,
            skipped: 0,
            unplaced: false,
            composite: false,
        };
        out.set(size.unwrap_or([0.0, 0.0, 210.0, 297.0]));
        out
    }

    fn set(&mut self, [x, y, w, h]: [f32; 4]) {
        self.offset = (x, y);
        (self.page.width, self.page.height) = (w * POINTS, h * POINTS);
    }

    /// The size that the page itself names.
    fn size(&mut self, xml: &str) {
        let Some((_, rest)) = xml.split_once("PhysicalBox>") else {
            return;
        };
        if let Some(own) = rest.split('<').next().and_then(area) {
            self.set(own);
        }
    }

    fn all(&mut self, xml: &str, limits: &Limits) -> Result<(), String> {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = false;
        self.objects.clear();
        loop {
            match reader.read_event().map_err(|e| e.to_string())? {
                Event::Start(e) => self.open(&e),
                Event::Empty(e) => {
                    self.open(&e);
                    self.close(e.local_name().as_ref());
                }
                Event::Text(t) => self.text(&t),
                Event::CData(t) => self.text(&t),
                Event::GeneralRef(r) => {
                    if let Some(c) = reference(&r) {
                        self.text(c.encode_utf8(&mut [0; 4]));
                    }
                }
                Event::End(e) => self.close(e.local_name().as_ref()),
                Event::Eof => return Ok(()),
                _ => {}
            }
            if self.page.glyphs.len() > limits.glyphs_per_page || self.page.rulings.len() > limits.rulings_per_page {
                return Err("it passes the limit of glyphs or lines".into());
            }
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(c) = &mut self.code {
            c.text.push_str(text);
        } else if let Some(p) = &mut self.path {
            p.push_str(text);
        }
    }

    fn open(&mut self, e: &BytesStart<'_>) {
        let name = e.local_name();
        if self.skipped > 0 || matches!(name.as_ref(), "Clips" | "Pattern") {
            self.skipped += 1;
            return;
        }
        let get = |key: &str| attribute(e, key);
        let number = |key: &str| get(key).and_then(|v| v.parse::<f32>().ok());
        match name.as_ref() {
            "TextObject" | "PathObject" | "ImageObject" | "CompositeObject" if self.objects.len() < DEEPEST => {
                let place = get("Boundary").as_deref().and_then(area);
                let seen = get("Visible").is_none_or(|v| is_on(&v)) && get("Alpha").as_deref() != Some("0");
                self.unplaced |= place.is_none();
                let origin = place.map_or((0.0, 0.0), |b| (b[0] - self.offset.0, b[1] - self.offset.1));
                let matrix = Matrix::of(e);
                self.composite |= name.as_ref() == "CompositeObject" && seen;
                self.objects.push(match (name.as_ref(), place) {
                    ("TextObject", Some(_)) => Object::Text(TextObject {
                        origin,
                        matrix,
                        size: number("Size").unwrap_or(3.5),
                        stretch: number("HScale").unwrap_or(1.0),
                        turned: number("CharDirection").is_some_and(|d| d != 0.0),
                        vertical: number("ReadDirection").is_some_and(|d| d != 0.0),
                        seen: seen && get("Fill").is_none_or(|v| is_on(&v)),
                    }),
                    ("PathObject", Some(_)) => Object::Path(PathObject {
                        origin,
                        matrix,
                        stroked: get("Stroke").is_none_or(|v| is_on(&v)),
                        filled: get("Fill").is_some_and(|v| is_on(&v)),
                        seen,
                    }),
                    ("ImageObject", Some([_, _, w, h])) if seen => {
                        let (x, y) = origin;
                        self.page.images.push(points(x, y, x + w, y + h));
                        Object::Other
                    }
                    _ => Object::Other,
                });
            }
            "TextCode" => {
                // A code without a place goes on from the one before it; the first begins at the corner.
                let at = (number("X").unwrap_or(0.0), number("Y").unwrap_or(0.0));
                self.code = Some(GlyphCode {
                    at,
                    across: deltas(&get("DeltaX").unwrap_or_default()),
                    down: deltas(&get("DeltaY").unwrap_or_default()),
                    text: String::new(),
                });
            }
            "AbbreviatedData" => self.path = Some(String::new()),
            "FillColor" if get("Alpha").as_deref() == Some("0") => {
                if let Some(Object::Text(t)) = self.objects.last_mut() {
                    t.seen = false;
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        match name {
            "TextCode" => {
                if let (Some(code), Some(Object::Text(t))) = (self.code.take(), self.objects.last().cloned()) {
                    self.glyphs(&code, &t);
                }
            }
            "AbbreviatedData" => {
                if let (Some(data), Some(Object::Path(p))) = (self.path.take(), self.objects.last().cloned()) {
                    self.rulings(&data, &p);
                }
            }
            "TextObject" | "PathObject" | "ImageObject" | "CompositeObject" => drop(self.objects.pop()),
            _ => {}
        }
    }

    fn glyphs(&mut self, code: &GlyphCode, t: &TextObject) {
        if !t.seen {
            return;
        }
        let size = t.size * t.matrix.scale();
        let upright = t.matrix.upright() && !t.turned && !t.vertical;
        let (mut x, mut y) = code.at;
        for (n, c) in code.text.trim_matches(['\n', '\r', '\t']).chars().enumerate() {
            let natural = t.size * t.stretch * if c.is_ascii() { 0.5 } else { 1.0 };
            let step = code.across.get(n).copied();
            let advance = step.unwrap_or(if t.vertical { 0.0 } else { natural });
            // A wide step is a gap behind the character, not its width.
            let own = if advance > 0.0 && advance <= 1.5 * natural {
                advance
            } else {
                natural
            };
            let (left, base) = t.matrix.at(x, y);
            let (right, _) = t.matrix.at(x + own, y);
            let (ox, oy) = t.origin;
            let base = base + oy;
            if !c.is_control() {
                self.page.glyphs.push(Glyph {
                    text: GlyphText::Char(crate::text::unified(c)),
                    rect: points(
                        left + ox,
                        base - ASCENT * size,
                        right.max(left) + ox,
                        base + (1.0 - ASCENT) * size,
                    ),
                    baseline: base * POINTS,
                    size: size * POINTS,
                    upright,
                    turn: 0,
                    ink: [0; 3],
                    font: 0,
                });
                self.page.unmapped += u32::from(c == '\u{fffd}');
            }
            x += advance;
            y += code
                .down
                .get(n)
                .copied()
                .unwrap_or(if t.vertical { t.size } else { 0.0 });
        }
    }

    /// Straight strokes and thin filled boxes of a path.
    fn rulings(&mut self, data: &str, p: &PathObject) {
        if !p.seen || !(p.stroked || p.filled) {
            return;
        }
        let at = |x: f32, y: f32| {
            let (x, y) = p.matrix.at(x, y);
            ((x + p.origin.0) * POINTS, (y + p.origin.1) * POINTS)
        };
        for shape in shapes(data) {
            let corners: Vec<(f32, f32)> = shape.iter().map(|(x, y)| at(*x, *y)).collect();
            let fold = |pick: fn(&(f32, f32)) -> f32, most: bool| {
                corners
                    .iter()
                    .map(pick)
                    .fold(if most { f32::MIN } else { f32::MAX }, |a, b| {
                        if most { a.max(b) } else { a.min(b) }
                    })
            };
            let (x0, x1) = (fold(|c| c.0, false), fold(|c| c.0, true));
            let (y0, y1) = (fold(|c| c.1, false), fold(|c| c.1, true));
            if p.filled && !p.stroked && (x1 - x0 > THIN && y1 - y0 > THIN) {
                continue;
            }
            if corners.len() > 2 && (x1 - x0 <= THIN || y1 - y0 <= THIN) {
                self.line((x0, (y0 + y1) / 2.0), (x1, (y0 + y1) / 2.0), y1 - y0 <= THIN);
                if y1 - y0 > THIN {
                    self.line(((x0 + x1) / 2.0, y0), ((x0 + x1) / 2.0, y1), true);
                }
                continue;
            }
            for pair in corners.windows(2) {
                self.line(pair[0], pair[1], true);
            }
        }
    }

    fn line(&mut self, a: (f32, f32), b: (f32, f32), is: bool) {
        let (dx, dy) = ((a.0 - b.0).abs(), (a.1 - b.1).abs());
        let (axis, at, start, end) = if dy <= STRAIGHT && dx > STRAIGHT {
            (Axis::Horizontal, (a.1 + b.1) / 2.0, a.0.min(b.0), a.0.max(b.0))
        } else if dx <= STRAIGHT && dy > STRAIGHT {
            (Axis::Vertical, (a.0 + b.0) / 2.0, a.1.min(b.1), a.1.max(b.1))
        } else {
            return;
        };
        if is {
            self.page.rulings.push(Ruling { axis, at, start, end });
        }
    }
}

fn points(x0: f32, y0: f32, x1: f32, y1: f32) -> Rect {
    Rect::new(x0 * POINTS, y0 * POINTS, x1 * POINTS, y1 * POINTS)
}

/// Steps from character to character; `g 5 3.2` is five times 3.2.
fn deltas(text: &str) -> Vec<f32> {
    let mut out = Vec::new();
    let mut words = text.split_ascii_whitespace();
    while let Some(w) = words.next() {
        if w.eq_ignore_ascii_case("g") {
            let times = words.next().and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
            let step = words.next().and_then(|n| n.parse().ok()).unwrap_or(0.0);
            out.extend(std::iter::repeat_n(step, times.min(100_000)));
        } else {
            out.extend(w.parse::<f32>().ok());
        }
    }
    out
}

/// The corners of each part of a path; curves end one part and begin the next.
fn shapes(data: &str) -> Vec<Vec<(f32, f32)>> {
    let mut out: Vec<Vec<(f32, f32)>> = Vec::new();
    let mut open: Vec<(f32, f32)> = Vec::new();
    let mut words = data.split_ascii_whitespace().peekable();
    let mut start = (0.0, 0.0);
    while let Some(command) = words.next() {
        let mut next = |n: usize| -> Vec<f32> { words.by_ref().take(n).filter_map(|w| w.parse().ok()).collect() };
        match command {
            "M" | "S" => {
                out.push(std::mem::take(&mut open));
                if let [x, y] = next(2)[..] {
                    start = (x, y);
                    open.push(start);
                }
            }
            "L" => {
                if let [x, y] = next(2)[..] {
                    open.push((x, y));
                }
            }
            "Q" | "B" | "A" => {
                let numbers = next(match command {
                    "Q" => 4,
                    "B" => 6,
                    _ => 7,
                });
                out.push(std::mem::take(&mut open));
                if let [.., x, y] = numbers[..] {
                    open.push((x, y));
                }
            }
            "C" => open.push(start),
            _ => {}
        }
    }
    out.push(open);
    out.retain(|s| s.len() > 1);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_paths_are_read() {
        assert_eq!(deltas("1.5 g 3 2 4"), [1.5, 2.0, 2.0, 2.0, 4.0]);
        assert_eq!(
            shapes("M 0 0 L 10 0 L 10 5 C M 1 1 B 1 2 3 4 5 6 L 7 6"),
            [
                vec![(0.0, 0.0), (10.0, 0.0), (10.0, 5.0), (0.0, 0.0)],
                vec![(5.0, 6.0), (7.0, 6.0)]
            ]
        );
    }
}
