//! Whether a column looks as if it were about people. Such values are never shown and never copied into a sample.
//!
//! By its label, and by its values: a register may head a column `Child`, or nothing at all. When in doubt, it is personal.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Serialize;

use super::tally::ColumnTally;
use crate::model::IdentifierKind;
use crate::read::label_key;

/// What a column tells about people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Personal {
    /// Unique pupil numbers.
    Upn,
    /// Unique learner numbers.
    Uln,
    /// NHS numbers.
    NhsNumber,
    /// Another number or code of a person.
    Reference,
    /// Names of people.
    Name,
    /// Days of birth.
    BirthDate,
    /// Postcodes of people.
    Postcode,
    /// Addresses.
    Address,
    /// Electronic mail.
    Email,
    /// Telephone numbers.
    Telephone,
    /// Text that anybody may have written anything in.
    FreeText,
    /// Health, ethnicity, needs: values are shown only as a count.
    SpecialCategory,
}

impl Personal {
    /// In words: `names of people`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Upn => "unique pupil numbers",
            Self::Uln => "unique learner numbers",
            Self::NhsNumber => "NHS numbers",
            Self::Reference => "references of people",
            Self::Name => "names of people",
            Self::BirthDate => "days of birth",
            Self::Postcode => "postcodes",
            Self::Address => "addresses",
            Self::Email => "electronic mail",
            Self::Telephone => "telephone numbers",
            Self::FreeText => "free text",
            Self::SpecialCategory => "health, ethnicity, belief or need of people",
        }
    }
}

/// Words before `name` that make it the name of a thing.
const THINGS: [&str; 47] = [
    "pcon",
    "lad",
    "lsip",
    "mat",
    "level",
    "school",
    "la",
    "lea",
    "region",
    "country",
    "establishment",
    "estab",
    "authority",
    "organisation",
    "area",
    "team",
    "constituency",
    "ward",
    "trust",
    "provider",
    "service",
    "file",
    "sheet",
    "indicator",
    "table",
    "group",
    "geog",
    "geography",
    "geographic",
    "district",
    "county",
    "local",
    "town",
    "setting",
    "academy",
    "sponsor",
    "institution",
    "measure",
    "site",
    "variable",
    "column",
    "course",
    "subject",
    "product",
    "department",
    "centre",
    "place",
];

/// Words of which one in a label says what stands below it.
const WORDS: [(Personal, &[&str]); 9] = [
    (Personal::Upn, &["upn", "upns"]),
    (Personal::Uln, &["uln"]),
    (Personal::NhsNumber, &["nhs"]),
    (Personal::BirthDate, &["dob", "born", "birth", "birthday", "birthdate"]),
    (Personal::Email, &["email", "e-mail", "mail"]),
    (Personal::Telephone, &["telephone", "phone", "mobile", "tel"]),
    (Personal::Address, &["address", "street", "addr"]),
    (
        Personal::Name,
        &[
            "forename",
            "forenames",
            "surname",
            "firstname",
            "lastname",
            "fullname",
            "child",
            "pupil",
            "parent",
            "carer",
            "caseworker",
            "keyworker",
            "senco",
            "officer",
            "author",
            "teacher",
            "headteacher",
            "worker",
            "psychologist",
            "employee",
            "incumbent",
            "manager",
            "contact",
        ],
    ),
    (
        Personal::FreeText,
        &[
            "comment",
            "comments",
            "note",
            "notes",
            "narrative",
            "description",
            "details",
            "detail",
            "summary",
            "remarks",
            "circumstances",
        ],
    ),
];

/// Words of the special categories of UK GDPR article 9, as returns about people head them.
const SPECIAL: [&str; 12] = [
    "ethnicity",
    "ethnic",
    "religion",
    "disability",
    "diagnosis",
    "medical",
    "health",
    "need",
    "needs",
    "gender",
    "sexuality",
    "belief",
];

/// Common forenames: a column of which many are, is one of people.
const FORENAMES: &str = " adam alan alex alice amelia amy andrew anna anne anthony ava barbara ben benjamin brian callum carol \
    caroline catherine charles charlie charlotte chloe chris christine christopher claire daniel david deborah dorothy dylan \
    edward eleanor elizabeth ella ellie emily emma ethan eva evie fatima fiona freya gary george grace graham hannah harriet \
    harry heather helen henry isabella isla jack jacob jake james jane janet jason jennifer jessica joan joanne john jonathan \
    joseph joshua julia julie karen kate katie keith kevin laura leah leo lewis liam lily linda lisa lucas lucy luke margaret \
    maria mark martin mary matthew megan mia michael michelle mohamed mohammed muhammad natalie nathan nicholas nicola noah oliver olivia \
    oscar owen patricia paul pauline peter philip poppy rachel rebecca richard robert rosie ruby ryan samuel sandra sarah \
    sean sharon simon sophia sophie stephen steven stuart susan thomas tracey victoria william zara zoe ";

