//! Phrases (RFC 5322 §3.2.5): words decoded one by one, and lists of them.

use alloc::{borrow::Cow, vec::Vec};

use super::{decode_words, lossy};
use crate::{
    Defects, FieldValue, Folder, InvalidValue, Lexeme, Lexer, Parsed, RawValue, Token, WriteValue,
    code, lexer::single_spaced, unquote, write::refuse_controls,
};

/// `phrase *("," phrase)`, the value of `Keywords` (RFC 5322 §3.6.5): quotation marks resolved and
/// encoded words decoded, after it was cut at its commas.
///
/// ```
/// use postrider_message::{FieldValue, PhraseList, RawValue};
/// let list = PhraseList::read(RawValue::new(b"road works, \"hay, straw\", =?utf-8?q?Z=C3=BCge?="));
/// assert_eq!(list.value.phrases(), ["road works", "hay, straw", "Züge"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhraseList<'a> {
    list: Vec<Cow<'a, str>>,
}

impl<'a> PhraseList<'a> {
    /// A list of these phrases. None is empty or has control characters but tabs.
    pub fn new(
        phrases: impl IntoIterator<Item = impl Into<Cow<'a, str>>>,
    ) -> Result<Self, InvalidValue> {
        let list: Vec<Cow<'a, str>> = phrases.into_iter().map(Into::into).collect();
        for phrase in &list {
            refuse_controls(phrase)?;
            if phrase.is_empty() {
                return Err(InvalidValue::Grammar);
            }
        }
        Ok(Self { list })
    }

    /// The phrases in order.
    pub fn phrases(&self) -> &[Cow<'a, str>] {
        &self.list
    }
}

impl<'a> FieldValue<'a> for PhraseList<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut lexer = Lexer::new(raw);
        let mut list = Vec::new();
        let mut phrase = Phrase::default();
        while let Some(lexeme) = lexer.next() {
            if !lexeme.is(b',') {
                phrase.push(&mut lexer, &lexeme);
                continue;
            }
            if list.len() >= raw.limits().items {
                lexer.defect(&code::TOO_MANY_ITEMS, lexeme.start, raw.bytes().len());
                break;
            }
            match core::mem::take(&mut phrase).finish(&mut lexer) {
                Some(phrase) => list.push(phrase),
                None => lexer.defect(&code::EMPTY_ELEMENT, lexeme.start, lexeme.end),
            }
        }
        if list.len() < raw.limits().items {
            list.extend(phrase.finish(&mut lexer));
        }
        Parsed::new(Self { list }, lexer.into_defects(), raw.bytes())
    }
}

/// Refused where there is no phrase.
impl WriteValue for PhraseList<'_> {
    fn write_value(&self, to: &mut Folder) {
        if self.list.is_empty() {
            to.refuse(InvalidValue::Empty);
        }
        for (number, phrase) in self.list.iter().enumerate() {
            if number > 0 {
                to.special(",").blank();
            }
            to.phrase(phrase);
        }
    }
}

/// A phrase as its words come in. Special characters that should be quoted are kept as they stand.
#[derive(Debug, Default)]
pub(crate) struct Phrase<'a> {
    text: Option<Cow<'a, str>>,
    /// Where atoms in a row begin and end: encoded words among them are decoded together.
    run: Option<(usize, usize, bool)>,
    /// A comment stands between the words before and those that come.
    gap: bool,
}

impl<'a> Phrase<'a> {
    pub(crate) fn push(&mut self, lexer: &mut Lexer<'a>, lexeme: &Lexeme<'a>) {
        match lexeme.token {
            Token::Comment(_) => {
                self.end_run(lexer);
                self.gap = true;
            }
            Token::Quoted(text) => {
                self.end_run(lexer);
                let text = unquote(text);
                if core::str::from_utf8(&text).is_err() {
                    lexer.defect(&code::INVALID_UTF8, lexeme.start, lexeme.end);
                }
                self.append(lossy(text), lexeme.spaced);
            }
            _ => {
                let (start, _, spaced) =
                    *self.run.get_or_insert((lexeme.start, lexeme.end, lexeme.spaced));
                self.run = Some((start, lexeme.end, spaced));
            }
        }
    }

    /// The phrase; `None` where there was no word.
    pub(crate) fn finish(mut self, lexer: &mut Lexer<'a>) -> Option<Cow<'a, str>> {
        self.end_run(lexer);
        self.text.filter(|text| !text.is_empty())
    }

    fn end_run(&mut self, lexer: &mut Lexer<'a>) {
        let Some((start, end, spaced)) = self.run.take() else { return };
        let atoms = lexer.raw().slice(start..end);
        let text = decode_atoms(atoms, lexer.defects_mut());
        self.append(text, spaced);
    }

    fn append(&mut self, text: Cow<'a, str>, spaced: bool) {
        let gap = core::mem::take(&mut self.gap) || spaced;
        self.text = Some(match self.text.take() {
            None => text,
            Some(before) => {
                let mut whole = before.into_owned();
                whole.push_str(if gap { " " } else { "" });
                whole.push_str(&text);
                Cow::Owned(whole)
            }
        });
    }
}

/// Decodes encoded words in atoms in a row. "Runs of FWS, comment, or CFWS that occur between lexical
/// tokens in a structured header field are semantically interpreted as a single space character"
/// (RFC 5322 §3.2.2).
pub(crate) fn decode_atoms<'a>(atoms: RawValue<'a>, defects: &mut Defects) -> Cow<'a, str> {
    match single_spaced(atoms.bytes()) {
        Cow::Borrowed(spaced) => decode_words(spaced, atoms, defects),
        Cow::Owned(spaced) => Cow::Owned(decode_words(&spaced, atoms, defects).into_owned()),
    }
}
