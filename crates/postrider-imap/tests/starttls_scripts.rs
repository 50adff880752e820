//! The fake servers of "Why TLS is better without STARTTLS" (USENIX Security 2021): all IMAP scripts of
//! the study, played against our client.
//!
//! What must not happen before TLS: a credential leaves, something heard is believed, the session hangs.
//! Beyond that, the table says how each session ends, under both policies.

use std::collections::BTreeMap;

use bytes::Buf;
use postrider_imap::client::{Client, Config, Event};
use postrider_imap::{
    CommandName, Error, Fault, FetchAttribute, MailboxName, Misuse, Refused, Section, SequenceSet,
    State,
};
use postrider_testkit::{read_shared, shared, shared_files_with};
use postrider_wire::{
    Inbox, Machine, MachineEvent, Policy, Progress, Secret, Security, TlsInfo, UpgradeFault,
};
use ron::extensions::Extensions;
use serde::Deserialize;

use crate::End::{
    Bye, InTheClear, Injected, LoggedIn, MailboxData, NoHandshake, NoLogin, NoTls, Nonsense,
    PreAuth, Silence,
};

/// A script, with the defaults of the program that the study ran. Unknown fields fail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    state: Standing,
    #[serde(default)]
    greeting: Option<Status>,
    #[serde(default)]
    response_after_greeting: Option<String>,
    caps: Vec<Capability>,
    caps_auth: Vec<Capability>,
    caps_tls: Vec<Capability>,
    caps_tls_auth: Vec<Capability>,
    #[serde(default)]
    starttls_response: Option<String>,
    #[serde(default = "yes")]
    starttls_transition: bool,
    #[serde(default)]
    response_after_tls: Option<String>,
    #[serde(default)]
    hide_commands: Vec<String>,
    #[serde(default)]
    ignore_commands: Vec<String>,
    #[serde(default)]
    ignore_commands_tls: Vec<String>,
    #[serde(default)]
    override_login: Option<Answer>,
    #[serde(default)]
    override_authenticate: Option<Answer>,
    #[serde(default)]
    override_select: Option<Answer>,
    #[serde(default)]
    override_response: BTreeMap<String, String>,
    #[serde(default)]
    hook_login: Option<Hook>,
    #[serde(default)]
    hook_authenticate: Option<Hook>,
    #[serde(default)]
    hook_select: Option<Hook>,
    implicit_tls: bool,
    /// Whether the session belongs to a series about S/MIME.
    #[serde(rename = "oracle", default)]
    _oracle: bool,
    #[serde(rename = "cert")]
    _cert: Cert,
}

/// What the server takes the client for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Standing {
    NotAuthenticated,
    Authenticated,
    #[serde(skip)]
    Selected,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    kind: Kind,
    code: Option<Code>,
    text: Text,
}

#[derive(Debug, Deserialize)]
enum Kind {
    Ok,
    No,
    Bad,
    PreAuth,
    Bye,
}

/// A tagged response, which stands in comments only.
#[derive(Debug, Deserialize)]
enum Answer {
    No { tag: Option<Tag>, code: Option<Code>, text: Text },
}

#[derive(Debug, Deserialize)]
enum Code {
    Alert,
    Parse,
    BadCharset { allowed: Vec<Charset> },
    Capability(NonEmptyVec),
    Referral(String),
}

#[derive(Debug, Deserialize)]
enum Charset {
    Atom(Atom),
}

#[derive(Debug, Deserialize)]
struct NonEmptyVec(Vec<Capability>);

#[derive(Debug, Deserialize)]
struct Atom(String);

#[derive(Debug, Deserialize)]
struct Text(String);

#[derive(Debug, Deserialize)]
struct Tag {
    inner: String,
}

#[derive(Debug, Deserialize)]
enum Capability {
    Imap4Rev1,
    StartTls,
    LoginDisabled,
    LoginReferrals,
    MailboxReferrals,
    Idle,
    Enable,
    Auth(Mechanism),
    Compress { algorithm: Algorithm },
    Other(CapabilityOther),
}

#[derive(Debug, Deserialize)]
struct CapabilityOther {
    inner: Atom,
}

#[derive(Debug, Deserialize)]
enum Mechanism {
    Plain,
    Login,
    Other(AuthMechanismOther),
}

