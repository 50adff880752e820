//! A hostile client: logins that are not what they seem, and mails that look like commands.

use crate::serving;

use bytes::{Buf, Bytes};
use postrider_sasl::Mechanism;
use postrider_smtp::client::{self, Chunking, Client, Content, Transaction};
use postrider_smtp::server::{Config, Event, Server};
use postrider_smtp::{ForwardPath, Limits, ReversePath};
use postrider_wire::dot::BareNewlines;
use postrider_wire::{
    ClearTextLogin, Inbox, Machine, Policy, Progress, Security, Side, Transcript, TranscriptLog,
};
use serving::{PASSWORD, Session, TIM, accepts, auth, clear, name, tls};

/// base64 of `tim`, and of his password (RFC 4648 §4).
const NAME_64: &str = "dGlt";
const PASSWORD_64: &str = "dGFuc3RhYWZ0YW5zdGFhZg==";
const EHLO: &str = "EHLO bar.com\r\n";

fn open_config() -> Config {
    let all = auth().with_clear_text(ClearTextLogin::Allow);
    let limits = Limits::server().with_bad_commands(100);
    Config::new(name(), clear()).with_auth(all).with_limits(limits)
}

fn in_tls() -> Config {
    Config::new(name(), Security::Implicit(tls())).with_auth(auth())
}

/// Two words that go on with a login which the server has ended, or never began: a client that says its
/// lines blindly, or does not understand the refusal.
#[test]
fn credentials_behind_a_login_that_is_over_stand_in_no_transcript() {
    let too_long = format!("AUTH LOGIN\r\n{}\r\n", "A".repeat(13_000));
    let logged_in = format!("{EHLO}AUTH PLAIN {TIM}\r\nAUTH LOGIN\r\n");
    let known = "EHLO bar.com\r\nMAIL FROM:<a@bar.com>\r\nAUTH LOGIN\r\n";
    let refused = || Config::new(name(), clear()).with_auth(auth());
    for (title, config, opening) in [
        ("504", open_config(), "EHLO bar.com\r\nAUTH DIGEST-MD5\r\n"),
        ("504", refused(), "EHLO bar.com\r\nAUTH LOGIN\r\n"),
        ("503", open_config(), "AUTH LOGIN\r\n"),
        ("501", open_config(), "EHLO bar.com\r\nAUTH LOGIN !!\r\n"),
        ("501", open_config(), "EHLO bar.com\r\nAUTH LOGIN\r\n*\r\n"),
        ("500", open_config(), &format!("{EHLO}{too_long}")),
        ("503", open_config(), known),
        ("503", open_config(), &logged_in),
        ("502", Config::new(name(), clear()), "EHLO bar.com\r\nAUTH LOGIN\r\n"),
        ("500", open_config(), "EHLO bar.com\r\nAUTHENTICATE LOGIN\r\n"),
        (
            "530",
            Config::new(name(), Security::StartTls(Policy::Required)).with_auth(auth()),
            "EHLO bar.com\r\nAUTH LOGIN\r\n",
        ),
    ] {
        let log = TranscriptLog::new(1 << 20);
        let mut session = Session::silent(config, accepts);
        session.server.set_tap(Box::new(Transcript::new(Side::Server, log.clone())));
        session.say("");
        let said = session.say(opening);
        let last = said.lines().last().unwrap();
        assert!(last.starts_with(title), "{title} {said}");
        for credential in [NAME_64, PASSWORD_64, &PASSWORD_64[..22], PASSWORD, TIM] {
            let said = session.say(format!("{credential}\r\n"));
            let text = log.text();
            assert!(!text.contains(credential), "{title} {opening:?} shows it:\n{text}");
            assert!(!said.contains(credential), "{said}");
        }
        let text = log.text();
        assert!(text.contains("C: [secret]\n") && text.contains("AUTH"), "{text}");
    }
}

