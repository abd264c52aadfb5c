//! Progress: a spinner on a terminal, lines of the log otherwise.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::output::width;
use crate::{sample, source};

/// The spinner that is on the screen.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Does what prints on standard error with the spinner out of its way.
pub(super) fn above<T>(print: impl FnOnce() -> T) -> T {
    let shown = SHOWN.lock().ok().and_then(|shown| shown.clone());
    match shown {
        Some(bar) => bar.suspend(print),
        None => print(),
    }
}

/// Takes the spinner off the screen, if there is one.
pub(super) fn clear() {
    let shown = SHOWN.lock().ok().and_then(|mut shown| shown.take());
    if let Some(bar) = shown {
        bar.finish_and_clear();
    }
}

/// Says what goes on to a person who waits.
pub(super) struct Spinner {
    bar: Option<ProgressBar>,
    /// How many steps there are in all, and when the first of them was told, and how many were done then.
    begun: Mutex<Option<(usize, Instant, usize)>>,
}

impl Spinner {
    pub(super) fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { bar: None, begun: Mutex::new(None) };
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} [{elapsed_precise}] {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        if let Ok(mut shown) = SHOWN.lock() {
            *shown = Some(bar.clone());
        }
        Self { bar: Some(bar), begun: Mutex::new(None) }
    }

    pub(super) fn done(&self) {
        if self.bar.is_some() {
            clear();
        }
    }
}

/// Columns that stand before a message.
const BEFORE: usize = 13;

impl source::Progress for Spinner {
    fn message(&self, text: &str) {
        match &self.bar {
            Some(bar) => {
                bar.set_message(within(text, width().map_or(usize::MAX, |width| width.saturating_sub(BEFORE))));
            }
            None => tracing::info!("{text}"),
        }
    }

    fn step(&self, done: usize, of: usize, text: &str) {
        let now = Instant::now();
        let mut left = String::new();
        if let Ok(mut begun) = self.begun.lock() {
            match *begun {
                Some((all, since, first)) if all == of && done > first => {
                    left = time_left(now.duration_since(since), done - first, of.saturating_sub(done));
                }
                Some((all, _, first)) if all == of && done == first => {}
                _ => *begun = Some((of, now, done)),
            }
        }
        self.message(&format!("{done} of {of}{left}: {text}"));
    }
}

impl sample::SampleProgress for Spinner {
    fn message(&self, text: &str) {
        source::Progress::message(self, text);
    }

    fn step(&self, done: usize, of: usize, text: &str) {
        source::Progress::step(self, done, of, text);
    }
}

/// A message in so many columns. Of a path that is too long the beginning goes: its end says which file it is.
fn within(text: &str, room: usize) -> String {
    let all = text.chars().count();
    let Some(path) = text.find('/').filter(|_| all > room) else { return text.to_owned() };
    let before = text[..path].chars().count();
    let tail = room.saturating_sub(before + 1);
    let end: String = text.chars().skip(all.saturating_sub(tail).max(before)).collect();
    format!("{}…{end}", text.chars().take(before).collect::<String>())
}

/// How long the rest will take where so many steps took so long, in words; nothing where it is too early to say, or soon over.
fn time_left(taken: Duration, done: usize, rest: usize) -> String {
    if taken < Duration::from_secs(2) {
        return String::new();
    }
    let done = u64::try_from(done.max(1)).unwrap_or(u64::MAX);
    let rest = u64::try_from(rest).unwrap_or(u64::MAX);
    match taken.as_secs().saturating_mul(rest) / done {
        0..3 => String::new(),
        seconds @ 3..100 => format!(", about {seconds} s left"),
        seconds => format!(", about {} min left", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_path_that_is_too_long_the_end_is_shown() {
        let text = "Looking at /srv/inbox/school_census/2025_autumn_school.csv";
        assert_eq!(within(text, 80), text);
        assert_eq!(within(text, 40), "Looking at …ensus/2025_autumn_school.csv");
        assert_eq!(within(text, 40).chars().count(), 40);
        assert_eq!(
            within("building the generation of all that there is", 20),
            "building the generation of all that there is"
        );
    }

    #[test]
    fn the_time_that_is_left_is_told_when_it_is_worth_telling() {
        assert_eq!(time_left(Duration::from_secs(1), 1, 100), "");
        assert_eq!(time_left(Duration::from_secs(10), 10, 2), "");
        assert_eq!(time_left(Duration::from_secs(10), 10, 50), ", about 50 s left");
        assert_eq!(time_left(Duration::from_secs(10), 10, 170), ", about 3 min left");
    }
}
