//! Workbooks in a ZIP container, part by part. Comes in: the bytes of an xlsx, Strict or not. Goes out: sheets, styles, and the
//! cells of a sheet one by one, with what decides whether a person sees them: hidden rows and columns, formulas without a
//! value, runs that are struck out. calamine hands out values only, which is why the parts are read here.

use super::number::Format;
use super::package::Package;
use super::xml::{attribute, is_on, number, reference, switch};
use super::{Error, flow};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::rc::Rc;

/// The most shared strings, and the most bytes of all of them.
const STRINGS: usize = 4_000_000;
const STRING_BYTES: usize = 256 << 20;
/// Styles at most: Excel itself stops at 64,000.
const STYLES: usize = 70_000;

/// What a style of a cell means for a reader.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    /// How numbers and texts are shown.
    pub format: Rc<Format>,
    /// A line stands around the cell.
    pub drawn: bool,
    /// White letters on no ground.
    pub white: bool,
    /// Struck out as a whole.
    pub struck: bool,
}

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Nothing: a cell that may be drawn.
    Empty,
    Number(f64),
    Text(Rc<str>),
    /// A truth value or an error.
    Other(String),
    /// A formula of which the file knows no value.
    Formula(String),
}

/// One cell.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Row and column, 0-based.
    pub at: (u32, u32),
    pub value: Value,
    /// The number of its style.
    pub style: usize,
    /// It is a formula.
    pub formula: bool,
}

/// First and last row and column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Area {
    pub first: (u32, u32),
    pub last: (u32, u32),
}

/// What a sheet says beside its cells.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    /// Rows that are not shown, of those that stand in the file.
    pub hidden_rows: Vec<u32>,
    /// Columns that are not shown: first and last.
    pub hidden_columns: Vec<(u32, u32)>,
    /// Cells whose rows a filter may hide.
    pub filtered: Option<Area>,
    /// Joined cells.
    pub joined: Vec<Area>,
    /// A picture or another object lies on the sheet.
    pub pictures: bool,
    /// Texts of boxes that lie on the sheet.
    pub boxes: Vec<String>,
}

/// A sheet of the workbook.
#[derive(Clone, Debug)]
pub(super) struct SheetRef {
    pub name: String,
    pub hidden: bool,
    member: Option<usize>,
    path: String,
}

/// An opened workbook.
pub(super) struct Book<'b> {
    package: Package<'b>,
    pub sheets: Vec<SheetRef>,
    pub looks: Vec<Look>,
    strings: Vec<Rc<str>>,
    /// Days are counted from 1904.
    pub from_1904: bool,
    /// The values of formulas are those of a program that did not reckon them.
    pub recalculates: bool,
}

