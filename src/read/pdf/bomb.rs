//! Streams that unpack to more than any page needs. Comes in: the bytes of a file. Goes out: nothing, or the stream that is refused.
//! hayro unpacks a stream whole before anybody can look at it, so what would fill the memory has to be found before hayro sees the
//! file. Refuses to judge encrypted streams (they cannot be
//! unpacked without the key).

use crate::read::Error;
use regex::bytes::Regex;

/// The most that one stream may unpack to.
const MOST_UNPACKED: usize = 512 << 20;
/// The most that deflate can shrink anything: 258 bytes to two bits.
const DEFLATE_RATIO: usize = 1032;
/// The same for LZW: a code of 12 bits for the longest entry of a table of 4096.
const LZW_RATIO: usize = 2600;
/// How far before its data the dictionary of a stream is looked for.
const DICTIONARY_WITHIN: usize = 2048;
/// The most that the inner layer of a stream packed twice is unpacked to, to be measured in turn.
const INNER: usize = 8 << 20;

/// Refuses a file that holds a stream too large to unpack. An image is no exception: anybody can call his stream an image.
pub(super) fn require_none(bytes: &[u8]) -> Result<(), Error> {
    let Ok(starts) = Regex::new(r"(?-u)stream\r?\n") else {
        return Ok(());
    };
    for start in starts.find_iter(bytes) {
        let Some(before) = bytes[..start.start()].trim_ascii_end().strip_suffix(b">>") else {
            continue;
        };
        let dictionary = &before[before.len().saturating_sub(DICTIONARY_WITHIN)..];
        if is_bomb(after_last(dictionary, b" obj"), &bytes[start.end()..]) {
            let message = format!(
                "the stream at byte {} unpacks to more than {} MB",
                start.end(),
                MOST_UNPACKED >> 20
            );
            return Err(Error::TooLarge(message));
        }
    }
    Ok(())
}

fn is_bomb(dictionary: &[u8], data: &[u8]) -> bool {
    let deflated = count(dictionary, b"/FlateDecode") + count(dictionary, b"/Fl ") + count(dictionary, b"/Fl/");
    let lzw = count(dictionary, b"/LZW");
    let at_most = |length: usize| {
        let once = length.saturating_mul(LZW_RATIO.saturating_pow(lzw));
        once.saturating_mul(DEFLATE_RATIO.saturating_pow(deflated))
    };
    // Nearly every stream is too short to be one; looking for the end of the others costs more than the file's own length allows.
    if at_most(data.len()) <= MOST_UNPACKED || at_most(end(data)) <= MOST_UNPACKED {
        return false;
    }
    let data = &data[..end(data)];
    match (lzw, deflated) {
        (0, 1) => inflated(data, MOST_UNPACKED, None).is_none(),
        (0, 2) => {
            let mut inner = Vec::new();
            inflated(data, INNER, Some(&mut inner)).is_none() || inflated(&inner, MOST_UNPACKED, None).is_none()
        }
        // LZW is no longer written and old documents are small; three layers nobody writes.
        _ => true,
    }
}

/// Where the data of a stream ends.
fn end(data: &[u8]) -> usize {
    let end = Regex::new(r"(?-u)endstream")
        .ok()
        .and_then(|r| r.find(data).map(|m| m.start()));
    end.unwrap_or(data.len())
}

fn count(haystack: &[u8], needle: &[u8]) -> u32 {
    u32::try_from(haystack.windows(needle.len()).filter(|w| *w == needle).count()).unwrap_or(u32::MAX)
}

fn after_last<'a>(bytes: &'a [u8], needle: &[u8]) -> &'a [u8] {
    let at = bytes.windows(needle.len()).rposition(|w| w == needle);
    at.map_or(bytes, |at| &bytes[at..])
}

/// How many bytes deflated data (RFC 1951, with or without the zlib head) unpack to, as far as it is sound; `None` beyond `most`.
/// Mostly the length alone is asked for, which needs no output, only the codes.
fn inflated(data: &[u8], most: usize, mut keep: Option<&mut Vec<u8>>) -> Option<usize> {
    let zlib =
        matches!(data, [head, flags, ..] if head & 0x0F == 8 && (u16::from(*head) << 8 | u16::from(*flags)) % 31 == 0);
    let mut bits = Bits::new(if zlib { &data[2..] } else { data });
    let mut length = 0;
    loop {
        let ended = block(&mut bits, &mut length, most, &mut keep);
        if length > most {
            return None;
        }
        if ended.is_none_or(|last| last) {
            return Some(length);
        }
    }
}

