//! What each command does.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use postrider_wire::{ClearTextLogin, Inbox, Policy, Progress, Security, TimerKind};

use super::{Event, List, Phase, Question, Server, TopCommand, UserCommand};
use crate::maildrop::NoMessage;
use crate::state::Row;
use crate::syntax::command::{Fault, command};
use crate::{
    Capability, Command, DropListing, Error, Extension, Keyword, Password, State, Status, UserName,
    Utf8,
};

type Answer = Result<Option<Progress<Event>>, Error>;

impl Server {
    /// Carries out a line.
    pub(super) fn obey(&mut self, line: &[u8], rx: &Inbox) -> Answer {
        let command = match command(line) {
            // RFC 5034 §4: of `AUTH` alone they may be longer.
            Ok(ref command) if self.is_too_long(line, command.keyword()) => {
                self.bad("line too long");
                return Ok(None);
            }
            Ok(command) => command,
            Err(_) if line.len() > self.config.limits.line.saturating_sub(2) => {
                self.bad("line too long");
                return Ok(None);
            }
            Err(Fault::Unknown) => {
                self.bad("unknown command");
                return Ok(None);
            }
            Err(Fault::Arguments(keyword)) => {
                self.bad(&format!("arguments of {keyword} not understood"));
                return Ok(None);
            }
        };
        let keyword = command.keyword();
        let Some(row) = self.state.row(keyword) else {
            self.bad(&format!("{keyword} not possible now"));
            return Ok(None);
        };
        let user = self.user.take();
        match command {
            Command::User(name) => self.user(name, row),
            Command::Pass(password) => return Ok(self.pass(user, password, row)),
            Command::Stls => return self.stls(rx, row),
            Command::Retr(n) => return Ok(self.retrieve(n, None)),
            Command::Top(n, lines) => return Ok(self.top(n, lines)),
            Command::Quit => return Ok(self.quit(row)),
            Command::Auth { mechanism, initial } => {
                return Ok(self.auth(&mechanism, initial.as_ref(), row));
            }
            Command::Apop(name, digest) => return Ok(self.apop(&name, digest, row)),
            Command::Lang(range) => return Ok(self.lang(range.as_ref(), row)),
            Command::Utf8 => self.utf8(row),
            Command::Capa => self.capa(row),
            Command::Stat => {
                let DropListing { messages, octets } = self.maildrop.drop_listing();
                self.say_numbers(format!("{messages} {octets}"));
            }
            Command::List(None) => self.start_listing(List::Scan),
            Command::Uidl(None) => self.start_listing(List::UniqueId),
            Command::List(Some(n)) => self.listing_of(n, List::Scan),
            Command::Uidl(Some(n)) => self.listing_of(n, List::UniqueId),
            Command::Dele(n) => self.dele(n),
            Command::Noop => self.say_ok(""),
            Command::Rset => {
                self.maildrop.undelete();
                let text = format!("maildrop has {}", self.contents());
                self.say_ok(text);
            }
        }
        Ok(None)
    }

    fn is_too_long(&self, line: &[u8], keyword: Keyword) -> bool {
        let most = self.config.limits.line.saturating_sub(2);
        line.len() > most && !(keyword == Keyword::Auth && self.config.auth.is_some())
    }

    /// Refuses a line that is no command here, and in the end loses patience.
    pub(super) fn bad(&mut self, why: &str) {
        self.bad_commands = self.bad_commands.saturating_add(1);
        if self.bad_commands >= self.config.limits.bad_commands {
            let reply = self.in_words(Status::Err, "too many bad commands");
            self.farewell(&reply);
        } else {
            self.say_err(why);
        }
    }

    fn user(&mut self, name: UserName, row: &Row) {
        if self.config.user == UserCommand::Withheld {
            self.state = row.refused;
            self.bad("USER not available");
        } else if self.allows_login() {
            self.user = Some(name);
            self.state = row.accepted;
            self.say_ok("");
        } else {
            self.state = row.refused;
            self.bad("TLS is required for login");
        }
    }

