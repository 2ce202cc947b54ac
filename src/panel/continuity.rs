//! Units that may be one under two names, or were merged. Comes in: the accounts of a dataset and the pairs of the grammar (what closes a year
//! is what opens the next). Goes out: [`Link`]s: an account that ends, one that begins a year later in the same region, level and
//! caliber, and the amount that leads from one to the other. Amounts may be equal by chance: a link is for a person to confirm, and one
//! that is not the only one says so.

use super::Account;
use crate::grammar::Grammar;
use crate::record::{Caliber, Level};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// How units hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// One unit under a new name.
    Renamed,
    /// Several units became one.
    Merged,
}

/// A unit in the last year of its name, or the first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct End {
    /// Its key.
    pub key: String,
    /// Its name as published.
    pub name: String,
    /// 行政区划代码, where it is known.
    pub region: Option<String>,
    /// Ids of the figures.
    pub sources: Vec<String>,
    /// Yuan.
    pub amount: Decimal,
}

/// Units that hang together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// How.
    pub how: How,
    /// The last year of the old names.
    pub year: i16,
    /// The old names; one, or those that were merged.
    pub before: Vec<End>,
    /// The new one.
    pub after: End,
    /// The unit goes on under its own name and took the others in.
    pub absorbed: bool,
    /// No other link names one of these units in this year.
    pub only: bool,
}

/// Units in one region, of one level and caliber.
type Group = (String, Option<Level>, Option<Caliber>);

/// What is known of a unit in a year.
#[derive(Clone, Default)]
struct Year {
    name: String,
    closes: Option<(Decimal, Decimal, Vec<String>)>,
    opens: Option<(Decimal, Decimal, Vec<String>)>,
}

/// Units that end in one region and year above which sums of several are not tried.
const TOGETHER: usize = 24;

/// The links of a dataset, by year, then by the new unit.
pub fn links(accounts: &[Account], g: &Grammar) -> Vec<Link> {
    let mut out = Vec::new();
    for pair in &g.continuity {
        let mut groups: BTreeMap<Group, BTreeMap<String, BTreeMap<i16, Year>>> = BTreeMap::new();
        for a in accounts {
            let d = &a.document;
            let (Some(key), Some(year)) = (&d.unit_key, d.fiscal_year) else {
                continue;
            };
            let group = (d.region_code.clone().unwrap_or_default(), d.level, d.caliber);
            let years = groups.entry(group).or_default().entry(key.clone()).or_default();
            // Of several versions whose order is not known the first is looked at.
            years.entry(year).or_insert_with(|| Year {
                name: d.unit_name.clone().unwrap_or_default(),
                closes: printed(a, pair.closes),
                opens: printed(a, pair.opens),
            });
        }
        for (group, units) in &groups {
            of_group(group, units, &mut out);
        }
    }
    out.sort_by(|a, b| (a.year, &a.after, a.how, &a.before).cmp(&(b.year, &b.after, b.how, &b.before)));
    out.dedup();
    alone(&mut out);
    out
}

/// A printed amount that is not zero, one unit of its last place, and its sources.
fn printed(a: &Account, indicator: usize) -> Option<(Decimal, Decimal, Vec<String>)> {
    let row = &a.rows[indicator];
    let value = row.value.filter(|v| !v.is_zero())?;
    Some((value, row.quantum.unwrap_or(Decimal::ZERO), row.sources.clone()))
}

