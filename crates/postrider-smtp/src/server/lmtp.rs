//! The end of a mail in LMTP: a reply for each recipient (RFC 2033 §4.2).

use alloc::collections::VecDeque;

use postrider_wire::Progress;

use super::incoming::Between;
use super::{Event, Phase, Question, REPLY_ROOM, Server};
use crate::{ForwardPath, Protocol, Reply, State};

/// The recipients of a mail that have no reply to it yet, in the order of their `RCPT`.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    paths: VecDeque<ForwardPath>,
    /// What is said for all of them, unless each is asked about.
    common: Option<Reply>,
}

impl Server {
    /// Whether each recipient has a reply of its own.
    pub(super) fn is_lmtp(&self) -> bool {
        self.config.protocol == Protocol::Lmtp
    }

    /// Whether this is LMTP, and a mail in chunks has no recipient that was accepted.
    pub(super) fn has_nobody(&self) -> bool {
        let open = self.state == State::Mail || matches!(self.between, Between::InVain);
        self.is_lmtp() && self.config.chunking && open
    }

    /// The mail is here: goes on with its recipients, with this for all of them or else with
    /// questions. 421 is said once, and ends the session.
    pub(super) fn begin_deliveries(&mut self, common: Option<Reply>) {
        match (common, &mut self.deliveries) {
            (common, Some(deliveries)) if !common.as_ref().is_some_and(Reply::is_closing) => {
                deliveries.common = common;
                self.phase = Phase::Delivering;
            }
            (common, _) => {
                self.end_with(common.unwrap_or_else(|| Reply::own(250, (0, 0), "OK")));
            }
        }
    }

    /// Says the next reply, or asks what it is.
    pub(super) fn deliver(&mut self) -> Option<Progress<Event>> {
        if self.chassis.out.room() < REPLY_ROOM {
            self.chassis.watch_flush(self.config.limits.progress_time);
            return Some(super::machine::FLUSH);
        }
        let deliveries = self.deliveries.as_mut();
        let next = deliveries.and_then(|all| Some((all.paths.pop_front()?, all.common.clone())));
        match next {
            Some((_, Some(reply))) => {
                self.say(reply);
                None
            }
            Some((path, None)) => Some(self.ask(Question::Deliver, Event::Deliver { path })),
            None => {
                self.end_transaction();
                self.next_command();
                None
            }
        }
    }

    /// The verdict on one recipient. 421 ends the session, and who is behind it gets nothing.
    pub(super) fn delivered(&mut self, reply: Reply) {
        let closing = reply.is_closing();
        self.say(reply);
        if closing {
            self.over();
        } else {
            self.phase = Phase::Delivering;
        }
    }

    /// A recipient was accepted, whom the end of the mail answers.
    pub(super) fn keep(&mut self, path: Option<ForwardPath>) {
        if let Some(path) = path {
            self.deliveries.get_or_insert_default().paths.push_back(path);
        }
    }
}
