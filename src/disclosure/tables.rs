//! The proof as tables that any program opens: `policy.csv`, `counts.csv`, `sums.csv`.
//!
//! | file | a row is |
//! |---|---|
//! | `policy.csv` | a setting of the policy |
//! | `counts.csv` | a count by its number, with its value, `[c]` where it is hidden and `[z]` where it is never printed; in the restricted edition with the truth, and the interval that was found to fit all that is shown |
//! | `sums.csv` | a count in a sum, and how many times; each sum is nought. `rows` are those that the rows behind tell, of the restricted edition alone |

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;

use super::problem::ProofProblem;
use super::proof::{DisclosureProof, ProofCount, ProofTruth};
use super::system::CountRole;
use crate::definitions::{DisclosurePolicy, WhoIsCounted};

/// The names of the files of a proof.
pub const PROOF_FILES: [&str; 3] = [POLICY, COUNTS, SUMS];

/// The text of each file by its name.
pub type ProofFiles = BTreeMap<String, String>;

const POLICY: &str = "policy.csv";
const COUNTS: &str = "counts.csv";
const SUMS: &str = "sums.csv";
const HIDDEN: &str = "[c]";
const NEVER: &str = "[z]";
const TRUTH: [&str; 4] = ["true_value", "few_persons", "lowest", "highest"];
const ROLES: [(CountRole, &str); 5] = [
    (CountRole::Printed, "printed"),
    (CountRole::ShownBefore, "shown in an earlier pack"),
    (CountRole::HiddenBefore, "hidden in an earlier pack"),
    (CountRole::Unprinted, "never printed"),
    (CountRole::Inner, "rows"),
];

/// The proof as texts, the same for the same proof.
#[must_use]
pub fn write_proof(proof: &DisclosureProof) -> ProofFiles {
    BTreeMap::from([
        (POLICY.to_owned(), written(policy_rows(&proof.policy))),
        (COUNTS.to_owned(), written(count_rows(proof))),
        (SUMS.to_owned(), written(sum_rows(proof))),
    ])
}

fn written(rows: Vec<Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        // Into memory, and every row as long as the first: nothing can fail.
        let _ = writer.write_record(row);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn header(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn policy_rows(policy: &DisclosurePolicy) -> Vec<Vec<String>> {
    let who = |who: &WhoIsCounted| match who {
        WhoIsCounted::Children => "children",
        WhoIsCounted::Staff => "staff",
        WhoIsCounted::Nobody => "nobody",
    };
    let protects: Vec<&str> = policy.protects.iter().map(who).collect();
    let mut rows = vec![header(&["setting", "value"])];
    for (setting, value) in [
        ("name", policy.name.clone()),
        ("threshold", policy.threshold.to_string()),
        ("width", policy.width.to_string()),
        ("zeros_shown", policy.are_zeros_shown.to_string()),
        ("class_floor", policy.class_floor.to_string()),
        ("complements", policy.has_complements.to_string()),
        ("differences", policy.has_differences.to_string()),
        ("hysteresis", policy.hysteresis.to_string()),
        ("protects", protects.join(" ")),
    ] {
        rows.push(vec![setting.to_owned(), value]);
    }
    rows
}

fn count_rows(proof: &DisclosureProof) -> Vec<Vec<String>> {
    let is_restricted = proof.counts.iter().any(|count| count.truth.is_some());
    let mut first = header(&["count", "kind", "name", "value"]);
    if is_restricted {
        first.extend(header(&TRUTH));
    }
    let mut rows = vec![first];
    for (number, count) in proof.counts.iter().enumerate() {
        let kind = ROLES.iter().find(|(role, _)| *role == count.role).map_or("", |(_, kind)| kind);
        let is_never = matches!(count.role, CountRole::Unprinted | CountRole::Inner);
        let mark = if is_never { NEVER } else { HIDDEN };
        let value = count.shown.map_or_else(|| mark.to_owned(), |value| value.to_string());
        let mut row = vec![(number + 1).to_string(), kind.to_owned(), count.name.clone(), value];
        if let Some(truth) = count.truth {
            row.push(truth.value.to_string());
            row.push(truth.is_primary.to_string());
            row.push(truth.lowest.to_string());
            row.push(truth.highest.to_string());
        }
        rows.push(row);
    }
    rows
}

fn sum_rows(proof: &DisclosureProof) -> Vec<Vec<String>> {
    let mut rows = vec![header(&["sum", "told_by", "count", "times"])];
    for (number, terms) in proof.sums.iter().enumerate() {
        let told_by = if number < proof.public_sums { "pages" } else { "rows" };
        for (at, times) in terms {
            rows.push(vec![(number + 1).to_string(), told_by.to_owned(), (at + 1).to_string(), times.to_string()]);
        }
    }
    rows
}

/// A proof of its files.
///
/// # Errors
/// [`ProofProblem`] with file and line, where they are no proof.
pub fn read_proof(files: &ProofFiles) -> Result<DisclosureProof, ProofProblem> {
    let policy = read_policy(files)?;
    let counts = read_counts(files)?;
    let (sums, public_sums) = read_sums(files, counts.len())?;
    Ok(DisclosureProof { policy, counts, sums, public_sums })
}

/// A row of a file, and where it stands.
struct ProofRow {
    file: &'static str,
    line: u64,
    names: StringRecord,
    fields: StringRecord,
}

impl ProofRow {
    fn text(&self, name: &str) -> Result<&str, ProofProblem> {
        let at = self.names.iter().position(|one| one == name);
        at.and_then(|at| self.fields.get(at)).ok_or_else(|| self.wrong(format!("there is no column `{name}`")))
    }

    fn number(&self, name: &str) -> Result<i64, ProofProblem> {
        let text = self.text(name)?;
        text.parse().map_err(|_| self.wrong(format!("`{name}` is `{text}`, which is no whole number")))
    }

    fn flag(&self, name: &str) -> Result<bool, ProofProblem> {
        let text = self.text(name)?;
        text.parse().map_err(|_| self.wrong(format!("`{name}` is `{text}`, and not `true` or `false`")))
    }

    fn wrong(&self, what: String) -> ProofProblem {
        ProofProblem::Unreadable { file: self.file, line: self.line, what }
    }
}

fn rows_of(files: &ProofFiles, file: &'static str) -> Result<Vec<ProofRow>, ProofProblem> {
    let text = files.get(file).ok_or(ProofProblem::Missing { file })?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let unreadable = |error: csv::Error| ProofProblem::Unreadable {
        file,
        line: error.position().map_or(1, csv::Position::line),
        what: error.to_string(),
    };
    let names = reader.headers().map_err(unreadable)?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let fields = record.map_err(unreadable)?;
        let line = fields.position().map_or(1, csv::Position::line);
        rows.push(ProofRow { file, line, names: names.clone(), fields });
    }
    Ok(rows)
}

fn read_policy(files: &ProofFiles) -> Result<DisclosurePolicy, ProofProblem> {
    let rows = rows_of(files, POLICY)?;
    let find = |setting: &'static str| -> Result<&ProofRow, ProofProblem> {
        let is_it = |row: &&ProofRow| row.text("setting").is_ok_and(|name| name == setting);
        let what = format!("there is no setting `{setting}`");
        rows.iter().find(is_it).ok_or(ProofProblem::Unreadable { file: POLICY, line: 1, what })
    };
    let protects = find("protects")?;
    let mut who = BTreeSet::new();
    for word in protects.text("value")?.split_whitespace() {
        who.insert(match word {
            "children" => WhoIsCounted::Children,
            "staff" => WhoIsCounted::Staff,
            "nobody" => WhoIsCounted::Nobody,
            other => return Err(protects.wrong(format!("`protects` names `{other}`"))),
        });
    }
    Ok(DisclosurePolicy {
        name: find("name")?.text("value")?.to_owned(),
        threshold: find("threshold")?.number("value")?,
        width: find("width")?.number("value")?,
        are_zeros_shown: find("zeros_shown")?.flag("value")?,
        class_floor: find("class_floor")?.number("value")?,
        has_complements: find("complements")?.flag("value")?,
        has_differences: find("differences")?.flag("value")?,
        hysteresis: find("hysteresis")?.number("value")?,
        protects: who,
    })
}

