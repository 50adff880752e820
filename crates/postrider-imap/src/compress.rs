//! COMPRESS=DEFLATE (RFC 4978): what stands between the octets of the wire and those of the
//! protocol, in both directions.
//!
//! Both directions hold memory that an uncompressed session does not: about 45 KiB to inflate, 320
//! KiB to deflate, and the inner inbox.

use alloc::boxed::Box;

use bytes::BytesMut;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
};
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus};
use postrider_wire::{Demand, Encoder, Inbox, Progress};

/// The level that zlib calls its default: beyond it mail shrinks by little, and slowly.
const LEVEL: i32 = 6;
/// Raw DEFLATE, without the frame of zlib: RFC 4978 §4 asks for a window of 15 bits and no header.
const RAW: i32 = -15;
/// Compressed octets that are read at once while units are expected.
const COMPRESSED: usize = 4096;

/// Compresses what is queued; every flush ends at an octet, so that the peer can read it all.
pub(crate) struct Deflater(Box<CompressorOxide>);

impl Deflater {
    pub(crate) fn new() -> Self {
        let flags = create_comp_flags_from_zip_params(LEVEL, RAW, 0);
        Self(Box::new(CompressorOxide::new(flags)))
    }

    fn push(&mut self, mut plain: &[u8], flush: TDEFLFlush, out: &mut BytesMut) {
        loop {
            let (_, taken) = compress_to_output(&mut self.0, plain, flush, |ready| {
                out.extend_from_slice(ready);
                true
            });
            plain = plain.get(taken..).unwrap_or_default();
            // It takes all in one call; should it not, it must at least get on.
            if plain.is_empty() || taken == 0 {
                return;
            }
        }
    }
}

impl Encoder for Deflater {
    fn encode(&mut self, plain: &[u8], out: &mut BytesMut) {
        self.push(plain, TDEFLFlush::None, out);
    }

    fn flush(&mut self, out: &mut BytesMut) {
        self.push(&[], TDEFLFlush::Sync, out);
    }
}

/// Inflates what the peer sends into an inbox of its own, which is what the protocol reads. It
/// inflates no more than fits there, so a bomb is read piece by piece like any other long input.
pub(crate) struct Inflater {
    state: Box<InflateState>,
    inbox: Inbox,
    stream: Stream,
}

/// How the compressed stream stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Open,
    /// It is no DEFLATE, or goes on behind its end.
    Corrupt,
}

impl Inflater {
    /// `inbox` is what the protocol reads from now on.
    pub(crate) fn new(inbox: Inbox) -> Self {
        let state = InflateState::new_boxed(DataFormat::Raw);
        Self { state, inbox, stream: Stream::Open }
    }

    /// Whether the end of the inner input is the beginning of what cannot be inflated.
    pub(crate) fn is_corrupt(&self) -> bool {
        self.stream == Stream::Corrupt
    }

    /// As [`Inflater::poll_with`], for a machine that asks [`Inflater::is_corrupt`] by itself.
    pub(crate) fn poll<Ev, Er>(
        &mut self,
        rx: &mut Inbox,
        read: usize,
        mut plain: impl FnMut(&mut Inbox) -> Result<Progress<Ev>, Er>,
    ) -> Result<Progress<Ev>, Er> {
        self.poll_with(rx, read, |inbox, _| plain(inbox))
    }

    /// Polls a machine that reads the inflated octets: `rx` holds the compressed ones. What was
    /// inflated before a fault is read before it, and then the inner input ends; the machine is told
    /// whether that is why.
    pub(crate) fn poll_with<Ev, Er>(
        &mut self,
        rx: &mut Inbox,
        read: usize,
        mut plain: impl FnMut(&mut Inbox, Stream) -> Result<Progress<Ev>, Er>,
    ) -> Result<Progress<Ev>, Er> {
        self.pump(rx);
        loop {
            let answer = plain(&mut self.inbox, self.stream);
            match self.inbox.demand() {
                Demand::Payload => rx.expect_payload(read),
                _ => rx.expect_units(COMPRESSED),
            }
            let more = matches!(answer, Ok(Progress::Wait { input: true, .. }));
            // Reading made room, so what waits outside, or inside the decompressor, goes on.
            if !more || !self.pump(rx) {
                return answer;
            }
        }
    }

    /// Inflates what fits. Whether there is news inside.
    fn pump(&mut self, rx: &mut Inbox) -> bool {
        let before = (self.inbox.len(), self.inbox.is_eof());
        self.inflate(rx);
        before != (self.inbox.len(), self.inbox.is_eof())
    }

