//! Signed and encrypted parts (RFC 1847, 3156, 8551, 9580): the octets that are given are those
//! that OpenSSL and GnuPG signed, and verify.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use postrider_mime::{
    Message, code,
    security::{
        OpenPgpType, Protocol, SmimeType,
        armor::{Kind, blocks},
        canonical,
    },
};
use postrider_testkit::read_shared;

const SMIME: &[u8] = include_bytes!("data/signed/smime.eml");
const PGP: &[u8] = include_bytes!("data/signed/pgp.eml");
const CLEAR: &[u8] = include_bytes!("data/signed/clearsigned.txt");
const CONTENT: &[u8] = include_bytes!("data/signed/content.txt");

fn canonical_content(mail: &[u8]) -> Vec<u8> {
    let message = Message::parse(mail).unwrap();
    let signed = message.root().signed().unwrap();
    assert!(signed.defects.is_empty(), "{:?}", signed.defects);
    signed.value.canonical().collect::<Vec<_>>().concat()
}

fn with_lf(octets: &[u8]) -> Vec<u8> {
    octets.iter().copied().filter(|&octet| octet != b'\r').collect()
}

#[test]
fn the_canonical_octets_are_those_that_were_signed() {
    for mail in [SMIME, PGP] {
        assert_eq!(
            canonical_content(mail).escape_ascii().to_string(),
            CONTENT.escape_ascii().to_string()
        );
        // A store may keep mails with LF.
        assert!(canonical_content(&with_lf(mail)) == CONTENT);
    }
}

#[test]
fn a_signature_is_told_with_what_made_it() {
    let message = Message::parse(SMIME).unwrap();
    let signed = message.root().signed().unwrap().value;
    assert_eq!(signed.protocol(), Protocol::Smime);
    assert_eq!(signed.micalg().as_deref(), Some(&b"sha-256"[..]));
    assert_eq!(signed.signature().unwrap().smime_type(), Some(SmimeType::Signature));
    // CMS SignedData begins with a SEQUENCE.
    assert_eq!(signed.signature().unwrap().decoded().value[0], 0x30);

    let message = Message::parse(PGP).unwrap();
    let signed = message.root().signed().unwrap().value;
    assert_eq!(signed.protocol(), Protocol::OpenPgp);
    let signature = signed.signature().unwrap().decoded().value;
    let block = blocks(&signature).next().unwrap();
    assert_eq!((block.kind, block.is_closed), (Kind::Signature, true));
    assert_eq!(signed.content().unwrap().children().count(), 2);
}

/// A folder of this test, emptied.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Whether a program says so; `None` where it is not installed.
fn verifies(command: &mut Command) -> Option<bool> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) => Some(output.status.success()),
        Err(_) => {
            eprintln!("skipped: {program} is not installed");
            None
        }
    }
}

#[test]
fn openssl_verifies_the_octets() {
    let folder = folder("smime");
    let message = Message::parse(SMIME).unwrap();
    let signed = message.root().signed().unwrap().value;
    fs::write(folder.join("signature"), signed.signature().unwrap().decoded().value).unwrap();
    let verify = |octets: &[u8]| {
        fs::write(folder.join("content"), octets).unwrap();
        let certificate = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/signed/smime-cert.pem");
        verifies(
            Command::new("openssl")
                .args(["cms", "-verify", "-binary", "-inform", "DER", "-in", "signature"])
                .args(["-content", "content", "-out", "out", "-CAfile", certificate])
                .current_dir(&folder),
        )
    };
    let Some(verified) = verify(&canonical_content(SMIME)) else { return };
    assert!(verified);
    assert_eq!(verify(signed.content().unwrap().raw_body()), Some(false));
}

#[test]
fn gnupg_verifies_the_octets() {
    let folder = folder("pgp");
    let home = std::env::temp_dir().join(format!("gnupg-{}", std::process::id()));
    fs::create_dir_all(&home).unwrap();
    let gpg = || {
        let mut command = Command::new("gpg");
        command
            .args(["--batch", "--quiet", "--no-autostart", "--homedir"])
            .arg(&home)
            .current_dir(&folder);
        command
    };
    let key = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/signed/pgp-key.asc");
    let Some(imported) = verifies(gpg().args(["--import", key])) else { return };
    assert!(imported);
    let verify = |octets: &[u8], signature: &[u8]| {
        fs::write(folder.join("content"), octets).unwrap();
        fs::write(folder.join("signature"), signature).unwrap();
        verifies(gpg().args(["--verify", "signature", "content"]))
    };
    let message = Message::parse(PGP).unwrap();
    let signed = message.root().signed().unwrap().value;
    let signature = signed.signature().unwrap().decoded().value;
    assert_eq!(verify(&canonical_content(PGP), &signature), Some(true));
    assert_eq!(verify(signed.content().unwrap().raw_body(), &signature), Some(false));

    let block = blocks(CLEAR).next().unwrap();
    let signature = block.signature().unwrap();
    assert_eq!(verify(&block.signed_octets().unwrap(), signature), Some(true));
    assert_eq!(verify(CLEAR, signature), Some(false));
    let _ = fs::remove_dir_all(home);
}

