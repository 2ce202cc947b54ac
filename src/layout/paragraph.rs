//! Lines to paragraphs. Comes in: [`Layout`] and the habits of a language as data ([`Habits`]). Goes out: paragraphs and tables
//! in reading order, soft breaks joined, over pages too; running heads, feet and page numbers left out. Every character keeps
//! its page and box. Refuses to decide what a text means: what is a heading, a list number or a full stop is said from outside.

use super::{Block, Layout, Line};
use crate::geom::{Rect, union_all};
use crate::place::Place;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What geometry cannot know, as data.
pub struct Habits<'h> {
    /// Characters that end a sentence.
    pub ends: &'h str,
    /// Characters that part its clauses.
    pub commas: &'h str,
    /// Whether a line begins something of its own: a list number, a heading.
    pub opens: &'h dyn Fn(&str) -> bool,
    /// Whether a line is only the number of a page, where the file does not know its pages.
    pub page_mark: &'h dyn Fn(&str) -> bool,
    /// Whether a text is a heading as it stands: nothing is joined to it, and it is joined to nothing. Asked again for a
    /// paragraph that grows: a long text must be answered without reading it.
    pub heading: &'h dyn Fn(&str) -> bool,
}

/// A paragraph, its soft line breaks joined.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Paragraph {
    /// The text as printed.
    pub text: String,
    /// Page and box of every `char` of the text.
    pub chars: Vec<(u32, Rect)>,
    /// How many printed lines.
    pub lines: usize,
    /// Whether its first line stands in from the left margin.
    pub indented: bool,
    /// Font size of its first line.
    pub size: f32,
}

impl Paragraph {
    /// A text without a page, for tests and for text that comes from elsewhere.
    pub fn of(text: &str) -> Self {
        Self {
            text: text.to_string(),
            chars: vec![(0, Rect::default()); text.chars().count()],
            lines: 1,
            indented: true,
            size: 0.0,
        }
    }

    /// The first page.
    pub fn page(&self) -> u32 {
        self.chars.first().map_or(0, |c| c.0)
    }

    /// The last page.
    pub fn last_page(&self) -> u32 {
        self.chars.last().map_or(0, |c| c.0)
    }

    /// Where a byte range of the text stands: the page on which it begins, and the box of the part on that page.
    pub fn place(&self, range: std::ops::Range<usize>) -> Place {
        let first = self.text.get(..range.start).map_or(0, |t| t.chars().count());
        let count = self.text.get(range).map_or(0, |t| t.chars().count());
        self.place_of_chars(first, count)
    }

    /// The same for characters.
    pub fn place_of_chars(&self, first: usize, count: usize) -> Place {
        let Some((page, at)) = self.chars.get(first.min(self.chars.len().saturating_sub(1))) else {
            return Place::default();
        };
        let part = self.chars.iter().skip(first).take(count);
        let rects: Vec<Rect> = part.take_while(|c| c.0 == *page).map(|c| c.1).collect();
        Place::new(*page, union_all(&rects).unwrap_or(*at))
    }

    fn push(&mut self, line: &Line) {
        let before = self.chars.len();
        self.text.push_str(&line.text);
        let boxes = line.boxes.iter().map(|b| (line.page, *b));
        self.chars.extend(boxes);
        // One box for each character is what a line promises; a shorter list would shift every place behind it.
        self.chars
            .resize(before + line.text.chars().count(), (line.page, line.rect));
        self.lines += 1;
    }
}

/// A paragraph, or the table that stands between two of them.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Text.
    Paragraph(Paragraph),
    /// Index of the table in [`Layout::blocks`].
    Table(usize),
}

/// How many lines at the top and at the bottom of a page may be a running head or foot.
const EDGE_LINES: usize = 2;
/// So many characters make a line that may go on, in a file without places.
const FULL: usize = 16;
/// A gap at the end of a line wider than this many characters is no soft break.
const SHORT: f32 = 10.0;

