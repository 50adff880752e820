//! The push parser beside the tree.

use std::fs;

use postrider_mime::{
    Limits,
    stream::{Decode, Event, Parser},
};
use proptest::prelude::*;

#[path = "checks/tree_vs_stream.rs"]
mod tree_vs_stream;

use tree_vs_stream::{check, check_with};

/// What mails are made of, and what is nearly that.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let eol = prop_oneof![8 => Just("\n"), 8 => Just("\r\n"), 1 => Just("\r"), 1 => Just("")];
    let boundary =
        prop_oneof![Just("a"), Just("ab"), Just("a--"), Just("b"), Just("a b"), Just("")];
    let ty = prop_oneof![
        Just("multipart/mixed; boundary="),
        Just("multipart/digest; boundary="),
        Just("Multipart/X;\n boundary*="),
        Just("message/rfc822; x="),
        Just("message/global;boundary="),
        Just("text/plain; charset="),
        Just("text/html (comment) ; boundary="),
        Just("multipart/ mixed; boundary="),
        Just(""),
    ];
    let name =
        prop_oneof![Just("Content-Type: "), Just("content-type : "), Just("Content-Type:\n ")];
    let quote = prop_oneof![Just(""), Just("\"")];
    let head = (name, ty, quote.clone(), boundary.clone(), quote, eol.clone(), 0..3_usize)
        .prop_map(|(name, ty, left, boundary, right, eol, blank)| {
            format!("{name}{ty}{left}{boundary}{right}{eol}{}", eol.repeat(blank))
        });
    let delimiter = (eol.clone(), boundary, "(--)?[ \t]{0,2}", eol.clone())
        .prop_map(|(before, boundary, after, eol)| format!("{before}--{boundary}{after}{eol}"));
    let encoding = prop_oneof![
        Just("7bit"),
        Just("base64"),
        Just("quoted-printable"),
        Just("x-uuencode"),
        Just("\n\t8BIT (c)")
    ];
    let encoding = (encoding, eol.clone())
        .prop_map(|(encoding, eol)| format!("Content-Transfer-Encoding: {encoding}{eol}"));
    let odd = prop_oneof![
        Just("\u{feff}"),
        Just("From me today\n"),
        Just(">From  \t"),
        Just("From :"),
        Just(": x\n"),
        Just(" y\n"),
        Just("\n\n"),
        Just("\r\n\r\n"),
        Just("-"),
        Just("--"),
        Just("\r"),
        Just("\0"),
        Just("aGVsbG8="),
        Just("=E2=82=AC=\r\n"),
        Just("\u{20ac}"),
    ];
    let long = (0..1100_usize, prop_oneof![Just("x"), Just(" "), Just("-")])
        .prop_map(|(length, what)| what.repeat(length));
    prop_oneof![
        6 => head.prop_map(String::into_bytes),
        8 => delimiter.prop_map(String::into_bytes),
        3 => encoding.prop_map(String::into_bytes),
        3 => eol.prop_map(|eol| eol.as_bytes().to_vec()),
        3 => odd.prop_map(|odd| odd.as_bytes().to_vec()),
        1 => long.prop_map(String::into_bytes),
        2 => "[A-Za-z]{1,9}: [ -~]{0,20}\r?\n".prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
    ]
}

fn mail() -> impl Strategy<Value = Vec<u8>> {
    let mutation = proptest::option::weighted(0.3, (any::<prop::sample::Index>(), any::<u8>()));
    (proptest::collection::vec(piece(), 0..24), mutation).prop_map(|(pieces, mutation)| {
        let mut mail = pieces.concat();
        if let Some((index, octet)) = mutation
            && !mail.is_empty()
        {
            let at = index.index(mail.len());
            mail[at] = octet;
        }
        mail
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn tree_and_stream_tell_the_same_however_the_mail_is_cut(
        most in any::<u8>(),
        seed in any::<u8>(),
        mail in mail(),
    ) {
        check(&[&[most, seed], &*mail].concat());
    }

    #[test]
    fn of_anything_at_all_they_tell_the_same(data in proptest::collection::vec(any::<u8>(), 0..300)) {
        check(&data);
    }
}

#[test]
fn of_every_mail_of_the_corpora_they_tell_the_same() {
    let paths = postrider_testkit::shared_files("corpora");
    let mut seed = 1_u64;
    for path in &paths {
        let mail = fs::read(path).unwrap();
        for size in [1, 7, 16 << 10] {
            check_with(&mail, &Limits::DEFAULT, || size);
        }
        check_with(&mail, &Limits::DEFAULT, || {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            usize::try_from(seed >> 33).unwrap() % 3000
        });
    }
    eprintln!("{} files", paths.len());
}

/// The names are those of the tree, and a field tells how deep its part lies.
#[test]
fn the_end_of_a_header_section_tells_disposition_and_file_names() {
    let mail = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\
        Content-Type: image/png; name=a.png\n\
        Content-Disposition: attachment; filename*=utf-8''%C3%A4.png; filename=b.png\n\nx\n\
        --b\n\ny\n--b--\n";
    let (mut told, mut depths) = (Vec::new(), Vec::new());
    let mut parser = Parser::new(Decode::Raw);
    let mut tell = |event: Event<'_>| match event {
        Event::Field(field) => depths.push(field.depth()),
        Event::HeaderEnd(end) => told.push((
            end.disposition().map(|one| one.value.is_attachment()),
            end.file_names().iter().map(|one| one.as_str().to_owned()).collect::<Vec<_>>(),
        )),
        _ => {}
    };
    for octet in mail.as_bytes().chunks(1) {
        parser.push(octet, &mut tell);
    }
    parser.finish(&mut tell);
    let names = ["ä.png", "b.png", "a.png"].map(str::to_owned).to_vec();
    assert_eq!(told, [(None, vec![]), (Some(true), names), (None, vec![])]);
    assert_eq!(depths, [0, 1, 1]);
}
