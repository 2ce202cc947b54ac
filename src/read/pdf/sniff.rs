//! What kind of file some bytes are. Comes in: the bytes. Goes out: nothing for a PDF, else the error that names the kind.
//! Refuses to read any of the other kinds.

use crate::read::Error;

/// How far junk before the header is tolerated (downloads saved with their HTTP head, mail gateways).
const HEADER_WITHIN: usize = 1024;

/// Refuses zero bytes and files that are no PDF.
pub(super) fn require_pdf(bytes: &[u8]) -> Result<(), Error> {
    if bytes.is_empty() {
        return Err(Error::Empty);
    }
    let head = &bytes[..bytes.len().min(HEADER_WITHIN)];
    let kind = kind(head);
    if has(head, b"%PDF-") || (kind.is_none() && has_structure(bytes)) {
        return Ok(());
    }
    Err(Error::NotPdf(kind.unwrap_or_else(|| describe(head)).into()))
}

/// A PDF whose header is lost still has objects and a trailer, and hayro reads it.
fn has_structure(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(2048)..];
    has(tail, b"startxref") || has(tail, b"trailer") || has(tail, b"%%EOF")
}

/// Kinds that are known by their first bytes.
fn kind(head: &[u8]) -> Option<&'static str> {
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
        return Some(container(head));
    }
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(name);
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

fn markup(head: &[u8]) -> Option<&'static str> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let head = head.trim_ascii_start();
    let lower = head[..head.len().min(512)].to_ascii_lowercase();
    let html: [&[u8]; 5] = [b"<!doctype html", b"<html", b"<head", b"<script", b"<body"];
    if html.iter().any(|tag| lower.starts_with(tag)) || (lower.starts_with(b"<") && has(&lower, b"<html")) {
        Some("an HTML page")
    } else if lower.starts_with(b"<?xml") {
        Some("an XML file")
    } else {
        None
    }
}

/// Text or not: all that is left to say.
fn describe(head: &[u8]) -> &'static str {
    if head.iter().all(|b| *b == 0) {
        return "a file of zero bytes only";
    }
    let printable = head
        .iter()
        .filter(|b| **b >= 0x20 || matches!(**b, b'\t' | b'\n' | b'\r'))
        .count();
    if printable * 50 >= head.len() * 49 {
        "a text file"
    } else {
        "of an unknown kind"
    }
}

fn has(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}
