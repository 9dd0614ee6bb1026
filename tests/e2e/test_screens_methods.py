"""PM5, PM6, PM10, OV5, OV6, OV14: saved cards, paying with them, paying in
advance.  There is no gateway here and no worker: what they would write into the
store is written by the test."""

import csv
import io
import json
import time

import pytest

from portal import wait_for
from screens import leave, shows, sizes, squash
from ways import EACH_ONCE, name

BASE = "https://pay.ridgenet.example"
PAGE = "https://checkout.stripe.example/c/pay/cs_test_a1B2c3D4#fid"
VISA = ("pm_v", "card", "Visa", "4242", 209908)
OLD = ("pm_o", "card", "Mastercard", "4444", 202001)
IBAN = ("pm_i", "sepa", "AT", "3000", 0)

# The engine's own rights are the stricter ones; SQLite has the unit tests.
pytestmark = pytest.mark.parametrize("portal", EACH_ONCE[1:], ids=name,
                                     indirect=True)


class Saved:
    def __init__(self, portal, node):
        self.portal = portal
        self.sql = portal.store.query
        self.sql("DELETE FROM gateway")
        self.sql("INSERT INTO gateway (tenant, name, is_on, link_base) "
                 "SELECT id, 'stripe', 1, '%s' FROM tenant" % BASE)
        self.number, self.key = portal.customer("Paula Payer",
                                                node + "@example.net")
        self.id = self.sql("SELECT id FROM customer WHERE number = '%s'"
                           % self.number)[0][0]
        self.default = 1

    def owes(self):
        self.portal.ctl("invoice", "add", self.number, "--line",
                        "Line;1;45.33;20")
        return self.portal.rows("invoices", key=self.key)[0]["number"]

    def has(self, *methods):
        """As the worker writes them; the first is the default."""
        for ref, kind, brand, last4, expires in methods:
            self.sql(
                "INSERT INTO pay_method (tenant, customer, gateway, account, "
                "ref, type, brand, last4, expires, is_default, created_at) "
                "SELECT tenant, id, 'stripe', '', '%s-%d', '%s', '%s', '%s', "
                "%d, %d, 1 FROM customer WHERE id = %d" % (
                    ref, self.id, kind, brand, last4, expires, self.default,
                    self.id))
            self.default = 0

    def latest(self, column="id"):
        rows = self.sql("SELECT %s FROM checkout WHERE customer = %d "
                        "ORDER BY id DESC LIMIT 1" % (column, self.id))
        return rows[0][0] if rows else None

    def becomes(self, what):
        wait_for(self.latest, "a checkout")
        self.sql("UPDATE checkout SET %s WHERE id = %d" % (
            what, self.latest()))
        # Something of this customer's changed: its screens look again.
        self.portal.ctl("customer", "unblock", self.number)

    def opens(self):
        self.becomes("state = 'open', session = 'cs_test', url = '%s', "
                     "expires_at = %d" % (PAGE, time.time() + 3600))

    def terminal(self, size, **kw):
        return self.portal.terminal(*size, key=self.key, **kw)


@pytest.fixture
def saved(portal, request):
    return Saved(portal, "".join(
        c for c in request.node.name if c.isalnum())[-40:].lower())


def methods(t):
    return t.wait("Paula").send("3").wait("[Invoices]").send("h").wait(
        "[Methods]")


def says(t, text):
    """Until it is there, wherever it is broken."""
    return t.wait_until(lambda: squash(text) in squash(t.text()), text)


@sizes
def test_pm5_list_default_and_remove(saved, size):
    saved.has(VISA, OLD, IBAN)
    with saved.terminal(size) as t:
        methods(t)
        shows(t, "Visa ending 4242", "08/2099", "Default",
              "Mastercard ending 4444", "01/2020, expired",
              "Bank account ending 3000 (AT)")
        says(t.mark("Mastercard").send("m"), "is the default now.")
        assert saved.sql("SELECT last4 FROM pay_method WHERE customer = %d "
                         "AND is_default = 1" % saved.id)[0][0] == "4444"
        t.mark("Visa").send("x").wait("Remove Visa ending 4242? y/n")
        t.send("n").wait(gone="y/n").send("x").wait("y/n").send("y")
        t.wait("Removed.", gone="Visa ending")
        leave(t)


@sizes
def test_pm5_one_is_saved_by_a_qr(saved, size):
    with saved.terminal(size) as t:
        methods(t).wait("No card or account").send("a")
        t.wait("Save a card or account")
        saved.opens()
        t.wait("Waiting for you", "z shows the QR" if size[0] < 80
               else "Scan with a phone")
        saved.has(VISA)
        saved.becomes("state = 'saved'")
        t.wait("Saved. Visa ending 4242.").send("\x1b").wait("[Methods]",
                                                             "Visa ending")
        leave(t)


@sizes
def test_pm6_automatic_payment_is_asked_about(saved, size):
    saved.has(VISA)
    with saved.terminal(size) as t:
        methods(t).wait("Automatic payment is off.").send("A")
        t.wait("Charge Visa ending 4242 on each due", "y/n").send("y")
        t.wait("Automatic payment is on:").send("l")
        t.wait("[Invoices]", "Automatic payment is on.")
        t.send("h").wait("[Methods]").send("A")
        t.wait("Automatic payment is off.")
        leave(t)