impl<'b> Book<'b> {
    /// Reads everything but the sheets.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, Error> {
        let mut package = Package::open(bytes)?;
        let (main, _) = package
            .office()?
            .ok_or_else(|| Error::Broken("it has no workbook".into()))?;
        let relations = package.relations(&main)?;
        let xml = package
            .text(&main)?
            .ok_or_else(|| Error::Broken("its workbook is no text".into()))?;
        let mut out = Self {
            package,
            sheets: Vec::new(),
            looks: Vec::new(),
            strings: Vec::new(),
            from_1904: false,
            recalculates: false,
        };
        super::xml::elements(&xml, |e| match e.local_name().as_ref() {
            "workbookPr" => out.from_1904 = attribute(e, "date1904").is_some_and(|v| is_on(&v)),
            "calcPr" => out.recalculates = attribute(e, "fullCalcOnLoad").is_some_and(|v| is_on(&v)),
            "sheet" => {
                let id = relation_id(e);
                let Some(r) = relations.iter().find(|r| Some(&r.id) == id.as_ref()) else {
                    return;
                };
                // Chart and dialogue sheets have no cells.
                if r.kind.ends_with("/worksheet") || r.kind.is_empty() {
                    out.sheets.push(SheetRef {
                        name: attribute(e, "name").unwrap_or_default(),
                        hidden: attribute(e, "state").is_some_and(|s| s != "visible"),
                        member: out.package.find(&r.target),
                        path: r.target.clone(),
                    });
                }
            }
            _ => {}
        });
        let part = |kind: &str| {
            relations
                .iter()
                .find(|r| r.kind.ends_with(kind))
                .map(|r| r.target.clone())
        };
        if let Some(styles) = part("/styles")
            && let Some(xml) = out.package.text(&styles)?
        {
            out.looks = looks(&xml);
        }
        if let Some(index) = part("/sharedStrings").and_then(|p| out.package.find(&p)) {
            out.strings = strings(BufReader::new(out.package.stream(index)?))?;
        }
        Ok(out)
    }

    /// Hands out the cells of a sheet until `take` says that it is enough. The error says how far the sheet could be read.
    pub(super) fn cells(
        &mut self,
        sheet: &SheetRef,
        take: &mut dyn FnMut(Found) -> bool,
    ) -> (Frame, Result<(), String>) {
        let mut walk = SheetWalk::default();
        let Some(index) = sheet.member else {
            return (walk.frame, Err("its part is missing".into()));
        };
        let strings = &self.strings;
        let result = match self.package.stream(index) {
            Ok(stream) => walk.all(BufReader::new(stream), strings, take),
            Err(e) => Err(e.to_string()),
        };
        if walk.drawing.is_some() {
            self.drawing(&sheet.path, &mut walk);
        }
        (walk.frame, result)
    }

    /// What lies on a sheet: pictures, and boxes with text.
    fn drawing(&mut self, sheet: &str, walk: &mut SheetWalk) {
        let relations = self.package.relations(sheet).unwrap_or_default();
        let part = relations.iter().find(|r| Some(&r.id) == walk.drawing.as_ref());
        let Some(Ok(Some(xml))) = part.map(|p| self.package.text(&p.target)) else {
            return;
        };
        let mut reader = Reader::from_str(&xml);
        reader.config_mut().check_end_names = false;
        let (mut inside, mut text) = (false, String::new());
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Start(e) | Event::Empty(e) => match e.local_name().as_ref() {
                    "pic" | "graphicFrame" => walk.frame.pictures = true,
                    "t" => inside = true,
                    _ => {}
                },
                Event::Text(t) if inside => text.push_str(&t),
                Event::GeneralRef(r) if inside => text.extend(reference(&r)),
                Event::End(e) => match e.local_name().as_ref() {
                    "t" => inside = false,
                    "txBody" if !text.trim().is_empty() => walk.frame.boxes.push(std::mem::take(&mut text)),
                    _ => {}
                },
                Event::Eof => break,
                _ => {}
            }
        }
    }
}

/// The id of a relation: the one attribute with a prefix of that name.
fn relation_id(e: &BytesStart<'_>) -> Option<String> {
    e.attributes()
        .flatten()
        .find(|a| a.key.as_ref().ends_with(":id"))
        .map(|a| a.value.to_string())
}

/// Fonts, grounds and lines that decide whether a cell is seen.
#[derive(Default)]
struct Styles {
    codes: HashMap<u32, String>,
    fonts: Vec<(bool, bool)>,
    fills: Vec<bool>,
    borders: Vec<bool>,
    looks: Vec<Look>,
    formats: HashMap<u32, Rc<Format>>,
}

fn looks(xml: &str) -> Vec<Look> {
    let mut out = Styles::default();
    let mut section = String::new();
    super::xml::elements(xml, |e| {
        let name = e.local_name();
        match name.as_ref() {
            "numFmts" | "fonts" | "fills" | "borders" | "cellXfs" | "cellStyleXfs" | "dxfs" | "cellStyles" => {
                section = name.as_ref().to_string();
            }
            _ => out.element(&section, name.as_ref(), e),
        }
    });
    out.looks
}

