//! Reading parameters: tolerant, each octet looked at once, then one look at each name.

use alloc::{borrow::Cow, vec::Vec};

use super::{
    FEW, Form, Parameter, Parameters,
    plain::plain,
    resolve::{is_labelled, is_percent_encoded},
};
use crate::{
    Code, FieldValue, Lexeme, Lexer, Parsed, RawValue, Token, code, fields::grammar::token,
    text::encoded_words, unfold, unquote,
};

/// A list that stands alone: `parameter *(";" parameter)`.
impl<'a> FieldValue<'a> for Parameters<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut lexer = Lexer::mime(raw);
        let value = Self::read_list(&mut lexer);
        Parsed::new(value, lexer.into_defects(), raw.bytes())
    }
}

impl<'a> Parameters<'a> {
    /// Reads the parameters behind a value: `*(";" parameter)`, from where a lexer of
    /// [`Lexer::mime`] stands to the end of the field. What stands before the first semicolon is
    /// ignored with a defect, but `attribute=` begins a parameter there too, with another.
    ///
    /// ```
    /// use postrider_message::{Lexer, Parameters, RawValue, Token, code};
    ///
    /// let mut lexer = Lexer::mime(RawValue::new(b"attachment filename=\"a.txt\" size=3"));
    /// assert_eq!(lexer.next_solid().unwrap().token, Token::Atom(b"attachment"));
    /// let parameters = Parameters::read_behind(&mut lexer);
    /// assert_eq!(parameters.text("filename").unwrap(), "a.txt");
    /// assert_eq!(parameters.text("size").unwrap(), "3");
    /// assert!(lexer.into_defects().has(&code::MISSING_SEMICOLON));
    /// ```
    pub fn read_behind(lexer: &mut Lexer<'a>) -> Self {
        let rest = lexer.text(lexer.at(), lexer.raw().bytes().len());
        if let Some(list) = plain(rest, lexer.raw().limits().parameters) {
            lexer.seek(lexer.raw().bytes().len());
            return Self::from_list(list);
        }
        Self::by_tokens(lexer)
    }

    pub(super) fn by_tokens(lexer: &mut Lexer<'a>) -> Self {
        let mut reader = Reader::new(lexer);
        let next = reader.seek(None);
        reader.list(next)
    }

    /// Reads a list without a semicolon before it: `parameter *(";" parameter)`, from where a lexer
    /// of [`Lexer::mime`] stands to the end of the field.
    pub fn read_list(lexer: &mut Lexer<'a>) -> Self {
        Reader::new(lexer).list(Next::Delimiter)
    }
}

/// What comes next.
enum Next<'a> {
    /// A parameter, behind a semicolon.
    Delimiter,
    /// The value of this parameter, whose equals sign was taken. No semicolon stood before it.
    Value(Lexeme<'a>),
    /// Nothing.
    End,
}

struct Reader<'l, 'a> {
    lexer: &'l mut Lexer<'a>,
    list: Vec<Parameter<'a>>,
    places: Places,
}

/// Where each parameter begins and ends; of the first ones without an allocation.
#[derive(Default)]
struct Places {
    few: [(usize, usize); FEW],
    more: Vec<(usize, usize)>,
}

impl Places {
    fn set(&mut self, index: usize, place: (usize, usize)) {
        match self.few.get_mut(index) {
            Some(one) => *one = place,
            None => self.more.push(place),
        }
    }

    fn get(&self, index: usize) -> (usize, usize) {
        let one = self.few.get(index).or_else(|| self.more.get(index.checked_sub(FEW)?));
        one.copied().unwrap_or_default()
    }
}

impl<'l, 'a> Reader<'l, 'a> {
    fn new(lexer: &'l mut Lexer<'a>) -> Self {
        Self { lexer, list: Vec::new(), places: Places::default() }
    }

