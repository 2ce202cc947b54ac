//! The ear at hayro's interpreter. Comes in: its drawing calls, in the order of the content stream. Goes out: one [`Page`].
//! Applies clips (by their boxes), drops what lies outside, what is blank and what is drawn twice, and keeps the limits.
//! Refuses to snap or merge rulings.
//!
//! What is kept, and what is not:
//! - Text that nobody sees goes: without colour, of the colour below it, covered by a later fill. Invisible text (`Tr 3`) and text
//!   below a picture of the page stay where they are the only text: the layer of a recognised scan.
//! - What is covered in part, or by a picture, stands as U+FFFD.
//! - Glyphs of white space go: a layout sees the gap they leave.
//! - Rulings painted white go, unless they part an area painted in another colour (the header rows of some templates).
//! - A filled square no wider than a ruling counts along both axes: dotted borders are made of such squares.

use super::overprint::Overprint;
use super::paint::{Canvas, Ink, Sight};
use super::path::{self, Bar, Shape as Drawn};
use super::shape::{Shapes, Verdict};
use super::unicode::Unicode;
use crate::clock::Deadline;
use crate::geom::{Axis, Rect};
use crate::read::{Glyph, GlyphText, Limits, Page, Ruling};
use hayro_interpret::font::{self, GlyphRun};
use hayro_interpret::hayro_cmap::WritingMode;
use hayro_interpret::kurbo::{Affine, BezPath, Rect as Box64, Shape};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, FillRule, Image, ImageDrawProps, Paint, SoftMask,
};
use hayro_syntax::page::Resources;
use std::panic::resume_unwind;

/// Filled rectangles up to this thickness are rulings, in points.
const THIN: f64 = 3.0;
/// Strokes may be thicker …
const THICK_STROKE: f64 = 8.0;
/// … when they are this many times longer.
const STROKE_ASPECT: f64 = 10.0;
/// Shorter than this a bar is a dot, in points.
const SHORTEST: f64 = 0.3;
/// Thickness against length beyond which a thin bar has no direction.
const SQUARE: f64 = 0.7;
/// Ascent and descent as shares of the font size.
const ASCENT: f64 = 0.86;
const DESCENT: f64 = crate::read::DESCENT as f64;
/// Glyph space units of an em.
const EM: f64 = 1000.0;
/// How far text may be turned and still count as upright, as rise over run.
const TURN: f64 = 0.02;
/// The share of a glyph's box that a clip must leave for the glyph to be on the page.
const SHOWN_WIDTH: f32 = 0.5;
const SHOWN_HEIGHT: f32 = 0.33;
/// Areas that are remembered to judge white rulings.
const MOST_AREAS: usize = 256;
/// Most shapes of a page that are no rectangles.
const MOST_DRAWINGS: usize = 20_000;
/// Smaller than this a shape is a dot, larger than this a picture, in points.
const DRAWING: std::ops::RangeInclusive<f64> = 1.0..=60.0;
/// The least box of an image that may be a scan with recognised text over it, in points.
const SCAN: (f32, f32) = (60.0, 20.0);
/// A page whose visible glyphs are fewer than this share of the invisible ones shows something else than text.
const FEW: usize = 10;
/// Most images of a page: some producers tile a scan, none so finely.
const MOST_IMAGES: usize = 10_000;
/// Drawing calls between two looks at the clock.
const CLOCK_EVERY: u32 = 256;

/// Why the interpretation of a page was stopped from within.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stop {
    Glyphs,
    Rulings,
    Seconds,
    Content,
    Widths,
}

impl Stop {
    /// The name of the limit.
    pub(super) fn limit(self) -> &'static str {
        match self {
            Stop::Glyphs => "glyphs per page",
            Stop::Rulings => "rulings per page",
            Stop::Seconds => "seconds per document",
            Stop::Widths => "codes per font",
            Stop::Content => "bytes of content per page",
        }
    }

    /// hayro has no way to be asked to stop. Unwinding through it is the only one; `resume_unwind` does so without the panic hook's
    /// message, and the caller tells this payload from a real panic.
    pub(super) fn now(self) -> ! {
        resume_unwind(Box::new(self))
    }
}

