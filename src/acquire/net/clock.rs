//! The clock of politeness. Every interval and pause is measured on it, so that a test proves a week of waiting in a second.
//! Timeouts of the network run on the clock of the machine.

use super::super::time::Moment;
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// A wait.
pub type Wait<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// What time it is, and waiting.
pub trait Clock {
    /// Now.
    fn now(&self) -> Moment;
    /// Returns at `until` or later.
    fn sleep_until(&self, until: Moment) -> Wait<'_>;
    /// A request goes out (`true`) or came back: a simulated clock stands still meanwhile.
    fn busy(&self, _: bool) {}
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "when something was fetched is a fact about the fetch; the dataset repeats it from the store"
    )]
    fn now(&self) -> Moment {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Moment(since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
    }

    fn sleep_until(&self, until: Moment) -> Wait<'_> {
        Box::pin(async move {
            loop {
                let left = until.since(self.now());
                if left == 0 {
                    return;
                }
                // In short steps: a laptop that slept, a clock that was set.
                tokio::time::sleep(std::time::Duration::from_millis(left.min(30_000))).await;
            }
        })
    }
}

#[derive(Debug, Default)]
struct State {
    now: Moment,
    busy: u32,
    next_id: u64,
    waiting: BTreeSet<(Moment, u64)>,
}

/// A clock that moves only when everybody waits, or when it is told to.
#[derive(Clone, Debug, Default)]
pub struct SimClock {
    state: Arc<Mutex<State>>,
    moved: Arc<Notify>,
}

impl SimClock {
    /// Stands at `now`.
    pub fn at(now: Moment) -> Self {
        let clock = Self::default();
        clock.state().now = now;
        clock
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a wait is over; moves the clock when everybody waits and this wait is the first to end.
    fn turn(&self, until: Moment, id: u64) -> bool {
        let mut s = self.state();
        if s.busy == 0 && s.waiting.first() == Some(&(until, id)) && s.now < until {
            s.now = until;
        }
        s.now >= until && s.waiting.remove(&(until, id))
    }

    /// Moves the clock: the latency of a simulated server, or a clock that is set back.
    pub fn advance(&self, ms: i64) {
        let mut s = self.state();
        s.now = Moment(s.now.0 + ms);
        drop(s);
        self.moved.notify_waiters();
    }
}

impl Clock for SimClock {
    fn now(&self) -> Moment {
        self.state().now
    }

    fn busy(&self, begins: bool) {
        let mut s = self.state();
        s.busy = if begins { s.busy + 1 } else { s.busy.saturating_sub(1) };
        drop(s);
        self.moved.notify_waiters();
    }

    fn sleep_until(&self, until: Moment) -> Wait<'_> {
        let id = {
            let mut s = self.state();
            s.next_id += 1;
            let id = s.next_id;
            s.waiting.insert((until, id));
            id
        };
        Box::pin(async move {
            loop {
                let moved = self.moved.notified();
                tokio::pin!(moved);
                moved.as_mut().enable();
                // Whoever can do something without waiting does it first.
                for _ in 0..16 {
                    tokio::task::yield_now().await;
                }
                if self.turn(until, id) {
                    self.moved.notify_waiters();
                    return;
                }
                moved.await;
            }
        })
    }
}
