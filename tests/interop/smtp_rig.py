"""What the checks stand on: Dovecot's mailboxes, Postfix behind its ports, and our two programs."""

import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile

from smtp_mails import Wrong, same, trace_removed, until

RIG = pathlib.Path(os.environ["RIG"])
CERT = str(RIG / "tls/cert.pem")
KEY = str(RIG / "tls/key.pem")
EXAMPLES = pathlib.Path(os.environ["EXAMPLES"]).resolve()
FOLDER = tempfile.mkdtemp(prefix="mails.", dir=RIG)
PASSWORDS = {"alice": "wonderland", "bob": "builder", "üser": "pässwörd"}


def port(name):
    """A port of the rig."""
    return os.environ[name]


def run(*command, stdin=b"", env=None, seconds=60):
    """A program that ends by itself: exit code, standard output, standard error."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **(env or {})}
    done = subprocess.run(command, input=stdin, capture_output=True, env=environment, timeout=seconds, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def send(*arguments, code=0, **more):
    """Our client with --verbose. Returns what it told on the standard error, the conversation included."""
    got, out, told = run(str(EXAMPLES / "send"), "--verbose", *arguments, **more)
    if got != code:
        raise Wrong(f"send ended with {got}, not {code}: {out}{told}")
    return told


def _maildir(user):
    return RIG / "dovecot/mail" / user / "new"


def _find(user, identifier):
    if not _maildir(user).is_dir():
        return None
    for path in _maildir(user).iterdir():
        octets = path.read_bytes()
        if identifier.encode() in octets:
            path.unlink()
            return octets
    return None


def delivered(mail, user, trace):
    """Waits until Dovecot has the mail, and compares it. Dovecot keeps lines with LF alone."""
    octets = until(lambda: _find(user, mail.identifier), f"{mail.kind} for {user}")
    if b"\r" in octets:
        raise Wrong("Dovecot keeps CR")
    came = trace_removed(octets, trace).replace(b"\n", b"\r\n")
    same(mail.octets, came, f"{mail.kind} for {user}")


def found(user, text, what):
    """Waits for a mail with this text, which nobody sent as it is, and returns it."""
    return until(lambda: _find(user, text), what).decode()


def not_delivered(mail, user):
    """To be asked when whatever would have been delivered is."""
    if _find(user, mail.identifier):
        raise Wrong(f"{mail.kind} for {user} was delivered")


# What Dovecot's LMTP puts before a mail for one recipient, and before one for several.
BY_LMTP = ["Return-Path", "Delivered-To", "Received"]
BY_LMTP_SEVERAL = ["Return-Path", "Received"]
# And what Postfix puts behind that.
BY_POSTFIX = BY_LMTP + ["Received"]
BY_POSTFIX_SEVERAL = BY_LMTP_SEVERAL + ["Received"]


class Receiver:
    """Our server: the example `receive`."""

    def __init__(self, *arguments, own_certificate=False):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="received.", dir=RIG))
        command = [str(EXAMPLES / "receive"), "--dir", str(self.folder), "--verbose"]
        command += [*arguments] if own_certificate else ["--cert", CERT, "--key", KEY, *arguments]
        self.log = self.folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        self.port = str(json.loads(self.process.stdout.readline())["port"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.process.stdout.close()

    def said(self):
        """All conversations so far."""
        return self.log.read_text(errors="replace")

    def count(self):
        """Mails that lie there."""
        return len(list(self.folder.glob("*.eml")))

    def _find(self, identifier):
        for path in self.folder.glob("*.eml"):
            octets = path.read_bytes()
            if identifier.encode() in octets:
                envelope = json.loads(path.with_suffix(".json").read_text())
                path.unlink()
                return octets, envelope
        return None

    def got(self, mail, trace=()):
        """Waits for the mail, compares it, and returns its envelope."""
        octets, envelope = until(lambda: self._find(mail.identifier), f"{mail.kind} at our server")
        same(mail.octets, trace_removed(octets, trace), mail.kind)
        return envelope


def expect(condition, what):
    """Fails with what was seen."""
    if not condition:
        raise Wrong(what)


def spoke(conversation, *patterns):
    """Each must be in a line of the conversation, in this order."""
    at = 0
    for pattern in patterns:
        match = re.compile(pattern, re.M).search(conversation, at)
        expect(match, f"no {pattern!r} behind octet {at} of\n{conversation}")
        at = match.end()


def silent(conversation, *texts):
    """None of these may be in there."""
    for text in texts:
        expect(text not in conversation, f"{text!r} in\n{conversation}")
