//! Blocks: what is copied and not written again when some documents are new. Documents stand in the order of their ids, which are
//! hashes; a block are those whose ids begin with the same bits. So where a block begins and ends does not move when documents come or
//! go elsewhere, and depends on nothing but the documents. Comes in: the number of documents, and how large each block is. Goes out: how many blocks
//! there are, which of them are one row group, and `blocks.bin` beside the tables: where each block stands in each file.

use super::Options;
use super::parts::{self, Head, Key, Parts};
use crate::record::FindingOutcome;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The name of the file.
pub const NAME: &str = "blocks.bin";
/// A change of what stands in it changes this.
const MAGIC: &[u8] = b"juesuan blocks 1\n";
/// What stands behind all blocks: it is of no document alone.
pub const TAIL: u32 = u32::MAX;
/// There are no more blocks than this many bits can name: so the number of row groups stays small for any number of documents.
const MOST_BITS: u32 = 10;

/// How many bits of an id name its block: a block has one or two documents, as long as there are not too many blocks.
pub fn bits(documents: usize) -> u32 {
    documents.checked_ilog2().unwrap_or(0).min(MOST_BITS)
}

/// The block of an id.
pub fn block(id: &str, bits: u32) -> u32 {
    let id = parts::raw_id(id);
    match bits {
        0 => 0,
        _ => u32::from_be_bytes([id[0], id[1], id[2], id[3]]) >> (32 - bits),
    }
}

/// A run of bytes of one block.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Segment {
    /// Its block.
    pub block: u32,
    /// Where it begins.
    pub start: u64,
    /// How long it is.
    pub length: u64,
    /// Its checksum.
    pub crc: u32,
}

/// Row groups of one block, or one row group of several small ones.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Group {
    /// Block, rows, bytes of text.
    pub members: Vec<(u32, u32, u32)>,
    /// The first of its row groups.
    pub first: u32,
    /// How many they are.
    pub count: u32,
    /// Where they stand.
    pub bytes: Segment,
}

/// What of a file is of which block.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Layout {
    /// Rows behind one another.
    Lines(Vec<Segment>),
    /// Row groups.
    Groups(Vec<Group>),
}

impl Layout {
    /// The lines of a block; none where it has no row.
    pub fn lines(&self, block: u32) -> Option<&Segment> {
        match self {
            Layout::Lines(all) => all.iter().find(|s| s.block == block),
            Layout::Groups(_) => None,
        }
    }

    /// The row group of a block, by its number, and what stands in it before the block.
    pub fn group(&self, block: u32) -> Option<(usize, &Group, usize)> {
        let Layout::Groups(all) = self else { return None };
        all.iter().enumerate().find_map(|(n, g)| {
            let at = g.members.iter().position(|m| m.0 == block)?;
            let before: u32 = g.members[..at].iter().map(|m| m.1).sum();
            Some((n, g, before as usize))
        })
    }
}

/// Where everything stands.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Index {
    /// How many bits name a block.
    pub bits: u32,
    /// Whether CSV files are for spreadsheets.
    pub bom: bool,
    /// Which findings are written; empty: all.
    pub findings: Vec<FindingOutcome>,
    /// Number of a block, its first record, and how many it has.
    pub blocks: Vec<(u32, u32, u32)>,
    /// Records.
    pub parts: Vec<Segment>,
    /// By the name of the file.
    pub files: BTreeMap<String, Layout>,
}

impl Index {
    /// The file's bytes.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        let mut out = MAGIC.to_vec();
        out.extend(postcard::to_allocvec(self).map_err(|e| e.to_string())?);
        Ok(out)
    }
}

/// A dataset that stands there and of which blocks can be taken.
#[derive(Debug)]
pub struct Old {
    dir: PathBuf,
    parts: Parts,
    index: Index,
}

impl Old {
    /// What of the dataset in a folder can be taken; `None` where it was written otherwise.
    pub fn open(dir: &Path, options: &Options, bits: u32) -> Option<Self> {
        let bytes = std::fs::read(dir.join(NAME)).ok()?;
        let index: Index = postcard::from_bytes(bytes.strip_prefix(MAGIC)?).ok()?;
        let parts = Parts::open(dir).ok()??;
        let fits = index.bits == bits
            && index.bom == options.bom
            && index.findings == options.findings
            && *parts.made() == options.made;
        fits.then(|| Self {
            dir: dir.to_path_buf(),
            parts,
            index,
        })
    }

    /// Whether it has a file.
    pub fn has(&self, file: &str) -> bool {
        self.index.files.contains_key(file)
    }

    /// The path of a file, and what of it is of which block.
    pub fn file(&self, name: &str) -> Option<(PathBuf, &Layout)> {
        Some((self.dir.join(name), self.index.files.get(name)?))
    }

    /// The records of a block: where they stand.
    pub fn records(&self, block: u32) -> Option<(PathBuf, Segment)> {
        let segment = self.index.parts.iter().find(|s| s.block == block)?;
        Some((self.dir.join(parts::NAME), *segment))
    }

    fn block(&self, block: u32) -> Option<std::ops::Range<usize>> {
        let n = self.index.blocks.binary_search_by_key(&block, |b| b.0).ok()?;
        let (_, first, documents) = self.index.blocks[n];
        Some(first as usize..(first + documents) as usize)
    }