impl Styles {
    fn element(&mut self, section: &str, name: &str, e: &BytesStart<'_>) {
        match (section, name) {
            ("numFmts", "numFmt") => {
                if let (Some(id), Some(code)) = (number(e, "numFmtId"), attribute(e, "formatCode")) {
                    self.codes.insert(id, code);
                }
            }
            ("fonts", "font") => self.fonts.push((false, false)),
            ("fonts", "strike") => {
                if let Some(f) = self.fonts.last_mut() {
                    f.0 = switch(e);
                }
            }
            ("fonts", "color") => {
                // The first colour of a theme is that of the ground.
                let white = attribute(e, "rgb").is_some_and(|v| v.to_ascii_uppercase().ends_with("FFFFFF"))
                    || (attribute(e, "theme").as_deref() == Some("0") && attribute(e, "tint").is_none())
                    || matches!(attribute(e, "indexed").as_deref(), Some("1" | "9"));
                if let Some(f) = self.fonts.last_mut() {
                    f.1 = white;
                }
            }
            ("fills", "fill") => self.fills.push(false),
            ("fills", "patternFill") => {
                let filled = attribute(e, "patternType").is_some_and(|p| p != "none");
                if let Some(f) = self.fills.last_mut() {
                    *f = filled;
                }
            }
            ("fills", "gradientFill") => {
                if let Some(f) = self.fills.last_mut() {
                    *f = true;
                }
            }
            ("fills", "fgColor") => {
                // White ground is no ground.
                if attribute(e, "rgb").is_some_and(|v| v.to_ascii_uppercase().ends_with("FFFFFF"))
                    && let Some(f) = self.fills.last_mut()
                {
                    *f = false;
                }
            }
            ("borders", "border") => self.borders.push(false),
            ("borders", "left" | "right" | "top" | "bottom" | "start" | "end") => {
                let line = attribute(e, "style").is_some_and(|s| s != "none");
                if let Some(b) = self.borders.last_mut() {
                    *b |= line;
                }
            }
            ("cellXfs", "xf") if self.looks.len() < STYLES => {
                let id: u32 = number(e, "numFmtId").unwrap_or(0);
                let code = self.codes.get(&id).map_or_else(|| builtin(id), String::as_str);
                let format = self
                    .formats
                    .entry(id)
                    .or_insert_with(|| Rc::new(Format::of(code)))
                    .clone();
                let of = |name| number::<usize>(e, name).unwrap_or(0);
                let font = self.fonts.get(of("fontId")).copied().unwrap_or_default();
                self.looks.push(Look {
                    format,
                    drawn: self.borders.get(of("borderId")).copied().unwrap_or_default(),
                    white: font.1 && !self.fills.get(of("fillId")).copied().unwrap_or_default(),
                    struck: font.0,
                });
            }
            _ => {}
        }
    }
}

/// The codes that a file need not write down (ECMA-376 part 1, 18.8.30); those of dates are all one here.
pub(super) fn builtin(id: u32) -> &'static str {
    match id {
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        5..=8 => "#,##0.00;-#,##0.00",
        9 => "0%",
        10 => "0.00%",
        11 | 48 => "0.00E+00",
        12 | 13 => "# ?/?",
        14..=17 | 22 | 27..=31 | 36 | 50..=58 => "yyyy-mm-dd",
        18..=21 | 32..=35 | 45..=47 => "h:mm",
        37 | 38 => "#,##0 ;(#,##0)",
        39 | 40 => "#,##0.00 ;(#,##0.00)",
        41 | 42 => "_ * #,##0_ ;_ * -#,##0_ ;_ * \"-\"_ ;_ @_ ",
        43 | 44 => "_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * \"-\"??_ ;_ @_ ",
        _ => "",
    }
}

/// A text of runs: those that are struck out or raised behind others do not count.
#[derive(Default)]
struct Runs {
    text: String,
    struck: bool,
    raised: bool,
    /// Inside a guide to pronunciation.
    phonetic: usize,
    inside: bool,
}

impl Runs {
    fn open(&mut self, name: &str, e: &BytesStart<'_>) {
        match name {
            "rPh" => self.phonetic += 1,
            "r" => (self.struck, self.raised) = (false, false),
            "strike" => self.struck = switch(e),
            "vertAlign" => self.raised = attribute(e, "val").is_some_and(|v| v != "baseline"),
            "t" => self.inside = self.phonetic == 0,
            _ => {}
        }
    }

    fn push(&mut self, text: &str) {
        if self.inside && !self.struck && !(self.raised && flow::is_mark(text, self.text.chars().next_back())) {
            self.text.push_str(text);
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "rPh" => self.phonetic = self.phonetic.saturating_sub(1),
            "t" => self.inside = false,
            "r" => (self.struck, self.raised) = (false, false),
            _ => {}
        }
    }

    fn take(&mut self) -> String {
        unescaped(std::mem::take(&mut self.text))
    }
}

