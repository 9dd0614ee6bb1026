"""Paying by Stripe Checkout: a link, a payment, exactly once, whoever brings
the news of it."""

import json
import re
import subprocess
import threading

import pytest

from portal import wait_for
from stripe_peer import (HERE, SETTLED_IN, install, own_paying, paying,
                         shared_paying)

__all__ = ["own_paying", "paying", "shared_paying"]  # fixtures


def test_the_counterpart_refuses_what_stripe_would():
    install()
    r = subprocess.run(["npm", "test", "--silent"], cwd=HERE, text=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, timeout=120)
    assert r.returncode == 0 and re.search(r"# pass [1-9]", r.stdout), r.stdout


@pytest.fixture
def someone(paying):
    return paying.customer()


@pytest.fixture
def due(paying, someone):
    """(customer, the number of an invoice of 45.00 EUR)"""
    return someone, paying.invoice(someone)


def no_webhooks(paying):
    paying.peer.mode(mode="cut")


# ---- the link ----
def test_pay_gives_a_link_that_leads_to_the_page(paying, due):
    said = paying.pay(*due)
    assert set(said) == {"url", "invoice", "amount", "currency", "status",
                         "expires_at"}
    assert said["invoice"] == due[1] and said["amount"] == "45.00"
    assert said["currency"] == "EUR" and said["status"] == "Waiting"
    assert re.fullmatch(r"/P/[0-9A-HJKMNP-TV-Z]{16}", paying.path(said))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said["expires_at"])
    session = paying.peer.session(paying.page(said))
    assert session["status"] == "open" and session["amount_total"] == 4500
    assert session["currency"] == "eur"
    assert paying.sessions_of(due[1]) == [session]


def test_the_link_is_the_same_in_any_case(paying, due):
    path = paying.path(paying.pay(*due))
    pages = {paying.get(p).location for p in (
        path, path.lower(), path.upper(),
        "".join(c.lower() if i % 2 else c for i, c in enumerate(path)))}
    assert len(pages) == 1 and None not in pages


def test_asking_again_gives_the_same_session(paying, due):
    assert paying.page(paying.pay(*due)) == paying.page(paying.pay(*due))
    assert len(paying.sessions_of(due[1])) == 1


def test_previews_of_the_link_change_nothing(paying, due):
    said = paying.pay(*due)
    before = paying.page(said)
    seen = len(paying.peer.log())
    for method in ("HEAD", "GET", "HEAD", "GET", "GET"):
        reply = paying.get(paying.path(said), method)
        assert (reply.status, reply.location) == (303, before)
    assert paying.peer.session(before)["status"] == "open"
    assert not [r for r in paying.peer.log()[seen:] if r["method"] == "POST"]
    paying.peer.pay(which=before)
    paying.settled(*due)
    paying.paid_once(*due)


UNKNOWN = {"nobody's": "/P/0000000000000000", "none": "/P/",
           "short": "/P/SHORT", "long": "/P/" + "Z" * 5000,
           "zeros": "/P/%00%00%00%00%00%00%00%00", "way out": "/P/../healthz",
           "quote": "/P/0000000000000000'--"}


