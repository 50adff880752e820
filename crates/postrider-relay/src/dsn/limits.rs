//! How large a notification becomes.

/// How large a notification becomes. A bounce of a forged sender is mail that nobody asked for, so less
/// comes back where the sender did not ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DsnLimits {
    /// Octets of a mail that comes back whole where `RET=FULL` asks for it: "if the length of the message
    /// is greater than some implementation-specified length, the MTA MAY return only the headers even
    /// if the RET parameter specified FULL" (RFC 3461 §6.2). 10 MiB.
    pub full_asked: u64,
    /// Octets of a mail that comes back whole where there is no `RET`. 50 KiB.
    pub full_unasked: u64,
    /// Octets of a header section that comes back; what is longer is cut between two fields. 64 KiB.
    pub header: usize,
    /// Recipients that the text for people names. The report has all of them. 50.
    pub named: usize,
}

impl DsnLimits {
    /// The defaults.
    #[must_use]
    pub const fn new() -> Self {
        Self { full_asked: 10 << 20, full_unasked: 50 << 10, header: 64 << 10, named: 50 }
    }

    /// Sets up to what size a mail comes back whole where `RET=FULL` asks for it.
    #[must_use]
    pub const fn with_full_asked(mut self, octets: u64) -> Self {
        self.full_asked = octets;
        self
    }

    /// Sets up to what size a mail comes back whole where there is no `RET`.
    #[must_use]
    pub const fn with_full_unasked(mut self, octets: u64) -> Self {
        self.full_unasked = octets;
        self
    }

    /// Sets how much of a header section comes back.
    #[must_use]
    pub const fn with_header(mut self, octets: usize) -> Self {
        self.header = octets;
        self
    }

    /// Sets how many recipients the text for people names.
    #[must_use]
    pub const fn with_named(mut self, recipients: usize) -> Self {
        self.named = recipients;
        self
    }
}

impl Default for DsnLimits {
    fn default() -> Self {
        Self::new()
    }
}
