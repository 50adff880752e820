//! Bounds on what a header section can cost. Reaching one is a defect, not a failure.

/// How much is read before the rest is left unread. Safe by default.
///
/// What is read takes memory by the octet. Of mail that people write a value takes no more than its
/// field, but of short elements alone, such as `a@b,` or `a=b;`, it takes up to 200 times the octets
/// of the field for a moment, and a trace as much of its fields. These limits bound that too: with
/// the defaults, 10,000 addresses are a few megabytes, whatever the size of the field. Lower ones
/// make it less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Fields that are indexed in one header section, never more than 65,535; later ones stay
    /// reachable as raw bytes.
    pub fields: usize,
    /// Addresses that are read from one field: groups, their members, and other mailboxes.
    pub addresses: usize,
    /// Message identifiers that are read from one field.
    pub message_ids: usize,
    /// Parameters, tags, or results of authentication with their properties, that are read from one
    /// field.
    pub parameters: usize,
    /// Items of one list that are no addresses, identifiers or parameters: keywords, URLs,
    /// languages.
    pub items: usize,
    /// Comments that are kept of one field.
    pub comments: usize,
    /// Hops that [`trace`](crate::Headers::trace) reads.
    pub hops: usize,
    /// Defects that are kept for one header section, and for one value.
    pub defects: usize,
}

impl Limits {
    /// The defaults: 10,000 fields, addresses and identifiers, 1,000 hops and items, 100
    /// parameters and defects, 32 comments.
    pub const DEFAULT: Self = Self {
        fields: 10_000,
        addresses: 10_000,
        message_ids: 10_000,
        parameters: 100,
        items: 1_000,
        comments: 32,
        hops: 1_000,
        defects: 100,
    };

    /// These limits with another number of fields.
    pub const fn with_fields(mut self, fields: usize) -> Self {
        self.fields = fields;
        self
    }

    /// These limits with another number of addresses.
    pub const fn with_addresses(mut self, addresses: usize) -> Self {
        self.addresses = addresses;
        self
    }

    /// These limits with another number of message identifiers.
    pub const fn with_message_ids(mut self, message_ids: usize) -> Self {
        self.message_ids = message_ids;
        self
    }

    /// These limits with another number of parameters.
    pub const fn with_parameters(mut self, parameters: usize) -> Self {
        self.parameters = parameters;
        self
    }

    /// These limits with another number of items.
    pub const fn with_items(mut self, items: usize) -> Self {
        self.items = items;
        self
    }

    /// These limits with another number of comments.
    pub const fn with_comments(mut self, comments: usize) -> Self {
        self.comments = comments;
        self
    }

    /// These limits with another number of hops.
    pub const fn with_hops(mut self, hops: usize) -> Self {
        self.hops = hops;
        self
    }

    /// These limits with another number of defects.
    pub const fn with_defects(mut self, defects: usize) -> Self {
        self.defects = defects;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
