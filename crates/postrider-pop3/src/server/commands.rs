//! What each command does.

use alloc::format;
use alloc::string::String;
use core::time::Duration;

use postrider_wire::{ClearTextLogin, Inbox, Policy, Progress, Security, TimerKind};

use super::{Event, List, Phase, Question, Server, TopCommand};
use crate::maildrop::NoMessage;
use crate::state::Row;
use crate::syntax::command::{Fault, command};
use crate::{Command, DropListing, Error, Password, Reply, State, Status, UserName};

type Answer = Result<Option<Progress<Event>>, Error>;

impl Server {
    /// Carries out a line.
    pub(super) fn obey(&mut self, line: &[u8], rx: &Inbox) -> Answer {
        let command = match command(line) {
            Ok(command) => command,
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
            Command::Capa => self.capa(row),
            Command::Stat => {
                let DropListing { messages, octets } = self.maildrop.drop_listing();
                self.say_ok(format!("{messages} {octets}"));
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

    /// Refuses a line that is no command here, and in the end loses patience.
    pub(super) fn bad(&mut self, why: &str) {
        self.bad_commands = self.bad_commands.saturating_add(1);
        if self.bad_commands >= self.config.limits.bad_commands {
            self.farewell(&Reply::own(Status::Err, "too many bad commands"));
        } else {
            self.say_err(why);
        }
    }

    fn user(&mut self, name: UserName, row: &Row) {
        if self.allows_login() {
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
    /// can be used, `USER` while a login would be heard, `IMPLEMENTATION` once the user is known.
    fn capa(&mut self, row: &Row) {
        self.state = row.accepted;
        self.say_ok("Capability list follows");
        let login = self.allows_login();
        let stls = self.offers_stls() && !self.state.is_logged_in();
        let known: [(&[u8], bool); 4] = [
            (b"USER\r\n", login),
            (b"STLS\r\n", stls),
            (b"UIDL\r\n", true),
            (b"TOP\r\n", self.offers_top()),
        ];
        for (line, _) in known.into_iter().filter(|(_, announced)| *announced) {
            let _ = self.chassis.send(line);
        }
        let _ = self.chassis.send(b"RESP-CODES\r\n");
        let _ = self.chassis.send(b"PIPELINING\r\n");
        if let (true, Some(text)) = (self.state.is_logged_in(), &self.config.implementation) {
            let line = text.to_line();
            let _ = self.chassis.send(&line);
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
        let text = format!("{} signing off", self.config.name);
        self.farewell(&Reply::own(Status::Ok, text));
        None
    }

    fn ask(&mut self, question: Question, event: Event) -> Progress<Event> {
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
    pub(super) fn contents(&self) -> String {
        let DropListing { messages, octets } = self.maildrop.drop_listing();
        let s = if messages == 1 { "" } else { "s" };
        format!("{messages} message{s} ({octets} octets)")
    }

    fn listing_of(&mut self, message: u32, list: List) {
        match (self.maildrop.get(message), list) {
            (Ok((octets, _)), List::Scan) => self.say_ok(format!("{message} {octets}")),
            (Ok((_, uid)), List::UniqueId) => {
                let text = format!("{message} {uid}");
                self.say_ok(text);
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
            List::UniqueId => self.say_ok(""),
        }
        self.phase = Phase::Listing { list, next: 1 };
    }

    /// Writes what fits of a listing; tells whether it must go on after a flush.
    pub(super) fn continue_listing(&mut self, list: List, mut next: u32) -> bool {
        let last = u32::try_from(self.maildrop.len()).unwrap_or(u32::MAX);
        while next <= last && self.chassis.out.room() > 0 {
            if let Ok((octets, uid)) = self.maildrop.get(next) {
                let line = match list {
                    List::Scan => format!("{next} {octets}\r\n"),
                    List::UniqueId => format!("{next} {uid}\r\n"),
                };
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
}
