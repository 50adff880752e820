//! A mail on its way, as a value: what is to be said next, what is not answered yet, and what became of
//! each recipient.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use bytes::Bytes;

use super::offers::{Plan, Transport};
use super::{
    Config, Content, Delivery, Failure, FailureKind, LeftOut, Partial, Phase, RecipientOutcome,
    RecipientReport, Report,
};
use crate::{
    Command, Error, ForwardPath, Keyword, MailParameters, Protocol, RcptParameters, Reply,
    ReversePath,
};

/// Octets of a reply that are kept where there is no room for all of it.
const SHORT: usize = 256;

/// A transaction that [`Client::send`] began.
pub(super) struct Sending {
    path: ReversePath,
    parameters: MailParameters,
    recipients: Vec<Addressee>,
    pub(super) source: Source,
    pub(super) transport: Transport,
    left_out: LeftOut,
    next: Next,
    /// What is not answered yet, in the order in which it was said.
    flight: VecDeque<Queued>,
    /// Octets of it.
    unanswered: usize,
    /// Most octets of it.
    in_flight: usize,
    pipelining: bool,
    /// `DATA` waits until it is known that every recipient was accepted.
    all_or_nothing: bool,
    lmtp: bool,
    /// Recipients that the server accepted, whatever became of them.
    accepted: usize,
    /// Nobody gets the mail any more.
    lost: bool,
    /// The mail is whole once the driver has sent so many octets.
    whole: Option<u64>,
    /// Octets of reply text that may still be kept.
    room: usize,
}

struct Addressee {
    path: ForwardPath,
    parameters: RcptParameters,
    fate: Fate,
}

/// What is known of one recipient.
enum Fate {
    /// Nothing.
    Open,
    /// `RCPT` was accepted.
    Accepted,
    /// All.
    Done(RecipientOutcome),
}

/// Where the octets come from.
pub(super) enum Source {
    /// These are left.
    Whole(Bytes),
    /// From the embedder, who declared so many, and has written so many.
    Streamed { declared: Option<u64>, written: u64 },
}

/// What is to be said next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Mail,
    Rcpt(usize),
    Content,
    Nothing,
}

/// Something that a reply is due for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Mail,
    Rcpt(usize),
    Data,
    /// A chunk that is not the last.
    Chunk,
    /// The whole mail, for all recipients that were accepted.
    Verdict,
    /// The whole mail, for one recipient (RFC 2033 §4.2).
    VerdictFor(usize),
    /// An empty mail to nobody (RFC 2920 §3.1).
    LoneDot,
    /// The transaction is to be over at the server too.
    Rset,
}

/// Something that was said, or will be as soon as it leaves.
#[derive(Clone, Copy, Debug)]
struct Queued {
    asked: Asked,
    /// The place behind its last octet, in what is sent.
    mark: u64,
    /// How many octets it has, as far as they count.
    octets: usize,
    /// Up to where octets had come when it had not left.
    heard: u64,
}

/// Something that can be done now.
pub(super) enum Due {
    Say(Command, Asked),
    /// The chunk of the whole mail is to be announced, or the first of many is due.
    Chunks,
}

/// Why the open recipients failed.
#[derive(Clone, Debug)]
pub(super) enum Cause {
    Reply(Reply),
    Kind(FailureKind),
}

impl Cause {
    pub(super) fn of(error: &Error) -> Self {
        Self::Kind(FailureKind::of_error(error))
    }
}

impl Asked {
    pub(super) fn phase(self) -> Phase {
        match self {
            Self::Mail => Phase::Mail,
            Self::Rcpt(_) | Self::Rset => Phase::Recipients,
            Self::Data | Self::LoneDot => Phase::Data,
            Self::Chunk => Phase::Content,
            Self::Verdict | Self::VerdictFor(_) => Phase::Verdict,
        }
    }
}

