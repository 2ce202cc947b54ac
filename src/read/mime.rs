//! Web archives (MHT, MHTML) and files in base64. Comes in: the bytes of a message of several parts, as browsers and Office
//! save a page with all it needs. Goes out: its pages of HTML in their order; or the bytes behind base64. Pictures and style
//! sheets of the archive are left aside.

use super::markup::Markup;
use super::{Document, Error, html};
use crate::diag::{Code, Diagnostic, Outcome, Severity};
use crate::place::Place;

/// Parts inside each other that are followed.
const DEEPEST: usize = 5;
/// Parts at most.
const PARTS: usize = 2_000;

/// Whether the head of a file is that of a message: header lines, among them what it is made of.
pub(super) fn is_archive(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let text: String = head
        .iter()
        .take(4096)
        .map(|b| char::from(*b).to_ascii_lowercase())
        .collect();
    let header = text
        .split("\r\n\r\n")
        .next()
        .and_then(|h| h.split("\n\n").next())
        .unwrap_or("");
    let first = header.split([':', '\n']).next().unwrap_or("");
    let named = !first.is_empty() && first.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    named && header.contains("content-type:") && (header.contains("mime-version:") || header.contains("multipart/"))
}

/// One part of the archive.
struct Member {
    name: String,
    bytes: Vec<u8>,
}

/// Reads a web archive: every page that has content, each as a part.
pub(super) fn read(bytes: &[u8]) -> Result<Outcome<Document>, Error> {
    let mut parts = Vec::new();
    let mut other = Vec::new();
    collect(bytes, 0, &mut parts, &mut other);
    let mut markup = Markup::default();
    let mut report = Vec::new();
    if !other.is_empty() {
        let d = Diagnostic::new(
            Severity::Error,
            Code::PartNotRead,
            "files are attached to this message, which were not read; save them by themselves",
            Place::document(),
        );
        report.push(d.printed(other.join(", ")));
    }
    for part in parts {
        // Frames hold other parts, which are read themselves.
        if let Ok(read) = html::read(&part.bytes) {
            let document = read.into_value(&mut report);
            if let Some(m) = document.markup.filter(|m| !m.pieces.is_empty()) {
                markup.append(m, &part.name);
            }
        }
    }
    if markup.pieces.is_empty() {
        return Err(Error::OtherKind("a web archive (MHT) without a page of text".into()));
    }
    Ok(Outcome::new(
        Document {
            media_type: "multipart/related",
            markup: Some(markup),
            ..Document::default()
        },
        report,
    ))
}

/// Gathers the HTML parts of a message.
fn collect(bytes: &[u8], depth: usize, out: &mut Vec<Member>, other: &mut Vec<String>) {
    let (header, body) = split_header(bytes);
    let field = |name: &str| header.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let kind = field("content-type").unwrap_or_default();
    let lower = kind.to_ascii_lowercase();
    if lower.starts_with("multipart/") {
        let Some(boundary) = parameter(kind, "boundary").filter(|b| !b.is_empty()) else {
            return;
        };
        if depth < DEEPEST {
            for part in parts(body, boundary.as_bytes()) {
                collect(part, depth + 1, out, other);
            }
        }
    } else if (lower.starts_with("text/html") || lower.contains("xhtml")) && out.len() < PARTS {
        let encoding = field("content-transfer-encoding")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let bytes = match encoding.trim() {
            "base64" => base64(body).unwrap_or_default(),
            "quoted-printable" => quoted_printable(body),
            _ => body.to_vec(),
        };
        let name = field("content-location").or(field("content-id")).unwrap_or("page");
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_string();
        out.push(Member { name, bytes });
    } else if ["pdf", "word", "excel", "officedocument", "zip", "octet-stream"]
        .iter()
        .any(|k| lower.contains(k))
    {
        let name = parameter(kind, "name").or(field("content-disposition").and_then(|d| parameter(d, "filename")));
        other.push(name.unwrap_or(lower));
    }
}

