use proptest::prelude::*;

use super::*;

/// Any UPN that can be given, permanent or temporary.
fn upns() -> impl Strategy<Value = Upn> {
    ("[0-9]{3}", "[0-9]{4}", 0_u8..100, "[0-9]{2}[0-9A-HJ-NP-RT-Z]").prop_map(
        |(authority, establishment, year, serial)| {
            Upn::make(LaCode::parse(&authority).unwrap(), &establishment, year, &serial).unwrap()
        },
    )
}

fn with(text: &str, index: usize, new: char) -> String {
    text.chars().enumerate().map(|(place, old)| if place == index { new } else { old }).collect()
}

proptest! {
    #[test]
    fn every_upn_that_is_given_parses(upn in upns()) {
        prop_assert_eq!(Upn::parse(upn.as_str()), Ok(upn));
        prop_assert_eq!(Upn::parse(&format!("\u{a0}{} ", upn.as_str().to_lowercase())), Ok(upn));
        let rebuilt = Upn::make(upn.la_code(), upn.establishment(), upn.year(), upn.serial());
        prop_assert_eq!(rebuilt, Some(upn));
    }

    /// The letter has weights that are prime to 23, so that it finds every change but one: a last digit for the letter of
    /// the same value, or the other way round, which makes another UPN that is right.
    #[test]
    fn one_changed_character_of_a_upn_is_found(upn in upns(), index in 0_usize..13, new in "[ -~]") {
        let new = new.chars().next().unwrap();
        let old = upn.as_str().chars().nth(index).unwrap();
        prop_assume!(!new.eq_ignore_ascii_case(&old));
        prop_assume!(!(index == 12 && new == ' '));
        prop_assume!(!(index == 0 && new == ' '));
        let value = |letter: char| "ABCDEFGHJK".find(letter.to_ascii_uppercase()).or(letter.to_digit(10).map(|digit| digit as usize));
        let beyond = index == 12 && value(new).is_some() && value(new) == value(old);
        prop_assert_eq!(Upn::parse(&with(upn.as_str(), index, new)).is_ok(), beyond);
    }

    #[test]
    fn one_changed_digit_of_a_uln_or_an_nhs_number_is_found(first in "[1-9][0-9]{8}", index in 0_usize..10, new in 0_u32..10) {
        let new = char::from_digit(new, 10).unwrap();
        for check in '0'..='9' {
            let number = format!("{first}{check}");
            let changed = with(&number, index, new);
            prop_assume!(changed != "9999999999" && number != "9999999999");
            prop_assert!(Uln::parse(&number).is_err() || changed == number || Uln::parse(&changed).is_err());
            prop_assert!(NhsNumber::parse(&number).is_err() || changed == number || NhsNumber::parse(&changed).is_err());
        }
    }

    #[test]
    fn postcodes_of_every_form_parse(text in "([A-Z]{1,2}[0-9][A-Z0-9]?|GIR) ?[0-9][ABD-HJLNP-UW-Z]{2}") {
        prop_assume!(!text.starts_with("GIR"));
        let postcode = Postcode::parse(&text).unwrap();
        prop_assert_eq!(postcode.as_str().replace(' ', ""), text.replace(' ', ""));
        prop_assert_eq!(Postcode::parse(&text.to_lowercase()), Ok(postcode));
        let bare = text.replace(' ', "");
        prop_assert_eq!(postcode.district(), &bare[..bare.len() - 3]);
    }

    #[test]
    fn no_text_panics_and_a_normal_form_is_normal(text in "\\PC*") {
        for kind in IdentifierKind::ALL {
            match kind.normalise(&text) {
                Ok(normal) => prop_assert!(matches!(kind.normalise(&normal), Ok(Cow::Borrowed(_)))),
                Err(problem) => prop_assert!(!problem.message().is_empty() && !problem.hint().is_empty()),
            }
        }
    }

    #[test]
    fn no_problem_repeats_the_value(text in "[A-Z]?[0-9 /.-]{4,14}[A-Z]?") {
        let shown = text.trim();
        // Part of the example that a hint gives is not the value.
        prop_assume!(!"E06000066".contains(shown));
        for kind in IdentifierKind::ALL {
            if let Err(problem) = kind.normalise(&text) {
                let told = format!("{} {}", problem.message(), problem.hint());
                prop_assert!(shown.len() < 4 || !told.contains(shown), "{kind:?}: {told}");
            }
        }
    }
}

