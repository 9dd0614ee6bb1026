"""Saved cards and accounts: kept, charged when asked, charged when due; and
whatever goes wrong, never twice and never forgotten."""

import concurrent.futures
import contextlib
import datetime
import urllib.parse

import pytest

from mail_server import Mailbox
from portal import wait_for
from screens import go, today
from stripe_peer import paying, shared_paying
from test_pay_faults import TROUBLE

__all__ = ["paying", "shared_paying"]  # fixtures

CHARGING = {"method": "POST", "path": "^/payment_intents$"}
CLOSING = {"method": "POST", "path": "/expire$"}
DAY = 86400
SEPA = {"type": "sepa_debit", "country": "AT", "last4": "1234"}


@pytest.fixture
def someone(paying):
    return paying.customer()


@pytest.fixture
def card(paying, someone):
    return paying.save_card(someone)


@pytest.fixture
def due(paying, someone):
    """(customer, the number of an invoice of 45.00 EUR)"""
    return someone, paying.invoice(someone)


@contextlib.contextmanager
def methods(paying, customer):
    """On the page of saved methods."""
    with paying.portal.terminal(key=customer[1]) as t:
        go(t, "Billing")
        yield t.send(":methods\r").wait("[Methods]")


def charge(t):
    """Pays all that is due with what is marked."""
    return t.send("w").wait("Pay 45.00 EUR for ", "y/n").send("y").wait(
        gone="y/n")


def begin_charge(paying, customer):
    """Asked for, and left alone: it goes on by itself."""
    with methods(paying, customer) as t:
        charge(t)


def attempt(paying, customer):
    """(state, why) of the newest charge."""
    return next(iter(paying.store.query(
        "SELECT c.state, c.problem FROM checkout c JOIN checkout_charge x "
        "ON x.tenant = c.tenant AND x.customer = c.customer "
        "AND x.checkout = c.id JOIN customer u ON u.tenant = c.tenant "
        "AND u.id = c.customer WHERE u.number = '%s' ORDER BY c.id DESC "
        "LIMIT 1" % customer[0])), (None, None))


def ends(paying, customer, state):
    """Waits until the newest charge stands so; gives why."""
    wait_for(lambda: attempt(paying, customer)[0] == state, state)
    return attempt(paying, customer)[1]


def charges(paying, customer):
    return paying.peer.charges(paying.patron(customer))


def charged_once(paying, customer, number, tries=1):
    """One payment by one intent, on this invoice, after so many tries."""
    paying.settled(customer, number)
    (payment,) = paying.payments(customer)
    assert payment["amount"] == "45.00" and payment["invoice"] == number
    assert float(paying.balance(customer)) == 0
    mine = charges(paying, customer)
    assert len(mine) == tries
    assert [i["id"] for i in mine if i["status"] == "succeeded"] == [
        payment["reference"]]
    assert [flagged for intent, _, flagged in paying.received()
            if intent == payment["reference"]] == [""]


def paid_by_link(paying, customer, number):
    """A charge came to nothing: the link takes the money instead."""
    paying.peer.pay(which=paying.page(paying.pay(customer, number)))
    paying.settled(customer, number)
    paying.paid_once(customer, number)


def setup_page(paying, customer):
    """Where the page that saves something for this customer is."""
    ((token,),) = paying.store.query(
        "SELECT k.token FROM checkout k JOIN customer c ON c.tenant = "
        "k.tenant AND c.id = k.customer WHERE c.number = '%s'" % customer[0])
    return paying.page({"url": paying.public + "/P/" + token})


def forget(paying, customer):
    """As a store that was put back from an older backup."""
    for table in ("invoice_claim", "checkout_invoice", "checkout_charge",
                  "checkout"):
        paying.store.query(
            "DELETE FROM %s WHERE customer = (SELECT id FROM customer WHERE "
            "number = '%s')" % (table, customer[0]))


# ---- what is saved ----
SAVED = {"card": ({"brand": "mastercard", "last4": "4444", "exp_month": 1,
                   "exp_year": 2031}, "Mastercard ending 4444", "2031-01"),
         "account": (SEPA, "ending 1234", None)}