    /// Whether a block has these documents and no other.
    pub fn same(&self, block: u32, keys: &[Key]) -> bool {
        self.block(block)
            .is_some_and(|records| self.parts.keys(records).is_some_and(|own| own.eq(keys.iter())))
    }

    /// What is needed of the documents of a block when it is taken as it is.
    pub fn heads(&self, block: u32) -> Result<Vec<Head>, String> {
        let records = self.block(block).unwrap_or_default();
        records.map(|n| self.parts.head(n)).collect()
    }
}

/// Which blocks are one row group: those of the largest subtree (ids that begin with the same bits) that is small. This depends on nothing but how
/// large the blocks are, and a block that changes moves nothing outside of its own subtree.
#[derive(Debug)]
pub(super) struct Grouping<T> {
    waiting: Vec<(u32, T)>,
    /// A subtree as high as this is known to be large.
    limit: u32,
    /// The last block of the group before.
    last: Option<u32>,
}

/// What is added to a grouping.
pub(super) trait Measure {
    /// Whether these together are small.
    fn small<'t>(all: impl Iterator<Item = &'t Self>) -> bool
    where
        Self: 't;
}

/// How high the smallest subtree is that holds both.
fn height(a: u32, b: u32) -> u32 {
    32 - (a ^ b).leading_zeros()
}

impl<T: Measure> Grouping<T> {
    pub fn new() -> Self {
        Self {
            waiting: Vec::new(),
            limit: u32::MAX,
            last: None,
        }
    }

    /// Takes the next block that has rows; gives the groups that are known to be whole. `None`: it is large by itself and stands alone.
    pub fn add(&mut self, block: u32, own: Option<T>) -> Vec<Vec<T>> {
        let mut out = Vec::new();
        while let Some((first, _)) = self.waiting.first() {
            let high = height(*first, block);
            if high >= self.limit {
                out.push(self.take(self.waiting.len()));
                break;
            }
            let all = self.waiting.iter().map(|w| &w.1);
            if let Some(own) = &own
                && T::small(all.chain([own]))
            {
                break;
            }
            // The subtree that holds all of them is large: what is of its lower half is a group.
            let lower = self.waiting.partition_point(|w| height(*first, w.0) < high);
            out.push(self.take(lower));
            self.limit = high;
        }
        if self.waiting.is_empty() {
            self.limit = self.last.map_or(u32::MAX, |last| height(last, block));
        }
        match own {
            Some(own) => self.waiting.push((block, own)),
            None => self.last = Some(block),
        }
        out
    }

    fn take(&mut self, n: usize) -> Vec<T> {
        let group: Vec<(u32, T)> = self.waiting.drain(..n).collect();
        self.last = group.last().map(|g| g.0).or(self.last);
        group.into_iter().map(|g| g.1).collect()
    }

    /// No block comes any more.
    pub fn end(&mut self) -> Vec<T> {
        self.take(self.waiting.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Rows(u32, u32);

    const SMALL: u32 = 10;

    impl Measure for Rows {
        fn small<'t>(all: impl Iterator<Item = &'t Self>) -> bool {
            all.map(|r| r.1).sum::<u32>() <= SMALL
        }
    }

    /// The groups by their definition: the subtree of all, or, where it is large, those of its halves.
    fn defined(all: &[Rows], height: u32, prefix: u32, out: &mut Vec<Vec<Rows>>) {
        let own: Vec<Rows> = all.iter().filter(|r| r.0 >> height == prefix).cloned().collect();
        if own.is_empty() {
            return;
        }
        if height == 0 || Rows::small(own.iter()) {
            out.push(own);
            return;
        }
        defined(all, height - 1, prefix * 2, out);
        defined(all, height - 1, prefix * 2 + 1, out);
    }

    #[test]
    fn groups_are_the_largest_small_subtrees() {
        let mut state = 7u64;
        let mut random = |most: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % most) as u32
        };
        let mut several = 0;
        for _ in 0..2_000 {
            let bits = random(6);
            let all: Vec<Rows> = (0..1 << bits)
                .map(|b| Rows(b, random(14)))
                .filter(|r| r.1 > 1)
                .collect();
            let mut expected = Vec::new();
            defined(&all, bits, 0, &mut expected);
            let mut grouping = Grouping::new();
            let mut got: Vec<Vec<Rows>> = Vec::new();
            for r in &all {
                if r.1 > SMALL {
                    got.extend(grouping.add(r.0, None));
                    got.push(vec![r.clone()]);
                } else {
                    got.extend(grouping.add(r.0, Some(r.clone())));
                }
            }
            got.push(grouping.end());
            got.retain(|g| !g.is_empty());
            several += usize::from(got.iter().any(|g| g.len() > 1) && got.len() > 2);
            assert_eq!(got, expected, "{all:?}");
        }
        assert!(several > 500, "{several}");
    }

    #[test]
    fn a_block_does_not_move_when_others_come() {
        assert_eq!(bits(1), 0);
        assert_eq!(bits(990), bits(1_000));
        assert_eq!(bits(1_000_000), MOST_BITS);
        assert_eq!(block(&format!("8{}", "0".repeat(63)), 1), 1);
        assert_eq!(block(&format!("7f{}", "0".repeat(62)), 2), 1);
        assert_eq!(block("", 0), 0);
    }
}
