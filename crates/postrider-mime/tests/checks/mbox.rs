//! Whatever the octets and however they are cut: a mailbox is told octet by octet, once and in
//! order, and as it is split in memory; and what is written into one is read from it again.

use postrider_mime::{
    DateTime, Zone,
    mbox::{Entry, Event, Format, LineEnds, Reader, Writer, split},
};

const FORMATS: [Format; 5] =
    [Format::Default, Format::Mboxo, Format::Mboxrd, Format::Mboxcl, Format::Mboxcl2];

/// One mail as it is told in pieces.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    from_line: Vec<u8>,
    raw: Vec<u8>,
    octets: Vec<u8>,
    start: u64,
}

/// What a reader tells of a mailbox: the mails, and where and what is wrong with it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Mailbox {
    mails: Vec<Told>,
    defects: Vec<(&'static str, u64, u64)>,
}

impl Mailbox {
    fn by_cuts(octets: &[u8], mut reader: Reader, mut cut: impl FnMut() -> usize) -> Self {
        let (mut told, mut open, mut all) = (Self::default(), false, Vec::new());
        let mut tell = |event: Event<'_>| {
            if let Some(octets) = event.octets() {
                assert_eq!(octets.offset, all.len() as u64, "{event:?}");
                all.extend_from_slice(octets.raw);
            }
            match event {
                Event::Begin(begin) => {
                    assert!(!open);
                    open = true;
                    let (from_line, start) = (begin.octets.raw.to_vec(), begin.octets.end());
                    told.mails.push(Told { from_line, start, ..Told::default() });
                }
                Event::Octets(octets) => {
                    assert!(open);
                    let mail = told.mails.last_mut().unwrap();
                    mail.raw.extend_from_slice(octets.raw);
                    mail.octets.extend_from_slice(octets.raw);
                }
                Event::Quote(octets) => {
                    assert!(open && octets.raw == b">");
                    told.mails.last_mut().unwrap().raw.extend_from_slice(octets.raw);
                }
                Event::End(_) => {
                    assert!(open);
                    open = false;
                }
                Event::Outside(_) => assert!(!open && told.mails.is_empty()),
                Event::Defect(defect) => {
                    told.defects.push((defect.code.name(), defect.start, defect.end));
                }
                _ => panic!("{event:?}"),
            }
        };
        let mut rest = octets;
        while !rest.is_empty() {
            let (chunk, more) = rest.split_at(cut().clamp(1, rest.len()));
            reader.push(chunk, &mut tell);
            rest = more;
        }
        reader.finish(&mut tell);
        assert!(!open);
        assert!(all == octets, "{} octets of {}", all.len(), octets.len());
        told
    }

    fn of_split(octets: &[u8], format: Format) -> Self {
        let mut told = Self::default();
        for Entry { from_line, range, raw, octets: mail, defects, .. } in split(octets, format) {
            assert_eq!(&octets[range.clone()], raw);
            told.mails.push(Told {
                from_line: from_line.map(|line| line.raw().to_vec()).unwrap_or_default(),
                raw: raw.to_vec(),
                octets: mail.into_owned(),
                start: range.start as u64,
            });
            let defects = defects.iter().map(|one| (one.code.name(), one.start, one.end));
            told.defects.extend(defects);
        }
        told
    }
}

/// The mail is in the mailbox as it was written, whatever stands around it.
fn written_is_read(mail: &[u8]) {
    let date = DateTime::from_unix(0, Zone::UTC).unwrap();
    for ends in [LineEnds::AsIs, LineEnds::Lf, LineEnds::CrLf] {
        for format in FORMATS {
            let writer = Writer::new(format).with_line_ends(ends);
            let mut mailbox = Vec::new();
            for mail in [mail, b"Subject: other\n\nFrom a@b.example\n", mail] {
                writer.write("a@b.example", date, mail, &mut mailbox).unwrap();
            }
            let mails: Vec<_> = split(&mailbox, format).collect();
            assert_eq!(mails.len(), 3, "{format:?}: {}", mailbox.escape_ascii());
            assert!(mails.iter().all(|mail| mail.defects.is_empty()), "{format:?}");
            assert_eq!(mails[0].octets, mails[2].octets);
            let mut whole = mail.to_vec();
            if !matches!(mail.last(), None | Some(b'\n')) {
                whole.push(b'\n');
            }
            if format == Format::Mboxrd && ends == LineEnds::AsIs {
                assert_eq!(mails[0].octets, whole, "{}", mailbox.escape_ascii());
            }
            if format == Format::Mboxcl2 && ends == LineEnds::AsIs {
                assert!(body(&mails[0].octets) == body(&whole), "{}", mailbox.escape_ascii());
            }
        }
    }
}

/// What stands behind the first empty line.
fn body(mail: &[u8]) -> &[u8] {
    let mut rest = mail;
    while let Some(end) = rest.iter().position(|&octet| octet == b'\n') {
        let (line, behind) = rest.split_at(end + 1);
        if line.iter().all(|octet| matches!(octet, b'\r' | b'\n')) {
            return behind;
        }
        rest = behind;
    }
    b""
}

pub(crate) fn check(data: &[u8]) {
    let (seed, octets) = data.split_first().map_or((1, data), |(seed, rest)| (*seed, rest));
    let (mut state, whole) = (u64::from(seed) | 1, octets.len());
    let mut random = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % 40 + 1
    };
    for format in FORMATS {
        let split = Mailbox::of_split(octets, format);
        let far = || Reader::with_lookahead(format, usize::MAX);
        assert_eq!(Mailbox::by_cuts(octets, far(), || whole), split, "{format:?}");
        assert_eq!(Mailbox::by_cuts(octets, far(), &mut random), split, "{format:?}");
        let near = || Reader::with_lookahead(format, usize::from(seed));
        let short = Mailbox::by_cuts(octets, near(), || whole);
        assert_eq!(Mailbox::by_cuts(octets, near(), || 1), short, "{format:?}");
        assert_eq!(Mailbox::by_cuts(octets, near(), &mut random), short, "{format:?}");
    }
    written_is_read(octets);
}
