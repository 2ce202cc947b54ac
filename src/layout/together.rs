//! Glyphs that stand in one line and are not of one print. Comes in: the glyphs of a line from left to right. Goes out: which of them
//! are marks above the line, second prints, or in doubt: a number whose digits overlap or differ in size, height or colour was
//! not printed as one number. Refuses to choose between two numbers at one place.

use super::grid::is_number_char;
use super::lines::Line;
use crate::geom::Rect;
use crate::read::{Glyph, GlyphText};

/// The share of the narrower of two glyphs that may lie under the other.
const OVERLAP: f32 = 0.4;
/// How far sizes and base lines of one number may differ, as shares of the size.
const SIZE: f32 = 0.12;
const HEIGHT: f32 = 0.1;
/// How far the colours of one number may differ, in a channel.
const COLOUR: u8 = 80;
/// A gap wider than this parts two numbers, in font sizes.
const GAP: f32 = 0.34;
/// A mark above the line is smaller than this share of the number.
const MARK: f32 = 0.85;
/// A sign of this width, in font sizes, fills the space of an ideograph.
const WIDE: f32 = 0.8;
/// Two lines closer than this share of the size lie over each other.
const OVER: f32 = 0.62;

/// What becomes of a glyph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Kept,
    Gone,
    Doubt,
}

/// The fate of each glyph; `None` where all are of one print, which nearly all lines are.
pub(super) fn fates(glyphs: &[&Glyph]) -> Option<Vec<Fate>> {
    let odd = |w: &[&Glyph]| {
        let (a, b) = (w[0], w[1]);
        (is_number_char(a) || is_number_char(b)) && (overlap(a, b) || (meet(a, b) && !alike(a, b)))
    };
    if !glyphs.windows(2).any(odd) {
        return None;
    }
    let mut out = vec![Fate::Kept; glyphs.len()];
    let mut last = 0;
    let mut twins: Vec<usize> = Vec::new();
    for n in 1..glyphs.len() {
        let (a, b) = (glyphs[last], glyphs[n]);
        if overlap(a, b) && (is_number_char(a) || is_number_char(b)) {
            if a.text == b.text && (a.size - b.size).abs() <= SIZE * a.size {
                out[n] = Fate::Gone;
                twins.push(last);
                continue;
            }
            for (k, g) in [(last, a), (n, b)] {
                if is_number_char(g) {
                    out[k] = Fate::Doubt;
                }
            }
        }
        last = n;
    }
    let kept: Vec<usize> = (0..glyphs.len()).filter(|n| out[*n] != Fate::Gone).collect();
    let together = |a: &usize, b: &usize| {
        let (a, b) = (glyphs[*a], glyphs[*b]);
        is_number_char(a) && is_number_char(b) && meet(a, b)
    };
    for run in kept.chunk_by(together).filter(|run| run.len() > 1) {
        one_number(run, glyphs, &mut out);
        // A second print doubles the whole number; where it doubles a part, two numbers meet there.
        let doubled = |n: &&usize| twins.binary_search(n).is_ok();
        let n = run.iter().filter(doubled).count();
        if n > 0 && n * 2 < run.len() {
            run.iter().filter(doubled).for_each(|k| out[*k] = Fate::Doubt);
        }
    }
    Some(out)
}

/// A run of digits and signs: those that are not like most of them are marks, or in doubt.
fn one_number(run: &[usize], glyphs: &[&Glyph], out: &mut [Fate]) {
    let like = |n: usize| run.iter().filter(|m| alike(glyphs[n], glyphs[**m])).count();
    let Some(most) = run.iter().copied().max_by_key(|n| (like(*n), std::cmp::Reverse(*n))) else {
        return;
    };
    if like(most) == run.len() {
        return;
    }
    let main = glyphs[most];
    let split = like(most) * 2 <= run.len();
    let first = run.iter().position(|n| alike(glyphs[*n], main)).unwrap_or(0);
    for (at, n) in run.iter().enumerate() {
        let g = glyphs[*n];
        let raised = g.size <= MARK * main.size && main.baseline - g.baseline > HEIGHT * main.size;
        if raised && at > first {
            out[*n] = Fate::Gone;
        } else if split || !alike(g, main) {
            out[*n] = Fate::Doubt;
        }
    }
}

