//! Envelopes as they stand on the wire: `MAIL` and some `RCPT`, one behind the other.

use crate::dice::Dice;

/// The envelope of one mail, every line with its CRLF.
pub struct Envelope {
    pub wire: Vec<u8>,
}

impl Envelope {
    pub fn octets(&self) -> usize {
        self.wire.len()
    }

    pub fn lines(&self) -> usize {
        self.wire.iter().filter(|octet| **octet == b'\n').count()
    }
}

/// Who sends, and so which addresses and parameters stand in an envelope.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// A client or server without extensions: addresses alone.
    Plain,
    /// A relay: `SIZE` and `BODY`, and `ORCPT` where it passes on what was asked of it.
    Relay,
    /// A sender of lists: one recipient, whose address stands in the sender's too.
    List,
    /// A client that asks for everything: `RET`, `ENVID`, `AUTH`, `NOTIFY`, `ORCPT`.
    Dsn,
    /// Quoted local parts, source routes, UTF-8. Not address literals, which smtp-proto does not read.
    Unusual,
}

/// How many envelopes each sender has.
const COUNT: usize = 512;

pub const SENDERS: [(&str, Sender); 5] = [
    ("plain", Sender::Plain),
    ("relay", Sender::Relay),
    ("list", Sender::List),
    ("dsn", Sender::Dsn),
    ("unusual", Sender::Unusual),
];

pub fn of(sender: Sender) -> Vec<Envelope> {
    let mut dice = Dice::new(0x9e37_79b9_7f4a_7c15);
    (0..COUNT).map(|_| Envelope { wire: sender.envelope(&mut dice).into_bytes() }).collect()
}

/// What a server of the Internet meets: of fifty senders so many of each kind.
pub fn mixed() -> Vec<Envelope> {
    let shares = [
        (Sender::Plain, 10),
        (Sender::Relay, 20),
        (Sender::List, 14),
        (Sender::Dsn, 5),
        (Sender::Unusual, 1),
    ];
    let mut dice = Dice::new(0x0123_4567_89ab_cdef);
    let turns = shares.iter().flat_map(|(sender, share)| vec![*sender; *share]);
    let turns: Vec<Sender> = turns.collect();
    (0..COUNT * 2)
        .map(|_| Envelope { wire: dice.of(&turns).envelope(&mut dice).into_bytes() })
        .collect()
}

const FIRST: [&str; 16] = [
    "anna", "james", "maria", "wei", "olga", "kofi", "john", "fatima", "hans", "yuki", "pierre",
    "li", "sofia", "carlos", "emily", "d",
];
const LAST: [&str; 16] = [
    "smith",
    "mueller",
    "garcia",
    "o'neill",
    "kowalski",
    "tanaka",
    "van-der-berg",
    "ng",
    "rossi",
    "ivanova",
    "johansson",
    "brown",
    "nguyen",
    "silva",
    "x",
    "papadopoulos",
];
const ROLES: [&str; 10] = [
    "info",
    "noreply",
    "no-reply",
    "support",
    "billing",
    "root",
    "postmaster",
    "newsletter",
    "notifications",
    "www-data",
];
const DOMAINS: [&str; 20] = [
    "example.com",
    "example.org",
    "mail.example.net",
    "gmail.example",
    "outlook.example",
    "foo.de",
    "cs.university.example.edu",
    "a.co",
    "mx1.hosting-provider.example",
    "yahoo.example.co.uk",
    "em4217.bounces.mail-service.example",
    "lists.example.org",
    "x.y.z.example",
    "acme.example",
    "town-hall.city.example.gov",
    "sub.domain.example.com",
    "163.example",
    "t-online.example",
    "very-long-name-of-a-company-that-likes-it.example",
    "ip-10-0-3-17.eu-west-1.compute.internal",
];