impl Sending {
    pub(super) fn new(plan: Plan, config: &Config, pipelining: bool) -> Self {
        let Plan { transaction, transport, left_out, .. } = plan;
        let recipients = transaction.recipients.into_iter();
        let addressee = |to: super::Recipient| Addressee {
            path: to.path,
            parameters: to.parameters,
            fate: Fate::Open,
        };
        let limits = &config.limits;
        Self {
            path: transaction.path,
            parameters: transaction.parameters,
            recipients: recipients.map(addressee).collect(),
            source: match transaction.content {
                Content::Whole(mail) => Source::Whole(mail),
                Content::Streamed { octets } => Source::Streamed { declared: octets, written: 0 },
            },
            transport,
            left_out,
            next: Next::Mail,
            flight: VecDeque::new(),
            unanswered: 0,
            // The outbox then has room for each command as soon as it may be said.
            in_flight: limits.in_flight.min(limits.outbox),
            pipelining: pipelining && config.pipelining,
            all_or_nothing: config.partial == Partial::AllOrNothing,
            lmtp: config.protocol == Protocol::Lmtp,
            accepted: 0,
            lost: false,
            whole: None,
            room: limits.report_text,
        }
    }

    // --- what is said ---

    /// What can be said now, if anything.
    pub(super) fn due(&mut self) -> Option<Due> {
        if self.lost || !(self.pipelining || self.flight.is_empty()) {
            return None;
        }
        match self.next {
            Next::Mail => {
                let command = Command::Mail(self.path.clone(), self.parameters.clone());
                self.may_say(command, Asked::Mail, Next::Rcpt(0))
            }
            Next::Rcpt(nth) => {
                let to = self.recipients.get(nth)?;
                let command = Command::Rcpt(to.path.clone(), to.parameters.clone());
                let following = nth.saturating_add(1);
                let last = following >= self.recipients.len();
                let next = if last { Next::Content } else { Next::Rcpt(following) };
                self.may_say(command, Asked::Rcpt(nth), next)
            }
            Next::Content if self.transport == Transport::Data => {
                if !(self.flight.is_empty() && self.is_wanted() || self.may_guess()) {
                    return None;
                }
                self.may_say(Command::Data, Asked::Data, Next::Nothing)
            }
            Next::Content if self.flight.is_empty() && self.is_wanted() => {
                self.next = Next::Nothing;
                Some(Due::Chunks)
            }
            Next::Content | Next::Nothing => None,
        }
    }

    fn may_say(&mut self, command: Command, asked: Asked, next: Next) -> Option<Due> {
        let octets = command.to_line().len();
        let fits = self.unanswered.saturating_add(octets) <= self.in_flight;
        if !fits && !self.flight.is_empty() {
            return None;
        }
        self.next = next;
        Some(Due::Say(command, asked))
    }

    /// All answers are here; whether somebody is to get the mail.
    fn is_wanted(&self) -> bool {
        self.accepted > 0 && (!self.all_or_nothing || self.accepted == self.recipients.len())
    }

    /// Whether `DATA` may be said before the last answer to `RCPT` is here (RFC 2920 §3.1): whatever
    /// the answers are, the mail then goes to those that were accepted.
    fn may_guess(&self) -> bool {
        let open = self.flight.iter().any(|queued| matches!(queued.asked, Asked::Rcpt(_)));
        let bound = self.all_or_nothing && self.recipients.len() > 1;
        self.pipelining && !bound && (self.accepted > 0 || open)
    }

    /// Something was said, of so many octets that end at `mark`.
    pub(super) fn said(&mut self, asked: Asked, mark: u64, octets: usize) {
        if let (Asked::Rcpt(nth), true) = (asked, octets > 0)
            && let Some(to) = self.recipients.get_mut(nth)
        {
            // They are not needed any more.
            to.parameters = RcptParameters::default();
        }
        self.unanswered = self.unanswered.saturating_add(octets);
        self.flight.push_back(Queued { asked, mark, octets, heard: 0 });
    }

    // --- what is answered ---

