//! A small HTTP server on the loopback address that answers as it is told and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub path: String,
    pub authorization: Option<String>,
    pub user_agent: String,
}

/// What is answered.
pub enum Reply {
    /// A whole answer.
    Full { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    /// A body that never ends, with or without the length it promises.
    Endless { promised: Option<u64> },
    /// The headers, and one byte now and then.
    Drip { every: Duration },
    /// Nothing for a while, then the end.
    Silence(Duration),
}

impl Reply {
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::typed("application/octet-stream", body)
    }

    pub fn typed(kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        Self::Full { status: 200, headers, body: body.into() }
    }

    pub fn status(status: u16) -> Self {
        Self::Full { status, headers: Vec::new(), body: b"an error page".to_vec() }
    }

    pub fn with(self, name: &str, value: &str) -> Self {
        match self {
            Self::Full { status, mut headers, body } => {
                headers.push((name.to_owned(), value.to_owned()));
                Self::Full { status, headers, body }
            }
            other => other,
        }
    }

    pub fn redirect(target: &str) -> Self {
        Self::status(302).with("Location", target)
    }
}

type Handler = dyn Fn(&Asked) -> Reply + Send + Sync;

/// A running server; it stops when dropped.
pub struct Server {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    asked: Mutex<Vec<Asked>>,
    sent: AtomicU64,
    stop: AtomicBool,
    handler: Mutex<Arc<Handler>>,
}

impl Server {
    pub fn start(handler: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            asked: Mutex::default(),
            sent: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            handler: Mutex::new(Arc::new(handler)),
        });
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if shared.stop.load(Ordering::Relaxed) {
                    break;
                }
                let shared = shared.clone();
                std::thread::spawn(move || drop(answer(stream, &shared)));
            }
        });
        Self { address, state }
    }

    /// A server that has nothing, to see who asks it.
    pub fn stranger() -> Self {
        Self::start(|_| Reply::status(404))
    }

    /// Answers that need the server's own address are set after it runs.
    pub fn answers(&self, handler: impl Fn(&Asked) -> Reply + Send + Sync + 'static) {
        *self.state.handler.lock().unwrap() = Arc::new(handler);
    }

    /// `http://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `127.0.0.1:<port>`.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().unwrap().clone()
    }

    pub fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).collect()
    }

    /// Bytes of endless bodies that were taken from it.
    pub fn sent(&self) -> u64 {
        self.state.sent.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.stop.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address));
    }
}

fn answer(mut stream: TcpStream, state: &State) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut asked = Asked { path, authorization: None, user_agent: String::new() };
    for line in lines.map_while(Result::ok).take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        match name.to_ascii_lowercase().as_str() {
            "authorization" => asked.authorization = Some(value.trim().to_owned()),
            "user-agent" => asked.user_agent = value.trim().to_owned(),
            _ => {}
        }
    }
    state.asked.lock().unwrap().push(asked.clone());
    let handler = state.handler.lock().unwrap().clone();
    match handler(&asked) {
        Reply::Full { status, headers, body } => {
            write!(stream, "HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: {}\r\n", body.len())?;
            for (name, value) in headers {
                write!(stream, "{name}: {value}\r\n")?;
            }
            stream.write_all(b"\r\n")?;
            stream.write_all(&body)?;
        }
        Reply::Endless { promised } => {
            write!(stream, "HTTP/1.1 200 x\r\nConnection: close\r\n")?;
            if let Some(length) = promised {
                write!(stream, "Content-Length: {length}\r\n")?;
            }
            stream.write_all(b"\r\n")?;
            let chunk = vec![b'x'; 64 * 1024];
            while !state.stop.load(Ordering::Relaxed) && stream.write_all(&chunk).is_ok() {
                state.sent.fetch_add(chunk.len() as u64, Ordering::Relaxed);
            }
        }
        Reply::Drip { every } => {
            stream.write_all(b"HTTP/1.1 200 x\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n")?;
            while !state.stop.load(Ordering::Relaxed) && stream.write_all(b"x").is_ok() {
                std::thread::sleep(every);
            }
        }
        Reply::Silence(length) => std::thread::sleep(length),
    }
    stream.shutdown(std::net::Shutdown::Write)?;
    // Closing with unread input would reset the connection before the answer is read.
    let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
    let _ = stream.read(&mut [0; 16]);
    Ok(())
}
