//! `--at`: a place by its name, its three digits, any GSS code that it ever had, a URN or a LAESTAB.
//!
//! In: what a person wrote. Out: the codes under which `kpi.value` may have it. The list is what the live generation holds (places of
//! KPIs, authorities, schools) and `config/authorities.csv`, which has every GSS code of the authorities of England since 2009.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray, RecordBatch};

use super::Failure;
use super::show::Ask;
use crate::definitions::did_you_mean;
use crate::lake::Place;
use crate::warehouse::{first_texts, query};

/// Asks for the tables, as `schema.table`.
const TABLES: &str =
    "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE schema_name IN ('mart', 'kpi', 'meta')";
/// Most places that a hint names.
const SHOWN: usize = 8;

/// The places that this place knows.
#[derive(Debug, Default)]
pub(super) struct Gazetteer {
    /// What a place is called, folded, and its codes.
    codes: BTreeMap<String, BTreeSet<String>>,
    /// Names as they are written, by code.
    names: BTreeMap<String, String>,
}

impl Gazetteer {
    /// Reads what the live generation and the config know.
    pub(super) fn of(place: &Place) -> Result<Self, Failure> {
        Self::asked(place, &|sql, given| query(place, sql, given))
    }

    /// Reads what a generation and the config know.
    pub(super) fn asked(place: &Place, ask: &Ask<'_>) -> Result<Self, Failure> {
        let mut all = Self::default();
        let authorities = place.config().join("authorities.csv");
        if let Ok(mut reader) = csv::Reader::from_path(&authorities) {
            for record in reader.records().filter_map(Result::ok) {
                if let (Some(code), Some(gss), Some(name)) = (record.get(0), record.get(1), record.get(2)) {
                    all.add(code, name, &[gss]);
                }
            }
        }
        let (_, batches) = ask(TABLES, &[])?;
        let has: BTreeSet<String> = first_texts(&batches).map(str::to_owned).collect();
        if has.contains("mart.dim_authority") {
            all.add_rows(ask, "SELECT la_code, name, gss_code, NULL FROM mart.dim_authority")?;
        }
        if has.contains("mart.dim_school") {
            all.add_rows(ask, "SELECT urn, name, laestab, NULL FROM mart.dim_school")?;
            all.add_rows(ask, "SELECT laestab, name, urn, NULL FROM mart.dim_school WHERE laestab IS NOT NULL")?;
        }
        if has.contains("kpi.value") {
            all.add_rows(
                ask,
                "SELECT geography_code, max(geography_name), NULL, NULL FROM kpi.value WHERE geography_code IS NOT NULL GROUP BY geography_code",
            )?;
        }
        Ok(all)
    }

    fn add_rows(&mut self, ask: &Ask<'_>, sql: &str) -> Result<(), Failure> {
        let (_, batches) = ask(sql, &[])?;
        for batch in &batches {
            for row in 0..batch.num_rows() {
                let Some(code) = cell(batch, 0, row) else { continue };
                let name = cell(batch, 1, row).unwrap_or_default();
                let other = cell(batch, 2, row);
                self.add(&code, &name, &other.iter().map(String::as_str).collect::<Vec<_>>());
            }
        }
        Ok(())
    }

    fn add(&mut self, code: &str, name: &str, others: &[&str]) {
        for alias in others.iter().copied().chain([code, name]).filter(|alias| !alias.is_empty()) {
            self.codes.entry(folded(alias)).or_default().insert(code.to_owned());
        }
        if !name.is_empty() {
            self.names.insert(code.to_owned(), name.to_owned());
        }
    }

    /// The name of a place; none where nothing says it.
    pub(super) fn name(&self, code: &str) -> Option<&str> {
        self.names.get(code).map(String::as_str)
    }

    /// Whether a place as people write it has a code.
    pub(super) fn has(&self, asked: &str, code: &str) -> bool {
        self.codes.get(&folded(asked)).is_some_and(|codes| codes.contains(code))
    }

    /// Code and name, as far as it has one.
    pub(super) fn called(&self, code: &str) -> String {
        self.name(code).map_or_else(|| code.to_owned(), |name| format!("{name} ({code})"))
    }