    fn list(mut self, mut next: Next<'a>) -> Parameters<'a> {
        loop {
            let name = match next {
                Next::End => break,
                Next::Value(name) => {
                    self.lexer.defect(&code::MISSING_SEMICOLON, name.start, name.end);
                    name
                }
                Next::Delimiter => match self.name() {
                    Ok(name) => name,
                    Err(after) => {
                        next = after;
                        continue;
                    }
                },
            };
            if self.list.len() >= self.lexer.raw().limits().parameters {
                let end = self.lexer.raw().bytes().len();
                self.lexer.defect(&code::TOO_MANY_PARAMETERS, name.start, end);
                break;
            }
            next = self.parameter(name);
        }
        let parameters = Parameters::from_list(core::mem::take(&mut self.list));
        self.check(&parameters);
        parameters
    }

    /// A name and its equals sign, or what comes instead.
    fn name(&mut self) -> Result<Lexeme<'a>, Next<'a>> {
        let Some(first) = self.lexer.next_solid() else { return Err(Next::End) };
        if first.is(b';') {
            return Err(Next::Delimiter);
        }
        let equals = self.lexer.next_solid();
        if token(&first).is_some() && equals.is_some_and(|one| one.is(b'=')) {
            return Ok(first);
        }
        self.lexer.defect(&code::NOT_A_PARAMETER, first.start, first.end);
        Err(match equals {
            None => Next::End,
            Some(one) if one.is(b';') => Next::Delimiter,
            Some(one) => self.seek(token(&one).map(|_| one)),
        })
    }

    /// Ignores what stands before the next semicolon or `attribute=`. `held` may be the attribute.
    fn seek(&mut self, mut held: Option<Lexeme<'a>>) -> Next<'a> {
        let mut stray: Option<Lexeme<'a>> = None;
        let next = loop {
            let Some(lexeme) = self.lexer.next_solid() else { break Next::End };
            match held {
                Some(name) if lexeme.is(b'=') => {
                    held = None;
                    break Next::Value(name);
                }
                passed => stray = stray.or(passed),
            }
            held = None;
            if lexeme.is(b';') {
                break Next::Delimiter;
            }
            match token(&lexeme) {
                Some(_) => held = Some(lexeme),
                None => stray = stray.or(Some(lexeme)),
            }
        };
        if let Some(stray) = stray.or(held) {
            self.lexer.defect(&code::AFTER_VALUE, stray.start, stray.end);
        }
        next
    }

    /// `value = token / quoted-string`. Without quotation marks everything up to the semicolon or
    /// to ` attribute=` counts, because boundaries with `=` and file names with spaces are seen
    /// every day, and so are parameters without a semicolon between them.
    fn parameter(&mut self, name: Lexeme<'a>) -> Next<'a> {
        let at = self.lexer.at();
        let first = match self.lexer.next_solid() {
            None => return self.push(name, Cow::Borrowed(&[]), at, Next::End),
            Some(one) if one.is(b';') => {
                return self.push(name, Cow::Borrowed(&[]), at, Next::Delimiter);
            }
            Some(Lexeme { token: Token::Quoted(text), end, .. }) => {
                if Form::of(token(&name).unwrap_or_default()).1.is_extended() {
                    self.lexer.defect(&code::QUOTED_EXTENDED_VALUE, name.start, end);
                }
                let next = self.seek(None);
                return self.push(name, unquote(text), end, next);
            }
            Some(first) => first,
        };
        let mut last = first;
        // What may be the next attribute, and what stood before it.
        let mut held: Option<(Lexeme<'a>, Lexeme<'a>)> = None;
        let next = loop {
            let Some(lexeme) = self.lexer.next_solid() else { break Next::End };
            match held.take() {
                _ if lexeme.is(b';') => break Next::Delimiter,
                Some((name, before)) if lexeme.is(b'=') => {
                    last = before;
                    break Next::Value(name);
                }
                _ => {}
            }
            if lexeme.spaced && token(&lexeme).is_some() {
                held = Some((lexeme, last));
            }
            last = lexeme;
        };
        let text = self.lexer.text(first.start, last.end);
        if first != last {
            self.lexer.defect(&code::UNQUOTED_VALUE, first.start, last.end);
        }
        // A quotation mark that is not closed: what it opened is the value.
        self.push(name, unfold(text.strip_prefix(b"\"").unwrap_or(text)), last.end, next)
    }

    fn push(
        &mut self,
        name: Lexeme<'a>,
        value: Cow<'a, [u8]>,
        end: usize,
        next: Next<'a>,
    ) -> Next<'a> {
        let text = Cow::Borrowed(token(&name).unwrap_or_default());
        self.places.set(self.list.len(), (name.start, end));
        self.list.push(Parameter { name: text, value });
        next
    }

    /// Tells what is wrong with each value and with values of one name.
    fn check(&mut self, parameters: &Parameters<'a>) {
        if parameters.order.is_empty() {
            for (place, one) in parameters.list.iter().enumerate() {
                self.check_value(one, Form::Plain, place);
                if parameters.is_repeated(place) {
                    self.defect(&code::DUPLICATE_PARAMETER, place);
                }
            }
        }
        for group in parameters.groups() {
            let (mut last, mut missing) = (None, false);
            let mut expected = 0_u32;
            let mut forms = [false; 3];
            for &place in group {
                let place = place as usize;
                let Some(one) = parameters.list.get(place) else { continue };
                let form = one.form().1;
                self.check_value(one, form, place);
                let key = form.key();
                if last == Some(key) {
                    self.defect(&code::DUPLICATE_PARAMETER, place);
                } else if let Form::Section { number, .. } = form {
                    if number != expected && !missing {
                        missing = true;
                        self.defect(&code::MISSING_SECTION, place);
                    }
                    expected = number.saturating_add(1);
                }
                if let Some(form) = forms.get_mut(usize::from(key.0)) {
                    *form = true;
                }
                last = Some(key);
            }
            if forms.iter().filter(|&&form| form).count() > 1
                && let Some(&place) = group.iter().max()
            {
                self.defect(&code::MIXED_PARAMETER, place as usize);
            }
        }
    }

    fn check_value(&mut self, one: &Parameter<'a>, form: Form, place: usize) {
        let value = one.value();
        let is_first = matches!(form, Form::Extended | Form::Section { number: 0, .. });
        if !form.is_extended() {
            if form == Form::Plain && encoded_words(value).next().is_some() {
                self.defect(&code::ENCODED_WORD_IN_PARAMETER, place);
            }
            if core::str::from_utf8(value).is_err() {
                self.defect(&code::INVALID_UTF8, place);
            }
            if form == Form::Plain && one.name().contains('*') {
                self.defect(&code::NOT_A_SECTION, place);
            }
        } else {
            if is_first && !is_labelled(value) {
                self.defect(&code::NO_CHARSET, place);
            }
            if !is_percent_encoded(value) {
                self.defect(&code::STRAY_PERCENT, place);
            }
        }
    }

    fn defect(&mut self, code: &'static Code, place: usize) {
        let (start, end) = self.places.get(place);
        self.lexer.defect(code, start, end);
    }
}
