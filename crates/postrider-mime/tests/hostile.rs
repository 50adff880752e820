//! Octets of an attacker that is in what others write: entities that are kept as they are, senders
//! of mailboxes, texts that become fields.

use postrider_message::{AddrSpec, HeaderBuilder, HeaderSection, Mailbox, RawValue};
use postrider_mime::{
    DateTime, Edit, Message, Zone,
    bounce::Bounce,
    build::{Entity, MessageBuilder, Options, Source, Step},
    encoding::Transport,
    imap::Envelope,
    maildir::{Flags, Name, Unique, folder_levels, folder_name},
    mbox::{Event, Format, LineEnds, Reader, Writer, split},
    partial,
    report::{DeliveryStatus, DispositionNotification, FeedbackReport},
};
use proptest::prelude::*;

const SEED: [u8; 32] = [7; 32];

fn header() -> HeaderBuilder {
    let from = Mailbox::new(AddrSpec::new("joe", "a.example").unwrap());
    HeaderBuilder::new().from(&from.into()).unwrap().subject("a").unwrap()
}

/// A part of which every octet stays opens a multipart that it does not close, whose boundary begins
/// that of the multipart around it.
#[test]
fn what_is_kept_swallows_no_part_behind_it() {
    for boundary in ["=", "=_", "=_a4dqobyha4dqobyha4dqobyh_"] {
        let open = format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\nx");
        let nested = format!("Content-Type: message/rfc822\r\n\r\n{open}");
        let kept = [
            Entity::verbatim(open.clone()),
            Entity::verbatim(nested),
            Entity::raw_message(open.clone()),
        ];
        for kept in kept {
            let mixed = Entity::mixed([kept, Entity::text("second")]).unwrap();
            let Ok(octets) = mixed.to_vec(&Options::new(), &SEED) else { continue };
            let message = Message::parse(octets.clone()).unwrap();
            let parts: Vec<_> = message.root().children().collect();
            assert_eq!(parts.len(), 2, "{}", String::from_utf8_lossy(&octets));
            assert_eq!(parts[1].raw_body(), b"second");
        }
    }
}

/// An entity that came from someone else brings no field of the message.
#[test]
fn what_is_kept_brings_no_field_of_the_message() {
    let evil = [
        "From: eve@b.example\r\nBcc: eve@b.example\r\nContent-Type: text/plain\r\n\r\nHello\r\n",
        " eve@b.example\r\nContent-Type: text/plain\r\n\r\nHello\r\n",
        "\teve@b.example\r\n\r\nHello\r\n",
        "From: eve@b.example",
    ];
    for evil in evil {
        let message = MessageBuilder::new(header()).body(Entity::verbatim(evil));
        if let Ok(octets) = message.to_vec(&Options::new(), &SEED) {
            check(&octets, "built", evil);
        }
        for mail in [
            "From: joe@a.example\nSubject: a\n\nx\n",
            "From: joe@a.example\r\nSubject: a\r\n\r\nx\r\n",
        ] {
            let message = Message::parse(mail).unwrap();
            let mut edit = Edit::of(&message);
            if edit.replace(message.root(), &Entity::verbatim(evil), &SEED).is_ok() {
                check(&edit.to_vec(), "replaced", evil);
            }
            let mut edit = Edit::of(&message);
            if edit.attach(message.root(), &Entity::verbatim(evil), &SEED).is_ok() {
                check(&edit.to_vec(), "attached", evil);
            }
        }
    }
}

fn check(octets: &[u8], how: &str, evil: &str) {
    let message = Message::parse(octets).unwrap();
    let headers = message.root().headers();
    let names: Vec<_> = headers
        .fields()
        .map(|field| String::from_utf8_lossy(field.name()).into_owned())
        .filter(|name| !name.to_ascii_lowercase().starts_with("content-"))
        .collect();
    let mut sorted = names;
    sorted.sort();
    sorted.retain(|name| name != "MIME-Version");
    assert_eq!(sorted, ["From", "Subject"], "{how} {evil:?}: {}", octets.escape_ascii());
    for field in headers.fields() {
        assert!(
            !field.raw().windows(3).any(|octets| octets == b"eve"),
            "{how} {evil:?}: {}",
            octets.escape_ascii()
        );
    }
}

