use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use jiff::Timestamp;
use wiremock::matchers::{header, headers, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::definitions::SourceKind;
use crate::lake::Place;
use crate::ledger::Ledger;
use crate::source::kind::bring;
use crate::source::landing::Landing;
use crate::source::{Backoff, FetchOptions, FetchReport, fetch_async};

const CSV: &str = "la_code,percentage\r\n933,33.5\r\n";

fn address(url: &str) -> HttpToml {
    HttpToml {
        url: url.to_owned(),
        file_name: None,
        members: Vec::new(),
        max_megabytes: None,
        timeout_seconds: Some(10),
        tries: Some(3),
        headers: BTreeMap::new(),
        insecure: true,
    }
}

fn source(http: HttpToml) -> Source {
    Source {
        collection: "some".to_owned(),
        kind: SourceKind::Http(http.into()),
        received: None,
        maturity: None,
        is_default: false,
        named: Vec::new(),
        supplier: None,
    }
}

fn now() -> Timestamp {
    "2025-06-26T02:00:00Z".parse().unwrap()
}

fn secret(name: &str) -> Option<String> {
    (name == "EES_KEY").then(|| "s3cret".to_owned())
}

fn options() -> FetchOptions<'static> {
    let backoff = Backoff { base: Duration::from_millis(2), ..Backoff::default() };
    FetchOptions { backoff, ..FetchOptions::new(&secret, 1) }
}

async fn fetched(place: &Place, http: HttpToml) -> FetchReport {
    let mut ledger = Ledger::open(place).unwrap();
    fetch_async(&[source(http)], place, &mut ledger, now(), &options(), &()).await.unwrap()
}

fn a_place() -> (tempfile::TempDir, Place) {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path(), "var");
    (folder, place)
}

fn only_code(report: &FetchReport) -> &str {
    assert_eq!((report.landed.len(), report.problems.len()), (0, 1), "{report:?}");
    assert!(!report.problems[0].hint.is_empty());
    &report.problems[0].code
}

async fn serve(answers: impl IntoIterator<Item = ResponseTemplate>) -> MockServer {
    let server = MockServer::start().await;
    for answer in answers {
        Mock::given(method("GET")).respond_with(answer).up_to_n_times(1).mount(&server).await;
    }
    server
}

/// A server that sends exactly these bytes, one answer a connection, and tells what it was asked.
fn raw_server(answers: Vec<Vec<u8>>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/a.csv", listener.local_addr().unwrap());
    let (asked, requests) = channel();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                request.push(byte[0]);
            }
            let _ = asked.send(String::from_utf8(request).unwrap().to_ascii_lowercase());
            let _ = stream.write_all(&answer);
        }
    });
    (url, requests)
}

fn raw(head: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n").as_bytes(), body].concat()
}

/// gzip without compression (RFC 1952, stored blocks of RFC 1951).
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut blocks = bytes.chunks(60_000).peekable();
    while let Some(block) = blocks.next() {
        let size = u16::try_from(block.len()).unwrap();
        packed.push(u8::from(blocks.peek().is_none()));
        packed.extend(size.to_le_bytes());
        packed.extend((!size).to_le_bytes());
        packed.extend(block);
    }
    let crc = bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    });
    packed.extend((!crc).to_le_bytes());
    packed.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
    packed
}

