//! The drivers hold no payload of their own: what they write lies in the letter of the embedder, and
//! what they read goes straight to where the machine cuts its chunks.

use core::ops::Range;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::io::{self, IoSlice, Read, Write};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use postrider::drive::blocking::Transport;
use postrider::wire::{Machine, MachineEvent};
use postrider_net::Handshake;
use postrider_net::blocking::MaybeTls;
use postrider_testkit::Embedder;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::append::Append;
use crate::certificates::{VERSIONS, client_end, server_end};
use crate::imap::Imap;
use crate::pop3::Pop3;
use crate::protocol::{Made, Protocol};
use crate::road::{BOTH, Ended, How, in_tokio, required, run_blocking, run_tokio, sockets};
use crate::smtp::Smtp;

/// What went through the hands of a driver.
#[derive(Default)]
struct Log {
    /// Where the letter lies.
    letter: Range<usize>,
    /// Octets written, and how many of them lay in the letter itself.
    written: usize,
    from_letter: usize,
    /// Where reads put their octets, the latest last.
    read: Vec<Range<usize>>,
    /// Octets of payload told, and how many of them lay where a read had put them.
    told: usize,
    in_place: usize,
}

fn place(octets: &[u8]) -> Range<usize> {
    let start = octets.as_ptr() as usize;
    start..start + octets.len()
}

fn lies_in(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

impl Log {
    fn wrote(&mut self, octets: &[u8]) {
        self.written += octets.len();
        if lies_in(&place(octets), &self.letter) {
            self.from_letter += octets.len();
        }
    }

    fn told(&mut self, chunk: &[u8]) {
        self.told += chunk.len();
        // A chunk may span reads that stand side by side: look at both its ends.
        let ends = place(chunk);
        let known = |at: usize| self.read.iter().rev().any(|read| read.contains(&at));
        if known(ends.start) && known(ends.end - 1) {
            self.in_place += chunk.len();
        }
    }
}

/// A stream above TLS that looks at the addresses of what passes, and at nothing else.
struct Spy<S>(S, Arc<Mutex<Log>>);

impl<S: Read> Read for Spy<S> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.0.read(buf)?;
        self.1.lock().unwrap().read.push(place(&buf[..n]));
        Ok(n)
    }
}

impl<S: Write> Write for Spy<S> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(buf)])
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        let n = self.0.write_vectored(bufs)?;
        let mut left = n;
        for buf in bufs {
            let part = left.min(buf.len());
            self.1.lock().unwrap().wrote(&buf[..part]);
            left -= part;
        }
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<S: Transport> Transport for Spy<S> {
    fn set_read_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.0.set_read_timeout(timeout)
    }

    fn set_write_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.0.set_write_timeout(timeout)
    }

    fn close(&mut self) -> io::Result<()> {
        self.0.close()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Spy<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        core::task::ready!(Pin::new(&mut this.0).poll_read(cx, buf))?;
        this.1.lock().unwrap().read.push(place(&buf.filled()[before..]));
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Spy<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let n = core::task::ready!(Pin::new(&mut this.0).poll_write(cx, buf))?;
        this.1.lock().unwrap().wrote(&buf[..n]);
        Poll::Ready(Ok(n))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_shutdown(cx)
    }
}

/// An embedder that notes where the chunks lie.
struct Noting<M: Machine>(Box<dyn Embedder<M>>, Arc<Mutex<Log>>);

impl<M: Machine> Embedder<M> for Noting<M> {
    fn on_event(&mut self, machine: &mut M, event: &M::Event) {
        if let Some(chunk) = event.payload() {
            self.1.lock().unwrap().told(chunk);
        }
        self.0.on_event(machine, event);
    }

    fn on_wait(&mut self, machine: &mut M) -> bool {
        self.0.on_wait(machine)
    }
}

