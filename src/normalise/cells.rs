//! The cells of a table before they become facts. Comes in: the entries of a table. Goes out: which of them are only halves of a cell, and
//! how many decimals its amounts have. Looks at places and digits, never at what an item means.

use crate::recognise::Entry;
use crate::record::Side;
use crate::value::amount::{self, Amount};
use rustc_hash::FxHashMap;

/// What two halves of a cell have in common.
type Key<'e> = (Option<Side>, &'e str, &'e str, Option<&'e str>, u32);

/// How far edges of one column, or of two halves, may be apart, in points.
const EDGE: f32 = 1.5;

/// The entries that are blank halves: a stray line parts a cell in two, and both stand beside the same label. The half that holds
/// something is the cell; of two blank ones the first.
pub(super) fn blank_halves(entries: &[Entry]) -> Vec<usize> {
    let blank = |n: usize| entries[n].printed.trim().is_empty();
    if !any_halves(entries) {
        return Vec::new();
    }
    // The first two of each label, and whether there are more.
    let mut alike: FxHashMap<Key<'_>, (usize, Option<usize>, bool)> = FxHashMap::default();
    for (n, e) in entries.iter().enumerate() {
        let (item, measure) = (e.item.as_str(), e.measure.as_str());
        let key: Key<'_> = (e.side, item, measure, e.item_name.as_deref(), e.place.page);
        let known = alike.entry(key).or_insert((n, None, false));
        match known {
            (first, ..) if *first == n => {}
            (_, second @ None, _) => *second = Some(n),
            (.., more) => *more = true,
        }
    }
    // In any order, which is why they are sorted then.
    let mut out: Vec<usize> = alike
        .into_values()
        .filter_map(|all| match all {
            (a, Some(b), false) if touch(&entries[a], &entries[b]) => match (blank(a), blank(b)) {
                (_, true) => Some(b),
                (true, false) => Some(a),
                (false, false) => None,
            },
            _ => None,
        })
        .collect();
    out.sort_unstable();
    out
}

/// So many columns are told apart; in a wider table all labels are looked at.
const COLUMNS: usize = 64;

/// Whether a cell of an item stands right below another of it, and one of them is blank: hardly any table has such cells, and the last
/// cell of each column tells it.
fn any_halves(entries: &[Entry]) -> bool {
    let blank = |e: &Entry| e.printed.trim().is_empty();
    let mut last: Vec<&Entry> = Vec::new();
    for e in entries {
        let rect = e.place.rect;
        let column = |o: &&mut &Entry| (o.place.rect.x0 - rect.x0).abs() < EDGE;
        match last.iter_mut().find(column) {
            Some(above) => {
                if touch(above, e)
                    && above.place.page == e.place.page
                    && above.item == e.item
                    && above.measure == e.measure
                    && (blank(above) || blank(e))
                {
                    return true;
                }
                *above = e;
            }
            None => last.push(e),
        }
        if last.len() > COLUMNS {
            return true;
        }
    }
    false
}

/// Whether one cell stands right below the other, as wide as it.
fn touch(a: &Entry, b: &Entry) -> bool {
    let (a, b) = (a.place.rect, b.place.rect);
    let same = (a.x0 - b.x0).abs() < EDGE && (a.x1 - b.x1).abs() < EDGE;
    same && a.x1 > a.x0 && ((a.y1 - b.y0).abs() < EDGE || (b.y1 - a.y0).abs() < EDGE)
}

/// The amounts of the cells; `None` where a cell is not one number.
pub(super) fn amounts(entries: &[Entry]) -> Vec<Option<Amount>> {
    entries.iter().map(|e| amount::parse(&e.printed)).collect()
}

/// The fewest amounts that show how many decimals a table has.
const SHOWN: usize = 3;

