//! One page from its picture. Comes in: the picture. Goes out: glyphs with places and rulings, as a page with text would give them,
//! and how they lie on the page that is shown. Refuses to leave anything out in silence: a piece that cannot be read stands as U+FFFD.

use super::ink;
use super::lines::{self, Keystone, Line};
use super::picture::{Area, Gray, Rgb};
use super::pieces::{self, Pieces};
use super::reader::{Crop, Recogniser, Seen};
use super::straighten;
use crate::geom::{Rect, Way};
use crate::read::{DESCENT, Glyph, GlyphText, Other, Ruling};
use rten::ThreadPool;
use std::sync::Arc;

/// A page that was read.
#[derive(Debug)]
pub(super) struct Sheet {
    pub width: f32,
    pub height: f32,
    pub glyphs: Vec<Glyph>,
    pub rulings: Vec<Ruling>,
    pub others: Vec<(u32, Box<[Other]>)>,
    /// The way from here to the page that is shown; `None` where they are the same.
    pub way: Option<Way>,
    /// Degrees that the page lay aslant, and quarter turns by which it was turned.
    pub angle: f32,
    pub quarters: u8,
    /// How many seals were taken out.
    pub seals: usize,
}

/// What reading needs.
pub(super) struct Tools<'a> {
    pub reader: &'a Recogniser,
    pub pool: &'a Arc<ThreadPool>,
    pub late: &'a dyn Fn() -> bool,
    /// Pixels of a point.
    pub scale: f32,
}

/// Reads the picture of a page.
pub(super) fn read(picture: &Rgb, tools: &Tools<'_>) -> Result<Sheet, String> {
    let (gray, seals) = ink::gray(picture);
    let (mut upright, mut quarters) = (Upright::of(&gray, 0)?, 0);
    if !upright.is_text(tools)? {
        // Turned text makes no sense to the recogniser: of the four directions the one that does.
        let mut best = upright.sense(tools)?;
        for q in [1, 3, 2] {
            let other = Upright::of(&gray, q)?;
            let sense = other.sense(tools)?;
            if sense > best + 0.05 {
                (best, upright, quarters) = (sense, other, q);
            }
        }
    }
    let texts = upright.texts(tools)?;
    let (glyphs, others) = glyphs(&upright.pieces, &texts, tools.scale);
    let s = tools.scale;
    let ruling = |l: &Line| Ruling {
        axis: l.axis,
        at: l.at / s,
        start: l.start / s,
        end: l.end / s,
    };
    Ok(Sheet {
        width: upright.gray.width as f32 / s,
        height: upright.gray.height as f32 / s,
        glyphs,
        others,
        rulings: upright.lines.iter().map(ruling).collect(),
        way: upright.way(&gray, quarters, s),
        angle: upright.angle,
        quarters,
        seals: seals.len(),
    })
}

/// A picture that was turned and straightened, without its rulings.
struct Upright {
    gray: Gray,
    angle: f32,
    keystone: Option<Keystone>,
    lines: Vec<Line>,
    pieces: Pieces,
}

impl Upright {
    fn of(gray: &Gray, quarters: u8) -> Result<Self, String> {
        let mut gray = gray.turned(quarters);
        let mut ink = ink::ink(&gray);
        let angle = straighten::angle(&ink);
        if angle.abs() >= straighten::LEAST {
            gray = straighten::level(&gray, angle);
            ink = ink::ink(&gray);
        }
        let keystone = lines::keystone(&ink);
        if let Some(k) = &keystone {
            gray = gray.mapped(|x, y| straighten::slanted(k, gray.width, gray.height, x, y));
            ink = ink::ink(&gray);
        }
        let lines = lines::take(&mut ink, &mut gray);
        let pieces = pieces::pieces(&ink, &lines)
            .ok_or("its picture is nothing but spots: scan it again, in black and white or with less noise")?;
        Ok(Self {
            gray,
            angle,
            keystone,
            lines,
            pieces,
        })
    }

    /// Some pieces that are like lines of text, over the whole page.
    fn sample(&self) -> Vec<Crop> {
        let like: Vec<&Area> = self
            .pieces
            .areas
            .iter()
            .filter(|a| a.width() as f32 > 2.0 * self.pieces.em && (a.height() as f32) < 1.6 * self.pieces.em)
            .collect();
        let step = (like.len() / SAMPLE).max(1);
        let mut out: Vec<Crop> = like.iter().step_by(step).take(SAMPLE).map(|a| self.crop(a)).collect();
        // The beginning of a line tells enough.
        for c in &mut out {
            c.x.end = c.x.end.min(c.x.start + 8.0 * self.pieces.em);
        }
        out
    }

