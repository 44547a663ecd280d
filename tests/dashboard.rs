//! The page of `monitor --dashboard`: it shows what was found, its keys are marks of the session, and
//! nobody but a page of this machine is answered.
#![cfg(unix)]

mod port;
mod terminal;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Child;
use std::sync::Arc;
use std::time::{Duration, Instant};

use port::{Board, Monitored, command};
use serde_json::Value;
use terminal::Desk;
use twitchscope::dashboard::{Choices, Dashboard};
use twitchscope::monitor::{Glass, Replay, Totals, pane, watch};
use twitchscope::settings::Settings;
use twitchscope::source::{Options, Recording};

/// Nothing that is waited for takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a server answers.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

/// Asks `url` for `path` with these lines of a head.
fn ask(url: &str, first: &str, head: &str, body: &str) -> TcpStream {
    let place = url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(place).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // HTTP/1.0: the answer ends with the connection, and comes in one piece.
    let length = body.len();
    write!(stream, "{first} HTTP/1.0\r\nContent-Length: {length}\r\n{head}\r\n{body}").unwrap();
    stream
}

fn answer(url: &str, first: &str, head: &str, body: &str) -> Answer {
    let mut text = String::new();
    ask(url, first, head, body).read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

fn mark(url: &str, body: &str) -> Answer {
    answer(url, "POST /mark", "Host: localhost\r\nContent-Type: application/json\r\n", body)
}

/// A page that hears the news.
struct Page(BufReader<TcpStream>);

impl Page {
    fn of(url: &str) -> Self {
        Self(BufReader::new(ask(url, "GET /events", "Host: localhost\r\n", "")))
    }

    /// The next news; `None` at the end.
    fn next(&mut self) -> Option<Value> {
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return Some(serde_json::from_str(data).unwrap());
            }
        }
    }

    fn waits_for(&mut self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let since = Instant::now();
        while since.elapsed() < PATIENCE {
            let news = self.next().unwrap_or_else(|| panic!("ended before {what}"));
            if is(&news) {
                return news;
            }
        }
        panic!("{what} did not come");
    }
}

/// A page that is served here, and the glass that it looks through.
fn served(choices: Choices) -> (Glass, Dashboard) {
    let (glass, pane) = pane();
    (glass, Dashboard::open(pane, choices, "0".parse().unwrap()).unwrap())
}

/// Plays a sample as fast as can be, before this glass.
fn play(name: &str, mut glass: Glass) -> Totals {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name);
    let recording = Recording::open(&path, &Options::default()).unwrap();
    let mut replay = Replay::new(recording, name, None, Arc::default());
    watch(&mut replay, &Settings::default(), &mut None, &mut glass).unwrap().totals
}

#[test]
fn the_page_shows_the_counts_and_every_stretch_of_the_traces_once() {
    let (glass, dashboard) = served(Choices::default());
    let mut page = Page::of(&dashboard.url());
    let totals = play("four-channels.wav", glass);
    let mut next = 0;
    let last = loop {
        let news = page.next().expect("the end is told");
        let first = news["first"].as_u64().unwrap();
        assert_eq!(first, next, "no tick is told twice, and none is left out");
        for trace in news["traces"].as_array().unwrap() {
            let lengths = ["low", "high", "level"].map(|name| trace[name].as_array().unwrap().len());
            assert_eq!(lengths, [lengths[0]; 3]);
            next = first + lengths[0] as u64;
        }
        if !news["ended"].is_null() {
            break news;
        }
    };
    assert_eq!(page.next(), None, "the stream ends with the session");
    dashboard.end().unwrap();
    assert!(next > 29 * 40, "{next} ticks of 25 ms, of 30 s");
    assert_eq!(last["twitches"], totals.status.twitches);
    assert_eq!(last["stray"], totals.stray_twitches);
    let counted: Vec<u64> = totals.insertions.iter().map(|i| i.twitches).collect();
    let needles = last["needles"].as_array().unwrap();
    let shown: Vec<u64> = needles.iter().map(|n| n["twitches"].as_array().unwrap().len() as u64).collect();
    assert_eq!(shown, counted);
    assert!(counted.iter().sum::<u64>() > 0);
}

#[test]
fn a_page_that_takes_nothing_keeps_no_session_from_ending() {
    let (glass, dashboard) = served(Choices::default());
    let url = dashboard.url();
    // It asks for more than fits between the two, and reads nothing of it.
    let mut stuck = TcpStream::connect(url.trim_start_matches("http://").trim_end_matches('/')).unwrap();
    stuck.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
    let asks = "GET /page.js HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    while stuck.write_all(asks.as_bytes()).is_ok() {}
    let mut page = Page::of(&url);
    play("four-channels.wav", glass);
    page.waits_for("the end", |news| !news["ended"].is_null());
    let since = Instant::now();
    dashboard.end().unwrap();
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
    drop(stuck);
}