/// One end with a spy above its TLS. Returns its log and the peak of the heap of this thread.
fn spied<M: Machine + 'static>(
    how: How,
    socket: std::net::TcpStream,
    end: &Handshake,
    letter: &Bytes,
    made: impl FnOnce() -> Made<M>,
) -> (Ended<M>, Log, u64) {
    let log = Arc::new(Mutex::new(Log { letter: place(letter), ..Log::default() }));
    // Room for the notes themselves, so that they are no part of the peak.
    log.lock().unwrap().read.reserve(1 << 16);
    let mut ended = None;
    let heap = allocation_counter::measure(|| {
        let (machine, embedder) = made();
        let made: Made<M> = (machine, Box::new(Noting(embedder, Arc::clone(&log))));
        ended = Some(if how == How::Blocking {
            let spy = Spy(MaybeTls::plain(socket), Arc::clone(&log));
            let upgrade = |spy: Spy<_>, ahead| {
                let (stream, info) = postrider_net::blocking::secure(end, spy.0, ahead)?;
                Ok((Spy(stream, spy.1), info))
            };
            run_blocking(made, spy, upgrade, letter)
        } else {
            in_tokio(async {
                socket.set_nonblocking(true).unwrap();
                let socket = tokio::net::TcpStream::from_std(socket).unwrap();
                let spy = Spy(postrider_net::tokio::MaybeTls::plain(socket), Arc::clone(&log));
                let upgrade = async |spy: Spy<_>, ahead| {
                    let (stream, info) = postrider_net::tokio::secure(end, spy.0, ahead).await?;
                    Ok((Spy(stream, spy.1), info))
                };
                run_tokio(made, spy, upgrade, letter, false).await
            })
        });
    });
    let log = Arc::into_inner(log).unwrap().into_inner().unwrap();
    (ended.unwrap(), log, heap.bytes_max)
}

/// Lines without dots in front, which are no reason to cut anything.
fn plain_letter() -> Bytes {
    let lines = (0..).flat_map(|line| format!("line {line} of the letter\r\n").into_bytes());
    let mut letter: Vec<u8> = lines.take(8 * 1024 * 1024).collect();
    letter.truncate(letter.iter().rposition(|octet| *octet == b'\n').unwrap() + 1);
    letter.into()
}

/// Inbox, outbox, and 64 KiB for everything else: the engine and the runtime are in it.
const PEAK: u64 = (64 + 64 + 64) * 1024;

fn no_copies<P: Protocol>(letter: &Bytes) {
    for how in BOTH {
        let (near, far) = sockets();
        let whole = letter.clone();
        let serving = std::thread::spawn(move || {
            let made = || P::server(required(), whole.clone());
            let (ended, log, peak) = spied(how, far, &server_end(), &whole, made);
            assert!(ended.outcome.is_ok(), "{:?}", ended.outcome);
            (ended.is_whole(), log, peak)
        });
        let made = || P::client(required(), letter.clone());
        let (client, here, here_peak) = spied(how, near, &client_end(VERSIONS[1]), letter, made);
        assert!(client.outcome.is_ok(), "{:?}", client.outcome);
        let (server_whole, there, there_peak) = serving.join().unwrap();
        assert!(if P::UPLOADS { server_whole } else { client.is_whole() });
        let (sender, receiver) = if P::UPLOADS { (here, there) } else { (there, here) };
        let (sent, got) =
            if P::UPLOADS { (here_peak, there_peak) } else { (there_peak, here_peak) };
        eprintln!(
            "{} {how:?}: {} of {} octets written lay in the letter, {} of {} told lay where they \
             were read; peak of sender {} KiB, of receiver {} KiB, TLS included",
            P::NAME,
            sender.from_letter,
            sender.written,
            receiver.in_place,
            receiver.told,
            sent / 1024,
            got / 1024,
        );
        assert_eq!(receiver.told, letter.len());
        // What is below 256 octets is put together with its neighbours, on purpose: the rest of a
        // piece that did not fit. And a chunk may be what was left in a small read before.
        assert!(sender.from_letter > letter.len() / 100 * 98, "{}", sender.from_letter);
        assert!(receiver.in_place > letter.len() / 100 * 98, "{}", receiver.in_place);
        assert!(sent.max(got) < PEAK, "{sent}, {got}");
    }
}

#[test]
fn the_drivers_hold_no_payload_of_their_own_under_tls() {
    let letter = plain_letter();
    no_copies::<Smtp>(&letter);
    no_copies::<Pop3>(&letter);
    no_copies::<Imap>(&letter);
    no_copies::<Append>(&letter);
}
