//! LIST.

use alloc::vec::Vec;

use bytes::Bytes;

use super::base::{
    any_value, astring, atom, failure, mailbox, name, nil, octet, quoted, sp, string, while_octets,
    word,
};
use super::{Grammar, Parsed};
use crate::quirks::Quirk;
use crate::response::Response;
use crate::value::{
    Atom, Delimiter, ListAttributes, ListCommand, ListExtended, ListKind, ListResponse, ListReturn,
    ListSelection, MailboxName, Raw, is_atom_octet, is_keyword_octet, is_line_octet,
};

/// What every LIST response has.
type ListParts = (ListAttributes, Option<Delimiter>, MailboxName);

impl Grammar<'_> {
    /// What stands behind `LIST `, `LSUB ` or `XLIST `.
    ///
    /// ```text
    /// mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox
    ///                [SP mbox-list-extended]
    /// ```
    #[inline]
    pub(crate) fn list_response<'a>(
        &self,
        kind: ListKind,
        input: &'a [u8],
    ) -> Parsed<'a, Response> {
        let (rest, attributes) = self.list_attributes(input)?;
        let (rest, delimiter) = self.delimiter(self.sp(rest)?.0)?;
        let (rest, mailbox) = self.listed_mailbox(self.sp(rest)?.0)?;
        let (rest, extended) = match rest {
            [b' ', b'(', ..] => self.extended_items(sp(rest)?.0)?,
            _ => (rest, Vec::new()),
        };
        // It is made where it is to stay: to move it would take longer than to read it.
        let list = ListResponse { kind, attributes, delimiter, mailbox, extended };
        Ok((rest, Response::List(list)))
    }

    /// `mailbox-list` without extended items, in the form in which nearly all servers send it: it ends
    /// the line, and nothing of it is to be forgiven or has backslashes in quotes. `None` otherwise.
    #[inline(always)]
    pub(super) fn plain_list(&self, input: &[u8]) -> Option<ListParts> {
        let mut rest = input.strip_prefix(b"(")?;
        let mut attributes = ListAttributes::new();
        for _ in 0..self.limits.list {
            let behind = match attributes.push_frequent(rest) {
                Some(behind) => behind,
                None => {
                    let (name, behind) = while_octets(rest.strip_prefix(b"\\")?, is_atom_octet);
                    if name.is_empty() {
                        return None;
                    }
                    attributes.push(name);
                    behind
                }
            };
            match behind {
                [b' ', behind @ ..] => rest = behind,
                [b')', behind @ ..] => {
                    attributes.sort();
                    let (delimiter, name) = match behind {
                        [b' ', b'"', one @ (b'/' | b'.'), b'"', b' ', name @ ..] => (*one, name),
                        _ => return None,
                    };
                    let mailbox = match name {
                        [b'"', name @ .., b'"'] if is_plain(name) => name,
                        [_, ..] if name.iter().all(|&octet| is_keyword_octet(octet)) => name,
                        _ => return None,
                    };
                    let delimiter = Delimiter::new(delimiter).ok();
                    return Some((attributes, delimiter, MailboxName::read(mailbox)));
                }
                _ => return None,
            }
        }
        None
    }

    /// ```text
    /// mbx-list-flags = *(mbx-list-oflag SP) mbx-list-sflag *(SP mbx-list-oflag) /
    ///                  mbx-list-oflag *(SP mbx-list-oflag)
    /// flag-extension = "\" atom
    /// ```
    fn list_attributes<'a>(&self, input: &'a [u8]) -> Parsed<'a, ListAttributes> {
        let (rest, ()) = octet(input, b'(')?;
        let mut rest = self.blanks(rest);
        let mut attributes = ListAttributes::new();
        let mut members = 0_usize;
        loop {
            match rest.split_first() {
                // RFC 5258 §3: a server may say nothing of a mailbox.
                Some((b')', behind)) if members == 0 => return Ok((behind, attributes)),
                Some((b'\\', behind)) => rest = behind,
                Some(_) if self.forgives(Quirk::Escape) => {}
                _ => return failure(rest),
            }
            let end = memchr::memchr2(b' ', b')', rest).unwrap_or(rest.len());
            let (name, behind) = rest.split_at_checked(end).unwrap_or_default();
            members = members.saturating_add(1);
            if members > self.limits.list || !attributes.push(name) {
                return failure(rest);
            }
            rest = match behind.split_first() {
                Some((b' ', behind)) => self.blanks(behind),
                _ => behind,
            };
            if let Some((b')', after)) = rest.split_first()
                && (rest.len() == behind.len() || self.forgives(Quirk::Blank))
            {
                attributes.sort();
                return Ok((after, attributes));
            }
            if rest.len() == behind.len() {
                return failure(rest);
            }
        }
    }

    /// `DQUOTE QUOTED-CHAR DQUOTE / nil`
    ///
    /// For no delimiter some servers say `""`, and for one some leave out the quotes.
    pub(crate) fn delimiter<'a>(&self, input: &'a [u8]) -> Parsed<'a, Option<Delimiter>> {
        let (rest, one) = match input {
            [b'"', one, b'"', rest @ ..] if !matches!(one, b'"' | b'\\') => (rest, *one),
            [b'"', b'\\', one @ (b'"' | b'\\'), b'"', rest @ ..] => (rest, *one),
            [b'"', b'"', rest @ ..] if self.forgives(Quirk::Nil) => return Ok((rest, None)),
            [b'"', b'\\', b'"', rest @ ..] if self.forgives(Quirk::Escape) => (rest, b'\\'),
            [one, b' ' | b')', ..] if *one != b'"' && self.forgives(Quirk::Quoted) => {
                (input.get(1..).unwrap_or_default(), *one)
            }
            _ => return nil(input).map(|(rest, ())| (rest, None)),
        };
        Delimiter::new(one).map_or_else(|_| failure(input), |one| Ok((rest, Some(one))))
    }

    /// `mailbox` at the end of a line, or before `" ("`. A name that should be quoted and is not is
    /// what stands up to there.
    fn listed_mailbox<'a>(&self, input: &'a [u8]) -> Parsed<'a, MailboxName> {
        let read = mailbox(input);
        if let Ok((rest, _)) = &read
            && matches!(rest, [] | [b' ', b'(', ..])
        {
            return read;
        }
        let ends = |rest: &[u8]| rest.iter().all(|octet| matches!(octet, b' ' | b'\r'));
        if read.as_ref().is_ok_and(|(rest, _)| ends(rest))
            || matches!(input.first(), None | Some(b'"' | b'{' | b'~' | b'('))
            || !self.forgives(Quirk::Quoted)
        {
            return read;
        }
        let (name, rest) = while_octets(input, is_line_octet);
        let name = name.trim_ascii_end();
        match MailboxName::new(Bytes::copy_from_slice(name)) {
            Ok(name) => Ok((rest, name)),
            Err(_) => read,
        }
    }

    /// `mbox-list-extended = "(" [mbox-list-extended-item *(SP mbox-list-extended-item)] ")"`
    fn extended_items<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<ListExtended>> {
        let met = self.met();
        self.list(input, |i| self.extended_item(i)).or_else(|_: nom::Err<_>| {
            self.back_to(met);
            let (rest, value) = any_value(input)?;
            Ok((rest, [ListExtended::Unparsed(Raw::read(value))].into()))
        })
    }

    /// ```text
    /// mbox-list-extended-item     = mbox-list-extended-item-tag SP tagged-ext-val
    /// mbox-list-extended-item-tag = astring
    /// ```
    fn extended_item<'a>(&self, input: &'a [u8]) -> Parsed<'a, ListExtended> {
        let met = self.met();
        if let Ok((rest @ [b' ' | b')', ..], item)) = self.known_extended_item(input) {
            return Ok((rest, item));
        }
        self.back_to(met);
        let (rest, _) = any_value(input)?;
        let rest = sp(rest).and_then(|(rest, ())| any_value(rest)).map_or(rest, |(rest, _)| rest);
        let len = input.len().saturating_sub(rest.len());
        let item = input.get(..len).unwrap_or_default();
        Ok((rest, ListExtended::Unparsed(Raw::read(item))))
    }

    /// ```text
    /// childinfo-extended-item = "CHILDINFO" SP "(" list-select-base-opt-quoted
    ///                           *(SP list-select-base-opt-quoted) ")"
    /// oldname-extended-item   = "OLDNAME" SP "(" mailbox ")"
    /// ```
    fn known_extended_item<'a>(&self, input: &'a [u8]) -> Parsed<'a, ListExtended> {
        let (rest, tag) = astring(input)?;
        let (rest, ()) = sp(rest)?;
        if tag.octets.eq_ignore_ascii_case(b"CHILDINFO") {
            let (rest, options) = self.list1(rest, |i| self.quoted_option(i))?;
            return Ok((rest, ListExtended::ChildInfo(options)));
        }
        if tag.octets.eq_ignore_ascii_case(b"OLDNAME") {
            let (rest, ()) = octet(rest, b'(')?;
            let (rest, old) = mailbox(rest)?;
            let (rest, ()) = octet(rest, b')')?;
            return Ok((rest, ListExtended::OldName(old)));
        }
        let (rest, value) = any_value(rest)?;
        Ok((rest, ListExtended::Other(tag.to_bytes(), Raw::read(value))))
    }

    /// `list-select-base-opt-quoted = DQUOTE list-select-base-opt DQUOTE`
    fn quoted_option<'a>(&self, input: &'a [u8]) -> Parsed<'a, Atom> {
        if input.first() != Some(&b'"') && self.forgives(Quirk::Quoted) {
            return name(input);
        }
        let (rest, option) = quoted(input)?;
        Atom::new(option.to_bytes()).map_or_else(|_| failure(input), |option| Ok((rest, option)))
    }

    /// What stands behind `LIST ` in a command.
    ///
    /// ```text
    /// list             = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat
    ///                    [SP list-return-opts]
    /// mbox-or-pat      = list-mailbox / patterns
    /// patterns         = "(" list-mailbox *(SP list-mailbox) ")"
    /// list-return-opts = "RETURN" SP "(" [return-option *(SP return-option)] ")"
    /// ```
    pub(crate) fn list_command<'a>(&self, input: &'a [u8]) -> Parsed<'a, ListCommand> {
        let (rest, selection) = if input.first() == Some(&b'(') {
            let (rest, selection) = self.list(input, |i| self.selection_option(i))?;
            if needs_more(&selection) && !self.forgives(Quirk::Members) {
                return failure(input);
            }
            (self.sp(rest)?.0, Some(selection))
        } else {
            (input, None)
        };
        let (rest, reference) = mailbox(rest)?;
        let (rest, ()) = self.sp(rest)?;
        let parenthesised = rest.first() == Some(&b'(');
        let (rest, patterns) = if parenthesised {
            self.list1(rest, list_mailbox)?
        } else {
            list_mailbox(rest).map(|(rest, pattern)| (rest, [pattern].into()))?
        };
        let returns = self.sp(rest).and_then(|(rest, ())| word(rest, b"RETURN"));
        let (rest, returns) = match returns {
            Ok((rest, ())) => {
                let (rest, ()) = self.sp(rest)?;
                let (rest, returns) = self.list(rest, |i| self.return_option(i))?;
                (rest, Some(returns))
            }
            Err(_) => (rest, None),
        };
        Ok((rest, ListCommand { selection, reference, patterns, parenthesised, returns }))
    }

    /// ```text
    /// list-select-opt  = list-select-base-opt / list-select-independent-opt / list-select-mod-opt
    /// option-extension = (option-standard-tag / option-vendor-tag) [SP option-value]
    /// option-value     = "(" option-val-comp ")"
    /// ```
    fn selection_option<'a>(&self, input: &'a [u8]) -> Parsed<'a, ListSelection> {
        let (rest, option) = atom(input)?;
        let (rest, value) = parenthesised_value(rest)?;
        let known = match option {
            _ if value.is_some() => None,
            b if b.eq_ignore_ascii_case(b"SUBSCRIBED") => Some(ListSelection::Subscribed),
            b if b.eq_ignore_ascii_case(b"REMOTE") => Some(ListSelection::Remote),
            b if b.eq_ignore_ascii_case(b"RECURSIVEMATCH") => Some(ListSelection::RecursiveMatch),
            b if b.eq_ignore_ascii_case(b"SPECIAL-USE") => Some(ListSelection::SpecialUse),
            _ => None,
        };
        let option =
            known.unwrap_or_else(|| ListSelection::Other(Atom::read(option), value.map(Raw::read)));
        Ok((rest, option))
    }

    /// ```text
    /// return-option = "SUBSCRIBED" / "CHILDREN" / "SPECIAL-USE" / "MYRIGHTS" / status-option /
    ///                 "METADATA" SP "(" entry *(SP entry) ")" / option-extension
    /// status-option = "STATUS" SP "(" status-att *(SP status-att) ")"
    /// ```
    fn return_option<'a>(&self, input: &'a [u8]) -> Parsed<'a, ListReturn> {
        let (rest, option) = atom(input)?;
        if option.eq_ignore_ascii_case(b"STATUS") {
            let (rest, items) = self.status_items(self.sp(rest)?.0)?;
            return Ok((rest, ListReturn::Status(items)));
        }
        if option.eq_ignore_ascii_case(b"METADATA") {
            let entry = |i| astring(i).map(|(rest, entry)| (rest, entry.to_bytes()));
            let (rest, entries) = self.list1(self.sp(rest)?.0, entry)?;
            return Ok((rest, ListReturn::Metadata(entries)));
        }
        let (rest, value) = parenthesised_value(rest)?;
        let known = match option {
            _ if value.is_some() => None,
            b if b.eq_ignore_ascii_case(b"SUBSCRIBED") => Some(ListReturn::Subscribed),
            b if b.eq_ignore_ascii_case(b"CHILDREN") => Some(ListReturn::Children),
            b if b.eq_ignore_ascii_case(b"SPECIAL-USE") => Some(ListReturn::SpecialUse),
            b if b.eq_ignore_ascii_case(b"MYRIGHTS") => Some(ListReturn::MyRights),
            _ => None,
        };
        let option =
            known.unwrap_or_else(|| ListReturn::Other(Atom::read(option), value.map(Raw::read)));
        Ok((rest, option))
    }

    /// What stands behind `LSUB ` and `XLIST ` in a command: `mailbox SP list-mailbox`
    pub(crate) fn reference_and_pattern<'a>(
        &self,
        input: &'a [u8],
    ) -> Parsed<'a, (MailboxName, Bytes)> {
        let (rest, reference) = mailbox(input)?;
        let (rest, pattern) = list_mailbox(self.sp(rest)?.0)?;
        Ok((rest, (reference, pattern)))
    }
}

