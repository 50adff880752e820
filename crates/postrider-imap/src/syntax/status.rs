//! Status responses, continuations, and capabilities.

use alloc::vec::Vec;

use bytes::Bytes;

use super::base::{atom, failure, octet, sp, uid_set, while_octets, word};
use super::{Grammar, Parsed};
use crate::quirks::Quirk;
use crate::response::Continuation;
use crate::value::{Atom, Capability, Code, Status, StatusKind, Text, UidSet};

impl Grammar<'_> {
    /// What stands behind `OK`, `NO`, `BAD`, `PREAUTH` or `BYE`.
    ///
    /// ```text
    /// resp-cond-state = ("OK" / "NO" / "BAD") SP resp-text
    /// resp-cond-bye   = "BYE" SP resp-text
    /// ```
    pub(crate) fn status<'a>(&self, kind: StatusKind, input: &'a [u8]) -> Parsed<'a, Status> {
        let (rest, (code, text)) = self.behind_word(input)?;
        Ok((rest, Status { kind, code, text }))
    }

    /// What stands behind `+`.
    ///
    /// ```text
    /// continue-req = "+" SP (resp-text / base64) CRLF
    /// ```
    pub(crate) fn continuation<'a>(&self, input: &'a [u8]) -> Parsed<'a, Continuation> {
        let (rest, (code, text)) = match input.first() {
            // `+go ahead`: the word is known by its first octet.
            Some(octet) if !matches!(octet, b' ' | b'\r') && self.forgives(Quirk::Blank) => {
                self.resp_text(input)?
            }
            _ => self.behind_word(input)?,
        };
        Ok((rest, Continuation { code, text }))
    }

    /// `SP resp-text`, of which all is missing sometimes.
    fn behind_word<'a>(&self, input: &'a [u8]) -> Parsed<'a, (Option<Code>, Text)> {
        let end = while_octets(input, |octet| octet == b'\r').1;
        if end.is_empty() && self.forgives(Quirk::NoText) {
            return Ok((input, (None, Text::default())));
        }
        self.resp_text(sp(input)?.0)
    }

    /// ```text
    /// resp-text = ["[" resp-text-code "]" SP] [text]
    /// ```
    ///
    /// RFC 9051 §9. In RFC 3501 the text is not optional.
    fn resp_text<'a>(&self, input: &'a [u8]) -> Parsed<'a, (Option<Code>, Text)> {
        let Some((b'[', inner)) = input.split_first() else {
            return self.text(input).map(|(rest, text)| (rest, (None, text)));
        };
        let Some((behind, code)) = self.code(inner) else {
            if !self.forgives(Quirk::Code) {
                return failure(input);
            }
            return self.text(input).map(|(rest, text)| (rest, (None, text)));
        };
        let text = match behind.split_first() {
            Some((b' ', text)) => text,
            None | Some((b'\r', _)) if self.forgives(Quirk::NoText) => behind,
            Some(_) if self.forgives(Quirk::Blank) => behind,
            _ => return failure(behind),
        };
        self.text(text).map(|(rest, text)| (rest, (Some(code), text)))
    }

    /// ```text
    /// text = 1*(TEXT-CHAR / UTF8-2 / UTF8-3 / UTF8-4)
    /// ```
    ///
    /// RFC 9051 §9: up to the end of the unit; perhaps empty.
    fn text<'a>(&self, input: &'a [u8]) -> Parsed<'a, Text> {
        let mut text = input;
        if text.last() == Some(&b'\r') && self.forgives(Quirk::LineEnd) {
            while let Some((b'\r', before)) = text.split_last() {
                text = before;
            }
        }
        match memchr::memchr3(b'\r', b'\n', 0, text).and_then(|at| text.get(at)) {
            None => {}
            Some(0) if self.forgives(Quirk::Nul) => {}
            Some(b'\r') if self.forgives(Quirk::LineEnd) => {}
            Some(_) => return failure(input),
        }
        let plain = core::str::from_utf8(text).is_ok() || self.forgives(Quirk::EightBit);
        if !plain || text.contains(&b'\n') {
            return failure(input);
        }
        Ok((&[], Text::read(Bytes::copy_from_slice(text))))
    }

    /// What stands behind `CAPABILITY`.
    ///
    /// ```text
    /// capability-data = "CAPABILITY" *(SP capability) SP "IMAP4rev2" *(SP capability)
    /// capability      = ("AUTH=" auth-type) / atom
    /// ```
    ///
    /// Whether the revision is among them is for whoever acts on it. They share one buffer.
    pub(crate) fn capabilities<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<Capability>> {
        let buffer = Bytes::copy_from_slice(input);
        let mut all: Vec<Capability> = Vec::new();
        let mut rest = input;
        while let Ok((behind, ())) = self.sp(rest) {
            let Ok((behind, name)) = atom(behind) else { break };
            if all.len() >= self.limits.list {
                return failure(rest);
            }
            rest = behind;
            let split = name == b"+" && all.last().is_some_and(|before| before.is("LITERAL"));
            let name = if split && self.forgives(Quirk::Capability) {
                all.pop();
                Bytes::from_static(b"LITERAL+")
            } else {
                let end = input.len().saturating_sub(behind.len());
                buffer.slice(end.saturating_sub(name.len())..end)
            };
            match Capability::new(name) {
                Ok(capability) => all.push(capability),
                Err(_) => return failure(rest),
            }
        }
        if all.is_empty() && !self.forgives(Quirk::EmptyList) {
            return failure(input);
        }
        Ok((rest, all))
    }

    /// What stands behind `ENABLED`.
    ///
    /// ```text
    /// enable-data = "ENABLED" *(SP capability)
    /// ```
    pub(crate) fn enabled<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<Atom>> {
        let mut all = Vec::new();
        let mut rest = input;
        while let Ok((behind, ())) = self.sp(rest) {
            let Ok((behind, name)) = super::base::name(behind) else { break };
            if all.len() >= self.limits.list {
                return failure(rest);
            }
            all.push(name);
            rest = behind;
        }
        Ok((rest, all))
    }

    /// What stands behind `VANISHED`: whether it was earlier, and the UIDs.
    ///
    /// ```text
    /// expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids
    /// known-uids    = sequence-set ; sequence of UIDs, "*" is not allowed
    /// ```
    ///
    /// RFC 7162 §7.
    pub(crate) fn vanished<'a>(&self, input: &'a [u8]) -> Parsed<'a, (bool, UidSet)> {
        let (rest, earlier) = match octet(input, b'(') {
            Ok((rest, ())) => {
                let (rest, ()) = word(self.blanks(rest), b"EARLIER")?;
                let (rest, ()) = octet(self.blanks(rest), b')')?;
                (self.sp(rest)?.0, true)
            }
            Err(_) => (input, false),
        };
        uid_set(rest).map(|(rest, uids)| (rest, (earlier, uids)))
    }
}
