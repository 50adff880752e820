//! A unit as the tap sees it.

/// Shows a received unit to the tap, line by line: `pieces` are the ends of the lines before
/// literals. From `secret` on it is a credential.
pub(crate) fn show_in<E: postrider_wire::MachineError>(
    chassis: &mut postrider_wire::Chassis<E>,
    unit: &[u8],
    pieces: &[usize],
    secret: Option<usize>,
) {
    let mut from = 0_usize;
    for &end in pieces.iter().chain([&unit.len()]) {
        let line = unit.get(from..end).unwrap_or_default();
        let hidden = secret.map(|at| at.max(from)).filter(|at| *at < end);
        let hidden = hidden.map(|at| at.saturating_sub(from)..line.len());
        chassis.show_line_in(line, hidden.as_slice());
        from = end;
    }
}