fn read_counts(files: &ProofFiles) -> Result<Vec<ProofCount>, ProofProblem> {
    let mut counts = Vec::new();
    for row in rows_of(files, COUNTS)? {
        if usize::try_from(row.number("count")?).ok() != Some(counts.len() + 1) {
            return Err(row.wrong(format!("count {} should stand here", counts.len() + 1)));
        }
        let kind = row.text("kind")?;
        let role = ROLES.iter().find(|(_, name)| *name == kind);
        let role = role.ok_or_else(|| row.wrong(format!("`kind` is `{kind}`")))?.0;
        let shown = match row.text("value")? {
            HIDDEN | NEVER => None,
            _ => Some(row.number("value")?),
        };
        let truth = if row.names.iter().any(|name| name == TRUTH[0]) {
            Some(ProofTruth {
                value: row.number(TRUTH[0])?,
                is_primary: row.flag(TRUTH[1])?,
                lowest: row.number(TRUTH[2])?,
                highest: row.number(TRUTH[3])?,
            })
        } else {
            None
        };
        counts.push(ProofCount { name: row.text("name")?.to_owned(), role, shown, truth });
    }
    Ok(counts)
}

/// The sums, and how many of them the pages tell.
type Sums = (Vec<Vec<(usize, i64)>>, usize);

fn read_sums(files: &ProofFiles, counts: usize) -> Result<Sums, ProofProblem> {
    let mut sums: Vec<Vec<(usize, i64)>> = Vec::new();
    let mut public = 0;
    for row in rows_of(files, SUMS)? {
        let number = usize::try_from(row.number("sum")?).unwrap_or(0);
        if number == sums.len() + 1 {
            sums.push(Vec::new());
        }
        let last = sums.len();
        let terms = sums.last_mut().filter(|_| number == last);
        let terms = terms.ok_or_else(|| row.wrong(format!("sum {number} stands out of order")))?;
        let count = row.number("count")?;
        let at = usize::try_from(count).ok().filter(|count| (1..=counts).contains(count));
        let at = at.ok_or_else(|| row.wrong(format!("there is no count {count}")))?;
        terms.push((at - 1, row.number("times")?));
        if row.text("told_by")? == "pages" {
            public = number;
        }
    }
    Ok((sums, public))
}