/// Paragraphs and tables of a document in reading order.
pub fn paragraphs(layout: &Layout, habits: &Habits<'_>) -> Vec<Piece> {
    let running = running(layout, habits.ends);
    let margins = Margins::of(layout, &running);
    let mut out: Vec<Piece> = Vec::new();
    let mut last: Option<&Line> = None;
    for (n, block) in layout.blocks.iter().enumerate() {
        match block {
            Block::Table(_) => {
                out.push(Piece::Table(n));
                last = None;
            }
            Block::Line(line) => {
                if running.contains(&n) || line.text.trim().is_empty() || line.whole && (habits.page_mark)(&line.text) {
                    continue;
                }
                let joined = match (last, out.last_mut()) {
                    (Some(before), Some(Piece::Paragraph(p))) if margins.goes_on(before, line, p, habits) => {
                        p.push(line);
                        true
                    }
                    _ => false,
                };
                if !joined {
                    let mut p = Paragraph {
                        size: line.size,
                        indented: line.rect.x0 > margins.left(line) + 1.2 * line.size,
                        ..Paragraph::default()
                    };
                    p.push(line);
                    out.push(Piece::Paragraph(p));
                }
                last = Some(line);
            }
        }
    }
    out
}

/// The edges of the body and the usual distance of lines.
struct Margins {
    /// Left and right, by page.
    edges: BTreeMap<u32, (f32, f32)>,
    pitch: BTreeMap<u32, f32>,
}

/// The most frequent value, rounded to two points.
fn mode(values: impl Iterator<Item = f32>) -> Option<f32> {
    let mut counts: BTreeMap<i32, (u32, f32)> = BTreeMap::new();
    for v in values {
        let e = counts.entry((v / 2.0).round() as i32).or_insert((0, v));
        e.0 += 1;
        e.1 = e.1.max(v);
    }
    counts.into_values().max_by_key(|c| c.0).map(|c| c.1)
}

/// Where most long lines begin and end.
fn body(lines: &[&Line]) -> (f32, f32) {
    let widest = lines.iter().map(|l| l.rect.width()).fold(0.0, f32::max);
    let long = || lines.iter().filter(|l| l.rect.width() > 0.6 * widest);
    let left = mode(long().map(|l| l.rect.x0)).unwrap_or(0.0);
    let right = mode(long().map(|l| l.rect.x1)).unwrap_or(0.0);
    (left, right)
}

impl Margins {
    fn of(layout: &Layout, running: &BTreeSet<usize>) -> Self {
        let lines: Vec<&Line> = layout
            .blocks
            .iter()
            .enumerate()
            .filter_map(|(n, b)| match b {
                Block::Line(l) if !running.contains(&n) => Some(l),
                _ => None,
            })
            .collect();
        // Pages of one width share their margins: tables that lie across reach further than the text of the upright pages.
        let widths: BTreeMap<u32, i32> = layout
            .pages
            .iter()
            .map(|p| (p.number, p.width.round() as i32))
            .collect();
        let mut by_width: BTreeMap<Option<i32>, Vec<&Line>> = BTreeMap::new();
        for l in &lines {
            by_width.entry(widths.get(&l.page).copied()).or_default().push(l);
        }
        let bodies: BTreeMap<Option<i32>, (f32, f32)> = by_width.into_iter().map(|(w, own)| (w, body(&own))).collect();
        let mut by_page: BTreeMap<u32, Vec<&Line>> = BTreeMap::new();
        for l in &lines {
            by_page.entry(l.page).or_default().push(l);
        }
        let mut edges = BTreeMap::new();
        let mut pitch = BTreeMap::new();
        for (page, own) in by_page {
            let (left, right) = bodies.get(&widths.get(&page).copied()).copied().unwrap_or_default();
            let far = own.iter().map(|l| l.rect.x1).fold(f32::NEG_INFINITY, f32::max);
            let near = own.iter().map(|l| l.rect.x0).fold(f32::INFINITY, f32::min);
            let size = own.first().map_or(10.0, |l| l.size);
            let wider = far > right + 2.0 * size || near < left - 4.0 * size;
            edges.insert(page, if wider { (near, far) } else { (left, right) });
            let mut gaps: Vec<f32> = own
                .windows(2)
                .map(|w| w[1].baseline - w[0].baseline)
                .filter(|g| *g > 1.0)
                .collect();
            gaps.sort_by(f32::total_cmp);
            if let Some(g) = gaps.get(gaps.len() / 2) {
                pitch.insert(page, *g);
            }
        }
        Self { edges, pitch }
    }

