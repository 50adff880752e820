//! The header section: the span index, the view of it, its fields and their names.

mod check;
mod field;
mod headers;
mod index;
mod lead;
mod name;
mod scan;
mod typed;

pub(crate) use check::is_field_name;
pub use field::{Field, FieldValue, Parsed, RawValue, unfold};
pub use headers::{Fields, HeaderSection, Headers};
pub use index::{HeaderIndex, split};
pub(crate) use lead::goes_behind_mark;
pub use name::FieldName;
