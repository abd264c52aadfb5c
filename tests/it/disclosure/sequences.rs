use std::collections::BTreeMap;

use sendmart::definitions::DisclosurePolicy;
use sendmart::disclosure::{CountRole, PrintedRelease, protect, verify};

use super::invented::{Invented, Rows, shown_otherwise, with_rows};
use super::rational;

/// Puts what an earlier pack printed beside what this one prints.
fn after(
    release: &mut PrintedRelease,
    rows: &mut Rows,
    earlier: &PrintedRelease,
    before: &Rows,
    shown: &BTreeMap<String, bool>,
) {
    for (key, counted) in &earlier.counts {
        release.counts.insert(key.clone(), *counted);
        release.earlier.insert(key.clone(), shown[&key.to_string()]);
    }
    for (row, keys) in rows.iter_mut().zip(before) {
        row.extend(keys.iter().cloned());
    }
}

#[test]
fn of_packs_that_follow_each_other_nothing_is_recovered_and_packs_alone_leak() {
    let policy = DisclosurePolicy::strict();
    let (mut hidden, mut changes, mut alone_leaks, mut checked) = (0, 0, 0, 0);
    let many = super::sets().div_ceil(10).max(10);
    for seed in 0..many {
        let tables = Invented::invent(1_000_000 + seed, 3);
        // By rows every second time; else by what the packs print alone.
        let by_rows = seed % 2 == 0;
        let mut told: Vec<(PrintedRelease, Rows)> = Vec::new();
        let (mut shown, mut shown_alone) = (BTreeMap::new(), BTreeMap::new());
        for pack in 1..=3 {
            let name = format!("pack {pack}");
            let (mut release, mut rows) = tables.release(&tables.all(), pack, "");
            let mut alone = release.clone();
            with_rows(&mut alone, &rows);
            for (earlier, before) in &told {
                after(&mut release, &mut rows, earlier, before, &shown);
            }
            if by_rows {
                with_rows(&mut release, &rows);
            }
            let protection = protect(&release, &policy).unwrap();
            assert_eq!(protection.exposed, Vec::<String>::new(), "seed {seed}, {name}");
            for (edition, proof) in [("restricted", &protection.proof), ("public", &protection.proof.public())] {
                let verdict = verify(proof);
                assert!(verdict.is_safe(), "seed {seed}, {name}, {edition}: {verdict:?}");
                hidden += verdict.hidden;
                checked += rational::check(proof, &format!("seed {seed}, {name}, {edition}"));
            }
            let is_change = |name: &str| name.contains(" not in ") || name.contains("no longer in");
            let small = protection.proof.counts.iter().filter(|count| count.truth.unwrap().is_primary);
            changes += small
                .filter(|count| count.role == CountRole::Unprinted && is_change(&format!(" {}", count.name)))
                .count();
            for (key, is_shown) in protect(&alone, &policy).unwrap().counts {
                shown_alone.insert(key.to_string(), is_shown);
            }
            if pack == 3 {
                let other = shown_otherwise(&protection.proof, &|name| shown_alone.get(name).copied());
                let verdict = verify(&other);
                alone_leaks += usize::from(!verdict.recovered.is_empty() || !verdict.narrow.is_empty());
            }
            // From now on it is an earlier pack.
            let (release, rows) = tables.release(&tables.all(), pack, &name);
            for key in release.counts.keys() {
                let is_shown = protection.counts[&key.as_told_now()];
                shown.insert(key.to_string(), is_shown);
                let alone = shown_alone[&key.as_told_now().to_string()];
                shown_alone.insert(key.to_string(), alone);
            }
            told.push((release, rows));
        }
    }
    println!(
        "{many} sequences of three packs: {hidden} hidden counts attacked, {checked} over the rationals, {changes} small changes; 0 \
         recovered. Each pack alone: leaks in {alone_leaks}"
    );
    assert!(changes > 20 && checked > 20, "{changes} {checked}");
    assert!(alone_leaks > 3, "the test cannot fail: {alone_leaks}");
}
