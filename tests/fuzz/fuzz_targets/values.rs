//! Numbers, identifiers and labels.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sendmart::conform::{parse_decimal, parse_integer};
use sendmart::model::IdentifierKind;
use sendmart::read::label_key;

fuzz_target!(|text: &str| {
    let _ = parse_integer(text);
    for (precision, scale) in [(12, 2), (38, 0), (38, 10), (1, 1)] {
        let _ = parse_decimal(text, precision, scale);
    }
    for kind in IdentifierKind::ALL {
        // What is normal stays as it is.
        if let Ok(normal) = kind.normalise(text) {
            assert_eq!(kind.normalise(&normal).as_deref(), Ok(&*normal));
        }
    }
    let _ = label_key(text, true);
});
