"""Our client sends, others take."""

import base64
import os
import pathlib
import re
from urllib.parse import quote

from smtp_mails import BODIES, Mail, RealMail
from smtp_rig import (
    BY_LMTP,
    BY_LMTP_SEVERAL,
    BY_POSTFIX,
    BY_POSTFIX_SEVERAL,
    CERT,
    FOLDER,
    PASSWORDS,
    RIG,
    Receiver,
    delivered,
    expect,
    found,
    not_delivered,
    port,
    send,
    silent,
    spoke,
)

ALICE = ["--from", "alice@test.example", "--helo", "laptop.test.example", "--ca", CERT]
BOB = ["--to", "bob@test.example"]
MECHANISMS = ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"]
SHARED = pathlib.Path(os.environ["SHARED"])


def url(scheme, name, user=None, password=None, host="localhost"):
    """As the command line has it."""
    login = quote(user, safe="") if user else ""
    login += ":" + quote(password, safe="") if password else ""
    return ["--url", f"{scheme}://{login}{'@' if login else ''}{host}:{port(name)}"]


def keeps_secret(conversation, user):
    """The password is nowhere, neither in base64."""
    password = PASSWORDS[user]
    plain = f"\0{user}\0{password}"
    encoded = [base64.b64encode(text.encode()).decode() for text in (password, plain)]
    silent(conversation, password, *encoded, quote(password))


def submits(scheme, name, transition):
    """Through Postfix submission to Dovecot, by every mechanism."""
    for user, mechanism in [("alice", each) for each in MECHANISMS] + [("bob", None), ("üser", "SCRAM-SHA-256")]:
        mail = Mail("dots")
        only = ["--mechanism", mechanism] if mechanism else []
        # The password of one comes from the environment.
        password, env = (None, {"SMTP_PASSWORD": PASSWORDS[user]}) if user == "bob" else (PASSWORDS[user], None)
        said = send(*url(scheme, name, user, password), *ALICE, *only, *BOB, mail.file(FOLDER), env=env)
        # SCRAM-SHA-256 is the strongest that Dovecot offers.
        spoke(said, *transition, r"^S: 250[- ]AUTH .*DIGEST-MD5", rf"^C: AUTH {mechanism or 'SCRAM-SHA-256'}\b")
        spoke(said, r"^S: 235 ", r"^C: MAIL FROM:<alice@test.example>", r"^S: 250 2\.0\.0 ", r"^C: QUIT")
        keeps_secret(said, user)
        delivered(mail, "bob", BY_POSTFIX)


def by_starttls():
    """Submission, port 587: TLS by STARTTLS, EHLO again behind it."""
    upgrade = [r"^S: 250[- ]STARTTLS", r"^C: STARTTLS", r"^ +<TLS established>", r"^C: EHLO "]
    submits("smtp", "SUBM", upgrade)


def by_implicit_tls():
    """Submission, port 465: TLS from the first octet."""
    submits("smtps", "SUBMS", [r"\AS: 220 ", r"^C: EHLO "])