fn overlap(a: &Glyph, b: &Glyph) -> bool {
    let (a, b) = (printed(a), printed(b));
    let narrower = a.width().min(b.width());
    narrower > 0.0 && a.overlap_x(&b) > OVERLAP * narrower
}

/// The box of a glyph; of full-width signs the half that holds their ink. Where signs are set close (标点挤压), the next character
/// begins in the empty half.
fn printed(g: &Glyph) -> Rect {
    let r = g.rect;
    let wide = r.width() >= WIDE * g.size;
    match g.text {
        GlyphText::Char('，' | '、' | '。' | '；' | '：' | '）' | '．') if wide => {
            Rect::new(r.x0, r.y0, r.mid_x(), r.y1)
        }
        GlyphText::Char('（') if wide => Rect::new(r.mid_x(), r.y0, r.x1, r.y1),
        _ => r,
    }
}

fn meet(a: &Glyph, b: &Glyph) -> bool {
    b.rect.x0 - a.rect.x1 <= GAP * a.size.max(b.size)
}

fn alike(a: &Glyph, b: &Glyph) -> bool {
    let size = a.size.max(b.size);
    (a.size - b.size).abs() <= SIZE * size
        && (a.baseline - b.baseline).abs() <= HEIGHT * size
        && a.ink.iter().zip(b.ink).all(|(p, q)| p.abs_diff(q) <= COLOUR)
}

/// Lines that lie over each other, a number above a number: a small one is a mark, any other puts both in doubt.
pub(super) fn over_each_other(lines: &mut Vec<Line>) {
    let digits = |l: &Line| l.text.chars().any(|c| c.is_ascii_digit()) && l.text.chars().all(|c| !c.is_alphabetic());
    let mut n = 1;
    while n < lines.len() {
        let (a, b) = (&lines[n - 1], &lines[n]);
        let close = b.baseline - a.baseline < OVER * a.size.max(b.size);
        let touch = a.rect.overlap_x(&b.rect) > -0.3 * a.size.max(b.size);
        if !(close && touch && digits(a) && digits(b)) {
            n += 1;
            continue;
        }
        let marks = a.size <= MARK * b.size && a.rect.x0 > b.rect.mid_x() && a.text.chars().count() <= 2;
        if marks {
            lines.remove(n - 1);
            continue;
        }
        for l in &mut lines[n - 1..=n] {
            let boxed = l.boxes.last().copied().unwrap_or(l.rect);
            l.text.push(char::REPLACEMENT_CHARACTER);
            l.boxes.push(boxed);
        }
        n += 2;
    }
}

/// The text of a glyph by its fate.
pub(super) fn push(glyph: &Glyph, fate: Fate, out: &mut String) {
    match fate {
        Fate::Kept => glyph.text.push_to(out),
        Fate::Doubt => GlyphText::Char(char::REPLACEMENT_CHARACTER).push_to(out),
        Fate::Gone => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glyph(c: char, x0: f32, x1: f32) -> Glyph {
        Glyph {
            text: GlyphText::Char(c),
            rect: Rect::new(x0, 100.0, x1, 112.0),
            baseline: 110.0,
            size: 12.0,
            upright: true,
            turn: 0,
            ink: [0, 0, 0],
            font: 0,
        }
    }

    #[test]
    fn signs_that_are_set_close_are_no_second_print() {
        // The digit begins in the empty half of the comma, and ends in that of the opening bracket.
        let line = [
            glyph('万', 0.0, 12.0),
            glyph('，', 12.0, 24.0),
            glyph('2', 18.0, 24.0),
            glyph('（', 18.0, 30.0),
        ];
        let [a, b, c, d] = &line;
        assert_eq!(fates(&[a, b, c]), None);
        assert_eq!(fates(&[a, c, d]), None);
        let over = [glyph('1', 12.0, 18.0), glyph('2', 13.0, 19.0)];
        let [a, b] = &over;
        assert_eq!(fates(&[a, b]), Some(vec![Fate::Doubt, Fate::Doubt]));
    }
}