#[derive(Debug, Deserialize)]
struct AuthMechanismOther(Atom);

#[derive(Debug, Deserialize)]
enum Algorithm {
    Deflate,
}

/// What ends a session of the study, with a note to its operator.
#[derive(Debug, Deserialize)]
enum Hook {
    Terminate(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cert {
    #[serde(rename = "crt_path")]
    _crt_path: String,
    #[serde(rename = "key_path")]
    _key_path: String,
}

fn yes() -> bool {
    true
}

impl Capability {
    fn name(&self) -> String {
        let name = match self {
            Self::Imap4Rev1 => "IMAP4REV1",
            Self::StartTls => "STARTTLS",
            Self::LoginDisabled => "LOGINDISABLED",
            Self::LoginReferrals => "LOGIN-REFERRALS",
            Self::MailboxReferrals => "MAILBOX-REFERRALS",
            Self::Idle => "IDLE",
            Self::Enable => "ENABLE",
            Self::Auth(Mechanism::Plain) => "AUTH=PLAIN",
            Self::Auth(Mechanism::Login) => "AUTH=LOGIN",
            Self::Auth(Mechanism::Other(AuthMechanismOther(Atom(name)))) => {
                return format!("AUTH={name}");
            }
            Self::Compress { algorithm: Algorithm::Deflate } => "COMPRESS=DEFLATE",
            Self::Other(CapabilityOther { inner: Atom(name) }) => name,
        };
        name.to_owned()
    }
}

fn capability_list(capabilities: &[Capability]) -> String {
    capabilities.iter().fold("CAPABILITY".to_owned(), |list, one| list + " " + &one.name())
}

/// A response code with what divides it from the text.
fn code(code: Option<&Code>) -> String {
    let code = match code {
        None => return String::new(),
        Some(Code::Alert) => "ALERT".to_owned(),
        Some(Code::Parse) => "PARSE".to_owned(),
        Some(Code::BadCharset { allowed }) => {
            let names: Vec<&str> =
                allowed.iter().map(|Charset::Atom(Atom(name))| &**name).collect();
            format!("BADCHARSET ({})", names.join(" "))
        }
        Some(Code::Capability(NonEmptyVec(list))) => capability_list(list),
        Some(Code::Referral(url)) => format!("REFERRAL {url}"),
    };
    format!("[{code}] ")
}

impl Status {
    fn line(&self) -> String {
        let kind = match self.kind {
            Kind::Ok => "OK",
            Kind::No => "NO",
            Kind::Bad => "BAD",
            Kind::PreAuth => "PREAUTH",
            Kind::Bye => "BYE",
        };
        format!("* {kind} {}{}\r\n", code(self.code.as_ref()), self.text.0)
    }
}

impl Answer {
    fn line(&self) -> String {
        let Self::No { tag, code: why, text } = self;
        let tag = tag.as_ref().map_or("*", |tag| &tag.inner);
        format!("{tag} NO {}{}\r\n", code(why.as_ref()), text.0)
    }
}

/// What lies in the mailbox of every fake server.
const MAIL: &str = "Subject: real\r\n\r\nNothing but this is real.\r\n";

/// The fake server at work.
struct Fake<'a> {
    script: &'a Script,
    tls: bool,
    standing: Standing,
}

impl<'a> Fake<'a> {
    fn new(script: &'a Script) -> Self {
        Self { script, tls: script.implicit_tls, standing: script.state }
    }

    fn greeting(&self) -> String {
        let greeting = match self.script.override_response.get("greeting") {
            Some(greeting) => greeting.clone(),
            None => self.script.greeting.as_ref().expect("a greeting").line(),
        };
        greeting + self.script.response_after_greeting.as_deref().unwrap_or_default()
    }

    /// What it says to a line; nothing to one that it ignores.
    fn answer(&mut self, line: &str) -> String {
        let (tag, command) = line.split_once(' ').expect("a tag");
        let command = command.split(' ').next().unwrap_or_default();
        self.template(command).replace("<tag>", tag)
    }

