"""imaplib of CPython, for a second opinion: prints the data of one command on the inbox.

    imap_other.py PORT USER PASSWORD COMMAND [ARGUMENT...]
"""

import imaplib
import ssl
import sys


def main(port, user, password, command, *arguments):
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    session = imaplib.IMAP4("localhost", int(port))
    session.starttls(trusting)
    session.login(user, password)
    session.select("INBOX", readonly=True)
    kind, answer = session.uid(command, *arguments)
    assert kind == "OK", answer
    for line in answer:
        print((line or b"").decode())
    session.logout()


main(*sys.argv[1:])
