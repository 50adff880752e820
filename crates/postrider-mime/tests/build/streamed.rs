//! Sources: their octets, their sizes, and what is wrong with them.

use postrider_mime::{
    ContentType, Message, TransferEncoding,
    build::{BuildError, Content, Entity, MessageBuilder, Options, Source, Step, Writer},
    encoding::Transport,
};
use proptest::prelude::*;

use super::{SEED, STEM, subject};

/// Writes a message whose sources have these pieces by number.
fn stream(mut writer: Writer<'_>, sources: &[Vec<&[u8]>]) -> Result<Vec<u8>, BuildError> {
    let mut out = Vec::new();
    let mut at = vec![0; sources.len()];
    let mut rest: &[u8] = &[];
    loop {
        match writer.next()? {
            Step::Octets(octets) => {
                assert!(!octets.is_empty());
                out.extend_from_slice(octets);
            }
            Step::Source(source) => {
                let number = usize::try_from(source.number()).unwrap();
                if rest.is_empty() {
                    match sources[number].get(at[number]) {
                        Some(piece) => rest = piece,
                        None => {
                            writer.end_source()?;
                            continue;
                        }
                    }
                    at[number] += 1;
                }
                let taken = writer.supply(rest)?;
                assert!(taken > 0 || rest.is_empty());
                rest = &rest[taken..];
            }
            Step::Done => break,
        }
    }
    assert_eq!(writer.next(), Ok(Step::Done));
    Ok(out)
}

fn file(source: Source) -> Entity<'static> {
    Entity::octets(source).attached_as("a.bin").unwrap()
}

#[test]
fn a_source_is_written_as_its_octets_would_be() {
    let octets: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    let message =
        |entity: Entity<'static>| MessageBuilder::new(subject("a")).text("b").attach(entity);
    let whole = Entity::octets(octets.clone()).attached_as("a.bin").unwrap();
    let whole = message(whole).to_vec(&Options::new(), &SEED).unwrap();
    for source in [Source::new(0), Source::new(0).with_size(800_000)] {
        for step in [1000, 45_600, 100_000, 1_000_000] {
            let writer = message(file(source)).writer(&Options::new(), &SEED).unwrap();
            let size = source.size().map(|_| whole.len() as u64);
            assert_eq!(writer.size(), size);
            let written = stream(writer, &[octets.chunks(step).collect()]).unwrap();
            assert!(written == whole, "{source:?} {step}");
        }
    }
}

#[test]
fn sources_are_asked_for_in_the_order_they_are_written_in() {
    let parts =
        [file(Source::new(1)), Entity::text("between"), file(Source::new(0)), file(Source::new(2))];
    let writer = Entity::mixed(parts).unwrap().writer(&Options::new(), &SEED).unwrap();
    let sources = [vec![&b"zero"[..]], vec![b"o", b"ne"], vec![]];
    let message = Message::parse(stream(writer, &sources).unwrap()).unwrap();
    let contents = message.root().children().map(|part| part.decoded().value.into_owned());
    assert_eq!(contents.collect::<Vec<_>>(), [&b"one"[..], b"between", b"zero", b""]);
}

#[test]
fn a_source_cannot_be_written_at_once() {
    let entity = file(Source::new(0));
    assert_eq!(entity.to_vec(&Options::new(), &SEED), Err(BuildError::Streamed));
    let writer = entity.writer(&Options::new(), &SEED).unwrap();
    assert_eq!(writer.into_buf().unwrap_err(), BuildError::Streamed);
}

