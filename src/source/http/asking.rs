//! Asking one address: conditions, redirects, tries, and going on where a broken transfer stopped.

use std::io::Write;
use std::time::Duration;

use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED, LOCATION, RANGE, RETRY_AFTER,
};
use reqwest::{Client, Response, StatusCode, Url};
use tempfile::NamedTempFile;

use super::guard::{Guard, not_allowed, told};
use super::waits::{Waits, retry_after};
use crate::source::SourceError;
use crate::source::intake::Intake;
use crate::source::landing::Landing;
use crate::source::limits::REDIRECTS;
use crate::source::problem::{Halt, SourceFault};

/// What tells one state of the file at an address from another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Validators {
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

impl Validators {
    /// The one that proves equal bytes, for going on with a transfer: a weak `ETag` does not.
    fn strong(&self) -> Option<&str> {
        match &self.etag {
            Some(etag) => Some(etag.as_str()).filter(|etag| !etag.starts_with("W/")),
            None => self.last_modified.as_deref(),
        }
    }
}

/// A whole answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) file: NamedTempFile,
    pub(super) validators: Validators,
    pub(super) content_type: Option<String>,
    pub(super) encoding: Option<String>,
}

/// What came of asking.
#[derive(Debug)]
pub(super) enum AskOutcome {
    /// The last answer still stands.
    NotModified,
    /// A new answer.
    Answered(Answer),
}

/// How one address is asked.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) client: Client,
    pub(super) guard: Guard,
    pub(super) url: Url,
    /// The source's own, which may be secret: sent to the address's own host only.
    pub(super) headers: HeaderMap,
    /// Of the last answer.
    pub(super) known: Validators,
    pub(super) max_bytes: u64,
    pub(super) timeout: Duration,
    pub(super) tries: u32,
}

/// Why a try gave no answer.
enum Miss {
    /// Another try would give the same.
    Final(Halt),
    /// Another try may help.
    Again { why: String, retry_after: Option<String> },
}

impl From<SourceFault> for Miss {
    fn from(problem: SourceFault) -> Self {
        Self::Final(problem.into())
    }
}

impl From<SourceError> for Miss {
    fn from(error: SourceError) -> Self {
        Self::Final(error.into())
    }
}

/// An answer that is on its way.
struct Partial {
    answer: Answer,
    bytes: u64,
    /// Size of the whole, if the server said.
    total: Option<u64>,
}

impl Asking {
    /// Asks until there is an answer, or the tries are used up.
    pub(super) async fn ask(&self, intake: &Intake<'_>) -> Result<AskOutcome, Halt> {
        let mut waits = Waits::new(intake.options.seed, self.url.as_str(), intake.options.backoff);
        let mut partial = None;
        let mut tried = 0;
        loop {
            tried += 1;
            let (why, asked) = match self.one_try(&intake.landing, &mut partial).await {
                Ok(asked) => return Ok(asked),
                Err(Miss::Final(halt)) => return Err(halt),
                Err(Miss::Again { why, retry_after }) => (why, retry_after),
            };
            let asked = asked.and_then(|value| retry_after(&value, intake.now));
            let wait = if tried < self.tries { waits.after(tried, asked) } else { None };
            let Some(wait) = wait else {
                return Err(SourceFault::Unreachable { tries: tried, why }.into());
            };
            intake.progress.message(&format!("{why}; trying again in {:.1} s", wait.as_secs_f64()));
            tokio::time::sleep(wait).await;
        }
    }

    async fn one_try(&self, landing: &Landing, partial: &mut Option<Partial>) -> Result<AskOutcome, Miss> {
        let begun = partial.take().filter(Partial::can_go_on);
        let response = self.send(begun.as_ref()).await?;
        let status = response.status();
        let mut begun = match (status, begun) {
            (StatusCode::NOT_MODIFIED, None) if self.known != Validators::default() => {
                return Ok(AskOutcome::NotModified);
            }
            (StatusCode::PARTIAL_CONTENT, Some(begun)) if goes_on(&begun, response.headers()) => begun,
            (StatusCode::OK, _) => Partial::new(landing, &response)?,
            (StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE, Some(_)) => {
                return Err(again("the server could not go on with the transfer".to_owned()));
            }
            (status, begun) if is_passing(status) => {
                *partial = begun;
                let retry_after = text(response.headers(), &RETRY_AFTER);
                return Err(Miss::Again { why: format!("the server answered {status}"), retry_after });
            }
            (status, _) => return Err(SourceFault::Status(status.to_string()).into()),
        };
        let received = self.receive(response, &mut begun).await;
        match received {
            Ok(()) => Ok(AskOutcome::Answered(begun.answer)),
            Err(miss) => {
                *partial = Some(begun);
                Err(miss)
            }
        }
    }

