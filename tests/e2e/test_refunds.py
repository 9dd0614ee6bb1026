"""Money that goes back: refunds and disputes, from Stripe and by hand, to the
books and to the screen."""

import json

import pytest

from portal import wait_for
from screens import shows
from stripe_peer import SETTLED_IN, paying, shared_paying

__all__ = ["paying", "shared_paying"]  # fixtures


class Paid:
    """A customer who has paid an invoice of 45.00 EUR by card."""

    def __init__(self, paying):
        self.paying, self.peer = paying, paying.peer
        self.customer = paying.customer()
        self.number = paying.invoice(self.customer)
        self.peer.pay(which=paying.page(paying.pay(self.customer,
                                                   self.number)))
        paying.settled(self.customer, self.number)
        (payment,) = paying.payments(self.customer)
        self.intent, self.receipt = payment["reference"], payment["receipt"]

    def refund(self, amount=None, **how):
        """A refund's id; amount in cents, None: all that is left."""
        if amount:
            how["amount"] = amount
        return self.peer.refund(intent=self.intent, **how)["id"]

    def told(self):
        """[(ref, status, booked)] as the store has it, oldest first."""
        return [tuple(r) for r in self.paying.store.query(
            "SELECT r.ref, r.status, r.booked FROM refund r JOIN payment p "
            "ON p.tenant = r.tenant AND p.customer = r.customer AND p.id = "
            "r.payment WHERE p.reference = '%s' ORDER BY r.id" % self.intent)]

    def becomes(self, *told, patience=15):
        wait_for(lambda: self.told() == list(told), "%r, not %r: %s" % (
            told, self.told(), self.paying.read_log()), patience)

    def stands(self, payment, invoice, balance):
        """What the customer is told of it."""
        (row,) = self.paying.payments(self.customer)
        assert (row["status"], row["amount"]) == (payment, "45.00")
        assert row["invoice"] == self.number
        (row,) = self.paying.invoices(self.customer)
        assert (row["status"], row["balance"]) == (invoice, balance)
        ledger = self.paying.portal.rows("transactions", key=self.customer[1])
        assert ledger[0]["balance"] == balance \
            == self.paying.balance(self.customer)
        return [(t["description"], t["debit"], t["credit"])
                for t in ledger if self.receipt in t["description"]]


@pytest.fixture
def paid(paying):
    return Paid(paying)


def test_a_part_and_then_the_rest(paid):
    """The page of the payment is open meanwhile."""
    with paid.paying.portal.terminal(key=paid.customer[1]) as t:
        t.send("3").wait("INV-").send("\x1b[C").wait("Succeeded")
        t.send("\r").wait("Payment of 45.00 EUR")
        first = paid.refund(1500)
        paid.becomes((first, "succeeded", 1500))
        t.wait("Partially refunded", "Refund of 15.00 EUR on")
        shows(t, "Given back", "Taken back from it: 15.00 EUR", first,
              "Partially paid")
        paid.stands("Partially refunded", "Partially paid", "15.00")
        second = paid.refund(reason="requested_by_customer")
        paid.becomes((first, "succeeded", 1500), (second, "succeeded", 3000))
        t.wait("Taken back from it: 45.00 EUR")
        shows(t, "Refund of 30.00 EUR on", "requested by customer")
    of = "Refund of " + paid.receipt
    assert paid.stands("Refunded", "Unpaid", "45.00")[:2] == [
        (of, "30.00", "0.00"), (of, "15.00", "0.00")]


def test_a_refund_that_fails_later_and_news_in_disorder(paid):
    """Each event twice, the last one first: Stripe is asked, not they."""
    peer = paid.peer
    refund = paid.refund(4500, status="pending")
    paid.becomes((refund, "pending", 4500))
    paid.stands("Refunded", "Unpaid", "45.00")
    peer.answered()
    peer.mode(mode="hold")
    peer.refund_end(refund=refund, status="succeeded")
    peer.refund_end(refund=refund, status="failed")
    assert set(peer.deliver(order=[4, 3, 2, 1, 0], times=2)) == {200}
    paid.becomes((refund, "failed", 0))
    rows = paid.stands("Succeeded", "Paid", "0.00")
    assert rows[:2] == [
        ("Failed refund of " + paid.receipt, "0.00", "45.00"),
        ("Refund of " + paid.receipt, "45.00", "0.00")]


def test_a_dispute_counts_when_it_is_lost(paid):
    peer = paid.peer
    won = peer.dispute(intent=paid.intent)["id"]
    paid.becomes((won, "needs_response", 0))
    paid.stands("Succeeded", "Paid", "0.00")
    peer.dispute_end(dispute=won, status="won")
    paid.becomes((won, "won", 0))
    lost = peer.dispute(intent=paid.intent, amount=2000)["id"]
    peer.dispute_end(dispute=lost, status="lost")
    paid.becomes((won, "won", 0), (lost, "lost", 2000))
    assert paid.stands("Partially refunded", "Partially paid", "20.00")[0] \
        == ("Dispute of " + paid.receipt, "20.00", "0.00")


def test_seen_only_by_looking_through_the_events(paid):
    """Nobody tells the worker, and it was not there."""
    paid.peer.mode(mode="cut")
    paid.paying.kill_worker()
    refund = paid.refund(500)
    paid.paying.start_worker(up=False)
    paid.becomes((refund, "succeeded", 500), patience=SETTLED_IN)
    paid.stands("Partially refunded", "Partially paid", "5.00")


def test_of_money_that_the_store_has_forgotten(paid):
    """Restored from a backup of before the payment: the refund alone brings
    both back."""
    paying = paid.paying
    paid.peer.mode(mode="cut")
    paying.kill_worker()
    refund = paid.refund(500)
    for table, where in (
            ("gateway_payment", "intent = '%s'" % paid.intent),
            ("ledger", "payment IN (SELECT id FROM payment WHERE reference = "
             "'%s')" % paid.intent),
            ("allocation", "payment IN (SELECT id FROM payment WHERE "
             "reference = '%s')" % paid.intent)):
        paying.store.query("DELETE FROM %s WHERE %s" % (table, where))
    paying.store.query("UPDATE checkout SET payment = NULL, state = 'open' "
                       "WHERE payment IN (SELECT id FROM payment WHERE "
                       "reference = '%s')" % paid.intent)
    paying.store.query("DELETE FROM payment WHERE reference = '%s'"
                       % paid.intent)
    paying.start_worker(up=False)
    paid.becomes((refund, "succeeded", 500), patience=SETTLED_IN)
    (payment,) = paying.payments(paid.customer)
    paid.receipt = payment["receipt"]
    paid.stands("Partially refunded", "Partially paid", "5.00")


def test_by_hand(paid):
    portal = paid.paying.portal

    def give(amount, check=True):
        return portal.ctl("refund", "add", paid.customer[0], paid.receipt,
                          amount, "--reason", "Paid in cash", "--json",
                          check=check)

    said = json.loads(give("20.00").stdout)
    assert said["number"].startswith("RFD-")
    assert (said["status"], said["left_of_payment"]) == (
        "Partially refunded", "25.00")
    r = give("25.01", check=False)
    assert r.returncode == 1 and "more than is left" in r.stderr
    assert paid.stands("Partially refunded", "Partially paid", "20.00")[0] \
        == ("Refund of " + paid.receipt, "20.00", "0.00")
    # line by line
    r = portal.ssh("plain", input="3\nm\no\n0\n", key=paid.customer[1])
    for text in ("Refund of 20.00 EUR on", "Given back",
                 "Reason: Paid in cash", "Taken back: 20.00 EUR"):
        assert text in r.stdout, r.stdout
