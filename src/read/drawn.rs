//! Tables that a text draws with its own characters: fields between commas, boxes of lines. Comes in: lines of a text. Goes
//! out: rows of cells, each a stretch of the text. Refuses what is a sentence with commas rather than a row.

use std::ops::Range;

/// Cells of a row; a cell is one stretch or, in a box, several lines.
pub(super) type Row = Vec<Vec<Range<usize>>>;

/// Characters that part fields.
const SEPARATORS: [char; 4] = [',', '\u{ff0c}', ';', '\u{ff1b}'];
/// Characters of a field in a row, on average, at most: sentences are longer.
const FIELD: usize = 24;

/// The fields of a line; quotation marks hold separators together.
fn fields(text: &str, line: &Range<usize>, separator: char) -> Vec<Range<usize>> {
    let source = &text[line.clone()];
    let mut out = Vec::new();
    let (mut start, mut quoted) = (0, false);
    let mut push = |a: usize, b: usize| {
        let field = &source[a..b];
        let trimmed = field.trim();
        let inner = trimmed
            .strip_prefix('"')
            .and_then(|t| t.strip_suffix('"'))
            .filter(|_| trimmed.len() >= 2);
        let shift = a + (field.len() - field.trim_start().len()) + usize::from(inner.is_some());
        let length = inner.unwrap_or(trimmed).len();
        out.push(line.start + shift..line.start + shift + length);
    };
    for (at, c) in source.char_indices() {
        if c == '"' {
            quoted = !quoted;
        } else if c == separator && !quoted {
            push(start, at);
            start = at + c.len_utf8();
        }
    }
    push(start, source.len());
    out
}

/// The separators of a line, without those in quotation marks, and how many of them are none of thousands.
fn count(line: &str, separator: char) -> (usize, usize) {
    let (mut all, mut plain, mut quoted) = (0, 0, false);
    for (at, c) in line.char_indices() {
        if c == '"' {
            quoted = !quoted;
        } else if c == separator && !quoted {
            all += 1;
            let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            let behind = &line[at + c.len_utf8()..];
            let three = behind.chars().take_while(char::is_ascii_digit).count() == 3;
            plain += usize::from(!(three && digit(line[..at].chars().next_back())));
        }
    }
    (all, plain)
}

/// Rows of fields that begin in the first of these lines, and how many lines they take.
pub(super) fn separated(text: &str, lines: &[Range<usize>]) -> Option<Vec<Row>> {
    let line = |n: usize| lines.get(n).map_or("", |l| &text[l.clone()]);
    let first = line(0);
    let separator = *SEPARATORS.iter().find(|s| count(first, **s).1 >= 2)?;
    let (all, _) = count(first, separator);
    let is_row = |n: usize| {
        let l = line(n);
        let fields = count(l, separator).0;
        fields >= 2 && !l.contains('\u{3002}') && l.chars().count() <= (fields + 1) * FIELD
    };
    if !is_row(0) || !is_row(1) || count(line(1), separator).0 != all {
        return None;
    }
    let end = (2..lines.len()).find(|n| !is_row(*n)).unwrap_or(lines.len());
    // Items of a list have commas too, but their numbers stand within words: `1、…13.86万元，占8%，为…；`.
    let bare = |n: &usize| {
        let number = |t: &str| t.chars().all(|c| c.is_ascii_digit() || ".,-—%() \"".contains(c));
        let l = line(*n);
        !l.ends_with(['；', ';'])
            && fields(text, &lines[*n], separator)
                .into_iter()
                .skip(1)
                .any(|f| number(text[f].trim()))
    };
    (end >= 3 && (1..end).filter(bare).count() * 2 >= end - 1).then(|| {
        lines[..end]
            .iter()
            .map(|l| fields(text, l, separator).into_iter().map(|f| vec![f]).collect())
            .collect()
    })
}

fn is_box(c: char) -> bool {
    ('\u{2500}'..='\u{257f}').contains(&c)
}

fn is_bar(c: char) -> bool {
    matches!(c, '|' | '\u{2502}' | '\u{2503}' | '\u{2551}' | '\u{2506}' | '\u{250a}')
}

/// Whether a line only draws: `├───┼───┤`, `+---+---+`.
fn is_rule(line: &str) -> bool {
    let t = line.trim();
    t.chars().count() >= 5
        && t.chars()
            .all(|c| is_box(c) || matches!(c, '+' | '-' | '=' | '|' | ' ' | '\u{3000}'))
        && t.chars().any(|c| (is_box(c) && !is_bar(c)) || c == '+')
        && t.chars().any(|c| matches!(c, '-' | '=') || (is_box(c) && !is_bar(c)))
}

/// Where the bars of a line stand, in half characters, and the stretches between them.
fn bars(text: &str, line: &Range<usize>) -> Vec<(usize, usize, usize)> {
    let mut out = Vec::new();
    let mut column = 0;
    for (at, c) in text[line.clone()].char_indices() {
        if is_bar(c) {
            out.push((column, line.start + at, line.start + at + c.len_utf8()));
        }
        column += if c.is_ascii() || is_box(c) { 1 } else { 2 };
    }
    out
}

