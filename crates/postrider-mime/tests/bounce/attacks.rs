//! Hostile notices: nothing fails, and what is told stands in the mail.

use proptest::prelude::*;

use crate::check::check;

/// Pieces of notices.
const PIECES: &[&str] = &[
    "From: MAILER-DAEMON@example.org\n",
    "X-Failed-Recipients: a@b.example, c\n",
    "Content-Type: message/delivery-status\n",
    "Content-Type: multipart/report; boundary=b\n",
    "Content-Type: text/html; charset=utf-8\n",
    "\n",
    "\n--b\n",
    "Final-Recipient: rfc822; ",
    "Action: failed\n",
    "Status: 5.1.1\n",
    "could not be delivered to",
    "not yet been delivered",
    "your message to ",
    "(expanded from: ",
    " - no such user here",
    "able to deliver the following message\nTo: ",
    "--- Below this line is a copy of the message.\n",
    "<",
    ">:\n",
    "\"",
    "@",
    "[",
    "]",
    ":\n  ",
    "joe",
    "joe@example.net",
    "\u{e9}",
    "\u{3000}",
    "550 ",
    "5.1.1",
    "quota",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_notice_is_read_and_what_is_told_stands_in_it(text in pieces(), begins in any::<bool>()) {
        let mail = if begins { format!("{}{text}", PIECES[0]) } else { text };
        check(mail.as_bytes());
    }

    #[test]
    fn any_octets_are_read(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&[b"From: MAILER-DAEMON@a\n\nunable to deliver\n\n", &octets[..]].concat());
    }
}
