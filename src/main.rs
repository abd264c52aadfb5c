//! The thin binary: see [`sendmart::cli`].

fn main() {}