/// One block; whether it was the last, `None` where the data ends or is unsound, which ends every reader's unpacking.
fn block(bits: &mut Bits<'_>, length: &mut usize, most: usize, keep: &mut Option<&mut Vec<u8>>) -> Option<bool> {
    let last = bits.take(1)? == 1;
    let (literals, distances) = match bits.take(2)? {
        0 => {
            stored(bits, length, keep)?;
            return Some(last);
        }
        1 => fixed()?,
        2 => dynamic(bits)?,
        _ => return None,
    };
    while *length <= most {
        let symbol = literals.decode(bits)?;
        match symbol {
            0..256 => {
                *length += 1;
                if let Some(out) = keep {
                    out.push(symbol as u8);
                }
            }
            256 => return Some(last),
            _ => {
                let (base, extra) = *LENGTHS.get(usize::from(symbol) - 257)?;
                let run = usize::from(base) + bits.take(extra)? as usize;
                let (base, extra) = *DISTANCES.get(usize::from(distances.decode(bits)?))?;
                let back = usize::from(base) + bits.take(extra)? as usize;
                *length += run;
                if let Some(out) = keep {
                    let from = out.len().checked_sub(back)?;
                    (from..from + run).for_each(|i| out.push(out[i]));
                }
            }
        }
    }
    Some(last)
}

fn stored(bits: &mut Bits<'_>, length: &mut usize, keep: &mut Option<&mut Vec<u8>>) -> Option<()> {
    let bytes = bits.align();
    let (head, rest) = bytes.split_at_checked(4)?;
    let run = usize::from(u16::from_le_bytes([head[0], head[1]]));
    let data = rest.get(..run)?;
    *length += run;
    if let Some(out) = keep {
        out.extend_from_slice(data);
    }
    *bits = Bits::new(&rest[run..]);
    Some(())
}

fn fixed() -> Option<(Code, Code)> {
    let mut lengths = [8_u8; 288];
    lengths[144..256].fill(9);
    lengths[256..280].fill(7);
    Some((Code::new(&lengths)?, Code::new(&[5; 30])?))
}

fn dynamic(bits: &mut Bits<'_>) -> Option<(Code, Code)> {
    const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    let literals = bits.take(5)? as usize + 257;
    let distances = bits.take(5)? as usize + 1;
    let given = bits.take(4)? as usize + 4;
    let mut lengths = [0_u8; 19];
    for place in &ORDER[..given] {
        lengths[*place] = bits.take(3)? as u8;
    }
    let code = Code::new(&lengths)?;
    let mut lengths = Vec::with_capacity(320);
    while lengths.len() < literals + distances {
        let (length, times) = match code.decode(bits)? {
            16 => (*lengths.last()?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            length => (length as u8, 1),
        };
        lengths.extend(std::iter::repeat_n(length, times as usize));
    }
    Some((
        Code::new(lengths.get(..literals)?)?,
        Code::new(lengths.get(literals..literals + distances)?)?,
    ))
}

/// A Huffman code as a table: for every value of the next bits the symbol and, in the lowest four bits, the length of its code.
struct Code {
    table: Vec<u16>,
    width: u8,
}

impl Code {
    fn new(lengths: &[u8]) -> Option<Self> {
        let width = *lengths.iter().max()?;
        let mut counts = [0_u16; 16];
        for length in lengths.iter().filter(|l| **l > 0) {
            *counts.get_mut(usize::from(*length))? += 1;
        }
        let mut next = [0_u32; 17];
        for n in 1..16 {
            next[n + 1] = (next[n] + u32::from(counts[n])) << 1;
        }
        let mut table = vec![0; 1 << width];
        for (symbol, length) in (0_u16..).zip(lengths).filter(|(_, l)| **l > 0) {
            let code = next[usize::from(*length)];
            next[usize::from(*length)] += 1;
            // Codes come highest bit first, everything else lowest first.
            let start = code.reverse_bits() >> (32 - u32::from(*length));
            let entries = table.iter_mut().skip(start as usize).step_by(1 << length);
            entries.for_each(|entry| *entry = symbol << 4 | u16::from(*length));
        }
        Some(Self { table, width })
    }

    fn decode(&self, bits: &mut Bits<'_>) -> Option<u16> {
        let entry = *self.table.get(bits.peek(self.width) as usize)?;
        let length = (entry & 15) as u8;
        // No length: no such code.
        bits.take(length).filter(|_| length > 0)?;
        Some(entry >> 4)
    }
}

/// Bits from the lowest up, as deflate packs them.
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    held: u64,
    count: u8,
}

