//! Tables to 项目自评表. Comes in: a grid, and the table of this kind before it, which may go on. Goes out: [`ProjectTable`], the printed
//! text of every field, fund line, management line and indicator. The words are the grammar's. Which column a cell belongs to is
//! decided by its header; where a damaged row does not stand below it, by what the cells hold, and only if there is one way.

use crate::diag::{Code, Diagnostic, Severity};
use crate::geom::Rect;
use crate::grammar::Grammar;
use crate::grammar::projects::{Block, BlockKind, Col, Projects};
use crate::layout::Grid;
use crate::place::Place;
use crate::text;
use crate::value::{Unit, amount};
use std::collections::BTreeMap;

/// A printed text and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Printed {
    /// As printed, lines joined.
    pub text: String,
    /// Where.
    pub place: Place,
}

/// A line of a block.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// The fund or the label of a management line; empty for an indicator.
    pub id: String,
    /// What its cells hold.
    pub cells: BTreeMap<Col, Printed>,
    /// Where.
    pub place: Place,
}

/// One 项目自评表.
#[derive(Clone, Debug, Default)]
pub struct ProjectTable {
    /// The page on which it begins.
    pub page: u32,
    /// The page on which it ends, so far.
    pub last_page: u32,
    /// The unit of money that stands in it or above it.
    pub unit: Option<Unit>,
    /// Whether the header says that 执行率 is in percent.
    pub percent: bool,
    /// Values beside labels.
    pub fields: BTreeMap<Col, Printed>,
    /// Fund lines.
    pub funds: Vec<Line>,
    /// Management lines.
    pub management: Vec<Line>,
    /// Indicators.
    pub indicators: Vec<Line>,
    /// 总分.
    pub total: Option<Line>,
    open: Option<Open>,
    levels: [Option<Printed>; 2],
}

/// The block whose rows follow.
#[derive(Clone, Debug)]
struct Open {
    kind: BlockKind,
    heads: Vec<Head>,
}

/// A column of the open block: where its header begins and how far it reaches.
#[derive(Clone, Copy, Debug)]
struct Head {
    col: Col,
    from: usize,
    to: usize,
}

/// A cell of a row.
#[derive(Clone, Debug)]
struct Piece {
    from: usize,
    to: usize,
    /// It begins in this row; else it is merged from above.
    fresh: bool,
    key: String,
    printed: Printed,
}

/// Reads a grid as one or more 项目自评表, or as the rest of the last one. `false` when it is something else.
pub fn read(
    grid: &Grid,
    above: Option<Unit>,
    g: &Grammar,
    out: &mut Vec<ProjectTable>,
    report: &mut Vec<Diagnostic>,
) -> bool {
    let words = &g.projects;
    let unfinished = out
        .last()
        .is_some_and(|p| p.total.is_none() && p.last_page + 1 == grid.page());
    // Most tables are neither: they are told by the first cells of their rows.
    if !unfinished && !(0..grid.rows).any(|r| names_project(grid, r, words)) {
        return false;
    }
    let rows: Vec<Vec<Piece>> = (0..grid.rows).map(|r| pieces(grid, r)).collect();
    let named = |row: &[Piece]| {
        let label = row.iter().position(|p| words.field(&p.key) == Some(Col::ProjectName));
        label.is_some_and(|n| n < 2)
    };
    let headed = rows.iter().any(|r| header(words, r).is_some());
    let begins = headed && rows.iter().any(|r| named(r));
    let goes_on = unfinished && (headed || open_fits(out.last(), &rows, g));
    if !begins && !goes_on {
        return false;
    }
    for row in &rows {
        if row.is_empty() {
            continue;
        }
        let place = place_of(row);
        if named(row) {
            out.push(ProjectTable {
                page: place.page,
                unit: above,
                ..ProjectTable::default()
            });
        }
        // What stands above the first name is a title.
        let Some(table) = out.last_mut() else { continue };
        table.last_page = place.page;
        Reader {
            words,
            g,
            table,
            report,
        }
        .row(row);
    }
    true
}

/// Whether a grid without any header goes on with the indicators of the last table.
fn open_fits(last: Option<&ProjectTable>, rows: &[Vec<Piece>], g: &Grammar) -> bool {
    let open = last.and_then(|t| t.open.as_ref());
    open.is_some_and(|o| o.kind == BlockKind::Indicators)
        && rows.iter().any(|r| {
            r.iter().any(|p| g.projects.is_level(2, &p.key))
                || r.first()
                    .is_some_and(|p| g.projects.row(BlockKind::Indicators, &p.key).is_some())
        })
}

