//! What an APPEND may take: autologout counts the silence of the client, and nothing else.

use bytes::Buf;
use postrider_imap::server::{Config, Event, Feature, Server};
use postrider_wire::{ClearTextLogin, Inbox, Machine, Policy, Progress, Security, TimerKind};

/// Polls until the server waits, flushed; says yes to everything but the end of the APPEND.
fn settle(server: &mut Server, inbox: &mut Inbox) -> Vec<Event> {
    let mut told = Vec::new();
    loop {
        match server.poll(inbox).unwrap() {
            Progress::Event(event) => {
                if matches!(event, Event::Login { .. } | Event::Append { .. }) {
                    server.accept().unwrap();
                }
                told.push(event);
            }
            Progress::Wait { .. } if server.outbox().has_remaining() => {
                let written = server.outbox().remaining();
                server.outbox().advance(written);
            }
            Progress::Wait { .. } => return told,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn autologout_runs_neither_in_a_later_message_nor_while_the_embedder_stores_them() {
    let config = Config::new(Security::StartTls(Policy::Never))
        .with_clear_text_login(ClearTextLogin::Allow)
        .with_features([Feature::MultiAppend]);
    let mut server = Server::new(config);
    let mut inbox = server.new_inbox();
    settle(&mut server, &mut inbox);
    let idles = |server: &Server| server.timers().iter().any(|one| one.kind == TimerKind::Idle);
    // Every read ends where the server waits for what stands behind a message.
    for (octets, waits_for_the_client) in [
        ("a login mrc x\r\n", true),
        ("b append inbox {3+}\r\n", false),
        ("abc", true),
        (" {4+}\r\n", false),
        ("de", false),
        ("fg", true),
    ] {
        inbox.extend(octets.as_bytes());
        settle(&mut server, &mut inbox);
        assert_eq!(idles(&server), waits_for_the_client, "behind {octets:?}");
    }
    inbox.extend(b"\r\n");
    assert_eq!(settle(&mut server, &mut inbox), [Event::AppendEnd]);
    assert!(server.timers().is_empty(), "{:?}", server.timers());
    server.accept().unwrap();
}