impl<'a> Bits<'a> {
    fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            at: 0,
            held: 0,
            count: 0,
        }
    }

    fn fill(&mut self, wanted: u8) {
        while self.count < wanted {
            let Some(byte) = self.data.get(self.at) else { return };
            self.held |= u64::from(*byte) << self.count;
            self.at += 1;
            self.count += 8;
        }
    }

    /// The next bits, at most 16; zeros beyond the end.
    fn peek(&mut self, wanted: u8) -> u32 {
        self.fill(wanted);
        self.held as u32 & ((1 << wanted) - 1)
    }

    fn take(&mut self, wanted: u8) -> Option<u32> {
        let bits = self.peek(wanted);
        self.count = self.count.checked_sub(wanted)?;
        self.held >>= wanted;
        Some(bits)
    }

    /// The bytes after the one that is begun.
    fn align(&mut self) -> &'a [u8] {
        let at = self.at - usize::from(self.count / 8);
        self.data.get(at..).unwrap_or_default()
    }
}

/// Run lengths of the symbols from 257: base and extra bits.
#[rustfmt::skip]
const LENGTHS: [(u16, u8); 29] = [
    (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1), (17, 1), (19, 2), (23, 2), (27, 2),
    (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4), (115, 4), (131, 5), (163, 5), (195, 5), (227, 5), (258, 0),
];
/// Distances: base and extra bits.
#[rustfmt::skip]
const DISTANCES: [(u16, u8); 30] = [
    (1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (7, 1), (9, 2), (13, 2), (17, 3), (25, 3), (33, 4), (49, 4), (65, 5), (97, 5), (129, 6),
    (193, 6), (257, 7), (385, 7), (513, 8), (769, 8), (1025, 9), (1537, 9), (2049, 10), (3073, 10), (4097, 11), (6145, 11), (8193, 12),
    (12289, 12), (16385, 13), (24577, 13),
];

#[cfg(test)]
mod tests {
    use super::{inflated, is_bomb};

    /// `"ab" * 40 + "juesuan"`, packed by zlib.
    const PACKED: [u8; 20] = [
        0x78, 0xDA, 0x4B, 0x4C, 0x4A, 0xA4, 0x2A, 0xCC, 0x2A, 0x4D, 0x2D, 0x2E, 0x4D, 0xCC, 0x03, 0x00, 0xB3, 0xCA,
        0x21, 0x74,
    ];

    #[test]
    fn lengths_are_counted_and_bounded() {
        let mut out = Vec::new();
        assert_eq!(inflated(&PACKED, 1000, Some(&mut out)), Some(87));
        assert_eq!(out, ["ab".repeat(40), "juesuan".into()].concat().into_bytes());
        assert_eq!(inflated(&PACKED, 1000, None), Some(87));
        assert_eq!(inflated(&PACKED, 50, None), None);
        assert_eq!(inflated(&[1, 3, 0, 0xFC, 0xFF, b'a', b'b', b'c'], 50, None), Some(3));
        assert_eq!(inflated(b"no deflate at all", 50, None), Some(0));
    }

    #[test]
    fn small_streams_are_no_bombs() {
        assert!(!is_bomb(b"<</Filter/FlateDecode", &PACKED));
        assert!(!is_bomb(b"<</Filter[/FlateDecode/FlateDecode]", &PACKED));
        assert!(!is_bomb(b"<</Filter/LZWDecode", b"0123456789endstream"));
    }
}