    fn template(&mut self, command: &str) -> String {
        let is = |name: &String| name.eq_ignore_ascii_case(command);
        let script = self.script;
        if let Some((_, reply)) = script.override_response.iter().find(|(name, _)| is(name)) {
            return reply.clone();
        }
        let ignored = if self.tls { &script.ignore_commands_tls } else { &script.ignore_commands };
        if ignored.iter().any(is) {
            return String::new();
        }
        if script.hide_commands.iter().any(is) {
            return "<tag> BAD unknown command.\r\n".to_owned();
        }
        let (hook, answer) = match command {
            "LOGIN" => (&script.hook_login, &script.override_login),
            "AUTHENTICATE" => (&script.hook_authenticate, &script.override_authenticate),
            "SELECT" => (&script.hook_select, &script.override_select),
            _ => (&None, &None),
        };
        if let Some(Hook::Terminate(note)) = hook {
            panic!("{note}");
        }
        match (command, self.standing) {
            ("CAPABILITY", standing) => {
                let list = match (self.tls, standing) {
                    (false, Standing::NotAuthenticated) => &script.caps,
                    (false, _) => &script.caps_auth,
                    (true, Standing::NotAuthenticated) => &script.caps_tls,
                    (true, _) => &script.caps_tls_auth,
                };
                format!("* {}\r\n<tag> OK capability done.\r\n", capability_list(list))
            }
            ("LOGOUT", _) => "* BYE bye done.\r\n<tag> OK logout done.\r\n".to_owned(),
            ("STARTTLS", Standing::NotAuthenticated) => match &script.starttls_response {
                Some(response) => response.clone(),
                None => "<tag> OK begin TLS now.\r\n".to_owned(),
            },
            ("STARTTLS", _) => "<tag> NO not allowed due to RFC.\r\n".to_owned(),
            ("LOGIN", Standing::NotAuthenticated) | ("SELECT", Standing::Authenticated)
                if answer.is_some() =>
            {
                answer.as_ref().map(Answer::line).unwrap_or_default()
            }
            ("LOGIN", Standing::NotAuthenticated) => {
                self.standing = Standing::Authenticated;
                "<tag> OK login done.\r\n".to_owned()
            }
            ("SELECT", Standing::Authenticated) => {
                self.standing = Standing::Selected;
                "* FLAGS (\\Seen)\r\n* 1 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] ...\r\n\
                 <tag> OK [READ-WRITE] select/examine done.\r\n"
                    .to_owned()
            }
            ("FETCH", Standing::Selected) => {
                let n = MAIL.len();
                format!("* 1 FETCH (BODY[] {{{n}}}\r\n{MAIL})\r\n<tag> OK fetch done.\r\n")
            }
            _ => format!("<tag> BAD {command} not allowed.\r\n"),
        }
    }

    /// Whether a handshake succeeds behind the OK: not where that is all there is.
    fn shakes_hands(&self) -> bool {
        let mut overridden = self.script.override_response.keys();
        let overridden = overridden.any(|name| name.eq_ignore_ascii_case("STARTTLS"));
        self.script.starttls_transition && !overridden
    }
}

/// How a session with a fake server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// In, under TLS.
    LoggedIn,
    /// OK came and no TLS behind it: nothing is said but the handshake.
    NoHandshake,
    /// `Error::Refused`: TLS is not offered, or refused.
    NoTls,
    /// `Error::Refused`: the greeting makes TLS impossible.
    PreAuth,
    /// `UpgradeFault::PlaintextBehind`.
    Injected,
    /// `Fault::Unauthenticated`: mailbox data before login.
    MailboxData,
    /// Another `Error::Protocol`: what is no greeting or no answer.
    Nonsense,
    /// `Error::Timeout`, because nothing came.
    Silence,
    /// The server does not want the session.
    Bye,
    /// The client left: there is no login that may be used in the clear (only where TLS is optional),
    /// or it was refused.
    NoLogin,
    /// Only where TLS is optional: the greeting says that nobody has to log in, and the mailbox was
    /// read in the clear.
    InTheClear,
}

/// A session as seen from the road.
#[derive(Debug)]
struct Seen {
    end: End,
    /// What the client said before and under TLS, without the tags.
    clear: Vec<String>,
    sealed: Vec<String>,
    /// What it told before TLS.
    told: Vec<Event>,
    /// What it thinks the server can do, once TLS stands.
    believes: Vec<String>,
    /// The mail that it read.
    mail: Vec<u8>,
}