def refuses_to_log_in():
    """What must not happen: DIGEST-MD5, a wrong password, a login in clear, a certificate of somebody."""
    mail = Mail()
    path = mail.file(FOLDER)
    # RFC 6331 made it historic; a server that has nothing else gets no login.
    said = send(*url("smtp", "DIGEST", "alice", "wonderland"), *ALICE, *BOB, path, code=77)
    spoke(said, r"^S: 250[- ]AUTH DIGEST-MD5\s*$")
    silent(said, "C: AUTH", "C: MAIL")
    said = send(
        *url("smtps", "SUBMS", "alice", "wonderland"), *ALICE, *BOB, "--mechanism", "DIGEST-MD5", path, code=64
    )
    silent(said, "C: ")
    # Not by all: Dovecot makes each wait longer than the one before.
    for mechanism in ("PLAIN", "SCRAM-SHA-256"):
        said = send(*url("smtps", "SUBMS", "alice", "wrong"), *ALICE, *BOB, "--mechanism", mechanism, path, code=77)
        # The server's words, in one line.
        expect(len(re.findall(r"^send: the login failed: 535 5\.7\.8 ", said, re.M)) == 1, said)
        silent(said, "C: MAIL")
    said = send(*url("smtp", "SUBM", "alice", "wonderland"), *ALICE, *BOB, "--starttls", "never", path, code=77)
    silent(said, "C: AUTH", "C: MAIL", "C: STARTTLS")
    strangers = ["--from", "alice@test.example", "--ca", str(_stranger())]
    said = send(*url("smtp", "SUBM", "alice", "wonderland"), *strangers, *BOB, path, code=76)
    silent(said, "C: AUTH", "C: MAIL")
    said = send(*url("smtps", "SUBMS", "alice", "wonderland"), *strangers, *BOB, path, code=76)
    silent(said, "C: ")
    not_delivered(mail, "bob")


def _stranger():
    """A certificate that the rig does not show: of the same name, by another key."""
    with Receiver(own_certificate=True) as receiver:
        return receiver.folder / "cert.pem"


def pipelines():
    """Port 25, in groups and one by one, all kinds of mails over one connection."""
    for switch in ("on", "off"):
        mails = [Mail(kind) for kind in BODIES if kind != "header"]
        files = [mail.file(FOLDER) for mail in mails]
        how = ["--pipelining", switch, "--chunking", "never"]
        said = send(*url("smtp", "SMTP"), *ALICE, *BOB, "--to", "alice@test.example", *how, *files)
        grouped = r"^C: MAIL .*\nC: RCPT .*\nC: RCPT .*\nC: DATA\nS: 250 .*\nS: 250 .*\nS: 250 .*\nS: 354 "
        single = r"^C: MAIL .*\nS: 250 .*\nC: RCPT .*\nS: 250 .*\nC: RCPT .*\nS: 250 .*\nC: DATA\nS: 354 "
        pattern = grouped if switch == "on" else single
        count = len(re.findall(pattern, said, re.M))
        expect(count == len(mails), f"{count} of {len(mails)} in a group: {said}")
        expect(said.count("C: EHLO") == 2 and said.count("C: QUIT") == 1, "more than one connection")
        for mail in mails:
            for user in ("bob", "alice"):
                delivered(mail, user, BY_POSTFIX_SEVERAL)


def chunks():
    """Port 25 with CHUNKING: BDAT for all kinds of mails, one of them without a line end at its end."""
    mails = [Mail(kind) for kind in BODIES if kind != "header"]
    said = send(*url("smtp", "SMTP"), *ALICE, *BOB, "--chunking", "always", *[mail.file(FOLDER) for mail in mails])
    silent(said, "C: DATA")
    expect(len(re.findall(r"^C: BDAT \d+ LAST", said, re.M)) == len(mails), said)
    for mail in mails:
        delivered(mail, "bob", BY_POSTFIX)


def shapes():
    """Files that are not as the wire wants them: LF alone, no line end at the end."""
    mail = Mail("dots")
    send(*url("smtp", "SMTP"), *ALICE, *BOB, mail.file(FOLDER, mail.octets.replace(b"\r\n", b"\n")))
    delivered(mail, "bob", BY_POSTFIX)
    mail = Mail("plain")
    send(*url("smtp", "SMTP"), *ALICE, *BOB, mail.file(FOLDER, mail.octets.removesuffix(b"\r\n")))
    delivered(mail, "bob", BY_POSTFIX)
    mail = Mail("eight")
    send(*url("smtp", "SMTP"), *ALICE, *BOB, "-", stdin=mail.octets)
    delivered(mail, "bob", BY_POSTFIX)


