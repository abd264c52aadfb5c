//! What is wrong with one source, or one file of it, in words that a data officer understands.

use std::fmt;

use super::NotAsNamed;
use crate::model::Refusal;

/// A source that could not be reached, or a file that was refused at the intake. The other sources go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceProblem {
    /// Stable code, `source::still_changing`.
    pub code: String,
    /// The folder, file, member or address.
    pub source: String,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub hint: String,
    /// When it may be over.
    pub until: RefusedUntil,
}

/// When a source or a file that was refused may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedUntil {
    /// When its bytes are others: the same would be refused again, and it holds its collection.
    Changed,
    /// With the next run: it is being written.
    Whole,
    /// When it can be read again: a folder that is not there, a server that is down. What it held stands.
    Reached,
}

impl fmt::Display for SourceProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}: {}", self.code, self.source, self.message)
    }
}

impl SourceProblem {
    pub(super) fn new(source: &str, problem: &SourceFault) -> Self {
        Self {
            code: format!("source::{}", problem.code()),
            source: source.to_owned(),
            message: problem.to_string(),
            hint: problem.hint().to_owned(),
            until: problem.until(),
        }
    }

    /// As it is kept in the cache of what was seen.
    pub(super) fn to_refusal(&self) -> Refusal {
        Refusal {
            code: self.code.clone(),
            message: self.message.clone(),
            hint: self.hint.clone(),
            at: Some(self.source.clone()),
        }
    }

    pub(super) fn from_refusal(refusal: &Refusal) -> Self {
        Self {
            code: refusal.code.clone(),
            source: refusal.at.clone().unwrap_or_default(),
            message: refusal.message.clone(),
            hint: refusal.hint.clone(),
            // What is kept in the cache was refused for good.
            until: RefusedUntil::Changed,
        }
    }
}

/// The kinds of problem.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum SourceFault {
    #[error("the folder cannot be read: {0}")]
    Folder(String),
    #[error("the folders in it are nested more than {0} deep; what is deeper was not looked at")]
    TooDeep(usize),
    #[error("the pattern `{pattern}` cannot be understood: {why}")]
    Pattern { pattern: String, why: String },
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    #[error("a link leads out of the folder (or is an absolute one), and is not followed")]
    LeadsOut,
    #[error("the name is not valid Unicode")]
    NameNotUnicode,
    #[error("the file changed while it was read: it is still being written")]
    StillChanging,
    #[error("the archive cannot be read: {0}")]
    Archive(String),
    #[error("the archive is an Office document that is named `.zip`")]
    OfficeNamedZip,
    #[error("the archive names the same member twice, so nobody can say which one is meant")]
    DuplicateMember,
    #[error("members of the archive share bytes, as in an archive made to overload whoever unpacks it")]
    OverlappingMembers,
    #[error("the archive has more than {0} members")]
    TooManyMembers(usize),
    #[error("the member's name could lead out of the archive, or hides characters")]
    UnsafeMember,
    #[error("the member is protected by a password")]
    Encrypted,
    #[error("the member is a link, not a file")]
    LinkMember,
    #[error("the member cannot be unpacked: {0}")]
    Member(String),
    #[error("it is larger than {0} bytes")]
    TooLarge(u64),
    #[error("it unpacks to more than {0} times its packed size, as in an archive made to fill a disk")]
    Ratio(u64),
    #[error("the address cannot be used: {0}")]
    Address(&'static str),
    #[error("`{0}` is not an address on the public internet")]
    PrivateAddress(String),
    #[error("the server redirects more than {0} times")]
    Redirects(usize),
    #[error("the header `{0}` cannot be sent: its name or value has characters that headers cannot have")]
    Header(String),
    #[error("the header `{header}` reads the environment variable `{variable}`, which is not set")]
    SecretMissing { header: String, variable: String },
    #[error("the server answered {0}")]
    Status(String),
    #[error("no whole answer: {why} (tries: {tries})")]
    Unreachable { tries: u32, why: String },
    #[error("the answer is packed as `{0}`, which was not asked for")]
    Encoding(String),
    #[error("the answer is not a zip archive, though `members` are asked of it")]
    NotAnArchive,
    #[error("the address names no file")]
    NoFileName,
    #[error("secure connections cannot be set up: {0}")]
    Tls(String),
    #[error("the server says that its answer is a web page ({content_type}), where `{file_name}` was asked for")]
    SaidHtml { content_type: String, file_name: String },
    #[error("{}", .0.message)]
    NotAsNamed(NotAsNamed),
}

