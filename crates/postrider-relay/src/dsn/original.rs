//! The mail that a notification is about.

use core::net::IpAddr;

use postrider_message::{HeaderSection, split};
use postrider_mime::build::{Content, Source};
use postrider_smtp::{EhloName, MailParameters, ReversePath};

use crate::queue::QueueItem;

/// The mail that a notification is about: its envelope, when it came, and its octets.
#[derive(Clone, Debug)]
pub struct Original<'a> {
    pub(super) sender: ReversePath,
    pub(super) parameters: MailParameters,
    pub(super) arrived: i64,
    pub(super) received_from: Option<(EhloName, IpAddr)>,
    pub(super) header: &'a [u8],
    pub(super) message: Option<Content<'a>>,
}

impl<'a> Original<'a> {
    /// A mail from this sender, with the parameters of its `MAIL` command, that came at this time, in
    /// seconds since 1970. Nothing of it comes back until its octets are given.
    #[must_use]
    pub const fn new(sender: ReversePath, parameters: MailParameters, arrived: i64) -> Self {
        Self { sender, parameters, arrived, received_from: None, header: &[], message: None }
    }

    /// A mail of the queue. Nothing of it comes back until its octets are given.
    #[must_use]
    pub fn of(item: &QueueItem) -> Self {
        Self::new(item.sender.clone(), item.parameters.clone(), item.arrived)
    }

    /// Gives the octets of the mail, with CRLF or LF.
    #[must_use]
    pub fn with_message(mut self, octets: &'a [u8]) -> Self {
        self.header = split(octets).0;
        self.message = Some(octets.into());
        self
    }

    /// Gives the header section of the mail alone, with or without the empty line behind it.
    #[must_use]
    pub fn with_header(mut self, octets: &'a [u8]) -> Self {
        self.header = split(octets).0;
        self.message = None;
        self
    }

    /// Gives the header section of a mail of any size, and the source of all its octets, the header
    /// section included, which [`Writer`](postrider_mime::build::Writer) asks for when it is due. One
    /// without a [size](Source::with_size) does not come back whole. Its octets must be what `BODY` of
    /// its `MAIL` command said, or lines of at most 998 octets without NUL where it said nothing: else
    /// the writer fails, and the notification is made anew [with the header](Self::with_header) alone.
    #[must_use]
    pub fn with_source(mut self, header: &'a [u8], source: Source) -> Self {
        self.header = split(header).0;
        self.message = Some(source.into());
        self
    }

    /// Tells from which host it came: the name that it gave in `EHLO`, and its address
    /// (`Received-From-MTA`, RFC 3464 §2.2.4).
    #[must_use]
    pub fn with_received_from(mut self, name: EhloName, address: IpAddr) -> Self {
        self.received_from = Some((name, address));
        self
    }

    /// Whether it is a mail of RFC 6532: it was sent so, or its fields hold UTF-8.
    pub(super) fn is_utf8(&self) -> bool {
        self.parameters.smtp_utf8 || self.has_utf8_fields()
    }

    pub(super) fn has_utf8_fields(&self) -> bool {
        !self.header.is_ascii() && core::str::from_utf8(self.header).is_ok()
    }

    /// Octets of the whole mail, where all of it is at hand or can be had.
    pub(super) fn size(&self) -> Option<u64> {
        match self.message.as_ref()? {
            Content::Source(source) => source.size(),
            content => u64::try_from(content.octets()?.len()).ok(),
        }
    }

    pub(super) fn section(&self) -> HeaderSection<&'a [u8]> {
        HeaderSection::parse(self.header)
    }
}
