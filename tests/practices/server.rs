//! A web server on loopback that answers what a test says and keeps every request, and a probe that finds it.

use licgraph::practices::{HttpProbe, Probe, ProbeAnswer, ProbeFailure, ProbeRequest};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the server answers.
#[derive(Clone, Default)]
pub struct Page {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    pub delay: Duration,
}

impl Page {
    pub fn new(status: u16, kind: &str, body: &str) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", kind.to_owned())],
            body: body.into(),
            ..Self::default()
        }
    }

    pub fn json(body: &str) -> Self {
        Self::new(200, "application/json", body)
    }

    pub fn status(status: u16) -> Self {
        Self::new(status, "text/plain", "")
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// The references of a repository as an anonymous client is shown them.
pub fn references(branch: bool) -> Page {
    let id = if branch { "1".repeat(40) } else { "0".repeat(40) };
    let line = if branch {
        format!("{id} HEAD\0side-band-64k\n")
    } else {
        format!("{id} capabilities^{{}}\0side-band-64k\n")
    };
    let body = format!("001e# service=git-upload-pack\n0000{:04x}{line}0000", line.len() + 4);
    Page::new(200, "application/x-git-upload-pack-advertisement", &body)
}

type Handler = dyn Fn(&str) -> Page + Send + Sync;

/// The server.
pub struct Server {
    pub port: u16,
    pub requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Serves until the process ends. The handler is given `METHOD path?query`, without the method: the target.
    pub fn start(handler: impl Fn(&str) -> Page + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (kept, handler): (_, Arc<Handler>) = (requests.clone(), Arc::new(handler));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, handler) = (kept.clone(), handler.clone());
                thread::spawn(move || answer(stream, &kept, &*handler));
            }
        });
        Self { port, requests }
    }

    pub fn log(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn answer(mut stream: TcpStream, kept: &Mutex<Vec<String>>, handler: &Handler) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut request = String::new();
    loop {
        let mut line = String::new();
        match reader.read_line(&mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) if line.trim().is_empty() => break,
            Ok(_) => request.push_str(&line),
        }
    }
    kept.lock().unwrap().push(request.clone());
    let target = request.split(' ').nth(1).unwrap_or("/").to_owned();
    let page = handler(&target);
    thread::sleep(page.delay);
    let mut head =
        format!("HTTP/1.1 {} X\r\nContent-Length: {}\r\nConnection: close\r\n", page.status, page.body.len());
    for (name, value) in &page.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let _ = stream.write_all(format!("{head}\r\n").as_bytes());
    let _ = stream.write_all(&page.body);
}

/// The answer of `git http-backend` for the repositories in a folder.
pub fn git_backend(root: &Path, target: &str) -> Page {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let output = Command::new("git")
        .arg("http-backend")
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", root)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_PROJECT_ROOT", root)
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("REQUEST_METHOD", "GET")
        .env("REMOTE_ADDR", "127.0.0.1")
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let split = output.stdout.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(0);
    let head = String::from_utf8_lossy(&output.stdout[..split]).into_owned();
    let field = |name: &str| {
        head.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
    };
    let status = field("Status:").and_then(|status| status.split(' ').next()?.parse().ok()).unwrap_or(200);
    let mut page = Page::new(status, &field("Content-Type:").unwrap_or_default(), "");
    page.body = output.stdout[(split + 4).min(output.stdout.len())..].to_vec();
    page
}

/// Sends what is meant for a named host to the server on loopback; everything else goes where it says.
pub struct Loopback {
    inner: HttpProbe,
    hosts: Vec<(String, u16)>,
}

impl Loopback {
    pub fn new(hosts: &[(&str, &Server)]) -> Self {
        let hosts = hosts.iter().map(|(host, server)| ((*host).to_owned(), server.port)).collect();
        Self { inner: HttpProbe::new(Duration::from_millis(1500)).unwrap(), hosts }
    }
}

impl Probe for Loopback {
    fn get(&self, request: &ProbeRequest) -> Result<ProbeAnswer, ProbeFailure> {
        let rest = request.url.strip_prefix("https://").expect("only https is ever asked");
        let host = rest.split('/').next().unwrap();
        let known = self.hosts.iter().find(|(name, _)| name == host);
        assert!(
            known.is_some() || host.starts_with("127.0.0.1:"),
            "a test must not leave the machine: {}",
            request.url
        );
        let Some((_, port)) = known else { return self.inner.get(request) };
        let url = format!("http://127.0.0.1:{port}{}", &rest[host.len()..]);
        self.inner.get(&ProbeRequest { url, ..request.clone() })
    }
}