    /// Whether credentials may cross the connection as it is.
    fn allows_login(&self) -> bool {
        self.chassis.tls.is_established()
            || (self.config.clear_text_login == ClearTextLogin::Allow
                && !matches!(self.config.security, Security::StartTls(Policy::Required)))
    }

    fn pass(
        &mut self,
        user: Option<UserName>,
        password: Password,
        row: &Row,
    ) -> Option<Progress<Event>> {
        let Some(user) = user else {
            // The table lets `PASS` in only behind `USER`.
            self.state = row.refused;
            self.bad("USER first");
            return None;
        };
        let utf8 = self.config.utf8 == Some(Utf8::MessagesAndLogins);
        if utf8 && core::str::from_utf8(password.expose()).is_err() {
            // RFC 6856 §2.2: what claims to be UTF-8 has to be.
            self.state = row.refused;
            self.bad("arguments of PASS not understood");
            return None;
        }
        let event =
            Event::Login { user: String::from(user.as_str()), password: password.into_secret() };
        self.user = Some(user);
        // Counted from here, so that how long the verdict took cannot be seen in a refusal.
        let delay = self.config.limits.refusal_delay(self.failed_logins);
        self.hold_back(delay);
        Some(self.ask(Question::Login, event))
    }

    /// Lets a refusal leave only so long from now.
    pub(super) fn hold_back(&mut self, delay: Duration) {
        if delay.is_zero() {
            self.chassis.timers.stop(TimerKind::Delay);
        } else {
            self.chassis.timers.start(TimerKind::Delay, delay);
        }
    }

    fn stls(&mut self, rx: &Inbox, row: &Row) -> Answer {
        self.state = row.refused;
        if self.offers_stls() {
            self.agree_on_tls(rx)?;
            self.state = row.accepted;
            self.say_ok("Begin TLS negotiation");
        } else if self.chassis.tls.is_established() {
            self.say_err("Command not permitted when TLS active");
        } else {
            self.bad("STLS not available");
        }
        Ok(None)
    }

    /// RFC 2449 §5: what holds before login is announced after it, too. `STLS` is there while it
    /// can be used, `USER` and the mechanisms of `SASL` while such a login would be heard,
    /// `IMPLEMENTATION` once the user is known.
    fn capa(&mut self, row: &Row) {
        self.state = row.accepted;
        self.say_ok("Capability list follows");
        let logged_in = self.state.is_logged_in();
        let known = [
            (Extension::User, self.allows_login() && self.config.user == UserCommand::Offered),
            (Extension::Stls, self.offers_stls() && !logged_in),
            (Extension::Uidl, true),
            (Extension::Top, self.offers_top()),
            (Extension::RespCodes, true),
            (Extension::AuthRespCode, self.config.auth.is_some()),
            (Extension::Pipelining, true),
            (Extension::Lang, !self.config.languages().is_empty()),
        ];
        let announced = known.into_iter().filter(|(_, there)| *there);
        let mut lines: Vec<Capability> = announced.map(|(known, _)| known.into()).collect();
        lines.extend(self.config.utf8.map(Capability::from));
        lines.extend(self.config.announced(logged_in));
        for line in lines {
            let _ = self.chassis.send(&line.to_line());
        }
        let mechanisms = self.mechanisms();
        if !mechanisms.is_empty() {
            let _ = self.chassis.send(format!("SASL{mechanisms}\r\n").as_bytes());
        }
        let _ = self.chassis.send(b".\r\n");
    }

    fn offers_top(&self) -> bool {
        self.config.top == TopCommand::Offered
    }

    fn top(&mut self, message: u32, lines: u32) -> Option<Progress<Event>> {
        if self.offers_top() {
            return self.retrieve(message, Some(lines));
        }
        self.bad("TOP not available");
        None
    }

