//! The nouns that every stage shares: deliveries, cells and their addresses, faults, identifiers, types, books.
//!
//! Nothing here reads, writes or asks for the time. Rows and columns are 1-based and written as a person sees them.

mod address;
mod bag;
mod book;
pub mod codes;
mod content;
mod delivery;
mod fault;
mod fits;
mod hex;
mod identifier;
mod period;
mod pseudonym;
pub mod refusal_codes;
mod rounding;
mod zone;

pub use address::{Address, column_letters};
pub use bag::difference;
pub use book::{BOOK_FORMAT, Book, KeySample, LineBook, PartFile, Refusal, SkipReason, TableBook};
pub(crate) use content::extension;
pub use content::{Content, SNIFF_BYTES, sniff, unmarked_utf16};
pub use delivery::{Delivery, DeliveryId, corrected, ranks};
pub use fault::{Fault, Reason, Severity, row_key};
pub(crate) use fits::fits;
pub use hex::hex;
pub use identifier::{
    EstablishmentKind, Flaw, GssCode, IdentifierKind, IdentifierProblem, LaCode, Laestab, NhsNumber, Postcode, Ukprn,
    Uln, Upn, Urn,
};
pub use period::{Period, PeriodError};
pub use pseudonym::{KeyError, PseudonymKey};
pub use rounding::{Rounding, RoundingError, Ways};
pub use zone::{Zone, ZoneError};