proptest! {
    /// Whatever is in the parts, kept, encoded or streamed in any pieces, the parts are those that
    /// were given, in order, with the octets that they had.
    #[test]
    fn parts_are_read_as_they_were_given(
        texts in prop::collection::vec((part(), 0..5_usize), 1..5),
        transport in prop::sample::select(&[Transport::SevenBit, Transport::EightBit, Transport::Binary][..]),
        signing: bool,
        cut in 1..40_usize,
    ) {
        let options = if signing { Options::for_signing() } else { Options::new() };
        let options = options.with_transport(transport);
        let parts = texts.iter().enumerate().map(|(at, (text, kind))| match kind {
            0 => Entity::octets(text),
            1 => Entity::verbatim(text),
            2 => Entity::raw_message(text),
            3 => Entity::octets(Source::new(at as u64)),
            _ => Entity::verbatim(Source::new(at as u64)),
        });
        let entity = Entity::mixed(parts).unwrap();
        let Ok(writer) = entity.writer(&options, &SEED) else { return Ok(()) };
        let Some(octets) = taken(writer, &texts, cut) else { return Ok(()) };
        if texts.iter().all(|(_, kind)| *kind < 3) {
            prop_assert_eq!(&entity.to_vec(&options, &SEED).unwrap(), &octets);
        }
        let message = Message::parse(&octets).unwrap();
        let children: Vec<_> = message.root().children().collect();
        prop_assert_eq!(children.len(), texts.len(), "{}", octets.escape_ascii());
        for (child, (text, kind)) in children.iter().zip(&texts) {
            match kind {
                0 | 3 => prop_assert_eq!(child.decoded().value.to_vec(), text.as_bytes().to_vec()),
                2 => {
                    let (read, text) = (lines(child.raw_body()), lines(text.as_bytes()));
                    prop_assert!(read == text || read == text.clone() + "\n", "{:?} {:?}", read, text);
                }
                _ => {
                    let mut whole = [child.raw_header(), child.raw_body()].concat();
                    // Fields without an empty line end with the line end before the delimiter.
                    if whole.len() == text.len() + 2 && whole.ends_with(b"\r\n") {
                        whole.truncate(text.len());
                    }
                    prop_assert_eq!(whole.escape_ascii().to_string(), text.as_bytes().escape_ascii().to_string());
                }
            }
        }
    }

    /// Whatever stands in mails and whoever sent them, a mailbox has the mails that were written.
    #[test]
    fn a_mailbox_has_the_mails_that_were_written(
        mails in prop::collection::vec((sender(), mail()), 1..5),
        ends in prop::sample::select(&[LineEnds::AsIs, LineEnds::Lf, LineEnds::CrLf][..]),
    ) {
        let date = DateTime::from_unix(0, Zone::UTC).unwrap();
        for format in [Format::Default, Format::Mboxo, Format::Mboxrd, Format::Mboxcl, Format::Mboxcl2] {
            let mut mailbox = Vec::new();
            let writer = Writer::new(format).with_line_ends(ends);
            let mut senders = Vec::new();
            for (sender, mail) in &mails {
                if writer.write(sender, date, mail.as_bytes(), &mut mailbox).is_ok() {
                    senders.push(if sender.is_empty() { "MAILER-DAEMON" } else { sender });
                }
            }
            let read: Vec<_> = split(&mailbox, format).collect();
            let told: Vec<_> = read
                .iter()
                .map(|one| one.from_line.map(|line| String::from_utf8_lossy(line.sender()).into_owned()))
                .collect();
            let wanted: Vec<_> = senders.iter().map(|one| Some((*one).to_owned())).collect();
            prop_assert_eq!(told, wanted, "{:?} {}", format, mailbox.escape_ascii());
        }
    }

    /// ENVELOPE is told on lines: no CR, LF or NUL, which a quoted string of IMAP cannot have.
    #[test]
    fn an_envelope_has_no_line_end(text in nasty()) {
        let section = format!("From: {text}\r\nTo: <{text}>\r\nCc: a@b.example, {text}\r\nSubject: {text}\r\nMessage-ID: {text}\r\nDate: {text}\r\n\r\n");
        let section = HeaderSection::parse(section.as_bytes());
        let envelope = Envelope::of(section.headers());
        let is_safe = |octets: &[u8]| !octets.contains(&b'\n');
        let lists = [envelope.from().collect::<Vec<_>>(), envelope.to().collect(), envelope.cc().collect()];
        for one in lists.iter().flatten() {
            for octets in [one.name.as_deref(), one.adl.as_deref(), one.mailbox.as_deref(), one.host].into_iter().flatten() {
                prop_assert!(is_safe(octets), "address {:?} of {:?}", octets.escape_ascii().to_string(), text);
            }
        }
        for octets in [envelope.subject(), envelope.message_id(), envelope.date()].into_iter().flatten() {
            prop_assert!(is_safe(&octets), "{:?} of {:?}", octets.escape_ascii().to_string(), text);
        }
    }

    /// A report that was read is written with the fields that it had, and no others.
    #[test]
    fn a_report_that_was_read_is_written_as_it_was(values in prop::collection::vec(nasty(), 12), utf8: bool) {
        let v = &values;
        let delivery = format!(
            "Reporting-MTA: dns; {}\nOriginal-Envelope-Id: {}\nX-A: {}\nReceived-From-MTA: {}\n\nOriginal-Recipient: utf-8;{}\n\
             Final-Recipient: utf-8; {}\nAction: failed ({})\nStatus: 5.0.0 ({})\nDiagnostic-Code: smtp; {}\n\
             Remote-MTA: {};{}\nFinal-Log-ID: {}\n",
            v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11],
        );
        let read = DeliveryStatus::read(RawValue::new(delivery.as_bytes())).value;
        if let Ok(written) = read.to_vec(utf8) {
            let again = DeliveryStatus::read(RawValue::new(&written)).value;
            prop_assert_eq!(&read, &again, "{}", written.escape_ascii());
        }
        let notification = format!(
            "Reporting-UA: {}; {}\nMDN-Gateway: {}\nOriginal-Recipient: {}\nFinal-Recipient: utf-8;{}\n\
             Original-Message-ID: {}\nDisposition: automatic-action/MDN-sent-automatically; displayed/{}\nError: {}\nX-B: {}\n",
            v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8],
        );
        let read = DispositionNotification::read(RawValue::new(notification.as_bytes())).value;
        if let Ok(written) = read.to_vec(utf8) {
            let again = DispositionNotification::read(RawValue::new(&written)).value;
            prop_assert_eq!(&read, &again, "{}", written.escape_ascii());
        }
        let feedback = format!(
            "Feedback-Type: {}\nUser-Agent: {}\nVersion: 1\nOriginal-Envelope-Id: {}\nOriginal-Mail-From: {}\n\
             Reporting-MTA: {}\nAuthentication-Results: {}\nOriginal-Rcpt-To: {}\nReported-Domain: {}\nReported-URI: {}\nX-C: {}\n",
            v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9],
        );
        let read = FeedbackReport::read(RawValue::new(feedback.as_bytes())).value;
        if let Ok(written) = read.to_vec() {
            let again = FeedbackReport::read(RawValue::new(&written)).value;
            prop_assert_eq!(&read, &again, "{}", written.escape_ascii());
        }
    }
}