    fn left(&self, line: &Line) -> f32 {
        self.edges.get(&line.page).map_or(0.0, |e| e.0)
    }

    fn right(&self, line: &Line) -> f32 {
        self.edges.get(&line.page).map_or(0.0, |e| e.1)
    }

    /// Whether `line` goes on where `before` ended. The reasons against come first: another font size, a wide blank, a heading,
    /// a list number, an indent; then the end of the line before decides.
    fn goes_on(&self, before: &Line, line: &Line, so_far: &Paragraph, habits: &Habits<'_>) -> bool {
        if line.whole || before.whole {
            // The file knows its paragraphs; one that breaks off in the middle of a sentence (a page ended there before it
            // became text) goes on.
            let last = so_far.text.trim_end().chars().next_back();
            // A short line is a title or a caption, unless a sentence has begun.
            let begun = before.text.chars().count() >= FULL || so_far.text.contains(|c| habits.commas.contains(c));
            return begun
                && !(last.is_none_or(|c| habits.ends.contains(c))
                    || (habits.heading)(&so_far.text)
                    || (habits.heading)(&line.text)
                    || (habits.opens)(&line.text));
        }
        let size = before.size.max(1.0);
        if (before.size - line.size).abs() > 0.15 * size {
            return false;
        }
        let next_page = line.page == before.page + 1;
        if line.page != before.page && !next_page {
            return false;
        }
        if !next_page
            && let Some(pitch) = self.pitch.get(&line.page)
            && line.baseline - before.baseline > 1.75 * pitch.max(size)
        {
            return false;
        }
        let gap = self.right(before) - before.rect.x1;
        if gap > SHORT * size || (habits.heading)(&so_far.text) {
            return false;
        }
        let ended = so_far
            .text
            .trim_end()
            .chars()
            .next_back()
            .is_some_and(|c| habits.ends.contains(c));
        let opens = (habits.opens)(&line.text);
        // A line that begins in the margin and follows a full line goes on, whatever it begins with (a year, `1.`).
        let full = gap < 2.2 * size;
        let indent = line.rect.x0 - self.left(line);
        if indent > 1.2 * size {
            // Text that stands in as a whole (a hanging list): the lines share their left edge.
            let hanging = so_far.lines > 1 && (line.rect.x0 - before.rect.x0).abs() < 0.3 * size;
            return hanging && !ended && full && !opens;
        }
        if (habits.heading)(&line.text) && (ended || !full) {
            return false;
        }
        if opens && ended {
            return false;
        }
        full || !ended && !opens
    }
}

/// Digits to one sign, blanks away: what a running foot has in common on all pages.
fn shape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        let d = c.is_numeric();
        if !(d && out.ends_with('#')) {
            out.push(if d { '#' } else { c });
        }
    }
    out
}

