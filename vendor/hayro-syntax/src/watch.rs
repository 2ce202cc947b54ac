//! (juesuan) The budget of the document that this thread reads, and what was found damaged in it.
//!
//! A decoder of this crate unpacks a stream whole; nobody behind it can stop it in time. So the bound stands here. Without
//! [`begin`] nothing is bounded.

use core::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// What was found damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    /// Deflated data that end early, cannot be unpacked to their end, or do not give their checksum.
    Inflate,
    /// Data that another decoder could not unpack.
    Decode,
    /// A stream that does not end where its length says.
    Length,
    /// A table of objects that had to be rebuilt from the objects themselves.
    Rebuilt,
    /// An object that is not where the table of objects says, and nowhere else.
    Object,
    /// A reference to an object that the file does not have.
    Dangling,
    /// A page whose content cannot be found.
    Contents,
    /// A page of which nobody can tell how large it is or which side is up.
    Size,
}

/// The bounds of one document.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Bytes that all streams together may unpack to, unpacking twice counted twice.
    pub bytes: u64,
    /// Bytes that one layer of one stream may unpack to.
    pub stream: usize,
    /// Entries of tables.
    pub items: u64,
    /// Bytes that may be searched for the ends of streams.
    pub searched: u64,
    /// Whether the time is over.
    pub late: fn() -> bool,
}

/// Which bound was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// Bytes unpacked.
    Bytes,
    /// Entries of tables.
    Items,
    /// Bytes searched, or the time.
    Time,
}

#[derive(Default)]
struct State {
    bounds: Cell<Option<Bounds>>,
    passed: Cell<Option<Passed>>,
    pixels: Cell<u64>,
    refused: Cell<bool>,
    ticks: Cell<u32>,
    damage: RefCell<BTreeMap<Damage, u32>>,
}

std::thread_local! {
    static STATE: State = State::default();
}

/// A document begins on this thread.
pub fn begin(bounds: Bounds) {
    STATE.with(|s| {
        s.bounds.set(Some(bounds));
        s.passed.set(None);
        s.pixels.set(0);
        s.refused.set(false);
        s.damage.borrow_mut().clear();
    });
}

/// From now on images with so many pixels in all are unpacked on this thread; without this none is.
pub fn allow_pixels(n: u64) {
    STATE.with(|s| {
        s.pixels.set(n);
        s.refused.set(false);
    });
}

/// Whether an image was not unpacked because it has more pixels than were allowed.
pub fn refused_pixels() -> bool {
    STATE.with(|s| s.refused.get())
}

/// Takes the pixels of an image from what is allowed.
pub(crate) fn pixels(n: u64) -> Option<()> {
    STATE.with(|s| match s.pixels.get().checked_sub(n) {
        Some(left) => {
            s.pixels.set(left);
            Some(())
        }
        None => {
            s.refused.set(true);
            None
        }
    })
}

/// The bound that was passed, if one was.
pub fn passed() -> Option<Passed> {
    STATE.with(|s| s.passed.get())
}

/// What was found damaged since the last call, and how often.
pub fn take() -> BTreeMap<Damage, u32> {
    STATE.with(|s| core::mem::take(&mut *s.damage.borrow_mut()))
}

/// Notes damage that was found.
pub fn damaged(what: Damage) {
    STATE.with(|s| *s.damage.borrow_mut().entry(what).or_insert(0) += 1);
}

/// The most bytes that the next layer of a stream may unpack to.
pub(crate) fn room() -> usize {
    STATE.with(|s| match s.bounds.get() {
        _ if s.passed.get().is_some() => 0,
        Some(b) => b.stream.min(usize::try_from(b.bytes).unwrap_or(usize::MAX)),
        None => usize::MAX - 1,
    })
}

pub(crate) fn too_large() {
    pass(Passed::Bytes);
}

fn pass(what: Passed) {
    STATE.with(|s| s.passed.set(s.passed.get().or(Some(what))));
}

fn spend(what: Passed, of: impl Fn(&mut Bounds) -> &mut u64, n: u64) -> Option<()> {
    STATE.with(|s| {
        if s.passed.get().is_some() {
            return None;
        }
        let Some(mut b) = s.bounds.get() else { return Some(()) };
        let left = of(&mut b);
        match left.checked_sub(n) {
            Some(l) => {
                *left = l;
                s.bounds.set(Some(b));
                Some(())
            }
            None => {
                pass(what);
                None
            }
        }
    })
}

/// Takes unpacked bytes from the budget.
pub(crate) fn unpacked(n: usize) -> Option<()> {
    spend(Passed::Bytes, |b| &mut b.bytes, n as u64)
}

/// Takes entries of a table from the budget.
pub(crate) fn items(n: u64) -> Option<()> {
    spend(Passed::Items, |b| &mut b.items, n)
}

/// Takes a search from the budget.
pub(crate) fn searched(n: usize) -> Option<()> {
    spend(Passed::Time, |b| &mut b.searched, n as u64)
}

/// A step of work that may be one of very many: `None` when the time is over.
pub(crate) fn tick() -> Option<()> {
    STATE.with(|s| {
        if s.passed.get().is_some() {
            return None;
        }
        let n = s.ticks.get().wrapping_add(1);
        s.ticks.set(n);
        if n.is_multiple_of(256) && s.bounds.get().is_some_and(|b| (b.late)()) {
            pass(Passed::Time);
            return None;
        }
        Some(())
    })
}