/// The most decimals of the amounts that stand in one piece: a number put together from pieces that has more is two numbers.
pub(super) fn most_places(read: &[Option<Amount>]) -> Option<u32> {
    let whole = read
        .iter()
        .flatten()
        .filter(|a| !a.notation.broken && a.places > 0)
        .map(|a| a.places);
    let (n, most) = whole.fold((0, 0), |(n, most), p| (n + 1, most.max(p)));
    (n >= SHOWN).then_some(most)
}

/// The fewest amounts of which a single one stands out.
const MANY: usize = 8;
/// Amounts are exact to a cent of yuan or of 万元: more decimals than this are seldom printed.
const CENTS: u32 = 2;

/// The decimals that nearly all amounts of a table keep to: one that has more may hold a mark (55.26 with a small 9 behind it).
pub(super) fn usual_places(entries: &[Entry], read: &[Option<Amount>]) -> Option<u32> {
    let mut places: Vec<u32> = entries
        .iter()
        .zip(read)
        .filter(|(e, _)| !e.ratio)
        .filter_map(|(_, a)| Some(a.as_ref()?.places))
        .collect();
    places.sort_unstable();
    let apart = (places.len() / 20).max(1);
    let usual = places
        .len()
        .checked_sub(apart + 1)
        .and_then(|n| places.get(n))
        .copied()?;
    (places.len() >= MANY).then_some(usual.max(CENTS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Rect;
    use crate::place::Place;

    fn entry(item: &str, printed: &str, y0: f32, y1: f32) -> Entry {
        Entry {
            side: None,
            item: item.into(),
            item_code: None,
            item_name: None,
            item_level: None,
            sub_unit: None,
            is_total: false,
            measure: "final".into(),
            ratio: false,
            fund: None,
            row_no: None,
            unit: None,
            printed: printed.into(),
            lines: 1,
            place: Place::new(1, Rect::new(10.0, y0, 60.0, y1)),
        }
    }

    #[test]
    fn a_stray_line_leaves_one_cell() {
        let all = [
            entry("30304", "1.00", 0.0, 10.0),
            entry("30305", "", 10.0, 14.0),
            entry("30305", "20.83", 14.0, 20.0),
            entry("30307", "", 20.0, 24.0),
            entry("30307", "", 24.0, 30.0),
            // Two figures, and a blank that stands elsewhere: both stay.
            entry("30309", "4.98", 30.0, 34.0),
            entry("30309", "5.00", 34.0, 40.0),
            entry("30310", "", 40.0, 50.0),
            entry("30310", "6.00", 70.0, 80.0),
        ];
        assert_eq!(blank_halves(&all), [1, 4]);
    }

    #[test]
    fn a_single_amount_with_more_decimals_stands_out() {
        let of = |printed: &[&str]| {
            let all: Vec<Entry> = printed.iter().map(|p| entry("1", p, 0.0, 1.0)).collect();
            usual_places(&all, &amounts(&all))
        };
        let seven = ["1.00", "2.50", "3.25", "4.00", "5.10", "6", "7.07"];
        assert_eq!(of(&seven), None, "too few to tell");
        assert_eq!(of(&[&seven[..], &["55.269"]].concat()), Some(2));
        // Where several have as many, that is how the table is printed.
        assert_eq!(of(&[&seven[..], &["55.269", "1.234", "2.345"]].concat()), Some(3));
        assert_eq!(of(&["1", "2", "3", "4", "5", "6", "7", "8.25"]), Some(2));
    }

    #[test]
    fn a_wrapped_amount_has_no_more_decimals_than_the_others() {
        let of = |printed: &[&str]| {
            let all: Vec<Entry> = printed.iter().map(|p| entry("1", p, 0.0, 1.0)).collect();
            most_places(&amounts(&all))
        };
        assert_eq!(of(&["1.00", "2.50", "3.25", "53.49\n2022", "7"]), Some(2));
        assert_eq!(of(&["1.000000", "2.500000", "3.251200", "18592.25\n5601"]), Some(6));
        assert_eq!(of(&["1.00", "53.49\n2022"]), None);
    }
}
