//! The font that stands in for every font that is not embedded. Goes out: the smallest TrueType font that parses, one glyph,
//! advance zero, no outline. hayro stretches a substitute to the widths of the PDF, which would move the ends of our boxes; at
//! advance zero it leaves them alone.

use hayro_interpret::font::FontData;
use std::sync::Arc;

/// Assembles the font: `head`, `hhea`, `hmtx`, `maxp`.
pub(super) fn font() -> FontData {
    let mut head = [0_u8; 54];
    head[..4].copy_from_slice(&[0, 1, 0, 0]);
    head[12..16].copy_from_slice(&0x5F0F_3CF5_u32.to_be_bytes()); // magic number
    head[18..20].copy_from_slice(&1000_u16.to_be_bytes()); // units per em
    let mut hhea = [0_u8; 36];
    hhea[..4].copy_from_slice(&[0, 1, 0, 0]);
    hhea[35] = 1; // number of horizontal metrics
    let hmtx = [0_u8; 4];
    let maxp = [0, 0, 0x50, 0, 0, 1]; // version 0.5, one glyph
    let tables: [(&[u8; 4], &[u8]); 4] = [(b"head", &head), (b"hhea", &hhea), (b"hmtx", &hmtx), (b"maxp", &maxp)];
    let mut font = vec![0, 1, 0, 0, 0, 4, 0, 64, 0, 2, 0, 0];
    let mut body = Vec::new();
    for (tag, table) in tables {
        let offset = 12 + 16 * tables.len() + body.len();
        font.extend_from_slice(tag);
        font.extend_from_slice(&[0; 4]); // checksum: nobody looks
        font.extend_from_slice(&u32::try_from(offset).unwrap_or_default().to_be_bytes());
        font.extend_from_slice(&u32::try_from(table.len()).unwrap_or_default().to_be_bytes());
        body.extend_from_slice(table);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    font.extend_from_slice(&body);
    Arc::new(font)
}
