//! How to do what takes more than one call.
//!
//! # All attachments
//!
//! Those of the message, of nested messages and of encoded ones:
//!
//! ```
//! use postrider_mime::{Message, Selection};
//!
//! let mail = "Content-Type: multipart/mixed; boundary=b\n\n\
//!     --b\nContent-Type: message/rfc822\n\n\
//!     Content-Type: application/pdf; name=a.pdf\n\nPDF\n\
//!     --b\nContent-Type: message/rfc822; name=c.eml\nContent-Transfer-Encoding: quoted-printable\n\n\
//!     Content-Type: application/zip; name=3Dd.zip\n\nPK\n--b--\n";
//! let mut saved = Vec::new();
//! let mut messages = vec![Message::parse(Vec::from(mail))?];
//! while let Some(message) = messages.pop() {
//!     let nested = message.parts().filter_map(|part| part.message());
//!     for root in nested.chain([message.root()]) {
//!         for part in Selection::of(root).attachments() {
//!             let name = part.safe_file_name().unwrap_or_else(|| "unnamed".into());
//!             saved.push((name, part.decoded().value.into_owned()));
//!         }
//!     }
//!     for encoded in message.parts().filter_map(|part| part.encoded_message()) {
//!         messages.push(encoded?);
//!     }
//! }
//! let names: Vec<_> = saved.iter().map(|(name, _)| &name[..]).collect();
//! assert_eq!(names, ["a.pdf", "unnamed", "c.eml", "d.zip"]);
//! # Ok::<(), postrider_mime::TooLarge>(())
//! ```
//!
//! # Reply
//!
//! To `Reply-To`, or else `From` (RFC 5322 §3.6.2), and to all others but oneself. The fields that
//! tie the answer to its thread are made of those of the mail, and so is the subject.
//!
//! ```
//! use postrider_message::{AddrSpec, AddressList, HeaderBuilder, Mailbox};
//! use postrider_mime::{Message, build::{MessageBuilder, Options}};
//!
//! let mail = Message::parse(
//!     "From: Ann <ann@a.example>\nTo: joe@b.example, Kim <kim@c.example>\nSubject: Lunch?\n\
//!      Message-ID: <1@a.example>\n\nAt noon?\nOr later?\n",
//! )?;
//! let headers = mail.headers();
//! let me = Mailbox::new(AddrSpec::new("joe", "b.example")?);
//!
//! let to = headers.reply_to().filter(|list| list.value.mailboxes().next().is_some());
//! let to = to.or_else(|| headers.from()).map(|list| list.value).unwrap_or_default();
//! let others: AddressList<'_> = [headers.to(), headers.cc()]
//!     .iter()
//!     .flatten()
//!     .flat_map(|list| list.value.mailboxes())
//!     .filter(|one| one.addr_spec() != me.addr_spec())
//!     .cloned()
//!     .collect();
//!
//! let mut header = HeaderBuilder::new().from(&me.into())?.to(&to)?; // `Date` and `Message-ID` too
//! // A `Cc` that is there has an address.
//! if others.mailboxes().next().is_some() {
//!     header = header.cc(&others)?;
//! }
//! let header = header.reply_subject(headers)?.answering(headers)?;
//!
//! let selection = mail.selection();
//! let mut text = String::from("With pleasure.\n\n");
//! for line in selection.text_body().iter().filter_map(|part| part.text()).map(|text| text.value) {
//!     line.lines().for_each(|line| text += &format!("> {line}\n"));
//! }
//! let reply = MessageBuilder::new(header).text(text).to_vec(&Options::new(), &[0; 32])?;
//! assert_eq!(
//!     String::from_utf8(reply)?,
//!     "From: joe@b.example\r\nTo: Ann <ann@a.example>\r\nCc: Kim <kim@c.example>\r\n\
//!      Subject: Re: Lunch?\r\nIn-Reply-To: <1@a.example>\r\nReferences: <1@a.example>\r\n\
//!      MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
//!      With pleasure.\r\n\r\n> At noon?\r\n> Or later?\r\n"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Forward
//!
//! As an attachment, every octet stays. A message may not be encoded (RFC 2046 §5.2.1): one with
//! 8-bit octets needs [`Transport::EightBit`](crate::encoding::Transport), or goes as a file.
//!
//! ```
//! use postrider_message::HeaderBuilder;
//! use postrider_mime::{Message, build::{BuildError, Entity, MessageBuilder, Options}};
//!
//! let mail = "Subject: Lunch\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nCafé?\r\n";
//! let header = HeaderBuilder::new().subject("Fwd: Lunch")?; // and `From`, `To`, `Date`, …
//! let with = |attached| MessageBuilder::new(header.clone()).text("See below.\n").attach(attached);
//! let forwarded = match with(Entity::raw_message(mail)).to_vec(&Options::new(), &[0; 32]) {
//!     Err(BuildError::Transport) => {
//!         let file = Entity::octets(mail).attached_as("Lunch.eml")?;
//!         with(file).to_vec(&Options::new(), &[0; 32])?
//!     }
//!     written => written?,
//! };
//! let read = Message::parse(forwarded)?;
//! assert_eq!(read.attachments().next().unwrap().decoded().value, mail.as_bytes());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! As a text, with the attachments as they are:
//!
//! ```
//! use postrider_message::HeaderBuilder;
//! use postrider_mime::{Message, build::{Entity, MessageBuilder, Options}};
//!
//! let mail = Message::parse(
//!     "From: ann@a.example\nContent-Type: multipart/mixed; boundary=b\n\n\
//!      --b\n\nSee the plan.\n\
//!      --b\nContent-Type: application/pdf; name=plan.pdf\n\n%PDF\n--b--\n",
//! )?;
//! let selection = mail.selection();
//! let mut text = String::from("---- Forwarded ----\n");
//! if let Some(from) = mail.headers().from() {
//!     text += &format!("From: {}\n\n", from.value);
//! }
//! text.extend(selection.text_body().iter().filter_map(|part| part.text()).map(|text| text.value));
//! let header = HeaderBuilder::new().subject("Fwd: Plan")?;
//! let mut forwarded = MessageBuilder::new(header).text(text);
//! for part in selection.attachments() {
//!     forwarded = forwarded.attach(Entity::verbatim(part.span().of(mail.as_bytes())));
//! }
//! let read = Message::parse(forwarded.to_vec(&Options::new(), &[0; 32])?)?;
//! let [text, plan] = &read.root().children().collect::<Vec<_>>()[..] else { panic!() };
//! assert_eq!(
//!     text.text().unwrap().value,
//!     "---- Forwarded ----\r\nFrom: ann@a.example\r\n\r\nSee the plan."
//! );
//! assert_eq!(plan.raw_header(), b"Content-Type: application/pdf; name=plan.pdf\n\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Send files as they are read
//!
//! Several files, each under a number; pieces may have any size. The memory is that of the writer and
//! the one buffer.
//!
//! ```
//! use std::io::{Read, Write};
//! use postrider_message::HeaderBuilder;
//! use postrider_mime::build::{Entity, MessageBuilder, Options, Source, Step};
//!
//! # let mut files = [std::io::repeat(b'x').take(300_000), std::io::repeat(b'y').take(7)];
//! # let mut connection = Vec::new();
//! let mut message = MessageBuilder::new(HeaderBuilder::new()).text("Two files.");
//! for (number, (name, size)) in [("disk.img", 300_000), ("notes", 7)].into_iter().enumerate() {
//!     let source = Source::new(number as u64).with_size(size);
//!     message = message.attach(Entity::octets(source).attached_as(name)?);
//! }
//! let mut writer = message.writer(&Options::new(), &[0; 32])?;
//! let announced = writer.size(); // for `SIZE` (RFC 1870)
//! let mut buffer = vec![0; 64 << 10];
//! // What is in the buffer and was not taken yet.
//! let mut left = 0..0;
//! loop {
//!     match writer.next()? {
//!         Step::Octets(octets) => connection.write_all(octets)?,
//!         Step::Source(source) => {
//!             if left.is_empty() {
//!                 left = 0..files[source.number() as usize].read(&mut buffer)?;
//!             }
//!             match left.is_empty() {
//!                 true => writer.end_source()?,
//!                 false => left.start += writer.supply(&buffer[left.clone()])?,
//!             }
//!         }
//!         Step::Done => break,
//!     }
//! }
//! assert_eq!(announced, Some(connection.len() as u64));
//! # let read = postrider_mime::Message::parse(connection)?;
//! # let sizes: Vec<_> = read.attachments().map(|part| part.decoded_len()).collect();
//! # assert_eq!(sizes, [300_000, 7]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Sign
//!
//! What is signed is written first, with a seed of its own, and goes into the message as it is.
//! [`Part::signed`](crate::Part::signed) tells the same octets to whoever verifies.
//!
//! ```
//! use postrider_message::HeaderBuilder;
//! use postrider_mime::{Message, build::{Entity, MessageBuilder, Options}};
//!
//! # fn sign(_: &[u8]) -> Vec<u8> { vec![0x30, 0x80] }
//! # fn verify(signed: &[u8], signature: &[u8]) -> bool { signature == sign(signed) }
//! let plan = Entity::octets(b"\x00\x01").attached_as("plan.bin")?;
//! let content = Entity::mixed([Entity::text("Grüße \n"), plan])?;
//! let to_sign = content.to_vec(&Options::for_signing(), &[1; 32])?;
//! let signature = Entity::pkcs7_signature(sign(&to_sign))?;
//! let signed = Entity::signed(&to_sign, signature, "sha-256")?;
//! let mail = MessageBuilder::new(HeaderBuilder::new()).body(signed);
//! let mail = mail.to_vec(&Options::new(), &[2; 32])?;
//!
//! let read = Message::parse(mail)?;
//! let signed = read.root().signed().unwrap().value;
//! let octets: Vec<u8> = signed.canonical().flatten().copied().collect();
//! assert_eq!(octets, to_sign);
//! assert!(verify(&octets, &signed.signature().unwrap().decoded().value));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Take away what is large, and add a footer
//!
//! All octets that are not changed stay. A picture or film may be no attachment but shown in its
//! place, so all parts are asked about. A signature over what is changed does not hold any more.
//!
//! ```
//! use postrider_mime::{Edit, Message, Strip};
//!
//! let film = "x".repeat(2 << 20);
//! let mail = format!(
//!     "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n\
//!      --b\nContent-Type: image/gif; name=a.gif\n\nGIF89a\n\
//!      --b\nContent-Type: video/mp4; name=film.mp4\n\n{film}\n--b--\n",
//! );
//! let message = Message::parse(&mail)?;
//! let mut edit = Edit::of(&message);
//! edit.strip_parts(|part| match part.decoded_len() > 1 << 20 {
//!     true => Strip::Note,
//!     false => Strip::Keep,
//! })?;
//! // The HTML of a message is another text, with its own end to find.
//! let selection = message.selection();
//! for part in selection.text_body().iter().filter(|part| part.media_type().is("text", "plain")) {
//!     let text = part.text().unwrap().value;
//!     edit.set_text(*part, &format!("{}\r\n\r\nSent by the road.\r\n", text.trim_end()))?;
//! }
//! assert!(!edit.breaks_signature());
//! assert_eq!(
//!     String::from_utf8(edit.to_vec())?,
//!     "Content-Type: multipart/mixed; boundary=b\n\n\
//!      --b\nContent-Type: text/plain; charset=us-ascii\n\nHello\n\nSent by the road.\n\n\
//!      --b\nContent-Type: image/gif; name=a.gif\n\nGIF89a\n\
//!      --b\nContent-Type: text/plain; charset=us-ascii\nContent-Disposition: inline\n\n\
//!      Removed: film.mp4 (video/mp4, 2097152 octets)\n\n--b--\n"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Who was not reached
//!
//! [`Bounce`](crate::bounce::Bounce) reads reports and the texts of systems that write none. Whose
//! mail it was tells the identifier in what came back.
//!
//! ```
//! use postrider_mime::{Message, bounce::{Action, Bounce}, report::Report};
//!
//! # let bounce = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
//! #     --b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\n\
//! #     Reporting-MTA: dns; mx.example.net\n\n\
//! #     Final-Recipient: rfc822; joe@example.com\nAction: failed\nStatus: 5.1.1\n\
//! #     Diagnostic-Code: smtp; 550 5.1.1 user unknown\n\
//! #     --b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <1@example.net>\n--b--\n";
//! let mut gone = Vec::new();
//! let message = Message::parse(bounce)?;
//! if let Some(bounce) = Bounce::of(&message) {
//!     for recipient in bounce.recipients() {
//!         if recipient.action() == Action::Failed && recipient.status().is_permanent_failure() {
//!             let status = recipient.status().to_string();
//!             gone.push((recipient.address(), status, recipient.diagnosis()));
//!         }
//!     }
//!     let joe = (Some("joe@example.com"), "5.1.1".into(), "550 5.1.1 user unknown");
//!     assert_eq!(gone, [joe]);
//! }
//! let original = Report::of(message.root()).and_then(|report| report.original_headers()).unwrap();
//! assert_eq!(original.headers().message_id().unwrap().value.ids()[0].as_str(), "1@example.net");
//! # Ok::<(), postrider_mime::TooLarge>(())
//! ```
//!
//! # Say that a mail was read
//!
//! Only where the user agrees, and to `Disposition-Notification-To` (RFC 8098 §2.1). Like a bounce
//! it goes out with an empty envelope sender.
//! How a bounce is made, [`DeliveryStatus::to_report`](crate::report::DeliveryStatus::to_report)
//! shows.
//!
//! ```
//! use postrider_message::{AddrSpec, HeaderBuilder, Mailbox};
//! use postrider_mime::{Message, build::{Entity, MessageBuilder, Options}, report::*};
//!
//! let mail = Message::parse(
//!     "From: ann@a.example\nDisposition-Notification-To: ann@a.example\n\
//!      Message-ID: <1@a.example>\n\nHello\n",
//! )?;
//! let to = mail.headers().disposition_notification_to().unwrap().value;
//! let how = MessageDisposition::new(
//!     ActionMode::ManualAction,
//!     SendingMode::SentManually,
//!     DispositionType::Displayed,
//! );
//! let mut receipt = DispositionNotification::new(RecipientAddress::rfc822("joe@b.example")?, how);
//! let id = mail.headers().message_id().map(|list| list.value);
//! if let Some(id) = id.as_ref().and_then(|list| list.ids().first()) {
//!     receipt = receipt.with_original_message_id(id.clone());
//! }
//! let text = Entity::text("Your mail was shown. That does not say that it was understood.\n");
//! let me = Mailbox::new(AddrSpec::new("joe", "b.example")?);
//! let header = HeaderBuilder::new().from(&me.into())?.to(&to)?.subject("Read: Hello")?;
//! let written = MessageBuilder::new(header)
//!     .body(receipt.to_report(text, None, false)?)
//!     .to_vec(&Options::new(), &[0; 32])?;
//!
//! let read = Message::parse(written)?;
//! let report = Report::of(read.root()).unwrap();
//! assert!(report.defects().is_empty());
//! assert_eq!(report.disposition_notification().unwrap().value, receipt);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # From a mailbox in one file to a Maildir, and back
//!
//! Many programs keep in `Status` and `X-Status` what a Maildir keeps in names of files.
//!
//! ```
//! use postrider_mime::{DateTime, Message, Zone, maildir::{Flag, Flags, Name, Unique}, mbox};
//!
//! let mailbox = b"From joe@a.example Thu Jan  1 00:00:00 1970\n\
//!     Subject: Hi\nStatus: RO\nX-Status: A\n\n>From me\n\n";
//! let mut files = Vec::new();
//! for (number, mail) in (0..).zip(mbox::split(mailbox, mbox::Format::Mboxrd)) {
//!     let message = Message::parse(&mail.octets)?;
//!     let mut flags = Flags::NONE;
//!     for (field, letter, flag) in [
//!         ("Status", b'R', Flag::Seen),
//!         ("X-Status", b'A', Flag::Replied),
//!         ("X-Status", b'F', Flag::Flagged),
//!         ("X-Status", b'T', Flag::Draft),
//!         ("X-Status", b'D', Flag::Trashed),
//!     ] {
//!         let mut fields = message.headers().named(field);
//!         if fields.any(|field| field.value().contains(&letter)) {
//!             flags = flags.with(flag);
//!         }
//!     }
//!     let arrived = mail.from_line.and_then(|line| line.date()).map_or(0, DateTime::unix);
//!     let unique = Unique::new(arrived.try_into().unwrap_or(0), "mx.example")
//!         .with_deliveries(number)
//!         .with_size(mail.octets.len() as u64)
//!         .to_string();
//!     files.push((Name::new(unique.as_bytes()).with_flags(flags), mail.octets));
//! }
//! assert_eq!(files[0].0, b"0.Q0.mx.example,S=44:2,RS");
//!
//! let mut back = Vec::new();
//! for (name, octets) in &files {
//!     let seconds = Name::new(name).time().unwrap_or(0);
//!     let arrived = DateTime::from_unix(seconds as i64, Zone::UTC)?;
//!     mbox::Writer::new(mbox::Format::Mboxrd).write("joe@a.example", arrived, octets, &mut back)?;
//! }
//! assert_eq!(back, mailbox);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
