//! An address as a source.