/// Whether one of the first two words of a row labels the name of a project.
fn names_project(grid: &Grid, row: usize, words: &Projects) -> bool {
    let mut seen = 0;
    let mut last = None;
    for id in (0..grid.cols).filter_map(|col| grid.cell_id(row, col)) {
        if last == Some(id) {
            continue;
        }
        last = Some(id);
        let key = text::key(&grid.cells[id].text());
        if key.is_empty() {
            continue;
        }
        if words.is_project_name(&key) {
            return true;
        }
        seen += 1;
        if seen == 2 {
            break;
        }
    }
    false
}

/// The cells of a row that hold text.
fn pieces(grid: &Grid, row: usize) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut last = None;
    for col in 0..grid.cols {
        let Some(id) = grid.cell_id(row, col) else { continue };
        if last == Some(id) {
            continue;
        }
        last = Some(id);
        let cell = &grid.cells[id];
        let text = cell.text();
        let key = text::key(&text);
        if !key.is_empty() {
            out.push(Piece {
                from: cell.col,
                to: cell.col + cell.col_span,
                fresh: cell.row == row,
                key,
                printed: Printed {
                    text: text.trim().to_string(),
                    place: cell.place(),
                },
            });
        }
    }
    out
}

fn place_of(row: &[Piece]) -> Place {
    let own: Vec<&Piece> = row.iter().filter(|p| p.fresh).collect();
    let Some(page) = own.first().or(row.first().as_ref()).map(|p| p.printed.place.page) else {
        return Place::document();
    };
    let rects: Vec<Rect> = own
        .iter()
        .filter(|p| p.printed.place.page == page)
        .map(|p| p.printed.place.rect)
        .collect();
    let mut all = crate::geom::union_all(&rects).unwrap_or_default();
    // A cell that goes on over the rows below (一级指标) does not make this row higher.
    let (top, bottom) = rects
        .iter()
        .fold((all.y0, all.y1), |(top, bottom), r| (top.max(r.y0), bottom.min(r.y1)));
    if top < bottom {
        (all.y0, all.y1) = (top, bottom);
    }
    Place::new(page, all)
}

/// The block whose header a row is: all its required columns stand there, at least two in all, none twice.
fn header<'w>(words: &'w Projects, row: &[Piece]) -> Option<(&'w Block, Vec<Head>)> {
    words.blocks.iter().find_map(|b| {
        let mut heads: Vec<Head> = Vec::new();
        for p in row.iter().filter(|p| p.fresh) {
            if let Some(c) = b.column(&p.key) {
                if c.col != Col::Ignore && heads.iter().any(|h| h.col == c.col) {
                    return None;
                }
                heads.push(Head {
                    col: c.col,
                    from: p.from,
                    to: p.to,
                });
            }
        }
        let whole = b
            .columns
            .iter()
            .all(|c| !c.required || heads.iter().any(|h| h.col == c.col));
        (whole && heads.len() >= 2).then_some((b, heads))
    })
}

