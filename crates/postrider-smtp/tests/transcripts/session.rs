//! Printed and recorded sessions as values: what the client says, and the reply to each.

use std::collections::VecDeque;

/// A session from its greeting on.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) name: String,
    pub(crate) exchanges: Vec<Exchange>,
}

/// Something that the client says, and what it is told.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) said: Said,
    /// One; several behind a mail by LMTP (RFC 2033 §4.2); none where the print ends before.
    pub(crate) replies: Vec<Printed>,
    /// Exchanges with the same number are said in one go (RFC 2920).
    pub(crate) group: usize,
    /// Whether TLS is established right before.
    pub(crate) behind_tls: bool,
}

#[derive(Debug)]
pub(crate) enum Said {
    /// The greeting is the answer to nothing.
    Nothing,
    Line(String),
    Bdat {
        line: String,
        octets: Vec<u8>,
    },
    /// The mail behind 354, as its reader gets it: dots are not doubled, and the last is left out.
    Mail(Vec<u8>),
    /// A line of a SASL exchange.
    Token(String),
}

/// A reply, a line each, with its codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Printed(pub(crate) Vec<String>);

impl Printed {
    pub(crate) fn code(&self) -> u16 {
        self.0[0][..3].parse().unwrap()
    }

    /// The text of each line, behind the code.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|line| line.get(4..).unwrap_or_default())
    }

    pub(crate) fn wire(&self) -> String {
        self.0.iter().map(|line| format!("{line}\r\n")).collect()
    }

    /// A login that succeeded (RFC 4954 §6).
    pub(crate) fn is_final_success(&self) -> bool {
        self.code() == 235
    }

    pub(crate) fn is_positive(&self) -> bool {
        matches!(self.code(), 200..=399)
    }
}

impl Exchange {
    /// The command word, in capitals; `.` for a mail.
    pub(crate) fn word(&self) -> String {
        match &self.said {
            Said::Nothing => String::new(),
            Said::Line(line) | Said::Bdat { line, .. } => {
                line.split(' ').next().unwrap_or_default().to_ascii_uppercase()
            }
            Said::Mail(_) => ".".to_owned(),
            Said::Token(_) => "*".to_owned(),
        }
    }

    /// How a table names it.
    pub(crate) fn title(&self) -> String {
        match &self.said {
            Said::Nothing => "greeting".to_owned(),
            // Without the initial response.
            Said::Line(line) if line.starts_with("AUTH ") => {
                let words = line.split(' ').take(2).collect::<Vec<_>>();
                format!("`{}`", words.join(" "))
            }
            Said::Line(line) | Said::Bdat { line, .. } => format!("`{line}`"),
            Said::Mail(_) => "the mail".to_owned(),
            Said::Token(_) => "token".to_owned(),
        }
    }

    /// Whether it is a line that begins with these words.
    pub(crate) fn says(&self, words: &str) -> bool {
        let begins = |line: &str| {
            let rest = line.strip_prefix(words);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        matches!(&self.said, Said::Line(line) if begins(line))
    }

    /// The octets on the wire.
    pub(crate) fn wire(&self) -> Vec<u8> {
        match &self.said {
            Said::Nothing => Vec::new(),
            Said::Line(line) | Said::Token(line) => format!("{line}\r\n").into_bytes(),
            Said::Bdat { line, octets } => [format!("{line}\r\n").as_bytes(), octets].concat(),
            Said::Mail(mail) => {
                let mut wire = Vec::new();
                for line in mail.split_inclusive(|&octet| octet == b'\n') {
                    wire.extend(line.starts_with(b".").then_some(b'.'));
                    wire.extend_from_slice(line);
                }
                wire.extend_from_slice(b".\r\n");
                wire
            }
        }
    }

    pub(crate) fn reply(&self) -> Option<&Printed> {
        self.replies.first()
    }
}

impl Session {
    /// Reads a print. What stands there for the reader of the RFC and not for the wire is left out.
    pub(crate) fn read(name: &str, text: &str) -> Self {
        let mut reader = Reader::new();
        for line in text.lines() {
            reader.take(line);
        }
        assert!(reader.reply.0.is_empty(), "{name}: a reply has no last line");
        Self { name: name.to_owned(), exchanges: reader.exchanges }
    }

