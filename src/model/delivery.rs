//! One file as it was received.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The name of a delivery: the first 16 hexadecimal digits of the SHA-256 of collection name, a NUL, and the bytes' SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeliveryId(pub String);

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A file that was landed: immutable bytes, with where and when they came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its name.
    pub delivery_id: DeliveryId,
    /// The collection that it belongs to.
    pub collection: String,
    /// The file's own name, without folders: `timeliness_20_week.csv`.
    pub file_name: String,
    /// Where it came from: a path or an address, with `!member` for a member of an archive.
    pub source: String,
    /// When it was received: as the source declares it, otherwise when it was landed. UTC.
    pub received_at: Timestamp,
    /// Size of the landed bytes.
    pub bytes: u64,
    /// SHA-256 of the landed bytes, in hexadecimal. The landed file is `landing/<first two>/<sha256>`.
    pub sha256: String,
    /// `provisional`, `revised` or `final`, as the source declares it.
    pub maturity: Option<String>,
}
