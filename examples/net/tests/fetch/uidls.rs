//! A small POP3 server.

use std::thread::JoinHandle;

use crate::script::{Say, say, serve_as};

/// [`serve_as`] for POP3.
pub(crate) fn serve(
    sessions: usize,
    answer: impl FnMut(usize, &str) -> Say + Send + 'static,
) -> (String, JoinHandle<Vec<String>>) {
    serve_as("pop3", "+OK ready\r\n", sessions, answer)
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
