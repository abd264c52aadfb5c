//! Returns, as schools and teams would send them, in the shapes of the domain notes. They are written from lives and from
//! nothing else; each file is made by one thread from its own chances, so that threads change no byte.

mod advice;
mod cell;
mod census;
mod gias;
mod log;
mod outbox;
mod registers;
mod sen2;
mod workbook;

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(super) use cell::Cell;
pub(super) use outbox::{Outbox, PlantedFault, Written};
pub(super) use registers::terms as register_terms;
pub(super) use sen2::{list_days, years as sen2_years};

use super::calendar::Term;
use super::day::Day;
use super::lives::Lives;
use super::{SampleError, SampleProgress, SampleRequest};

/// One thing to write.
#[derive(Debug, Clone, Copy)]
enum Job {
    Census(Term),
    Sen2(i32),
    List(Day),
    Registers(Term),
    Log(i32),
    Month(Day),
    Gias,
}

/// Writes every return into `root`.
///
/// # Errors
/// [`SampleError`] of the first file that cannot be made or written.
pub(super) fn write(
    lives: &Lives,
    request: &SampleRequest,
    root: &Path,
    progress: &dyn SampleProgress,
) -> Result<Written, SampleError> {
    let outbox = Outbox::new(root);
    let mut jobs: Vec<Job> = lives.calendar.censuses().into_iter().map(Job::Census).collect();
    jobs.extend(sen2::years(lives).into_iter().map(Job::Sen2));
    jobs.extend(sen2::list_days(lives).into_iter().map(Job::List));
    jobs.extend(registers::terms(lives).into_iter().map(Job::Registers));
    jobs.extend(lives.calendar.academic_years().map(Job::Log));
    jobs.extend(registers::month_ends(lives).into_iter().map(Job::Month));
    jobs.push(Job::Gias);
    let next = AtomicUsize::new(0);
    let failed: Mutex<Option<SampleError>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..request.threads.max(1) {
            scope.spawn(|| {
                loop {
                    let begun = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(begun) else { break };
                    progress.step(begun, jobs.len(), &job.words());
                    if let Err(error) = job.run(lives, request, &outbox) {
                        let mut failed = failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        failed.get_or_insert(error);
                        next.store(jobs.len(), Ordering::Relaxed);
                    }
                }
            });
        }
    });
    match failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(outbox.close()),
    }
}

impl Job {
    fn words(self) -> String {
        match self {
            Self::Census(term) => format!("writing the {} census of {}", term.word(), term.calendar_year()),
            Self::Sen2(year) => format!("writing SEN2 for {year}"),
            Self::List(day) => format!("writing the list of cases of {}", day.iso()),
            Self::Registers(term) => format!("writing the registers of {} {}", term.word(), term.calendar_year()),
            Self::Log(year) => format!("writing the exclusions log of {year}"),
            Self::Month(day) => format!("writing the workforce at {}", day.iso()),
            Self::Gias => "writing the extracts of schools".to_owned(),
        }
    }

    fn run(self, lives: &Lives, request: &SampleRequest, outbox: &Outbox) -> Result<(), SampleError> {
        match self {
            Self::Census(term) => Ok(census::write(lives, term, request, outbox)?),
            Self::Sen2(year) => sen2::write(lives, year, outbox),
            Self::List(day) => sen2::write_list(lives, day, request, outbox),
            Self::Registers(term) => registers::write_term(lives, term, request, outbox),
            Self::Log(year) => log::write(lives, year, outbox),
            Self::Month(day) => registers::write_month(lives, day, request, outbox),
            Self::Gias => Ok(gias::write(lives, outbox)?),
        }
    }
}
