//! An HTTP(S) address as a source: asked with what is known of its last answer, and its answer checked before it is landed.

mod asking;
mod guard;
mod waits;

use reqwest::Client;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use self::asking::{Answer, AskOutcome, Asking, Validators};
use self::guard::Guard;
use super::as_named::door_check;
use super::gzip::inner_name;
use super::intake::{Intake, last_part, way_of_looking};
use super::kind::{Bytes, BytesAt, Listed, Listing, Packing, Reach, Reached, Unlisted};
use super::landing::Incoming;
use super::limits;
use super::patterns::SourcePatterns;
use super::problem::{Halt, SourceFault};
use crate::definitions::Source;
use crate::definitions::wire::HttpToml;
use crate::ledger::Version;
use crate::model::{Content, extension, sniff};

/// The two clients that a fetch may need, made when first asked for: reading the system's certificates takes its time.
#[derive(Debug, Default)]
pub(super) struct Clients {
    strict: Option<Client>,
    insecure: Option<Client>,
}

impl Clients {
    fn get(&mut self, guard: Guard) -> Result<Client, SourceFault> {
        let kept = if guard == Guard::insecure() { &mut self.insecure } else { &mut self.strict };
        if let Some(client) = kept {
            return Ok(client.clone());
        }
        let client = guard.client().map_err(|error| SourceFault::Tls(guard::told(&error)))?;
        *kept = Some(client.clone());
        Ok(client)
    }
}

/// One address that is being asked.
pub(super) struct HttpSource<'a> {
    http: &'a HttpToml,
    guard: Guard,
    clients: &'a mut Clients,
    /// Of the file, and which members of it are taken: why it can be asked for, or cannot.
    file: Result<(String, SourcePatterns), SourceFault>,
    way: String,
}

impl<'a> HttpSource<'a> {
    /// An address of a source.
    pub(super) fn new(source: &Source, http: &'a HttpToml, clients: &'a mut Clients) -> Self {
        let guard = if http.insecure { Guard::insecure() } else { Guard::strict() };
        Self::guarded(source, http, clients, guard)
    }

    fn guarded(source: &Source, http: &'a HttpToml, clients: &'a mut Clients, guard: Guard) -> Self {
        let file = guard
            .parse(&http.url)
            .and_then(|url| file_name(http, url.path()))
            .and_then(|name| Ok((name, SourcePatterns::of_members(&http.members)?)));
        let name = file.as_ref().map_or_else(|_| String::new(), |(name, _)| name.clone());
        let looking = way_of_looking(&[&[name], &http.members]);
        Self { http, guard, clients, file, way: format!("{}:{looking}", source.collection) }
    }

    fn asking(
        &mut self,
        known: Option<&Version>,
        secret: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Asking, SourceFault> {
        let http = self.http;
        Ok(Asking {
            client: self.clients.get(self.guard)?,
            guard: self.guard,
            headers: headers(http, secret)?,
            known: known.map(validators).unwrap_or_default(),
            max_bytes: http.max_megabytes.unwrap_or(limits::ANSWER_MEGABYTES).saturating_mul(1 << 20),
            timeout: std::time::Duration::from_secs(http.timeout_seconds.unwrap_or(limits::REQUEST_SECONDS)),
            tries: http.tries.unwrap_or(limits::TRIES).max(1),
            url: self.guard.parse(&http.url)?,
        })
    }
}

impl Reach for HttpSource<'_> {
    fn root(&self) -> &str {
        &self.http.url
    }

    fn way(&self) -> &str {
        &self.way
    }

    fn list(&self) -> Result<Listing, Unlisted> {
        let (name, _) = self.file.as_ref().map_err(|problem| Unlisted::Refused(problem.clone()))?;
        let url = &self.http.url;
        let file = Listed { at: url.clone(), shown: url.clone(), name: name.clone(), version: None };
        Ok(Listing { files: vec![file], ..Listing::default() })
    }

