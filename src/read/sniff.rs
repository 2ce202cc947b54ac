//! What kind of file some bytes are. Comes in: the bytes. Goes out: [`Kind`], by what stands in them, never by a name.
//! Refuses to read any of them.

/// How far junk before the header is tolerated (downloads saved with their HTTP head, mail gateways).
const HEADER_WITHIN: usize = 1024;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `%PDF-`, or the tail of one.
    Pdf,
    /// Characters.
    Text,
    /// A kind that is not read; the words name it.
    Other(&'static str),
}

/// The kind of a file that has bytes.
pub(super) fn kind(bytes: &[u8]) -> Kind {
    let head = &bytes[..bytes.len().min(HEADER_WITHIN)];
    let known = magic(head);
    if has(head, b"%PDF-") || (known.is_none() && has_structure(bytes)) {
        return Kind::Pdf;
    }
    known.unwrap_or_else(|| describe(bytes))
}

/// A PDF whose header is lost still has objects and a trailer, and hayro reads it.
fn has_structure(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(2048)..];
    has(tail, b"startxref") || has(tail, b"trailer") || has(tail, b"%%EOF")
}

/// Kinds that are known by their first bytes.
fn magic(head: &[u8]) -> Option<Kind> {
    const MAGIC: [(&[u8], &str); 13] = [
        (
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            "an old Office file (doc, xls, wps or et)",
        ),
        (b"PK\x05\x06", "an empty ZIP archive"),
        (b"Rar!\x1A\x07", "a RAR archive"),
        (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
        (b"\x1F\x8B", "a gzip archive"),
        (b"{\\rtf", "an RTF document"),
        (b"%!PS", "a PostScript file"),
        (b"\xFF\xD8\xFF", "a JPEG image"),
        (b"\x89PNG", "a PNG image"),
        (b"GIF8", "a GIF image"),
        (b"II*\0", "a TIFF image"),
        (b"MM\0*", "a TIFF image"),
        (b"BM", "a BMP image"),
    ];
    if head.starts_with(b"PK\x03\x04") {
        return Some(Kind::Other(container(head)));
    }
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(Kind::Other(name));
    }
    markup(head)
}

/// The first entry of a ZIP container mostly names its kind.
fn container(head: &[u8]) -> &'static str {
    let is = |needle: &[u8]| has(head, needle);
    if is(b"OFD.xml") {
        "an OFD document"
    } else if is(b"word/") {
        "a Word document (docx)"
    } else if is(b"xl/") {
        "an Excel workbook (xlsx)"
    } else if is(b"ppt/") {
        "a presentation (pptx)"
    } else if is(b"[Content_Types].xml") || is(b"docProps/") || is(b"_rels/") {
        "an Office document (docx, xlsx or pptx)"
    } else if is(b"mimetypeapplication/vnd.oasis") {
        "an OpenDocument file"
    } else {
        "a ZIP archive"
    }
}

fn markup(head: &[u8]) -> Option<Kind> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let head = head.trim_ascii_start();
    let lower = head[..head.len().min(512)].to_ascii_lowercase();
    let html: [&[u8]; 5] = [b"<!doctype html", b"<html", b"<head", b"<script", b"<body"];
    if html.iter().any(|tag| lower.starts_with(tag)) || (lower.starts_with(b"<") && has(&lower, b"<html")) {
        Some(Kind::Other("an HTML page"))
    } else if lower.starts_with(b"<?xml") {
        Some(Kind::Other("an XML file"))
    } else {
        None
    }
}

/// Text or not: all that is left to say. Text has no control characters but blanks, in whatever encoding.
fn describe(bytes: &[u8]) -> Kind {
    let head = &bytes[..bytes.len().min(1 << 16)];
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
        Kind::Other("of an unknown kind")
    }
}

fn has(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}
