//! Writes an edited message: once through the parts, in the order of their octets.
//!
//! Of a multipart, a part is written or left out together with the line of the delimiter before it,
//! from the start of that line to the start of the next delimiter's. So every delimiter that stays
//! has the octets it had, and so has what stands before it, whichever line end that ends in.

use alloc::vec::Vec;
use core::ops::Range;

use memchr::memchr;

use super::{
    Edit,
    change::{Change, Fate, NewPart, Wrap},
    out::{Out, line_end_at},
};
use crate::tree::{Kind, Node};

/// A part that has not ended yet.
struct Open<'s> {
    id: u32,
    node: &'s Node,
    change: Option<&'s Change<'s>>,
    /// What is in it was left out, or is written already.
    is_done: bool,
    /// There is an empty line behind its fields.
    has_body: bool,
    /// Something stands before its fields: a byte order mark, or a line of mbox.
    is_marked: bool,
    /// Where the part in it that was met last ends, or else what stands before the first delimiter.
    last_end: usize,
    /// Whether a part in it was met.
    has_parts: bool,
    /// The parts behind the one that was met last.
    pending: &'s [NewPart],
    /// The line end before the delimiter of the first of some parts that are left out, up to here.
    left_out: Option<Range<usize>>,
}

pub(super) struct Assembly<'s> {
    edit: &'s Edit<'s>,
    out: Out<'s>,
    open: Vec<Open<'s>>,
    /// The part that ended last is a header section without an empty line: a delimiter may follow
    /// its last line end, and with another line end before it, it would have that line.
    is_bare: bool,
}

