//! The workload `stream`: what `full` reads, by the push parser, in chunks of 16 KiB.

use postrider_mime::stream::{Content, Decode, Event, Parser};

use crate::full::{self, Leaf};

/// Octets of a chunk, as much as a read from a socket or a file often gives.
const CHUNK: usize = 16 << 10;

/// Takes the leaves in order, each in pieces.
pub trait Out {
    fn leaf(&mut self, is_text: bool);
    fn piece(&mut self, octets: &[u8]);
}

impl Out for full::Sum {
    fn leaf(&mut self, _is_text: bool) {}

    fn piece(&mut self, octets: &[u8]) {
        self.0 = self.0.wrapping_add(octets.len());
    }
}

/// Each leaf, put together.
#[derive(Default)]
pub struct Leaves(Vec<(bool, Vec<u8>)>);

impl Leaves {
    /// As `full` tells them.
    pub fn told(&self) -> Vec<Leaf> {
        let mut told = Vec::new();
        for (is_text, octets) in &self.0 {
            match core::str::from_utf8(octets) {
                Ok(text) if *is_text => full::Out::text(&mut told, text),
                _ => full::Out::octets(&mut told, octets),
            }
        }
        told
    }
}

impl Out for Leaves {
    fn leaf(&mut self, is_text: bool) {
        self.0.push((is_text, Vec::new()));
    }

    fn piece(&mut self, octets: &[u8]) {
        if let Some((_, leaf)) = self.0.last_mut() {
            leaf.extend_from_slice(octets);
        }
    }
}

pub fn postrider(mail: &[u8], out: &mut impl Out) {
    let mut tell = |event: Event<'_>| match event {
        Event::HeaderEnd(end) if end.is_leaf() => out.leaf(end.media_type().is_type("text")),
        Event::Body(body) => match body.content {
            Content::Text(text) => out.piece(text.as_bytes()),
            Content::Octets(octets) => out.piece(octets),
            _ => {}
        },
        _ => {}
    };
    let mut parser = Parser::new(Decode::Text);
    for chunk in mail.chunks(CHUNK) {
        parser.push(chunk, &mut tell);
    }
    parser.finish(&mut tell);
}
