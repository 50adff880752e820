//! The seeds of the fuzz target, and with them every input that once was a finding, hold what the target
//! checks.

use postrider_testkit::replay_seeds;
use proptest::prelude::*;

#[path = "checks/roundtrip.rs"]
mod roundtrip;

#[test]
fn the_seeds_of_smtp_roundtrip_hold() {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), "smtp_roundtrip", roundtrip::check);
}

proptest! {
    #[test]
    fn random_octets_and_lines_hold_too(
        octets in prop::collection::vec(any::<u8>(), 0..80),
        mail in "(MAIL FROM|mail from|RCPT TO):[ ]?<(@[a-z.]{1,4}:|)[a-z.\"\\\\ +é]{0,8}@[a-z.-]{0,8}>( [A-Z-]{1,5}(=[!-~é]{0,9}|)){0,3}",
        known in "MAIL FROM:<>( SIZE=[0-9]{0,21}| BODY=(7BIT|8bitmime|BINARYMIME)| RET=(FULL|HDRS)| ENVID=[!-~]{1,8}| AUTH=(<>|[!-~]{1,8})| SMTPUTF8| REQUIRETLS){0,5}",
        rcpt in "RCPT TO:<a@b>( NOTIFY=(NEVER|SUCCESS|FAILURE,DELAY)| ORCPT=(rfc822|utf-8|X);[!-~é]{0,9}){0,3}",
        other in "(EHLO|LHLO|AUTH|BDAT|VRFY|EXPN|HELP|NOOP|XCLIENT|XFORWARD|ETRN|X-[A-Z]{1,3}) ?([A-Za-z]{1,6}[= ])?[ -~é]{0,12}",
        reply in "[245][0-9]{2}\n[245]\\.[0-9]{1,3}\\.[0-9]{1,3}(\n[ -~\t]{0,20}){1,3}",
        proxy in "PROXY (TCP4|TCP6|UNKNOWN) ?([0-9.]{7,9}|[0-9a-f:]{2,9}) ([0-9.]{7,9}|[0-9a-f:]{2,9}) [0-9]{1,5} [0-9]{1,5}\r\n",
    ) {
        roundtrip::check(&octets);
        for text in [mail, known, rcpt, other, reply, proxy] {
            roundtrip::check(text.as_bytes());
        }
    }
}