#[tokio::test]
async fn a_second_fetch_asks_with_the_etag_and_writes_nothing() {
    let (_folder, place) = a_place();
    let server = MockServer::start().await;
    Mock::given(header("if-none-match", "\"v1\"")).respond_with(ResponseTemplate::new(304)).mount(&server).await;
    Mock::given(path("/data/some%20file.csv"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_string(CSV)
                .insert_header("ETag", "\"v1\"")
                .insert_header("Last-Modified", "Thu, 26 Jun 2025 08:00:00 GMT"),
        )
        .expect(1)
        .with_priority(9)
        .mount(&server)
        .await;
    let http = address(&format!("{}/data/some%20file.csv", server.uri()));
    let first = fetched(&place, http.clone()).await;
    assert_eq!((first.landed.len(), first.opened), (1, 1), "{first:?}");
    assert_eq!((first.landed[0].file_name.as_str(), &first.landed[0].source), ("some file.csv", &http.url));
    assert_eq!(fs::read(place.landed(&first.landed[0].sha256)).unwrap(), CSV.as_bytes());

    let seen = fs::metadata(place.ledger().join("seen.json")).unwrap().modified().unwrap();
    let second = fetched(&place, http.clone()).await;
    assert_eq!((second.landed.len(), second.known, second.opened), (0, 1, 0));
    assert_eq!(second.current, first.current);
    assert_eq!(fs::metadata(place.ledger().join("seen.json")).unwrap().modified().unwrap(), seen);
    let asked = &server.received_requests().await.unwrap()[1];
    assert_eq!(asked.headers["if-modified-since"], "Thu, 26 Jun 2025 08:00:00 GMT");
    assert_eq!(asked.headers["accept-encoding"], "identity");

    // Bytes that were lost are asked for without a condition.
    fs::remove_file(place.landed(&first.landed[0].sha256)).unwrap();
    let third =
        Mock::given(path("/data/some%20file.csv")).respond_with(ResponseTemplate::new(200).set_body_string(CSV));
    server.reset().await;
    third.mount(&server).await;
    assert_eq!(fetched(&place, http).await.known, 1);
    assert!(!server.received_requests().await.unwrap()[0].headers.contains_key("if-none-match"));
    assert!(place.landed(&first.landed[0].sha256).exists());
}

#[tokio::test]
async fn a_changed_answer_is_a_new_delivery() {
    let (_folder, place) = a_place();
    let answer = |text: &str| ResponseTemplate::new(200).set_body_string(text);
    let server = serve([answer(CSV), answer(CSV), answer("la_code\r\n933\r\n")]).await;
    let http = address(&format!("{}/a.csv", server.uri()));
    let mut counts = Vec::new();
    for _ in 0..3 {
        let report = fetched(&place, http.clone()).await;
        counts.push((report.landed.len(), report.known));
    }
    assert_eq!(counts, [(1, 0), (0, 1), (1, 0)]);
}

#[tokio::test]
async fn passing_failures_are_tried_again_and_lasting_ones_are_not() {
    let (_folder, place) = a_place();
    let server = serve([
        ResponseTemplate::new(503),
        ResponseTemplate::new(429).insert_header("Retry-After", "0"),
        ResponseTemplate::new(200).set_body_string(CSV),
    ])
    .await;
    assert_eq!(fetched(&place, address(&format!("{}/a.csv", server.uri()))).await.landed.len(), 1);

    let server = serve([ResponseTemplate::new(403)]).await;
    let report = fetched(&place, address(&format!("{}/b.csv", server.uri()))).await;
    assert_eq!(only_code(&report), "source::status");
    assert_eq!(report.problems[0].message, "the server answered 403 Forbidden");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);

    let server = serve([ResponseTemplate::new(503).insert_header("Retry-After", "86400")]).await;
    let report = fetched(&place, address(&format!("{}/c.csv", server.uri()))).await;
    assert_eq!(only_code(&report), "source::unreachable");
    assert_eq!(server.received_requests().await.unwrap().len(), 1, "a day is too long to wait");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_told_and_keeps_what_it_held() {
    let (_folder, place) = a_place();
    let server = serve([ResponseTemplate::new(200).set_body_string(CSV)]).await;
    let http = address(&format!("{}/a.csv", server.uri()));
    let first = fetched(&place, http.clone()).await;
    server.reset().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(500)).mount(&server).await;
    let report = fetched(&place, http).await;
    assert_eq!(only_code(&report), "source::unreachable");
    assert_eq!(report.problems[0].message, "no whole answer: the server answered 500 Internal Server Error (tries: 3)");
    assert_eq!(report.current, first.current);

    let slow = serve([ResponseTemplate::new(200).set_delay(Duration::from_secs(20))]).await;
    let http = HttpToml { timeout_seconds: Some(1), tries: Some(1), ..address(&format!("{}/a.csv", slow.uri())) };
    let report = fetched(&place, http).await;
    assert_eq!(report.problems[0].message, "no whole answer: the time was up (tries: 1)");
}