    /// The last reply to `EHLO` or `LHLO`, without its first line: what the server offers at most.
    pub(crate) fn keywords(&self) -> Vec<String> {
        let greeted = |exchange: &&Exchange| {
            ["EHLO", "LHLO"].contains(&&*exchange.word())
                && exchange.reply().is_some_and(Printed::is_positive)
        };
        let last = self.exchanges.iter().rev().find(greeted);
        let texts =
            last.and_then(Exchange::reply).into_iter().flat_map(|reply| reply.texts().skip(1));
        texts.map(str::to_owned).collect()
    }

    pub(crate) fn any(&self, word: &str) -> bool {
        self.exchanges.iter().any(|exchange| exchange.word() == word)
    }
}

/// What the client says next belongs to.
#[derive(Debug, PartialEq, Eq)]
enum Mode {
    Commands,
    Mail(Vec<u8>),
    Token,
    /// So many octets are still to come.
    Chunk(usize),
}

struct Reader {
    exchanges: Vec<Exchange>,
    /// Which of them wait for a reply, and for how many more.
    unanswered: VecDeque<(usize, usize)>,
    reply: Printed,
    mode: Mode,
    /// The client had the last word.
    client: bool,
    group: usize,
    behind_tls: bool,
    /// Recipients that were accepted, by LMTP.
    lmtp: Option<usize>,
}

impl Reader {
    fn new() -> Self {
        let mut reader = Self {
            exchanges: Vec::new(),
            unanswered: VecDeque::new(),
            reply: Printed::default(),
            mode: Mode::Commands,
            client: false,
            group: 0,
            behind_tls: false,
            lmtp: None,
        };
        reader.push(Said::Nothing);
        reader
    }

    fn push(&mut self, said: Said) {
        if !self.client {
            self.group += 1;
        }
        self.client = true;
        let replies = match (&said, self.lmtp) {
            (Said::Mail(_), Some(accepted)) => accepted,
            _ => 1,
        };
        self.unanswered.push_back((self.exchanges.len(), replies));
        let behind_tls = std::mem::take(&mut self.behind_tls);
        self.exchanges.push(Exchange { said, replies: Vec::new(), group: self.group, behind_tls });
    }

    fn take(&mut self, line: &str) {
        let direction = ["S: <wait", "C: <open"].iter().any(|note| line.starts_with(note));
        if line.contains("TLS handshake") || line.contains("TLS negotiation") {
            self.behind_tls = true;
        } else if line.starts_with('#') || direction {
        } else if let Some(raw) = line.strip_prefix("C(raw): ") {
            self.chunk(&unescape(raw.trim_matches('\'')));
        } else if let Some(said) = line.strip_prefix("C:") {
            self.client(said.strip_prefix(' ').unwrap_or(said));
        } else if let Some(said) = line.strip_prefix("S:") {
            self.server(said.strip_prefix(' ').unwrap_or(said));
        } else {
            self.go_on(line);
        }
    }

