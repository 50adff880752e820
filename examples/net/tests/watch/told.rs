//! What is told, when, and what ends it.

use std::process::{Command, Output};

use crate::mailbox::{Mailbox, told};
use crate::script::{CLEAR, Say, say, serve_as};

/// What one run came to: code, standard output, standard error.
fn watch(url: &str, more: &[&str]) -> (i32, String, String) {
    let test = std::env::current_exe().unwrap();
    let path = test.ancestors().nth(2).unwrap().join("examples/watch");
    assert!(path.exists(), "build it: cargo build --example watch");
    let arguments = [&[url, "--first-wait", "0.02"], &CLEAR[..], more].concat();
    let Output { status, stdout, stderr } = Command::new(path).args(arguments).output().unwrap();
    let text = |octets| String::from_utf8(octets).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

const IDLE: &str = "* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n";

/// What a server with IDLE says to this line.
fn answer(mailbox: &Mailbox, line: &str) -> Say {
    match line.split_once(' ') {
        Some((tag, "CAPABILITY")) => {
            Say::This(format!("* CAPABILITY IMAP4rev1 IDLE\r\n{tag} OK done\r\n"))
        }
        Some((_, "IDLE")) => say("+ go on\r\n"),
        _ => mailbox.answer(line),
    }
}

#[test]
fn what_happens_is_told_at_once_and_what_happened_meanwhile_after_the_next_login() {
    let mut mailbox = Mailbox::new(77, &[1, 2, 3]);
    let (mut idles, mut idle) = (0, String::new());
    let (url, serving) = serve_as("imap", IDLE, 2, move |session, line| {
        if line == "DONE" {
            return Say::This(format!("{idle} OK done\r\n"));
        }
        let (tag, command) = line.split_once(' ').unwrap();
        match command {
            "IDLE" => {
                idles += 1;
                tag.clone_into(&mut idle);
                match idles {
                    1 => {
                        mailbox.mails.remove(0);
                        mailbox.add(4, "1-Nov-2026");
                        say(
                            "+ go on\r\n* 2 FETCH (FLAGS (\\Seen))\r\n* 1 EXPUNGE\r\n* 3 EXISTS\r\n",
                        )
                    }
                    2 => {
                        // The connection breaks, and the mailbox changes: 3 and 4 are left, and 7 is new.
                        mailbox.mails.remove(0);
                        mailbox.add(7, "1-Nov-2026");
                        Say::Last("+ go on\r\n".to_owned())
                    }
                    _ => say("+ go on\r\n"),
                }
            }
            // Another flag, and one that means nothing here.
            "UID FETCH 1:* FLAGS" if session == 1 => {
                let mut text = told(1, &mailbox.mails[0], "FLAGS").replace("()", "(\\Flagged)");
                text += &told(2, &mailbox.mails[1], "FLAGS").replace("()", "(\\Recent)");
                text += &told(3, &mailbox.mails[2], "FLAGS");
                Say::This(format!("{text}{tag} OK done\r\n"))
            }
            _ => answer(&mailbox, line),
        }
    });
    let (code, out, err) = watch(&url, &["--once", "6"]);
    assert_eq!(
        out,
        "flags 2: \\Seen\ngone 1\nnew 4 Bob <bob@b.example>: Grüße 4\n\
         flags 3: \\Flagged\ngone 2\nnew 7 Bob <bob@b.example>: Grüße 7\n"
    );
    assert_eq!(code, 0, "{err}");
    assert_eq!(err.lines().count(), 1, "{err}");
    assert!(err.starts_with("watch: ") && err.contains("; connecting again in 0.0 s"), "{err}");
    let heard = serving.join().unwrap();
    assert!(heard.last().unwrap().ends_with("LOGOUT"), "{heard:?}");
}

#[test]
fn a_server_without_idle_is_asked_and_nothing_that_it_says_moves_the_cursor() {
    let mut mailbox = Mailbox::new(77, &[1]);
    let (url, serving) = serve_as("imap", "* OK ready\r\n", 1, move |_, line| {
        let (tag, command) = line.split_once(' ').unwrap();
        match command {
            "NOOP" => {
                mailbox.add(2, "1-Nov-2026");
                Say::This(format!("* 2 EXISTS\r\n{tag} OK done\r\n"))
            }
            "UID FETCH 2:* (FLAGS ENVELOPE)" => Say::This(format!(
                "* 2 FETCH (UID 2 FLAGS () ENVELOPE (NIL {{12}}\r\na\u{1b}[2J =?b?== \
                 ((NIL NIL \"x\" \"=?utf-8?q?=0A=E2=80=AE?=\")) NIL NIL NIL NIL NIL NIL NIL))\r\n{tag} OK done\r\n"
            )),
            _ => mailbox.answer(line),
        }
    });
    let (code, out, err) = watch(&url, &["--once", "1", "--every", "0.05"]);
    assert_eq!(code, 0, "{err}");
    // An address is not decoded.
    assert_eq!(out, "new 2 <x@=?utf-8?q?=0A=E2=80=AE?=>: a\\u{1b}[2J =?b?==\n");
    serving.join().unwrap();
}

#[test]
fn another_uidvalidity_is_told_and_a_login_that_is_refused_later_ends_it() {
    let (url, serving) = serve_as("imap", IDLE, 3, move |session, line| {
        let (tag, command) = line.split_once(' ').unwrap();
        let mailbox = Mailbox::new(77 + u32::try_from(session).unwrap(), &[1]);
        match command {
            "IDLE" => Say::Last("+ go on\r\n* BYE we mend it\r\n".to_owned()),
            // Flags come first, as if by chance.
            "UID FETCH 1:* (FLAGS ENVELOPE)" => {
                let mail = &mailbox.mails[0];
                let (flags, all) = (told(1, mail, "FLAGS"), told(1, mail, "ENVELOPE"));
                Say::This(format!("{flags}{all}{tag} OK done\r\n"))
            }
            _ if session == 2 && command.starts_with("LOGIN") => {
                Say::This(format!("{tag} NO [EXPIRED] get another\r\n"))
            }
            _ => answer(&mailbox, line),
        }
    });
    let (code, out, err) = watch(&url, &[]);
    assert_eq!(out, "reset\nnew 1 Bob <bob@b.example>: Grüße 1\n");
    assert_eq!(code, 77, "{err}");
    let lines: Vec<_> = err.lines().collect();
    let [first, second, last] = lines[..] else { panic!("{err}") };
    for line in [first, second] {
        assert!(
            line.starts_with("watch: the server closes: we mend it; connecting again"),
            "{err}"
        );
    }
    assert_eq!(last, "watch: the login failed: [EXPIRED] get another");
    serving.join().unwrap();
}

#[test]
fn what_is_wrong_from_the_beginning_ends_it_at_once() {
    for (url, code, words) in [
        ("pop3://user:sesame@host", 64, "imap"),
        ("imap://user:sesame@no.such.host.invalid", 68, "invalid"),
        ("imap://user:sesame@127.0.0.1:1", 75, "127.0.0.1:1"),
    ] {
        let (told, out, err) = watch(url, &[]);
        assert_eq!((told, out.as_str()), (code, ""), "{err}");
        assert!(err.starts_with("watch: ") && err.contains(words), "{err}");
        assert!(err.lines().count() == 1 && !err.contains("sesame"), "{err}");
    }
    for (command, reply, code) in [
        ("LOGIN", "NO who?", 77),
        ("SELECT", "NO [NONEXISTENT] there is none", 69),
        ("SELECT", "NO [UNAVAILABLE] later", 75),
    ] {
        let (url, serving) = serve_as("imap", IDLE, 1, move |_, line| {
            let (tag, said) = line.split_once(' ').unwrap();
            match said.starts_with(command) {
                true => Say::This(format!("{tag} {reply}\r\n")),
                false => answer(&Mailbox::new(77, &[]), line),
            }
        });
        let (told, _, err) = watch(&url, &[]);
        assert_eq!((told, err.lines().count()), (code, 1), "{err}");
        serving.join().unwrap();
    }
}
