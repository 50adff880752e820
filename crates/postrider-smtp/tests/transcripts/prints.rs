//! Which files make which session.

use postrider_testkit::{read_shared, shared};

use crate::session::Session;

/// What a fragment leaves out. The names and texts are of no matter.
const MISSING: &[(&str, &str)] = &[
    ("HELO", "S: 220 server.example\nC: HELO client.example\nS: 250 server.example\n"),
    ("EHLO", "S: 220 server.example\nC: EHLO client.example\nS: 250 server.example\n"),
    ("VRFY", "S: 220 server.example\nC: EHLO client.example\nS: 250-server.example\nS: 250 VRFY\n"),
    ("EXPN", "S: 220 server.example\nC: EHLO client.example\nS: 250-server.example\nS: 250 EXPN\n"),
    ("DSN", "S: 220 server.example\nC: EHLO client.example\nS: 250-server.example\nS: 250 DSN\n"),
    (
        "AUTH",
        "S: 220 server.example\nC: EHLO client.example\nS: 250-server.example\nS: 250 AUTH PLAIN EXTERNAL\n",
    ),
    ("MAIL", "C: MAIL FROM:<sender@client.example>\nS: 250 OK\n"),
    ("mail", "C: Subject: left out\nC: \nC: The mail is not printed.\n"),
    ("TLS", "# <TLS handshake>\n"),
    ("again", "C: EHLO mail.ietf.org\nS: 250 mail.imc.org\n"),
    ("221", "S: 221 bye\n"),
];

/// Each session of `rfc-sessions` that speaks SMTP, of its files and what they leave out.
pub(crate) const RFC: &[&[&str]] = &[
    &["HELO", "rfc0821-01"],
    &["HELO", "MAIL", "rfc0821-02"],
    &["HELO", "MAIL", "rfc0821-03"],
    &["VRFY", "rfc0821-04"],
    &["VRFY", "rfc0821-05"],
    &["VRFY", "rfc0821-06"],
    &["VRFY", "rfc0821-07"],
    &["VRFY", "rfc0821-08"],
    &["EXPN", "rfc0821-09"],
    &["EXPN", "rfc0821-10"],
    &["rfc0821-11", "rfc0821-12"],
    &["HELO", "rfc0821-13"],
    &["rfc0821-14"],
    &["rfc0821-15"],
    &["rfc0821-16"],
    &["rfc0821-17"],
    &["rfc0821-18"],
    &["rfc0821-19"],
    &["rfc0821-20"],
    &["rfc0821-21"],
    &["rfc0821-22"],
    &["rfc0821-23"],
    &["rfc0821-24"],
    &["rfc0821-25"],
    &["rfc0821-26"],
    &["rfc0821-27"],
    &["rfc1652-01", "mail", "rfc1652-02"],
    &["rfc1854-01", "mail", "rfc1854-02"],
    &["rfc1854-03", "mail", "rfc1854-04"],
    &["rfc1854-05"],
    &["rfc1854-06"],
    &["rfc1870-01", "mail", "rfc1870-02"],
    &["rfc1891-01"],
    &["rfc1891-02"],
    &["rfc1891-03"],
    &["rfc1891-04"],
    &["rfc1891-05"],
    &["DSN", "MAIL", "rfc1891-06"],
    &["rfc2034-01", "mail", "rfc2034-02"],
    &["rfc2487-01", "again"],
    &["rfc2554-01", "rfc2554-02", "rfc2554-03"],
    &["EXPN", "rfc2821-01"],
    &["EXPN", "rfc2821-02"],
    &["rfc2821-03"],
    &["rfc2821-04"],
    &["rfc2821-05"],
    &["rfc2821-06"],
    &["rfc2821-07"],
    &["rfc2920-01", "mail", "rfc2920-02"],
    &["rfc2920-03", "mail", "rfc2920-04"],
    &["rfc2920-05"],
    &["rfc2920-06"],
    &["rfc3030-01"],
    &["rfc3030-02"],
    &["rfc3207-01", "rfc3207-02"],
    &["rfc3461-01"],
    &["rfc3461-02"],
    &["rfc3461-03"],
    &["rfc3461-04"],
    &["rfc3461-05"],
    &["DSN", "MAIL", "rfc3461-06"],
    &["EXPN", "rfc5321-01"],
    &["EXPN", "rfc5321-02"],
    &["rfc5321-03"],
    &["rfc5321-04"],
    &["rfc5321-05"],
    &["rfc5321-06"],
    &["rfc5321-07"],
    &["rfc7628-02", "rfc7628-03"],
    &["rfc7628-07", "rfc7628-08"],
    &["rfc8689-01", "TLS", "rfc8689-02", "mail", "rfc8689-03", "221"],
];