@sizes
def test_pm10_a_charge_is_confirmed_with_amount_and_method(saved, size):
    saved.has(VISA)
    number = saved.owes()
    with saved.terminal(size) as t:
        t.wait("You owe").send("3").wait("INV-").send("\r").wait("Issued")
        says(t.send("w"),
             "Pay 54.40 EUR for %s with Visa ending 4242? y/n" % number)
        t.send("n").wait(gone="y/n")
        assert saved.latest() is None
        t.send("w").wait("y/n").send("y").wait("Charging...")
        saved.becomes("state = 'failed', problem = 'The card was declined.'")
        t.wait("Failed", "The card was declined.", "r makes a link")
        leave(t)


@sizes
def test_pm10_other_ways_offer_what_is_saved(saved, size):
    saved.has(VISA, IBAN)
    saved.owes()
    with saved.terminal(size) as t:
        t.wait("You owe").send("3").wait("INV-").send("p")
        t.wait("Making the link")  # without another question
        saved.opens()
        t.wait("Waiting for payment").send("o").wait("WITH WHAT IS SAVED")
        shows(t, "Visa ending 4242", "Bank account ending 3000 (AT)",
              "Another card, by a link for a phone", "Bank transfer")
        t.mark("Bank account").send("\r").wait("y/n").send("y")
        t.wait("Charging...")
        assert saved.sql(
            "SELECT m.last4 FROM checkout_charge x JOIN pay_method m "
            "ON m.id = x.method WHERE x.checkout = %d"
            % saved.latest())[0][0] == "3000"
        leave(t)


@sizes
def test_ov5_topping_up_checks_the_amount(saved, size):
    with saved.terminal(size) as t:
        t.wait("Paula").send("3").wait("[Invoices]").send("a")
        t.wait("Top up the balance").send("0.10\r").wait("0.50")
        t.send("\x15" + "25,50\r").wait("Pay 25.50 EUR for your balance")
        assert saved.latest("amount") == 2550
        leave(t)


@sizes
def test_ov6_days_left_and_what_an_amount_buys(saved, size):
    ctl = saved.portal.ctl
    ctl("plan", "add", "Prepaid%d" % size[0], "--type", "internet", "--price",
        "41.58", "--tax", "20")
    service = json.loads(ctl("service", "add", saved.number,
                             "Prepaid%d" % size[0], "Radio at the barn",
                             "--json").stdout)["id"]
    ctl("service", "prepaid", saved.number, str(service), "on")
    ctl("credit", "add", saved.number, "20.00")
    with saved.terminal(size) as t:
        t.wait("Prepaid: 12 days left").send("2").wait("Radio")
        shows(t, "12 days left")
        t.mark("Radio").send("\r").wait("extend service").send("a")
        t.wait("Extend what is prepaid").send("25")
        says(t, "25.00 EUR buys 15 days")
        assert saved.latest() is None
        t.send("\r").wait("Pay 25.00 EUR for your balance")
        leave(t)
    ctl("service", "prepaid", saved.number, str(service), "off")
    with saved.terminal(size) as t:
        t.wait("Overpaid").send("2").wait("Radio", gone="days left")
        leave(t)


@sizes
def test_ov14_methods_on_the_overview(saved, size):
    saved.has(VISA, IBAN)
    with saved.terminal(size) as t:
        t.wait("Paula")
        shows(t, "PAYMENT METHODS", "Visa ending 4242")
        says(t.mark("Bank account").send("m"), "is the default now.")
        t.mark("Visa").send("x").wait("Remove Visa ending 4242? y/n")
        t.send("y").wait("Removed.")
        t.mark("PAYMENT METHODS").send("\r").wait("[Methods]")
        leave(t)


def test_pm5_a_vt100_without_utf8(saved):
    saved.has(VISA)
    with saved.terminal((80, 24), term="vt100", lang="C") as t:
        methods(t).wait("Visa ending 4242").send("a")
        t.wait("Save a card or account")
        saved.opens()
        t.wait("Open this link:")
        assert not any(b > 0x7f for b in t.raw)
        leave(t)


def test_pm5_the_command_and_line_mode(saved):
    saved.has(VISA, IBAN)
    rows = saved.portal.rows("methods", key=saved.key)
    assert rows == [
        {"type": "card", "brand": "Visa", "last4": "4242",
         "expires": "2099-08", "default": True},
        {"type": "sepa", "brand": "AT", "last4": "3000", "expires": None,
         "default": False}]
    text = saved.portal.ssh("methods", "--csv", key=saved.key,
                            check=True).stdout
    assert list(csv.reader(io.StringIO(text)))[0] == [
        "type", "brand", "last4", "expires", "default"]
    r = saved.portal.ssh("plain", key=saved.key,
                         input="3\ns\na\ny\nn\nx\ny\nb\nb\n0\n")
    assert "Automatic payment is on." in r.stdout
    assert "Remove Bank account ending 3000 (AT)?" in r.stdout
    assert "Removed. It is charged no more." in r.stdout
    assert len(saved.portal.rows("methods", key=saved.key)) == 1
