//! The pages that a board reads, and a performance lead every evening before it.
//!
//! ```text
//! live generation, or values of another day ─ gather ─► BoardPages (plain values) ─ pages ─► texts of HTML ─ folder ─► files
//! ```
//!
//! [`gather`] alone asks questions; [`pages`] is pure, so the same values give the same bytes. A page stands alone: its style is in it,
//! it has no script and names no remote address. All that comes from files (names, labels, marks) is data and is escaped by `maud`.
//! Not here: who may read it. These are pages of the restricted edition, in which small numbers are shown.

mod breakdown;
mod drawing;
mod folder;
mod frame;
mod front;
mod gather;
mod kpi_page;
mod late;
mod marks;
mod method;
mod period;
mod question;
mod sentence;
mod shown;
mod values;

pub use folder::{SiteError, SiteFile, SiteMarker, write_site};
pub use frame::BoardPage;
pub use gather::gather;
pub use period::{period_words, year_before};
pub use question::AskFigures;
pub use sentence::{Headline, headline, line_description};
pub use shown::figure_words;
pub use values::{
    BoardFigure, BoardKpi, BoardPages, CollectionBook, ComparedFigure, FaultCount, HeldWords, LateReturn, MissingPeriod,
};

/// Every page, the one to start with first.
#[must_use]
pub fn pages(all: &BoardPages<'_>) -> Vec<BoardPage> {
    let frame = frame::Frame::of(all);
    let mut pages = vec![front::front(all, &frame), method::method(all, &frame)];
    pages.extend(all.of_ids().into_iter().map(|(id, kpis)| kpi_page::kpi_page(all, &frame, id, &kpis)));
    pages
}
