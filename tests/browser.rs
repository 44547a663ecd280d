//! The pages in a real browser: the report opens from the disk, shows its figures and asks for nothing,
//! the page of a live session shows its counts and its traces, and neither says anything on the console. Passed over, with a word, where there is no Chromium.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use twitchscope::report::write_all;

mod port;
mod sessions;

use port::command;
use sessions::{many, mask, reject};

/// The browser of the variable CHROMIUM, or one of the usual names.
fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let folders: Vec<PathBuf> = std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
    let usual = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let found = || folders.iter().flat_map(|f| usual.map(|name| f.join(name))).find(|path| path.is_file());
    named.or_else(found)
}

/// The hosts that were asked for, through a proxy that answers nothing.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<BTreeSet<String>>>);

impl Asked {
    /// Listens; the port.
    fn listen(&self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = self.clone();
        std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| asked.hear(stream)));
        port
    }

    fn hear(&self, mut stream: TcpStream) {
        let mut head = [0; 512];
        let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
        let length = stream.read(&mut head).unwrap_or(0);
        let line = String::from_utf8_lossy(&head[..length]).lines().next().unwrap_or_default().to_owned();
        let target = line.split(' ').nth(1).unwrap_or_default().trim_start_matches("http://");
        let host = target.split(['/', ':']).next().unwrap_or_default();
        self.0.lock().unwrap().insert(host.to_owned());
        let _ = stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    }
}

/// What came of opening a page.
struct Opened {
    dom: String,
    console: Vec<String>,
    hosts: BTreeSet<String>,
    picture: Vec<u8>,
}

/// A browser that is asked for pages; what they ask for beyond this machine goes to the proxy.
struct Browser {
    path: PathBuf,
    folder: tempfile::TempDir,
    asked: Asked,
    port: u16,
}

impl Browser {
    fn new(path: &Path) -> Self {
        let asked = Asked::default();
        let port = asked.listen();
        Self { path: path.to_owned(), folder: tempfile::tempdir().unwrap(), asked, port }
    }

    /// Opens `url`; what it printed, and what the page said on the console.
    fn run(&self, more: &[&str], url: &str) -> (String, Vec<String>) {
        let out = Command::new(&self.path)
            .args(["--headless", "--disable-gpu", "--no-sandbox", "--no-first-run", "--disable-sync"])
            .args(["--disable-background-networking", "--disable-component-update", "--hide-scrollbars"])
            .args(["--enable-logging=stderr"])
            .arg(format!("--user-data-dir={}", self.folder.path().join("profile").display()))
            .arg(format!("--proxy-server=http://127.0.0.1:{}", self.port))
            .args(more)
            .arg(url)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        let console = said.lines().filter(|l| l.contains(":CONSOLE")).map(str::to_owned).collect();
        (String::from_utf8_lossy(&out.stdout).into_owned(), console)
    }

    fn hosts(&self) -> BTreeSet<String> {
        self.asked.0.lock().unwrap().clone()
    }
}

fn open(browser: &Path, page: &Path) -> Opened {
    let browser = Browser::new(browser);
    let picture = browser.folder.path().join("picture.png");
    let url = format!("file://{}", page.display());
    let args = ["--window-size=1280,9000", "--proxy-bypass-list=<-loopback>"];
    let (dom, said) = browser.run(&[args[0], args[1], "--dump-dom"], &url);
    let screenshot = format!("--screenshot={}", picture.display());
    let (_, said_too) = browser.run(&[args[0], args[1], &screenshot], &url);
    Opened {
        dom,
        console: [said, said_too].concat(),
        hosts: browser.hosts(),
        picture: fs::read(&picture).unwrap_or_default(),
    }
}

/// How many pixels of a picture have a colour.
fn pixels(picture: &[u8], colour: [u8; 3]) -> usize {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    let wide = info.color_type.samples();
    bytes.chunks_exact(wide).filter(|pixel| pixel[..3] == colour).count()
}

