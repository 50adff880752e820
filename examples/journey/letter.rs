//! What Alice sends: the built-in letter, or a file, as a mail client hands it over.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use postrider::message::{AddrSpec, DateTime, HeaderBuilder, Mailbox, MessageId, Zone};
use postrider::mime::TransferEncoding;
use postrider::mime::build::{Entity, MessageBuilder, Options};

use crate::journey::mta::LARGEST;
use crate::journey::spool::Spool;

/// The text of the built-in mail, with a line that is a dot alone.
const TEXT: &str = "\
Lieber Bob,

the post rider left at dawn. Grüße!
.
(The line above is a dot alone, and it is not the end.)
";

/// What is attached to it.
const MAP: &[u8] = b"The rider carries; the caller owns the road.\n";

/// The seed of the boundary. A mail client draws it at random; the story is to be the same each time.
const SEED: [u8; 32] = *b"The rider left on a grey morning";

/// The built-in mail: two languages and two parts.
fn built_in() -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let alice = Mailbox::with_name(AddrSpec::new("alice", "a.example")?, "Alice Löwe")?;
    let bob = Mailbox::with_name(AddrSpec::new("bob", "b.example")?, "Bob")?;
    let archive = AddrSpec::new("archive", "b.example")?;
    let header = HeaderBuilder::new()
        .from(&alice.into())?
        .to(&bob.into())?
        .cc(&Mailbox::with_name(archive, "The Archive, Ltd.")?.into())?
        .subject("Grüße from the road")?
        .date(&DateTime::from_local((2026, 11, 23), (9, 30, 0), Zone::east(60)?)?)?
        .message_id(&MessageId::new("journey.1@a.example")?)?;
    let map = Entity::octets(MAP).with_encoding(TransferEncoding::Base64)?;
    let message = MessageBuilder::new(header).text(TEXT).attach(map.attached_as("map.bin")?);
    Ok(message.to_vec(&Options::new(), &SEED)?)
}

/// The two mails that Bob has already.
pub(crate) const OLD_MAILS: [&str; 2] = [
    "From: carol@c.example\r\nTo: bob@b.example\r\nSubject: Lunch?\r\n\
     Date: Fri, 20 Nov 2026 11:00:00 +0000\r\nMessage-ID: <lunch@c.example>\r\n\r\n\
     Noon, as ever?\r\n",
    "From: dave@d.example\r\nTo: bob@b.example\r\nSubject: Re: Lunch?\r\n\
     Date: Fri, 20 Nov 2026 11:20:00 +0000\r\nMessage-ID: <lunch-2@d.example>\r\n\
     In-Reply-To: <lunch@c.example>\r\n\r\nGladly.\r\n",
];

/// The mail as Alice's client sends it: the built-in one, or a file without an mbox `From ` line and
/// with every CR, LF, CRLF and the end of the last line made CRLF (RFC 5321 §2.3.8).
pub(crate) fn compose(file: Option<&Path>) -> Result<Spool, String> {
    let Some(path) = file else {
        let mail = built_in().map_err(|error| error.to_string())?;
        let mut spool = Spool::new().map_err(|error| error.to_string())?;
        spool.push(&mail).map_err(|error| error.to_string())?;
        return Ok(spool);
    };
    let clear = |error: std::io::Error| format!("{}: {error}", path.display());
    let source = File::open(path).map_err(clear)?;
    if source.metadata().map_err(clear)?.is_dir() {
        return Err(format!("{}: is a directory, not a mail", path.display()));
    }
    let mut source = BufReader::new(source);
    drop_mbox_line(&mut source).map_err(clear)?;
    let mail = normalize(source.take(LARGEST + 1)).map_err(|error| error.to_string())?;
    if mail.size() > LARGEST {
        return Err(format!("{}: more than {LARGEST} octets", path.display()));
    }
    Ok(mail)
}

/// Skips a first line that begins with `From `, however long it is and whatever ends it.
fn drop_mbox_line(source: &mut BufReader<File>) -> std::io::Result<()> {
    if !source.fill_buf()?.starts_with(b"From ") {
        return Ok(());
    }
    loop {
        let seen = source.fill_buf()?;
        let end = seen.iter().position(|octet| matches!(octet, b'\r' | b'\n'));
        let (skip, done) = (end.unwrap_or(seen.len()), end.is_some() || seen.is_empty());
        source.consume(skip);
        if done {
            break;
        }
    }
    for end in [b'\r', b'\n'] {
        if source.fill_buf()?.first() == Some(&end) {
            source.consume(1);
        }
    }
    Ok(())
}

/// A deliberately plain rewriting of line ends, independent of the machines that it checks.
fn normalize(mut source: impl Read) -> std::io::Result<Spool> {
    let mut spool = Spool::new()?;
    let (mut piece, mut out) = (vec![0; 64 * 1024], Vec::new());
    let mut last = b'\n';
    loop {
        let n = source.read(&mut piece)?;
        if n == 0 {
            break;
        }
        for &octet in &piece[..n] {
            match (last, octet) {
                (b'\r', b'\n') => {}
                (_, b'\r' | b'\n') => out.extend_from_slice(b"\r\n"),
                _ => out.push(octet),
            }
            last = octet;
        }
        spool.push(&out)?;
        out.clear();
    }
    if !matches!(last, b'\r' | b'\n') {
        spool.push(b"\r\n")?;
    }
    Ok(spool)
}