    /// Sends the request, and follows redirects, each of which is checked.
    async fn send(&self, begun: Option<&Partial>) -> Result<Response, Miss> {
        let mut url = self.url.clone();
        for _ in 0..=REDIRECTS {
            self.guard.check(&url)?;
            let mut headers = self.conditions(begun);
            if url.origin() == self.url.origin() {
                headers.extend(self.headers.clone());
            }
            let request = self.client.get(url.clone()).headers(headers).timeout(self.timeout);
            let response = request.send().await.map_err(|error| missed(&error))?;
            if !is_redirect(response.status()) {
                return Ok(response);
            }
            let location = text(response.headers(), &LOCATION).unwrap_or_default();
            url = url
                .join(&location)
                .map_err(|_| SourceFault::Address("it redirects to something that is not an address"))?;
        }
        Err(SourceFault::Redirects(REDIRECTS).into())
    }

    fn conditions(&self, begun: Option<&Partial>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut set = |name: HeaderName, value: Option<&str>| {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
                headers.insert(name, value);
            }
        };
        // Bytes as they are: sizes and ranges mean nothing for an answer that is packed on the way. Servers that keep a
        // file packed send it packed all the same; then it is unpacked on arrival, under the same limit of size.
        set(ACCEPT_ENCODING, Some("identity"));
        if let Some(begun) = begun {
            set(RANGE, Some(&format!("bytes={}-", begun.bytes)));
            set(IF_RANGE, begun.answer.validators.strong());
        } else {
            set(IF_NONE_MATCH, self.known.etag.as_deref());
            set(IF_MODIFIED_SINCE, self.known.last_modified.as_deref());
        }
        headers
    }

    async fn receive(&self, mut response: Response, begun: &mut Partial) -> Result<(), Miss> {
        let too_large = || SourceFault::TooLarge(self.max_bytes);
        if begun.total.is_some_and(|total| total > self.max_bytes) {
            return Err(too_large().into());
        }
        while let Some(some) = response.chunk().await.map_err(|error| missed(&error))? {
            begun.bytes += some.len() as u64;
            if begun.bytes > self.max_bytes {
                return Err(too_large().into());
            }
            begun.answer.file.write_all(&some).map_err(|source| SourceError::Landing {
                action: "write",
                path: begun.answer.file.path().to_path_buf(),
                source,
            })?;
        }
        match begun.total {
            Some(total) if total != begun.bytes => {
                Err(again(format!("the transfer broke off after {} of {total} bytes", begun.bytes)))
            }
            _ => Ok(()),
        }
    }
}

impl Partial {
    fn new(landing: &Landing, response: &Response) -> Result<Self, SourceError> {
        let headers = response.headers();
        let answer = Answer {
            file: landing.blank()?,
            validators: Validators { etag: text(headers, &ETAG), last_modified: text(headers, &LAST_MODIFIED) },
            content_type: text(headers, &CONTENT_TYPE),
            encoding: text(headers, &CONTENT_ENCODING).map(|encoding| encoding.to_ascii_lowercase()),
        };
        Ok(Self { answer, bytes: 0, total: response.content_length() })
    }

    /// Without proof of equal bytes, what came of a broken transfer is of no use. An answer that is unpacked on arrival has
    /// no size, and its bytes are not those that a range counts.
    fn can_go_on(&self) -> bool {
        self.bytes > 0 && self.total.is_some() && self.answer.validators.strong().is_some()
    }
}

/// Whether an answer of part of the file goes on exactly where ours stopped, in the same state of the file.
fn goes_on(begun: &Partial, headers: &HeaderMap) -> bool {
    let range = text(headers, &CONTENT_RANGE).unwrap_or_default();
    let Some((span, total)) = range.strip_prefix("bytes ").and_then(|range| range.split_once('/')) else {
        return false;
    };
    let starts = span.split_once('-').and_then(|(start, _)| start.trim().parse().ok()) == Some(begun.bytes);
    let same_size = match (total.trim().parse::<u64>(), begun.total) {
        (Ok(total), Some(before)) => total == before,
        _ => true,
    };
    let same_state = text(headers, &ETAG).is_none_or(|etag| Some(etag) == begun.answer.validators.etag);
    starts && same_size && same_state
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Statuses that another try may change.
fn is_passing(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
}

fn missed(error: &reqwest::Error) -> Miss {
    match not_allowed(error) {
        Some(host) => SourceFault::PrivateAddress(host).into(),
        None => again(told(error)),
    }
}

fn again(why: String) -> Miss {
    Miss::Again { why, retry_after: None }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