/// Collects one page.
pub(super) struct Collector<'d, 'a> {
    page: Page,
    resources: &'d Resources<'a>,
    unicode: &'d mut Unicode,
    shapes: &'d mut Shapes,
    limits: &'d Limits,
    deadline: Option<Deadline>,
    calls: u32,
    /// The page, then each clip cut by those before it. An empty clip has no area and a negative width.
    clips: Vec<Box64>,
    overprint: Overprint,
    canvas: Canvas,
    /// How much the groups that are open let through.
    opacity: Vec<f32>,
    /// Text in rendering mode 3, and what of it stands there already.
    ghosts: Vec<Glyph>,
    ghost_prints: Overprint,
    /// Glyphs that repeat another, by their numbers.
    repeated: Vec<usize>,
    /// Filled areas too large for rulings, and whether they are white, in painting order.
    areas: Vec<(Box64, bool)>,
}

impl<'d, 'a> Collector<'d, 'a> {
    pub(super) fn new(
        page: Page,
        resources: &'d Resources<'a>,
        (unicode, shapes): (&'d mut Unicode, &'d mut Shapes),
        limits: &'d Limits,
        deadline: Option<Deadline>,
    ) -> Self {
        let whole = Box64::new(0.0, 0.0, f64::from(page.width), f64::from(page.height));
        Self {
            page,
            resources,
            unicode,
            shapes,
            limits,
            deadline,
            calls: 0,
            clips: vec![whole],
            overprint: Overprint::default(),
            canvas: Canvas::default(),
            opacity: Vec::new(),
            ghosts: Vec::new(),
            ghost_prints: Overprint::default(),
            repeated: Vec::new(),
            areas: Vec::new(),
        }
    }

    pub(super) fn finish(mut self) -> Page {
        let repeats = self.second_prints();
        self.leave_out_covered(&repeats);
        self.recognised_text();
        self.page.overpainted = self.canvas.full;
        self.page
    }

    /// Which glyphs are second prints. One of which the rest of its number stands elsewhere is none: there two numbers meet, and the
    /// layout must see both.
    fn second_prints(&mut self) -> Vec<bool> {
        let glyphs = &self.page.glyphs;
        let repeated = std::mem::take(&mut self.repeated);
        let mut out = vec![false; if repeated.is_empty() { 0 } else { glyphs.len() }];
        let near = |a: &Glyph, b: &Glyph, x: f32| x.abs() < 0.15 * a.size && (a.baseline - b.baseline).abs() < 0.5;
        let number = |g: &Glyph| matches!(g.text, GlyphText::Char(c) if c.is_ascii_digit() || matches!(c, '.' | ','));
        for run in repeated.chunk_by(|a, b| a + 1 == *b) {
            let (first, last) = (run[0], run[run.len() - 1]);
            let before = first.checked_sub(1).and_then(|n| glyphs.get(n));
            let goes_on = |a: Option<&Glyph>, b: Option<&Glyph>| {
                a.zip(b)
                    .is_some_and(|(a, b)| number(a) && number(b) && near(a, b, b.rect.x0 - a.rect.x1))
            };
            let twin = before.is_some_and(|b| near(b, &glyphs[first], b.rect.x0 - glyphs[first].rect.x0));
            let part = goes_on(before, glyphs.get(first)) || goes_on(glyphs.get(last), glyphs.get(last + 1));
            if twin || !part {
                out[first..=last].fill(true);
            }
        }
        out
    }

    /// What a later fill covers goes, what it covers in part is in doubt.
    fn leave_out_covered(&mut self, repeats: &[bool]) {
        let area = self.page.width * self.page.height;
        let sights = self
            .canvas
            .sights(&self.page.glyphs, area, || self.look_at_clock_once());
        let Some(sights) = sights else {
            let mut number = repeats.iter();
            self.page.glyphs.retain(|_| !number.next().copied().unwrap_or(false));
            return;
        };
        let below = sights.iter().filter(|s| **s == Sight::BelowPicture).count();
        // Text under a picture of the page is its recognised text, unless other text stands over the picture.
        let recognised = below > 0 && sights.iter().filter(|s| **s == Sight::Seen).count() * FEW <= below;
        self.page.recognised |= recognised;
        let mut kept = Vec::with_capacity(self.page.glyphs.len());
        for (n, (mut glyph, sight)) in std::mem::take(&mut self.page.glyphs)
            .into_iter()
            .zip(sights)
            .enumerate()
        {
            if repeats.get(n).copied().unwrap_or(false) {
                continue;
            }
            match sight {
                Sight::Seen => {}
                Sight::BelowPicture if recognised => {}
                Sight::Covered => {
                    self.page.hidden += 1;
                    continue;
                }
                Sight::InPart | Sight::BelowPicture => {
                    glyph.text = GlyphText::Char(char::REPLACEMENT_CHARACTER);
                    self.page.in_doubt = Some(self.page.in_doubt.map_or(glyph.rect, |r| r.union(&glyph.rect)));
                }
            }
            kept.push(glyph);
        }
        self.page.glyphs = kept;
    }

