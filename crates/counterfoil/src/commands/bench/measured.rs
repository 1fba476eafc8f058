//! What the benchmarks measured, for people and for programs.

use std::fmt;
use std::time::Duration;

/// What one run of the generator saw.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct Sent {
    /// How many posts were acknowledged.
    pub(super) posts: usize,
    /// From the first post to the last acknowledgement.
    pub(super) seconds: f64,
    /// Half were acknowledged within so many milliseconds.
    pub(super) p50_ms: f64,
    /// 99 of 100 were.
    pub(super) p99_ms: f64,
    /// How often the server said that too much was waiting; the post was sent again.
    pub(super) refused: usize,
}

/// The value below which `share` of the sorted `values` lie, in milliseconds.
pub(super) fn percentile(values: &[Duration], share: f64) -> f64 {
    let place = (values.len().saturating_sub(1) as f64 * share) as usize;
    values.get(place).copied().unwrap_or_default().as_secs_f64() * 1_000.0
}

/// A run of the generator with what it cost the server.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub(super) struct Acknowledged {
    /// Posts a second.
    pub(super) per_second: f64,
    /// Half within so many milliseconds.
    pub(super) p50_ms: f64,
    /// 99 of 100.
    pub(super) p99_ms: f64,
    /// Processor time of the server for 10,000 posts, in seconds.
    pub(super) cpu_seconds_per_10_000: f64,
    /// How often the server said that too much was waiting.
    pub(super) refused: usize,
}

impl Acknowledged {
    /// Of several runs, as one.
    pub(super) fn of(runs: &[(Sent, Duration)]) -> Self {
        let posts: usize = runs.iter().map(|(sent, _)| sent.posts).sum();
        let seconds: f64 = runs.iter().map(|(sent, _)| sent.seconds).sum();
        let cpu: f64 = runs.iter().map(|(_, cpu)| cpu.as_secs_f64()).sum();
        let worst = |of: fn(&Sent) -> f64| runs.iter().map(|(sent, _)| of(sent)).fold(0.0, f64::max);
        Self {
            per_second: posts as f64 / seconds,
            p50_ms: worst(|sent| sent.p50_ms),
            p99_ms: worst(|sent| sent.p99_ms),
            cpu_seconds_per_10_000: cpu / posts as f64 * 10_000.0,
            refused: runs.iter().map(|(sent, _)| sent.refused).sum(),
        }
    }
}

/// What `bench intake` measured.
#[derive(Debug, serde::Serialize)]
pub(super) struct Measured {
    pub(super) engine: &'static str,
    pub(super) messages: usize,
    pub(super) in_flight: usize,
    pub(super) contacts: usize,
    /// The yardstick: a handler that only inserts the raw body through the same writer.
    pub(super) yardstick: Acknowledged,
    /// The hook, while nothing is being recorded.
    pub(super) quiet: Acknowledged,
    /// The hook, while all is being recorded.
    pub(super) busy: Acknowledged,
    /// The hook at half the rate of `busy`, while all is being recorded.
    pub(super) half: Acknowledged,
    /// From the first post to the last leaf under a signed checkpoint, in messages a second.
    pub(super) recorded_per_second: f64,
    /// What had piled up unrecorded, in messages a second until all was signed.
    pub(super) caught_up_per_second: f64,
    /// Acknowledged, as a share of the yardstick.
    pub(super) acknowledged_of_yardstick: f64,
    /// Recorded, as a share of the yardstick.
    pub(super) recorded_of_yardstick: f64,
    /// The most memory that the server held, in MB.
    pub(super) resident_mb: f64,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            engine,
            messages,
            in_flight,
            contacts,
            ..
        } = self;
        writeln!(
            f,
            "{messages} messages of {contacts} contacts on {engine}, {in_flight} posts under way at once\n"
        )?;
        writeln!(f, "                     a second   p50 ms   p99 ms   CPU s per 10,000")?;
        for (name, run) in [
            ("raw insert", &self.yardstick),
            ("acknowledged, quiet", &self.quiet),
            ("acknowledged, busy", &self.busy),
            ("acknowledged, half", &self.half),
        ] {
            writeln!(
                f,
                "{name:<20} {:>9.0} {:>8.1} {:>8.1} {:>18.2}",
                run.per_second, run.p50_ms, run.p99_ms, run.cpu_seconds_per_10_000
            )?;
        }
        writeln!(
            f,
            "recorded             {:>9.0}   to the last leaf under a signed checkpoint",
            self.recorded_per_second
        )?;
        writeln!(f, "caught up            {:>9.0}", self.caught_up_per_second)?;
        writeln!(
            f,
            "\nof the raw insert: acknowledged {:.2}, recorded {:.2}; memory {:.0} MB at most",
            self.acknowledged_of_yardstick, self.recorded_of_yardstick, self.resident_mb
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_added_and_the_worst_delay_is_told() {
        let run = |posts, seconds, p99_ms| Sent {
            posts,
            seconds,
            p99_ms,
            ..Sent::default()
        };
        let cpu = Duration::from_secs(1);
        let both = Acknowledged::of(&[(run(100, 1.0, 5.0), cpu), (run(300, 1.0, 9.0), cpu)]);
        assert_eq!((both.per_second, both.p99_ms), (200.0, 9.0));
        assert_eq!(both.cpu_seconds_per_10_000, 50.0);
    }

    #[test]
    fn a_percentile_of_nothing_is_nothing() {
        let values: Vec<Duration> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(percentile(&values, 0.99), 99.0);
        assert_eq!(percentile(&[], 0.99), 0.0);
    }
}