#[test]
fn the_page_opens_in_a_browser_shows_its_figures_and_asks_for_nothing() {
    let Some(browser) = chromium() else {
        eprintln!("passed over: no Chromium here; install it, or name it in the variable CHROMIUM");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    // What the browser asks for by itself, and that a page which does ask is seen to do so.
    let empty = open(&browser, &write("empty.html", "<!doctype html><title>x</title><p>x"));
    let bad = "<!doctype html><img src=http://example.invalid/a.png><script>console.error('x')</script>";
    let bad = open(&browser, &write("bad.html", bad));
    assert!(bad.hosts.contains("example.invalid"), "a request is seen: {:?}", bad.hosts);
    assert!(!bad.console.is_empty(), "a word on the console is heard");

    let hostile = "</title></svg><script>console.error(1)</script><img src=http://example.invalid/b.png>";
    let mut session = many(5, 1);
    session.source.name = hostile.into();
    session.channels[0].name = hostile.into();
    session.insertions[1].label = Some(hostile.into());
    mask(&mut session, None, 15.0, 2.0);
    reject(&mut session, twitchscope::detect::Class::Ecg, 0, 12.0, 0.05);
    session.warnings = vec![hostile.into()];
    let written = write_all(folder.path(), "x", &session, true).unwrap();
    let page = written.iter().find(|p| p.ends_with("x_report.html")).unwrap();
    let opened = open(&browser, page);
    assert_eq!(opened.console, [""; 0], "nothing on the console");
    let hosts: Vec<&String> = opened.hosts.difference(&empty.hosts).collect();
    assert!(!hosts.iter().any(|host| host.contains("example")), "{hosts:?}");
    assert_eq!(opened.dom.matches("<figure").count(), 7, "all figures are there");
    assert_eq!(opened.dom.matches("</svg>").count(), 7);
    assert!(!opened.dom.contains("<script") && !opened.dom.contains("<img"));
    // The blue of means and the vermilion of twitches, which nothing but figures has.
    for colour in [[0, 114, 178], [213, 94, 0]] {
        assert!(pixels(&opened.picture, colour) > 200, "{colour:?} is not seen");
    }
}

/// What the page says when the news was heard to its end.
const ENDED: &str = "ended: the end of the recording";

/// Opens the page of a recording that is played, to its end: the news is over then, and the browser is done.
/// Where the machine has so much else to do that the browser comes after the end, it is played more slowly.
fn open_live(path: &Path) -> Opened {
    let heard = |speed| Some(play(path, speed)).filter(|opened| opened.dom.contains(ENDED));
    heard(8.0).or_else(|| heard(2.0)).unwrap_or_else(|| play(path, 0.5))
}

fn play(path: &Path, speed: f64) -> Opened {
    let browser = Browser::new(path);
    let board =
        format!("monitor --headless --replay samples/four-channels.wav --speed {speed} --dashboard 0");
    let mut monitor = command(&board).spawn().unwrap();
    let mut err = BufReader::new(monitor.stderr.take().unwrap());
    let mut said = String::new();
    err.read_line(&mut said).unwrap();
    let url = said.split(' ').find(|word| word.starts_with("http://")).expect("where the page is");
    let picture = browser.folder.path().join("picture.png");
    let screenshot = format!("--screenshot={}", picture.display());
    let args = ["--virtual-time-budget=60000", "--window-size=1280,800", "--dump-dom", &screenshot];
    let (dom, console) = browser.run(&args, url);
    monitor.kill().unwrap();
    monitor.wait().unwrap();
    Opened { dom, console, hosts: browser.hosts(), picture: fs::read(&picture).unwrap_or_default() }
}

/// The count and the rate that an analysis of the same recording has.
fn analysed() -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let run = format!("analyze samples/four-channels.wav --no-figures --out {}", folder.path().display());
    assert!(command(&run).output().unwrap().status.success());
    let table = fs::read_to_string(folder.path().join("four-channels_insertions.tsv")).unwrap();
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split('\t').collect()).collect();
    let of = |name: &str| rows[1][rows[0].iter().position(|column| *column == name).unwrap()];
    (of("twitches").to_owned(), format!("{:.1}", of("rate_per_min").parse::<f64>().unwrap()))
}

#[test]
fn the_page_of_a_live_session_shows_its_counts_and_its_traces() {
    let Some(path) = chromium() else {
        eprintln!("passed over: no Chromium here; install it, or name it in the variable CHROMIUM");
        return;
    };
    let Opened { dom, console, picture, .. } = open_live(&path);
    assert_eq!(console, [""; 0], "nothing on the console");
    let shows = |id: &str, text: &str| {
        let at = dom.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id}: {dom}"));
        let shown = dom[at..].split_once('>').unwrap().1.split('<').next().unwrap();
        assert!(shown.contains(text), "{id}: {shown}");
    };
    let (count, rate) = analysed();
    shows("count", &count);
    shows("dwell", "0:18");
    shows("which", "needle 1");
    shows("needle", "NEEDLE OUT");
    shows("rate", &rate);
    shows("recording", ENDED);
    shows("state", "no sample lost");

    // Twitches and the curve, marks of the needle, thresholds.
    for colour in [[0x3d, 0xdc, 0x84], [0x6c, 0xb6, 0xff], [0xff, 0x6b, 0x5e]] {
        assert!(pixels(&picture, colour) > 100, "{colour:?} is not seen");
    }
}
