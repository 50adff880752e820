//! A session against our client: what it says is what was said, and what it tells is what was answered.

use postrider_pop3::client::{Event, Login, LoginBy};
use postrider_pop3::{Error, Keyword, LanguageRange, State};
use postrider_sasl::client::{Choice, Credentials};
use postrider_sasl::{Mechanism, line};
use postrider_testkit::Ledger;
use postrider_wire::{Buf, ClearTextLogin, Machine, Secret};

use crate::talk::{Talk, clear, over_tls};
use crate::turns::Turn;

const BY: &str = "our client";

/// Plays a session; what our client does not say is entered, and passed over.
pub(crate) fn play(place: &str, session: &[Turn], logged_in: bool, ledger: &mut Ledger) {
    let greeting = session[0].answer();
    let mut talk = begin(&greeting, logged_in);
    let mut turns = session[1..].iter().peekable();
    while let Some(turn) = turns.next() {
        let password = turns.peek().and_then(|next| next.said.strip_prefix("PASS "));
        let said = if talk.sent_unheard() {
            // The second half of a login, which it says by itself.
            Ok(())
        } else if turn.said == "STLS" {
            ledger.compare(place, &turn.said, BY, "said", "said at once or never");
            talk = begin(&greeting, false);
            talk = over(talk, &greeting);
            continue;
        } else {
            say(&mut talk, &turn.said, password.unwrap_or("password"))
        };
        let line = talk.said();
        let expected = format!("{}\r\n", turn.said);
        match said {
            Ok(()) if line == expected => ledger.compare(place, &turn.said, BY, "said", "said"),
            Ok(()) => {
                let line = line.trim_end();
                ledger.compare(
                    place,
                    &turn.said,
                    BY,
                    "said",
                    &format!("`{line}`").replace('`', ""),
                );
                // The answer is to another line: the session goes on without.
                talk = begin(&greeting, talk.client.state() == State::Transaction);
                continue;
            }
            Err(why) => {
                ledger.compare(place, &turn.said, BY, "said", why);
                continue;
            }
        }
        let events = talk.hear(&turn.answer());
        ledger.compare(
            place,
            &format!("answer to {}", turn.said),
            BY,
            &theirs(turn),
            &told(&events),
        );
    }
}

fn begin(greeting: &str, logged_in: bool) -> Talk {
    let config = if logged_in { over_tls() } else { clear() };
    let mut talk = Talk::new(config.with_clear_text_login(ClearTextLogin::Allow));
    // A fragment has no greeting: that of RFC 1939 §7.
    let own = "+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n";
    talk.hear(if greeting.is_empty() { own } else { greeting });
    if logged_in {
        talk.client.login("mrose", Secret::new("secret".into())).unwrap();
        talk.hear("+OK\r\n");
        talk.hear("+OK\r\n");
        assert_eq!(talk.client.state(), State::Transaction);
    }
    talk
}

fn over(_: Talk, greeting: &str) -> Talk {
    let mut talk = Talk::new(over_tls());
    talk.hear(greeting);
    talk
}

