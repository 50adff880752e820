//! Our client against the servers of the sessions.
//!
//! A printed transaction is one call, and so is a login; what is left is said command by command. The
//! server says what is printed. What is compared is each line of the client, each octet of a mail, which
//! commands go in one group, and that each reply is told as it came.

use std::collections::VecDeque;

use bytes::{Buf, Bytes};
use postrider_sasl::Mechanism;
use postrider_sasl::client::{Choice, Credentials};
use postrider_smtp::client::{
    Chunking, Client, Config, Content, Event, Login, Outcome, RecipientOutcome, Report, Transaction,
};
use postrider_smtp::{Capabilities, Command, EhloName, Reply};
use postrider_testkit::Ledger;
use postrider_wire::{ClearTextLogin, Inbox, Machine, Policy, Progress, Secret, Security, TlsInfo};

use crate::session::{Exchange, Printed, Said, Session};

const US: &str = "our client";

/// Plays a session; replies come whole, or octet by octet.
pub(crate) fn play(session: &Session, whole: bool, ledger: &mut Ledger) {
    let mut play = Play::new(session, ledger);
    play.whole = whole;
    play.reply(&session.exchanges[0].replies);
    play.at = 1;
    // Every turn moves something.
    for _ in 0..100_000 {
        if !play.step() {
            return;
        }
    }
    panic!("{}: the session has no end", session.name);
}

/// What the client learns of the server before it says anything else; nothing where it is sent away.
pub(crate) fn capabilities(session: &Session) -> Option<Capabilities> {
    let mut client = Client::new(config(session));
    let mut inbox = client.new_inbox();
    let mut replies = session.exchanges.iter().filter_map(Exchange::reply);
    loop {
        match client.poll(&mut inbox).unwrap() {
            Progress::Event(Event::Ready { capabilities, .. }) => return Some(capabilities),
            Progress::Event(_) => {}
            Progress::Wait { .. } => {
                let n = client.outbox().remaining();
                client.outbox().advance(n);
                inbox.extend(replies.next()?.wire().as_bytes());
            }
            _ => return None,
        }
    }
}

struct Play<'a> {
    session: &'a Session,
    ledger: &'a mut Ledger,
    client: Client,
    inbox: Inbox,
    /// The exchange that is said next, or is under way.
    at: usize,
    heard: Vec<u8>,
    /// Payload that is due.
    payload: Option<Bytes>,
    /// Where the transaction under way begins and ends.
    transaction: Option<(usize, usize)>,
    /// The replies so far, and those that the client has not told of.
    said: Vec<Printed>,
    told: usize,
    leaving: bool,
    /// What the server said and the client has not got.
    coming: VecDeque<u8>,
    whole: bool,
}

impl<'a> Play<'a> {
    fn new(session: &'a Session, ledger: &'a mut Ledger) -> Self {
        let client = Client::new(config(session));
        let inbox = client.new_inbox();
        Self {
            session,
            ledger,
            client,
            inbox,
            at: 0,
            heard: Vec::new(),
            payload: None,
            transaction: None,
            said: Vec::new(),
            told: 0,
            leaving: false,
            coming: VecDeque::new(),
            whole: true,
        }
    }

