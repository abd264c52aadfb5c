//! What the service does beside its duties: audits of plans, the Graduated Response Tool, Area Inclusion Discussions.

use super::Lives;
use super::pupil::Pupil;
use crate::sample::calendar::{Calendar, exclusion_year};
use crate::sample::day::Day;
use crate::sample::dice::{Dice, DiceStream};
use crate::sample::whole;

/// One plan audited by one auditor, and by a second where it was moderated.
#[derive(Debug, Clone)]
pub(in crate::sample) struct Audit {
    pub(in crate::sample) case: usize,
    pub(in crate::sample) day: Day,
    pub(in crate::sample) auditor: &'static str,
    pub(in crate::sample) agency: &'static str,
    /// Sections A to K, 1 to 4, 4 the best.
    pub(in crate::sample) sections: [i32; 11],
    /// Golden thread, voice, health quality, care quality: 1 to 4.
    pub(in crate::sample) themes: [i32; 4],
    /// `O`, `G`, `RI`, `I`.
    pub(in crate::sample) overall: &'static str,
    /// What the second auditor says, where the audit was moderated.
    pub(in crate::sample) second: Option<&'static str>,
}

const GRADES: [&str; 4] = ["I", "RI", "G", "O"];
const AUDITORS: [(&str, &str); 6] = [
    ("Auditor 1", "LA"),
    ("Auditor 2", "LA"),
    ("Auditor 3", "LA"),
    ("Auditor 4", "HEALTH"),
    ("Auditor 5", "SOCIAL_CARE"),
    ("Auditor 6", "PARENT_CARER_FORUM"),
];

/// Audits of plans issued during the lives.
pub(super) fn audits(lives: &Lives, seed: u64) -> Vec<Audit> {
    let calendar = &lives.calendar;
    let mut audits = Vec::new();
    for (index, case) in lives.cases.iter().enumerate() {
        let Some(plan) = case.plan.as_ref().filter(|plan| plan.start >= calendar.start()) else { continue };
        let dice = &mut Dice::new(seed, DiceStream::Audit, u64::from(case.number));
        let day = (plan.start + dice.between(20, 110)).working();
        if !dice.chance(0.18) || day > calendar.end() {
            continue;
        }
        let quality = 1.55 + 0.75 * dice.normal() + 0.06 * f64::from(day.year() - calendar.first);
        let (auditor, agency) = dice.pick(&AUDITORS);
        // Each auditor has a leaning: two who look at one plan do not always agree.
        let leaning = |name: &str| f64::from(name.bytes().last().unwrap_or(b'3')) - 51.5;
        let grade = |dice: &mut Dice, name: &str| {
            let seen = quality + 0.12 * leaning(name) + 0.3 * dice.normal();
            GRADES.into_iter().zip([0.5, 1.5, 2.5]).find(|(_, limit)| seen < *limit).map_or("O", |(grade, _)| grade)
        };
        let overall = grade(dice, auditor);
        let (other, _) = dice.pick(&AUDITORS);
        let second = dice.chance(0.45).then(|| grade(dice, other));
        let mark = |dice: &mut Dice| {
            #[expect(clippy::cast_possible_truncation, reason = "a mark from 1 to 4")]
            let mark = (quality + 1.0 + 0.6 * dice.normal()).round() as i32;
            mark.clamp(1, 4)
        };
        let sections = [(); 11].map(|()| mark(dice));
        let themes = [(); 4].map(|()| mark(dice));
        audits.push(Audit { case: index, day, auditor, agency, sections, themes, overall, second });
    }
    audits.sort_by_key(|audit| (audit.day, audit.case));
    audits
}

/// One cycle of assess, plan, do, review with the Graduated Response Tool.
#[derive(Debug, Clone)]
pub(in crate::sample) struct ToolUse {
    pub(in crate::sample) site: usize,
    pub(in crate::sample) pupil: usize,
    pub(in crate::sample) opened: Day,
    /// `CI`, `CL`, `SEMH`, `PS`, `MED`.
    pub(in crate::sample) area: &'static str,
    /// `UNIVERSAL` or `SEN_SUPPORT`.
    pub(in crate::sample) level: &'static str,
    /// 1-based.
    pub(in crate::sample) cycle: i32,
    pub(in crate::sample) review: Day,
    /// `MET`, `CONTINUE`, `ESCALATE`, `EHCNA`.
    pub(in crate::sample) outcome: &'static str,
    pub(in crate::sample) author: &'static str,
    /// The request that it is evidence for, by index of its case.
    pub(in crate::sample) case: Option<usize>,
}