/// Lets the client say it; fails where it has no such command, or not now.
fn say(talk: &mut Talk, line: &str, password: &str) -> Result<(), &'static str> {
    let client = &mut talk.client;
    let mut words = line.split(' ');
    let command = words.next().unwrap_or_default().to_owned();
    let arguments: Vec<&str> = words.collect();
    let number = |n: usize| arguments.get(n).and_then(|word| word.parse().ok());
    let allow = |by| {
        let choice = Choice::default()
            .with_clear_text(ClearTextLogin::Allow)
            .with_cram_md5(ClearTextLogin::Allow);
        move |credentials: Credentials| {
            Login::new(credentials, [7; 32]).with_choice(choice).with_login_by([by])
        }
    };
    let said = match (command.as_str(), arguments.as_slice()) {
        ("CAPA", []) => client.capa(),
        ("USER", [user]) => client.login(user, Secret::new(password.into())),
        ("APOP", [user, _]) => {
            let user = Credentials::password(*user, Secret::new("tanstaaf".into())).unwrap();
            let said = client.login_with(allow(LoginBy::Apop)(user));
            without_capa(talk);
            said
        }
        ("AUTH", [mechanism, rest @ ..]) => {
            let Some(mechanism) = Mechanism::from_name(mechanism) else {
                return Err("no mechanism");
            };
            let credentials = match (mechanism, rest) {
                (Mechanism::Plain, [text]) => plain(text),
                (Mechanism::Anonymous, ["="]) => Credentials::anonymous("").unwrap(),
                _ => return Err("with its initial response"),
            };
            let mut login = allow(LoginBy::Auth)(credentials);
            login.choice = login.choice.with_mechanisms([mechanism]);
            let said = client.login_with(login);
            if talk.client.outbox().chunk() == b"CAPA\r\n" {
                let offer = format!("+OK\r\nSASL {mechanism}\r\n.\r\n");
                talk.hear_only(&offer);
            }
            return said.map_err(why);
        }
        ("STAT", []) => client.stat(),
        ("LIST", _) => client.list(number(0)),
        ("UIDL", _) => client.uidl(number(0)),
        ("RETR", [_]) => client.retr(number(0).unwrap()),
        ("TOP", [_, _]) => client.top(number(0).unwrap(), number(1).unwrap()),
        ("DELE", [_]) => client.dele(number(0).unwrap()),
        ("NOOP", []) => client.noop(),
        ("RSET", []) => client.rset(),
        ("UTF8", []) => client.utf8(),
        ("LANG", []) => client.lang(None),
        ("LANG", [range]) => client.lang(Some(LanguageRange::parse(range).unwrap())),
        ("QUIT", []) => client.quit(),
        _ => return Err("nothing of ours"),
    };
    said.map_err(why)
}

fn why(error: Error) -> &'static str {
    assert_eq!(error, Error::Misuse(postrider_pop3::Misuse::NotNow));
    "not in this state"
}

fn without_capa(talk: &mut Talk) {
    if talk.client.outbox().chunk() == b"CAPA\r\n" {
        talk.hear_only("-ERR\r\n");
    }
}

fn plain(text: &str) -> Credentials {
    let message = line::decode_initial(text.as_bytes(), 1000).unwrap();
    let text = String::from_utf8(message.expose().clone()).unwrap();
    let [authzid, authcid, password] = text.split('\0').collect::<Vec<_>>()[..] else { panic!() };
    let credentials = Credentials::password(authcid, Secret::new(password.into())).unwrap();
    if authzid.is_empty() { credentials } else { credentials.with_authzid(authzid).unwrap() }
}

/// What the server's answer amounts to.
fn theirs(turn: &Turn) -> String {
    let first = turn.replies.first().map_or("", String::as_str);
    let lines = turn.listing();
    let octets: usize =
        lines.iter().map(|line| line.strip_prefix('.').unwrap_or(line).len() + 2).sum();
    let word = turn.said.split(' ').next().unwrap_or_default();
    if first.starts_with("-ERR") {
        return turn.verdict();
    }
    let has_lines = turn.replies.len() > 1;
    match word {
        "LIST" | "UIDL" | "LANG" if has_lines => format!("{} lines", lines.len()),
        "LIST" | "UIDL" => "1 lines".into(),
        "CAPA" => format!("{} lines", lines.len()),
        "RETR" | "TOP" => format!("{octets} octets"),
        "STAT" => first.to_owned(),
        _ => "+OK".into(),
    }
}

/// The same of what the client told.
fn told(events: &[Event]) -> String {
    let (mut lines, mut octets) = (0, 0);
    for event in events {
        match event {
            Event::Refused { reply, .. } => {
                return match reply.code() {
                    Some(code) => format!("-ERR [{}]", code.as_str()),
                    None => "-ERR".into(),
                };
            }
            Event::Capabilities(all) => return format!("{} lines", all.len()),
            Event::ScanListing(_) | Event::UniqueIdListing { .. } | Event::LanguageListing(_) => {
                lines += 1;
            }
            Event::ListEnd | Event::UidlEnd | Event::LangEnd => return format!("{lines} lines"),
            Event::Chunk(chunk) => octets += chunk.len(),
            Event::RetrieveEnd => return format!("{octets} octets"),
            Event::DropListing(all) => return format!("+OK {} {}", all.messages, all.octets),
            Event::Done { command, .. } => {
                assert!(*command != Keyword::Stls);
                return "+OK".into();
            }
            Event::LoggedIn(_) => return "+OK".into(),
            _ => {}
        }
    }
    // The first half of a login.
    "+OK".into()
}
