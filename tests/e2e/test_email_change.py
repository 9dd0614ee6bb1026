"""Changing one's e-mail address by a code that is mailed to the new one."""

import re

import pytest

from mail_server import Mailbox
from portal import Worker, wait_for
from screens import go, shows
from ways import EACH_ONCE, name

OLD = "demo@example.net"
ways = pytest.mark.parametrize("own_portal", EACH_ONCE, ids=name,
                               indirect=True)


@pytest.fixture
def mailing(own_portal):
    """A portal with a worker that sends mail, and what it sent."""
    with Mailbox(own_portal.base) as box:
        box.configure(own_portal)
        own_portal.start()
        with Worker(own_portal):
            yield own_portal, box


def mails_to(box, address):
    return [box.read(n) for n, mail in enumerate(list(box.mails))
            if mail.rcpt_tos == [address]]


def code_in(mail):
    line, = [l for l in mail.get_content().splitlines()
             if re.fullmatch(r"    \d{8}", l)]
    return line.strip()


def code_to(box, address, n=1):
    wait_for(lambda: len(mails_to(box, address)) == n, "the code's mail")
    return code_in(mails_to(box, address)[-1])


def wrong(code):
    return "%08d" % ((int(code) + 1) % 10 ** 8)


def emails(portal):
    """Of the demo customer: the login's and the customer's."""
    return portal.store.query(
        "SELECT l.email, c.email FROM login l JOIN customer c "
        "ON c.id = l.customer WHERE l.name = 'Demo Customer'")


def change(t, box, new):
    go(t, "Profile")
    t.mark("Change the e-mail").send("\r")
    t.wait("Your e-mail address")
    t.send(new + "\x0f").wait("We have mailed a code to")
    code = code_to(box, new)
    t.send(wrong(code) + "\x0f").wait("That is not the code.")
    t.send("\x15" + code + "\x0f").wait("Your e-mail address is changed.")


@ways
def test_from_the_screen(mailing):
    portal, box = mailing
    with portal.terminal() as t, portal.terminal(40, 15) as small:
        t.wait("Overview")
        change(t, box, "wide@example.org")
        shows(t, "E-mail wide@example.org", "Login wide@example.org")
        wait_for(lambda: mails_to(box, OLD), "the mail to the old address")
        assert "wide@example.org" in mails_to(box, OLD)[0].get_content()
        # the other session goes on
        change(small, box, "small@example.org")
    assert emails(portal) == [("small@example.org", "small@example.org")]
    wait_for(lambda: mails_to(box, "wide@example.org")[1:],
             "the mail to the address between")


@ways
def test_from_line_mode(mailing):
    portal, box = mailing
    other = "other-person@example.net"
    portal.customer("Other Person", other)
    argv = portal.ssh_argv("plain", key=portal.key, tty=True)
    with portal.terminal(argv=argv) as t:
        t.wait("0 Leave").send("5\re\r2\r")
        t.wait("New e-mail address").send(other + "\r")
        t.wait("The code (r:")
        wait_for(lambda: mails_to(box, other), "the mail to who has it")
        assert not re.search(r"\d{8}", mails_to(box, other)[0].get_content())
        t.send("12345678\r").wait("That is not the code.")
        t.send("\re\r2\r").wait("Another address")
        t.send("line@example.org\r")
        code_to(box, "line@example.org")
        t.wait("The code (r:").send("r\r")
        code = code_to(box, "line@example.org", 2)
        t.send(code + "\r").wait("Your e-mail address is changed.")
    assert emails(portal) == [("line@example.org", "line@example.org")]
