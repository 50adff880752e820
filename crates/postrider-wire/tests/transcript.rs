//! Transcripts and secrets: what is shown, and what never is.
#![expect(clippy::single_range_in_vec_init, reason = "one secret in a line is one range")]

use std::fmt::{self, Write};

use postrider_wire::{Direction, Secret, Side, Tap, Transcript, TranscriptLog, Unit};

fn shown(side: Side, units: &[(Direction, Unit<'_>)]) -> String {
    let mut transcript = Transcript::new(side, String::new());
    units.iter().for_each(|(direction, unit)| transcript.unit(*direction, *unit));
    transcript.into_inner()
}

fn line(octets: &[u8]) -> Unit<'_> {
    Unit::Line { octets, secret: &[] }
}

#[test]
fn the_speaker_follows_from_side_and_direction() {
    let units = [(Direction::Out, line(b"QUIT\r\n")), (Direction::In, line(b"+OK\r\n"))];
    assert_eq!(shown(Side::Client, &units), "C: QUIT\nS: +OK\n");
    assert_eq!(shown(Side::Server, &units), "S: QUIT\nC: +OK\n");
}

#[test]
fn secrets_are_hidden_wherever_they_stand_in_a_line() {
    let hide = |octets: &[u8], secret: &[std::ops::Range<usize>]| {
        shown(Side::Client, &[(Direction::Out, Unit::Line { octets, secret })])
    };
    let login = b"a001 LOGIN mrc secret\r\n";
    assert_eq!(hide(login, &[11..14, 15..21]), "C: a001 LOGIN [secret] [secret]\n");
    assert_eq!(hide(b"c2VjcmV0\r\n", &[0..8]), "C: [secret]\n");
    // A range that takes the line end with it, or goes past it.
    assert_eq!(hide(b"PASS secret\r\n", &[5..13]), "C: PASS [secret]\n");
    assert_eq!(hide(b"PASS secret\r\n", &[5..99]), "C: PASS [secret]\n");
}

#[test]
fn a_line_cannot_forge_another() {
    let forged = [(Direction::In, line(b"+OK\rS: -ERR\nC: \x1b[2J\xff\r\n"))];
    let expected = "S: +OK\\rS: -ERR\\nC: \\u{1b}[2J\\xff\n";
    assert_eq!(shown(Side::Client, &forged), expected);
    let text = [(Direction::In, line("+OK Grüße\r\n".as_bytes()))];
    assert_eq!(shown(Side::Client, &text), "S: +OK Grüße\n");
}

#[test]
fn a_line_cannot_turn_the_direction_of_writing_or_look_like_two() {
    let octets = "a\u{202e}b\u{2028}c\u{2066}d\u{85}e".as_bytes();
    let text = shown(Side::Client, &[(Direction::In, line(octets))]);
    assert_eq!(text, "S: a\\u{202e}b\\u{2028}c\\u{2066}d\\u{85}e\n");
}

#[test]
fn payload_is_counted_not_shown() {
    let units = [
        (Direction::In, Unit::Payload(b"Dear ")),
        (Direction::In, Unit::Payload(b"Bob")),
        (Direction::In, Unit::PayloadEnd),
        (Direction::In, Unit::PayloadEnd),
        (Direction::Out, Unit::Tls),
    ];
    let expected = "C: <8 octets>\nC: <0 octets>\n   <TLS established>\n";
    assert_eq!(shown(Side::Server, &units), expected);
}

#[test]
fn a_sink_that_fails_is_ignored() {
    struct Broken;
    impl Write for Broken {
        fn write_str(&mut self, _: &str) -> fmt::Result {
            Err(fmt::Error)
        }
    }
    Transcript::new(Side::Client, Broken).unit(Direction::Out, line(b"QUIT\r\n"));
}

#[test]
fn clones_of_a_log_share_one_text_that_is_bounded() {
    let log = TranscriptLog::new(20);
    let mut client = Transcript::new(Side::Client, log.clone());
    let mut server = Transcript::new(Side::Server, log.clone());
    client.unit(Direction::Out, line(b"QUIT\r\n"));
    server.unit(Direction::Out, line(b"+OK\r\n"));
    assert_eq!(log.text(), "C: QUIT\nS: +OK\n");
    client.unit(Direction::Out, line(b"a line that is too long\r\n"));
    assert!(log.text().len() <= 20);
}

#[test]
fn a_secret_is_redacted_in_every_rendering_and_given_on_request() {
    let secret = Secret::new(String::from("sesame"));
    assert_eq!(format!("{secret:?} {secret:#?}"), "[secret] [secret]");
    assert_eq!(format!("{:?}", Some(secret.clone())), "Some([secret])");
    assert_eq!(secret.expose(), "sesame");
    assert_eq!(secret, Secret::from(String::from("sesame")));
    assert_ne!(secret, Secret::from(String::from("Sesame")));
}
