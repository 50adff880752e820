//! The fake servers of "Why TLS is better without STARTTLS" (USENIX Security 2021): all POP3 scripts of the
//! study, played against our client.
//!
//! What must not happen before TLS: a credential leaves, something heard is believed, the session hangs.
//! Beyond that, the table says how each session ends, under both policies.

use std::collections::BTreeMap;

use bytes::Buf;
use postrider_pop3::client::{Client, Config, Event, Login, LoginBy};
use postrider_pop3::{Error, State};
use postrider_sasl::Mechanism;
use postrider_sasl::client::{Choice, Credentials};
use postrider_testkit::{shared, shared_files_with};
use postrider_wire::{Inbox, Machine, Policy, Progress, Secret, Security, TlsInfo};
use ron::extensions::Extensions;
use serde::Deserialize;

use crate::End::{Injected, LoggedIn, NoHandshake, NoLogin, NoTls, Nonsense, Refused, Silence};

/// A script, with the defaults of the program that the study ran. Unknown fields fail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    greeting: String,
    capa: Vec<String>,
    #[serde(rename = "capa_auth")]
    _capa_auth: Vec<String>,
    capa_tls: Vec<String>,
    capa_tls_auth: Vec<String>,
    #[serde(default = "default_stls_response")]
    stls_response: String,
    #[serde(default = "yes")]
    stls_make_transition: bool,
    #[serde(default)]
    hide_commands: Vec<String>,
    #[serde(default)]
    override_response: BTreeMap<String, String>,
    implicit_tls: bool,
    #[serde(rename = "cert")]
    _cert: Cert,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cert {
    #[serde(rename = "crt_path")]
    _crt_path: String,
    #[serde(rename = "key_path")]
    _key_path: String,
}

fn default_stls_response() -> String {
    "+OK Begin TLS negotiation now.\r\n".to_owned()
}

fn yes() -> bool {
    true
}

/// The fake server at work.
struct Fake<'a> {
    script: &'a Script,
    tls: bool,
    logged_in: bool,
}

impl Fake<'_> {
    fn answer(&mut self, line: &str) -> String {
        let command = line.split(' ').next().unwrap_or_default();
        let is = |name: &String| name.eq_ignore_ascii_case(command);
        if self.script.hide_commands.iter().any(is) {
            return "-ERR unknown command\r\n".to_owned();
        }
        if let Some((_, reply)) = self.script.override_response.iter().find(|(name, _)| is(name)) {
            return reply.clone();
        }
        match command {
            "CAPA" => {
                let lines = match (self.tls, self.logged_in) {
                    (false, _) => &self.script.capa,
                    (true, false) => &self.script.capa_tls,
                    (true, true) => &self.script.capa_tls_auth,
                };
                let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
                format!("+OK\r\n{lines}.\r\n")
            }
            "STLS" => self.script.stls_response.clone(),
            "PASS" => {
                self.logged_in = true;
                "+OK ...\r\n".to_owned()
            }
            "STAT" => "+OK 2 320\r\n".to_owned(),
            _ => "+OK ...\r\n".to_owned(),
        }
    }

    /// Whether a handshake succeeds behind the `+OK`: not where that is all there is.
    fn shakes_hands(&self) -> bool {
        let overridden =
            self.script.override_response.keys().any(|name| name.eq_ignore_ascii_case("STLS"));
        self.script.stls_make_transition && !overridden
    }
}

/// How a session with a fake server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// In, under TLS.
    LoggedIn,
    /// `+OK` came and no TLS behind it: nothing is said but the handshake.
    NoHandshake,
    /// `Error::TlsRefused`.
    NoTls,
    /// `Error::PlaintextBehindTls`.
    Injected,
    /// `Error::Malformed` or `Error::Unsolicited`: what is no answer.
    Nonsense,
    /// `Error::Timeout`, because nothing came.
    Silence,
    /// The server does not want the session.
    Refused,
    /// Only where TLS is optional: there is no login that may be used in the clear, and the client left.
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
}

/// RFC 4616 §4
const PASSWORD: &str = "tanstaaftanstaaf";

fn login() -> Login {
    let tim = Credentials::password("tim", Secret::new(PASSWORD.to_owned())).unwrap();
    // `AUTH` where there is PLAIN; `APOP` would be the study's bait.
    Login::new(tim, [7; 32])
        .with_choice(Choice::default().with_mechanisms([Mechanism::Plain]))
        .with_login_by([LoginBy::Auth, LoginBy::Apop, LoginBy::UserPass])
}

