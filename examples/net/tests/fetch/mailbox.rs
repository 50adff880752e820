//! A small IMAP server with one mailbox: no extensions but what a test says in its place.

use crate::script::Say;

/// A mail, and the day on which it came.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    pub(crate) uid: u32,
    pub(crate) text: String,
    pub(crate) day: &'static str,
}

/// All mails, by UID, and their UIDVALIDITY.
#[derive(Clone, Debug)]
pub(crate) struct Mailbox {
    pub(crate) validity: u32,
    pub(crate) mails: Vec<Mail>,
}

impl Mailbox {
    /// With mails of these UIDs, which say so.
    pub(crate) fn new(validity: u32, uids: &[u32]) -> Self {
        let mut mailbox = Self { validity, mails: Vec::new() };
        for uid in uids {
            mailbox.add(*uid, "1-Nov-2026");
        }
        mailbox
    }

    pub(crate) fn add(&mut self, uid: u32, day: &'static str) {
        self.mails.push(Mail { uid, text: format!("Subject: {uid}\r\n\r\n"), day });
    }

    /// What is said to a line.
    pub(crate) fn answer(&self, line: &str) -> Say {
        let Some((tag, command)) = line.split_once(' ') else {
            // DONE: the tag is that of the last IDLE, which is for the test to know.
            return Say::This(String::new());
        };
        let ok = |told: String| Say::This(format!("{told}{tag} OK done\r\n"));
        let words: Vec<&str> = command.splitn(4, ' ').collect();
        match words[..] {
            ["CAPABILITY"] => ok("* CAPABILITY IMAP4rev1\r\n".to_owned()),
            ["LOGOUT"] => Say::Last(format!("* BYE bye\r\n{tag} OK bye\r\n")),
            ["SELECT" | "EXAMINE", ..] => {
                let exists = self.mails.len();
                let next = self.mails.last().map_or(1, |mail| mail.uid + 1);
                let validity = self.validity;
                ok(format!(
                    "* {exists} EXISTS\r\n* OK [UIDVALIDITY {validity}] x\r\n* OK [UIDNEXT {next}] x\r\n"
                ))
            }
            ["UID", "FETCH", set, what] => {
                let mails =
                    self.mails.iter().enumerate().filter(|(_, mail)| self.has(set, mail.uid));
                ok(mails.map(|(at, mail)| told(at + 1, mail, what)).collect())
            }
            ["UID", "SEARCH", "UID", rest] => {
                let (set, day) = rest.split_once(" SINCE ").unwrap();
                let found = self.mails.iter().filter(|mail| self.has(set, mail.uid));
                let found = found.filter(|mail| number(mail.day) >= number(day));
                let uids = found.map(|mail| format!(" {}", mail.uid)).collect::<String>();
                ok(format!("* SEARCH{uids}\r\n"))
            }
            _ => ok(String::new()),
        }
    }

    /// Whether a set such as `3`, `2:5` or `7:*` has a UID.
    fn has(&self, set: &str, uid: u32) -> bool {
        let last = self.mails.last().map_or(0, |mail| mail.uid);
        let number = |text: &str| text.parse().unwrap_or(last);
        let (first, end) = set.split_once(':').unwrap_or((set, set));
        let (first, end) = (number(first), number(end));
        (first.min(end)..=first.max(end)).contains(&uid)
    }
}

/// A FETCH response for a mail.
pub(crate) fn told(number: usize, mail: &Mail, what: &str) -> String {
    let Mail { uid, text, .. } = mail;
    match what {
        "BODY.PEEK[]" => {
            format!("* {number} FETCH (UID {uid} BODY[] {{{}}}\r\n{text})\r\n", text.len())
        }
        _ if what.contains("ENVELOPE") => format!(
            "* {number} FETCH (UID {uid} FLAGS () ENVELOPE (NIL \"=?utf-8?q?Gr=C3=BC=C3=9Fe?= {uid}\" \
             ((\"Bob\" NIL \"bob\" \"b.example\")) NIL NIL NIL NIL NIL NIL NIL))\r\n"
        ),
        _ => format!("* {number} FETCH (UID {uid} FLAGS ())\r\n"),
    }
}

/// A day of November or December 2026.
fn number(day: &str) -> u32 {
    let (day, rest) = day.split_once('-').unwrap();
    day.parse::<u32>().unwrap() + if rest == "Dec-2026" { 100 } else { 0 }
}