#[test]
fn every_problem_is_told_precisely() {
    let cases: [(IdentifierKind, &[&str]); 9] = [
        (
            IdentifierKind::Upn,
            &[
                "R247962919251",
                "X428558133462",
                "r247962919251",
                "A95000017830",
                "A9500001783011",
                "A95O000178301",
                "A95000O178301",
                "A95000O17830I",
                "A95000X178301",
                "A95000017830I",
                "A95000017830S",
                "A9500001 78301",
                "0950000178301",
                "Ä950000178301",
                "A95000\u{200b}0178301",
                "A95000\u{a0}0178301",
                "A950000178301\u{200b}",
                "x",
            ],
        ),
        (
            IdentifierKind::Uln,
            &["1000102505", "100010250", "10001O25O4", "1.00E+09", "not known", "1000102504.5", "0000000000"],
        ),
        (
            IdentifierKind::NhsNumber,
            &["9434765918", "943 476 5918", "943 476 591O", "943 4765 919", "9434765", "0123456780"],
        ),
        (IdentifierKind::Urn, &["12345", "12345O", "1234567", "123 456", "SUPP"]),
        (IdentifierKind::Laestab, &["933/700", "933-7006", "933700G", "93370066"]),
        (IdentifierKind::Ukprn, &["20017649", "1001764", "1001764l"]),
        (
            IdentifierKind::Postcode,
            &["TA1 4DC", "TA1 ODY", "TA14 DY", "T", "TAA 4DY", "1A1 4DY", "TTA1 4DY", "TA1-4DY", "TA123 4DY"],
        ),
        (IdentifierKind::GssCode, &["X06000066", "E0600006", "E06OOOO66", "E06 00066"]),
        (IdentifierKind::LaCode, &["93", "93A", "x", "9 3"]),
    ];
    for (kind, texts) in cases {
        let mut told = String::new();
        for text in texts {
            let problem = kind.normalise(text).unwrap_err();
            told += &format!("{text:?}: {}\n  {}\n  hint: {}\n", problem.rule_id(), problem.message(), problem.hint());
        }
        insta::assert_snapshot!(format!("every_problem_of_{}", kind.word()), told);
    }
    let mut told = String::new();
    let unknown = Flaw::UnknownAuthority { list: "la".to_owned() };
    for kind in IdentifierKind::ALL.into_iter().filter(|kind| kind.has_authority()) {
        let problem = IdentifierProblem { kind, flaw: unknown.clone() };
        told += &format!("{}\n  {}\n  hint: {}\n", problem.rule_id(), problem.message(), problem.hint());
    }
    insta::assert_snapshot!("every_problem_of_authorities", told);
}

#[test]
fn debug_of_a_person_s_identifier_hides_it() {
    let upn = Upn::parse("A950000178301").unwrap();
    assert_eq!(format!("{upn:?}"), "Upn(hidden)");
    assert_eq!(format!("{:?}", Postcode::parse("TA1 4DY").unwrap()), "Postcode(hidden)");
    assert_eq!(format!("{:?}", LaCode::parse("933").unwrap()), "LaCode(\"933\")");
}

#[test]
fn ranges_of_establishment_numbers() {
    let kind = |text: &str| Laestab::parse(text).unwrap().kind();
    assert_eq!(kind("9331001"), Some(EstablishmentKind::Nursery));
    assert_eq!(kind("9331100"), Some(EstablishmentKind::AlternativeProvision));
    assert_eq!(kind("9332000"), Some(EstablishmentKind::Primary));
    assert_eq!(kind("9333999"), Some(EstablishmentKind::Primary));
    assert_eq!(kind("9334000"), Some(EstablishmentKind::Secondary));
    assert_eq!(kind("9335200"), Some(EstablishmentKind::Primary));
    assert_eq!(kind("9335400"), Some(EstablishmentKind::Secondary));
    assert_eq!(kind("9336001"), Some(EstablishmentKind::Independent));
    assert_eq!(kind("9336905"), Some(EstablishmentKind::Secondary));
    assert_eq!(kind("9337006"), Some(EstablishmentKind::Special));
    assert_eq!(kind("9338001"), Some(EstablishmentKind::College));
    assert_eq!(kind("9339999"), None);
}