/// RFC 4616 §4
const PASSWORD: &str = "tanstaaftanstaaf";

/// The user and the password, alone and as PLAIN says them, as they are and in base64.
const CREDENTIALS: [&str; 5] =
    ["tim", PASSWORD, "dGlt", "dGFuc3RhYWZ0YW5zdGFhZg", "AHRpbQB0YW5zdGFhZnRhbnN0YWFm"];

/// Who reads the mail.
#[derive(Default)]
struct Reader {
    no_login: bool,
    bye: bool,
    believes: Vec<String>,
    mail: Vec<u8>,
}

impl Reader {
    fn on_event(&mut self, client: &mut Client, event: &Event) {
        match event {
            Event::Ready => {
                self.believes = believed(client);
                if client.state() == State::NotAuthenticated {
                    self.log_in(client);
                } else {
                    client.select(MailboxName::inbox()).unwrap();
                }
            }
            Event::Completed { command, status, .. } => match (command, status.is_ok()) {
                (CommandName::Login, true) => {
                    client.select(MailboxName::inbox()).unwrap();
                }
                (CommandName::Select, true) => {
                    let body = FetchAttribute::body(Section::all());
                    client.fetch(SequenceSet::all(), body).unwrap();
                }
                (CommandName::Logout, _) => {}
                (command, _) => {
                    self.no_login |= *command == CommandName::Login;
                    client.logout().unwrap();
                }
            },
            Event::Bye { .. } => self.bye = true,
            _ => self.mail.extend(event.payload().into_iter().flatten()),
        }
    }

    fn log_in(&mut self, client: &mut Client) {
        if let Err(error) = client.login("tim", Secret::new(PASSWORD.to_owned())) {
            assert_eq!(error, Error::Misuse(Misuse::Login));
            self.no_login = true;
            client.logout().unwrap();
        }
    }
}

/// A command without its tag.
fn untagged(line: &str) -> &str {
    line.split_once(' ').expect("a tag").1
}

fn believed(client: &Client) -> Vec<String> {
    let name = |atom: &[u8]| String::from_utf8(atom.to_vec()).unwrap();
    let all = client.capabilities().unwrap_or_default();
    all.iter().map(|one| name(one.atom().as_bytes())).collect()
}

/// Plays a script; responses arrive whole, or octet by octet.
fn play(script: &Script, policy: Policy, whole: bool) -> Seen {
    let mut fake = Fake::new(script);
    let security = match script.implicit_tls {
        true => Security::Implicit(TlsInfo::new()),
        false => Security::StartTls(policy),
    };
    let mut client = Client::new(Config::new(security));
    let mut inbox = client.new_inbox();
    let mut due: Vec<u8> = fake.greeting().into_bytes();
    let (mut reader, mut told) = (Reader::default(), Vec::new());
    let (mut unread, mut said) = (String::new(), [Vec::new(), Vec::new()]);
    // Every turn of the loop moves something: a session that goes round for longer hangs.
    for _ in 0..10_000 {
        let end = match client.poll(&mut inbox) {
            Ok(Progress::Event(event)) => {
                reader.on_event(&mut client, &event);
                if !fake.tls {
                    told.push(event);
                }
                continue;
            }
            Ok(Progress::Wait { input, .. }) => {
                let n = client.outbox().remaining();
                let octets = client.outbox().copy_to_bytes(n);
                unread.push_str(str::from_utf8(&octets).unwrap());
                while let Some((line, rest)) = unread.split_once("\r\n") {
                    due.extend(fake.answer(line).into_bytes());
                    said[usize::from(fake.tls)].push(untagged(line).to_owned());
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
                    assert_eq!(unread, "", "behind STARTTLS comes the handshake");
                    fake.tls = true;
                    // What stands behind the OK goes to the TLS engine, which has no use for it.
                    due = script.response_after_tls.clone().unwrap_or_default().into_bytes();
                    let plain = std::mem::replace(&mut inbox, Inbox::new(1));
                    inbox = client.tls_established(token, TlsInfo::new(), plain).unwrap();
                    assert_eq!(client.capabilities(), None, "what was heard in the clear");
                    continue;
                }
            }
            Ok(Progress::Closed) if reader.no_login => NoLogin,
            Ok(Progress::Closed) if !said.iter().flatten().any(|line| line == "LOGOUT") => {
                assert!(reader.bye);
                Bye
            }
            Ok(Progress::Closed) if fake.tls => LoggedIn,
            Ok(Progress::Closed) => InTheClear,
            Err(Error::Refused(Refused::NotOffered | Refused::StartTls)) => NoTls,
            Err(Error::Refused(Refused::PreAuth)) => PreAuth,
            Err(Error::Upgrade(UpgradeFault::PlaintextBehind)) => Injected,
            Err(Error::Protocol { fault: Fault::Unauthenticated, .. }) => MailboxData,
            Err(Error::Protocol { .. }) => Nonsense,
            Err(Error::Timeout) => Silence,
            Err(other) => panic!("{other}"),
        };
        if end != NoHandshake {
            let again = client.poll(&mut inbox);
            assert!(matches!(again, Ok(Progress::Closed) | Err(_)), "{end:?}, then {again:?}");
        }
        // What waits in the outbox may leave or not.
        let n = client.outbox().remaining();
        let octets = client.outbox().copy_to_bytes(n);
        let left = str::from_utf8(&octets).unwrap().lines();
        said[usize::from(fake.tls)].extend(left.map(|line| untagged(line).to_owned()));
        let [clear, sealed] = said;
        let Reader { believes, mail, .. } = reader;
        return Seen { end, clear, sealed, told, believes, mail };
    }
    panic!("the session has no end");
}