proptest! {
    /// RFC 2046 §5.2.2.1: the fields of the message around the first fragment stay, but for those of
    /// the enclosed message that it names; nothing else of the enclosed message becomes a field.
    #[test]
    fn fragments_bring_no_fields_but_those_that_the_rfc_names(
        outer in fields(), inner in fields(), rest in fields(), ends in prop::bool::ANY,
    ) {
        let ty = |number| format!("Content-Type: message/partial; id=\"a@b\"; number={number}; total=2");
        let fragments = [format!("{outer}{}\n\n{inner}", ty(1)), format!("{}\n\n{rest}", ty(2))];
        let fragments = fragments.map(|one| if ends { one.replace("\r\n", "\n").replace('\n', "\r\n") } else { one });
        let messages = fragments.each_ref().map(|one| Message::parse(one).unwrap());
        let parts: Vec<_> = messages.iter().map(Message::root).collect();
        let Ok(octets) = partial::reassemble(&parts, 1 << 20) else { return Ok(()) };
        let whole = Message::parse(&octets).unwrap();
        let named = |name: &[u8]| {
            let name = String::from_utf8_lossy(name).to_ascii_lowercase();
            name.starts_with("content-") || ["subject", "message-id", "encrypted", "mime-version"].contains(&&*name)
        };
        let fields = |octets: &[u8], is: &dyn Fn(&[u8]) -> bool| -> Vec<String> {
            let section = HeaderSection::parse(octets);
            let fields = section.headers().fields().filter(|field| is(field.name()));
            fields.map(|field| String::from_utf8_lossy(field.raw()).trim_end().to_owned()).collect()
        };
        let mut wanted = fields(messages[0].as_bytes(), &|name| {
            !named(name) && !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
        });
        wanted.extend(fields(parts[0].raw_body(), &named));
        prop_assert_eq!(fields(&octets, &|_| true), wanted, "{} of {:?}", octets.escape_ascii(), fragments);
        let body = [HeaderSection::parse(parts[0].raw_body()).body(), parts[1].raw_body()].concat();
        let body = String::from_utf8_lossy(&body).split_whitespace().collect::<String>();
        prop_assert_eq!(String::from_utf8_lossy(whole.root().raw_body()).split_whitespace().collect::<String>(), body);
    }
}

