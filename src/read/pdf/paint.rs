//! What of the text can be seen. Comes in: what is painted, in its order: fills, images, glyphs. Goes out: which glyphs a later fill
//! or image covers, wholly or in part, and which have the colour of what lies below them. Boxes decide, not pixels.
//! Refuses to judge patterns, soft masks and blends: what may let the text through hides nothing.

use crate::geom::Rect;
use crate::read::Glyph;
use hayro_interpret::kurbo::Rect as Box64;
use hayro_interpret::{BlendMode, Paint};

/// Most fills of a page that are remembered. Real pages stay below a few hundred; beyond it the page is said to be in doubt.
const MOST: usize = 4096;
/// Height of the bands in which covered glyphs are looked for, in points.
const BAND: f32 = 12.0;
/// The share of a glyph's ink box that makes it covered …
const COVERED: f32 = 0.6;
/// … and the share from which on nobody can say what it was.
const TOUCHED: f32 = 0.25;
/// The height of digits and capitals, in em.
const INK_HEIGHT: f32 = 0.68;
/// Colours closer than this in every channel cannot be told apart on paper.
const ALIKE: u8 = 12;
/// Less than this of a paint is nothing, more than [`OPAQUE`] lets nothing through.
const FAINT: f32 = 0.02;
const OPAQUE: f32 = 0.97;

/// A colour, and how much of what lies below it shows through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ink {
    pub(super) rgb: [u8; 3],
    pub(super) alpha: f32,
    /// A pattern: its colours are not known.
    pattern: bool,
}

impl Ink {
    pub(super) fn of(paint: &Paint<'_>) -> Self {
        let Paint::Color(color) = paint else {
            return Self {
                rgb: [0; 3],
                alpha: 1.0,
                pattern: true,
            };
        };
        let [r, g, b, alpha] = color.to_rgba().components();
        let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0).round() as u8;
        Self {
            rgb: [byte(r), byte(g), byte(b)],
            alpha,
            pattern: false,
        }
    }

    /// Nothing is left on the paper.
    pub(super) fn is_nothing(&self) -> bool {
        self.alpha < FAINT
    }

    pub(super) fn is_white(&self) -> bool {
        !self.pattern && self.rgb.iter().all(|c| *c > 252)
    }

    /// On white paper no darker than the light gray of watermarks.
    pub(super) fn is_pale(&self) -> bool {
        /// As in the layout, which doubts paler numbers than this.
        const DARKEST: f32 = 90.0;
        let darkest = f32::from(*self.rgb.iter().min().unwrap_or(&0));
        darkest * self.alpha + 255.0 * (1.0 - self.alpha) > DARKEST
    }

    /// Nothing below it is seen.
    pub(super) fn hides(&self, blend: BlendMode) -> bool {
        !self.pattern && self.alpha > OPAQUE && blend == BlendMode::Normal
    }
}

/// Something opaque that was painted.
struct Fill {
    rect: Rect,
    rgb: [u8; 3],
    /// How many glyphs stood on the page already.
    glyphs: usize,
    image: bool,
}

/// What was painted so far on one page.
#[derive(Default)]
pub(super) struct Canvas {
    fills: Vec<Fill>,
    /// Whether some fill is not white: only then a light glyph may be seen, or a dark one not.
    coloured: bool,
    /// More was painted than is remembered.
    pub(super) full: bool,
}

/// What is left of a glyph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    Seen,
    /// Nobody can say what it was.
    InPart,
    Covered,
    /// Below a picture of the page: the text of a recognised scan.
    BelowPicture,
}

impl Canvas {
    /// An opaque fill. `glyphs` stand on the page already.
    pub(super) fn fill(&mut self, rect: Box64, ink: Ink, glyphs: usize) {
        // Nearly every document paints its page white first.
        if self.fills.is_empty() && glyphs == 0 && ink.is_white() {
            return;
        }
        self.coloured |= !ink.is_white();
        self.push(rect, ink.rgb, glyphs, false);
    }

    /// An opaque image. What it shows is not known.
    pub(super) fn image(&mut self, rect: Box64, glyphs: usize) {
        if glyphs > 0 {
            self.push(rect, [0; 3], glyphs, true);
        }
    }

