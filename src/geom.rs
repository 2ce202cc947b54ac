//! Geometry in points: origin top left, y down, after rotation and crop.
//!
//! Floats live here and nowhere else; money never does.

/// The two directions of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// Left to right: a horizontal ruling runs along it.
    Horizontal,
    /// Top to bottom: a vertical ruling runs along it.
    Vertical,
}

/// An upright rectangle in points, `x0 <= x1`, `y0 <= y1`.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
}

impl Rect {
    /// A rectangle from any two opposite corners.
    pub fn new(x0: f32, y0: f32, x1: f32, y1: f32) -> Self {
        Self {
            x0: x0.min(x1),
            y0: y0.min(y1),
            x1: x0.max(x1),
            y1: y0.max(y1),
        }
    }

    /// Width in points.
    pub fn width(&self) -> f32 {
        self.x1 - self.x0
    }

    /// Height in points.
    pub fn height(&self) -> f32 {
        self.y1 - self.y0
    }

    /// Middle of the left and right edge.
    pub fn mid_x(&self) -> f32 {
        (self.x0 + self.x1) / 2.0
    }

    /// Middle of the top and bottom edge.
    pub fn mid_y(&self) -> f32 {
        (self.y0 + self.y1) / 2.0
    }

    /// The smallest rectangle that holds both.
    pub fn union(&self, other: &Rect) -> Rect {
        Rect {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// The common part, `None` where they do not meet.
    pub fn intersection(&self, other: &Rect) -> Option<Rect> {
        let r = Rect {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        };
        (r.x0 <= r.x1 && r.y0 <= r.y1).then_some(r)
    }

    /// Whether the point lies inside or on the edge.
    pub fn contains(&self, x: f32, y: f32) -> bool {
        x >= self.x0 && x <= self.x1 && y >= self.y0 && y <= self.y1
    }

    /// Length of the common part of the two x ranges (negative: the gap).
    pub fn overlap_x(&self, other: &Rect) -> f32 {
        self.x1.min(other.x1) - self.x0.max(other.x0)
    }

    /// Length of the common part of the two y ranges (negative: the gap).
    pub fn overlap_y(&self, other: &Rect) -> f32 {
        self.y1.min(other.y1) - self.y0.max(other.y0)
    }
}

/// How a straightened page lies on the page that is shown: lines stay lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Way([f64; 8]);

impl Way {
    /// The way that takes points as `to` does; `to` takes lines to lines.
    pub fn through(to: impl Fn(f32, f32) -> (f32, f32)) -> Self {
        let at = |x: f32, y: f32| {
            let (x, y) = to(x, y);
            (f64::from(x), f64::from(y))
        };
        let corners = [at(0.0, 0.0), at(1000.0, 0.0), at(1000.0, 1000.0), at(0.0, 1000.0)];
        Self(projective(corners, 1000.0))
    }

    /// Where a point lies.
    pub fn point(&self, x: f32, y: f32) -> (f32, f32) {
        let [a, b, c, d, e, f, g, h] = self.0;
        let (x, y) = (f64::from(x), f64::from(y));
        let w = g * x + h * y + 1.0;
        (((a * x + b * y + c) / w) as f32, ((d * x + e * y + f) / w) as f32)
    }

    /// The upright box around a box that was moved.
    pub fn rect(&self, r: Rect) -> Rect {
        let corners = [(r.x0, r.y0), (r.x1, r.y0), (r.x1, r.y1), (r.x0, r.y1)].map(|(x, y)| self.point(x, y));
        let least = |pick: fn((f32, f32)) -> f32| corners.into_iter().map(pick).fold(f32::INFINITY, f32::min);
        let most = |pick: fn((f32, f32)) -> f32| corners.into_iter().map(pick).fold(f32::NEG_INFINITY, f32::max);
        Rect {
            x0: least(|p| p.0),
            y0: least(|p| p.1),
            x1: most(|p| p.0),
            y1: most(|p| p.1),
        }
    }
}

/// The projective map that takes the square of side `s` to four corners, clockwise from the origin (Heckbert 1989).
fn projective(corners: [(f64, f64); 4], s: f64) -> [f64; 8] {
    let [p0, p1, p2, p3] = corners;
    let sum = (p0.0 - p1.0 + p2.0 - p3.0, p0.1 - p1.1 + p2.1 - p3.1);
    let (d1, d2) = ((p1.0 - p2.0, p1.1 - p2.1), (p3.0 - p2.0, p3.1 - p2.1));
    let whole = d1.0 * d2.1 - d2.0 * d1.1;
    let (g, h) = if whole.abs() < 1e-12 {
        (0.0, 0.0)
    } else {
        (
            (sum.0 * d2.1 - d2.0 * sum.1) / whole,
            (d1.0 * sum.1 - sum.0 * d1.1) / whole,
        )
    };
    [
        (p1.0 - p0.0 + g * p1.0) / s,
        (p3.0 - p0.0 + h * p3.0) / s,
        p0.0,
        (p1.1 - p0.1 + g * p1.1) / s,
        (p3.1 - p0.1 + h * p3.1) / s,
        p0.1,
        g / s,
        h / s,
    ]
}

/// The union of many rectangles, `None` for none.
pub fn union_all<'a>(rects: impl IntoIterator<Item = &'a Rect>) -> Option<Rect> {
    rects.into_iter().copied().reduce(|a, b| a.union(&b))
}