@pytest.mark.parametrize("path", UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_link_is_not_found(paying, path):
    assert paying.get(path).status in (400, 404, 414)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_a_link_is_only_read(paying, due, method):
    said = paying.pay(*due)
    assert paying.get(paying.path(said), method).status in (404, 405)
    assert paying.peer.session(paying.page(said))["status"] == "open"


def test_guessing_links_is_slowed_down(own_paying):
    def guess(i):
        return own_paying.get("/P/%016d" % i).status
    # bounded: far above what a person needs
    answers = [guess(i) for i in range(600)]
    assert set(answers) == {404, 429} and answers[0] == 404
    assert own_paying.get("/healthz").status == 200


def test_what_cannot_be_paid_says_why(paying, someone):
    small = paying.invoice(someone, "0.30")
    r = paying.pay_command(someone, small)
    assert r.returncode == 1 and "0.50" in r.stderr and not r.stdout.strip()
    seen = len(paying.peer.opened())
    assert paying.pay_command(someone, "INV-0000-000000").returncode == 1
    other = paying.invoice(paying.customer())
    assert paying.pay_command(someone, other).returncode == 1
    assert len(paying.peer.opened()) == seen


def test_an_invoice_that_is_paid_already_says_so(paying, due):
    customer, number = due
    paying.portal.ctl("payment", "add", customer[0], "45.00")
    r = paying.pay_command(customer, number)
    assert r.returncode == 1 and r.stderr.strip()
    assert not paying.sessions_of(number)


def test_only_what_remains_is_asked_for(paying, due):
    customer, number = due
    paying.portal.ctl("payment", "add", customer[0], "15.50")
    said = paying.pay(*due)
    assert said["amount"] == "29.50"
    paying.peer.pay(which=paying.page(said))
    wait_for(lambda: paying.status(*due) == "Paid", "the rest")
    assert float(paying.balance(customer)) == 0


# ---- the payment ----
def test_paid_by_webhook_alone(paying, due):
    """The worker does not need to ask: it is told at once."""
    page = paying.page(paying.pay(*due))
    paying.peer.pay(which=page)
    paying.settled(*due, patience=4)
    paying.paid_once(*due)
    assert paying.peer.answered()[-1] == 200


def test_paid_by_polling_alone(paying, due):
    no_webhooks(paying)
    page = paying.page(paying.pay(*due))
    paying.peer.pay(which=page)
    paying.settled(*due, patience=75)
    paying.paid_once(*due)


def test_paid_while_the_worker_was_dead(paying, due):
    no_webhooks(paying)
    page = paying.page(paying.pay(*due))
    paying.kill_worker()
    paying.peer.pay(which=page)
    paying.start_worker(up=False)
    paying.settled(*due, patience=SETTLED_IN)
    paying.paid_once(*due)


def test_paid_while_the_worker_was_dead_and_forgotten_here(paying, due):
    """Only the events tell of it: the store knows no session any more."""
    no_webhooks(paying)
    page = paying.page(paying.pay(*due))
    paying.kill_worker()
    session = paying.peer.session(page)["id"]
    for table in ("invoice_claim", "checkout_invoice"):
        paying.store.query(
            "DELETE FROM %s WHERE checkout IN (SELECT id FROM checkout "
            "WHERE session = '%s')" % (table, session))
    paying.store.query("DELETE FROM checkout WHERE session = '%s'" % session)
    paying.peer.pay(which=page)
    paying.start_worker(up=False)
    paying.settled(*due, patience=SETTLED_IN)
    paying.paid_once(*due)


def test_the_receipt_can_be_fetched(paying, due, tmp_path):
    customer, number = due
    paying.peer.pay(which=paying.page(paying.pay(*due)))
    paying.settled(*due)
    (payment,) = paying.payments(customer)
    r = paying.portal.scp("receipts/%s.pdf" % payment["receipt"], tmp_path,
                          key=customer[1])
    assert r.returncode == 0, r.stderr
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / (payment["receipt"] + ".pdf"),
         "-"], stdout=subprocess.PIPE, text=True, check=True).stdout
    # what was received; which invoices it paid can change, a receipt cannot
    assert "45.00" in text and payment["reference"] in text, text


def test_thanks_and_cancelled_are_pages(paying, due):
    session = paying.peer.session(paying.page(paying.pay(*due)))
    for url in (session["success_url"], session["cancel_url"]):
        assert url.startswith(paying.public)
        reply = paying.get(url[len(paying.public):].replace(
            "{CHECKOUT_SESSION_ID}", session["id"]))
        assert reply.status == 200 and "<html" in reply.body.lower()
    assert paying.status(*due) == "Unpaid"  # to say thanks is not to pay


def test_a_paid_link_says_thanks(paying, due):
    said = paying.pay(*due)
    paying.peer.pay(which=paying.page(said))
    paying.settled(*due)
    reply = paying.get(paying.path(said))
    assert reply.status == 303 and "/thanks" in reply.location
    paying.paid_once(*due)


def test_a_declined_card_leaves_the_link_open(paying, due):
    page = paying.page(paying.pay(*due))
    paying.peer.pay(which=page, how="declined")
    assert paying.page(paying.pay(*due)) == page
    assert paying.status(*due) == "Unpaid"
    paying.peer.pay(which=page)
    paying.settled(*due)
    paying.paid_once(*due)