impl Sender {
    fn envelope(self, dice: &mut Dice) -> String {
        let recipients = match self {
            Self::List => 1,
            _ => [1, 1, 1, 2, 3, 8][dice.roll(6)],
        };
        let to: Vec<String> = (0..recipients).map(|_| self.recipient(dice)).collect();
        let mut wire =
            format!("MAIL FROM:<{}>{}\r\n", self.reverse_path(&to, dice), self.mail(dice));
        for to in to {
            let parameters = self.rcpt(&to, dice);
            wire += &format!("RCPT TO:<{to}>{parameters}\r\n");
        }
        wire
    }

    fn reverse_path(self, to: &[String], dice: &mut Dice) -> String {
        match self {
            // A bounce.
            _ if dice.roll(10) == 0 => String::new(),
            Self::List => {
                let (id, domain) = (dice.roll(99_999), dice.of(&DOMAINS));
                let to = to[0].replace('@', "=");
                // RFC 5321 §4.5.3.1.1: a local part has no more than 64 octets.
                let known = format!("bounces+{id}-{to}");
                if known.len() <= 64 {
                    return format!("{known}@{domain}");
                }
                format!("bounces+{id}-{:08x}@{domain}", dice.roll(1 << 31))
            }
            Self::Unusual => unusual(dice),
            _ => usual(dice),
        }
    }

    fn recipient(self, dice: &mut Dice) -> String {
        if self == Self::Unusual { unusual(dice) } else { usual(dice) }
    }

    /// The parameters of `MAIL`.
    fn mail(self, dice: &mut Dice) -> String {
        let magnitude = dice.of(&[12, 14, 16, 22]);
        let size = 800 + dice.roll(1 << magnitude);
        let body = dice.of(&[" BODY=8BITMIME", " BODY=8BITMIME", " BODY=7BIT", ""]);
        match self {
            Self::Plain => String::new(),
            Self::Relay => format!(" SIZE={size}{body}"),
            Self::List => format!(" BODY=8BITMIME SIZE={size}"),
            Self::Dsn => format!(
                " SIZE={size} BODY=8BITMIME RET={} ENVID=QQ{}+2B{:x} AUTH={}",
                dice.of(&["HDRS", "FULL"]),
                dice.roll(1 << 20),
                dice.roll(1 << 30),
                dice.of(&["<>", "anna@example.com", "e+3Dmc2@example.com"]),
            ),
            Self::Unusual => format!(" SIZE={size} SMTPUTF8"),
        }
    }

    /// The parameters of `RCPT`.
    fn rcpt(self, to: &str, dice: &mut Dice) -> String {
        let orcpt = to.replace('+', "+2B").replace('=', "+3D");
        match self {
            Self::Relay if dice.roll(2) == 0 => format!(" ORCPT=rfc822;{orcpt}"),
            Self::Dsn => {
                let notify = dice.of(&["SUCCESS,FAILURE", "FAILURE,DELAY", "NEVER"]);
                format!(" NOTIFY={notify} ORCPT=rfc822;{orcpt}")
            }
            _ => String::new(),
        }
    }
}

fn usual(dice: &mut Dice) -> String {
    let (first, last, domain) = (dice.of(&FIRST), dice.of(&LAST), dice.of(&DOMAINS));
    match dice.roll(6) {
        0 => format!("{first}@{domain}"),
        1 | 2 => format!("{first}.{last}@{domain}"),
        3 => format!("{}{}{}@{domain}", &first[..1], last, dice.roll(100)),
        4 => format!("{first}.{last}+{}@{domain}", dice.of(&ROLES)),
        _ => format!("{}@{domain}", dice.of(&ROLES)),
    }
}

fn unusual(dice: &mut Dice) -> String {
    let (first, last, domain) = (dice.of(&FIRST), dice.of(&LAST), dice.of(&DOMAINS));
    match dice.roll(3) {
        0 => format!("\"{first} {last}\"@{domain}"),
        1 => format!("@relay.example,@{}:{first}@{domain}", dice.of(&DOMAINS)),
        _ => format!("{first}.m\u{fc}ller@b\u{fc}cher.example"),
    }
}
