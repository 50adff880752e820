//! Which messages are what SEARCH asks for (RFC 9051 §6.4.4).