    fn retrieve(&mut self, message: u32, lines: Option<u32>) -> Option<Progress<Event>> {
        match self.maildrop.get(message) {
            Ok((octets, _)) => {
                let question = Question::Retrieve { octets, lines };
                Some(self.ask(question, Event::Retrieve { message, lines }))
            }
            Err(why) => {
                self.no_message(message, why);
                None
            }
        }
    }

    fn quit(&mut self, row: &Row) -> Option<Progress<Event>> {
        self.state = row.accepted;
        if self.state == State::Update {
            let deleted = self.maildrop.deleted();
            return Some(self.ask(Question::Commit, Event::Commit { deleted }));
        }
        let text = self.in_words(Status::Ok, format!("{} signing off", self.config.name));
        self.farewell(&text);
        None
    }

    pub(super) fn ask(&mut self, question: Question, event: Event) -> Progress<Event> {
        self.phase = Phase::Asking(question);
        Progress::Event(event)
    }

    fn dele(&mut self, message: u32) {
        match self.maildrop.delete(message) {
            Ok(()) => self.say_ok(format!("message {message} deleted")),
            Err(NoMessage::Deleted) => {
                self.say_err(format!("message {message} already deleted"));
            }
            Err(why) => self.no_message(message, why),
        }
    }

    fn no_message(&mut self, message: u32, why: NoMessage) {
        let text = match why {
            NoMessage::Deleted => format!("message {message} is deleted"),
            NoMessage::OutOfRange => {
                format!("no such message, only {} messages in maildrop", self.maildrop.len())
            }
        };
        self.say_err(text);
    }

    /// `2 messages (320 octets)`
    pub(super) fn contents(&mut self) -> String {
        let DropListing { messages, octets } = self.maildrop.drop_listing();
        let s = if messages == 1 { "" } else { "s" };
        format!("{messages} message{s} ({octets} octets)")
    }

    fn listing_of(&mut self, message: u32, list: List) {
        match (self.maildrop.get(message), list) {
            (Ok((octets, _)), List::Scan) => self.say_numbers(format!("{message} {octets}")),
            (Ok((_, uid)), _) => {
                let text = format!("{message} {uid}");
                self.say_numbers(text);
            }
            (Err(why), _) => self.no_message(message, why),
        }
    }

    fn start_listing(&mut self, list: List) {
        match list {
            List::Scan => {
                let text = self.contents();
                self.say_ok(text);
            }
            List::UniqueId | List::Languages => self.say_ok(""),
        }
        self.phase = Phase::Listing { list, next: 1 };
    }

    /// Writes what fits of a listing; tells whether it must go on after a flush.
    pub(super) fn continue_listing(&mut self, list: List, mut next: u32) -> bool {
        let length = match list {
            List::Languages => self.config.languages().len(),
            List::Scan | List::UniqueId => self.maildrop.len(),
        };
        let last = u32::try_from(length).unwrap_or(u32::MAX);
        while next <= last && self.chassis.out.room() > 0 {
            if let Some(line) = self.line_of(list, next) {
                let _ = self.chassis.send(line.as_bytes());
            }
            next = next.saturating_add(1);
        }
        if next > last && self.chassis.send(b".\r\n").is_ok() {
            self.next_command();
            return false;
        }
        self.phase = Phase::Listing { list, next };
        self.chassis.watch_flush(self.config.limits.progress_time);
        true
    }

    /// A line of a listing, from 1.
    fn line_of(&self, list: List, number: u32) -> Option<String> {
        match list {
            List::Languages => {
                let at = usize::try_from(number.checked_sub(1)?).ok()?;
                Some(format!("{}\r\n", self.config.languages().get(at)?))
            }
            List::Scan => {
                let (octets, _) = self.maildrop.get(number).ok()?;
                Some(format!("{number} {octets}\r\n"))
            }
            List::UniqueId => {
                let (_, uid) = self.maildrop.get(number).ok()?;
                Some(format!("{number} {uid}\r\n"))
            }
        }
    }
}