    /// The codes of what a person wrote.
    ///
    /// # Errors
    /// [`Failure`] with the places that may have been meant.
    pub(super) fn find(&self, asked: &str) -> Result<Vec<String>, Failure> {
        if let Some(codes) = self.codes.get(&folded(asked)) {
            return Ok(codes.iter().cloned().collect());
        }
        let key = folded(asked);
        let mut meant: Vec<&str> = Vec::new();
        let near = did_you_mean(&key, self.codes.keys().map(String::as_str));
        let within = self.codes.keys().filter(|alias| key.chars().count() > 2 && alias.contains(&key));
        for alias in near.as_deref().into_iter().chain(within.map(String::as_str)) {
            if !meant.contains(&alias) {
                meant.push(alias);
            }
        }
        let shown: Vec<String> =
            meant.iter().take(SHOWN).flat_map(|alias| &self.codes[*alias]).map(|code| self.called(code)).collect();
        let distinct: BTreeSet<&String> = shown.iter().collect();
        let more = meant.len().saturating_sub(SHOWN);
        let hint = if shown.is_empty() {
            "a place is told by its name, three digits, a GSS code, a URN or a LAESTAB; `sendmart query \"SELECT DISTINCT geography_code, geography_name FROM kpi.value\"` lists them".to_owned()
        } else {
            let list = distinct.iter().map(|name| name.as_str()).collect::<Vec<_>>().join("; ");
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("did you mean {list}{more}?")
        };
        Err(Failure::absent(format!("no place here is called `{asked}`"), hint))
    }
}

/// A name or code for comparison.
fn folded(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let is_laestab =
        words.len() == 8 && words.as_bytes()[3] == b'/' && words.bytes().filter(u8::is_ascii_digit).count() == 7;
    if is_laestab { words.replace('/', "") } else { words }
}

fn cell(batch: &RecordBatch, column: usize, row: usize) -> Option<String> {
    let array = batch.column(column).as_string_opt::<i32>()?;
    array.is_valid(row).then(|| array.value(row).to_owned())
}

/// The tables of the live generation, as `schema.table`.
pub(super) fn tables(place: &Place) -> Result<BTreeSet<String>, Failure> {
    texts(place, TABLES, &[])
}

/// The files of the deliveries, by their ids; of several of one name each has its day beside it.
pub(super) fn files(place: &Place) -> Result<BTreeMap<String, String>, Failure> {
    let sql = "SELECT delivery_id, CASE WHEN count(*) OVER (PARTITION BY collection, file_name) > 1 \
               THEN file_name || ' of ' || strftime(received_at, '%Y-%m-%d') ELSE file_name END FROM meta.delivery";
    let (_, batches) = query(place, sql, &[])?;
    let rows = batches
        .iter()
        .flat_map(|batch| (0..batch.num_rows()).filter_map(|row| Some((cell(batch, 0, row)?, cell(batch, 1, row)?))));
    Ok(rows.collect())
}

/// The texts of the first column of an answer.
pub(super) fn texts(place: &Place, sql: &str, parameters: &[&str]) -> Result<BTreeSet<String>, Failure> {
    let (_, batches) = query(place, sql, parameters)?;
    Ok(first_texts(&batches).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Gazetteer {
        let mut all = Gazetteer::default();
        all.add("933", "Somerset", &["E10000027"]);
        all.add("933", "Somerset", &["E06000066"]);
        all.add("802", "North Somerset", &["E06000024"]);
        all.add("123456", "Beech School", &["9334001"]);
        all.add("9334001", "Beech School", &["123456"]);
        all
    }

    #[test]
    fn a_place_is_found_by_each_of_its_names_and_codes() {
        let all = some();
        for asked in ["Somerset", " somerset ", "933", "E10000027", "e06000066"] {
            assert_eq!(all.find(asked).ok(), Some(vec!["933".to_owned()]), "{asked}");
        }
        for asked in ["123456", "9334001", "933/4001", "Beech  School"] {
            let codes = all.find(asked).unwrap_or_else(|failure| panic!("{asked}: {}", failure.text));
            assert!(
                codes.contains(&"123456".to_owned()) && codes.contains(&"9334001".to_owned()),
                "{asked}: {codes:?}"
            );
        }
    }

    #[test]
    fn an_unknown_place_is_told_with_those_that_may_be_meant() {
        let told = |asked: &str| {
            let failure = some().find(asked).err().map(|failure| (failure.exit_code, failure.hint.unwrap_or_default()));
            failure.unwrap_or_default()
        };
        assert_eq!(told("Somreset"), (1, "did you mean Somerset (933)?".to_owned()));
        assert_eq!(told("some"), (1, "did you mean North Somerset (802); Somerset (933)?".to_owned()));
        assert!(told("Atlantis").1.starts_with("a place is told by its name"));
    }
}
