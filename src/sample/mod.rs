//! An invented county: lives first, then the returns that its schools and teams would send, and the truth beside them.
//!
//! ```text
//! seed ─► lives ─┬─► returns, with mess ─► DIR/inbox/<collection>/<day received>_<what>/…
//!                └─► truth ──────────────► DIR/truth.json    reckoned from the lives, never from the returns
//! ```
//!
//! Every person, name and number is invented. The same seed gives the same bytes, whatever the number of threads. Nothing
//! here reads a return back, uses SQL, or asks for the time.
//!
//! | file | what it is |
//! |---|---|
//! | `inbox/` | deliveries, a folder each, named for the collection, the day on which it was received and what it speaks for |
//! | `truth.json` | `kpis`, `counts` and the `faults` planted; how each KPI is reckoned stands at `src/sample/truth` |
//! | `calendar.csv` | every day of the lives with its academic year, term, and whether it is a school day |
//! | `boards.toml`, `targets.csv` | who governs the county, and what some KPIs are to reach from where they truly began |
//! | `sample.toml` | a config with a source for each delivery and its day, for `sendmart --config DIR/sample.toml run` |
//! | `sample.key` | the key of the county's pseudonyms. It hangs on the seed, so it protects nobody: nobody is there |

mod calendar;
mod day;
mod dice;
mod error;
mod governance;
mod identity;
mod lives;
mod mess;
mod returns;
mod truth;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

pub use error::SampleError;

use crate::lake::{FileError, create_dir_durable, write_atomic};
use crate::model::hex;
use calendar::{academic_label, academic_year, term_of};
use dice::{Dice, DiceStream};
use lives::Lives;
use returns::Written;
use truth::Truth;

/// What county to invent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleRequest {
    /// Schools, 2 to 900.
    pub schools: usize,
    /// Pupils in the January headcount, about: 20 to 2,000,000.
    pub pupils: usize,
    /// Academic years, 1 to 20.
    pub years: usize,
    /// The last academic year, by its first calendar year: 2025 for 2025/26; 2012 to 2060.
    pub last_year: i32,
    /// What the chances hang on.
    pub seed: u64,
    /// How much real-life mess, 0 (none) to 1 (much).
    pub mess: f64,
    /// Threads to work on; they change nothing but the time.
    pub threads: usize,
}

impl SampleRequest {
    /// The first academic year of the lives, by its first calendar year.
    fn first_year(&self) -> i32 {
        self.last_year + 1 - whole::<i32>(self.years)
    }

    fn check(&self) -> Result<(), SampleError> {
        let checks = [
            ("schools", self.schools.to_string(), (2..=900).contains(&self.schools), "2 to 900"),
            ("pupils", self.pupils.to_string(), (20..=2_000_000).contains(&self.pupils), "20 to 2,000,000"),
            ("years", self.years.to_string(), (1..=20).contains(&self.years), "1 to 20"),
            ("last year", self.last_year.to_string(), (2012..=2060).contains(&self.last_year), "2012/13 to 2060/61 as"),
            ("mess", self.mess.to_string(), (0.0..=1.0).contains(&self.mess), "0 to 1"),
        ];
        match checks.into_iter().find(|(_, _, holds, _)| !holds) {
            None => Ok(()),
            Some((what, value, _, valid)) => Err(SampleError::Range { what, value, valid }),
        }
    }
}

/// Hears how far the work is.
pub trait SampleProgress: Sync {
    /// A line for people.
    fn message(&self, text: &str);

    /// The same for a step of so many, of which this many are done.
    fn step(&self, done: usize, of: usize, text: &str) {
        self.message(&format!("{done} of {of}: {text}"));
    }
}

/// A whole number of a county as another type of whole number.
///
/// None is beyond the smallest of these types in use: a request is at most 900 schools and 20 years, its pupils fit `u32`, and no count or
/// index is below zero. One that were not would be the type's nought, and the county's own tests, which hold each value against the
/// lives, would tell it.
pub(crate) fn whole<T: Default>(number: impl TryInto<T>) -> T {
    number.try_into().unwrap_or_default()
}

