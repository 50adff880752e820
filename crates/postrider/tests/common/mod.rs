//! The machines and embedders of a `Pair` over loopback sockets, by both drivers.
//!
//! A probe is written once, as two functions that make a machine with its embedder. It then goes
//! through `Pair` in virtual time, and through here over TCP.
#![allow(dead_code, reason = "each test binary uses some of it")]

use std::net::{TcpListener, TcpStream};

use postrider::drive::{DriveError, Next, blocking};
use postrider::wire::{Machine, MachineEvent};
use postrider_testkit::Embedder;

/// A machine with its embedder.
pub(crate) type Made<M> = (M, Box<dyn Embedder<M>>);

/// What one end told, and how it ended.
#[derive(Debug)]
pub(crate) struct Ended<M: Machine> {
    /// Events that are no payload, in order.
    pub(crate) events: Vec<M::Event>,
    /// All payload octets, one payload after the other.
    pub(crate) payload: Vec<u8>,
    pub(crate) outcome: Result<(), DriveError<M::Error>>,
}

impl<M: Machine> Ended<M> {
    fn new() -> Self {
        Self { events: Vec::new(), payload: Vec::new(), outcome: Ok(()) }
    }

    fn record(&mut self, event: M::Event) {
        match event.payload() {
            Some(octets) => self.payload.extend_from_slice(octets),
            None => self.events.push(event),
        }
    }
}

/// Drives one end to its end over a blocking transport.
pub(crate) fn run_blocking<M: Machine>(
    (machine, mut embedder): Made<M>,
    transport: impl blocking::Transport,
) -> Ended<M> {
    let mut ended = Ended::new();
    let mut driver = blocking::Driver::new(machine, transport);
    loop {
        match driver.next() {
            Ok(Next::Event(event)) => {
                embedder.on_event(driver.machine(), &event);
                ended.record(event);
            }
            Ok(Next::App) => _ = embedder.on_wait(driver.machine()),
            Ok(Next::StartTls(_)) => unreachable!("these probes run in the clear"),
            Ok(Next::Closed) => return ended,
            Err(error) => {
                ended.outcome = Err(error);
                return ended;
            }
        }
    }
}

/// Both ends over one loopback connection, each in a thread of its own.
pub(crate) fn over_blocking<C: Machine + 'static, S: Machine + 'static>(
    client: impl FnOnce() -> Made<C>,
    server: impl FnOnce() -> Made<S> + Send + 'static,
) -> (Ended<C>, Ended<S>)
where
    S::Event: Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serving = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream.set_nodelay(true).unwrap();
        run_blocking(server(), stream)
    });
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let client = run_blocking(client(), stream);
    (client, serving.join().unwrap())
}

#[cfg(feature = "tokio")]
pub(crate) use self::with_tokio::{over_tokio, run_tokio};

#[cfg(feature = "tokio")]
mod with_tokio {
    use postrider::drive::Next;
    use postrider::drive::tokio::Driver;
    use postrider::wire::Machine;
    use tokio::io::{AsyncRead, AsyncWrite};
    use tokio::net::{TcpListener, TcpStream};

    use super::{Ended, Made};

    /// Drives one end to its end over a stream of tokio.
    pub(crate) async fn run_tokio<M: Machine>(
        (machine, mut embedder): Made<M>,
        stream: impl AsyncRead + AsyncWrite + Unpin,
    ) -> Ended<M> {
        let mut ended = Ended::new();
        let mut driver = Driver::new(machine, stream);
        loop {
            match driver.next().await {
                Ok(Next::Event(event)) => {
                    embedder.on_event(driver.machine(), &event);
                    ended.record(event);
                }
                Ok(Next::App) => _ = embedder.on_wait(driver.machine()),
                Ok(Next::StartTls(_)) => unreachable!("these probes run in the clear"),
                Ok(Next::Closed) => return ended,
                Err(error) => {
                    ended.outcome = Err(error);
                    return ended;
                }
            }
        }
    }

    /// Both ends over one loopback connection, in one task.
    pub(crate) fn over_tokio<C: Machine, S: Machine>(
        client: impl FnOnce() -> Made<C>,
        server: impl FnOnce() -> Made<S>,
    ) -> (Ended<C>, Ended<S>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let (accepted, connected) =
                tokio::join!(listener.accept(), TcpStream::connect(address));
            let (accepted, connected) = (accepted.unwrap().0, connected.unwrap());
            accepted.set_nodelay(true).unwrap();
            connected.set_nodelay(true).unwrap();
            // Boxed: the futures hold whole machines.
            let client = Box::pin(run_tokio(client(), connected));
            let server = Box::pin(run_tokio(server(), accepted));
            tokio::join!(client, server)
        })
    }
}
