//! How a page lies aslant. Comes in: ink. Goes out: the angle by which its lines of text and its rulings lie turned, and how well
//! rows stand out. Refuses angles beyond five degrees: a page that lies so is turned by hand.

use super::lines::Keystone;
use super::picture::{Gray, Ink};

/// The largest angle in degrees.
const MOST: f32 = 5.0;
/// An angle below this moves nothing by a pixel.
pub(super) const LEAST: f32 = 0.03;

/// The angle in degrees, clockwise as seen.
pub(super) fn angle(ink: &Ink) -> f32 {
    let coarse = points(ink, 4);
    let mut best = search(&coarse, 0.0, MOST, 0.5);
    best = search(&coarse, best, 0.5, 0.1);
    let fine = points(ink, 2);
    best = search(&fine, best, 0.3, 0.02);
    best
}

/// Points of ink on a coarser grid, with the height of that grid.
struct Points {
    at: Vec<(f32, f32)>,
    height: usize,
    width: usize,
}

fn points(ink: &Ink, step: usize) -> Points {
    let (w, h) = (ink.width / step, ink.height / step);
    let mut at = Vec::new();
    for y in 0..h {
        for x in 0..w {
            let any = (0..step).any(|j| {
                let from = (y * step + j) * ink.width + x * step;
                ink.data[from..from + step].iter().any(|v| *v != 0)
            });
            if any {
                at.push((x as f32, y as f32));
            }
        }
    }
    Points {
        at,
        height: h,
        width: w,
    }
}

fn search(p: &Points, around: f32, reach: f32, step: f32) -> f32 {
    let n = (reach / step).round() as i32;
    let mut best = (f64::NEG_INFINITY, around);
    for k in -n..=n {
        let angle = around + k as f32 * step;
        let sharp = sharpness(p, angle);
        // Of equal angles the smaller one.
        if sharp > best.0 * (1.0 + 1e-9) || (sharp == best.0 && angle.abs() < best.1.abs()) {
            best = (sharp, angle);
        }
    }
    best.1
}

/// How much the rows differ from each other when the page is turned back by an angle.
fn sharpness(p: &Points, angle: f32) -> f64 {
    let slope = angle.to_radians().tan();
    let beyond = (p.width as f32 * MOST.to_radians().tan()).ceil() as usize + 2;
    let mut rows = vec![0_u32; p.height + 2 * beyond];
    for (x, y) in &p.at {
        let row = (y - x * slope).round() as i64 + beyond as i64;
        if let Some(r) = usize::try_from(row).ok().and_then(|r| rows.get_mut(r)) {
            *r += 1;
        }
    }
    rows.windows(2)
        .map(|w| {
            let d = f64::from(w[1]) - f64::from(w[0]);
            d * d
        })
        .sum()
}

/// A turn of the page about its middle: where a point of the straightened picture lies in the picture as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Turn {
    sin: f32,
    cos: f32,
    cx: f32,
    cy: f32,
}

impl Turn {
    pub(super) fn new(degrees: f32, width: usize, height: usize) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Self {
            sin,
            cos,
            cx: width as f32 / 2.0,
            cy: height as f32 / 2.0,
        }
    }

    pub(super) fn back(&self, x: f32, y: f32) -> (f32, f32) {
        let (dx, dy) = (x - self.cx, y - self.cy);
        (
            self.cx + dx * self.cos - dy * self.sin,
            self.cy + dx * self.sin + dy * self.cos,
        )
    }
}

/// Where a point of a picture without keystone lies in the picture with it.
pub(super) fn slanted(k: &Keystone, width: usize, height: usize, x: f32, y: f32) -> (f32, f32) {
    let (cx, cy) = (width as f32 / 2.0, height as f32 / 2.0);
    (
        x + (k.down.0 + k.down.1 * (x - cx)) * (y - cy),
        y + (k.across.0 + k.across.1 * (y - cy)) * (x - cx),
    )
}

/// The picture with its lines level.
pub(super) fn level(g: &Gray, degrees: f32) -> Gray {
    let turn = Turn::new(degrees, g.width, g.height);
    g.mapped(|x, y| turn.back(x, y))
}