/// Whether the client told this as what anybody may have said. What a server can do is told too: it
/// is forgotten under TLS, and before TLS it opens no door.
fn is_told_as_untrusted(event: &Event) -> bool {
    match event {
        Event::Greeting { untrusted, .. }
        | Event::Status { untrusted, .. }
        | Event::Bye { untrusted, .. } => *untrusted,
        Event::Capability { .. } | Event::Unknown { .. } | Event::Unparsed { .. } => true,
        _ => false,
    }
}

/// What must hold whatever the end is.
fn is_safe(name: &str, script: &Script, policy: Policy, seen: &Seen) {
    let clear: Vec<&str> = seen.clear.iter().map(|line| &**line).collect();
    for line in &clear {
        let shown = CREDENTIALS.iter().any(|credential| line.contains(credential));
        assert!(!shown, "{name}: {line}");
    }
    let asked: [&[&str]; 4] = [&[], &["STARTTLS"], &["CAPABILITY"], &["CAPABILITY", "STARTTLS"]];
    if policy == Policy::Required {
        assert!(asked.contains(&&clear[..]), "{name}: {clear:?}");
        let untrusted = seen.told.iter().all(is_told_as_untrusted);
        assert!(untrusted, "{name}: {:?}", seen.told);
        assert_ne!(seen.end, InTheClear, "{name}");
    } else if seen.end == InTheClear {
        // Nobody logs in, and who cares to look is told where the greeting comes from.
        let reads = ["SELECT INBOX", "FETCH 1:* BODY[]", "LOGOUT"];
        assert!(clear.iter().all(|line| reads.contains(line)), "{name}: {clear:?}");
        let is_marked = |event: &Event| matches!(event, Event::Greeting { untrusted: true, .. });
        assert!(seen.told.iter().any(is_marked), "{name}");
    } else {
        let before = clear.strip_suffix(&["LOGOUT"]).unwrap_or(&clear);
        assert!(asked.contains(&before), "{name}: {clear:?}");
        // The answer to our LOGOUT is no news.
        let is_tame = |event: &Event| {
            let own = matches!(event, Event::Completed { command: CommandName::Logout, .. });
            own || matches!(event, Event::Ready) || is_told_as_untrusted(event)
        };
        assert!(seen.told.iter().all(is_tame), "{name}: {:?}", seen.told);
    }
    if seen.end == LoggedIn {
        let asked = script.implicit_tls || seen.sealed[0] == "CAPABILITY";
        assert!(asked, "{name}: {:?}", seen.sealed);
        let own: Vec<String> = script.caps_tls.iter().map(Capability::name).collect();
        assert_eq!(seen.believes, own, "{name}");
        let logins = seen.sealed.iter().filter(|line| **line == format!("LOGIN tim {PASSWORD}"));
        assert_eq!(logins.count(), 1, "{name}: {:?}", seen.sealed);
        // Nothing but the mail of the server behind the handshake.
        let mail = if script.override_select.is_some() { "" } else { MAIL };
        assert_eq!(String::from_utf8_lossy(&seen.mail), mail, "{name}");
    } else if seen.end != InTheClear {
        assert!(seen.mail.is_empty(), "{name}");
    }
    if ![LoggedIn, NoLogin].contains(&seen.end) {
        let shown = seen.sealed.iter().any(|line| line.starts_with("LOGIN"));
        assert!(!shown, "{name}: {:?}", seen.sealed);
    }
}

