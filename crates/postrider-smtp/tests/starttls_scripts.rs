//! The fake servers of "Why TLS is better without STARTTLS" (USENIX Security 2021): all SMTP scripts of
//! the study, played against our client.
//!
//! What must not happen before TLS: a credential or a mail leaves, something heard is believed, the
//! session hangs. Beyond that, the table says how each session ends, under both policies.

use crate::common;

use std::collections::BTreeMap;

use bytes::Buf;
use common::{Sends, name};
use postrider_sasl::client::Credentials;
use postrider_smtp::client::{Client, Config, Event, Login};
use postrider_smtp::{Error, State};
use postrider_testkit::{Embedder, shared, shared_files_with};
use postrider_wire::{
    Inbox, Machine, Policy, Progress, Secret, Security, Timer, TimerKind, TlsInfo,
};
use ron::extensions::Extensions;
use serde::Deserialize;

use crate::starttls_scripts::End::{
    InTheClear, Injected, NoHandshake, NoLogin, NoTls, Nonsense, Refused, Sent, Silence,
};

/// A script, with the defaults of the program that the study ran. Unknown fields fail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    #[serde(default = "default_greeting")]
    greeting: String,
    capabilities: Vec<Capability>,
    capabilities_tls: Vec<Capability>,
    #[serde(default = "default_stls_response")]
    stls_response: String,
    #[serde(default = "yes")]
    stls_make_transition: bool,
    #[serde(default)]
    ignore_commands_tls: Vec<String>,
    #[serde(default)]
    hide_commands: Vec<String>,
    #[serde(default)]
    override_response: BTreeMap<String, String>,
    implicit_tls: bool,
    #[serde(rename = "cert")]
    _cert: Cert,
    #[serde(rename = "hook_data", default)]
    _hook_data: Option<Hook>,
}

#[derive(Debug, Deserialize)]
enum Capability {
    #[serde(rename = "StartTLS")]
    StartTls,
    Auth(Vec<Mechanism>),
}

#[derive(Debug, Deserialize)]
enum Mechanism {
    Plain,
    Login,
    Other(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cert {
    #[serde(rename = "crt_path")]
    _crt_path: String,
    #[serde(rename = "key_path")]
    _key_path: String,
}

#[derive(Debug, Deserialize)]
enum Hook {
    Pass(#[allow(dead_code, reason = "a note to the operator of the study")] String),
}

fn default_greeting() -> String {
    "220 smtp.example.com ESMTP fake\r\n".to_owned()
}

fn default_stls_response() -> String {
    "220 Ready to start TLS\r\n".to_owned()
}

fn yes() -> bool {
    true
}

/// The fake server at work.
struct Fake<'a> {
    script: &'a Script,
    tls: bool,
    in_mail: bool,
}

impl Fake<'_> {
    /// What it says to a line; nothing to one that it ignores.
    fn answer(&mut self, line: &str) -> String {
        if self.in_mail {
            self.in_mail = line != ".";
            return if self.in_mail { String::new() } else { "250 ...\r\n".to_owned() };
        }
        let command = line.split(' ').next().unwrap_or_default();
        let is = |name: &String| name.eq_ignore_ascii_case(command);
        if self.tls && self.script.ignore_commands_tls.iter().any(is) {
            return String::new();
        }
        if self.script.hide_commands.iter().any(is) {
            return "502 command not recognized\r\n".to_owned();
        }
        if let Some((_, reply)) = self.script.override_response.iter().find(|(name, _)| is(name)) {
            return reply.clone();
        }
        match command {
            "EHLO" => self.offer(),
            "STARTTLS" => self.script.stls_response.clone(),
            "DATA" => {
                self.in_mail = true;
                "354 ...\r\n".to_owned()
            }
            "QUIT" => "221 ...\r\n".to_owned(),
            "AUTH" => "235 ...\r\n".to_owned(),
            _ => "250 ...\r\n".to_owned(),
        }
    }

    fn offer(&self) -> String {
        let offered =
            if self.tls { &self.script.capabilities_tls } else { &self.script.capabilities };
        let mut lines = vec!["example.org ...".to_owned()];
        lines.extend(offered.iter().map(|capability| match capability {
            Capability::StartTls => "STARTTLS".to_owned(),
            Capability::Auth(mechanisms) => {
                let names: Vec<&str> = mechanisms.iter().map(Mechanism::name).collect();
                format!("AUTH {}", names.join(" "))
            }
        }));
        let last = lines.len() - 1;
        let lines = lines.iter().enumerate();
        lines
            .map(|(at, text)| format!("250{}{text}\r\n", if at == last { ' ' } else { '-' }))
            .collect()
    }

    /// Whether a handshake succeeds behind a 220: not where the 220 is all there is.
    fn shakes_hands(&self) -> bool {
        let overridden =
            self.script.override_response.keys().any(|name| name.eq_ignore_ascii_case("STARTTLS"));
        self.script.stls_make_transition && !overridden
    }
}

impl Mechanism {
    fn name(&self) -> &str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::Other(name) => name,
        }
    }
}

