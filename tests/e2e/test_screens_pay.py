"""PM: what the customer sees of paying by card.  There is no gateway here and
no worker: what they would write into the store is written by the test."""

import json
import time

import pytest

from pictures import DARK, LIGHT, picture, scan
from portal import wait_for
from screens import sizes, squash

BASE = "https://pay.ridgenet.example"
PAGE = "https://checkout.stripe.example/c/pay/cs_test_a1B2c3D4#fid"
TERMS = ["xterm-256color", "linux", "screen", "vt100"]


class Pay:
    def __init__(self, portal):
        self.portal = portal
        self.sql = portal.store.query

    def gateway(self, on):
        self.sql("DELETE FROM gateway")
        self.sql("INSERT INTO gateway (tenant, name, is_on, link_base) "
                 "SELECT id, 'stripe', %d, '%s' FROM tenant" % (on, BASE))

    def latest(self):
        return self.sql("SELECT max(id) FROM checkout")[0][0]

    def wanted(self):
        return self.sql("SELECT id FROM checkout WHERE state = 'wanted'")

    def opens(self):
        """As the worker does once the gateway has made its page."""
        wait_for(self.wanted, "a checkout that is wanted")
        self.sql("UPDATE checkout SET state = 'open', session = 'cs_test', "
                 "url = '%s', expires_at = %d WHERE id = %d" % (
                     PAGE, time.time() + 3600, self.latest()))

    def link(self):
        token = self.sql("SELECT token FROM checkout WHERE id = %d"
                         % self.latest())[0][0]
        return BASE + "/P/" + token

    def ring(self, number):
        """Something of this customer's changed: its screens look again."""
        self.portal.ctl("customer", "unblock", number)


@pytest.fixture(scope="module")
def pay(portal):
    p = Pay(portal)
    p.gateway(1)
    return p


@pytest.fixture
def owing(pay, request):
    """A customer of one's own, who owes 54.40 EUR."""
    name = "".join(c for c in request.node.name if c.isalnum())[-40:].lower()
    number, key = pay.portal.customer("Paula Payer", name + "@example.net")
    pay.portal.ctl("invoice", "add", number, "--line", "Line;1;45.33;20")
    invoice = pay.portal.rows("invoices", key=key)[0]["number"]
    return number, key, invoice


def shown(pay, t):
    """p, until the link is there."""
    t.send("3").wait("INV-").send("p").wait("Making the link")
    pay.opens()
    return t.send("\x1b").wait(gone="Making the link").send("p").wait(
        "Waiting for payment")


def scans(t, wanted, inverted=False):
    """On dark and on light terminals; inverted: on those that show colours
    reversed."""
    for own in (DARK, LIGHT):
        t.wait_until(lambda: scan(picture(t.screen, own, inverted)) == wanted,
                     "a QR of " + wanted[0])


@pytest.mark.parametrize("term", TERMS)
def test_pm1_the_qr_scans_on_every_terminal(pay, owing, term):
    with pay.portal.terminal(term=term, key=owing[1]) as t:
        shown(pay, t).wait("Scan with a phone")
        wanted = [pay.link().upper()]
        scans(t, wanted)
        t.send("i")
        scans(t, wanted, inverted=True)
        t.send("iz").wait("\u2588", gone="Paula")  # alone, and back
        scans(t, wanted)
        t.send(" ").wait("Paula").resize(132, 43).wait("full link")
        # coloured blanks, where there is room for them
        t.send("b").wait_until(
            lambda: not set("\u2580\u2584\u2588") & set(t.text()), "blanks")
        scans(t, wanted)
        t.send("i")
        scans(t, wanted, inverted=True)


@sizes
def test_pm1_amount_invoice_link_and_until_when(pay, owing, size):
    with pay.portal.terminal(*size, key=owing[1]) as t:
        text = squash(shown(pay, t).text())
        assert "Pay54.40EURfor" + owing[2] in text
        # parted before the token, where the QR stands beside it
        assert BASE + "/P/" in text and pay.link().rsplit("/")[-1] in text
        t.wait("The link ends at", "This screen changes by itself")
        t.send("l").wait("The page of this payment")
        assert squash(PAGE) in squash(t.text())


def test_pm1_the_link_is_one_for_the_terminal_too(pay, owing):
    with pay.portal.terminal(key=owing[1]) as t:
        shown(pay, t).wait("Scan")
        link = pay.link().encode()
        assert b"\x1b]8;id=pay;" + link + b"\x1b\\https://" in t.raw
        assert t.raw.count(b"\x1b]8;;\x1b\\") == t.raw.count(b"\x1b]8;id")
    with pay.portal.terminal(term="vt100", key=owing[1]) as t:
        t.send("3").wait("INV-").send("p").wait("Scan")
        assert b"\x1b]8" not in t.raw