@pytest.mark.parametrize("kind", SAVED)
def test_a_page_saves_it(paying, someone, kind):
    values, shown, expires = SAVED[kind]
    with methods(paying, someone) as t:
        t.send("a").wait("Waiting for you")
        page = setup_page(paying, someone)
        session = paying.peer.session(page)
        assert session["mode"] == "setup" and not session["amount_total"]
        paying.peer.pay(which=page, **values)
        t.wait("Saved.", shown)
    (row,) = paying.portal.rows("methods", key=someone[1])
    assert row["last4"] == values["last4"] and row["default"] is True
    assert row["expires"] == expires
    (saved,) = paying.methods(someone)
    assert paying.store.query(
        "SELECT mandate <> '' FROM pay_method WHERE ref = '%s'" % saved
    )[0][0] == (kind == "account")
    patron = paying.patron(someone)
    wait_for(lambda: [
        c for c in paying.peer.customers() if c["id"] == patron and
        c["invoice_settings"]["default_payment_method"] == saved],
        "the gateway to know the default")
    assert not paying.payments(someone)


def test_saved_while_the_worker_was_dead_and_forgotten_here(paying, someone):
    """Only the events tell of it."""
    with methods(paying, someone) as t:
        t.send("a").wait("Waiting for you")
    paying.peer.mode(mode="cut")
    page = setup_page(paying, someone)
    paying.kill_worker()
    forget(paying, someone)
    paying.peer.pay(which=page)
    paying.start_worker()
    wait_for(lambda: paying.methods(someone), "the saved card")


def test_what_is_removed_is_charged_no_more(paying, due, card):
    customer = due[0]
    autopay_on(paying, customer)
    with methods(paying, customer) as t:
        t.send("x").wait("Remove ", "Automatic payment ends with it")
        t.send("y").wait("Removed.", "No card or account is saved yet")
        t.send("w").wait("No card or account is saved yet. a")
    assert paying.portal.rows("methods", key=customer[1]) == []
    wait_for(lambda: paying.peer.events()[-1]["type"] ==
             "payment_method.detached", "the gateway to hear of it")
    assert not is_on(paying, customer)
    paid_by_link(paying, *due)
    assert len(charges(paying, customer)) == 0


def test_what_is_removed_at_the_gateway_is_gone(paying, someone, card):
    other = paying.save_card(someone, last4="0002")
    paying.peer.detach(method=card)
    wait_for(lambda: paying.methods(someone) == [other], "it to go")


# ---- charged when asked ----
def test_a_charge_pays_once(paying, due, card):
    with methods(paying, due[0]) as t:
        charge(t).wait("Paid. 45.00 EUR received", due[1])
    charged_once(paying, *due)


DECLINED = {
    "insufficient_funds": "not enough money",
    "expired_card": "has expired",
    "stolen_card": "declined this payment",  # and not why: who reads it?
    "authenticate": "wants you to confirm",
}


@pytest.mark.parametrize("code", DECLINED)
def test_a_charge_that_is_declined_says_why(paying, due, card, code):
    if code == "authenticate":
        paying.peer.ask_for(card)
    else:
        paying.peer.decline(card, code)
    with methods(paying, due[0]) as t:
        charge(t).wait(DECLINED[code])
    assert paying.status(*due) == "Unpaid"
    paid_by_link(paying, *due)


def test_an_account_is_charged_for_days(paying, due, someone):
    paying.save_card(someone, **SEPA)
    with methods(paying, someone) as t:
        charge(t).wait("Processing")
        r = paying.pay_command(*due)
        assert r.returncode == 1 and "on its way already" in r.stderr
        (intent,) = charges(paying, someone)
        paying.peer.settle(which=intent["id"], succeeded=True)
        t.wait("Paid.")
    charged_once(paying, *due)


# ---- twice, or not at all ----
@pytest.mark.parametrize("fault", ["lost reply", "lost request", "409",
                                   "500 after it was done"])
