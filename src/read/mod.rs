//! Bytes to pages or markup. Comes in: the bytes of one file. Goes out: [`Document`], either pages of glyphs, rulings and
//! images, or, from files that know their paragraphs and tables, [`Markup`]. The kind of a file is told by its bytes.
//! Refuses to decide what anything means: no Chinese word stands here. The last stage that may refuse a file.

pub mod charset;
mod docx;
mod drawn;
mod flow;
mod html;
mod inline;
pub mod markup;
mod mime;
mod number;
#[cfg(feature = "ocr")]
pub mod ocr;
#[cfg(not(feature = "ocr"))]
#[path = "ocr/absent.rs"]
pub mod ocr;
mod ofd;
mod package;
pub mod pdf;
mod sniff;
mod style;
pub mod text;
mod torn;
mod uneven;
mod word_style;
mod workbook;
mod xls;
mod xlsx;
mod xml;

pub use markup::{Markup, Paragraph, Piece, Table, TableCell};
pub use sniff::promised;

use crate::diag::{Code, Diagnostic, Outcome, Refusal, Severity};
use crate::geom::{Axis, Rect, Way};
use crate::place::Place;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What one file holds, before anything is understood.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// `application/pdf` …
    pub media_type: &'static str,
    /// The program that made the file, as it says itself.
    pub producer: Option<String>,
    /// When it was made or last changed, as it says itself: `2023-08-31T10:00:00`, without zone.
    pub file_time: Option<String>,
    /// Titles in the head of a web page, the surest first.
    pub titles: Vec<String>,
    /// The name of its site.
    pub site: Option<String>,
    /// The pages in order.
    pub pages: Vec<Page>,
    /// Paragraphs and tables of a file without pages; `pages` is empty then, unless another file of the announcement has them.
    pub markup: Option<Markup>,
    /// Pages from this number on are those of another file of the announcement, which is this part of the markup.
    pub behind: Vec<(u32, u16)>,
}

/// Code of the diagnostic of a file that breaks off before its end.
pub const CUT_OFF: Code = Code::FileCutOff;

/// One page as it is shown: rotated and cropped, origin top left, y down, in points.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// 1-based.
    pub number: u32,
    /// Width in points, as shown.
    pub width: f32,
    /// Height in points, as shown.
    pub height: f32,
    /// Glyphs in the order of the content stream; text drawn twice stands once.
    pub glyphs: Vec<Glyph>,
    /// Thin lines, horizontal or vertical, as drawn (neither snapped nor merged).
    pub rulings: Vec<Ruling>,
    /// The boxes of images.
    pub images: Vec<Rect>,
    /// The boxes of small filled shapes that are no rectangles: characters as curves, ornaments.
    pub drawings: Vec<Rect>,
    /// The boxes of printed blanks: a gap filled by them is no gap between columns.
    pub blanks: Vec<Rect>,
    /// How many glyphs had no Unicode (they carry U+FFFD).
    pub unmapped: u32,
    /// How many glyphs nobody sees; they were left out.
    pub hidden: u32,
    /// How many characters stand beside the page, beyond its left or right edge.
    pub beyond: u32,
    /// Around the glyphs that cannot be seen for certain (they carry U+FFFD): covered in part, or drawn as another character than
    /// the file says.
    pub in_doubt: Option<Rect>,
    /// Whether the text was recognised by a program: it lies invisibly over the picture of a page, or below it.
    pub recognised: bool,
    /// Whether more was painted over each other than was followed.
    pub overpainted: bool,
    /// Pixels of all its images.
    pub pixels: u64,
    /// How it was read from its picture, where this program did that.
    pub scan: Option<Box<Scan>>,
}

/// A page that this program read from its picture.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// The way from the straightened page to the page that is shown, where that is another.
    pub way: Option<Way>,
    /// What else digits could be: the number of the glyph, and its other readings, the likeliest first.
    pub others: Vec<(u32, Box<[Other]>)>,
    /// Degrees, clockwise, that the page lay aslant.
    pub angle: f32,
    /// Quarter turns, clockwise, after which it was upright.
    pub quarters: u8,
    /// Red seals that were taken out.
    pub seals: usize,
}

/// Another reading of a digit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Other {
    /// The digit.
    pub c: char,
    /// What the recogniser gives it, of 1.
    pub sure: f32,
}