fn area(need: &str) -> &'static str {
    match need {
        "SLCN" | "ASD" => "CI",
        "SPLD" | "MLD" | "SLD" | "PMLD" => "CL",
        "SEMH" => "SEMH",
        "HI" | "VI" | "MSI" | "PD" => "PS",
        _ => "MED",
    }
}

/// Every cycle opened during the lives; marks the requests that came with evidence.
pub(super) fn tool_uses(lives: &mut Lives, seed: u64) -> Vec<ToolUse> {
    let mut uses = Vec::new();
    let mut evidenced = Vec::new();
    for (index, pupil) in lives.pupils.iter().enumerate() {
        let dice = &mut Dice::new(seed, DiceStream::Tool, u64::from(pupil.number));
        if let Some((from, to)) = pupil.support.filter(|_| dice.chance(0.35)) {
            cycles(lives, pupil, index, (from, to), dice, &mut uses);
        }
        for case in &pupil.cases {
            let received = lives.cases[*case].received;
            let opened = (received - dice.between(60, 100)).working();
            if dice.chance(0.6) && opened >= lives.calendar.start() {
                let review = (received - dice.between(1, 20)).working();
                if let Some(mut one) = cycle(lives, pupil, index, (opened, review.min(received)), 1, dice) {
                    one.outcome = "EHCNA";
                    one.case = Some(*case);
                    evidenced.push(*case);
                    uses.push(one);
                }
            }
        }
    }
    for case in evidenced {
        lives.cases[case].has_tool_evidence = true;
    }
    uses.sort_by_key(|one| (one.opened, one.pupil, one.cycle));
    uses
}

fn cycles(
    lives: &Lives,
    pupil: &Pupil,
    index: usize,
    (from, to): (Day, Day),
    dice: &mut Dice,
    uses: &mut Vec<ToolUse>,
) {
    let mut opened = from + dice.between(0, 300);
    for number in 1..=dice.between(1, 5) {
        let review = (opened + dice.between(40, 90)).working();
        if opened > to || opened > lives.calendar.end() {
            return;
        }
        if opened >= lives.calendar.start()
            && let Some(one) = cycle(lives, pupil, index, (opened.working(), review), number, dice)
        {
            let ends = one.outcome == "MET";
            uses.push(one);
            if ends {
                return;
            }
        }
        opened = review + dice.between(1, 30);
    }
}

/// One cycle, if the pupil is then at a school that uses the tool.
fn cycle(
    lives: &Lives,
    pupil: &Pupil,
    index: usize,
    (opened, review): (Day, Day),
    number: i32,
    dice: &mut Dice,
) -> Option<ToolUse> {
    let site = pupil.spells[pupil.main_spell(opened)?].site;
    lives.schools.sites[site].tool_from.filter(|from| *from <= opened)?;
    (opened <= lives.calendar.end()).then(|| ToolUse {
        site,
        pupil: index,
        opened,
        area: area(pupil.needs.0),
        level: if number == 1 && dice.chance(0.4) { "UNIVERSAL" } else { "SEN_SUPPORT" },
        cycle: number,
        review,
        outcome: dice.weighted(&[("MET", 22), ("CONTINUE", 60), ("ESCALATE", 18)]),
        author: dice.pick(&["SENCO", "TEACHER", "TA", "PASTORAL_LEAD"]),
        case: None,
    })
}

/// One child on the agenda of an Area Inclusion Discussion.
#[derive(Debug, Clone)]
pub(in crate::sample) struct Discussion {
    pub(in crate::sample) pupil: usize,
    pub(in crate::sample) site: usize,
    pub(in crate::sample) meeting: Day,
    /// `SUSP3`, `AT_RISK_PEX`, `PT_TIMETABLE`, `ATTEND`, `OTHER`.
    pub(in crate::sample) trigger: &'static str,
    pub(in crate::sample) trigger_day: Day,
    pub(in crate::sample) referred: Day,
    pub(in crate::sample) referred_by: &'static str,
    /// The child was on the agenda and was discussed.
    pub(in crate::sample) was_discussed: bool,
    pub(in crate::sample) actions: i32,
    pub(in crate::sample) lead: &'static str,
    pub(in crate::sample) review: Day,
    pub(in crate::sample) outcome: &'static str,
}

