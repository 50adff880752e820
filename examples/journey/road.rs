//! The road between two machines: octets carried in memory, or over a loopback socket.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use bytes::Buf;
use postrider::drive::{Next, blocking::Driver};
use postrider::wire::{Inbox, Machine, Progress};

/// What stands behind a machine and acts on what it tells.
pub(crate) trait Actor<M: Machine> {
    /// Something happened.
    fn event(&mut self, machine: &mut M, event: M::Event) -> Result<(), String>;
    /// The machine waits for a command, a verdict or payload. Returns whether anything was done.
    fn act(&mut self, machine: &mut M) -> Result<bool, String>;
}

/// How the octets travel.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Road {
    /// Copied from outbox to inbox.
    Memory,
    /// Through the blocking driver and a TCP connection on 127.0.0.1.
    Tcp,
}

impl Road {
    /// Runs a conversation to its end on both sides.
    pub(crate) fn run<C, S>(
        self,
        client: (C, &mut dyn Actor<C>),
        server: (S, &mut (dyn Actor<S> + Send)),
    ) -> Result<(), String>
    where
        C: Machine + 'static,
        S: Machine + 'static,
    {
        match self {
            Self::Memory => in_memory(client, server),
            Self::Tcp => over_tcp(client, server),
        }
    }
}

/// One end of a conversation in memory.
struct End<'a, M: Machine, A: ?Sized> {
    machine: M,
    inbox: Inbox,
    actor: &'a mut A,
    closed: bool,
}

impl<M: Machine, A: Actor<M> + ?Sized> End<'_, M, A> {
    /// Polls until the machine waits for octets. Returns whether anything happened.
    fn step(&mut self) -> Result<bool, String> {
        let mut moved = false;
        while !self.closed {
            match self.machine.poll(&mut self.inbox).map_err(|error| error.to_string())? {
                Progress::Event(event) => self.actor.event(&mut self.machine, event)?,
                Progress::Wait { app: true, .. } if self.actor.act(&mut self.machine)? => {}
                Progress::Wait { .. } => return Ok(moved),
                Progress::Closed => self.closed = true,
                Progress::StartTls(_) => return Err("TLS was not asked for".into()),
            }
            moved = true;
        }
        Ok(moved)
    }

    /// Carries what this end says to the other, as much as fits there.
    fn carry<N: Machine, B: ?Sized>(&mut self, other: &mut End<'_, N, B>) -> bool {
        let out = self.machine.outbox();
        let before = out.remaining();
        while out.has_remaining() {
            let n = other.inbox.extend(out.chunk());
            if n == 0 && !other.closed {
                break;
            }
            out.advance(if other.closed { out.remaining() } else { n });
        }
        let moved = out.remaining() < before;
        let ended = self.closed && !out.has_remaining() && !other.inbox.is_eof();
        if ended {
            other.inbox.set_eof();
        }
        moved || ended
    }
}

fn in_memory<C: Machine, S: Machine>(
    (client, alice): (C, &mut dyn Actor<C>),
    (server, bob): (S, &mut (dyn Actor<S> + Send)),
) -> Result<(), String> {
    let inbox = client.new_inbox();
    let mut client = End { machine: client, inbox, actor: alice, closed: false };
    let inbox = server.new_inbox();
    let mut server = End { machine: server, inbox, actor: bob, closed: false };
    while !(client.closed && server.closed) {
        let mut moved = client.step()?;
        moved |= client.carry(&mut server);
        moved |= server.step()?;
        moved |= server.carry(&mut client);
        if !moved {
            return Err("both ends wait for each other".into());
        }
    }
    Ok(())
}

fn over_tcp<C: Machine + 'static, S: Machine + 'static>(
    (client, alice): (C, &mut dyn Actor<C>),
    (server, bob): (S, &mut (dyn Actor<S> + Send)),
) -> Result<(), String> {
    let clear = |error: std::io::Error| format!("loopback: {error}");
    let listener = TcpListener::bind("127.0.0.1:0").map_err(clear)?;
    let address = listener.local_addr().map_err(clear)?;
    std::thread::scope(|scope| {
        let serving = scope.spawn(move || {
            let (stream, _) = listener.accept().map_err(clear)?;
            converse(Driver::new(server, stream), bob)
        });
        let stream = TcpStream::connect(address).map_err(clear)?;
        stream.set_nodelay(true).map_err(clear)?;
        let told = converse(Driver::new(client, stream), alice);
        let served = serving.join().map_err(|_| "the server's thread panicked".to_owned())?;
        told.and(served)
    })
}

/// The whole loop of an embedder with the blocking driver.
fn converse<M: Machine, A: Actor<M> + ?Sized>(
    mut driver: Driver<M, TcpStream>,
    actor: &mut A,
) -> Result<(), String> {
    let mut patience = Duration::ZERO;
    loop {
        match driver.next_timeout(patience).map_err(|error| error.to_string())? {
            Next::Event(event) => actor.event(driver.machine(), event)?,
            // Nothing to say: listen to the peer.
            Next::App => {
                let acted = actor.act(driver.machine())?;
                patience = if acted { Duration::ZERO } else { Duration::from_secs(1) };
                continue;
            }
            Next::StartTls(_) => return Err("TLS was not asked for".into()),
            Next::Closed => return Ok(()),
        }
        patience = Duration::ZERO;
    }
}
