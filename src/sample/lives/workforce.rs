//! The teams: posts, who holds them and for how long, who fills in, and what lies on their desks at each month's end.
//!
//! Full-time equivalents are whole hundredths, so that their sums are exact.

use super::Lives;
use crate::sample::calendar::Calendar;
use crate::sample::day::Day;
use crate::sample::dice::{Dice, DiceStream};
use crate::sample::whole;

/// Somebody's time in a post.
#[derive(Debug, Clone)]
pub(in crate::sample) struct Stint {
    /// Who: a number that stands for one person in every post and file.
    pub(in crate::sample) person: u32,
    /// Hundredths of a full-time equivalent.
    pub(in crate::sample) fte: i32,
    pub(in crate::sample) start: Day,
    /// The last day; a day that lies ahead is as good as none.
    pub(in crate::sample) end: Day,
    pub(in crate::sample) is_agency: bool,
    /// Why the person left, for those who did; empty for agency workers and for whoever goes on under another contract.
    pub(in crate::sample) reason: &'static str,
}

impl Stint {
    /// Whether the person is in post at the end of a day.
    pub(in crate::sample) fn covers(&self, day: Day) -> bool {
        self.start <= day && day < self.end
    }
}

/// A post of the establishment.
#[derive(Debug, Clone)]
pub(in crate::sample) struct Post {
    pub(in crate::sample) number: usize,
    pub(in crate::sample) team: &'static str,
    pub(in crate::sample) role: &'static str,
    /// Hundredths of a full-time equivalent.
    pub(in crate::sample) established: i32,
    pub(in crate::sample) stints: Vec<Stint>,
}

/// What a team has to do, and with whom, at the end of a month.
#[derive(Debug, Clone)]
pub(in crate::sample) struct Caseload {
    pub(in crate::sample) month_end: Day,
    pub(in crate::sample) team: &'static str,
    pub(in crate::sample) plans_open: usize,
    pub(in crate::sample) assessments_open: usize,
    /// Hundredths, agency included, long-term absence taken off.
    pub(in crate::sample) available: i32,
    /// Psychologists' advice due in the month, and how much of it was not given by its day.
    pub(in crate::sample) advice_due: usize,
    pub(in crate::sample) advice_late: usize,
}

const REASONS: [(&str, u32); 6] =
    [("OTHER_LA", 25), ("PROMOTION", 20), ("RETIRED", 12), ("PRIVATE", 18), ("HEALTH", 10), ("UNKNOWN", 15)];

/// The posts of a county of this size.
pub(super) fn posts(seed: u64, pupils: usize, calendar: &Calendar) -> Vec<Post> {
    let teams = [
        ("SEN_CASEWORK", "EHC co-ordinator", (pupils / 1_500).max(4)),
        ("EP", "Educational psychologist", (pupils / 4_000).max(3)),
        ("INCLUSION", "Inclusion officer", (pupils / 6_000).max(2)),
        ("ADVISORY", "Advisory teacher", (pupils / 7_000).max(2)),
        ("HEALTH_DCO", "Designated clinical officer", 1),
    ];
    let mut posts = Vec::new();
    for (team, role, count) in teams {
        for _ in 0..count {
            let number = posts.len() + 1;
            let dice = &mut Dice::new(seed, DiceStream::Workforce, number as u64);
            let established = dice.weighted(&[(100, 70), (80, 15), (60, 15)]);
            posts.push(Post { number, team, role, established, stints: fill(dice, number, established, calendar) });
        }
    }
    careers(&mut posts, seed, calendar);
    posts
}

/// Makes of some holders what a count of holdings takes for somebody else: whose contract is renewed, who shares out the
/// hours over two posts, who goes to another post of the team, or to another team.
fn careers(posts: &mut [Post], seed: u64, calendar: &Calendar) {
    let teams: Vec<&str> = posts.iter().map(|post| post.team).collect();
    let sizes: Vec<i32> = posts.iter().map(|post| post.established).collect();
    let mut more: Vec<(usize, Stint)> = Vec::new();
    for (index, post) in posts.iter_mut().enumerate() {
        let of_team =
            |same: bool| (index + 1..teams.len()).chain(0..index).find(|at| (teams[*at] == post.team) == same);
        for stint in post.stints.iter_mut().filter(|stint| !stint.is_agency) {
            let dice = &mut Dice::new(seed, DiceStream::Workforce, (1 << 40) + u64::from(stint.person));
            let next =
                match dice.weighted(&[("stays", 50), ("renewed", 20), ("halves", 10), ("moves", 12), ("goes", 8)]) {
                    "renewed" => Some(index),
                    "moves" => of_team(true),
                    "goes" => of_team(false),
                    "halves" => {
                        if let Some(other) = of_team(true) {
                            stint.fte /= 2;
                            more.push((other, stint.clone()));
                        }
                        None
                    }
                    _ => None,
                };
            let Some((next, last)) = next.zip(break_day(stint, dice.chance(0.5), calendar)) else { continue };
            // Nobody fills more of a post than it has.
            more.push((next, Stint { start: last + 1, fte: stint.fte.min(sizes[next]), ..stint.clone() }));
            stint.end = last;
            stint.reason = "";
        }
    }
    for (index, stint) in more {
        posts[index].stints.push(stint);
    }
    for post in posts {
        post.stints.sort_by_key(|stint| (stint.start, stint.person));
    }
}