impl Discussion {
    /// The area whose discussion it was: that of the school.
    pub(in crate::sample) fn area(&self) -> &'static str {
        ["EAST", "NORTH", "SOUTH", "WEST"][self.site % 4]
    }
}

/// The days on which pupils reached a third suspension in an academic year: pupil, year, day. Withdrawn ones do not
/// count, permanent exclusions are not suspensions, lunchtimes are.
pub(in crate::sample) fn third_suspensions(pupil: &Pupil) -> Vec<(i32, Day)> {
    let mut starts: Vec<Day> = pupil.suspensions.iter().filter(|one| one.counts()).map(|one| one.start).collect();
    starts.sort_unstable();
    let mut thirds = Vec::new();
    let mut run = (i32::MIN, 0);
    for start in starts {
        let year = exclusion_year(start);
        run = if run.0 == year { (year, run.1 + 1) } else { (year, 1) };
        if run.1 == 3 {
            thirds.push((year, start));
        }
    }
    thirds
}

/// Discussions of the lives: most pupils with a third suspension, and some for other reasons.
pub(super) fn discussions(lives: &Lives, seed: u64) -> Vec<Discussion> {
    let mut rows = Vec::new();
    for (index, pupil) in lives.pupils.iter().enumerate() {
        if pupil.suspensions.is_empty() && !pupil.number.is_multiple_of(5) {
            continue;
        }
        let dice = &mut Dice::new(seed, DiceStream::Discussion, u64::from(pupil.number));
        for (_, third) in third_suspensions(pupil) {
            if dice.chance(0.82) {
                rows.extend(discuss(&lives.calendar, pupil, index, ("SUSP3", third), dice));
            }
        }
        if dice.chance(0.02) {
            let span = lives.calendar.end() - lives.calendar.start();
            let day = (lives.calendar.start() + dice.between(5, span - 60)).working();
            let trigger = dice.pick(&["AT_RISK_PEX", "PT_TIMETABLE", "ATTEND", "OTHER"]);
            rows.extend(discuss(&lives.calendar, pupil, index, (trigger, day), dice));
        }
    }
    rows.sort_by_key(|row| (row.meeting, row.pupil, row.trigger_day));
    rows
}

fn discuss(
    calendar: &Calendar,
    pupil: &Pupil,
    index: usize,
    (trigger, day): (&'static str, Day),
    dice: &mut Dice,
) -> Option<Discussion> {
    let site = pupil.spells[pupil.main_spell(day)?].site;
    let wait = whole::<usize>(dice.between(4, 22));
    // Some are discussed on the very day, and some in the next holiday, when panels meet too.
    let meeting = match pupil.number % 12 {
        0 => day,
        1 => calendar.holiday_after(day),
        _ => calendar.school_days_after(day, wait),
    };
    if meeting > calendar.end() {
        return None;
    }
    let was_excluded =
        pupil.suspensions.iter().any(|one| one.is_permanent() && meeting < one.start && one.start <= meeting + 90);
    let outcome = if was_excluded {
        "PEX"
    } else {
        dice.weighted(&[("MAINTAINED", 60), ("MANAGED_MOVE", 10), ("AP", 14), ("SPECIALIST", 6), ("OPEN", 10)])
    };
    Some(Discussion {
        pupil: index,
        site,
        meeting,
        trigger,
        trigger_day: day,
        referred: calendar.school_days_after(day, wait.div_ceil(2)).min(meeting),
        referred_by: dice.pick(&["SCHOOL", "INCLUSION_TEAM", "EP", "SOCIAL_CARE"]),
        was_discussed: dice.chance(0.93),
        actions: dice.between(0, 6),
        lead: dice.pick(&["EDU", "HEALTH_CAMHS", "SOCIAL_CARE", "EARLY_HELP", "POLICE"]),
        review: (meeting + dice.between(28, 84)).working(),
        outcome,
    })
}
