"""imaplib at our server: every command of RFC 9051, COMPRESS, IDLE, and two sessions at once."""

import datetime
import imaplib
import re

from imap_server_rig import Imapd, Lines, PASSWORD, USER, expect, ok, refused, same

for command in ("MOVE", "UNSELECT", "IDLE"):
    imaplib.Commands.setdefault(command, ("AUTH", "SELECTED"))

PLAIN = (
    b"From: Terry Gray <gray@cac.washington.edu>\r\nTo: bob@b.example\r\nSubject: meeting\r\n"
    b"Date: Wed, 17 Jul 1996 02:23:25 -0700\r\nMessage-ID: <B27397@cac.washington.edu>\r\n\r\n"
    b"Hello J\xf6e, do you think we can meet at 3:30 tomorrow?\r\n"
)
PARTS = (
    b"Subject: two parts\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"SGVsbG8gd29ybGQ=\r\n--b\r\nContent-Type: application/octet-stream; name=x\r\n\r\n12345\r\n--b--\r\n"
)
WHEN = datetime.datetime(1996, 7, 17, 2, 44, 25, tzinfo=datetime.timezone(-datetime.timedelta(hours=7)))


def number(pattern, octets):
    """The number that stands there."""
    found = re.search(pattern, octets)
    expect(found, f"no {pattern} in {octets!r}")
    return int(found.group(1))


def flags(told):
    """Those that are told, in any order."""
    return set(re.search(rb"FLAGS \(([^)]*)\)", told).group(1).split())


def append(session, mailbox, mail, flags=None):
    """Its UID."""
    told = ok(session.append(mailbox, flags, WHEN, mail))[0]
    return number(rb"^\[APPENDUID \d+ (\d+)\] ", told)


def unasked(session, name):
    """What was told of this since it was last looked at."""
    return session.response(name)[1]


def any_state():
    """CAPABILITY, NOOP, ID, LOGOUT, STARTTLS, LOGIN, AUTHENTICATE."""
    with Imapd() as server:
        session = imaplib.IMAP4("localhost", server.port, timeout=30)
        expect(b"[CAPABILITY IMAP4rev1 " in session.welcome, f"the greeting {session.welcome}")
        for word in ("STARTTLS", "LOGINDISABLED", "IMAP4REV2", "SASL-IR", "LITERAL+"):
            expect(word in session.capabilities, f"{word} is not in {session.capabilities}")
        expect(not any(word.startswith("AUTH=") for word in session.capabilities), session.capabilities)
        same(ok(session.noop()), [b"NOOP completed"])
        refused(session._simple_command("LOGIN", USER, PASSWORD), "PRIVACYREQUIRED")
        ok(session.starttls(server.trusting()))
        expect("STARTTLS" not in session.capabilities, f"twice STARTTLS: {session.capabilities}")
        for word in ("AUTH=PLAIN", "AUTH=SCRAM-SHA-256", "AUTH=SCRAM-SHA-256-PLUS", "AUTH=CRAM-MD5"):
            expect(word in session.capabilities, f"{word} is not in {session.capabilities}")
        refused(session._simple_command("LOGIN", USER, "guess"), "AUTHENTICATIONFAILED")
        session.state = "AUTH"
        refused(lambda: session.select("INBOX"))
        session.state = "NONAUTH"
        told = ok(session.login(USER, PASSWORD))[0]
        expect(told.startswith(b"[CAPABILITY IMAP4rev1 "), f"LOGIN: {told}")
        told = ok(session.capability())[0]
        for word in b"COMPRESS=DEFLATE IDLE IMAP4rev2 MOVE QRESYNC UIDPLUS UTF8=ACCEPT".split():
            expect(word in told.split(), f"{word} is not in {told}")
        expect(b"AUTH=" not in told and b"LOGINDISABLED" not in told, f"after login: {told}")
        ok(session.xatom("ID", "NIL"))
        same(unasked(session, "ID"), [b'("name" "Postrider")'])
        session.state = "NONAUTH"
        refused(lambda: session._simple_command("LOGIN", USER, PASSWORD))
        same(session.logout()[0], "BYE", "LOGOUT")
        for mechanism, proof in [
            ("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}"),
            ("LOGIN", lambda asked: PASSWORD if b"ass" in asked else USER),
        ]:
            session = server.connect()
            ok(session.authenticate(mechanism, proof))
            same(ok(session.select("INBOX")), [b"0"], mechanism)
            session.logout()
        session = server.connect()
        ok(session.login_cram_md5(USER, PASSWORD))
        session.logout()
        session = server.connect()
        for proof in (f"\0{USER}\0guess", f"bob\0{USER}\0{PASSWORD}"):
            try:
                session.authenticate("PLAIN", lambda _, proof=proof: proof)
                expect(False, f"{proof!r} is let in")
            except session.error as error:
                expect("AUTHENTICATIONFAILED" in str(error), f"{proof!r}: {error}")