impl SourceFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Folder(_) => "folder",
            Self::TooDeep(_) => "too_deep",
            Self::Pattern { .. } => "pattern",
            Self::Unreadable(_) => "unreadable",
            Self::LeadsOut => "leads_out",
            Self::NameNotUnicode => "name_not_unicode",
            Self::StillChanging => "still_changing",
            Self::Archive(_) => "archive",
            Self::OfficeNamedZip => "office_named_zip",
            Self::DuplicateMember => "duplicate_member",
            Self::OverlappingMembers => "overlapping_members",
            Self::TooManyMembers(_) => "too_many_members",
            Self::UnsafeMember => "unsafe_member",
            Self::Encrypted => "encrypted",
            Self::LinkMember => "link_member",
            Self::Member(_) => "member",
            Self::TooLarge(_) => "too_large",
            Self::Ratio(_) => "ratio",
            Self::Address(_) => "address",
            Self::PrivateAddress(_) => "private_address",
            Self::Redirects(_) => "redirects",
            Self::Header(_) => "header",
            Self::SecretMissing { .. } => "secret_missing",
            Self::Status(_) => "status",
            Self::Unreachable { .. } => "unreachable",
            Self::Encoding(_) => "encoding",
            Self::NotAnArchive => "not_an_archive",
            Self::NoFileName => "no_file_name",
            Self::Tls(_) => "tls",
            Self::SaidHtml { .. } => "html_instead",
            Self::NotAsNamed(wrong) => wrong.code,
        }
    }

    fn hint(&self) -> &'static str {
        match self {
            Self::Folder(_) => {
                "see that `path` of the source is a folder, that the share is mounted, and that this user may read it"
            }
            Self::TooDeep(_) => "move the files nearer to the folder, or name a folder further down in the source",
            Self::Pattern { .. } => {
                "patterns are globs: `*`, `?`, `[a-z]`, `{a,b}`; write `archive.zip!*.csv` for members"
            }
            Self::Unreadable(_) => "see that this user may read the file; it is tried again at the next run",
            Self::LeadsOut => "put the file itself into the folder, or name its real folder in the source",
            Self::NameNotUnicode => "rename the file",
            Self::StillChanging => "nothing to do: it is taken at the next run, once it is whole",
            Self::Archive(_) => "open it with an unzip program: if that fails too, ask the supplier for it again",
            Self::OfficeNamedZip => "rename it to what it is, such as `.xlsx`",
            Self::DuplicateMember
            | Self::OverlappingMembers
            | Self::TooManyMembers(_)
            | Self::UnsafeMember
            | Self::LinkMember => {
                "ask the supplier to make the archive again, of the plain files only, or unpack it by hand into the folder"
            }
            Self::Encrypted => "unpack it with the password into the folder, or ask for it without one",
            Self::Member(_) => "the archive is damaged, or packed by an uncommon method: ask the supplier for it again",
            Self::TooLarge(_) => {
                "if it is really that large: raise `max_megabytes` of an address; unpack an archive by hand into the folder"
            }
            Self::Ratio(_) => "if the file is genuine, unpack it by hand into the folder",
            Self::Address(_) => {
                "write a full address, `https://host/path/file.csv`; keys go into `headers` as `env:NAME`"
            }
            Self::PrivateAddress(_) => "if the server is on your own network, say `insecure = true` at the source",
            Self::Redirects(_) => "open the address in a browser and put the final address into the source",
            Self::Header(_) => "mend the line in `headers` of the source, or the environment variable it names",
            Self::SecretMissing { .. } => {
                "set the variable where the job runs, for instance in the service's environment file"
            }
            Self::Status(_) => {
                "open the address in a browser: it may have moved, or ask for a key (`headers` of the source)"
            }
            Self::Unreachable { .. } => "see that this machine reaches the server; it is asked again at the next run",
            Self::Encoding(_) => "ask the publisher for an address that serves the plain file",
            Self::NotAnArchive => "take `members` out of the source, or correct the address",
            Self::NoFileName => "add `file_name = \"…\"` to the source",
            Self::Tls(_) => "install the system's certificates (package `ca-certificates`)",
            Self::SaidHtml { .. } => {
                "open the address in a browser: it may be an error or a sign-in page; it is asked again at the next run"
            }
            Self::NotAsNamed(wrong) => wrong.hint,
        }
    }

    /// When it may be over. There is no use in opening the same bytes before they change.
    pub(super) fn until(&self) -> RefusedUntil {
        match self {
            Self::StillChanging => RefusedUntil::Whole,
            Self::Archive(_)
            | Self::OfficeNamedZip
            | Self::DuplicateMember
            | Self::OverlappingMembers
            | Self::TooManyMembers(_)
            | Self::UnsafeMember
            | Self::Encrypted
            | Self::LinkMember
            | Self::Member(_)
            | Self::TooLarge(_)
            | Self::Ratio(_) => RefusedUntil::Changed,
            _ => RefusedUntil::Reached,
        }
    }
}