#[tokio::test]
async fn a_broken_transfer_goes_on_where_it_stopped() {
    let (_folder, place) = a_place();
    let (url, requests) = raw_server(vec![
        raw("200 OK\r\nETag: \"v1\"\r\nContent-Length: 30", b"la_code,na"),
        raw(
            "206 Partial Content\r\nETag: \"v1\"\r\nContent-Range: bytes 10-29/30\r\nContent-Length: 20",
            b"me\r\n933,Som",
        ),
        raw(
            "206 Partial Content\r\nETag: \"v1\"\r\nContent-Range: bytes 21-29/30\r\nContent-Length: 9",
            b"erset\r\n\r\n",
        ),
    ]);
    let report = fetched(&place, address(&url)).await;
    assert_eq!(report.landed.len(), 1, "{report:?}");
    assert_eq!(fs::read(place.landed(&report.landed[0].sha256)).unwrap(), b"la_code,name\r\n933,Somerset\r\n\r\n");
    let requests: Vec<String> = requests.iter().collect();
    assert!(!requests[0].contains("range"));
    assert!(requests[1].contains("range: bytes=10-\r\n") && requests[1].contains("if-range: \"v1\"\r\n"));
    assert!(requests[2].contains("range: bytes=21-\r\n"));
}

#[tokio::test]
async fn a_file_that_changed_between_tries_starts_anew() {
    let (_folder, place) = a_place();
    let (url, _requests) = raw_server(vec![
        raw("200 OK\r\nETag: \"v1\"\r\nContent-Length: 30", b"old old ol"),
        raw(
            "206 Partial Content\r\nETag: \"v2\"\r\nContent-Range: bytes 10-29/30\r\nContent-Length: 20",
            b"never to be mixed in",
        ),
        raw("200 OK\r\nETag: \"v2\"\r\nContent-Length: 4", b"a\r\n1"),
    ]);
    let report = fetched(&place, address(&url)).await;
    assert_eq!(fs::read(place.landed(&report.landed[0].sha256)).unwrap(), b"a\r\n1");
}

#[tokio::test]
async fn a_truncated_answer_is_never_landed() {
    let (_folder, place) = a_place();
    let cut = || raw("200 OK\r\nContent-Length: 30", b"la_code,na");
    let chunked = raw("200 OK\r\nTransfer-Encoding: chunked", b"a\r\nla_code,na\r\n");
    let (url, requests) = raw_server(vec![cut(), chunked, cut()]);
    let report = fetched(&place, address(&url)).await;
    assert_eq!(only_code(&report), "source::unreachable");
    let requests: Vec<String> = requests.iter().collect();
    assert!(requests.iter().all(|request| !request.contains("range")), "nothing proves that the bytes are the same");
    assert_eq!(fs::read_dir(place.landing_incoming()).unwrap().count(), 0);
}

#[tokio::test]
async fn answers_over_the_limit_are_refused_said_or_not() {
    let (_folder, place) = a_place();
    let body = vec![b'x'; (1 << 20) + 1];
    let said = raw(&format!("200 OK\r\nContent-Length: {}", body.len()), &body);
    let unsaid = raw("200 OK", &body);
    let packed = raw("200 OK\r\nContent-Encoding: gzip", &gzip(&body));
    for answer in [said, unsaid, packed] {
        let (url, requests) = raw_server(vec![answer]);
        let report = fetched(&place, HttpToml { max_megabytes: Some(1), ..address(&url) }).await;
        assert_eq!(only_code(&report), "source::too_large");
        assert_eq!(requests.iter().count(), 1, "not tried again");
    }
}

