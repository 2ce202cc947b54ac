//! What kind of file some bytes are. Comes in: the bytes. Goes out: [`Kind`], by what stands in them, never by a name.
//! Refuses to read any of them.

use super::Error;
use super::package::{Office, Package};

/// How far junk before the header is tolerated (downloads saved with their HTTP head, mail gateways).
const HEADER_WITHIN: usize = 1024;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `%PDF-`, or the tail of one.
    Pdf,
    /// Characters.
    Text,
    /// A web page, or a table saved as one.
    Html,
    /// docx, or wps in the same format.
    Word,
    /// xlsx, or et in the same format.
    Workbook,
    /// xls, or et in the same format.
    OldWorkbook,
    /// doc, or wps in the same format.
    OldWord,
    /// An Office file behind a password.
    EncryptedOffice,
    /// A web archive: pages and what they need in one message.
    Archive,
    /// A file in base64, which is one of the others.
    Encoded,
    /// An OFD document (GB/T 33190).
    Ofd,
    /// A kind that is not read; the words name it.
    Other(&'static str),
}

/// What the endings of names promise, for the kinds that are read.
const PROMISED: [(&[&str], &str); 8] = [
    (&["pdf"], "application/pdf"),
    (&["ofd"], "application/ofd"),
    (&["mht", "mhtml"], "multipart/related"),
    (&["txt", "md", "csv"], "text/plain"),
    (&["html", "htm"], "text/html"),
    (
        &["docx"],
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        &["xlsx"],
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (&["xls"], "application/vnd.ms-excel"),
];

/// The ending of a name in lower case, and the media type that it promises. It decides nothing: what a file is, its bytes say.
pub fn promised(name: &str) -> Option<(String, &'static str)> {
    let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
    let promised = PROMISED.iter().find(|(names, _)| names.contains(&ending.as_str()))?.1;
    Some((ending, promised))
}

/// The kind of a file that has bytes.
///
/// # Errors
/// A container that passes a limit or needs a password.
pub(super) fn kind(bytes: &[u8]) -> Result<Kind, Error> {
    let head = &bytes[..bytes.len().min(HEADER_WITHIN)];
    if head.starts_with(b"PK\x03\x04") {
        return container(bytes);
    }
    if head.starts_with(OLE) {
        return Ok(compound(bytes));
    }
    let known = magic(head);
    if known.is_none() && super::mime::is_archive(&bytes[..bytes.len().min(1 << 12)]) {
        return Ok(Kind::Archive);
    }
    if known.is_none() && super::mime::file_in_base64(bytes).is_some() {
        return Ok(Kind::Encoded);
    }
    if has(head, b"%PDF-") || (known.is_none() && has_structure(bytes)) {
        return Ok(Kind::Pdf);
    }
    Ok(known.unwrap_or_else(|| describe(bytes)))
}

/// A PDF whose header is lost still has objects and a trailer, and hayro reads it.
fn has_structure(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(2048)..];
    has(tail, b"startxref") || has(tail, b"trailer") || has(tail, b"%%EOF")
}

/// Kinds that are known by their first bytes.
fn magic(head: &[u8]) -> Option<Kind> {
    const MAGIC: [(&[u8], &str); 17] = [
        (b"PK\x05\x06", "an empty ZIP archive"),
        (b"Rar!\x1A\x07", "a RAR archive"),
        (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
        (b"\x1F\x8B", "a gzip archive"),
        (b"BZh", "a bzip2 archive"),
        (b"\xFD7zXZ\0", "an xz archive"),
        (b"\x28\xB5\x2F\xFD", "a zstd archive"),
        (b"AT&TFORM", "a DjVu document"),
        (b"{\\rtf", "an RTF document"),
        (b"%!PS", "a PostScript file"),
        (b"\xFF\xD8\xFF", "a JPEG image"),
        (b"\x89PNG", "a PNG image"),
        (b"GIF8", "a GIF image"),
        (b"II*\0", "a TIFF image"),
        (b"MM\0*", "a TIFF image"),
        (b"BM", "a BMP image"),
        (b"JVBERi0", "a PDF encoded as base64 text"),
    ];
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(Kind::Other(name));
    }
    markup(head)
}

/// The container of the old Office formats, and of the new ones behind a password.
const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// The members of a ZIP container name its kind. A container that is cut off has lost its directory; its head still tells.
fn container(bytes: &[u8]) -> Result<Kind, Error> {
    let mut package = match Package::open(bytes) {
        Ok(p) => p,
        Err(Error::Broken(why)) => {
            let head = &bytes[..bytes.len().min(HEADER_WITHIN)];
            let office = has(head, b"xl/") || has(head, b"word/") || has(head, b"[Content_Types].xml");
            return if office {
                Err(Error::Broken(why))
            } else {
                Ok(Kind::Other("a ZIP archive that is cut off or damaged"))
            };
        }
        Err(e) => return Err(e),
    };
    if let Some((_, office)) = package.office()? {
        return Ok(match office {
            Office::Workbook => Kind::Workbook,
            Office::Word => Kind::Word,
            Office::BinaryWorkbook => Kind::Other("a binary workbook (xlsb)"),
            Office::Presentation => Kind::Other("a presentation (pptx)"),
        });
    }
    let is = |name: &str| package.has(name);
    Ok(if is("OFD.xml") {
        Kind::Ofd
    } else if is("mimetype") {
        Kind::Other("an OpenDocument file")
    } else {
        Kind::Other("a ZIP archive (the command extract reads what is in it)")
    })
}

