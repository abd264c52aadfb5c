//! What a KPI cannot be without: tables of returns, each as `collection.table`, alternatives with `|` between them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing that has to have come: a table, or one of several.
///
/// ```
/// use sendmart::definitions::Need;
/// let need = Need::try_from("a.on_roll | a.off_roll".to_owned()).unwrap();
/// assert_eq!(need.any_of(), [("a", "on_roll"), ("a", "off_roll")]);
/// assert!(Need::try_from("a".to_owned()).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Need {
    tables: Vec<(String, String)>,
}

impl Need {
    /// Collection and table of each alternative, in the order written.
    #[must_use]
    pub fn any_of(&self) -> Vec<(&str, &str)> {
        self.tables.iter().map(|(collection, table)| (collection.as_str(), table.as_str())).collect()
    }
}

impl TryFrom<String> for Need {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let name =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let tables = text.split('|').map(|one| {
            one.trim()
                .split_once('.')
                .filter(|(collection, table)| name(collection) && name(table))
                .map(|(collection, table)| (collection.to_owned(), table.to_owned()))
        });
        tables.collect::<Option<Vec<_>>>().map(|tables| Self { tables }).ok_or_else(|| {
            format!("`{text}` is no table of a collection: write `collection.table`, with ` | ` between alternatives")
        })
    }
}

impl From<Need> for String {
    fn from(need: Need) -> Self {
        need.to_string()
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (collection, table)) in self.tables.iter().enumerate() {
            let between = if index == 0 { "" } else { " | " };
            write!(f, "{between}{collection}.{table}")?;
        }
        Ok(())
    }
}
