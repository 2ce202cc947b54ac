//! Bytes to characters. UTF-8 is tried first and believed when it fits; then what the file declares, then GB18030 or Big5,
//! whichever makes more common characters of the bytes. A file of several encodings is read line by line. A file whose bytes
//! fit none is read with U+FFFD in its gaps, and it is said so.

use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

/// A decoded file.
pub struct Decoded {
    /// The characters, without byte order mark.
    pub text: String,
    /// The encoding that was used.
    pub name: &'static str,
    /// Bytes that are no characters of the encoding were replaced.
    pub lossy: bool,
    /// Lines of it have other encodings.
    pub mixed: bool,
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
            mixed: false,
            places: Places::Same(0),
        };
    }
    let declared = declared
        .and_then(|d| Encoding::for_label(d.trim().as_bytes()))
        .map(|e| if e == GBK { GB18030 } else { e });
    // GBK is a part of GB18030, and files that say GB2312 use what is only in the larger set. Where none fits, bytes that are
    // damaged here and there are far more often Chinese of the mainland than anything else.
    let likely = if big5(bytes) { BIG5 } else { GB18030 };
    let other = if likely == BIG5 { GB18030 } else { BIG5 };
    let candidates = [declared.filter(|e| *e != UTF_8), Some(likely), Some(other)];
    for encoding in candidates.into_iter().flatten() {
        if encoding
            .decode_without_bom_handling_and_without_replacement(bytes)
            .is_some()
        {
            return with(bytes, encoding, 0);
        }
    }
    if let Some(mixed) = by_lines(bytes) {
        return mixed;
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
        let mut places = Counted::default();
        places.add(&text, bytes, encoding);
        places.done(mark)
    };
    Decoded {
        text,
        name: encoding.name(),
        lossy,
        mixed: false,
        places,
    }
}

/// Counts the bytes of characters.
#[derive(Default)]
struct Counted {
    widths: Vec<u8>,
    steps: Vec<(u32, u32, u32)>,
    text: usize,
    file: usize,
}

impl Counted {
    fn add(&mut self, text: &str, bytes: &[u8], encoding: &'static Encoding) {
        let from = self.file;
        for c in text.chars() {
            let n = self.widths.len();
            if n.is_multiple_of(STEP) {
                self.steps.push((self.text as u32, self.file as u32, n as u32));
            }
            let w = width(c, bytes.get(self.file - from..).unwrap_or_default(), encoding);
            self.text += c.len_utf8();
            self.file += usize::from(w);
            self.widths.push(w);
        }
        self.file = from + bytes.len();
    }

    fn done(mut self, mark: u32) -> Places {
        self.steps.iter_mut().for_each(|s| s.1 += mark);
        Places::Widths {
            widths: self.widths,
            steps: self.steps,
        }
    }
}

/// A file that changes its encoding, as those do that were put together: each line in UTF-8 or in GB18030. `None` where a line
/// is neither.
fn by_lines(bytes: &[u8]) -> Option<Decoded> {
    let mut text = String::with_capacity(bytes.len());
    let mut places = Counted::default();
    let (mut wide, mut other) = (0, 0);
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let (part, encoding) = match std::str::from_utf8(line) {
            Ok(t) => (t.to_string(), UTF_8),
            Err(_) => {
                let t = GB18030.decode_without_bom_handling_and_without_replacement(line)?;
                (t.into_owned(), GB18030)
            }
        };
        if !part.is_ascii() {
            *(if encoding == UTF_8 { &mut wide } else { &mut other }) += 1;
        }
        // A step at each change: the counts of a line begin where it begins.
        places.add(&part, line, encoding);
        text.push_str(&part);
    }
    (wide > 0 && other > 0).then(|| Decoded {
        text,
        name: "UTF-8 and GB18030",
        lossy: false,
        mixed: true,
        places: places.done(0),
    })
}

/// Whether ideographs are what GBK makes of UTF-8: as bytes of GBK they are UTF-8 again, which no real text is.
pub(super) fn is_utf8_read_as_gbk(text: &str) -> bool {
    let bytes = GB18030.encode(text).0;
    let (mut at, mut good) = (0, 0);
    while at < bytes.len() {
        let three = bytes.get(at..at + 3).and_then(|b| std::str::from_utf8(b).ok());
        let wide = three.and_then(|t| t.chars().next()).is_some_and(|c| c.len_utf8() == 3);
        good += if wide { 3 } else { 0 };
        at += if wide { 3 } else { 1 };
    }
    good * 10 > bytes.len() * 7
}

/// Whether pairs of bytes are common characters of Big5 rather than of GBK: both sort them by how common they are.
fn big5(bytes: &[u8]) -> bool {
    let (mut pairs, mut gbk, mut big5) = (0u32, 0u32, 0u32);
    let head = &bytes[..bytes.len().min(1 << 16)];
    let mut at = 0;
    while at + 1 < head.len() {
        let (a, b) = (head[at], head[at + 1]);
        if a < 0x80 {
            at += 1;
            continue;
        }
        at += 2;
        pairs += 1;
        let low = matches!(b, 0xA1..=0xFE);
        gbk += u32::from(low && matches!(a, 0xA1..=0xA3 | 0xB0..=0xD7));
        big5 += u32::from((low || matches!(b, 0x40..=0x7E)) && matches!(a, 0xA1..=0xC6));
    }
    pairs >= 8 && big5 * 10 >= pairs * 9 && gbk * 10 < pairs * 8
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
    fn what_was_read_wrong_and_saved_is_known() {
        let text = "一般公共预算财政拨款收入支出决算表本年收入合计基本支出项目支出".repeat(3);
        assert!(!is_utf8_read_as_gbk(&text));
        assert!(is_utf8_read_as_gbk(&GB18030.decode(text.as_bytes()).0));
    }

    #[test]
    fn big5_is_told_from_gbk_and_lines_have_their_own_encoding() {
        let text = "支出決算表收入總計\n一般公共服務支出 667.48\n";
        let d = decode(&BIG5.encode(text).0, None);
        assert_eq!((d.text.as_str(), d.name), (text, "Big5"));
        let both = [TEXT.as_bytes(), &GB18030.encode(TEXT).0, TEXT.as_bytes()].concat();
        let d = decode(&both, None);
        assert_eq!(d.text, TEXT.repeat(3));
        assert!(d.mixed && !d.lossy);
        let at = d.text.rfind("641").unwrap();
        assert_eq!(&both[d.byte(at) as usize..][..6], b"641.21");
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
