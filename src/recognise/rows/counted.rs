//! Rows that count the columns (栏次): what else stands in them, and numbers of them that stand in a row below.

use super::Reader;
use crate::diag::{Code, Diagnostic, Severity};
use crate::text;

/// So many numbers of columns for each cell of their row that holds something else.
const STRANGERS: usize = 5;
/// So many numbers count the columns though one is missing between them.
const LONG: usize = 6;

/// A number of a column: at which place of its row, the number, its cell.
type Count = (u32, u32, usize);

fn next(w: &[Count]) -> bool {
    w[1].1 == w[0].1 + (w[1].0 - w[0].0) || w[1].1 == 1
}

fn rising(numbers: &[Count]) -> bool {
    numbers.windows(2).all(|w| w[1].1 > w[0].1 || w[1].1 == 1)
}

/// The cell of a long row without which its numbers rise: a number of the columns was printed into it a second time, or one was
/// moved there.
fn odd_one(numbers: &[Count]) -> Option<usize> {
    let falls = numbers.windows(2).position(|w| w[1].1 <= w[0].1 && w[1].1 != 1)?;
    let without = |cell: usize| -> bool {
        let rest: Vec<Count> = numbers.iter().copied().filter(|n| n.2 != cell).collect();
        let holes = rest.windows(2).filter(|w| !next(w)).count();
        rest.len() >= LONG && rising(&rest) && holes <= 1
    };
    [numbers[falls + 1].2, numbers[falls].2]
        .into_iter()
        .find(|c| without(*c))
}

impl Reader<'_> {
    pub(super) fn is_column_numbers(&self, row: usize) -> bool {
        self.column_numbers(row).is_some()
    }

    /// What stands in a row that counts the columns (栏次) and does not count them; `None` for any other row.
    pub(super) fn column_numbers(&self, row: usize) -> Option<Vec<usize>> {
        let mut ids: Vec<usize> = (0..self.grid.cols).filter_map(|c| self.grid.cell_id(row, c)).collect();
        ids.dedup();
        let lexicon = &self.g.lexicon;
        // A cell counts two columns at most: rows of amounts end here.
        let decimals = |t: &str| t.contains('.') && t.bytes().all(|b| b.is_ascii_digit() || b",.- ".contains(&b));
        let (mut amounts, mut others) = (0, 0);
        for lines in ids.iter().map(|i| &self.grid.cells[*i].lines) {
            match lines.iter().any(|l| decimals(&l.text)) {
                true => amounts += 1,
                false => others += usize::from(!lines.is_empty()),
            }
        }
        if amounts * STRANGERS > others * 2 {
            return None;
        }
        let mut numbers: Vec<Count> = Vec::new();
        let (mut place, mut doubtful, mut strangers) = (0, 0, Vec::new());
        let mut left = ids.len();
        for i in ids {
            // Enough of other things stand there already: a cell counts two columns at most.
            if strangers.len() * STRANGERS > numbers.len() + 2 * left {
                return None;
            }
            left -= 1;
            let printed = self.grid.cells[i].text();
            let t = text::key(&printed);
            if decimals(&t) {
                place += 1;
                strangers.push(i);
                continue;
            }
            let digits = t.bytes().all(|b| b.is_ascii_digit());
            if t.is_empty() || (!digits && (lexicon.is_column_numbers(&t) || self.heads_labels(&t))) {
                continue;
            }
            // 1, 2 … or a rule such as 1=2+3; two numbers in one cell where one was moved.
            let several: Vec<u32> = printed.split_whitespace().filter_map(|n| n.parse().ok()).collect();
            if several.len() == 2 && several[1] == several[0] + 1 && several[1] < 100 {
                numbers.extend([(place + 1, several[0], i), (place + 2, several[1], i)]);
                place += 2;
                continue;
            }
            let first: String = t.chars().take_while(char::is_ascii_digit).collect();
            let rest = &t[first.len()..];
            let rule = rest.is_empty() || (rest.starts_with(['=', '(']) && !rest.contains('.'));
            place += 1;
            match first.parse::<u32>() {
                Ok(n) if rule && n < 100 => numbers.push((place, n, i)),
                // What is in doubt (a watermark over it) still counts the columns.
                _ if t.contains(char::REPLACEMENT_CHARACTER) => doubtful += 1,
                // A figure that slipped into the row of numbers.
                _ => strangers.push(i),
            }
        }
        if doubtful > numbers.len() || strangers.len() * STRANGERS > numbers.len() {
            return None;
        }
        if !rising(&numbers)
            && let Some(odd) = odd_one(&numbers)
        {
            // Two numbers of one cell go together.
            numbers.retain(|n| n.2 != odd);
            strangers.push(odd);
        }
        // A long row may lack one number.
        let holes = numbers.windows(2).filter(|w| !next(w)).count();
        let counting = holes == 0 || (holes == 1 && rising(&numbers) && numbers.len() >= LONG);
        let (first, numbers) = (numbers.first().map(|n| n.1), numbers.len());
        let labelled = self
            .texts(row, &(0..self.header.columns.len()).collect::<Vec<_>>())
            .iter()
            .any(|t| lexicon.is_column_numbers(&text::key(t)));
        let counts = numbers >= 2 && counting && first.is_some_and(|n| n <= 2 || doubtful > 0);
        ((labelled && strangers.is_empty()) || counts).then_some(strangers)
    }

    /// Notes which numbers are missing between those of a row that counts the columns: they may have slipped into a row below.
    pub(super) fn note_missing(&mut self, row: usize) {
        let mut ids: Vec<usize> = (0..self.grid.cols).filter_map(|c| self.grid.cell_id(row, c)).collect();
        ids.dedup();
        let leading = |t: &str| {
            let first: String = text::key(t).chars().take_while(char::is_ascii_digit).collect();
            first.parse::<u32>().ok()
        };
        let numbers: Vec<u32> = ids
            .iter()
            .flat_map(|i| {
                let printed = self.grid.cells[*i].text();
                printed.split_whitespace().filter_map(leading).collect::<Vec<_>>()
            })
            .collect();
        let blank = self.panels.iter().flat_map(|p| &p.amounts).any(|l| {
            let own = self.cells(row, *l);
            !own.is_empty() && own.iter().all(|i| self.grid.cells[*i].lines.is_empty())
        });
        let Some(&most) = numbers.iter().max().filter(|n| **n < 100 && blank && numbers.len() > 1) else {
            return;
        };
        self.slipped = (1..=most + 1).filter(|n| !numbers.contains(n)).collect();
    }

    /// Whether a cell holds nothing but a number that the row of column numbers lacks. It is said, and no amount.
    pub(super) fn is_slipped(&mut self, id: usize) -> bool {
        let cell = &self.grid.cells[id];
        let key = text::key(&cell.text());
        if !key.parse().is_ok_and(|n: u32| self.slipped.contains(&n)) {
            return false;
        }
        let message = format!(
            "what stands here is a number that the row of column numbers of {} lacks: it was left out",
            self.form.id
        );
        let said = Diagnostic::new(Severity::Warning, Code::UnclaimedNumber, message, cell.place());
        self.report.push(said.of_form(&self.form.id).printed(cell.text()));
        self.unclaimed += 1;
        true
    }
}