fn of_group(group: &Group, units: &BTreeMap<String, BTreeMap<i16, Year>>, out: &mut Vec<Link>) {
    let years: BTreeSet<i16> = units.values().flat_map(|y| y.keys().copied()).collect();
    let region = Some(group.0.clone()).filter(|r| !r.is_empty());
    let end = |key: &str, name: &str, (amount, _, sources): &(Decimal, Decimal, Vec<String>)| End {
        key: key.to_string(),
        name: name.to_string(),
        region: region.clone(),
        sources: sources.clone(),
        amount: *amount,
    };
    for y in years {
        let mut gone = Vec::new();
        for (key, of) in units {
            let last = of.keys().next_back() == Some(&y);
            if let Some(here) = of.get(&y).filter(|_| last)
                && let Some(closes) = &here.closes
            {
                gone.push((end(key, &here.name, closes), closes.1));
            }
        }
        if gone.is_empty() {
            continue;
        }
        for (key, of) in units {
            let Some(next) = of.get(&(y + 1)) else { continue };
            let Some(opens) = &next.opens else { continue };
            let after = end(key, &next.name, opens);
            // What goes on under its own name brought its own along, when that is known.
            let own = match of.get(&y) {
                None if of.keys().next() == Some(&(y + 1)) => None,
                Some(before) => match &before.closes {
                    Some(c) if !near(c.0, after.amount, c.1.max(opens.1)) => Some(c),
                    _ => continue,
                },
                None => continue,
            };
            let mut sums = Sums {
                gone: &gone,
                wanted: after.amount - own.map_or(Decimal::ZERO, |c| c.0),
                slack: opens.1 + own.map_or(Decimal::ZERO, |c| c.1),
                found: Vec::new(),
            };
            sums.search(0, &mut Vec::new(), Decimal::ZERO, Decimal::ZERO);
            let found = std::mem::take(&mut sums.found);
            // With a small amount more a sum may still fit: the small one has no part in it.
            let least = |set: &&Vec<usize>| {
                !found
                    .iter()
                    .any(|o| o.len() < set.len() && o.iter().all(|n| set.contains(n)))
            };
            out.extend(found.iter().filter(least).map(|set| Link {
                how: match (set.len(), own) {
                    (1, None) => How::Renamed,
                    _ => How::Merged,
                },
                year: y,
                before: set.iter().map(|n| gone[*n].0.clone()).collect(),
                after: after.clone(),
                absorbed: own.is_some(),
                only: false,
            }));
        }
    }
}

/// Whether two amounts are one within the place that the coarser one was printed to.
fn near(a: Decimal, b: Decimal, quantum: Decimal) -> bool {
    (a - b).abs() * Decimal::TWO <= quantum
}

/// Sets of up to three units that close with what another opens with.
struct Sums<'a> {
    gone: &'a [(End, Decimal)],
    wanted: Decimal,
    /// The place of what is wanted.
    slack: Decimal,
    found: Vec<Vec<usize>>,
}

impl Sums<'_> {
    fn search(&mut self, from: usize, set: &mut Vec<usize>, sum: Decimal, slack: Decimal) {
        let fits = match set.len() {
            0 => false,
            1 => near(sum, self.wanted, self.slack.max(slack)),
            // Each of a sum is rounded by itself.
            _ => (sum - self.wanted).abs() * Decimal::TWO <= self.slack + slack,
        };
        if fits {
            self.found.push(set.clone());
            return;
        }
        let most = if self.gone.len() > TOGETHER { 1 } else { 3 };
        if set.len() == most {
            return;
        }
        for n in from..self.gone.len() {
            set.push(n);
            self.search(n + 1, set, sum + self.gone[n].0.amount, slack + self.gone[n].1);
            set.pop();
        }
    }
}

/// Marks the links of which no unit stands in another of the same year.
fn alone(links: &mut [Link]) {
    let mut named: BTreeMap<(i16, bool, String), usize> = BTreeMap::new();
    let ends = |l: &Link| -> Vec<(i16, bool, String)> {
        let before = l.before.iter().map(|e| (l.year, false, e.key.clone()));
        before.chain([(l.year, true, l.after.key.clone())]).collect()
    };
    for l in links.iter() {
        for e in ends(l) {
            *named.entry(e).or_default() += 1;
        }
    }
    for l in links.iter_mut() {
        l.only = ends(l).iter().all(|e| named[e] == 1);
    }
}
