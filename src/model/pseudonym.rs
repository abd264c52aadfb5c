//! Keyed pseudonyms: the only form in which an identifier of a person leaves the landed file.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;

use super::hex;

/// Bytes of a key.
const KEY_BYTES: usize = 32;
/// Bytes of a pseudonym: 128 bits.
const PSEUDONYM_BYTES: usize = 16;

/// A key under which identifiers become pseudonyms, with its version: `v1:` and 64 hexadecimal digits.
///
/// A pseudonym is HMAC-SHA-256 over purpose, 0x1F and value, cut to 128 bits. The same value under the same key and purpose
/// always gives the same pseudonym, and nobody without the key can try values out: a plain hash of a UPN is undone in minutes,
/// as there are only about 10^12 of them. Pseudonyms are still personal data (ICO, Pseudonymisation, March 2025).
///
/// ```
/// use sendmart::model::PseudonymKey;
/// let key: PseudonymKey = format!("v1:{}", "0b".repeat(32)).parse()?;
/// let child = key.pseudonym("upn", "A950000178301");
/// assert_eq!(child.len(), "v1:".len() + 32);
/// assert_eq!(child, key.pseudonym("upn", "A950000178301"));
/// assert_ne!(child, key.pseudonym("uln", "A950000178301"));
/// assert_eq!(format!("{key:?}"), format!("PseudonymKey(v1, fingerprint {})", key.fingerprint()));
/// assert!("v1:0b0b".parse::<PseudonymKey>().is_err());
/// # Ok::<(), sendmart::model::KeyError>(())
/// ```
#[derive(Clone)]
pub struct PseudonymKey {
    version: u32,
    state: Hmac<Sha256>,
}

/// Why a text is not a key. The text itself is never told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// No version.
    #[error("a key begins with its version, as in `v1:`")]
    Version,
    /// Not 32 bytes in hexadecimal.
    #[error("after `v1:` a key has 64 hexadecimal digits, and not these {0} characters")]
    Digits(usize),
}

impl PseudonymKey {
    /// A key from its bytes.
    #[must_use]
    pub fn new(version: u32, bytes: [u8; KEY_BYTES]) -> Self {
        // A key of the size of the block or less is taken as it is: the call cannot fail.
        let mut block = [0_u8; 64];
        block[..KEY_BYTES].copy_from_slice(&bytes);
        Self { version, state: Hmac::<Sha256>::new(&block.into()) }
    }

    /// The pseudonym of a value: `v1:` and 32 hexadecimal digits. Values of one purpose can be compared with each other.
    #[must_use]
    pub fn pseudonym(&self, purpose: &str, value: &str) -> String {
        format!("v{}:{}", self.version, hex(&self.mac(&[purpose, value])[..PSEUDONYM_BYTES]))
    }

    /// A number that is the same for the same values and tells nothing of them without the key.
    #[must_use]
    pub fn digest(&self, values: &[&str]) -> i64 {
        let mac = self.mac(values);
        i64::from_le_bytes([mac[0], mac[1], mac[2], mac[3], mac[4], mac[5], mac[6], mac[7]])
    }

    /// Which key it is, without telling the key: goes to books and ledger.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("v{}-{}", self.version, hex(&self.mac(&["sendmart key fingerprint"])[..4]))
    }

    fn mac(&self, parts: &[&str]) -> [u8; KEY_BYTES] {
        let mut state = self.state.clone();
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                state.update(&[0x1f]);
            }
            state.update(part.as_bytes());
        }
        state.finalize().into_bytes().into()
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PseudonymKey(v{}, fingerprint {})", self.version, self.fingerprint())
    }
}

impl std::str::FromStr for PseudonymKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (version, digits) = text.trim().split_once(':').ok_or(KeyError::Version)?;
        let version = version.strip_prefix('v').and_then(|number| number.parse().ok()).ok_or(KeyError::Version)?;
        let wrong = || KeyError::Digits(digits.chars().count());
        if digits.len() != 2 * KEY_BYTES || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut bytes = [0_u8; KEY_BYTES];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&digits[2 * index..2 * index + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self::new(version, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 1: the key of 20 bytes is padded with zeros, as HMAC does.
    #[test]
    fn it_is_hmac_sha_256() {
        let mut bytes = [0_u8; 32];
        bytes[..20].fill(0x0b);
        let key = PseudonymKey::new(1, bytes);
        assert_eq!(hex(&key.mac(&["Hi There"])), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    }

    #[test]
    fn a_wrong_key_is_told_without_being_shown() {
        for (text, error) in [
            ("0b0b", KeyError::Version),
            ("x1:0b", KeyError::Version),
            ("v1:0b", KeyError::Digits(2)),
            (&format!("v1:{}", "zz".repeat(32)), KeyError::Digits(64)),
        ] {
            assert_eq!(text.parse::<PseudonymKey>().err(), Some(error));
            assert!(!error.to_string().contains("zz"));
        }
    }
}
