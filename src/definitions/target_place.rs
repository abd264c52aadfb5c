//! Places and breakdowns of targets, as far as definitions alone can tell them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::problem::{did_you_mean, hint_for};
use super::vocabulary::Basis;
use super::{Behind, CodeList, Kpi, Mart};

/// What is wrong with a place: message and hint. Schools are told by URN, and whether there is one is seen when a run has GIAS.
pub(super) fn problem(found: &str, authorities: Option<&Arc<CodeList>>) -> Option<(String, String)> {
    let is_digits = |length: usize| found.len() == length && found.bytes().all(|byte| byte.is_ascii_digit());
    let gss = found.strip_prefix("E92").or(found.strip_prefix("E12"));
    if gss.is_some_and(|rest| rest.len() == 6 && rest.bytes().all(|byte| byte.is_ascii_digit()))
        || is_digits(6)
        || is_digits(7)
    {
        return None;
    }
    let known = authorities.map(|list| &list.codes);
    if is_digits(3) && known.is_none_or(|codes| codes.contains_key(found)) {
        return None;
    }
    let codes = || known.into_iter().flatten();
    let by_name = codes().find(|(_, code)| code.label.eq_ignore_ascii_case(found)).or_else(|| {
        let near = did_you_mean(found, codes().map(|(_, code)| code.label.as_str()))?;
        codes().find(|(_, code)| code.label == near)
    });
    let near = by_name.or_else(|| {
        let near = did_you_mean(found, codes().map(|(code, _)| code.as_str()))?;
        codes().find(|(code, _)| **code == near)
    });
    let meant = near.map_or_else(String::new, |(code, about)| format!("did you mean `{code}` ({})? ", about.label));
    let hint = format!(
        "{meant}valid: three digits of an authority (list `la`), the URN (or LAESTAB) of a school, or `E92000001` and `E12…` of nation and regions"
    );
    Some((format!("there is no place `{found}`"), hint))
}

/// What is wrong with a breakdown: message and hint. On own returns those are known that the KPI's SQL writes, and the groups for which it
/// takes a code of the rows; which codes came is seen by a run.
pub(super) fn breakdown_problem(found: &str, kpis: &[&Kpi], marts: &[Mart]) -> Option<(String, String)> {
    if found == "total" || kpis.is_empty() {
        return None;
    }
    let shape =
        "write `total`, or `group=member` as `kpi.value` has it, such as `phase=secondary` or `need=SEMH, sex=F`";
    let parts: Vec<Option<(&str, &str)>> = found.split(", ").map(|part| part.split_once('=')).collect();
    if parts.iter().any(|part| part.is_none_or(|(group, member)| group.is_empty() || member.is_empty())) {
        let meant = did_you_mean(found, ["total"]).map_or_else(String::new, |word| format!("did you mean `{word}`? "));
        return Some((format!("`breakdown` is `{found}`"), format!("{meant}{shape}")));
    }
    // What a publication prints is not written anywhere.
    if kpis.iter().any(|kpi| kpi.basis == Basis::Published) {
        return None;
    }
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for kpi in kpis {
        written(&kpi.sql, &mut known);
        for (_, sql) in kpi.rows.iter().flat_map(Behind::written) {
            written(sql, &mut known);
        }
        for mart in marts.iter().filter(|mart| kpi.reads.contains(&mart.name)) {
            written(&mart.sql, &mut known);
        }
    }
    for (group, member) in parts.into_iter().flatten() {
        let Some(members) = known.get(group) else {
            let id = &kpis[0].id;
            let hint = if known.is_empty() {
                "it has `total` alone".to_owned()
            } else {
                hint_for(group, known.keys().map(String::as_str))
            };
            return Some((format!("`{id}` has no breakdown by `{group}`"), hint));
        };
        if !members.contains("") && !members.contains(member) {
            let hint = hint_for(member, members.iter().map(String::as_str));
            return Some((format!("`{group}` has no `{member}` in `{}`", kpis[0].id), hint));
        }
    }
    None
}

/// The groups and members that literals of an SQL text write: `'cover=agency'`; a member that is a column's has a blank one.
fn written(sql: &str, known: &mut BTreeMap<String, BTreeSet<String>>) {
    for literal in sql.split('\'').skip(1).step_by(2) {
        let Some((group, member)) = literal.split_once('=') else { continue };
        if !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            let member = if member.contains('%') { "" } else { member };
            known.entry(group.to_owned()).or_default().insert(member.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_tell_groups_and_members() {
        let mut known = BTreeMap::new();
        written("SELECT 'phase=' || phase, 'cover=agency', 'total', a = 'b', 'reason=%', '' = x", &mut known);
        let words: Vec<String> = known.iter().map(|(group, members)| format!("{group}: {members:?}")).collect();
        assert_eq!(words, ["cover: {\"agency\"}", "phase: {\"\"}", "reason: {\"\"}"]);
    }

    #[test]
    fn nations_regions_schools_and_digits_are_places() {
        for place in ["E92000001", "E12000009", "123456", "933"] {
            assert_eq!(problem(place, None), None, "{place}");
        }
        for place in ["", "Somerset", "E10000027", "93", "9333"] {
            assert!(problem(place, None).is_some(), "{place}");
        }
    }
}
