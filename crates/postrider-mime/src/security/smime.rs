//! S/MIME parts (RFC 8551).

use crate::Part;

/// What an S/MIME part is: CMS content of a kind (RFC 8551 §3.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SmimeType {
    /// `enveloped-data`: encrypted.
    EnvelopedData,
    /// `authEnveloped-data`: encrypted, and changes are noticed.
    AuthEnvelopedData,
    /// `signed-data`: signed, with what was signed in it.
    SignedData,
    /// `certs-only`: certificates, nothing signed.
    CertsOnly,
    /// `compressed-data`: compressed.
    CompressedData,
    /// A signature of what stands elsewhere: the second part of a `multipart/signed`.
    Signature,
    /// S/MIME that does not say what it is; the CMS content says.
    Unknown,
}

impl SmimeType {
    /// What a value of the `smime-type` parameter names.
    fn of(value: &[u8]) -> Option<Self> {
        const NAMES: [(&[u8], SmimeType); 5] = [
            (b"enveloped-data", SmimeType::EnvelopedData),
            (b"authEnveloped-data", SmimeType::AuthEnvelopedData),
            (b"signed-data", SmimeType::SignedData),
            (b"certs-only", SmimeType::CertsOnly),
            (b"compressed-data", SmimeType::CompressedData),
        ];
        let found = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(value));
        found.map(|(_, ty)| *ty)
    }

    /// What the ending of a file name tells (RFC 8551 §3.2.1).
    fn of_file(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        let is = |wanted| ending.eq_ignore_ascii_case(wanted);
        match () {
            () if is("p7s") => Some(Self::Signature),
            () if is("p7c") => Some(Self::CertsOnly),
            () if is("p7z") => Some(Self::CompressedData),
            () if is("p7m") => Some(Self::Unknown),
            () => None,
        }
    }
}

impl Part<'_> {
    /// What this part is where it is S/MIME: `application/pkcs7-mime`,
    /// `application/pkcs7-signature`, both also with `x-`, and `application/octet-stream` with a
    /// file name that says so (RFC 8551 §3.9). A `multipart/signed` is told by
    /// [`signed`](Self::signed).
    ///
    /// ```
    /// use postrider_mime::{Message, security::SmimeType};
    ///
    /// let message = Message::parse(
    ///     "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\n",
    /// )?;
    /// assert_eq!(message.root().smime_type(), Some(SmimeType::EnvelopedData));
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    pub fn smime_type(self) -> Option<SmimeType> {
        let media_type = self.media_type();
        let is = |subtype| media_type.is("application", subtype);
        let by_name = || {
            let names = self.file_names();
            names.value.iter().find_map(|name| SmimeType::of_file(name.as_str()))
        };
        if is("pkcs7-mime") || is("x-pkcs7-mime") {
            let ty = self.content_type().value;
            let told = ty.parameters().octets("smime-type");
            let told = told.as_deref().and_then(SmimeType::of);
            Some(told.or_else(by_name).unwrap_or(SmimeType::Unknown))
        } else if is("pkcs7-signature") || is("x-pkcs7-signature") {
            Some(SmimeType::Signature)
        } else if is("octet-stream") {
            by_name()
        } else {
            None
        }
    }
}
