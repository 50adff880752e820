//! What is too long to be held goes by unseen, but for where it ends.

use postrider_wire::Inbox;

use super::items::{ItemScan, Scan, TAIL, announces_too_much};
use super::read::{Fetch, Literals, Reading};
use super::{Client, Event};
use crate::syntax::literal_at_end;
use crate::{Error, State};

impl Client {
    /// Begins to skip a response that is too long, of which the line at `line` is looked at.
    pub(super) fn begin_skip(&mut self, rx: &mut Inbox, line: usize, may: Literals, offset: u64) {
        // What a tagged response says must be known, and before login nothing is forgiven.
        if self.state == State::NotAuthenticated || !rx.octets().starts_with(b"* ") {
            return self.doom(Error::Limit { offset });
        }
        self.chassis.show_line_in(rx.octets().get(..TAIL).unwrap_or_default(), &[]);
        self.events.push_back(Event::TooLong { seq: None });
        self.reading = match rx.len().checked_sub(line) {
            Some(_) => {
                rx.skip(line);
                Reading::LongLine(may)
            }
            // The literal before that line is not here yet.
            None => {
                let left = line.saturating_sub(rx.len());
                rx.skip(rx.len());
                Reading::LongLiteral(left as u64)
            }
        };
    }

    /// Skips the rest of a line, and finds out whether a literal follows it.
    pub(super) fn skip_line(&mut self, rx: &mut Inbox, may: Literals, offset: u64) -> bool {
        let Some(lf) = memchr::memchr(b'\n', rx.octets()) else {
            let gone = rx.len().saturating_sub(TAIL);
            rx.skip(gone);
            self.reading = Reading::LongLine(may);
            return gone > 0;
        };
        self.heard();
        let line = rx.octets().get(..lf).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let endless = announces_too_much(line);
        let head = literal_at_end(line);
        rx.skip(lf.saturating_add(1));
        match (may, head.map(|head| head.octets)) {
            (Literals::May, Some(None)) => self.doom(Error::Limit { offset }),
            (Literals::May, None) if endless => self.doom(Error::Limit { offset }),
            (Literals::May, Some(Some(octets))) => self.reading = Reading::LongLiteral(octets),
            (Literals::Never, _) | (_, None) => {}
        }
        true
    }

    /// Skips a literal; its line goes on behind it.
    pub(super) fn skip_literal(&mut self, rx: &mut Inbox, left: u64) -> bool {
        if left == 0 {
            self.reading = Reading::LongLine(Literals::May);
            return true;
        }
        let n = usize::try_from(left).unwrap_or(usize::MAX).min(rx.len());
        rx.skip(n);
        self.reading = Reading::LongLiteral(left.saturating_sub(n as u64));
        if n > 0 {
            self.heard();
        }
        n > 0
    }

    /// Skips the rest of an item that is too long.
    pub(super) fn skip_item(
        &mut self,
        rx: &mut Inbox,
        fetch: Fetch,
        mut scan: ItemScan,
        offset: u64,
    ) -> bool {
        match scan.step(rx.octets(), usize::MAX, &self.config.limits) {
            Scan::Item { end } => {
                rx.skip(end);
                self.heard();
                self.reading = Reading::Items(fetch, ItemScan::default());
            }
            Scan::Broken { lf } => {
                rx.skip(lf);
                self.reading = Reading::Tail(fetch);
            }
            Scan::More => {
                let gone = scan.forget(rx.len());
                rx.skip(gone);
                if gone > 0 {
                    self.heard();
                }
                self.reading = Reading::LongItem(fetch, scan);
                return gone > 0;
            }
            // Without its name it is no payload, and there is no limit left to pass.
            Scan::Body { .. } | Scan::TooLong | Scan::Endless => self.doom(Error::Limit { offset }),
        }
        true
    }
}