    fn due(&self) -> Option<&'a Exchange> {
        self.session.exchanges.get(self.at)
    }

    fn differ(&mut self, question: &str, theirs: &str, ours: &str) {
        self.ledger.compare(&self.session.name, question, US, theirs, ours);
    }

    /// Base64 is cut short for the table.
    fn differ_in_line(&mut self, question: &str, theirs: &str, ours: &str) {
        let short = |line: &str| match line.split_at_checked(60) {
            Some((begin, rest)) if theirs != ours && !line.contains('@') => {
                format!("{begin}… and {} octets", rest.len())
            }
            _ => line.to_owned(),
        };
        let (theirs, ours) = (short(theirs), short(ours));
        self.differ(question, &theirs, &ours);
    }

    fn reply(&mut self, replies: &[Printed]) {
        for reply in replies {
            self.coming.extend(reply.wire().into_bytes());
            self.said.push(reply.clone());
        }
    }

    fn reply_ours(&mut self, text: &str) {
        self.reply(&[Printed(vec![text.to_owned()])]);
    }

    /// Whether the session goes on.
    fn step(&mut self) -> bool {
        match self.client.poll(&mut self.inbox) {
            Ok(Progress::Event(event)) => self.tell(&event),
            Ok(Progress::StartTls(token)) => {
                let due = self.due();
                assert!(due.is_none_or(|due| due.behind_tls), "{}: no TLS here", self.session.name);
                let plain = std::mem::replace(&mut self.inbox, Inbox::new(1));
                self.inbox = self.client.tls_established(token, TlsInfo::new(), plain).unwrap();
            }
            Ok(Progress::Wait { input, app }) => return self.wait(input, app),
            Ok(Progress::Closed) => {
                if let Some(due) = self.due() {
                    self.differ(&due.title(), "said", "the session is over");
                }
                return false;
            }
            Err(error) => {
                self.differ("error", "none", &error.to_string());
                return false;
            }
        }
        true
    }

    fn wait(&mut self, input: bool, app: bool) -> bool {
        let n = self.client.outbox().remaining();
        if n > 0 {
            let octets = self.client.outbox().copy_to_bytes(n);
            self.heard.extend_from_slice(&octets);
            let from = self.at;
            while self.hear() {}
            self.compare_group(from);
            return true;
        }
        if !self.coming.is_empty() {
            let n = if self.whole { self.coming.len() } else { 1 };
            let octets: Vec<u8> = self.coming.drain(..n).collect();
            assert_eq!(self.inbox.extend(&octets), n, "it fits");
            return true;
        }
        if app && let Some(payload) = &mut self.payload {
            if !payload.is_empty() {
                assert!(self.client.write_payload(payload).unwrap() > 0);
            }
            // At once: the server may answer as soon as it has counted the octets of a chunk.
            if payload.is_empty() {
                self.payload = None;
                self.client.finish_payload().unwrap();
            }
            return true;
        }
        if self.client.is_ready() && !self.leaving {
            self.say();
            return true;
        }
        assert!(input, "{}: the client neither reads nor says anything", self.session.name);
        // The print ends here.
        assert!(self.due().is_none(), "{}: {:?} is due", self.session.name, self.due());
        self.inbox.set_eof();
        true
    }

    /// What was said in one go, in a transaction: the print has it in one group, too.
    fn compare_group(&mut self, from: usize) {
        let Some((begin, end)) = self.transaction else { return };
        if from < begin || self.at > end || self.at == from {
            return;
        }
        let group = self.session.exchanges[from].group;
        let printed = self.session.exchanges[from..end].iter().take_while(|e| e.group == group);
        let (printed, said) = (printed.count(), self.at - from);
        let title = self.session.exchanges[from].title();
        let commands = |n: usize| format!("{n} in one go");
        self.differ(&format!("{title} and more"), &commands(printed), &commands(said));
    }

    /// Takes the next whole thing that was said, if there is one, and answers it.
    fn hear(&mut self) -> bool {
        let line_end = self.heard.windows(2).position(|two| two == b"\r\n").map(|at| at + 2);
        let Some(line_end) = line_end else { return false };
        let line = String::from_utf8_lossy(&self.heard[..line_end - 2]).into_owned();
        let is = |exchange: &&Exchange| matches!(&exchange.said, Said::Line(said) if *said == line);
        // What the client says by itself may stand further down.
        let Some(due) = self.due() else {
            // Behind the end of the print, the client may only leave.
            assert_eq!(line, "QUIT", "{}", self.session.name);
            self.heard.drain(..line_end);
            self.reply_ours("221 bye");
            return true;
        };
        let wire = due.wire();
        match &due.said {
            Said::Mail(_) | Said::Bdat { .. } => {
                if self.heard.len() < wire.len() {
                    return false;
                }
                let said: Vec<u8> = self.heard.drain(..wire.len()).collect();
                self.ledger.compare_octets(&self.session.name, &due.title(), US, &wire, &said);
            }
            Said::Token(printed) => {
                self.heard.drain(..line_end);
                self.differ_in_line("token", printed, &line);
                if line == "*" && printed != "*" {
                    self.at += 1;
                    self.reply_ours("501 5.7.0 Authentication aborted");
                    return true;
                }
            }
            Said::Line(printed) => {
                self.heard.drain(..line_end);
                if due.word() == "HELO" && line.starts_with("EHLO ") {
                    self.differ("`HELO`", "at once", "behind EHLO and 502");
                    self.reply_ours("502 command not implemented");
                    return true;
                }
                if let ("RSET", false) = (&line[..], due.word() == "RSET") {
                    self.differ("`RSET`", "not said", "said behind a mail that nobody gets");
                    self.reply_ours("250 reset");
                    return true;
                }
                let further = self.session.exchanges[self.at..].iter().position(|e| is(&e));
                if let Some(further @ 1..) = further {
                    for left_out in &self.session.exchanges[self.at..self.at + further] {
                        self.differ(&left_out.title(), "said", "left out");
                    }
                    self.at += further;
                    return self.answer();
                }
                self.differ_in_line(&due.title(), printed, &line);
            }
            Said::Nothing => panic!("{}: said {line}", self.session.name),
        }
        self.answer()
    }

    fn answer(&mut self) -> bool {
        let session = self.session;
        self.reply(&session.exchanges[self.at].replies);
        self.at += 1;
        true
    }

    /// Says the next printed command, or all of a transaction.
    fn say(&mut self) {
        let Some(due) = self.due() else {
            self.leaving = true;
            self.client.shutdown();
            return;
        };
        let why_not = match &due.said {
            Said::Line(_) if self.begin_transaction() => None,
            Said::Line(line) => match Command::parse(line.as_bytes()) {
                Ok(command) => self.call(command).err(),
                Err(fault) => Some(fault.to_string()),
            },
            Said::Bdat { line, octets } => match Command::parse(line.as_bytes()) {
                Ok(Command::Bdat { size, last }) => {
                    let called = self.client.bdat(size, last);
                    if called.is_ok() && octets.is_empty() {
                        self.client.finish_payload().unwrap();
                    } else {
                        self.payload = Some(octets.clone().into());
                    }
                    called.map_err(|error| error.to_string()).err()
                }
                other => panic!("{line}: {other:?}"),
            },
            Said::Nothing | Said::Mail(_) | Said::Token(_) => Some("not asked for".to_owned()),
        };
        if let Some(why) = why_not {
            self.payload = None;
            self.differ(&due.title(), "said", &why);
            self.at += 1;
        }
    }

    /// `MAIL`, `RCPT`, `DATA` and the mail, one behind the other, are one call.
    fn begin_transaction(&mut self) -> bool {
        let parsed = |exchange: &Exchange| match &exchange.said {
            Said::Line(line) | Said::Bdat { line, .. } => Command::parse(line.as_bytes()).ok(),
            _ => None,
        };
        let mut rest = self.session.exchanges[self.at..].iter();
        let Some(Command::Mail(path, parameters)) = rest.next().and_then(parsed) else {
            return false;
        };
        let mut transaction =
            Transaction::new(path, Content::streamed(None)).with_parameters(parameters);
        let mut end = self.at + 1;
        loop {
            end += 1;
            match rest.next().and_then(parsed) {
                Some(Command::Rcpt(path, parameters)) => {
                    transaction = transaction.with_recipient(path, parameters);
                }
                Some(Command::Data) => {
                    let mail = rest.next();
                    end += usize::from(matches!(mail, Some(Exchange { said: Said::Mail(_), .. })));
                    break;
                }
                Some(Command::Bdat { size, last: true }) => {
                    transaction.content = Content::streamed(Some(size));
                    break;
                }
                _ => return false,
            }
        }
        if self.client.send(transaction).is_err() {
            return false;
        }
        self.transaction = Some((self.at, end));
        true
    }

    fn call(&mut self, command: Command) -> Result<(), String> {
        let client = &mut self.client;
        let called = match command {
            Command::Mail(path, parameters) => client.mail(path, parameters),
            Command::Rcpt(path, parameters) => client.rcpt_with(path, parameters),
            Command::Data => client.data(),
            Command::Rset => client.rset(),
            Command::Noop => client.noop(),
            Command::Quit => client.quit(),
            Command::Vrfy(who) => client.vrfy(who),
            Command::Expn(list) => client.expn(list),
            Command::Help(topic) => client.help(topic),
            Command::Extension { keyword, argument } => client.extension(keyword, argument),
            _ => return Err("the client says this by itself, if at all".to_owned()),
        };
        called.map_err(|error| error.to_string())
    }

    fn tell(&mut self, event: &Event) {
        let reply = match event {
            Event::Ready { reply, .. }
            | Event::Refused(reply)
            | Event::LoggedIn { reply, .. }
            | Event::Answer { reply, .. }
            | Event::Mail(reply)
            | Event::Rcpt { reply, .. }
            | Event::DataBegin(reply)
            | Event::Bdat(reply)
            | Event::Reset(reply)
            | Event::Noop(reply)
            | Event::End(Outcome::Accepted(reply) | Outcome::Refused(reply)) => Some(reply),
            Event::LoginFailed { failure, .. } => failure.reply.as_ref(),
            Event::Sent(report) => {
                self.told = self.said.len();
                return self.compare_report(report);
            }
            Event::NeedToken(_) => return self.client.decline(),
            Event::DeriveKey(due) => return self.client.key(due.derive()).unwrap(),
            _ => None,
        };
        if let Some(reply) = reply {
            let of_login = matches!(event, Event::Ready { .. });
            let from = if of_login { 0 } else { self.told };
            let at = self.said[from..].iter().position(|printed| is_as_printed(reply, printed));
            let at = at.unwrap_or_else(|| panic!("{}: not said: {reply}", self.session.name));
            self.told = self.told.max(from + at + 1);
        }
        let begins = matches!(event, Event::DataBegin(_) | Event::Payload);
        if let (true, Some(Said::Mail(octets) | Said::Bdat { octets, .. })) =
            (begins, self.due().map(|due| &due.said))
        {
            self.payload = Some(octets.clone().into());
        }
    }

    /// Each recipient has the outcome that the print has, with its words.
    fn compare_report(&mut self, report: &Report) {
        let (begin, end) = self.transaction.take().expect("a transaction was begun");
        let exchanges = &self.session.exchanges[begin..end];
        let name = &self.session.name;
        let mail = exchanges
            .iter()
            .find(|exchange| matches!(exchange.said, Said::Mail(_) | Said::Bdat { .. }));
        let mut verdicts = mail.into_iter().flat_map(|mail| mail.replies.iter());
        let lmtp = self.session.any("LHLO");
        let for_all = if lmtp { None } else { verdicts.next() };
        let recipients = exchanges.iter().filter(|exchange| exchange.word() == "RCPT");
        for (one, rcpt) in report.recipients.iter().zip(recipients.clone()) {
            let answer = rcpt.reply().unwrap();
            let last = if !answer.is_positive() {
                answer
            } else {
                let verdict = if lmtp { verdicts.next() } else { for_all };
                verdict.unwrap_or_else(|| exchanges[0].reply().unwrap())
            };
            let (accepted, reply) = match &one.outcome {
                RecipientOutcome::Accepted(reply) => (true, reply),
                RecipientOutcome::Failed(failure) => (false, failure.reply.as_ref().unwrap()),
                other => panic!("{other:?}"),
            };
            assert_eq!(accepted, last.is_positive(), "{name}: {}", one.path);
            assert!(is_as_printed(reply, last), "{name}: {reply} is not {last:?}");
        }
        assert_eq!(report.recipients.len(), recipients.count(), "{name}");
    }
}