def eight_bit():
    """Port 25 with 8BITMIME, which is declared where octets ask for it, and only there; with SIZE."""
    for kind in ("eight", "latin", "plain"):
        mail = Mail(kind)
        said = send(*url("smtp", "SMTP"), *ALICE, *BOB, mail.file(FOLDER))
        line = re.search(r"^C: MAIL .*$", said, re.M)[0]
        expect(("BODY=8BITMIME" in line) == (kind != "plain"), line)
        expect(f"SIZE={len(mail.octets)}" in line, line)
        delivered(mail, "bob", BY_POSTFIX)


def reports():
    """Port 25 with DSN: the report that was asked for comes back, and names what it was told."""
    mail = Mail()
    asked = ["--notify", "success,failure", "--ret", "hdrs", "--envid", "Q=1+1"]
    said = send(*url("smtp", "SMTP"), *ALICE, *BOB, *asked, mail.file(FOLDER))
    spoke(said, r"^C: MAIL .*RET=HDRS", r"^C: RCPT .*NOTIFY=SUCCESS,FAILURE")
    spoke(said, r"^C: MAIL .*ENVID=Q\+3D1\+2B1")
    delivered(mail, "bob", BY_POSTFIX)
    report = found("alice", mail.identifier, "the report")
    for line in ("Original-Envelope-Id: Q=1+1", "Original-Recipient: rfc822;bob@test.example", "Action: relayed"):
        expect(line in report or line.replace("relayed", "delivered") in report, f"no {line} in {report}")
    expect("Dear Bob" not in report, "RET=HDRS, and the body came back")
    mail = Mail()
    said = send(*url("smtp", "SMTP"), *ALICE, *BOB, "--notify", "never", mail.file(FOLDER))
    spoke(said, r"^C: RCPT .*NOTIFY=NEVER")
    delivered(mail, "bob", BY_POSTFIX)


def internationalized():
    """Port 25 with SMTPUTF8: UTF-8 in header and sender, through Postfix to our server."""
    with Receiver("--listen", f"127.0.0.1:{port('RELAY')}", "--clear") as receiver:
        mail = Mail("header")
        ends = ["--from", "jürgen@grå.example", "--to", "postmaster@test.example"]
        said = send(*url("smtp", "SMTP"), "--ca", CERT, *ends, mail.file(FOLDER))
        spoke(said, r"^C: MAIL FROM:<jürgen@grå\.example>.* SMTPUTF8\b")
        envelope = receiver.got(mail, ["Received"])
        expect(envelope["from"] == "<jürgen@grå.example>", envelope)
        # Nothing in it asks for the extension: then it is not asked for.
        mail = Mail("eight")
        said = send(*url("smtp", "SMTP"), *ALICE, "--to", "postmaster@test.example", mail.file(FOLDER))
        silent(re.search(r"^C: MAIL .*$", said, re.M)[0], "SMTPUTF8")
        receiver.got(mail, ["Received"])
    # A server that does not know it is told nothing: Dovecot's LMTP.
    mail = Mail("header")
    said = send(*url("lmtp", "LMTP"), *ALICE, "--starttls", "never", *BOB, mail.file(FOLDER), code=65)
    silent(said, "C: MAIL")


def some_refused():
    """Port 25, a recipient that there is not: the others get the mail, or nobody does."""
    nobody = ["--to", "nobody@test.example"]
    mail = Mail()
    said = send(*url("smtp", "SMTP"), *ALICE, *nobody, *BOB, mail.file(FOLDER), code=67)
    expect(re.search(r"nobody@test\.example.*550 5\.1\.1 ", said), said)
    delivered(mail, "bob", BY_POSTFIX)
    none, after = Mail(), Mail()
    said = send(*url("smtp", "SMTP"), *ALICE, *nobody, *BOB, "--all-or-nothing", none.file(FOLDER), code=67)
    # One that nobody gets does not stop the next on the same connection.
    paths = [none.file(FOLDER), after.file(FOLDER)]
    said = send(*url("smtp", "SMTP"), *ALICE, *nobody, *paths, code=67)
    silent(said, "octets>")
    expect(said.count("C: MAIL") == 2, said)
    said = send(*url("smtp", "SMTP"), *ALICE, *BOB, after.file(FOLDER))
    delivered(after, "bob", BY_POSTFIX)
    not_delivered(none, "bob")


