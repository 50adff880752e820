"""Others empty a maildrop of our server."""

import contextlib
import poplib
import re
import signal
import socket
import ssl
import subprocess

from pop3_rig import BY_US, MAILS, PASSWORD, USER, Maildrop, as_sent, fetch, folder, kept, same, url
from smtp_mails import Wrong, until
from smtp_rig import CERT, expect, run, spoke

N = len(MAILS)
TRUST = ssl.create_default_context(cafile=CERT)
# Lines of mails may be long, which poplib does not bear.
poplib._MAXLINE = 1 << 20


def session(drop, tls="stls"):
    """poplib, logged in."""
    if tls == "implicit":
        client = poplib.POP3_SSL("localhost", drop.port, context=TRUST)
    else:
        client = poplib.POP3("localhost", drop.port)
        client.stls(TRUST)
    client.user(USER)
    client.pass_(PASSWORD)
    return client


def retrieved(client, count):
    """As many mails, from the first on."""
    return [b"".join(line + b"\r\n" for line in client.retr(number + 1)[1]) for number in range(count)]


def by_poplib():
    """STAT, LIST, UIDL, TOP and RETR agree with each other; DELE at QUIT."""
    with Maildrop() as drop:
        client = session(drop)
        expect(client.stat() == (N, sum(map(len, BY_US))), f"STAT says {client.stat()}")
        sizes = [int(line.split()[1]) for line in client.list()[1]]
        expect(sizes == list(map(len, BY_US)), "LIST tells other sizes")
        uids = [line.split()[1] for line in client.uidl()[1]]
        expect(len(set(uids)) == N, "unique-ids are not unique")
        same(retrieved(client, N), BY_US, "RETR")
        header, _, body = BY_US[7].partition(b"\r\n\r\n")
        top = b"\r\n".join([header, b"", *body.split(b"\r\n")[:3], b""])
        expect(b"".join(line + b"\r\n" for line in client.top(8, 3)[1]) == top, "TOP gives something else")
        client.dele(1)
        client.dele(2)
        client.rset()
        for number in range(3, N + 1):
            client.dele(number)
        expect(drop.count() == N, "removed before QUIT")
        client.quit()
        until(lambda: drop.count() == 2, "the removal")
        same(kept(drop.place), MAILS[:2], "what is left")
        client = session(drop)
        expect([line.split()[1] for line in client.uidl()[1]] == uids[:2], "unique-ids changed")
        client.quit()
    with Maildrop("--tls", "implicit", mails=MAILS[:50]) as drop:
        client = session(drop, "implicit")
        same(retrieved(client, 50), BY_US[:50], "TLS from the first octet")
        client.quit()


def refuses():
    """No login in clear, none with a wrong password, none beside another session."""
    with Maildrop(mails=MAILS[:3]) as drop:
        client = poplib.POP3("localhost", drop.port)
        _refused(lambda: client.user(USER))
        client.stls(TRUST)
        client.user(USER)
        _refused(lambda: client.pass_("wrong"), b"[AUTH]")
        client.user(USER)
        client.pass_(PASSWORD)
        other = poplib.POP3("localhost", drop.port)
        other.stls(TRUST)
        other.user(USER)
        _refused(lambda: other.pass_(PASSWORD), b"[IN-USE]")
        client.quit()
        other.user(USER)
        other.pass_(PASSWORD)
        other.quit()


def _refused(call, code=b""):
    try:
        call()
    except poplib.error_proto as refusal:
        expect(code in refusal.args[0], f"refused with {refusal}")
    else:
        raise Wrong("it was not refused")


def by_curl():
    """All mails over one connection, by the mechanism of its choice."""
    with Maildrop() as drop:
        out = folder("curl")
        address = f"pop3://localhost:{drop.port}/[1-{N}]"
        login = ["--user", f"{USER}:{PASSWORD}", "--cacert", CERT]
        code, _, told = run("curl", "-sS", "--ssl-reqd", *login, address, "-o", f"{out}/#1.eml")
        expect(code == 0, told)
        same(kept(out), BY_US, "curl")
        for auth in ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "+APOP"):
            one = [*login, "--login-options", f"AUTH={auth}", f"pop3://localhost:{drop.port}/1", "-o", f"{out}/one"]
            code, _, told = run("curl", "-sSv", "--ssl-reqd", *one)
            if "APOP" in auth or ("SCRAM" in auth and code == 67):
                # The one is not offered, the other not in every curl.
                expect(code == 67, f"{auth}: {told}")
                continue
            expect(code == 0, f"{auth}: {told}")
            spoke(told, rf"^> AUTH {auth}")
            expect((out / "one").read_bytes() == BY_US[0], f"{auth}: another mail")
        expect(drop.count() == N, "mails were removed")


