//! COMPRESS=DEFLATE (RFC 4978): the layer between the inbox and the commands.

use alloc::boxed::Box;

use postrider_wire::{Inbox, Progress};

use super::config::Compression;
use super::{Asked, Event, Phrase, Server};
use crate::compress::{Deflater, Inflater};
use crate::{Code, PlainCode, Status};
use crate::{CommandName, Error, Fault};

/// What the octets of the inbox are.
pub(super) enum Layer {
    /// Commands.
    Plain,
    /// None are due: the client is to hear first that what follows is compressed.
    Agreed,
    /// Compressed commands.
    Compressed(Box<Inflater>),
}

impl Server {
    pub(super) fn offers_compression(&self) -> bool {
        self.config.compression == Compression::Offer
            && self.state.allows(CommandName::Compress)
            && self.inflating.is_none()
    }

    /// Why COMPRESS is refused.
    pub(super) fn compress_objection(&self) -> Option<Status> {
        match (self.config.compression, self.inflating) {
            (Compression::Refuse, _) => Some(Status::bad(self.words(Phrase::UnknownCommand))),
            (Compression::Offer, None) => None,
            (Compression::Offer, Some(_)) => Some(
                Status::no(self.words(Phrase::CompressedAlready))
                    .with_code(Code::Plain(PlainCode::CompressionActive)),
            ),
        }
    }

    /// Agrees to compress: OK is the last that leaves as it is.
    pub(super) fn compress(&mut self, rx: &Inbox, asked: Asked) {
        // The client must wait for OK (RFC 4978 §3), so this is neither here nor there.
        if !rx.is_empty() {
            self.behind_compress(rx);
            return;
        }
        let text = self.words(Phrase::Compressed);
        self.say_tagged(asked.tag, Status::ok(text));
        self.chassis.out.encode_with(Box::new(Deflater::new()));
        self.layer = Layer::Agreed;
    }

    /// Octets that the client compressed with nothing, or somebody slipped in.
    pub(super) fn behind_compress(&mut self, rx: &Inbox) {
        self.layer = Layer::Plain;
        let fault = Error::Protocol { fault: Fault::Compression, offset: rx.offset() };
        self.bye(Phrase::Behind, Some(fault));
    }

    /// Polls through the layer that stands.
    pub(super) fn poll_layer(&mut self, rx: &mut Inbox) -> Result<Progress<Event>, Error> {
        if matches!(self.layer, Layer::Agreed) && self.chassis.out.is_empty() && rx.is_empty() {
            let inbox = Inbox::new(self.unit_limit());
            self.layer = Layer::Compressed(Box::new(Inflater::new(inbox)));
        }
        let mut inflater = match core::mem::replace(&mut self.layer, Layer::Plain) {
            Layer::Compressed(inflater) => inflater,
            layer => {
                self.layer = layer;
                return self.poll_plain(rx);
            }
        };
        let read = self.config.limits.read;
        let answer = inflater.poll_with(rx, read, |inbox, stream| {
            self.inflating = Some(stream);
            self.poll_plain(inbox)
        });
        self.layer = Layer::Compressed(inflater);
        answer
    }
}