/// The descent of a glyph's box, as a share of the font size: the em box of the fonts that Chinese offices use (SimSun 0.86 and 0.14).
pub const DESCENT: f32 = 0.14;

/// One glyph.
#[derive(Clone, Debug, PartialEq)]
pub struct Glyph {
    /// What it says: mostly one character, sometimes more (ligature). Compatibility forms are folded (NFKC) only where the glyph
    /// is a CJK radical or compatibility ideograph; full-width digits stay as they are.
    pub text: GlyphText,
    /// Advance box: from the origin to the next origin, from ascent to descent as estimated from the font size.
    pub rect: Rect,
    /// y of the base line.
    pub baseline: f32,
    /// Font size in points as shown.
    pub size: f32,
    /// Whether the text runs left to right along the x axis; `false` for vertical or rotated text.
    pub upright: bool,
    /// The direction of its line in degrees, clockwise as seen; 0 for upright and for vertical text.
    pub turn: i16,
    /// Its colour: red, green, blue.
    pub ink: [u8; 3],
    /// For digits and signs of numbers: which of the document's fonts drew it, from 1; else 0.
    pub font: u16,
}

/// The text of a glyph: a character without allocation, or a short string.
#[derive(Clone, Debug, PartialEq)]
pub enum GlyphText {
    /// One character.
    Char(char),
    /// Several (ligature, decomposed form).
    Str(Box<str>),
}

impl GlyphText {
    /// Appends the text to a string.
    pub fn push_to(&self, out: &mut String) {
        match self {
            GlyphText::Char(c) => out.push(*c),
            GlyphText::Str(s) => out.push_str(s),
        }
    }

    /// Whether it is only white space.
    pub fn is_blank(&self) -> bool {
        match self {
            GlyphText::Char(c) => c.is_whitespace(),
            GlyphText::Str(s) => s.chars().all(char::is_whitespace),
        }
    }
}

/// A thin line along one axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ruling {
    /// The direction it runs.
    pub axis: Axis,
    /// y of a horizontal, x of a vertical line (its middle).
    pub at: f32,
    /// Where it begins along its axis.
    pub start: f32,
    /// Where it ends along its axis.
    pub end: f32,
}

/// Why a file was refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Zero bytes.
    Empty,
    /// The bytes are of a kind that is not read; the payload says which.
    OtherKind(String),
    /// An old Word document, which only LibreOffice reads; the payload says why that did not happen.
    OldWord(String),
    /// A password is needed.
    Encrypted,
    /// The structure is broken beyond repair; the payload says what is known.
    Broken(String),
    /// A limit was passed (pages, glyphs, size); the payload says which.
    TooLarge(String),
}

impl Error {
    /// A stable word for `documents.error_code`.
    pub fn code(&self) -> Refusal {
        match self {
            Error::Empty => Refusal::Empty,
            Error::OtherKind(_) => Refusal::KindNotRead,
            Error::OldWord(_) => Refusal::NeedsLibreoffice,
            Error::Encrypted => Refusal::PasswordRequired,
            Error::Broken(_) => Refusal::BrokenFile,
            Error::TooLarge(_) => Refusal::TooLarge,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Empty => f.write_str("the file has no bytes; fetch it again"),
            Error::OtherKind(what) => write!(f, "the file is {what}; {READ} are read: save it as one of these"),
            Error::OldWord(why) => write!(
                f,
                "the file is an old Word document (doc), and {why}; install LibreOffice, or save the file as docx"
            ),
            Error::Encrypted => f.write_str("the file needs a password; open it and save a copy without it"),
            Error::Broken(why) => write!(f, "the file cannot be read: {why}; fetch it again or repair it"),
            Error::TooLarge(what) => write!(f, "the file passes a limit: {what}"),
        }
    }
}

impl std::error::Error for Error {}

/// The kinds of files that are read, for messages.
const READ: &str = "PDF, OFD, text, HTML, Word (docx) and Excel";