/// Why something was not taken: for its own fault, or for ours.
#[derive(Debug)]
pub(super) enum Halt {
    /// It is refused, and the rest goes on.
    Refused(SourceFault),
    /// We cannot do our work.
    Failed(super::SourceError),
}

impl From<SourceFault> for Halt {
    fn from(problem: SourceFault) -> Self {
        Self::Refused(problem)
    }
}

impl From<super::SourceError> for Halt {
    fn from(error: super::SourceError) -> Self {
        Self::Failed(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Content;
    use crate::source::door_check;

    #[test]
    fn every_problem_says_what_is_wrong_and_how_to_mend_it() {
        let why = || "why".to_owned();
        let all = [
            SourceFault::Folder(why()),
            SourceFault::TooDeep(32),
            SourceFault::Pattern { pattern: "[a".to_owned(), why: why() },
            SourceFault::Unreadable(why()),
            SourceFault::LeadsOut,
            SourceFault::NameNotUnicode,
            SourceFault::StillChanging,
            SourceFault::Archive(why()),
            SourceFault::OfficeNamedZip,
            SourceFault::DuplicateMember,
            SourceFault::OverlappingMembers,
            SourceFault::TooManyMembers(10_000),
            SourceFault::UnsafeMember,
            SourceFault::Encrypted,
            SourceFault::LinkMember,
            SourceFault::Member(why()),
            SourceFault::TooLarge(1 << 30),
            SourceFault::Ratio(200),
            SourceFault::Address("it is not a full address"),
            SourceFault::PrivateAddress("10.0.0.1".to_owned()),
            SourceFault::Redirects(5),
            SourceFault::Header("X-Key".to_owned()),
            SourceFault::SecretMissing { header: "X-Key".to_owned(), variable: "EES_KEY".to_owned() },
            SourceFault::Status("404 Not Found".to_owned()),
            SourceFault::Unreachable { tries: 5, why: why() },
            SourceFault::Encoding("br".to_owned()),
            SourceFault::NotAnArchive,
            SourceFault::NoFileName,
            SourceFault::Tls(why()),
            SourceFault::SaidHtml { content_type: "text/html".to_owned(), file_name: "a.csv".to_owned() },
            SourceFault::NotAsNamed(door_check(Content::Json, "a.csv").unwrap_err()),
        ];
        let told: Vec<String> = all
            .iter()
            .map(|problem| {
                let problem = SourceProblem::new("drop/a.csv", problem);
                let again =
                    SourceProblem { until: problem.until, ..SourceProblem::from_refusal(&problem.to_refusal()) };
                assert_eq!(again, problem);
                format!("{problem}\n  hint: {}", problem.hint)
            })
            .collect();
        insta::assert_snapshot!(told.join("\n"));
    }
}