def by_fetchmail():
    """All mails over STLS, and none is left. It writes LF."""
    with Maildrop() as drop:
        out, home = folder("fetchmail"), folder("home")
        config = home / "fetchmailrc"
        config.write_text(
            "set invisible\n"
            f"poll localhost service {drop.port} protocol pop3 auth password timeout 60\n"
            f'  user "{USER}" password "{PASSWORD}" sslproto "TLS1.2+" sslcertck sslcertfile "{CERT}"\n'
            f"  fetchall no keep no rewrite mda \"cat >$(mktemp {out}/XXXXXXXX)\"\n"
        )
        config.chmod(0o700)
        env = {"FETCHMAILHOME": str(home), "HOME": str(home)}
        code, said, told = run("fetchmail", "--nodetach", "--nosyslog", "--verbose", "-f", str(config), env=env)
        expect(code == 0, (said + told)[-2000:])
        spoke(said, r"POP3> STLS$", r"POP3> UIDL|POP3> STAT", rf"POP3> RETR {N}$", r"POP3> QUIT$")
        expect(drop.count() == 0, f"{drop.count()} mails are left")
        came = [path.read_bytes() for path in out.iterdir()]
    # It leaves out the line that separates mails in a mailbox, with which some of these files begin.
    sent = [re.sub(rb"\AFrom [^\n]*\n", b"", octets.replace(b"\r\n", b"\n")) for octets in BY_US]
    # It puts octets of its own into a line that is longer than its buffer.
    long = [octets[:4096] for octets in sent if max(map(len, octets.split(b"\n"))) > 8192]
    came, sent = ([octets for octets in mails if octets[:4096] not in long] for mails in (came, sent))
    expect(len(sent) == N - 2, f"{N - len(sent)} mails with long lines")
    same(came, sent, "fetchmail")


def killed_in_mid_retr():
    """Clients that are cut off while a mail comes, and a server that is: nothing is removed, and all is there."""
    big = b"Subject: big\n\n" + b".a line\n" * 2_000_000
    with Maildrop(mails=[*MAILS[:100], big]) as drop:
        for _ in range(3):
            client = until(lambda: _try_session(drop), "the maildrop")
            for number in range(1, 51):
                client.dele(number)
            _begins_to_retrieve(client)
            client.file.close()
            client.sock.close()
        until(lambda: _try_session(drop), "the maildrop").quit()
        out = folder("curl")
        command = ["curl", "-sS", "--ssl-reqd", "--user", f"{USER}:{PASSWORD}", "--cacert", CERT, "--limit-rate", "1M"]
        curl = subprocess.Popen([*command, f"pop3://localhost:{drop.port}/101", "-o", f"{out}/part"])
        until(lambda: (out / "part").exists() and (out / "part").stat().st_size, "a part")
        curl.send_signal(signal.SIGKILL)
        curl.wait()
        expect(drop.count() == 101, f"{drop.count()} mails are left")
        client = until(lambda: _try_session(drop), "the maildrop")
        client.dele(1)
        _begins_to_retrieve(client)
        place = drop.place
    expect(len(kept(place)) == 101, "mails were removed")
    with Maildrop(place=place) as drop:
        same(fetched(drop), [*BY_US[:100], as_sent(big)], "what is there")


def _begins_to_retrieve(client):
    client._putcmd("RETR 101")
    client.file.read(100_000)


def _try_session(drop):
    with contextlib.suppress(poplib.error_proto):
        return session(drop)
    return None


def fetched(drop):
    """What our own client gets."""
    out = folder("fetched")
    fetch(url(drop.port), "--ca", CERT, "--out", out)
    return kept(out)


def killed_before_quit():
    """All is deleted, and QUIT is not said, or not heard: all is there."""
    with Maildrop(mails=MAILS[:200]) as drop:
        client = session(drop)
        for number in range(1, 201):
            client.dele(number)
        client.sock.shutdown(socket.SHUT_RDWR)
        client.close()
        expect(drop.count() == 200, "removed without QUIT")
        client = until(lambda: _try_session(drop), "the maildrop")
        for number in range(1, 201):
            client.dele(number)
        place = drop.place
    expect(len(kept(place)) == 200, "removed without QUIT")
    with Maildrop(place=place) as drop:
        same(fetched(drop), BY_US[:200], "what is there")
        out = folder("fetched")
        spoke(
            fetch(url(drop.port), "--ca", CERT, "--out", out, "--delete"),
            r"^fetched 200 new mails .*; 0 were known; deleted 200 on the server$",
        )
        expect(drop.count() == 0, f"{drop.count()} mails are left")


CHECKS = {
    "poplib at our server": by_poplib,
    "poplib refused by our server": refuses,
    "curl at our server": by_curl,
    "fetchmail at our server": by_fetchmail,
    "our server in mid-RETR": killed_in_mid_retr,
    "our server before QUIT": killed_before_quit,
}
