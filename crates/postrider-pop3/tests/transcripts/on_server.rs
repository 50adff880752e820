//! The lines of a session against our server: what it answers amounts to what was answered.

use bytes::Bytes;
use postrider_pop3::server::{Config, Event, Server};
use postrider_pop3::{Language, Maildrop, Reply, ResponseCode, UniqueId};
use postrider_sasl::Mechanism;
use postrider_sasl::server::{self as sasl, Credential, Presented};
use postrider_testkit::Ledger;
use postrider_wire::{
    Buf, ClearTextLogin, Inbox, Machine, Policy, Progress, Security, TimerKind, TlsInfo,
};

use crate::turns::{Turn, verdict};

const BY: &str = "our server";

/// What the house of a session is like.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct House {
    /// Somebody else has the maildrop.
    pub(crate) locked: bool,
    /// The session begins behind a login.
    pub(crate) logged_in: bool,
    /// It is under TLS from its beginning.
    pub(crate) tls: bool,
    /// It has `UTF8` and `LANG`.
    pub(crate) languages: bool,
}

struct Play {
    server: Server,
    inbox: Inbox,
    house: House,
    mails: Vec<(u64, String)>,
}

fn config(house: House) -> Config {
    let auth = sasl::Config::new([1; 32])
        .with_mechanisms([Mechanism::Plain, Mechanism::Anonymous])
        .with_clear_text(ClearTextLogin::Allow)
        .with_kept(sasl::Kept::Other);
    let security = match house.tls {
        true => Security::Implicit(TlsInfo::new()),
        false => Security::StartTls(Policy::Opportunistic),
    };
    let config = Config::new(security)
        .with_clear_text_login(ClearTextLogin::Allow)
        .with_auth(auth)
        .with_apop("dbc.mtview.ca.us", [4; 32]);
    if !house.languages {
        return config;
    }
    // RFC 6856 §3.3
    let language = |tag, name, said| {
        Language::new(tag, name).and_then(|language| language.with_confirmation(said)).unwrap()
    };
    config.with_languages([
        language("es", "Espanol", "Idioma cambiado"),
        language("en", "English", "done"),
        language("en-boont", "English Boontling dialect", ""),
        language("de", "Deutsch", ""),
        language("it", "Italiano", ""),
        language("sv", "Svenska", "Kommandot \"LANG\" lyckades"),
    ])
}

pub(crate) fn play(place: &str, session: &[Turn], house: House, ledger: &mut Ledger) {
    let mut play = Play::new(session, house);
    play.say("");
    if house.logged_in {
        play.say("USER mrose\r\n");
        assert!(play.say("PASS secret\r\n").starts_with("+OK"));
    }
    let listed = session.iter().any(|turn| turn.said == "LIST") || house.logged_in;
    for turn in &session[1..] {
        // The digest is over the timestamp of a greeting that is long gone.
        let reply = play.say(&format!("{}\r\n", turn.said));
        let first = reply.split("\r\n").next().unwrap_or_default();
        // Numbers are those of the session where it lists them.
        let numbers = if listed { turn.said.as_str() } else { "" };
        let theirs = verdict(numbers, turn.replies.first().map_or("", String::as_str));
        ledger.compare(place, &turn.said, BY, &theirs, &verdict(numbers, first));
        if first.starts_with("+OK") && ["LIST", "UIDL", "LANG"].contains(&turn.said.as_str()) {
            let mut lines: Vec<&str> =
                reply.split("\r\n").skip(1).take_while(|line| *line != ".").collect();
            let mut theirs = turn.listing();
            if turn.said == "LANG" {
                // "There is no specific order to the listing of languages".
                lines.sort_unstable();
                theirs.sort_unstable();
            }
            assert_eq!(lines, theirs, "{place}");
        }
    }
}

impl Play {
    fn new(session: &[Turn], house: House) -> Self {
        let server = Server::new(config(house));
        let inbox = server.new_inbox();
        let of = |command: &str| {
            let turn = session.iter().find(|turn| turn.said == command);
            let lines = turn.map(|turn| turn.listing()).unwrap_or_default();
            lines.iter().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect::<Vec<_>>()
        };
        let (sizes, uids) = (of("LIST"), of("UIDL"));
        let mut mails: Vec<(u64, String)> = sizes
            .iter()
            .enumerate()
            .map(|(n, size)| {
                let uid = uids.get(n).cloned().unwrap_or_else(|| format!("uid-{n}"));
                (size.parse().unwrap(), uid)
            })
            .collect();
        if mails.is_empty() {
            mails = vec![(120, "one".into()), (200, "two".into())];
        }
        Self { server, inbox, house, mails }
    }

    fn maildrop(&self) -> Maildrop {
        let mut maildrop = Maildrop::new();
        for (octets, uid) in &self.mails {
            maildrop.push(*octets, UniqueId::new(uid).unwrap());
        }
        maildrop
    }

    fn let_in(&mut self) {
        if self.house.locked {
            let reply = Reply::err("Do you have another POP session running?").unwrap();
            self.server.reject(reply.with_code(ResponseCode::InUse)).unwrap();
        } else {
            let maildrop = self.maildrop();
            self.server.accept_login(maildrop).unwrap();
        }
    }

    fn answer(&mut self, event: &Event) {
        match event {
            Event::Login { password, .. } if password.expose() == b"wrong" => {
                let reply = Reply::err("sorry").unwrap().with_code(ResponseCode::Auth);
                self.server.reject(reply).unwrap();
            }
            // Which digest is right depends on the timestamp.
            Event::Login { .. } | Event::Authenticated { .. } | Event::Apop { .. } => self.let_in(),
            Event::Credential(request) => {
                assert_ne!(request.presented, Presented::Nothing);
                self.server.credential(Credential::Verified).unwrap();
            }
            Event::Retrieve { message, lines, .. } => {
                let octets = self.mails[*message as usize - 1].0;
                let mail = vec![b'x'; octets as usize - 4];
                let mail = [b"\r\n", &mail[..], b"\r\n"].concat();
                self.server.accept().unwrap();
                self.server.write_payload(&mut Bytes::from(mail)).unwrap();
                assert!(self.server.finish_payload().is_ok(), "{lines:?}");
            }
            Event::Commit { .. } => self.server.accept().unwrap(),
            _ => {}
        }
    }

    fn say(&mut self, line: &str) -> String {
        self.inbox.extend(line.as_bytes());
        let mut said = Vec::new();
        loop {
            match self.server.poll(&mut self.inbox).unwrap() {
                Progress::Event(event) => self.answer(&event),
                Progress::Wait { .. } if self.server.outbox().has_remaining() => {
                    let n = self.server.outbox().remaining();
                    said.extend_from_slice(&self.server.outbox().copy_to_bytes(n));
                }
                Progress::Wait { .. } => {
                    let timers = self.server.timers().to_vec();
                    match timers.into_iter().find(|timer| timer.kind == TimerKind::Delay) {
                        Some(timer) => self.server.on_timeout(timer),
                        None => break,
                    }
                }
                Progress::StartTls(token) => {
                    let plain = std::mem::replace(&mut self.inbox, Inbox::new(1));
                    self.inbox = self.server.tls_established(token, TlsInfo::new(), plain).unwrap();
                }
                Progress::Closed => break,
            }
        }
        String::from_utf8(said).unwrap()
    }
}
