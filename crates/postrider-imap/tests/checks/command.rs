//! What holds of commands for all octets that a client may send: whatever they are, reading goes on
//! and ends, each message has one beginning, and a password is not shown.

use postrider_imap::{Command, CommandPart, Limits, Quirks, TaggedCommand};

use super::reading::commands;

/// The first octet is a knob, and the rest is what the client says.
pub(crate) fn check(data: &[u8]) {
    let Some((knob, octets)) = data.split_first() else { return };
    let limits = match knob >> 6 {
        0 => Limits::new(),
        1 => Limits::new().with_unit(512, 512).with_swallow(600),
        2 => Limits::new().with_depth(3).with_list(4),
        _ => Limits::new().with_attributes(2),
    };
    let forgiven = if knob & 1 == 0 { Quirks::strict() } else { Quirks::tolerant() };
    let takes: fn(usize) -> bool = match knob & 6 {
        0 => |_| true,
        2 => |_| false,
        4 => |nth| nth % 2 == 1,
        _ => |nth| nth % 3 != 1,
    };
    let reading = commands(octets, &limits, forgiven, takes, || usize::MAX);
    for told in &reading.told {
        assert!(told.quirks.iter().all(|quirk| forgiven.contains(quirk)), "forgiven all the same");
        if let CommandPart::Command(command) = &told.part {
            is_quiet(command);
        }
    }
    let strict = TaggedCommand::parse(octets, &limits, Quirks::strict());
    if let Ok((command, met)) = strict {
        assert!(met.is_empty(), "nothing is forgiven");
        let tolerant = TaggedCommand::parse(octets, &limits, Quirks::tolerant());
        assert_eq!(tolerant.map(|(command, _)| command), Ok(command));
    }
}

/// A password is not in what is shown, unless it is part of what is.
fn is_quiet(command: &TaggedCommand) {
    if let Command::Login { user, password } = &command.command {
        let shown = format!("{command:?}");
        let other = format!("{:?} {user:?}", command.tag);
        let secret = String::from_utf8_lossy(password.expose()).into_owned();
        let is_word = secret.len() > 8 && secret.bytes().all(|octet| octet.is_ascii_alphanumeric());
        assert!(!is_word || other.contains(&secret) || !shown.contains(&secret), "{shown}");
    }
}