#[test]
fn octets_that_nothing_waits_for_are_refused_and_do_no_harm() {
    let entity = Entity::mixed([file(Source::new(0))]).unwrap();
    let mut writer = entity.writer(&Options::new(), &SEED).unwrap();
    assert_eq!(writer.supply(b"a"), Err(BuildError::NoSource));
    assert_eq!(writer.end_source(), Err(BuildError::NoSource));
    while !matches!(writer.next().unwrap(), Step::Source(_)) {}
    assert_eq!(writer.supply(&[0; 100_000]), Ok(45_600));
    // The first octets are still to be written.
    assert_eq!(writer.supply(b"a"), Ok(0));
    assert!(matches!(writer.next(), Ok(Step::Octets(octets)) if octets.len() > 60_000));
    assert!(matches!(writer.next(), Ok(Step::Source(_))));
    assert_eq!(writer.end_source(), Ok(()));
    assert_eq!(writer.end_source(), Err(BuildError::NoSource));
}

#[test]
fn a_source_that_ends_before_its_octets_were_taken_loses_none() {
    let entity = Entity::mixed([file(Source::new(0))]).unwrap();
    let mut writer = entity.writer(&Options::new(), &SEED).unwrap();
    let mut out = Vec::new();
    while let Step::Octets(octets) = writer.next().unwrap() {
        out.extend_from_slice(octets);
    }
    writer.supply(&[0; 50]).unwrap();
    writer.supply(&[0; 50]).unwrap();
    writer.end_source().unwrap();
    while let Step::Octets(octets) = writer.next().unwrap() {
        out.extend_from_slice(octets);
    }
    let message = Message::parse(out).unwrap();
    let part = message.root().children().next().unwrap();
    assert!([50, 100].contains(&part.decoded().value.len()));
}

#[test]
fn a_source_of_another_size_than_it_said_fails_for_good() {
    let writer = || file(Source::new(0).with_size(3)).writer(&Options::new(), &SEED).unwrap();
    for pieces in [vec![&b"ab"[..]], vec![b"ab", b"cd"], vec![]] {
        assert_eq!(stream(writer(), &[pieces]), Err(BuildError::SourceSize));
    }
    assert!(stream(writer(), &[vec![b"abc"]]).is_ok());
    let mut writer = writer();
    while !matches!(writer.next().unwrap(), Step::Source(_)) {}
    assert_eq!(writer.supply(b"abcd"), Err(BuildError::SourceSize));
    assert_eq!(writer.supply(b"a"), Err(BuildError::SourceSize));
    assert_eq!(writer.end_source(), Err(BuildError::SourceSize));
    assert_eq!(writer.next(), Err(BuildError::SourceSize));
}

#[test]
fn a_streamed_content_that_is_not_what_was_told_fails() {
    let entity = |encoding| {
        let ty = ContentType::new("text", "plain").unwrap();
        let part = Entity::new(ty, Source::new(0)).unwrap().with_encoding(encoding).unwrap();
        Entity::mixed([part]).unwrap()
    };
    let options = Options::new().with_transport(Transport::Binary);
    let boundary = format!("{STEM}00000000");
    let cut = boundary.as_bytes();
    let long = "a".repeat(999);
    let longest = "a".repeat(998) + "\n";
    use TransferEncoding as E;
    for (encoding, pieces, expected) in [
        (E::SevenBit, vec![&b"a\nb\n"[..], b"c\r", b"\nd"], Ok(())),
        (E::SevenBit, vec![longest.as_bytes(), longest.as_bytes()], Ok(())),
        (E::SevenBit, vec![long.as_bytes()], Err(BuildError::Encoding)),
        (
            E::SevenBit,
            vec![&long.as_bytes()[..500], &long.as_bytes()[500..]],
            Err(BuildError::Encoding),
        ),
        (E::SevenBit, vec!["é".as_bytes()], Err(BuildError::Encoding)),
        (E::SevenBit, vec![b"a\rb"], Err(BuildError::Encoding)),
        (E::SevenBit, vec![b"a\r", b"b"], Err(BuildError::Encoding)),
        (E::SevenBit, vec![b"a\r"], Err(BuildError::Encoding)),
        (E::EightBit, vec!["é\n".as_bytes()], Ok(())),
        (E::EightBit, vec![b"\0"], Err(BuildError::Encoding)),
        (E::Binary, vec![b"\0", long.as_bytes(), b"\r"], Ok(())),
        (E::SevenBit, vec![cut], Err(BuildError::Boundary)),
        (E::Binary, vec![&cut[..5], &cut[5..10], &cut[10..]], Err(BuildError::Boundary)),
        (E::Binary, cut.chunks(1).collect(), Err(BuildError::Boundary)),
        (E::Base64, vec![cut, b"\0\r"], Ok(())),
        (E::QuotedPrintable, vec![cut, b"\0\r"], Ok(())),
    ] {
        let writer = entity(encoding).writer(&options, &SEED).unwrap();
        let pieces_told = pieces.len();
        let read = stream(writer, &[pieces]);
        assert_eq!(read.map(drop), expected, "{encoding:?} {pieces_told}");
    }
}

