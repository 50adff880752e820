//! Which mailboxes LIST tells (RFC 9051 §6.3.9, RFC 5258).