def test_trouble_while_charging_charges_once(paying, due, card, fault):
    paying.peer.fault(**CHARGING, **TROUBLE[fault])
    with methods(paying, due[0]) as t:
        charge(t).wait("Paid.")
    sent = [r for r in paying.peer.log(path=CHARGING["path"])
            if card in r["body"]]
    assert any(r["faults"] for r in sent)
    assert len({(r["key"], r["body"]) for r in sent}) == 1 and sent[0]["key"]
    charged_once(paying, *due)


def test_news_of_a_charge_doubled_and_in_reverse(paying, due, card):
    paying.peer.mode(mode="hold")
    seen = len(paying.peer.events())
    begin_charge(paying, due[0])
    charged_once(paying, *due)
    n = len(paying.peer.events()) - seen
    assert n and set(paying.peer.deliver(order=list(range(n))[::-1],
                                         times=2)) == {200}
    charged_once(paying, *due)


def test_a_charge_closes_the_page_first(paying, due, card):
    page = paying.page(paying.pay(*due))
    with methods(paying, due[0]) as t:
        charge(t).wait("Paid.")
    assert paying.peer.session(page)["status"] == "expired"
    charged_once(paying, *due)


def test_a_page_that_is_paid_first_leaves_nothing_to_charge(
        paying, due, card):
    page = paying.page(paying.pay(*due))
    paying.peer.fault(**CLOSING, act="hold")
    begin_charge(paying, due[0])
    wait_for(lambda: paying.peer.state()["held"], "the page to be closed")
    paying.peer.pay(which=page)
    paying.peer.release()
    ends(paying, due[0], "failed")
    paying.settled(*due)
    paying.paid_once(*due)
    assert charges(paying, due[0]) == []


def test_a_charge_on_its_way_lets_no_page_open(paying, due, card):
    paying.peer.fault(**CHARGING, act="hold")
    begin_charge(paying, due[0])
    wait_for(lambda: paying.peer.state()["held"], "the charge")
    r = paying.pay_command(*due)
    assert r.returncode == 1 and "on its way already" in r.stderr
    paying.peer.release()
    charged_once(paying, *due)
    assert not paying.sessions_of(due[1])


def test_a_page_and_automatic_payment_at_the_same_moment(paying, someone):
    """Whoever is first: what the invoice does not need is credit."""
    number = paying.invoice(someone, "45.00", "--due", today().isoformat())
    page = paying.page(paying.pay(someone, number))
    paying.save_card(someone)
    autopay_on(paying, someone)

    def on_the_phone():
        with contextlib.suppress(AssertionError):  # closed before
            paying.peer.pay(which=page)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        paid = pool.submit(on_the_phone)
        paying.start_anew()
        paid.result()
    paying.settled(someone, number)
    ended = ("paid", "failed", "cancelled", "expired")
    wait_for(lambda: not paying.store.query(
        "SELECT k.id FROM checkout k JOIN customer c ON c.tenant = k.tenant "
        "AND c.id = k.customer WHERE c.number = '%s' AND k.state NOT IN %s"
        % (someone[0], ended)), "all attempts to end")
    came = [float(p["amount"]) for p in paying.payments(someone)]
    took = [i for i in paying.peer.intents() if i["status"] == "succeeded" and
            i["metadata"].get("portal_invoices") == str(number_id(paying,
                                                                  number))]
    assert len(came) == len(took) in (1, 2) and set(came) == {45.0}
    assert float(paying.balance(someone)) == 45 - sum(came)
    assert paying.store.query(
        "SELECT SUM(amount) FROM allocation WHERE invoice = %d"
        % number_id(paying, number))[0][0] == 4500


def number_id(paying, number):
    return paying.store.query(
        "SELECT id FROM invoice WHERE number = '%s'" % number)[0][0]


def begun_again(paying, seconds_ago=0):
    """The worker is there again, and what the dead one had is free; it was
    begun so long ago."""
    paying.store.query(
        "UPDATE job SET leased_until = 1, created_at = created_at - %d "
        "WHERE kind = 'checkout.open' AND worker <> ''" % seconds_ago)
    paying.start_worker()