/// The files of `rfc-sessions` that speak something else, by the RFC.
pub(crate) const ELSEWHERE: &[(&str, &str)] = &[
    ("rfc1734", "POP3"),
    ("rfc1939", "POP3"),
    ("rfc2195", "IMAP"),
    ("rfc2245", "IMAP"),
    ("rfc2449", "POP3"),
    ("rfc2595", "IMAP, POP3 and ACAP"),
    ("rfc2831", "IMAP and ACAP"),
    ("rfc4505", "IMAP"),
    ("rfc4616", "ACAP"),
    ("rfc5801", "no protocol: its messages are described"),
    ("rfc5802", "no protocol: messages of SCRAM"),
    ("rfc6856", "POP3"),
    ("rfc7628-01", "IMAP"),
    ("rfc7628-04", "IMAP"),
    ("rfc7628-05", "IMAP"),
    ("rfc7628-06", "IMAP"),
    ("rfc7677", "no protocol: messages of SCRAM"),
];

/// The recordings of real servers.
pub(crate) const LIVE: &[&str] = &[
    "aiosmtpd-1.4.6",
    "dovecot-2.3.19-lmtp",
    "exim-4.96",
    "nodemailer-smtp-server-3.21.6",
    "postfix-3.7.11-bdat",
    "postfix-3.7.11-mx",
    "postfix-3.7.11-pipelined",
    "postfix-3.7.11-submission",
    "postfix-dovecot-auth-scram-sha-1",
    "postfix-dovecot-auth-scram-sha-256",
];

/// The replies that MailKit is tested with, as its tests put them together: what is said, and the file
/// that answers it.
const MAILKIT: &[(&str, &[(&str, &str)])] = &[
    (
        "comcast",
        &[
            GREETING,
            ("EHLO unit-tests.mimekit.org", "comcast-ehlo"),
            ("AUTH PLAIN AHVzZXJuYW1lAHBhc3N3b3Jk", "comcast-auth-plain"),
            MAIL,
            RCPT,
            DATA,
            DONE,
            ("NOOP", "comcast-noop"),
            ("RSET", "comcast-rset"),
            QUIT,
        ],
    ),
    (
        "comcast-auth-login",
        &[
            GREETING,
            ("EHLO unit-tests.mimekit.org", "comcast-ehlo"),
            ("AUTH LOGIN", "comcast-auth-login-username"),
            ("dXNlcm5hbWU=", "comcast-auth-login-password"),
            ("cGFzc3dvcmQ=", "comcast-auth-login"),
            QUIT,
        ],
    ),
    (
        "comcast-auth-digest-md5",
        &[
            GREETING,
            ("EHLO unit-tests.mimekit.org", "comcast-ehlo+digest-md5"),
            ("AUTH DIGEST-MD5", "comcast-auth-digest-md5"),
            ("dXNlcm5hbWU9InVzZXJuYW1lIg==", "comcast-auth-digest-md5-response"),
            ("", "comcast-auth-digest-md5-reset"),
            QUIT,
        ],
    ),
    (
        "comcast-ehlo+dsn",
        &[
            GREETING,
            ("EHLO unit-tests.mimekit.org", "comcast-ehlo+dsn"),
            ("MAIL FROM:<sender@example.com> RET=HDRS", "comcast-mail-from"),
            (
                "RCPT TO:<recipient@example.com> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;recipient@example.com",
                "comcast-rcpt-to",
            ),
            DATA,
            DONE,
            QUIT,
        ],
    ),
    (
        "comcast-ehlo+binarymime",
        &[
            GREETING,
            ("EHLO unit-tests.mimekit.org", "comcast-ehlo+binarymime"),
            ("MAIL FROM:<sender@example.com> SIZE=28 BODY=BINARYMIME", "comcast-mail-from"),
            RCPT,
            (
                "BDAT 28 LAST\nC(raw): 'Subject: binary\\r\\n\\r\\na\\0b\\nc\\rd\\r\\n'",
                "comcast-data-done",
            ),
            QUIT,
        ],
    ),
    (
        "comcast-ehlo+smtputf8",
        &[
            GREETING,
            ("EHLO unit-tests.mimekit.org", "comcast-ehlo+smtputf8"),
            ("MAIL FROM:<sender@example.com> BODY=8BITMIME SMTPUTF8", "comcast-mail-from"),
            ("RCPT TO:<r\u{e9}cipient@example.com>", "comcast-rcpt-to"),
            DATA,
            DONE,
            QUIT,
        ],
    ),
    (
        "comcast-ehlo+requiretls",
        &[
            GREETING,
            ("EHLO unit-tests.mimekit.org", "comcast-ehlo+requiretls"),
            ("MAIL FROM:<sender@example.com> REQUIRETLS", "comcast-mail-from"),
            RCPT,
            DATA,
            DONE,
            QUIT,
        ],
    ),
    (
        "comcast-ehlo+x-exps",
        &[GREETING, ("EHLO unit-tests.mimekit.org", "comcast-ehlo+x-exps"), QUIT],
    ),
    (
        "pipelined-mail-from-rcpt-to",
        &[
            GREETING,
            ("EHLO unit-tests.mimekit.org", "comcast-ehlo+pipelining"),
            (
                "MAIL FROM:<sender@example.com>\nC: RCPT TO:<recipient@example.com>",
                "pipelined-mail-from-rcpt-to",
            ),
            DATA,
            DONE,
            QUIT,
        ],
    ),
    (
        "pipelined-mailbox-unavailable",
        &[
            GREETING,
            ("EHLO unit-tests.mimekit.org", "comcast-ehlo+pipelining"),
            (
                "MAIL FROM:<sender@example.com>\nC: RCPT TO:<recipient@example.com>",
                "pipelined-mailbox-unavailable",
            ),
            ("RSET", "comcast-rset"),
            QUIT,
        ],
    ),
    (
        "mailbox-unavailable",
        &[
            GREETING,
            ("EHLO unit-tests.mimekit.org", "comcast-ehlo"),
            MAIL,
            ("RCPT TO:<recipient@example.com>", "mailbox-unavailable"),
            ("RSET", "comcast-rset"),
            QUIT,
        ],
    ),
    (
        "auth-required",
        &[
            GREETING,
            ("EHLO unit-tests.mimekit.org", "comcast-ehlo"),
            ("MAIL FROM:<sender@example.com>", "auth-required"),
            QUIT,
        ],
    ),
    (
        "auth-failed",
        &[
            GREETING,
            ("EHLO unit-tests.mimekit.org", "comcast-ehlo"),
            ("AUTH PLAIN AHVzZXJuYW1lAHdyb25n", "auth-failed"),
            QUIT,
        ],
    ),
    (
        "auth-successful",
        &[
            GREETING,
            ("EHLO unit-tests.mimekit.org", "comcast-ehlo"),
            ("AUTH PLAIN AHVzZXJuYW1lAHBhc3N3b3Jk", "auth-successful"),
            QUIT,
        ],
    ),
    (
        "auth-too-weak",
        &[
            GREETING,
            ("EHLO unit-tests.mimekit.org", "comcast-ehlo"),
            ("AUTH PLAIN AHVzZXJuYW1lAHBhc3N3b3Jk", "auth-too-weak"),
            QUIT,
        ],
    ),
    (
        "bad-command-sequence",
        &[
            GREETING,
            ("EHLO unit-tests.mimekit.org", "comcast-ehlo"),
            MAIL,
            ("MAIL FROM:<sender@example.com>", "bad-command-sequence"),
            QUIT,
        ],
    ),
    (
        "ehlo-failed",
        &[
            GREETING,
            ("EHLO unit-tests.mimekit.org", "ehlo-failed"),
            ("HELO unit-tests.mimekit.org", "helo"),
            QUIT,
        ],
    ),
    ("greeting-not-ready", &[("", "greeting-not-ready")]),
    (
        "rfc0821-vrfy",
        &[
            GREETING,
            ("HELO unit-tests.mimekit.org", "helo"),
            ("VRFY Smith", "rfc0821-vrfy"),
            ("EXPN Example-People", "rfc0821-expn"),
            QUIT,
        ],
    ),
];

