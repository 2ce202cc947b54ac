//! How gently a host is asked. Comes in: what is known of a host and what it answered. Goes out: when it may be asked again.
//! Pure arithmetic on the injected clock; the numbers come from the settings, the state from the index.

use super::super::sources::{Backoff, Defaults};
use super::super::store::index::HostRow;
use super::super::time::Moment;
use sha2::{Digest, Sha256};

/// Milliseconds between the last answer of a host and the next request to it.
pub fn delay_ms(d: &Defaults, min_ms: u64, host: &HostRow, crawl_delay_s: Option<f64>, seed: &str) -> u64 {
    let by_latency = (host.latency_ms as f64 * d.latency_factor) as u64;
    let base = min_ms.max(by_latency.min(d.max_delay_ms.max(min_ms)));
    let base = base.max((crawl_delay_s.unwrap_or(0.0) * 1000.0).ceil() as u64);
    // Upward only, and the same for the same request: nothing here is random.
    let h = Sha256::digest(seed.as_bytes());
    let share = f64::from(u16::from_be_bytes([h[0], h[1]])) / f64::from(u16::MAX);
    base + (base as f64 * d.jitter * share) as u64
}

/// When the host may be asked again. `arrived`: when the wait began; a last answer after it means that the clock was set back,
/// which costs one delay, not the difference.
pub fn ready_at(
    now: Moment,
    arrived: Moment,
    host: &HostRow,
    address_last: Option<Moment>,
    delay: u64,
    cap_s: u64,
) -> Moment {
    let mut ready = now;
    for last in [host.last_request, address_last].into_iter().flatten() {
        ready = ready.max(last.min(arrived).plus(delay));
    }
    if let Some(pause) = host.not_before {
        ready = ready.max(pause.min(arrived.plus(cap_s.saturating_mul(1000))));
    }
    ready
}

/// An answer came: the latency is learnt. Errors are fast: they never make it smaller.
pub fn learn(host: &mut HostRow, now: Moment, took_ms: u64, good: bool) {
    host.last_request = Some(now);
    if took_ms > host.latency_ms {
        host.latency_ms = if host.latency_ms == 0 {
            took_ms
        } else {
            (host.latency_ms + took_ms).div_ceil(2)
        };
    } else if good {
        host.latency_ms = (host.latency_ms * 7 + took_ms) / 8;
    }
}

/// 429 or 503: the whole host rests. `retry_after`: what it asked for, milliseconds.
pub fn pause(b: &Backoff, host: &mut HostRow, now: Moment, retry_after: Option<u64>) {
    let cap = b.cap_s.saturating_mul(1000);
    if host.not_before.is_some_and(|t| t > now) {
        // It rests already: one escalation for one window.
        return;
    }
    let quiet_since = host.not_before.or(host.escalated).unwrap_or_default();
    if now.since(quiet_since) > b.forgive_s.saturating_mul(1000) {
        host.level = 0;
    }
    let own = b
        .start_s
        .saturating_mul(1000)
        .saturating_mul(1u64.checked_shl(host.level.min(30)).unwrap_or(u64::MAX));
    host.not_before = Some(now.plus(retry_after.unwrap_or(own).min(cap)));
    if retry_after.is_none() {
        host.level = host.level.saturating_add(1);
    }
    host.escalated = Some(now);
}

/// Milliseconds of a Retry-After header: seconds or a date.
pub fn retry_after(header: &str, now: Moment) -> Option<u64> {
    let text = header.trim();
    if let Ok(s) = text.parse::<u64>() {
        return Some(s.saturating_mul(1000));
    }
    let at = httpdate::parse_http_date(text).ok()?;
    let ms = at.duration_since(std::time::UNIX_EPOCH).ok()?.as_millis();
    Some(Moment(i64::try_from(ms).ok()?).since(now))
}