#[test]
fn a_clear_signed_text_is_read_without_its_escapes() {
    let found: Vec<_> = blocks(CLEAR).collect();
    let [block] = &found[..] else { panic!("{found:?}") };
    assert_eq!((block.kind, block.is_closed), (Kind::SignedMessage, true));
    assert!(
        CLEAR[..block.range.start] == *b"Before.\n" && CLEAR[block.range.end..] == *b"Behind.\n"
    );
    // What was given to GnuPG to sign.
    let text = "Hello,\n\n- dash\n-- \nJoe   \n-----BEGIN PGP MESSAGE-----\nFrom me\n\nlast";
    assert_eq!(block.cleartext().unwrap().as_ref(), text.as_bytes());
    let signed =
        "Hello,\r\n\r\n- dash\r\n--\r\nJoe\r\n-----BEGIN PGP MESSAGE-----\r\nFrom me\r\n\r\nlast";
    assert_eq!(block.signed_octets().unwrap(), signed.as_bytes());
}

#[test]
fn armors_in_a_text_do_not_overlap() {
    let told = |text: &str| {
        let blocks = blocks(text.as_bytes());
        blocks.map(|block| (block.kind, block.range, block.is_closed)).collect::<Vec<_>>()
    };
    let message = "-----BEGIN PGP MESSAGE-----\n\nwg==\n-----END PGP MESSAGE-----";
    let length = message.len();
    assert_eq!(
        told(&format!("{message} \t\r\n{message}")),
        [(Kind::Message, 0..length + 4, true), (Kind::Message, length + 4..2 * length + 4, true)]
    );
    assert_eq!(
        told(&format!("-----BEGIN PGP PUBLIC KEY BLOCK-----\na\n{message}")),
        [(Kind::PublicKey, 0..39, false), (Kind::Message, 39..39 + length, true)]
    );
    assert_eq!(told(&format!("> {message}")), []);
    assert_eq!(told("-----END PGP MESSAGE-----\n-----BEGIN PGP FOO-----\n"), []);
    let unsigned = blocks(b"-----BEGIN PGP SIGNED MESSAGE-----\n\ntext\n").next().unwrap();
    assert_eq!(unsigned.cleartext().unwrap().as_ref(), b"text");
    assert_eq!((unsigned.signature(), unsigned.is_closed), (None, false));
}

fn signed(body: &str) -> (Vec<&'static str>, Option<String>) {
    let mail = format!("Content-Type: multipart/signed; protocol=\"a/b\"; boundary=x\n\n{body}");
    let message = Message::parse(mail.as_bytes()).unwrap();
    let signed = message.root().signed().unwrap();
    let defects = signed.defects.iter().map(|defect| defect.code().name()).collect();
    let content = signed.value.raw_content().to_vec();
    (defects, signed.value.content().map(|_| String::from_utf8(content).unwrap()))
}

#[test]
fn the_line_end_before_a_delimiter_is_not_signed() {
    let content = |part: &str| {
        let body = format!("--x\n{part}--x\nContent-Type: a/b\n\ns\n--x--\n");
        let (defects, content) = signed(&body);
        assert!(defects.is_empty(), "{defects:?}");
        assert_eq!(signed(&format!("preamble\n\n{body}")).1, content);
        assert_eq!(signed(&format!("\n{body}")).1, content);
        content.unwrap()
    };
    for (part, expected) in [
        ("A: b\n\ntext\n", "A: b\n\ntext"),
        ("A: b\n\ntext\n\n", "A: b\n\ntext\n"),
        ("A: b\n\n\n", "A: b\n\n"),
        ("A: b\n\n", "A: b\n"),
        ("A: b\n", "A: b"),
        ("\ntext\r\n", "\ntext"),
        ("\n", ""),
        ("", ""),
        // What is no field is signed as well.
        ("\u{feff}A: b\n\ntext\n", "\u{feff}A: b\n\ntext"),
        ("From - \nA: b\n\ntext\n", "From - \nA: b\n\ntext"),
    ] {
        assert_eq!(content(part), expected, "{part:?}");
    }
}

