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
pub(crate) fn serve(
    sessions: usize,
    mut answer: impl FnMut(usize, &str) -> Say + Send + 'static,
) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("pop3://mrose:tanstaaf@{}", listener.local_addr().unwrap());
    let serving = std::thread::spawn(move || {
        let mut heard = Vec::new();
        for session in 0..sessions {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            stream.write_all(b"+OK ready\r\n").unwrap();
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

/// A maildrop with these unique-ids; mail N says that it is mail N.
pub(crate) fn willing(uids: &[&str], line: &str) -> Say {
    let (keyword, number) = line.split_once(' ').unwrap_or((line, ""));
    let listing = |what: &dyn Fn(usize, &str) -> String| {
        let lines = uids.iter().enumerate().map(|(at, uid)| what(at + 1, uid));
        Say::This(format!("+OK\r\n{}.\r\n", lines.collect::<String>()))
    };
    match keyword {
        "CAPA" => say("+OK\r\nUSER\r\nUIDL\r\nPIPELINING\r\n.\r\n"),
        "LIST" => listing(&|number, _| format!("{number} 12\r\n")),
        "UIDL" => listing(&|number, uid| format!("{number} {uid}\r\n")),
        "RETR" => Say::This(format!("+OK\r\nmail {number}\r\n..\r\n.\r\n")),
        _ => say("+OK\r\n"),
    }
}

/// For a session in clear.
pub(crate) const CLEAR: [&str; 3] = ["--starttls", "never", "--clear-text-login"];
