//! Which files of a folder, and which members of an archive, a source takes.
//!
//! Globs over the path below the folder, with `/`, in any case. `*` also crosses `/`, so `*.csv` takes every CSV at any
//! depth, and `2024/*` the whole year. A pattern with `!` reaches into archives: left of it the archive, right of it the
//! member (an `!` straight after `[` is the glob's own "not", as in `[!0-9]`). A `.zip` that is named without `!` gives all
//! its members, and no pattern at all means every file. `except` without `!` leaves out files and members alike.

use globset::{Glob, GlobBuilder, GlobMatcher};

use super::problem::SourceFault;

/// The patterns of one source, ready to ask.
#[derive(Debug)]
pub(super) struct SourcePatterns {
    takes_all: bool,
    files: Vec<GlobMatcher>,
    members: Vec<Pair>,
    except: Vec<GlobMatcher>,
    except_members: Vec<Pair>,
}

#[derive(Debug)]
struct Pair {
    archive: GlobMatcher,
    member: GlobMatcher,
}

impl SourcePatterns {
    /// The patterns of a folder.
    pub(super) fn new(files: &[String], except: &[String]) -> Result<Self, SourceFault> {
        let (except, except_members) = matchers(except)?;
        let takes_all = files.is_empty();
        let (files, members) = matchers(files)?;
        Ok(Self { takes_all, files, members, except, except_members })
    }

    /// The patterns of the members of the one archive at an address.
    pub(super) fn of_members(members: &[String]) -> Result<Self, SourceFault> {
        let any = matcher("*")?;
        let members = members
            .iter()
            .map(|pattern| Ok(Pair { archive: any.clone(), member: matcher(pattern)? }))
            .collect::<Result<Vec<_>, SourceFault>>()?;
        let takes_all = members.is_empty();
        Ok(Self { takes_all, files: Vec::new(), members, except: Vec::new(), except_members: Vec::new() })
    }

    /// Whether the file is taken whole.
    pub(super) fn takes_file(&self, path: &str) -> bool {
        !any(&self.except, path) && (self.takes_all || any(&self.files, path))
    }

    /// Whether there can be something to take in the archive.
    pub(super) fn opens_archive(&self, path: &str) -> bool {
        !any(&self.except, path)
            && (self.takes_all || any(&self.files, path) || self.members.iter().any(|pair| pair.archive.is_match(path)))
    }

    /// Whether the member of the archive is taken.
    pub(super) fn takes_member(&self, archive: &str, member: &str) -> bool {
        let is_named =
            |pairs: &[Pair]| pairs.iter().any(|pair| pair.archive.is_match(archive) && pair.member.is_match(member));
        !any(&self.except, member)
            && !is_named(&self.except_members)
            && (self.takes_all || any(&self.files, archive) || is_named(&self.members))
    }
}

fn any(matchers: &[GlobMatcher], path: &str) -> bool {
    matchers.iter().any(|matcher| matcher.is_match(path))
}

fn matchers(patterns: &[String]) -> Result<(Vec<GlobMatcher>, Vec<Pair>), SourceFault> {
    let mut files = Vec::new();
    let mut members = Vec::new();
    for pattern in patterns {
        match split(pattern) {
            None => files.push(matcher(pattern)?),
            Some((archive, member)) => members.push(Pair { archive: matcher(archive)?, member: matcher(member)? }),
        }
    }
    Ok((files, members))
}

/// Splits at the first `!` that is not the "not" of a character class.
fn split(pattern: &str) -> Option<(&str, &str)> {
    let at = pattern.char_indices().find(|&(at, sign)| sign == '!' && !pattern[..at].ends_with('['))?.0;
    Some((&pattern[..at], &pattern[at + 1..]))
}

fn matcher(pattern: &str) -> Result<GlobMatcher, SourceFault> {
    GlobBuilder::new(pattern)
        .case_insensitive(true)
        .literal_separator(false)
        .build()
        .map(|glob: Glob| glob.compile_matcher())
        .map_err(|error| SourceFault::Pattern { pattern: pattern.to_owned(), why: error.kind().to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(files: &[&str], except: &[&str]) -> SourcePatterns {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        SourcePatterns::new(&owned(files), &owned(except)).unwrap()
    }

    #[test]
    fn files_are_matched_at_any_depth_and_in_any_case() {
        let some = patterns(&["*.csv", "2024/*"], &["*.meta.csv"]);
        for (path, taken) in [
            ("a.csv", true),
            ("sub/deep/B.CSV", true),
            ("2024/x/b.xlsx", true),
            ("b.xlsx", false),
            ("sub/a.META.csv", false),
        ] {
            assert_eq!(some.takes_file(path), taken, "{path}");
        }
        assert!(patterns(&[], &[]).takes_file("anything"));
        assert!(!patterns(&[], &["any*"]).takes_file("anything"));
    }

    #[test]
    fn an_exclamation_mark_reaches_into_archives() {
        let some =
            patterns(&["2025.zip!data/*.csv", "whole.zip", "[!0-9]*.zip!x"], &["*.meta.csv", "whole.zip!notes*"]);
        for (archive, member, taken) in [
            ("2025.zip", "data/a.csv", true),
            ("2025.zip", "data/a.meta.csv", false),
            ("2025.zip", "guidance.txt", false),
            ("whole.zip", "anything", true),
            ("whole.zip", "notes.txt", false),
            ("b.zip", "x", true),
            ("1.zip", "x", false),
        ] {
            assert_eq!(some.opens_archive(archive) && some.takes_member(archive, member), taken, "{archive}!{member}");
        }
        assert!(!some.opens_archive("9.zip"));
        assert!(!patterns(&["*.csv"], &[]).opens_archive("a.zip"), "archives are opened only when named");
    }

    #[test]
    fn a_pattern_that_is_no_glob_is_told() {
        let problem = SourcePatterns::new(&["a[".to_owned()], &[]).unwrap_err();
        assert!(problem.to_string().starts_with("the pattern `a[` cannot be understood"), "{problem}");
        assert!(SourcePatterns::of_members(&["{a".to_owned()]).is_err());
    }
}
