use proptest::prelude::*;
use rust_xlsxwriter::{Format, Workbook};

use super::{Cells, open, ours};

/// A cell to write.
#[derive(Debug, Clone)]
enum Written {
    Nothing,
    Text(String),
    Number(f64),
    Day(u32),
    Bool(bool),
}

fn written() -> impl Strategy<Value = Written> {
    let number = prop_oneof![
        any::<f64>().prop_filter("a number that Excel has", |number| number.is_finite()),
        (0_i32..1000).prop_map(f64::from)
    ];
    let odd = prop_oneof![Just("_x000D_"), Just("  lead and trail "), Just("<&>\"'"), Just("_x005F_")];
    prop_oneof![
        Just(Written::Nothing),
        "[ -~éß€\n\t😀]{0,12}".prop_map(Written::Text),
        odd.prop_map(|text| Written::Text(text.to_owned())),
        number.prop_map(Written::Number),
        (1_u32..60_000).prop_map(Written::Day),
        any::<bool>().prop_map(Written::Bool),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn what_was_written_comes_back(rows in proptest::collection::vec(proptest::collection::vec(written(), 0..8), 0..12)) {
        let mut workbook = Workbook::new();
        let day = Format::new().set_num_format("dd/mm/yyyy");
        let sheet = workbook.add_worksheet();
        let mut wanted = Cells::new();
        for (row, cells) in (0_u32..).zip(&rows) {
            for (column, cell) in (0_u16..).zip(cells) {
                let text = match cell {
                    Written::Nothing => continue,
                    Written::Text(text) => {
                        sheet.write_string(row, column, text).unwrap();
                        if text.is_empty() {
                            continue;
                        }
                        format!("text {text}")
                    }
                    Written::Number(value) => {
                        sheet.write_number(row, column, *value).unwrap();
                        format!("number {value:?}")
                    }
                    Written::Day(serial) => {
                        sheet.write_number_with_format(row, column, *serial, &day).unwrap();
                        format!("serial {:?}", f64::from(*serial))
                    }
                    Written::Bool(value) => {
                        sheet.write_boolean(row, column, *value).unwrap();
                        format!("bool {value}")
                    }
                };
                wanted.insert((row + 1, u32::from(column)), text);
            }
        }
        let bytes = workbook.save_to_buffer().unwrap();
        let (found, flaws) = ours(&mut open(&bytes).unwrap(), "Sheet1").unwrap();
        prop_assert_eq!(found, wanted);
        prop_assert_eq!(flaws, 0);
    }
}