/// The last day of the first of two contracts: the last of a month in the middle of the time in post, or a 31 August of
/// the lives, where either leaves two months on both sides.
fn break_day(stint: &Stint, in_august: bool, calendar: &Calendar) -> Option<Day> {
    let middle = (stint.start + (stint.end - stint.start) / 2).month_end();
    let augusts = calendar.academic_years().map(|year| Day::of(year + 1, 8, 31)).filter(|_| in_august);
    let fits = |day: &Day| stint.start + 62 < *day && *day + 62 < stint.end && *day != calendar.end();
    augusts.chain([middle]).find(fits)
}

/// One holder after another, with gaps that agency staff fill now and then.
fn fill(dice: &mut Dice, post: usize, established: i32, calendar: &Calendar) -> Vec<Stint> {
    let mut stints = Vec::new();
    let mut free = calendar.start() - dice.between(60, 1_500);
    let mut person = whole::<u32>(post) * 100;
    while free < calendar.end() {
        person += 1;
        #[expect(clippy::cast_possible_truncation, reason = "days of some decades")]
        let stays = 120 + (-(1.0 - dice.unit()).ln() * 950.0) as i32;
        let end = (free + stays).working();
        let fte = if dice.chance(0.15) { (established - 20).max(40) } else { established };
        let reason = dice.weighted(&REASONS);
        stints.push(Stint { person, fte, start: free, end, is_agency: false, reason });
        let next = (end + dice.between(20, 200)).working();
        if dice.chance(0.4) {
            person += 1;
            let from = (end + dice.between(5, 15)).working();
            if from < next {
                stints.push(Stint { person, fte: established, start: from, end: next, is_agency: true, reason: "" });
            }
        }
        free = next;
    }
    stints
}

/// The desks at the end of each month, from the August before the lives to their last.
pub(super) fn caseloads(lives: &Lives, seed: u64) -> Vec<Caseload> {
    let mut rows = Vec::new();
    let mut month_end = lives.calendar.start() - 1;
    while month_end <= lives.calendar.end() {
        let (year, month, _) = month_end.ymd();
        let first = Day::of(year, month, 1);
        let dice = &mut Dice::new(seed, DiceStream::Workforce, (1 << 32) + whole::<u64>(year * 12 + month));
        let absent = |dice: &mut Dice, fte: i32| fte - fte * dice.between(0, 12) / 100;
        let in_team = |team: &str| -> i32 {
            let stints = lives.posts.iter().filter(|post| post.team == team).flat_map(|post| &post.stints);
            stints.filter(|stint| stint.covers(month_end)).map(|stint| stint.fte).sum()
        };
        let assessments = || lives.cases.iter().filter_map(|case| Some((case, case.assessment.as_ref()?)));
        let due = || assessments().filter(|(_, one)| first <= one.advice_due && one.advice_due <= month_end);
        rows.push(Caseload {
            month_end,
            team: "SEN_CASEWORK",
            plans_open: lives
                .cases
                .iter()
                .filter_map(|case| case.plan.as_ref())
                .filter(|plan| plan.is_in_force(month_end))
                .count(),
            assessments_open: lives.cases.iter().filter(|case| case.is_in_assessment(month_end)).count(),
            available: absent(dice, in_team("SEN_CASEWORK")),
            advice_due: 0,
            advice_late: 0,
        });
        rows.push(Caseload {
            month_end,
            team: "EP",
            plans_open: 0,
            assessments_open: 0,
            available: absent(dice, in_team("EP")),
            advice_due: due().count(),
            advice_late: due().filter(|(_, one)| one.advice_given > one.advice_due).count(),
        });
        month_end = (month_end + 1).month_end();
    }
    rows
}