#[test]
fn what_is_not_two_parts_of_the_protocol_is_told() {
    let (two, protocol) = (code::NOT_TWO_PARTS.name(), code::OTHER_PROTOCOL.name());
    assert_eq!(signed(""), (vec![two, protocol], None));
    assert_eq!(signed("--x\n\na\n--x--"), (vec![two, protocol], Some("\na".into())));
    let part = "--x\nContent-Type: A/x-B\n\ns\n";
    assert_eq!(signed(&format!("--x\n\na\n{part}--x--")), (vec![], Some("\na".into())));
    assert_eq!(signed(&format!("--x\n\na\n{part}{part}--x--")).0, [two]);
    assert_eq!(signed("--x\n\na\n--x\n\ns\n--x--").0, [protocol]);
    // A header section that is not ended, and a multipart that is not.
    assert_eq!(signed("--x\n\na\n"), (vec![two, protocol], Some("\na\n".into())));
}

#[test]
fn an_encrypted_part_has_a_control_part_and_data() {
    // RFC 3156 §4
    let message = Message::parse(
        "Content-Type: multipart/encrypted; boundary=foo;\n   protocol=\"application/pgp-encrypted\"\n\n\
         --foo\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n\
         --foo\nContent-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n--foo--\n",
    )
    .unwrap();
    let encrypted = message.root().encrypted().unwrap();
    assert!(encrypted.defects.is_empty());
    assert_eq!(encrypted.value.protocol(), Protocol::OpenPgp);
    assert_eq!(encrypted.value.control().unwrap().raw_body(), b"Version: 1\n");
    assert_eq!(encrypted.value.data().unwrap().raw_body(), b"-----BEGIN PGP MESSAGE-----");
    assert!(message.root().signed().is_none());
}

#[test]
fn smime_is_told_by_type_parameter_and_file_name() {
    // RFC 8551 §3.2.1 and §3.9
    for (ty, expected) in [
        (
            "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
            Some(SmimeType::SignedData),
        ),
        ("application/x-pkcs7-mime; smime-type=ENVELOPED-DATA", Some(SmimeType::EnvelopedData)),
        (
            "application/pkcs7-mime; smime-type=authEnveloped-data",
            Some(SmimeType::AuthEnvelopedData),
        ),
        ("application/pkcs7-mime; name=smime.p7c", Some(SmimeType::CertsOnly)),
        ("application/pkcs7-mime; smime-type=x; name=smime.P7Z", Some(SmimeType::CompressedData)),
        ("application/pkcs7-mime; name=smime.p7m", Some(SmimeType::Unknown)),
        ("application/pkcs7-mime", Some(SmimeType::Unknown)),
        ("application/octet-stream; name=smime.p7m", Some(SmimeType::Unknown)),
        ("application/octet-stream; name=smime.p7s", Some(SmimeType::Signature)),
        ("application/octet-stream; name=a.pdf", None),
        ("text/plain; name=smime.p7m", None),
    ] {
        let message = Message::parse(format!("Content-Type: {ty}\n\n").into_bytes()).unwrap();
        assert_eq!(message.root().smime_type(), expected, "{ty}");
    }
}

#[test]
fn open_pgp_is_told_by_type() {
    for (ty, expected) in [
        ("application/pgp-keys", Some(OpenPgpType::Keys)),
        ("Application/PGP-Signature; name=signature.asc", Some(OpenPgpType::Signature)),
        ("application/pgp-encrypted", Some(OpenPgpType::Control)),
        ("application/autocrypt-setup", Some(OpenPgpType::AutocryptSetup)),
        ("application/pgp", None),
        ("text/pgp-keys", None),
    ] {
        let message = Message::parse(format!("Content-Type: {ty}\n\n").into_bytes()).unwrap();
        assert_eq!(message.root().open_pgp_type(), expected, "{ty}");
    }
}

#[test]
fn a_mail_of_others_has_the_parts_that_are_listed_for_it() {
    let Some(mailbox) = read_shared("corpora/mimekit/mbox/content-length.mbox.txt") else { return };
    let mails = postrider_mime::mbox::split(&mailbox, postrider_mime::mbox::Format::Default);
    let mut told = (0, 0);
    for mail in mails {
        let message = Message::parse(mail.raw).unwrap();
        for part in message.parts() {
            if let Some(signed) = part.signed() {
                told.0 += 1;
                let signed = signed.value;
                assert_eq!(signed.signature().unwrap().smime_type(), Some(SmimeType::Signature));
                let octets = signed.canonical().flatten().copied();
                assert!(octets.eq(canonical(signed.raw_content()).flatten().copied()));
            }
            told.1 += usize::from(part.smime_type().is_some());
        }
    }
    // `content-length-summary.txt` lists 8 multipart/signed, and 20 parts of S/MIME.
    assert_eq!(told, (8, 20));
}
