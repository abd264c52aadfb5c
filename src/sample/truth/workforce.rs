//! Truth about the people of the teams: who stays, who moves, who leaves, by person.

use std::collections::{BTreeMap, BTreeSet};

use super::tally::{Amount, KpiTruth, TruthTally};
use crate::sample::calendar::academic_label;
use crate::sample::day::Day;
use crate::sample::lives::{Lives, Stint};

/// One contract of a person: team and number of the post, and the time in it.
type Contract<'a> = (&'static str, usize, &'a Stint);

/// Reckons retention and turnover of every academic year.
pub(super) fn reckon(lives: &Lives, out: &mut Vec<KpiTruth>) {
    let mut people: BTreeMap<u32, Vec<Contract<'_>>> = BTreeMap::new();
    for post in &lives.posts {
        for stint in post.stints.iter().filter(|stint| !stint.is_agency) {
            people.entry(stint.person).or_default().push((post.team, post.number, stint));
        }
    }
    for year in lives.calendar.academic_years() {
        staying(people.values().map(Vec::as_slice), year, out);
        vacant(lives, year, out);
    }
}

/// `vacancy_days`: days of the academic year on which nobody of the staff had the post, its first and last day included, over
/// the posts. `cover=agency`: those of them on which an agency worker had it; `cover=nobody`: the others.
fn vacant(lives: &Lives, year: i32, out: &mut Vec<KpiTruth>) {
    let mut tally = TruthTally::default();
    for post in &lives.posts {
        let is_held = |day: Day, is_agency: bool| {
            post.stints.iter().any(|one| one.is_agency == is_agency && one.start <= day && day <= one.end)
        };
        let days = || Day::of(year, 9, 1).to(Day::of(year + 1, 8, 31)).filter(|day| !is_held(*day, false));
        let (all, covered) = (days().count(), days().filter(|day| is_held(*day, true)).count());
        tally.add(Some(format!("team={}", post.team)), Amount::whole(all), Amount::whole(1));
        tally.group("cover=agency".to_owned(), Amount::whole(covered), Amount::whole(1));
        tally.group("cover=nobody".to_owned(), Amount::whole(all - covered), Amount::whole(1));
    }
    tally.rates("vacancy_days", &academic_label(year), out);
}

/// What a person holds of a team at the end of a 31 August.
#[derive(Default)]
struct HeldPost {
    /// Hundredths of a full-time equivalent.
    fte: i64,
    posts: BTreeSet<usize>,
}

impl HeldPost {
    fn is_any(&self) -> bool {
        !self.posts.is_empty()
    }
}