    /// What the next reply answers, with the place behind its last octet.
    pub(super) fn head(&self) -> Option<(Asked, u64)> {
        self.flight.front().map(|queued| (queued.asked, queued.mark))
    }

    /// So much has left, and so much had come: no reply of which a part is here answers what has not.
    pub(super) fn listen(&mut self, sent: u64, heard: u64) {
        for queued in self.flight.iter_mut().rev().take_while(|queued| queued.mark > sent) {
            queued.heard = heard;
        }
    }

    /// Whether a reply that began there cannot be the answer to the oldest command. If it were taken for
    /// it, each later command would have the answer to the one before it. A mail is no command: it may
    /// be refused before it has left.
    pub(super) fn is_out_of_turn(&self, began: u64) -> bool {
        self.flight.front().is_some_and(|queued| {
            let command =
                matches!(queued.asked, Asked::Mail | Asked::Rcpt(_) | Asked::Data | Asked::Rset);
            command && began < queued.heard
        })
    }

    pub(super) fn take_head(&mut self) -> Option<Asked> {
        let Queued { asked, octets, .. } = self.flight.pop_front()?;
        self.unanswered = self.unanswered.saturating_sub(octets);
        Some(asked)
    }

    /// The mail was written to its end, which lies at `mark`.
    pub(super) fn completed(&mut self, mark: u64) {
        if self.accepted == 0 {
            return self.said(Asked::LoneDot, mark, 0);
        }
        self.whole = Some(mark);
        if !self.lmtp {
            return self.said(Asked::Verdict, mark, 0);
        }
        for nth in 0..self.recipients.len() {
            if self.is_open_at(nth, true) {
                self.said(Asked::VerdictFor(nth), mark, 0);
            }
        }
    }

    /// The answer to `RCPT` of this recipient.
    pub(super) fn recipient_answered(&mut self, nth: usize, reply: &Reply) {
        if reply.is_positive() {
            self.accepted = self.accepted.saturating_add(1);
            if let Some(to) = self.recipients.get_mut(nth)
                && matches!(to.fate, Fate::Open)
            {
                to.fate = Fate::Accepted;
            }
            return;
        }
        let failure = self.refusal(Phase::Recipients, Keyword::Rcpt, reply);
        self.settle(nth, RecipientOutcome::Failed(failure));
        if self.all_or_nothing {
            self.lost = true;
        }
    }

    /// The answer to the mail, for one recipient or for all.
    pub(super) fn judge(&mut self, nth: Option<usize>, reply: &Reply) {
        let range = nth.map_or(0..self.recipients.len(), |nth| nth..nth.saturating_add(1));
        for nth in range {
            if !self.is_open_at(nth, true) {
                continue;
            }
            let outcome = if reply.is_positive() {
                RecipientOutcome::Accepted(self.keep(reply))
            } else {
                let keyword = self.content_keyword();
                RecipientOutcome::Failed(self.refusal(Phase::Verdict, keyword, reply))
            };
            self.settle(nth, outcome);
        }
    }

    /// All recipients that are open have failed for this reason. Where the mail is whole, nobody knows
    /// what the server makes of it.
    pub(super) fn fail_open(&mut self, phase: Phase, cause: &Cause, delivery: Delivery) {
        self.lost = true;
        let command = match phase {
            Phase::Mail => Some(Keyword::Mail),
            Phase::Recipients => Some(Keyword::Rcpt),
            Phase::Data | Phase::Content | Phase::Verdict => Some(self.content_keyword()),
            _ => None,
        };
        for nth in 0..self.recipients.len() {
            if !self.is_open_at(nth, false) {
                continue;
            }
            let (kind, reply) = match cause {
                Cause::Reply(reply) => (FailureKind::of_reply(reply), Some(self.keep(reply))),
                Cause::Kind(kind) => (*kind, None),
            };
            let failure = Failure { phase, command, kind, reply, delivery };
            self.settle(nth, RecipientOutcome::Failed(failure));
        }
    }

