//! Response codes.

use alloc::vec::Vec;

use bytes::Bytes;

use super::base::{
    atom, failure, mod_seq, name, number, number64, nz_number, octet, or_nil, quoted, sequence_set,
    uid, uid_set, while_octets, word,
};
use super::{Grammar, Parsed, Quirks};
use crate::command::Tag;
use crate::quirks::Quirk;
use crate::value::{
    Annotations, Atom, Charset, Code, InProgress, ModSeq, ObjectId, PlainCode, RawCode, UrlText,
    UrlauthMechanism, code_len, is_object_octet, is_url_octet,
};

/// The longest name of a code here.
const LONGEST: usize = 20;

/// Whether this crate has a value for the code between these brackets.
pub(crate) fn is_known_code(code: &[u8]) -> bool {
    let limits = crate::limits::Limits::default();
    let grammar = Grammar::new(&limits, Quirks::tolerant());
    // Brackets may stand in keywords, so that a list without its end would go on in the text.
    let open = word(code, b"PERMANENTFLAGS").is_ok_and(|(rest, ())| atom(rest).is_err());
    open || grammar.known_code(code).is_ok_and(|(rest, _)| grammar.blanks(rest).is_empty())
}

/// Whether a text that begins so would be read as a code.
pub(crate) fn begins_with_code(text: &[u8]) -> bool {
    let Some(inner) = text.strip_prefix(b"[") else { return false };
    let limits = crate::limits::Limits::default();
    Grammar::new(&limits, Quirks::tolerant()).code(inner).is_some()
}

