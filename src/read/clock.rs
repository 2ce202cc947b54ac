//! How long a document may be read. Seconds of the processor count, not of the wall: a machine that is busy with other things does
//! not change what is read.

use std::time::{Duration, Instant};

/// The moment after which nothing more is read, for the thread that made it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    limit: Duration,
    /// No earlier moment needs a look at the clock of the processor, which costs more.
    wall: Instant,
    spent: Duration,
}

impl Deadline {
    /// `None` where the limit is no sensible number of seconds.
    pub(super) fn after(seconds: f64) -> Option<Self> {
        let limit = Duration::try_from_secs_f64(seconds).ok()?;
        Some(Self {
            limit,
            wall: Instant::now().checked_add(limit)?,
            spent: spent().unwrap_or_default(),
        })
    }

    /// Whether the time is over.
    pub(super) fn passed(&self) -> bool {
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
