//! Bounces: no input panics; a bounce has recipients; a name that is told stands in the mail as one
//! run of octets, unless a report encodes it; what is kept is bounded.

use std::borrow::Cow;

use postrider_mime::{
    Message, Part,
    bounce::{Action, Bounce, Ground, Recipient, Source},
    html_to_text,
};

/// Checks octets as a message, and as the text of one from a mail system.
pub(crate) fn check(data: &[u8]) {
    message(data);
    message(&[b"From: MAILER-DAEMON@a\nSubject: Undeliverable\n\n", data].concat());
    message(&[b"Content-Type: message/delivery-status\n\n", data].concat());
}

fn message(data: &[u8]) {
    let message = Message::parse(data).unwrap();
    let Some(bounce) = Bounce::of(&message) else { return };
    assert!(!bounce.recipients().is_empty());
    for one in bounce.recipients() {
        recipient(one, bounce.source());
        if bounce.source() != Source::DeliveryStatus {
            let names = [one.original(), one.last()].into_iter().flatten();
            names.for_each(|name| assert!(stands_in(name, &message), "{name:?}"));
        }
    }
}

fn recipient(one: &Recipient, source: Source) {
    assert!(one.diagnosis().len() <= 1024);
    assert!(matches!(one.action(), Action::Failed | Action::Delayed));
    assert!(source == Source::DeliveryStatus || one.ground() != Ground::Field);
    assert!(source == Source::DeliveryStatus || matches!(one.status().class(), 4 | 5));
    if let Some(address) = one.address() {
        assert!([one.original(), one.last()].contains(&Some(address)));
        assert!(address.contains('@') && !address.contains(['\n', '\r', '<', '>']), "{address:?}");
    }
}

fn stands_in(name: &str, message: &Message<&[u8]>) -> bool {
    let is_in =
        |text: Cow<'_, str>| text.contains(name) || html_to_text(&text, usize::MAX).contains(name);
    let texts = |part: Part<'_>| part.text().is_some_and(|text| is_in(text.value));
    message.parts().any(texts) || String::from_utf8_lossy(message.as_bytes()).contains(name)
}