/// Characters that XML cannot hold stand as `_x000D_`.
fn unescaped(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let code = rest.get(2..6).filter(|_| rest.get(6..7) == Some("_"));
        match code
            .and_then(|c| u32::from_str_radix(c, 16).ok())
            .and_then(char::from_u32)
        {
            Some(c) => {
                out.push(c);
                rest = &rest[7..];
            }
            None => {
                out.push_str("_x");
                rest = &rest[2..];
            }
        }
    }
    out + rest
}

fn strings(source: impl BufRead) -> Result<Vec<Rc<str>>, Error> {
    let mut reader = Reader::from_reader(source);
    reader.config_mut().check_end_names = false;
    let (mut out, mut buffer, mut runs, mut bytes) = (Vec::new(), Vec::new(), Runs::default(), 0);
    loop {
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|e| Error::Broken(format!("its shared texts are damaged ({e})")))?;
        match event {
            Event::Start(e) => runs.open(e.local_name().as_ref(), &e),
            Event::Empty(e) if e.local_name().as_ref() == "si" => out.push("".into()),
            Event::Empty(e) if e.local_name().as_ref() != "t" => runs.open(e.local_name().as_ref(), &e),
            Event::Text(t) => runs.push(&t),
            Event::CData(t) => runs.push(&t),
            Event::GeneralRef(r) => {
                if let Some(c) = reference(&r) {
                    runs.push(c.encode_utf8(&mut [0; 4]));
                }
            }
            Event::End(e) if e.local_name().as_ref() == "si" => {
                let text = runs.take();
                bytes += text.len();
                out.push(text.into());
                if out.len() > STRINGS || bytes > STRING_BYTES {
                    return Err(Error::TooLarge(format!("its workbook holds more than {STRINGS} texts")));
                }
            }
            Event::End(e) => runs.close(e.local_name().as_ref()),
            Event::Eof => return Ok(out),
            _ => {}
        }
        buffer.clear();
    }
}

/// A cell that is being read.
#[derive(Default)]
struct OpenCell {
    at: (u32, u32),
    style: usize,
    kind: String,
    value: String,
    formula: Option<String>,
}

#[derive(Default)]
struct SheetWalk {
    frame: Frame,
    drawing: Option<String>,
    /// Rows that say nothing are hidden.
    rows_hidden: bool,
    /// It is a sheet at all.
    begun: bool,
    row: u32,
    column: u32,
    cell: Option<OpenCell>,
    runs: Runs,
    /// Inside `v` or `f`.
    value: bool,
    formula: bool,
}

impl SheetWalk {
    fn all(
        &mut self,
        source: impl BufRead,
        strings: &[Rc<str>],
        take: &mut dyn FnMut(Found) -> bool,
    ) -> Result<(), String> {
        let mut reader = Reader::from_reader(source);
        reader.config_mut().check_end_names = false;
        let mut buffer = Vec::new();
        loop {
            let event = reader.read_event_into(&mut buffer).map_err(|e| e.to_string())?;
            match event {
                Event::Start(e) => self.open(&e),
                Event::Empty(e) => {
                    self.open(&e);
                    if !self.close(e.local_name().as_ref(), strings, take) {
                        return Ok(());
                    }
                }
                Event::Text(t) => self.text(&t),
                Event::CData(t) => self.text(&t),
                Event::GeneralRef(r) => {
                    if let Some(c) = reference(&r) {
                        self.text(c.encode_utf8(&mut [0; 4]));
                    }
                }
                Event::End(e) if !self.close(e.local_name().as_ref(), strings, take) => return Ok(()),
                Event::Eof if !self.begun => return Err("its part is no sheet".into()),
                Event::Eof => return Ok(()),
                _ => {}
            }
            buffer.clear();
        }
    }

    fn text(&mut self, text: &str) {
        let Some(cell) = &mut self.cell else { return };
        if self.value {
            cell.value.push_str(text);
        } else if self.formula {
            cell.formula.get_or_insert_default().push_str(text);
        } else {
            self.runs.push(text);
        }
    }