/// Whether a reply was told as it came, its enhanced code apart.
fn is_as_printed(reply: &Reply, printed: &Printed) -> bool {
    let bare = |text: &str| match reply.enhanced() {
        Some(status) => {
            let prefix = format!("{status} ");
            text.strip_prefix(&prefix).map_or_else(|| text.to_owned(), str::to_owned)
        }
        None => text.to_owned(),
    };
    reply.code() == printed.code() && reply.lines().eq(printed.texts().map(bare))
}

/// A client that is called what the one of the session is, and logs in as it did.
fn config(session: &Session) -> Config {
    let hello = session.exchanges.iter().find_map(|exchange| match &exchange.said {
        Said::Line(line) if ["EHLO", "HELO", "LHLO"].contains(&&*exchange.word()) => {
            line.split_once(' ').map(|(_, name)| name)
        }
        _ => None,
    });
    let start_tls =
        |exchange: &Exchange| matches!(&exchange.said, Said::Line(line) if line == "STARTTLS");
    let upgrades = session.exchanges.iter().any(start_tls);
    let policy = if upgrades { Policy::Opportunistic } else { Policy::Never };
    // RFC 8689 §2: it is offered under TLS alone.
    let secure = !upgrades && session.keywords().iter().any(|line| line == "REQUIRETLS");
    let security = match secure {
        true => Security::Implicit(TlsInfo::new()),
        false => Security::StartTls(policy),
    };
    let name = EhloName::parse(hello.unwrap_or("client.example")).unwrap();
    let chunking = if session.any("BDAT") { Chunking::Always } else { Chunking::Never };
    let mut config = Config::new(name, security).with_chunking(chunking);
    if session.any("LHLO") {
        config = config.with_lmtp();
    }
    if let Some(login) = login(session) {
        config = config.with_login(login);
    }
    config
}

