//! Marts that are made once: each is a Parquet file of the lake, named by what decides its content and by its content.
//!
//! ```text
//! SQL of the mart, macros ─┐
//! content of marts read ───┼─► recipe ─► marts/<mart>/<recipe>-<content>.parquet ── is there ──► read
//! conformed parts read ────┤                                                       └─ is not ──► made, written, renamed
//! settings that it reads ──┘
//! ```
//!
//! A mart that is made anew with the same content changes nothing that reads it. A file whose bytes are not what its name says is made anew.
//! Whoever reads the files shares a lock on their folder, and nothing is cleared away while somebody else does.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::WarehouseError;
use super::build::BuildInput;
use super::conformed;
use super::dialect::name;
use super::engine::Engine;
use crate::definitions::{Table, foreign_tables, read_tables};
use crate::lake::{FileError, create_dir_durable, fsync_file, make_private, sha256_file};
use crate::model::hex;

/// Hexadecimal digits of a hash that a file's name has.
const DIGITS: usize = 32;

/// What came, which is kept as marts are: no mart has a dot in its name.
const ARRIVAL: &str = "meta.arrival";

/// Where rows are that are kept beside marts.
pub(super) enum KeptRows {
    /// In a file.
    File(PathBuf),
    /// In a table, which was made of them.
    Table(String),
}

/// A mart that is kept.
pub(super) struct KeptMart {
    /// The `SELECT` of its rows.
    pub(super) sql: String,
    /// The bytes of its file.
    pub(super) bytes: u64,
    /// The hash of its rows in their order.
    pub(super) content: String,
}

/// What the files are opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeptFor {
    /// They are made, kept and cleared away.
    Making,
    /// They are read, and nothing of the lake is written.
    Reading,
}

/// The marts of one build.
pub(super) struct KeptMarts<'a> {
    folder: PathBuf,
    staging: PathBuf,
    /// What every recipe begins with: the program and the macros.
    common: String,
    /// What the conformed view of each table is made of.
    views: BTreeMap<String, String>,
    /// What marts read of `meta`, by the table.
    meta: BTreeMap<&'static str, String>,
    /// The content of each mart that was made or read, by its name.
    contents: RefCell<BTreeMap<String, String>>,
    used: RefCell<BTreeSet<PathBuf>>,
    kept_for: KeptFor,
    /// Holds the shared lock on the folder; there is none where the folder is not yet, or its file system has no locks.
    lock: Option<File>,
    input: &'a BuildInput<'a>,
}

impl<'a> KeptMarts<'a> {
    pub(super) fn of(input: &'a BuildInput<'a>, staging: &Path, kept_for: KeptFor) -> Result<Self, WarehouseError> {
        let folder = input.place.marts();
        if kept_for == KeptFor::Making {
            create_dir_durable(&folder)?;
        }
        let lock = File::open(&folder).ok().filter(|folder| folder.lock_shared().is_ok());
        let macros: Vec<String> = input.definitions.macros.iter().map(super::duck::macro_sql).collect();
        let arrived: Vec<String> =
            input.deliveries.iter().map(|(delivery, book)| format!("{delivery:?} {book:?}")).collect();
        let codes = input.definitions.tables().flat_map(|table| table.columns.values());
        let codes: BTreeMap<&str, String> = codes
            .filter_map(|column| column.codes.as_ref())
            .map(|list| (list.name.as_str(), format!("{:?}", list.codes)))
            .collect();
        let meta =
            BTreeMap::from([(ARRIVAL, digest(&arrived.join("\n"))), ("meta.code", digest(&format!("{codes:?}")))]);
        Ok(Self {
            folder,
            staging: staging.to_path_buf(),
            common: format!("{} {}", env!("CARGO_PKG_VERSION"), digest(&macros.join("\n"))),
            views: conformed::recipes(input),
            meta,
            contents: RefCell::default(),
            used: RefCell::default(),
            kept_for,
            lock,
            input,
        })
    }

    /// A mart's rows where they are kept. A file of a content that `is_there` already is not read, and its bytes are not looked at.
    pub(super) fn find(
        &self,
        engine: &dyn Engine,
        mart: &str,
        sql: &str,
        is_there: impl Fn(&str) -> bool,
    ) -> Result<Option<KeptMart>, WarehouseError> {
        let recipe = self.recipe(sql);
        let there = self.named(mart, &recipe).into_iter().find(|(_, content)| is_there(content));
        let found = if there.is_some() { there } else { self.kept(mart, &recipe)? };
        let Some((path, content)) = found else { return Ok(None) };
        let bytes = fs::metadata(&path).map_err(FileError::at("look at", &path))?.len();
        let sql = format!("SELECT * FROM {}", engine.dialect().parquet(std::slice::from_ref(&path)));
        self.is_made(mart, path, content.clone());
        Ok(Some(KeptMart { sql, bytes, content }))
    }

