//! What one session of a hostile user makes an account in memory hold.

use bytes::Buf;
use postrider_imap::MailboxName;
use postrider_imap::server::{Config, Event, Server};
use postrider_mailbox::memory::{Account, NewMessage, Service};
use postrider_wire::{ClearTextLogin, Machine, Policy, Progress, Security};

use crate::rig::now;

/// Polls until the client would have to read; it reads nothing but what `reads` allows.
fn say(server: &mut Server, service: &mut Service, account: &mut Account, said: &str, reads: bool) {
    let mut inbox = server.new_inbox();
    let mut coming = said.as_bytes();
    loop {
        let taken = inbox.extend(coming);
        coming = &coming[taken..];
        match server.poll(&mut inbox).expect("a sound session") {
            Progress::Event(Event::Login { .. }) => server.accept().expect("asked"),
            Progress::Event(event) => {
                service.on_event(server, account, event).expect("asked");
            }
            Progress::Wait { .. } => {
                service.go_on(server, account).expect("a sound session");
                let len = server.outbox().len();
                if !reads || len == 0 && coming.is_empty() {
                    return;
                }
                server.outbox().advance(len);
            }
            _ => return,
        }
    }
}

/// A session of this account whose user has logged in.
fn logged_in(mut account: Account) -> (Server, Service, Account) {
    let mut service = Service::new(&mut account, now());
    let config = Config::new(Security::StartTls(Policy::Never))
        .with_clear_text_login(ClearTextLogin::Allow)
        .with_features(Service::features());
    let mut server = Server::new(config);
    say(&mut server, &mut service, &mut account, "a login mrc secret\r\n", true);
    (server, service, account)
}

/// It did not hold once: all answers for one message are made before the first is told, so each attribute that is put
/// together of pieces is one more copy of the header.
#[test]
fn fetch_holds_no_copy_of_the_header_for_each_attribute() {
    let mut account = Account::new(1);
    let field = format!("X-A: {}\r\n", "a".repeat(900));
    let mail = format!("{}\r\nHello\r\n", field.repeat(1000));
    let size = mail.len() as u64;
    account.deliver(&MailboxName::inbox(), NewMessage::new(mail, now())).expect("room");
    let (mut server, mut service, mut account) = logged_in(account);
    say(&mut server, &mut service, &mut account, "b examine inbox\r\n", true);
    let items: Vec<String> =
        (0..200).map(|n| format!("body.peek[header.fields.not (n{n})]<0.1>")).collect();
    let fetch = format!("c fetch 1 ({})\r\n", items.join(" "));
    let held = allocation_counter::measure(|| {
        say(&mut server, &mut service, &mut account, &fetch, false);
    });
    assert!(held.bytes_max < 8 * size, "{} octets of a message of {size}", held.bytes_max);
}

/// It did not hold once: whoever has a quota may lift it.
#[test]
fn a_user_does_not_set_the_quota_of_its_own() {
    let (mut server, mut service, mut account) = logged_in(Account::new(1));
    let before = format!("{:?}", account.quota());
    let lift = "b setquota \"\" (storage 4000000000)\r\n";
    say(&mut server, &mut service, &mut account, lift, true);
    assert_eq!(format!("{:?}", account.quota()), before);
}

/// It did not hold once: subscriptions stay when a mailbox goes, and no quota counts them.
#[test]
fn subscriptions_to_what_is_gone_are_bounded() {
    let (mut server, mut service, mut account) = logged_in(Account::new(1));
    let name = "x".repeat(200_000);
    let held = allocation_counter::measure(|| {
        for n in 0..100 {
            for command in ["create", "subscribe", "delete"] {
                let said = format!("b {command} {n}{name}\r\n");
                say(&mut server, &mut service, &mut account, &said, true);
            }
        }
    });
    assert!(held.bytes_current < 4 << 20, "{} octets stay", held.bytes_current);
}
