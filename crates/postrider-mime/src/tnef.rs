//! TNEF, what Outlook and Exchange wrap mails in: recognised, not read (MS-OXTNEF).

use crate::Part;

/// The first four octets of TNEF: 0x223E9F78, the last octet first (MS-OXTNEF §2.1.3.2).
const SIGNATURE: [u8; 4] = [0x78, 0x9f, 0x3e, 0x22];

/// The key of TNEF data, a number that its sender made up, where the octets begin as TNEF does.
///
/// ```
/// assert_eq!(postrider_mime::tnef_key(b"\x78\x9f\x3e\x22\x01\x02\x01"), Some(0x0201));
/// assert_eq!(postrider_mime::tnef_key(b"PK\x03\x04"), None);
/// ```
pub fn tnef_key(octets: &[u8]) -> Option<u16> {
    let (key, _) = octets.strip_prefix(&SIGNATURE)?.split_first_chunk()?;
    Some(u16::from_le_bytes(*key))
}

impl Part<'_> {
    /// Whether this part says that it is TNEF: `application/ms-tnef` or `application/vnd.ms-tnef`,
    /// or a file of the name `winmail.dat`. Whether it is, [`tnef_key`] tells of what it decodes
    /// to.
    pub fn is_tnef(self) -> bool {
        let ty = self.media_type();
        let named = || {
            let names = self.file_names().value;
            names.iter().any(|name| name.as_str().eq_ignore_ascii_case("winmail.dat"))
        };
        ty.is("application", "ms-tnef")
            || ty.is("application", "vnd.ms-tnef")
            || (ty.is_type("application") && named())
    }
}