def test_pm1_it_turns_by_itself_and_sends_nothing_meanwhile(pay, owing):
    with pay.portal.terminal(key=owing[1]) as t:
        shown(pay, t).settle()
        before = len(t.raw)
        t.settle(1.5)
        assert len(t.raw) == before
        pay.sql("UPDATE checkout SET state = 'failed', problem = 'Your bank "
                "declined the payment.' WHERE id = %d" % pay.latest())
        pay.ring(owing[0])
        t.wait("Failed", "Your bank declined the payment.",
               "r makes a new link")


@sizes
def test_pm1_without_utf8_the_link_stands_alone(pay, owing, size):
    with pay.portal.terminal(*size, key=owing[1], lang="C") as t:
        shown(pay, t).wait("Open this link:")
        assert squash(pay.link()) in squash(t.text())
        assert not any(b > 0x7f for b in t.raw)


@sizes
def test_pm9_capital_p_pays_all_in_one(pay, owing, size):
    pay.portal.ctl("invoice", "add", owing[0], "--line", "More;1;10.00;20")
    with pay.portal.terminal(*size, key=owing[1]) as t:
        t.wait("You owe").send("P").wait("Pay 66.40 EUR for 2 invoices")
        pay.opens()


@sizes
def test_pm2_not_enabled_says_how_to_pay_instead(pay, owing, size):
    pay.gateway(0)
    try:
        with pay.portal.terminal(*size, key=owing[1]) as t:
            t.send("3").wait("INV-").send("p")
            t.wait("To pay: 54.40 EUR").wait("IBAN")
        r = pay.portal.ssh("pay", owing[2], "--json", key=owing[1])
        assert r.returncode == 1 and r.stdout == ""
        assert "not enabled" in r.stderr
    finally:
        pay.gateway(1)


def test_the_command_waits_for_the_link(pay, owing):
    argv = pay.portal.ssh_argv("pay", owing[2], key=owing[1], tty=True)
    with pay.portal.terminal(argv=argv) as t:
        wait_for(pay.wanted, "a checkout that is wanted")
        pay.opens()
        pay.ring(owing[0])
        assert t.wait_end() == 0
        assert "To pay: 54.40 EUR for " + owing[2] in t.text()
        assert pay.link() in t.text()
        for own in (DARK, LIGHT):
            assert scan(picture(t.screen, own)) == [pay.link().upper()]


def test_the_command_without_a_terminal_has_no_qr(pay, owing):
    with pay.portal.terminal(key=owing[1]) as t:
        shown(pay, t)
    r = pay.portal.ssh("pay", owing[2], key=owing[1], check=True)
    assert pay.link() in r.stdout
    assert not set("\x1b\u2588") & set(r.stdout)


def test_the_command_as_json(pay, owing):
    with pay.portal.terminal(key=owing[1]) as t:
        shown(pay, t)
    o = json.loads(pay.portal.ssh("pay", owing[2], "--json", key=owing[1],
                                  check=True).stdout)
    assert list(o) == ["url", "invoice", "amount", "currency", "status",
                       "expires_at"]
    assert (o["url"], o["invoice"], o["amount"], o["currency"]) == (
        pay.link(), owing[2], "54.40", "EUR")
    o = json.loads(pay.portal.ssh("pay", "all", "--json", key=owing[1],
                                  check=True).stdout)
    assert o["invoice"] is None and o["invoices"] == [owing[2]]


@pytest.mark.parametrize("words, status", [
    (["pay"], 2), (["pay", "a", "b"], 2), (["pay", "all", "--csv"], 2),
    (["pay", "INV-0"], 1)])
def test_the_command_says_what_is_wrong(pay, words, status):
    r = pay.portal.ssh(*words)
    assert r.returncode == status and r.stdout == "" and r.stderr


def test_the_command_refuses_what_is_paid(pay, owing):
    pay.portal.ctl("payment", "add", owing[0], "54.40")
    for what in (owing[2], "all"):
        r = pay.portal.ssh("pay", what, "--json", key=owing[1])
        assert r.returncode == 1 and r.stdout == "" and r.stderr


def test_line_mode_pays_too(pay, owing):
    with pay.portal.terminal(key=owing[1]) as t:
        shown(pay, t)
    r = pay.portal.ssh("plain", key=owing[1], input="3\np\nb\n0\n")
    assert "To pay: 54.40 EUR for " + owing[2] in r.stdout
    assert "Open: " + pay.link() in r.stdout
