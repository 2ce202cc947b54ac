//! Paths to bars. Comes in: a path and how it is painted. Goes out: [`Bar`]s, the upright rectangles of ink that a ruling may be:
//! straight strokes along an axis and filled rectangles. Refuses to decide whether a bar is thin enough, or visible: the collector
//! knows clips and paint.

use hayro_interpret::kurbo::{Affine, BezPath, PathEl, Point, Rect};

/// How far a line may lean over its whole length and still count as straight, in points.
const LEAN: f64 = 0.3;
/// … and as a share of its length, so that the pieces of a drawn curve do not count.
const SLOPE: f64 = 0.1;
/// A stroke shorter than this is a point, however wide its pen, in points …
const POINT: f64 = 0.3;
/// … unless the pen paints an area: some producers draw a line across its direction, as a short stroke of a pen as wide as the page.
const AREA_PEN: f64 = 3.0;
/// Corners beyond which a filled shape is no rectangle but a drawing (vector text, logo).
const MOST_CORNERS: usize = 6;
/// The share of its box that a filled shape must cover to count as a rectangle.
const COVER: f64 = 0.6;
/// The widest frame that is looked for between two nested rectangles, in points.
const FRAME: f64 = 3.0;

/// An upright rectangle of ink, in page coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bar {
    pub(super) rect: Rect,
    /// Whether it was stroked: a stroke of some width is still a line, a filled rectangle of that width is an area.
    pub(super) stroked: bool,
}

/// The straight pieces of a stroked path, each as wide as the pen. Dashes count as one line; curves give nothing.
pub(super) fn stroked(path: &BezPath, transform: Affine, pen: f64, mut sink: impl FnMut(Bar)) {
    let [a, b, c, d, _, _] = transform.as_coeffs();
    let pen = pen.abs() * (a * d - b * c).abs().sqrt();
    let mut start = Point::ORIGIN;
    let mut at = Point::ORIGIN;
    let mut line = |from: Point, to: Point| {
        if let Some(rect) = along_axis(from, to, pen) {
            sink(Bar { rect, stroked: true });
        }
    };
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) => {
                at = transform * p;
                start = at;
            }
            PathEl::LineTo(p) => {
                let to = transform * p;
                line(at, to);
                at = to;
            }
            PathEl::QuadTo(_, p) | PathEl::CurveTo(_, _, p) => at = transform * p,
            PathEl::ClosePath => {
                line(at, start);
                at = start;
            }
        }
    }
}

/// The box of a line along an axis, `None` where it leans too much or is only a point.
fn along_axis(from: Point, to: Point, pen: f64) -> Option<Rect> {
    let (w, h) = ((to.x - from.x).abs(), (to.y - from.y).abs());
    let (long, lean) = (w.max(h), w.min(h));
    if long <= 0.0 || lean > LEAN || lean > SLOPE * long || (long < POINT && pen <= AREA_PEN) {
        return None;
    }
    let (mid_x, mid_y) = (f64::midpoint(from.x, to.x), f64::midpoint(from.y, to.y));
    Some(if w >= h {
        Rect::new(from.x.min(to.x), mid_y - pen / 2.0, from.x.max(to.x), mid_y + pen / 2.0)
    } else {
        Rect::new(mid_x - pen / 2.0, from.y.min(to.y), mid_x + pen / 2.0, from.y.max(to.y))
    })
}

/// What a part of a filled path is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    /// A rectangle.
    Bar(Bar),
    /// A rectangle that is a wide hole in the one before it.
    Hole(Bar),
    /// Anything else.
    Figure {
        /// Its box.
        rect: Rect,
        /// Whether it fills most of it.
        full: bool,
        /// Whether it is a hole in the part before it.
        hole: bool,
    },
}

/// The parts of a filled path; a rectangle that is a hole in the one before it leaves the four bars of a frame.
pub(super) fn filled(path: &BezPath, transform: Affine, even_odd: bool, mut sink: impl FnMut(Shape)) {
    let mut outer: Option<(Rect, f64)> = None;
    let mut part = Subpath::default();
    let mut done = |part: &mut Subpath| {
        let part = std::mem::take(part);
        let Some(bounds) = part.bounds else { return };
        let area = part.signed_area();
        // A hole winds the other way, unless the even-odd rule makes every second layer one.
        let hole = outer.filter(|(_, around)| even_odd || around.signum() != area.signum());
        let within = hole.is_some_and(|(around, _)| around.contains(bounds.center()));
        outer = Some((bounds, area));
        let bar = Bar {
            rect: bounds,
            stroked: false,
        };
        match (
            part.rectangle().is_some(),
            hole.and_then(|(around, _)| frame(around, bounds)),
        ) {
            (true, Some(frame)) => frame
                .into_iter()
                .for_each(|rect| sink(Shape::Bar(Bar { rect, stroked: false }))),
            (true, None) if within => sink(Shape::Hole(bar)),
            (true, None) => sink(Shape::Bar(bar)),
            (false, _) => sink(Shape::Figure {
                rect: bounds,
                full: area.abs() >= COVER * bounds.area(),
                hole: within,
            }),
        }
    };
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) => {
                done(&mut part);
                part.push(transform * p);
            }
            PathEl::LineTo(p) => part.push(transform * p),
            PathEl::QuadTo(_, p) | PathEl::CurveTo(_, _, p) => {
                part.push(transform * p);
                part.curved = true;
            }
            PathEl::ClosePath => {}
        }
    }
    done(&mut part);
}

