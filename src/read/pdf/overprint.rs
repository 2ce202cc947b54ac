//! Text drawn twice. Comes in: each glyph's text, origin, size and advance. Goes out: whether it stood there already. Producers
//! fake bold by fill and stroke (`Tr 2`) or by printing the same text again a hair's breadth aside. Refuses to compare glyphs of
//! different text or size: those are two things at one place, and the layout must see both.

use rustc_hash::FxHashMap;

/// How far apart the two prints may be, in em. Real repetitions (`11`, `00`) are an advance apart, the narrowest (`..`) about 0.22 em.
const SHIFT: f32 = 0.1;
/// … and never more than this share of the advance, for condensed text.
const SHARE_OF_ADVANCE: f32 = 0.35;
/// Cells of the grid in em: not smaller than [`SHIFT`], so that four cells hold every candidate, and smaller than the advance of
/// real repetitions, so that a cell holds one.
const CELL: f32 = 0.125;

/// Where which glyph stands on one page. The keys are numbers that we make ourselves, and the number of glyphs of a page is bounded:
/// no defence of the hash against an attacker is worth its time.
#[derive(Default)]
pub(super) struct Overprint {
    seen: FxHashMap<Key, (f32, f32, usize)>,
}

/// Text, size and cell.
#[derive(PartialEq, Eq, Hash)]
struct Key(u64, i32, i32);

impl Overprint {
    /// The number of the glyph with the same text and size that stands at this origin already. This one is remembered with its own
    /// number, unless it repeats another.
    pub(super) fn repeats(
        &mut self,
        text: u32,
        (x, y): (f32, f32),
        (size, advance): (f32, f32),
        number: usize,
    ) -> Option<usize> {
        let kind = (u64::from(text) << 32) | u64::from(size.to_bits());
        let reach = (SHIFT * size).min(SHARE_OF_ADVANCE * advance.abs());
        // The cast saturates: on an absurdly large page far cells fall together, and the distances below still decide.
        let cell = |v: f32| (v / (CELL * size)).floor() as i32;
        for row in cell(y - reach)..=cell(y + reach) {
            for column in cell(x - reach)..=cell(x + reach) {
                if let Some((px, py, n)) = self.seen.get(&Key(kind, column, row))
                    && (px - x).abs() <= reach
                    && (py - y).abs() <= reach
                {
                    return Some(*n);
                }
            }
        }
        self.seen.insert(Key(kind, cell(x), cell(y)), (x, y, number));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Overprint;

    #[test]
    fn real_repetitions_stay() {
        let mut seen = Overprint::default();
        for n in 0..20_u8 {
            let x = 100.0 + 2.2 * f32::from(n); // dots of 0.22 em
            assert!(seen.repeats(u32::from('.'), (x, 50.0), (10.0, 2.2), 0).is_none());
        }
        assert!(seen.repeats(u32::from('1'), (100.0, 80.0), (10.0, 5.0), 0).is_none());
        assert!(seen.repeats(u32::from('1'), (105.0, 80.0), (10.0, 5.0), 0).is_none());
    }

    #[test]
    fn second_prints_go() {
        let mut seen = Overprint::default();
        for n in 0..5_u8 {
            assert!(
                seen.repeats(u32::from('0'), (100.0 + 5.0 * f32::from(n), 50.0), (10.0, 5.0), 0)
                    .is_none()
            );
        }
        for n in 0..5_u8 {
            assert!(
                seen.repeats(u32::from('0'), (100.4 + 5.0 * f32::from(n), 50.2), (10.0, 5.0), 0)
                    .is_some()
            );
        }
    }
}
