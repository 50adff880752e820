//! FETCH responses with the BODYSTRUCTURE of a mail of 1 to 12 parts.

use super::{
    COUNT, Unit, envelopes,
    values::{Body, Extension, Parameters, Single, Value},
};
use crate::dice::Dice;

/// The units of the workload.
pub fn units() -> Vec<Unit> {
    let mut dice = Dice::new(0xbb67_ae85_84ca_a73b);
    let unit = |number: usize| {
        let body = mail(&mut dice);
        let mut wire = format!("* {} FETCH (BODYSTRUCTURE ", number * 29 + 1).into_bytes();
        body.write(dice.roll(2) == 0, &mut wire);
        wire.extend(b")\r\n");
        Unit { wire, value: Value::BodyStructure(body) }
    };
    (0..COUNT).map(unit).collect()
}

/// Mails by their shape: of ten so many of each.
fn mail(dice: &mut Dice) -> Body {
    match dice.roll(10) {
        0 | 1 => text(dice, "PLAIN"),
        2 | 3 | 4 => alternative(dice),
        5 => {
            let plain = text(dice, "PLAIN");
            let mut parts = vec![text(dice, "HTML")];
            parts.extend(pictures(dice, 4));
            let related = multi(dice, "RELATED", parts);
            multi(dice, "ALTERNATIVE", vec![plain, related])
        }
        6 | 7 => {
            let first = if dice.roll(2) == 0 { text(dice, "PLAIN") } else { alternative(dice) };
            mixed(dice, first, 7)
        }
        8 => {
            let (note, inner) = (text(dice, "PLAIN"), alternative(dice));
            let inner = if dice.roll(3) == 0 { mixed(dice, inner, 2) } else { inner };
            let forwarded = message(dice, inner);
            multi(dice, "MIXED", vec![note, forwarded])
        }
        _ => {
            let signed = alternative(dice);
            let signature = file(dice, ("APPLICATION", "PGP-SIGNATURE", "signature.asc"), "7BIT");
            multi(dice, "SIGNED", vec![signed, signature])
        }
    }
}

/// With some attachments.
fn mixed(dice: &mut Dice, first: Body, most: usize) -> Body {
    let mut parts = vec![first];
    for _ in 0..1 + dice.roll(most) {
        let kind = dice.of(&FILES);
        parts.push(file(dice, kind, "BASE64"));
    }
    multi(dice, "MIXED", parts)
}

fn alternative(dice: &mut Dice) -> Body {
    let parts = vec![text(dice, "PLAIN"), text(dice, "HTML")];
    multi(dice, "ALTERNATIVE", parts)
}

fn multi(dice: &mut Dice, subtype: &str, parts: Vec<Body>) -> Body {
    let boundary = match dice.roll(3) {
        0 => format!(
            "----=_NextPart_000_{:04X}_01DA{:04X}.{:08X}",
            dice.roll(1 << 16),
            dice.roll(1 << 16),
            dice.roll(1 << 30)
        ),
        1 => format!("000000000000{:x}{:08x}", 1 + dice.roll(1 << 20), dice.roll(1 << 30)),
        _ => format!("------------{:x}{:012x}", 1 + dice.roll(1 << 20), dice.roll(1 << 30)),
    };
    let mut parameters = parameters(&[("boundary", &boundary)]);
    match subtype {
        "RELATED" => parameters.push((b"type".to_vec(), b"text/html".to_vec())),
        "SIGNED" => {
            parameters.push((b"micalg".to_vec(), b"pgp-sha512".to_vec()));
            parameters.push((b"protocol".to_vec(), b"application/pgp-signature".to_vec()));
        }
        _ => {}
    }
    Body::Multi { parts, subtype: subtype.into(), parameters, extension: Extension::default() }
}