#[tokio::test]
async fn a_file_that_is_kept_packed_is_landed_unpacked_or_not_at_all() {
    let (_folder, place) = a_place();
    let whole = gzip(CSV.as_bytes());
    let head = "200 OK\r\nETag: \"v1\"\r\nContent-Encoding: gzip\r\nContent-Length";
    let (url, requests) = raw_server(vec![
        raw(&format!("{head}: {}", whole.len()), &whole[..20]),
        raw(&format!("{head}: {}", whole.len() - 9), &whole[..whole.len() - 9]),
        raw(&format!("{head}: {}", whole.len()), &whole),
    ]);
    let report = fetched(&place, address(&url)).await;
    assert_eq!(fs::read(place.landed(&report.landed[0].sha256)).unwrap(), CSV.as_bytes());
    assert!(requests.iter().all(|request| !request.contains("range")), "a range counts packed bytes");

    let (url, _requests) = raw_server(vec![raw("200 OK\r\nContent-Encoding: br\r\nContent-Length: 3", b"abc")]);
    assert_eq!(only_code(&fetched(&place, address(&url)).await), "source::encoding");
}

#[tokio::test]
async fn what_came_must_be_what_was_asked_for() {
    let (_folder, place) = a_place();
    let page = "<!DOCTYPE html><html><title>Sign in</title></html>";
    let zip = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    for (name, content_type, body, code) in [
        ("a.csv", "text/csv", page.as_bytes(), "source::html_instead"),
        ("a.csv", "text/html; charset=utf-8", CSV.as_bytes(), "source::html_instead"),
        ("a.zip", "application/zip", page.as_bytes(), "source::html_instead"),
        ("download", "application/octet-stream", page.as_bytes(), "source::html_instead"),
        ("a.csv", "text/csv", b"{\"code\":\"error\"}", "source::json_instead"),
        ("a.xlsx", "application/octet-stream", CSV.as_bytes(), "source::text_instead"),
        ("a.csv", "text/csv", b"", "source::empty"),
        ("a.csv", "text/csv", zip, "source::zip_instead"),
    ] {
        let answer = ResponseTemplate::new(200).set_body_raw(body, content_type).insert_header("ETag", "\"v\"");
        let server = serve([answer]).await;
        let http = address(&format!("{}/{name}", server.uri()));
        let report = fetched(&place, http.clone()).await;
        assert_eq!(only_code(&report), code, "{name} {content_type}");
        // Mended by the next night, it is taken: the bad answer's ETag was not kept.
        server.reset().await;
        let good = ResponseTemplate::new(200).set_body_string("la_code\n");
        Mock::given(method("GET")).respond_with(good).mount(&server).await;
        let _ = fetched(&place, http).await;
        assert!(!server.received_requests().await.unwrap()[0].headers.contains_key("if-none-match"));
    }
    assert!(
        !place.ledger().join("seen.json").exists()
            || !fs::read_to_string(place.ledger().join("seen.json")).unwrap().contains("\\\"v\\\"")
    );
}

#[tokio::test]
async fn members_are_taken_from_an_archive() {
    let (_folder, place) = a_place();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["data/a.csv", "data/b.csv", "guide.txt"] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(name.as_bytes()).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    let server = MockServer::start().await;
    Mock::given(path("/all.zip")).respond_with(ResponseTemplate::new(200).set_body_bytes(bytes)).mount(&server).await;
    Mock::given(path("/a.csv")).respond_with(ResponseTemplate::new(200).set_body_string(CSV)).mount(&server).await;
    let members = vec!["data/*.csv".to_owned()];
    let http = HttpToml { members: members.clone(), ..address(&format!("{}/all.zip", server.uri())) };
    let report = fetched(&place, http).await;
    let names: Vec<&str> = report.landed.iter().map(|delivery| delivery.source.rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["a.csv", "b.csv"]);
    assert!(report.landed[0].source.ends_with("/all.zip!data/a.csv"));
    let all = fetched(&place, address(&format!("{}/all.zip", server.uri()))).await;
    assert_eq!((all.landed.len(), all.known), (1, 2), "no members named: all are taken");

    let http = HttpToml { members, ..address(&format!("{}/a.csv", server.uri())) };
    assert_eq!(only_code(&fetched(&place, http).await), "source::not_an_archive");
}

