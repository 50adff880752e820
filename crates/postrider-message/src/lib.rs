//! RFC 5322 messages: the header section as a span index, and the values of its fields, parsed when asked.