#[test]
fn what_will_be_signed_is_not_sent_where_relays_would_change_it() {
    // "implementations MUST make sure that no trailing whitespace is present after the MIME encoding
    // has been applied" (RFC 3156 §3).
    for pieces in [
        vec![&b"From here\n"[..]],
        vec![b"a\nFr", b"om here\n"],
        vec![b"a ", b"\nb"],
        vec![b"a\t\r", b"\nb"],
        vec![b"a "],
        vec![b"a\n", b".b"],
    ] {
        let text = pieces.concat();
        let told = |content: Content<'static>, encoding| {
            let ty = ContentType::new("text", "plain").unwrap();
            Entity::new(ty, content).unwrap().with_encoding(encoding).unwrap()
        };
        let streamed = |encoding, options| {
            let writer = told(Source::new(0).into(), encoding).writer(&options, &SEED).unwrap();
            stream(writer, std::slice::from_ref(&pieces)).map(drop)
        };
        let plain = TransferEncoding::SevenBit;
        let at_hand = told(text.into(), plain).to_vec(&Options::for_signing(), &SEED);
        assert_eq!(at_hand, Err(BuildError::Encoding), "{pieces:?}");
        assert_eq!(
            streamed(plain, Options::for_signing()),
            Err(BuildError::Encoding),
            "{pieces:?}"
        );
        assert_eq!(streamed(plain, Options::new()), Ok(()));
        assert_eq!(streamed(TransferEncoding::QuotedPrintable, Options::for_signing()), Ok(()));
    }
    let ty = ContentType::new("text", "plain").unwrap();
    let entity = Entity::new(ty, Source::new(0)).unwrap();
    let entity = entity.with_encoding(TransferEncoding::SevenBit).unwrap();
    let writer = entity.writer(&Options::for_signing(), &SEED).unwrap();
    assert!(stream(writer, &[vec![b"a ", b"b\nFro", b"m", b"age\n"]]).is_ok());
}

proptest! {
    #[test]
    fn streamed_text_is_written_as_text_at_hand(
        text in prop::collection::vec(prop::sample::select(vec!["a", "é", "\n", "\r\n", " ", "=", "From "]), 0..50),
        cut in 1_usize..20,
        encoding in prop::sample::select(vec![
            TransferEncoding::Base64, TransferEncoding::QuotedPrintable, TransferEncoding::EightBit,
        ]),
    ) {
        let text = text.concat();
        let ty = || ContentType::new("text", "plain").unwrap().with("charset", "utf-8").unwrap();
        let options = Options::new().with_transport(Transport::EightBit);
        let whole = Entity::new(ty(), &text).unwrap().with_encoding(encoding).unwrap();
        let streamed = Entity::new(ty(), Source::new(0)).unwrap().with_encoding(encoding).unwrap();
        let writer = streamed.writer(&options, &SEED).unwrap();
        let pieces: Vec<_> = text.as_bytes().chunks(cut).collect();
        prop_assert_eq!(stream(writer, &[pieces]).unwrap(), whole.to_vec(&options, &SEED).unwrap());
    }
}