def too_big():
    """Port 25, more than SIZE offers: nothing is sent, and the next mail is."""
    huge, after = Mail(), Mail()
    huge.octets += b"0123456789abcdef\r\n" * 600_000
    said = send(*url("smtp", "SMTP"), *ALICE, *BOB, huge.file(FOLDER), after.file(FOLDER), code=65)
    expect(said.count("C: MAIL") == 1, said)
    delivered(after, "bob", BY_POSTFIX)
    not_delivered(huge, "bob")


def several_in_lmtp():
    """Dovecot LMTP, several recipients, one of whom has a mailbox that cannot be written."""
    carol = RIG / "dovecot/mail/carol"
    carol.mkdir(exist_ok=True)
    carol.chmod(0o700)
    for more in ([], ["--chunking", "always"], ["--pipelining", "off"]):
        mail = Mail("dots")
        to = [word for user in ("alice", "carol", "bob") for word in ("--to", f"{user}@test.example")]
        said = send(*url("lmtp", "LMTP"), *ALICE, *to, *more, mail.file(FOLDER), code=75)
        spoke(said, r"^C: LHLO laptop\.test\.example", r"^C: STARTTLS", r"^C: LHLO ", r"^C: QUIT")
        expect(re.search(r"carol@test\.example.*451 4\.2\.0 ", said), said)
        for user in ("alice", "bob"):
            delivered(mail, user, BY_LMTP_SEVERAL)
    mail = Mail()
    send(*url("smtp", "LMTP"), "--lmtp", *ALICE, *BOB, mail.file(FOLDER))
    delivered(mail, "bob", BY_LMTP)


def real_mails():
    """Dovecot LMTP, real mails from the shared folders, all over one connection."""
    mails = []
    for path in sorted(SHARED.glob("corpora/spamassassin/**/0*.txt"))[::40]:
        octets = re.sub(rb"\AFrom .*\n", b"", path.read_bytes())
        # Each is waited for by its identifier, and Dovecot ends a header at a line that is none.
        header = octets.partition(b"\n\n")[0]
        sound = all(re.match(rb"[!-9;-~]+:|[ \t]", line) for line in header.split(b"\n"))
        named = re.search(rb"(?im)^message-id:\s*<[^>\s]+>", header)
        if sound and named and b"\r" not in octets.replace(b"\r\n", b""):
            mails.append(RealMail(octets))
    expect(len(mails) > 20, f"{len(mails)} mails")
    # Headers with octets of no declared charset are no reason to ask for SMTPUTF8.
    said = send(*url("lmtp", "LMTP"), *ALICE, *BOB, "--smtputf8", "off", *[mail.file(FOLDER) for mail in mails])
    expect(said.count("C: LHLO") == 2 and said.count("C: QUIT") == 1, "more than one connection")
    for mail in mails:
        delivered(mail, "bob", BY_LMTP)


CHECKS = {
    "our client submits to Postfix by STARTTLS, every mechanism": by_starttls,
    "our client submits to Postfix in TLS, every mechanism": by_implicit_tls,
    "our client pipelines to Postfix": pipelines,
    "our client sends chunks to Postfix": chunks,
    "our client sends files of other shapes to Postfix": shapes,
    "our client sends 8BITMIME to Postfix": eight_bit,
    "our client asks Postfix for reports": reports,
    "our client sends SMTPUTF8 to Postfix": internationalized,
    "our client hears that some recipients are refused": some_refused,
    "our client sends nothing that is too big": too_big,
    "our client sends to several in Dovecot's LMTP": several_in_lmtp,
    "our client sends real mails to Dovecot": real_mails,
}

# Behind a wrong password Dovecot lets the next login wait, too.
LAST = {"our client refuses to log in": refuses_to_log_in}
