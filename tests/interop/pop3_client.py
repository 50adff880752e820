"""Our client empties a maildrop of Dovecot."""

import mailbox
import os
import poplib
import random
import re
import time

from pop3_rig import (
    BY_DOVECOT,
    MAILS,
    PASSWORD,
    USER,
    Drop,
    Relay,
    fetch,
    folder,
    kept,
    killed,
    same,
    start_fetch,
    url,
)
from smtp_mails import until
from smtp_rig import CERT, expect, port, silent, spoke

CA = ["--ca", CERT]
N = len(MAILS)


def empties():
    """Over STLS, with pipelining and without; the ratio of the times."""
    took = {}
    for pipelining in ("on", "off", "on", "off"):
        Drop.fill()
        out = folder("fetched")
        began = time.monotonic()
        told = fetch(url(port("POP3")), *CA, "--out", out, "--delete", "--pipelining", pipelining)
        took.setdefault(pipelining, []).append(time.monotonic() - began)
        spoke(told, rf"^fetched {N} new mails .*; 0 were known; deleted {N} on the server$")
        same(kept(out), BY_DOVECOT, f"pipelining {pipelining}")
        expect(Drop.count() == 0, f"Dovecot still has {Drop.count()}")
    on, off = min(took["on"]), min(took["off"])
    print(f"pop3: {N} mails: pipelined {on:.2f} s, one by one {off:.2f} s, ratio {off / on:.2f}")


def keeps():
    """What is kept on the server is fetched once; what was fetched can be deleted later."""
    Drop.fill(MAILS[:40])
    out = folder("fetched")
    arguments = [url(port("POP3S"), "pop3s"), *CA, "--out", out]
    spoke(fetch(*arguments), r"^fetched 40 new mails .*; 0 were known$")
    spoke(fetch(*arguments), r"^fetched 0 new mails \(0 octets\); 40 were known$")
    expect(Drop.count() == 40, "mails were deleted")
    spoke(fetch(*arguments, "--delete"), r"^fetched 0 new mails .*; 40 were known; deleted 40 on the server$")
    expect(Drop.count() == 0, "mails were not deleted")
    same(kept(out), BY_DOVECOT[:40], "fetched once")
    # As many names as mails, though others lie there.
    Drop.fill(MAILS[40:50])
    spoke(fetch(*arguments), r"^fetched 10 new mails .*; 0 were known$")
    same(kept(out), BY_DOVECOT[:50], "fetched later")


def into_a_mailbox():
    """A file in the form mboxrd, as CPython reads it."""
    Drop.fill(MAILS[:300])
    place = folder("fetched") / "inbox"
    arguments = [url(port("POP3")), *CA, "--mbox", place]
    spoke(fetch(*arguments), r"^fetched 300 new mails")
    Drop.fill(MAILS[300:400])
    spoke(fetch(*arguments, "--delete"), r"^fetched 100 new mails .*; 0 were known; deleted 100 ")
    box = mailbox.mbox(place, create=False)
    mails = [re.sub(rb"(?m)^>(>*From )", rb"\1", box.get_bytes(key)) for key in box.keys()]
    same(mails, [octets.replace(b"\r\n", b"\n") for octets in BY_DOVECOT[:400]], "the mailbox")


def killed_in_mid_retr():
    """SIGKILL while mails come in, several times: nothing deleted, nothing lost, nothing twice."""
    Drop.fill()
    out = folder("fetched")
    arguments = [url(port("POP3")), *CA, "--out", out, "--delete"]
    chance = random.Random(8)
    torn = 0
    for round_ in range(5):
        before = len(kept(out))
        process = start_fetch(*arguments)
        more = before + chance.randrange(1, 150)
        until(lambda: len(list(out.glob("*.eml"))) >= more, "mails")
        time.sleep(chance.random() / 50)
        process.kill()
        killed(process)
        torn += len(list(out.rglob("*.tmp")))
        expect(Drop.count() == N, f"round {round_}: Dovecot has {Drop.count()}")
        expect(len(kept(out)) >= before, "mails vanished")
        expect(not set(kept(out)) - set(BY_DOVECOT), "a mail is not whole")
        settled()
    expect(torn, "nothing was coming in when it was killed")
    expect(0 < len(kept(out)) < N, f"{len(kept(out))} mails before the last round")
    told = fetch(*arguments)
    spoke(told, rf"; deleted {N} on the server$")
    same(kept(out), BY_DOVECOT, "after five kills")
    expect(Drop.count() == 0, f"Dovecot still has {Drop.count()}")


def killed_before_quit():
    """SIGKILL as it says QUIT: everything is here, and everything is there; the next session deletes."""
    Drop.fill()
    out = folder("fetched")
    # In clear, so that the relay understands.
    arguments = ["--starttls", "never", "--mechanism", "SCRAM-SHA-256", "--out", out, "--delete"]
    relay = Relay(port("POP3"))
    relay.fetch(url(relay.port), *arguments)
    settled()
    expect(Drop.count() == N, f"Dovecot has {Drop.count()}")
    same(kept(out), BY_DOVECOT, "before QUIT")
    # A relay has a port of its own, and so an account of its own.
    (note,) = (out / ".fetch").iterdir()
    note.rename(note.with_name(note.name.replace(str(relay.port), port("POP3"))))
    told = fetch(url(port("POP3")), *arguments)
    spoke(told, rf"^fetched 0 new mails \(0 octets\); {N} were known; deleted {N} on the server$")
    same(kept(out), BY_DOVECOT, "behind QUIT")
    expect(Drop.count() == 0, f"Dovecot still has {Drop.count()}")


def settled():
    """Until Dovecot has noticed that a session is over."""
    other = poplib.POP3("localhost", int(port("POP3")))
    other.user(USER)
    other.pass_(PASSWORD)
    other.quit()


def refuses():
    """A wrong password, a certificate of somebody else, a password in clear; no secret is told."""
    Drop.fill(MAILS[:3])
    out = folder("fetched")
    wrong = fetch(url(port("POP3"), password="wrong"), *CA, "--out", out, "--verbose", code=77)
    spoke(wrong, r"^fetch: the login failed: \[AUTH\] ")
    silent(wrong, "wrong")
    fetch(url(port("POP3")), "--out", out, code=76)
    fetch(url(port("POP3")), "--starttls", "never", "--mechanism", "PLAIN", "--out", out, code=77)
    told = fetch(
        url(port("POP3")), "--starttls", "never", "--mechanism", "PLAIN", "--clear-text-login", "--out", out, "-v"
    )
    silent(told, PASSWORD)
    same(kept(out), BY_DOVECOT[:3], "in clear")
    env = {**os.environ, "POP3_PASSWORD": PASSWORD}
    address = url(port("POP3")).replace(f":{PASSWORD}@", "@")
    spoke(fetch(address, *CA, "--out", out, env=env), r"^fetched 0 new mails .*; 3 were known$")


def in_use():
    """Another session has the maildrop: later, perhaps."""
    Drop.fill(MAILS[:3])
    other = poplib.POP3("localhost", int(port("POP3")))
    other.user(USER)
    other.pass_(PASSWORD)
    told = fetch(url(port("POP3")), *CA, "--out", folder("fetched"), code=75)
    spoke(told, r"^fetch: the login failed: \[IN-USE\] ")
    other.quit()


CHECKS = {
    "our client empties Dovecot": empties,
    "our client keeps and deletes": keeps,
    "our client into a mailbox": into_a_mailbox,
    "our client killed in mid-RETR": killed_in_mid_retr,
    "our client killed before QUIT": killed_before_quit,
    "our client refuses": refuses,
    "our client and another": in_use,
}
