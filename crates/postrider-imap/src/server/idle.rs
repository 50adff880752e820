//! IDLE (RFC 2177): between `+ idling` and DONE changes are told as they happen.

use postrider_wire::{Inbox, TimerKind};

use super::peek::credentials_at;
use super::read::{Reading, Step};
use super::{Event, Server};
use crate::language::{Framed, Framer, Side, Status, Tag};
use crate::limits::LEAST;

/// An accepted IDLE.
#[derive(Debug)]
pub(super) struct Idling {
    tag: Tag,
    framer: Framer,
}

impl Server {
    /// The verdict on IDLE: from here on the client is told of changes.
    pub(super) fn begin_idle(&mut self) {
        let Some(asked) = self.asked.take() else { return };
        let framer = Framer::new(Side::Command);
        self.reading = Reading::Idle(Idling { tag: asked.tag, framer });
        self.say((*b"+ idling\r\n").into());
    }

    /// Whether changes may be told although no verdict waits.
    pub(super) fn is_idling(&self) -> bool {
        matches!(self.reading, Reading::Idle(_))
    }

    /// Reads the line that ends IDLE:
    ///
    /// ```text
    /// idle         ::= "IDLE" CRLF "DONE"
    /// ```
    pub(super) fn read_idle(&mut self, rx: &mut Inbox, mut idling: Idling) -> Step {
        // A line that is longer is not DONE.
        match idling.framer.step(rx.octets(), LEAST) {
            Framed::More => {
                self.reading = Reading::Idle(idling);
                return Step::Starved;
            }
            Framed::Unit { text, next } if is_done(rx.octets().get(..text)) => {
                let line = rx.take_unit(text);
                rx.skip(next.saturating_sub(text));
                self.chassis.show_line_in(&line, &[]);
                self.say_tagged(&idling.tag, &Status::ok("IDLE terminated"));
            }
            Framed::Unit { text, .. } => {
                let line = rx.octets().get(..text).unwrap_or_default();
                let secret = credentials_at(line).map(|at| at..line.len());
                self.chassis.show_line_in(line, secret.as_slice());
                // Not taken for a command: the client and we do not agree on what is being said.
                self.reading = Reading::Line;
                self.refuse(Some(idling.tag), &Status::bad("DONE ends IDLE"));
            }
            Framed::TooLong | Framed::Literal { .. } => {
                self.reading = Reading::Line;
                self.refuse(Some(idling.tag), &Status::bad("DONE ends IDLE"));
            }
        }
        self.chassis.timers.stop(TimerKind::Idle);
        Step::Event(Event::IdleEnd)
    }
}

fn is_done(line: Option<&[u8]>) -> bool {
    line.is_some_and(|line| line.eq_ignore_ascii_case(b"DONE"))
}
