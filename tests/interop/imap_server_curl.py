"""curl at our server."""

import pathlib
import re
import subprocess

from imap_server_rig import Imapd, PASSWORD, USER, expect, same
from imap_server_talk import PARTS, PLAIN


def asks(server):
    """A function that runs curl with a path of the server, which must end well, and gives what it printed."""
    scheme = "imaps" if server.implicit else "imap"
    always = ["curl", "--silent", "--show-error", "--max-time", "30", "--cacert", server.cert, "--ssl-reqd"]

    def ask(path, *arguments, code=0, user=f"{USER}:{PASSWORD}"):
        url = f"{scheme}://localhost:{server.port}/{path}"
        command = [*always, "--user", user, *arguments, url]
        done = subprocess.run(command, capture_output=True, timeout=40, check=False)
        expect(done.returncode == code, f"{path} {arguments}: {done.returncode} {done.stderr!r}")
        return done.stdout

    return ask


def by_curl(*arguments):
    """Lists, stores, fetches, searches, and whatever else it is told to say."""
    with Imapd(*arguments) as server:
        curl = asks(server)
        same(curl(""), b'* LIST (\\HasNoChildren) "/" INBOX\r\n', "LIST")
        curl("", "--request", "CREATE Work")
        for mail in (PLAIN, PARTS):
            # From standard input curl does not know how long it is.
            letter = pathlib.Path(server.place.name, "letter.eml")
            letter.write_bytes(mail)
            curl("Work", "--upload-file", str(letter))
        same(sorted(re.findall(rb'"/" (\S+)\r\n', curl(""))), [b"INBOX", b"Work"], "LIST")
        same(curl("Work;UID=1"), PLAIN, "a mail")
        same(curl("Work;MAILINDEX=2"), PARTS, "a mail by its number")
        same(curl("Work;UID=2;SECTION=1"), b"SGVsbG8gd29ybGQ=", "a section")
        same(curl("Work;UID=1;SECTION=HEADER.FIELDS%20(SUBJECT)"), b"Subject: meeting\r\n\r\n", "a field")
        same(curl("Work;UID=1;SECTION=TEXT;PARTIAL=0.5"), b"Hello", "a part")
        same(curl("Work?SUBJECT%20meeting"), b"* SEARCH 1\r\n", "a search by the URL")
        same(curl("Work", "--request", "UID SEARCH TEXT world BODY hello"), b"* SEARCH 2\r\n", "SEARCH")
        told = curl("Work", "--request", "STORE 1 +FLAGS (\\Deleted)")
        expect(b"\\Deleted" in told, f"STORE: {told!r}")
        same(curl("Work", "--request", "EXPUNGE"), b"* 1 EXPUNGE\r\n", "EXPUNGE")
        same(curl("", "--request", "STATUS Work (MESSAGES)"), b"* STATUS Work (MESSAGES 1)\r\n", "STATUS")
        for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "SCRAM-SHA-1"):
            if mechanism.startswith("SCRAM") and not has_gsasl():
                continue
            curl("", "--login-options", f"AUTH={mechanism}")
        # 67: the login is refused, or SELECT; 78: there is no such mail.
        curl("", code=67, user=f"{USER}:guess")
        curl("Work;UID=77", code=78)
        curl("Nowhere;UID=1", code=67)


def has_gsasl():
    """Without it curl has no SCRAM."""
    told = subprocess.run(["curl", "--version"], capture_output=True, check=True).stdout
    return b"gsasl" in told


CHECKS = {
    "curl over STARTTLS": by_curl,
    "curl over TLS": lambda: by_curl("--implicit-tls"),
}
