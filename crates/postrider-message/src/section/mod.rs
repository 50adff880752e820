//! The header section: the span index, the view of it, its fields and their names.

mod field;
mod headers;
mod index;
mod name;

pub use field::{Field, FieldValue, Parsed, RawValue, unfold};
pub use headers::{HeaderSection, Headers};
pub use index::{Budget, HeaderIndex, split};
pub use name::FieldName;
