//! Why a file cannot be taken at all.

use std::io;

use thiserror::Error;

use crate::model::Refusal;

/// Why a file cannot be taken at all, in words that a data officer understands.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The bytes could not be read: our trouble, not the supplier's.
    #[error("the file could not be read: {0}")]
    Io(#[from] io::Error),
    /// The file cannot be taken, as the process that read it tells.
    #[error("{}", .0.message)]
    Told(Refusal),
    /// The file is not what was asked for.
    #[error("{message}")]
    Content {
        /// Stable code.
        code: &'static str,
        /// What is wrong.
        message: String,
        /// How to mend it.
        hint: String,
        /// Where, if known.
        at: Option<String>,
    },
}

impl ReadError {
    pub(crate) fn content(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Content { code, message: message.into(), hint: hint.into(), at: None }
    }

    /// The refusal to keep in the books; none when it is our trouble. What a terminal would take for a command, and nobody
    /// would see, is told as `\u{1b}` and the like.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Io(_) => None,
            Self::Told(refusal) => Some(refusal.clone()),
            Self::Content { code, message, hint, at } => Some(Refusal {
                code: (*code).to_owned(),
                message: plain(message),
                hint: plain(hint),
                at: at.as_deref().map(plain),
            }),
        }
    }
}

/// A sentence in which every control character but the end of a line is told by its number.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() && letter != '\n' {
            plain.extend(letter.escape_unicode());
        } else {
            plain.push(letter);
        }
    }
    plain
}