def mailboxes():
    """CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE, LIST, LSUB, NAMESPACE, STATUS, ENABLE."""
    with Imapd("--implicit-tls") as server:
        session = server.session()
        same(ok(session.namespace()), [b'(("" "/")) NIL NIL'])
        expect(ok(session.create("Work/2026"))[0].startswith(b"[MAILBOXID ("), "CREATE tells no MAILBOXID")
        refused(session.create("work/../INBOX/"[-6:-1]), "ALREADYEXISTS")
        refused(session.create("INBOX"), "ALREADYEXISTS")
        listed = ok(session.list('""', "*"))
        same(sorted(line.split(b' "/" ')[1].strip(b'"') for line in listed), [b"INBOX", b"Work", b"Work/2026"])
        ok(session._simple_command("LIST", '""', "W%", "RETURN (CHILDREN)"))
        same(unasked(session, "LIST"), [b'(\\HasChildren) "/" Work'])
        same(ok(session.list('""', "%/%"))[0].split()[-1].strip(b'"'), b"Work/2026")
        same(ok(session.list('""', '""')), [b'(\\Noselect) "/" ""'])
        ok(session.subscribe("Work/2026"))
        same(ok(session.lsub('""', "*")), [b'() "/" Work/2026'])
        ok(session._simple_command("LIST", "(SUBSCRIBED)", '""', "*"))
        expect(b"\\Subscribed" in unasked(session, "LIST")[0], "LIST (SUBSCRIBED)")
        ok(session.unsubscribe("Work/2026"))
        same(ok(session.lsub('""', "*")), [None])
        uid = append(session, "Work/2026", PLAIN)
        append(session, "Work/2026", PARTS, "(\\Seen)")
        told = ok(session.status("Work/2026", "(MESSAGES UIDNEXT UNSEEN UIDVALIDITY SIZE)"))[0]
        same(number(rb"MESSAGES (\d+)", told), 2)
        same(number(rb"UIDNEXT (\d+)", told), uid + 2)
        same(number(rb"UNSEEN (\d+)", told), 1)
        same(number(rb"SIZE (\d+)", told), len(PLAIN) + len(PARTS))
        validity = number(rb"UIDVALIDITY (\d+)", told)
        ok(session.rename("Work/2026", "Done"))
        told = ok(session.status("Done", "(MESSAGES UIDVALIDITY)"))[0]
        same(number(rb"UIDVALIDITY (\d+)", told), validity, "UIDVALIDITY behind RENAME")
        refused(session.status("Work/2026", "(MESSAGES)"), "NONEXISTENT")
        refused(session.append("Nowhere", None, None, PLAIN), "TRYCREATE")
        # INBOX is emptied into the other.
        append(session, "INBOX", PLAIN)
        ok(session.rename("INBOX", "Old"))
        same(ok(session.select("INBOX")), [b"0"])
        same(ok(session.select("Old")), [b"1"])
        ok(session._simple_command("UNSELECT"))
        session.state = "AUTH"
        for name in ("Done", "Old", "Work"):
            ok(session.delete(name))
        refused(session.delete("INBOX"))
        refused(session.delete("Done"), "NONEXISTENT")
        same([line.split()[-1] for line in ok(session.list())], [b"INBOX"])
        ok(session.getquotaroot("INBOX"))
        session.capabilities += ("ENABLE",)
        ok(session.enable("IMAP4rev2 QRESYNC X-NONE"))
        same(sorted(unasked(session, "ENABLED")[0].split()), [b"IMAP4rev2", b"QRESYNC"])
        # In UTF-8 now (RFC 9051 §5.1).
        ok(session._simple_command("CREATE", '"Entw\u00fcrfe"'.encode()))
        expect("Entw\u00fcrfe".encode() in b"".join(ok(session.list())), "no UTF-8 in LIST")
        other = server.session()
        expect(b"Entw&APw-rfe" in b"".join(ok(other.list())), "no UTF-7 in LIST")
        same(ok(server.session("bob", "builder").list())[0].split()[-1], b"INBOX", "LIST of bob")


