//! Values of a KPI for months, terms, twelve months and years to date, of the rows behind its own values.
//!
//! ```text
//! rows with a day ─┐
//! mart.dim_period ─┼─► counted by period ─► divided by what the same rows, or the year's own value, have below
//! own values ──────┘   (a period is told where every own period that it touches has a value, and bears their marks; in a year that is
//!                      not over, up to the newest row, or up to the day of what stands in for the return)
//! ```

use jiff::civil::Date;

use super::WarehouseError;
use super::dialect::text;
use super::engine::Engine;
use super::rows_behind::{COUNTED, COUNTED_OF_COUNCIL, PLACED};
use crate::definitions::kpi::DENOMINATOR_PERIOD;
use crate::definitions::{IN_PART, Kpi, Need, PeriodKind, STAND_INS, Series, SeriesKind, output_columns};

/// The mart of periods: without it no value is told which kind of period it speaks for.
pub(super) const PERIODS: &str = "dim_period";

/// The mart of what is to be known of periods, day for day.
pub(super) const MARKS: &str = "period_mark";

/// The table of periods as they are for KPIs whose academic years begin on 1 August (`from_august`), and for the others.
pub(super) const DAYS: &str = "memory._period";

/// The table of [`touched`].
const TOUCHED: &str = "memory._touched_year";

/// What it says of the period of a value, with the types.
pub(super) const OF_PERIOD: [(&str, &str); 4] =
    [("period_kind", "VARCHAR"), ("period_start", "DATE"), ("period_end", "DATE"), ("is_over", "BOOLEAN")];

/// Days of a term that lie in the summer before it: the department's autumn begins on 1 August.
const BEFORE_TERM: u8 = 31;

/// Which years of a kind each period touches, up to the as-of date, and how many: reckoned once for all KPIs.
pub(super) fn touched(engine: &dyn Engine, as_of: Date) -> Result<(), WarehouseError> {
    // From 1 September to 31 August it is from 1 August to 31 July; to date of a day in August, the year that is over.
    let july = "CAST(period_start + INTERVAL '11' MONTH - INTERVAL '1' DAY AS DATE)";
    let of_year = "period_kind LIKE 'academic_year%'";
    let end = format!("CASE WHEN {of_year} AND period_end > {july} THEN {july} ELSE period_end END");
    let days = format!(
        "SELECT FALSE AS from_august, period_kind, period, period_start, period_end, is_over FROM mart.{PERIODS} UNION ALL \
         SELECT TRUE, period_kind, period, CAST(CASE WHEN {of_year} THEN period_start - INTERVAL '1' MONTH ELSE period_start END AS DATE), \
         {end}, {end} <= {} FROM mart.{PERIODS}",
        day(as_of)
    );
    engine.create("list the days of each period", DAYS, &days)?;
    let sql = format!(
        "SELECT span.from_august, year.period_kind AS own_kind, span.period_kind, span.period, span.period_start, span.period_end, year.period AS of_year, \
         count(*) OVER (PARTITION BY span.from_august, year.period_kind, span.period_kind, span.period) AS years \
         FROM {DAYS} AS span INNER JOIN {DAYS} AS year ON year.from_august = span.from_august AND year.period_kind IN ({years}) \
         AND year.period_start <= CASE WHEN span.period_end < {as_of} THEN span.period_end ELSE {as_of} END \
         AND year.period_end >= span.period_start + INTERVAL (CASE WHEN span.period_kind IN ({terms}) AND NOT span.from_august THEN {BEFORE_TERM} ELSE 0 END) DAY",
        as_of = day(as_of),
        years = [PeriodKind::AcademicYear, PeriodKind::CalendarYear].map(|kind| text(kind.as_str())).join(", "),
        terms = [SeriesKind::Term, SeriesKind::TwoTerms].map(|kind| text(kind.as_str())).join(", "),
    );
    engine.create("list the years that each period touches", TOUCHED, &sql)
}

/// A condition on a row of `kpi.value` (or one joined to it as `alias`): a published figure is of a year, or nothing is published of its
/// KPI and breakdown by the year, as of weeks and of censuses of a term.
#[must_use]
pub fn published_own_periods(alias: &str) -> String {
    const YEARS: &str = "IN ('academic_year', 'calendar_year')";
    let is_year = |alias: &str| format!("({alias}.period_kind IS NULL OR {alias}.period_kind {YEARS})");
    format!(
        "({} OR NOT EXISTS (SELECT 1 FROM kpi.value AS by_year WHERE by_year.kpi_id = {alias}.kpi_id AND by_year.basis = 'published' \
         AND by_year.breakdown = {alias}.breakdown AND {}))",
        is_year(alias),
        is_year("by_year")
    )
}

