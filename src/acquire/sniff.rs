//! What bytes are, by the bytes alone. Comes in: the first 64 KiB. Goes out: one word. Headers and names are not asked: portals
//! call everything `application/octet-stream`, and name pages of HTML `.pdf`.

/// Bytes that [`media`] wants to see.
pub const HEAD: usize = 64 << 10;

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|w| w == part)
}

fn wide(name: &str) -> Vec<u8> {
    name.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// `pdf`, `doc`, `xls`, `wps`, `et`, `ole`, `docx`, `xlsx`, `ofd`, `zip`, `rar`, `7z`, `gzip`, `rtf`, `mht`, `jpg`, `png`, `gif`, `html`, `json`,
/// `xml`, `text`, `empty` or `binary`.
pub fn media(head: &[u8]) -> &'static str {
    if head.is_empty() {
        return "empty";
    }
    // Junk before the mark is common: the readers of PDF allow 1 KiB.
    if has(&head[..head.len().min(1029)], b"%PDF-") {
        return "pdf";
    }
    match head {
        [0xd0, 0xcf, 0x11, 0xe0, ..] => return ole(head),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => return zip(head),
        [b'R', b'a', b'r', b'!', ..] => return "rar",
        [b'7', b'z', 0xbc, 0xaf, ..] => return "7z",
        [0x1f, 0x8b, ..] => return "gzip",
        [0xff, 0xd8, 0xff, ..] => return "jpg",
        [0x89, b'P', b'N', b'G', ..] => return "png",
        [b'G', b'I', b'F', b'8', ..] => return "gif",
        [b'{', b'\\', b'r', b't', b'f', ..] => return "rtf",
        _ => {}
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let start: Vec<u8> = text[..text.len().min(2048)].to_ascii_lowercase();
    if start.starts_with(b"mime-version:") || has(&start, b"content-type: multipart/related") {
        return "mht";
    }
    let marks: [&[u8]; 8] = [
        b"<!doctype html",
        b"<html",
        b"<head",
        b"<body",
        b"<script",
        b"<div",
        b"<table",
        b"<meta",
    ];
    if start.starts_with(b"<") && marks.iter().any(|m| has(&start, m)) {
        return "html";
    }
    if start.starts_with(b"<") {
        return "xml";
    }
    if start.starts_with(b"{") || start.starts_with(b"[") {
        return "json";
    }
    let odd = head.iter().filter(|b| **b < 9 || (14..27).contains(*b)).count();
    if odd * 50 > head.len() { "binary" } else { "text" }
}

/// The old container of Microsoft: the names of the streams inside say which program wrote it.
fn ole(head: &[u8]) -> &'static str {
    let inside = |name: &str| has(head, &wide(name));
    let wps = has(head, b"WPS Office") || has(head, b"Kingsoft") || inside("WpsCustomData");
    if inside("WordDocument") {
        return if wps { "wps" } else { "doc" };
    }
    if inside("Workbook") || inside("Book") {
        return if wps { "et" } else { "xls" };
    }
    "ole"
}

fn zip(head: &[u8]) -> &'static str {
    if has(head, b"OFD.xml") {
        "ofd"
    } else if has(head, b"word/") {
        "docx"
    } else if has(head, b"xl/") {
        "xlsx"
    } else {
        "zip"
    }
}
