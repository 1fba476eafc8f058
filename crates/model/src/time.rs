//! Time: instants as microseconds since 1970 in UTC, and the clock that is handed in.
//!
//! Only the binary owns a real clock; tests own one that they move. Nothing else may ask the machine what time it is.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// An instant: microseconds since 1970-01-01T00:00:00Z, leap seconds ignored as POSIX does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// An instant from microseconds since 1970.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// An instant from whole seconds since 1970, held at the ends of the range.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This instant moved forward.
    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }

    /// This instant moved back.
    pub fn minus(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }

    /// The time from `earlier` to this instant; zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The written form of RFC 3339 in UTC, such as `2026-11-22T09:14:00.000001Z`.
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_microsecond(self.0).map_or_else(|_| "out of range".to_owned(), |at| at.to_string())
    }

    /// Reads what [`Timestamp::rfc3339`] writes, and the same time in any other offset; `None` when it is none.
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let at: jiff::Timestamp = text.parse().ok()?;
        Some(Self(at.as_microsecond()))
    }

    /// Reads the time of an HTTP header, such as `Sun, 22 Nov 2026 09:14:00 GMT` (RFC 9110, section 5.6.7); `None` when it is none.
    pub fn from_http_date(text: &str) -> Option<Self> {
        let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        Some(Self(at.as_microsecond()))
    }
}

/// The future that [`Clock::sleep`] returns.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The clock that is handed in: wall time, a steady time for measuring, and waiting.
pub trait Clock: Send + Sync + 'static {
    /// The wall time now. It may jump, also backwards.
    fn wall(&self) -> Timestamp;
    /// A time that never goes back, from an arbitrary start.
    fn monotonic(&self) -> Duration;
    /// A future that is ready after `wait` of this clock's time.
    fn sleep(&self, wait: Duration) -> Sleep;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_time_is_read_again_or_is_none() {
        let read = |text| Timestamp::from_rfc3339(text).map(Timestamp::rfc3339);
        assert_eq!(
            read("2026-11-22T11:14:00+02:00").as_deref(),
            Some("2026-11-22T09:14:00Z")
        );
        assert_eq!(read("2026-11-22"), None);
    }

    #[test]
    fn a_time_of_an_http_header_is_read_or_is_none() {
        let read = Timestamp::from_http_date("Sun, 22 Nov 2026 09:14:00 GMT");
        assert_eq!(read.map(Timestamp::rfc3339).as_deref(), Some("2026-11-22T09:14:00Z"));
        assert_eq!(Timestamp::from_http_date("yesterday"), None);
    }
}
