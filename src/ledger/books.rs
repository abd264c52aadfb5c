//! What each delivery held: its books, one file a delivery, in the lake beside the Parquet that they speak of.
//!
//! Books whose files are not all there, or that an older program wrote in another form, are none: the delivery is read again.

use std::fs;

use super::LedgerError;
use crate::lake::{Place, create_dir_durable, write_atomic};
use crate::model::{BOOK_FORMAT, Book, Delivery};

/// The books of a delivery as they stand, whatever it was read by.
#[must_use]
pub fn book_of(place: &Place, delivery: &Delivery) -> Option<Book> {
    let bytes = fs::read(place.book(&delivery.collection, &delivery.delivery_id)).ok()?;
    let book: Book = serde_json::from_slice(&bytes).ok().filter(|book: &Book| book.format == BOOK_FORMAT)?;
    let files =
        book.tables.iter().flat_map(|table| [&table.conformed, &table.quarantine, &table.refused_rows]).flatten();
    let whole = files
        .into_iter()
        .all(|file| fs::metadata(place.lake().join(&file.path)).is_ok_and(|metadata| metadata.len() == file.bytes));
    whole.then_some(book)
}

/// The books of a delivery under these definitions, if its files are all in the lake.
#[must_use]
pub fn kept_book(place: &Place, definition: &str, delivery: &Delivery) -> Option<Book> {
    book_of(place, delivery).filter(|book| book.definition == definition)
}

/// Keeps the books of a delivery, in place of those that it had.
///
/// # Errors
/// [`LedgerError`] when the file cannot be written.
pub fn keep_book(place: &Place, book: &Book) -> Result<(), LedgerError> {
    let path = place.book(&book.collection, &book.delivery_id);
    let mut bytes =
        serde_json::to_vec_pretty(book).map_err(|source| LedgerError::NotJson { path: path.clone(), source })?;
    bytes.push(b'\n');
    create_dir_durable(path.parent().unwrap_or(&place.lake()))?;
    Ok(write_atomic(&path, &bytes)?)
}