    fn client(&mut self, said: &str) {
        let said = if said == "<CRLF>.<CRLF>" { "." } else { said };
        match &mut self.mode {
            Mode::Mail(mail) if said != "." => {
                mail.extend_from_slice(said.as_bytes());
                mail.extend_from_slice(b"\r\n");
            }
            Mode::Mail(mail) => {
                let mail = std::mem::take(mail);
                self.mode = Mode::Commands;
                self.push(Said::Mail(mail));
            }
            Mode::Token => {
                self.mode = Mode::Commands;
                self.push(Said::Token(said.to_owned()));
            }
            Mode::Chunk(left) => {
                let left = *left;
                match said.strip_suffix("<CR><LF>") {
                    Some(line) => self.chunk(format!("{line}\r\n").as_bytes()),
                    // "(First 10000 octets of canonical MIME message data)"
                    None => self.chunk(&canonical(left)),
                }
            }
            Mode::Commands => {
                let mut words = said.split(' ');
                if words.next() == Some("BDAT") {
                    let size: usize = words.next().and_then(|size| size.parse().ok()).unwrap();
                    self.push(Said::Bdat { line: said.to_owned(), octets: Vec::new() });
                    self.mode = if size > 0 { Mode::Chunk(size) } else { Mode::Commands };
                } else {
                    self.push(Said::Line(said.to_owned()));
                }
            }
        }
    }

    fn chunk(&mut self, more: &[u8]) {
        let Mode::Chunk(left) = &mut self.mode else { panic!("octets behind no BDAT") };
        *left = left.checked_sub(more.len()).expect("the chunk is larger than announced");
        let whole = *left == 0;
        let Some(Exchange { said: Said::Bdat { octets, .. }, .. }) = self.exchanges.last_mut()
        else {
            panic!("octets behind no BDAT")
        };
        octets.extend_from_slice(more);
        if whole {
            self.mode = Mode::Commands;
        }
    }

    fn server(&mut self, said: &str) {
        self.client = false;
        self.reply.0.push(said.to_owned());
        if said.as_bytes().get(3) == Some(&b'-') {
            return;
        }
        let reply = std::mem::take(&mut self.reply);
        let Some((at, more)) = self.unanswered.front_mut() else { panic!("nothing said: {said}") };
        *more -= 1;
        let at = *at;
        if *more == 0 {
            self.unanswered.pop_front();
        }
        let word = self.exchanges[at].word();
        match (&*word, reply.code()) {
            ("LHLO", 250) => self.lmtp = Some(0),
            ("MAIL", 250) => self.lmtp = self.lmtp.map(|_| 0),
            ("RCPT", 250..=259) => self.lmtp = self.lmtp.map(|accepted| accepted + 1),
            ("DATA", 354) => self.mode = Mode::Mail(Vec::new()),
            ("AUTH" | "*", 334) => self.mode = Mode::Token,
            _ => {}
        }
        self.exchanges[at].replies.push(reply);
    }

    /// A line that the page was too narrow for, or one of a mail.
    fn go_on(&mut self, line: &str) {
        if let Mode::Mail(_) = self.mode {
            return self.client(line);
        }
        let more = line.trim_start();
        let last = self.exchanges.last_mut().map(|exchange| &mut exchange.said);
        match last {
            _ if !self.client => {
                // Only a challenge is ever this long.
                let printed = self.exchanges.iter_mut().rev().find_map(|e| e.replies.last_mut());
                printed.and_then(|reply| reply.0.last_mut()).unwrap().push_str(more);
            }
            Some(Said::Line(said)) if said.contains("AUTH ") => said.push_str(more),
            Some(Said::Line(said)) => {
                let kept = said.trim_end_matches('\\').trim_end().len();
                said.truncate(kept);
                said.push(' ');
                said.push_str(more);
            }
            other => panic!("{line} goes on with {other:?}"),
        }
    }
}

/// The escapes of a Python string.
fn unescape(text: &str) -> Vec<u8> {
    text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0").into_bytes()
}

/// So many octets of canonical MIME: lines that end in CRLF.
fn canonical(octets: usize) -> Vec<u8> {
    let mut text = b"MIME-Version: 1.0\r\n\r\n".to_vec();
    text.resize(octets.max(2), b'm');
    text.truncate(octets);
    if let [.., cr, lf] = &mut text[..] {
        (*cr, *lf) = (b'\r', b'\n');
    }
    text
}
