//! The seeds of the fuzz target of the server hold what the target checks.

use postrider_testkit::replay_seeds;
use proptest::prelude::*;

#[path = "checks/server_bytes.rs"]
mod server_bytes;

#[test]
fn the_seeds_of_smtp_server_bytes_hold() {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), "smtp_server_bytes", server_bytes::check);
}

/// Words of a session, in any order.
const WORDS: &[&str] = &[
    "EHLO b\r\n",
    "LHLO b\r\n",
    "HELO b\r\n",
    "MAIL FROM:<>\r\n",
    "MAIL FROM:<a@b> BODY=BINARYMIME SMTPUTF8\r\n",
    "RCPT TO:<a@b>\r\n",
    "RCPT TO:<b@b> NOTIFY=NEVER\r\n",
    "DATA\r\n",
    "Hi\r\n",
    ".\r\n",
    "BDAT 2\r\nHi",
    "BDAT 0 LAST\r\n",
    "BDAT 3 LAST\r\na\nb",
    "RSET\r\n",
    "NOOP\r\n",
    "STARTTLS\r\n",
    "AUTH PLAIN AHRpbQBzZWNyZXQ=\r\n",
    "AUTH PLAIN AHRpbQB4\r\n",
    "AUTH LOGIN\r\n",
    "AUTH CRAM-MD5\r\n",
    "AUTH SCRAM-SHA-256 biwsbj10aW0scj1hYmM=\r\n",
    "dGlt\r\n",
    "c2VjcmV0\r\n",
    "*\r\n",
    "VRFY a\r\n",
    "EXPN a\r\n",
    "HELP\r\n",
    "ETRN a\r\n",
    "XCLIENT ADDR=10.0.0.1\r\n",
    "XCLIENT LOGIN=tim\r\n",
    "XFORWARD NAME=a\r\n",
    "QUIT\r\n",
    "\n",
    "x",
];

proptest! {
    #[test]
    fn random_octets_hold_too(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        server_bytes::check(&octets);
    }

    #[test]
    fn sessions_at_random_hold_too(
        knobs: u8, more: u8, words in prop::collection::vec(0..WORDS.len(), 0..40),
    ) {
        let said: String = words.into_iter().map(|word| WORDS[word]).collect();
        server_bytes::check(&[&[knobs, more], said.as_bytes()].concat());
    }

    #[test]
    fn sessions_that_begin_well_hold_too(
        more: u8, words in prop::collection::vec(0..WORDS.len(), 0..30),
    ) {
        let hello = if more & 1 == 0 { "EHLO b\r\n" } else { "LHLO b\r\n" };
        let login = if more & 2 == 0 { "" } else { "AUTH PLAIN AHRpbQBzZWNyZXQ=\r\n" };
        let said: String = words.into_iter().map(|word| WORDS[word]).collect();
        let start = format!("{hello}{login}MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\n");
        server_bytes::check(&[&[0, more], start.as_bytes(), said.as_bytes()].concat());
    }
}