def killed(paying, customer, when):
    paying.peer.fault(**CHARGING, when=when, act="kill", pid=paying.pid)
    begin_charge(paying, customer)
    paying.worker_died()


@pytest.mark.parametrize("when", ["received", "executed", "answered"])
def test_killed_while_charging(paying, due, card, when):
    killed(paying, due[0], when)
    begun_again(paying)
    charged_once(paying, *due)


def test_charged_while_the_worker_died_and_forgotten_here(paying, due, card):
    paying.peer.mode(mode="cut")
    killed(paying, due[0], "executed")
    forget(paying, due[0])
    begun_again(paying)
    charged_once(paying, *due)


@contextlib.contextmanager
def a_day_later(paying):
    paying.peer.advance(seconds=DAY)
    try:
        yield
    finally:
        paying.peer.advance(seconds=-DAY)


def test_found_a_day_later(paying, due, card):
    """The key is forgotten: what was charged is found by what it says."""
    killed(paying, due[0], "executed")
    assert len(charges(paying, due[0])) == 1 and not paying.payments(due[0])
    paying.peer.mode(mode="cut")
    with a_day_later(paying):
        begun_again(paying, DAY)
        charged_once(paying, *due)


def test_not_found_a_day_later(paying, due, card):
    """It never came there: after so long it is given up, not sent anew."""
    paying.peer.fault(**CHARGING, when="received", act="hold")
    begin_charge(paying, due[0])
    wait_for(lambda: paying.peer.state()["held"], "the charge")
    paying.kill_worker()
    paying.peer.fault(**CHARGING, when="received", act="drop")
    with a_day_later(paying):
        begun_again(paying, DAY)
        assert "Nothing was charged" in ends(paying, due[0], "failed")
    assert charges(paying, due[0]) == []
    paid_by_link(paying, *due)


def test_a_charge_that_broke_for_good_is_given_up(paying, due, card):
    """The same 500 for the same key each time, and nothing to be found."""
    paying.peer.fault(**CHARGING, act="status", status=500, saved=True)
    begin_charge(paying, due[0])
    where = "kind = 'checkout.open' AND state = 'ready' AND problem <> ''"
    wait_for(lambda: paying.store.query("SELECT id FROM job WHERE " + where),
             "it to be tried again")
    paying.store.query(
        "UPDATE job SET attempts = 6, due_at = 0, created_at = created_at "
        "- 900 WHERE " + where)
    paying.start_anew()
    assert "Nothing was charged" in ends(paying, due[0], "failed")
    assert charges(paying, due[0]) == []
    paid_by_link(paying, *due)


# ---- charged when due ----
def autopay_on(paying, customer):
    """As a customer turns it on, without the screen."""
    paying.store.query(
        "INSERT INTO autopay (tenant, customer, is_on, changed_at) SELECT "
        "tenant, id, 1, 1 FROM customer WHERE number = '%s'" % customer[0])


def is_on(paying, customer):
    return paying.store.query(
        "SELECT is_on FROM autopay a JOIN customer c ON c.tenant = a.tenant "
        "AND c.id = a.customer WHERE c.number = '%s'" % customer[0]
    ) in ([(1,)], [(True,)])


def days_ago(n):
    return (today() - datetime.timedelta(days=n)).isoformat()


def look_through(paying):
    """Until the worker has looked at all that is due: it goes from customer
    to customer, and this one is the newest."""
    last = paying.customer()
    paying.save_card(last)
    number = paying.invoice(last, "45.00", "--due", days_ago(0))
    autopay_on(paying, last)
    paying.start_anew()
    charged_once(paying, last, number)


def test_turning_it_on_charges_what_is_due_at_once(
        paying, someone, card):
    due = [paying.invoice(someone, "45.00", "--due", days_ago(0))
           for _ in range(2)]
    paying.start_anew()
    look_through(paying)  # the next round is minutes away
    with methods(paying, someone) as t:
        t.send("A").wait("on each due date from now on").send("y")
        t.wait("Automatic payment is on")
    for number in due:
        paying.settled(someone, number)
    assert [i["amount"] for i in charges(paying, someone)] == [4500, 4500]


