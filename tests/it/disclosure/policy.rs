use sendmart::definitions::{DisclosurePolicy, WhoIsCounted};
use sendmart::disclosure::{
    CountKey, FigureShape, PersonCount, PrintedFigure, PrintedRelease, Protection, ValueBehind, WhyHidden, protect,
    verify,
};

fn key(measure: &str, place: &str) -> CountKey {
    CountKey { measure: measure.to_owned(), period: "2025/26".to_owned(), ..CountKey::default() }.with("place", place)
}

fn count(release: &mut PrintedRelease, key: &CountKey, value: i64, persons: i64) {
    release.counts.insert(key.clone(), PersonCount { value, persons, who: WhoIsCounted::Children });
}

fn print(release: &mut PrintedRelease, id: &str, shape: FigureShape) {
    release.figures.push(PrintedFigure { id: id.to_owned(), shape });
}

/// A total and its places, as one table.
fn table(values: &[(&str, i64, i64)]) -> PrintedRelease {
    let mut release = PrintedRelease::default();
    for (place, value, persons) in values {
        let key = key("suspensions", place);
        count(&mut release, &key, *value, *persons);
        print(&mut release, place, FigureShape::Count(key));
        if !place.is_empty() {
            release.parents.entry("place".to_owned()).or_default().insert((*place).to_owned(), String::new());
        }
    }
    release
}

fn safe(release: &PrintedRelease, policy: &DisclosurePolicy) -> Protection {
    let protection = protect(release, policy).unwrap();
    let verdict = verify(&protection.proof);
    assert!(verdict.is_safe() && protection.exposed.is_empty(), "{verdict:?} {:?}", protection.exposed);
    protection
}

#[test]
fn it_is_persons_that_count_and_noughts_hide_nobody() {
    let policy = DisclosurePolicy::strict();
    let release = table(&[("", 52, 31), ("A", 12, 1), ("B", 0, 0), ("C", 21, 15), ("D", 19, 15)]);
    let protection = safe(&release, &policy);
    assert_eq!(protection.figures["A"], Some(WhyHidden::FewPersons), "twelve suspensions of one child");
    assert!(protection.is_shown("B"), "a nought is shown");
    assert!(protection.is_shown(""), "the total is wanted most");
    assert_eq!(protection.figures["D"], Some(WhyHidden::GivesAway), "the smaller of two is hidden with it");
    assert!(protection.is_shown("C"));
    let hidden = DisclosurePolicy { are_zeros_shown: false, ..policy };
    assert_eq!(safe(&release, &hidden).figures["B"], Some(WhyHidden::FewPersons));
}

#[test]
fn whom_the_policy_does_not_protect_is_shown() {
    let mut release = table(&[("", 9, 9), ("A", 2, 2), ("B", 7, 7)]);
    for counted in release.counts.values_mut() {
        counted.who = WhoIsCounted::Nobody;
    }
    let protection = safe(&release, &DisclosurePolicy::strict());
    assert!(protection.figures.values().all(Option::is_none), "{:?}", protection.figures);
}

fn share(above: (i64, i64), below: (i64, i64)) -> PrintedRelease {
    let mut release = PrintedRelease::default();
    let (numerator, denominator) = (key("on_time", ""), key("issued", ""));
    count(&mut release, &numerator, above.0, above.1);
    count(&mut release, &denominator, below.0, below.1);
    print(&mut release, "rate", FigureShape::Share { numerator, denominator: denominator.clone(), is_part: true });
    print(&mut release, "issued", FigureShape::Count(denominator));
    release
}