#[test]
fn commands_are_shown_as_they_came() {
    let log = TranscriptLog::new(1 << 20);
    let mut session = Session::silent(Config::new(name(), clear()), accepts);
    session.server.set_tap(Box::new(Transcript::new(Side::Server, log.clone())));
    for line in ["EHLO bar.com", "NOOP", "noop x", "RSET", "TURN", "STARTTLS", "HELP", "AUTH"] {
        session.say(format!("{line}\r\n"));
        assert!(log.text().contains(&format!("C: {line}\n")), "{}", log.text());
    }
}

#[test]
fn nobody_speaks_for_another_who_is_not_trusted() {
    for (config, told) in [
        (open_config(), "550"),
        (in_tls(), "550"),
        (Config::new(name(), Security::StartTls(Policy::Required)).with_xclient(true), "530"),
    ] {
        let mut session = Session::new(config);
        for opening in ["", EHLO, "MAIL FROM:<a@bar.com>\r\n"] {
            session.say(opening);
            let said = session.say("XCLIENT LOGIN=root ADDR=127.0.0.1\r\n");
            assert!(said.starts_with(told), "{said}");
            assert!(session.server.authenticated().is_none());
            assert!(session.server.xclient().is_none());
        }
        assert!(!session.events.iter().any(|event| matches!(event, Event::Xclient(_))));
    }
    let mut session = Session::new(open_config().with_xclient(true));
    session.say(EHLO);
    for bad in [
        "LOGIN=tim+0D+0ARSET",
        "LOGIN=tim+00",
        "LOGIN=",
        "LOGIN=a LOGIN=b",
        "LOGIN=tim SOURCE=LOCAL",
        "LOGIN=+C2+85x",
        "LOGIN=+E2+80+A8x",
        "ADDR=127.0.0.1+0D+0ALOGIN=root",
        "=x",
        "",
    ] {
        let said = session.say(format!("XCLIENT {bad}\r\n"));
        assert!(said.starts_with("501"), "{bad:?} {said}");
        assert!(session.server.authenticated().is_none());
    }
    // Who is trusted speaks for one at a time, and in no transaction.
    session.say("MAIL FROM:<a@bar.com>\r\n");
    assert!(session.say("XCLIENT LOGIN=tim\r\n").starts_with("503"));
    session.say("RSET\r\n");
    assert!(session.say("XCLIENT LOGIN=tim\r\n").starts_with("220"));
    assert_eq!(session.server.authenticated().unwrap().authcid, "tim");
    assert!(session.say("XCLIENT LOGIN=[UNAVAILABLE]\r\n").starts_with("220"));
    assert!(session.server.authenticated().is_none());
}

/// What a hostile client may say, and pieces of it.
const WORDS: [&str; 40] = [
    "EHLO bar.com\r\n",
    "HELO x\r\n",
    "MAIL FROM:<a@bar.com>\r\n",
    "MAIL FROM:<> BODY=BINARYMIME\r\n",
    "RCPT TO:<b@foo.com>\r\n",
    "DATA\r\n",
    "RSET\r\n",
    "STARTTLS\r\n",
    "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n",
    "AUTH PLAIN\r\n",
    "AUTH LOGIN\r\n",
    "AUTH CRAM-MD5\r\n",
    "AUTH SCRAM-SHA-256 biwsbj10aW0scj14\r\n",
    "AUTH EXTERNAL =\r\n",
    "AUTH ANONYMOUS\r\n",
    "AUTH OAUTHBEARER bixhPXRpbSwBYXV0aD1CZWFyZXIgeAEB\r\n",
    "AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n",
    "dGlt\r\n",
    "dGFuc3RhYWZ0YW5zdGFhZg==\r\n",
    "=\r\n",
    "*\r\n",
    "\r\n",
    "AAAA\0\r\n",
    "XCLIENT LOGIN=root\r\n",
    "XFORWARD NAME=x\r\n",
    "BDAT 3\r\n",
    "BDAT 0\r\n",
    "BDAT 0 LAST\r\n",
    "BDAT 5 LAST\r\n",
    "BDAT 18446744073709551616\r\n",
    "abc",
    "\n",
    "\r",
    ".",
    ".\r\n",
    "\r\n.\r\n",
    "VRFY root\r\n",
    "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n",
    "NOOP\r\n",
    "QUIT\r\n",
];