/// How a session with a fake server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The mail went out under TLS.
    Sent,
    /// 220 came and no TLS behind it: nothing is said but the handshake.
    NoHandshake,
    /// `Error::TlsRefused`.
    NoTls,
    /// `Error::PlaintextBehindTls`.
    Injected,
    /// `Error::Unexpected`: a code that is no answer.
    Nonsense,
    /// `Error::Timeout`, because nothing came.
    Silence,
    /// The server refused the session, and the client left with `QUIT`, or at once after 421.
    Refused,
    /// Only where TLS is optional: the mail went out in the clear.
    InTheClear,
    /// There is no login that may be used, or the server did not prove itself: the client left.
    NoLogin,
}

/// A session as seen from the road.
#[derive(Debug)]
struct Seen {
    end: End,
    /// What the client said before and under TLS.
    clear: String,
    sealed: String,
    /// What it told before TLS.
    told: Vec<Event>,
    /// What it thinks the server offers, once TLS stands.
    believes: Vec<String>,
}

/// RFC 4616 §4
const PASSWORD: &str = "tanstaaftanstaaf";

/// Plays a script, with a login or without; replies arrive whole, or octet by octet.
fn play(script: &Script, policy: Policy, login: bool, whole: bool) -> Seen {
    let mut fake = Fake { script, tls: false, in_mail: false };
    let mut config = Config::new(name("bar.com"), Security::StartTls(policy));
    if login {
        let tim = Credentials::password("tim", Secret::new(PASSWORD.to_owned())).unwrap();
        config = config.with_login(Login::new(tim, [7; 32]));
    }
    let mut client = Client::new(config);
    let mut embedder: Box<dyn Embedder<Client>> =
        Sends::new("a@bar.com", &["b@foo.com"], &[b"secret mail\r\n"]).boxed();
    let mut inbox = client.new_inbox();
    let mut due: Vec<u8> = script.greeting.clone().into_bytes();
    let (mut unread, mut told, mut believes) = (String::new(), Vec::new(), Vec::new());
    let (mut said, mut refused) = ([String::new(), String::new()], false);
    let mut no_login = false;
    // Every turn of the loop moves something: a session that goes round for longer hangs.
    for _ in 0..10_000 {
        let end = match client.poll(&mut inbox) {
            Ok(Progress::Event(event)) => {
                refused |= matches!(event, Event::Refused(_));
                no_login |= matches!(event, Event::LoginFailed { .. });
                if fake.tls {
                    believes = client.capabilities().lines().map(str::to_owned).collect();
                } else {
                    told.push(event.clone());
                }
                embedder.on_event(&mut client, &event);
                continue;
            }
            Ok(Progress::Wait { input, app }) => {
                let n = client.outbox().remaining();
                let octets = client.outbox().copy_to_bytes(n);
                said[usize::from(fake.tls)].push_str(str::from_utf8(&octets).unwrap());
                unread.push_str(str::from_utf8(&octets).unwrap());
                while let Some((line, rest)) = unread.split_once("\r\n") {
                    due.extend(fake.answer(line).into_bytes());
                    unread = rest.to_owned();
                }
                if n > 0 || (app && embedder.on_wait(&mut client)) {
                    continue;
                }
                if due.is_empty() {
                    let timer = reply_timer(&client).expect("no timer ends this wait: it hangs");
                    client.on_timeout(timer);
                } else {
                    assert!(input, "the client neither reads nor writes");
                    let n = if whole { due.len() } else { 1 };
                    let taken = inbox.extend(&due[..n]);
                    due.drain(..taken);
                }
                continue;
            }
            Ok(Progress::StartTls(token)) => {
                if !fake.shakes_hands() {
                    NoHandshake
                } else {
                    // What stands behind the 220 goes to the TLS engine, which has no use for it.
                    due.clear();
                    unread.clear();
                    fake.tls = true;
                    let plain = std::mem::replace(&mut inbox, Inbox::new(1));
                    inbox = client.tls_established(token, TlsInfo::new(), plain).unwrap();
                    continue;
                }
            }
            Ok(Progress::Closed) if refused => Refused,
            Ok(Progress::Closed) if no_login => NoLogin,
            Ok(Progress::Closed) if fake.tls => Sent,
            Ok(Progress::Closed) => InTheClear,
            Err(Error::TlsRefused) => NoTls,
            Err(Error::PlaintextBehindTls { .. }) => Injected,
            Err(Error::Unexpected { .. }) => Nonsense,
            Err(Error::Timeout) => Silence,
            Err(other) => panic!("{other}"),
        };
        if end != NoHandshake && client.outbox().remaining() == 0 {
            assert!(matches!(client.state(), State::Over), "{end:?} in {:?}", client.state());
        }
        let [clear, sealed] = said;
        return Seen { end, clear, sealed, told, believes };
    }
    panic!("the session has no end");
}

