//! How the publications behind a KPI's rows round what they print.
//!
//! In: the deliveries with their books, and the layouts that these were proved to have. Out: the [`Ways`] of a row, by its
//! delivery and sheet. Two releases of one table may round differently, so that neither a KPI nor a mart can say it.

use std::collections::BTreeMap;

use crate::definitions::{Definitions, Kpi};
use crate::model::{Book, Delivery, DeliveryId, Ways};

/// The roundings that are declared for the sheets of a delivery.
type OfSheets = Vec<(Option<String>, Ways)>;

/// The roundings that layouts and tables declare, by mart, delivery and sheet.
#[derive(Debug, Default)]
pub struct Roundings {
    by_mart: BTreeMap<String, BTreeMap<DeliveryId, OfSheets>>,
}

impl Roundings {
    /// What the layouts of these deliveries declare, for tables that are shown under schema `mart`.
    #[must_use]
    pub fn of(definitions: &Definitions, deliveries: &[(Delivery, Book)]) -> Self {
        let mut found = Self::default();
        for (delivery, book) in deliveries {
            let Some(collection) = definitions.collections.get(&delivery.collection) else { continue };
            for part in &book.tables {
                let layout = collection.layouts.iter().find(|layout| layout.name == part.layout);
                let Some(table) = collection.tables.get(&part.table) else { continue };
                let rounding = layout.map_or(table.rounding, |layout| layout.rounding);
                if let (Some(mart), Some(rounding)) = (&table.mart, rounding) {
                    found.declare(mart, &delivery.delivery_id, part.sheet.clone(), rounding);
                }
            }
        }
        let marts = definitions.marts.iter().map(|mart| (mart.name.as_str(), mart.reads.as_slice()));
        found.pass_on(&marts.collect::<Vec<_>>());
        found
    }

    /// A mart that is made of others rounds each delivery as these do. Marts stand in the order in which they are built.
    fn pass_on(&mut self, marts: &[(&str, &[String])]) {
        for (mart, reads) in marts {
            for read in *reads {
                for (delivery, said) in self.by_mart.get(read).cloned().unwrap_or_default() {
                    let of_mart = self.by_mart.entry((*mart).to_owned()).or_default();
                    of_mart.entry(delivery).or_default().extend(said);
                }
            }
        }
    }

    fn declare(&mut self, mart: &str, delivery: &DeliveryId, sheet: Option<String>, rounding: Ways) {
        let of_mart = self.by_mart.entry(mart.to_owned()).or_default();
        of_mart.entry(delivery.clone()).or_default().push((sheet, rounding));
    }

    /// How the publication of a row rounds: that of the first mart of the KPI that the delivery brought. None where nothing says it.
    #[must_use]
    pub fn of_row(&self, kpi: &Kpi, delivery: &DeliveryId, sheet: Option<&str>) -> Option<Ways> {
        let said = kpi.reads.iter().find_map(|mart| self.by_mart.get(mart)?.get(delivery))?;
        let (_, first) = said.first()?;
        if said.iter().all(|(_, rounding)| rounding == first) {
            return Some(*first);
        }
        said.iter().find(|(of, _)| of.as_deref() == sheet).map(|(_, rounding)| *rounding)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::definitions::kpi::{SELECT_COLUMNS, parse};
    use crate::model::Rounding;

    #[test]
    fn two_releases_of_one_table_round_each_in_its_own_way() {
        let text = format!(
            "/*\ntitle = \"T\"\nbasis = \"published\"\narea = \"ASW1\"\nunit = \"percent\"\npolarity = \"high\"\ngrain = \"g\"\n\
             period_rule = \"p\"\nrounding = \"decimal_half_up(1)\"\nsource = \"s\"\nsuppression = \"n\"\nreads = [\"published\", \"schools\"]\n*/\n\
             SELECT {} FROM mart.published CROSS JOIN mart.schools",
            SELECT_COLUMNS.join(", ")
        );
        let kpi = parse(Path::new("k.sql"), &text).unwrap();
        let id = |name: &str| DeliveryId(name.to_owned());
        let mut roundings = Roundings::default();
        roundings.declare("published", &id("of_2022"), None, Rounding::DecimalHalfUp(1).into());
        roundings.declare("published", &id("of_2025"), None, Rounding::F64FloorHalf(1).into());
        for (sheet, rounding) in [("England", Rounding::None(2)), ("Schools", Rounding::None(5))] {
            roundings.declare("published", &id("workbook"), Some(sheet.to_owned()), rounding.into());
        }
        roundings.declare("another", &id("elsewhere"), None, Rounding::Unrounded.into());
        let of = |delivery: &str, sheet| roundings.of_row(&kpi, &id(delivery), sheet).map(|ways| ways.first);
        assert_eq!(of("of_2022", None).unwrap().apply(1734.0, 2720.0, 100.0), Some(63.8));
        assert_eq!(of("of_2025", None).unwrap().apply(1734.0, 2720.0, 100.0), Some(63.7));
        assert_eq!(of("workbook", Some("Schools")), Some(Rounding::None(5)));
        assert_eq!(of("workbook", Some("Notes")), None);
        assert_eq!(of("elsewhere", None), None, "a table that the KPI does not read");
    }

    #[test]
    fn a_mart_rounds_each_delivery_as_what_it_is_made_of() {
        let id = |text: &str| DeliveryId(text.to_owned());
        let mut roundings = Roundings::default();
        roundings.declare("places", &id("of_2025"), None, Rounding::None(5).into());
        roundings.declare("characteristics", &id("as_excel"), None, Rounding::Figures(10).into());
        let (first, second) = (["places".to_owned(), "characteristics".to_owned()], ["together".to_owned()]);
        roundings.pass_on(&[("together", &first), ("again", &second)]);
        let of = |mart: &str, delivery: &str| roundings.by_mart[mart].get(&id(delivery)).map(|said| said[0].1.first);
        assert_eq!(of("together", "of_2025"), Some(Rounding::None(5)));
        assert_eq!(of("again", "as_excel"), Some(Rounding::Figures(10)));
        assert_eq!(of("again", "elsewhere"), None);
    }
}