fn day(day: Date) -> String {
    format!("CAST({} AS DATE)", text(&day.to_string()))
}

/// The statement that gives the values; none where the KPI has none. `own` stands after `FROM` for its own values.
pub(super) fn statement(kpi: &Kpi, own: &str, as_of: Date) -> Option<String> {
    let series = kpi.series.as_ref()?;
    let own_kind = kpi.period_kind?.as_str();
    let counted = SeriesRows::of(kpi, series, COUNTED_OF_COUNCIL)?;
    let as_of = day(as_of);
    let kinds: Vec<String> = series.kinds.iter().map(|kind| text(kind.as_str())).collect();
    let stand_in = stand_in(kpi, &as_of);
    let (id, from_august) = (text(&kpi.id), kpi.from_august);
    // Marks are those of the period's own days where a mart has them; else those of its years.
    let (mark, marks) = match &series.marks {
        Some(about) => (
            "max(marked.mark)",
            format!(
                " LEFT JOIN (SELECT period, geography_code, string_agg(mark, '; ' ORDER BY position, mark) AS mark FROM mart.{MARKS} \
                 WHERE about = {} GROUP BY period, geography_code) AS marked \
                 ON marked.period = span.period AND marked.geography_code = year.geography_code",
                text(about)
            ),
        ),
        None => ("string_agg(DISTINCT year.mark, '; ' ORDER BY year.mark)", String::new()),
    };
    let happened = if series.stock { "= gate.period_end" } else { "BETWEEN gate.period_start AND gate.period_end" };
    let rows = &counted.rows;
    let gate = if series.stock {
        // What stands at the end of a month is told where a row tells of that day.
        "SELECT span.period, span.period_start, span.period_end, own_row.geography_code, max(told.geography_name) AS geography_name, \
         CAST(NULL AS VARCHAR) AS of_year, max(stand_in.mark) AS mark, CAST(NULL AS VARCHAR) AS reached \
         FROM span INNER JOIN own_row ON own_row.day = span.period_end LEFT JOIN told ON told.geography_code = own_row.geography_code \
         LEFT JOIN stand_in ON span.period_end BETWEEN stand_in.period_start AND stand_in.told_until \
         GROUP BY span.period, span.period_start, span.period_end, own_row.geography_code"
            .to_owned()
    } else {
        format!(
            "SELECT span.period, span.period_start, span.period_end, year.geography_code, max(year.geography_name) AS geography_name, \
             max_by(year.period, year.period_start) AS of_year, {mark} AS mark, \
             CASE WHEN max(reach.told_until) = max(reach.last_day) AND LEAST(span.period_end, {as_of}) > max(reach.told_until) \
             THEN 'partial: up to ' || CAST(max(reach.told_until) AS VARCHAR) \
             WHEN span.period_end > last_day(max(reach.last_day)) \
             THEN 'partial: the newest row is of ' || CAST(max(reach.last_day) AS VARCHAR) END AS reached \
             FROM {TOUCHED} AS span INNER JOIN spoken AS year ON year.period = span.of_year CROSS JOIN reach{marks} \
             WHERE span.from_august = {from_august} AND span.own_kind = {own_kind} AND span.period_kind IN ({kinds}) AND span.period_start <= reach.last_day \
             GROUP BY span.period_kind, span.period, span.period_start, span.period_end, year.geography_code, span.years \
             HAVING min(year.has_value) = 1 AND count(*) = span.years \
             AND (max(reach.told_until) IS NULL OR span.period_kind <> {rolling} OR span.period_end <= last_day(max(reach.last_day)))",
            rolling = text(SeriesKind::RollingTwelveMonths.as_str()),
            own_kind = text(own_kind),
            kinds = kinds.join(", "),
        )
    };
    // Where the rows have no denominator, that of the year in which the period ends stands below each of its breakdowns.
    let (whole, of_year, breakdowns) = match &counted.denominator {
        Whole::Nothing => ("CAST(NULL AS DOUBLE)", "CAST(NULL AS VARCHAR)", "told.breakdown = 'total'"),
        Whole::OfRows => {
            ("CAST(COALESCE(counted.whole, 0) AS DOUBLE)", "CAST(NULL AS VARCHAR)", "told.breakdown = 'total'")
        }
        Whole::OfYear => {
            ("told.denominator", "COALESCE(told.denominator_period, gate.of_year)", "told.denominator IS NOT NULL")
        }
    };
    // Rows that count nothing tell of their day alone; what stands at the end of a month may be nothing.
    let that_count = if series.stock { "" } else { " WHERE part <> 0 OR whole <> 0" };
    Some(format!(
        "WITH told AS (SELECT period, geography_code, geography_name, breakdown, numerator, denominator, mark, denominator_period FROM {own} \
         WHERE kpi_id = {id} AND basis = 'local' AND geography_level = 'authority' AND NOT _superseded), \
         own_row AS (SELECT * FROM ({rows}) AS placed WHERE breakdown IS NOT NULL AND day <= {as_of}), \
         spoken AS (SELECT year.period_kind, year.period, year.period_start, year.period_end, told.geography_code, \
         max(told.geography_name) AS geography_name, max(CASE WHEN told.numerator IS NULL THEN 0 ELSE 1 END) AS has_value, \
         COALESCE(max(CASE WHEN told.breakdown = 'total' THEN told.mark END), max(told.mark)) AS mark \
         FROM {DAYS} AS year INNER JOIN told ON told.period = year.period WHERE year.from_august = {from_august} AND year.period_kind = {own_kind} \
         GROUP BY year.period_kind, year.period, year.period_start, year.period_end, told.geography_code), \
         stand_in AS ({stand_in}), \
         reach AS (SELECT max(day) AS last_day, max(told_until) AS told_until FROM (SELECT day, CAST(NULL AS DATE) AS told_until FROM own_row \
         UNION ALL SELECT period_end, NULL FROM spoken WHERE has_value = 1 AND period_end <= {as_of} \
         UNION ALL SELECT told_until, told_until FROM stand_in) AS known), \
         span AS (SELECT * FROM {DAYS} WHERE from_august = {from_august} AND period_kind IN ({kinds})), \
         gate AS ({gate}), \
         counted AS (SELECT gate.period, gate.geography_code, own_row.breakdown, sum(own_row.part) AS part, sum(own_row.whole) AS whole \
         FROM gate INNER JOIN own_row ON own_row.geography_code = gate.geography_code AND own_row.day {happened} \
         GROUP BY gate.period, gate.geography_code, own_row.breakdown), \
         asked AS (SELECT gate.period, gate.geography_code, told.breakdown FROM gate INNER JOIN told ON told.period = gate.of_year \
         AND told.geography_code = gate.geography_code AND {breakdowns} UNION SELECT period, geography_code, breakdown FROM counted{that_count}) \
         SELECT asked.period, 'authority' AS geography_level, asked.geography_code, gate.geography_name, asked.breakdown, \
         CAST(COALESCE(counted.part, 0) AS DOUBLE) AS numerator, {whole} AS denominator, CAST(NULL AS VARCHAR) AS reason, \
         CAST(NULL AS DOUBLE) AS published, CAST(NULL AS VARCHAR) AS _delivery, CAST(NULL AS VARCHAR) AS _sheet, \
         CAST(NULL AS INTEGER) AS _row, FALSE AS _superseded, \
         NULLIF(concat_ws('; ', gate.mark, gate.reached), '') AS mark, {of_year} AS {DENOMINATOR_PERIOD} \
         FROM asked INNER JOIN gate ON gate.period = asked.period AND gate.geography_code = asked.geography_code \
         LEFT JOIN counted ON counted.period = asked.period AND counted.geography_code = asked.geography_code \
         AND counted.breakdown = asked.breakdown \
         LEFT JOIN told ON told.period = gate.of_year AND told.geography_code = asked.geography_code AND told.breakdown = asked.breakdown",
        kinds = kinds.join(", "),
        own_kind = text(own_kind),
    ))
}

