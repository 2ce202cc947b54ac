//! Bytes to characters. UTF-8 is tried first and believed when it fits; then what the file declares, then GB18030. A file
//! whose bytes fit none is read with U+FFFD in its gaps, and it is said so.

use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

/// A decoded file.
pub struct Decoded {
    /// The characters, without byte order mark.
    pub text: String,
    /// The encoding that was used.
    pub name: &'static str,
    /// Bytes that are no characters of the encoding were replaced.
    pub lossy: bool,
    /// Where each character stood.
    places: Places,
}

enum Places {
    /// The same bytes, after a mark of this length.
    Same(u32),
    /// Characters of another length.
    Widths {
        /// Bytes of every character in the file.
        widths: Vec<u8>,
        /// Byte of the text, byte of the file and number of the character, every so many characters.
        steps: Vec<(u32, u32, u32)>,
    },
}

/// Characters from step to step.
const STEP: usize = 64;

impl Decoded {
    /// The byte of the file at a byte of the text.
    pub fn byte(&self, offset: usize) -> u32 {
        match &self.places {
            Places::Same(mark) => offset as u32 + mark,
            Places::Widths { widths, steps } => {
                let n = steps.partition_point(|s| s.0 as usize <= offset);
                let Some((text, file, first)) = n.checked_sub(1).and_then(|n| steps.get(n)) else {
                    return offset as u32;
                };
                let between = self
                    .text
                    .get(*text as usize..offset)
                    .unwrap_or_default()
                    .chars()
                    .count();
                let first = *first as usize;
                let end = (first + between).min(widths.len());
                file + widths[first.min(end)..end].iter().map(|w| u32::from(*w)).sum::<u32>()
            }
        }
    }

    /// Whether the bytes of the text are those of the file.
    pub fn is_same(&self) -> bool {
        matches!(self.places, Places::Same(_))
    }
}

/// The bytes of a character that begins with `rest` in the file; for one that was replaced, one.
fn width(c: char, rest: &[u8], encoding: &'static Encoding) -> u8 {
    let length = if encoding == UTF_16LE || encoding == UTF_16BE {
        c.len_utf16() * 2
    } else if c.is_ascii() || c == '\u{fffd}' {
        1
    } else if encoding == UTF_8 {
        c.len_utf8()
    } else if encoding == GB18030 && rest.get(1).is_some_and(u8::is_ascii_digit) {
        4
    } else if rest.first().is_some_and(|b| *b < 0x80) {
        1
    } else {
        2
    };
    length as u8
}

/// Decodes a file. `declared` is the encoding that the file names itself.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return with(&bytes[mark..], encoding, mark as u32);
    }
    if let Some(encoding) = utf16(bytes) {
        return with(bytes, encoding, 0);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded {
            text: text.to_string(),
            name: UTF_8.name(),
            lossy: false,
            places: Places::Same(0),
        };
    }
    let declared = declared
        .and_then(|d| Encoding::for_label(d.trim().as_bytes()))
        .map(|e| if e == GBK { GB18030 } else { e });
    // GBK is a part of GB18030, and files that say GB2312 use what is only in the larger set. Where none fits, bytes that are
    // damaged here and there are far more often Chinese of the mainland than anything else.
    let candidates = [declared.filter(|e| *e != UTF_8), Some(GB18030), Some(BIG5)];
    for encoding in candidates.into_iter().flatten() {
        if encoding
            .decode_without_bom_handling_and_without_replacement(bytes)
            .is_some()
        {
            return with(bytes, encoding, 0);
        }
    }
    let tail_cut = std::str::from_utf8(bytes).is_err_and(|e| e.valid_up_to() * 10 > bytes.len() * 9);
    let encoding = if tail_cut { UTF_8 } else { declared.unwrap_or(GB18030) };
    with(bytes, encoding, 0)
}

fn with(bytes: &[u8], encoding: &'static Encoding, mark: u32) -> Decoded {
    let (text, lossy) = encoding.decode_without_bom_handling(bytes);
    let text = text.into_owned();
    let places = if encoding == UTF_8 && !lossy {
        Places::Same(mark)
    } else {
        let mut widths = Vec::with_capacity(text.len() / 2);
        let mut steps = Vec::with_capacity(text.len() / STEP + 1);
        let mut at = 0;
        for (n, (offset, c)) in text.char_indices().enumerate() {
            if n % STEP == 0 {
                steps.push((offset as u32, mark + at as u32, n as u32));
            }
            let w = width(c, bytes.get(at..).unwrap_or_default(), encoding);
            at += usize::from(w);
            widths.push(w);
        }
        Places::Widths { widths, steps }
    };
    Decoded {
        text,
        name: encoding.name(),
        lossy,
        places,
    }
}

/// UTF-16 without a mark: every second byte of its line ends and digits is zero, which is no byte of any other text.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096)];
    if head.len() < 16 || bytes.len() % 2 == 1 {
        return None;
    }
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let some = head.len() / 64;
    // A few characters have a zero on the other side (U+3000).
    if odd > some && even * 4 <= odd {
        Some(UTF_16LE)
    } else if even > some && odd * 4 <= even {
        Some(UTF_16BE)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "2022年度\n单位：万元\t641.21 〇㐀\n";

    #[test]
    fn every_encoding_gives_the_same_text_and_the_bytes_of_the_file() {
        let wide: Vec<u16> = TEXT.encode_utf16().collect();
        let mut files: Vec<Vec<u8>> = vec![
            TEXT.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", TEXT.as_bytes()].concat(),
            GB18030.encode(TEXT).0.into_owned(),
        ];
        files.push(wide.iter().flat_map(|u| u.to_le_bytes()).collect());
        files.push(
            std::iter::once(0xFEFF)
                .chain(wide)
                .flat_map(|u| u.to_be_bytes())
                .collect(),
        );
        for f in files {
            let d = decode(&f, None);
            assert_eq!(d.text, TEXT, "{}", d.name);
            assert!(!d.lossy);
            let at = TEXT.find("641").unwrap();
            let step = if d.name.starts_with("UTF-16") { 2 } else { 1 };
            let byte = d.byte(at) as usize;
            let have: Vec<u8> = f[byte..].iter().copied().filter(|b| *b != 0).take(6).collect();
            assert_eq!(have, b"641.21", "{} {step}", d.name);
        }
    }

    /// A large file with a place for every number costs no more than reading it.
    #[test]
    fn places_in_a_long_text_are_cheap() {
        let text = "一般公共服务支出\t198.90\n".repeat(40_000);
        let d = decode(&GB18030.encode(&text).0, Some("gb2312"));
        let start = std::time::Instant::now();
        let sum: u64 = (0..d.text.len()).step_by(32).map(|n| u64::from(d.byte(n))).sum();
        assert!(sum > 0 && start.elapsed().as_secs_f64() < 2.0, "{:?}", start.elapsed());
    }

    #[test]
    fn a_wrong_declaration_is_not_believed() {
        assert_eq!(decode(TEXT.as_bytes(), Some("gb2312")).text, TEXT);
        assert_eq!(decode(&GB18030.encode(TEXT).0, Some("utf-8")).text, TEXT);
        let mut broken = GB18030.encode(TEXT).0.into_owned();
        broken.extend([0xFF, 0xFF, b'\n']);
        let d = decode(&broken, None);
        assert!(d.lossy && d.text.starts_with(TEXT), "{}", d.text);
    }
}
