"""Others send, our server takes."""

import base64
import re
import smtplib
import socket
import ssl

from smtp_mails import Mail
from smtp_rig import CERT, FOLDER, Receiver, expect, port, run, silent, spoke

USER, PASSWORD = "tim", "tanstaaf tanstaaf"
LOGIN = ["--user", f"{USER}:{PASSWORD}"]
BASE64 = [base64.b64encode(text.encode()).decode() for text in (PASSWORD, f"\0{USER}\0{PASSWORD}")]
KINDS = ["plain", "dots", "blank", "long", "eight", "big"]
TO = ["bob@b.example", "bert@b.example"]


def context():
    """Trusts the certificate of the rig alone."""
    return ssl.create_default_context(cafile=CERT)


def taken(receiver, mail, mechanism=None, to=("<bob@b.example>",)):
    """The mail is there, unchanged, with its envelope, and no secret was in the conversation."""
    envelope = receiver.got(mail)
    expect(envelope["to"] == list(to), f"{mail.kind} is for {envelope['to']}")
    expect(envelope["from"] == "<alice@a.example>", f"{mail.kind} is from {envelope['from']}")
    expect(envelope["tls"], "it came in clear")
    if mechanism:
        expect((envelope["user"], envelope["mechanism"]) == (USER, mechanism.upper()), envelope)
        expect(envelope["protocol"] == "ESMTPSA", envelope)
    said = receiver.said()
    silent(said, PASSWORD, *BASE64)
    if mechanism:
        spoke(said, r"(?i)^C: AUTH ", r"^S: 235 ")


def swaks(receiver, *more):
    """One run, over TLS that is verified."""
    common = ["--ehlo", "laptop.a.example", "--from", "alice@a.example", "--tls-verify", "--tls-ca-path", CERT]
    return run("swaks", "--server", f"localhost:{receiver.port}", *common, *more)


def swaks_file(mail):
    """swaks completes the last line by itself."""
    return "@" + mail.file(FOLDER, mail.octets.removesuffix(b"\r\n"))


def by_swaks():
    """swaks: STARTTLS and TLS from the first octet, its mechanisms, pipelining, PROXY, XCLIENT, LMTP."""
    with Receiver(*LOGIN) as receiver:
        for mechanism, kind in (("PLAIN", "plain"), ("LOGIN", "dots"), ("CRAM-MD5", "long")):
            mail = Mail(kind)
            login = ["--auth", mechanism, "--auth-user", USER, "--auth-password", PASSWORD]
            code, out, told = swaks(
                receiver, "--tls", *login, "--to", TO[0], "--data", swaks_file(mail)
            )
            expect(code == 0, f"{mechanism}: {out}{told}")
            taken(receiver, mail, mechanism)
        login = ["--auth", "PLAIN", "--auth-user", USER, "--auth-password", "wrong"]
        code, out, _ = swaks(receiver, "--tls", *login, "--to", TO[0])
        expect(code == 28 and "535" in out, f"a wrong password: {code} {out}")
        code, out, _ = swaks(receiver, "--tls", "--to", TO[0])
        expect(code == 23 and "530" in out, f"no login: {code} {out}")
        expect(receiver.count() == 0, "a mail without a login")
    with Receiver("--tls", "implicit", "--refuse", "bert@b.example") as receiver:
        mail = Mail("dots")
        code, out, told = swaks(
            receiver, "--tls-on-connect", "--pipeline", "--to", ",".join(TO), "--data", swaks_file(mail)
        )
        expect(code == 0 and "550" in out, f"{code} {out}{told}")
        taken(receiver, mail)
    with Receiver("--trusting") as receiver:
        mail = Mail("dots")
        told = ["--xclient-addr", "192.0.2.7", "--xclient-name", "client.example", "--xclient-helo", "h.example"]
        code, out, err = swaks(receiver, "--tls", *told, "--to", TO[0], "--data", swaks_file(mail))
        expect(code == 0, f"XCLIENT: {code} {out}{err}")
        envelope = receiver.got(mail)
        expect(envelope["xclient"] == "ADDR=192.0.2.7 NAME=client.example HELO=h.example", envelope)
    with Receiver("--proxied") as receiver:
        ports = ["--proxy-source-port", "40000", "--proxy-dest-port", "25"]
        for version, family, source in (("1", "TCP6", "2001:db8::7"), ("2", "AF_INET", "192.0.2.7")):
            mail = Mail("plain")
            told = ["--proxy-version", version, "--proxy-family", family, "--proxy-source", source, *ports]
            told += ["--proxy-dest", "2001:db8::1" if version == "1" else "192.0.2.1"]
            code, out, err = swaks(receiver, "--tls", *told, "--to", TO[0], "--data", swaks_file(mail))
            expect(code == 0, f"PROXY: {code} {out}{err}")
            envelope = receiver.got(mail)
            expect(envelope["proxied"] in ("[2001:db8::7]:40000", "192.0.2.7:40000"), envelope)
        code, out, err = swaks(receiver, "--tls", "--to", TO[0], "--timeout", "2")
        expect(code != 0 and receiver.count() == 0, f"no PROXY header: {code} {out}{err}")
    with Receiver("--lmtp", "--full", "bert@b.example") as receiver:
        mail = Mail("blank")
        code, out, told = swaks(
            receiver, "--protocol", "LMTP", "--tls", "--to", ",".join(TO), "--data", swaks_file(mail)
        )
        expect("452" in out, f"LMTP: {code} {out}{told}")
        taken(receiver, mail)


