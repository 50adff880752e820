//! What each command means.

use postrider_wire::{AbortReason, Inbox, Policy, Progress, Security};

use super::incoming::{Announced, Between};
use super::{Event, Question, Server, Turn};
use crate::{
    Body, Command, CommandFault, EhloName, Error, ForwardPath, Keyword, MailParameters,
    RcptParameters, Reply, ReversePath, State,
};

type Step = Result<Option<Progress<Event>>, Error>;

impl Server {
    pub(super) fn obey(&mut self, line: &[u8], rx: &Inbox) -> Step {
        let command = match Command::parse(line).and_then(implemented) {
            Ok(command) => command,
            Err(CommandFault::NotVerified) => {
                self.say(CommandFault::NotVerified.reply());
                return Ok(None);
            }
            Err(CommandFault::ChunkSize) => {
                self.lose_count();
                return Ok(None);
            }
            Err(fault) => {
                self.bad(as_answer_to(line, fault.reply()));
                return Ok(None);
            }
        };
        if let Keyword::Ehlo | Keyword::Helo | Keyword::Data = command.keyword() {
            self.turn = Turn::BehindNextReply;
        }
        if let Command::Bdat { size, last } = command {
            return Ok(self.obey_bdat(Announced { size, last }));
        }
        if let Some(reply) = self.out_of_place(command.keyword()) {
            self.bad(as_answer_to(line, reply));
            return Ok(None);
        }
        match command {
            Command::Ehlo(name) => Ok(Some(self.ask_hello(name, true))),
            Command::Helo(name) => Ok(Some(self.ask_hello(name, false))),
            Command::Mail(path, parameters) => Ok(self.obey_mail(path, parameters)),
            Command::Rcpt(path, _) => Ok(self.obey_rcpt(path)),
            Command::Data => Ok(Some(self.ask(Question::Data, Event::DataBegin))),
            Command::Rset => Ok(self.obey_rset()),
            Command::Noop => {
                self.say(Reply::own(250, (0, 0), "OK"));
                Ok(None)
            }
            Command::Quit => {
                self.break_off(AbortReason::Withdrawn);
                self.farewell(Reply::own(221, (0, 0), "closing connection"));
                Ok(None)
            }
            Command::StartTls => self.obey_start_tls(rx),
            // Obeyed above, or not implemented.
            _ => Ok(None),
        }
    }

    /// Answers a command that is none, or none here. Too many of them end the session.
    pub(super) fn bad(&mut self, reply: Reply) {
        let reply = self.held_against(reply);
        if reply.is_closing() {
            self.break_off(AbortReason::Protocol);
            self.farewell(reply);
        } else if reply.enhanced().is_some() {
            self.say(reply);
        } else {
            self.say_plain(&reply);
        }
    }

    /// Counts an error; the reply to it, which is 421 when it was one too many.
    fn held_against(&mut self, reply: Reply) -> Reply {
        self.bad_commands = self.bad_commands.saturating_add(1);
        if self.bad_commands >= self.config.limits.bad_commands {
            return Reply::own(421, (7, 0), "too many errors");
        }
        reply
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
        if keyword == Keyword::Bdat && !self.config.chunking {
            return Some(CommandFault::NotImplemented.reply());
        }
        // Nobody would get the mail.
        let in_vain = matches!(keyword, Keyword::Data | Keyword::Bdat) && self.state == State::Mail;
        if in_vain && self.recipients.refused > 0 {
            return Some(Reply::own(554, (5, 1), "no valid recipients"));
        }
        if self.state.row(keyword).is_none() || in_vain {
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

    /// Whatever becomes of the chunk, its octets are taken off the stream.
    fn obey_bdat(&mut self, chunk: Announced) -> Option<Progress<Event>> {
        if let Some(reply) = self.out_of_place(Keyword::Bdat) {
            let in_pipeline = matches!(self.between, Between::Refused);
            let reply = if in_pipeline { reply } else { self.held_against(reply) };
            self.refuse_chunk(chunk, reply);
            return None;
        }
        let so_far = self.incoming().map_or(chunk.size, |mail| mail.announced_with(chunk.size));
        if so_far > self.config.limits.message {
            let aborted = self.abandon(AbortReason::TooLarge);
            self.refuse_chunk(chunk, Reply::own(552, (3, 4), "mail exceeds the largest size"));
            return aborted.map(Progress::Event);
        }
        match core::mem::replace(&mut self.between, Between::Nothing) {
            Between::Due(mut mail) => {
                mail.announce(chunk);
                self.begin_payload(mail);
                None
            }
            _ => Some(self.ask(Question::Bdat(chunk), Event::DataBegin)),
        }
    }

    fn obey_rset(&mut self) -> Option<Progress<Event>> {
        let aborted = self.abandon(AbortReason::Withdrawn);
        let open = self.state.is_in_transaction();
        self.end_transaction();
        self.say(Reply::own(250, (0, 0), "OK"));
        let told = aborted.or(open.then_some(Event::Reset));
        told.map(Progress::Event)
    }

    fn obey_start_tls(&mut self, rx: &Inbox) -> Step {
        if let Err(fault) = self.chassis.tls.agree(rx) {
            return Err(self.fail(Error::upgrade(fault, rx.offset())));
        }
        self.say(Reply::own(220, (0, 0), "ready to start TLS"));
        Ok(None)
    }
}

/// What of the grammar this server knows.
fn implemented(command: Command) -> Result<Command, CommandFault> {
    match &command {
        Command::Vrfy(_) => Err(CommandFault::NotVerified),
        Command::Extension { .. } => Err(CommandFault::Unrecognised),
        Command::Lhlo(_) => Err(CommandFault::Unrecognised),
        Command::Auth { .. }
        | Command::Expn(_)
        | Command::Help(_)
        | Command::Xclient(_)
        | Command::Xforward(_) => Err(CommandFault::NotImplemented),
        Command::Mail(_, parameters) => {
            let plain = MailParameters { size: None, body: None, ..parameters.clone() };
            match parameters.body {
                Some(Body::BinaryMime) => Err(CommandFault::ParameterValue),
                _ if plain != MailParameters::new() => Err(CommandFault::Parameter),
                _ => Ok(command),
            }
        }
        Command::Rcpt(_, parameters) if *parameters != RcptParameters::new() => {
            Err(CommandFault::Parameter)
        }
        _ => Ok(command),
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