/// What a person holds of a team at the end of a 31 August: contracts that cover the day. Where there is none, one that
/// ended in that August and is followed in September, within 31 days, by another of whatever team.
fn held(contracts: &[Contract<'_>], team: &str, day: Day) -> HeldPost {
    let mut held = HeldPost::default();
    let of_team = || contracts.iter().filter(|one| one.0 == team);
    for (_, post, stint) in of_team().filter(|one| one.2.covers(day)) {
        held.fte += i64::from(stint.fte);
        held.posts.insert(*post);
    }
    if held.is_any() {
        return held;
    }
    for (_, post, ended) in of_team().filter(|one| day - 30 <= one.2.end && one.2.end <= day) {
        let follows = |one: &&Contract<'_>| day < one.2.start && one.2.start <= ended.end + 31;
        let next = contracts.iter().filter(follows).min_by_key(|one| (one.1 != *post, one.2.start, one.1));
        if let Some(next) = next {
            held.fte += i64::from(next.2.fte);
            held.posts.insert(*post);
        }
    }
    held
}

/// What a person holds of a team in the last month of a year, the August before it included, at whose end it is anything:
/// that month's end, and hundredths of a full-time equivalent.
fn last_held(contracts: &[Contract<'_>], team: &str, (before, after): (Day, Day)) -> Option<(Day, i64)> {
    let mut months = vec![before];
    while let Some(last) = months.last().filter(|day| **day < after) {
        months.push((*last + 1).month_end());
    }
    months.into_iter().rev().find_map(|month| {
        let covering = contracts.iter().filter(|one| one.0 == team && one.2.covers(month));
        let sum: i64 = covering.map(|one| i64::from(one.2.fte)).sum();
        let sum = if sum == 0 && month == before { held(contracts, team, month).fte } else { sum };
        (sum > 0).then_some((month, sum))
    })
}

/// Of the staff of the teams, agency left out, each person once, from the 31 August before the year to its own:
///
/// - `retention_12_month`: of those in a post at the start, those in a post at the end. By team: of the same team.
///   `reading=same post`: holds one of the same posts. `move=within the team`: is in the team, in other posts.
///   `move=to another team`: is in another team. `basis=fte`: in full-time equivalents as at the start.
/// - `turnover_12_month`: those who were in a post at the start or came since, and are in none at the end, over the mean of
///   the persons at both ends. `reading=same post`: and those who moved. `basis=fte`: what leavers last held over the
///   mean of what is held at both ends.
fn staying<'a>(people: impl Iterator<Item = &'a [Contract<'a>]>, year: i32, out: &mut Vec<KpiTruth>) {
    let ends = (Day::of(year, 8, 31), Day::of(year + 1, 8, 31));
    let (mut stayed, mut left) = (TruthTally::default(), TruthTally::default());
    for contracts in people {
        let teams: BTreeSet<&str> = contracts.iter().map(|one| one.0).collect();
        let each: Vec<PersonYear> = teams.iter().map(|team| PersonYear::new(contracts, team, ends)).collect();
        let is_anywhere = |at: fn(&PersonYear) -> &HeldPost| each.iter().any(|one| at(one).is_any());
        let whole = PersonYear {
            start: sum(each.iter().map(|one| &one.start)),
            end: sum(each.iter().map(|one| &one.end)),
            was_there: each.iter().any(|one| one.was_there),
            last: each.iter().filter_map(|one| one.last).fold(None, |one, other| Some(latest(one, other))),
        };
        let stays = each.iter().any(|one| one.start.is_any() && one.end.is_any());
        let elsewhere = whole.start.is_any() && whole.end.is_any() && !stays;
        whole.count("", stays, elsewhere, whole.end.is_any(), (&mut stayed, &mut left));
        for (team, one) in teams.iter().zip(&each) {
            let is_there = one.end.is_any();
            let elsewhere = !is_there && is_anywhere(|year| &year.end);
            one.count(&format!("team={team}"), is_there, elsewhere, is_there, (&mut stayed, &mut left));
        }
    }
    stayed.rates("retention_12_month", &academic_label(year), out);
    left.rates("turnover_12_month", &academic_label(year), out);
}

fn latest(one: Option<(Day, i64)>, other: (Day, i64)) -> (Day, i64) {
    match one {
        Some(one) if one.0 > other.0 => one,
        Some(one) if one.0 == other.0 => (one.0, one.1 + other.1),
        _ => other,
    }
}

fn sum<'a>(parts: impl Iterator<Item = &'a HeldPost>) -> HeldPost {
    parts.fold(HeldPost::default(), |mut whole, part| {
        whole.fte += part.fte;
        whole.posts.extend(&part.posts);
        whole
    })
}

/// A person's year in one team, or in all.
struct PersonYear {
    start: HeldPost,
    end: HeldPost,
    was_there: bool,
    last: Option<(Day, i64)>,
}

impl PersonYear {
    fn new(contracts: &[Contract<'_>], team: &str, (before, after): (Day, Day)) -> Self {
        let start = held(contracts, team, before);
        let in_year = |one: &Contract<'_>| one.0 == team && one.2.start <= after && before < one.2.end;
        Self {
            was_there: start.is_any() || contracts.iter().any(in_year),
            end: held(contracts, team, after),
            last: last_held(contracts, team, (before, after)),
            start,
        }
    }

    /// Adds the year to the tallies: who is in the team still, who is in another, who is there at all.
    fn count(
        &self,
        group: &str,
        stays: bool,
        elsewhere: bool,
        is_there: bool,
        (stayed, left): (&mut TruthTally, &mut TruthTally),
    ) {
        let was = self.start.is_any();
        let in_same_post = self.start.posts.intersection(&self.end.posts).next().is_some();
        let moved = was && stays && !in_same_post;
        let of = |what: &str| match (what, group) {
            ("", "") => "total".to_owned(),
            ("", group) => group.to_owned(),
            (what, "") => what.to_owned(),
            (what, group) => format!("{what}, {group}"),
        };
        let whole = |holds: bool| Amount::whole(usize::from(holds));
        if was {
            let counted = [
                ("", is_there),
                ("reading=same post", in_same_post),
                ("move=within the team", moved),
                ("move=to another team", elsewhere),
            ];
            for (what, holds) in counted {
                stayed.group(of(what), whole(holds), whole(true));
            }
            let fte = Amount::hundredths(self.start.fte);
            stayed.group(of("basis=fte"), if is_there { fte } else { Amount::default() }, fte);
        }
        if self.was_there {
            let ends = Amount::hundredths((i64::from(was) + i64::from(self.end.is_any())) * 50);
            let is_out = !is_there || (was && !in_same_post);
            let counted = [
                ("", !is_there),
                ("reading=same post", is_out),
                ("move=within the team", moved),
                ("move=to another team", elsewhere),
            ];
            for (what, holds) in counted {
                left.group(of(what), whole(holds), ends);
            }
            let gone = if is_there { 0 } else { self.last.map_or(0, |last| last.1) };
            // What anybody fills is an even number of hundredths.
            let mean = Amount::hundredths(self.start.fte.midpoint(self.end.fte));
            left.group(of("basis=fte"), Amount::hundredths(gone), mean);
        }
    }
}
