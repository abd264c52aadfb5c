//! How the log looks on standard error: on a terminal words alone, elsewhere a line each with its time in the place.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

use jiff::Timestamp;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::{FmtSpan, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use super::output::{folded, width};
use super::progress::above;
use crate::model::Zone;

/// The zone of the place, once its config is read.
static ZONE: OnceLock<Zone> = OnceLock::new();

/// From now on times are those of this zone.
pub(super) fn of_zone(zone: &Zone) {
    let _ = ZONE.set(zone.clone());
}

/// A moment as it is told in the log, where the program's own edge tells it.
pub(super) fn shown(moment: Timestamp) -> String {
    ZONE.get().map_or_else(|| Zone::default().shown(moment), |zone| zone.shown(moment))
}

/// Begins the log; `verbose` is how often `-v` was said.
pub(super) fn begin(verbose: u8) {
    let level = match verbose {
        0 => "sendmart=warn",
        1 => "sendmart=info",
        _ => "sendmart=debug",
    };
    let is_read = io::stderr().is_terminal();
    // A span is a statement of the engine: its end tells how long it took.
    let spans = if verbose > 1 { FmtSpan::CLOSE } else { FmtSpan::NONE };
    tracing_subscriber::fmt()
        .with_env_filter(level)
        .with_span_events(spans)
        .with_ansi(false)
        .event_format(LogLines { is_read })
        .with_writer(|| Above)
        .init();
}

/// Standard error, with the spinner out of the way.
struct Above;

impl Write for Above {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        above(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

struct LogLines {
    /// A person reads as it is written.
    is_read: bool,
}

impl<S, N> FormatEvent<S, N> for LogLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut text = String::new();
        context.field_format().format_fields(Writer::new(&mut text), event)?;
        if let (Some(span), true) = (context.parent_span(), event.metadata().is_span()) {
            let extensions = span.extensions();
            let doing = extensions.get::<FormattedFields<N>>().map_or("", |fields| fields.fields.as_str());
            text = format!("{doing}: {}", text.trim_start_matches("close "));
        }
        let level = *event.metadata().level();
        if self.is_read {
            writeln!(out, "{}", for_people(level, &text, width()))
        } else {
            writeln!(out, "{} {level:>5} {text}", shown(Timestamp::now()))
        }
    }
}

/// What a person reads: no time, and what kind of word it is.
fn for_people(level: Level, text: &str, width: Option<usize>) -> String {
    let kind = match level {
        Level::ERROR => "error: ",
        Level::WARN => "warning: ",
        _ => "",
    };
    let text = format!("{kind}{text}");
    width.map_or(text.clone(), |width| folded(&text, "  ", width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_folded_between_words_and_has_no_time() {
        assert_eq!(
            for_people(Level::WARN, "Check `a_share`: a percentage has a numerator above its denominator", Some(40)),
            "warning: Check `a_share`: a percentage\n  has a numerator above its denominator"
        );
        assert_eq!(for_people(Level::INFO, "Landed", None), "Landed");
    }
}