#[test]
fn a_share_is_hidden_with_its_numerator_and_tells_of_those_outside_it() {
    let policy = DisclosurePolicy::strict();
    for (above, below, is_shown, why) in [
        ((40, 40), (100, 100), true, "plain"),
        ((3, 3), (100, 100), false, "the numerator is small"),
        ((98, 98), (100, 100), false, "two were late"),
        ((6, 6), (6, 6), false, "all of six"),
        ((0, 0), (6, 6), false, "none of six"),
        ((0, 0), (60, 60), true, "none of sixty"),
        ((60, 60), (60, 60), true, "all of sixty"),
    ] {
        let mut release = share(above, below);
        assert_eq!(safe(&release, &policy).is_shown("rate"), is_shown, "{why}");
        // And with the rows behind.
        let (numerator, denominator) = (key("on_time", ""), key("issued", ""));
        let inside = (vec![&numerator, &denominator], above.0);
        let outside = (vec![&denominator], below.0 - above.0);
        release.group_rows([inside, outside].into_iter().filter(|(_, value)| *value > 0));
        assert_eq!(safe(&release, &policy).is_shown("rate"), is_shown, "{why}, by rows");
    }
    let mild = DisclosurePolicy { has_complements: false, class_floor: 0, ..policy };
    assert!(safe(&share((98, 98), (100, 100)), &mild).is_shown("rate"));
    assert!(safe(&share((6, 6), (6, 6)), &mild).is_shown("rate"));
}

#[test]
fn ranks_and_charts_have_the_mask_of_what_they_are_made_of() {
    let mut release = table(&[("", 60, 60), ("A", 2, 2), ("B", 18, 18), ("C", 40, 40)]);
    for place in ["A", "B", "C"] {
        print(&mut release, &format!("rank {place}"), FigureShape::Derived(vec![key("suspensions", place)]));
    }
    let protection = safe(&release, &DisclosurePolicy::strict());
    for place in ["A", "B", "C"] {
        assert_eq!(protection.is_shown(place), protection.is_shown(&format!("rank {place}")), "{place}");
    }
    assert!(!protection.is_shown("rank A"));
}

/// Two tables without totals share their sum, and what one table leaves out of its total is a count as well.
#[test]
fn tables_are_linked_by_totals_that_nobody_prints() {
    let mut release = PrintedRelease::default();
    for (dimension, values) in [("place", [("A", 3), ("B", 20)]), ("sex", [("F", 11), ("M", 12)])] {
        for (category, value) in values {
            let key = key("suspensions", "").with(dimension, category);
            count(&mut release, &key, value, value);
            print(&mut release, category, FigureShape::Count(key));
            release.parents.entry(dimension.to_owned()).or_default().insert(category.to_owned(), String::new());
        }
    }
    let protection = safe(&release, &DisclosurePolicy::strict());
    assert!(!protection.is_shown("A") && protection.is_shown("B"), "the largest is wanted most");
    assert!(!protection.is_shown("F"), "11 + 12 − 20 would be the three");

    let mut part = table(&[("", 60, 60), ("A", 30, 30), ("B", 27, 27)]);
    part.parents.entry("place".to_owned()).or_default().insert("C".to_owned(), String::new());
    let protection = safe(&part, &DisclosurePolicy::strict());
    assert!(["", "A", "B"].iter().any(|id| !protection.is_shown(id)), "three are of C, which is not printed");
}

#[test]
fn what_was_hidden_stays_hidden_until_it_is_clearly_large() {
    let policy = DisclosurePolicy::strict();
    for (before, now, was_shown, is_shown, why) in [
        (4, 5, false, false, "hidden, and one more"),
        (4, 7, false, false, "still below the threshold and three"),
        (4, 9, false, true, "clearly large"),
        (20, 22, true, false, "two since then"),
        (20, 20, true, true, "told again"),
        (20, 31, true, true, "eleven since then"),
    ] {
        let mut release = PrintedRelease::default();
        let (new, old) = (key("suspensions", "A"), CountKey { told_in: "May".to_owned(), ..key("suspensions", "A") });
        count(&mut release, &new, now, now);
        count(&mut release, &old, before, before);
        print(&mut release, "A", FigureShape::Count(new));
        release.earlier.insert(old, was_shown);
        assert_eq!(safe(&release, &policy).is_shown("A"), is_shown, "{why}");
    }
    // What an earlier pack gave away is told, and not passed over.
    let mut release = table(&[("", 20, 20), ("A", 3, 3), ("B", 17, 17)]);
    for (place, value, was_shown) in [("", 20, true), ("A", 3, false), ("B", 17, true)] {
        let old = CountKey { told_in: "May".to_owned(), ..key("suspensions", place) };
        count(&mut release, &old, value, value);
        release.earlier.insert(old, was_shown);
    }
    let protection = protect(&release, &policy).unwrap();
    assert_eq!(protection.exposed, ["suspensions 2025/26 place=A (as told in May)"]);
    assert!(!verify(&protection.proof).is_safe());
}

