//! An invented county: lives first, then the returns that its schools and teams would send, and the truth beside them.
//!
//! ```text
//! seed ─► lives ─┬─► returns ─► mess ─► DIR/inbox/<collection>/…   in the shapes in which they arrive
//!                └─► truth ─────────────► DIR/truth.json           reckoned from the lives, never from the returns
//! ```
//!
//! Every person, name and number is invented. The same seed gives the same bytes, whatever the number of threads. Nothing
//! here reads a return back, uses SQL, or asks for the time.

mod calendar;
mod day;
mod dice;
mod identity;
mod lives;

use lives::Lives;

/// What county to invent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleRequest {
    /// Schools, 2 to 900.
    pub schools: usize,
    /// Pupils in the January headcount, about.
    pub pupils: usize,
    /// Academic years, 1 to 20.
    pub years: usize,
    /// What the chances hang on.
    pub seed: u64,
    /// How much real-life mess, 0 (none) to 1 (much).
    pub mess: f64,
    /// Threads to work on; they change nothing but the time.
    pub threads: usize,
}

/// The last academic year of every county, by its first calendar year: 2025/26.
const LAST_YEAR: i32 = 2025;

impl SampleRequest {
    /// The first academic year of the lives, by its first calendar year.
    fn first_year(&self) -> i32 {
        LAST_YEAR + 1 - i32::try_from(self.years).unwrap_or(1)
    }
}

/// Hears how far the work is.
pub trait Progress: Sync {
    /// A line for people.
    fn message(&self, text: &str);
}
