//! How text and message identifiers are written, and how identifiers are made.

use alloc::string::String;

use encodify::base32;

use super::{Folder, InvalidValue, WriteValue};
use crate::{MessageId, MessageIdList, Text};

impl WriteValue for Text<'_> {
    fn write_value(&self, to: &mut Folder) {
        to.text(self.as_str());
    }
}

impl WriteValue for MessageId<'_> {
    fn write_value(&self, to: &mut Folder) {
        to.tokens(&["<", self.as_str(), ">"]);
    }
}

impl WriteValue for MessageIdList<'_> {
    fn write_value(&self, to: &mut Folder) {
        for id in self.ids() {
            to.blank();
            id.write_value(to);
        }
    }
}

impl MessageId<'static> {
    /// An identifier that no other message has (RFC 5322 §3.6.4), of the first 20 octets (160 bits)
    /// of a seed that was drawn at random for it, and of the domain of the host that makes it.
    ///
    /// They make 32 characters, so that with a domain of up to 31 the field fits a line of 78 (RFC
    /// 5322 §2.1.1). The octets can be read from the identifier, so they must serve for nothing else;
    /// those behind them are not used. The same seed makes the same identifier.
    ///
    /// ```
    /// use postrider_message::MessageId;
    ///
    /// // RFC 4648 §10: "fooba" is "MZXW6YTB" in base 32.
    /// let mut seed = [0; 32];
    /// seed[..5].copy_from_slice(b"fooba");
    /// let id = MessageId::generate(&seed, "mail.example.net")?;
    /// assert!(id.as_str().starts_with("mzxw6ytbaaaa"));
    /// assert!(id.as_str().ends_with("@mail.example.net"));
    /// # Ok::<(), postrider_message::InvalidValue>(())
    /// ```
    pub fn generate(seed: &[u8; 32], domain: &str) -> Result<Self, InvalidValue> {
        let (random, _) = seed.split_at(20);
        // Letters of one case: some systems compare identifiers without regard to it.
        let mut id: String = base32::STANDARD_NO_PAD.encode(random).to_ascii_lowercase();
        id.push('@');
        id.push_str(domain);
        Self::new(id)
    }
}
