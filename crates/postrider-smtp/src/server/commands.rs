//! What each command means.

use postrider_wire::{AbortReason, Inbox, Policy, Progress, Security};

use super::incoming::{Announced, Between, Fate};
use super::{Event, Question, Server, Traits, Turn, Verification};
use crate::{
    Argument, Body, Command, CommandFault, EhloName, Error, ForwardPath, Keyword, MailParameters,
    Protocol, RcptParameters, Reply, ReversePath, State,
};

type Step = Result<Option<Progress<Event>>, Error>;

impl Server {
    pub(super) fn obey(&mut self, line: &[u8], rx: &Inbox) -> Step {
        let command = match Command::parse(line) {
            Ok(command) => command,
            Err(CommandFault::ChunkSize) => {
                self.lose_count();
                return Ok(None);
            }
            Err(fault) => {
                self.bad(as_answer_to(line, fault.reply()));
                return Ok(None);
            }
        };
        use Keyword::{Auth, Data, Ehlo, Helo, Lhlo};
        if let Ehlo | Helo | Lhlo | Data | Auth = command.keyword() {
            self.turn = Turn::BehindNextReply;
        }
        if let Command::Bdat { size, last } = command {
            return Ok(self.obey_bdat(Announced { size, last }));
        }
        let refusal = self.unknown(&command).or_else(|| self.out_of_place(command.keyword()));
        if let Some(reply) = refusal {
            self.bad(as_answer_to(line, reply));
            return Ok(None);
        }
        if let Command::StartTls = command {
            return self.obey_start_tls(rx);
        }
        Ok(self.obey_in_place(command))
    }

    /// A command that this state has.
    fn obey_in_place(&mut self, command: Command) -> Option<Progress<Event>> {
        match command {
            Command::Ehlo(name) | Command::Lhlo(name) => Some(self.ask_hello(name, true)),
            Command::Helo(name) => Some(self.ask_hello(name, false)),
            Command::Mail(path, parameters) => self.obey_mail(path, parameters),
            Command::Rcpt(path, parameters) => self.obey_rcpt(path, parameters),
            Command::Data => Some(self.ask(Question::Data, Event::DataBegin)),
            Command::Rset => self.obey_rset(),
            Command::Noop => {
                self.say(Reply::own(250, (0, 0), "OK"));
                None
            }
            Command::Quit => {
                self.break_off(AbortReason::Withdrawn);
                self.farewell(Reply::own(221, (0, 0), "closing connection"));
                None
            }
            Command::Auth { mechanism, initial } => self.obey_auth(&mechanism, initial.as_ref()),
            Command::Vrfy(who) if self.config.vrfy == Verification::Ask => {
                let (who, utf8) = self.in_utf8(who)?;
                Some(self.ask(Question::Vrfy { utf8 }, Event::Vrfy(who)))
            }
            Command::Vrfy(_) => {
                self.say(CommandFault::NotVerified.reply());
                None
            }
            Command::Expn(list) => {
                let (list, utf8) = self.in_utf8(list)?;
                Some(self.ask(Question::Expn { utf8 }, Event::Expn(list)))
            }
            Command::Help(topic) => Some(self.ask(Question::Help, Event::Help(topic))),
            Command::Xclient(told) => {
                Some(self.ask(Question::Xclient(told.clone()), Event::Xclient(told)))
            }
            Command::Xforward(told) => {
                Some(self.ask(Question::Xforward(told.clone()), Event::Xforward(told)))
            }
            Command::Extension { keyword, argument } => {
                Some(self.ask(Question::Extension, Event::Extension { keyword, argument }))
            }
            // Obeyed above.
            Command::Bdat { .. } | Command::StartTls => None,
        }
    }

