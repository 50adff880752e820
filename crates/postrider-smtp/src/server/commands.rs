//! What each command means.

use postrider_wire::{Inbox, Policy, Progress, Security};

use super::{Event, Question, Server};
use crate::{
    Command, CommandFault, EhloName, Error, ForwardPath, Keyword, MailParameters, Reply,
    ReversePath, State,
};

type Step = Result<Option<Progress<Event>>, Error>;

impl Server {
    pub(super) fn obey(&mut self, line: &[u8], rx: &Inbox) -> Step {
        let command = match Command::parse(line) {
            Ok(command) => command,
            Err(CommandFault::NotVerified) => {
                self.say(CommandFault::NotVerified.reply());
                return Ok(None);
            }
            Err(fault) => {
                self.bad(as_answer_to(line, fault.reply()));
                return Ok(None);
            }
        };
        if let Some(reply) = self.out_of_place(command.keyword()) {
            self.bad(as_answer_to(line, reply));
            return Ok(None);
        }
        match command {
            Command::Ehlo(name) => Ok(Some(self.ask_hello(name, true))),
            Command::Helo(name) => Ok(Some(self.ask_hello(name, false))),
            Command::Mail(path, parameters) => Ok(self.obey_mail(path, parameters)),
            Command::Rcpt(path) => Ok(self.obey_rcpt(path)),
            Command::Data => Ok(Some(self.ask(Question::Data, Event::DataBegin))),
            Command::Rset => Ok(self.obey_rset()),
            Command::Noop => {
                self.say(Reply::own(250, (0, 0), "OK"));
                Ok(None)
            }
            Command::Quit => {
                self.farewell(Reply::own(221, (0, 0), "closing connection"));
                Ok(None)
            }
            Command::StartTls => self.obey_start_tls(rx),
        }
    }

    /// Answers a command that is none, or none here. Too many of them end the session.
    pub(super) fn bad(&mut self, reply: Reply) {
        self.bad_commands = self.bad_commands.saturating_add(1);
        if self.bad_commands >= self.config.limits.bad_commands {
            self.farewell(Reply::own(421, (7, 0), "too many errors"));
        } else if reply.enhanced().is_some() {
            self.say(reply);
        } else {
            self.say_plain(&reply);
        }
    }

    /// Why a command is not taken now, if it is not.
    fn out_of_place(&self, keyword: Keyword) -> Option<Reply> {
        let before_tls =
            matches!(keyword, Keyword::Ehlo | Keyword::Noop | Keyword::Quit | Keyword::StartTls);
        if self.policy() == Policy::Required && !before_tls {
            return Some(Reply::own(530, (7, 0), "must issue a STARTTLS command first"));
        }
        if keyword == Keyword::StartTls && self.policy() == Policy::Never {
            if self.chassis.tls.is_established() {
                return Some(Reply::own(503, (5, 1), "TLS is active already"));
            }
            return Some(CommandFault::NotImplemented.reply());
        }
        if keyword == Keyword::Data && self.state == State::Mail && self.recipients.refused > 0 {
            return Some(Reply::own(554, (5, 1), "no valid recipients"));
        }
        if self.state.row(keyword).is_none()
            || (keyword == Keyword::Data && self.state != State::Rcpt)
        {
            return Some(Reply::own(503, (5, 1), "bad sequence of commands"));
        }
        None
    }

    /// What is still to be done about TLS.
    pub(super) fn policy(&self) -> Policy {
        match self.config.security {
            Security::StartTls(policy) if !self.chassis.tls.is_established() => policy,
            _ => Policy::Never,
        }
    }

    fn ask_hello(&mut self, name: EhloName, extended: bool) -> Progress<Event> {
        let event = Event::Ehlo { name: name.clone(), extended };
        self.ask(Question::Hello { name, extended }, event)
    }

    fn obey_mail(
        &mut self,
        path: ReversePath,
        parameters: MailParameters,
    ) -> Option<Progress<Event>> {
        let size = parameters.size.is_some() && !self.config.size;
        let body = parameters.body.is_some() && !self.config.eight_bit_mime;
        if size || body {
            self.bad(CommandFault::Parameter.reply());
            return None;
        }
        let declared = parameters.size.unwrap_or(0);
        if declared > self.config.limits.message {
            self.say(Reply::own(552, (3, 4), "mail exceeds the largest size"));
            return None;
        }
        Some(self.ask(Question::Mail, Event::Mail { path, parameters }))
    }

    fn obey_rcpt(&mut self, path: ForwardPath) -> Option<Progress<Event>> {
        if self.recipients.accepted >= self.config.limits.recipients {
            self.say(Reply::own(452, (5, 3), "too many recipients"));
            return None;
        }
        Some(self.ask(Question::Rcpt, Event::Rcpt { path }))
    }

    fn obey_rset(&mut self) -> Option<Progress<Event>> {
        let open = self.state.is_in_transaction();
        self.end_transaction();
        self.say(Reply::own(250, (0, 0), "OK"));
        open.then_some(Progress::Event(Event::Reset))
    }

    fn obey_start_tls(&mut self, rx: &Inbox) -> Step {
        if let Err(fault) = self.chassis.tls.agree(rx) {
            return Err(self.fail(Error::upgrade(fault, rx.offset())));
        }
        self.say(Reply::own(220, (0, 0), "ready to start TLS"));
        Ok(None)
    }
}

/// RFC 2034 §4: no answer to `EHLO` or `HELO` has an enhanced code.
fn as_answer_to(line: &[u8], mut reply: Reply) -> Reply {
    let word = line.get(..4).unwrap_or_default();
    if word.eq_ignore_ascii_case(b"EHLO") || word.eq_ignore_ascii_case(b"HELO") {
        reply.strip();
    }
    reply
}