#[test]
fn only_this_machine_and_its_own_page_are_answered() {
    let (glass, dashboard) = served(Choices::default());
    let url = dashboard.url();
    let get = |path: &str, head: &str| answer(&url, &format!("GET {path}"), head, "");
    for path in ["/", "/page.css", "/page.js", "/traces.js"] {
        let page = get(path, "Host: localhost:7410\r\n");
        assert_eq!(page.status, 200, "{path}");
        assert!(page.head.contains("content-security-policy: default-src 'self'"), "{}", page.head);
        assert!(!page.body.contains("://"), "{path} asks for something elsewhere");
    }
    assert_eq!(get("/else", "Host: localhost\r\n").status, 404);
    // A name that leads here, in a browser with a foreign page (DNS rebinding).
    for host in ["example.org", "localhost.example.org", "192.168.1.2:7410"] {
        for path in ["/", "/events"] {
            let refused = get(path, &format!("Host: {host}\r\n"));
            assert_eq!(refused.status, 403, "{host}{path}");
            assert!(refused.body.contains("localhost"), "{}", refused.body);
        }
    }
    let post = |head: &str, body: &str| answer(&url, "POST /mark", head, body).status;
    let json = "Content-Type: application/json\r\n";
    assert_eq!(
        post(&format!("Host: localhost\r\nOrigin: http://example.org\r\n{json}"), r#"{"mark":"needle_in"}"#),
        403
    );
    // A form of a foreign page cannot say that it sends JSON.
    assert_eq!(post("Host: localhost\r\nContent-Type: text/plain\r\n", r#"{"mark":"needle_in"}"#), 415);
    for bad in ["", "{", "[]", r#"{"mark":"needles"}"#, r#"{"mark":"note"}"#, r#"{"mark":"undo","text":"x"}"#]
    {
        assert!([400, 422].contains(&mark(&url, bad).status), "{bad}");
    }
    let long = format!(r#"{{"mark":"note","text":"{}"}}"#, "x".repeat(5000));
    assert_eq!(mark(&url, &long).status, 413);
    let blank = mark(&url, r#"{"mark":"note","text":" \t"}"#);
    assert_eq!((blank.status, blank.body.as_str()), (422, "there is nothing to note"));
    drop(glass);
    dashboard.end().unwrap();
}

#[test]
fn a_recording_that_is_played_takes_no_marks() {
    let (glass, dashboard) = served(Choices { replay: true, ..Choices::default() });
    let refused = mark(&dashboard.url(), r#"{"mark":"needle_in"}"#);
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("takes no marks"), "{}", refused.body);
    drop(glass);
    dashboard.end().unwrap();
}

/// Where the page is that this `monitor` serves.
fn page_of(monitor: &mut Child) -> String {
    let mut err = BufReader::new(monitor.stderr.take().unwrap());
    let mut said = String::new();
    while err.read_line(&mut said).unwrap() > 0 {
        if let Some(url) = said.split(' ').find(|word| word.starts_with("http://")) {
            // What else it says must not wait for a reader.
            std::thread::spawn(move || std::io::copy(&mut err, &mut std::io::sink()));
            return url.to_owned();
        }
    }
    panic!("it ended without a page: {said}");
}

#[test]
fn keys_of_the_page_are_marks_of_the_session_and_of_its_recording() {
    let desk = Desk::new();
    let board = Board::plays("--as native --play samples/rest.wav");
    let out = desk.path("out");
    let line = format!(
        "--port {} --board native --record {} --no-figures --wait 0s --sites left,right",
        board.port,
        out.display()
    );
    let mut child = command(&format!("monitor {line} --headless --dashboard 0")).spawn().unwrap();
    let url = page_of(&mut child);
    let mut page = Page::of(&url);
    let first = page.waits_for("samples", |news| news["frames"].as_u64() > Some(0));
    assert_eq!(first["sites"], serde_json::json!(["left", "right"]));
    assert_eq!(first["recording"]["works"], true);
    let marks = [
        r#"{"mark":"site","text":"left"}"#,
        r#"{"mark":"needle"}"#,
        r#"{"mark":"note","text":"deep,\tat 2 cm"}"#,
    ];
    for body in marks {
        assert_eq!(mark(&url, body).status, 204, "{body}");
    }
    page.waits_for("the needle in", |news| news["inside"] == 1 && news["needles"][0]["label"] == "left");
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(mark(&url, r#"{"mark":"needle"}"#).status, 204);
    page.waits_for("the needle out", |news| news["inside"] == 0);
    assert_eq!(mark(&url, r#"{"mark":"needle_in"}"#).status, 204);
    page.waits_for("the second needle", |news| news["inside"] == 1);
    assert_eq!(mark(&url, r#"{"mark":"undo"}"#).status, 204);
    page.waits_for("no needle", |news| news["inside"] == 0);
    let seen = Monitored::of({
        drop(board);
        child.wait_with_output().unwrap()
    });
    let all: Vec<&str> = seen.lines.iter().filter_map(|line| line["type"].as_str()).collect();
    let told = |kind: &str| all.iter().filter(|name| **name == kind).count();
    assert_eq!(
        [told("insertion_opened"), told("insertion_closed"), told("undone"), told("note")],
        [2, 1, 1, 1]
    );
    let text = String::from_utf8(desk.read("out/native-001_events.tsv")).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split('\t').skip(2).collect()).collect();
    let wanted = [
        ["needle_in", "left"],
        ["note", "deep, at 2 cm"],
        ["needle_out", "n/a"],
        ["undone_needle_in", "left"],
    ];
    assert_eq!(rows, wanted);
}

#[test]
fn an_address_that_cannot_be_served_is_refused_with_the_cure() {
    let desk = Desk::new();
    let play = "monitor --replay samples/rest.wav --speed max --headless";
    let open = desk.run(&format!("{play} --dashboard 0.0.0.0:7410"));
    assert_eq!(open.code, 2);
    assert!(
        open.err.contains("other machines could reach 0.0.0.0") && open.err.contains("ssh -L"),
        "{}",
        open.err
    );
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = taken.local_addr().unwrap();
    let taken = desk.run(&format!("{play} --dashboard {place}"));
    assert_eq!(taken.code, 1);
    assert!(taken.err.contains(&place.to_string()) && taken.err.contains("another port"), "{}", taken.err);
    let sites = desk.run("monitor --port /dev/null --headless --sites a,b");
    assert_eq!(sites.code, 2);
    assert!(sites.err.contains("--dashboard"), "{}", sites.err);
}
