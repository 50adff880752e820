//! What a session costs while nobody says anything.

mod common;

use allocation_counter::measure;
use common::{client_config, server_config};
use postrider_pop3::client::{self, Client};
use postrider_pop3::server::{self, Server};
use postrider_pop3::{Maildrop, UniqueId};
use postrider_wire::{Buf, Inbox, Machine, Progress, Secret};

/// What an idle session may cost: the values and all that they hold.
const MOST: usize = 1024;

fn flush(machine: &mut impl Machine) {
    while machine.outbox().has_remaining() {
        let n = machine.outbox().chunk().len();
        machine.outbox().advance(n);
    }
}

/// Makes a session and brings it to rest; tells its size with its live heap.
fn idle<M: Machine>(name: &str, make: impl FnOnce() -> (M, Inbox)) -> usize {
    let mut kept = None;
    let heap = measure(|| kept = Some(make()));
    let live = usize::try_from(heap.bytes_current).unwrap();
    let values = size_of::<M>() + size_of::<Inbox>();
    eprintln!(
        "{name}: {} octets: machine {}, inbox {}, heap {live}",
        values + live,
        size_of::<M>(),
        size_of::<Inbox>(),
    );
    drop(kept);
    values + live
}

fn server_at_rest(lines: &str, maildrop: impl Fn() -> Maildrop) -> (Server, Inbox) {
    let mut server = Server::new(server_config());
    let mut rx = server.new_inbox();
    rx.extend(lines.as_bytes());
    loop {
        match server.poll(&mut rx).unwrap() {
            Progress::Event(server::Event::Login { .. }) => {
                server.accept_login(maildrop()).unwrap();
            }
            Progress::Event(server::Event::Retrieve { .. }) => {
                server.accept().unwrap();
                let mut text = vec![b'x'; 100_000].into();
                while server.write_payload(&mut text).unwrap() > 0 {
                    flush(&mut server);
                }
                server.finish_payload().unwrap();
            }
            Progress::Wait { input: true, app: false } if !server.outbox().has_remaining() => {
                return (server, rx);
            }
            Progress::Wait { .. } => flush(&mut server),
            other => panic!("{other:?}"),
        }
    }
}

fn big() -> Maildrop {
    let mut maildrop = Maildrop::new();
    maildrop.push(100_002, UniqueId::new("whqtswO00WBw418f9t5JxYwZ").unwrap());
    maildrop
}

#[test]
fn an_idle_server_costs_less_than_a_kibibyte() {
    const LOGIN: &str = "USER mrose\r\nPASS tanstaaf\r\n";
    assert!(idle("greeted server", || server_at_rest("", big)) <= MOST);
    assert!(idle("logged in server", || server_at_rest(LOGIN, Maildrop::new)) <= MOST);
    let busy = format!("{LOGIN}CAPA\r\nRETR 1\r\nUIDL\r\nTOP 1 1\r\n");
    assert!(idle("server behind a message", || server_at_rest(&busy, big)) <= MOST);
}

/// The maildrop is the embedder's, and comes on top.
#[test]
fn a_message_in_an_open_maildrop_costs_its_unique_id_and_32_octets() {
    let uid = "whqtswO00WBw418f9t5JxYwZ";
    let heap = measure(|| {
        let mut maildrop = Maildrop::with_capacity(1000);
        for _ in 0..1000 {
            maildrop.push(1 << 40, UniqueId::new(uid).unwrap());
        }
        core::mem::forget(maildrop);
    });
    assert_eq!(heap.bytes_current, 1000 * (32 + uid.len() as i64));
}

fn client_at_rest(burst: usize) -> (Client, Inbox) {
    let mut client = Client::new(client_config());
    let mut rx = client.new_inbox();
    let mut replies = vec![
        "+OK\r\nPIPELINING\r\nTOP\r\nUIDL\r\n.\r\n".to_owned(),
        "+OK\r\n".into(),
        "+OK\r\n".into(),
    ];
    let mail = "0123456789abcde\r\n".repeat(1000);
    replies.push(format!("+OK\r\n{mail}.\r\n").repeat(burst));
    let mut replies = replies.concat().into_bytes();
    rx.extend(b"+OK\r\n");
    let mut in_flight = false;
    loop {
        match client.poll(&mut rx).unwrap() {
            Progress::Event(client::Event::Ready { .. }) => client.capa().unwrap(),
            Progress::Event(client::Event::Capabilities(_)) => {
                client.login("mrose", Secret::new("tanstaaf".into())).unwrap();
            }
            Progress::Event(_) => {}
            Progress::Wait { app: true, .. } if !in_flight && burst > 0 => {
                in_flight = true;
                for n in 0..burst {
                    client.retr(u32::try_from(n).unwrap()).unwrap();
                }
            }
            Progress::Wait { .. } if replies.is_empty() => {
                flush(&mut client);
                return (client, rx);
            }
            Progress::Wait { .. } => {
                flush(&mut client);
                let next = replies.iter().position(|&octet| octet == b'\n').unwrap() + 1;
                let n = rx.extend(&replies[..next]);
                replies.drain(..n);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_idle_client_costs_less_than_a_kibibyte() {
    assert!(idle("logged in client", || client_at_rest(0)) <= MOST);
    assert!(idle("client behind a burst of messages", || client_at_rest(40)) <= MOST);
}
