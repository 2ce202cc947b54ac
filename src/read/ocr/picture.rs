//! Pixels. Comes in: what a renderer or a decoder made. Goes out: the same, turned, straightened and cut. Refuses to see anything in
//! them.

/// A picture in colours: red, green, blue.
#[derive(Clone, Debug)]
pub struct Rgb {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Three bytes a pixel, line by line from the top.
    pub data: Vec<u8>,
}

/// A picture in shades of gray, 0 is black.
#[derive(Clone, Debug)]
pub(super) struct Gray {
    pub width: usize,
    pub height: usize,
    pub data: Vec<u8>,
}

/// What is ink (1) and what is paper (0).
#[derive(Clone, Debug)]
pub(super) struct Ink {
    pub width: usize,
    pub height: usize,
    pub data: Vec<u8>,
}

/// A box of pixels; `x1` and `y1` lie outside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub x0: usize,
    pub y0: usize,
    pub x1: usize,
    pub y1: usize,
}

impl Area {
    pub(super) fn width(&self) -> usize {
        self.x1 - self.x0
    }

    pub(super) fn height(&self) -> usize {
        self.y1 - self.y0
    }

    pub(super) fn union(&self, other: &Area) -> Area {
        Area {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }
}

/// Paper.
pub(super) const WHITE: u8 = 255;

impl Gray {
    /// By quarter turns clockwise.
    pub(super) fn turned(&self, quarters: u8) -> Gray {
        let (w, h) = (self.width, self.height);
        let (width, height) = if quarters % 2 == 1 { (h, w) } else { (w, h) };
        let mut data = Vec::with_capacity(w * h);
        for y in 0..height {
            for x in 0..width {
                let from = match quarters % 4 {
                    1 => (h - 1 - x) * w + y,
                    2 => (h - 1 - y) * w + (w - 1 - x),
                    3 => x * w + (w - 1 - y),
                    _ => y * w + x,
                };
                data.push(self.data[from]);
            }
        }
        Gray { width, height, data }
    }

    /// The shade between pixels; outside of the picture is paper.
    fn between(&self, x: f32, y: f32) -> u8 {
        let (x0, y0) = (x.floor(), y.floor());
        let (fx, fy) = (x - x0, y - y0);
        let (x0, y0) = (x0 as i64, y0 as i64);
        let at = |x: i64, y: i64| {
            let inside = x >= 0 && y >= 0 && (x as usize) < self.width && (y as usize) < self.height;
            f32::from(if inside {
                self.data[y as usize * self.width + x as usize]
            } else {
                WHITE
            })
        };
        let top = at(x0, y0) * (1.0 - fx) + at(x0 + 1, y0) * fx;
        let bottom = at(x0, y0 + 1) * (1.0 - fx) + at(x0 + 1, y0 + 1) * fx;
        (top * (1.0 - fy) + bottom * fy).round() as u8
    }

    /// The picture of the same size whose pixel (x, y) is the one at `from(x, y)` here.
    pub(super) fn mapped(&self, from: impl Fn(f32, f32) -> (f32, f32)) -> Gray {
        let mut data = Vec::with_capacity(self.data.len());
        for y in 0..self.height {
            for x in 0..self.width {
                let (sx, sy) = from(x as f32, y as f32);
                data.push(self.between(sx, sy));
            }
        }
        Gray { data, ..*self }
    }

    /// A part of the picture, scaled to a height; where it sticks out is paper.
    pub(super) fn scaled(
        &self,
        x: std::ops::Range<f32>,
        y: std::ops::Range<f32>,
        width: usize,
        height: usize,
    ) -> Vec<u8> {
        let (sx, sy) = ((x.end - x.start) / width as f32, (y.end - y.start) / height as f32);
        let mut out = Vec::with_capacity(width * height);
        for row in 0..height {
            let cy = y.start + (row as f32 + 0.5) * sy - 0.5;
            for col in 0..width {
                let cx = x.start + (col as f32 + 0.5) * sx - 0.5;
                // Where it shrinks by half and more, single points would miss strokes.
                out.push(if sx > 1.6 || sy > 1.6 {
                    self.mean(cx, cy, sx, sy)
                } else {
                    self.between(cx, cy)
                });
            }
        }
        out
    }

    fn mean(&self, cx: f32, cy: f32, sx: f32, sy: f32) -> u8 {
        let (nx, ny) = (sx.ceil().clamp(1.0, 8.0), sy.ceil().clamp(1.0, 8.0));
        let mut sum = 0.0;
        for j in 0..ny as usize {
            for i in 0..nx as usize {
                let x = cx + ((i as f32 + 0.5) / nx - 0.5) * sx;
                let y = cy + ((j as f32 + 0.5) / ny - 0.5) * sy;
                sum += f32::from(self.between(x, y));
            }
        }
        (sum / (nx * ny)).round() as u8
    }
}

impl Ink {
    /// Rows become columns.
    pub(super) fn transposed(&self) -> Ink {
        let mut data = vec![0; self.data.len()];
        for y in 0..self.height {
            let row = &self.data[y * self.width..(y + 1) * self.width];
            for (x, v) in row.iter().enumerate() {
                data[x * self.height + y] = *v;
            }
        }
        Ink {
            width: self.height,
            height: self.width,
            data,
        }
    }
}