/// The login that the session has, by the mechanism of its last `AUTH`, if that is one of ours.
fn login(session: &Session) -> Option<Login> {
    let tried = session.exchanges.iter().rev().filter_map(|exchange| match &exchange.said {
        Said::Line(line) if exchange.word() == "AUTH" => {
            let refused = exchange.reply().is_none_or(|reply| matches!(reply.code(), 500..=503));
            (!refused).then_some(line)
        }
        _ => None,
    });
    let name = tried.filter_map(|line| line.split(' ').nth(1)).next()?;
    let mechanism = Mechanism::from_name(name)?;
    let (user, password) = match &session.name[..] {
        "mailkit auth-failed" => ("username", "wrong"),
        name if name.starts_with("mailkit") => ("username", "password"),
        name if name.starts_with("postfix") => ("alice", "wonderland"),
        name if name.starts_with("rfc4954") => ("test", "1234"),
        // It is not printed.
        _ => ("fred", "unknown"),
    };
    let secret = |text: &str| Secret::new(text.to_owned());
    let credentials = match mechanism {
        Mechanism::External => Credentials::external(),
        Mechanism::OAuthBearer => {
            // RFC 7628 §4.1
            let token = secret("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
            let user = Credentials::token("user@example.com", token).unwrap();
            user.with_host("server.example.com").unwrap().with_port(587)
        }
        _ => {
            let user_and_password = Credentials::password(user, secret(password)).unwrap();
            match user {
                // As whom he is.
                "test" => user_and_password.with_authzid("test").unwrap(),
                _ => user_and_password,
            }
        }
    };
    let choice = Choice::default()
        .with_mechanisms([mechanism])
        .with_clear_text(ClearTextLogin::Allow)
        .with_cram_md5(ClearTextLogin::Allow);
    Some(Login::new(credentials, [9; 32]).with_choice(choice))
}
