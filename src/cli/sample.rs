//! `sample`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::progress::Spinner;
use super::{Context, Failure, output};
use crate::model::Period;
use crate::sample::{SampleError, SampleRequest, write};

/// What `sendmart sample` is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct SampleArgs {
    /// A new or empty folder for `inbox`, `truth.json`, `calendar.csv`, `sample.toml` and its key
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Schools of all phases, 2 to 900
    #[arg(long, value_name = "N", default_value_t = 60)]
    schools: usize,
    /// Pupils in a January headcount, about
    #[arg(long, value_name = "N", default_value_t = 8_000)]
    pupils: usize,
    /// Academic years, 1 to 20
    #[arg(long, value_name = "N", default_value_t = 3)]
    years: usize,
    /// The last of these academic years
    #[arg(long, value_name = "YEAR", default_value = "2025/26")]
    until: String,
    /// Another seed is another county; the same seed is the same county, byte for byte
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How much goes wrong, 0 to 1: late schools, corrected deliveries, doubled rows, mistyped UPNs, dates and codes
    #[arg(long, value_name = "SHARE", default_value_t = 0.02)]
    mess: f64,
    /// Threads; default one a processor. They change the time and nothing else
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

pub(super) const EXAMPLES: &str = "\
Nobody in it is real: names are put together from syllables, URNs begin at 990001, postcodes are of an area that is not.
Lives are lived first; returns are then written of them, in every shape in which they arrive; and truth.json says what
is true of the lives: every KPI with its numerator and denominator, and every fault that was planted, with its cell.

Examples:
  sendmart sample --out /tmp/county                60 schools, 8,000 pupils
  sendmart sample --out /tmp/small --schools 8 --pupils 500 --mess 0
                                                   nothing goes wrong in it
  sendmart sample --out /tmp/other --seed 2        another county
  sendmart sample --out /tmp/old --years 10        codes and headers of ten years
  sendmart sample --out /tmp/next --until 2026/27  the 29 reasons from 2026/27
  sendmart --config /tmp/county/sample.toml run    read it";

/// `sendmart sample`.
pub(super) fn sample(context: &Context, args: &SampleArgs) -> Result<(), Failure> {
    let last_year = match Period::parse(&args.until) {
        Ok(Period::AcademicYear(year)) => i32::from(year),
        _ => {
            return Err(Failure::usage(
                format!("`--until {}` is not an academic year", args.until),
                "write it as 2025/26",
            ));
        }
    };
    let threads = args.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let request = SampleRequest {
        schools: args.schools,
        pupils: args.pupils,
        years: args.years,
        last_year,
        seed: args.seed,
        mess: args.mess,
        threads,
    };
    let folder = std::path::absolute(&args.out).unwrap_or_else(|_| args.out.clone());
    let spinner = Spinner::new();
    let written = write(&request, &folder, &spinner);
    spinner.done();
    let report = written.map_err(|error: SampleError| Failure {
        text: error.to_string(),
        hint: error.hint(),
        exit_code: if error.is_usage() { 2 } else { 74 },
    })?;
    if context.json {
        let value = serde_json::json!({
            "folder": folder, "pupils": report.pupils, "files": report.files, "rows": report.rows,
            "bytes": report.bytes, "kpi_values": report.kpi_values, "faults": report.faults,
        });
        output::line(&value.to_string());
        return Ok(());
    }
    output::said(&format!(
        "{} pupils lived in the county; {} files of {} rows tell of them ({} MB)\n\
         {}: {} true values of KPIs, {} faults planted\n\
         Read it with `sendmart --config {} run`",
        report.pupils,
        report.files,
        report.rows,
        report.bytes / 1_000_000,
        folder.join("truth.json").display(),
        report.kpi_values,
        report.faults,
        folder.join("sample.toml").display()
    ));
    Ok(())
}