fn is_known_forename(word: &str) -> bool {
    static KNOWN: LazyLock<HashSet<&str>> = LazyLock::new(|| FORENAMES.split_whitespace().collect());
    KNOWN.contains(word)
}

/// Whether the first or last word of a text is a common forename, or a title stands before it.
pub(super) fn looks_like_name(text: &str) -> bool {
    if text.len() > 60 || text.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let words: Vec<String> = text
        .split(|each: char| each.is_whitespace() || each == ',')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let is_forename = |word: &String| word.len() > 2 && is_known_forename(word);
    let titled = words.len() > 1 && matches!(words[0].trim_end_matches('.'), "mr" | "mrs" | "ms" | "miss" | "dr");
    titled || (words.len() <= 4 && (words.first().is_some_and(is_forename) || words.last().is_some_and(is_forename)))
}

/// What a column is, if it looks personal.
#[must_use]
pub(super) fn personal(label: &str, tally: &ColumnTally) -> Option<Personal> {
    let key = label_key(label, true);
    let words: Vec<&str> =
        key.split(|each: char| !each.is_alphanumeric() && each != '-').filter(|word| !word.is_empty()).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    let many = |count: u64, least: f64| tally.texts > 0 && count as f64 >= tally.filled() as f64 * least && count > 0;
    let id = |kind| tally.identifiers.get(&kind).copied().unwrap_or(0);
    if many(tally.emails, 0.05) {
        return Some(Personal::Email);
    }
    if many(id(IdentifierKind::Upn), 0.3) {
        return Some(Personal::Upn);
    }
    let counts = tally.is_numeric() && !has(&["upn", "uln", "nhs", "dob", "phone", "telephone", "mobile"]);
    let is_place = many(id(IdentifierKind::GssCode), 1.0);
    for (personal, wanted) in WORDS {
        // A number of pupils is not a pupil, and a date is no name.
        let is_about = words.len() > 3 || is_kind_of(&words) || tally.is_date() || tally.is_yes_no() || is_place;
        let is_told = personal == Personal::FreeText && has(&["description", "detail", "details", "summary"]);
        let cannot = counts
            || (personal == Personal::Name && is_about)
            || (is_told
                && ((tally.distinct() * 2 <= tally.texts && !tally.is_capped())
                    || tally.text_length < 20 * tally.texts));
        if has(wanted) && !cannot {
            return Some(personal);
        }
    }
    if words.iter().any(|word| word.ends_with("name") || word.ends_with("names")) && !counts {
        let squeezed = key.replace(|each: char| !each.is_alphanumeric(), "");
        let of_thing = has(&THINGS) || THINGS.iter().any(|thing| thing.len() > 3 && squeezed.contains(thing));
        if !of_thing && !matches!(squeezed.as_str(), "laname" | "geogname") {
            return Some(Personal::Name);
        }
    }
    if many(id(IdentifierKind::Postcode), 0.5) {
        return Some(Personal::Postcode);
    }
    if many(tally.telephones, 0.5) {
        return Some(Personal::Telephone);
    }
    if id(IdentifierKind::NhsNumber) >= 5 && id(IdentifierKind::NhsNumber) == tally.filled() {
        return Some(Personal::NhsNumber);
    }
    if tally.texts > 0 && tally.names * 10 >= tally.texts * 3 {
        return Some(Personal::Name);
    }
    let average = tally.text_length / tally.texts.max(1);
    if (average > 60 || tally.longest > 250) && (tally.is_capped() || tally.distinct() * 4 > tally.texts) {
        return Some(Personal::FreeText);
    }
    None
}

/// Whether a label asks for a kind, a number or a day of something about people, and not for people.
fn is_kind_of(words: &[&str]) -> bool {
    const KINDS: [&str; 16] = [
        "type",
        "kind",
        "number",
        "count",
        "total",
        "date",
        "year",
        "phase",
        "ratio",
        "rate",
        "percent",
        "percentage",
        "group",
        "characteristic",
        "status",
        "level",
    ];
    words.iter().any(|word| KINDS.contains(word))
}

/// Whether a label, in a table about people, is of a special category.
#[must_use]
pub(super) fn is_special(label: &str) -> bool {
    let key = label_key(label, true);
    key.split(|each: char| !each.is_alphanumeric()).any(|word| SPECIAL.contains(&word) || word == "sen")
}
