"""What the checks of relay.py stand on: Postfix instances with Maildirs, a zone file, and our relay."""

import collections
import contextlib
import email
import email.policy
import hashlib
import json
import os
import pathlib
import re
import signal
import smtplib
import socket
import subprocess
import tempfile
import threading
import time

from smtp_mails import Wrong, until

RIG = pathlib.Path(os.environ["RIG"])
EXAMPLES = pathlib.Path(os.environ["EXAMPLES"]).resolve()
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="relay.", dir=RIG))
FOLDER.chmod(0o755)
HOSTS = {"mx1": "127.0.0.2", "mx2": "127.0.0.3", "home": "127.0.0.4"}

MAIN = """
compatibility_level = 3.6
queue_directory = {0}/spool
data_directory = {0}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {0}/maillog
maillog_file_prefixes = {0}
myhostname = {1}.test.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 192.0.2.1/32
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:no local delivery
default_transport = error:5.7.1 no external delivery in the test rig
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_peername_lookup = no
in_flow_delay = 0s
virtual_mailbox_domains = b.example, a.example, dane.example, wrong.example
virtual_mailbox_maps = regexp:{0}/conf/mailboxes
virtual_mailbox_base = {0}/mail
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 100
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions =
smtpd_tls_cert_file = {2}/tls/cert.pem
smtpd_tls_key_file = {2}/tls/key.pem
smtpd_tls_security_level = may
"""

MASTER = """
{0}:{1} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


def _free_port():
    """Free at the addresses of all hosts."""
    for _ in range(100):
        with contextlib.ExitStack() as stack:
            first = stack.enter_context(socket.create_server((HOSTS["mx1"], 0)))
            port = first.getsockname()[1]
            try:
                for address in list(HOSTS.values())[1:] + ["127.0.0.1"]:
                    stack.enter_context(socket.create_server((address, port)))
                return port
            except OSError:
                continue
    raise Wrong("no port is free")


PORT = _free_port()


class Postfix:
    """One instance. Everybody has a mailbox there but `nobody`."""

    def __init__(self, name):
        self.dir = FOLDER / name
        self.address = HOSTS[name]
        for folder in ["conf", "spool", "data", "mail"]:
            (self.dir / folder).mkdir(parents=True)
        os.chown(self.dir / "mail", 65534, 65534)
        conf = self.dir / "conf"
        (conf / "main.cf").write_text(MAIN.format(self.dir, name, RIG))
        (conf / "master.cf").write_text(MASTER.format(self.address, PORT))
        (conf / "mailboxes").write_text("".join(f"/^{user}@/ {user}/\n" for user in ("alice", "bob", "carol")))
        subprocess.run(["chown", "postfix", self.dir / "data"], check=True)
        self.is_up = False

    def _postfix(self, command):
        done = subprocess.run(["postfix", "-c", self.dir / "conf", command], capture_output=True, check=False)
        if done.returncode:
            raise Wrong(f"postfix {command}: {done.stderr.decode()}")

    def start(self):
        """Returns when it listens."""
        self._postfix("start")
        self.is_up = True
        until(self._listens, f"Postfix at {self.address}")

    def _listens(self):
        try:
            with socket.create_connection((self.address, PORT), timeout=1):
                return True
        except OSError:
            return False

    def stop(self):
        """Nothing is said if it is down."""
        if self.is_up:
            self._postfix("stop")
            self.is_up = False

    def _files(self, user):
        new = self.dir / "mail" / user / "new"
        return list(new.iterdir()) if new.is_dir() else []

    def count(self, user):
        """Mails in the mailbox."""
        return len(self._files(user))

    def mails(self, user):
        """All of them, read by Python."""
        for path in self._files(user):
            yield email.message_from_bytes(path.read_bytes(), policy=email.policy.default)

    def arrived(self, user, prefix):
        """How often each mail whose Subject begins so is there."""
        found = collections.Counter()
        for path in self._files(user):
            subject = re.search(rb"(?m)^Subject: ([^\r\n]*)", path.read_bytes())
            if subject and subject[1].startswith(prefix.encode()):
                found[subject[1].decode()] += 1
        return found


def tlsa():
    """The certificate's key, as a TLSA record has it."""
    key = subprocess.run(
        ["openssl", "x509", "-in", RIG / "tls/cert.pem", "-noout", "-pubkey"], capture_output=True, check=True
    ).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key, capture_output=True, check=True)
    return hashlib.sha256(der.stdout).hexdigest()


