//! Rows of a sheet through the workers: sorted as they come, conformed on several cores, written in the order of the file.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use super::RunError;
use super::quarantine::{FaultFile, RefusedFile};
use super::stop::Stop;
use crate::conform::{Conformed, Conformer, RefusedRow, Sorted, Sorter, rounded_faults};
use crate::lake::{Encoded, TableFile};
use crate::model::Fault;
use crate::prove::Proof;
use crate::read::Rows;

/// The ends of the pipe, each borrowed for its length.
pub(super) struct Pipe<'a> {
    pub(super) proof: &'a Proof,
    pub(super) conformer: &'a Conformer,
    /// Workers, on whose number no result depends.
    pub(super) threads: usize,
    pub(super) sorter: &'a mut Sorter,
    pub(super) file: &'a mut TableFile,
    pub(super) faults: &'a mut FaultFile,
    pub(super) refused: &'a mut RefusedFile,
}

/// Rows that came out of it.
pub(super) struct Passed {
    pub(super) accepted: u64,
    pub(super) quarantined: u64,
}

/// What a worker made of one block.
struct Done {
    encoded: Encoded,
    faults: Vec<Fault>,
    refused: Vec<RefusedRow>,
    accepted: u64,
    rounded: BTreeMap<String, u64>,
}

impl Pipe<'_> {
    /// Streams a sheet.
    ///
    /// # Errors
    /// [`Stop`] when the file is broken further down, or what was made of it cannot be written.
    pub(super) fn stream(self, rows: &mut Rows) -> Result<Passed, Stop> {
        let Self { proof, conformer, threads, sorter, file, faults, refused } = self;
        let workers = threads.max(1);
        let (send, receive) = sync_channel::<(u64, Sorted)>(1);
        let receive = Arc::new(Mutex::new(receive));
        let (send_done, receive_done) = sync_channel::<(u64, Result<Done, String>)>(workers + 1);
        let encoder = file.encoder();
        let stop = AtomicBool::new(false);
        let sheet = proof.sheet.as_deref();
        std::thread::scope(|scope| {
            for _ in 0..workers {
                let receive = Arc::clone(&receive);
                let send_done = send_done.clone();
                let encoder = Arc::clone(&encoder);
                scope.spawn(move || {
                    loop {
                        let next = receive.lock().map_or(None, |receive| receive.recv().ok());
                        let Some((number, sorted)) = next else { break };
                        let done =
                            conformer.conform(&sorted).map_err(|error| error.to_string()).and_then(|conformed| {
                                let Conformed { batch, faults, refused, accepted, rounded } = conformed;
                                drop(sorted);
                                let encoded = encoder.encode(&batch).map_err(|error| error.to_string())?;
                                Ok(Done { encoded, faults, refused, accepted, rounded })
                            });
                        if send_done.send((number, done)).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(send_done);
            let stop = &stop;
            let gather = scope.spawn(move || -> Result<(u64, u64), RunError> {
                let mut waiting: BTreeMap<u64, Result<Done, String>> = BTreeMap::new();
                let mut next = 0;
                let mut counts = (0, 0);
                let mut rounded = BTreeMap::new();
                let mut take = |done: Result<Done, String>| -> Result<(), RunError> {
                    let done = done.map_err(RunError::Read)?;
                    counts.0 += done.accepted;
                    for (column, cells) in done.rounded {
                        *rounded.entry(column).or_insert(0) += cells;
                    }
                    counts.1 += done.refused.len() as u64;
                    faults.add(&done.faults)?;
                    refused.add(&done.refused)?;
                    file.append(done.encoded)?;
                    Ok(())
                };
                let mut outcome = Ok(());
                for (number, done) in receive_done {
                    waiting.insert(number, done);
                    while let Some(done) = waiting.remove(&next) {
                        next += 1;
                        if outcome.is_ok() {
                            outcome = take(done);
                            if outcome.is_err() {
                                stop.store(true, Ordering::Relaxed);
                            }
                        }
                    }
                }
                outcome?;
                faults.add(&rounded_faults(proof, &rounded))?;
                Ok(counts)
            });
            let mut number = 0;
            let read = rows.stream(sheet, &mut |block| {
                let sorted = sorter.sort(block);
                number += 1;
                if stop.load(Ordering::Relaxed) || send.send((number - 1, sorted)).is_err() || sorter.is_past() {
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            });
            drop(send);
            let (accepted, quarantined) =
                gather.join().map_err(|_| RunError::Read("a worker panicked".to_owned()))??;
            read?;
            Ok(Passed { accepted, quarantined })
        })
    }
}