impl Grammar<'_> {
    /// A code with what stands behind its closing bracket. `None` when there is none.
    ///
    /// ```text
    /// resp-text-code = "ALERT" / .. / atom [SP 1*<any TEXT-CHAR except "]">]
    /// ```
    ///
    /// RFC 9051 §9. What is not known, or breaks the grammar of its name, is [`Code::Other`].
    pub(super) fn code<'a>(&self, input: &'a [u8]) -> Option<(&'a [u8], Code)> {
        let met = self.met.get();
        if let Ok((rest, code)) = self.known_code(input)
            && let Some((b']', rest)) = self.blanks(rest).split_first()
        {
            return Some((rest, code));
        }
        // What was forgiven on the way to nothing was not.
        self.met.set(met);
        let (code, behind) = input.split_at_checked(code_len(input)?)?;
        let (_, rest) = behind.split_first()?;
        let unclean = |octet: &u8| matches!(octet, b'\r' | b'\n' | 0);
        if code.is_empty() || code.iter().any(unclean) {
            return None;
        }
        let grammatical = match atom(code) {
            Ok(([], _)) => true,
            Ok((rest, _)) => matches!(rest, [b' ', _, ..]),
            Err(_) => false,
        };
        if !(grammatical || self.forgives(Quirk::Code)) {
            return None;
        }
        if !code.is_ascii() && !self.forgives(Quirk::EightBit) {
            return None;
        }
        Some((rest, Code::Other(RawCode::read(code))))
    }

    /// A code of the RFCs, up to its closing bracket.
    fn known_code<'a>(&self, input: &'a [u8]) -> Parsed<'a, Code> {
        let (rest, first) = atom(input)?;
        let mut folded = [0_u8; LONGEST];
        let Some(folded) = folded.get_mut(..first.len()) else { return failure(input) };
        folded.copy_from_slice(first);
        folded.make_ascii_uppercase();
        match &*folded {
            b"BADCHARSET" => self.bad_charset(rest),
            b"CAPABILITY" => {
                self.capabilities(rest).map(|(rest, all)| (rest, Code::Capability(all)))
            }
            b"PERMANENTFLAGS" => {
                let (rest, flags) = self.flag_list(self.sp(rest)?.0)?;
                Ok((rest, Code::PermanentFlags(flags)))
            }
            b"UIDNEXT" => uid(self.sp(rest)?.0).map(|(rest, uid)| (rest, Code::UidNext(uid))),
            b"UIDVALIDITY" => {
                let (rest, validity) = self.uid_validity(self.sp(rest)?.0)?;
                Ok((rest, Code::UidValidity(validity)))
            }
            b"UNSEEN" => {
                let (rest, number) = self.perhaps_zero(self.sp(rest)?.0)?;
                Ok((rest, Code::Unseen(number)))
            }
            b"APPENDUID" => self.append_uid(self.sp(rest)?.0),
            b"COPYUID" => self.copy_uid(self.sp(rest)?.0),
            b"HIGHESTMODSEQ" => self.highest_mod_seq(self.sp(rest)?.0),
            b"MODIFIED" => {
                let (rest, set) = sequence_set(self.sp(rest)?.0)?;
                Ok((rest, Code::Modified(set)))
            }
            b"MAILBOXID" => mailbox_id(self.sp(rest)?.0),
            b"METADATA" => self.metadata_code(self.sp(rest)?.0),
            b"BADEVENT" => {
                let (rest, names) = self.list1(self.sp(rest)?.0, name)?;
                Ok((rest, Code::BadEvent(names)))
            }
            b"NOUPDATE" => {
                quoted_tag(self.sp(rest)?.0).map(|(rest, tag)| (rest, Code::NoUpdate(tag)))
            }
            b"UNDEFINED-FILTER" => {
                let (rest, filter) = name(self.sp(rest)?.0)?;
                Ok((rest, Code::UndefinedFilter(filter)))
            }
            b"MAXCONVERTMESSAGES" => {
                let (rest, most) = nz_number(self.sp(rest)?.0)?;
                Ok((rest, Code::MaxConvertMessages(most)))
            }
            b"MAXCONVERTPARTS" => {
                let (rest, most) = nz_number(self.sp(rest)?.0)?;
                Ok((rest, Code::MaxConvertParts(most)))
            }
            b"BADURL" => url(self.sp(rest)?.0).map(|(rest, url)| (rest, Code::BadUrl(url))),
            b"REFERRAL" => {
                let (rest, urls) = self.spaced(self.sp(rest)?.0, url)?;
                Ok((rest, Code::Referral(urls)))
            }
            b"URLMECH" => {
                let (rest, all) = self.spaced(self.sp(rest)?.0, url_mechanism)?;
                Ok((rest, Code::UrlMech(all)))
            }
            b"INPROGRESS" => self.in_progress(rest),
            b"MESSAGELIMIT" => {
                let (rest, limit) = nz_number(self.sp(rest)?.0)?;
                let (rest, uid) = match self.sp(rest).and_then(|(rest, ())| uid(rest)) {
                    Ok((rest, uid)) => (rest, Some(uid)),
                    Err(_) => (rest, None),
                };
                Ok((rest, Code::MessageLimit { limit, uid }))
            }
            b"ANNOTATE" => {
                let (rest, what) = atom(self.sp(rest)?.0)?;
                let is = |name: &[u8]| what.eq_ignore_ascii_case(name);
                match what.len() {
                    6 if is(b"TOOBIG") => Ok((rest, Code::AnnotateTooBig)),
                    7 if is(b"TOOMANY") => Ok((rest, Code::AnnotateTooMany)),
                    _ => failure(input),
                }
            }
            b"ANNOTATIONS" => self.annotations(self.sp(rest)?.0),
            plain => match PlainCode::by_name(plain) {
                Some(code) => Ok((rest, Code::Plain(code))),
                None => failure(input),
            },
        }
    }

    /// `"BADCHARSET" [SP "(" charset *(SP charset) ")" ]`, `charset = atom / quoted`
    ///
    /// RFC 9051 §9. In its own example (§6.4.4.4) the parentheses are missing.
    fn bad_charset<'a>(&self, input: &'a [u8]) -> Parsed<'a, Code> {
        let charset = |i: &'a [u8]| {
            let (rest, octets) = match atom(i) {
                Ok((rest, atom)) => (rest, Bytes::copy_from_slice(atom)),
                Err(_) => quoted(i).map(|(rest, name)| (rest, name.to_bytes()))?,
            };
            Charset::new(octets).map_or_else(|_| failure(i), |name| Ok((rest, name)))
        };
        let Ok((rest, ())) = self.sp(input) else {
            return Ok((input, Code::BadCharset(Vec::new())));
        };
        let (rest, all) = if rest.first() != Some(&b'(') && self.forgives(Quirk::Members) {
            self.spaced(rest, charset)?
        } else {
            self.list1(rest, charset)?
        };
        Ok((rest, Code::BadCharset(all)))
    }

    /// `nz-number`, of which some servers make zero.
    fn perhaps_zero<'a>(&self, input: &'a [u8]) -> Parsed<'a, u32> {
        match number(input)? {
            (_, 0) if !self.forgives(Quirk::Number) => failure(input),
            read => Ok(read),
        }
    }

    /// ```text
    /// resp-code-apnd = "APPENDUID" SP nz-number SP append-uid
    /// append-uid     = uniqueid / uid-set
    /// ```
    ///
    /// RFC 4315 §4.
    fn append_uid<'a>(&self, input: &'a [u8]) -> Parsed<'a, Code> {
        let (rest, validity) = self.uid_validity(input)?;
        let (rest, uids) = uid_set(self.sp(rest)?.0)?;
        Ok((rest, Code::AppendUid { validity, uids }))
    }

    /// `resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set` (RFC 4315 §4)
    fn copy_uid<'a>(&self, input: &'a [u8]) -> Parsed<'a, Code> {
        let (rest, validity) = self.uid_validity(input)?;
        let (rest, from) = uid_set(self.sp(rest)?.0)?;
        let (rest, to) = uid_set(self.sp(rest)?.0)?;
        Ok((rest, Code::CopyUid { validity, from, to }))
    }

    /// `"HIGHESTMODSEQ" SP mod-sequence-value` (RFC 7162 §7): not zero.
    fn highest_mod_seq<'a>(&self, input: &'a [u8]) -> Parsed<'a, Code> {
        let (rest, value) = mod_seq(input)?;
        if value == ModSeq::default() && !self.forgives(Quirk::Number) {
            return failure(input);
        }
        Ok((rest, Code::HighestModSeq(value)))
    }

    /// ```text
    /// resp-text-code =/ "METADATA" SP "LONGENTRIES" SP number
    /// resp-text-code =/ "METADATA" SP ("MAXSIZE" SP number / "TOOMANY" / "NOPRIVATE")
    /// ```
    ///
    /// RFC 5464 §5.
    fn metadata_code<'a>(&self, input: &'a [u8]) -> Parsed<'a, Code> {
        let (rest, what) = atom(input)?;
        let is = |name: &[u8]| what.eq_ignore_ascii_case(name);
        if is(b"LONGENTRIES") {
            let (rest, octets) = number64(self.sp(rest)?.0)?;
            Ok((rest, Code::MetadataLongEntries(octets)))
        } else if is(b"MAXSIZE") {
            let (rest, octets) = number64(self.sp(rest)?.0)?;
            Ok((rest, Code::MetadataMaxSize(octets)))
        } else if is(b"TOOMANY") {
            Ok((rest, Code::MetadataTooMany))
        } else if is(b"NOPRIVATE") {
            Ok((rest, Code::MetadataNoPrivate))
        } else {
            failure(input)
        }
    }

    /// ```text
    /// resp-text-code   =/ "INPROGRESS" [ SP "(" inprogress-tag SP inprogress-state ")" ]
    /// inprogress-tag   = quoted / nil
    /// inprogress-state = nil SP nil / number SP nil / number SP nz-number
    /// ```
    ///
    /// RFC 9585 §5.
    fn in_progress<'a>(&self, input: &'a [u8]) -> Parsed<'a, Code> {
        let Ok((rest, ())) = self.sp(input) else {
            return Ok((input, Code::InProgress { tag: None, progress: None }));
        };
        let (rest, ()) = octet(rest, b'(')?;
        let (rest, tag) = or_nil(self.blanks(rest), quoted_tag)?;
        let (rest, done) = or_nil(self.sp(rest)?.0, number)?;
        let (rest, goal) = or_nil(self.sp(rest)?.0, nz_number)?;
        let (rest, ()) = octet(self.blanks(rest), b')')?;
        let progress = match (done, goal) {
            (Some(done), goal) => Some(InProgress { done, goal }),
            (None, None) => None,
            (None, Some(_)) => return failure(input),
        };
        Ok((rest, Code::InProgress { tag, progress }))
    }

    /// `ann-size = "NONE" / (("READ-ONLY" / nz-number) [SP "NOPRIVATE"])` (RFC 5257 §5)
    fn annotations<'a>(&self, input: &'a [u8]) -> Parsed<'a, Code> {
        let no_private =
            |rest: &'a [u8]| match self.sp(rest).and_then(|(rest, ())| word(rest, b"NOPRIVATE")) {
                Ok((rest, ())) => (rest, true),
                Err(_) => (rest, false),
            };
        let (rest, annotations) = if let Ok((rest, octets)) = nz_number(input) {
            let (rest, no_private) = no_private(rest);
            (rest, Annotations::Size { octets, no_private })
        } else if let Ok((rest, ())) = word(input, b"READ-ONLY") {
            let (rest, no_private) = no_private(rest);
            (rest, Annotations::ReadOnly { no_private })
        } else {
            (word(input, b"NONE")?.0, Annotations::None)
        };
        Ok((rest, Code::Annotations(annotations)))
    }
}

