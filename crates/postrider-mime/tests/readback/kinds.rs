//! The kinds of messages: each made by the builder, beside what it must say.

use postrider_message::{AddrSpec, AddressList, DateTime, HeaderBuilder, Mailbox, MessageId, Zone};
use postrider_mime::{
    ContentType, TransferEncoding,
    build::{Entity, MessageBuilder, Options, Source, Step},
    encoding::Transport,
    flowed,
};
use serde_json::{Map, Value, json};

use crate::{
    random::Random,
    said::{Letter, content},
};

type Kind = (&'static str, fn(&mut Random) -> Letter);

pub(crate) const KINDS: [Kind; 25] = [
    ("ascii", |random| of(random, ascii, &Options::new())),
    ("text", |random| of(random, text, &Options::new())),
    ("html", |random| of(random, html, &Options::new())),
    ("alternative", |random| of(random, alternative, &Options::new())),
    ("related", |random| of(random, related, &Options::new())),
    ("attachments", |random| of(random, attachments, &Options::new())),
    ("everything", everything),
    ("calendar", |random| of(random, calendar, &Options::new())),
    ("delivery-status", |random| of(random, delivery_status, &Options::new())),
    ("disposition", |random| of(random, disposition, &Options::new())),
    ("pgp-signed", |random| of(random, pgp_signed, &Options::new())),
    ("smime-signed", |random| of(random, smime_signed, &Options::new())),
    ("for-signing", |random| of(random, attachments, &Options::for_signing())),
    ("pgp-encrypted", |random| of(random, pgp_encrypted, &Options::new())),
    ("smime-encrypted", |random| of(random, smime_encrypted, &Options::new())),
    ("nested", |random| of(random, nested, &Options::new())),
    ("forwarded", |random| of(random, forwarded, &Options::new())),
    ("utf8", |random| of(random, attachments, &Options::new().with_utf8(true))),
    ("long-lines", |random| of(random, long_lines, &Options::new())),
    ("charsets", |random| of(random, charset, &Options::new())),
    ("file-names", |random| of(random, file_names, &Options::new())),
    ("flowed", |random| of(random, flowed_text, &Options::new())),
    ("eight-bit", |random| of(random, alternative, &wide(Transport::EightBit))),
    ("binary", |random| of(random, attachments, &wide(Transport::Binary))),
    ("streamed", streamed),
];

fn wide(transport: Transport) -> Options {
    Options::new().with_transport(transport)
}

/// An entity, and what it and the parts in it say.
struct Made {
    entity: Entity<'static>,
    says: Vec<Value>,
}

impl Made {
    fn new(entity: Entity<'static>, ty: &str, octets: &[u8]) -> Self {
        let says = json!({ "type": ty, "content": content(ty, octets) });
        Self { entity, says: vec![says] }
    }

    fn note(&mut self, key: &str, value: &str) {
        let says = self.says[0].as_object_mut().unwrap();
        says.insert(key.to_owned(), value.into());
    }

    fn attached(mut self, name: &str) -> Self {
        self.note("name", name);
        self.note("disposition", "attachment");
        Self { entity: self.entity.attached_as(name).unwrap(), says: self.says }
    }

    fn described(mut self, text: &str) -> Self {
        self.note("description", text);
        Self { entity: self.entity.with_description(text).unwrap(), says: self.says }
    }

    fn identified(mut self, id: &str) -> Self {
        self.note("id", id);
        let id = MessageId::new(id.to_owned()).unwrap();
        Self { entity: self.entity.with_content_id(&id).unwrap(), says: self.says }
    }

    /// A multipart of these parts.
    fn of_parts(
        ty: &str,
        parts: Vec<Self>,
        make: impl FnOnce(Vec<Entity<'static>>) -> Entity<'static>,
    ) -> Self {
        let mut says = vec![json!({ "type": ty })];
        let mut entities = Vec::new();
        for part in parts {
            says.extend(part.says);
            entities.push(part.entity);
        }
        Self { entity: make(entities), says }
    }

    fn mixed(parts: Vec<Self>) -> Self {
        Self::of_parts("multipart/mixed", parts, |parts| Entity::mixed(parts).unwrap())
    }
}

/// Fields, and what they say.
fn header(random: &mut Random, utf8: bool) -> (HeaderBuilder, Value) {
    let mut said = Map::new();
    let people = |random: &mut Random, count: usize| {
        let mut list = Vec::new();
        let mut says = Vec::new();
        for _ in 0..count {
            let names =
                ["", "Plain Name", "Name, with \"all\" (of) it\\", "Jörg Ärger", "山田太郎"];
            let name = random.one(&names).to_owned();
            let locals = ["joe", "first.last", "a+b", "o'neill"];
            let local = match (random.below(60), random.below(4)) {
                (0, _) => random.one(&["with blank", "\"quoted\""]),
                (_, 0) if utf8 => "юзер",
                _ => random.one(&locals),
            };
            let domain = random.one(&["example.net", "mail.example.org", "[192.0.2.1]"]);
            let addr = AddrSpec::new(local.to_owned(), domain.to_owned()).unwrap();
            says.push(json!([name, format!("{local}@{domain}")]));
            list.push(Mailbox::with_name(addr, name).unwrap());
        }
        (AddressList::from_iter(list), Value::Array(says))
    };
    let unix = random.below(2_000_000_000) as i64;
    let zone = Zone::east(60 * (random.below(25) as i16 - 12)).unwrap();
    let (from, from_says) = people(random, 1);
    let count = 1 + random.below(12);
    let (to, to_says) = people(random, count);
    let mut builder = HeaderBuilder::new().with_utf8(utf8);
    builder = builder.date(&DateTime::from_unix(unix, zone).unwrap()).unwrap();
    builder = builder.from(&from).unwrap().to(&to).unwrap();
    let mut cc_says = json!([]);
    if random.below(2) == 0 {
        let (cc, says) = people(random, 2);
        builder = builder.cc(&cc).unwrap();
        cc_says = says;
    }
    let subject = match random.below(4) {
        0 => random.ascii_words(20),
        1 => random.words(25),
        2 => format!("{}  two blanks, {}", random.words(3), random.words(4)),
        _ => format!("{} =?utf-8?Q?no_word?= {}", random.words(2), random.ascii_words(2)),
    };
    let id = format!("{}.{}@letters.example", random.below(1 << 30), random.below(1 << 30));
    builder = builder.subject(&subject).unwrap();
    builder = builder.message_id(&MessageId::new(id.clone()).unwrap()).unwrap();
    for (key, value) in [("from", from_says), ("to", to_says), ("cc", cc_says)] {
        said.insert(key.into(), value);
    }
    said.insert("subject".into(), subject.into());
    said.insert("date".into(), unix.into());
    said.insert("id".into(), id.into());
    (builder, Value::Object(said))
}

/// A message whose body is of this kind.
fn of(random: &mut Random, make: fn(&mut Random) -> Made, options: &Options) -> Letter {
    let made = make(random);
    let (header, fields) = header(random, options.utf8);
    let message = MessageBuilder::new(header).body(made.entity);
    let octets = message.to_vec(options, &random.seed()).unwrap();
    Letter { octets, says: json!({ "fields": fields, "parts": made.says }) }
}

fn of_text(ty: &'static str, entity: Entity<'static>, text: &str) -> Made {
    Made::new(entity, ty, text.as_bytes())
}

fn ascii(random: &mut Random) -> Made {
    let text = random.ascii_text();
    let text = random.any_line_ends(text);
    of_text("text/plain", Entity::text(text.clone()), &text)
}

fn text(random: &mut Random) -> Made {
    let text = random.text();
    let text = random.any_line_ends(text);
    of_text("text/plain", Entity::text(text.clone()), &text)
}

fn html(random: &mut Random) -> Made {
    let text = format!("<html><p class=\"a\">{}</p></html>", random.text());
    of_text("text/html", Entity::html(text.clone()), &text)
}

fn alternative(random: &mut Random) -> Made {
    let parts = vec![text(random), html(random)];
    Made::of_parts("multipart/alternative", parts, |parts| Entity::alternative(parts).unwrap())
}

fn image(random: &mut Random) -> Made {
    let count = random.below(600);
    let octets = random.octets(count);
    let ty = ContentType::new("image", "png").unwrap();
    Made::new(Entity::new(ty, octets.clone()).unwrap(), "image/png", &octets)
}

fn related(random: &mut Random) -> Made {
    let mut parts = vec![html(random)];
    for number in 0..1 + random.below(3) {
        parts.push(image(random).identified(&format!("image.{number}@letters.example")));
    }
    Made::of_parts("multipart/related", parts, |mut parts| {
        let others = parts.split_off(1);
        Entity::related(parts.remove(0), others).unwrap()
    })
}

fn attachment(random: &mut Random) -> Made {
    let types =
        ["application/pdf", "application/octet-stream", "text/plain", "text/csv", "audio/ogg"];
    let full = random.one(&types);
    let (ty, subtype) = full.split_once('/').unwrap();
    let octets = match (ty, random.below(4)) {
        ("text", _) => random.text().into_bytes(),
        (_, 0) => random.text().into_bytes(),
        (_, 1) => random.ascii_text().replace('\n', "\r\n").into_bytes(),
        _ => {
            let count = random.below(2000);
            random.octets(count)
        }
    };
    let entity = Entity::new(ContentType::new(ty, subtype).unwrap(), octets.clone()).unwrap();
    let name = format!("{}.bin", random.words(3));
    let made = Made::new(entity, full, &octets).attached(&name);
    if random.below(3) == 0 { made.described(&random.words(8)) } else { made }
}

fn attachments(random: &mut Random) -> Made {
    let mut parts = vec![text(random)];
    for _ in 0..1 + random.below(3) {
        parts.push(attachment(random));
    }
    Made::mixed(parts)
}

/// By the methods of the builder that nest the parts themselves.
fn everything(random: &mut Random) -> Letter {
    let (plain, html) = (text(random), html(random));
    let image = image(random).identified("one@letters.example");
    let file = attachment(random);
    let (header, fields) = header(random, false);
    let message = MessageBuilder::new(header)
        .alternative(plain.entity)
        .alternative(html.entity)
        .inline(image.entity)
        .attach(file.entity);
    let octets = message.to_vec(&Options::new(), &random.seed()).unwrap();
    let multipart = |subtype: &str| vec![json!({ "type": format!("multipart/{subtype}") })];
    let mut parts = multipart("mixed");
    parts.extend(multipart("related"));
    parts.extend(multipart("alternative"));
    parts.extend([plain.says, html.says, image.says, file.says].concat());
    Letter { octets, says: json!({ "fields": fields, "parts": parts }) }
}

fn calendar(random: &mut Random) -> Made {
    let object = format!(
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:{}\r\nEND:VEVENT\r\n\
         END:VCALENDAR\r\n",
        random.words(6)
    );
    let entity = Entity::calendar("REQUEST", object.clone()).unwrap();
    let parts = vec![text(random), of_text("text/calendar", entity, &object)];
    Made::of_parts("multipart/alternative", parts, |parts| Entity::alternative(parts).unwrap())
}

fn report(random: &mut Random, subtype: &'static str, report: &str) -> Made {
    let ty = ContentType::new("message", subtype).unwrap();
    let entity = Entity::new(ty, report.to_owned()).unwrap();
    let headers = "Subject: what it is about\r\nFrom: a@example.net\r\n\r\n";
    let parts = vec![
        ascii(random),
        of_text(
            match subtype {
                "delivery-status" => "message/delivery-status",
                _ => "message/disposition-notification",
            },
            entity,
            report,
        ),
        of_text("text/rfc822-headers", Entity::message_headers(headers), headers),
    ];
    Made::of_parts("multipart/report", parts, |mut parts| {
        let about = parts.pop();
        let (report, text) = (parts.pop().unwrap(), parts.pop().unwrap());
        Entity::report(subtype, text, report, about).unwrap()
    })
}

fn delivery_status(random: &mut Random) -> Made {
    let number = random.below(1000);
    let status = format!(
        "Reporting-MTA: dns; mx{number}.example.net\r\n\r\nFinal-Recipient: rfc822; \
         joe@example.org\r\nAction: failed\r\nStatus: 5.1.{}\r\n\r\n",
        number % 10
    );
    report(random, "delivery-status", &status)
}

fn disposition(random: &mut Random) -> Made {
    let status = format!(
        "Reporting-UA: ua{}.example; Postrider\r\nFinal-Recipient: rfc822; joe@example.org\r\n\
         Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n",
        random.below(1000)
    );
    report(random, "disposition-notification", &status)
}

const ARMOUR: &str =
    "-----BEGIN PGP MESSAGE-----\r\n\r\nwy4ECQMI\r\n=abcd\r\n-----END PGP MESSAGE-----\r\n";

fn signed(random: &mut Random, signature: Made, micalg: &str) -> Made {
    let inner = attachments(random);
    let octets = inner.entity.to_vec(&Options::for_signing(), &random.seed()).unwrap();
    let mut says = vec![json!({ "type": "multipart/signed" })];
    says.extend(inner.says);
    says.extend(signature.says);
    Made { entity: Entity::signed(octets, signature.entity, micalg).unwrap(), says }
}

fn pgp_signed(random: &mut Random) -> Made {
    let signature = of_text("application/pgp-signature", Entity::pgp_signature(ARMOUR), ARMOUR);
    signed(random, signature, "pgp-sha256")
}

fn smime_signed(random: &mut Random) -> Made {
    let octets = random.octets(500);
    let entity = Entity::pkcs7_signature(octets.clone()).unwrap();
    let mut signature = Made::new(entity, "application/pkcs7-signature", &octets);
    signature.note("name", "smime.p7s");
    signature.note("disposition", "attachment");
    signed(random, signature, "sha-256")
}

fn pgp_encrypted(_: &mut Random) -> Made {
    let content =
        |ty: &str, text: &str| json!({ "type": ty, "content": content(ty, text.as_bytes()) });
    let says = vec![
        json!({ "type": "multipart/encrypted" }),
        content("application/pgp-encrypted", "Version: 1\n"),
        content("application/octet-stream", ARMOUR),
    ];
    Made { entity: Entity::pgp_encrypted(ARMOUR).unwrap(), says }
}

fn smime_encrypted(random: &mut Random) -> Made {
    let octets = random.octets(900);
    let entity = Entity::pkcs7_mime("enveloped-data", octets.clone()).unwrap();
    let mut made = Made::new(entity, "application/pkcs7-mime", &octets);
    made.note("name", "smime.p7m");
    made.note("disposition", "attachment");
    made
}

fn nested(random: &mut Random) -> Made {
    let inner = attachments(random);
    let (header, _) = header(random, false);
    let message = MessageBuilder::new(header).body(inner.entity);
    let mut says = vec![json!({ "type": "message/rfc822" })];
    says.extend(inner.says);
    let forwarded = Made { entity: Entity::message(&message).unwrap(), says };
    Made::mixed(vec![text(random), forwarded])
}

fn forwarded(random: &mut Random) -> Made {
    let letter = of(random, alternative, &Options::new());
    let mut says = vec![json!({ "type": "message/rfc822" })];
    says.extend(letter.says["parts"].as_array().unwrap().iter().cloned());
    let message = Made { entity: Entity::raw_message(letter.octets), says };
    let parts = vec![message];
    Made::of_parts("multipart/digest", parts, |parts| Entity::digest(parts).unwrap())
}

fn long_lines(random: &mut Random) -> Made {
    let long = |random: &mut Random| {
        let words: Vec<String> = (0..200).map(|_| random.words(4)).collect();
        words.join(" ")
    };
    let text = match random.below(3) {
        0 => "x".repeat(5000),
        1 => random.ascii_words(9).repeat(200),
        _ => long(random),
    };
    of_text("text/plain", Entity::text(text.clone()), &text)
}

fn charset(random: &mut Random) -> Made {
    let (charset, octets): (_, &[u8]) = match random.below(6) {
        0 => ("iso-8859-1", b"Gr\xfc\xdfe aus K\xf6ln\n"),
        1 => ("koi8-r", b"\xf0\xd2\xc9\xd7\xc5\xd4\n"),
        2 => ("shift_jis", b"\x8e\xe8\x8e\x86\n"),
        3 => ("utf-16", b"\xfe\xff\0a\x20\xac\0\n"),
        4 => ("iso-2022-jp", b"\x1b$B<j;f\x1b(B\n"),
        _ => ("windows-1252", b"\x80 100 \x96 200\n"),
    };
    let ty = ContentType::new("text", "plain").unwrap().with("charset", charset).unwrap();
    Made::new(Entity::new(ty, octets.to_vec()).unwrap(), "text/plain", octets)
}

fn file_names(random: &mut Random) -> Made {
    let names = [
        "plain.txt",
        "with blank.txt",
        "quo\"te.txt",
        "semi;colon=.txt",
        "Übersicht 2026 – Entwurf.pdf",
        "100%.txt",
        "it's.txt",
        "日本語のとても長い名前のファイル、折り返しが必要になるほど長い名前.txt",
        "a-very-long-name-that-does-not-fit-on-one-line-of-a-header-section-of-a-message-at-all.txt",
        "=?utf-8?Q?no_word?=.txt",
        "tab\u{a0}nbsp.txt",
        "🐎.png",
        "(comment).txt",
        "back\\slash.txt",
        "name*0=.txt",
        "utf-8''x.txt",
    ];
    let mut parts = vec![ascii(random)];
    for _ in 0..3 {
        parts.push(image(random).attached(random.one(&names)));
    }
    Made::mixed(parts)
}

fn flowed_text(random: &mut Random) -> Made {
    let mut writer = flowed::Writer::new().with_delsp(random.below(2) == 0);
    for _ in 0..1 + random.below(5) {
        writer.paragraph(random.below(3) as u8 as usize, &random.words(40));
    }
    let text = writer.clone().finish();
    of_text("text/plain", Entity::flowed(writer).unwrap(), &text)
}

/// An attachment that comes in pieces.
fn streamed(random: &mut Random) -> Letter {
    let plain = text(random);
    let count = random.below(5000);
    let octets = random.octets(count);
    let source = Source::new(7);
    let source = if random.below(2) == 0 { source } else { source.with_size(count as u64) };
    let entity = Entity::octets(source);
    let forced = random.below(3) == 0;
    let entity = match forced {
        true => entity.with_encoding(TransferEncoding::QuotedPrintable).unwrap(),
        false => entity,
    };
    let file = Made::new(entity, "application/octet-stream", &octets).attached("streamed.bin");
    let made = Made::mixed(vec![plain, file]);
    let (header, fields) = header(random, false);
    let message = MessageBuilder::new(header).body(made.entity);
    let mut writer = message.writer(&Options::new(), &random.seed()).unwrap();
    let (mut out, mut rest) = (Vec::new(), &octets[..]);
    loop {
        match writer.next().unwrap() {
            Step::Octets(octets) => out.extend_from_slice(octets),
            Step::Source(_) if rest.is_empty() => writer.end_source().unwrap(),
            Step::Source(_) => {
                let piece = &rest[..rest.len().min(1 + random.below(700))];
                let taken = writer.supply(piece).unwrap();
                rest = &rest[taken..];
            }
            Step::Done => break,
        }
    }
    Letter { octets: out, says: json!({ "fields": fields, "parts": made.says }) }
}