    fn is_open_at(&self, nth: usize, accepted: bool) -> bool {
        match self.recipients.get(nth).map(|to| &to.fate) {
            Some(Fate::Accepted) => true,
            Some(Fate::Open) => !accepted,
            _ => false,
        }
    }

    fn settle(&mut self, nth: usize, outcome: RecipientOutcome) {
        if let Some(to) = self.recipients.get_mut(nth)
            && !matches!(to.fate, Fate::Done(_))
        {
            to.fate = Fate::Done(outcome);
        }
    }

    fn refusal(&mut self, phase: Phase, command: Keyword, reply: &Reply) -> Failure {
        Failure {
            phase,
            command: Some(command),
            kind: FailureKind::of_reply(reply),
            reply: Some(self.keep(reply)),
            delivery: Delivery::NotSent,
        }
    }

    /// The reply, as far as there is room for it.
    fn keep(&mut self, reply: &Reply) -> Reply {
        let octets = reply.lines().map(str::len).fold(0, usize::saturating_add);
        match self.room.checked_sub(octets) {
            Some(room) => {
                self.room = room;
                reply.clone()
            }
            None => shortened(reply),
        }
    }

    pub(super) fn content_keyword(&self) -> Keyword {
        match self.transport {
            Transport::Data => Keyword::Data,
            Transport::Chunk(_) | Transport::Chunks => Keyword::Bdat,
        }
    }

    // --- how far it is ---

    /// Whether a server that accepted nobody wants the mail all the same.
    pub(super) fn has_nobody(&self) -> bool {
        self.accepted == 0
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost
    }

    pub(super) fn is_lmtp(&self) -> bool {
        self.lmtp
    }

    /// Whether a mail that is refused before its end does not end the connection: it is in chunks, and
    /// there is one answer to it (RFC 2033 has no word on how many there are to what is refused early).
    pub(super) fn bears_refusal(&self) -> bool {
        self.transport != Transport::Data && !self.lmtp
    }

    pub(super) fn is_streamed(&self) -> bool {
        matches!(self.source, Source::Streamed { .. })
    }

    pub(super) fn is_binary(&self) -> bool {
        self.parameters.body == Some(crate::Body::BinaryMime)
    }

    /// The mail is whole once so many octets were sent.
    pub(super) fn whole(&self) -> Option<u64> {
        self.whole
    }

    /// How far it is while no payload is due.
    pub(super) fn phase(&self) -> Phase {
        match (self.flight.front(), self.next) {
            (Some(queued), _) => queued.asked.phase(),
            (None, Next::Mail) => Phase::Mail,
            (None, Next::Rcpt(_)) => Phase::Recipients,
            (None, _) => Phase::Data,
        }
    }

    pub(super) fn into_report(mut self) -> Report {
        // Where somebody is still open, it was decided that nobody gets the mail.
        self.fail_open(Phase::Recipients, &Cause::Kind(FailureKind::Aborted), Delivery::NotSent);
        let recipients = self.recipients.into_iter().filter_map(|to| match to.fate {
            Fate::Done(outcome) => Some(RecipientReport { path: to.path, outcome }),
            Fate::Open | Fate::Accepted => None,
        });
        Report { recipients: recipients.collect(), left_out: self.left_out }
    }
}

/// Its code, its enhanced code, and the beginning of its first line.
fn shortened(reply: &Reply) -> Reply {
    let line = reply.lines().next().unwrap_or_default();
    let ends = line.char_indices().map(|(at, c)| at.saturating_add(c.len_utf8()));
    let end = ends.take_while(|end| *end <= SHORT).last().unwrap_or_default();
    let mut short = Reply::begin(reply.code());
    short.receive(line.get(..end).unwrap_or_default().as_bytes());
    let plain = short.clone();
    reply
        .enhanced()
        .map_or(Ok(short), |status| plain.clone().with_enhanced(status))
        .unwrap_or(plain)
}