struct Dice(u64);

impl Dice {
    /// xorshift64 (Marsaglia, "Xorshift RNGs", 2003).
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

/// Says no to every identity, and yes to all else.
fn lets_nobody_in(server: &mut Server, event: &Event) {
    match event {
        Event::Authenticated { .. } => server.decline(),
        event => accepts(server, event),
    }
}

fn configs() -> [Config; 5] {
    let many = Limits::server().with_bad_commands(1000).with_failed_logins(1000);
    let quick = many.with_login_delay(core::time::Duration::ZERO, core::time::Duration::ZERO);
    let started = Security::StartTls(Policy::Opportunistic);
    [
        open_config().with_limits(quick.clone()),
        in_tls().with_limits(quick.clone()).with_auth_required(true),
        open_config().with_limits(quick.clone()).with_xclient(true).with_xforward(true),
        Config::lmtp(name(), clear()).with_limits(quick.clone()).with_binary_mime(true),
        Config::new(name(), started).with_auth(auth()).with_limits(quick),
    ]
}

#[test]
fn whoever_the_embedder_lets_in_is_in_and_nobody_else() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let (mut let_in, mut asked) = (0, 0);
    for round in 0..2000 {
        let all = configs();
        let config = all[round % all.len()].clone();
        let (trusted, required) = (config.xclient, config.auth_required);
        let strict = round % 2 == 0;
        let on_event = if strict { lets_nobody_in } else { accepts };
        let mut session = Session::silent(config, on_event);
        session.say("");
        for _ in 0..30 {
            if session.closed || session.error.is_some() {
                break;
            }
            let octets: String =
                (0..=dice.roll(3)).map(|_| WORDS[dice.roll(WORDS.len())]).collect();
            let before = session.events.len();
            let was_in = session.server.authenticated().is_some();
            if session.server.outbox().remaining() > 0 {
                break;
            }
            // A session may end amid what is said.
            for octet in octets.as_bytes() {
                if !session.closed && session.error.is_none() {
                    let said = session.say([*octet]);
                    assert!(!said.contains(PASSWORD_64) && !said.contains(TIM), "{said}");
                }
            }
            let news = &session.events[before..];
            let proved = news.iter().any(|event| matches!(event, Event::Authenticated { .. }));
            let told = news.iter().any(|event| matches!(event, Event::Xclient(_)));
            assert!(trusted || !told);
            asked += usize::from(proved);
            if session.server.authenticated().is_some() {
                assert!(was_in || told || (proved && !strict), "{octets:?}");
                let_in += 1;
            }
            let mail = news.iter().any(|event| matches!(event, Event::Mail { .. }));
            assert!(!(required && strict && mail), "{octets:?}");
        }
        session.end();
        let count = |test: fn(&Event) -> bool| session.events.iter().filter(|e| test(e)).count();
        let begun = count(|event| matches!(event, Event::DataBegin));
        let ended = count(|event| matches!(event, Event::DataEnd | Event::Aborted(_)));
        assert_eq!(begun, ended, "{:?}", session.events);
    }
    assert!(let_in > 100 && asked > 100, "{let_in} {asked}");
}

/// What could end a mail, begin a command, or both.
const PIECES: [&str; 16] = [
    "\r\n.\r\n",
    "\n.\n",
    "\r.\r",
    "\n.\r\n",
    "\r\n.\n",
    "\r.\r\n",
    ".",
    "\r",
    "\n",
    "\r\n",
    "..",
    "MAIL FROM:<evil@y>",
    "BDAT 5 LAST\r\n",
    "DATA",
    "x",
    "RSET\r\nQUIT\r\n",
];

/// As our client writes it: every newline is CRLF, and the last line has one.
fn normalised(mail: &str) -> String {
    let lines = mail.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
    if lines.is_empty() || lines.ends_with("\r\n") { lines } else { lines + "\r\n" }
}

fn carry(from: &mut impl Machine, to: &mut Inbox, most: usize) {
    while from.outbox().has_remaining() && !to.is_full() {
        let n = from.outbox().chunk().len().min(most).min(to.room());
        let piece = from.outbox().copy_to_bytes(n);
        assert_eq!(to.extend(&piece), n);
    }
}

