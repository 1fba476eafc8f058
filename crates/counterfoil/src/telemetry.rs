//! Log lines: one per request and per job, in the form that `docs/reference/log-lines.md` describes.
//!
//! A line is either plain (time, level, what happened, fields) or one JSON object. Lines carry kinds, counts, times and our
//! own ids; never content, names, numbers, addresses with secrets or ids of the provider. Other people's libraries are heard
//! from `warn` on only.

use crate::config::log::{Format, Log};
use anyhow::Context;
use counterfoil_model::Clock;
use metrics_exporter_prometheus::PrometheusBuilder;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;

/// Sends log lines to standard error from now on. Asking again changes nothing.
pub(crate) fn start(log: Log, clock: Arc<dyn Clock>) {
    start_into(log, clock, std::io::stderr);
}

/// The same to `writer`.
pub(crate) fn start_into<W>(log: Log, clock: Arc<dyn Clock>, writer: W)
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let others = log.level.min(LevelFilter::WARN);
    let filter = Targets::new()
        .with_default(others)
        .with_target("counterfoil", log.level);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .event_format(Line {
            format: log.format,
            clock,
        })
        .with_filter(filter);
    let subscriber = tracing_subscriber::registry().with(lines);
    // Only the first one counts; a command that is started by another keeps its lines.
    drop(tracing::subscriber::set_global_default(subscriber));
    // What a panic says may hold the text that it broke on; its place never does.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a mistake in this program broke off some work");
    }));
}

/// How often what was timed is summed up. Each time taken is kept until then, also where nobody ever asks for the measures.
const SUMMED_UP: Duration = Duration::from_secs(5);

/// Begins to count and time, and returns what writes all measures as text for Prometheus. Within a runtime.
///
/// # Errors
/// When something counts already.
pub(crate) fn measures(clock: Arc<dyn Clock>) -> anyhow::Result<impl Fn() -> String + Send + Sync + 'static> {
    let handle = PrometheusBuilder::new()
        .install_recorder()
        .context("the measures could not be begun")?;
    let summed_up = handle.clone();
    tokio::spawn(async move {
        loop {
            clock.sleep(SUMMED_UP).await;
            summed_up.run_upkeep();
        }
    });
    Ok(move || {
        handle.run_upkeep();
        handle.render()
    })
}

/// An error with its causes, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        line = format!("{line}: {cause}");
        next = cause.source();
    }
    line
}

/// The form of a line.
struct Line {
    format: Format,
    clock: Arc<dyn Clock>,
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let at = self.clock.wall().rfc3339();
        let level = level_name(*event.metadata().level());
        match self.format {
            Format::Plain => {
                write!(writer, "{at} {level:<5} {}", one_line(&fields.message))?;
                for (name, value) in &fields.named {
                    match value {
                        serde_json::Value::String(text) if is_bare(text) => write!(writer, " {name}={text}")?,
                        value => write!(writer, " {name}={value}")?,
                    }
                }
                writeln!(writer)
            }
            Format::Json => {
                let mut object = serde_json::Map::new();
                object.insert("at".into(), at.into());
                object.insert("level".into(), level.into());
                object.insert("what".into(), fields.message.into());
                object.insert("where".into(), event.metadata().target().into());
                object.extend(fields.named.into_iter().map(|(name, value)| (name.to_owned(), value)));
                writeln!(writer, "{}", serde_json::Value::Object(object))
            }
        }
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn is_bare(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'=')
}

#[derive(Default)]
struct Fields {
    message: String,
    named: Vec<(&'static str, serde_json::Value)>,
}

impl Fields {
    fn take(&mut self, field: &Field, value: serde_json::Value) {
        if value.as_str().is_some_and(str::is_empty) {
            // A field that has nothing to say is left out.
            return;
        }
        if field.name() == "message" {
            self.message = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        } else {
            self.named.push((field.name(), value));
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field, format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.take(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.take(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.take(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.take(field, value.into());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.take(field, chain(value).into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use counterfoil_model::Timestamp;
    use counterfoil_model::time::Sleep;
    use std::io::Write;
    use std::sync::Mutex;
    use std::time::Duration;

    struct Still;
    impl Clock for Still {
        fn wall(&self) -> Timestamp {
            Timestamp::from_seconds(1_763_802_840)
        }
        fn monotonic(&self) -> Duration {
            Duration::ZERO
        }
        fn sleep(&self, _: Duration) -> Sleep {
            Box::pin(std::future::ready(()))
        }
    }

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);
    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn line(format: Format) -> String {
        let kept = Kept::default();
        let copy = kept.clone();
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(move || copy.clone())
            .event_format(Line {
                format,
                clock: Arc::new(Still),
            });
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            tracing::info!(target: "counterfoil", route = "/inbox", status = 200_u64, note = "two words", code = "", "request");
        });
        let bytes = kept.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_plain_line_reads_alone() {
        let said = line(Format::Plain);
        assert_eq!(
            said,
            "2025-11-22T09:14:00Z info  request route=/inbox status=200 note=\"two words\"\n"
        );
    }

    #[test]
    fn a_json_line_is_one_object() {
        let said: serde_json::Value = serde_json::from_str(&line(Format::Json)).unwrap();
        assert_eq!(said["what"], "request");
        assert_eq!(said["status"], 200);
        assert_eq!(said["at"], "2025-11-22T09:14:00Z");
    }
}
