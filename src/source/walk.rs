//! The files below a folder, in the order of their names, and opening one of them without being led out of the folder.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::limits::DEPTH;
use super::problem::SourceFault;

/// A file below a folder.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FileFound {
    /// Its path below the folder, with `/`.
    pub(super) relative: String,
    /// Its path.
    pub(super) path: PathBuf,
}

/// Everything that was found below a folder.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) files: Vec<FileFound>,
    /// What could not be looked at, by its path below the folder.
    pub(super) problems: Vec<(String, SourceFault)>,
}

/// Whether a name is never data: hidden, a lock file of Office, a download under way, what Windows and macOS leave about.
pub(super) fn is_clutter(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with('.')
        || lower.starts_with("~$")
        || [".part", ".tmp", ".crdownload"].iter().any(|end| lower.ends_with(end))
        || ["thumbs.db", "desktop.ini", "__macosx"].contains(&lower.as_str())
}

/// Lists the files below `root`, clutter left out. Links to folders are not followed; a link to a file is listed, and
/// [`open_beneath`] decides. Whatever is neither (a pipe, a device) is passed over.
pub(super) fn walk(root: &Path) -> io::Result<Walk> {
    let mut walk = Walk::default();
    let mut folders = vec![(root.to_path_buf(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = folders.pop() {
        if let Err(error) = look_into(&folder, &prefix, depth, &mut walk, &mut folders) {
            if depth == 0 {
                return Err(error);
            }
            walk.problems.push((prefix.trim_end_matches('/').to_owned(), SourceFault::Unreadable(error.to_string())));
        }
    }
    walk.files.sort_unstable();
    walk.problems.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    Ok(walk)
}

fn look_into(
    folder: &Path,
    prefix: &str,
    depth: usize,
    walk: &mut Walk,
    folders: &mut Vec<(PathBuf, String, usize)>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            walk.problems.push((format!("{prefix}{}", name.to_string_lossy()), SourceFault::NameNotUnicode));
            continue;
        };
        if is_clutter(name) {
            continue;
        }
        let relative = format!("{prefix}{name}");
        let kind = entry.file_type()?;
        if kind.is_dir() && depth == DEPTH {
            walk.problems.push((relative, SourceFault::TooDeep(DEPTH)));
        } else if kind.is_dir() {
            folders.push((entry.path(), format!("{relative}/"), depth + 1));
        } else if kind.is_file() || (kind.is_symlink() && !leads_to_folder(&entry.path())) {
            walk.files.push(FileFound { relative, path: entry.path() });
        }
    }
    Ok(())
}

fn leads_to_folder(link: &Path) -> bool {
    fs::metadata(link).is_ok_and(|metadata| metadata.is_dir())
}

/// Opens a file below `root`. The kernel resolves the path and refuses one that leaves the folder, so that nobody can swap
/// a folder for a link between the look and the opening.
pub(super) fn open_beneath(root: &Path, found: &FileFound) -> Result<File, SourceFault> {
    let unreadable = |error: io::Error| SourceFault::Unreadable(error.to_string());
    let file = match open_by_kernel(root, &found.relative) {
        Some(Ok(file)) => file,
        Some(Err(error)) if error.kind() == io::ErrorKind::CrossesDevices => return Err(SourceFault::LeadsOut),
        Some(Err(error)) => return Err(unreadable(error)),
        None => open_by_path(root, found)?,
    };
    if file.metadata().map_err(unreadable)?.is_file() {
        Ok(file)
    } else {
        Err(SourceFault::Unreadable("it is not a regular file".to_owned()))
    }
}

/// None where the kernel cannot do it.
#[cfg(target_os = "linux")]
fn open_by_kernel(root: &Path, relative: &str) -> Option<io::Result<File>> {
    use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
    use rustix::io::Errno;

    let root = match File::open(root) {
        Ok(root) => root,
        Err(error) => return Some(Err(error)),
    };
    // NONBLOCK: a pipe that took the file's place must not hold the job.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    match openat2(&root, relative, flags, Mode::empty(), ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS) {
        Ok(file) => Some(Ok(File::from(file))),
        Err(Errno::NOSYS | Errno::PERM | Errno::INVAL) => None,
        Err(error) => Some(Err(error.into())),
    }
}

#[cfg(not(target_os = "linux"))]
fn open_by_kernel(_root: &Path, _relative: &str) -> Option<io::Result<File>> {
    None
}

fn open_by_path(root: &Path, found: &FileFound) -> Result<File, SourceFault> {
    let unreadable = |error: io::Error| SourceFault::Unreadable(error.to_string());
    let root = fs::canonicalize(root).map_err(unreadable)?;
    let path = fs::canonicalize(&found.path).map_err(unreadable)?;
    if !path.starts_with(&root) {
        return Err(SourceFault::LeadsOut);
    }
    if !fs::metadata(&path).map_err(unreadable)?.is_file() {
        return Err(SourceFault::Unreadable("it is not a regular file".to_owned()));
    }
    File::open(&path).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn clutter_folders_pipes_and_links_out() {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("drop");
        fs::create_dir_all(root.join("sub/deep")).unwrap();
        fs::create_dir(root.join(".git")).unwrap();
        fs::write(outer.path().join("secret.csv"), "secret").unwrap();
        for name in [
            "b.csv",
            "a.csv",
            "sub/deep/c.csv",
            ".hidden.csv",
            "~$a.xlsx",
            "d.csv.part",
            "e.TMP",
            "Thumbs.db",
            ".git/f",
        ] {
            fs::write(root.join(name), name).unwrap();
        }
        symlink("../secret.csv", root.join("link_out.csv")).unwrap();
        symlink("b.csv", root.join("link_in.csv")).unwrap();
        symlink("..", root.join("up")).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, root.join("pipe.csv"), rustix::fs::FileType::Fifo, 0o600.into(), 0)
            .unwrap();

        let walk = walk(&root).unwrap();
        let names: Vec<&str> = walk.files.iter().map(|found| found.relative.as_str()).collect();
        assert_eq!(names, ["a.csv", "b.csv", "link_in.csv", "link_out.csv", "sub/deep/c.csv"]);
        assert!(walk.problems.is_empty());

        for open in [open_beneath, |root: &Path, found: &FileFound| open_by_path(root, found)] {
            let opened = |name: &str| open(&root, walk.files.iter().find(|found| found.relative == name).unwrap());
            assert!(opened("link_in.csv").is_ok());
            assert!(opened("sub/deep/c.csv").is_ok());
            assert_eq!(opened("link_out.csv").unwrap_err(), SourceFault::LeadsOut);
            let pipe = FileFound { relative: "pipe.csv".to_owned(), path: root.join("pipe.csv") };
            assert!(open(&root, &pipe).is_err(), "a pipe is no file, and opening it does not hang");
        }
    }

    #[test]
    fn folders_are_not_followed_for_ever_down() {
        let root = tempfile::tempdir().unwrap();
        let mut path = root.path().to_path_buf();
        for _ in 0..=DEPTH {
            path.push("d");
        }
        fs::create_dir_all(&path).unwrap();
        let problems = walk(root.path()).unwrap().problems;
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].1, SourceFault::TooDeep(DEPTH));
        assert!(walk(&root.path().join("absent")).is_err());
    }
}
