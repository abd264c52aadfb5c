//! One file as it was received.

use std::collections::{BTreeMap, BTreeSet};
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
    /// When it was received: the start of the day that the source declares, otherwise when it was landed. UTC.
    pub received_at: Timestamp,
    /// Size of the landed bytes.
    pub bytes: u64,
    /// SHA-256 of the landed bytes, in hexadecimal. The landed file is `landing/<first two>/<sha256>`.
    pub sha256: String,
    /// `provisional`, `revised` or `final`, as the source declares it.
    pub maturity: Option<String>,
}

/// The rank of each delivery: one that ranks higher takes the place of one that ranks lower, where their table says so.
///
/// By `received_at`; of two received at once, which a source that declares its day makes of a file and its correction, what
/// stands later under the same `source`. Files under several names that were received at once rank by their ids: nothing says
/// which is the later, and the order in which sources are listed must not.
///
/// *Shape*: `landed` in the order landed, as the ledger has it; ranks are 0-based and without gaps.
pub fn ranks<'a>(landed: impl IntoIterator<Item = &'a Delivery>) -> BTreeMap<&'a DeliveryId, usize> {
    let mut at_once: BTreeMap<(&str, &str, Timestamp), usize> = BTreeMap::new();
    let mut order: Vec<_> = landed
        .into_iter()
        .map(|delivery| {
            let times = at_once.entry((&delivery.collection, &delivery.source, delivery.received_at)).or_default();
            *times += 1;
            (delivery.received_at, *times, &delivery.delivery_id)
        })
        .collect();
    order.sort_unstable();
    order.into_iter().enumerate().map(|(rank, (_, _, id))| (id, rank)).collect()
}

/// The deliveries that another corrects: what stands later under the same `source`, received at the same declared moment. A
/// file that is overwritten later without a declared day is no correction: it may be the next month's.
///
/// *Shape*: `landed` as for [`ranks`].
pub fn corrected<'a>(landed: impl IntoIterator<Item = &'a Delivery>) -> BTreeSet<&'a DeliveryId> {
    let mut latest: BTreeMap<(&str, &str, Timestamp), &DeliveryId> = BTreeMap::new();
    landed
        .into_iter()
        .filter_map(|delivery| {
            latest.insert((&delivery.collection, &delivery.source, delivery.received_at), &delivery.delivery_id)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(id: &str, source: &str, second: i64) -> Delivery {
        Delivery {
            delivery_id: DeliveryId(id.to_owned()),
            collection: "sen2".to_owned(),
            file_name: source.to_owned(),
            source: source.to_owned(),
            received_at: Timestamp::from_second(second).unwrap(),
            bytes: 1,
            sha256: String::new(),
            maturity: None,
        }
    }

    /// Ids, lowest rank first.
    fn order(landed: &[Delivery]) -> Vec<&str> {
        let ranks = ranks(landed);
        let mut ids: Vec<_> = ranks.keys().map(|id| id.0.as_str()).collect();
        ids.sort_by_key(|id| ranks[&DeliveryId((*id).to_owned())]);
        ids
    }

    #[test]
    fn a_correction_under_the_same_name_ranks_above_what_it_corrects_whatever_their_ids() {
        let (first, second) = (delivery("ff", "a.csv", 5), delivery("11", "a.csv", 5));
        assert_eq!(order(&[first.clone(), second.clone()]), ["ff", "11"]);
        assert_eq!(order(&[second, first]), ["11", "ff"]);
    }

    #[test]
    fn only_what_stands_under_one_source_at_one_moment_is_corrected() {
        let landed = [delivery("b", "x.csv", 1), delivery("a", "x.csv", 1), delivery("c", "x.csv", 2)];
        assert_eq!(corrected(&landed), BTreeSet::from([&DeliveryId("b".to_owned())]));
    }

    #[test]
    fn the_order_in_which_sources_are_listed_ranks_nothing() {
        let (one, other, early) = (delivery("bb", "a.csv", 5), delivery("aa", "b.csv", 5), delivery("cc", "c.csv", 4));
        assert_eq!(order(&[one.clone(), other.clone(), early.clone()]), ["cc", "aa", "bb"]);
        assert_eq!(order(&[early, other, one]), ["cc", "aa", "bb"]);
    }
}
