//! Columns from the rows of a body: the rows with the most pieces first, and the row that counts the columns. Refuses to decide what
//! the heads above say.

use super::pieces::{Piece, Row};

/// Entries of one column may stand apart by this many points: letters reach out of their boxes.
const TOUCH: f32 = 0.5;
/// The fewest numbers of columns of which each is a column.
const COUNTED: usize = 5;
/// With so many numbers it is a column of numbers; a text in it is the name of a sum.
const NUMBERS: usize = 3;

/// A column: where its text stands.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub x0: f32,
    pub x1: f32,
    /// Left and right end of every entry.
    pub entries: Vec<(f32, f32)>,
    /// Those of the entries that are numbers.
    pub numbers: Vec<(f32, f32)>,
    /// The lines that have an entry here.
    pub rows: Vec<usize>,
}

impl Column {
    /// A column without entries.
    pub fn new(x0: f32, x1: f32) -> Self {
        Self {
            x0,
            x1,
            entries: Vec::new(),
            numbers: Vec::new(),
            rows: Vec::new(),
        }
    }

    pub fn middle(&self) -> f32 {
        (self.x0 + self.x1) / 2.0
    }

    fn add(&mut self, p: &Piece<'_>, row: usize) {
        self.x0 = self.x0.min(p.x0);
        self.x1 = self.x1.max(p.x1);
        self.entries.push((p.x0, p.x1));
        if p.is_decimal() || p.is_dash() {
            self.numbers.push((p.x0, p.x1));
        }
        self.rows.push(row);
    }

    /// Takes over what stands in another column.
    pub fn absorb(&mut self, other: Column) {
        self.x0 = self.x0.min(other.x0);
        self.x1 = self.x1.max(other.x1);
        self.entries.extend(other.entries);
        self.numbers.extend(other.numbers);
        self.rows.extend(other.rows);
    }

    fn holds(&self, p: &Piece<'_>) -> bool {
        p.x0 < self.x1 + TOUCH && p.x1 > self.x0 - TOUCH
    }
}

/// The columns that a piece touches.
fn touched(columns: &[Column], p: &Piece<'_>) -> Vec<usize> {
    (0..columns.len()).filter(|&k| columns[k].holds(p)).collect()
}

fn insert(columns: &mut Vec<Column>, column: Column) {
    let at = columns.partition_point(|c| c.x0 < column.x0);
    columns.insert(at, column);
}

/// The columns of a body.
pub(super) fn of(body: &[&Row<'_>]) -> Vec<Column> {
    let mut fullest: Vec<&Row<'_>> = body.iter().copied().filter(|r| !r.counts_columns()).collect();
    fullest.sort_by_key(|r| std::cmp::Reverse(r.pieces.len()));
    let mut columns: Vec<Column> = Vec::new();
    for row in fullest {
        for p in &row.pieces {
            match touched(&columns, p).as_slice() {
                [] => {
                    let mut fresh = Column::new(p.x0, p.x1);
                    fresh.add(p, row.n);
                    insert(&mut columns, fresh);
                }
                // A sum may have its name in the place of a number.
                [k] if columns[*k].numbers.len() >= NUMBERS && p.text.contains(char::is_alphabetic) => {}
                [k] => columns[*k].add(p, row.n),
                _ => {}
            }
        }
    }
    counted(&mut columns, body);
    columns
}

/// A row that counts the columns (1, 2, 3 …) shows also those in which no row holds anything.
fn counted(columns: &mut Vec<Column>, body: &[&Row<'_>]) {
    let number = |p: &Piece<'_>| p.text.parse::<usize>().ok();
    let counts = |r: &&&Row<'_>| {
        let numbers: Vec<usize> = r.pieces.iter().filter_map(number).collect();
        numbers.len() >= COUNTED && (1..).zip(&numbers).all(|(n, k)| n == *k)
    };
    let Some(row) = body.iter().find(counts) else { return };
    for p in row.pieces.iter().filter(|p| number(p).is_some()) {
        match touched(columns, p).as_slice() {
            [] => {
                let mut fresh = Column::new(p.x0, p.x1);
                fresh.rows.push(row.n);
                insert(columns, fresh);
            }
            [k] => columns[*k].rows.push(row.n),
            _ => {}
        }
    }
}
