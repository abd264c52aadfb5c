//! What the lake keeps of a column: decided by its class and type, never more than they allow.

use super::document::Document;
use super::problem::Problem;
use super::wire::{ColumnToml, Keep, PrivacyClass};
use super::{Kept, Kind, Table};
use crate::model::IdentifierKind;

impl Table {
    /// Whether some column says something of people.
    #[must_use]
    pub fn is_of_people(&self) -> bool {
        self.columns.values().any(|column| column.class != PrivacyClass::None)
    }
}

/// What is kept of a column. A class or a `keep` that does not go with the type is a problem.
pub(super) fn kept(
    collection: &str,
    name: &str,
    wire: &ColumnToml,
    (kind, class): (Kind, PrivacyClass),
    document: &Document<'_>,
    problems: &mut Vec<Problem>,
) -> Kept {
    let allowed = allowed(kind, class);
    let keep = wire.keep.unwrap_or(allowed[0]);
    if !allowed.contains(&keep) {
        let words: Vec<String> = allowed.iter().map(|keep| format!("`{}`", keep.word())).collect();
        problems.push(document.problem(
            &["columns", name, "keep"],
            "spec::privacy",
            format!(
                "column `{name}`: `keep = \"{}\"` is more than its class allows, or does not go with its type",
                keep.word()
            ),
            format!("a column of class `{}` and this type keeps {}", class.word(), words.join(" or ")),
        ));
    }
    if wire.pseudonym_of.is_some() && keep != Keep::Pseudonym {
        problems.push(document.problem(
            &["columns", name, "pseudonym_of"],
            "spec::privacy",
            format!("column `{name}` is no pseudonym"),
            "take `pseudonym_of` out, or give the column the class `identifier`".to_owned(),
        ));
    }
    match keep {
        Keep::Value => Kept::Value,
        Keep::Month => Kept::Month,
        Keep::District => Kept::District,
        Keep::Nothing => Kept::Nothing,
        Keep::Pseudonym => {
            let purpose = match kind {
                Kind::Identifier(kind) => kind.word(),
                // Ids that a system gave out mean something only within the collection.
                _ => collection,
            };
            Kept::Pseudonym(wire.pseudonym_of.clone().unwrap_or_else(|| purpose.to_owned()))
        }
    }
}

/// What may be kept; what is kept unless the contract asks for less comes first.
fn allowed(kind: Kind, class: PrivacyClass) -> &'static [Keep] {
    match (class, kind) {
        (PrivacyClass::Identifier, Kind::Text | Kind::Code | Kind::Identifier(_)) => &[Keep::Pseudonym, Keep::Nothing],
        (PrivacyClass::Identifier, _) => &[Keep::Nothing],
        (PrivacyClass::Personal, Kind::Date) => &[Keep::Month, Keep::Nothing],
        (PrivacyClass::Personal, Kind::Identifier(IdentifierKind::Postcode)) => &[Keep::District, Keep::Nothing],
        (PrivacyClass::Personal, Kind::Text | Kind::Identifier(_)) => &[Keep::Nothing, Keep::Pseudonym],
        (PrivacyClass::None | PrivacyClass::SpecialCategory | PrivacyClass::Personal, _) => {
            &[Keep::Value, Keep::Nothing]
        }
    }
}