/// ```text
/// list-mailbox = 1*list-char / string
/// list-char    = ATOM-CHAR / list-wildcards / resp-specials
/// ```
fn list_mailbox(input: &[u8]) -> Parsed<'_, Bytes> {
    match while_octets(input, is_list_octet) {
        ([], _) => string(input).map(|(rest, pattern)| (rest, pattern.to_bytes())),
        (pattern, rest) => Ok((rest, Bytes::copy_from_slice(pattern))),
    }
}

/// `list-char = ATOM-CHAR / list-wildcards / resp-specials`
pub(crate) fn is_list_octet(octet: u8) -> bool {
    is_atom_octet(octet) || matches!(octet, b'%' | b'*' | b']')
}

/// Whether all of these octets stand for themselves in a quoted string, and are printable ASCII.
#[inline]
fn is_plain(octets: &[u8]) -> bool {
    // All are looked at, so that the compiler can take many at once.
    octets.iter().fold(true, |plain, octet| {
        plain & matches!(octet, b' '..=b'~') & !matches!(octet, b'"' | b'\\')
    })
}

/// `[SP "(" … ")"]`, uninterpreted.
pub(crate) fn parenthesised_value(input: &[u8]) -> Parsed<'_, Option<&[u8]>> {
    match input {
        [b' ', b'(', ..] => {
            let (rest, value) = any_value(sp(input)?.0)?;
            Ok((rest, Some(value)))
        }
        _ => Ok((input, None)),
    }
}

/// Whether RECURSIVEMATCH stands there without an option that it could modify (RFC 5258 §3.1).
fn needs_more(selection: &[ListSelection]) -> bool {
    let base = |option: &_| matches!(option, ListSelection::Subscribed | ListSelection::Other(..));
    selection.contains(&ListSelection::RecursiveMatch) && !selection.iter().any(base)
}
