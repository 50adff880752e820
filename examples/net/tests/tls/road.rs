//! Drives a machine with its embedder to its end, by either driver, through an upgrade.

use core::pin::pin;
use core::task::Poll;
use std::future::poll_fn;
use std::io;
use std::net::{TcpListener, TcpStream};

use bytes::Bytes;
use postrider::drive::blocking::Transport;
use postrider::drive::{DriveError, Next, blocking, tokio as with_tokio};
use postrider::wire::{Machine, MachineEvent, Policy, Security, TlsInfo};
use postrider_net::Handshake;
use postrider_net::blocking::MaybeTls;
use postrider_net::tokio::MaybeTls as AsyncMaybeTls;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::cut::{AsyncCut, Cut, Cuts};
use crate::protocol::Made;

/// Which driver.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    Blocking,
    Tokio,
    /// As `Tokio`, but every future of `next` is dropped after a few polls and made anew.
    Hasty,
}

pub(crate) const BOTH: [How; 2] = [How::Blocking, How::Tokio];

/// What one end told, and how it ended.
#[derive(Debug)]
pub(crate) struct Ended<M: Machine> {
    /// Events that are no payload, in order.
    pub(crate) events: Vec<M::Event>,
    /// How many octets of payload came, and whether they are those of the letter, by position.
    pub(crate) payload: usize,
    pub(crate) same: bool,
    /// What was known of each layer that an upgrade set up.
    pub(crate) tls: Vec<TlsInfo>,
    pub(crate) outcome: Result<(), DriveError<M::Error>>,
    letter: Bytes,
}

impl<M: Machine> Ended<M> {
    pub(crate) fn new(letter: Bytes) -> Self {
        let (events, tls) = (Vec::new(), Vec::new());
        Self { events, payload: 0, same: true, tls, outcome: Ok(()), letter }
    }

    pub(crate) fn record(&mut self, event: M::Event) {
        let Some(octets) = event.payload() else { return self.events.push(event) };
        let place = self.payload..self.payload + octets.len();
        self.same &= self.letter.get(place.clone()) == Some(octets);
        self.payload = place.end;
    }

    /// The whole letter came, unchanged.
    pub(crate) fn is_whole(&self) -> bool {
        self.same && self.payload == self.letter.len()
    }

    /// The I/O error of the handshake that ended it.
    pub(crate) fn handshake_error(&self) -> &io::Error {
        match &self.outcome {
            Err(DriveError::Handshake(error)) => error,
            other => panic!("no failed handshake, but {other:?}"),
        }
    }
}

/// TLS or nothing.
pub(crate) fn required() -> Security {
    Security::StartTls(Policy::Required)
}

/// Two connected sockets.
pub(crate) fn sockets() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let far = listener.accept().unwrap().0;
    near.set_nodelay(true).unwrap();
    far.set_nodelay(true).unwrap();
    (near, far)
}

/// Drives one end over a socket, cut below TLS.
pub(crate) fn run<M: Machine>(
    how: How,
    cuts: Cuts,
    socket: TcpStream,
    handshake: &Handshake,
    letter: &Bytes,
    made: impl FnOnce() -> Made<M>,
) -> Ended<M> {
    if how == How::Blocking {
        let transport = MaybeTls::plain(Cut::new(socket, cuts));
        let upgrade = |plain, ahead| postrider_net::blocking::secure(handshake, plain, ahead);
        return run_blocking(made(), transport, upgrade, letter);
    }
    in_tokio(async {
        socket.set_nonblocking(true).unwrap();
        let socket = tokio::net::TcpStream::from_std(socket).unwrap();
        let stream = AsyncMaybeTls::plain(AsyncCut::new(socket, cuts));
        let upgrade =
            async |plain, ahead| postrider_net::tokio::secure(handshake, plain, ahead).await;
        run_tokio(made(), stream, upgrade, letter, how == How::Hasty).await
    })
}

/// Runs a future in a runtime of its own, on this thread.
pub(crate) fn in_tokio<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // Boxed: futures of the tests hold whole machines.
    runtime.block_on(Box::pin(future))
}

pub(crate) fn run_blocking<M: Machine, T: Transport>(
    (machine, mut embedder): Made<M>,
    transport: T,
    mut upgrade: impl FnMut(T, Bytes) -> io::Result<(T, TlsInfo)>,
    letter: &Bytes,
) -> Ended<M> {
    let mut ended = Ended::new(letter.clone());
    let mut driver = blocking::Driver::new(machine, transport);
    loop {
        match driver.next() {
            Ok(Next::Event(event)) => {
                embedder.on_event(driver.machine(), &event);
                ended.record(event);
            }
            Ok(Next::App) => _ = embedder.on_wait(driver.machine()),
            Ok(Next::StartTls(token)) => {
                let tls = &mut ended.tls;
                let upgraded = driver.upgrade(token, |plain, ahead| {
                    let (secure, info) = upgrade(plain, ahead)?;
                    tls.push(info.clone());
                    Ok((secure, info))
                });
                match upgraded {
                    Ok(upgraded) => driver = upgraded,
                    Err(error) => {
                        ended.outcome = Err(error);
                        return ended;
                    }
                }
            }
            Ok(Next::Closed) => return ended,
            Err(error) => {
                ended.outcome = Err(error);
                return ended;
            }
        }
    }
}

pub(crate) async fn run_tokio<M: Machine, S: AsyncRead + AsyncWrite + Unpin>(
    (machine, mut embedder): Made<M>,
    stream: S,
    mut upgrade: impl AsyncFnMut(S, Bytes) -> io::Result<(S, TlsInfo)>,
    letter: &Bytes,
    hasty: bool,
) -> Ended<M> {
    let mut ended = Ended::new(letter.clone());
    let mut driver = with_tokio::Driver::new(machine, stream);
    let mut turn = 0;
    loop {
        turn += 1;
        let next = if hasty {
            match at_most(turn % 3, driver.next()).await {
                Some(next) => next,
                None => {
                    tokio::task::yield_now().await;
                    continue;
                }
            }
        } else {
            driver.next().await
        };
        match next {
            Ok(Next::Event(event)) => {
                embedder.on_event(driver.machine(), &event);
                ended.record(event);
            }
            Ok(Next::App) => _ = embedder.on_wait(driver.machine()),
            Ok(Next::StartTls(token)) => {
                let tls = &mut ended.tls;
                let upgraded = driver
                    .upgrade(token, async |plain, ahead| {
                        let (secure, info) = upgrade(plain, ahead).await?;
                        tls.push(info.clone());
                        Ok((secure, info))
                    })
                    .await;
                match upgraded {
                    Ok(upgraded) => driver = upgraded,
                    Err(error) => {
                        ended.outcome = Err(error);
                        return ended;
                    }
                }
            }
            Ok(Next::Closed) => return ended,
            Err(error) => {
                ended.outcome = Err(error);
                return ended;
            }
        }
    }
}

/// Polls a future once and up to `more` times again, then drops it.
async fn at_most<F: Future>(more: usize, future: F) -> Option<F::Output> {
    let (mut future, mut left) = (pin!(future), more);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}