    fn push(&mut self, rect: Box64, rgb: [u8; 3], glyphs: usize, image: bool) {
        if self.fills.len() >= MOST {
            self.full = true;
            return;
        }
        self.fills.push(Fill {
            rect: Rect::new(rect.x0 as f32, rect.y0 as f32, rect.x1 as f32, rect.y1 as f32),
            rgb,
            glyphs,
            image,
        });
    }

    /// The last fill has a hole: what stands in it is seen.
    pub(super) fn hole(&mut self, rect: Box64) {
        let inside = |f: &Fill| f.rect.contains(rect.center().x as f32, rect.center().y as f32);
        if self.fills.last().is_some_and(inside) {
            self.fills.pop();
        }
    }

    /// Whether ink of this colour cannot be told from what lies below a point.
    pub(super) fn is_alike(&self, ink: Ink, x: f32, y: f32) -> bool {
        if ink.pattern || (!self.coloured && !ink.is_white()) {
            return false;
        }
        let below = self.fills.iter().rev().find(|f| f.rect.contains(x, y));
        match below {
            Some(f) if f.image => false,
            Some(f) => ink.rgb.iter().zip(f.rgb).all(|(a, b)| a.abs_diff(b) <= ALIKE),
            None => ink.is_white(),
        }
    }

    /// Whether a glyph that was drawn as the `index`-th has been covered since.
    pub(super) fn covers_since(&self, index: usize, rect: &Rect) -> bool {
        let (x, y) = (rect.mid_x(), rect.mid_y());
        let later = self.fills.iter().rev().take_while(|f| f.glyphs > index);
        later.filter(|f| f.rect.contains(x, y)).count() > 0
    }

    /// What is left of each glyph; `None` where all are seen.
    pub(super) fn sights(&self, glyphs: &[Glyph], page: f32, mut tick: impl FnMut()) -> Option<Vec<Sight>> {
        if self.fills.iter().all(|f| f.glyphs == 0) || glyphs.is_empty() {
            return None;
        }
        let mut bands: Vec<(i32, u32)> = (0..)
            .zip(glyphs)
            .map(|(n, g): (u32, _)| (band(ink_box(g).mid_y()), n))
            .collect();
        bands.sort_unstable();
        let mut out = vec![Sight::Seen; glyphs.len()];
        let mut shares: Vec<f32> = vec![0.0; glyphs.len()];
        for f in self.fills.iter().filter(|f| f.glyphs > 0) {
            tick();
            let picture = f.image && f.rect.width() * f.rect.height() > 0.5 * page;
            let (from, to) = (band(f.rect.y0 - BAND), band(f.rect.y1 + BAND));
            let start = bands.partition_point(|b| b.0 < from);
            for (_, n) in bands[start..].iter().take_while(|b| b.0 <= to) {
                let n = *n as usize;
                if n >= f.glyphs || out[n] == Sight::Covered {
                    continue;
                }
                let ink = ink_box(&glyphs[n]);
                let share = ink.intersection(&f.rect).map_or(0.0, |c| {
                    c.width() * c.height() / (ink.width() * ink.height()).max(f32::EPSILON)
                });
                shares[n] += share;
                let covered = shares[n] >= COVERED;
                out[n] = match (covered, f.image) {
                    (true, true) if picture => Sight::BelowPicture,
                    (true, false) => Sight::Covered,
                    // A picture that hides a word may show another.
                    (true, true) => Sight::InPart,
                    (false, _) if shares[n] >= TOUCHED => Sight::InPart,
                    (false, _) => out[n],
                };
            }
        }
        out.iter().any(|s| *s != Sight::Seen).then_some(out)
    }
}

fn band(y: f32) -> i32 {
    (y / BAND).floor() as i32
}

/// Where the ink of a glyph is, about.
fn ink_box(g: &Glyph) -> Rect {
    if !g.upright {
        return g.rect;
    }
    let inset = 0.08 * g.rect.width();
    Rect::new(
        g.rect.x0 + inset,
        g.baseline - INK_HEIGHT * g.size,
        g.rect.x1 - inset,
        g.baseline,
    )
}