    /// ```text
    /// vrfy = "VRFY" SP ( uLocal-part / uMailbox ) [ SP "SMTPUTF8" ] CRLF
    /// expn = "EXPN" SP ( uLocal-part / uMailbox ) [ SP "SMTPUTF8" ] CRLF
    /// ```
    ///
    /// Whom it is about, and whether the answer may be in UTF-8 (RFC 6531 §3.7.4.2).
    fn in_utf8(&mut self, argument: Argument) -> Option<(Argument, bool)> {
        let word = argument
            .as_str()
            .rsplit_once(' ')
            .filter(|(_, word)| self.config.smtp_utf8 && word.eq_ignore_ascii_case("SMTPUTF8"));
        let asked = word.and_then(|(who, _)| Argument::parse(who.trim_ascii_end()).ok());
        match asked {
            Some(who) => Some((who, true)),
            None if argument.is_ascii() => Some((argument, false)),
            None => {
                self.bad(CommandFault::Arguments.reply());
                None
            }
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

    /// What is said to a command that this server does not have, if it does not.
    fn unknown(&self, command: &Command) -> Option<Reply> {
        let config = &self.config;
        let lmtp = config.protocol == Protocol::Lmtp;
        let fault = match command {
            // RFC 2033 §4.1: each protocol has its own greeting, and not that of the other.
            Command::Ehlo(_) | Command::Helo(_) if lmtp => CommandFault::Unrecognised,
            Command::Lhlo(_) if !lmtp => CommandFault::Unrecognised,
            Command::Vrfy(_) if config.vrfy == Verification::Disabled => {
                CommandFault::NotImplemented
            }
            Command::Expn(_) if !config.expn => CommandFault::NotImplemented,
            Command::Help(_) if !config.help => CommandFault::NotImplemented,
            Command::Auth { .. } if config.auth.is_none() => CommandFault::NotImplemented,
            Command::Xclient(_) if !config.xclient => return Some(untrusted()),
            Command::Xforward(_) if !config.xforward => return Some(untrusted()),
            Command::Extension { keyword, .. } if !config.knows(keyword) => {
                CommandFault::Unrecognised
            }
            _ => return None,
        };
        Some(fault.reply())
    }

    /// Why a command is not taken now, if it is not.
    fn out_of_place(&self, keyword: Keyword) -> Option<Reply> {
        use Keyword::{
            Auth, Bdat, Data, Ehlo, Expn, Extension, Lhlo, Mail, Noop, Quit, Rcpt, StartTls, Vrfy,
        };
        let before_tls = matches!(keyword, Ehlo | Lhlo | Noop | Quit | StartTls);
        if self.policy() == Policy::Required && !before_tls {
            return Some(Reply::own(530, (7, 0), "must issue a STARTTLS command first"));
        }
        let before_login = !matches!(keyword, Mail | Rcpt | Data | Bdat | Vrfy | Expn | Extension);
        // What tells nothing is said to anybody.
        let harmless = keyword == Vrfy && self.config.vrfy == Verification::Noncommittal;
        if self.config.auth_required && self.identity.is_none() && !before_login && !harmless {
            return Some(Reply::own(530, (7, 0), "authentication required"));
        }
        if keyword == StartTls && self.policy() == Policy::Never {
            if self.chassis.tls.is_established() {
                return Some(Reply::own(503, (5, 1), "TLS is active already"));
            }
            return Some(CommandFault::NotImplemented.reply());
        }
        if keyword == Bdat && !self.config.chunking {
            return Some(CommandFault::NotImplemented.reply());
        }
        if keyword == Auth && self.identity.is_some() {
            return Some(Reply::own(503, (5, 1), "already authenticated"));
        }
        // Nobody would get the mail.
        let in_vain = matches!(keyword, Data | Bdat) && self.state == State::Mail;
        let lmtp = self.config.protocol == Protocol::Lmtp;
        // RFC 2033 §4.2: in LMTP it is 503.
        if in_vain && self.recipients.refused > 0 && !lmtp {
            return Some(Reply::own(554, (5, 1), "no valid recipients"));
        }
        if self.state.row(keyword).is_none() || in_vain {
            return Some(Reply::own(503, (5, 1), "bad sequence of commands"));
        }
        // RFC 3030 §3: lines cannot carry it.
        if keyword == Data && self.traits.binary {
            return Some(Reply::own(503, (5, 1), "binary mail comes in chunks"));
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
        if let Some(fault) = self.config.fault_of_mail(&path, &parameters) {
            self.bad(fault);
            return None;
        }
        // RFC 8689 §4.2: it means nothing on a connection that is not itself protected.
        if parameters.require_tls && !self.chassis.tls.is_established() {
            self.bad(Reply::own(530, (7, 10), "REQUIRETLS needs TLS"));
            return None;
        }
        let declared = parameters.size.unwrap_or(0);
        if declared > self.config.limits.message {
            self.say(Reply::own(552, (3, 4), "mail exceeds the largest size"));
            return None;
        }
        let binary = parameters.body == Some(Body::BinaryMime);
        let traits = Traits { utf8: parameters.smtp_utf8, binary };
        Some(self.ask(Question::Mail(traits), Event::Mail { path, parameters }))
    }

    fn obey_rcpt(
        &mut self,
        path: ForwardPath,
        parameters: RcptParameters,
    ) -> Option<Progress<Event>> {
        if let Some(fault) = self.config.fault_of_rcpt(&path, &parameters, self.traits.utf8) {
            self.bad(fault);
            return None;
        }
        if self.recipients.accepted >= self.config.limits.recipients {
            self.say(Reply::own(452, (5, 3), "too many recipients"));
            return None;
        }
        let kept = (self.config.protocol == Protocol::Lmtp).then(|| path.clone());
        Some(self.ask(Question::Rcpt(kept), Event::Rcpt { path, parameters }))
    }

    /// Whatever becomes of the chunk, its octets are taken off the stream.
    fn obey_bdat(&mut self, chunk: Announced) -> Option<Progress<Event>> {
        if let Some(reply) = self.out_of_place(Keyword::Bdat) {
            let in_pipeline = matches!(self.between, Between::Refused | Between::InVain);
            let reply = if in_pipeline { reply } else { self.held_against(reply) };
            // RFC 2033 §4.3: with no recipient, "the BDAT LAST command returns zero replies".
            if chunk.last && self.has_nobody() && !reply.is_closing() {
                self.drop_chunk(chunk, Fate::Dropped);
            } else {
                self.refuse_chunk(chunk, reply);
            }
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

fn untrusted() -> Reply {
    Reply::own(550, (7, 0), "insufficient authorization")
}

/// RFC 2034 §4: no answer to `EHLO` or `HELO` has an enhanced code.
fn as_answer_to(line: &[u8], mut reply: Reply) -> Reply {
    let word = line.get(..4).unwrap_or_default();
    if [b"EHLO", b"HELO", b"LHLO"].iter().any(|hello| word.eq_ignore_ascii_case(*hello)) {
        reply.strip();
    }
    reply
}