    fn open(&mut self, e: &BytesStart<'_>) {
        let name = e.local_name();
        let zero = |name| number::<f64>(e, name).is_some_and(|h| h <= 0.0);
        match name.as_ref() {
            "worksheet" | "sheetData" => self.begun = true,
            "c" => {
                let at = attribute(e, "r").and_then(|r| position(&r));
                let at = at.unwrap_or((self.row, self.column));
                self.column = at.1.saturating_add(1);
                self.cell = Some(OpenCell {
                    at,
                    style: number(e, "s").unwrap_or(0),
                    kind: attribute(e, "t").unwrap_or_default(),
                    ..OpenCell::default()
                });
                self.runs = Runs::default();
            }
            "v" => self.value = true,
            "f" => {
                self.formula = true;
                if let Some(c) = &mut self.cell {
                    c.formula.get_or_insert_default();
                }
            }
            "row" => {
                self.row = number::<u32>(e, "r").map_or(self.row, |r| r.saturating_sub(1));
                self.column = 0;
                let told = attribute(e, "hidden").map(|v| is_on(&v));
                let tall = number::<f64>(e, "ht").is_some_and(|h| h > 0.0);
                if told.unwrap_or(self.rows_hidden && !tall) || zero("ht") {
                    self.frame.hidden_rows.push(self.row);
                }
            }
            "sheetFormatPr" => self.rows_hidden = attribute(e, "zeroHeight").is_some_and(|v| is_on(&v)),
            "col" if attribute(e, "hidden").is_some_and(|v| is_on(&v)) || zero("width") => {
                if let (Some(a), Some(b)) = (number::<u32>(e, "min"), number::<u32>(e, "max")) {
                    self.frame
                        .hidden_columns
                        .push((a.saturating_sub(1), b.saturating_sub(1)));
                }
            }
            "mergeCell" => self.frame.joined.extend(attribute(e, "ref").and_then(|r| area(&r))),
            "autoFilter" => self.frame.filtered = attribute(e, "ref").and_then(|r| area(&r)),
            "drawing" => self.drawing = relation_id(e),
            "oleObject" => self.frame.pictures = true,
            inner if self.cell.is_some() => self.runs.open(inner, e),
            _ => {}
        }
    }

    /// Whether to go on.
    fn close(&mut self, name: &str, strings: &[Rc<str>], take: &mut dyn FnMut(Found) -> bool) -> bool {
        match name {
            "c" => match self.cell.take() {
                Some(cell) => take(self.found(cell, strings)),
                None => true,
            },
            "v" => {
                self.value = false;
                true
            }
            "f" => {
                self.formula = false;
                true
            }
            "row" => {
                self.row = self.row.saturating_add(1);
                true
            }
            _ => {
                self.runs.close(name);
                true
            }
        }
    }

    fn found(&mut self, cell: OpenCell, strings: &[Rc<str>]) -> Found {
        let formula = cell.formula.is_some();
        let text = cell.value.trim();
        let value = match cell.kind.as_str() {
            "s" => match text.parse::<usize>().ok().and_then(|n| strings.get(n)) {
                Some(s) => Value::Text(s.clone()),
                None if text.is_empty() => Value::Empty,
                None => Value::Other(format!("#{text}")),
            },
            "inlineStr" => Value::Text(self.runs.take().into()),
            "str" => Value::Text(unescaped(cell.value).into()),
            "e" => Value::Other(cell.value),
            "b" => Value::Other(if text == "1" { "TRUE" } else { "FALSE" }.into()),
            "d" => Value::Text(text.split('T').next().unwrap_or(text).into()),
            _ if text.is_empty() => match &cell.formula {
                Some(f) => Value::Formula(f.clone()),
                None => match self.runs.take() {
                    t if t.is_empty() => Value::Empty,
                    t => Value::Text(t.into()),
                },
            },
            _ => text.parse().map_or_else(|_| Value::Text(text.into()), Value::Number),
        };
        Found {
            at: cell.at,
            value,
            style: cell.style,
            formula,
        }
    }
}

/// Row and column of `C10`.
fn position(name: &str) -> Option<(u32, u32)> {
    let name = name.trim().trim_start_matches('$');
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    let row: u32 = name[letters..].trim_start_matches('$').parse().ok()?;
    let column = name[..letters].bytes().try_fold(0u32, |sum, b| {
        sum.checked_mul(26)?
            .checked_add(u32::from(b.to_ascii_uppercase() - b'A') + 1)
    })?;
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

fn area(name: &str) -> Option<Area> {
    let (a, b) = name.split_once(':').unwrap_or((name, name));
    let (first, last) = (position(a)?, position(b)?);
    (first.0 <= last.0 && first.1 <= last.1).then_some(Area { first, last })
}
