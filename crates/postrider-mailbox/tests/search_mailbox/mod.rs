//! Six messages that were made by hand, each of which one or another key matches.
#![allow(dead_code, reason = "each test binary uses some of it")]

pub(crate) mod table;

use std::borrow::Cow;
use std::cell::RefCell;
use std::convert::Infallible;

use bytes::Bytes;
use postrider_imap::{Flag, InternalDate, Keyword, MessageNumber, ModSeq, ObjectId, Uid};
use postrider_mailbox::{Messages, Metadata, Need};

/// 1-Mar-2024 12:00:00 +0000
pub(crate) const NOW: i64 = 1_709_294_400;

/// The UID of a message, by its place from zero.
pub(crate) fn uid(at: usize) -> Uid {
    Uid::new([7, 14, 17, 100, 900, 901][at]).unwrap()
}

const MAILS: [&[u8]; 6] = [
    b"Date: Fri, 21 Nov 1997 23:59:59 -0800\r\n\
      From: John Smith <js@a.example>\r\n\
      Subject: afternoon meeting\r\n\
      To: mooch@owatagu.example\r\n\
      Message-Id: <B27397-0100000@Blurdybloop.example>\r\n\r\n\
      Hello Joe, do you think we can meet at 3:30 tomorrow?\r\n",
    b"Date: Thu, 20 Nov 1997 12:00:00 +0000\r\n\
      From: \"Smith, Ann\" <ann@a.example>\r\n\
      Cc: Chris <c@a.example>\r\n\
      Subject: folded\r\n\t over\r\n lines\r\n\
      X-Label: two\r\n\
      Content-Type: text/plain; charset=iso-8859-1\r\n\
      Content-Transfer-Encoding: quoted-printable\r\n\r\n\
      A na=EFve caf=\r\n=E9\r\n",
    b"Date: Fri, 21 Nov 1997 00:00:00 +1400\r\n\
      From: foobar@Blurdybloop.example (Fred Foobar)\r\n\
      Subject: parts\r\n\
      Content-Type: multipart/mixed; boundary=b\r\n\r\n\
      --b\r\n\
      Content-Disposition: attachment; filename=\"note.txt\"\r\n\
      Content-Transfer-Encoding: base64\r\n\r\n\
      YXR0YWNoZWQgd29yZHM=\r\n\
      --b\r\n\
      Content-Type: image/png\r\n\r\n\
      iVBORw0KGgo=\r\n\
      --b\r\n\
      Content-Type: message/rfc822\r\n\r\n\
      Subject: inner subject\r\n\r\n\
      It is inside of the inner one.\r\n\
      --b--\r\n",
    b"Date: Sat, 22 Nov 1997 00:00:00 +0000\r\n\
      From: =?iso-8859-1?q?J=F6rg?= <j@a.example>\r\n\
      Bcc: secret@a.example\r\n\
      Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe_aus?=\r\n =?utf-8?q?_K=C3=B6ln?=\r\n\
      Content-Type: text/plain; charset=koi8-r\r\n\r\n\
      \xef\xd4\xd0\xd5\xd3\xcb\r\n",
    b"Date: tomorrow\r\nContent-Type: text/html\r\n\r\n<p>Some <B>bold</B> text</p>\r\n",
    b"X-Label:\r\n\r\n",
];

/// A store of these messages, which notes how much of which was read.
pub(crate) struct Mailbox {
    metadata: Vec<Metadata>,
    pub(crate) read: RefCell<Vec<(u32, Need)>>,
}

fn date(date: [u16; 3], time: [u8; 3], zone: i16) -> InternalDate {
    InternalDate::new(date, time, zone).unwrap()
}

fn keyword(name: &'static str) -> Flag {
    Flag::Keyword(Keyword::new(name).unwrap())
}

impl Mailbox {
    pub(crate) fn new() -> Self {
        let now = |ago: i64| InternalDate::from_unix(NOW - ago, 0).unwrap();
        let id = |id: &'static str| ObjectId::new(id).unwrap();
        let mod_seq = |value| ModSeq::new(value).unwrap();
        let metadata = vec![
            Metadata::new(
                uid(0),
                [Flag::Seen, Flag::Flagged, Flag::Forwarded],
                date([1994, 1, 31], [23, 59, 59], -8 * 60),
                1000,
            )
            .with_email_id(id("M6d99ac3275bb4e"))
            .with_thread_id(id("T64b478a75b7ea9"))
            .with_mod_seq(mod_seq(620_162_337)),
            Metadata::new(
                uid(1),
                [Flag::Seen, Flag::Flagged, Flag::Answered, keyword("work")],
                date([1994, 2, 1], [0, 0, 0], 0),
                2000,
            )
            .with_email_id(id("M5fdc09b49ea703"))
            .with_thread_id(id("T64b478a75b7ea9"))
            .with_mod_seq(mod_seq(620_162_338)),
            Metadata::new(
                uid(2),
                [Flag::Seen, Flag::Deleted, Flag::Recent],
                date([1994, 2, 1], [23, 59, 59], 0),
                5000,
            )
            .with_mod_seq(mod_seq(917_162_500)),
            Metadata::new(uid(3), [Flag::Draft], date([1994, 2, 2], [0, 0, 1], 0), 500),
            Metadata::new(uid(4), [Flag::Recent, keyword("Work")], now(60), 300)
                .with_save_date(date([2014, 12, 28], [23, 0, 0], 0)),
            Metadata::new(uid(5), [Flag::Recent], now(0), 10),
        ];
        Self { metadata, read: RefCell::new(Vec::new()) }
    }

    pub(crate) fn messages(&self) -> Vec<(MessageNumber, Uid)> {
        (0..6).map(|at| (MessageNumber::new(at + 1).unwrap(), uid(at as usize))).collect()
    }

    fn at(&self, uid: Uid) -> Option<usize> {
        self.metadata.iter().position(|metadata| metadata.uid == uid)
    }

    fn mail(&self, uid: Uid, need: Need) -> Option<Bytes> {
        let at = self.at(uid)?;
        self.read.borrow_mut().push((at as u32 + 1, need));
        Some(Bytes::from_static(MAILS[at]))
    }
}

impl Messages for Mailbox {
    type Error = Infallible;

    fn metadata(&self, uid: Uid) -> Result<Option<Cow<'_, Metadata>>, Infallible> {
        Ok(self.at(uid).map(|at| Cow::Borrowed(&self.metadata[at])))
    }

    fn octets(&self, uid: Uid) -> Result<Option<Bytes>, Infallible> {
        Ok(self.mail(uid, Need::Message))
    }

    fn header(&self, uid: Uid) -> Result<Option<Bytes>, Infallible> {
        let octets = self.mail(uid, Need::Header);
        Ok(octets.map(|octets| {
            let end = memchr::memmem::find(&octets, b"\r\n\r\n").map_or(octets.len(), |at| at + 4);
            octets.slice(..end)
        }))
    }
}