#[test]
fn a_release_that_does_not_hang_together_is_refused() {
    let policy = DisclosurePolicy::strict();
    let whole = table(&[("", 60, 60), ("A", 30, 30)]);
    let mut unknown = whole.clone();
    print(&mut unknown, "B", FigureShape::Count(key("suspensions", "B")));
    let mut twice = whole.clone();
    print(&mut twice, "A", FigureShape::Count(key("suspensions", "A")));
    let mut negative = whole.clone();
    count(&mut negative, &key("suspensions", "A"), -1, 1);
    let mut rows = whole.clone();
    let of = key("suspensions", "A");
    rows.group_rows([(vec![&of], 29)]);
    for (release, code) in [
        (unknown, "disclosure::unknown_count"),
        (twice, "disclosure::two_figures"),
        (negative, "disclosure::negative_count"),
        (rows, "disclosure::does_not_add_up"),
    ] {
        assert_eq!(protect(&release, &policy).unwrap_err().code(), code);
    }
}

/// As a pack calls it: values of KPIs, with the schools of a council and the pack before.
#[test]
fn values_of_kpis_are_counts_of_one_system() {
    let policy = DisclosurePolicy::strict();
    let of = |persons: i64| PersonCount { value: persons, persons, who: WhoIsCounted::Children };
    let mut release = PrintedRelease::default();
    for (id, place, breakdown, numerator, denominator) in [
        ("all", "", "total", 50, 900),
        ("all, F", "", "sex=F", 23, 430),
        ("all, M", "", "sex=M", 27, 470),
        ("school 1", "URN 1", "total", 3, 200),
        ("school 2", "URN 2", "total", 20, 300),
        ("school 3", "URN 3", "total", 27, 400),
        ("school 1, F", "URN 1", "sex=F", 3, 90),
        ("school 1, M", "URN 1", "sex=M", 0, 110),
    ] {
        let denominator = Some(of(denominator));
        let (kpi, period, numerator) = ("one_plus_suspension_rate", "2024/25", of(numerator));
        let value = ValueBehind { id, kpi, period, place, breakdown, numerator, denominator, is_part: true };
        release.add_value(&value);
    }
    for (dimension, parts) in [("place", &["URN 1", "URN 2", "URN 3"][..]), ("sex", &["F", "M"])] {
        let of = parts.iter().map(|part| ((*part).to_owned(), String::new()));
        release.parents.insert(dimension.to_owned(), of.collect());
    }
    let protection = safe(&release, &policy);
    let hidden: Vec<&str> =
        protection.figures.iter().filter(|(_, why)| why.is_some()).map(|(id, _)| id.as_str()).collect();
    assert_eq!(hidden, ["school 1", "school 1, F", "school 2"]);

    // The next pack has one more child in school 2, and none of it may be told.
    let told: Vec<(CountKey, PersonCount, bool)> =
        release.counts.iter().map(|(key, of)| (key.clone(), *of, protection.counts[key])).collect();
    let mut next = release.clone();
    for (key, counted) in &mut next.counts {
        let is_it = |place: &str| key.coordinates.get("place").map_or("", String::as_str) == place;
        let is_total = !key.coordinates.contains_key("sex");
        if key.measure.ends_with("numerator") && is_total && (is_it("") || is_it("URN 2")) {
            *counted = of(counted.persons + 1);
        }
    }
    next.add_earlier("the pack of May", told);
    let protection = safe(&next, &policy);
    assert!(!protection.is_shown("all"), "50 in May and 51 now is one child");
    assert!(!protection.is_shown("school 1") && protection.is_shown("school 3"));
}

#[test]
fn the_same_release_gives_the_same_answer() {
    let tables = super::invented::Invented::invent(11, 1);
    let (mut release, rows) = tables.release(&tables.all(), 9, "");
    super::invented::with_rows(&mut release, &rows);
    let policy = DisclosurePolicy::strict();
    let (one, other) = (protect(&release, &policy).unwrap(), protect(&release, &policy).unwrap());
    assert_eq!(one.figures, other.figures);
    assert_eq!(one.proof, other.proof);
}
