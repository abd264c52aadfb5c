//! The encodings that a layout may declare.

/// Declared encodings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without BOM.
    Utf8,
    /// Windows-1252.
    Windows1252,
    /// UTF-16 with a byte-order mark, which says which.
    Utf16,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// Another one in which ASCII is ASCII.
    Other(&'static encoding_rs::Encoding),
}

impl Encoding {
    /// The encoding of a name as people and the WHATWG write it: `utf-8`, `utf-16le`, `windows-1252`, `latin1`, `iso-8859-15`,
    /// `macintosh`, `euc-kr`. None of one that is not known, or in which ASCII is not ASCII.
    ///
    /// ```
    /// use sendmart::definitions::Encoding;
    /// assert_eq!(Encoding::named("UTF-8"), Some(Encoding::Utf8));
    /// assert_eq!(Encoding::named("latin1"), Some(Encoding::Windows1252));
    /// assert_eq!(Encoding::named("utf-16"), Some(Encoding::Utf16));
    /// assert_eq!(Encoding::named("ebcdic"), None);
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "utf-8" => Self::Utf8,
            "windows-1252" => Self::Windows1252,
            "utf-16" => Self::Utf16,
            "utf-16le" => Self::Utf16Le,
            "utf-16be" => Self::Utf16Be,
            other => match encoding_rs::Encoding::for_label_no_replacement(other.as_bytes())? {
                known if known == encoding_rs::UTF_8 => Self::Utf8,
                known if known == encoding_rs::WINDOWS_1252 => Self::Windows1252,
                known if known.is_ascii_compatible() && known != encoding_rs::X_USER_DEFINED => Self::Other(known),
                _ => return None,
            },
        })
    }

    /// Its name, as a layout writes it.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Utf8 => "utf-8".to_owned(),
            Self::Windows1252 => "windows-1252".to_owned(),
            Self::Utf16 => "utf-16".to_owned(),
            Self::Utf16Le => "utf-16le".to_owned(),
            Self::Utf16Be => "utf-16be".to_owned(),
            Self::Other(other) => other.name().to_ascii_lowercase(),
        }
    }

    /// Whether a delimiter or a quote may be the second byte of a character.
    #[must_use]
    pub fn hides(self, character: u8) -> bool {
        matches!(self, Self::Other(other) if !other.is_single_byte()) && character >= 0x30
    }

    /// Whether text of it is read as UTF-8, if need be by way of it.
    #[must_use]
    pub fn is_unicode(self) -> bool {
        matches!(self, Self::Utf8 | Self::Utf16 | Self::Utf16Le | Self::Utf16Be)
    }
}