    /// The table of a mart that is not kept, with the rows of a `SELECT`; `proved` is asked of it before it is kept.
    pub(super) fn make(
        &self,
        engine: &dyn Engine,
        doing: &str,
        mart: &str,
        sql: &str,
        proved: impl FnOnce() -> Result<(), WarehouseError>,
    ) -> Result<(), WarehouseError> {
        engine.create(doing, &format!("mart.{}", name(mart)), sql)?;
        proved()?;
        let staged = self.staged(engine, doing, mart)?;
        self.keep(mart, &self.recipe(sql), staged)
    }

    /// The content of a mart of whose returns no row came: there is nothing to read, or to keep.
    pub(super) fn nothing(&self, mart: &str, table: &Table) -> String {
        let view = self.views.get(&table.view_name()).map_or("", String::as_str);
        let content = digest(&format!("no rows of {view}"));
        self.contents.borrow_mut().insert(mart.to_owned(), content.clone());
        content
    }

    /// The rows of a mart, read where they lie; where none are kept, made in memory of views that `ready` makes, and not kept.
    pub(super) fn look(
        &self,
        engine: &dyn Engine,
        mart: &str,
        sql: &str,
        ready: impl FnOnce() -> Result<(), WarehouseError>,
    ) -> Result<(), WarehouseError> {
        let table = format!("mart.{}", name(mart));
        let recipe = self.recipe(sql);
        let doing = format!("read mart.{mart}");
        if let Some((path, content)) = self.kept(mart, &recipe)? {
            let rows = format!("SELECT * FROM {}", engine.dialect().parquet(std::slice::from_ref(&path)));
            engine.view(&doing, &table, &rows)?;
            self.is_made(mart, path, content);
            return Ok(());
        }
        ready()?;
        engine.create(&doing, &table, sql)?;
        let (_, content) = self.staged(engine, &doing, mart)?;
        self.contents.borrow_mut().insert(mart.to_owned(), content);
        Ok(())
    }

    /// What came, as a build has listed it: kept beside the marts, as making the list anew reads every part of the lake.
    pub(super) fn keep_arrival(&self, engine: &dyn Engine) -> Result<(), WarehouseError> {
        let recipe = self.recipe_of_arrival();
        if let Some((path, content)) = self.kept(ARRIVAL, &recipe)? {
            self.is_made(ARRIVAL, path, content);
            return Ok(());
        }
        let staged = self.written(engine, "keep what came", ARRIVAL, ARRIVAL)?;
        self.keep(ARRIVAL, &recipe, staged)
    }

    /// The file of what came, where a build has kept it.
    pub(super) fn arrival(&self) -> Result<Option<PathBuf>, WarehouseError> {
        Ok(self.kept(ARRIVAL, &self.recipe_of_arrival())?.map(|(path, _)| path))
    }

    /// What a `SELECT` over marts gives, to stand after `FROM`: the file in which it is kept, or `table`, which it is made in first. Who
    /// makes marts keeps it, among what is kept under that name.
    pub(super) fn rows(
        &self,
        engine: &dyn Engine,
        doing: &str,
        among: &str,
        table: &str,
        sql: &str,
    ) -> Result<KeptRows, WarehouseError> {
        let recipe = self.recipe(sql);
        if let Some((path, _)) = self.kept(among, &recipe)? {
            self.used.borrow_mut().insert(path.clone());
            return Ok(KeptRows::File(path));
        }
        engine.create(doing, table, sql)?;
        if self.kept_for == KeptFor::Making {
            let staged = self.written(engine, doing, table, &recipe)?;
            self.keep(among, &recipe, staged)?;
        }
        Ok(KeptRows::Table(table.to_owned()))
    }

    /// The content of a mart that was made or read.
    pub(super) fn content(&self, mart: &str) -> Option<String> {
        self.contents.borrow().get(mart).cloned()
    }

    fn recipe_of_arrival(&self) -> String {
        digest(&format!("{} {:?} {:?}", self.common, self.meta.get(ARRIVAL), self.views))
    }

    /// The file of a mart that was made, before it is kept, and its content.
    fn staged(&self, engine: &dyn Engine, doing: &str, mart: &str) -> Result<(PathBuf, String), WarehouseError> {
        self.written(engine, doing, &format!("mart.{}", name(mart)), mart)
    }

