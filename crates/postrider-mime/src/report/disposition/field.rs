//! The `Disposition` field (RFC 8098 §3.2.6).

use alloc::{borrow::Cow, vec::Vec};
use core::fmt;

use postrider_message::{
    FieldValue, Folder, InvalidValue, Lexer, Parsed, RawValue, Token, WriteValue,
};

use crate::{code, report::text::is_atom};

macro_rules! words {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($(#[$variant_doc:meta])* $variant:ident $text:literal;)* }
    )*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// The word of RFC 8098.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            fn of(word: &str) -> Option<Self> {
                [$(Self::$variant,)*].into_iter().find(|one| word.eq_ignore_ascii_case(one.as_str()))
            }
        }
    )*};
}

words! {
    /// Whether the user did it (RFC 8098 §3.2.6.1).
    ActionMode {
        /// By an instruction of the user.
        ManualAction "manual-action";
        /// By itself.
        AutomaticAction "automatic-action";
    }

    /// Whether the user had the report sent (RFC 8098 §3.2.6.1).
    SendingMode {
        /// By an instruction of the user, for this very report.
        SentManually "MDN-sent-manually";
        /// By itself.
        SentAutomatically "MDN-sent-automatically";
    }

    /// What became of the message (RFC 8098 §3.2.6.2).
    DispositionType {
        /// It was shown to somebody who reads the mailbox.
        Displayed "displayed";
        /// It was deleted, seen or not.
        Deleted "deleted";
        /// It was sent somewhere: printed, faxed, forwarded.
        Dispatched "dispatched";
        /// It was processed by rules or a server.
        Processed "processed";
        /// The recipient does not wish to tell: of RFC 2298 §3.2.6.2, no longer to be written.
        Denied "denied";
        /// No proper report could be made: of RFC 2298 §3.2.6.2, no longer to be written.
        Failed "failed";
    }
}

/// `disposition-mode ";" disposition-type ["/" disposition-modifier *("," disposition-modifier)]`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageDisposition<'a> {
    pub(super) action_mode: Option<ActionMode>,
    pub(super) sending_mode: Option<SendingMode>,
    pub(super) ty: Option<DispositionType>,
    modifiers: Vec<Cow<'a, str>>,
}

impl<'a> MessageDisposition<'a> {
    /// What became of the message, and by whom.
    pub const fn new(action: ActionMode, sending: SendingMode, ty: DispositionType) -> Self {
        Self {
            action_mode: Some(action),
            sending_mode: Some(sending),
            ty: Some(ty),
            modifiers: Vec::new(),
        }
    }

    /// The same with one more modifier, such as `error`.
    pub fn with_modifier(mut self, word: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        let word = word.into();
        if !is_modifier(&word) {
            return Err(InvalidValue::Token);
        }
        self.modifiers.push(word);
        Ok(self)
    }

    /// Whether the user did it. `None` where the field does not say.
    pub const fn action_mode(&self) -> Option<ActionMode> {
        self.action_mode
    }

    /// Whether the user had the report sent. `None` where the field does not say.
    pub const fn sending_mode(&self) -> Option<SendingMode> {
        self.sending_mode
    }

    /// What became of the message. `None` where the field does not say, or has another word.
    pub const fn ty(&self) -> Option<DispositionType> {
        self.ty
    }

    /// The modifiers, in the case they were written in.
    pub fn modifiers(&self) -> &[Cow<'a, str>] {
        &self.modifiers
    }

    /// Whether `error` is among the modifiers.
    pub fn is_error(&self) -> bool {
        self.modifiers.iter().any(|word| word.eq_ignore_ascii_case("error"))
    }
}

/// An atom that a slash, question mark or equals sign does not end, as the tokens here have it.
fn is_modifier(word: &str) -> bool {
    is_atom(word) && !word.contains(['/', '?', '='])
}

impl<'a> FieldValue<'a> for MessageDisposition<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut lexer = Lexer::mime(raw);
        let mut words = Words { lexer: &mut lexer, next: None };
        let first = words.word();
        // Some leave the modes out.
        let is_type = memchr::memchr(b';', raw.bytes()).is_none();
        let action_mode = first.filter(|_| !is_type).and_then(ActionMode::of);
        let sending = if is_type { None } else { words.behind(b'/') };
        let sending_mode = sending.and_then(SendingMode::of);
        let ty = if is_type { first } else { words.behind(b';') }.and_then(DispositionType::of);
        let mut modifiers = Vec::new();
        let mut next = words.behind(b'/');
        while let Some(word) = next
            && modifiers.len() < raw.limits().items
        {
            if is_modifier(word) {
                modifiers.push(Cow::Borrowed(word));
            }
            next = words.behind(b',');
        }
        let is_whole = words.next.is_none() && words.lexer.next_solid().is_none();
        if !is_whole || action_mode.is_none() || sending_mode.is_none() || ty.is_none() {
            lexer.defect(&code::NOT_A_DISPOSITION, 0, raw.bytes().len());
        }
        let value = Self { action_mode, sending_mode, ty, modifiers };
        Parsed::new(value, lexer.into_defects(), raw.bytes())
    }
}

/// Words with special characters between them.
struct Words<'l, 'a> {
    lexer: &'l mut Lexer<'a>,
    /// A token that was looked at and not taken.
    next: Option<postrider_message::Lexeme<'a>>,
}

impl<'a> Words<'_, 'a> {
    fn word(&mut self) -> Option<&'a str> {
        let lexeme = self.next.take().or_else(|| self.lexer.next_solid())?;
        match lexeme.token {
            Token::Atom(word) => core::str::from_utf8(word).ok(),
            _ => {
                self.next = Some(lexeme);
                None
            }
        }
    }

    /// The word behind this character, if that comes next.
    fn behind(&mut self, special: u8) -> Option<&'a str> {
        let lexeme = self.next.take().or_else(|| self.lexer.next_solid())?;
        if lexeme.is(special) {
            return self.word();
        }
        self.next = Some(lexeme);
        None
    }
}

impl WriteValue for MessageDisposition<'_> {
    fn write_value(&self, to: &mut Folder) {
        let action = self.action_mode.map_or("", ActionMode::as_str);
        let sending = self.sending_mode.map_or("", SendingMode::as_str);
        to.token(action).token("/").token(sending).token(";").blank();
        to.token(self.ty.map_or("", DispositionType::as_str));
        for (number, word) in self.modifiers.iter().enumerate() {
            to.token(if number == 0 { "/" } else { "," }).token(word);
        }
    }
}

/// As the field has it.
impl fmt::Display for MessageDisposition<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = self.action_mode.map_or("", ActionMode::as_str);
        let sending = self.sending_mode.map_or("", SendingMode::as_str);
        let ty = self.ty.map_or("", DispositionType::as_str);
        write!(f, "{action}/{sending}; {ty}")?;
        for (number, word) in self.modifiers.iter().enumerate() {
            write!(f, "{}{word}", if number == 0 { '/' } else { ',' })?;
        }
        Ok(())
    }
}
