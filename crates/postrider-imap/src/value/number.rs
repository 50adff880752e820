//! Numbers that must not be taken for one another.

use core::fmt;
use core::num::NonZeroU32;

use super::InvalidValue;

/// A number that is a type of its own: made of an integer, and an integer again.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($inner);

        impl $name {
            /// The number.
            #[must_use]
            pub fn get(self) -> u32 {
                u32::from(self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl From<$name> for u32 {
            fn from(number: $name) -> Self {
                number.get()
            }
        }
    };
}

/// A number of which zero is no value.
macro_rules! nonzero {
    ($name:ident) => {
        impl $name {
            /// The number, unless it is zero.
            ///
            /// # Errors
            ///
            /// [`InvalidValue::Number`] when it is zero.
            pub fn new(number: u32) -> Result<Self, InvalidValue> {
                NonZeroU32::new(number).map(Self).ok_or(InvalidValue::Number)
            }

            /// As a number that is not zero.
            #[must_use]
            pub fn nonzero(self) -> NonZeroU32 {
                self.0
            }
        }

        impl From<NonZeroU32> for $name {
            fn from(number: NonZeroU32) -> Self {
                Self(number)
            }
        }

        impl TryFrom<u32> for $name {
            type Error = InvalidValue;

            fn try_from(number: u32) -> Result<Self, InvalidValue> {
                Self::new(number)
            }
        }
    };
}

number! {
    /// The place of a message in its mailbox, counted from 1 (RFC 3501 §2.3.1.2). It changes when
    /// a message before it goes.
    MessageNumber(NonZeroU32)
}
number! {
    /// The unique identifier of a message in its mailbox (RFC 3501 §2.3.1.1).
    Uid(NonZeroU32)
}
number! {
    /// The unique identifier validity value of a mailbox (RFC 3501 §2.3.1.1). The grammar has no
    /// zero here; some servers do.
    UidValidity(u32)
}
nonzero!(MessageNumber);
nonzero!(Uid);

impl UidValidity {
    /// The value.
    #[must_use]
    pub fn new(value: u32) -> Self {
        Self(value)
    }
}

impl From<u32> for UidValidity {
    fn from(value: u32) -> Self {
        Self(value)
    }
}

/// A modification sequence (RFC 7162 §7 `mod-sequence-valzer`): 63 bits. A message never has
/// zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModSeq(u64);

impl ModSeq {
    /// The largest there is.
    pub const MAX: Self = Self(i64::MAX as u64);

    /// The value.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Number`] when it needs more than 63 bits.
    pub fn new(value: u64) -> Result<Self, InvalidValue> {
        if value > Self::MAX.0 { Err(InvalidValue::Number) } else { Ok(Self(value)) }
    }

    /// The value.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for ModSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl TryFrom<u64> for ModSeq {
    type Error = InvalidValue;

    fn try_from(value: u64) -> Result<Self, InvalidValue> {
        Self::new(value)
    }
}