/// Script; the ends where TLS is required, and where it is optional. `#1`, `#2`, `#3`: with the payload
/// that stands in a comment of the script, in the order of the comments.
const ENDS: &[(&str, [End; 2])] = &[
    ("Buffering/B_1.ron", [LoggedIn, LoggedIn]),
    ("Buffering/B_1.ron#1", [Silence, Silence]),
    ("Buffering/B_1.ron#2", [Injected, Injected]),
    ("Buffering/B_2.ron", [LoggedIn, LoggedIn]),
    ("Buffering/B_2.ron#1", [LoggedIn, LoggedIn]),
    ("Buffering/B_2.ron#2", [Injected, Injected]),
    ("Buffering/B_2.ron#3", [LoggedIn, LoggedIn]),
    ("Buffering/B_3.ron", [LoggedIn, LoggedIn]),
    ("Buffering/B_3.ron#1", [Injected, Injected]),
    ("Negotiation/D_1.ron", [NoTls, NoLogin]),
    ("Negotiation/D_2.ron", [NoTls, NoLogin]),
    ("Negotiation/D_3.ron", [NoTls, NoLogin]),
    ("Negotiation/L_1_A.ron", [LoggedIn, LoggedIn]),
    ("Negotiation/L_1_A.ron#1", [NoLogin, NoLogin]),
    ("Negotiation/L_1_A.ron#2", [LoggedIn, LoggedIn]),
    ("Negotiation/L_1_B.ron", [NoTls, NoLogin]),
    ("Negotiation/M_1_A.ron", [PreAuth, InTheClear]),
    ("Negotiation/M_1_A.ron#1", [PreAuth, InTheClear]),
    ("Negotiation/M_1_B.ron", [LoggedIn, LoggedIn]),
    ("Negotiation/M_2_A.ron", [LoggedIn, LoggedIn]),
    ("Negotiation/M_2_A.ron#1", [LoggedIn, LoggedIn]),
    ("Negotiation/M_2_B.ron", [LoggedIn, LoggedIn]),
    ("Negotiation/O_1.ron", [NoTls, NoLogin]),
    ("Negotiation/O_2.ron", [NoTls, NoLogin]),
    ("Negotiation/O_3.ron", [NoTls, NoLogin]),
    ("Negotiation/O_4.ron", [Silence, Silence]),
    ("Negotiation/P.ron", [PreAuth, InTheClear]),
    ("Negotiation/P_1.ron", [PreAuth, InTheClear]),
    ("Negotiation/P_2.ron", [PreAuth, InTheClear]),
    ("Negotiation/P_3.ron", [PreAuth, InTheClear]),
    ("Negotiation/P_4.ron", [PreAuth, InTheClear]),
    ("Negotiation/P_5.ron", [PreAuth, InTheClear]),
    ("Tampering/untagged/after_greeting/01_list.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/after_greeting/02_lsub.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/after_greeting/03_status_1.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/after_greeting/03_status_2.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/after_greeting/04_search.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/after_greeting/05_flags.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/after_greeting/06_exists.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/after_greeting/07_recent.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/after_greeting/08_expunge.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/after_greeting/09_fetch.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/before_starttls/01_list.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/before_starttls/02_lsub.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/before_starttls/03_status_1.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/before_starttls/03_status_2.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/before_starttls/04_search.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/before_starttls/05_flags.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/before_starttls/06_exists.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/before_starttls/07_recent.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/before_starttls/08_expunge.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/before_starttls/09_fetch.ron", [MailboxData, MailboxData]),
    ("Tampering/untagged/protocol_state/01_referral.ron", [LoggedIn, LoggedIn]),
    ("UI Spoofing/greeting/no/01_alert.ron", [NoTls, NoLogin]),
    ("UI Spoofing/greeting/no/01_alert.ron#1", [Nonsense, Nonsense]),
    ("UI Spoofing/greeting/no/02_badcharset.ron", [NoTls, NoLogin]),
    ("UI Spoofing/greeting/no/02_badcharset.ron#1", [Nonsense, Nonsense]),
    ("UI Spoofing/greeting/no/03_parse.ron", [NoTls, NoLogin]),
    ("UI Spoofing/greeting/no/03_parse.ron#1", [Nonsense, Nonsense]),
    ("UI Spoofing/greeting/ok/01_alert.ron", [NoTls, NoLogin]),
    ("UI Spoofing/greeting/ok/02_badcharset.ron", [NoTls, NoLogin]),
    ("UI Spoofing/greeting/ok/03_parse.ron", [NoTls, NoLogin]),
    ("UI Spoofing/starttls/ok/01_alert.ron", [NoTls, NoLogin]),
    ("oracles.ron", [LoggedIn, LoggedIn]),
    ("others/X_1.ron", [NoTls, NoLogin]),
    ("others/exploit/list_injection_expunge.ron", [MailboxData, MailboxData]),
    ("others/exploit/stripping_drafts.ron", [NoTls, NoLogin]),
    ("others/imapsieve_1.ron", [LoggedIn, LoggedIn]),
    ("others/protocol/construction/01_greeting_invalid.ron", [Nonsense, Nonsense]),
    ("others/protocol/construction/02_greeting_invalid_ok.ron", [Nonsense, Nonsense]),
    ("others/protocol/construction/03_greeting_invalid_invalid_ok.ron", [Nonsense, Nonsense]),
    ("others/protocol/construction/greeting_tagged.ron", [NoTls, NoLogin]),
    ("others/protocol/construction/greeting_tagged.ron#1", [Nonsense, Nonsense]),
    ("others/protocol/construction/reorder.ron", [Nonsense, Nonsense]),
    ("others/protocol/construction/reorder.ron#1", [Nonsense, Nonsense]),
    ("others/protocol/greeting/01_greeting_ok.ron", [NoTls, NoLogin]),
    ("others/protocol/greeting/02_greeting_no.ron", [NoTls, NoLogin]),
    ("others/protocol/greeting/02_greeting_no.ron#1", [Nonsense, Nonsense]),
    ("others/protocol/greeting/03_greeting_bad.ron", [NoTls, NoLogin]),
    ("others/protocol/greeting/03_greeting_bad.ron#1", [Nonsense, Nonsense]),
    ("others/protocol/greeting/04_greeting_preauth.ron", [PreAuth, InTheClear]),
    ("others/protocol/greeting/05_greeting_bye.ron", [Bye, Bye]),
    ("others/reproduction/balsa_issue_48.ron", [NoTls, NoLogin]),
    ("others/untagged_capability_after_greeting.ron", [LoggedIn, LoggedIn]),
    ("others/untagged_capability_before_starttls.ron", [LoggedIn, LoggedIn]),
    ("others/utf8_only_1.ron", [NoTls, NoLogin]),
    ("others/utf8_only_2.ron", [LoggedIn, LoggedIn]),
    ("setup.ron", [LoggedIn, LoggedIn]),
    ("setup_compression.ron", [LoggedIn, LoggedIn]),
    ("setup_opportunistic_encryption.ron", [LoggedIn, LoggedIn]),
    ("tls_setup.ron", [LoggedIn, LoggedIn]),
];

