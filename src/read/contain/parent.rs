//! The parent: starts the child, asks it for rows, and has a sentence for every way in which it may end.

use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Once;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::Keeper;
use super::about::read_about;
use super::frame::read_piece;
use super::message::{MessageKind, Open, StreamAsked, head, read_failure, read_refusal, read_sheets, send};
use super::restrict::Confined;
use crate::model::Refusal;
use crate::read::guard::{Danger, FileKind};
use crate::read::{BLOCK_TEXT, Block, ReadError, SheetAbout, Sink};

/// Pieces that the child sends before it waits for a word from the parent.
pub(super) const WINDOW: usize = 4;
/// The size of the pipe that pieces come through.
const PIPE: usize = 1 << 20;
/// How much of what a dying child says is looked at for the reason.
const LAST_WORDS: u64 = 4096;
/// The first frame of a child is small.
const BITS: usize = 8;

static TOLD: Once = Once::new();

/// A file that another process has open.
#[derive(Debug)]
pub struct Contained {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
    kind: FileKind,
    /// How long the parent will still wait, all in all.
    patience: Duration,
    seconds: u64,
    memory: u64,
    sheets: Vec<(String, bool)>,
    /// What was heard last.
    heard: Vec<u8>,
    /// Why no more rows can be had.
    ended: Option<Refusal>,
}

impl Contained {
    pub(in crate::read) fn open(path: &Path, kind: FileKind, keeper: &Keeper) -> Result<Self, ReadError> {
        let bytes = std::fs::metadata(path)?.len();
        let seconds = keeper.limits.seconds_for(bytes);
        let mut child = Command::new(&keeper.program)
            .args(&keeper.arguments)
            .env_clear()
            .envs(keeper.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A Ctrl-C is for the run: a child that ended of it would be taken for a file that nobody can read.
            .process_group(0)
            .spawn()?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            let _ = child.kill();
            let _ = child.wait();
            return Err(ReadError::Io(io::Error::other("the reading process has no pipes")));
        };
        // A wish: a small pipe only makes the two wait more often.
        #[cfg(target_os = "linux")]
        let _ = rustix::pipe::fcntl_setpipe_size(&from, PIPE);
        let (patience, memory) = (keeper.limits.patience, keeper.limits.memory);
        let (sheets, heard) = (Vec::new(), Vec::new());
        let mut contained = Self { child, to, from, kind, patience, seconds, memory, sheets, heard, ended: None };
        let open = Open { memory, seconds, kind, path: path.to_path_buf() };
        contained.say(MessageKind::Open, &open.bytes())?;
        let (kind, length) = contained.hear()?;
        let body = &contained.heard[..length];
        let sheets = body.split_at_checked(BITS).and_then(|(bits, rest)| {
            let confined = Confined::of(u64::from_le_bytes(bits.try_into().ok()?));
            Some((confined, read_sheets(rest)?))
        });
        match (kind, sheets) {
            (MessageKind::Sheets, Some((confined, sheets))) => {
                TOLD.call_once(|| {
                    tracing::debug!(
                        landlock = confined.files,
                        seccomp = confined.calls,
                        "Workbooks and Parquet files are read in a process with limits"
                    );
                });
                contained.sheets = sheets;
                Ok(contained)
            }
            (kind, _) => Err(contained.told(kind, length)),
        }
    }

    pub(in crate::read) fn kind(&self) -> FileKind {
        self.kind
    }

    pub(in crate::read) fn sheets(&self) -> Vec<(String, bool)> {
        self.sheets.clone()
    }

    /// What a sheet says of itself.
    pub(in crate::read) fn about(&mut self, sheet: &str) -> Result<SheetAbout, ReadError> {
        if let Some(ended) = &self.ended {
            return Err(ReadError::Told(ended.clone()));
        }
        self.say(MessageKind::About, sheet.as_bytes())?;
        let (kind, length) = self.hear()?;
        match (kind, read_about(&self.heard[..length])) {
            (MessageKind::Abouts, Some(about)) => Ok(about),
            _ => Err(self.told(kind, length)),
        }
    }

