//! What is known only when all documents were seen: which of them are versions of one account, and one row for each unit. Comes in:
//! one extract after another. Goes out: the rows of `documents` and `units`. Nothing here depends on the order of arrival but the
//! order of the rows.

use crate::place::DocumentId;
use crate::record::{Caliber, DocumentRow, Extract, Kind, Level, Unit};
use crate::spool::Spool;
use sha2::{Digest, Sha256};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// One account: unit, year, level and caliber.
type Account<'d> = (&'d str, i16, Option<Level>, Option<Caliber>);

/// Documents and units of the run.
#[derive(Default)]
pub(super) struct Accounts {
    documents: Spool,
    /// A number for the account of each final account, with the number of the document.
    accounts: Vec<(u128, u32)>,
    /// Findings that failed when all documents were known.
    failed: BTreeMap<DocumentId, u32>,
    units: BTreeMap<String, Collected>,
    parents: BTreeMap<String, String>,
}

/// A unit while it is collected.
struct Collected {
    unit: Unit,
    /// Each name with the last year in which it was seen.
    names: BTreeMap<String, Option<i16>>,
    /// The last year of what has changed over time (region, level).
    last: Option<i16>,
}

impl Accounts {
    /// Nothing yet; the rows of documents will wait in this spool.
    pub fn new(documents: Spool) -> Self {
        Self {
            documents,
            ..Self::default()
        }
    }

    /// Takes note of a document.
    pub fn add(&mut self, e: &Extract) {
        let d = &e.document;
        if let Some(account) = account(d) {
            let number = u128::from_le_bytes(first_half(&Sha256::digest(format!("{account:?}"))));
            self.accounts.push((number, self.documents.len() as u32));
        }
        self.documents.push(d);
        if let Some(key) = &d.unit_key {
            for m in &e.members {
                if let Some(member) = m.unit_key.as_ref().filter(|m| *m != key) {
                    // Of two departments that list one unit the one with the smaller key: any order gives the same.
                    let parent = self.parents.entry(member.clone()).or_insert_with(|| key.clone());
                    if key < parent {
                        parent.clone_from(key);
                    }
                }
            }
        }
        let seen = match (&e.unit, &d.unit_key, &d.unit_name) {
            (Some(u), _, _) => u.clone(),
            (None, Some(key), Some(name)) => Unit {
                unit_key: key.clone(),
                unit_name: name.clone(),
                region_code: d.region_code.clone(),
                region_name: d.region_name.clone(),
                level: d.level,
                first_year: d.fiscal_year,
                last_year: d.fiscal_year,
                ..Unit::default()
            },
            _ => return,
        };
        self.unit(seen);
    }

    fn unit(&mut self, seen: Unit) {
        let c = self.units.entry(seen.unit_key.clone()).or_insert_with(|| Collected {
            unit: Unit {
                unit_key: seen.unit_key.clone(),
                ..Unit::default()
            },
            names: BTreeMap::new(),
            last: None,
        });
        let year = seen.first_year;
        let name = c.names.entry(seen.unit_name).or_insert(year);
        *name = (*name).max(year);
        for alias in seen.aliases {
            if !c.unit.aliases.contains(&alias) {
                c.unit.aliases.push(alias);
            }
        }
        let u = &mut c.unit;
        u.documents += 1;
        u.uscc = u.uscc.take().max(seen.uscc);
        u.parent_unit_key = u.parent_unit_key.take().or(seen.parent_unit_key);
        u.successor_unit_key = u.successor_unit_key.take().or(seen.successor_unit_key);
        u.successor_year = u.successor_year.or(seen.successor_year);
        // What the newest document says of region and level; a smaller value where two are as new.
        let newer = year > c.last || u.documents == 1;
        if newer || (year == c.last && (&seen.region_code, &seen.level) < (&u.region_code, &u.level)) {
            if seen.region_code.is_some() || newer && u.region_code.is_none() {
                u.region_code = seen.region_code;
                u.region_name = seen.region_name;
            }
            u.level = seen.level.or(u.level);
        }
        c.last = c.last.max(year);
        if let Some(y) = year {
            u.first_year = Some(u.first_year.map_or(y, |f| f.min(y)));
            u.last_year = Some(u.last_year.map_or(y, |l| l.max(y)));
        }
    }

