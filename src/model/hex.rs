//! Bytes as text.

use std::fmt::Write as _;

/// Bytes in lower-case hexadecimal.
///
/// ```
/// use sendmart::model::hex;
/// assert_eq!(hex(&[0, 255, 16]), "00ff10");
/// ```
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
