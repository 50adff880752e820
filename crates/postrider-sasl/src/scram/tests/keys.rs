//! Keys and their texts.

use super::*;

/// RFC 7677 §3, with the keys of `vectors/sasl/scram.json`.
const TEXT: &str = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

#[test]
fn the_form_of_postgresql_is_written_and_read() {
    assert_eq!(keys().to_text(), secret(TEXT));
    assert_eq!(TEXT.parse(), Ok(keys()));
}

#[test]
fn spaces_around_the_parts_are_taken_as_in_directories() {
    // RFC 3112 §3
    let text = TEXT.replace('$', " $ ");
    assert_eq!(text.parse(), Ok(keys()));
}

#[test]
fn the_form_of_dovecot_is_read() {
    let text = "{SCRAM-SHA-256}4096,W22ZaJ0SNY7soEsUEjb6gQ==,WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
    assert_eq!(text.parse(), Ok(keys()));
}

#[test]
fn texts_that_are_no_keys_are_refused() {
    for (text, fault) in [
        (String::new(), Fault::Malformed),
        (TEXT.replace("256", "224"), Fault::Malformed),
        (TEXT.replace("4096", ""), Fault::Malformed),
        (TEXT.replace("4096", "x"), Fault::Malformed),
        (TEXT.replace("4096", "4294967296"), Fault::Malformed),
        (TEXT.replace("4096", "0"), Fault::Iterations(0)),
        (TEXT.replace("256", "1"), Fault::KeyLength),
        (TEXT.replace("WG5d", ""), Fault::KeyLength),
        (TEXT.replace("gQ==", "gQ"), Fault::Encoding),
        (TEXT.replace("W22ZaJ0SNY7soEsUEjb6gQ==", ""), Fault::Empty),
        ([TEXT, "$"].concat(), Fault::Encoding),
    ] {
        assert_eq!(text.parse::<ScramKeys>(), Err(fault), "{text}");
    }
}

#[test]
fn keys_that_cannot_be_are_refused() {
    let derive = |password: &str, salt: &[u8], iterations| {
        ScramKeys::derive(&secret(password), salt, iterations, Hash::Sha1).map(|_| ())
    };
    assert_eq!(derive("x", b"", 1), Err(Fault::Empty));
    assert_eq!(derive("x", &[0; 257], 1), Err(Fault::TooLong));
    assert_eq!(derive("x", b"x", 0), Err(Fault::Iterations(0)));
    assert_eq!(derive("", b"x", 1), Err(Fault::Empty));
    assert!(derive("a\u{7}", b"x", 1).is_err());
    assert_eq!(derive("x", &[0; 256], 1), Ok(()));
}

#[test]
fn keys_differ_when_one_octet_does() {
    for (from, to) in [("WG5d", "WG5e"), ("wfPL", "wfPM"), ("W22Z", "W22a"), ("4096", "4097")] {
        assert_ne!(TEXT.replace(from, to).parse(), Ok(keys()), "{from}");
    }
}