impl<'s> Assembly<'s> {
    pub(super) fn of(edit: &'s Edit<'s>) -> Vec<&'s [u8]> {
        let out = Out::new(edit.bytes, edit.line_end());
        let mut assembly = Self { edit, out, open: Vec::new(), is_bare: false };
        assembly.run();
        assembly.out.copy_to(edit.bytes.len());
        assembly.out.into_list()
    }

    fn run(&mut self) {
        if self.edit.changes.is_empty() {
            return;
        }
        let mut next = 0_u32;
        while let Some(node) = self.edit.tree.node(next) {
            let id = next;
            while self.open.last().is_some_and(|top| Some(top.id) != node.parent) {
                self.leave();
            }
            let is_done = self.enter(id, node);
            next = next.saturating_add(1);
            while is_done && self.edit.tree.node(next).is_some_and(|node| node.parent >= Some(id)) {
                next = next.saturating_add(1);
            }
        }
        while !self.open.is_empty() {
            self.leave();
        }
    }

    /// Writes what stands before the body of a part. Tells whether the parts in it are passed over.
    fn enter(&mut self, id: u32, node: &'s Node) -> bool {
        let change = self.edit.changes.get(&id);
        let removed = change.is_some_and(Change::is_removed);
        let start = match self.open.last() {
            None => 0,
            Some(top) if top.node.kind == Kind::Multipart => self.delimiter(change, removed),
            Some(top) => top.node.body.start(),
        };
        let mut open = Open {
            id,
            node,
            change,
            is_done: removed,
            has_body: !node.headers.separator().is_empty()
                || change.is_some_and(|change| change.headless),
            is_marked: node.headers.span().start() > start,
            last_end: node.preamble.end(),
            has_parts: false,
            pending: &[],
            left_out: None,
        };
        if let Some(change) = change.filter(|_| !removed) {
            self.begin_messages();
            open.is_done = self.header(change, &mut open, start);
        }
        let is_done = open.is_done;
        self.open.push(open);
        is_done
    }

    /// Writes the empty line of the messages that end with their fields, for something is to follow.
    fn begin_messages(&mut self) {
        let nested = |open: &&mut Open<'_>| open.node.kind == Kind::Message;
        let messages = self.open.iter_mut().rev().take_while(nested).filter(|open| !open.has_body);
        let count = messages.map(|open| open.has_body = true).count();
        if count > 0 {
            let end = self.open.last().map_or(0, |open| open.node.body.start());
            self.out.copy_to(end);
            self.out.fresh_line();
        }
        (0..count).for_each(|_| self.out.line_end());
    }

    /// Writes the new parts before a part of the innermost multipart, and the delimiter before it.
    /// Tells where the part begins.
    fn delimiter(&mut self, change: Option<&'s Change<'s>>, removed: bool) -> usize {
        let Some(top) = self.open.last_mut() else { return 0 };
        let before = top.last_end;
        let line = before.saturating_add(line_end_at(self.edit.bytes, before));
        let rest = self.edit.bytes.get(line..).unwrap_or_default();
        let start =
            line.saturating_add(memchr(b'\n', rest).map_or(rest.len(), |lf| lf.saturating_add(1)));
        let first: &[_] = match top.change {
            Some(around) if !top.has_parts => &around.first,
            _ => &[],
        };
        let is_emptied = !top.has_parts && top.change.is_some_and(|top| top.left == Some(0));
        let beside = change.map_or(&[][..], |change| &change.before);
        let items = core::mem::take(&mut top.pending).iter().chain(first).chain(beside);
        let boundary = self.edit.boundary(top.id);
        top.has_parts = true;
        top.pending = change.map_or(&[], |change| &change.after);
        if top.change.is_some_and(|around| around.unwrapped) {
            if !removed {
                self.out.at = start;
            }
            return start;
        }
        let mut items = items.map(Vec::as_slice).peekable();
        if items.peek().is_some() || is_emptied || !removed {
            resume(&mut self.out, &mut top.left_out, line);
        }
        for item in items {
            new_part(&mut self.out, boundary, item);
        }
        if is_emptied {
            new_part(&mut self.out, boundary, self.edit.empty_part(top.node));
        }
        if !removed {
            self.out.copy_to(start);
        } else if top.left_out.is_none() {
            self.out.copy_to(before);
            top.left_out = Some(self.out.at.max(before).min(line)..line);
        }
        start
    }

    /// Writes what is new before the body of a part that begins here. Tells whether its body is
    /// written too.
    fn header(&mut self, change: &'s Change<'s>, open: &mut Open<'s>, start: usize) -> bool {
        let node = open.node;
        let around = change.wrap.as_ref().and_then(|wrap| Some((wrap, wrap.header.as_ref()?)));
        if let Some((wrap, header)) = around {
            self.out.copy_to(start);
            self.out.fresh_line();
            self.out.text(header);
            self.out.delimiter(&wrap.boundary, false);
        }
        if let Fate::Replaced(part) = &change.fate {
            self.out.copy_to(start);
            self.out.fresh_line();
            self.out.text(part);
            self.out.end_part();
            return true;
        }
        let is_part = node.parent.and_then(|id| self.edit.tree.node(id));
        let is_part = is_part.is_some_and(|around| around.kind == Kind::Multipart);
        if change.headless || (change.unwrapped && is_part) {
            self.out.copy_to(start);
            self.out.at = node.body.start();
            return false;
        }
        self.fields(change, node, start);
        if change.unwrapped {
            self.body_start(open);
        }
        if let Some(wrap) = change.wrap.as_ref().filter(|wrap| wrap.header.is_none()) {
            self.body_start(open);
            self.out.delimiter(&wrap.boundary, false);
            self.out.text(&wrap.inner);
        }
        if let Fate::Body(body) = &change.fate {
            self.body_start(open);
            self.out.text(body);
            self.out.end_part();
            return true;
        }
        false
    }

    /// Writes the fields of a part, where they are edited.
    fn fields(&mut self, change: &'s Change<'s>, node: &'s Node, start: usize) {
        let Some(headers) = &change.headers else { return };
        self.out.copy_to(start);
        self.out.fresh_line();
        let separator = node.headers.separator();
        for slice in headers.slices_of(start..separator.start()) {
            self.out.text(slice);
        }
        if !change.moved.is_empty() {
            self.out.fresh_line();
            self.out.text(&change.moved);
        }
        self.out.at = separator.start();
    }

    /// Writes the empty line behind the fields, which is added where there was none.
    fn body_start(&mut self, open: &mut Open<'_>) {
        self.out.copy_to(open.node.body.start());
        if !core::mem::replace(&mut open.has_body, true) {
            self.out.fresh_line();
            self.out.line_end();
        }
    }

    /// Writes what stands behind what is in the innermost part, and leaves it.
    fn leave(&mut self) {
        let Some(mut open) = self.open.pop() else { return };
        let end = open.node.body.end();
        if open.is_done || open.change.is_some_and(|change| change.unwrapped) {
            self.out.at = self.out.at.max(end);
            self.is_bare = false;
        } else {
            if open.node.kind == Kind::Multipart {
                self.multipart_end(&mut open);
            }
            self.out.copy_to(end);
            self.is_bare = match open.node.kind {
                Kind::Leaf if open.has_body => false,
                // Behind nothing but a byte order mark, too, a line starts.
                Kind::Leaf => match self.out.last() {
                    Some(b'\n') => true,
                    Some(0xbf) => open.is_marked && open.node.headers.span().is_empty(),
                    _ => false,
                },
                Kind::Message => self.is_bare,
                Kind::Multipart => false,
            };
        }
        if let Some(wrap) = open.change.and_then(|change| change.wrap.as_ref())
            && !open.change.is_some_and(Change::is_removed)
        {
            self.wrap_end(wrap);
            if open.node.parent.is_none() {
                self.out.line_end();
            }
        }
        if let Some(top) = self.open.last_mut() {
            top.last_end = end;
        }
    }

    fn wrap_end(&mut self, wrap: &'s Wrap) {
        self.end_part();
        for item in &wrap.last {
            new_part(&mut self.out, &wrap.boundary, item);
        }
        self.out.delimiter(&wrap.boundary, true);
        self.out.end_part();
    }

    /// Ends the part that was written last, so that a delimiter can follow.
    fn end_part(&mut self) {
        if !core::mem::take(&mut self.is_bare) {
            self.out.end_part();
        }
    }

    /// Writes the new parts behind the last one of a multipart.
    fn multipart_end(&mut self, open: &mut Open<'s>) {
        let (before, end) = (open.last_end, open.node.body.end());
        let boundary = self.edit.boundary(open.id);
        let (first, last): (&[_], &[_]) = match open.change {
            Some(change) if !open.has_parts => (&change.first, &change.last),
            Some(change) => (&[], &change.last),
            None => (&[], &[]),
        };
        let items = open.pending.iter().chain(first).chain(last).map(Vec::as_slice);
        let mut items = items.peekable();
        let has_items = items.peek().is_some();
        let line = before.saturating_add(line_end_at(self.edit.bytes, before));
        if open.node.epilogue.is_some() || before < end {
            if has_items || open.left_out.is_some() {
                resume(&mut self.out, &mut open.left_out, line);
            }
        } else if !open.has_parts {
            if has_items {
                self.body_start(open);
                let is_empty = open.node.body.is_empty();
                self.out.copy_to(end);
                if !is_empty {
                    self.out.end_part();
                }
                items.for_each(|item| new_part(&mut self.out, boundary, item));
                self.out.delimiter(boundary, true);
                self.out.end_part();
            }
            return;
        } else if !has_items {
            if let Some(line_end) = open.left_out.take() {
                self.out.owe(line_end);
                self.out.at = line;
            }
        } else if open.left_out.is_some() {
            resume(&mut self.out, &mut open.left_out, end);
        } else {
            self.out.copy_to(before);
            self.end_part();
        }
        items.for_each(|item| new_part(&mut self.out, boundary, item));
    }
}

/// Goes on with the storage at the line of a delimiter, behind the parts that were left out.
fn resume(out: &mut Out<'_>, left_out: &mut Option<Range<usize>>, line: usize) {
    match left_out.take() {
        Some(line_end) => {
            out.stored(line_end);
            out.at = line;
        }
        None => out.copy_to(line),
    }
}

fn new_part<'s>(out: &mut Out<'s>, boundary: &'s [u8], part: &'s [u8]) {
    out.delimiter(boundary, false);
    out.text(part);
    out.end_part();
}