struct Reader<'a> {
    words: &'a Projects,
    g: &'a Grammar,
    table: &'a mut ProjectTable,
    report: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn say(&mut self, severity: Severity, code: Code, message: &str, row: &[Piece]) {
        let printed: Vec<&str> = row
            .iter()
            .filter(|p| p.fresh)
            .map(|p| p.printed.text.as_str())
            .collect();
        self.report
            .push(Diagnostic::new(severity, code, message, place_of(row)).printed(printed.join(" | ")));
    }

    fn row(&mut self, row: &[Piece]) {
        for p in row.iter().filter(|p| p.fresh) {
            if self.table.unit.is_none() || self.words.is_side(&p.key) {
                self.table.unit = self.g.lexicon.bracketed_unit(&p.key).or(self.table.unit);
            }
        }
        if let Some((block, heads)) = header(self.words, row) {
            self.open(block.kind, heads, row);
            return;
        }
        if self.fields(row) {
            self.table.open = None;
            return;
        }
        let Some(open) = self.table.open.clone() else {
            self.unknown(row);
            return;
        };
        match open.kind {
            BlockKind::Funds => self.fund(row, &open.heads),
            BlockKind::Goals => self.goals(row, &open.heads),
            BlockKind::Management => self.management(row, &open.heads),
            BlockKind::Indicators => self.indicator(row, &open.heads),
        }
    }

    /// A row that no block and no label explains; a title or a heading without figures is none.
    fn unknown(&mut self, row: &[Piece]) {
        let fresh: Vec<&Piece> = row.iter().filter(|p| p.fresh).collect();
        let plain = fresh
            .iter()
            .all(|p| self.words.is_title(&p.key) || self.words.is_side(&p.key) || self.g.lexicon.is_dash(&p.key));
        if !plain {
            let message = "no label of this row of a 项目自评表 is known; it was left aside";
            self.say(Severity::Note, Code::ProjectRowUnknown, message, row);
        }
    }

    fn open(&mut self, kind: BlockKind, mut heads: Vec<Head>, row: &[Piece]) {
        if kind == BlockKind::Indicators {
            // A damaged header (一 for 一级指标): what stands right before the second level is the first.
            let second = heads.iter().find(|h| h.col == Col::Level2).copied();
            if let Some(second) = second.filter(|_| !heads.iter().any(|h| h.col == Col::Level1)) {
                let before = row
                    .iter()
                    .rfind(|p| p.from < second.from && !self.words.is_side(&p.key));
                if let Some(p) = before {
                    heads.push(Head {
                        col: Col::Level1,
                        from: p.from,
                        to: p.to,
                    });
                    let message = "the header of the first level of indicators is damaged; it was known by its place";
                    self.say(Severity::Note, Code::ProjectHeaderDamaged, message, row);
                }
            }
            self.table.levels = [None, None];
        }
        if kind == BlockKind::Funds {
            let rate = row
                .iter()
                .find(|p| heads.iter().any(|h| h.col == Col::ExecutionRate && h.from == p.from));
            self.table.percent = rate.is_some_and(|p| p.key.contains('%'));
        }
        heads.sort_by_key(|h| h.from);
        // A header reaches to the next one: in plain text the cells that it covers are blank.
        for n in 0..heads.len() {
            heads[n].to = heads
                .get(n + 1)
                .map_or(usize::MAX, |next| next.from.max(heads[n].from + 1));
        }
        self.table.open = Some(Open { kind, heads });
    }

    /// Labels with values beside them.
    fn fields(&mut self, row: &[Piece]) -> bool {
        let fresh: Vec<&Piece> = row.iter().filter(|p| p.fresh).collect();
        // Inside a block a label stands at the left edge, not somewhere in a text cell.
        let first = fresh
            .iter()
            .position(|p| !self.words.is_side(&p.key))
            .filter(|n| self.words.field(&fresh[*n].key).is_some());
        let Some(first) = first else { return false };
        let mut n = first;
        while n < fresh.len() {
            let Some(col) = self.words.field(&fresh[n].key) else {
                n += 1;
                continue;
            };
            let value = fresh.get(n + 1).filter(|p| self.words.field(&p.key).is_none());
            if let Some(v) = value
                && col != Col::Ignore
            {
                self.put(col, v);
            }
            n += 1 + usize::from(value.is_some());
        }
        true
    }

    fn put(&mut self, col: Col, value: &Piece) {
        if self.words.is_prompt(&value.key) {
            self.report.push(
                Diagnostic::new(
                    Severity::Note,
                    Code::ProjectPromptUnfilled,
                    "an instruction of the empty form stands where a text was to be filled in; it was kept as printed",
                    value.printed.place,
                )
                .printed(&value.printed.text),
            );
        }
        match self.table.fields.entry(col) {
            std::collections::btree_map::Entry::Vacant(e) => {
                e.insert(value.printed.clone());
            }
            std::collections::btree_map::Entry::Occupied(mut e) => {
                let e = e.get_mut();
                e.text.push('\n');
                e.text.push_str(&value.printed.text);
            }
        }
    }

    fn fund(&mut self, row: &[Piece], heads: &[Head]) {
        let at = row
            .iter()
            .position(|p| p.fresh && self.words.row(BlockKind::Funds, &p.key).is_some());
        let Some(at) = at else {
            self.unknown(row);
            return;
        };
        let id = self
            .words
            .row(BlockKind::Funds, &row[at].key)
            .unwrap_or_default()
            .to_string();
        let values: Vec<&Piece> = row[at + 1..].iter().filter(|p| p.fresh).collect();
        let cells = self.cells(BlockKind::Funds, &values, heads, row);
        self.table.funds.push(Line {
            id,
            cells,
            place: place_of(row),
        });
    }

    fn goals(&mut self, row: &[Piece], heads: &[Head]) {
        let values: Vec<&Piece> = row.iter().filter(|p| p.fresh && !self.words.is_side(&p.key)).collect();
        if let [planned, achieved] = values.as_slice()
            && heads.len() == 2
        {
            // Two texts below two headers, wherever they stand.
            let (planned, achieved) = ((*planned).clone(), (*achieved).clone());
            self.put(heads[0].col, &planned);
            self.put(heads[1].col, &achieved);
            return;
        }
        for v in values {
            match territory(heads, v, 0) {
                Some(n) if heads[n].col != Col::Ignore => {
                    let (col, v) = (heads[n].col, v.clone());
                    self.put(col, &v);
                }
                Some(_) => {}
                None => self.unknown(row),
            }
        }
    }

    fn management(&mut self, row: &[Piece], heads: &[Head]) {
        let mut values: Vec<&Piece> = row.iter().filter(|p| p.fresh && !self.words.is_side(&p.key)).collect();
        if values.len() < 2 {
            if !values.is_empty() {
                self.unknown(row);
            }
            return;
        }
        let label = values.remove(0);
        let cells = self.cells(BlockKind::Management, &values, heads, row);
        self.table.management.push(Line {
            id: label.printed.text.clone(),
            cells,
            place: place_of(row),
        });
    }

    fn indicator(&mut self, row: &[Piece], heads: &[Head]) {
        let fresh: Vec<&Piece> = row.iter().filter(|p| p.fresh && !self.words.is_side(&p.key)).collect();
        let Some(first) = fresh.first() else { return };
        if self.words.row(BlockKind::Indicators, &first.key).is_some() {
            self.total(&fresh[1..], heads, row);
            return;
        }
        let mut cells = self.cells(BlockKind::Indicators, &fresh, heads, row);
        // What a merged cell above says holds here too; blank cells below a name mean the same in plain text.
        let own_first = cells.contains_key(&Col::Level1);
        for (n, col) in [Col::Level1, Col::Level2].into_iter().enumerate() {
            match cells.get(&col) {
                Some(p) => self.table.levels[n] = Some(p.clone()),
                None if n == 1 && own_first => self.table.levels[1] = None,
                None => {
                    if let Some(p) = self.table.levels[n].clone() {
                        cells.insert(col, p);
                    }
                }
            }
        }
        let merged = row
            .iter()
            .find(|p| !p.fresh && territory(heads, p, 0).is_some_and(|n| heads[n].col == Col::Reason));
        if let Some(p) = merged
            && cells.contains_key(&Col::Level3)
        {
            cells.entry(Col::Reason).or_insert_with(|| p.printed.clone());
        }
        let filled = |c: &Col| !matches!(c, Col::Level1 | Col::Level2 | Col::Ignore);
        if cells.keys().any(filled) {
            self.table.indicators.push(Line {
                id: String::new(),
                cells,
                place: place_of(row),
            });
        }
    }

    fn total(&mut self, values: &[&Piece], heads: &[Head], row: &[Piece]) {
        let numbers: Vec<&&Piece> = values.iter().filter(|p| is_points(&p.key)).collect();
        let mut cells = BTreeMap::new();
        match numbers.as_slice() {
            [] => {}
            [one] => match territory(heads, one, 0).map(|n| heads[n].col) {
                Some(c @ (Col::Weight | Col::Score)) => {
                    cells.insert(c, one.printed.clone());
                }
                _ => {
                    let message = "the one number of the row of the total stands neither below the weights nor below the scores; it was left out";
                    self.say(Severity::Warning, Code::ProjectRowDamaged, message, row);
                }
            },
            [weight, score] => {
                cells.insert(Col::Weight, weight.printed.clone());
                cells.insert(Col::Score, score.printed.clone());
            }
            _ => {
                let message = "more than two numbers stand in the row of the total; they were left out";
                self.say(Severity::Warning, Code::ProjectRowDamaged, message, row);
            }
        }
        self.table.total = Some(Line {
            id: "total".into(),
            cells,
            place: place_of(row),
        });
        self.table.open = None;
    }

    /// The cells of a row by column: below their headers; else moved by one to three columns; else in their order, when what
    /// they hold leaves one way only; else as far as they fit.
    fn cells(&mut self, kind: BlockKind, values: &[&Piece], heads: &[Head], row: &[Piece]) -> BTreeMap<Col, Printed> {
        if let Some(found) = placed(values, heads, 0)
            && self.sound(kind, values, heads, &found)
        {
            return gather(values, heads, &found);
        }
        if let Some(found) = self.only_levels(kind, values, heads) {
            return gather(values, heads, &found);
        }
        let mut moved: Vec<Vec<usize>> = Vec::new();
        for shift in [-1, 1, -2, 2, -3, 3] {
            if let Some(found) = placed(values, heads, shift)
                && self.sound(kind, values, heads, &found)
                && self.certain(kind, values, heads, &found)
                && !moved.contains(&found)
            {
                moved.push(found);
            }
        }
        if moved.len() != 1 {
            moved = self.in_order(kind, values, heads);
        }
        if let [one] = moved.as_slice() {
            let message = "the cells of this row do not stand below their headers; they were read by what they hold: compare them";
            self.say(Severity::Warning, Code::ProjectRowShifted, message, row);
            return gather(values, heads, one);
        }
        // As far as it goes: from the first cell that cannot stand where it stands nothing is certain.
        let mut out = BTreeMap::new();
        let mut lost = Vec::new();
        for v in values {
            let col = territory(heads, v, 0).map(|n| heads[n].col);
            let level =
                kind == BlockKind::Indicators && (self.words.is_level(1, &v.key) || self.words.is_level(2, &v.key));
            match col {
                Some(c)
                    if lost.is_empty()
                        && fits(c, &v.key, &self.g.lexicon)
                        && !out.contains_key(&c)
                        && (!level || matches!(c, Col::Level1 | Col::Level2)) =>
                {
                    out.insert(c, v.printed.clone());
                }
                _ => lost.push(v.printed.text.as_str()),
            }
        }
        out.remove(&Col::Ignore);
        let message = if lost.is_empty() {
            "this row of a 项目自评表 is damaged; what stands below its header was read: compare it".to_string()
        } else {
            format!(
                "this row of a 项目自评表 is damaged; it was read as far as it goes, left out: {}",
                lost.join(" | ")
            )
        };
        self.say(Severity::Warning, Code::ProjectRowDamaged, &message, row);
        out
    }

    /// A row that holds nothing but names of the first two levels: they are known by their words, wherever they stand.
    fn only_levels(&self, kind: BlockKind, values: &[&Piece], heads: &[Head]) -> Option<Vec<usize>> {
        let at = |c: Col| heads.iter().position(|h| h.col == c);
        let is = |level, v: &Piece| self.words.is_level(level, &v.key);
        if kind != BlockKind::Indicators {
            return None;
        }
        match values {
            [one] if is(2, one) && !is(1, one) => Some(vec![at(Col::Level2)?]),
            [one] if is(1, one) && !is(2, one) => Some(vec![at(Col::Level1)?]),
            [first, second] if is(1, first) && is(2, second) => Some(vec![at(Col::Level1)?, at(Col::Level2)?]),
            _ => None,
        }
    }

    /// Whether every cell holds what its column is for, and the levels are not mixed up.
    fn sound(&self, kind: BlockKind, values: &[&Piece], heads: &[Head], found: &[usize]) -> bool {
        let mut level3 = false;
        let mut rest = false;
        // A third level may bear the name of the second; a name of the second level without one before it is out of place.
        let named = values
            .iter()
            .zip(found)
            .any(|(v, n)| heads[*n].col == Col::Level2 && self.words.is_level(2, &v.key));
        for (v, n) in values.iter().zip(found) {
            let col = heads[*n].col;
            if col != Col::Deviation && !fits(col, &v.key, &self.g.lexicon) {
                return false;
            }
            let level = |l| self.words.is_level(l, &v.key);
            match col {
                Col::Level1 if level(2) && !level(1) => return false,
                Col::Level2 if level(1) && !level(2) => return false,
                Col::Level3 | Col::Target | Col::Actual if !named && level(2) => return false,
                _ => {}
            }
            level3 |= col == Col::Level3;
            rest |= matches!(col, Col::Target | Col::Actual | Col::Weight | Col::Score);
        }
        kind != BlockKind::Indicators || level3 || !rest
    }

    /// What a moved row must show beyond: names of levels that are known, and a deviation that is a number.
    fn certain(&self, kind: BlockKind, values: &[&Piece], heads: &[Head], found: &[usize]) -> bool {
        kind != BlockKind::Indicators
            || values.iter().zip(found).all(|(v, n)| match heads[*n].col {
                Col::Level1 => self.words.is_level(1, &v.key),
                Col::Level2 => self.words.is_level(2, &v.key),
                Col::Deviation => is_rate(&v.key, &self.g.lexicon),
                Col::Reason => !is_rate(&v.key, &self.g.lexicon),
                _ => true,
            })
    }

    /// Every way to give the cells, in their order, to columns, such that each fits and the columns that are always filled
    /// are; at most two, for two are one too many.
    fn in_order(&self, kind: BlockKind, values: &[&Piece], heads: &[Head]) -> Vec<Vec<usize>> {
        let always = |c: Col| match kind {
            BlockKind::Funds => !matches!(c, Col::Ignore | Col::AdjustedBudget),
            BlockKind::Management => matches!(c, Col::Actual | Col::Weight | Col::Score),
            BlockKind::Goals => true,
            BlockKind::Indicators => matches!(
                c,
                Col::Level3 | Col::Relation | Col::Target | Col::MeasureUnit | Col::Actual | Col::Weight | Col::Score
            ),
        };
        let mut out = Vec::new();
        let mut path = Vec::with_capacity(values.len());
        self.next(kind, values, heads, &always, 0, &mut path, &mut out);
        out
    }

    #[allow(clippy::too_many_arguments)]
    fn next(
        &self,
        kind: BlockKind,
        values: &[&Piece],
        heads: &[Head],
        always: &dyn Fn(Col) -> bool,
        from: usize,
        path: &mut Vec<usize>,
        out: &mut Vec<Vec<usize>>,
    ) {
        if out.len() > 1 {
            return;
        }
        let Some(v) = values.get(path.len()) else {
            let rest = heads[from..].iter().any(|h| always(h.col));
            if !rest && self.sound(kind, values, heads, path) && self.certain(kind, values, heads, path) {
                out.push(path.clone());
            }
            return;
        };
        for n in from..heads.len() {
            if fits(heads[n].col, &v.key, &self.g.lexicon) {
                path.push(n);
                self.next(kind, values, heads, always, n + 1, path, out);
                path.pop();
            }
            if always(heads[n].col) {
                return;
            }
        }
    }
}