    /// Invisible text over the picture of a text is what a program recognised there; anywhere else nobody sees it.
    fn recognised_text(&mut self) {
        let alone = self.page.glyphs.len() * FEW <= self.ghosts.len();
        for ghost in std::mem::take(&mut self.ghosts) {
            let (x, y) = (ghost.rect.mid_x(), ghost.rect.mid_y());
            let scan = |r: &Rect| r.width() >= SCAN.0 && r.height() >= SCAN.1 && r.contains(x, y);
            if (alone || self.page.images.iter().take(FEW).any(scan))
                && self.page.glyphs.len() < self.limits.glyphs_per_page
            {
                self.page.recognised = true;
                self.page.glyphs.push(ghost);
            } else {
                self.page.hidden += 1;
            }
        }
    }

    fn look_at_clock_once(&self) {
        self.look_at_clock();
    }

    /// The page's own box.
    pub(super) fn bounds(&self) -> Box64 {
        Box64::new(0.0, 0.0, f64::from(self.page.width), f64::from(self.page.height))
    }

    fn tick(&mut self) {
        self.calls = self.calls.wrapping_add(1);
        if self.calls.is_multiple_of(CLOCK_EVERY) {
            self.look_at_clock();
        }
    }

    fn look_at_clock(&self) {
        if self.deadline.is_some_and(|d| d.passed()) {
            Stop::Seconds.now();
        }
    }

    fn clip(&self) -> Box64 {
        self.clips.last().copied().unwrap_or(Box64::ZERO)
    }

    fn push_clip(&mut self, clip: Box64) {
        let cut = cut(clip, self.clip()).unwrap_or(NOWHERE);
        self.clips.push(cut);
    }

    fn glyph(&mut self, glyph: &font::Glyph<'a>, transform: Affine, horizontal: bool, (ink, ghost): (Ink, bool)) {
        let placed = Placed::new(glyph, transform, horizontal);
        if !placed.is_sane() {
            return;
        }
        if !is_shown(placed.rect, self.clip()) {
            if !ghost && !ink.is_pale() {
                self.beyond(glyph, placed.rect);
            }
            return;
        }
        let mut text = self.unicode.text(glyph, self.resources);
        let shape = self.shape(glyph, text.as_ref());
        if shape.wrong {
            text = Some(GlyphText::Char(char::REPLACEMENT_CHARACTER));
            let around = self.page.in_doubt.map_or(placed.rect, |r| r.union(&placed.rect));
            self.page.in_doubt = Some(around);
        }
        if text.as_ref().is_some_and(is_nothing) {
            if text.as_ref().is_some_and(GlyphText::is_blank) && self.page.blanks.len() < self.limits.glyphs_per_page {
                self.page.blanks.push(placed.rect);
            }
            return;
        }
        if ink.is_nothing() || (!ghost && self.canvas.is_alike(ink, placed.rect.mid_x(), placed.rect.mid_y())) {
            self.page.hidden += 1;
            return;
        }
        let key = text.as_ref().map_or_else(|| unmapped_key(glyph.char_code()), key);
        let (seen, number) = match ghost {
            true => (&mut self.ghost_prints, self.ghosts.len()),
            false => (&mut self.overprint, self.page.glyphs.len()),
        };
        let before = seen.repeats(key, placed.origin, (placed.size, placed.advance), number);
        // What was painted over since stands there no more: the second print is the only one.
        if before.is_some_and(|n| ghost || !self.canvas.covers_since(n, &placed.rect)) {
            if ghost {
                return;
            }
            self.repeated.push(number);
        }
        if number >= self.limits.glyphs_per_page {
            Stop::Glyphs.now();
        }
        self.page.unmapped += u32::from(text.is_none());
        let glyph = Glyph {
            text: text.unwrap_or(GlyphText::Char(char::REPLACEMENT_CHARACTER)),
            rect: placed.rect,
            baseline: placed.origin.1,
            size: placed.size,
            upright: placed.upright,
            turn: placed.turn,
            ink: ink.rgb,
            font: shape.font,
        };
        match ghost {
            true => self.ghosts.push(glyph),
            false => self.page.glyphs.push(glyph),
        }
    }

