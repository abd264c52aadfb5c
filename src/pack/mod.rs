//! The pages that a board reads, and a performance lead every evening before it.
//!
//! ```text
//! live generation, or one of another day ─ gather ─► BoardPages (plain values) ─ pages ────► texts of HTML ──────────► folder ─► files
//!                                        + board, meeting, changes ─► BoardPack ─ pack_files ─► pack.html, values.csv ─┘
//! ```
//!
//! [`gather`] alone asks questions; [`pages`] is pure, so the same values give the same bytes. A page stands alone: its style is in it,
//! it has no script and names no remote address. All that comes from files (names, labels, marks) is data and is escaped by `maud`.
//! These are pages of the restricted edition, in which small numbers are shown; of a public one every file is written of pages from which
//! [`PublicRelease::hide`] took what may not be shown.

mod accessible;
mod board_pack;
mod breakdown;
mod cases;
mod changes;
mod decide;
mod document;
mod drawing;
mod folder;
mod frame;
mod front;
mod frozen;
mod funnel_drawing;
mod gather;
mod gather_figures;
mod governance;
mod judged;
mod kpi_page;
mod late;
mod marks;
mod measures;
mod method;
mod period;
mod persons;
mod public_pages;
mod public_release;
mod question;
mod record;
mod releases;
mod schools;
mod sentence;
mod sheets;
mod shown;
mod values;
mod values_csv;
mod working;

pub use accessible::{ACCESSIBLE, accessible_workbook};
pub use board_pack::{BoardPack, ChangedFigure, ChangedKpi, FrozenState, PackChanges, PackEdition, PackInput};
pub use cases::{CaseList, case_lists};
pub use document::pack_page;
pub use folder::{SiteError, SiteFile, SiteMarker, may_be_pack, write_pack, write_site};
pub use frame::BoardPage;
pub use frozen::{frozen_state, of_board};
pub use gather::gather;
pub use period::{period_words, year_before};
pub use persons::{CountOfKpi, PersonsBehind, persons_behind};
pub use public_release::{EarlierRelease, PublicRelease, ReleasedCount, public_release};
pub use question::AskFigures;
pub use record::{DEFINITIONS, PackRecord, RECORD, RecordedInput};
pub use releases::{KeptRelease, ReleaseError, releases_before};
pub use sentence::{Headline, headline, line_description};
pub use shown::figure_words;
pub use values::{
    BoardFigure, BoardKpi, BoardPages, CollectionBook, ComparedFigure, FaultCount, FigureAim, HeldWords, LateReturn,
    MissingPeriod,
};
pub use values_csv::{VALUES, VALUES_METADATA, values_csv, values_metadata};
pub use working::{WORKING, working_workbook};

/// Every page, the one to start with first.
#[must_use]
pub fn pages(all: &BoardPages<'_>) -> Vec<BoardPage> {
    let frame = frame::Frame::of(all);
    let mut pages = vec![front::front(all, &frame), method::method(all, &frame)];
    pages.extend(all.of_ids().into_iter().map(|(id, kpis)| kpi_page::kpi_page(all, &frame, id, &kpis)));
    pages
}

/// The page of a pack.
pub const PACK_PAGE: &str = "pack.html";

/// The files of a pack but for its record, by name. `definitions` are those that its figures are made with, packed.
///
/// # Errors
/// [`SiteError::Workbook`] when a workbook cannot be written.
pub fn pack_files(pack: &BoardPack<'_>, definitions: Vec<u8>) -> Result<Vec<(String, Vec<u8>)>, SiteError> {
    let files = [
        (PACK_PAGE, pack_page(pack).into_bytes()),
        (ACCESSIBLE, accessible_workbook(pack)?),
        (WORKING, working_workbook(pack)?),
        (VALUES, values_csv(pack)),
        (VALUES_METADATA, values_metadata(pack)),
        (DEFINITIONS, definitions),
    ];
    Ok(files.map(|(name, bytes)| (name.to_owned(), bytes)).into())
}