/// Header fields, with lines that go on joined, and the body.
fn split_header(bytes: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let end = bytes[at..]
            .iter()
            .position(|b| *b == b'\n')
            .map_or(bytes.len(), |n| at + n + 1);
        let line = String::from_utf8_lossy(&bytes[at..end]);
        at = end;
        let text = line.trim_end();
        if text.is_empty() {
            if fields.is_empty() {
                continue;
            }
            break;
        }
        if text.starts_with([' ', '\t']) {
            if let Some(last) = fields.last_mut() {
                last.1.push(' ');
                last.1.push_str(text.trim());
            }
        } else if let Some((name, value)) = text.split_once(':') {
            let name = name.trim_start_matches('\u{feff}').trim().to_ascii_lowercase();
            fields.push((name, value.trim().to_string()));
        }
    }
    (fields, bytes.get(at..).unwrap_or_default())
}

/// A parameter of a field: `multipart/related; boundary="x"`.
fn parameter(field: &str, name: &str) -> Option<String> {
    field.split(';').skip(1).find_map(|p| {
        let (key, value) = p.split_once('=')?;
        key.trim()
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().trim_matches('"').to_string())
    })
}

/// The parts between the lines of a boundary.
fn parts<'b>(body: &'b [u8], boundary: &[u8]) -> Vec<&'b [u8]> {
    let mut out = Vec::new();
    let mut start = None;
    let mut at = 0;
    while at < body.len() {
        let end = body[at..]
            .iter()
            .position(|b| *b == b'\n')
            .map_or(body.len(), |n| at + n + 1);
        let line = body[at..end].trim_ascii_end();
        if let Some(rest) = line.strip_prefix(b"--").and_then(|l| l.strip_prefix(boundary)) {
            if let Some(from) = start {
                out.push(&body[from..at]);
            }
            start = (rest.is_empty()).then_some(end);
            if rest == b"--" {
                return out;
            }
        }
        at = end;
    }
    out.extend(start.map(|from| &body[from..]));
    out
}

fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        let rest = &body[at..];
        if rest[0] != b'=' {
            out.push(rest[0]);
            at += 1;
            continue;
        }
        let hex = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
        match (hex(rest.get(1)), hex(rest.get(2))) {
            (Some(a), Some(b)) => {
                out.push((a * 16 + b) as u8);
                at += 3;
            }
            // A line that goes on, with blanks that were added on the way.
            _ => match rest.iter().position(|b| *b == b'\n') {
                Some(n) if rest[1..n].trim_ascii().is_empty() => at += n + 1,
                _ => {
                    out.push(b'=');
                    at += 1;
                }
            },
        }
    }
    out
}

/// The bytes behind base64; `None` where other characters stand.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut have) = (0u32, 0u32);
    for b in text {
        let value = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' | b'\r' | b'\n' | b' ' | b'\t' => continue,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        have += 6;
        if have >= 8 {
            have -= 8;
            out.push((bits >> have) as u8);
            bits &= (1 << have) - 1;
        }
    }
    Some(out)
}

/// The file that stands in base64 in a text, also behind `data:…;base64,`; `None` where it is no file of a known kind.
pub(super) fn file_in_base64(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii();
    let text = match text.strip_prefix(b"data:") {
        Some(_) => &text[text.iter().take(200).position(|b| *b == b',')? + 1..],
        None => text,
    };
    let head = base64(text.get(..64)?.trim_ascii())?;
    let magic: [&[u8]; 4] = [b"%PDF-", b"PK\x03\x04", b"\xD0\xCF\x11\xE0", b"<htm"];
    if !magic.iter().any(|m| head.starts_with(m)) {
        return None;
    }
    base64(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_decoded() {
        assert_eq!(quoted_printable(b"a=E5=B9=B4=\r\nb=3D"), "a年b=".as_bytes());
        assert_eq!(base64(b"JVBE\r\nRi0=").as_deref(), Some(&b"%PDF-"[..]));
        assert_eq!(base64("年".as_bytes()), None);
        let archive = b"From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=\"--=x\"\r\n\r\n----=x\r\nContent-Type: text/html\r\nContent-Location: file:///a/b.htm\r\n\r\n<p>1</p>\r\n----=x--\r\n";
        assert!(is_archive(archive));
        let mut parts = Vec::new();
        collect(archive, 0, &mut parts, &mut Vec::new());
        assert_eq!(parts.len(), 1);
        assert_eq!(
            (parts[0].name.as_str(), parts[0].bytes.as_slice()),
            ("b.htm", &b"<p>1</p>\r\n"[..])
        );
    }
}
