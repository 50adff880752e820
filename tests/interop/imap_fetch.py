"""Our `fetch` and `watch` over IMAP, from Dovecot: every mail octet for octet, each once, however it ends."""

import random
import re
import signal
import subprocess
import sys
import time
import traceback

from pop3_rig import EXAMPLES, MAILS, PASSWORD, RIG, USER, Drop, fetch, folder, kept, killed, same, start_fetch, url
from smtp_mails import Wrong, until
from smtp_rig import CERT, expect, port, silent, spoke

CA = ["--ca", CERT]
N = len(MAILS)
# Dovecot tells each line end as CRLF, and adds none at the end.
SENT = [re.sub(rb"(?<!\r)\n", b"\r\n", octets) for octets in MAILS]


def address(scheme="imap", mailbox="INBOX", password=PASSWORD):
    where = port("IMAPS" if scheme == "imaps" else "IMAP")
    return url(where, scheme, password=password) + f"/{mailbox}"


def incremental():
    """Over STARTTLS and TLS: all, then nothing, then what is new."""
    for scheme in ("imap", "imaps"):
        Drop.fill(MAILS[:-20])
        out = folder("fetched")
        arguments = [address(scheme), *CA, "--out", out]
        spoke(fetch(*arguments), rf"^fetched {N - 20} new mails .*; 0 were known$")
        same(kept(out), SENT[:-20], scheme)
        spoke(fetch(*arguments), rf"^fetched 0 new mails \(0 octets\); {N - 20} were known$")
        more = Drop.place / "cur"
        for number, octets in enumerate(MAILS[-20:]):
            (more / f"9999999999.M{number:03}.more:2,").write_bytes(octets)
        told = fetch(*arguments, "--verbose")
        spoke(told, rf"^fetched 20 new mails .*; {N - 20} were known$")
        silent(told, PASSWORD)
        same(kept(out), SENT, f"{scheme}, later")


def killed_in_the_middle():
    """SIGKILL while mails come in, several times: nothing lost, nothing twice, nothing torn."""
    Drop.fill()
    out = folder("fetched")
    arguments = [address(), *CA, "--out", out]
    chance = random.Random(10)
    for round_ in range(5):
        before = len(kept(out))
        process = start_fetch(*arguments)
        more = before + chance.randrange(1, 150)
        until(lambda: len(list(out.glob("*.eml"))) >= more, "mails")
        time.sleep(chance.random() / 50)
        process.kill()
        killed(process)
        expect(not set(kept(out)) - set(SENT), f"round {round_}: a mail is not whole")
    expect(0 < len(kept(out)) < N, f"{len(kept(out))} mails before the last round")
    fetch(*arguments)
    same(kept(out), SENT, "after five kills")
    expect(Drop.count() == N, "mails went")


def refuses():
    """A wrong password, a mailbox that is not there, a certificate of somebody else."""
    Drop.fill(MAILS[:3])
    out = folder("fetched")
    wrong = fetch(address(password="wrong"), *CA, "--out", out, "--verbose", code=77)
    silent(wrong, "wrong")
    fetch(address(mailbox="nowhere"), *CA, "--out", out, code=69)
    fetch(address(), "--out", out, code=76)
    expect(not kept(out), "mails came")


def watches():
    """A mail that comes, flags that change, a mail that goes, and a server that ends the session."""
    Drop.fill(MAILS[:3])
    dovecot = ["doveadm", "-c", str(RIG / "dovecot/dovecot.conf")]

    def doveadm(*words):
        return subprocess.run([*dovecot, *words], check=True, capture_output=True, text=True).stdout

    # A line for each: the GUID of the mailbox, and the UID.
    uids = [line.split()[1] for line in doveadm("search", "-u", USER, "mailbox", "INBOX").splitlines()]
    uids.append(str(int(uids[-1]) + 1))

    def hears(pattern):
        line = watch.stdout.readline()
        expect(re.search(pattern, line), f"{line!r} is not {pattern!r}")

    command = [str(EXAMPLES / "watch"), address(), *map(str, CA), "--first-wait", "1"]
    watch = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    signal.alarm(90)
    try:
        # It says nothing of what was there; it idles once Dovecot has a session of it.
        until(lambda: USER in doveadm("who"), "a session")
        time.sleep(2)
        (Drop.place / "new/9999999999.M1.more").write_bytes(b"From: A <a@b>\nSubject: hello\n\n")
        hears(rf"^new {uids[3]} .*hello")
        doveadm("flags", "add", "-u", USER, "\\Flagged", "mailbox", "INBOX", "uid", uids[1])
        hears(rf"^flags {uids[1]}: .*\\Flagged")
        doveadm("expunge", "-u", USER, "mailbox", "INBOX", "uid", uids[0])
        hears(rf"^gone {uids[0]}$")
        doveadm("kick", USER)
        doveadm("expunge", "-u", USER, "mailbox", "INBOX", "uid", uids[2])
        hears(rf"^gone {uids[2]}$")
    finally:
        signal.alarm(0)
        watch.terminate()
        watch.wait()


CHECKS = {
    "our fetch, incremental": incremental,
    "our fetch, killed": killed_in_the_middle,
    "our fetch refuses": refuses,
    "our watch": watches,
}


def main(words):
    outcome = 0
    for name, check in CHECKS.items():
        if words and not any(word in name for word in words):
            continue
        began = time.monotonic()
        try:
            check()
            print(f"imap: {name}: ok ({time.monotonic() - began:.1f} s)", flush=True)
        except Wrong as wrong:
            print(f"imap: {name}: {wrong}", flush=True)
            outcome = 1
        except Exception:  # a program that hangs, a session that breaks off: the check failed
            print(f"imap: {name}: {traceback.format_exc()}", flush=True)
            outcome = 1
    return outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
