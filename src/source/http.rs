//! An address as a source: asked conditionally, with retries, a size limit, and no way into the inner network.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use reqwest::header::{
    CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
    RETRY_AFTER,
};
use reqwest::redirect::Policy;
use reqwest::{StatusCode, Url};

use super::SourceError;
use super::archive::unpack;
use super::content::{Content, door_check, extension, sniff};
use super::door::{Door, last_part, way_of_looking};
use super::limits::{ANSWER_MEGABYTES, CONNECT, REDIRECTS, REQUEST_SECONDS, TRIES};
use super::patterns::Patterns;
use super::problem::{Halt, Problem};
use crate::ledger::{Look, SeenAddress};
use crate::spec::Source;
use crate::spec::wire::HttpToml;

/// What an address answered.
enum Answer {
    /// Nothing has changed since.
    Unchanged,
    /// New bytes.
    Body { bytes: Vec<u8>, headers: HeaderMap },
}

/// Asks one address, and takes what is new.
pub(super) fn ask(door: &mut Door<'_>, source: &Source, http: &HttpToml) -> Result<(), SourceError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(SourceError::Runtime)?;
    match runtime.block_on(take(door, source, http)) {
        Ok(()) => Ok(()),
        Err(Halt::Failed(error)) => Err(error),
        Err(Halt::Refused(problem)) => {
            door.refuse(&http.url, &problem);
            // What it brought last time still stands.
            if let Some(seen) = door.ledger.seen().address(&source.collection, &http.url).cloned() {
                door.repeat(&seen.look);
            }
            Ok(())
        }
    }
}

async fn take(door: &mut Door<'_>, source: &Source, http: &HttpToml) -> Result<(), Halt> {
    let url = Url::parse(&http.url).map_err(|_| Problem::Address("it is not an address"))?;
    allowed(&url, http.insecure)?;
    let name = http.file_name.clone().unwrap_or_else(|| last_part(url.path()).to_owned());
    if name.is_empty() {
        return Err(Problem::NoFileName.into());
    }
    let asked = way_of_looking(&[&[http.url.clone(), name.clone()], &http.members]);
    let seen = door
        .ledger
        .seen()
        .address(&source.collection, &http.url)
        .filter(|seen| seen.asked == asked && door.still_has(&seen.look))
        .cloned();
    let headers = headers(door, http, seen.as_ref())?;
    door.progress.message(&format!("Asking {}", http.url));
    let answer = with_retries(door, http, &url, &headers).await?;
    let (bytes, headers) = match (answer, seen) {
        (Answer::Body { bytes, headers }, _) => (bytes, headers),
        (Answer::Unchanged, Some(seen)) => {
            door.repeat(&seen.look);
            return Ok(());
        }
        (Answer::Unchanged, None) => {
            return Err(Problem::Status("304 Not Modified, though nothing was known".to_owned()).into());
        }
    };
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
    let content = sniff(&bytes[..bytes.len().min(8192)], &name);
    let wants_page = matches!(extension(&name).as_str(), "html" | "htm" | "xhtml");
    if !wants_page && (content_type.starts_with("text/html") || content == Content::Html) {
        return Err(Problem::SaidHtml { content_type, file_name: name }.into());
    }
    door_check(content, &name).map_err(Problem::NotAsNamed)?;
    let look = land(door, source, http, &name, &bytes)?;
    let text = |header| headers.get(header).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::to_owned);
    let answer = SeenAddress { asked, etag: text(ETAG), last_modified: text(LAST_MODIFIED), look };
    door.ledger.seen_mut().set_address(&http.url, answer);
    Ok(())
}

/// Lands an answer, or the members of an archive.
fn land(door: &mut Door<'_>, source: &Source, http: &HttpToml, name: &str, bytes: &[u8]) -> Result<Look, Halt> {
    let mut look = Look { collection: source.collection.clone(), ..Look::default() };
    if http.members.is_empty() && extension(name) != "zip" {
        let incoming = door.landing.receive(&mut &bytes[..], &mut |_| Ok(()), Problem::Unreadable)?;
        look.deliveries.push(door.admit(source, http.url.clone(), name, incoming)?);
        return Ok(look);
    }
    let patterns = Patterns::of_members(&http.members)?;
    let taken = unpack(
        std::io::Cursor::new(bytes),
        &|member| patterns.takes_member(name, member),
        &door.landing,
        &door.options.limits,
    )?;
    for (member, incoming) in taken.members {
        let from = format!("{}!{member}", http.url);
        look.deliveries.push(door.admit(source, from, last_part(&member), incoming)?);
    }
    for (member, problem) in taken.refused {
        door.refuse_in(&mut look, &format!("{}!{member}", http.url), &problem);
    }
    Ok(look)
}