    /// Streams a sheet; with `first`, only its first block.
    pub(in crate::read) fn stream(
        &mut self,
        sheet: &str,
        (max_rows, max_cells): (usize, usize),
        first: bool,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReadError> {
        if let Some(ended) = &self.ended {
            return Err(ReadError::Told(ended.clone()));
        }
        let asked =
            StreamAsked { max_rows: max_rows as u64, max_cells: max_cells as u64, first, sheet: sheet.to_owned() };
        self.say(MessageKind::Stream, &asked.bytes())?;
        let mut wanted = true;
        let mut block = Block::default();
        loop {
            let (kind, length) = self.hear()?;
            match kind {
                MessageKind::End => {
                    if wanted && !block.rows.is_empty() {
                        let _: ControlFlow<()> = sink(block);
                    }
                    return Ok(());
                }
                MessageKind::Block if wanted => {
                    if block.text.len() + length > BLOCK_TEXT && !block.rows.is_empty() {
                        wanted = sink(std::mem::take(&mut block)).is_continue();
                    }
                    if read_piece(&self.heard[..length], &mut block).is_none() {
                        return Err(self.give_up(Danger::Nonsense.error_of(self.kind)));
                    }
                    if first {
                        let _: ControlFlow<()> = sink(std::mem::take(&mut block));
                        wanted = false;
                    }
                    while wanted && let Some(rest) = block.beyond(max_rows, max_cells) {
                        wanted = sink(std::mem::replace(&mut block, rest)).is_continue();
                    }
                    // What the child was told may reach it after its last piece: it lets that pass.
                    self.say(if wanted { MessageKind::More } else { MessageKind::Stop }, &[])?;
                }
                MessageKind::Block => {}
                _ => return Err(self.told(kind, length)),
            }
        }
    }

    /// What a frame that is not the one that was hoped for means.
    fn told(&mut self, kind: MessageKind, length: usize) -> ReadError {
        let body = &self.heard[..length];
        match (kind, read_refusal(body), read_failure(body)) {
            (MessageKind::Refused, Some(refusal), _) => ReadError::Told(refusal),
            (MessageKind::Failed, _, Some(why)) => ReadError::Io(io::Error::other(why)),
            _ => self.give_up(Danger::Nonsense.error_of(self.kind)),
        }
    }

    fn say(&mut self, kind: MessageKind, body: &[u8]) -> Result<(), ReadError> {
        let mut frame = Vec::with_capacity(body.len() + 5);
        send(&mut frame, kind, &[body])?;
        // Frames to the child are small, and it reads them: only a dead one makes this fail.
        match self.to.write_all(&frame) {
            Ok(()) => Ok(()),
            Err(_) => Err(self.buried()),
        }
    }

    /// The next frame: its kind, and how much of `heard` its contents are.
    fn hear(&mut self) -> Result<(MessageKind, usize), ReadError> {
        let mut bytes = [0; 5];
        self.fill(&mut bytes)?;
        let Some((kind, length)) = head(bytes) else { return Err(self.give_up(Danger::Nonsense.error_of(self.kind))) };
        let mut heard = std::mem::take(&mut self.heard);
        if heard.len() > PIPE {
            heard = Vec::new();
        }
        let mut taken = 0;
        while taken < length {
            // Grows with what is really sent, so that a length alone takes no memory.
            let end = length.min(heard.len().max(taken + PIPE.max(taken)));
            if heard.len() < end {
                heard.reserve_exact(end - heard.len());
                heard.resize(end, 0);
            }
            self.fill(&mut heard[taken..end])?;
            taken = end;
        }
        self.heard = heard;
        Ok((kind, length))
    }

    /// Fills the buffer from the pipe, waiting as long as patience lasts.
    fn fill(&mut self, mut buffer: &mut [u8]) -> Result<(), ReadError> {
        while !buffer.is_empty() {
            let began = Instant::now();
            let wait = Timespec {
                tv_sec: i64::try_from(self.patience.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: i64::from(self.patience.subsec_nanos()),
            };
            let ready = poll(&mut [PollFd::new(&self.from, PollFlags::IN)], Some(&wait));
            self.patience = self.patience.saturating_sub(began.elapsed());
            match ready {
                Ok(0) => return Err(self.give_up(Danger::TooSlow(self.seconds).error_of(self.kind))),
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(error) => return Err(ReadError::Io(error.into())),
            }
            match self.from.read(buffer) {
                Ok(0) => return Err(self.buried()),
                Ok(count) => buffer = &mut buffer[count..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ReadError::Io(error)),
            }
        }
        Ok(())
    }

    /// Ends the child; the same refusal is given to whoever asks again.
    fn give_up(&mut self, error: ReadError) -> ReadError {
        let _ = self.bury();
        self.ended = error.refusal();
        error
    }

    /// The child has died: how, in words.
    fn buried(&mut self) -> ReadError {
        let status = self.bury();
        let mut words = String::new();
        if let Some(last) = self.child.stderr.take() {
            let mut bytes = Vec::new();
            let _ = last.take(LAST_WORDS).read_to_end(&mut bytes);
            words = String::from_utf8_lossy(&bytes).into_owned();
        }
        let error = match status {
            Ok(status) => self.verdict(status, &words),
            Err(error) => ReadError::Io(error),
        };
        self.ended = error.refusal();
        error
    }

    /// What an end means. What comes from outside (a signal by a person, or by a machine without memory) says nothing
    /// of the file: it is our trouble, and the file is read again.
    fn verdict(&self, status: ExitStatus, words: &str) -> ReadError {
        let Some(signal) = status.signal() else {
            let code = status.code().unwrap_or(-1);
            return if code == 0 {
                Danger::Nonsense.error_of(self.kind)
            } else {
                ReadError::Io(io::Error::other(format!("the reading process could not do its work (exit code {code})")))
            };
        };
        match rustix::process::Signal::from_named_raw(signal) {
            Some(rustix::process::Signal::XCPU) => Danger::TooSlow(self.seconds).error_of(self.kind),
            Some(rustix::process::Signal::ABORT) if words.contains("memory allocation of") => {
                Danger::TooMuchMemory(self.memory).error_of(self.kind)
            }
            Some(
                rustix::process::Signal::ABORT
                | rustix::process::Signal::SEGV
                | rustix::process::Signal::BUS
                | rustix::process::Signal::ILL
                | rustix::process::Signal::FPE
                | rustix::process::Signal::SYS,
            ) => Danger::Died(signal).error_of(self.kind),
            _ => {
                ReadError::Io(io::Error::other(format!("the reading process was ended from outside (signal {signal})")))
            }
        }
    }

    /// Kills and reaps; a child that is dead already keeps the end that it had.
    fn bury(&mut self) -> io::Result<ExitStatus> {
        let _ = self.child.kill();
        self.child.wait()
    }
}

impl Drop for Contained {
    fn drop(&mut self) {
        let _ = self.bury();
    }
}