    fn inflate(&mut self, rx: &mut Inbox) {
        while self.stream == Stream::Open {
            let Some(out) = self.inbox.spare_init() else { return };
            let made = inflate(&mut self.state, rx.octets(), out, MZFlush::None);
            rx.skip(made.bytes_consumed);
            self.inbox.commit(made.bytes_written);
            let stuck = made.bytes_consumed == 0 && made.bytes_written == 0;
            match made.status {
                Ok(MZStatus::Ok) if !stuck => {}
                // RFC 4978 has no end of a stream but that of the connection.
                Ok(MZStatus::Ok | MZStatus::StreamEnd) | Err(MZError::Buf) if rx.is_empty() => {
                    if rx.is_eof() {
                        self.inbox.set_eof();
                    }
                    return;
                }
                _ => self.corrupt(rx),
            }
        }
        rx.skip(rx.len());
    }

    fn corrupt(&mut self, rx: &mut Inbox) {
        self.stream = Stream::Corrupt;
        rx.skip(rx.len());
        self.inbox.set_eof();
    }
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use bytes::BytesMut;
    use postrider_wire::{Encoder, Inbox, Progress};

    use super::*;

    fn compressed(plain: &[u8]) -> Vec<u8> {
        let (mut deflater, mut out) = (Deflater::new(), BytesMut::new());
        for piece in plain.chunks(1000) {
            deflater.encode(piece, &mut out);
        }
        deflater.flush(&mut out);
        out.to_vec()
    }

    /// Reads everything, `step` compressed octets at a time, through an inner inbox of 64 octets.
    fn inflated(wire: &[u8], step: usize) -> (Vec<u8>, bool) {
        let mut inflater = Inflater::new(Inbox::new(64));
        let (mut plain, mut rx) = (Vec::new(), Inbox::new(4096));
        let mut pieces = wire.chunks(step);
        loop {
            let answer = inflater.poll(&mut rx, 4096, |inbox| {
                plain.extend_from_slice(&inbox.take_payload(inbox.len()));
                let over = inbox.is_eof();
                Ok::<_, ()>(if over { Progress::<()>::Closed } else { wait() })
            });
            match (answer, pieces.next()) {
                (Ok(Progress::Closed), _) => return (plain, inflater.is_corrupt()),
                (_, Some(piece)) => _ = rx.extend(piece),
                (_, None) => rx.set_eof(),
            }
        }
    }

    fn wait() -> Progress<()> {
        Progress::Wait { input: true, app: false }
    }

    #[test]
    fn what_was_deflated_inflates_to_itself_however_it_is_cut() {
        let plain: Vec<u8> = (0..20_000_u32).map(|n| ((n * n) >> 7) as u8).collect();
        let wire = compressed(&plain);
        for step in [1, 7, 4096] {
            assert_eq!(inflated(&wire, step), (plain.clone(), false));
        }
    }

    #[test]
    fn a_flush_lets_the_peer_read_all_that_was_said() {
        let wire = compressed(b"* OK ready\r\n");
        assert_eq!(inflated(&wire, 1).0, b"* OK ready\r\n");
        // RFC 1951 §3.2.4: an empty stored block, which ends at an octet.
        assert!(wire.ends_with(&[0x00, 0x00, 0xff, 0xff]));
    }

    #[test]
    fn what_another_deflater_wrote_is_read() {
        // CPython: c = zlib.compressobj(wbits=-15); c.compress(b"a noop\r\n" * 3) +
        // c.flush(zlib.Z_SYNC_FLUSH)
        let wire = b"\x4a\x54\xc8\xcb\xcf\x2f\xe0\xe5\x4a\x44\xa3\x01\x00\x00\x00\xff\xff";
        assert_eq!(inflated(wire, 1), (b"a noop\r\n".repeat(3), false));
    }

    #[test]
    fn a_corrupt_stream_ends_behind_what_was_good() {
        let mut wire = compressed(b"a noop\r\n");
        wire.extend_from_slice(&[0xff; 8]);
        for step in [1, 100] {
            assert_eq!(inflated(&wire, step), (b"a noop\r\n".to_vec(), true));
        }
    }

    #[test]
    fn what_the_decompressor_holds_back_is_read_before_more_is_waited_for() {
        let wire = compressed(&[b'x'; 20_000]);
        let mut inflater = Inflater::new(Inbox::new(64));
        let mut rx = Inbox::new(4096);
        assert_eq!(rx.extend(&wire), wire.len());
        let mut read = 0;
        let answer = inflater.poll(&mut rx, 4096, |inbox| {
            read += inbox.take_payload(inbox.len()).len();
            Ok::<_, ()>(wait())
        });
        assert_eq!((answer, read), (Ok(wait()), 20_000));
    }

    #[test]
    fn a_bomb_is_read_piece_by_piece() {
        let wire = compressed(&vec![b'x'; 4 << 20]);
        assert!(wire.len() < 8 << 10, "{}", wire.len());
        assert_eq!(inflated(&wire, 4096).0.len(), 4 << 20);
    }
}