fn reply_timer(client: &Client) -> Option<Timer> {
    client.timers().iter().copied().find(|timer| timer.kind == TimerKind::Reply)
}

/// What a word of base64 stands for; nothing for another.
fn base64_of(word: &str) -> Vec<u8> {
    let decoded = postrider_sasl::line::decode(word.as_bytes(), 1 << 16);
    decoded.map_or_else(|_| Vec::new(), |octets| octets.expose().clone())
}

fn contains(octets: &[u8], what: &str) -> bool {
    octets.windows(what.len()).any(|window| window == what.as_bytes())
}

/// What must hold whatever the end is.
fn is_safe(name: &str, policy: Policy, seen: &Seen) {
    let commands = || seen.clear.lines();
    if policy == Policy::Required {
        let harmless = ["EHLO bar.com", "HELO bar.com", "STARTTLS", "QUIT"];
        assert!(commands().all(|line| harmless.contains(&line)), "{name}: {}", seen.clear);
        // That a server does not want the session is told; it makes nothing go on.
        let only_refused = seen.told.iter().all(|event| matches!(event, Event::Refused(_)));
        assert!(only_refused, "{name}: {:?}", seen.told);
        assert_ne!(seen.end, InTheClear, "{name}");
    }
    // SCRAM shows no password and trusts no 235; the rest has no place in the clear.
    let scram = |line: &str| line.starts_with("AUTH SCRAM-SHA-");
    assert!(
        !commands().any(|line| line.starts_with("AUTH") && !scram(line)),
        "{name}: {}",
        seen.clear
    );
    for word in seen.clear.split_whitespace() {
        let decoded = base64_of(word);
        let shown =
            [word.as_bytes(), &decoded].into_iter().any(|octets| contains(octets, PASSWORD));
        assert!(!shown, "{name}: {word}");
    }
    if seen.end == Sent {
        assert!(seen.clear.ends_with("STARTTLS\r\n"), "{name}: {}", seen.clear);
        assert!(seen.told.is_empty(), "{name}: {:?}", seen.told);
        assert!(
            seen.sealed.starts_with("EHLO bar.com\r\n"),
            "{name}: asked again: {}",
            seen.sealed
        );
        assert!(seen.sealed.contains("secret mail\r\n.\r\n"), "{name}");
    } else {
        assert!(!seen.sealed.contains("MAIL"), "{name}");
    }
    if seen.end != InTheClear {
        assert!(!seen.clear.contains("MAIL"), "{name}: {}", seen.clear);
    }
}

