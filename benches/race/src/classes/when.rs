//! What stands around the time of a date, for the classes of dates.

use postrider_message::FieldName;

use crate::case::Case;

pub(super) const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The text of a date: before the time, and behind it.
pub(super) struct When {
    pub(super) date: String,
    /// Colons in the time.
    pub(super) colons: usize,
    pub(super) zone: String,
}

impl When {
    pub(super) fn of(case: &Case) -> Option<Self> {
        let text = case.text();
        let text = match case.field {
            FieldName::Received => text.rsplit_once(';')?.1,
            _ => &text,
        };
        let (head, _) = text.split_once(':')?;
        let date = head.trim_end_matches(|digit: char| digit.is_ascii_digit());
        let time = &text[date.len()..];
        let zone = time.trim_start_matches(|one: char| one.is_ascii_digit() || one == ':');
        let colons = time[..time.len() - zone.len()].matches(':').count();
        Some(Self { date: date.trim().into(), colons, zone: zone.trim().into() })
    }

    /// Whether the date is `[weekday,] day month year`.
    pub(super) fn day_first(&self) -> bool {
        let date = self.date.split_once(',').map_or(&*self.date, |(_, rest)| rest.trim());
        date.starts_with(|digit: char| digit.is_ascii_digit())
            && !MONTHS.iter().any(|month| self.date.starts_with(month))
            && !date.contains('/')
    }

    /// Whether AM or PM follows the time.
    pub(super) fn halved(&self) -> bool {
        let zone = self.zone.to_ascii_uppercase().replace('.', "");
        zone.starts_with("AM") || zone.starts_with("PM")
    }
}