def by_msmtp():
    """msmtp: STARTTLS and TLS from the first octet, its mechanisms, SCRAM among them."""
    mechanisms = ["plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256"]
    for tls, starttls in (("starttls", "on"), ("implicit", "off")):
        with Receiver("--tls", tls, *LOGIN) as receiver:
            common = ["--host=localhost", f"--port={receiver.port}", "--from=alice@a.example", "--file="]
            common += ["--tls=on", f"--tls-starttls={starttls}", f"--tls-trust-file={CERT}", f"--user={USER}"]
            for n, mechanism in enumerate(mechanisms):
                mail = Mail(KINDS[n % len(KINDS)])
                login = [f"--auth={mechanism}", f"--passwordeval=echo '{PASSWORD}'"]
                # It reads lines with LF, and writes CRLF.
                lines = mail.octets.replace(b"\r\n", b"\n")
                code, out, told = run("msmtp", *common, *login, *TO, stdin=lines)
                expect(code == 0, f"{mechanism}: {code} {out}{told}")
                taken(receiver, mail, mechanism, to=[f"<{path}>" for path in TO])
            code, out, told = run(
                "msmtp", *common, "--auth=scram-sha-256", "--passwordeval=echo wrong", TO[0], stdin=b"x: y\n\nz\n"
            )
            expect(code == 77 and "535" in told, f"a wrong password: {code} {out}{told}")
            expect(receiver.count() == 0, "a mail without a login")


def by_curl():
    """curl: STARTTLS and TLS from the first octet, its mechanisms, VRFY."""
    for tls, scheme in (("starttls", "smtp"), ("implicit", "smtps")):
        with Receiver("--tls", tls, *LOGIN) as receiver:
            url = f"{scheme}://localhost:{receiver.port}/laptop.a.example"
            common = ["curl", "--silent", "--show-error", "--ssl-reqd", "--cacert", CERT, "--url", url]
            for n, mechanism in enumerate(("PLAIN", "LOGIN", "CRAM-MD5")):
                mail = Mail(KINDS[(n + 3) % len(KINDS)])
                login = ["--user", f"{USER}:{PASSWORD}", "--login-options", f"AUTH={mechanism}"]
                sending = ["--mail-from", "alice@a.example", "--mail-rcpt", TO[0], "--upload-file"]
                code, out, told = run(*common, *login, *sending, mail.file(FOLDER))
                expect(code == 0, f"{mechanism}: {code} {out}{told}")
                taken(receiver, mail, mechanism)
            code, out, told = run(*common, "--user", f"{USER}:wrong", *sending, mail.file(FOLDER))
            expect(code == 67, f"a wrong password: {code} {out}{told}")
            expect(receiver.count() == 0, "a mail without a login")


def by_smtplib():
    """Python's smtplib: STARTTLS and TLS from the first octet, its mechanisms, several mails in a session."""
    with Receiver(*LOGIN, "--refuse", "bert@b.example") as receiver:
        with smtplib.SMTP("localhost", int(receiver.port), "laptop.a.example") as server:
            server.ehlo()
            expect(not server.has_extn("auth"), server.esmtp_features)
            answer = server.docmd("AUTH", "PLAIN " + BASE64[1])
            expect(answer[0] == 530, f"a login in clear: {answer}")
            server.starttls(context=context())
            server.ehlo()
            expect(server.has_extn("pipelining") and server.has_extn("smtputf8"), server.esmtp_features)
            server.user, server.password = USER, "wrong"
            try:
                server.auth("PLAIN", server.auth_plain)
                expect(False, "a wrong password was taken")
            except smtplib.SMTPAuthenticationError as error:
                expect(error.smtp_code == 535, error)
            server.login(USER, PASSWORD)
            for kind in KINDS:
                mail = Mail(kind)
                refused = server.sendmail("alice@a.example", TO, mail.octets, ["BODY=8BITMIME"])
                expect(refused[TO[1]][0] == 550, refused)
                taken(receiver, mail, "CRAM-MD5")
    with Receiver("--tls", "implicit", *LOGIN) as receiver:
        for mechanism in ("plain", "login", "cram_md5"):
            with smtplib.SMTP_SSL("localhost", int(receiver.port), context=context()) as server:
                server.ehlo()
                server.user, server.password = USER, PASSWORD
                name = mechanism.upper().replace("_", "-")
                server.auth(name, getattr(server, f"auth_{mechanism}"))
                mail = Mail("eight")
                server.sendmail("alice@a.example", TO[:1], mail.octets)
                taken(receiver, mail, name)


