//! A server that says what it is told to say.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener};
use std::thread::JoinHandle;

/// Greets, answers each line with what the function says, and hangs up on `None`. The answer to `DATA`
/// is one to the final dot too, if it is 354: the line is `.` then. Returns the URL, and what was heard.
pub(crate) fn serve(
    greeting: &'static str,
    mut answer: impl FnMut(&str) -> Option<&'static str> + Send + 'static,
) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).split(b'\n');
        stream.write_all(greeting.as_bytes()).unwrap();
        let (mut heard, mut in_mail) = (Vec::new(), false);
        while let Some(Ok(line)) = lines.next() {
            let line = String::from_utf8(line).unwrap().trim_end().to_owned();
            if in_mail && line != "." {
                continue;
            }
            heard.push(line.clone());
            let Some(reply) = answer(&line) else { break };
            in_mail = reply.starts_with("354");
            if stream.write_all(reply.as_bytes()).is_err() {
                break;
            }
        }
        let _ = stream.shutdown(Shutdown::Both);
        heard
    });
    (url, serving)
}

/// Says yes to everything.
pub(crate) fn willing(line: &str) -> &'static str {
    match line {
        "DATA" => "354 go on\r\n",
        "QUIT" => "221 bye\r\n",
        _ => "250 fine\r\n",
    }
}
