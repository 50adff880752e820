//! Values that no rendering shows.

use core::fmt;

use zeroize::{Zeroize, Zeroizing};

/// A password, token or key: redacted in every rendering and wiped when dropped.
///
/// ```
/// use postrider_wire::Secret;
///
/// let password = Secret::new(String::from("mrose"));
/// assert_eq!(format!("{password:?}"), "[secret]");
/// assert_eq!(password.expose(), "mrose");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    /// Takes the value into custody.
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value itself. Every use of this is a place where it could leak.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}
