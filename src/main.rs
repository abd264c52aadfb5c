//! The thin binary: see [`sendmart::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    sendmart::cli::main()
}