def state(paying, page):
    return paying.store.query(
        "SELECT state FROM checkout WHERE session = '%s'"
        % paying.peer.session(page)["id"])[0][0]


def test_a_bank_debit_is_processing_until_it_arrives(paying, due):
    page = paying.page(paying.pay(*due))
    paying.peer.pay(which=page, how="pending")
    wait_for(lambda: state(paying, page) == "processing", "Processing")
    assert paying.status(*due) == "Unpaid"
    # nothing else may take the invoice meanwhile
    r = paying.pay_command(*due)
    assert r.returncode == 1 or json.loads(r.stdout)["status"] == "Processing"
    assert len(paying.sessions_of(due[1])) == 1
    paying.peer.settle(which=page, succeeded=True)
    paying.settled(*due)
    paying.paid_once(*due)


def test_a_bank_debit_that_fails_can_be_paid_anew(paying, due):
    page = paying.page(paying.pay(*due))
    paying.peer.pay(which=page, how="pending")
    wait_for(lambda: state(paying, page) == "processing", "Processing")
    paying.peer.settle(which=page, succeeded=False)
    wait_for(lambda: state(paying, page) == "failed", "Failed")
    assert paying.status(*due) == "Unpaid"
    paying.peer.pay(which=paying.page(paying.pay(*due)))
    paying.settled(*due)
    paying.paid_once(*due, sessions=2)


# ---- more than one ----
def test_an_expired_session_is_renewed_behind_the_same_link(paying, due):
    said = paying.pay(*due)
    first = paying.page(said)
    paying.peer.expire(which=first)
    wait_for(lambda: state(paying, first) == "expired", "Expired")

    def renewed():
        reply = paying.get(paying.path(said))
        assert reply.status in (200, 303), reply
        return reply.location not in (None, first) and reply.location
    second = wait_for(renewed, "another page")
    assert paying.peer.session(second)["status"] == "open"
    paying.peer.pay(which=second)
    paying.settled(*due)
    paying.paid_once(*due, sessions=2)


