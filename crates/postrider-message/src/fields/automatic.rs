//! `Auto-Submitted` (RFC 3834 §5) and `Received-SPF` (RFC 7208 §9.1): a word and parameters.

use alloc::{borrow::Cow, vec::Vec};

use super::{
    grammar::{comment_text, is_token, token},
    parameters::Parameters,
};
use crate::{
    FieldValue, Folder, InvalidValue, Lexer, Parsed, RawValue, Token, WriteValue, code,
    text::lossy, unquote,
};

/// `Auto-Submitted` (RFC 3834 §5): whether no human sent this, so that no machine answers it.
///
/// ```
/// use postrider_message::{FieldValue, AutoSubmitted, RawValue};
/// let raw = RawValue::new(b"auto-replied (vacation); owner-email=\"a@b.example\"");
/// let value = AutoSubmitted::read(raw).value;
/// assert!(value.is_automatic());
/// assert_eq!(value.keyword(), "auto-replied");
/// assert_eq!(value.parameters().text("owner-email").unwrap(), "a@b.example");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoSubmitted<'a> {
    keyword: Cow<'a, str>,
    parameters: Parameters<'a>,
}

impl<'a> AutoSubmitted<'a> {
    /// `auto-generated`, `auto-replied`, `no`, or another token.
    pub fn new(keyword: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        let keyword = keyword.into();
        match is_token(keyword.as_bytes()) {
            true => Ok(Self { keyword, parameters: Parameters::new() }),
            false => Err(InvalidValue::Token),
        }
    }

    /// The same value with these parameters.
    #[must_use]
    pub fn with_parameters(mut self, parameters: Parameters<'a>) -> Self {
        self.parameters = parameters;
        self
    }

    /// The word, in the case it was written in; empty where the field has none.
    pub fn keyword(&self) -> &str {
        &self.keyword
    }

    /// Whether no human sent it: any word but `no`, known or not (RFC 3834 §5).
    pub fn is_automatic(&self) -> bool {
        !self.keyword.is_empty() && !self.keyword.eq_ignore_ascii_case("no")
    }

    /// The parameters.
    pub const fn parameters(&self) -> &Parameters<'a> {
        &self.parameters
    }
}

impl<'a> FieldValue<'a> for AutoSubmitted<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut lexer = Lexer::mime(raw);
        let keyword = lexer.next_solid().and_then(|one| token(&one));
        if keyword.is_none() {
            lexer.defect(&code::UNKNOWN_KEYWORD, 0, raw.bytes().len());
        }
        let parameters = Parameters::read_behind(&mut lexer);
        let keyword = Cow::Borrowed(keyword.unwrap_or_default());
        Parsed::new(Self { keyword, parameters }, lexer.into_defects(), raw.bytes())
    }
}

/// Refused where the field that was read has no keyword: parameters behind none say nothing.
impl WriteValue for AutoSubmitted<'_> {
    fn write_value(&self, to: &mut Folder) {
        if self.keyword.is_empty() {
            to.refuse(InvalidValue::Grammar);
        }
        to.token(&self.keyword);
        self.parameters.write_behind(to);
    }
}

/// `Received-SPF` (RFC 7208 §9.1): `result [comment] [ key-value-list ]`. A claim of whoever wrote
/// it; newer software writes `Authentication-Results`.
///
/// ```
/// use postrider_message::{FieldValue, RawValue, ReceivedSpf};
/// let raw = RawValue::new(b"pass (mybox.example.org: domain of myname@example.com\r\n \
///     designates 192.0.2.1 as permitted sender)\r\n receiver=mybox.example.org; \
///     client-ip=192.0.2.1;\r\n envelope-from=\"myname@example.com\"; helo=foo.example.com;");
/// let spf = ReceivedSpf::read(raw).value;
/// assert_eq!(spf.result(), "pass");
/// assert_eq!(spf.pairs().text("client-ip").unwrap(), "192.0.2.1");
/// assert_eq!(spf.pairs().text("envelope-from").unwrap(), "myname@example.com");
/// assert!(spf.comments()[0].starts_with("mybox.example.org: domain of"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedSpf<'a> {
    result: Cow<'a, str>,
    comments: Vec<Cow<'a, str>>,
    pairs: Parameters<'a>,
}

impl<'a> ReceivedSpf<'a> {
    /// A result such as `pass`, with these keys and values.
    pub fn new(
        result: impl Into<Cow<'a, str>>,
        pairs: Parameters<'a>,
    ) -> Result<Self, InvalidValue> {
        let result = result.into();
        match is_token(result.as_bytes()) {
            true => Ok(Self { result, comments: Vec::new(), pairs }),
            false => Err(InvalidValue::Token),
        }
    }

    /// The same with one more comment, of ASCII.
    pub fn with_comment(mut self, text: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        self.comments.push(comment_text(text.into())?);
        Ok(self)
    }

    /// `pass`, `fail`, `softfail`, `neutral`, `none`, `temperror`, `permerror` or another word, in
    /// the case it was written in; empty where the field has none.
    pub fn result(&self) -> &str {
        &self.result
    }

    /// The comments behind the result, for people.
    pub fn comments(&self) -> &[Cow<'a, str>] {
        &self.comments
    }

    /// Keys such as `client-ip`, `envelope-from`, `helo`, and their values.
    pub const fn pairs(&self) -> &Parameters<'a> {
        &self.pairs
    }
}

impl<'a> FieldValue<'a> for ReceivedSpf<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut lexer = Lexer::mime(raw);
        let result = lexer.next_solid().and_then(|one| token(&one));
        if result.is_none() {
            lexer.defect(&code::UNKNOWN_KEYWORD, 0, raw.bytes().len());
        }
        let at = lexer.at();
        let mut comments = Vec::new();
        // Looks ahead for comments; the pairs skip them again.
        let mut ahead = Lexer::mime(raw.slice(at..raw.bytes().len()));
        while let Some(Token::Comment(text)) = ahead.next().map(|one| one.token)
            && comments.len() < raw.limits().comments
        {
            comments.push(lossy(unquote(text)));
        }
        let pairs = Parameters::read_list(&mut lexer);
        let result = Cow::Borrowed(result.unwrap_or_default());
        Parsed::new(Self { result, comments, pairs }, lexer.into_defects(), raw.bytes())
    }
}

/// Refused where the field that was read has no result: the name of the first pair, which may be
/// `pass`, would stand in its place.
impl WriteValue for ReceivedSpf<'_> {
    fn write_value(&self, to: &mut Folder) {
        if self.result.is_empty() {
            to.refuse(InvalidValue::Grammar);
        }
        to.token(&self.result);
        for comment in &self.comments {
            to.blank().plain_comment(comment);
        }
        to.blank();
        self.pairs.write_value(to);
    }
}
