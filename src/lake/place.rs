//! Where everything of a place is.

use std::path::{Path, PathBuf};

use crate::model::DeliveryId;

/// A place: the folder with `config`, `pipelines`, `sql`, and its `var` for what is made.
#[derive(Debug, Clone)]
pub struct Place {
    root: PathBuf,
    var: PathBuf,
    lake: PathBuf,
}

impl Place {
    /// A place at `root`, with its outputs in `var` (relative to the root unless absolute).
    #[must_use]
    pub fn new(root: impl Into<PathBuf>, var: impl AsRef<Path>) -> Self {
        let root = root.into();
        let var = root.join(var);
        let lake = var.join("lake");
        Self { root, var, lake }
    }

    /// The same place with its lake elsewhere: what is written into that lake leaves the place as it is.
    #[must_use]
    pub fn with_lake(&self, lake: impl Into<PathBuf>) -> Self {
        Self { lake: lake.into(), ..self.clone() }
    }

    /// The folder that holds `config`, `pipelines`, `sql`.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of outputs.
    #[must_use]
    pub fn var(&self) -> &Path {
        &self.var
    }

    /// `pipelines/`.
    #[must_use]
    pub fn pipelines(&self) -> PathBuf {
        self.root.join("pipelines")
    }

    /// `config/`.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.root.join("config")
    }

    /// `sql/`.
    #[must_use]
    pub fn sql(&self) -> PathBuf {
        self.root.join("sql")
    }

    /// The landed bytes of a delivery: `var/landing/<first two>/<sha256>`.
    #[must_use]
    pub fn landed(&self, sha256: &str) -> PathBuf {
        self.var.join("landing").join(&sha256[..sha256.len().min(2)]).join(sha256)
    }

    /// Temporary files of landing, on the same file system.
    #[must_use]
    pub fn landing_incoming(&self) -> PathBuf {
        self.var.join("landing").join("incoming")
    }

    /// `var/lake`, unless it lies elsewhere.
    #[must_use]
    pub fn lake(&self) -> PathBuf {
        self.lake.clone()
    }

    /// The accepted rows of one table of one delivery, relative to the lake.
    #[must_use]
    pub fn conformed(collection: &str, table: &str, delivery: &DeliveryId) -> String {
        format!("conformed/{collection}/{table}/{delivery}.parquet")
    }

    /// The faults of one table of one delivery, relative to the lake. The table is `_file` for faults of the whole file.
    #[must_use]
    pub fn quarantine(collection: &str, table: &str, delivery: &DeliveryId) -> String {
        format!("quarantine/{collection}/{table}/{delivery}.faults.parquet")
    }

    /// The refused rows, as they stood, of one table of one delivery, relative to the lake.
    #[must_use]
    pub fn refused_rows(collection: &str, table: &str, delivery: &DeliveryId) -> String {
        format!("quarantine/{collection}/{table}/{delivery}.rows.parquet")
    }

    /// Marts, each a file named by what decides its content: `lake/marts/<mart>/<recipe>-<content>.parquet`.
    #[must_use]
    pub fn marts(&self) -> PathBuf {
        self.lake().join("marts")
    }

    /// The books of a delivery.
    #[must_use]
    pub fn book(&self, collection: &str, delivery: &DeliveryId) -> PathBuf {
        self.lake().join("books").join(collection).join(format!("{delivery}.json"))
    }

    /// `var/ledger`: deliveries, what the sources looked like, runs.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.var.join("ledger")
    }

    /// The run lock.
    #[must_use]
    pub fn run_lock(&self) -> PathBuf {
        self.var.join("lock").join("run.lock")
    }

    /// `var/warehouse`.
    #[must_use]
    pub fn warehouse(&self) -> PathBuf {
        self.var.join("warehouse")
    }

    /// The one stable path that readers open: `var/warehouse/sendmart.duckdb`.
    #[must_use]
    pub fn live(&self) -> PathBuf {
        self.warehouse().join("sendmart.duckdb")
    }

    /// What the live generation is, beside it (derived; the file itself is the truth).
    #[must_use]
    pub fn current(&self) -> PathBuf {
        self.warehouse().join("CURRENT.json")
    }

    /// Folder of one sealed generation: `var/warehouse/gen/000123`.
    #[must_use]
    pub fn generation(&self, number: u64) -> PathBuf {
        self.generations().join(format!("{number:06}"))
    }

    /// Folder of the sealed generations.
    #[must_use]
    pub fn generations(&self) -> PathBuf {
        self.warehouse().join("gen")
    }

    /// What public editions printed and hid, a file a release: later ones are held against it.
    #[must_use]
    pub fn releases(&self) -> PathBuf {
        self.var.join("releases")
    }

    /// The definitions that kept generations were made with, each a file named by its hash.
    #[must_use]
    pub fn kept_definitions(&self) -> PathBuf {
        self.warehouse().join("definitions")
    }

    /// Where a run builds: removed at its end, and by the next run if it was killed.
    #[must_use]
    pub fn staging(&self, run_id: &str) -> PathBuf {
        self.warehouse().join("staging").join(run_id)
    }
}