    /// How much sense the sample makes: the mean certainty of its characters.
    fn sense(&self, tools: &Tools<'_>) -> Result<f32, String> {
        let sample = self.sample();
        if sample.len() < 3 {
            return Ok(0.0);
        }
        let texts = tools.reader.read(&self.gray, &sample, tools.pool, tools.late)?;
        let sure: f32 = texts
            .iter()
            .map(|t| t.iter().map(|s| s.sure).sum::<f32>() / t.len().max(1) as f32)
            .sum();
        Ok(sure / texts.len() as f32)
    }

    fn is_text(&self, tools: &Tools<'_>) -> Result<bool, String> {
        Ok(self.sense(tools)? > SENSE)
    }

    /// A piece with some paper around it: as much as around characters of its height.
    fn crop(&self, a: &Area) -> Crop {
        let h = (a.height() as f32).max(0.75 * self.pieces.em);
        let middle = (a.y0 + a.y1) as f32 / 2.0;
        let edge = 0.14 * h;
        Crop {
            x: a.x0 as f32 - edge..a.x1 as f32 + edge,
            y: middle - h / 2.0 - edge..middle + h / 2.0 + edge,
        }
    }

    fn texts(&self, tools: &Tools<'_>) -> Result<Vec<Vec<Seen>>, String> {
        let crops: Vec<Crop> = self.pieces.areas.iter().map(|a| self.crop(a)).collect();
        tools.reader.read(&self.gray, &crops, tools.pool, tools.late)
    }

    /// From points here to points of the page that is shown.
    fn way(&self, shown: &Gray, quarters: u8, scale: f32) -> Option<Way> {
        let level = self.angle.abs() < straighten::LEAST;
        if level && quarters == 0 && self.keystone.is_none() {
            return None;
        }
        let turn = straighten::Turn::new(if level { 0.0 } else { self.angle }, self.gray.width, self.gray.height);
        let (w, h) = (shown.width as f32, shown.height as f32);
        Some(Way::through(|x, y| {
            let (mut x, mut y) = (x * scale, y * scale);
            if let Some(k) = &self.keystone {
                (x, y) = straighten::slanted(k, self.gray.width, self.gray.height, x, y);
            }
            let (x, y) = turn.back(x, y);
            let (x, y) = match quarters {
                1 => (y, h - x),
                2 => (w - x, h - y),
                3 => (w - y, x),
                _ => (x, y),
            };
            (x / scale, y / scale)
        }))
    }
}

/// Pieces of the sample, and the mean certainty above which it is text.
const SAMPLE: usize = 10;
const SENSE: f32 = 0.85;

/// Other readings of a glyph, by its number.
type Others = Vec<(u32, Box<[Other]>)>;

/// Characters to glyphs. Ideographs fill their em, digits seven tenths of its height.
fn glyphs(pieces: &Pieces, texts: &[Vec<Seen>], scale: f32) -> (Vec<Glyph>, Others) {
    let (mut glyphs, mut others) = (Vec::new(), Vec::new());
    let mut read: Vec<(&Area, Vec<Seen>, Standing)> = Vec::with_capacity(texts.len());
    for (area, text) in pieces.areas.iter().zip(texts) {
        let listed = || {
            pieces.areas.iter().any(|o| {
                let level = o.y0 < area.y1 && o.y1 > area.y0;
                level && o.x0 >= area.x1 && (o.x0 - area.x1) as f32 <= 1.6 * pieces.em
            })
        };
        let text: Vec<Seen> = as_number(text, &listed);
        let low = (area.height() as f32) < 0.3 * pieces.em;
        // A speck is no point: points stand beside other characters.
        if text.is_empty() || (low && !text.iter().all(|s| is_dash(s.c) || s.c == ONE)) {
            continue;
        }
        let standing = Standing::of(area, &text, pieces.em);
        read.push((area, text, standing));
    }
    alike(&mut read);
    for (area, text, line) in read {
        for (n, s) in text.iter().enumerate() {
            let wide = if is_narrow(s.c) { 0.32 } else { 0.56 } * line.size;
            let left = match n.checked_sub(1).map(|p| &text[p]) {
                Some(before) => (s.x - wide).max((s.x + before.x) / 2.0),
                None => (s.x - wide).max(area.x0 as f32).min(s.x),
            };
            let right = match text.get(n + 1) {
                Some(next) => (s.x + wide).min((s.x + next.x) / 2.0),
                None => (s.x + wide).min(area.x1 as f32).max(s.x),
            };
            if !s.others.is_empty() {
                let all = s.others.iter().map(|(c, p)| Other { c: *c, sure: *p }).collect();
                others.push((glyphs.len() as u32, all));
            }
            let top = line.baseline - (1.0 - DESCENT) * line.size;
            glyphs.push(Glyph {
                text: GlyphText::Char(s.c),
                rect: Rect::new(left / scale, top / scale, right / scale, (top + line.size) / scale),
                baseline: line.baseline / scale,
                size: line.size / scale,
                upright: true,
                turn: 0,
                ink: [0, 0, 0],
                font: 0,
            });
        }
    }
    (glyphs, others)
}