const GREETING: (&str, &str) = ("", "comcast-greeting");
const MAIL: (&str, &str) = ("MAIL FROM:<sender@example.com>", "comcast-mail-from");
const RCPT: (&str, &str) = ("RCPT TO:<recipient@example.com>", "comcast-rcpt-to");
const DATA: (&str, &str) = ("DATA", "comcast-data");
const DONE: (&str, &str) = ("Subject: replayed\nC: \nC: Hello.\nC: .", "comcast-data-done");
const QUIT: (&str, &str) = ("QUIT", "comcast-quit");

/// The replies of `smtp/mailkit`, as sessions.
pub(crate) fn mailkit() -> impl Iterator<Item = Session> {
    MAILKIT.iter().map(|(name, steps)| {
        let mut text = String::new();
        for (at, (said, file)) in steps.iter().enumerate() {
            if at > 0 {
                text += &format!("C: {said}\n");
            }
            for line in text_of(&format!("smtp/mailkit/{file}.txt")).lines() {
                text += &format!("S: {line}\n");
            }
        }
        Session::read(&format!("mailkit {name}"), &text)
    })
}

/// The files of `smtp/mailkit` that are played.
pub(crate) fn is_of_mailkit(file: &str) -> bool {
    MAILKIT.iter().any(|(_, steps)| steps.iter().any(|(_, played)| *played == file))
}