fn gather(values: &[&Piece], heads: &[Head], found: &[usize]) -> BTreeMap<Col, Printed> {
    values
        .iter()
        .zip(found)
        .map(|(v, n)| (heads[*n].col, v.printed.clone()))
        .filter(|(c, _)| *c != Col::Ignore)
        .collect()
}

/// The column of each cell, if every cell has one and no two the same.
fn placed(values: &[&Piece], heads: &[Head], shift: isize) -> Option<Vec<usize>> {
    let mut out: Vec<usize> = Vec::with_capacity(values.len());
    for v in values {
        let n = territory(heads, v, shift)?;
        if out.contains(&n) && heads[n].col != Col::Ignore {
            return None;
        }
        out.push(n);
    }
    Some(out)
}

/// The column below whose header a cell stands, when the row is moved by `shift` columns: the one it overlaps most.
fn territory(heads: &[Head], piece: &Piece, shift: isize) -> Option<usize> {
    let from = piece.from.checked_add_signed(-shift)?;
    let to = piece.to.checked_add_signed(-shift)?;
    let overlap = |h: &Head| h.to.min(to).saturating_sub(h.from.max(from));
    (0..heads.len())
        .filter(|n| overlap(&heads[*n]) > 0)
        .max_by_key(|n| (overlap(&heads[*n]), std::cmp::Reverse(*n)))
}

fn fits(col: Col, key: &str, lexicon: &crate::grammar::Lexicon) -> bool {
    match col {
        Col::OpeningBudget | Col::FullYearBudget | Col::AdjustedBudget | Col::Executed | Col::Weight | Col::Score => {
            lexicon.is_dash(key) || is_points(key)
        }
        Col::ExecutionRate => is_rate(key, lexicon),
        _ => true,
    }
}

fn is_points(key: &str) -> bool {
    amount::parse(key).is_some()
}

fn is_rate(key: &str, lexicon: &crate::grammar::Lexicon) -> bool {
    lexicon.is_dash(key) || is_points(key.strip_suffix('%').unwrap_or(key))
}
