//! Dialogues as RFCs print them: folded, with comments, and with what stands for something else.

use postrider_testkit::Ledger;

use crate::unit::{Side, Unit, is_text, literal_behind};

/// What an RFC prints.
#[derive(Debug, Default)]
pub(crate) struct Printed {
    pub(crate) units: Vec<Unit>,
    /// What the client says in the middle of AUTHENTICATE or IDLE, without line ends, and which unit it
    /// comes before.
    pub(crate) lines: Vec<(usize, Vec<u8>)>,
    /// Lines that are for people.
    comments: usize,
    /// Units in which `...` and the like stand for something.
    left_out: usize,
    /// Units whose rest is not in the file.
    cut: usize,
    /// Lines of dialogues in other protocols.
    elsewhere: usize,
    /// Units with a literal that has not the size that is announced.
    missized: usize,
}

/// A unit of which more may come.
struct Open {
    side: Side,
    octets: Vec<u8>,
    /// How many octets of a literal are still to come.
    wanted: Option<usize>,
}

impl Printed {
    /// The dialogues of a file.
    pub(crate) fn read(place: &str, text: &str) -> Self {
        let mut printed = Self::default();
        // What a file is of stands behind `#`.
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        for dialogue in lines.split(|line| line.trim().is_empty()) {
            printed.dialogue(place, dialogue);
        }
        printed
    }

    /// Tells the ledger what is no wire data here, so that it has a row in `decisions.md`.
    pub(crate) fn tell(&self, place: &str, ledger: &mut Ledger) {
        let mut tell = |what: &str, count: usize| {
            let ours = if count == 0 { "all".to_owned() } else { format!("all but {count}") };
            ledger.compare(place, what, "the splitter", "all", &ours);
        };
        tell("lines that are no comments", self.comments);
        tell("units that are printed in full", self.left_out);
        tell("units that are whole in the file", self.cut);
        tell("lines that are IMAP", self.elsewhere);
        tell("units whose literals have their size", self.missized);
    }

    /// What the client says behind the command at `at`, before the next one: how many units behind it,
    /// and what.
    pub(crate) fn lines_behind(&self, at: usize) -> impl Iterator<Item = (usize, &[u8])> {
        let next = self.units[at + 1..].iter().position(|unit| unit.side == Side::Client);
        let until = next.map_or(self.units.len(), |next| at + 1 + next);
        let lines = self.lines.iter().filter(move |(before, _)| (at + 1..=until).contains(before));
        lines.map(move |(before, line)| (before - at - 1, &**line))
    }

    /// Where DONE ends the IDLE at `at`: how many units behind it.
    pub(crate) fn done_behind(&self, at: usize) -> Option<usize> {
        let mut lines = self.lines_behind(at);
        lines.find(|(_, line)| line.eq_ignore_ascii_case(b"DONE")).map(|(before, _)| before)
    }

    fn dialogue(&mut self, place: &str, lines: &[&str]) {
        if lines.iter().any(|line| is_of_another_protocol(line)) {
            self.elsewhere += lines.len();
            return;
        }
        let mut open: Option<Open> = None;
        let mut comment = None;
        let (mut exchange, mut data) = (false, false);
        // What comes behind a `+` without its command is the rest of one that was cut.
        let rest = |line: &&str| line.starts_with("S: +") || *line == "C: ";
        let mut headless = lines.first().is_some_and(rest);
        for line in lines {
            if let Some(end) = comment.or_else(|| comment_begins(line)) {
                self.comments += 1;
                comment = (!line.ends_with(end)).then_some(end);
                continue;
            }
            let (side, text) = match (line.strip_prefix("C:"), line.strip_prefix("S:")) {
                (Some(text), _) => (Some(Side::Client), text.strip_prefix(' ').unwrap_or(text)),
                (_, Some(text)) => (Some(Side::Server), text.strip_prefix(' ').unwrap_or(text)),
                _ => (None, *line),
            };
            // An arrow points at what is shown.
            let text = text.split_once("   <===").map_or(text, |(text, _)| text.trim_end());
            let goes_on = side == Some(Side::Server) && text.starts_with('+');
            match &mut open {
                // The permission to go on comes between a literal and its announcement.
                Some(now) if goes_on && now.side == Side::Client && now.wanted.is_some() => {
                    self.units.push(unit(place, Side::Server, text));
                    continue;
                }
                Some(now) if now.wanted.is_some() && side.is_none_or(|side| side == now.side) => {
                    now.literal(text);
                    continue;
                }
                Some(now) if side.is_none() => {
                    now.fold(text);
                    continue;
                }
                _ => {}
            }
            self.close(place, open.take());
            let Some(side) = side else {
                self.cut += usize::from(!data);
                if let Some((_, said)) = self.lines.last_mut().filter(|_| data) {
                    said.extend_from_slice(text.trim().as_bytes());
                }
                continue;
            };
            headless &= side == Side::Client || goes_on;
            exchange = exchange && (side == Side::Client || goes_on);
            // Base64, folded perhaps, or the end of IDLE is no command.
            data = (exchange && side == Side::Client) || text == "DONE";
            if headless && side == Side::Client {
                self.cut += 1;
            } else if data {
                self.lines.push((self.units.len(), text.as_bytes().to_vec()));
            } else {
                open = Some(Open::new(side, text));
            }
            if side == Side::Client && text.to_ascii_uppercase().contains(" AUTHENTICATE ") {
                exchange = true;
            }
        }
        self.close(place, open);
    }