/// What tells periods of the KPI while the return of them is not in: how far, up to the as-of date, and with which mark.
fn stand_in(kpi: &Kpi, as_of: &str) -> String {
    if !kpi.reads.iter().any(|mart| mart == STAND_INS) {
        return "SELECT CAST(NULL AS DATE) AS period_start, CAST(NULL AS DATE) AS told_until, CAST(NULL AS VARCHAR) AS mark WHERE FALSE"
            .to_owned();
    }
    let any_of = kpi.needs.iter().flat_map(Need::any_of);
    let needs: Vec<String> = any_of.map(|(collection, table)| text(&format!("{collection}.{table}"))).collect();
    format!(
        "SELECT year.period_start, CASE WHEN one.told_until > {as_of} THEN {as_of} ELSE one.told_until END AS told_until, \
         max(one.mark) AS mark FROM mart.{STAND_INS} AS one INNER JOIN mart.{PERIODS} AS year ON year.period_kind = one.period_kind \
         AND year.period = one.period WHERE one.need IN ({}) GROUP BY year.period_start, one.told_until",
        needs.join(", ")
    )
}

/// The columns of own values, `told`, that are told again of an as-of date, with other parts and a mark more.
fn told_again(numerator: &str, denominator: &str, mark: &str) -> String {
    format!(
        "told.period, told.geography_level, told.geography_code, told.geography_name, told.breakdown, {numerator} AS numerator, \
         {denominator} AS denominator, CAST(NULL AS VARCHAR) AS reason, told.published, told.delivery_id AS _delivery, told.sheet AS _sheet, \
         told.row_number AS _row, FALSE AS _superseded, concat_ws('; ', told.mark, {}) AS mark, told.{DENOMINATOR_PERIOD}",
        text(mark)
    )
}

