use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::SystemTime;

use sendmart::lake::{Place, sha256_file};
use sendmart::ledger::Ledger;
use sendmart::warehouse::{generations, live};

use crate::{checkout, sendmart};

/// What a reader asks: all parts have to be of one generation.
pub(crate) const WHOLE: &str = "SELECT generation, run_id, fingerprint, CAST(as_of AS VARCHAR) AS as_of, \
    (SELECT count(*) FROM meta.delivery) AS deliveries, (SELECT count(*) FROM mart.published_ehcp_timeliness) AS rows, \
    (SELECT count(*) FROM meta.delivery WHERE rows_read <> rows_accepted + rows_quarantined + rows_skipped) AS unbalanced, \
    (SELECT count(*) FROM meta.part AS part WHERE part.rows <> \
        (SELECT count(*) FROM mart.published_ehcp_timeliness WHERE _delivery = part.delivery_id)) AS short, \
    (SELECT count(*) FROM kpi.value WHERE as_of <> g.as_of) AS of_another FROM meta.generation AS g";

/// A small place: one table of real rows, two KPIs. One run takes well below a second on a machine of its own.
pub(crate) struct Small {
    _keep: tempfile::TempDir,
    pub(crate) root: PathBuf,
    config: String,
}

impl Small {
    /// Nothing has arrived yet.
    pub(crate) fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        let root = keep.path().to_path_buf();
        symlink(checkout().join("config"), root.join("config")).unwrap();
        for folder in ["inbox", "sql/marts"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        for file in [
            "pipelines/published_ehcp/pipeline.toml",
            "pipelines/published_ehcp/tables/timeliness.toml",
            "pipelines/published_ehcp/layouts/timeliness.toml",
            "sql/kpis/ehcp_20_week.sql",
            "sql/kpis/ehcp_20_week_no_exceptions.sql",
            "sql/checks/kpi_grain.sql",
        ] {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            symlink(checkout().join(file), root.join(file)).unwrap();
        }
        let config = root.join("small.toml");
        fs::write(
            &config,
            "keep_generations = 2\nlimits.threads = 2\n[[source]]\ncollection = \"published_ehcp\"\nfolder.path = \"inbox\"\n\
             received = \"2025-06-26\"\n",
        )
        .unwrap();
        let config = config.display().to_string();
        Self { _keep: keep, root, config }
    }

    /// Another thirty rows of the published file arrive.
    pub(crate) fn deliver(&self, number: usize) {
        let published = "config/demo/data/published_ehcp/2025-06-26/timeliness_20_week.csv";
        let text = fs::read_to_string(checkout().join(published)).unwrap();
        let (header, body) = text.split_once('\n').unwrap();
        let lines: Vec<&str> = body.lines().collect();
        let rows: Vec<&str> = lines.iter().cycle().skip(number % lines.len()).take(30).copied().collect();
        let path = self.root.join(format!("timeliness_{number:03}.csv"));
        fs::write(&path, format!("{header}\n{}\n", rows.join("\n"))).unwrap();
        fs::rename(&path, self.root.join("inbox").join(path.file_name().unwrap())).unwrap();
    }

    /// Runs the program here.
    pub(crate) fn sendmart(&self, arguments: &[&str]) -> (i32, String, String) {
        sendmart(&self.root, &[&["--config", &self.config], arguments].concat())
    }

    /// A run that finishes; what it says.
    pub(crate) fn run(&self, as_of: &str) -> String {
        let (code, out, err) = self.sendmart(&["--as-of", as_of, "run"]);
        assert_eq!(code, 0, "{out}\n{err}");
        out
    }

    /// One row of an answer, or why there is none.
    pub(crate) fn ask(&self, sql: &str) -> Result<String, String> {
        let (code, out, err) = self.sendmart(&["--json", "query", sql]);
        if code == 0 { Ok(out.trim().to_owned()) } else { Err(format!("exit code {code}: {err}")) }
    }

    /// The number that the live file gives itself.
    pub(crate) fn generation(&self) -> u64 {
        number(&self.ask(WHOLE).unwrap(), "generation")
    }

    /// Where its outputs are.
    pub(crate) fn place(&self) -> Place {
        Place::new(&self.root, "var")
    }

    /// A run that is under way.
    pub(crate) fn victim(&self, as_of: &str) -> Child {
        Command::new(env!("CARGO_BIN_EXE_sendmart"))
            .args(["--place", &self.root.display().to_string(), "--config", &self.config, "--as-of", as_of, "run"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Whether a run that began at `since` is building: its file lies in the staging folder.
    pub(crate) fn is_staged(&self, since: SystemTime) -> bool {
        fs::read_dir(self.place().staging("")).into_iter().flatten().flatten().any(|run| {
            let file = run.path().join("sendmart.duckdb");
            fs::metadata(file).and_then(|file| file.modified()).is_ok_and(|modified| modified > since)
        })
    }

    /// Everything is whole, and nothing is left of any run that was killed.
    pub(crate) fn assert_clean(&self, told: &str) {
        let place = self.place();
        let mut left = Vec::new();
        let mut folders = vec![place.var().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let is_working = folder.ends_with("warehouse/staging") || folder.ends_with("landing/incoming");
                if is_working || name.starts_with('.') || name.contains(".wal") || name.contains(".tmp") {
                    left.push(path);
                } else if path.is_dir() {
                    folders.push(path);
                }
            }
        }
        assert!(left.is_empty(), "{told}: left behind: {left:#?}");
        let current = live(&place).unwrap();
        let sealed = place.generation(current.generation).join("sendmart.duckdb");
        assert_eq!(fs::metadata(place.live()).unwrap().ino(), fs::metadata(&sealed).unwrap().ino(), "{told}");
        assert_eq!(current.generation, self.generation(), "{told}: CURRENT.json and the live file differ");
        let kept = generations(&place);
        assert!(kept.contains(&current), "{told}: CURRENT.json and the manifest differ");
        assert_eq!(
            kept.len(),
            fs::read_dir(place.generations()).unwrap().count(),
            "{told}: a generation has no manifest"
        );
        for kept in kept {
            let file = place.generation(kept.generation).join("sendmart.duckdb");
            assert_eq!(sha256_file(&file).unwrap(), kept.sha256, "{told}: generation {} changed", kept.generation);
        }
        for run in Ledger::open(&place).unwrap().runs().unwrap() {
            assert!(run.is_finished() && run.is_intact, "{told}: {run:?}");
        }
    }
}

/// A whole number of a JSON line.
pub(crate) fn number(line: &str, name: &str) -> u64 {
    let row: serde_json::Value = serde_json::from_str(line).unwrap();
    row[name].as_u64().unwrap_or_else(|| panic!("no {name} in {line}"))
}
