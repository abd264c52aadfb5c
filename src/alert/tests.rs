use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel as pair};
use std::thread;

use super::*;
use crate::definitions::AlertChannel;

/// A server on this machine that answers each request with this status, and gives the bodies.
fn server(status: u16) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, bodies) = pair();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut text = String::new();
            let mut buffer = [0; 4096];
            loop {
                let read = stream.read(&mut buffer).unwrap();
                text.push_str(&String::from_utf8_lossy(&buffer[..read]));
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length =
                    head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
                if body.len() >= length.unwrap_or(0) || read == 0 {
                    break;
                }
            }
            write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
            let body = text.split_once("\r\n\r\n").unwrap().1.to_owned();
            if sender.send(body).is_err() {
                return;
            }
        }
    });
    (address, bodies)
}

fn channel(name: &str, kind: AlertKind) -> AlertChannel {
    AlertChannel { name: name.to_owned(), kind, variable: name.to_uppercase() }
}

fn trouble(key: &str) -> Trouble {
    Trouble { key: key.to_owned(), words: format!("The words of `{key}`"), hint: "look at it".to_owned() }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn each_trouble_is_told_once_when_new_once_when_it_lasts_and_once_when_it_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path(), std::path::Path::new("var"));
    let (address, bodies) = server(200);
    let channels = [channel("team", AlertKind::Json)];
    let zone = Zone::default();
    let night = |now: &str, troubles: &[Trouble]| {
        let secret = |name: &str| (name == "TEAM").then(|| address.clone());
        let telling = Telling { channels: &channels, of: "X", zone: &zone, now: at(now), secret: &secret };
        let told = tell(&place, troubles, &telling).unwrap();
        assert_eq!(told.unreached, []);
        let found: Vec<serde_json::Value> =
            bodies.try_iter().map(|body| serde_json::from_str(&body).unwrap()).collect();
        let notices = found.iter().flat_map(|body| body["notices"].as_array().unwrap());
        notices
            .map(|one| format!("{} {}", one["stage"].as_str().unwrap(), one["key"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    let held = trouble("held:sen2");
    assert_eq!(night("2026-11-01T02:00:00Z", std::slice::from_ref(&held)), ["new held:sen2"]);
    assert_eq!(night("2026-11-01T03:00:00Z", std::slice::from_ref(&held)), [""; 0]);
    assert_eq!(night("2026-11-02T02:00:00Z", &[held.clone(), trouble("late:x")]), ["new late:x", "still held:sen2"]);
    assert_eq!(night("2026-11-03T02:00:00Z", &[held.clone(), trouble("late:x")]), ["still late:x"]);
    assert_eq!(night("2026-11-04T02:00:00Z", &[trouble("late:x")]), ["recovered held:sen2"]);
    assert_eq!(night("2026-11-05T02:00:00Z", &[trouble("late:x")]), [""; 0]);
    // What comes again is new again.
    assert_eq!(night("2026-11-06T02:00:00Z", &[held]), ["new held:sen2", "recovered late:x"]);
    assert_eq!(open_troubles(&place).len(), 1, "what is over and told is forgotten");
}

#[test]
fn silence_is_told_by_the_other_channel_and_what_was_missed_is_told_later() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path(), std::path::Path::new("var"));
    let (good, bodies) = server(202);
    let (bad, _) = server(404);
    let (mended, late) = server(200);
    let channels = [channel("deaf", AlertKind::Teams), channel("team", AlertKind::Slack)];
    let zone = Zone::default();
    let night = |now: &str, deaf: &str, troubles: &[Trouble]| {
        let secret = |name: &str| match name {
            "TEAM" => Some(good.clone()),
            "DEAF" => Some(deaf.to_owned()),
            _ => None,
        };
        let telling = Telling { channels: &channels, of: "X", zone: &zone, now: at(now), secret: &secret };
        tell(&place, troubles, &telling).unwrap()
    };
    let told = night("2026-11-01T02:00:00Z", &bad, &[trouble("held:sen2")]);
    assert_eq!(told.unreached, [("deaf".to_owned(), AlertError::Refused(404))]);
    let texts: Vec<String> = bodies.try_iter().collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts[1].contains("The channel `deaf` could not be told: it answered 404"), "{texts:?}");
    assert!(!texts.concat().contains(&bad), "an address is a secret");
    // The next night it hears again, and is told what it missed; the other one is told that it is well.
    let told = night("2026-11-01T03:00:00Z", &mended, &[trouble("held:sen2")]);
    assert_eq!(told.unreached, []);
    let card: serde_json::Value = serde_json::from_str(&late.try_iter().next().unwrap()).unwrap();
    let body = &card["attachments"][0]["content"]["body"];
    assert_eq!(body[0]["text"], "sendmart, X: 1 new");
    assert_eq!(body[1]["text"], "New: The words of held:sen2. What to do: look at it.");
    let texts: Vec<String> = bodies.try_iter().collect();
    assert!(texts.len() == 1 && texts[0].contains("Well again: The channel `deaf`"), "{texts:?}");
}

#[test]
fn an_address_is_https_or_of_this_machine_and_stands_in_the_environment() {
    let zone = Zone::default();
    let one = channel("team", AlertKind::Json);
    let asked = |address: Option<&str>| {
        let secret = |_: &str| address.map(str::to_owned);
        let telling = Telling { channels: &[], of: "X", zone: &zone, now: at("2026-11-01T02:00:00Z"), secret: &secret };
        try_channel(&one, &telling).unwrap_err().code()
    };
    assert_eq!(asked(None), "alert::no_address");
    assert_eq!(asked(Some("http://example.org/hook")), "alert::bad_address");
    assert_eq!(asked(Some("no address")), "alert::bad_address");
    assert_eq!(asked(Some("http://127.0.0.1:1/")), "alert::unreachable");
}