fn fields() -> impl Strategy<Value = String> {
    pieces(
        &[
            "From: a@b",
            "Subject: x",
            "Content-Type: text/html",
            "To: c",
            " d",
            "\t",
            "\n",
            "\n",
            "\n",
            "\r\n",
            "\r",
            "no colon",
            "From eve",
            "From ",
            ":",
            "MIME-Version: 1.0",
            "\u{feff}",
            ">From: e",
            "Encrypted",
            "Message-ID : f",
        ],
        0..12,
    )
}

/// What a writer writes, with sources that come in pieces of so many octets; `None` where one is
/// refused.
fn taken(
    mut writer: postrider_mime::build::Writer<'_>,
    texts: &[(String, usize)],
    cut: usize,
) -> Option<Vec<u8>> {
    let (mut out, mut given) = (Vec::new(), vec![0; texts.len()]);
    loop {
        match writer.next().ok()? {
            Step::Done => return Some(out),
            Step::Octets(octets) => out.extend_from_slice(octets),
            Step::Source(source) => {
                let at = usize::try_from(source.number()).unwrap();
                let rest = &texts[at].0.as_bytes()[given[at]..];
                if rest.is_empty() {
                    writer.end_source().ok()?;
                } else {
                    given[at] += writer.supply(rest.get(..cut).unwrap_or(rest)).ok()?;
                }
            }
        }
    }
}

fn lines(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).replace("\r\n", "\n")
}

fn part() -> impl Strategy<Value = String> {
    pieces(
        &[
            "Content-Type: multipart/mixed; boundary=\"=_\"",
            "Content-Type: multipart/mixed; boundary=\"=_a4dqobyha4dqobyha4dqobyh_00000000\"",
            "Content-Type: message/rfc822",
            "--=_a4dqobyha4dqobyha4dqobyh_00000000",
            "--=_a4dqobyha4dqobyha4dqobyh_00000001--",
            "--=_",
            "--",
            "-",
            "A: b",
            " c",
            "\r\n",
            "\r\n",
            "\n",
            "\r",
            "\r\n\r\n",
            "\t",
            "x",
            "\0",
            "é",
            "=",
            ".",
            "\u{85}",
            "\u{2028}",
        ],
        0..10,
    )
}

fn sender() -> impl Strategy<Value = String> {
    pieces(
        &[
            "",
            "a@b.example",
            ":",
            "-",
            "Mon",
            ",",
            "From",
            "@a:",
            "\"",
            "10:00",
            ">",
            "é",
            "\u{a0}",
            "1970",
        ],
        0..4,
    )
}

fn mail() -> impl Strategy<Value = String> {
    pieces(
        &[
            "A: b",
            "\n",
            "\r\n",
            "\r",
            "\n\n",
            "\r\n\r\n",
            "From ",
            ">From ",
            ">",
            "From eve Thu Jan  1 00:00:00 1970",
            "From - ",
            "Content-Length: 5",
            "Content-Length: 0",
            "content-length \t:99",
            "Content-Length: -1",
            "Content-Length:\r5",
            " ",
            "\u{feff}",
            "\0",
            "x",
        ],
        0..12,
    )
}

fn nasty() -> impl Strategy<Value = String> {
    pieces(
        &[
            "a",
            "@",
            "b.example",
            "<",
            ">",
            "\"",
            "\\",
            "(",
            ")",
            ",",
            ";",
            ":",
            " ",
            "  ",
            "\t",
            "\r\n ",
            "\r\n\t",
            "\n ",
            "\r",
            "\0",
            "\\\r\n ",
            "\\\r",
            "\u{85}",
            "\u{2028}",
            "\u{feff}",
            "é",
            "=?utf-8?Q?=0D=0A?=",
            "\\x{41}",
            "\\x{20}",
            "\\x{0A}",
            "\\x{5C}x{41}",
            "+",
            "=",
            "[",
            "]",
            "/",
            "rfc822;",
            "\u{7f}",
            "\u{1}",
            "\u{b}",
        ],
        0..8,
    )
}

fn pieces(
    list: &'static [&'static str],
    count: core::ops::Range<usize>,
) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(list), count).prop_map(|all| all.concat())
}