/// Nobody listens.
impl SampleProgress for () {
    fn message(&self, _: &str) {}
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleReport {
    /// Pupils who lived in the county at any time of the lives.
    pub pupils: usize,
    /// Files of the inbox.
    pub files: usize,
    /// Rows of data in them.
    pub rows: usize,
    /// Their bytes.
    pub bytes: usize,
    /// True values of KPIs.
    pub kpi_values: usize,
    /// Faults that were planted.
    pub faults: usize,
}

/// Invents a county and writes its inbox, its truth, its calendar and its config into a folder that is new or empty.
///
/// # Errors
/// [`SampleError::Range`] for a number out of its range, [`SampleError::NotEmpty`] for a folder that has something in it,
/// and [`SampleError::File`] or [`SampleError::Workbook`] when a file cannot be made or written.
pub fn write(
    request: &SampleRequest,
    folder: &Path,
    progress: &dyn SampleProgress,
) -> Result<SampleReport, SampleError> {
    request.check()?;
    if folder.exists() && fs::read_dir(folder).map_err(FileError::at("list", folder))?.next().is_some() {
        return Err(SampleError::NotEmpty { folder: folder.to_path_buf() });
    }
    create_dir_durable(folder)?;
    let lives = Lives::live(request, progress);
    let mut written = returns::write(&lives, request, folder, progress)?;
    progress.message("reckoning the truth");
    let faults = std::mem::take(&mut written.faults);
    let planted = faults.len();
    let truth = Truth::new(&lives, &written, faults);
    write_atomic(&folder.join("truth.json"), &serde_json::to_vec_pretty(&truth)?)?;
    write_atomic(&folder.join("calendar.csv"), calendar_csv(&lives).as_bytes())?;
    write_atomic(&folder.join("boards.toml"), governance::boards(&lives.calendar).as_bytes())?;
    write_atomic(&folder.join("targets.csv"), governance::targets(truth.kpis()).as_bytes())?;
    write_atomic(&folder.join("sample.toml"), config(&written, folder).as_bytes())?;
    write_atomic(&folder.join("sample.key"), key(request.seed).as_bytes())?;
    Ok(SampleReport {
        pupils: lives.pupils.len(),
        files: written.files,
        rows: written.rows,
        bytes: written.bytes,
        kpi_values: truth.kpi_values(),
        faults: planted,
    })
}

/// Every day of the lives: `date,academic_year,term,is_school_day`.
fn calendar_csv(lives: &Lives) -> String {
    let mut text = "date,academic_year,term,is_school_day\n".to_owned();
    let calendar = &lives.calendar;
    for day in calendar.start().to(calendar.end()) {
        let is_school_day = !calendar.school_days(day, day).is_empty();
        let _ = writeln!(
            text,
            "{},{},{},{is_school_day}",
            day.iso(),
            academic_label(academic_year(day)),
            term_of(day).word()
        );
    }
    text
}

/// A source for each delivery, with the day on which it was received.
fn config(written: &Written, folder: &Path) -> String {
    let quoted = |path: &Path| toml::Value::String(path.to_string_lossy().into_owned()).to_string();
    let mut collections: Vec<&str> = written.deliveries.iter().map(|delivery| delivery.collection).collect();
    // The calendar is the place's own: it is reckoned by the same rule.
    collections.push("calendar");
    collections.sort_unstable();
    collections.dedup();
    let mut text = format!(
        "# An invented county: `sendmart --config {} run`. Everybody in it is invented.\ncollections = {:?}\nboards = {}\ntargets = {}\nvar = {}\nprivacy.key = {}\n",
        folder.join("sample.toml").display(),
        collections,
        quoted(&folder.join("boards.toml")),
        quoted(&folder.join("targets.csv")),
        quoted(&folder.join("var")),
        quoted(&folder.join("sample.key"))
    );
    for delivery in &written.deliveries {
        let _ = write!(
            text,
            "\n[[source]]\ncollection = \"{}\"\nfolder.path = {}\nreceived = \"{}\"\n",
            delivery.collection,
            quoted(&folder.join(delivery.folder())),
            delivery.received.iso()
        );
    }
    text
}

/// A key for the pseudonyms of people who are not: anybody can make it again from the seed.
fn key(seed: u64) -> String {
    let dice = &mut Dice::new(seed, DiceStream::Return, u64::MAX);
    let bytes: Vec<u8> = (0..4).flat_map(|_| dice.bits().to_be_bytes()).collect();
    format!("v1:{}\n", hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PseudonymKey;

    #[test]
    fn the_key_is_one() {
        let text = key(7);
        assert!(text.trim_end().parse::<PseudonymKey>().is_ok(), "{text}");
        assert_ne!(text, key(8));
    }
}
