//! APPEND and REPLACE, in the pieces that stand between octets of messages.

use alloc::vec::Vec;

use bytes::Bytes;

use super::base::{any_value, astring, failure, mailbox, name, octet, sequence_number, sp, word};
use super::{Grammar, Parsed};
use crate::value::{AppendData, AppendMessage, AppendTarget, Atom, FlagSet, InternalDate, Raw};

/// Where in the command a piece stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AppendPlace {
    /// Behind `APPEND`.
    Append,
    /// Behind `REPLACE`. Whether `UID` stood before it.
    Replace { uid: bool },
    /// Behind a message. Whether another may follow.
    Behind { more: bool },
    /// Behind the octets of a message in parentheses.
    Utf8 { more: bool },
    /// Between the parentheses of CATENATE, behind a piece.
    Catenate { more: bool },
    /// There, behind the octets of a piece in parentheses of its own.
    CatenateUtf8 { more: bool },
}

/// What a piece says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AppendStep {
    Target(AppendTarget),
    /// Its octets follow, unless it is CATENATE.
    Message(AppendMessage),
    /// A piece of CATENATE.
    Url(Bytes),
    /// The octets of a piece of CATENATE follow.
    Text,
    MessageEnd,
    /// The command is complete.
    End,
}

/// How a piece ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PieceEnd {
    /// With the line.
    Line,
    /// With the announcement of a literal, which is cut off.
    Literal { octets: u64, binary: bool },
}

/// What stands before the octets of a message.
type Head = (FlagSet, Option<InternalDate>, Vec<(Atom, Raw)>);