def test_two_sessions_pay_the_same_invoice_at_once(paying, due):
    said = []
    threads = [threading.Thread(
        target=lambda: said.append(paying.pay(*due))) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len({paying.path(s) for s in said}) == 1 and len(said) == 4
    page = paying.page(said[0])
    assert len(paying.sessions_of(due[1])) == 1
    paying.peer.pay(which=page)
    paying.settled(*due)
    paying.paid_once(*due)


def changed(paying, customer, number):
    """A new link after the old one: something was paid meanwhile, so that it
    is for another amount.  Gives both."""
    old = paying.pay(customer, number)
    old_page = paying.page(old)
    paying.portal.ctl("payment", "add", customer[0], "5.00")
    new = paying.pay(customer, number)
    assert new["amount"] == "40.00"
    return old, old_page, new


def test_a_new_link_closes_the_old_one(paying, due):
    old, old_page, new = changed(paying, *due)
    page = paying.page(new)
    assert page != old_page
    assert paying.peer.session(old_page)["status"] == "expired"
    # the old link leads nowhere where it could be paid twice
    assert paying.get(paying.path(old)).location in (None, page) or \
        "/P/" not in paying.get(paying.path(old)).location
    paying.peer.pay(which=page)
    wait_for(lambda: paying.status(*due) == "Paid", "the payment")
    assert float(paying.balance(due[0])) == 0


def test_the_old_page_paid_before_the_new_one_is_made(paying, due):
    """It cannot be expired any more: it is settled, and nothing is opened."""
    customer, number = due
    old = paying.page(paying.pay(*due))
    paying.invoice(customer, "7.00")
    paying.peer.mode(mode="hold")
    paying.peer.pay(which=old)
    r = paying.pay_command(customer, "all")
    # whichever is known first: that this is paid, or that less is due
    assert r.returncode == 1 and ("Paid" in r.stderr
                                  or "has changed" in r.stderr), r
    wait_for(lambda: paying.status(*due) == "Paid", "the old payment")
    assert len(paying.sessions_of(number)) == 1
    assert float(paying.balance(customer)) == 7
    paying.peer.deliver()
    assert [p["amount"] for p in paying.payments(customer)] == ["45.00"]


def test_paid_twice_is_credit(paying, due):
    """In cash at the counter and on a phone, before the page could be ended."""
    customer, number = due
    page = paying.page(paying.pay(*due))
    paying.stop_worker()
    paying.portal.ctl("payment", "add", customer[0], "45.00")
    paying.peer.mode(mode="cut")
    paying.peer.pay(which=page)
    paying.start_worker()
    wait_for(lambda: len(paying.payments(customer)) == 2, "the second")
    assert paying.status(*due) == "Paid"
    assert float(paying.balance(customer)) == -45
    # and the next invoice is paid from it
    assert paying.status(customer, paying.invoice(customer)) == "Paid"
    assert float(paying.balance(customer)) == 0


def test_several_customers_are_kept_apart(paying):
    """Paid in another order than opened, the news of it in a third."""
    some = [paying.customer() for _ in range(3)]
    dues = [(c, paying.invoice(c, a)) for c, a in zip(
        some, ("11.00", "22.00", "33.00"))]
    pages = [paying.page(paying.pay(*d)) for d in dues]
    paying.peer.mode(mode="hold")
    for i in (2, 0, 1):
        paying.peer.pay(which=pages[i])
    n = len(paying.peer.events())
    answers = paying.peer.deliver(times=2)
    assert set(answers) == {200} and n
    for d, amount in zip(dues, ("11.00", "22.00", "33.00")):
        paying.settled(*d)
        paying.paid_once(*d, amount=amount)


# ---- webhooks from strangers ----
FORGED = {"stale": {"age": 400}, "from the future": {"age": -400},
          "tampered": {"tamper": True}, "another secret": {"secret": "whsec_x"},
          "no signature": {"header": ""}, "no time": {"header": "v1=00"},
          "no hash": {"header": "t=1"}, "nonsense": {"header": ",=,,t=t,v1==,"},
          "too large": {"pad": 4 << 20}}


@pytest.mark.parametrize("how", FORGED.values(), ids=FORGED)
def test_a_forged_webhook_is_refused(paying, due, how):
    page = paying.page(paying.pay(*due))
    paying.peer.mode(mode="hold")
    events = len(paying.peer.events())
    paying.peer.pay(which=page)
    (event,) = [e["id"] for e in paying.peer.events()[events:]
                if e["type"] == "checkout.session.completed"]
    reply = paying.peer.webhook(event=event, **how)
    # cut off while it was still being sent is as good
    assert reply["status"] in ((400, 413, 0) if "pad" in how else (400,))
    assert paying.get("/healthz").status == 200
    paying.peer.deliver()
    paying.settled(*due)
    paying.paid_once(*due)


def test_a_signed_webhook_of_nothing_we_know_is_taken(paying):
    """Stripe sends all sorts of things: 200, or it comes for three days."""
    customer = paying.peer.post("/customers", name="A")["id"]
    paying.peer.save(customer=customer)
    assert paying.peer.answered()[-1] == 200


def test_a_session_of_somebody_else_on_the_account_pays_nothing(paying, due):
    before = paying.received()
    sent = len(paying.peer.deliveries())
    paying.peer.pay(which=paying.peer.make_session(4500))
    assert set(paying.peer.answered()[sent:]) == {200}
    assert paying.status(*due) == "Unpaid"
    assert paying.received() == before


@pytest.mark.parametrize("cents", [4400, 4600])
def test_an_unexpected_amount_is_credit_and_flagged(paying, due, cents):
    """Money that came is never refused, nor taken for what it is not."""
    customer, number = due
    session = paying.peer.session(paying.page(paying.pay(*due)))
    paying.peer.pay(which=paying.peer.make_session(cents,
                                                   session["metadata"]))
    wait_for(lambda: paying.payments(customer), "the payment")
    assert [p["amount"] for p in paying.payments(customer)] == [
        "%.2f" % (cents / 100)]
    intent = paying.payments(customer)[0]["reference"]
    (flag,) = [f for i, _, f in paying.received() if i == intent]
    assert flag
    assert float(paying.balance(customer)) == 45 - cents / 100
