//! The child: opens one file, shuts itself in, and gives rows when it is asked.

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::ops::ControlFlow;

use super::about::about_bytes;
use super::child_file::ChildFile;
use super::frame::{PIECE_CELLS, fits, send_piece};
use super::message::{LONGEST, MessageKind, Open, StreamAsked, error_frame, receive, send, sheets_bytes};
use super::parent::WINDOW;
use super::restrict::restrict;
use crate::read::Block;
use crate::read::guard::{Danger, FileKind, contained};

/// The two streams.
struct Talk<'t> {
    input: &'t mut dyn Read,
    output: &'t mut dyn Write,
}

/// Serves the reading of one file on the two streams, until the first ends. Restricts this process for good, and
/// silences its panics, whose words may hold what stands in the file.
///
/// # Errors
/// [`io::Error`] when the parent is gone, or says what no parent of this version says.
pub fn serve(input: impl Read, output: impl Write) -> io::Result<()> {
    std::panic::set_hook(Box::new(|_| {}));
    let mut input = BufReader::new(input);
    let mut output = BufWriter::with_capacity(1 << 16, output);
    let talk = Talk { input: &mut input, output: &mut output };
    let nonsense = || io::Error::from(io::ErrorKind::InvalidData);
    let Some((MessageKind::Open, body)) = receive(talk.input)? else { return Err(nonsense()) };
    let open = Open::read(&body).ok_or_else(nonsense)?;
    let confined = restrict(&open)?;
    let opened = contained(open.kind, || {
        let held = ChildFile::open(&open.path, open.kind)?;
        let sheets = held.sheets();
        Ok((held, sheets))
    })
    .flatten();
    let mut held = match opened {
        Ok((held, sheets)) => {
            let bits = confined.bits().to_le_bytes();
            send(talk.output, MessageKind::Sheets, &[&bits, &sheets_bytes(&sheets)])?;
            held
        }
        Err(error) => {
            let (kind, body) = error_frame(&error);
            return send(talk.output, kind, &[&body]);
        }
    };
    while let Some((kind, body)) = receive(talk.input)? {
        match kind {
            MessageKind::Stream => {
                let asked = StreamAsked::read(&body).ok_or_else(nonsense)?;
                stream((&mut held, open.kind), &asked, talk.input, talk.output)?;
            }
            MessageKind::About => {
                let sheet = String::from_utf8(body).map_err(|_| nonsense())?;
                match contained(open.kind, || held.about(&sheet)).flatten() {
                    Ok(about) => send(talk.output, MessageKind::Abouts, &[&about_bytes(&about)])?,
                    Err(error) => {
                        let (kind, body) = error_frame(&error);
                        send(talk.output, kind, &[&body])?;
                    }
                }
            }
            // Said while the last block was on its way.
            MessageKind::More | MessageKind::Stop => {}
            _ => return Err(nonsense()),
        }
    }
    Ok(())
}

fn stream(
    (held, kind): (&mut ChildFile, FileKind),
    asked: &StreamAsked,
    input: &mut dyn Read,
    output: &mut dyn Write,
) -> io::Result<()> {
    let most = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let mut window = WINDOW;
    let mut lost = Ok(());
    let mut too_large = false;
    let mut buffer = Vec::new();
    // A block that is all that is wanted comes in one piece.
    let cells = if asked.first { most(asked.max_cells) } else { most(asked.max_cells).min(PIECE_CELLS) };
    let outcome = {
        let mut sink = |block: Block| {
            if !fits(&block) {
                too_large = true;
                return ControlFlow::Break(());
            }
            match give(&block, (&mut window, &mut buffer), input, output) {
                Ok(true) if !asked.first => ControlFlow::Continue(()),
                Ok(_) => ControlFlow::Break(()),
                Err(error) => {
                    lost = Err(error);
                    ControlFlow::Break(())
                }
            }
        };
        contained(kind, || held.stream(&asked.sheet, (most(asked.max_rows), cells), &mut sink)).flatten()
    };
    lost?;
    let outcome = if too_large { Err(Danger::LargeRow(LONGEST >> 20).error_of(kind)) } else { outcome };
    match outcome {
        Ok(()) => send(output, MessageKind::End, &[]),
        Err(error) => {
            let (kind, body) = error_frame(&error);
            send(output, kind, &[&body])
        }
    }
}

/// Sends a piece, and waits for a word when the parent has enough; false when it wants no more.
fn give(
    block: &Block,
    (window, buffer): (&mut usize, &mut Vec<u8>),
    input: &mut dyn Read,
    output: &mut dyn Write,
) -> io::Result<bool> {
    send_piece(output, block, buffer)?;
    *window -= 1;
    while *window == 0 {
        match receive(input)? {
            Some((MessageKind::More, _)) => *window += 1,
            _ => return Ok(false),
        }
    }
    Ok(true)
}
