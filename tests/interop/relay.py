#!/usr/bin/env python3
"""Runs the checks of our relay, one behind the other: each finds what the one before has left. Called by relay.sh,
with the rig in its environment."""

import concurrent.futures
import os
import re
import signal
import sys
import time
import traceback

import relay_rig
from relay_rig import Postfix, Relay, Senders, exactly, expect
from smtp_mails import Wrong, until

MANY = int(os.environ.get("MAILS", "1000"))


class World:
    """Two hosts for the mail, one for what comes back, and the relay between."""

    def __init__(self):
        self.mx1, self.mx2, self.home = (Postfix(name) for name in relay_rig.HOSTS)
        self.relay = Relay(relay_rig.zone())
        # At once: a start of Postfix takes seconds.
        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(Postfix.start, (self.mx1, self.mx2, self.home)))
        self.relay.start()

    def stop(self):
        """Whatever runs."""
        for one in (self.relay, self.mx1, self.mx2, self.home):
            try:
                one.stop()
            except Exception as error:  # the others are to be stopped all the same
                print(f"relay: {error}")


def reports(world, action):
    """What came back to Alice, as Python reads it: the report, its fields for machines, the mail that it is about."""
    for mail in world.home.mails("alice"):
        if mail.get_content_type() != "multipart/report":
            continue
        _, status, about = mail.iter_parts()
        machine, *recipients = status.get_payload()
        if all(recipient["Action"] == action for recipient in recipients):
            yield mail, machine, recipients, about


def original(about):
    """The Subject of the mail that came back, or of its header."""
    if about.get_content_type() == "message/rfc822":
        return about.get_content()["Subject"]
    expect(about.get_content_type() == "text/rfc822-headers", about.get_content_type())
    lines = about.get_content().splitlines()
    return next(line.removeprefix("Subject: ") for line in lines if line.startswith("Subject: "))


def preferred(world):
    """All go to the better host."""
    sent = Senders("first", MANY).start().join()
    until(lambda: world.mx1.count("bob") >= MANY, f"{MANY} mails at mx1", 60)
    world.relay.empty()
    exactly(sent, world.mx1.arrived("bob", "first"), "mx1")
    expect(world.mx2.count("bob") == 0, "mails at mx2")