/// Sends these mails one after the other; what the server made of them, and how many commands it saw.
fn through(mails: &[String], chunking: Chunking, policy: BareNewlines, most: usize) -> Vec<String> {
    let security = Security::StartTls(Policy::Never);
    let limits = Limits::client().with_outbox(300);
    let config = client::Config::new(name(), security).with_chunking(chunking).with_limits(limits);
    let mut client = Client::new(config);
    let (mut from_server, mut server) =
        (client.new_inbox(), Server::new(Config::new(name(), clear()).with_bare_newlines(policy)));
    let mut from_client = server.new_inbox();
    let (mut taken, mut senders, mut open) = (Vec::new(), 0, Vec::new());
    let mut left = mails.iter();
    let mut next = |client: &mut Client| {
        let Some(mail) = left.next() else { return client.quit().unwrap() };
        let mail = Content::whole(Bytes::copy_from_slice(mail.as_bytes()));
        let to = ForwardPath::parse("b@foo.com").unwrap();
        let from = ReversePath::parse("good@bar.com").unwrap();
        client.send(Transaction::new(from, mail).to(to)).unwrap();
    };
    loop {
        match client.poll(&mut from_server).unwrap() {
            Progress::Event(client::Event::Ready { .. }) => next(&mut client),
            Progress::Event(client::Event::Sent(report)) => {
                assert!(report.is_accepted(), "{report:?}");
                next(&mut client);
            }
            Progress::Event(_) => {}
            Progress::Closed => break,
            _ => carry(&mut client, &mut from_client, most),
        }
        loop {
            match server.poll(&mut from_client).unwrap() {
                Progress::Event(event) => {
                    match &event {
                        Event::Mail { path, .. } => {
                            assert_eq!(path.to_string(), "<good@bar.com>");
                            senders += 1;
                        }
                        Event::Chunk(chunk) => open.extend_from_slice(chunk),
                        Event::DataEnd => {
                            taken.push(String::from_utf8(std::mem::take(&mut open)).unwrap());
                        }
                        Event::Aborted(_) | Event::Reset => panic!("{event:?}"),
                        _ => {}
                    }
                    accepts(&mut server, &event);
                }
                _ if server.outbox().has_remaining() => {
                    carry(&mut server, &mut from_server, most);
                }
                Progress::Closed => {
                    from_server.set_eof();
                    break;
                }
                _ => break,
            }
        }
    }
    assert_eq!(senders, mails.len());
    taken
}

#[test]
fn one_mail_sent_is_one_mail_taken_whatever_is_in_it() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    for round in 0..600 {
        let mails: Vec<String> = (0..3)
            .map(|_| (0..dice.roll(12)).map(|_| PIECES[dice.roll(PIECES.len())]).collect())
            .collect();
        let most = [1, 2, 3, 1000][round % 4];
        let due: Vec<String> = mails.iter().map(|mail| normalised(mail)).collect();
        for policy in [BareNewlines::Reject, BareNewlines::Normalize, BareNewlines::Keep] {
            assert_eq!(through(&mails, Chunking::Never, policy, most), due);
            assert_eq!(through(&due, Chunking::Always, policy, most), due);
        }
        assert_eq!(through(&mails, Chunking::WhenUseful, BareNewlines::Reject, most), due);
    }
}

#[test]
fn a_mechanism_that_the_server_does_not_have_costs_a_command() {
    let mechanisms = [Mechanism::ScramSha256];
    let config = Config::new(name(), clear()).with_auth(auth().with_mechanisms(mechanisms));
    let mut session = Session::new(config);
    session.say(EHLO);
    for nth in 1..=10 {
        let said = session.say(format!("AUTH PLAIN {TIM}\r\n"));
        assert!(said.starts_with(if nth < 10 { "504" } else { "421" }), "{nth} {said}");
    }
    assert!(session.closed);
    assert!(!session.events.iter().any(|event| matches!(event, Event::Credential(_))));
}
