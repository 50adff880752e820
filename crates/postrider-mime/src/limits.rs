//! Bounds on what a message can cost. Reaching one is a defect, not a failure.

/// How much structure is read before the rest is left as it is. Safe by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bounds of each header section and its values.
    pub headers: postrider_message::Limits,
    /// Parts in parts: what lies deeper is left as one leaf.
    pub depth: usize,
    /// Parts of one message: what follows the last one belongs to the multipart around it.
    pub parts: usize,
    /// Fields that are indexed in all header sections together.
    pub fields: usize,
    /// Octets of the longest header field that is read for the structure, its line end included: a
    /// longer `Content-Type` or `Content-Transfer-Encoding` counts as not there. The stream tells a
    /// longer field of any name in pieces.
    pub field: usize,
    /// Defects that are kept for the tree.
    pub defects: usize,
}

impl Limits {
    /// The defaults: 100 levels, 10,000 parts, 100,000 fields of at most 64 KiB,
    /// 100 defects of the tree.
    pub const DEFAULT: Self = Self {
        headers: postrider_message::Limits::DEFAULT,
        depth: 100,
        parts: 10_000,
        fields: 100_000,
        field: 64 << 10,
        defects: 100,
    };

    /// These limits with others for header sections.
    pub const fn with_headers(mut self, headers: postrider_message::Limits) -> Self {
        self.headers = headers;
        self
    }

    /// These limits with another depth.
    pub const fn with_depth(mut self, depth: usize) -> Self {
        self.depth = depth;
        self
    }

    /// These limits with another number of parts.
    pub const fn with_parts(mut self, parts: usize) -> Self {
        self.parts = parts;
        self
    }

    /// These limits with another number of fields.
    pub const fn with_fields(mut self, fields: usize) -> Self {
        self.fields = fields;
        self
    }

    /// These limits with another length of the longest field, in octets.
    pub const fn with_field(mut self, field: usize) -> Self {
        self.field = field;
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
