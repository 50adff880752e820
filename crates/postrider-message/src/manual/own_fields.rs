//! Your own fields: implement [`FieldValue`](crate::FieldValue) with the [`Lexer`](crate::Lexer), and
//! [`Field::read`](crate::Field::read) reads your type. [`WriteValue`](crate::WriteValue) writes it.
//!
//! A value that may be none is an `Option` inside your type. This crate reads an
//! `Option<`[`DateTime`](crate::DateTime)`>`, but no other crate may implement a foreign trait for
//! `Option`, not even for one of its own type.
//!
//! ```
//! use postrider_message::{
//!     Code, FieldValue, Folder, HeaderBuilder, HeaderSection, Lexer, Parsed, RawValue, Severity,
//!     Token, WriteValue,
//! };
//!
//! static NOT_A_PRIORITY: Code =
//!     Code::new("not-a-priority", Severity::Malformed, "house rules", "a priority is 1 to 5");
//!
//! /// `X-Priority: 1 (Highest)`
//! struct Priority(Option<u8>);
//!
//! impl<'a> FieldValue<'a> for Priority {
//!     fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
//!         let mut lexer = Lexer::new(raw);
//!         let token = lexer.next_solid().map(|lexeme| lexeme.token);
//!         let Some(Token::Atom(&[digit @ b'1'..=b'5'])) = token else {
//!             lexer.defect(&NOT_A_PRIORITY, 0, raw.bytes().len());
//!             return Parsed::new(Self(None), lexer.into_defects(), raw.bytes());
//!         };
//!         Parsed::new(Self(Some(digit - b'0')), lexer.into_defects(), raw.bytes())
//!     }
//! }
//!
//! impl WriteValue for Priority {
//!     fn write_value(&self, to: &mut Folder) {
//!         to.token(&self.0.unwrap_or(3).to_string());
//!     }
//! }
//!
//! let section = HeaderSection::parse("X-Priority: 1 (Highest)\nX-Priority: soon\n\n");
//! let mut fields = section.headers().named("X-Priority");
//! assert_eq!(fields.next().unwrap().read::<Priority>().value.0, Some(1));
//! assert!(fields.next().unwrap().read::<Priority>().defects.has(&NOT_A_PRIORITY));
//!
//! let written = HeaderBuilder::new().named("X-Priority", &Priority(Some(5)))?.finish();
//! assert_eq!(written, "X-Priority: 5\r\n\r\n");
//! # Ok::<(), postrider_message::InvalidValue>(())
//! ```