    async fn open(&mut self, file: &Listed, known: Option<&Version>, intake: &mut Intake<'_>) -> Result<Reached, Halt> {
        let asking = self.asking(known, intake.options.secret)?;
        intake.progress.message(&format!("Asking {}", self.http.url));
        match asking.ask(intake).await? {
            AskOutcome::NotModified => Ok(Reached::AsKnown),
            AskOutcome::Answered(answer) => Ok(Reached::Bytes(checked(answer, &file.name, &self.http.members)?)),
        }
    }

    fn takes_member(&self, archive: &str, member: &str) -> bool {
        self.file.as_ref().is_ok_and(|(_, patterns)| patterns.takes_member(archive, member))
    }
}

/// What a server says of the state of its file, as it is remembered.
fn version(said: &Validators) -> Version {
    Version(json!({ "etag": said.etag, "last_modified": said.last_modified }).to_string())
}

/// The same again. What cannot be understood is nothing that a server could be asked with.
fn validators(version: &Version) -> Validators {
    let said: Value = serde_json::from_str(&version.0).unwrap_or_default();
    let text = |name: &str| said[name].as_str().map(str::to_owned);
    Validators { etag: text("etag"), last_modified: text("last_modified") }
}

/// An answer that is what its file name says.
fn checked(answer: Answer, file_name: &str, members: &[String]) -> Result<Bytes, Halt> {
    let said_html = answer.content_type.as_deref().is_some_and(is_html);
    if said_html && !matches!(extension(file_name).as_str(), "html" | "htm") {
        let content_type = answer.content_type.unwrap_or_default();
        return Err(SourceFault::SaidHtml { content_type, file_name: file_name.to_owned() }.into());
    }
    // gzip is undone on the way; what is left here nobody asked for.
    if let Some(encoding) = answer.encoding.filter(|encoding| encoding.trim() != "identity") {
        return Err(SourceFault::Encoding(encoding).into());
    }
    let version = version(&answer.validators);
    let incoming = Incoming::adopt(answer.file)?;
    let content = sniff(&incoming.first_bytes, file_name);
    door_check(content, file_name).map_err(SourceFault::NotAsNamed)?;
    let packing = match (content, inner_name(file_name)) {
        (Content::Gzip, Some(inner)) => Packing::Gzip(inner.to_owned()),
        (Content::Zip, _) if extension(file_name) != "ods" => Packing::Zip,
        _ => Packing::Plain,
    };
    if !members.is_empty() && packing != Packing::Zip {
        return Err(SourceFault::NotAnArchive.into());
    }
    Ok(Bytes { held: BytesAt::Brought(incoming), version, packing })
}

fn is_html(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(kind.as_str(), "text/html" | "application/xhtml+xml")
}

/// The name of the file: as declared, or the last part of the address.
fn file_name(http: &HttpToml, path: &str) -> Result<String, SourceFault> {
    let name = http.file_name.clone().or_else(|| percent_decoded(last_part(path)));
    name.filter(|name| !name.is_empty() && !name.contains(['/', '\\']) && !name.chars().any(char::is_control))
        .ok_or(SourceFault::NoFileName)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = (*first == b'%').then(|| after.get(..2)).flatten();
        let value = escaped.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        bytes.push(value.unwrap_or(*first));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}

fn headers(http: &HttpToml, secret: &dyn Fn(&str) -> Option<String>) -> Result<HeaderMap, SourceFault> {
    let mut headers = HeaderMap::new();
    for (header, value) in &http.headers {
        let value = match value.strip_prefix("env:") {
            None => value.clone(),
            Some(variable) => secret(variable)
                .ok_or_else(|| SourceFault::SecretMissing { header: header.clone(), variable: variable.to_owned() })?,
        };
        let name = HeaderName::from_bytes(header.as_bytes()).map_err(|_| SourceFault::Header(header.clone()))?;
        let mut value = HeaderValue::from_str(&value).map_err(|_| SourceFault::Header(header.clone()))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests;