impl Grammar<'_> {
    /// One piece, and where the next one stands. `None` where the piece ends with a literal that is
    /// no octets of a message, or is wrong.
    pub(crate) fn append_piece(
        &self,
        place: AppendPlace,
        piece: &[u8],
        end: PieceEnd,
    ) -> Option<(Vec<AppendStep>, AppendPlace)> {
        let mut steps = Vec::new();
        let (mut rest, mut place) = self.append_front(place, piece, &mut steps).ok()?;
        loop {
            match (place, rest, end) {
                (AppendPlace::Behind { .. }, [], PieceEnd::Line) if !is_head(&steps) => {
                    steps.push(AppendStep::End);
                    return Some((steps, place));
                }
                (AppendPlace::Behind { more }, [_, ..], _) if more || is_head(&steps) => {
                    let more = more
                        && !matches!(
                            steps.first(),
                            Some(AppendStep::Target(AppendTarget::Replace { .. }))
                        );
                    let (behind, (flags, date, extensions)) = self.message_head(rest).ok()?;
                    let message = |data| {
                        let mut message = AppendMessage::with_data(data);
                        message.flags = flags;
                        message.date = date;
                        message.extensions = extensions;
                        AppendStep::Message(message)
                    };
                    match (behind, end) {
                        ([], PieceEnd::Literal { octets, binary }) => {
                            let data = if binary {
                                AppendData::Literal8(octets)
                            } else {
                                AppendData::Literal(octets)
                            };
                            steps.push(message(data));
                            return Some((steps, AppendPlace::Behind { more }));
                        }
                        (utf8, PieceEnd::Literal { octets, binary: true })
                            if utf8.eq_ignore_ascii_case(b"UTF8 (") =>
                        {
                            steps.push(message(AppendData::Utf8(octets)));
                            return Some((steps, AppendPlace::Utf8 { more }));
                        }
                        _ => {}
                    }
                    let (behind, ()) = word(behind, b"CATENATE (").ok()?;
                    steps.push(message(AppendData::Catenate));
                    place = AppendPlace::Catenate { more };
                    let octets;
                    (rest, octets) = self.cat_part(behind, end, more, &mut steps).ok()?;
                    if let Some(place) = octets {
                        return Some((steps, place));
                    }
                }
                (AppendPlace::Catenate { more }, [b')', behind @ ..], _) => {
                    steps.push(AppendStep::MessageEnd);
                    place = AppendPlace::Behind { more };
                    rest = behind;
                }
                (AppendPlace::Catenate { more }, [b' ', behind @ ..], _) => {
                    let octets;
                    (rest, octets) = self.cat_part(behind, end, more, &mut steps).ok()?;
                    if let Some(place) = octets {
                        return Some((steps, place));
                    }
                }
                _ => return None,
            }
            if steps.len() > self.limits.list {
                return None;
            }
        }
    }

    /// What stands before the first message of a piece.
    ///
    /// ```text
    /// append  = "APPEND" SP mailbox 1*append-message
    /// replace = "REPLACE" SP seq-number SP mailbox append-message
    /// ```
    ///
    /// (RFC 4466 §2.6, RFC 3502 §6.3.11, RFC 8508 §5)
    fn append_front<'a>(
        &self,
        place: AppendPlace,
        input: &'a [u8],
        steps: &mut Vec<AppendStep>,
    ) -> Parsed<'a, AppendPlace> {
        match place {
            AppendPlace::Append => {
                let (rest, mailbox) = mailbox(sp(input)?.0)?;
                steps.push(AppendStep::Target(AppendTarget::Append(mailbox)));
                Ok((rest, AppendPlace::Behind { more: true }))
            }
            AppendPlace::Replace { uid } => {
                let (rest, message) = sequence_number(sp(input)?.0)?;
                let (rest, mailbox) = mailbox(sp(rest)?.0)?;
                let target = AppendTarget::Replace { uid, message, mailbox };
                steps.push(AppendStep::Target(target));
                Ok((rest, AppendPlace::Behind { more: false }))
            }
            AppendPlace::Utf8 { more } => {
                let (rest, ()) = octet(input, b')')?;
                steps.push(AppendStep::MessageEnd);
                Ok((rest, AppendPlace::Behind { more }))
            }
            AppendPlace::CatenateUtf8 { more } => {
                let (rest, ()) = octet(input, b')')?;
                Ok((rest, AppendPlace::Catenate { more }))
            }
            place => Ok((input, place)),
        }
    }

    /// ```text
    /// append-message = [SP flag-list] [SP date-time] *(SP append-ext) SP append-data
    /// append-ext     = append-ext-name SP append-ext-value
    /// ```
    ///
    /// up to `append-data`.
    fn message_head<'a>(&self, input: &'a [u8]) -> Parsed<'a, Head> {
        let (mut rest, ()) = sp(input)?;
        let mut flags = FlagSet::new();
        if rest.first() == Some(&b'(') {
            let behind;
            (behind, flags) = self.flag_list(rest)?;
            rest = sp(behind)?.0;
        }
        if !flags.is_storable() {
            return failure(input);
        }
        let mut date = None;
        if rest.first() == Some(&b'"') {
            let (behind, read) = self.date_time(rest)?;
            date = Some(read);
            rest = sp(behind)?.0;
        }
        let mut extensions = Vec::new();
        while let Ok((behind, name)) = name(rest) {
            if name.is("UTF8") || name.is("CATENATE") {
                break;
            }
            let (behind, value) = any_value(sp(behind)?.0)?;
            if extensions.len() >= self.limits.list {
                return failure(input);
            }
            extensions.push((name, Raw::read(value)));
            rest = sp(behind)?.0;
        }
        Ok((rest, (flags, date, extensions)))
    }

    /// ```text
    /// cat-part     = "TEXT" SP literal / "URL" SP astring
    /// cat-part     =/ utf8-literal
    /// utf8-literal = "UTF8" SP "(" literal8 ")"
    /// ```
    ///
    /// (RFC 4469 §5, RFC 6855 §4). Where the octets of the piece follow, what they stand before.
    fn cat_part<'a>(
        &self,
        input: &'a [u8],
        end: PieceEnd,
        more: bool,
        steps: &mut Vec<AppendStep>,
    ) -> Parsed<'a, Option<AppendPlace>> {
        if let Ok((rest, ())) = word(input, b"URL ") {
            let (rest, url) = astring(rest)?;
            steps.push(AppendStep::Url(url.to_bytes()));
            return Ok((rest, None));
        }
        let place = match end {
            PieceEnd::Literal { .. } if input.eq_ignore_ascii_case(b"TEXT ") => {
                AppendPlace::Catenate { more }
            }
            PieceEnd::Literal { binary: true, .. } if input.eq_ignore_ascii_case(b"UTF8 (") => {
                AppendPlace::CatenateUtf8 { more }
            }
            _ => return failure(input),
        };
        steps.push(AppendStep::Text);
        Ok((&[], Some(place)))
    }
}

/// Whether a message must follow these steps.
fn is_head(steps: &[AppendStep]) -> bool {
    matches!(steps, [AppendStep::Target(_)])
}