/// Plays a script; replies arrive whole, or octet by octet.
fn play(script: &Script, policy: Policy, whole: bool) -> Seen {
    let mut fake = Fake { script, tls: false, logged_in: false };
    let mut client = Client::new(Config::new(Security::StartTls(policy)));
    let mut inbox = client.new_inbox();
    let mut due: Vec<u8> = script.greeting.clone().into_bytes();
    let (mut unread, mut told) = (String::new(), Vec::new());
    let mut said = [String::new(), String::new()];
    let (mut refused, mut no_login, mut logged_in) = (false, false, false);
    // Every turn of the loop moves something: a session that goes round for longer hangs.
    for _ in 0..10_000 {
        let end = match client.poll(&mut inbox) {
            Ok(Progress::Event(event)) => {
                match &event {
                    Event::Ready { .. } => client.login_with(login()).unwrap(),
                    Event::LoggedIn(_) => {
                        logged_in = true;
                        client.stat().unwrap();
                    }
                    Event::LoginFailed(_) => {
                        no_login = true;
                        let _ = client.quit();
                    }
                    Event::Rejected(_) => refused = true,
                    Event::DropListing(_) => client.quit().unwrap(),
                    _ => {}
                }
                if !fake.tls {
                    told.push(event);
                }
                continue;
            }
            Ok(Progress::Wait { input, .. }) => {
                let n = client.outbox().remaining();
                let octets = client.outbox().copy_to_bytes(n);
                said[usize::from(fake.tls)].push_str(str::from_utf8(&octets).unwrap());
                unread.push_str(str::from_utf8(&octets).unwrap());
                while let Some((line, rest)) = unread.split_once("\r\n") {
                    due.extend(fake.answer(line).into_bytes());
                    unread = rest.to_owned();
                }
                if n > 0 {
                    continue;
                }
                if due.is_empty() {
                    let timer = client.timers().first().copied();
                    client.on_timeout(timer.expect("no timer ends this wait: it hangs"));
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
                    // What stands behind the `+OK` goes to the TLS engine, which has no use for it.
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
            Ok(Progress::Closed) => {
                assert!(logged_in && fake.tls, "in the clear");
                LoggedIn
            }
            Err(Error::TlsRefused) => NoTls,
            Err(Error::PlaintextBehindTls { .. }) => Injected,
            Err(Error::Malformed { .. } | Error::Unsolicited { .. }) => Nonsense,
            Err(Error::Timeout) => Silence,
            Err(other) => panic!("{other}"),
        };
        if end != NoHandshake {
            assert_eq!(client.state(), State::Over, "{end:?}");
        }
        let [clear, sealed] = said;
        return Seen { end, clear, sealed, told };
    }
    panic!("the session has no end");
}

/// What must hold whatever the end is.
fn is_safe(name: &str, policy: Policy, seen: &Seen) {
    let harmless = ["STLS", "CAPA", "QUIT"];
    assert!(seen.clear.lines().all(|line| harmless.contains(&line)), "{name}: {}", seen.clear);
    if policy == Policy::Required {
        assert!(["", "STLS\r\n"].contains(&&*seen.clear), "{name}: {}", seen.clear);
        // That a server does not want the session is told; it makes nothing go on.
        let only_refused = seen.told.iter().all(|event| matches!(event, Event::Rejected(_)));
        assert!(only_refused, "{name}: {:?}", seen.told);
    }
    if seen.end == LoggedIn {
        assert_eq!(seen.clear, "STLS\r\n", "{name}");
        assert!(seen.told.is_empty(), "{name}: {:?}", seen.told);
        // Asked again, and the timestamp of the clear text is forgotten.
        let expected = [
            "CAPA\r\nUSER tim\r\nPASS tanstaaftanstaaf\r\nSTAT\r\nQUIT\r\n",
            "CAPA\r\nAUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\nSTAT\r\nQUIT\r\n",
        ];
        assert!(expected.contains(&&*seen.sealed), "{name}: {}", seen.sealed);
    } else {
        assert!(!seen.sealed.contains(PASSWORD), "{name}");
    }
}

/// Script; the ends where TLS is required, and where it is optional. `#1`: with the injection that stands
/// in a comment of the script.
const ENDS: &[(&str, [End; 2])] = &[
    ("Buffering/B_1.ron", [LoggedIn, LoggedIn]),
    ("Buffering/B_1.ron#1", [Injected, Injected]),
    ("Buffering/B_2.ron", [Injected, Injected]),
    ("Negotiation/O_1.ron", [NoTls, NoLogin]),
    ("Negotiation/O_2.ron", [NoTls, NoLogin]),
    ("Negotiation/O_3.ron", [NoTls, NoLogin]),
    ("Negotiation/O_4.ron", [LoggedIn, LoggedIn]),
    ("Negotiation/O_4.ron#1", [NoTls, NoLogin]),
    ("others/P_1-unfinished.ron", [NoTls, NoLogin]),
    ("others/X_1-unfinished.ron", [Nonsense, Nonsense]),
    ("others/X_1.ron", [NoTls, NoLogin]),
    ("others/auth/capa_err_auth_err.ron", [LoggedIn, LoggedIn]),
    ("others/auth/capa_err_auth_ok_all.ron", [LoggedIn, LoggedIn]),
    ("others/auth/capa_err_auth_ok_empty.ron", [LoggedIn, LoggedIn]),
    ("others/auth/capa_err_quit_err_sys_perm.ron", [LoggedIn, LoggedIn]),
    ("others/auth/capa_err_quit_ok_sys_perm.ron", [LoggedIn, LoggedIn]),
    ("others/capa/capa_err.ron", [LoggedIn, LoggedIn]),
    ("others/capa/capa_err_code_sys_perm.ron", [LoggedIn, LoggedIn]),
    ("others/capa/capa_ok_all.ron", [LoggedIn, LoggedIn]),
    ("others/capa/capa_ok_empty.ron", [LoggedIn, LoggedIn]),
    ("others/capa/capa_ok_sasl_no_stls.ron", [LoggedIn, LoggedIn]),
    ("others/code.ron", [LoggedIn, LoggedIn]),
    ("others/greeting/err.ron", [Refused, Refused]),
    ("others/greeting/err_escape.ron", [Refused, Refused]),
    ("others/greeting/err_sys_perm.ron", [Refused, Refused]),
    ("others/greeting/err_sys_temp.ron", [Refused, Refused]),
    ("others/greeting/err_timestamp.ron", [Refused, Refused]),
    ("others/greeting/greeting_1.ron", [LoggedIn, LoggedIn]),
    ("others/greeting/greeting_2.ron", [Refused, Refused]),
    ("others/greeting/ok.ron", [LoggedIn, LoggedIn]),
    ("others/greeting/ok_escape.ron", [LoggedIn, LoggedIn]),
    ("others/greeting/ok_sys_perm.ron", [LoggedIn, LoggedIn]),
    ("others/greeting/ok_sys_temp.ron", [LoggedIn, LoggedIn]),
    ("others/greeting/ok_timestamp.ron", [LoggedIn, LoggedIn]),
    ("others/quit/greeting_err_quit_err.ron", [Refused, Refused]),
    ("others/quit/greeting_err_quit_ok.ron", [Refused, Refused]),
    ("others/quit/greeting_ok_capa_stls_stls_err_quit_err.ron", [NoTls, NoLogin]),
    ("others/quit/greeting_ok_capa_stls_stls_err_quit_ok.ron", [NoTls, NoLogin]),
    ("others/stls/greeting_ok_capa_ok_stls_err.ron", [NoTls, NoLogin]),
    ("others/stls/greeting_ok_capa_ok_stls_err_sys_perm.ron", [NoTls, NoLogin]),
    ("others/stls/greeting_ok_capa_ok_stls_ok.ron", [LoggedIn, LoggedIn]),
    ("others/stls/greeting_ok_capa_ok_stls_ok_sys_perm.ron", [NoHandshake, NoHandshake]),
    ("others/unsolicited/multi_line_scan_listing.ron", [Nonsense, Nonsense]),
    ("setup.ron", [LoggedIn, LoggedIn]),
    ("setup_opportunistic_encryption.ron", [LoggedIn, LoggedIn]),
];

fn read(name: &str, text: &str) -> Script {
    let ron = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    ron.from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The script, and with the answer to `STLS` that stands in a comment of it.
fn variants(name: &str, text: &str) -> Vec<(String, Script)> {
    let mut found = vec![(name.to_owned(), read(name, text))];
    if text.contains("//stls_response") {
        let text = text.replace("//stls_response", "stls_response");
        let text = text.replace("//stls_make_transition", "stls_make_transition");
        found.push((format!("{name}#1"), read(name, &text)));
    }
    found
}

#[test]
fn no_script_of_the_study_gets_anything_out_of_the_client() {
    let files = shared_files_with("vectors/starttls/pop3", &["ron"]);
    let Some(root) = shared("vectors/starttls/pop3") else { return };
    assert_eq!(files.len(), 43);
    let mut played = Vec::new();
    for file in &files {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(file).unwrap();
        // The study keeps a second copy beside its IMAP scripts.
        let copy = shared("vectors/starttls/imap/testcases/pop3").unwrap().join(name);
        assert_eq!(std::fs::read_to_string(copy).unwrap(), text, "{name}");
        for (name, script) in variants(name, &text) {
            assert!(!script.implicit_tls);
            let ends = [Policy::Required, Policy::Opportunistic].map(|policy| {
                let [whole, cut] = [true, false].map(|whole| play(&script, policy, whole));
                is_safe(&name, policy, &whole);
                is_safe(&name, policy, &cut);
                // Behind the `+OK`, what comes in another segment is the TLS engine's.
                assert!(whole.end == cut.end || whole.end == Injected, "{name}: {:?}", cut.end);
                whole.end
            });
            played.push((name, ends));
        }
    }
    let played: Vec<(&str, [End; 2])> =
        played.iter().map(|(name, ends)| (&name[..], *ends)).collect();
    assert_eq!(played, ENDS);
}
