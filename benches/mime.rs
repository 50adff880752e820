//! Single functions of the MIME crate, on a mail as it comes: text and HTML, and an attachment; and
//! building and editing such mails.

use std::{fmt::Write, hint::black_box};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use postrider::{
    message::{AddrSpec, HeaderBuilder, Mailbox, MessageId},
    mime::{
        Edit, Message, Part,
        build::{Entity, MessageBuilder, Options, Source, Step},
    },
};

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

/// Octets of the attachment of a message that is built.
const ATTACHMENT: usize = 1 << 20;

fn header() -> HeaderBuilder {
    let alice = AddrSpec::new("alice", "a.example").unwrap();
    let bob = AddrSpec::new("bob", "b.example").unwrap();
    HeaderBuilder::new()
        .from(&Mailbox::with_name(alice, "Alice Example").unwrap().into())
        .and_then(|header| header.to(&Mailbox::new(bob).into()))
        .and_then(|header| header.subject("The report"))
        .and_then(|header| header.message_id(&MessageId::new("1234@a.example")?))
        .unwrap()
}

fn text() -> String {
    let lines = (0..400)
        .map(|line| format!("Line {line} of a text that says nothing in seventy characters.\r\n"));
    lines.collect()
}

/// Octets of no pattern, as those of a compressed file.
fn octets() -> Vec<u8> {
    let mut number = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        number as u8
    };
    (0..ATTACHMENT).map(|_| next()).collect()
}

/// Times building: by the octets of the contents.
fn build(criterion: &mut Criterion) {
    let (text, octets, options) = (text(), octets(), Options::new());
    let html = text.replace("seventy", "<b>siebzig gr\u{f6}\u{df}eren</b>");
    let mut group = criterion.benchmark_group("build");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("text", |bencher| {
        bencher.iter(|| {
            let message = MessageBuilder::new(header()).text(black_box(&text[..]));
            message.to_vec(&options, &[7; 32]).unwrap()
        });
    });
    group.throughput(Throughput::Bytes((text.len() + html.len() + ATTACHMENT) as u64));
    let message = || {
        let message = MessageBuilder::new(header()).text(&text[..]).html(&html[..]);
        message.attach(Entity::octets(&octets).attached_as("report.bin").unwrap())
    };
    group.bench_function("alternative and attachment", |bencher| {
        bencher.iter(|| message().to_vec(&options, &[7; 32]).unwrap());
    });
    group.throughput(Throughput::Bytes(ATTACHMENT as u64));
    group.bench_function("streamed attachment", |bencher| {
        bencher.iter(|| stream(black_box(&octets), &options));
    });
    group.finish();
}

/// Writes an attachment that comes in pieces of 64 KiB, and tells how many octets were written.
fn stream(octets: &[u8], options: &Options) -> usize {
    let file = Entity::octets(Source::new(0)).attached_as("report.bin").unwrap();
    let message = MessageBuilder::new(header()).text("Hello.").attach(file);
    let mut writer = message.writer(options, &[7; 32]).unwrap();
    let (mut written, mut rest) = (0, octets);
    loop {
        match writer.next().unwrap() {
            Step::Octets(octets) => written += black_box(octets).len(),
            Step::Source(_) if rest.is_empty() => writer.end_source().unwrap(),
            Step::Source(_) => {
                let piece = &rest[..rest.len().min(64 << 10)];
                rest = &rest[writer.supply(piece).unwrap()..];
            }
            Step::Done => return written,
        }
    }
}

/// Times editing: by the octets of the mail.
fn edit(criterion: &mut Criterion) {
    let mail = mail();
    let message = Message::parse(&mail[..]).unwrap();
    let report = message.attachments().next().expect("the mail has it");
    let mut group = criterion.benchmark_group("edit");
    group.throughput(Throughput::Bytes(mail.len() as u64));
    group.bench_function("remove an attachment", |bencher| {
        bencher.iter(|| {
            let mut edit = Edit::of(black_box(&message));
            edit.remove(report).unwrap();
            edit.to_vec()
        });
    });
    group.bench_function("one header field", |bencher| {
        bencher.iter(|| {
            let mut edit = Edit::of(black_box(&message));
            edit.headers(message.root()).unwrap().remove_all("Subject");
            edit.to_vec()
        });
    });
    group.finish();
}

criterion_group!(benches, tree, parts, build, edit);
criterion_main!(benches);
