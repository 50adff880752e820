//! IDLE (RFC 2177): between `+ idling` and DONE changes are told as they happen. And NOTIFY (RFC 5465),
//! under which they are told without.

use postrider_wire::TimerKind;

use super::peek::credentials_at;
use super::read::Step;
use super::respond::Notified;
use super::{Event, Phrase, Server};
use crate::Status;
use crate::value::{NotifyCommand, NotifyMailboxes};

impl Server {
    /// The verdict on IDLE: from here on the client is told of changes.
    pub(super) fn begin_idle(&mut self) {
        let Some(asked) = self.asked.take() else { return };
        self.reading.idling = Some(asked.tag);
        self.reading.reader.expect_line();
        self.say_go_ahead(Phrase::Idling);
    }

    /// Whether changes may be told although no verdict waits.
    pub(super) fn is_idling(&self) -> bool {
        self.reading.idling.is_some()
    }

    /// The line that ends IDLE:
    ///
    /// ```text
    /// idle         ::= "IDLE" CRLF "DONE"
    /// ```
    pub(super) fn on_idle_line(&mut self, line: &[u8]) -> Step {
        if !line.eq_ignore_ascii_case(b"DONE") {
            let secret = credentials_at(line).map(|at| at..line.len());
            self.chassis.show_line_in(line, secret.as_slice());
            // Not taken for a command: the client and we do not agree on what is being said.
            return self.idle_broken();
        }
        self.chassis.show_line_in(line, &[]);
        if let Some(tag) = self.reading.idling.take() {
            self.close_fetch();
            let status = Status::ok(self.words(Phrase::IdleEnded));
            self.say_tagged(tag, status);
        }
        self.chassis.timers.stop(TimerKind::Idle);
        Step::Event(Event::IdleEnd)
    }

    /// What came is not the line that ends IDLE.
    pub(super) fn idle_broken(&mut self) -> Step {
        let tag = self.reading.idling.take();
        self.close_fetch();
        self.refuse(tag, Status::bad(self.words(Phrase::NotDone)));
        self.chassis.timers.stop(TimerKind::Idle);
        Step::Event(Event::IdleEnd)
    }
}

impl Notified {
    /// What is told unasked once this NOTIFY is accepted.
    pub(super) fn of(command: &NotifyCommand) -> Self {
        let NotifyCommand::Set { groups, .. } = command else { return Self::Nothing };
        let told = groups.iter().filter(|group| group.events.is_some());
        told.map(|group| match group.mailboxes {
            NotifyMailboxes::Selected => Self::Selected,
            NotifyMailboxes::SelectedDelayed => Self::Delayed,
            _ => Self::Others,
        })
        .fold(Self::Nothing, |one, other| match (one, other) {
            (Self::Selected, _) | (_, Self::Selected) => Self::Selected,
            (Self::Delayed, _) | (_, Self::Delayed) => Self::Delayed,
            (Self::Nothing, other) => other,
            (one, _) => one,
        })
    }
}
