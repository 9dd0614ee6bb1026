"""A mail server for tests."""

import asyncio
import email
import email.policy
import os
import ssl
import subprocess
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from portal import free_port

PASSWORD = "hunter2-smtp"


class Mailbox:
    """An SMTP server that wants STARTTLS and a login, and answers each mail as
    its recipient says.  hold.clear() makes it wait: "slow" people's mails with
    the answer to the text, others' before it."""

    def __init__(self, base, tls=True):
        self.mails = []
        self.held = False
        self.hold = threading.Event()
        self.hold.set()
        self.ca = os.path.join(base, "mail.crt")
        self.port = free_port()
        secure = {}
        if tls:
            secure = {"tls_context": self.context(base),
                      "require_starttls": True, "auth_required": True,
                      "authenticator": self.login}
        self.controller = Controller(
            self, hostname="127.0.0.1", port=self.port, **secure)
        self.controller.start()

    def context(self, base):
        key = os.path.join(base, "mail.key")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout",
             key, "-out", self.ca, "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost"], check=True,
            stderr=subprocess.DEVNULL)
        os.chmod(self.ca, 0o644)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.ca, key)
        return context

    @staticmethod
    def login(_server, _session, _envelope, _mechanism, data):
        return AuthResult(success=(data.login, data.password) ==
                          (b"isp", PASSWORD.encode()))

    async def handle_RCPT(self, _server, _session, envelope, address, _opts):
        if address.startswith("nobody"):
            return "550 5.1.1 no such person"
        if address.startswith("later"):
            return "451 4.3.0 try again later"
        if not address.startswith("slow"):
            await self.held_back()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def held_back(self):
        while not self.hold.is_set():
            self.held = True
            await asyncio.sleep(0.02)

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("slow"):
            await self.held_back()
        self.mails.append(envelope)
        if envelope.rcpt_tos[0].startswith("lost") and len(self.mails) == 1:
            server.transport.abort()
        return "250 OK"

    def read(self, n=0):
        return email.message_from_bytes(self.mails[n].content,
                                        policy=email.policy.default)

    def ids(self):
        return [self.read(n)["Message-ID"] for n in range(len(self.mails))]

    def configure(self, portal):
        portal.set("mail", "smtp_url", "smtp://localhost:%d" % self.port)
        portal.set("mail", "user", "isp")
        portal.set("mail", "password", PASSWORD)
        portal.set("mail", "ca_file", self.ca)
        portal.set("mail", "from", "Billing <billing@isp.example>")
        portal.set("http", "listen", "127.0.0.1:%d" % free_port())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.hold.set()
        self.controller.stop()