/// The directory of a compound file holds the names of its streams, as UTF-16 in entries of 128 bytes.
fn compound(bytes: &[u8]) -> Kind {
    let stream = |name: &str| {
        let wide: Vec<u8> = name
            .encode_utf16()
            .chain(std::iter::once(0))
            .flat_map(u16::to_le_bytes)
            .collect();
        bytes.chunks_exact(128).any(|entry| entry.starts_with(&wide))
    };
    if stream("EncryptedPackage") {
        Kind::EncryptedOffice
    } else if stream("Workbook") || stream("Book") {
        Kind::OldWorkbook
    } else if stream("WordDocument") {
        Kind::OldWord
    } else {
        Kind::Other("an old Office file (neither doc nor xls)")
    }
}

fn markup(head: &[u8]) -> Option<Kind> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let head = head.trim_ascii_start();
    let lower = head[..head.len().min(512)].to_ascii_lowercase();
    let html: [&[u8]; 5] = [b"<!doctype html", b"<html", b"<head", b"<script", b"<body"];
    let tags: [&[u8]; 5] = [b"<html", b"<table", b"<div", b"<p>", b"<p "];
    if html.iter().any(|tag| lower.starts_with(tag)) || (lower.starts_with(b"<") && tags.iter().any(|t| has(&lower, t)))
    {
        Some(Kind::Html)
    } else if lower.starts_with(b"<?xml") || lower.starts_with(b"<w:worddocument") || lower.starts_with(b"<workbook") {
        let wide = head[..head.len().min(4096)].to_ascii_lowercase();
        Some(Kind::Other(
            if has(&wide, b"worddocument") || has(&wide, b"word.document") {
                "a Word 2003 document in XML"
            } else if has(&wide, b"office:spreadsheet") || has(&wide, b"excel.sheet") {
                "an Excel 2003 workbook in XML"
            } else if has(&wide, b"pkg:package") || has(&wide, b"xmlpackage") {
                "an Office document in flat XML"
            } else if has(&wide, b"office:document") {
                "an OpenDocument file in flat XML"
            } else {
                "an XML file"
            },
        ))
    } else {
        None
    }
}

/// Whether ASCII hides wide characters in UTF-7: `+ZTZR2w-`.
fn is_utf7(head: &[u8]) -> bool {
    if !head.is_ascii() {
        return false;
    }
    let text = String::from_utf8_lossy(head);
    let mut wide = 0;
    for piece in text.split('+').skip(1) {
        let run: &str = piece
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '/'))
            .next()
            .unwrap_or("");
        let closed = piece[run.len()..].starts_with('-');
        let bytes = super::mime::base64(run.as_bytes()).unwrap_or_default();
        let units = bytes.chunks_exact(2).map(|b| u16::from_be_bytes([b[0], b[1]]));
        let ideographs = units
            .clone()
            .filter(|u| matches!(u, 0x3000..=0x9FFF | 0xFF00..=0xFFEF))
            .count();
        wide += usize::from(run.len() >= 3 && ideographs == bytes.len() / 2 && (closed || ideographs >= 2));
    }
    wide >= 3
}

/// Text or not: all that is left to say. Text has no control characters but blanks, in whatever encoding.
fn describe(bytes: &[u8]) -> Kind {
    let head = &bytes[..bytes.len().min(1 << 16)];
    if is_utf7(head) {
        return Kind::Other("a text in the encoding UTF-7");
    }
    if head.is_ascii() && head.windows(2).filter(|w| *w == b"~{").count() >= 3 && has(head, b"~}") {
        return Kind::Other("a text in the encoding HZ");
    }
    if bytes.len() > 262 && &bytes[257..262] == b"ustar" {
        return Kind::Other("a tar archive");
    }
    if head.iter().all(|b| *b == 0) {
        return Kind::Other("a file of zero bytes only");
    }
    let decoded = super::charset::decode(head, None);
    let (mut all, mut odd) = (0u32, 0u32);
    for c in decoded.text.chars() {
        all += 1;
        let control = c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0C' | '\u{b}' | '\u{1a}');
        odd += u32::from(control || c == '\u{fffd}');
    }
    if odd * 50 <= all {
        Kind::Text
    } else {
        Kind::Other("of an unknown kind, and no text in a known encoding")
    }
}

fn has(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}