def in_lmtp():
    """LMTP by hand: an answer for each recipient behind the dot, in their order (RFC 2033 section 4.2)."""
    with Receiver("--lmtp", "--tls", "never", "--full", "bert@b.example", "--refuse", "nobody@b.example") as receiver:
        with socket.create_connection(("localhost", int(receiver.port))) as stream:
            lines = stream.makefile("rb")
            mail = Mail("dots")
            said = ["LHLO laptop.a.example", "MAIL FROM:<alice@a.example>"]
            paths = ["bob@b.example", "nobody@b.example", "bert@b.example", "carl@b.example"]
            said += [f"RCPT TO:<{path}>" for path in paths] + ["DATA"]
            stream.sendall("".join(line + "\r\n" for line in said).encode())
            codes = []
            while len(codes) < 1 + len(said):
                line = lines.readline()
                codes += [line[:3]] if line[3:4] == b" " else []
            expect(codes == b"220 250 250 250 550 250 250 354".split(), codes)
            dotted = b"".join(b"." * line.startswith(b".") + line for line in mail.octets.splitlines(True))
            stream.sendall(dotted + b".\r\nQUIT\r\n")
            codes = [lines.readline()[:3] for _ in range(4)]
            expect(codes == [b"250", b"452", b"250", b"221"], codes)
            envelope = receiver.got(mail)
            expect(envelope["to"] == ["<bob@b.example>", "<carl@b.example>"], envelope)
            expect(envelope["protocol"] == "LMTP", envelope)


def by_postfix():
    """Postfix as a relay: over STARTTLS and in clear, 8BITMIME, SMTPUTF8, DSN and XFORWARD passed on."""
    with Receiver("--listen", f"127.0.0.1:{port('RELAY')}", "--clear", "--trusting") as receiver:
        server = smtplib.SMTP_SSL("localhost", int(port("SUBMS")), context=context())
        server.login("alice", "wonderland")
        for domain in ("elsewhere.example", "clear.example"):
            for kind in KINDS:
                mail = Mail(kind)
                body = ["BODY=8BITMIME"] if kind == "eight" else []
                paths = [f"one@{domain}", f"two@{domain}"]
                options = body + ["RET=HDRS", "ENVID=42+2B1"]
                server.mail("alice@a.example", options)
                for path in paths:
                    answer = server.rcpt(path, ["NOTIFY=FAILURE,DELAY", f"ORCPT=rfc822;+23{path}"])
                    expect(answer[0] == 250, answer)
                expect(server.data(mail.octets)[0] == 250, "DATA was refused")
                envelope = receiver.got(mail, ["Received"])
                expect(sorted(envelope["to"]) == [f"<{path}>" for path in paths], envelope)
                expect(envelope["body"] == ("8BITMIME" if body else None), envelope)
                expect(envelope["protocol"] == ("ESMTPS" if domain[0] == "e" else "ESMTP"), envelope)
                expect(envelope["ret"] == "HDRS" and envelope["envid"] == "42+1", envelope)
                expect(envelope["notify"] == ["FAILURE,DELAY"] * 2, envelope)
                expect(re.search(r"\bIDENT=\w+ SOURCE=LOCAL ADDR=127\.0\.0\.1\b", envelope["xforward"]), envelope)
                expect(sorted(envelope["orcpt"]) == [f"rfc822;#{path}" for path in paths], envelope)
        mail = Mail("header")
        server.sendmail("jürgen@grå.example", ["æ@elsewhere.example"], mail.octets, ["SMTPUTF8", "BODY=8BITMIME"])
        envelope = receiver.got(mail, ["Received"])
        expect(envelope["from"] == "<jürgen@grå.example>" and envelope["to"] == ["<æ@elsewhere.example>"], envelope)
        expect(envelope["protocol"] == "UTF8SMTPS", envelope)
        server.quit()


CHECKS = {
    "Postfix relays to our server": by_postfix,
    "swaks sends to our server": by_swaks,
    "msmtp sends to our server": by_msmtp,
    "curl sends to our server": by_curl,
    "smtplib sends to our server": by_smtplib,
    "our server answers for each recipient in LMTP": in_lmtp,
}
