//! Mails that are made up: what SpamAssassin's have little of. Every run makes the same octets.
//!
//! | corpus | what is in it |
//! |---|---|
//! | `large-attachments` | 8 mails of a short text and two base64 attachments, of 0.3 to 2.4 MiB |
//! | `newsletters` | 48 mails of text and HTML in quoted-printable UTF-8, some 60 KiB each |
//! | `long-headers` | 48 mails with 40 hops, 300 references, 400 recipients, and signatures |
//! | `deep-forwards` | 60 mails of 1 to 30 mails forwarded in each other, each with an attachment |
//! | `megabyte-texts` | 8 mails of one text of 1 MiB: ASCII, UTF-8, ISO-8859-1, or encoded |

use encodify::{base64, qp};

use crate::corpus::Corpus;

/// Every made-up corpus.
pub fn corpora() -> Vec<Corpus> {
    let corpus = |name: &str, count: usize, make: fn(&mut Random, usize) -> String| {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let mails = (0..count).map(|number| octets(&make(&mut random, number))).collect();
        Corpus { name: name.into(), mails }
    };
    vec![
        corpus("large-attachments", 8, large_attachments),
        corpus("newsletters", 48, newsletter),
        corpus("long-headers", 48, long_headers),
        corpus("deep-forwards", 60, deep_forwards),
        corpus("megabyte-texts", 8, megabyte_text),
    ]
}

/// The octets of a mail that was put together as a text. A text that claims ISO-8859-1 gets it.
fn octets(mail: &str) -> Vec<u8> {
    let latin = mail.contains("iso-8859-1");
    let octet = |character: char| u8::try_from(u32::from(character)).unwrap_or(b'?');
    let lines = mail.replace('\n', "\r\n");
    if latin { lines.chars().map(octet).collect() } else { lines.into_bytes() }
}

/// xorshift64: good enough for text without repetitions.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn word(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }

    fn octets(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| (self.next() >> 32) as u8).collect()
    }
}

const WORDS: &[&str] = &[
    "the", "letter", "rides", "over", "hills", "and", "rivers", "to", "town", "where", "a", "host",
    "waits", "for", "news", "of", "harvest", "market", "weather", "prices", "from", "which",
    "every", "road", "leads", "home", "again", "before", "winter", "comes", "round",
];

/// With letters that UTF-8 has in two and three octets, and ISO-8859-1 the first of them.
const ACCENTED: &[&str] = &["über", "Straße", "café", "naïve", "señor", "ganó", "été", "fjärd"];
const WIDE: &[&str] = &["“quoted”", "price: 5 €", "手紙", "почта", "γράμμα", "…"];