/// Script; the ends without a login, where TLS is required and where it is optional; the same with a
/// login. `#1`, `#2`: with the payload that
/// stands in a comment of the script, "Step 1" and "Step 2".
const ENDS: &[(&str, [End; 4])] = &[
    ("Buffering/B_1.ron", [Sent, Sent, Sent, Sent]),
    ("Buffering/B_1.ron#1", [Silence, Silence, Silence, Silence]),
    ("Buffering/B_1.ron#2", [Injected, Injected, Injected, Injected]),
    ("Negotiation/D_1.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("Negotiation/O_1.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("Negotiation/O_2.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("Negotiation/O_3.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("Negotiation/O_4.ron", [Nonsense, Nonsense, Nonsense, Nonsense]),
    ("others/X_1.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/ehlo/220.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/ehlo/221.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/ehlo/250-all-no-starttls.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/ehlo/250-all.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/ehlo/250-empty.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/ehlo/354.ron", [Nonsense, Nonsense, Nonsense, Nonsense]),
    ("others/ehlo/421.ron", [Refused, Refused, Refused, Refused]),
    ("others/ehlo/500.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/ehlo/501.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/ehlo/502.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/ehlo/504.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/ehlo/530.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/ehlo/550.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/greeting/220.ron", [Sent, Sent, Sent, Sent]),
    ("others/greeting/221.ron", [Nonsense, Nonsense, Nonsense, Nonsense]),
    ("others/greeting/354.ron", [Nonsense, Nonsense, Nonsense, Nonsense]),
    ("others/greeting/421.ron", [Refused, Refused, Refused, Refused]),
    ("others/greeting/500.ron", [Refused, Refused, Refused, Refused]),
    ("others/greeting/501.ron", [Refused, Refused, Refused, Refused]),
    ("others/greeting/530.ron", [Refused, Refused, Refused, Refused]),
    ("others/greeting/554.ron", [Refused, Refused, Refused, Refused]),
    ("others/helo/ehlo500_helo220.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/helo/ehlo500_helo221.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/helo/ehlo500_helo354.ron", [NoTls, Nonsense, NoTls, Nonsense]),
    ("others/helo/ehlo500_helo421.ron", [NoTls, Refused, NoTls, Refused]),
    ("others/helo/ehlo500_helo500.ron", [NoTls, Refused, NoTls, Refused]),
    ("others/helo/ehlo500_helo501.ron", [NoTls, Refused, NoTls, Refused]),
    ("others/helo/ehlo500_helo530.ron", [NoTls, Refused, NoTls, Refused]),
    ("others/quit/greeting500_quit220.ron", [Refused, Refused, Refused, Refused]),
    ("others/quit/greeting500_quit221.ron", [Refused, Refused, Refused, Refused]),
    ("others/quit/greeting500_quit354.ron", [Refused, Refused, Refused, Refused]),
    ("others/quit/greeting500_quit421.ron", [Refused, Refused, Refused, Refused]),
    ("others/quit/greeting500_quit500.ron", [Refused, Refused, Refused, Refused]),
    ("others/quit/greeting500_quit501.ron", [Refused, Refused, Refused, Refused]),
    ("others/quit/greeting500_quit530.ron", [Refused, Refused, Refused, Refused]),
    ("others/rset/ehlo500_rset220.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/rset/ehlo500_rset221.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/rset/ehlo500_rset354.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/rset/ehlo500_rset421.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/rset/ehlo500_rset500.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/rset/ehlo500_rset501.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/rset/ehlo500_rset530.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/starttls/220.ron", [NoHandshake, NoHandshake, NoHandshake, NoHandshake]),
    ("others/starttls/221.ron", [Nonsense, Nonsense, Nonsense, Nonsense]),
    ("others/starttls/354.ron", [Nonsense, Nonsense, Nonsense, Nonsense]),
    ("others/starttls/421.ron", [NoTls, Refused, NoTls, Refused]),
    ("others/starttls/454.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/starttls/500.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/starttls/501.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("others/starttls/530.ron", [NoTls, InTheClear, NoTls, NoLogin]),
    ("setup.ron", [Sent, Sent, Sent, Sent]),
    ("setup_opportunistic_encryption.ron", [Sent, Sent, Sent, Sent]),
];

fn read(name: &str, text: &str) -> Script {
    let ron = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    ron.from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The script, and where it has payloads in comments, the script with each of them.
fn variants(name: &str, text: &str) -> Vec<(String, Script)> {
    let mut found = vec![(name.to_owned(), read(name, text))];
    for step in 1.. {
        let Some((before, after)) = text.split_once(&format!("// Step {step}\n")) else { break };
        let payload = after.trim_start().strip_prefix("//").expect("a payload in a comment");
        found.push((format!("{name}#{step}"), read(name, &format!("{before}{payload}"))));
    }
    found
}

#[test]
fn no_script_of_the_study_gets_anything_out_of_the_client() {
    let files = shared_files_with("vectors/starttls/smtp", &["ron"]);
    let Some(root) = shared("vectors/starttls/smtp") else { return };
    let mut played = Vec::new();
    let setups = files
        .iter()
        .filter(|file| file.file_name().unwrap().to_str().unwrap().starts_with("setup"));
    assert_eq!((files.len(), setups.count()), (59, 2), "57 cases and two honest servers");
    for file in &files {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
        for (name, script) in variants(name, &std::fs::read_to_string(file).unwrap()) {
            assert!(!script.implicit_tls);
            let ways = [(Policy::Required, false), (Policy::Opportunistic, false)];
            let ways = [ways, ways.map(|(policy, _)| (policy, true))].concat();
            let ends = ways.into_iter().map(|(policy, login)| {
                let [whole, cut] = [true, false].map(|whole| play(&script, policy, login, whole));
                is_safe(&name, policy, &whole);
                is_safe(&name, policy, &cut);
                // Behind the 220, what comes in another segment is the TLS engine's.
                assert!(whole.end == cut.end || whole.end == Injected, "{name}: {:?}", cut.end);
                whole.end
            });
            played.push((name.clone(), ends.collect::<Vec<_>>().try_into().unwrap()));
        }
    }
    let played: Vec<(&str, [End; 4])> =
        played.iter().map(|(name, ends)| (&name[..], *ends)).collect();
    assert_eq!(played, ENDS);
}

#[test]
fn what_was_offered_in_the_clear_is_not_believed_under_tls() {
    let Some(root) = shared("vectors/starttls/smtp") else { return };
    let name = "setup_opportunistic_encryption.ron";
    let script = read(name, &std::fs::read_to_string(root.join(name)).unwrap());
    let seen = play(&script, Policy::Opportunistic, true, true);
    assert_eq!(seen.end, Sent);
    assert_eq!(seen.believes, ["AUTH PLAIN"]);
    // And this is how it looks where all is well: the same credentials, and a mail.
    let login = "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\nMAIL FROM:<a@bar.com>\r\n";
    assert!(seen.sealed.contains(login), "{}", seen.sealed);
}