/// Bounds on one document, so that no file can take the run down.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most pages that are read.
    pub pages: usize,
    /// Most glyphs of one page.
    pub glyphs_per_page: usize,
    /// Most rulings of one page.
    pub rulings_per_page: usize,
    /// Seconds of the processor for one document; pages not reached are reported.
    pub seconds: f64,
    /// Seconds of the processor for one page that is read from its picture, in place of those above.
    pub scan_seconds: f64,
    /// Most pages of one document that are read from their pictures.
    pub scans: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            pages: 2_000,
            glyphs_per_page: 200_000,
            rulings_per_page: 400_000,
            seconds: 4.0,
            scan_seconds: 30.0,
            scans: 400,
        }
    }
}

/// Reads one file; its kind is told by its bytes.
///
/// # Errors
/// When nothing at all can be read: no bytes, a kind that is not read, a password, a broken structure, a limit.
pub fn read(bytes: Vec<u8>, limits: &Limits) -> Result<Outcome<Document>, Error> {
    if bytes.is_empty() {
        return Err(Error::Empty);
    }
    crate::clock::begin(limits.seconds);
    let kind = sniff::kind(&bytes)?;
    let pages = matches!(
        kind,
        sniff::Kind::Pdf | sniff::Kind::Workbook | sniff::Kind::OldWorkbook
    );
    if !pages && bytes.len() > MARKUP {
        return Err(Error::TooLarge(format!("it has more than {} MB of text", MARKUP >> 20)));
    }
    let mut out = read_as(kind, bytes, limits)?;
    if !pages && crate::clock::late() {
        out.report.push(Diagnostic::new(
            Severity::Error,
            Code::OutOfTime,
            "the document takes longer to read than a document may; what follows was not read: split the file",
            Place::document(),
        ));
    }
    Ok(out)
}

/// The most bytes of text, HTML or Word that are read: a paragraph costs many times its bytes.
const MARKUP: usize = 64 << 20;

fn read_as(kind: sniff::Kind, bytes: Vec<u8>, limits: &Limits) -> Result<Outcome<Document>, Error> {
    match kind {
        sniff::Kind::Pdf => pdf::read(bytes, limits),
        sniff::Kind::Text => Ok(text::read(&bytes)),
        sniff::Kind::Workbook => guarded(|| xlsx::read(&bytes, limits)),
        sniff::Kind::OldWorkbook => guarded(|| xlsx::read_xls(&bytes, limits)),
        sniff::Kind::Html => html::read(&bytes),
        sniff::Kind::Word => docx::read(&bytes, limits),
        sniff::Kind::Archive => mime::read(&bytes),
        sniff::Kind::Encoded => match mime::file_in_base64(&bytes) {
            // One layer: a file in base64 in base64 is no file that anybody publishes.
            Some(inner) if sniff::kind(&inner)? != sniff::Kind::Encoded => read(inner, limits),
            _ => Err(Error::OtherKind("a file in base64".into())),
        },
        sniff::Kind::Ofd => ofd::read(&bytes, limits),
        sniff::Kind::OldWord => Err(Error::OldWord("it was not converted".into())),
        sniff::Kind::EncryptedOffice => Err(Error::Encrypted),
        #[cfg(feature = "ocr")]
        sniff::Kind::Other(_) if ocr::is_picture(&bytes) => ocr::document(&bytes),
        sniff::Kind::Other(what) => Err(Error::OtherKind(what.into())),
    }
}

/// Reads a file that stands inside another one: text, a web page or a web archive, with paragraphs and tables.
fn read_chunk(bytes: Vec<u8>, limits: &Limits) -> Result<Outcome<Document>, Error> {
    match sniff::kind(&bytes)? {
        sniff::Kind::Word => docx::read_alone(&bytes),
        sniff::Kind::Text | sniff::Kind::Html => read(bytes, limits),
        _ => Err(Error::OtherKind("no text".into())),
    }
}

/// A panic in a parser of foreign bytes is a fact about those bytes, not about the run.
fn guarded(f: impl FnOnce() -> Result<Outcome<Document>, Error>) -> Result<Outcome<Document>, Error> {
    catch_unwind(AssertUnwindSafe(f))
        .unwrap_or_else(|_| Err(Error::Broken("its structure made the parser give up".into())))
}

/// Whether a text is one number: digits, and what stands in numbers.
fn is_number(text: &str) -> bool {
    let t = text.trim();
    t.chars().any(|c| c.is_ascii_digit())
        && t.chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '%' | '(' | ')'))
}
