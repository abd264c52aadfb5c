//! An HTTP(S) address as a source: asked with what is known of its last answer, and its answer checked before it is landed.

mod asking;
mod guard;
mod waits;

use std::fs::File;

use reqwest::Client;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use self::asking::{Answer, Asked, Asking, Validators};
use self::guard::Guard;
use super::SourceError;
use super::archive::unpack;
use super::as_named::door_check;
use super::gzip::{inflate, inner_name};
use super::intake::{Intake, last_part, way_of_looking};
use super::landing::Incoming;
use super::limits;
use super::patterns::Patterns;
use super::problem::{Halt, Problem};
use crate::definitions::Source;
use crate::definitions::wire::HttpToml;
use crate::ledger::{Look, SeenAddress};
use crate::model::{Content, extension, sniff};

/// The two clients that a fetch may need, made when first asked for: reading the system's certificates takes its time.
#[derive(Debug, Default)]
pub(super) struct Clients {
    strict: Option<Client>,
    insecure: Option<Client>,
}

impl Clients {
    fn get(&mut self, guard: Guard) -> Result<Client, Problem> {
        let kept = if guard == Guard::insecure() { &mut self.insecure } else { &mut self.strict };
        if let Some(client) = kept {
            return Ok(client.clone());
        }
        let client = guard.client().map_err(|error| Problem::Tls(guard::told(&error)))?;
        *kept = Some(client.clone());
        Ok(client)
    }
}

/// Asks an address, and takes what is new.
pub(super) async fn ask(
    intake: &mut Intake<'_>,
    clients: &mut Clients,
    source: &Source,
    http: &HttpToml,
) -> Result<(), SourceError> {
    let guard = if http.insecure { Guard::insecure() } else { Guard::strict() };
    let last = intake.ledger.seen().address(&source.collection, &http.url).cloned();
    match ask_and_take(intake, clients, source, http, guard, last.as_ref()).await {
        Ok(Some(answer)) => intake.ledger.seen_mut().set_address(&http.url, answer),
        Ok(None) => {}
        Err(Halt::Failed(error)) => return Err(error),
        Err(Halt::Refused(problem)) => {
            intake.refuse(&http.url, &problem);
            // A server that is down tonight has not taken its file back.
            if let Some(last) = last {
                intake.repeat(&Look { refused: Vec::new(), ..last.look });
            }
        }
    }
    Ok(())
}

/// Gives the answer to remember; none when it is the last one.
async fn ask_and_take(
    intake: &mut Intake<'_>,
    clients: &mut Clients,
    source: &Source,
    http: &HttpToml,
    guard: Guard,
    last: Option<&SeenAddress>,
) -> Result<Option<SeenAddress>, Halt> {
    let url = guard.parse(&http.url)?;
    let file_name = file_name(http, url.path())?;
    let patterns = Patterns::of_members(&http.members)?;
    let way = way_of_looking(&[std::slice::from_ref(&file_name), &http.members]);
    let last = last.filter(|last| last.asked == way && intake.still_has(&last.look));
    let asking = Asking {
        client: clients.get(guard)?,
        guard,
        headers: headers(http, intake.options.secret)?,
        known: last
            .map(|last| Validators { etag: last.etag.clone(), last_modified: last.last_modified.clone() })
            .unwrap_or_default(),
        max_bytes: http.max_megabytes.unwrap_or(limits::ANSWER_MEGABYTES).saturating_mul(1 << 20),
        timeout: std::time::Duration::from_secs(http.timeout_seconds.unwrap_or(limits::REQUEST_SECONDS)),
        tries: http.tries.unwrap_or(limits::TRIES).max(1),
        url,
    };
    intake.progress.message(&format!("Asking {}", http.url));
    match asking.ask(intake).await? {
        Asked::NotModified => {
            if let Some(last) = last {
                intake.repeat(&last.look);
            }
            Ok(None)
        }
        Asked::Answered(answer) => {
            intake.report.opened += 1;
            let Validators { etag, last_modified } = answer.validators.clone();
            let look = take(intake, source, http, &file_name, &patterns, answer)?;
            Ok(Some(SeenAddress { asked: way, etag, last_modified, look }))
        }
    }
}

