//! AUTHENTICATE, word by word.

use postrider_imap::server::Event;
use postrider_imap::{Atom, PlainCode, Response, StatusKind};
use postrider_sasl::Mechanism;
use postrider_sasl::server::{Credential, Presented};
use postrider_wire::Secret;

use super::answer::{self, Said};
use super::session::{self, Session};
use super::{Answers, Outcome, Printing, answers_to};

/// What RFC 5530 leaves out of its logins: nobody, fred, foo.
const LEFT_OUT: &[u8] = b"AGZyZWQAZm9v";

impl Printing<'_> {
    pub(super) fn login(&self, tag: &[u8], mechanism: &Atom) -> Outcome {
        let name = String::from_utf8_lossy(mechanism.as_bytes()).into_owned();
        let mut session = Session::new(session::config(session::features()));
        session.hear(&self.unit.octets);
        let Some(mechanism) = Mechanism::from_name(&name) else {
            let said = answer::read(&session.take()).expect("what can be read");
            let [Said::Response(Response::Tagged(_, end))] = &said[..] else {
                return Outcome::Differs("NO".to_owned(), format!("{said:?}"));
            };
            let cannot = end.code == Some(PlainCode::Cannot.into());
            assert!(end.kind == StatusKind::No && cannot, "{name}: {end:?}");
            return Outcome::Mechanism;
        };
        if mechanism == Mechanism::CramMd5 || mechanism.scram_hash().is_some() {
            let said = session.take();
            assert!(said.starts_with(b"+ ") && session.events.is_empty(), "{name}");
            return Outcome::Nonce;
        }
        let run = self.behind.iter().take_while(|unit| unit.side == crate::unit::Side::Server);
        let printed: Vec<&[u8]> = run
            .map(|unit| unit.octets.trim_ascii_end())
            .take_while(|octets| octets.starts_with(b"+"))
            .collect();
        let mut lines = self.lines.clone();
        let answers = answers_to(tag, self.behind);
        let end = answers.end.as_ref();
        let granted = end.is_none_or(|end| end.is_ok() || end.code.is_some());
        let mut said = Vec::new();
        for _ in 0..9 {
            let heard = session.take();
            if heard.starts_with(b"+") {
                said.push(heard.trim_ascii_end().to_vec());
                if lines.is_empty() && mechanism == Mechanism::Plain {
                    lines.push(LEFT_OUT);
                }
                if lines.is_empty() {
                    return Outcome::Open;
                }
                session.hear(&[lines.remove(0), b"\r\n"].concat());
                continue;
            }
            if !heard.is_empty() {
                let ours = answer::read(&heard).expect("what can be read");
                // RFC 5530 prints no `+`.
                let alike = said.len() == printed.len()
                    && said.iter().zip(&printed).all(|(one, other)| is_challenge(one, other));
                if !alike && !printed.is_empty() {
                    return Outcome::Differs("+".to_owned(), format!("{said:?}"));
                }
                return self.ended(&answers, &ours);
            }
            match session.events.pop() {
                Some(Event::Credential(request)) => {
                    let credential = match request.presented {
                        _ if !granted => Credential::Unknown,
                        Presented::Nothing => Credential::Password(Secret::new("foo".to_owned())),
                        _ => Credential::Verified,
                    };
                    session.server.credential(credential).expect("it was asked");
                }
                Some(Event::Authenticated { .. }) => match end {
                    Some(end) => session.end(end).expect("it was asked"),
                    None => return Outcome::Open,
                },
                other => return Outcome::Differs("a question".to_owned(), format!("{other:?}")),
            }
        }
        Outcome::Differs("an end".to_owned(), "none".to_owned())
    }

    fn ended(&self, answers: &Answers, ours: &[Said]) -> Outcome {
        let Answers { untagged, end: Some(end), .. } = answers else { return Outcome::Open };
        let Some(Said::Response(Response::Tagged(_, status))) = ours.last() else {
            return Outcome::Differs(end.to_string(), format!("{ours:?}"));
        };
        // The words of a refusal are the machine's, so that all are the same.
        let alike = match status.kind {
            StatusKind::Ok => status == end,
            kind => kind == end.kind,
        };
        if untagged.is_empty() && ours.len() == 1 && alike {
            Outcome::Login
        } else {
            Outcome::Differs(format!("{:?}", end.kind), format!("{:?}", status.kind))
        }
    }
}

/// Whether two challenges say the same. The members of a JSON object have no order (RFC 8259 §1).
fn is_challenge(one: &[u8], other: &[u8]) -> bool {
    let json = |line: &[u8]| serde_json::from_slice(&base64(line)).ok();
    let (a, b): (Option<serde_json::Value>, Option<serde_json::Value>) = (json(one), json(other));
    one == other || (a.is_some() && a == b)
}

/// The octets behind `+` that are written in base64.
fn base64(line: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = line.iter().skip(2);
    let digits = digits.filter_map(|octet| ALPHABET.iter().position(|digit| digit == octet));
    let (mut octets, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for digit in digits {
        bits = (bits << 6) | u32::try_from(digit).expect("below 64");
        held += 6;
        if held >= 8 {
            held -= 8;
            octets.push((bits >> held) as u8);
        }
    }
    octets
}
