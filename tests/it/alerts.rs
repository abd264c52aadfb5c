use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// A server on this machine that takes everything; gives the request line and the body of each.
fn server() -> (String, Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, asked) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut text = String::new();
            let mut buffer = [0; 4096];
            loop {
                let read = stream.read(&mut buffer).unwrap();
                text.push_str(&String::from_utf8_lossy(&buffer[..read]));
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = |line: &str| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok();
                if read == 0 || body.len() >= head.lines().find_map(length).unwrap_or(0) {
                    break;
                }
            }
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            if sender.send((head.lines().next().unwrap().to_owned(), body.to_owned())).is_err() {
                return;
            }
        }
    });
    (address, asked)
}

fn night(place: &Path, address: Option<&str>, arguments: &[&str]) -> (i32, String, String) {
    let mut program = assert_cmd::Command::cargo_bin("sendmart").unwrap();
    program.env_remove("SENDMART_CONFIG").arg("--place").arg(place).args(["--config", "night.toml"]).args(arguments);
    if let Some(address) = address {
        program.env("ALERT_TEAM", format!("{address}/hook?secret=s3cr3t")).env("ALERT_PING", format!("{address}/ping"));
    }
    let out = program.current_dir(place).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap_or(-1), text(&out.stdout), text(&out.stderr))
}

#[test]
fn a_night_tells_what_goes_wrong_once_and_asks_the_ping_when_it_ended_well() {
    let (_keep, place) = crate::place();
    let sample = crate::checkout().join("pipelines/published_absence/samples/by_reason");
    let file = fs::read_dir(sample).unwrap().next().unwrap().unwrap().path();
    fs::create_dir_all(place.join("share")).unwrap();
    fs::copy(&file, place.join("share").join(file.file_name().unwrap())).unwrap();
    fs::write(
        place.join("night.toml"),
        "authority = \"933\"\n[[source]]\ncollection = \"published_absence\"\nfolder.path = \"share\"\n\n\
         [[alert]]\nname = \"team\"\nkind = \"json\"\nurl = \"env:ALERT_TEAM\"\n\n\
         [[alert]]\nname = \"dead man\"\nkind = \"ping\"\nurl = \"env:ALERT_PING\"\n",
    )
    .unwrap();
    let (address, asked) = server();
    let told = |code: i32| -> Vec<String> {
        let (ended, out, err) = night(&place, Some(&address), &["run"]);
        assert_eq!(ended, code, "{out}{err}");
        assert!(!format!("{out}{err}").contains("s3cr3t"), "{out}{err}");
        let requests: Vec<(String, String)> = asked.try_iter().collect();
        requests
            .iter()
            .flat_map(|(line, body)| match serde_json::from_str::<serde_json::Value>(body) {
                Err(_) => vec![line.split(' ').nth(1).unwrap().to_owned()],
                Ok(body) => {
                    assert!(!body.to_string().contains(&file.file_name().unwrap().display().to_string()), "{body}");
                    let notices = body["notices"].as_array().unwrap().iter();
                    let text = |one: &serde_json::Value, key: &str| one[key].as_str().unwrap().to_owned();
                    notices.map(|one| format!("{} {}", text(one, "stage"), text(one, "key"))).collect()
                }
            })
            .collect()
    };
    assert_eq!(told(0), ["/ping"]);
    fs::rename(place.join("share"), place.join("unmounted")).unwrap();
    assert_eq!(told(74), ["new source:published_absence"]);
    assert_eq!(told(74), [""; 0], "once");
    let (code, out, err) = night(&place, Some(&address), &["alert"]);
    assert!(code == 0 && out.contains("could not be read, last read at") && out.contains("told: team"), "{out}{err}");
    // Definitions that are wrong are told as well, and what stood open still does.
    let config = fs::read_to_string(place.join("night.toml")).unwrap();
    fs::write(place.join("night.toml"), config.replace("published_absence", "published_abscence")).unwrap();
    assert_eq!(told(78), ["new run:78"]);
    fs::write(place.join("night.toml"), config).unwrap();
    fs::rename(place.join("unmounted"), place.join("share")).unwrap();
    assert_eq!(told(0), ["recovered run:78", "recovered source:published_absence", "/ping"]);
    let (code, out, _) = night(&place, Some(&address), &["alert"]);
    assert!(code == 0 && out.contains("Nothing stands open"), "{out}");
    let (code, out, err) = night(&place, Some(&address), &["alert", "test"]);
    assert!(code == 0 && out.contains("team: it took the message"), "{out}{err}");
    assert_eq!(asked.try_iter().count(), 2);
    // An alert that nobody hears is a failure, whatever the run was.
    let (code, _, err) = night(&place, None, &["run"]);
    assert_eq!(code, 74, "{err}");
    insta::assert_snapshot!("an_alert_that_nobody_hears", err);
}

#[test]
fn an_address_in_a_config_is_refused() {
    let (_keep, place) = crate::place();
    let alert = "[[alert]]\nname = \"team\"\nkind = \"teams\"\nurl = \"https://example.org/hook\"\n";
    fs::write(place.join("night.toml"), alert.repeat(2)).unwrap();
    let (code, _, err) = night(&place, None, &["check"]);
    assert_eq!(code, 78, "{err}");
    insta::assert_snapshot!("an_address_in_a_config", err);
}
