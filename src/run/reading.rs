//! Reading deliveries, for a run those that have no books yet: small files side by side, large ones one after the other on all
//! cores.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;

use super::conform::{Workbench, definition};
use super::{RunError, RunOptions};
use crate::definitions::Definitions;
use crate::lake::Place;
use crate::ledger::{keep_book, kept_book};
use crate::model::{Book, Delivery, PseudonymKey};
use crate::warehouse::EngineLimits;

/// Up to this many bytes a file is too small to keep several cores busy: opening, proving and closing it are most of the work.
const SMALL: u64 = 4 << 20;

/// What a reader tells of a delivery, by its place in the list.
enum ReaderMessage {
    Begun(usize),
    Read(usize, Result<Book, RunError>),
}

/// The deliveries with their books, in the order given, and how many had to be read.
///
/// A delivery that was read under the same definitions is not read again.
///
/// # Errors
/// As [`each`]. The books of others may have been kept.
pub(super) fn read(
    place: &Place,
    definitions: &Definitions,
    deliveries: Vec<Delivery>,
    key: Option<&PseudonymKey>,
    options: &RunOptions<'_>,
) -> Result<(Vec<(Delivery, Book)>, usize), RunError> {
    let kept = |delivery: &Delivery| {
        kept_book(place, &definition(&definitions.collections[&delivery.collection], key), delivery)
    };
    let mut books: Vec<Option<Book>> = deliveries.iter().map(kept).collect();
    let unread: Vec<usize> = (0..books.len()).filter(|index| books[*index].is_none()).collect();
    let asked: Vec<&Delivery> = unread.iter().map(|index| &deliveries[*index]).collect();
    each(place, definitions, &asked, key, options, &mut |index, book| {
        keep_book(place, &book)?;
        books[unread[index]] = Some(book);
        Ok(())
    })?;
    let read = deliveries.into_iter().zip(books).filter_map(|(delivery, book)| Some((delivery, book?))).collect();
    Ok((read, unread.len()))
}

/// Conforms each of these deliveries into the lake, and gives its books with its place in the list as soon as they are there.
///
/// # Errors
/// [`RunError`] of the first delivery that could not be read or was not taken, small ones before large ones and each in the
/// order given.
pub(super) fn each(
    place: &Place,
    definitions: &Definitions,
    deliveries: &[&Delivery],
    key: Option<&PseudonymKey>,
    options: &RunOptions<'_>,
    take: &mut impl FnMut(usize, Book) -> Result<(), RunError>,
) -> Result<(), RunError> {
    let (small, large): (Vec<usize>, Vec<usize>) =
        (0..deliveries.len()).partition(|index| is_small(&place.landed(&deliveries[*index].sha256)));
    let limits = EngineLimits::from(&definitions.settings);
    let bench = Workbench::new(place, key, limits, options.containment);
    let conform = |index: usize, threads: usize| {
        let delivery = deliveries[index];
        bench.conform(place, &definitions.collections[&delivery.collection], delivery, threads)
    };
    let mut done = 0;
    let mut hear = |told: ReaderMessage| match told {
        ReaderMessage::Begun(index) => {
            options.progress.step(
                done,
                deliveries.len(),
                &format!("reading {} of {}", deliveries[index].file_name, deliveries[index].collection),
            );
            Ok(())
        }
        ReaderMessage::Read(index, book) => {
            done += 1;
            take(index, book?)
        }
    };
    side_by_side(&small, limits.threads, &|index| conform(index, 1), &mut hear)?;
    for index in large {
        hear(ReaderMessage::Begun(index))?;
        hear(ReaderMessage::Read(index, conform(index, limits.threads)))?;
    }
    Ok(())
}

/// Conforms deliveries on this many threads, each on one.
///
/// They are begun in the order given. After a failure none is begun any more, but those under way are ended: the first
/// failure in that order is the one that is told, whichever came first.
fn side_by_side(
    deliveries: &[usize],
    threads: usize,
    conform: &(impl Fn(usize) -> Result<Book, RunError> + Sync),
    hear: &mut impl FnMut(ReaderMessage) -> Result<(), RunError>,
) -> Result<(), RunError> {
    let next = AtomicUsize::new(0);
    let (tell, told) = channel();
    let mut failed: Option<(usize, RunError)> = None;
    thread::scope(|scope| {
        for _ in 0..threads.clamp(1, deliveries.len().max(1)) {
            let (tell, next) = (tell.clone(), &next);
            scope.spawn(move || {
                while let Some(index) = deliveries.get(next.fetch_add(1, Ordering::Relaxed)).copied() {
                    // Whoever listens has gone: nothing is wanted any more.
                    if tell.send(ReaderMessage::Begun(index)).is_err() {
                        break;
                    }
                    if tell.send(ReaderMessage::Read(index, conform(index))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(tell);
        for told in told {
            let (ReaderMessage::Begun(index) | ReaderMessage::Read(index, _)) = told;
            if let Err(error) = hear(told) {
                next.store(deliveries.len(), Ordering::Relaxed);
                if failed.as_ref().is_none_or(|(first, _)| index < *first) {
                    failed = Some((index, error));
                }
            }
        }
    });
    failed.map_or(Ok(()), |(_, error)| Err(error))
}

/// Whether a landed file is small. One that is not there is left to the reader, which says so.
fn is_small(landed: &Path) -> bool {
    fs::metadata(landed).map_or(true, |metadata| metadata.len() <= SMALL)
}