def zone():
    """Where mail goes. The answers of this zone count as proved."""
    path = FOLDER / "zone"
    lines = ["$ORIGIN example.", "$TTL 60"]
    lines += ["b IN MX 10 mx1.b", "b IN MX 20 mx2.b", "a IN MX 10 home.a"]
    lines += [f"mx1.b IN A {HOSTS['mx1']}", f"mx2.b IN A {HOSTS['mx2']}", f"home.a IN A {HOSTS['home']}"]
    for name, digest in [("dane", tlsa()), ("wrong", "00" * 32)]:
        lines += [f"{name} IN MX 10 mx.{name}", f"mx.{name} IN A {HOSTS['home']}"]
        lines += [f"_{PORT}._tcp.mx.{name} IN TLSA 3 1 1 {digest}"]
    path.write_text("\n".join(lines) + "\n")
    return path


class Relay:
    """Our relay: the example `relay`, with intervals of seconds in place of hours."""

    TIMES = ["--retry", "1s,2s", "--give-up", "120s", "--warn", "5s"]

    def __init__(self, zone_file):
        self.spool = FOLDER / "spool"
        self.log = FOLDER / "relay.log"
        self.command = [str(EXAMPLES / "relay"), "--dir", str(self.spool), "--name", "relay.test.example"]
        self.command += ["--zone", str(zone_file), "--secure", "--port", str(PORT), "--private", "--log", *self.TIMES]
        self.command += ["--listen", f"127.0.0.1:{PORT}"]
        self.process = None

    def start(self):
        """Returns when it listens."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=log)
        if not json.loads(self.process.stdout.readline() or "{}").get("port"):
            raise Wrong(f"the relay does not start: {self.said()[-500:]}")

    def stop(self, signum=signal.SIGTERM):
        """The exit code."""
        if not self.process:
            return 0
        self.process.send_signal(signum)
        code = self.process.wait(30)
        self.process.stdout.close()
        self.process = None
        return code

    def said(self):
        """What it told."""
        return self.log.read_text(errors="replace")

    def waiting(self):
        """Mails that lie in the spool."""
        return len(list(self.spool.glob("*.json")))

    def empty(self, seconds=30):
        """Waits until no mail lies there, nor a part of one."""
        kept = ("lock", "cert.pem", "policies")
        until(lambda: all(path.name in kept for path in self.spool.iterdir()), "an empty spool", seconds)


def letter(subject, to):
    """A small mail."""
    return (
        f"From: Alice <alice@a.example>\r\nTo: {to}\r\nSubject: {subject}\r\n"
        f"Message-ID: <{subject.replace(' ', '.')}@a.example>\r\nDate: Sun, 29 Nov 2026 11:00:00 +0000\r\n"
        "\r\nDear Bob,\r\n.\r\nyours, Alice\r\n"
    )


class Senders:
    """Several connections to our relay, over which mails go as fast as they are taken."""

    def __init__(self, prefix, count, to="bob@b.example", connections=4):
        self.taken = set()
        self.left = [f"{prefix} {n}" for n in range(count)]
        self.to = to
        self.lock = threading.Lock()
        self.broken = 0
        self.threads = [threading.Thread(target=self._send, daemon=True) for _ in range(connections)]

    def start(self):
        """In the background."""
        for thread in self.threads:
            thread.start()
        return self

    def join(self, seconds=60):
        """The subjects of all that had their 250."""
        end = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0, end - time.monotonic()))
            if thread.is_alive():
                raise Wrong(f"{len(self.left)} mails were not taken in {seconds} s")
        return self.taken

    def _send(self):
        client, subject = None, None
        while True:
            if subject is None:
                with self.lock:
                    if not self.left:
                        break
                    subject = self.left.pop()
            try:
                client = client or smtplib.SMTP("127.0.0.1", PORT, "client.test.example", timeout=30)
                client.sendmail("alice@a.example", [self.to], letter(subject, self.to))
            except (OSError, smtplib.SMTPException):
                # The relay was killed: this mail has no 250, and goes again under its name.
                self.broken += 1
                client = None
                time.sleep(0.05)
                continue
            with self.lock:
                self.taken.add(subject)
            subject = None
        if client:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                client.quit()


def expect(condition, what):
    """Fails with what was seen."""
    if not condition:
        raise Wrong(what)


def exactly(sent, came, where):
    """Each mail once, and no other."""
    lost = sorted(set(sent) - set(came))
    strange = sorted(set(came) - set(sent))
    doubled = {subject: count for subject, count in came.items() if count > 1}
    if lost or strange or doubled:
        raise Wrong(f"{where}: {len(lost)} lost {lost[:5]}, {len(strange)} strange, doubled {doubled}")
