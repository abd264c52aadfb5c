//! Pictures: a judged series or funnel as an SVG that stands alone. Pure.
//!
//! In: values and verdicts. Out: the text of an SVG with a title and a description; ids begin with the KPI's, so that several may
//! stand on one page. Nothing is told by colour alone: special points have shapes and words, lines have dashes and labels.

/// Text, lines and shapes on a sheet.
mod canvas;
/// Units beside one another.
pub mod funnel;
/// Values over time.
pub mod over_time;

pub(crate) use canvas::round_step;
pub use funnel::{FunnelPicture, funnel_picture};
pub use over_time::{TimePicture, series_picture};
