//! A picture of a part of a page, with a frame around one box. Comes in: the bytes of a PDF, the page and the box as they stand in
//! the dataset. Goes out: a PNG. A font that is not in the file is not drawn, and that is said.

use super::settings;
use crate::geom::Rect;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::PremulRgba8;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Pixels of a point, and the longest side of a page: a poster is drawn smaller.
const SCALE: f32 = 2.5;
const LONGEST: f32 = 8_000.0;
/// Points that are shown around the box: the row and some of its neighbours.
const AROUND: f32 = 110.0;

/// A picture and where the box stands in it.
pub struct Picture {
    /// The PNG.
    pub png: Vec<u8>,
    /// Pixels: left, top, right, bottom of the box.
    pub frame: [u32; 4],
    /// Nothing is drawn in the box; most often its font is not in the file.
    pub blank: bool,
}

/// The whole width of the page around a box, framed. An empty box shows the page from its top.
pub fn picture(bytes: Vec<u8>, page: u32, hit: Rect) -> Result<Picture, String> {
    let pdf = Pdf::new(bytes).map_err(|_| "it cannot be opened as PDF".to_string())?;
    let number = usize::try_from(page).unwrap_or(usize::MAX).wrapping_sub(1);
    let sheet = pdf
        .pages()
        .get(number)
        .ok_or_else(|| format!("it has no page {page}"))?;
    let (width, height) = sheet.render_dimensions();
    let scale = SCALE.min(LONGEST / width.max(height).max(1.0));
    let pixels = PixmapSettings {
        x_scale: scale,
        y_scale: scale,
        bg_color: WHITE,
    };
    // A page that makes the renderer give up costs its picture, not the run.
    let drawn = catch_unwind(AssertUnwindSafe(|| {
        let cache = RenderCache::new();
        render(sheet, &cache, &settings(), &RenderSettings::default(), &pixels)
    }));
    let mut whole = drawn.map_err(|_| format!("page {page} cannot be drawn"))?;
    let at = |v: f32, most: u16| (v * scale).round().clamp(0.0, f32::from(most)) as u16;
    let (w, h) = (whole.width(), whole.height());
    let frame = [
        at(hit.x0 - 1.0, w),
        at(hit.y0 - 1.0, h),
        at(hit.x1 + 1.0, w),
        at(hit.y1 + 1.0, h),
    ];
    let blank = is_blank(&whole, frame);
    if frame[0] < frame[2] && frame[1] < frame[3] {
        outline(&mut whole, frame);
    }
    let (top, bottom) = (at(hit.y0 - AROUND, h), at(hit.y1 + AROUND, h));
    let png = cut(&whole, top, bottom.max(top + 1).min(h))?;
    let top = u32::from(top);
    let [x0, y0, x1, y1] = frame.map(u32::from);
    Ok(Picture {
        png,
        frame: [x0, y0.saturating_sub(top), x1, y1.saturating_sub(top)],
        blank,
    })
}

/// The lines of a cell stand at the edge of its box, so many pixels wide at most.
const EDGE: u16 = 6;
/// Ink differs from its ground by more than this: pale grey is ink, a shaded cell is none.
const INK: u8 = 40;

/// Whether a box with room for a figure holds no ink.
fn is_blank(picture: &Pixmap, [x0, y0, x1, y1]: [u16; 4]) -> bool {
    let (x, y) = (x0 + EDGE..x1.saturating_sub(EDGE), y0 + EDGE..y1.saturating_sub(EDGE));
    let width = usize::from(picture.width());
    let row = |y: u16| &picture.data()[usize::from(y) * width..][usize::from(x.start)..usize::from(x.end)];
    let Some(ground) = (!x.is_empty() && !y.is_empty()).then(|| row(y.start)[0]) else {
        return false;
    };
    let apart = |p: &PremulRgba8| {
        p.r.abs_diff(ground.r)
            .max(p.g.abs_diff(ground.g))
            .max(p.b.abs_diff(ground.b))
    };
    !y.clone().any(|y| row(y).iter().any(|p| apart(p) > INK))
}

/// A red line of three pixels around the box, the box itself as printed.
fn outline(picture: &mut Pixmap, [x0, y0, x1, y1]: [u16; 4]) {
    let red = PremulRgba8 {
        r: 200,
        g: 20,
        b: 20,
        a: 255,
    };
    let (w, h) = (picture.width(), picture.height());
    for n in 0..3 {
        let (left, top) = (x0.saturating_sub(n), y0.saturating_sub(n));
        let (right, bottom) = ((x1 + n).min(w - 1), (y1 + n).min(h - 1));
        for x in left..=right {
            picture.set_pixel(x, top, red);
            picture.set_pixel(x, bottom, red);
        }
        for y in top..=bottom {
            picture.set_pixel(left, y, red);
            picture.set_pixel(right, y, red);
        }
    }
}

/// The rows from `top` to `bottom`.
fn cut(whole: &Pixmap, top: u16, bottom: u16) -> Result<Vec<u8>, String> {
    let width = usize::from(whole.width());
    let mut part = Pixmap::new(whole.width(), bottom - top);
    let rows = usize::from(top) * width..usize::from(bottom) * width;
    part.data_mut().copy_from_slice(&whole.data()[rows]);
    part.into_png().map_err(|e| format!("no picture can be made: {e}"))
}

#[cfg(test)]
mod tests {
    use super::{Pixmap, PremulRgba8, is_blank};

    fn grey(v: u8) -> PremulRgba8 {
        PremulRgba8 {
            r: v,
            g: v,
            b: v,
            a: 255,
        }
    }

    /// A box on one ground, with or without a mark in it.
    fn blank(ground: u8, mark: Option<u8>) -> bool {
        let mut picture = Pixmap::new(60, 40);
        picture.data_mut().fill(grey(ground));
        if let Some(m) = mark {
            picture.set_pixel(30, 20, grey(m));
        }
        is_blank(&picture, [0, 0, 60, 40])
    }

    #[test]
    fn pale_grey_is_ink_and_a_shaded_cell_is_none() {
        assert!(!blank(255, Some(0)));
        assert!(!blank(255, Some(200)));
        assert!(!blank(190, Some(255)), "white on grey");
        assert!(blank(255, None));
        assert!(blank(190, None));
    }
}