/// Rows of a table that is drawn from the first of these lines on, and how many lines it takes.
pub(super) fn boxed(text: &str, lines: &[Range<usize>]) -> Option<(Vec<Row>, usize)> {
    let line = |n: usize| lines.get(n).map_or("", |l| &text[l.clone()]);
    if !is_rule(line(0)) || !line(1).contains(is_bar) {
        return None;
    }
    let is_part = |n: usize| is_rule(line(n)) || line(n).matches(is_bar).count() >= 2;
    let end = (1..lines.len()).find(|n| !is_part(*n)).unwrap_or(lines.len());
    // Lines between two rules, as cells at their places.
    type Cells = Vec<(usize, Range<usize>)>;
    let mut groups: Vec<Vec<Cells>> = vec![Vec::new()];
    let mut edges: Vec<usize> = Vec::new();
    for (n, range) in lines.iter().enumerate().take(end) {
        if is_rule(line(n)) {
            groups.push(Vec::new());
            continue;
        }
        let bars = bars(text, range);
        edges.extend(bars.iter().map(|b| b.0));
        let cells = bars.windows(2).map(|w| {
            let (from, to) = (w[0].2, w[1].1);
            let raw = &text[from..to];
            let start = from + (raw.len() - raw.trim_start().len());
            (w[0].0, start..start + raw.trim().len())
        });
        if let Some(g) = groups.last_mut() {
            g.push(cells.collect());
        }
    }
    groups.retain(|g| !g.is_empty());
    edges.sort_unstable();
    edges.dedup();
    // Characters of doubtful width shift a bar by little.
    edges.dedup_by(|b, a| *b <= *a + 1);
    let columns = edges.len().saturating_sub(1);
    let column = |at: usize| {
        edges
            .partition_point(|e| *e <= at)
            .saturating_sub(1)
            .min(columns.saturating_sub(1))
    };
    // Where a rule stands between all rows, the lines between two of them are one row.
    let ruled = groups.len() >= 4;
    let mut rows: Vec<Row> = Vec::new();
    for group in groups {
        if ruled {
            rows.push(vec![Vec::new(); columns]);
        }
        for cells in group {
            if !ruled {
                rows.push(vec![Vec::new(); columns]);
            }
            for (at, range) in cells {
                if let Some(row) = rows.last_mut()
                    && !range.is_empty()
                    && columns > 0
                {
                    row[column(at)].push(range);
                }
            }
        }
    }
    (columns >= 2 && rows.len() >= 2).then_some((rows, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<Range<usize>> {
        let mut at = 0;
        text.split('\n')
            .map(|l| {
                let start = at;
                at += l.len() + 1;
                start..start + l.len()
            })
            .collect()
    }

    fn shown(text: &str, rows: &[Row]) -> Vec<Vec<String>> {
        let cell = |c: &Vec<Range<usize>>| c.iter().map(|r| &text[r.clone()]).collect::<Vec<_>>().join("/");
        rows.iter().map(|r| r.iter().map(cell).collect()).collect()
    }

    #[test]
    fn fields_are_parted_and_sentences_are_not() {
        let text = "code,name,total\n201,a,\"1,234.50\"\n202, b ,3\n\nend";
        let rows = separated(text, &lines(text)).unwrap();
        assert_eq!(
            shown(text, &rows),
            [["code", "name", "total"], ["201", "a", "1,234.50"], ["202", "b", "3"]]
        );
        for sentence in [
            "一般公共预算支出10万元，增长5%，主要是人员增加，项目增加。\n政府性基金支出0万元，与上年相同，无变化，无。\n完，成，了",
            "1,234.56 2,345.67\n1,234.56 2,345.67\n1,234.56 2,345.67",
            "a, b\nc, d\ne, f",
            "1、甲收入13.86万元，占80.46%，较上年的12.05万元增加1.81万元；\n2、乙收入45.00万元，占2.61%，为补助；\n3、丙收入3.74万元，占2.41%，其中丁1项；\n4、戊",
        ] {
            assert_eq!(separated(sentence, &lines(sentence)), None, "{sentence}");
        }
    }

    #[test]
    fn boxes_are_taken_apart() {
        let text = "┌──┬────┬──┐\n│项│    │数│\n├──┼────┼──┤\n│ 1│教育│2 │\n│ 3│文化│4 │\n└──┴────┴──┘\nend";
        let (rows, end) = boxed(text, &lines(text)).unwrap();
        assert_eq!(end, 6);
        assert_eq!(
            shown(text, &rows),
            [["项", "", "数"], ["1", "教育", "2"], ["3", "文化", "4"]]
        );
        let text = "+----+----+\n| a  | b  |\n+----+----+\n| long    |\n+----+----+\n| c  | 1  |\n|    | d  |\n+----+----+\n| e  | 2  |\n+----+----+";
        let (rows, _) = boxed(text, &lines(text)).unwrap();
        assert_eq!(shown(text, &rows), [["a", "b"], ["long", ""], ["c", "1/d"], ["e", "2"]]);
    }
}
