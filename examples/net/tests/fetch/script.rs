//! A server that says what it is told to say.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener};
use std::thread::JoinHandle;

/// What is said to a line.
pub(crate) enum Say {
    This(String),
    /// Hangs up behind this.
    Last(String),
}

pub(crate) fn say(text: &str) -> Say {
    Say::This(text.to_owned())
}

/// Serves one session after the other, and answers each line with what the function says to the number of
/// the session and the line. Returns the URL, and what was heard.
pub(crate) fn serve_as(
    scheme: &str,
    greeting: &'static str,
    sessions: usize,
    mut answer: impl FnMut(usize, &str) -> Say + Send + 'static,
) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("{scheme}://mrose:tanstaaf@{}", listener.local_addr().unwrap());
    let serving = std::thread::spawn(move || {
        let mut heard = Vec::new();
        for session in 0..sessions {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            stream.write_all(greeting.as_bytes()).unwrap();
            while let Some(Ok(line)) = lines.next() {
                heard.push(line.clone());
                let (reply, is_last) = match answer(session, &line) {
                    Say::This(reply) => (reply, false),
                    Say::Last(reply) => (reply, true),
                };
                if stream.write_all(reply.as_bytes()).is_err() || is_last || line == "QUIT" {
                    break;
                }
            }
            let _ = stream.shutdown(Shutdown::Both);
        }
        heard
    });
    (url, serving)
}

/// For a session in clear.
pub(crate) const CLEAR: [&str; 3] = ["--starttls", "never", "--clear-text-login"];