def next_one(world):
    """The better host is down: all go to the other."""
    world.mx1.stop()
    sent = Senders("second", MANY // 3).start().join()
    until(lambda: world.mx2.count("bob") >= len(sent), "the mails at mx2", 60)
    world.relay.empty()
    exactly(sent, world.mx2.arrived("bob", "second"), "mx2")


def delayed(world):
    """Both are down: nothing is lost, the sender hears of each mail once, and all arrive later."""
    world.mx2.stop()
    count = MANY // 10
    sent = Senders("third", count).start().join()
    until(lambda: world.home.count("alice") >= count, "the warnings", 40)
    told = {}
    for mail, machine, recipients, about in reports(world, "delayed"):
        expect(mail["From"].addresses[0].addr_spec == "MAILER-DAEMON@relay.test.example", mail["From"])
        expect(mail["Return-Path"] == "<>", mail["Return-Path"])
        expect(machine["Reporting-MTA"] == "dns; relay.test.example", machine["Reporting-MTA"])
        [recipient] = recipients
        expect(recipient["Status"].startswith("4.4."), recipient["Status"])
        expect(recipient["Final-Recipient"] == "rfc822; bob@b.example", recipient["Final-Recipient"])
        expect(recipient["Will-Retry-Until"], "no Will-Retry-Until")
        told[original(about)] = told.get(original(about), 0) + 1
    exactly(sent, told, "warnings")
    expect(world.relay.waiting() >= count, "mails that are not there yet are not in the spool")
    world.mx2.start()
    until(lambda: len(world.mx2.arrived("bob", "third")) >= count, "the delayed mails at mx2", 40)
    world.relay.empty()
    exactly(sent, world.mx2.arrived("bob", "third"), "mx2")


def returned(world):
    """Who is not there is told, with the words of the host; who is there has the mail."""
    [subject] = Senders("nobody", 1, to="nobody@b.example").start().join()
    found = until(lambda: list(reports(world, "failed")), "the bounce")
    [(_, _, [recipient], about)] = found
    expect(recipient["Final-Recipient"] == "rfc822; nobody@b.example", recipient["Final-Recipient"])
    expect(recipient["Status"] == "5.1.1", recipient["Status"])
    expect(recipient["Remote-MTA"] == "dns; mx2.b.example", recipient["Remote-MTA"])
    expect("User unknown" in recipient["Diagnostic-Code"], recipient["Diagnostic-Code"])
    expect(about.get_content_type() == "message/rfc822", about.get_content_type())
    expect(original(about) == subject, original(about))
    world.relay.empty()


def dane(world):
    """Where TLSA records are, the certificate has to be the one."""
    [subject] = Senders("dane", 1, to="carol@dane.example").start().join()
    until(lambda: world.home.arrived("carol", subject), "the mail at the host with the record")
    expect("mx.dane.example at 127.0.0.4" in world.relay.said(), "no such host was tried")
    proof = [line for line in world.relay.said().splitlines() if "mx.dane.example at" in line]
    expect(all("TLS1.3, demanded is tls with a proof" in line for line in proof), proof)
    [wrong] = Senders("wrong", 1, to="carol@wrong.example").start().join()
    until(lambda: "mx.wrong.example at" in world.relay.said(), "an attempt at the wrong host")
    time.sleep(1)
    expect(not world.home.arrived("carol", wrong), "the mail went to a host that is not the one")
    words = "mx.wrong.example at 127.0.0.4:.*: the certificate is not trusted"
    expect(re.search(words, world.relay.said()), "no word about the certificate")


def killed(world):
    """Killed again and again as mails come in: what had its 250 arrives."""
    world.mx1.start()
    senders = Senders("killed", MANY // 3).start()
    kills = 0
    for share in (0.2, 0.4, 0.6, 0.8):
        until(lambda: len(senders.taken) >= share * MANY // 3, "mails that are taken", 40)
        expect(world.relay.stop(signal.SIGKILL) == -signal.SIGKILL, "it was not killed")
        kills += 1
        world.relay.start()
    sent = senders.join()
    expect(senders.broken > 0, "nobody was in the middle of a mail")

    def everywhere():
        return world.mx1.arrived("bob", "killed") + world.mx2.arrived("bob", "killed")

    until(lambda: set(everywhere()) >= sent, "all that was taken", 60)
    until(lambda: world.relay.waiting() <= 1, "the spool", 30)
    came = everywhere()
    # RFC 1047: between the answer of the host and the record. And a mail whose 250 was cut off comes twice.
    doubled = sum(count - 1 for count in came.values())
    expect(doubled <= kills * (20 + len(senders.threads)), f"{doubled} mails came twice")


def ends(world):
    """SIGTERM ends it in order, and what waits stays."""
    waiting = world.relay.waiting()
    began = time.monotonic()
    expect(world.relay.stop() == 0, "another exit code than 0")
    expect(time.monotonic() - began < 5, "it took long to end")
    # The one for the wrong host.
    expect(world.relay.waiting() == waiting == 1, f"{waiting} mails before, {world.relay.waiting()} behind")


CHECKS = {
    f"{MANY} mails to the better of two hosts": preferred,
    "to the next one when that is down": next_one,
    "late when both are down": delayed,
    "back when the host refuses": returned,
    "by DANE": dane,
    "kill -9": killed,
    "SIGTERM": ends,
}


def main():
    """Exit code 1 when a check fails."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    outcome = 0
    world = World()
    try:
        for name, check in CHECKS.items():
            began = time.monotonic()
            try:
                check(world)
                print(f"relay: {name}: ok ({time.monotonic() - began:.1f} s)", flush=True)
            except Wrong as wrong:
                print(f"relay: {name}: {wrong}", flush=True)
                outcome = 1
            except Exception:  # a program that hangs, a report that cannot be read: the check failed
                print(f"relay: {name}: {traceback.format_exc()}", flush=True)
                outcome = 1
    finally:
        world.stop()
    return outcome


if __name__ == "__main__":
    sys.exit(main())