fn text(dice: &mut Dice, subtype: &str) -> Body {
    let charset = dice.of(&["utf-8", "UTF-8", "us-ascii", "iso-8859-1", "Windows-1252"]);
    let mut list = parameters(&[("charset", charset)]);
    if subtype == "PLAIN" && dice.roll(4) == 0 {
        list.extend(parameters(&[("format", "flowed"), ("delsp", "yes")]));
    }
    let lines = 1 + dice.roll(400) as u64;
    Body::Single(Single {
        media_type: b"TEXT".to_vec(),
        subtype: subtype.into(),
        parameters: list,
        encoding: dice.of(&["7BIT", "QUOTED-PRINTABLE", "8BIT", "BASE64"]).into(),
        octets: lines * 61 + dice.roll(60) as u64,
        lines: Some(lines),
        extension: Extension {
            language: if dice.roll(12) == 0 { vec![b"en".to_vec()] } else { Vec::new() },
            ..Extension::default()
        },
        ..Single::default()
    })
}

fn pictures(dice: &mut Dice, most: usize) -> Vec<Body> {
    let count = 1 + dice.roll(most);
    let picture = |number: usize| {
        let (subtype, name) =
            dice.of(&[("PNG", "logo.png"), ("JPEG", "image001.jpg"), ("GIF", "spacer.gif")]);
        let mut part = single(dice, "IMAGE", subtype, name, "BASE64");
        part.id = Some(envelopes::identifier(dice));
        part.extension.disposition = Some((b"inline".to_vec(), parameters(&[("filename", name)])));
        if number == 0 && dice.roll(3) == 0 {
            part.extension.location = Some(format!("https://example.com/i/{name}").into_bytes());
        }
        Body::Single(part)
    };
    (0..count).map(picture).collect()
}

const FILES: [(&str, &str, &str); 8] = [
    ("APPLICATION", "PDF", "Invoice 2024-03-1187.pdf"),
    ("APPLICATION", "VND.OPENXMLFORMATS-OFFICEDOCUMENT.WORDPROCESSINGML.DOCUMENT", "minutes.docx"),
    ("APPLICATION", "VND.MS-EXCEL", "budget \"final\".xls"),
    ("APPLICATION", "ZIP", "sources.zip"),
    ("IMAGE", "JPEG", "DSC_0042.JPG"),
    ("APPLICATION", "OCTET-STREAM", "=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=.bin"),
    ("TEXT", "CALENDAR", "invite.ics"),
    ("AUDIO", "MPEG", "voicemail.mp3"),
];

fn file(dice: &mut Dice, (media_type, subtype, name): (&str, &str, &str), encoding: &str) -> Body {
    let mut part = single(dice, media_type, subtype, name, encoding);
    if media_type == "TEXT" {
        part.lines = Some(1 + part.octets / 78);
        part.parameters.extend(parameters(&[("charset", "utf-8"), ("method", "REQUEST")]));
    }
    if dice.roll(5) == 0 {
        part.description = Some(name.into());
    }
    if dice.roll(8) == 0 {
        part.md5 = Some(b"Q2hlY2sgSW50ZWdyaXR5IQ==".to_vec());
    }
    let mut list = parameters(&[("filename", name)]);
    if dice.roll(3) == 0 {
        let size = part.octets / 4 * 3;
        list.extend(parameters(&[
            ("size", &size.to_string()),
            ("creation-date", "Tue, 12 Mar 2024 09:14:00 GMT"),
            ("modification-date", "Tue, 12 Mar 2024 09:14:07 GMT"),
        ]));
    }
    part.extension.disposition = Some((b"attachment".to_vec(), list));
    Body::Single(part)
}

fn single(dice: &mut Dice, media_type: &str, subtype: &str, name: &str, encoding: &str) -> Single {
    Single {
        media_type: media_type.into(),
        subtype: subtype.into(),
        parameters: parameters(&[("name", name)]),
        encoding: encoding.into(),
        octets: 400 + dice.roll(1 << 22) as u64,
        ..Single::default()
    }
}

fn message(dice: &mut Dice, inner: Body) -> Body {
    let lines = 30 + dice.roll(2000) as u64;
    let message = Box::new((envelopes::made_up(dice), inner));
    Body::Single(Single {
        media_type: b"MESSAGE".to_vec(),
        subtype: b"RFC822".to_vec(),
        encoding: b"7BIT".to_vec(),
        octets: lines * 70,
        message: Some(message),
        lines: Some(lines),
        extension: Extension {
            disposition: Some((b"attachment".to_vec(), Vec::new())),
            ..Extension::default()
        },
        ..Single::default()
    })
}

fn parameters(list: &[(&str, &str)]) -> Parameters {
    list.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec())).collect()
}