    /// Findings that failed when all documents were known.
    pub fn failed_later(&mut self, id: &DocumentId, n: u32) {
        *self.failed.entry(id.clone()).or_default() += n;
    }

    /// The rows of `documents`, in the order in which they came, versions marked.
    pub fn each_document<E>(
        &mut self,
        unread: impl Fn(String) -> E,
        mut row: impl FnMut(DocumentRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let versions = self.versions().map_err(&unread)?;
        for n in 0..self.documents.len() {
            let mut d: DocumentRow = self.documents.get(n).map_err(&unread)?;
            if let Some((count, newest)) = versions.get(&(n as u32)) {
                d.versions = *count;
                d.superseded_by = newest.clone().filter(|id| *id != d.document_id);
            }
            if let Some(more) = self.failed.get(&d.document_id) {
                d.findings_failed += more;
            }
            row(d)?;
        }
        Ok(())
    }

    /// Of the documents that are one of several of an account: how many there are, and the newest.
    fn versions(&mut self) -> Result<BTreeMap<u32, (u32, Option<DocumentId>)>, String> {
        let mut all = std::mem::take(&mut self.accounts);
        all.sort_unstable();
        let mut out = BTreeMap::new();
        for same in all.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
            let rows: Vec<DocumentRow> = same
                .iter()
                .map(|(_, n)| self.documents.get(*n as usize))
                .collect::<Result<_, _>>()?;
            let newest =
                newest(&rows, |d| d.file_time.as_deref()).or_else(|| newest(&rows, |d| d.retrieved_at.as_deref()));
            let id = newest.map(|n| rows[n].document_id.clone());
            for (_, n) in same {
                out.insert(*n, (rows.len() as u32, id.clone()));
            }
        }
        Ok(out)
    }

    /// The rows of `units`, in the order of their keys.
    pub fn units(&mut self) -> Vec<Unit> {
        let parents = std::mem::take(&mut self.parents);
        std::mem::take(&mut self.units)
            .into_values()
            .map(|c| {
                let mut u = c.unit;
                // The name of the newest document; of two the first in order.
                let newest = c
                    .names
                    .iter()
                    .max_by_key(|(name, year)| (**year, Reverse((*name).clone())));
                u.unit_name = newest.map(|(name, _)| name.clone()).unwrap_or_default();
                u.aliases.extend(c.names.into_keys());
                u.aliases.retain(|a| *a != u.unit_name);
                u.aliases.sort();
                u.aliases.dedup();
                let listed = parents.get(&u.unit_key).cloned();
                u.parent_unit_key = u.parent_unit_key.or(listed);
                u
            })
            .collect()
    }
}

/// The account of a document; `None` where it is none of a known unit and year.
fn account(d: &DocumentRow) -> Option<Account<'_>> {
    match (d.kind, &d.unit_key, d.fiscal_year) {
        (Kind::FinalAccount, Some(key), Some(year)) => Some((key, year, d.level, d.caliber)),
        _ => None,
    }
}

fn first_half(hash: &[u8]) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&hash[..16]);
    out
}

/// The one document whose time is later than that of all others; `None` where one has no time, or two are as late.
fn newest(rows: &[DocumentRow], time: impl Fn(&DocumentRow) -> Option<&str>) -> Option<usize> {
    let mut times: Vec<(&str, usize)> = rows
        .iter()
        .enumerate()
        .map(|(n, d)| time(d).map(|t| (t, n)))
        .collect::<Option<_>>()?;
    times.sort_unstable();
    match times.as_slice() {
        [.., (before, _), (last, n)] if before < last => Some(*n),
        _ => None,
    }
}
