"""Whatever breaks on the way of a payment, in the end there is one session and
one payment, of the right amount, on the right invoice."""

import json
import signal

import pytest

from portal import wait_for
from stripe_peer import SETTLED_IN, own_paying, paying, shared_paying

__all__ = ["own_paying", "paying", "shared_paying"]  # fixtures

OPENING = {"method": "POST", "path": "^/checkout/sessions$"}
FETCHING = {"method": "GET", "path": "^/checkout/sessions/"}
TROUBLE = {
    "lost reply": {"when": "executed", "act": "drop"},
    "lost request": {"when": "received", "act": "drop"},
    "two lost replies": {"when": "executed", "act": "drop", "times": 2},
    "409": {"act": "status", "status": 409},
    "429": {"act": "status", "status": 429,
            "headers": {"Retry-After": "1"}},
    "500": {"act": "status", "status": 500},
    "500 after it was done": {"when": "executed", "act": "status",
                              "status": 500},
    "503": {"act": "status", "status": 503},
    "slow": {"when": "executed", "act": "delay", "ms": 3000},
}
trouble = pytest.mark.parametrize("fault", TROUBLE.values(), ids=TROUBLE)
MOMENTS = ["received", "executed", "answered"]
moment = pytest.mark.parametrize("when", MOMENTS)


@pytest.fixture
def due(paying):
    """(customer, the number of an invoice of 45.00 EUR)"""
    customer = paying.customer()
    return customer, paying.invoice(customer)


def asked(paying, number):
    """Requests for a session for this invoice."""
    return [r for r in paying.peer.opened() if number in r["body"]]


# ---- the counterpart in trouble ----
@trouble
def test_trouble_while_opening_opens_one_session(paying, due, fault):
    paying.peer.fault(**OPENING, **fault)
    page = paying.page(paying.pay(*due))
    requests = asked(paying, due[1])
    assert any(r["faults"] for r in requests)
    assert len({r["key"] for r in requests}) == 1 and requests[0]["key"]
    assert len({r["body"] for r in requests}) == 1
    assert len(paying.sessions_of(due[1])) == 1
    paying.peer.pay(which=page)
    paying.settled(*due)
    paying.paid_once(*due)


@trouble
def test_trouble_while_settling_settles_once(paying, due, fault):
    page = paying.page(paying.pay(*due))
    paying.peer.fault(**FETCHING, **fault)
    paying.peer.pay(which=page)
    paying.settled(*due, patience=60)
    paying.paid_once(*due)


def test_a_500_that_stays_does_not_block_the_invoice(paying, due):
    """Stripe keeps it as the answer of its key for a day."""
    paying.peer.fault(**OPENING, act="status", status=500, saved=True)

    def link():
        r = paying.pay_command(*due)
        if r.returncode == 0:
            return json.loads(r.stdout)
        assert r.returncode == 1 and r.stderr.strip()
    said = wait_for(link, "a link", patience=120)
    paying.peer.pay(which=paying.page(said))
    paying.settled(*due)
    paying.paid_once(*due)


def test_a_refusal_is_said_and_not_repeated(paying, due):
    paying.peer.fault(**OPENING, act="status", status=400, times=100)
    r = paying.pay_command(*due)
    assert r.returncode == 1 and r.stderr.strip()
    assert len(asked(paying, due[1])) == 1
    paying.peer.faults(faults=[])
    paying.peer.pay(which=paying.page(paying.pay(*due)))
    paying.settled(*due)
    paying.paid_once(*due)


def test_news_doubled_and_in_reverse_is_one_payment(paying, due):
    page = paying.page(paying.pay(*due))
    paying.peer.mode(mode="hold")
    seen = len(paying.peer.events())
    paying.peer.pay(which=page)
    n = len(paying.peer.events()) - seen
    assert set(paying.peer.deliver(order=list(range(n))[::-1],
                                   times=3)) == {200}
    paying.settled(*due)
    paying.paid_once(*due)


# ---- the worker killed ----
def kill_at(paying, when, where):
    paying.peer.fault(**where, when=when, act="kill", pid=paying.pid)


@moment
def test_killed_while_opening(paying, due, when):
    kill_at(paying, when, OPENING)
    link = paying.pay_in_background(*due)
    paying.worker_died()
    paying.start_worker()
    page = paying.page(link.result(60))  # a dead worker's lease is over soon
    assert len({r["key"] for r in asked(paying, due[1])}) == 1
    paying.peer.pay(which=page)
    paying.settled(*due)
    paying.paid_once(*due)


@moment
def test_killed_while_settling(paying, due, when):
    page = paying.page(paying.pay(*due))
    kill_at(paying, when, FETCHING)
    paying.peer.pay(which=page)
    paying.worker_died()
    paying.start_worker(up=False)
    paying.settled(*due, patience=SETTLED_IN)
    paying.paid_once(*due)


@moment
def test_killed_while_closing_the_old_page(paying, due, when):
    customer, number = due
    paying.pay(*due)
    kill_at(paying, when, {"method": "POST", "path": "/expire$"})
    paying.portal.ctl("payment", "add", customer[0], "5.00")
    link = paying.pay_in_background(*due)
    paying.worker_died()
    paying.start_worker()
    said = link.result(60)
    assert said["amount"] == "40.00"
    paying.peer.pay(which=paying.page(said))
    wait_for(lambda: paying.status(*due) == "Paid", "the payment")
    assert float(paying.balance(customer)) == 0
    open_ = [s for s in paying.sessions_of(number) if s["status"] == "open"]
    assert not open_


@moment
def test_killed_while_sweeping(paying, due, when):
    paying.peer.mode(mode="cut")
    page = paying.page(paying.pay(*due))
    paying.kill_worker()
    paying.peer.pay(which=page)
    paying.start_worker(up=False)
    kill_at(paying, when, {"method": "GET", "path": "^/events$"})
    wait_for(lambda: paying.worker.poll() is not None
             or paying.payments(due[0]), "the end of one or the other")
    if paying.worker.poll() is None:
        paying.kill_worker()
    paying.start_worker(up=False)
    paying.settled(*due, patience=SETTLED_IN)
    paying.paid_once(*due)


def test_sigterm_ends_what_is_under_way(own_paying):
    """It takes no more, finishes this, ends."""
    customer = own_paying.customer()
    number = own_paying.invoice(customer)
    own_paying.peer.fault(**OPENING, when="executed", act="hold")
    link = own_paying.pay_in_background(customer, number)
    wait_for(lambda: own_paying.peer.state()["held"], "the request")
    own_paying.worker.send_signal(signal.SIGTERM)
    own_paying.peer.release()
    assert own_paying.worker.wait(15) == 0
    assert len(asked(own_paying, number)) == 1
    link.result(60)
    own_paying.start_worker()
    assert len(own_paying.sessions_of(number)) == 1
