//! Bytes to characters. UTF-8 is tried first and believed when it fits; then what the file declares, then GB18030. A file
//! whose bytes fit none is read with U+FFFD in its gaps, and it is said so.

use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

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
    /// Byte of the text and byte of the file, every so many characters and wherever the distance changes.
    Steps(Vec<(u32, u32)>, &'static Encoding),
}

impl Decoded {
    /// The byte of the file at a byte of the text.
    pub fn byte(&self, offset: usize) -> u32 {
        match &self.places {
            Places::Same(mark) => offset as u32 + mark,
            Places::Steps(steps, encoding) => {
                let n = steps.partition_point(|s| s.0 as usize <= offset).max(1);
                let Some((text, file)) = steps.get(n - 1) else {
                    return offset as u32;
                };
                let between = self.text.get(*text as usize..offset).unwrap_or_default();
                file + between.chars().map(|c| width(c, encoding)).sum::<u32>()
            }
        }
    }

    /// Whether the bytes of the text are those of the file.
    pub fn is_same(&self) -> bool {
        matches!(self.places, Places::Same(_))
    }
}

/// The bytes of a character in an encoding; for a character that was replaced, one.
fn width(c: char, encoding: &'static Encoding) -> u32 {
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return c.len_utf16() as u32 * 2;
    }
    if c.is_ascii() {
        return 1;
    }
    let mut buffer = [0u8; 4];
    let (bytes, _, unmappable) = encoding.encode(c.encode_utf8(&mut buffer));
    if unmappable { 1 } else { bytes.len() as u32 }
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
    let declared = declared.and_then(|d| Encoding::for_label(d.trim().as_bytes()));
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
        let mut steps = vec![(0, mark)];
        let mut at = mark;
        for (n, (offset, c)) in text.char_indices().enumerate() {
            if n % 256 == 255 {
                steps.push((offset as u32, at));
            }
            at += width(c, encoding);
        }
        Places::Steps(steps, encoding)
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