/// The tag of a command, in quotes.
fn quoted_tag(input: &[u8]) -> Parsed<'_, Tag> {
    let (rest, tag) = quoted(input)?;
    Tag::new(tag.to_bytes()).map_or_else(|_| failure(input), |tag| Ok((rest, tag)))
}

/// `"MAILBOXID" SP "(" objectid ")"` (RFC 8474 §7)
fn mailbox_id(input: &[u8]) -> Parsed<'_, Code> {
    let (rest, ()) = octet(input, b'(')?;
    let (id, rest) = while_octets(rest, is_object_octet);
    let (rest, ()) = octet(rest, b')')?;
    let id = ObjectId::new(Bytes::copy_from_slice(id));
    id.map_or_else(|_| failure(input), |id| Ok((rest, Code::MailboxId(id))))
}

/// A URL, in quotes or without: RFC 4469 §4 has quotes in its example, and none in its grammar.
fn url(input: &[u8]) -> Parsed<'_, UrlText> {
    let (rest, octets) = match quoted(input) {
        Ok((rest, url)) => (rest, url.to_bytes()),
        Err(_) => {
            let (url, rest) = while_octets(input, is_url_octet);
            (rest, Bytes::copy_from_slice(url))
        }
    };
    UrlText::new(octets).map_or_else(|_| failure(input), |url| Ok((rest, url)))
}

/// `mechanism ["=" base64]` (RFC 4467 §9)
fn url_mechanism(input: &[u8]) -> Parsed<'_, UrlauthMechanism> {
    let (rest, whole) = atom(input)?;
    let (named, data) = match memchr::memchr(b'=', whole).and_then(|at| whole.split_at_checked(at))
    {
        Some((named, data)) => (named, data.split_first().map(|(_, data)| data)),
        None => (whole, None),
    };
    let made = Atom::new(Bytes::copy_from_slice(named))
        .and_then(|name| UrlauthMechanism::new(name, data.map(Bytes::copy_from_slice)));
    made.map_or_else(|_| failure(input), |mechanism| Ok((rest, mechanism)))
}