/// The greetings of real servers, as sessions that go no further.
pub(crate) fn greetings() -> Vec<Session> {
    let json: serde_json::Value = serde_json::from_str(&text_of("smtp/greetings.json")).unwrap();
    let of_server = |one: &serde_json::Value| {
        let greeting =
            one["greeting"].as_str().unwrap_or("220 server.example").replace("\\n", "\n");
        let mut text: String = greeting.lines().map(|line| format!("S: {line}\n")).collect();
        let offered = one["ehlo"].as_array().unwrap();
        for (at, line) in offered.iter().enumerate() {
            text += if at == 0 { "C: EHLO client.example\n" } else { "" };
            let more = if at + 1 < offered.len() { '-' } else { ' ' };
            text += &format!("S: 250{more}{}\n", line.as_str().unwrap());
        }
        if offered.is_empty() && greeting.starts_with("220") {
            text += "C: EHLO client.example\nS: 250 not recorded\n";
        }
        if greeting.starts_with("220") {
            text += "C: QUIT\nS: 221 bye\n";
        }
        Session::read(one["server"].as_str().unwrap(), &text)
    };
    json.as_array().unwrap().iter().map(of_server).collect()
}

/// What a file has and what it means, where it would be no session otherwise.
const MISPRINTS: &[(&str, &str, &str)] = &[
    // The code is missing. RFC 821 §4.2: "An SMTP reply consists of a three digit number".
    ("rfc0821-26", "S: OK\n", "S: 250 OK\n"),
    ("rfc8689-01", "S: TLS go ahead\n", "S: 220 TLS go ahead\n"),
    // RFC 3207 has no greeting behind TLS.
    ("rfc8689-02", "S: 220 mail.example.net ESMTP\n", ""),
    // The excerpt lost what the RFC prints on a line of its own.
    (
        "rfc2554-01",
        "S: 334\n",
        "S: 334 PENCeUxFREJoU0NnbmhNWitOMjNGNndAZWx3b29kLmlubm9zb2Z0LmNvbT4=\n",
    ),
    // The tag of the IMAP example before it. SMTP has none.
    ("rfc7628-03", "C: t1 AUTH", "C: AUTH"),
];

/// Sessions with `SEND` or `SOML`, which RFC 5321 Appendix F.6 deprecates, once more with `MAIL`.
pub(crate) fn with_mail() -> impl Iterator<Item = Session> {
    ["rfc0821-18", "rfc0821-19", "rfc0821-20", "rfc2821-07"].into_iter().map(|name| {
        let text = piece_of(name).replace("C: SEND ", "C: MAIL ").replace("C: SOML ", "C: MAIL ");
        Session::read(&format!("{name} with MAIL"), &text)
    })
}

/// The examples of RFC 4954 §4.1, as remembered: the RFC is not there to compare them with.
pub(crate) fn rfc4954() -> Vec<Session> {
    let text = text_of("rfc-handwritten/rfc4954-4.1.txt");
    let opening = "S: 220 smtp.example.com\nC: EHLO client.example.com\nS: 250-smtp.example.com\n\
                   S: 250 AUTH PLAIN EXTERNAL\n";
    let sessions = text.split("---\n").enumerate().map(|(at, text)| {
        // A greeting of one line has no hyphen.
        let text = text.replace("S: 220-smtp", "S: 220 smtp");
        let text = if at == 0 { text } else { format!("{opening}{text}") };
        Session::read(&format!("rfc4954-{}", at + 1), &text)
    });
    sessions.collect()
}

/// One session of [`RFC`], named after its first file.
pub(crate) fn rfc(pieces: &[&str]) -> Session {
    let text: String = pieces.iter().map(|piece| piece_of(piece)).collect();
    let name = pieces.iter().find(|piece| piece.starts_with("rfc")).unwrap();
    Session::read(name, &text)
}

fn piece_of(piece: &str) -> String {
    if let Some((_, text)) = MISSING.iter().find(|(name, _)| *name == piece) {
        return (*text).to_owned();
    }
    mend(piece, &text_of(&format!("rfc-sessions/{piece}.txt")))
}

pub(crate) fn live(name: &str) -> Session {
    Session::read(name, &mend(name, &text_of(&format!("live/{name}.txt"))))
}

pub(crate) fn text_of(path: &str) -> String {
    String::from_utf8(read_shared(&format!("vectors/{path}")).unwrap()).unwrap()
}

pub(crate) fn mend(name: &str, text: &str) -> String {
    let mut text = text.to_owned();
    for (_, printed, meant) in MISPRINTS.iter().filter(|(file, ..)| *file == name) {
        assert!(text.contains(printed), "{name} has no {printed}");
        text = text.replace(printed, meant);
    }
    text
}

/// Whether the shared data is here; says so where it is not.
pub(crate) fn is_here() -> bool {
    let here = shared("vectors/rfc-sessions").is_some();
    if !here {
        eprintln!("skipped: ../shared/vectors is not here");
    }
    here
}