fn headers(door: &Door<'_>, http: &HttpToml, seen: Option<&SeenAddress>) -> Result<HeaderMap, Problem> {
    let mut headers = HeaderMap::new();
    for (name, value) in &http.headers {
        let value = match value.strip_prefix("env:") {
            Some(variable) => (door.options.secret)(variable)
                .ok_or_else(|| Problem::SecretMissing { header: name.clone(), variable: variable.to_owned() })?,
            None => value.clone(),
        };
        let parsed = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_str(&value).ok());
        let (header, mut value) = parsed.ok_or_else(|| Problem::Header(name.clone()))?;
        value.set_sensitive(true);
        headers.insert(header, value);
    }
    if let Some(seen) = seen {
        for (header, value) in [(IF_NONE_MATCH, &seen.etag), (IF_MODIFIED_SINCE, &seen.last_modified)] {
            if let Some(value) = value.as_ref().and_then(|value| HeaderValue::from_str(value).ok()) {
                headers.insert(header, value);
            }
        }
    }
    Ok(headers)
}

/// Whether an address may be asked at all.
fn allowed(url: &Url, insecure: bool) -> Result<(), Problem> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Problem::Address("a user name or password stands in it"));
    }
    if url.scheme() != "https" && !(insecure && url.scheme() == "http") {
        return Err(Problem::Address("it is not https"));
    }
    let literal = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
    match literal {
        Some(address) if !insecure && is_private(address) => Err(Problem::PrivateAddress(address.to_string())),
        _ => Ok(()),
    }
}

/// Addresses of this machine, the inner network, or a cloud's metadata.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                || (v4.octets()[0] == 100 && (64..128).contains(&v4.octets()[1]))
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_private(IpAddr::V4(v4)),
            None => {
                v6.is_loopback()
                    || v6.is_unspecified()
                    || v6.is_unique_local()
                    || v6.is_unicast_link_local()
                    || v6.is_multicast()
            }
        },
    }
}

async fn with_retries(door: &Door<'_>, http: &HttpToml, url: &Url, headers: &HeaderMap) -> Result<Answer, Halt> {
    let tries = http.tries.unwrap_or(TRIES).max(1);
    let mut seed = door.options.seed | 1;
    let mut last = String::new();
    for attempt in 0..tries {
        let mut asked_wait = None;
        match once(http, url, headers).await {
            Ok(answer) => return Ok(answer),
            Err(Attempt::Final(problem)) => return Err(problem.into()),
            Err(Attempt::Again { why, wait }) => {
                last = why;
                asked_wait = wait.or(asked_wait);
            }
        }
        if attempt + 1 < tries {
            let backoff = door.options.backoff;
            // Full jitter: anything between nothing and the doubled wait (xorshift, seeded by the run).
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let most = backoff.base.saturating_mul(1 << attempt.min(16)).min(backoff.most);
            let wait = most.mul_f64((seed % 1000) as f64 / 1000.0);
            tokio::time::sleep(asked_wait.map_or(wait, |asked: Duration| asked.min(backoff.most_asked))).await;
        }
    }
    Err(Problem::Unreachable { tries, why: last }.into())
}

enum Attempt {
    Final(Problem),
    Again { why: String, wait: Option<Duration> },
}

async fn once(http: &HttpToml, url: &Url, headers: &HeaderMap) -> Result<Answer, Attempt> {
    // Ignored when another part of the process has chosen already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let insecure = http.insecure;
    let policy = Policy::custom(move |attempt| {
        if attempt.previous().len() > REDIRECTS || allowed(attempt.url(), insecure).is_err() {
            attempt.stop()
        } else {
            attempt.follow()
        }
    });
    let mut builder = reqwest::Client::builder()
        .redirect(policy)
        .connect_timeout(CONNECT)
        .timeout(Duration::from_secs(http.timeout_seconds.unwrap_or(REQUEST_SECONDS)));
    if !insecure {
        builder = builder.dns_resolver(std::sync::Arc::new(PublicOnly)).https_only(true);
    }
    let client = builder.build().map_err(|error| Attempt::Final(Problem::Tls(plain(&error))))?;
    let again = |error: reqwest::Error| Attempt::Again { why: plain(&error), wait: None };
    let mut response = client.get(url.clone()).headers(headers.clone()).send().await.map_err(again)?;
    let status = response.status();
    if status == StatusCode::NOT_MODIFIED {
        return Ok(Answer::Unchanged);
    }
    if status.is_redirection() {
        return Err(Attempt::Final(Problem::Redirects(REDIRECTS)));
    }
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        let wait = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        return Err(Attempt::Again { why: status.to_string(), wait });
    }
    if !status.is_success() {
        return Err(Attempt::Final(Problem::Status(status.to_string())));
    }
    let most = http.max_megabytes.unwrap_or(ANSWER_MEGABYTES) << 20;
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(again)? {
        if (bytes.len() + chunk.len()) as u64 > most {
            return Err(Attempt::Final(Problem::TooLarge(most)));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Answer::Body { headers: response.headers().clone(), bytes })
}

/// What went wrong, without the address (it may hold a token).
fn plain(error: &reqwest::Error) -> String {
    let mut text = if error.is_timeout() { "it took too long".to_owned() } else { String::new() };
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    if text.is_empty() { "the request failed".to_owned() } else { text }
}

/// Names are resolved to public addresses only, on redirects too.
struct PublicOnly;

impl reqwest::dns::Resolve for PublicOnly {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let public: Vec<SocketAddr> = found.into_iter().filter(|address| !is_private(address.ip())).collect();
            if public.is_empty() {
                return Err("the name leads to a private address".into());
            }
            let addresses: reqwest::dns::Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}