    /// Counts a character beside the page: a sheet wider than its paper, or a page that is not as large as it was. Whole lines above or
    /// below are those of the pages before and behind. Watermarks, which are tiled across the edges, are pale.
    fn beyond(&mut self, glyph: &font::Glyph<'a>, rect: Rect) {
        let level = rect.mid_y() > 0.0 && rect.mid_y() < self.page.height;
        if level && !is_shown(rect, self.bounds()) {
            let text = self.unicode.text(glyph, self.resources);
            self.page.beyond += u32::from(text.is_some_and(|t| !is_nothing(&t)));
        }
    }

    /// Whether a digit, a sign of a number or a blank is drawn as another one.
    fn shape(&mut self, glyph: &font::Glyph<'a>, text: Option<&GlyphText>) -> Verdict {
        match (glyph, text) {
            (font::Glyph::Outline(outline), Some(text)) if is_nothing(text) => self.shapes.judge(outline, None),
            (font::Glyph::Outline(outline), Some(GlyphText::Char(c))) if c.is_ascii() => {
                self.shapes.judge(outline, Some(*c))
            }
            _ => Verdict::default(),
        }
    }

    /// A paint with what the open groups leave of it.
    fn ink(&self, paint: &Paint<'a>) -> Ink {
        let mut ink = Ink::of(paint);
        ink.alpha *= self.opacity.last().copied().unwrap_or(1.0);
        ink
    }

    /// A bar of ink: cut by the clip, then ruling, area or nothing.
    fn bar(&mut self, bar: Bar, paint: Option<&Paint<'a>>) {
        let Some(rect) = cut(bar.rect, self.clip()) else { return };
        let (long, thick) = (rect.width().max(rect.height()), rect.width().min(rect.height()));
        if long < SHORTEST {
            return;
        }
        let is_line = thick <= THIN || (bar.stroked && thick <= THICK_STROKE && long >= STROKE_ASPECT * thick);
        match paint.map_or(Shade::Dark, shade) {
            Shade::None => {}
            shade if !is_line => self.area(rect, shade == Shade::White),
            Shade::White if !self.parts_an_area(rect) => {}
            _ => self.ruling(rect, long, thick),
        }
    }

    fn ruling(&mut self, rect: Box64, long: f64, thick: f64) {
        let square = thick > SQUARE * long;
        let push = |page: &mut Page, axis, at: f64, start: f64, end: f64| {
            page.rulings.push(Ruling {
                axis,
                at: at as f32,
                start: start as f32,
                end: end as f32,
            });
        };
        if self.page.rulings.len().saturating_add(usize::from(square)) >= self.limits.rulings_per_page {
            Stop::Rulings.now();
        }
        if square || rect.width() >= rect.height() {
            push(&mut self.page, Axis::Horizontal, rect.center().y, rect.x0, rect.x1);
        }
        if square || rect.width() < rect.height() {
            push(&mut self.page, Axis::Vertical, rect.center().x, rect.y0, rect.y1);
        }
    }

    /// A fill hides what lies below it; a line is too thin for that.
    fn cover(&mut self, rect: Box64, ink: Ink, hides: bool) {
        let Some(rect) = cut(rect, self.clip()).filter(|r| hides && r.width().min(r.height()) > THIN) else {
            return;
        };
        self.canvas.fill(rect, ink, self.page.glyphs.len());
    }

    /// A shape that is no rectangle: it may be a character that was turned into curves.
    fn drawing(&mut self, rect: Box64, ink: Ink) {
        let Some(rect) = cut(rect, self.clip()) else { return };
        let size = rect.width().max(rect.height());
        let seen = !ink.is_nothing() && !ink.is_white();
        if seen && DRAWING.contains(&size) && self.page.drawings.len() < MOST_DRAWINGS {
            self.page.drawings.push(narrow(rect));
        }
    }

    fn area(&mut self, rect: Box64, white: bool) {
        // Nearly every document paints its page white first; that is no area yet.
        if self.areas.len() < MOST_AREAS && !(white && self.areas.is_empty()) {
            self.areas.push((rect, white));
        }
    }

