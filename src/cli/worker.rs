//! `worker`: this program again, for one file; and how the other verbs start it.

use std::ffi::OsString;
use std::sync::Arc;

use super::Failure;
use crate::read::{ChildLimits, Containment, Keeper, serve};

/// Variables that the system needs to find the libraries of this program. No other is handed on.
const LIBRARIES: [&str; 2] = ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];

/// `sendmart worker`.
pub(super) fn worker() -> Result<(), Failure> {
    serve(std::io::stdin().lock(), std::io::stdout().lock()).map_err(|_| Failure {
        text: "this verb is for the program itself".to_owned(),
        hint: Some("use `run`, `plan` or `test`: they read files".to_owned()),
        exit_code: 2,
    })
}

/// Where this program reads workbooks and Parquet files: in a process for each.
pub(super) fn contained() -> Containment {
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => {
            tracing::warn!(%error, "Workbooks and Parquet files are read without a process of their own: this program cannot find itself");
            return Containment::InProcess;
        }
    };
    let named = |name: &str| std::env::var_os(name).map(|value| (OsString::from(name), value));
    Containment::Child(Arc::new(Keeper {
        program,
        arguments: vec![OsString::from("worker")],
        environment: LIBRARIES.into_iter().filter_map(named).collect(),
        limits: ChildLimits::default(),
    }))
}
