//! Ctrl-C, and being asked to end: says what became of the run, and ends with 128 and the signal's number.
//!
//! A run publishes by one rename and lands each file whole, so that it may end at any moment. What is left half done is cleared away
//! by the next run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::output;
use super::progress::clear;
use crate::lake::Place;
use crate::ledger::Ledger;
use crate::warehouse::live;

/// How often the flags are looked at.
const EVERY: Duration = Duration::from_millis(40);

/// While it lives, a signal is answered with what became of the run; afterwards signals do what they always do.
pub(super) struct Watch(Arc<AtomicBool>);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Watches over a run in a place. Where signals cannot be watched they end the program as they always do.
pub(super) fn watch(place: &Place) -> Watch {
    let is_over = Arc::new(AtomicBool::new(false));
    let before = Stand::of(place);
    for signal in [SIGINT, SIGTERM] {
        let asked = Arc::new(AtomicBool::new(false));
        let registered = flag::register_conditional_default(signal, Arc::clone(&is_over))
            .and_then(|_| flag::register(signal, Arc::clone(&asked)));
        if registered.is_err() {
            continue;
        }
        let (place, before, is_over) = (place.clone(), before.clone(), Arc::clone(&is_over));
        thread::spawn(move || {
            while !is_over.load(Ordering::SeqCst) {
                if asked.load(Ordering::SeqCst) {
                    clear();
                    output::aside(&format!("\n{}", before.told(&Stand::of(&place))));
                    std::process::exit(128 + signal);
                }
                thread::sleep(EVERY);
            }
        });
    }
    Watch(is_over)
}

/// How a place stands: the live generation, and how many files have been landed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stand {
    live: Option<u64>,
    landed: usize,
}

impl Stand {
    fn of(place: &Place) -> Self {
        let landed = Ledger::open(place).map_or(0, |ledger| ledger.deliveries().len());
        Self { live: live(place).map(|current| current.generation), landed }
    }

    /// What became of a run that began when the place stood so, and ended now.
    fn told(&self, now: &Self) -> String {
        let published = match (self.live, now.live) {
            (before, Some(live)) if before != Some(live) => format!("generation {live} had been published and is live"),
            (_, Some(live)) => format!("nothing was published, and generation {live} is still live"),
            (_, None) => "nothing was published, and nothing is live yet".to_owned(),
        };
        let landed = match now.landed.saturating_sub(self.landed) {
            0 => "No new file was landed".to_owned(),
            1 => "One new file was landed and is kept".to_owned(),
            more => format!("{more} new files were landed and are kept"),
        };
        format!("interrupted: {published}. {landed}; `sendmart run` goes on from there")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_run_is_said() {
        let stand = |live, landed| Stand { live, landed };
        assert_eq!(
            stand(Some(3), 10).told(&stand(Some(3), 12)),
            "interrupted: nothing was published, and generation 3 is still live. 2 new files were landed and are kept; `sendmart run` goes on from there"
        );
        assert_eq!(
            stand(None, 0).told(&stand(None, 1)),
            "interrupted: nothing was published, and nothing is live yet. One new file was landed and is kept; `sendmart run` goes on from there"
        );
        assert_eq!(
            stand(Some(3), 10).told(&stand(Some(4), 10)),
            "interrupted: generation 4 had been published and is live. No new file was landed; `sendmart run` goes on from there"
        );
    }
}