/// The greeting that the writer of the RON of this script could not express: what its comment says.
const TAGGED: (&str, &str) =
    ("others/protocol/construction/greeting_tagged.ron", "XYZ OK 6Iy0xHRr\r\n");

/// The tag that the study's client uses next where an answer comes before its command, and ours: one
/// command of ours came before.
const NEXT_TAG: (&str, &str) = ("2 OK ", "a002 OK ");

fn read(name: &str, text: &str) -> Script {
    let ron = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    ron.from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Lines of comments that hold fields of the script, or the rest of one: those that belong together.
fn fields_in_comments(text: &str) -> Vec<Vec<usize>> {
    let is_field = |comment: &str| {
        let name = comment.split_once(':').map(|(name, _)| name);
        let in_name = |octet: u8| octet.is_ascii_lowercase() || octet == b'_';
        name.is_some_and(|name| !name.is_empty() && name.bytes().all(in_name))
    };
    let (mut found, mut begun, mut depth) = (Vec::new(), Vec::new(), 0);
    for (at, line) in text.lines().enumerate() {
        let comment = line.trim_start().strip_prefix("//").map(str::trim_start);
        if let Some(comment) = comment.filter(|comment| depth > 0 || is_field(comment)) {
            let count = |what| comment.matches(what).count();
            depth = (depth + count('(')).checked_sub(count(')')).expect("balanced");
            begun.push(at);
        } else if !begun.is_empty() {
            found.push(std::mem::take(&mut begun));
        }
    }
    found
}

/// The script with these lines in place of comments.
fn opened(name: &str, text: &str, fields: &[usize]) -> Script {
    let mut lines: Vec<&str> = text.lines().collect();
    for at in fields {
        let line = lines[*at].trim_start().trim_start_matches('/');
        // A greeting has one kind.
        if line.trim_start().starts_with("kind: ") {
            assert_eq!(lines[at + 1].trim_start(), "kind: Ok,");
            lines[at + 1] = "";
        }
        lines[*at] = line;
    }
    // One comment leaves out the name of the type.
    let text = lines.join("\n").replace("Some(\"<tag>\")", "Some(Tag(inner: \"<tag>\"))");
    read(name, &text.replace(NEXT_TAG.0, NEXT_TAG.1))
}

/// The script, and where it has payloads in comments, the script with each of them.
fn variants(name: &str, text: &str) -> Vec<(String, Script)> {
    let script = read(name, text);
    let mut fields = fields_in_comments(text);
    if name == "Buffering/B_1.ron" {
        // "Then": with the one before.
        fields[1] = fields.concat();
    } else if script.override_response.values().any(|response| response.contains(NEXT_TAG.0)) {
        // As it stands, but for the tag.
        fields.push(Vec::new());
    }
    let numbered = fields.into_iter().zip(1..).map(|(fields, n)| {
        let name = format!("{name}#{n}");
        if !name.starts_with(TAGGED.0) {
            let script = opened(&name, text, &fields);
            return (name, script);
        }
        let mut script = read(&name, text);
        script.override_response.insert("greeting".to_owned(), TAGGED.1.to_owned());
        (name, script)
    });
    let numbered: Vec<_> = numbered.collect();
    [vec![(name.to_owned(), script)], numbered].into_iter().flatten().collect()
}

#[test]
fn no_script_of_the_study_gets_anything_out_of_the_client() {
    let files = shared_files_with("vectors/starttls/imap/testcases/imap", &["ron"]);
    let Some(root) = shared("vectors/starttls/imap/testcases/imap") else { return };
    let setups =
        files.iter().filter(|file| file.file_name().unwrap().to_str().unwrap().contains("setup"));
    assert_eq!((files.len(), setups.count()), (74, 4), "70 cases and four honest servers");
    let mut played = Vec::new();
    for file in &files {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
        for (name, script) in variants(name, &std::fs::read_to_string(file).unwrap()) {
            let ends = [Policy::Required, Policy::Opportunistic].map(|policy| {
                let [whole, cut] = [true, false].map(|whole| play(&script, policy, whole));
                is_safe(&name, &script, policy, &whole);
                is_safe(&name, &script, policy, &cut);
                // Behind the OK, what comes in another segment is the TLS engine's.
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

#[test]
fn all_is_well_with_an_honest_server() {
    let path = "vectors/starttls/imap/testcases/imap/setup.ron";
    let Some(text) = read_shared(path) else { return };
    let script = read(path, str::from_utf8(&text).unwrap());
    let seen = play(&script, Policy::Required, true);
    assert_eq!(seen.clear, ["STARTTLS"]);
    let login = format!("LOGIN tim {PASSWORD}");
    let sealed = ["CAPABILITY", &login, "SELECT INBOX", "FETCH 1:* BODY[]", "LOGOUT"];
    assert_eq!(seen.sealed, sealed);
    assert_eq!(seen.believes, ["IMAP4REV1", "AUTH=PLAIN", "AUTH=LOGIN"]);
    assert_eq!(seen.mail, MAIL.as_bytes());
}
