//! An IMAP server against any client.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use postrider::imap::server::{Compression, Config, Event, Feature, Features, SelectData, Server};
use postrider::imap::{
    BodySection, Command, FetchItem, Flag, MessageNumber, Response, Section, Status,
};
use postrider::sasl::server::Credential;
use postrider::wire::{ClearTextLogin, Machine, Policy, Security};

fn features(knobs: u8) -> Features {
    use Feature::{
        Catenate, Idle, Imap4Rev2, InProgress, MultiAppend, Notify, Qresync, Replace, UidOnly,
    };
    match knobs & 0x20 {
        0 => [Idle, MultiAppend].into(),
        _ => {
            [Catenate, Imap4Rev2, InProgress, MultiAppend, Notify, Qresync, Replace, UidOnly].into()
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((&knobs, octets)) = data.split_first() else { return };
    let policy = [Policy::Never, Policy::Opportunistic, Policy::Required][usize::from(knobs % 3)];
    let auth = postrider::sasl::server::Config::new([1; 32]).with_clear_text(ClearTextLogin::Allow);
    let config = Config::new(Security::StartTls(policy))
        .with_clear_text_login(ClearTextLogin::Allow)
        .with_auth(auth)
        .with_compression(Compression::Offer)
        .with_features(features(knobs));
    let one = MessageNumber::new(1).expect("not 0");
    let section = BodySection::Section(Section::all());
    postrider_fuzz::feed(Server::new(config), octets, |server, event| {
        let _ = match event {
            Some(Event::Command(Command::Select { .. } | Command::Examine { .. })) => {
                server.accept_select(&SelectData::new(1))
            }
            Some(Event::Command(Command::Fetch { .. })) => server
                .fetch_items(
                    one,
                    &[FetchItem::Flags([Flag::Seen].into()), FetchItem::Rfc822Size(5)],
                )
                .and_then(|()| server.body_begin(one, &section, None, 5))
                .and_then(|()| server.write_payload(&mut Bytes::from_static(b"hello")))
                .and_then(|_| server.finish_payload())
                .and_then(|()| server.accept()),
            Some(Event::AppendBegin { .. }) if knobs & 0x40 != 0 => {
                server.discard(&Status::no("no"))
            }
            Some(Event::Credential(_)) => server.credential(Credential::Verified),
            Some(_) => server.accept().or_else(|_| server.update(&Response::Exists(2))),
            None => {
                server.decline();
                server.shutdown();
                Ok(())
            }
        };
    });
});