/// The own values of a KPI that it has, as `told`.
fn told_of(kpi: &Kpi, own: &str) -> String {
    format!(
        "(SELECT * FROM {own} WHERE kpi_id = {} AND basis = 'local' AND numerator IS NOT NULL AND NOT _superseded) AS told",
        text(&kpi.id)
    )
}

/// The statement that gives the own values of which rows happened after the as-of date, without these rows; none for a KPI whose rows have
/// no day, or that counts what stands at the end.
pub(super) fn without_later(kpi: &Kpi, own: &str, as_of: Date) -> Option<String> {
    let series = kpi.series.as_ref().filter(|series| !series.stock)?;
    let SeriesRows { rows, denominator } = SeriesRows::of(kpi, series, COUNTED)?;
    let whole = match denominator {
        Whole::OfRows => "told.denominator - CAST(COALESCE(later.whole, 0) AS DOUBLE)",
        Whole::OfYear | Whole::Nothing => "told.denominator",
    };
    let part = "told.numerator - CAST(COALESCE(later.part, 0) AS DOUBLE)";
    Some(format!(
        "WITH later AS (SELECT period, geography_level, geography_code, breakdown, sum(part) AS part, sum(whole) AS whole \
         FROM ({rows}) AS placed WHERE day > DATE '{as_of}' GROUP BY period, geography_level, geography_code, breakdown) \
         SELECT {} FROM {} INNER JOIN later ON later.period = told.period AND later.geography_level = told.geography_level \
         AND later.geography_code = told.geography_code AND later.breakdown = told.breakdown",
        told_again(part, whole, &format!("partial: up to {as_of}")),
        told_of(kpi, own)
    ))
}

/// The statement that gives the own values of periods that were not over on the as-of date, with a mark: of a KPI whose rows tell no day
/// nobody can say which are later, where some of what came is.
pub(super) fn undated(kpi: &Kpi, own: &str, as_of: Date) -> Option<String> {
    let own_kind = kpi.period_kind.filter(|_| kpi.series.is_none())?;
    let mark = format!("partial: its rows tell no day, so that some may be later than {as_of}");
    Some(format!(
        "SELECT {} FROM {} INNER JOIN {DAYS} AS span ON span.period = told.period AND span.from_august = {} AND span.period_kind = {} \
         AND NOT span.is_over",
        told_again("told.numerator", "told.denominator", &mark),
        told_of(kpi, own),
        kpi.from_august,
        text(own_kind.as_str())
    ))
}

/// Where the denominator comes from.
enum Whole {
    /// Nothing is divided by.
    Nothing,
    /// The rows have it.
    OfRows,
    /// Taken once a year: the own value has it.
    OfYear,
}

/// The rows of a KPI with a day, and what each counts.
struct SeriesRows {
    /// Gives `period`, `geography_level`, `geography_code`, `breakdown`, `day`, `part`, `whole`.
    rows: String,
    denominator: Whole,
}

impl SeriesRows {
    /// `counted` is the table of counts.
    fn of(kpi: &Kpi, series: &Series, counted: &str) -> Option<Self> {
        let behind = kpi.rows.as_ref();
        let of = |is_in_rows: bool| match (kpi.unit.is_plain(), is_in_rows) {
            (true, _) => Whole::Nothing,
            (false, true) => Whole::OfRows,
            (false, false) => Whole::OfYear,
        };
        let every = series.standing.as_ref().or(behind.and_then(|behind| behind.every.as_ref()));
        let (parts, has_whole) = match every {
            Some(every) => ("'rows.every'", has_column(every, IN_PART[1])),
            None => {
                behind?.numerator.as_ref()?;
                let denominator = behind?.denominator.as_ref();
                if denominator.is_some_and(|sql| has_column(sql, &series.day)) {
                    ("'rows.numerator', 'rows.denominator'", true)
                } else {
                    ("'rows.numerator'", false)
                }
            }
        };
        let rows = format!(
            "SELECT {PLACED}, day, numerator AS part, denominator AS whole FROM {counted} AS counted \
             WHERE kpi_id = {} AND is_stock = {} AND part IN ({parts})",
            text(&kpi.id),
            series.standing.is_some()
        );
        Some(Self { rows, denominator: of(has_whole) })
    }
}

fn has_column(sql: &str, wanted: &str) -> bool {
    output_columns(sql).iter().all(|columns| columns.iter().any(|column| column == wanted))
}
