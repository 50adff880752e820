//! IDLE (RFC 2177): between `+ idling` and DONE changes are told as they happen.

use postrider_wire::TimerKind;

use super::peek::credentials_at;
use super::read::Step;
use super::{Event, Server};
use crate::Status;

impl Server {
    /// The verdict on IDLE: from here on the client is told of changes.
    pub(super) fn begin_idle(&mut self) {
        let Some(asked) = self.asked.take() else { return };
        self.reading.idling = Some(asked.tag);
        self.reading.reader.expect_line();
        self.say((*b"+ idling\r\n").into());
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
            self.say_tagged(&tag, &Status::ok("IDLE terminated"));
        }
        self.chassis.timers.stop(TimerKind::Idle);
        Step::Event(Event::IdleEnd)
    }

    /// What came is not the line that ends IDLE.
    pub(super) fn idle_broken(&mut self) -> Step {
        let tag = self.reading.idling.take();
        self.refuse(tag, &Status::bad("DONE ends IDLE"));
        self.chassis.timers.stop(TimerKind::Idle);
        Step::Event(Event::IdleEnd)
    }
}