    /// Whether the last area painted under the middle of a white line has a colour.
    fn parts_an_area(&self, line: Box64) -> bool {
        let middle = line.center();
        let below = self.areas.iter().rev().find(|(area, _)| area.contains(middle));
        below.is_some_and(|(_, white)| !white)
    }

    fn path(&mut self, path: &BezPath, props: &DrawProps<'a>, mode: &DrawMode) {
        self.tick();
        let (fill, pen) = match mode {
            DrawMode::Fill(rule) => (Some(*rule), None),
            DrawMode::Stroke(stroke) => (None, Some(stroke.line_width)),
            DrawMode::FillAndStroke(rule, stroke) => (Some(*rule), Some(stroke.line_width)),
            DrawMode::Invisible => (None, None),
        };
        if let Some(rule) = fill {
            let even_odd = rule == FillRule::EvenOdd;
            let ink = self.ink(&props.paint);
            let hides = props.soft_mask.is_none() && ink.hides(props.blend_mode);
            path::filled(path, props.transform, even_odd, |drawn| match drawn {
                Drawn::Bar(bar) => {
                    self.cover(bar.rect, ink, hides);
                    self.bar(bar, Some(&props.paint));
                }
                Drawn::Hole(bar) => {
                    self.canvas.hole(bar.rect);
                    self.bar(bar, Some(&props.paint));
                }
                Drawn::Figure { rect, hole: true, .. } => self.canvas.hole(rect),
                Drawn::Figure { rect, full, .. } => {
                    self.cover(rect, ink, hides && full);
                    self.drawing(rect, ink);
                }
            });
        }
        if let Some(pen) = pen {
            path::stroked(path, props.transform, f64::from(pen), |bar| {
                self.bar(bar, Some(&props.paint))
            });
        }
    }
}

impl<'a> Device<'a> for Collector<'_, 'a> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.path(path, &props, mode);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        // Every form begins here, and a form can be long without drawing anything.
        self.look_at_clock();
        self.push_clip(clip.path.bounding_box());
    }

    fn push_clip_rect(&mut self, clip: &Box64) {
        self.tick();
        self.push_clip(*clip);
    }

    fn pop_clip(&mut self) {
        if self.clips.len() > 1 {
            self.clips.pop();
        }
    }

    fn push_transparency_group(&mut self, opacity: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        let around = self.opacity.last().copied().unwrap_or(1.0);
        self.opacity.push(around * opacity);
    }

    fn pop_transparency_group(&mut self) {
        self.opacity.pop();
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.tick();
        let horizontal = run.writing_mode() == WritingMode::Horizontal;
        let ghost = matches!(mode, DrawMode::Invisible);
        let ink = self.ink(&props.paint);
        for glyph in run.glyphs() {
            self.glyph(glyph, props.transform * glyph.transform(), horizontal, (ink, ghost));
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.tick();
        let pixels = Box64::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        self.page.pixels = self
            .page
            .pixels
            .saturating_add(u64::from(image.width()) * u64::from(image.height()));
        let drawn = props.transform.transform_rect_bbox(pixels);
        let Some(rect) = cut(drawn, self.clip()) else { return };
        if rect.width().min(rect.height()) <= THIN {
            // Some producers draw every line as an image of one pixel.
            self.bar(Bar { rect, stroked: false }, None);
        } else if self.page.images.len() < MOST_IMAGES {
            self.page.images.push(narrow(rect));
            let whole = self.opacity.last().is_none_or(|o| *o > 0.97);
            if whole && props.soft_mask.is_none() && props.blend_mode == BlendMode::Normal && is_opaque(&image) {
                self.canvas.image(rect, self.page.glyphs.len());
            }
        }
    }
}

/// Where a glyph stands, before anything is known of its text.
struct Placed {
    origin: (f32, f32),
    rect: Rect,
    size: f32,
    advance: f32,
    upright: bool,
    turn: i16,
}

