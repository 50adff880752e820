//! What the tests must know of a protocol.

use bytes::Bytes;
use postrider::wire::{Machine, Security};
use postrider_testkit::{Embedder, Role};

/// A machine with its embedder.
pub(crate) type Made<M> = (M, Box<dyn Embedder<M>>);

/// What an embedder does that sends a letter: writes what fits, and behind the last octet finishes.
/// Before the letter was asked for, `write` writes nothing.
pub(crate) fn sends<M>(
    letter: Bytes,
    write: fn(&mut M, &mut Bytes) -> usize,
    finish: fn(&mut M) -> bool,
) -> impl FnMut(&mut M) -> bool {
    let mut letter = Some(letter);
    move |machine| match &mut letter {
        Some(rest) if !rest.is_empty() => write(machine, rest) > 0,
        Some(_) => {
            let finished = finish(machine);
            letter = letter.take().filter(|_| !finished);
            finished
        }
        None => false,
    }
}

/// What a fake peer says next.
pub(crate) enum Line {
    /// Something in clear text.
    Say(String),
    /// The go-ahead for the upgrade.
    GoAhead(String),
}

/// One protocol: a session that logs in where that is possible, moves one letter, and ends; and the
/// lines by which a fake peer gets as far as the upgrade.
pub(crate) trait Protocol: 'static {
    type Client: Machine<Event: Send, Error: Send> + 'static;
    type Server: Machine<Event: Send, Error: Send> + 'static;

    const NAME: &'static str;
    /// Whether the client sends the letter.
    const UPLOADS: bool;

    fn client(security: Security, letter: Bytes) -> Made<Self::Client>;
    fn server(security: Security, letter: Bytes) -> Made<Self::Server>;

    /// What an event tells of the letter.
    fn client_role(event: &<Self::Client as Machine>::Event) -> Role;
    fn server_role(event: &<Self::Server as Machine>::Event) -> Role;

    /// Whether the server was asked something that only a client under TLS may ask.
    fn asks_for_more(event: &<Self::Server as Machine>::Event) -> bool;

    /// What a client says, each behind a reply that begins so, before it asks for the upgrade.
    const HELLO: &'static [(&'static str, &'static str)];
    const UPGRADE: &'static str;
    const GO_AHEAD: &'static str;
    /// Commands of an attacker.
    const COMMANDS: &'static str;
    /// The farewell command and how the reply to it begins.
    const QUIT: (&'static str, &'static str);

    const GREETING: &'static str;
    /// What a server that knows STARTTLS answers to a line.
    fn answer(line: &str) -> Line;
    /// Replies of an attacker.
    const REPLIES: &'static str;
}
