/// What does not pass holds its own collection, and nothing else.
mod holds;
/// Generations of the past, which are never published.
mod past;
/// A rollback holds until somebody resumes.
mod pin;
/// Deliveries that should never have come.
mod withdraw;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// A place with two collections: visits, whose layout takes any name, and clinics, whose layout asks for one.
pub(crate) struct Two {
    pub(crate) root: PathBuf,
    _keep: tempfile::TempDir,
}

/// A page that a server sent instead of data.
pub(crate) const PAGE: &str = "<!doctype html><html><body>Gateway timeout</body></html>";

impl Two {
    pub(crate) fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        let two = Self { root: keep.path().to_path_buf(), _keep: keep };
        for name in ["sql/kpis", "sql/marts", "sql/checks", "config", "inbox/visits", "inbox/clinics"] {
            fs::create_dir_all(two.root.join(name)).unwrap();
        }
        two.collection("visits", "");
        two.collection("clinics", "files = [\"clinic_*.csv\"]\n");
        two.gate("visits", "max_quarantined_share = 0.3\nmin_rows_share = 0.5");
        two.gate("clinics", "");
        two
    }

    fn collection(&self, name: &str, files: &str) {
        let folder = self.root.join("pipelines").join(name);
        for name in ["tables", "layouts"] {
            fs::create_dir_all(folder.join(name)).unwrap();
        }
        self.write(
            &format!("pipelines/{name}/tables/{name}.toml"),
            &format!(
                "title = \"{name}\"\ngrain = \"one\"\nkey = [\"id\"]\nclass = \"none\"\ndisposition = \"append\"\nmart = \"{name}\"\n\
                 [columns]\nid = {{ type = \"text\", required = true, about = \"The id.\" }}\n\
                 days = {{ type = \"integer\", about = \"Days.\" }}\n\
                 site = {{ type = \"text\", about = \"Where.\" }}\n"
            ),
        );
        self.write(
            &format!("pipelines/{name}/layouts/{name}.toml"),
            &format!("title = \"A log\"\ntable = \"{name}\"\nwhy = \"a test\"\n{files}[format]\ncsv = {{}}\n"),
        );
    }

    pub(crate) fn gate(&self, collection: &str, gate: &str) {
        self.write(
            &format!("pipelines/{collection}/pipeline.toml"),
            &format!(
                "title = \"{collection}\"\nowner = \"x\"\npurpose = \"x\"\nlawful_basis = \"x\"\nretention = \"1 year\"\n\
                 [gate]\n{gate}\n[[source]]\nfolder.path = \"inbox/{collection}\"\n"
            ),
        );
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.root.join(path), text).unwrap();
    }

    /// A file of this many rows, whose ids begin with `from`; the last `bad` of them hold no number of days.
    pub(crate) fn file(&self, path: &str, from: &str, rows: usize, bad: usize) {
        let line = |row: usize| {
            let days = if row + bad < rows { row.to_string() } else { "many".to_owned() };
            format!("{from}{row},{days},north\n")
        };
        self.write(path, &format!("id,days,site\n{}", (0..rows).map(line).collect::<String>()));
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.root.join(path)).unwrap();
    }

    pub(crate) fn sendmart(&self, arguments: &[&str]) -> (i32, String, String) {
        crate::sendmart(&self.root, arguments)
    }

    /// A run that ends with this code; what it says on standard error.
    pub(crate) fn run(&self, code: i32) -> String {
        let (found, out, err) = self.sendmart(&["run"]);
        assert_eq!(found, code, "{out}{err}");
        self.told(&err)
    }

    /// A text without what differs from one machine, day or minute to the next.
    pub(crate) fn told(&self, text: &str) -> String {
        let text = text.replace(&self.root.display().to_string(), "PLACE");
        let moment = regex::Regex::new(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?( ?[A-Z]+)?").unwrap();
        let day = regex::Regex::new(r"\d{4}-\d\d-\d\d").unwrap();
        day.replace_all(&moment.replace_all(&text, "MOMENT"), "DAY").into_owned()
    }

    /// The rows of an answer, as JSON.
    pub(crate) fn ask(&self, sql: &str) -> Vec<Value> {
        let (code, out, err) = self.sendmart(&["--json", "query", sql]);
        assert_eq!(code, 0, "{err}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// One number.
    pub(crate) fn number(&self, sql: &str) -> u64 {
        let row = &self.ask(&format!("SELECT CAST(({sql}) AS BIGINT) AS n"))[0];
        row["n"].as_u64().unwrap_or_else(|| panic!("{row}"))
    }

    /// Rows of both marts that stand. A mart of which nothing ever came is not there, and has none.
    pub(crate) fn rows(&self) -> (u64, u64) {
        let is_there = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'mart' AND table_name =";
        let of = |mart: &str| match self.number(&format!("{is_there} '{mart}'")) {
            0 => 0,
            _ => self.number(&format!("SELECT count(*) FROM mart.{mart} WHERE NOT _superseded")),
        };
        (of("visits"), of("clinics"))
    }

    pub(crate) fn status(&self) -> Value {
        let (code, out, err) = self.sendmart(&["--json", "status"]);
        assert_eq!(code, 0, "{err}");
        serde_json::from_str(&out).unwrap()
    }

    pub(crate) fn generation(&self) -> u64 {
        self.status()["live"]["generation"].as_u64().unwrap()
    }
}
