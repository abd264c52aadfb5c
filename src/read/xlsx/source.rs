//! The bytes of a part into text: UTF-8 as it is, UTF-16 decoded.

use std::io::Read;

use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE};

use super::scan::XmlError;

/// Bytes that are asked for at a time.
const CHUNK: usize = 1 << 17;

/// A part being read.
pub(super) struct PartReader<R> {
    reader: R,
    raw: Vec<u8>,
    /// Bytes at the start of `raw` that began a character and wait for its end.
    held: usize,
    decoder: Option<Decoder>,
    started: bool,
    ended: bool,
}

impl<R: Read> PartReader<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, raw: vec![0; CHUNK], held: 0, decoder: None, started: false, ended: false }
    }

    /// Whether the part is UTF-16.
    pub(super) fn is_utf16(&self) -> bool {
        self.decoder.is_some()
    }

    /// Appends the next text to `window`, and to `bad` where in it a byte stood that is no character; false at the end.
    ///
    /// A part is read until it says itself that it ends, so that the archive has checked its sum.
    pub(super) fn fill(&mut self, window: &mut String, bad: &mut Vec<usize>) -> Result<bool, XmlError> {
        if self.ended {
            return Ok(false);
        }
        let mut length = self.held;
        let wanted = if self.started { length + 1 } else { 4 };
        while length < wanted {
            match self.reader.read(&mut self.raw[length..]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(read) => length += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(XmlError::Read(error)),
            }
        }
        let mut from = 0;
        if !self.started {
            self.started = true;
            from = match self.raw[..length] {
                [0xEF, 0xBB, 0xBF, ..] => 3,
                [0xFF, 0xFE, ..] => self.decode(UTF_16LE.new_decoder_without_bom_handling(), 2),
                [0xFE, 0xFF, ..] => self.decode(UTF_16BE.new_decoder_without_bom_handling(), 2),
                [_, 0, ..] => self.decode(UTF_16LE.new_decoder_without_bom_handling(), 0),
                [0, _, ..] => self.decode(UTF_16BE.new_decoder_without_bom_handling(), 0),
                _ => 0,
            };
        }
        if let Some(decoder) = &mut self.decoder {
            let bytes = &self.raw[from..length];
            window.reserve(decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len() * 3));
            let (result, _) = decoder.decode_to_string_without_replacement(bytes, window, self.ended);
            if let DecoderResult::Malformed(..) = result {
                return Err(XmlError::Encoding("UTF-16 with units that are no character".to_owned()));
            }
            self.held = 0;
            return Ok(true);
        }
        let mut rest = &self.raw[from..length];
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    window.push_str(text);
                    self.held = 0;
                    return Ok(true);
                }
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    window.push_str(std::str::from_utf8(valid).unwrap_or_default());
                    let skipped = match error.error_len() {
                        Some(skipped) => skipped,
                        None if self.ended => after.len(),
                        None => {
                            let held = after.len();
                            self.raw.copy_within(length - held..length, 0);
                            self.held = held;
                            return Ok(true);
                        }
                    };
                    bad.push(window.len());
                    window.push(char::REPLACEMENT_CHARACTER);
                    rest = &after[skipped..];
                }
            }
        }
    }

    fn decode(&mut self, decoder: Decoder, from: usize) -> usize {
        self.decoder = Some(decoder);
        from
    }
}
