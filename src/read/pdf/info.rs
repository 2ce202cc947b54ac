//! Text strings of the Info dictionary. Comes in: bytes in UTF-16, UTF-8 or PDFDocEncoding. Goes out: a name, `None` where it says
//! nothing. Refuses to guess at other encodings.

use hayro_syntax::metadata::Metadata;

/// The producer, else the creator: the program that made the file, as it says itself.
pub(super) fn producer(metadata: &Metadata) -> Option<String> {
    [&metadata.producer, &metadata.creator]
        .into_iter()
        .flatten()
        .map(|bytes| text_string(bytes))
        .find(|name| !name.is_empty())
}

/// When the file was last changed, else made; `None` where it does not say or says nonsense.
pub(super) fn file_time(metadata: &Metadata) -> Option<String> {
    let t = metadata.modification_date.or(metadata.creation_date)?;
    let sane = (1990..2100).contains(&t.year) && (1..=12).contains(&t.month) && (1..=31).contains(&t.day);
    sane.then(|| {
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            t.year, t.month, t.day, t.hour, t.minute, t.second
        )
    })
}

/// Decodes a text string (ISO 32000-2, 7.9.2.2) and trims white space and the zero bytes that some producers leave at the end.
pub(super) fn text_string(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|b| pdf_doc(*b)).collect(),
    };
    text.trim_matches(|c: char| c.is_whitespace() || c == '\0').to_owned()
}

fn utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|unit| read(*unit));
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// PDFDocEncoding: Latin-1 but for these.
fn pdf_doc(byte: u8) -> char {
    const FROM_18: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    #[rustfmt::skip]
    const FROM_80: [char; 33] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ', 'Ł',
        'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{FFFD}', '€',
    ];
    match byte {
        0x18..=0x1F => FROM_18[usize::from(byte - 0x18)],
        0x80..=0xA0 => FROM_80[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::text_string;

    #[test]
    fn decodes_the_three_encodings() {
        assert_eq!(text_string(b"\xFE\xFF\0W\0P\0S"), "WPS");
        assert_eq!(text_string(b"\xFF\xFEW\0P\0S\0"), "WPS");
        assert_eq!(text_string(b"\xEF\xBB\xBFWPS \xE2\x84\xA2"), "WPS ™");
        assert_eq!(text_string(b"Word\x92 \xAE \0"), "Word™ ®");
    }
}
