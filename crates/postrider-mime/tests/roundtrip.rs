//! Messages out of their parts: every octet of a mail is of one of its parts or of a delimiter, and what is
//! built out of the parts is read as the same parts.

#[path = "checks/roundtrip.rs"]
mod check;

use postrider_testkit::shared_files_with;
use proptest::prelude::*;

#[test]
fn every_mail_of_the_corpora_is_its_parts_and_can_be_built_of_them() {
    let (mut mails, mut rebuilt, mut kept) = (0, 0, 0);
    for file in shared_files_with("corpora", &["eml", "txt", "msg", "mail"]) {
        let (again, verbatim) = check::built(&std::fs::read(&file).unwrap());
        mails += 1;
        rebuilt += usize::from(again);
        kept += usize::from(verbatim);
    }
    println!("{rebuilt} and {kept} of {mails}");
    assert_eq!((rebuilt, kept), (mails, mails));
}

/// What messages are made of, and what looks like it.
const PIECES: &[&str] = &[
    "Content-Type: multipart/mixed; boundary=b\n",
    "Content-Type: multipart/digest; boundary=c\r\n",
    "Content-Type: message/rfc822\n",
    "Content-Type: text/plain; charset=utf-8\n",
    "Content-Transfer-Encoding: base64\n",
    "Content-Transfer-Encoding: quoted-printable\n",
    "Subject: a\n",
    "\n",
    "\r\n",
    "\n\n",
    "--b\n",
    "--b--\n",
    "\n--c\r\n",
    "--c--",
    "From - \n",
    "\u{feff}",
    "text\n",
    "aGVsbG8=\n",
    "=C3=A9 \n",
    "é",
    "-",
    "\0",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_message_is_its_parts_and_is_built_of_them(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..25),
    ) {
        check::check(pieces.concat().as_bytes());
    }
}