def messages():
    """SELECT, EXAMINE, APPEND, SEARCH, FETCH, STORE, COPY, MOVE, EXPUNGE, CLOSE, UNSELECT; by UID, too."""
    with Imapd() as server:
        session = server.session()
        ok(session.create("Other"))
        uids = [append(session, "INBOX", mail) for mail in (PLAIN, PARTS, PLAIN, PARTS, PLAIN)]
        same(ok(session.select("INBOX")), [b"5"])
        same(unasked(session, "UIDNEXT"), [b"%d" % (uids[-1] + 1)])
        same(unasked(session, "READ-WRITE"), [b""])
        expect(b"\\Deleted" in unasked(session, "FLAGS")[0], "FLAGS")
        expect(b"\\*" in unasked(session, "PERMANENTFLAGS")[0], "PERMANENTFLAGS")
        expect(unasked(session, "UIDVALIDITY")[0], "UIDVALIDITY")
        fetches(session, uids)
        searches(session, uids)
        stores(session, uids)
        copies(session, uids)
        expunges(session)


def fetches(session, uids):
    """What is read, octet for octet."""
    items = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])"
    told = ok(session.fetch("1:2", items))
    for at, mail in ((0, PLAIN), (2, PARTS)):
        head, octets = told[at]
        same(octets, mail, "BODY[]")
        same(number(rb"UID (\d+)", head), uids[at // 2])
        same(number(rb"RFC822.SIZE (\d+)", head), len(mail))
        expect(b'INTERNALDATE "17-Jul-1996 02:44:25 -0700"' in head, head)
        expect(b"\\Seen" not in head, head)
    told = ok(session.fetch("1", "(ENVELOPE BODYSTRUCTURE)"))[0]
    envelope = (
        b'ENVELOPE ("Wed, 17 Jul 1996 02:23:25 -0700" "meeting" '
        b'(("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) '
        b'(("Terry Gray" NIL "gray" "cac.washington.edu")) ((NIL NIL "bob" "b.example")) NIL NIL NIL '
        b'"<B27397@cac.washington.edu>")'
    )
    expect(envelope in told, f"{told!r}")
    expect(b'BODYSTRUCTURE ("TEXT" "PLAIN" ' in told.upper(), f"{told!r}")
    told = ok(session.uid("FETCH", str(uids[1]), "(BODY.PEEK[1] BODY.PEEK[2.MIME] BINARY.PEEK[1])"))
    same([octets for _, octets in told[:3]], [
        b"SGVsbG8gd29ybGQ=", b"Content-Type: application/octet-stream; name=x\r\n\r\n", b"Hello world",
    ], "sections")
    told = ok(session.fetch("1", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY.PEEK[TEXT]<6.4>)"))
    same([octets for _, octets in told[:2]], [b"Subject: meeting\r\n\r\n", b"J\xf6e,"], "pieces")
    same(ok(session.fetch("1:5", "(FLAGS)"))[0], b"1 (FLAGS (\\Recent))")
    # Without PEEK it is seen, which is told.
    told = ok(session.fetch("3", "(RFC822.TEXT)"))
    same(told[0][1], PLAIN.split(b"\r\n\r\n", 1)[1])
    same(sum(b"\\Seen" in part for one in told for part in (one if isinstance(one, tuple) else [one])), 1, "Seen")
    same(ok(session.search(None, "SEEN")), [b"3"])
    refused(lambda: session.fetch("9", "(FLAGS)"))
    same(ok(session.uid("FETCH", "4000", "(FLAGS)")), [None])


def searches(session, uids):
    """SEARCH, SORT, THREAD, and RETURN."""
    same(ok(session.search(None, "ALL")), [b"1 2 3 4 5"])
    same(ok(session.search(None, "SUBJECT", "meeting", "NOT", "SEEN")), [b"1 5"])
    same(ok(session.search(None, "SENTBEFORE", "1-Jan-2000")), [b"1 3 5"])
    same(ok(session.search(None, "BODY", '"hello WORLD"')), [b"2 4"])
    same(ok(session.uid("SEARCH", "LARGER", str(len(PLAIN)))), [b"%d %d" % (uids[1], uids[3])])
    session.literal = "hello".encode()
    same(ok(session.search("UTF-8", "TEXT")), [b"1 2 3 4 5"])
    refused(session.search("KOI7", "ALL"), "BADCHARSET")
    ok(session._simple_command("SEARCH", "RETURN (MIN MAX COUNT SAVE) SUBJECT parts"))
    expect(unasked(session, "ESEARCH")[0].endswith(b" MIN 2 MAX 4 COUNT 2"), "ESEARCH")
    same(len(ok(session.fetch("$", "(UID)"))), 2, "what was saved")
    same(ok(session.sort("(REVERSE SIZE)", "UTF-8", "ALL"))[0].split()[:2], [b"2", b"4"])
    same(ok(session.uid("THREAD", "REFERENCES", "UTF-8", "SUBJECT parts")), [b"((%d)(%d))" % (uids[1], uids[3])])


def stores(session, uids):
    """STORE in its three modes, silently, and in a mailbox that is read only."""
    told = ok(session.store("1", "+FLAGS", "(\\Flagged $Work)"))[0]
    same(flags(told), {b"\\Flagged", b"$Work", b"\\Recent"})
    expect(b"$Work" in unasked(session, "FLAGS")[0], "a new keyword is not in FLAGS")
    told = ok(session.uid("STORE", str(uids[0]), "-FLAGS", "(\\Flagged)"))[0]
    same(flags(told), {b"$Work", b"\\Recent"})
    same(number(rb"UID (\d+)", told), uids[0])
    same(ok(session.store("1", "FLAGS.SILENT", "(\\Draft)")), [None])
    same(ok(session.search(None, "KEYWORD", "$Work")), [b""])
    same(ok(session.search(None, "DRAFT")), [b"1"])
    ok(session.store("1", "FLAGS", "()"))
    same(ok(session.select("INBOX", readonly=True)), [b"5"])
    same(unasked(session, "READ-ONLY"), [b""])
    refused(session.store("1", "+FLAGS", "(\\Seen)"))
    ok(session.fetch("1", "(BODY[])"))
    same(ok(session.search(None, "SEEN")), [b"3"], "what EXAMINE leaves")
    same(ok(session.select("INBOX")), [b"5"])


def copies(session, uids):
    """COPY and MOVE, with the UIDs that they tell."""
    told = ok(session.copy("1:2", "Other"))[0]
    expect(re.match(rb"\[COPYUID \d+ %d:%d 1:2\] " % (uids[0], uids[1]), told), f"COPY: {told}")
    ok(session.uid("COPY", str(uids[4]), "Other"))
    expect(unasked(session, "COPYUID")[-1].endswith(b" %d 3" % uids[4]), "UID COPY tells no COPYUID")
    refused(session.copy("1", "Nowhere"), "TRYCREATE")
    ok(session._simple_command("MOVE", "1", "Other"))
    expect(unasked(session, "COPYUID")[-1].endswith(b" %d 4" % uids[0]), "MOVE tells no COPYUID")
    same(unasked(session, "EXPUNGE"), [b"1"], "EXPUNGE of MOVE")
    ok(session.uid("MOVE", str(uids[1]), "Other"))
    same(unasked(session, "EXPUNGE"), [b"1"], "EXPUNGE of UID MOVE")
    same(ok(session.uid("SEARCH", "ALL")), [b"%d %d %d" % tuple(uids[2:])])
    told = ok(session.status("Other", "(MESSAGES)"))[0]
    same(number(rb"MESSAGES (\d+)", told), 5)


def expunges(session):
    """EXPUNGE, UID EXPUNGE, CLOSE and UNSELECT, in the mailbox with five messages."""
    same(ok(session.select("Other")), [b"5"])
    ok(session.store("2:4", "+FLAGS.SILENT", "(\\Deleted)"))
    ok(session.uid("EXPUNGE", "4:9"))
    same(unasked(session, "EXPUNGE"), [b"4"])
    same(ok(session.expunge()), [b"2", b"2"])
    same(ok(session.uid("SEARCH", "ALL")), [b"1 5"])
    ok(session.store("1", "+FLAGS.SILENT", "(\\Deleted)"))
    ok(session._simple_command("UNSELECT"))
    refused(lambda: session._simple_command("FETCH", "1", "(FLAGS)"))
    session.state = "AUTH"
    same(ok(session.select("Other")), [b"2"], "what UNSELECT leaves")
    same(ok(session.close()), [b"CLOSE completed"])
    same(ok(session.select("Other")), [b"1"], "what CLOSE leaves")
    ok(session.check())
    same(session.logout()[0], "BYE")


def compressed():
    """COMPRESS=DEFLATE, by hand: the same answers, less octets, and no second layer."""
    with Imapd("--implicit-tls") as server:
        session = server.session()
        append(session, "INBOX", PLAIN)
        append(session, "INBOX", PARTS)
        clear, lines = Lines(server.session()), Lines(server.session())
        lines.compress()
        for command in ("SELECT INBOX", "FETCH 1:* (FLAGS BODY.PEEK[] ENVELOPE)", "SEARCH ALL", "LIST \"\" *"):
            wanted, came = clear.ask(command), lines.ask(command)
            if command.startswith("SELECT"):
                # The first session that looks takes what is recent.
                wanted, came = wanted[-1:], came[-1:]
            elif command.startswith("FETCH"):
                wanted = [line.replace(b"\\Recent", b"") for line in wanted]
            same(came, wanted, command)
        big = b"Subject: big\r\n\r\n" + b"x" * 70 + b"\r\n" * 20_000
        lines.say(b"a APPEND INBOX {%d+}\r\n%s\r\n" % (len(big), big))
        expect(b"OK [APPENDUID " in lines.until(b"a ")[-1], "APPEND")
        expect(big in lines.ask("FETCH 3 BODY.PEEK[]")[-2], "the big one comes back as another")
        expect(b"COMPRESSIONACTIVE" in lines.ask("COMPRESS DEFLATE", "NO")[-1], "twice COMPRESS")
        expect(lines.ask("LOGOUT")[0].startswith(b"* BYE "), "LOGOUT")


def idle():
    """IDLE, while another session appends, flags, and removes."""
    with Imapd() as server:
        other, lines = server.session(), Lines(server.session())
        append(other, "INBOX", PLAIN)
        ok(other.select("INBOX"))
        lines.ask("SELECT INBOX")
        for _ in range(2):
            lines.say(b"i IDLE\r\n")
            expect(lines.line().startswith(b"+ "), "no continuation")
            append(other, "INBOX", PARTS)
            same(lines.until(b"* 2 EXISTS")[-1], b"* 2 EXISTS")
            ok(other.store("2", "+FLAGS", "(\\Flagged \\Deleted)"))
            told = lines.until(b"* 2 FETCH")[-1]
            expect(b"\\Flagged" in told and b"\\Deleted" in told, f"{told}")
            same(ok(other.expunge()), [b"2"])
            same(lines.until(b"* 2 EXPUNGE")[-1], b"* 2 EXPUNGE")
            lines.say(b"DONE\r\n")
            expect(lines.until(b"i ")[-1].startswith(b"i OK "), "DONE")
        # What happens while it does not idle is told with the next command.
        append(other, "INBOX", PLAIN)
        expect(b"* 2 EXISTS" in lines.ask("NOOP"), "NOOP tells nothing")
        # Another user does not hear it.
        stranger = Lines(server.session("bob", "builder"))
        stranger.ask("SELECT INBOX")
        append(other, "INBOX", PLAIN)
        same(len(stranger.ask("NOOP")), 1, "what bob hears")


def two_sessions():
    """Message numbers hold until the session is told: RFC 9051 §7.5.1, RFC 2180 §4.1."""
    with Imapd() as server:
        one, two = Lines(server.session()), Lines(server.session())
        session = server.session()
        for mail in (PLAIN, PARTS, PLAIN):
            append(session, "INBOX", mail)
        one.ask("SELECT INBOX")
        two.ask("SELECT INBOX")
        one.ask("STORE 2 +FLAGS.SILENT (\\Deleted)")
        same(one.ask("EXPUNGE")[0], b"* 2 EXPUNGE")
        told = two.ask("FETCH 3 (UID)")
        expect(b"* 3 FETCH (UID 3)" in told, f"{told}")
        expect(not any(b"EXPUNGE" in line for line in told[:-1]), f"EXPUNGE during FETCH: {told}")
        told = two.ask("FETCH 1:3 (UID)", "")
        expect(b"EXPUNGEISSUED" in told[-1], f"{told}")
        told = two.ask("NOOP")
        expect(b"* 2 EXPUNGE" in told, f"{told}")
        expect(b"* 2 FETCH (UID 3)" in two.ask("FETCH 2 (UID)"), "numbers did not move up")
        # Both change the same message; each hears of the other.
        one.ask("STORE 1 +FLAGS.SILENT (\\Flagged)")
        two.ask("STORE 1 +FLAGS.SILENT ($Two)")
        told = one.ask("NOOP")
        expect(any(b"$Two" in line and b"FETCH" in line for line in told), f"{told}")
        # What is deleted under a session, and who asks too much.
        one.ask("CREATE Gone")
        two.ask("SELECT Gone")
        one.ask("DELETE Gone")
        two.ask("NOOP", "")
        two.ask("SELECT Gone", "NO")
        two.say(b"x NONSENSE\r\n" * 11)
        told = two.until(b"* BYE")
        same([line[:6] for line in told[:-1]], [b"x BAD "] * 11, "what is said to nonsense")


CHECKS = {
    "imaplib: before and behind the login": any_state,
    "imaplib: mailboxes": mailboxes,
    "imaplib: messages": messages,
    "COMPRESS by hand": compressed,
    "IDLE and a second session": idle,
    "two sessions": two_sessions,
}
