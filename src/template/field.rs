//! One column of a sheet, in words and as Excel sees it: what it holds, in which form, and what may be chosen.

use crate::definitions::{Arrival, Column, Invalid, Kept, Kind, PrivacyClass};
use crate::model::IdentifierKind;

/// One column of a sheet.
pub(super) struct TemplateField<'c> {
    /// Its name in the contract.
    pub(super) name: &'c str,
    /// What stands in each row of the header; the lowest last, blank where the label stands higher up.
    pub(super) levels: Vec<String>,
    pub(super) column: &'c Column,
    pub(super) arrival: &'c Arrival,
}

/// One entry of a drop-down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// What is chosen.
    pub(super) text: String,
    /// What it means, where the text does not say it.
    pub(super) means: String,
}

impl TemplateField<'_> {
    /// The label as people speak of it.
    pub(super) fn label(&self) -> &str {
        self.levels.iter().rev().find(|level| !level.is_empty()).map_or("", String::as_str)
    }

    /// The form of a value, with an example.
    pub(super) fn form(&self) -> String {
        match self.column.kind {
            Kind::Text => "text; leading zeros stay".to_owned(),
            Kind::Integer => "a whole number, 12".to_owned(),
            Kind::Decimal { scale, .. } => {
                format!("a number with at most {scale} decimals, 0.6")
            }
            Kind::Date => "a date, 31/01/2025".to_owned(),
            Kind::Boolean => "Yes or No".to_owned(),
            Kind::Code => "one of the list".to_owned(),
            Kind::Period => "a year, 2024/25 or 2024".to_owned(),
            Kind::Identifier(kind) => identifier(kind).to_owned(),
        }
    }

    /// What becomes of a value that says who somebody is; nothing for others.
    pub(super) fn privacy(&self) -> Option<&'static str> {
        match (&self.column.kept, self.column.class) {
            (Kept::Pseudonym(_), _) => Some("Kept only as a pseudonym."),
            (Kept::Month, _) => Some("Only the month is kept."),
            (Kept::District, _) => Some("Only the part before the space is kept."),
            (Kept::Nothing, _) => Some("Checked, and not kept."),
            (Kept::Value, PrivacyClass::SpecialCategory | PrivacyClass::Personal) => {
                Some("Kept with the pseudonym of the person.")
            }
            (Kept::Value, _) => None,
        }
    }

    /// What may be chosen; none where anything of the form may be typed.
    ///
    /// Codes with a last day are not offered: they may still be typed. Where the layout knows each code by its label, the
    /// labels are offered, because people know those.
    pub(super) fn choices(&self) -> Option<Vec<Choice>> {
        if self.column.kind == Kind::Boolean {
            return Some(["Yes", "No"].map(|text| Choice { text: text.to_owned(), means: String::new() }).to_vec());
        }
        if !matches!(self.column.kind, Kind::Code | Kind::Identifier(IdentifierKind::LaCode)) {
            return None;
        }
        let list = self.column.codes.as_ref()?;
        let offered: Vec<(&String, &String)> = list
            .codes
            .iter()
            .filter(|(_, code)| code.valid_to.is_none())
            .map(|(text, code)| (text, &code.label))
            .collect();
        let by_label = offered.iter().all(|(code, label)| self.arrival.map.get(*label) == Some(code));
        let choice = |(code, label): (&String, &String)| {
            let (text, means) = if by_label { (label, code) } else { (code, label) };
            Choice { text: text.clone(), means: means.clone() }
        };
        Some(offered.into_iter().map(choice).collect())
    }

    /// Whether Excel may refuse what is not of the form: not where marks, withdrawn codes or unknown ones are taken.
    pub(super) fn is_strict(&self) -> bool {
        let withdrawn =
            self.column.codes.as_ref().is_some_and(|list| list.codes.values().any(|code| code.valid_to.is_some()));
        self.column.marks.is_empty()
            && self.column.invalid == Invalid::Error
            && self.arrival.repair.is_empty()
            && self.arrival.prefix.is_none()
            && self.arrival.suffix.is_none()
            && !withdrawn
    }

    /// How Excel shows the column. Texts, codes and identifiers are text, so that leading zeros stay.
    pub(super) fn number_format(&self) -> String {
        match self.column.kind {
            Kind::Decimal { scale, .. } if scale > 0 => {
                format!("0.{}", "0".repeat(usize::from(scale.unsigned_abs())))
            }
            Kind::Integer | Kind::Decimal { .. } => "0".to_owned(),
            Kind::Date => "dd/mm/yyyy".to_owned(),
            _ => "@".to_owned(),
        }
    }

    /// The note on its heading.
    pub(super) fn note(&self) -> String {
        let mut lines = vec![self.column.about.clone()];
        lines.push(if self.column.required {
            "Needed in every row.".to_owned()
        } else {
            "May be left blank.".to_owned()
        });
        lines.push(format!("Form: {}.", self.form()));
        lines.extend(self.privacy().map(str::to_owned));
        if self.column.kind != Kind::Boolean
            && let Some(choices) = self.choices()
        {
            lines.extend(choices.iter().take(MOST_CHOICES).map(Choice::words));
            if choices.len() > MOST_CHOICES {
                lines.push(format!("… and {} more: see the list.", choices.len() - MOST_CHOICES));
            }
        }
        lines.join("\n")
    }
}

/// Entries of a list that a note spells out.
const MOST_CHOICES: usize = 12;

impl Choice {
    /// The entry with its meaning.
    pub(super) fn words(&self) -> String {
        if self.means.is_empty() { self.text.clone() } else { format!("• {} ({})", self.text, self.means) }
    }
}

fn identifier(kind: IdentifierKind) -> &'static str {
    match kind {
        IdentifierKind::Upn => "13 characters, a letter and 12 digits, M933234512345",
        IdentifierKind::Uln => "10 digits, 1000102504",
        IdentifierKind::NhsNumber => "10 digits, 9434765919",
        IdentifierKind::Urn => "6 digits, 990001",
        IdentifierKind::Laestab => "7 digits, the authority's 3 and the school's 4, 9337006",
        IdentifierKind::Ukprn => "8 digits beginning with 1, 10990001",
        IdentifierKind::Postcode => "a postcode, XS20 7XR",
        IdentifierKind::GssCode => "9 characters, E06000066",
        IdentifierKind::LaCode => "3 digits, 933",
    }
}