fn take(
    intake: &mut Intake<'_>,
    source: &Source,
    http: &HttpToml,
    file_name: &str,
    patterns: &Patterns,
    answer: Answer,
) -> Result<Look, Halt> {
    let said_html = answer.content_type.as_deref().is_some_and(is_html);
    if said_html && !matches!(extension(file_name).as_str(), "html" | "htm") {
        let content_type = answer.content_type.unwrap_or_default();
        return Err(Problem::SaidHtml { content_type, file_name: file_name.to_owned() }.into());
    }
    // gzip is undone on the way; what is left here nobody asked for.
    if let Some(encoding) = answer.encoding.filter(|encoding| encoding.trim() != "identity") {
        return Err(Problem::Encoding(encoding).into());
    }
    let incoming = Incoming::adopt(answer.file)?;
    let content = sniff(&incoming.first_bytes, file_name);
    door_check(content, file_name).map_err(Problem::NotAsNamed)?;
    let mut look = Look { collection: source.collection.clone(), ..Look::default() };
    if let (Content::Gzip, Some(inner)) = (content, inner_name(file_name)) {
        if !http.members.is_empty() {
            return Err(Problem::NotAnArchive.into());
        }
        let file = reopen(&incoming)?;
        let inflated = inflate(file, incoming.bytes, &intake.landing, &intake.options.limits)?;
        look.deliveries.push(intake.admit(source, http.url.clone(), inner, inflated)?);
        return Ok(look);
    }
    if content != Content::Zip || extension(file_name) == "ods" {
        if !http.members.is_empty() {
            return Err(Problem::NotAnArchive.into());
        }
        look.deliveries.push(intake.admit(source, http.url.clone(), file_name, incoming)?);
        return Ok(look);
    }
    let file = reopen(&incoming)?;
    let wants = |member: &str| patterns.takes_member(file_name, member);
    let taken = unpack(file, &wants, &intake.landing, &intake.options.limits)?;
    for (member, incoming) in taken.members {
        let from = format!("{}!{member}", http.url);
        look.deliveries.push(intake.admit(source, from, last_part(&member), incoming)?);
    }
    for (member, problem) in taken.refused {
        intake.refuse_in(&mut look, &format!("{}!{member}", http.url), &problem);
    }
    Ok(look)
}

fn reopen(incoming: &Incoming) -> Result<File, SourceError> {
    File::open(incoming.path()).map_err(|source| SourceError::Landing {
        action: "read back",
        path: incoming.path().to_path_buf(),
        source,
    })
}

fn is_html(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(kind.as_str(), "text/html" | "application/xhtml+xml")
}

/// The name of the file: as declared, or the last part of the address.
fn file_name(http: &HttpToml, path: &str) -> Result<String, Problem> {
    let name = http.file_name.clone().or_else(|| percent_decoded(last_part(path)));
    name.filter(|name| !name.is_empty() && !name.contains(['/', '\\']) && !name.chars().any(char::is_control))
        .ok_or(Problem::NoFileName)
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

fn headers(http: &HttpToml, secret: &dyn Fn(&str) -> Option<String>) -> Result<HeaderMap, Problem> {
    let mut headers = HeaderMap::new();
    for (header, value) in &http.headers {
        let value = match value.strip_prefix("env:") {
            None => value.clone(),
            Some(variable) => secret(variable)
                .ok_or_else(|| Problem::SecretMissing { header: header.clone(), variable: variable.to_owned() })?,
        };
        let name = HeaderName::from_bytes(header.as_bytes()).map_err(|_| Problem::Header(header.clone()))?;
        let mut value = HeaderValue::from_str(&value).map_err(|_| Problem::Header(header.clone()))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests;
