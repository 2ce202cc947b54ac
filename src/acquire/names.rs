//! Names of files as portals send them. Comes in: the bytes of a Content-Disposition header, attributes of a link, an address.
//! Goes out: a name for people that never is a path.

use encoding_rs::{Encoding, GB18030};

/// The name that a Content-Disposition header gives: `filename*` (RFC 5987) before `filename`, which may be raw UTF-8 or GBK,
/// percent-encoded, or an encoded word (RFC 2047). `None`: it names none.
pub fn from_disposition(header: &[u8]) -> Option<String> {
    let (mut plain, mut extended) = (None, None);
    for (key, value) in parameters(header) {
        match key.as_str() {
            "filename*" if extended.is_none() => extended = rfc5987(&value),
            "filename" if plain.is_none() => plain = Some(decode(&value)),
            _ => {}
        }
    }
    extended.or(plain).map(|n| safe(&n)).filter(|n| !n.is_empty())
}

/// `key=value` pairs after the first `;`; values with their quotes and backslashes removed.
fn parameters(header: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    let (mut key, mut value) = (Vec::new(), Vec::new());
    let (mut in_value, mut quoted, mut escaped) = (false, false, false);
    let mut bytes = header.to_vec();
    bytes.push(b';');
    for b in bytes {
        if escaped {
            value.push(b);
            escaped = false;
        } else if quoted && b == b'\\' {
            escaped = true;
        } else if in_value && b == b'"' {
            quoted = !quoted;
        } else if b == b';' && !quoted {
            if in_value {
                let name = String::from_utf8_lossy(&key).trim().to_ascii_lowercase();
                out.push((name, value.trim_ascii().to_vec()));
            }
            key.clear();
            value.clear();
            in_value = false;
        } else if b == b'=' && !in_value {
            in_value = true;
        } else if in_value {
            value.push(b);
        } else {
            key.push(b);
        }
    }
    if in_value {
        // A quote that was never closed.
        let name = String::from_utf8_lossy(&key).trim().to_ascii_lowercase();
        out.push((
            name,
            value
                .trim_ascii()
                .trim_ascii_end()
                .strip_suffix(b";")
                .unwrap_or(&value)
                .to_vec(),
        ));
    }
    out
}

fn rfc5987(value: &[u8]) -> Option<String> {
    let mut parts = value.splitn(3, |b| *b == b'\'');
    let charset = parts.next()?;
    parts.next()?;
    let (encoding, bytes) = (Encoding::for_label(charset)?, percent(parts.next()?));
    let (text, _, bad) = encoding.decode(&bytes);
    (!bad && !text.is_empty()).then(|| text.into_owned())
}

fn percent(bytes: &[u8]) -> Vec<u8> {
    let hex = |b: Option<&u8>| {
        b.and_then(|b| (*b as char).to_digit(16))
            .and_then(|d| u8::try_from(d).ok())
    };
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        match (bytes[i], hex(bytes.get(i + 1)), hex(bytes.get(i + 2))) {
            (b'%', Some(a), Some(b)) => {
                out.push(a << 4 | b);
                i += 3;
            }
            (b, ..) => {
                out.push(b);
                i += 1;
            }
        }
    }
    out
}

/// UTF-8, else GB18030.
pub fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(t) => t.to_string(),
        Err(_) => GB18030.decode(bytes).0.into_owned(),
    }
}

fn base64(input: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(input.len());
    let (mut bits, mut held) = (0u32, 0);
    for b in input.iter().filter(|b| **b != b'=') {
        let v = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(v);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held & 0xff) as u8);
        }
    }
    Some(out)
}

/// Encoded words: `=?GBK?B?…?=`, `=?UTF-8?Q?…?=`; those that stand together are joined.
fn encoded_words(t: &str) -> Option<String> {
    if !t.contains("=?") {
        return None;
    }
    let mut out = String::new();
    let mut rest = t;
    while let Some(at) = rest.find("=?") {
        if !rest[..at].trim().is_empty() {
            out.push_str(&rest[..at]);
        }
        let mut parts = rest[at + 2..].splitn(4, '?');
        let (charset, kind, data) = (parts.next()?, parts.next()?, parts.next()?);
        let bytes = match kind {
            "B" | "b" => base64(data.as_bytes())?,
            "Q" | "q" => percent(data.replace('_', " ").replace('=', "%").as_bytes()),
            _ => return None,
        };
        out.push_str(&Encoding::for_label(charset.as_bytes())?.decode(&bytes).0);
        rest = parts.next()?.strip_prefix('=')?;
    }
    out.push_str(rest);
    Some(out)
}

fn decode(value: &[u8]) -> String {
    let t = text(value);
    if let Some(word) = encoded_words(&t) {
        return word;
    }
    if t.is_ascii() && t.contains('%') {
        let bytes = percent(t.as_bytes());
        if bytes != t.as_bytes() {
            return text(&bytes);
        }
    }
    t
}

/// A name without folders, control characters and what file systems refuse; at most 120 characters, the ending kept. It may be
/// empty.
pub fn safe(name: &str) -> String {
    let leaf = name.rsplit(['/', '\\']).next().unwrap_or("");
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let kept: String = leaf
        .chars()
        .filter(|c| !hidden(*c))
        .map(|c| if r#"<>:"|?*"#.contains(c) { '_' } else { c })
        .collect();
    let kept = kept.trim().trim_start_matches('.').trim_end_matches(['.', ' ']);
    let count = kept.chars().count();
    if count <= 120 {
        return kept.to_string();
    }
    let (stem, ending) = match kept.rsplit_once('.') {
        Some((s, e)) if e.chars().count() <= 8 => (s, format!(".{e}")),
        _ => (kept, String::new()),
    };
    let short: String = stem.chars().take(120 - ending.chars().count()).collect();
    format!("{short}{ending}")
}

/// The last part of the path of an address, decoded.
pub fn from_path(path: &str) -> String {
    let leaf = path.rsplit('/').next().unwrap_or("");
    safe(&text(&percent(leaf.as_bytes())))
}

/// The ending of a name in lower case, if it is one of the kinds that portals attach.
pub fn ending(name: &str) -> Option<String> {
    let e = name.rsplit_once('.')?.1.to_ascii_lowercase();
    let known = [
        "pdf", "doc", "docx", "xls", "xlsx", "wps", "et", "ofd", "zip", "rar", "7z", "rtf", "mht", "jpg", "jpeg",
        "png", "html", "htm",
    ];
    known.contains(&e.as_str()).then_some(e)
}
