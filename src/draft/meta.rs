//! The `.meta.csv` that the department's statistics service puts beside a file: which columns are groups, what they are called, and
//! the units of the figures.

use std::collections::BTreeMap;

use crate::read::label_key;

/// What is said of one column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meta {
    /// Whether figures are split by it; otherwise it is a figure.
    pub is_group: bool,
    /// What it is called.
    pub label: String,
    /// Its unit: `%`, `pp`, `£`, `£m`, or nothing for a number.
    pub unit: String,
    /// Decimals that are shown.
    pub decimals: Option<u8>,
    /// What a reader should know.
    pub hint: String,
    /// The column whose groups it is within.
    pub grouping: String,
}

impl Meta {
    /// Whether a figure is a whole number of something.
    pub(super) fn is_whole(&self) -> bool {
        self.decimals == Some(0) && !matches!(self.unit.as_str(), "%" | "pp")
    }

    pub(super) fn unit_in_words(&self) -> String {
        let unit = match self.unit.as_str() {
            "" | "numberstring" => "number",
            "%" => "per cent",
            "pp" => "percentage points",
            "£" => "pounds",
            "£m" => "millions of pounds",
            other => other,
        };
        match self.decimals {
            Some(1) => format!("{unit}, 1 decimal"),
            Some(decimals) if decimals > 0 => format!("{unit}, {decimals} decimals"),
            _ => unit.to_owned(),
        }
    }
}

/// Reads the text of a `.meta.csv`: by column, compared as labels are. None where it is no such file.
///
/// ```
/// use sendmart::draft::metas;
/// let text = "col_name,col_type,label,indicator_unit,indicator_dp,filter_hint,filter_grouping_column\n\
///             sex,Filter,Sex,,,Of the pupil,sex_topic\nheadcount,Indicator,\"Pupils, all\",,0,,\n";
/// let metas = metas(text).unwrap();
/// assert!(metas["sex"].is_group && metas["sex_topic"].is_group);
/// assert_eq!((metas["headcount"].label.as_str(), metas["headcount"].decimals), ("Pupils, all", Some(0)));
/// assert!(sendmart::draft::metas("a,b\n1,2\n").is_none());
/// ```
#[must_use]
pub fn metas(text: &str) -> Option<BTreeMap<String, Meta>> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().ok()?.clone();
    let at = |name: &str| headers.iter().position(|header| header.trim().eq_ignore_ascii_case(name));
    let (name, kind) = (at("col_name")?, at("col_type")?);
    let others = ["label", "indicator_unit", "indicator_dp", "filter_hint", "filter_grouping_column"].map(at);
    let mut metas = BTreeMap::new();
    for record in reader.records() {
        let record = record.ok()?;
        let cell = |place: Option<usize>| {
            let text = place.and_then(|place| record.get(place)).unwrap_or_default();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let [label, unit, decimals, hint, grouping] = others.map(cell);
        let column = cell(Some(name));
        let meta = Meta {
            is_group: cell(Some(kind)).eq_ignore_ascii_case("filter"),
            label: if label.is_empty() { column.clone() } else { label },
            unit,
            decimals: decimals.parse().ok(),
            hint,
            grouping,
        };
        metas.insert(label_key(&column, false), meta);
    }
    // The column that groups the values of another need have no line of its own.
    let groupings: Vec<String> =
        metas.values().map(|meta| meta.grouping.clone()).filter(|name| !name.is_empty()).collect();
    for grouping in groupings {
        let known = || Meta { is_group: true, label: grouping.clone(), ..Meta::default() };
        metas.entry(label_key(&grouping, false)).or_insert_with(known);
    }
    (!metas.is_empty()).then_some(metas)
}