def test_what_is_due_is_charged_by_itself(paying, someone, card):
    later = paying.invoice(someone, "12.00")
    now = paying.invoice(someone, "45.00", "--due", days_ago(0))
    with methods(paying, someone) as t:
        t.send("A").wait("on each due date from now on").send("y")
        t.wait("Automatic payment is on")
    paying.start_anew()
    paying.settled(someone, now)
    look_through(paying)  # and finds nothing
    assert [p["invoice"] for p in paying.payments(someone)] == [now]
    assert [i["amount"] for i in charges(paying, someone)] == [4500]
    assert paying.status(someone, later) == "Unpaid"


def test_what_failed_is_tried_on_another_day(paying, someone, card):
    number = paying.invoice(someone, "45.00", "--due", days_ago(0))
    autopay_on(paying, someone)
    paying.peer.decline(card, "insufficient_funds")
    paying.start_anew()
    ends(paying, someone, "failed")
    paying.peer.behave(method=card, how="ok")
    look_through(paying)  # not today
    assert len(charges(paying, someone)) == 1
    id_ = number_id(paying, number)
    (state, first, next_on), = paying.store.query(
        "SELECT x.state, i.due_on, x.next_on FROM autopay_invoice x JOIN "
        "invoice i ON i.id = x.invoice WHERE i.id = %d" % id_)
    assert state == "waiting" and next_on == first + 3
    paying.store.query("UPDATE autopay_invoice SET next_on = %d WHERE "
                       "invoice = %d" % (first, id_))
    paying.start_anew()
    charged_once(paying, someone, number, tries=2)


@pytest.fixture
def mailbox(paying):
    with Mailbox(paying.portal.base) as box:
        box.configure(paying.portal)
        paying.portal.set("http", "listen", paying.address)
        yield box


def mailed_link(paying, box, number):
    """The link that a mail about this invoice has."""
    wait_for(lambda: box.mails, "the mail")
    (mail,) = box.mails
    text = box.read().get_content()
    assert mail.rcpt_tos[0].startswith("payer") and number in text
    (link,) = [w for w in text.split() if w.startswith(paying.public)]
    return urllib.parse.urlsplit(link).path, text


def pay_mailed(paying, customer, number, path):
    reply = wait_for(lambda: paying.get(path).location, "the page")
    paying.peer.pay(which=reply)
    paying.settled(customer, number)
    assert len(paying.payments(customer)) == 1


def test_who_must_be_asked_gets_a_mail_with_a_link(
        paying, mailbox, someone, card):
    number = paying.invoice(someone, "45.00", "--due", days_ago(0))
    autopay_on(paying, someone)
    paying.peer.ask_for(card)
    paying.start_anew()
    path, text = mailed_link(paying, mailbox, number)
    assert "confirm the payment of 45.00 EUR" in text
    pay_mailed(paying, someone, number, path)
    assert len(charges(paying, someone)) == 1


def test_a_debit_that_fails_for_good_gets_a_mail_with_a_link(
        paying, mailbox, someone):
    number = paying.invoice(someone, "45.00", "--issued", days_ago(30),
                            "--due", days_ago(16))
    paying.save_card(someone, **SEPA)
    autopay_on(paying, someone)
    paying.start_anew()
    ends(paying, someone, "processing")
    said = paying.portal.ssh("overview", key=someone[1], check=True).stdout
    assert "A payment of 45.00 EUR is being processed." in said
    (intent,) = charges(paying, someone)
    paying.peer.settle(which=intent["id"], succeeded=False,
                       code="debit_not_authorized")
    path, text = mailed_link(paying, mailbox, number)
    assert "has not allowed this direct debit" in " ".join(text.split())
    pay_mailed(paying, someone, number, path)
    assert len(charges(paying, someone)) == 1
