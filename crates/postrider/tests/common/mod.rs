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
#[allow(unused_imports, reason = "each test binary uses some of it")]
pub(crate) use self::with_tokio::{over_tokio, over_tokio_cancelled, run_tokio};

#[cfg(feature = "tokio")]
mod with_tokio {
    use core::future::poll_fn;
    use core::task::Poll;

    use postrider::drive::Next;
    use postrider::drive::tokio::Driver;
    use postrider::wire::Machine;
    use tokio::io::{AsyncRead, AsyncWrite};
    use tokio::net::{TcpListener, TcpStream};

    use super::{Ended, Made};

    /// When the future of a wait is dropped, to be asked for anew.
    #[derive(Clone, Debug)]
    pub(crate) enum Patience {
        /// Never.
        Endless,
        /// Behind a few polls, as many as this generator says (none included).
        Short(u64),
    }

    impl Patience {
        /// The answer of `wait`, unless patience ends before.
        async fn with<T>(&mut self, wait: impl Future<Output = T>) -> Option<T> {
            let Self::Short(state) = self else { return Some(wait.await) };
            // Knuth's MMIX generator: its upper bits will do.
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let mut left = (*state >> 33) % 4;
            let mut wait = core::pin::pin!(wait);
            poll_fn(|cx| {
                if left == 0 {
                    // The waker of a dropped future says nothing: this one must.
                    cx.waker().wake_by_ref();
                    return Poll::Ready(None);
                }
                left -= 1;
                match wait.as_mut().poll(cx) {
                    Poll::Ready(answer) => Poll::Ready(Some(answer)),
                    Poll::Pending => {
                        cx.waker().wake_by_ref();
                        Poll::Pending
                    }
                }
            })
            .await
        }
    }

    /// Drives one end to its end over a stream of tokio.
    pub(crate) async fn run_tokio<M: Machine>(
        made: Made<M>,
        stream: impl AsyncRead + AsyncWrite + Unpin,
    ) -> Ended<M> {
        run(made, stream, Patience::Endless).await
    }

    async fn run<M: Machine>(
        (machine, mut embedder): Made<M>,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        mut patience: Patience,
    ) -> Ended<M> {
        let mut ended = Ended::new();
        let mut driver = Driver::new(machine, stream);
        loop {
            let Some(next) = patience.with(driver.next()).await else {
                tokio::task::yield_now().await;
                continue;
            };
            match next {
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

    /// Both ends over a pipe of `capacity` octets, in one task; every wait of both is cancelled behind
    /// a few polls and begun again.
    pub(crate) fn over_tokio_cancelled<C: Machine, S: Machine>(
        client: impl FnOnce() -> Made<C>,
        server: impl FnOnce() -> Made<S>,
        capacity: usize,
        seed: u64,
    ) -> (Ended<C>, Ended<S>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (near, far) = tokio::io::duplex(capacity);
            let client = Box::pin(run(client(), near, Patience::Short(seed)));
            let server = Box::pin(run(server(), far, Patience::Short(!seed)));
            tokio::join!(client, server)
        })
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
