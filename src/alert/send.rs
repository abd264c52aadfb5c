//! Sending one message to one address: two tries, ten seconds each, no redirect, and no word of the address in what is said of it.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use super::{AlertError, Message, Telling};
use crate::definitions::AlertChannel;

const TIMEOUT: Duration = Duration::from_secs(10);
const TRIES: u32 = 2;
const BETWEEN: Duration = Duration::from_secs(1);

/// Sends a message.
pub(super) fn send(channel: &AlertChannel, message: &Message, telling: &Telling<'_>) -> Result<(), AlertError> {
    let body = message.body(channel.kind).to_string();
    ask(channel, telling, Some(body))
}

/// Asks the address of a dead man's ping.
pub(super) fn ping(channel: &AlertChannel, telling: &Telling<'_>) -> Result<(), AlertError> {
    ask(channel, telling, None)
}

fn ask(channel: &AlertChannel, telling: &Telling<'_>, body: Option<String>) -> Result<(), AlertError> {
    let variable = || channel.variable.clone();
    let address = (telling.secret)(&channel.variable).ok_or_else(|| AlertError::NoAddress(variable()))?;
    let url = Url::parse(address.trim()).map_err(|_| AlertError::BadAddress(variable()))?;
    let is_here = url.host_str().is_some_and(|host| matches!(host, "127.0.0.1" | "localhost" | "[::1]"));
    if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
        return Err(AlertError::BadAddress(variable()));
    }
    // An error means that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .user_agent(concat!("sendmart/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        .timeout(TIMEOUT)
        .build()
        .map_err(|error| AlertError::Client(error.without_url().to_string()))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| AlertError::Client(error.to_string()))?;
    runtime.block_on(async {
        let mut tried = 0;
        loop {
            tried += 1;
            match once(&client, &url, body.as_deref()).await {
                Err(AlertError::Unreachable(_) | AlertError::Refused(429 | 500..)) if tried < TRIES => {
                    tokio::time::sleep(BETWEEN).await;
                }
                outcome => return outcome,
            }
        }
    })
}

async fn once(client: &Client, url: &Url, body: Option<&str>) -> Result<(), AlertError> {
    let request = match body {
        Some(body) => client.post(url.clone()).header("content-type", "application/json").body(body.to_owned()),
        None => client.get(url.clone()),
    };
    let answer = request.send().await.map_err(|error| {
        let why = if error.is_timeout() { "no answer within ten seconds" } else { "nothing answers there" };
        AlertError::Unreachable(why.to_owned())
    })?;
    let status = answer.status();
    if status.is_success() { Ok(()) } else { Err(AlertError::Refused(status.as_u16())) }
}