/// Lines at the edge of pages that stand on several pages at the same height, and page numbers. A line that ends a sentence is
/// none: what differs in numbers only and stands first on three pages may be text.
fn running(layout: &Layout, ends: &str) -> BTreeSet<usize> {
    let mut by_page: BTreeMap<u32, Vec<(usize, &Line)>> = BTreeMap::new();
    let mut extent: BTreeMap<u32, (f32, f32)> = BTreeMap::new();
    for (n, b) in layout.blocks.iter().enumerate() {
        match b {
            Block::Line(l) => {
                by_page.entry(l.page).or_default().push((n, l));
                let e = extent.entry(l.page).or_insert((f32::INFINITY, f32::NEG_INFINITY));
                *e = (e.0.min(l.rect.y0), e.1.max(l.rect.y1));
            }
            Block::Table(g) => {
                for part in &g.parts {
                    let e = extent.entry(part.page).or_insert((f32::INFINITY, f32::NEG_INFINITY));
                    *e = (e.0.min(part.rect.y0), e.1.max(part.rect.y1));
                }
            }
        }
    }
    let mut edge: Vec<(usize, &Line, String)> = Vec::new();
    let mut out = BTreeSet::new();
    for (page, lines) in &by_page {
        let Some((top, bottom)) = extent.get(page) else {
            continue;
        };
        let n = lines.len();
        for (k, (id, line)) in lines.iter().enumerate() {
            if k >= EDGE_LINES && k + EDGE_LINES < n {
                continue;
            }
            let outermost = line.rect.y0 <= top + 0.5 || line.rect.y1 >= bottom - 0.5;
            let s = shape(&line.text);
            // A page number: whole numbers with dashes or a slash, nothing beyond them. `95.24%。` at the top of a page is text.
            let number = s.contains('#') && s.chars().filter(|c| *c == '#').count() <= 2;
            if outermost && number && s.chars().all(|c| c == '#' || "-—–‐·•~/|()（）[]〔〕".contains(c)) {
                out.insert(*id);
            } else if !s.ends_with(|c| ends.contains(c)) {
                edge.push((*id, line, s));
            }
        }
    }
    let mut seen: HashMap<(&str, i32), BTreeSet<u32>> = HashMap::new();
    let height = |l: &Line| (l.baseline / 3.0).round() as i32;
    for (_, line, s) in &edge {
        seen.entry((s.as_str(), height(line))).or_default().insert(line.page);
    }
    for (id, line, s) in &edge {
        let pages: usize = (-1..=1)
            .filter_map(|d| seen.get(&(s.as_str(), height(line) + d)))
            .map(BTreeSet::len)
            .sum();
        if pages >= 3 {
            out.insert(*id);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::PageLayout;
    use super::*;

    fn line(page: u32, n: u32, x0: f32, x1: f32, text: &str) -> Block {
        let y = 100.0 + 20.0 * n as f32;
        let rect = Rect::new(x0, y - 10.0, x1, y);
        Block::Line(Line {
            page,
            rect,
            baseline: y,
            size: 10.0,
            text: text.into(),
            boxes: vec![rect; text.chars().count()],
            whole: false,
        })
    }

    fn texts(blocks: Vec<Block>) -> Vec<String> {
        texts_on(blocks, Vec::new())
    }

    fn texts_on(blocks: Vec<Block>, pages: Vec<PageLayout>) -> Vec<String> {
        let layout = Layout {
            blocks,
            pages,
            origins: None,
            shown: None,
        };
        let habits = Habits {
            ends: "。：",
            commas: "，。",
            page_mark: &|_| false,
            opens: &|t| t.starts_with('一') || t.starts_with('二'),
            heading: &|t| t.ends_with("情况"),
        };
        paragraphs(&layout, &habits)
            .into_iter()
            .filter_map(|p| match p {
                Piece::Paragraph(p) => Some(p.text),
                Piece::Table(_) => None,
            })
            .collect()
    }

    #[test]
    fn joins_soft_breaks_and_keeps_headings_apart() {
        let got = texts(vec![
            line(1, 0, 70.0, 200.0, "一、收入情况"),
            line(1, 1, 70.0, 500.0, "本年收入合计三千零五十万元，其中财政拨款收入"),
            line(1, 2, 50.0, 300.0, "三千万元，占一半。"),
            line(1, 3, 70.0, 500.0, "与上年相比增加一万元，其他收入都没有变化。"),
            line(1, 4, 50.0, 120.0, "同上。"),
            line(1, 30, 270.0, 290.0, "- 1 -"),
            line(2, 0, 50.0, 500.0, "下一页的第一行没有缩进，它前面那一行不到右边"),
            line(3, 0, 50.0, 100.0, "95.24%。"),
        ]);
        assert_eq!(got[0], "一、收入情况");
        assert_eq!(got[1], "本年收入合计三千零五十万元，其中财政拨款收入三千万元，占一半。");
        assert_eq!(got[2], "与上年相比增加一万元，其他收入都没有变化。同上。");
        // A rate that stands alone at the top of a page is no page number.
        assert!(got[3].ends_with("95.24%。"), "{got:?}");
        assert_eq!(got.len(), 4);
    }

    /// The tables of many accounts lie across: how far their pages reach says nothing about where a line of the upright ones ends.
    #[test]
    fn pages_that_lie_across_have_margins_of_their_own() {
        let mut blocks = Vec::new();
        for page in 1..=4 {
            for n in 0..4 {
                blocks.push(line(
                    page,
                    n,
                    50.0,
                    792.0,
                    &format!("注：这是第{page}张表下面的第{n}条说明。"),
                ));
            }
        }
        blocks.push(line(5, 0, 74.0, 204.0, "二、收入情况"));
        blocks.push(line(
            5,
            1,
            74.0,
            516.0,
            "收入合计一百万元。其中：财政拨款收入九十四万元，占总收入的",
        ));
        blocks.push(line(
            5,
            2,
            50.0,
            546.0,
            "94.03%；上级补助收入一万元，占总收入的百分之一；事业收入",
        ));
        blocks.push(line(5, 3, 50.0, 260.0, "五万元，占总收入的百分之五。"));
        let pages = (1..=5).map(|number| PageLayout {
            number,
            width: if number < 5 { 842.0 } else { 595.0 },
            rulings: Vec::new(),
        });
        let got = texts_on(blocks, pages.collect());
        let last = got.last().unwrap();
        assert!(
            last.starts_with("收入合计") && last.contains("占总收入的94.03%"),
            "{got:?}"
        );
        assert!(last.ends_with("百分之五。"), "{got:?}");
    }

    #[test]
    fn a_paragraph_runs_over_a_page_and_keeps_its_places() {
        let layout = Layout {
            blocks: vec![
                line(1, 0, 70.0, 500.0, "本年收入合计十二"),
                line(1, 30, 270.0, 290.0, "1"),
                line(2, 0, 50.0, 500.0, "万元，没有支出一一一一一一一"),
                line(2, 30, 270.0, 290.0, "2"),
            ],
            pages: Vec::new(),
            origins: None,
            shown: None,
        };
        let habits = Habits {
            ends: "。",
            commas: "，。",
            page_mark: &|_| false,
            opens: &|_| false,
            heading: &|_| false,
        };
        let all = paragraphs(&layout, &habits);
        let [Piece::Paragraph(p)] = all.as_slice() else {
            panic!("{all:?}")
        };
        let at = p.text.find("十二万元").unwrap_or(0);
        assert_eq!(p.place(at..at + 12).page, 1);
        assert_eq!(p.place(at + 6..at + 12).page, 2);
        assert_eq!((p.page(), p.last_page()), (1, 2));
    }

    #[test]
    fn what_stands_on_every_page_is_left_out() {
        let mut blocks = Vec::new();
        for page in 1..=4 {
            blocks.push(line(page, 0, 50.0, 200.0, "某单位决算公开"));
            blocks.push(line(page, 3, 70.0, 500.0, &format!("第{page}段的文字一直写到右边。")));
            blocks.push(line(page, 4, 50.0, 250.0, "又短一行。"));
            blocks.push(line(page, 5, 70.0, 250.0, "又一段的文字在这里。"));
            blocks.push(line(page, 20, 270.0, 320.0, &format!("第 {page} 页")));
        }
        assert_eq!(texts(blocks).len(), 8);
    }
}