#[tokio::test]
async fn secrets_come_from_outside_and_go_to_their_own_host_only() {
    let (_folder, place) = a_place();
    let (other, server) = (MockServer::start().await, MockServer::start().await);
    Mock::given(path("/moved.csv"))
        .respond_with(ResponseTemplate::new(302).insert_header("Location", format!("{}/a.csv", other.uri())))
        .mount(&server)
        .await;
    Mock::given(headers("x-key", vec!["s3cret"]))
        .and(path("/a.csv"))
        .respond_with(ResponseTemplate::new(200).set_body_string(CSV))
        .mount(&server)
        .await;
    Mock::given(path("/a.csv")).respond_with(ResponseTemplate::new(200).set_body_string("b\n")).mount(&other).await;
    let with_key =
        |url: String, key: &str| HttpToml { headers: [("X-Key".to_owned(), key.to_owned())].into(), ..address(&url) };
    let report = fetched(&place, with_key(format!("{}/a.csv", server.uri()), "env:EES_KEY")).await;
    assert_eq!(report.landed.len(), 1, "{report:?}");
    let report = fetched(&place, with_key(format!("{}/moved.csv", server.uri()), "env:EES_KEY")).await;
    assert_eq!(report.landed.len(), 1);
    assert!(!other.received_requests().await.unwrap()[0].headers.contains_key("x-key"));

    let report = fetched(&place, with_key(format!("{}/b.csv", server.uri()), "env:NOT_SET")).await;
    assert_eq!(only_code(&report), "source::secret_missing");
    let report = fetched(&place, with_key(format!("{}/b.csv", server.uri()), "s3cret\n")).await;
    assert_eq!(only_code(&report), "source::header");
    assert!(!report.problems[0].message.contains("s3cret"));
}

/// 127.0.0.1 stands for the public internet, every other address for what is behind the wall.
#[tokio::test]
async fn redirects_to_private_addresses_are_refused() {
    let (_folder, place) = a_place();
    let guard = Guard::only(IpAddr::V4(Ipv4Addr::LOCALHOST));
    for (location, code) in [
        ("http://169.254.169.254/latest/meta-data", "source::private_address"),
        ("http://[::1]/a.csv", "source::private_address"),
        ("http://user:pass@127.0.0.1/a.csv", "source::address"),
        ("file:///etc/passwd", "source::address"),
        ("/again", "source::redirects"),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .respond_with(ResponseTemplate::new(307).insert_header("Location", location))
            .mount(&server)
            .await;
        let http = address(&format!("{}/a.csv", server.uri()));
        let mut ledger = Ledger::open(&place).unwrap();
        let options = options();
        let mut intake = Intake::new(&mut ledger, Landing::open(&place).unwrap(), now(), &options, &());
        let (mut clients, source) = (Clients::default(), source(http.clone()));
        let mut address = HttpSource::guarded(&source, &http, &mut clients, guard);
        bring(&mut intake, &source, &mut address).await.unwrap();
        assert_eq!(intake.report.problems[0].code, code, "{location}");
    }
    let strict = HttpToml { insecure: false, ..address("https://localhost:1/a.csv") };
    assert_eq!(only_code(&fetched(&place, strict).await), "source::private_address", "by name, and not tried again");
    let strict = HttpToml { insecure: false, ..address("http://example.org/a.csv") };
    assert_eq!(only_code(&fetched(&place, strict).await), "source::address");
}
