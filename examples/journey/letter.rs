//! What Alice sends: the built-in letter, or a file, as a mail client hands it over.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::journey::mta::LARGEST;
use crate::journey::spool::Spool;

/// The built-in mail: two languages, two parts and a line that begins with a dot.
const BUILT_IN: &str = "\
From: =?UTF-8?Q?Alice_L=C3=B6we?= <alice@a.example>
To: Bob <bob@b.example>
Cc: \"The Archive, Ltd.\" <archive@b.example>
Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?= from the road
Date: Mon, 23 Nov 2026 09:30:00 +0100
Message-ID: <journey.1@a.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=\"the-road\"

This text is for readers without MIME.
--the-road
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Lieber Bob,

the post rider left at dawn. Gr=C3=BC=C3=9Fe!
.
(The line above is a dot alone, and it is not the end.)
--the-road
Content-Type: application/octet-stream; name=\"map.bin\"
Content-Disposition: attachment; filename=\"map.bin\"
Content-Transfer-Encoding: base64

VGhlIHJpZGVyIGNhcnJpZXM7IHRoZSBjYWxsZXIgb3ducyB0aGUgcm9hZC4K
--the-road--
";

/// The two mails that Bob has already.
pub(crate) const OLD_MAILS: [&str; 2] = [
    "From: carol@c.example\r\nTo: bob@b.example\r\nSubject: Lunch?\r\n\
     Date: Fri, 20 Nov 2026 11:00:00 +0000\r\nMessage-ID: <lunch@c.example>\r\n\r\n\
     Noon, as ever?\r\n",
    "From: dave@d.example\r\nTo: bob@b.example\r\nSubject: Re: Lunch?\r\n\
     Date: Fri, 20 Nov 2026 11:20:00 +0000\r\nMessage-ID: <lunch-2@d.example>\r\n\
     In-Reply-To: <lunch@c.example>\r\n\r\nGladly.\r\n",
];

/// The mail as Alice's client sends it: without an mbox `From ` line, and with every CR, LF, CRLF
/// and the end of the last line made CRLF (RFC 5321 §2.3.8).
pub(crate) fn compose(file: Option<&Path>) -> Result<Spool, String> {
    let Some(path) = file else {
        return normalize(BUILT_IN.as_bytes()).map_err(|error| error.to_string());
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