/// Lines of words, none longer than 76 characters. One word in `one_in` is of `others`.
fn prose(random: &mut Random, octets: usize, others: &[&'static str], one_in: usize) -> String {
    let mut text = String::with_capacity(octets + 80);
    let mut column = 0;
    while text.len() < octets {
        let special = !others.is_empty() && random.below(one_in) == 0;
        let word = random.word(if special { others } else { WORDS });
        if column + word.len() > 72 {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
        }
        text.push_str(word);
        column += word.len() + 1;
    }
    text.push('\n');
    text
}

/// The fields every mail has.
fn head(random: &mut Random, number: usize) -> String {
    let (day, second) = (1 + number % 28, random.below(60));
    let id = random.next();
    format!(
        "Return-Path: <alice@a.example>\n\
         Received: from mx.a.example (mx.a.example [192.0.2.{host}])\n\
         \tby mx.b.example (Postfix) with ESMTPS id {id:X}\n\
         \tfor <bob@b.example>; {day} Nov 2025 09:55:{second:02} -0600\n\
         From: Alice Example <alice@a.example>\n\
         To: \"Smith, Bob\" <bob@b.example>, carol@c.example\n\
         Subject: {subject}\n\
         Date: {day} Nov 2025 09:55:06 -0600\n\
         Message-ID: <{id:x}.{number}@a.example>\n\
         MIME-Version: 1.0\n",
        host = 1 + number % 254,
        subject = prose(random, 40, &[], 1).trim_end(),
    )
}

fn encoded(octets: &[u8]) -> String {
    let text = base64::STANDARD.encode(octets);
    let mut out = String::with_capacity(text.len() / 76 * 77 + 77);
    for line in text.as_bytes().chunks(76) {
        out.extend(line.iter().map(|&octet| char::from(octet)));
        out.push('\n');
    }
    out
}

fn quoted(text: &str) -> String {
    let lines = text.replace('\n', "\r\n");
    let out = qp::BODY.encode(lines.as_bytes());
    String::from_utf8_lossy(out.as_ref()).replace("\r\n", "\n")
}

fn large_attachments(random: &mut Random, number: usize) -> String {
    let size = (number + 1) * 150_000;
    let boundary = format!("=_{:x}", random.next());
    let attachment = |random: &mut Random, ty: &str, name: &str| {
        format!(
            "--{boundary}\nContent-Type: {ty}; name=\"{name}\"\n\
             Content-Transfer-Encoding: base64\n\
             Content-Disposition: attachment; filename=\"{name}\"\n\n{}",
            encoded(&random.octets(size)),
        )
    };
    format!(
        "{head}Content-Type: multipart/mixed; boundary=\"{boundary}\"\n\n\
         --{boundary}\nContent-Type: text/plain; charset=us-ascii\n\n{text}\n{first}\n{second}\n\
         --{boundary}--\n",
        head = head(random, number),
        text = prose(random, 400, &[], 1),
        first = attachment(random, "application/pdf", "report.pdf"),
        second = attachment(random, "image/jpeg", "picture of the year.jpg"),
    )
}

fn newsletter(random: &mut Random, number: usize) -> String {
    let boundary = format!("----=_Part_{}_{:x}", number, random.next());
    let mut html = String::from("<html><body style=\"margin:0\">\n");
    for row in 0..60 {
        let text = prose(random, 500, WIDE, 12);
        html.push_str(&format!(
            "<table width=\"100%\" cellpadding=\"0\" style=\"font: 12px/1.5 Arial\"><tr><td \
             class=\"c{row}\"><a href=\"https://news.example/{:x}?u=1&amp;n={row}\">{text}</a>\
             </td></tr></table>\n",
            random.next(),
        ));
    }
    html.push_str("</body></html>\n");
    format!(
        "{head}List-Id: News <news.a.example>\n\
         List-Unsubscribe: <mailto:leave@a.example>, <https://news.example/leave>\n\
         Content-Type: multipart/alternative;\n\tboundary=\"{boundary}\"\n\n\
         --{boundary}\nContent-Type: text/plain; charset=UTF-8\n\
         Content-Transfer-Encoding: quoted-printable\n\n{text}\n\
         --{boundary}\nContent-Type: text/html; charset=UTF-8\n\
         Content-Transfer-Encoding: quoted-printable\n\n{html}\n--{boundary}--\n",
        head = head(random, number),
        text = quoted(&prose(random, 12_000, ACCENTED, 8)),
        html = quoted(&html),
    )
}

fn long_headers(random: &mut Random, number: usize) -> String {
    let mut fields = String::new();
    for hop in 0..40 {
        fields.push_str(&format!(
            "Received: from mail{hop}.relay.example (mail{hop}.relay.example [198.51.100.{hop}])\n\
             \t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\n\
             \tby mx{hop}.relay.example (Postfix) with ESMTPS id {:X}\n\
             \tfor <bob@b.example>; Fri, 21 Nov 2025 09:{:02}:43 -0600 (CST)\n",
            random.next(),
            59 - hop,
        ));
    }
    let text = encoded(&random.octets(256)).trim_end().replace('\n', "\n\t");
    fields.push_str(&format!(
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=a.example; s=mail;\n\
         \th=from:to:subject:date:message-id; bh=Q6fdN+1g0u0dY1pQYeYbX8rHc6w9u4m8f0vJgOQm1xk=;\n\
         \tb={text}\nAuthentication-Results: mx.b.example; dkim=pass header.d=a.example;\n\
         \tspf=pass smtp.mailfrom=alice@a.example\n",
    ));
    fields.push_str("Cc: ");
    for one in 0..400 {
        let (end, host) = (if one == 399 { "\n" } else { ",\n " }, random.below(1000));
        fields.push_str(&match one % 4 {
            0 => format!("user{one}@host{host}.example{end}"),
            1 => format!("User Number{one} <user{one}@host{host}.example>{end}"),
            2 => format!("\"Number, User {one}\" <user{one}@host{host}.example>{end}"),
            _ => format!("=?utf-8?q?J=C3=BCrgen_{one}?= <user{one}@host{host}.example>{end}"),
        });
    }
    fields.push_str("References:");
    for _ in 0..300 {
        fields.push_str(&format!("\n <{:x}@mail.example>", random.next()));
    }
    format!(
        "{fields}\n{head}Content-Type: text/plain; charset=us-ascii\n\n{text}",
        head = head(random, number),
        text = prose(random, 600, &[], 1),
    )
}

fn deep_forwards(random: &mut Random, number: usize) -> String {
    let mut mail = format!(
        "{}Content-Type: text/plain; charset=us-ascii\n\n{}",
        head(random, number),
        prose(random, 1_000, &[], 1)
    );
    for level in 0..=number % 30 {
        let boundary = format!("=-forward-{level}-{:x}", random.next());
        let picture = encoded(&random.octets(600));
        mail = format!(
            "{head}Content-Type: multipart/mixed; boundary=\"{boundary}\"\n\n\
             --{boundary}\nContent-Type: text/plain; charset=us-ascii\n\n{text}\n\
             --{boundary}\nContent-Type: message/rfc822\nContent-Disposition: inline\n\n{mail}\n\
             --{boundary}\nContent-Type: image/png; name=\"logo.png\"\n\
             Content-Transfer-Encoding: base64\n\n{picture}\n--{boundary}--\n",
            head = head(random, level),
            text = prose(random, 300, &[], 1),
        );
    }
    mail
}

fn megabyte_text(random: &mut Random, number: usize) -> String {
    const SIZE: usize = 1 << 20;
    let (ty, text) = match number % 6 {
        0 => ("text/plain; charset=us-ascii", prose(random, SIZE, &[], 1)),
        1 => ("text/plain; charset=utf-8", prose(random, SIZE, &[], 1)),
        2 => ("text/plain; charset=utf-8", prose(random, SIZE, ACCENTED, 8)),
        3 => ("text/plain; charset=utf-8", prose(random, SIZE, WIDE, 3)),
        4 => ("text/plain; charset=iso-8859-1", prose(random, SIZE, ACCENTED, 8)),
        _ => {
            let text = encoded(prose(random, SIZE, ACCENTED, 8).as_bytes());
            let ty = "text/plain; charset=utf-8";
            return format!(
                "{}Content-Type: {ty}\nContent-Transfer-Encoding: base64\n\n{text}",
                head(random, number)
            );
        }
    };
    format!("{}Content-Type: {ty}\nContent-Transfer-Encoding: 8bit\n\n{text}", head(random, number))
}
