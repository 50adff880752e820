//! SMTP or LMTP.

/// Which protocol a session speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// SMTP (RFC 5321): relay and submission. The default.
    #[default]
    Smtp,
    /// LMTP (RFC 2033): `LHLO` in the place of `EHLO` and `HELO`, and each recipient of a mail that was
    /// accepted has a reply of its own at the end.
    Lmtp,
}