/// Sizes this near to each other are one size of type: how high a piece is depends on its characters.
const ALIKE: f32 = 0.2;

/// Gives pieces of nearly one size that size: the one that most characters have.
fn alike(read: &mut [(&Area, Vec<Seen>, Standing)]) {
    let mut rest: Vec<usize> = (0..read.len()).collect();
    rest.sort_by(|a, b| read[*a].2.size.total_cmp(&read[*b].2.size));
    while !rest.is_empty() {
        // The size in the middle of the characters that are left.
        let all: usize = rest.iter().map(|n| read[*n].1.len()).sum();
        let mut so_far = 0;
        let middle = rest.iter().copied().find(|n| {
            so_far += read[*n].1.len();
            so_far * 2 >= all
        });
        let Some(size) = middle.map(|n| read[n].2.size) else {
            return;
        };
        rest.retain(|n| {
            let s = &mut read[*n].2;
            let near = (s.size - size).abs() <= ALIKE * size;
            if near {
                s.baseline += (size - s.size) * s.below;
                s.size = size;
            }
            !near
        });
    }
}

/// Size and base line of a piece, in pixels.
struct Standing {
    size: f32,
    baseline: f32,
    /// How far the base line sinks for each pixel that the size grows.
    below: f32,
}

impl Standing {
    fn of(area: &Area, text: &[Seen], em: f32) -> Self {
        let (bottom, h) = (area.y1 as f32, area.height() as f32);
        let middle = (area.y0 + area.y1) as f32 / 2.0;
        if text.iter().any(|s| !is_narrow(s.c)) {
            let size = (h / 0.92).max(0.5 * em);
            let below = 0.5 - DESCENT;
            return Self {
                size,
                baseline: middle + below * size,
                below,
            };
        }
        if text.iter().all(|s| is_dash(s.c)) {
            return Self {
                size: em,
                baseline: middle + 0.3 * em,
                below: 0.3,
            };
        }
        // A comma or a bracket reaches below the base line.
        let sunk = text.iter().any(|s| matches!(s.c, ',' | '(' | ')' | ';'));
        let (size, below) = if sunk { (h / 0.86, 0.13) } else { (h / 0.72, 0.0) };
        Self {
            size,
            baseline: bottom - below * size,
            below: 0.0,
        }
    }
}

/// The ideograph that is one stroke.
const ONE: char = '\u{4E00}';

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2014}' | '\u{2013}' | '\u{2015}' | '\u{2212}' | '_')
}

/// Half as wide as high, and standing on the base line.
fn is_narrow(c: char) -> bool {
    c.is_ascii()
}

/// Without blanks; a stroke alone is a dash, unless text is `listed` behind it; wide points and commas between digits as those of numbers.
fn as_number(text: &[Seen], listed: &dyn Fn() -> bool) -> Vec<Seen> {
    let mut out: Vec<Seen> = text.iter().filter(|s| !s.c.is_whitespace()).cloned().collect();
    let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '%');
    // Alone in its cell or before a number, a stroke is a dash; a round one among digits is a nought.
    if let [one] = out.as_mut_slice()
        && one.c == ONE
        && !listed()
    {
        one.c = '-';
    }
    let digits = out.iter().filter(|s| number(s.c)).count();
    if digits > 0 && out.iter().all(|s| number(s.c) || matches!(s.c, 'O' | 'o' | ONE)) {
        for s in &mut out {
            s.c = match s.c {
                'O' | 'o' => '0',
                ONE => '-',
                c => c,
            };
        }
    }
    let digit = |s: Option<&Seen>| s.is_some_and(|s| s.c.is_ascii_digit());
    for n in 1..out.len() {
        if digit(out.get(n - 1)) && digit(out.get(n + 1)) {
            out[n].c = match out[n].c {
                '\u{FF0C}' | '\u{3001}' => ',',
                '\u{3002}' | '\u{FF0E}' | '\u{00B7}' => '.',
                c => c,
            };
        }
    }
    out
}