    fn close(&mut self, place: &str, open: Option<Open>) {
        let Some(open) = open else { return };
        let text = String::from_utf8_lossy(&open.octets);
        let stands_for_something = ["...", ". . .", "<NUL>"].iter().any(|dots| text.contains(dots));
        if stands_for_something && !text.contains("}\r\n") && !text.contains("] ...") {
            self.left_out += 1;
        } else if open.wanted.is_some() {
            self.missized += 1;
        } else if !is_balanced(&open.octets) {
            self.cut += 1;
        } else {
            self.units.push(unit(place, open.side, &open.octets));
        }
    }
}

fn unit(place: &str, side: Side, octets: impl AsRef<[u8]>) -> Unit {
    let mut octets = octets.as_ref().to_vec();
    octets.extend_from_slice(b"\r\n");
    Unit { place: place.to_owned(), side, octets }
}

impl Open {
    fn new(side: Side, line: &str) -> Self {
        let mut open = Self { side, octets: Vec::new(), wanted: None };
        open.append(line);
        open
    }

    /// More of the line, at the end of which a literal may be announced.
    fn append(&mut self, text: &str) {
        self.octets.extend_from_slice(text.as_bytes());
        let from = self.octets.iter().rposition(|&octet| octet == b'\n').map_or(0, |at| at + 1);
        let line = &self.octets[from..];
        if let Some(size) = literal_behind(line).filter(|_| !is_text(&self.octets)) {
            self.octets.extend_from_slice(b"\r\n");
            self.wanted = Some(size);
        }
    }

    /// A line in or behind a literal.
    fn literal(&mut self, text: &str) {
        let wanted = self.wanted.unwrap_or_default();
        if text.len() >= wanted && text.is_char_boundary(wanted) {
            let (literal, rest) = text.split_at(wanted);
            self.octets.extend_from_slice(literal.as_bytes());
            self.wanted = None;
            self.append(rest);
        } else {
            self.octets.extend_from_slice(text.as_bytes());
            self.octets.extend_from_slice(b"\r\n");
            self.wanted = Some(wanted.saturating_sub(text.len() + 2));
        }
    }

    /// The rest of a line that was too long for the page.
    fn fold(&mut self, text: &str) {
        let text = text.trim();
        let glued = self.octets.ends_with(b"(")
            || [b',', b':'].contains(self.octets.last().unwrap_or(&b' '))
            || text.starts_with(')')
            || is_threads(&self.octets) && self.octets.ends_with(b")") && text.starts_with('(')
            || self.is_base64() && text.bytes().all(is_base64_octet);
        if !glued {
            self.octets.push(b' ');
        }
        self.append(text);
    }

    /// Whether the line ends in a long word of base64, which has no blanks.
    fn is_base64(&self) -> bool {
        let word = self.octets.rsplit(|&octet| octet == b' ').next().unwrap_or_default();
        word.len() > 24 && word.iter().all(|&octet| is_base64_octet(octet))
    }
}

fn is_base64_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"+/=".contains(&octet)
}

fn is_threads(octets: &[u8]) -> bool {
    octets.starts_with(b"* THREAD") || octets.starts_with(b"* NAMESPACE")
}

/// How a comment that begins with this line ends.
fn comment_begins(line: &str) -> Option<&'static str> {
    const COMMENTS: [(&str, &str); 15] = [
        ("//", ""),
        (". . .", ""),
        ("...", ""),
        ("[...", ""),
        ("S: ...", ""),
        ("S: [...", ""),
        ("C: ...", ""),
        ("S: (more expunges)", ""),
        ("<TLS negotiation", ""),
        ("<authentication exchange>", ""),
        ("(Server and client", ")"),
        ("(note that", ")"),
        ("(Time passes.", ")"),
        ("Note: the interpretation", "created."),
        ("level are created.", ""),
    ];
    COMMENTS.iter().find(|(begin, _)| line.starts_with(begin)).map(|(_, end)| *end)
}

fn is_of_another_protocol(line: &str) -> bool {
    const OTHERS: [&str; 13] = [
        "S: * ACAP",
        "S: a OK (SASL",
        "S: +OK",
        "S: -ERR",
        "C: STLS",
        "S: 220",
        "S: 334",
        "S: 235",
        "C: EHLO",
        "S: 535",
        "C: AUTH ",
        "C: Request authentication",
        "S: * AUTHENTICATE",
    ];
    OTHERS.iter().any(|begin| line.starts_with(begin))
}

/// Whether every parenthesis outside of quotes and literals is closed, and every quote, or the
/// brackets of a code.
fn is_balanced(octets: &[u8]) -> bool {
    if is_text(octets) {
        return !octets.contains(&b'[') || octets.contains(&b']');
    }
    let (mut depth, mut quoted, mut at) = (0_i32, false, 0);
    while let Some(&octet) = octets.get(at) {
        at += 1;
        match octet {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => depth -= 1,
            b'\n' => {
                let line = &octets[..at - 2];
                let from = line.iter().rposition(|&octet| octet == b'\n').map_or(0, |at| at + 1);
                at += literal_behind(&line[from..]).unwrap_or_default();
            }
            _ => {}
        }
    }
    depth == 0 && !quoted
}
