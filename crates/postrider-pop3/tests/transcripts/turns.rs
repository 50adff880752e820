//! Sessions as they were printed or recorded, turn by turn.

use postrider_testkit::read_shared;

/// A line of the client and what the server said to it; the greeting answers no line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turn {
    pub(crate) said: String,
    pub(crate) replies: Vec<String>,
}

impl Turn {
    /// What the server said, as octets.
    pub(crate) fn answer(&self) -> String {
        self.replies.iter().map(|line| format!("{line}\r\n")).collect()
    }

    /// `+OK`, `-ERR [CODE]` or `+` of the first line; the whole line where it holds numbers that programs
    /// read.
    pub(crate) fn verdict(&self) -> String {
        verdict(&self.said, self.replies.first().map_or("", String::as_str))
    }

    /// The lines between the first and the dot.
    pub(crate) fn listing(&self) -> Vec<&str> {
        let lines = self.replies.iter().skip(1).map(String::as_str);
        lines.take_while(|line| *line != ".").collect()
    }
}

pub(crate) fn verdict(said: &str, reply: &str) -> String {
    let numbers = ["STAT", "LIST ", "UIDL "].iter().any(|word| said.starts_with(word));
    if numbers && reply.starts_with("+OK") {
        return reply.split(' ').take(3).collect::<Vec<_>>().join(" ");
    }
    let status = reply.split(' ').next().unwrap_or_default();
    match reply.split_once(" [").and_then(|(_, rest)| rest.split_once(']')) {
        Some((code, _)) if status == "-ERR" => format!("-ERR [{code}]"),
        _ => status.to_owned(),
    }
}

/// The sessions of a file; a part that begins with `---`, or with a greeting for `2S:`, is one of its own.
/// A greeting is the replies of a first turn that says nothing. What stands for something else (`...`,
/// stage directions) is left out.
pub(crate) fn sessions(path: &str) -> Option<Vec<Vec<Turn>>> {
    let Some(octets) = read_shared(path) else {
        eprintln!("skipped: no {path}");
        return None;
    };
    let text = String::from_utf8(octets).unwrap();
    let (mut all, mut now, mut other) = (Vec::new(), vec![Turn::default()], vec![Turn::default()]);
    let mut of_client = false;
    for line in text.lines() {
        if line == "---" {
            all.push(std::mem::replace(&mut now, vec![Turn::default()]));
            continue;
        }
        if line.starts_with('#') || line.trim() == "..." || line.trim().is_empty() {
            continue;
        }
        let (session, line) = match line.strip_prefix('2') {
            Some(rest) => (&mut other, rest),
            None => (&mut now, line),
        };
        let said = |line: &str| line.strip_prefix(' ').unwrap_or(line).to_owned();
        if let Some(rest) = line.strip_prefix("C:") {
            session.push(Turn { said: said(rest), replies: Vec::new() });
            of_client = true;
        } else if let Some(rest) = line.strip_prefix("S:") {
            session.last_mut().unwrap().replies.push(said(rest));
            of_client = false;
        } else if of_client {
            // A long line of base64, printed on several.
            session.last_mut().unwrap().said += line.trim();
        }
    }
    all.push(now);
    all.push(other);
    all.retain(|session| session.len() > 1);
    // What was pipelined has its replies at the end.
    for session in &mut all {
        spread(session);
    }
    assert!(!all.is_empty(), "{path}");
    Some(all)
}

/// Gives each of several commands in one breath its own line of the replies behind the last.
fn spread(session: &mut [Turn]) {
    let waiting: Vec<usize> =
        (1..session.len()).filter(|n| session[*n].replies.is_empty()).collect();
    let Some(&first) = waiting.first() else { return };
    let last = session.len() - 1;
    if waiting.len() != last - first {
        return;
    }
    let replies = std::mem::take(&mut session[last].replies);
    assert_eq!(replies.len(), last - first + 1, "one line each");
    for (turn, reply) in session[first..].iter_mut().zip(replies) {
        turn.replies.push(reply);
    }
}
