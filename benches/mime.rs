//! Single functions of the MIME crate, on a mail as it comes: text and HTML, and an attachment.

use std::{fmt::Write, hint::black_box};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use postrider::mime::{Message, Part};

/// Lines of the attachment.
const LINES: usize = 4_000;

fn mail() -> Vec<u8> {
    let mut mail = String::from(
        "From: Alice Example <alice@a.example>\r\n\
         To: bob@b.example\r\n\
         Subject: The report\r\n\
         Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n\
         Message-ID: <1234@local.machine.example>\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"=_outer\"\r\n\r\n\
         --=_outer\r\nContent-Type: multipart/alternative; boundary=\"=_inner\"\r\n\r\n\
         --=_inner\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n",
    );
    for line in 0..400 {
        write!(mail, "Line {line} of a text that says nothing in seventy characters.\r\n").unwrap();
    }
    mail.push_str(
        "\r\n--=_inner\r\nContent-Type: text/html; charset=utf-8\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\r\n",
    );
    for line in 0..400 {
        write!(mail, "<p class=3D\"a\">Zeile {line} =C3=BCber nichts, die weiter geht=\r\n und endet.</p>\r\n")
            .unwrap();
    }
    mail.push_str(
        "\r\n--=_inner--\r\n\r\n--=_outer\r\nContent-Type: application/pdf; name=\"report.pdf\"\r\n\
         Content-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"report.pdf\"\r\n\r\n",
    );
    for _ in 0..LINES {
        mail.push_str(
            "VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZyBhZ2FpbiBhbmQg\r\n",
        );
    }
    mail.push_str("\r\n--=_outer--\r\n");
    mail.into_bytes()
}

fn tree(criterion: &mut Criterion) {
    let mail = mail();
    let mut group = criterion.benchmark_group("tree");
    group.throughput(Throughput::Bytes(mail.len() as u64));
    group.bench_function("parse", |bencher| {
        bencher.iter(|| Message::parse(black_box(&mail[..])).unwrap());
    });
    let message = Message::parse(&mail[..]).unwrap();
    group.bench_function("content types", |bencher| {
        let ty = |part: Part<'_>| part.content_type().value.subtype().len();
        bencher.iter(|| black_box(&message).parts().map(ty).sum::<usize>());
    });
    group.finish();
}

/// Times what a part says, by the octets that it has.
fn part(criterion: &mut Criterion, name: &str, part: Part<'_>, read: fn(Part<'_>) -> usize) {
    assert!(read(part) > 0, "{name} says nothing");
    let mut group = criterion.benchmark_group("part");
    group.throughput(Throughput::Bytes(part.octets() as u64));
    group.bench_function(name, |bencher| bencher.iter(|| read(black_box(part))));
    group.finish();
}

fn parts(criterion: &mut Criterion) {
    let mail = mail();
    let message = Message::parse(&mail[..]).unwrap();
    let at = |number: &[u32]| message.part(number).expect("the mail has it");
    let text = |part: Part<'_>| part.text().map_or(0, |text| text.value.len());
    part(criterion, "text/7bit", at(&[1, 1]), text);
    part(criterion, "text/quoted-printable", at(&[1, 2]), text);
    part(criterion, "decoded/base64", at(&[2]), |part| part.decoded().value.len());
    part(criterion, "lines", at(&[2]), |part| part.lines());
}

criterion_group!(benches, tree, parts);
criterion_main!(benches);