/// One closed part of a path, measured as it comes.
#[derive(Default)]
struct Subpath {
    first: Point,
    last: Point,
    corners: usize,
    bounds: Option<Rect>,
    /// Twice the signed area so far.
    area: f64,
    curved: bool,
}

impl Subpath {
    fn push(&mut self, p: Point) {
        if self.corners == 0 {
            self.first = p;
        } else {
            self.area += self.last.x * p.y - p.x * self.last.y;
        }
        self.last = p;
        self.corners += 1;
        self.bounds = Some(self.bounds.map_or(Rect::new(p.x, p.y, p.x, p.y), |b| b.union_pt(p)));
    }

    /// The area between its corners.
    fn signed_area(&self) -> f64 {
        (self.area + self.last.x * self.first.y - self.first.x * self.last.y) / 2.0
    }

    /// Its box and signed area where it is a rectangle.
    fn rectangle(self) -> Option<(Rect, f64)> {
        let bounds = self
            .bounds
            .filter(|_| !self.curved && (3..=MOST_CORNERS).contains(&self.corners))?;
        let area = self.signed_area();
        let is_rectangle = area.abs() >= COVER * bounds.area();
        is_rectangle.then_some((bounds, area))
    }
}

/// The four sides between two nested rectangles, where each is thin.
fn frame(outer: Rect, inner: Rect) -> Option<[Rect; 4]> {
    let gaps = [
        inner.x0 - outer.x0,
        inner.y0 - outer.y0,
        outer.x1 - inner.x1,
        outer.y1 - inner.y1,
    ];
    gaps.iter().all(|gap| (0.0..=FRAME).contains(gap)).then_some([
        Rect::new(outer.x0, outer.y0, outer.x1, inner.y0),
        Rect::new(outer.x0, inner.y1, outer.x1, outer.y1),
        Rect::new(outer.x0, outer.y0, inner.x0, outer.y1),
        Rect::new(inner.x1, outer.y0, outer.x1, outer.y1),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars(svg: &str, even_odd: bool) -> Vec<Rect> {
        let mut out = Vec::new();
        let path = BezPath::from_svg(svg).unwrap_or_default();
        filled(&path, Affine::IDENTITY, even_odd, |s| match s {
            Shape::Bar(b) | Shape::Hole(b) => out.push(b.rect),
            Shape::Figure { .. } => {}
        });
        out
    }

    fn lines(svg: &str) -> Vec<Rect> {
        let mut out = Vec::new();
        let path = BezPath::from_svg(svg).unwrap_or_default();
        stroked(&path, Affine::IDENTITY, 1.0, |b| out.push(b.rect));
        out
    }

    #[test]
    fn strokes_along_the_axes_count_and_others_do_not() {
        assert_eq!(
            lines("M0 0 L100 0.2 L100 50 L60 20 M5 5 L5 5"),
            [Rect::new(0.0, -0.4, 100.0, 0.6), Rect::new(99.5, 0.2, 100.5, 50.0)]
        );
        assert_eq!(lines("M0 0 L10 0 L10 10 L0 10 Z").len(), 4);
        assert!(lines("M0 0 C10 0 20 0 30 0").is_empty());
    }

    #[test]
    fn a_frame_is_four_bars() {
        assert_eq!(bars("M0 0 H100 V50 H0 Z M1 1 H99 V49 H1 Z", true).len(), 5);
        assert_eq!(bars("M0 0 H100 V50 H0 Z M1 1 V49 H99 V1 Z", false).len(), 5);
        assert_eq!(bars("M0 0 H100 V50 H0 Z M1 1 H99 V49 H1 Z", false).len(), 2);
    }

    #[test]
    fn drawings_are_no_rectangles() {
        assert!(bars("M0 0 L10 0 L5 1 Z", false).is_empty());
        assert!(bars("M0 0 H9 V1 H8 V2 H7 V3 H6 Z", false).is_empty());
        assert_eq!(bars("M0 0 H10 V0.5 H0 Z M20 0 H30 V0.5 H20 Z", false).len(), 2);
    }
}
