//! Single functions of the header crate, on values as they come.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use postrider::message::{
    AddressList, DateTime, FieldValue, HeaderSection, MessageIdList, RawValue, Received, Text,
};

/// A header section of a mail that came over two hosts.
const SECTION: &[u8] = b"Return-Path: <alice@a.example>\r\n\
    Received: from mx.a.example (mx.a.example [192.0.2.1])\r\n\
    \tby mx.b.example (Postfix) with ESMTPS id 4F2\r\n\
    \tfor <bob@b.example>; Fri, 21 Nov 1997 10:05:43 -0600\r\n\
    Received: from pc (pc.a.example [192.0.2.7])\r\n\
    \tby mx.a.example (Postfix) with ESMTPSA id 3E1;\r\n\
    \tFri, 21 Nov 1997 10:05:41 -0600\r\n\
    From: Alice Example <alice@a.example>\r\n\
    To: \"Smith, Bob\" <bob@b.example>, carol@c.example (Carol)\r\n\
    Subject: Saying Hello\r\n\
    Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n\
    Message-ID: <1234@local.machine.example>\r\n\
    X-Mailer: Quill 3\r\n\
    MIME-Version: 1.0\r\n\
    Content-Type: text/plain; charset=us-ascii\r\n\
    \r\n\
    Hello.\r\n";

fn section(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("section");
    group.throughput(Throughput::Bytes(SECTION.len() as u64));
    group.bench_function("parse", |bencher| {
        bencher.iter(|| HeaderSection::parse(black_box(SECTION)));
    });
    let section = HeaderSection::parse(SECTION);
    group.bench_function("defects", |bencher| {
        bencher.iter(|| black_box(&section).headers().defects());
    });
    group.bench_function("trace", |bencher| {
        bencher.iter(|| black_box(section.headers().trace().hops().len()));
    });
    group.finish();
}

/// Times the reading of a value, many times the same.
macro_rules! value {
    ($criterion:ident, $name:literal, $type:ty, $octets:expr) => {
        $criterion.bench_function($name, |bencher| {
            bencher.iter(|| <$type>::read(RawValue::new(black_box($octets))));
        });
    };
}

fn values(criterion: &mut Criterion) {
    let thousand = "Joe Q. Public <john.q.public@example.com>, ".repeat(1_000).into_bytes();
    value!(criterion, "text/plain", Text<'_>, b" Saying Hello");
    value!(criterion, "text/encoded", Text<'_>, b" =?ISO-8859-1?Q?Andr=E9?= Pirard");
    value!(criterion, "addresses/one", AddressList<'_>, b" Alice Example <alice@a.example>");
    value!(criterion, "addresses/quoted", AddressList<'_>, b" \"Smith, Bob\" <bob@b.example>");
    value!(criterion, "addresses/1000", AddressList<'_>, &thousand[..]);
    value!(criterion, "date/plain", Option<DateTime>, b" Fri, 21 Nov 1997 09:55:06 -0600");
    value!(criterion, "date/obsolete", Option<DateTime>, b" 26 Aug 76 14:29 EDT");
    value!(criterion, "message id", MessageIdList<'_>, b" <1234@local.machine.example>");
    value!(
        criterion,
        "received",
        Received<'_>,
        b" from mx.a.example (mx.a.example [192.0.2.1])\r\n\tby mx.b.example (Postfix) \
          with ESMTPS id 4F2\r\n\tfor <bob@b.example>; Fri, 21 Nov 1997 10:05:43 -0600"
    );
}

criterion_group!(benches, section, values);
criterion_main!(benches);