proptest! {
    /// What is read of a mailbox file is what was written: nothing of one mail gets into another.
    #[test]
    fn mails_of_a_mailbox_have_the_octets_that_they_had(
        mails in prop::collection::vec(mail(), 1..5),
        ends in prop::sample::select(&[LineEnds::AsIs, LineEnds::Lf, LineEnds::CrLf][..]),
        cut in 1..40_usize,
    ) {
        let date = DateTime::from_unix(0, Zone::UTC).unwrap();
        for format in [Format::Mboxrd, Format::Mboxcl, Format::Mboxcl2] {
            let mut mailbox = Vec::new();
            let writer = Writer::new(format).with_line_ends(ends);
            for mail in &mails {
                writer.write("a@b.example", date, mail.as_bytes(), &mut mailbox).unwrap();
            }
            let mut read: Vec<Vec<u8>> = Vec::new();
            let mut tell = |event: Event<'_>| match event {
                Event::Begin(_) => read.push(Vec::new()),
                Event::Octets(octets) => read.last_mut().unwrap().extend_from_slice(octets.raw),
                _ => {}
            };
            let mut reader = Reader::new(format);
            mailbox.chunks(cut).for_each(|chunk| reader.push(chunk, &mut tell));
            reader.finish(&mut tell);
            prop_assert_eq!(read.len(), mails.len(), "{:?} {}", format, mailbox.escape_ascii());
            for (read, mail) in read.iter().zip(&mails) {
                // Line ends change, and `Content-Length` does.
                let text = |octets: &str| {
                    let octets = octets.replace(['\r', '\n'], "").replace(">From ", "From ");
                    let lengths = ["content-length \t:99", "Content-Length:"];
                    lengths.iter().fold(octets, |text, length| text.replace(length, "")).replace(|one: char| one.is_ascii_digit(), "")
                };
                let read = text(&String::from_utf8_lossy(read));
                if format == Format::Mboxrd {
                    prop_assert_eq!(read, text(mail), "{:?}", format);
                } else {
                    let rest = mail.split_once("\n\n").map(|(_, body)| text(body)).unwrap_or_default();
                    prop_assert!(read.trim_end().ends_with(rest.trim()) || mail.contains('\r') || mail.contains("ontent"), "{:?} {:?} {:?}", format, read, mail);
                }
            }
        }
    }

    /// A name in a Maildir is one name: it leads nowhere else, and has the flags that it was given.
    #[test]
    fn a_name_in_a_maildir_is_one_name(host in nasty(), level in nasty(), letters in nasty()) {
        let unique = Unique::new(1, &host).with_random(&SEED).with_size(2).to_string();
        let is_one = |name: &str| {
            !name.contains(['/', '\0', ':', '\n']) && !name.starts_with('.') && name.len() <= 255
        };
        prop_assert!(is_one(&unique), "{:?}", unique);
        let flags = Flags::of_letters(letters.as_bytes());
        let name = Name::new(unique.as_bytes()).with_flags(flags);
        prop_assert_eq!(Name::new(&name).flags(), flags);
        prop_assert_eq!(Name::new(&name).base(), unique.as_bytes());
        if let Ok(folder) = folder_name([level.as_str(), "a"]) {
            prop_assert!(!folder.contains(['/', '\0', '\n']) && !folder.contains(".."));
            prop_assert!(folder_levels(&folder).unwrap().eq([level.as_str(), "a"]));
        }
    }

    /// An address that a bounce tells stands in it, on one line.
    #[test]
    fn addresses_of_a_bounce_stand_in_it(text in nasty(), other in nasty()) {
        for notice in [
            format!("Hi. This is the qmail-send program\n\n<{text}>:\n{other}\n"),
            format!("The following addresses had permanent fatal errors\n<{text}>\n{other}\n"),
            format!("Your message to {text} could not be delivered: {other}\n"),
            format!("<html><body>Delivery to {text}<br>&lt;{other}&#64;b.example&gt; failed permanently: 550 user unknown"),
        ] {
            for ty in ["text/plain", "text/html"] {
                let mail = format!(
                    "From: MAILER-DAEMON@a.example\nSubject: failure notice\nContent-Type: {ty}; charset=utf-8\nX-Failed-Recipients: {}\n\n{notice}",
                    text.replace(['\r', '\n'], " "),
                );
                let message = Message::parse(&mail).unwrap();
                let Some(bounce) = Bounce::of(&message) else { continue };
                for one in bounce.recipients() {
                    let Some(address) = one.address() else { continue };
                    prop_assert!(!address.contains(char::is_control), "{:?}", address);
                    let plain = mail.replace("&#64;", "@");
                    prop_assert!(plain.contains(address), "{:?} {:?}", address, mail);
                    prop_assert!(one.diagnosis().len() <= 1024);
                }
            }
        }
    }
}