impl Placed {
    fn new(glyph: &font::Glyph<'_>, transform: Affine, horizontal: bool) -> Self {
        let width = match glyph {
            font::Glyph::Outline(outline) => outline.advance_width(),
            font::Glyph::Type3(drawn) => drawn.advance_width(),
        };
        // In vertical writing hayro gives the advance along the column only; ideographs are an em wide.
        let width = if horizontal {
            f64::from(width.unwrap_or(500.0))
        } else {
            EM
        };
        let [a, b, c, d, x, y] = transform.as_coeffs();
        let upright = horizontal && a > 0.0 && d < 0.0 && b.abs() <= TURN * a;
        // A slant (fake italics) leaves the height of upright text as it is.
        let size = EM * if upright { d.abs() } else { c.hypot(d) };
        let rect = if upright {
            Box64::new(x, y - ASCENT * size, x + a * width, y + DESCENT * size)
        } else {
            transform.transform_rect_bbox(Box64::new(0.0, -DESCENT * EM, width, ASCENT * EM))
        };
        Self {
            origin: (x as f32, y as f32),
            rect: narrow(rect.abs()),
            size: size as f32,
            advance: (width * a.hypot(b)) as f32,
            upright,
            turn: match upright || !horizontal {
                true => 0,
                false => (b.atan2(a).to_degrees().round() as i16).rem_euclid(360),
            },
        }
    }

    /// Text without size cannot be seen, and would have no em to measure gaps by.
    fn is_sane(&self) -> bool {
        self.size > 0.01 && self.size.is_finite() && self.advance.is_finite()
    }
}

/// What a paint leaves on white paper.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shade {
    None,
    White,
    Dark,
}

fn shade(paint: &Paint<'_>) -> Shade {
    let Paint::Color(color) = paint else { return Shade::Dark };
    let [r, g, b, alpha] = color.to_rgba().components();
    if alpha < 0.02 {
        Shade::None
    } else if r.min(g).min(b) > 0.99 {
        Shade::White
    } else {
        Shade::Dark
    }
}

/// Whether an image hides all that lies below its box.
fn is_opaque(image: &Image<'_, '_>) -> bool {
    match image {
        Image::Stencil(_) => false,
        Image::Raster(raster) => {
            let dict = raster.stream().dict();
            !["SMask", "Mask", "ImageMask", "SMaskInData"]
                .iter()
                .any(|key| dict.contains_key(*key))
        }
    }
}

/// The clip in which nothing is shown.
const NOWHERE: Box64 = Box64::new(f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);

/// The common part; lines without thickness count, NaN does not.
fn cut(rect: Box64, clip: Box64) -> Option<Box64> {
    let cut = Box64::new(
        rect.x0.max(clip.x0),
        rect.y0.max(clip.y0),
        rect.x1.min(clip.x1),
        rect.y1.min(clip.y1),
    );
    (cut.x0 <= cut.x1 && cut.y0 <= cut.y1).then_some(cut)
}

/// Whether enough of a glyph is inside the clip to be read. Spreadsheets cut the first and last line of a cell that is too low, and
/// people still read the half line; what they cut off sideways stands in the next cell's way and is gone.
fn is_shown(glyph: Rect, clip: Box64) -> bool {
    let clip = narrow_open(clip);
    // NaN fails both comparisons: what has no place is not on the page.
    glyph.overlap_x(&clip) >= SHOWN_WIDTH * glyph.width() && glyph.overlap_y(&clip) >= SHOWN_HEIGHT * glyph.height()
}

fn narrow(rect: Box64) -> Rect {
    Rect::new(rect.x0 as f32, rect.y0 as f32, rect.x1 as f32, rect.y1 as f32)
}

/// The same without putting the corners in order: an empty clip has to stay empty.
fn narrow_open(rect: Box64) -> Rect {
    Rect {
        x0: rect.x0 as f32,
        y0: rect.y0 as f32,
        x1: rect.x1 as f32,
        y1: rect.y1 as f32,
    }
}

/// White space and characters without a mark.
fn is_nothing(text: &GlyphText) -> bool {
    let invisible = |c: char| matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}');
    text.is_blank() || matches!(text, GlyphText::Char(c) if invisible(*c))
}

/// A number for the text, to tell repetitions.
fn key(text: &GlyphText) -> u32 {
    match text {
        GlyphText::Char(c) => u32::from(*c),
        GlyphText::Str(s) => s.chars().fold(0x4000_0000, |n, c| n.rotate_left(7) ^ u32::from(c)),
    }
}

/// Glyphs without text are told apart by their code.
fn unmapped_key(code: u32) -> u32 {
    code | 0x8000_0000
}
