//! The integration tests: one binary, a file a subject.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

/// Wrong definitions: every problem at once.
mod definitions;
/// The command line on the demo extracts, as a user runs it.
mod demo;
/// The real files of `../shared/data`, where they are.
mod open_data;
/// Every sample of every layout gives the rows and faults that are expected.
mod samples;

use std::path::{Path, PathBuf};

/// The checkout.
fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A place of its own: the checkout's definitions, linked, and a `var` that nobody else has.
fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["pipelines", "config", "sql"] {
        std::os::unix::fs::symlink(checkout().join(name), folder.path().join(name)).unwrap();
    }
    let path = folder.path().to_path_buf();
    (folder, path)
}

/// Runs the program in a place; gives exit code, standard output and standard error.
fn sendmart(place: &Path, arguments: &[&str]) -> (i32, String, String) {
    let out =
        assert_cmd::Command::cargo_bin("sendmart").unwrap().arg("--place").arg(place).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap_or(-1), text(&out.stdout), text(&out.stderr))
}
