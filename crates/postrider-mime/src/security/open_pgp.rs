//! OpenPGP parts (RFC 3156), and those of Autocrypt.

use crate::Part;

/// What an OpenPGP part is, by its media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OpenPgpType {
    /// `application/pgp-keys`: public keys in armor (RFC 3156 §7).
    Keys,
    /// `application/pgp-signature`: the second part of a `multipart/signed` (RFC 3156 §5).
    Signature,
    /// `application/pgp-encrypted`: the control part of a `multipart/encrypted` (RFC 3156 §4).
    Control,
    /// `application/autocrypt-setup`: a private key, encrypted, which a user sends to another of his
    /// programs (Autocrypt Level 1, “Autocrypt Setup Message”).
    AutocryptSetup,
}

impl Part<'_> {
    /// What this part is where it is OpenPGP by its media type. Armor in a text is found by
    /// [`blocks`](super::armor::blocks).
    ///
    /// ```
    /// use postrider_mime::{Message, security::OpenPgpType};
    ///
    /// let message = Message::parse("Content-Type: application/pgp-keys\n\n")?;
    /// assert_eq!(message.root().open_pgp_type(), Some(OpenPgpType::Keys));
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    pub fn open_pgp_type(self) -> Option<OpenPgpType> {
        const SUBTYPES: [(&str, OpenPgpType); 4] = [
            ("pgp-keys", OpenPgpType::Keys),
            ("pgp-signature", OpenPgpType::Signature),
            ("pgp-encrypted", OpenPgpType::Control),
            ("autocrypt-setup", OpenPgpType::AutocryptSetup),
        ];
        let ty = self.media_type();
        let found = SUBTYPES.iter().find(|(subtype, _)| ty.is("application", subtype));
        found.map(|(_, ty)| *ty)
    }
}