    fn written(
        &self,
        engine: &dyn Engine,
        doing: &str,
        table: &str,
        stem: &str,
    ) -> Result<(PathBuf, String), WarehouseError> {
        let staged = self.staging.join(format!("{stem}.parquet"));
        engine.write(doing, table, &staged)?;
        let content = sha256_file(&staged)?[..DIGITS].to_owned();
        Ok((staged, content))
    }

    /// Keeps a file that was written.
    fn keep(&self, what: &str, recipe: &str, (staged, content): (PathBuf, String)) -> Result<(), WarehouseError> {
        let folder = self.folder.join(what);
        create_dir_durable(&folder)?;
        make_private(&staged)?;
        let path = folder.join(format!("{recipe}-{content}.parquet"));
        fsync_file(&staged)?;
        fs::rename(&staged, &path).map_err(FileError::at("keep a mart", &path))?;
        self.is_made(what, path, content);
        Ok(())
    }

    /// Clears away every mart that this build has not read, unless another process reads any: the next build does it then.
    pub(super) fn clear(self) -> Result<(), WarehouseError> {
        drop(self.lock);
        let folder = File::open(&self.folder).map_err(FileError::at("open", &self.folder))?;
        if let Err(TryLockError::WouldBlock) = folder.try_lock() {
            return Ok(());
        }
        let used = self.used.into_inner();
        let listed =
            |folder: &Path| fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect());
        let folders: Vec<PathBuf> = listed(&self.folder).unwrap_or_default();
        for folder in folders {
            let files: Vec<PathBuf> = listed(&folder).unwrap_or_default();
            for file in files.iter().filter(|file| !used.contains(*file)) {
                fs::remove_file(file).map_err(FileError::at("clear away a mart that nothing needs", file))?;
            }
            // One that is not empty stays.
            let _ = fs::remove_dir(&folder);
        }
        Ok(())
    }

    fn is_made(&self, mart: &str, path: PathBuf, content: String) {
        self.contents.borrow_mut().insert(mart.to_owned(), content);
        self.used.borrow_mut().insert(path);
    }

    /// A file of that recipe whose bytes are what its name says, and its content; who makes marts takes away what is damaged.
    fn kept(&self, mart: &str, recipe: &str) -> Result<Option<(PathBuf, String)>, WarehouseError> {
        for (path, content) in self.named(mart, recipe) {
            match sha256_file(&path) {
                Ok(hash) if hash[..DIGITS] == *content => return Ok(Some((path, content))),
                // Another has taken a damaged one away since it was listed.
                Err(error) if error.source.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error.into()),
                Ok(_) => {}
            }
            if self.kept_for == KeptFor::Making {
                match fs::remove_file(&path) {
                    Err(error) if error.kind() != ErrorKind::NotFound => {
                        return Err(FileError::at("take away a damaged mart", &path)(error).into());
                    }
                    _ => {}
                }
            }
        }
        Ok(None)
    }

    /// The files of that recipe, each with the content that its name says.
    fn named(&self, mart: &str, recipe: &str) -> Vec<(PathBuf, String)> {
        let Ok(entries) = fs::read_dir(self.folder.join(mart)) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        let content = |path: &PathBuf| {
            let stem = path.file_stem()?.to_string_lossy().into_owned();
            Some(stem.strip_prefix(recipe)?.strip_prefix('-')?.to_owned())
        };
        paths.into_iter().filter_map(|path| Some((path.clone(), content(&path)?))).collect()
    }

    /// What decides the content of a mart.
    fn recipe(&self, sql: &str) -> String {
        let mut lines = vec![self.common.clone(), sql.to_owned()];
        let contents = self.contents.borrow();
        for mart in read_tables(sql).0 {
            lines.push(format!("mart.{mart} {}", contents.get(&mart).map_or("", String::as_str)));
        }
        for table in foreign_tables(sql) {
            let of = match table.as_str() {
                "meta.generation" => self.generation(sql),
                other => match other.strip_prefix("conformed.") {
                    Some(view) => self.views.get(view).cloned().unwrap_or_default(),
                    None => self.meta.get(other).cloned().unwrap_or_default(),
                },
            };
            lines.push(format!("{table} {of}"));
        }
        digest(&lines.join("\n"))
    }

    /// What a mart reads of the generation, by the columns that it names.
    fn generation(&self, sql: &str) -> String {
        let settings = &self.input.definitions.settings;
        let columns = [
            ("as_of", self.input.as_of.to_string()),
            ("known_at", self.input.known_at.to_string()),
            ("authority", settings.authority.clone().unwrap_or_default()),
        ];
        let named = columns.iter().filter(|(column, _)| sql.contains(column) || sql.contains('*'));
        named.map(|(column, value)| format!("{column}={value}")).collect::<Vec<_>>().join(" ")
    }
}

fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))[..DIGITS].to_owned()
}
