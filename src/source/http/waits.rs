//! How long to wait between tries: exponential with full jitter, or as long as the server asks.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use crate::source::Backoff;

/// A generator of waits. The same seed gives the same waits.
#[derive(Debug)]
pub(super) struct Waits {
    state: u64,
    backoff: Backoff,
}

impl Waits {
    /// Waits for one address: the address is mixed in, so that several do not go in step.
    pub(super) fn new(seed: u64, address: &str, backoff: Backoff) -> Self {
        let state = address.bytes().fold(seed, |state, byte| mix(state ^ u64::from(byte)));
        Self { state, backoff }
    }

    /// The wait after a try (1 is the first): anything from nothing to the doubled base. What a server asked for comes on
    /// top of nothing: it is kept to, with the jitter of the first wait added. None when it asked for too long a wait.
    pub(super) fn after(&mut self, tried: u32, asked: Option<Duration>) -> Option<Duration> {
        let doubled = self.backoff.base.saturating_mul(1_u32.checked_shl(tried.saturating_sub(1)).unwrap_or(u32::MAX));
        match asked {
            Some(asked) if asked > self.backoff.most_asked => None,
            Some(asked) => Some(asked + self.below(self.backoff.base)),
            None => Some(self.below(doubled.min(self.backoff.most))),
        }
    }

    fn below(&mut self, most: Duration) -> Duration {
        self.state = mix(self.state);
        let share = (self.state >> 11) as f64 / (1_u64 << 53) as f64;
        most.mul_f64(share)
    }
}

/// One step of `SplitMix64` (Steele, Lea, Flood 2014).
fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Reads `Retry-After`: seconds, or a date (RFC 9110 section 10.2.3). A date in the past is no wait.
pub(super) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTimeParser::new().parse_timestamp(value).ok()?;
    // A length of time below zero is no `Duration`: the date is past.
    Some(Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_stay_within_bounds_and_repeat_with_the_seed() {
        let waits = |seed| -> Vec<Duration> {
            let mut waits = Waits::new(seed, "https://example.org", Backoff::default());
            (1..40).map(|tried| waits.after(tried, None).unwrap()).collect()
        };
        let some = waits(7);
        for (tried, wait) in (0_u32..).zip(&some) {
            let most =
                Duration::from_millis(500).saturating_mul(2_u32.saturating_pow(tried)).min(Duration::from_secs(30));
            assert!(*wait <= most, "{wait:?} after {tried}");
        }
        assert!(some.iter().any(|wait| *wait > Duration::from_secs(10)));
        assert_eq!(some, waits(7));
        assert_ne!(some, waits(8));
    }

    #[test]
    fn a_server_may_ask_for_a_wait_of_reasonable_length() {
        let mut waits = Waits::new(1, "", Backoff::default());
        let asked = waits.after(1, Some(Duration::from_mins(1))).unwrap();
        assert!((60..61).contains(&asked.as_secs()), "{asked:?}");
        assert_eq!(waits.after(1, Some(Duration::from_hours(1))), None);

        let now: Timestamp = "2025-06-26T09:00:00Z".parse().unwrap();
        assert_eq!(retry_after(" 5", now), Some(Duration::from_secs(5)));
        assert_eq!(retry_after("Thu, 26 Jun 2025 09:00:07 GMT", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Thu, 26 Jun 2025 08:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }
}
