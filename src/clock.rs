//! How long the work on a document may take, in every stage. Seconds of the processor count, not of the wall: a machine that is busy with other things does
//! not change what is read.

use std::cell::Cell;
use std::time::{Duration, Instant};

thread_local! {
    /// When the work of this thread on its document ends.
    static END: Cell<Option<Deadline>> = const { Cell::new(None) };
}

/// From now on the work of this thread on its document may take so many seconds; without a sensible number there is no limit.
pub(crate) fn begin(seconds: f64) {
    END.with(|end| end.set(Deadline::after(seconds)));
}

/// Whether the time that [`begin`] gave is over: every loop that a file can make long asks this now and then, and stops.
pub(crate) fn late() -> bool {
    END.with(|end| end.get().is_some_and(|d| d.passed()))
}

/// Asks the clock only every so many times: for loops whose rounds are short.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rounds(u32);

impl Rounds {
    /// One more round; whether the time is over.
    pub(crate) fn late(&mut self) -> bool {
        self.0 = self.0.wrapping_add(1);
        self.0.is_multiple_of(64) && late()
    }
}

/// The moment after which nothing more is read, for the thread that made it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    limit: Duration,
    /// No earlier moment needs a look at the clock of the processor, which costs more.
    wall: Instant,
    spent: Duration,
}

impl Deadline {
    /// `None` where the limit is no sensible number of seconds.
    pub(crate) fn after(seconds: f64) -> Option<Self> {
        let limit = Duration::try_from_secs_f64(seconds).ok()?;
        Some(Self {
            limit,
            wall: Instant::now().checked_add(limit)?,
            spent: spent().unwrap_or_default(),
        })
    }

    /// Whether the time is over.
    pub(crate) fn passed(&self) -> bool {
        Instant::now() >= self.wall && spent().is_none_or(|s| s.saturating_sub(self.spent) >= self.limit)
    }
}

/// What this thread has used of the processor; `None` where the system does not tell.
#[cfg(unix)]
fn spent() -> Option<Duration> {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Some(Duration::new(t.tv_sec.try_into().ok()?, t.tv_nsec.try_into().ok()?))
}

/// What this thread has used of the processor; `None` where the system does not tell.
#[cfg(not(unix))]
fn spent() -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_busy_machine_is_no_reason_to_stop() {
        // By the wall the time is over; the processor was somebody else's.
        let waited = Deadline {
            limit: Duration::from_secs(3600),
            wall: Instant::now(),
            spent: spent().unwrap(),
        };
        assert!(!waited.passed());
        let worked = Deadline {
            limit: Duration::ZERO,
            ..waited
        };
        assert!(worked.passed());
    }

    #[test]
    fn nonsense_sets_no_limit() {
        assert!(Deadline::after(f64::INFINITY).is_none());
        assert!(Deadline::after(-1.0).is_none());
    }
}
