//! What flags a mailbox keeps, and what STORE makes of them (RFC 3501 §6.4.6, RFC 7162 §3.1).
