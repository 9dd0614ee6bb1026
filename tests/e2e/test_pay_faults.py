"""Whatever breaks on the way of a payment, in the end there is one session and
one payment, of the right amount, on the right invoice."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess

import pytest

from portal import free_port, wait_for
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
    paying.portal.ctl("payment", "add", customer[0], "5.00")
    kill_at(paying, when, {"method": "POST", "path": "/expire$"})
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


# ---- killed at its writes ----
# What tells the store, per engine: each is a place to die.
WRITES = {"sqlite": "pwrite64,fdatasync,fsync,ftruncate",
          "postgresql": "sendto,write"}
STRIDE = int(os.environ.get("PORTAL_CRASH_STRIDE", "7"))


def whole_payment(paying, die_at):
    """From the command to the receipt, the worker killed at its write number
    die_at and started again.  Gives whether it came so far."""
    customer = paying.customer()
    number = paying.invoice(customer)
    deaths = []

    def until(condition, what):
        def check():
            if paying.worker.poll() is not None:
                deaths.append(what)
                paying.start_worker(up=False)
            with contextlib.suppress(ConnectionError,
                                     http.client.HTTPException):
                return condition()
        return wait_for(check, what, patience=60)
    paying.stop_worker()
    paying.start_worker(
        "strace", "-qqq", "-o", "/dev/null", "-e",
        "inject=%s:signal=SIGKILL:when=%d" % (WRITES[engine(paying)], die_at),
        up=False)
    link = paying.pay_in_background(customer, number)
    until(link.done, "the link")
    page = until(lambda: paying.page(link.result()), "the page")
    paying.peer.pay(which=page)
    until(lambda: paying.is_paid(customer, number), "the payment")
    paying.settled(customer, number)
    paying.paid_once(customer, number)
    return deaths


def engine(paying):
    return "postgresql" if hasattr(paying.store, "server") else "sqlite"


def test_killed_at_any_write(own_paying):
    place, died = 1, []
    while True:
        deaths = whole_payment(own_paying, place)
        if not deaths:
            break
        died += deaths
        place += STRIDE
    assert {"the link", "the payment"} <= set(died)


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


def second_worker(paying):
    """On the same store, with an address of its own."""
    conf = os.path.join(paying.portal.dir, "second.conf")
    with open(paying.portal.conf) as f:
        text = f.read().replace(
            "listen = " + paying.address,
            "listen = 127.0.0.1:%d" % free_port())
    with open(conf, "w") as f:
        f.write(text)
    return conf


def test_two_workers_on_one_store_do_it_once(own_paying):
    with open(own_paying.log, "ab") as log:
        other = subprocess.Popen(
            [own_paying.portal.program("portal-worker"), "-c",
             second_worker(own_paying)], stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, cwd="/", **own_paying.portal._as())
    try:
        for _ in range(5):
            customer = own_paying.customer()
            number = own_paying.invoice(customer)
            page = own_paying.page(own_paying.pay(customer, number))
            own_paying.peer.pay(which=page)
            own_paying.settled(customer, number)
            own_paying.paid_once(customer, number)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


# ---- an older backup ----
@contextlib.contextmanager
def backup(paying):
    """Takes one of the store; gives what puts it back."""
    store = paying.store
    copy = (store.name + "_backup" if engine(paying) == "postgresql"
            else store.file + ".backup")

    def at_rest(change):
        paying.stop_worker()
        paying.portal.stop()
        change()
        paying.portal.start()
        paying.start_worker()

    def take():
        if engine(paying) == "postgresql":
            store.administer("CREATE DATABASE %s TEMPLATE %s"
                             % (copy, store.name))
            return
        store.query("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy2(store.file, copy)

    def put_back():
        store.remove()
        if engine(paying) == "postgresql":
            store.administer("ALTER DATABASE %s RENAME TO %s"
                             % (copy, store.name))
            return
        for suffix in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(store.file + suffix)
        owner = os.stat(os.path.dirname(store.file))
        os.rename(copy, store.file)
        os.chown(store.file, owner.st_uid, owner.st_gid)
    at_rest(take)
    try:
        yield lambda: at_rest(put_back)
    finally:
        if engine(paying) == "postgresql":
            store.administer("DROP DATABASE IF EXISTS " + copy)


def test_paid_after_the_store_was_restored_from_an_older_backup(own_paying):
    customer = own_paying.customer()
    number = own_paying.invoice(customer)
    with backup(own_paying) as restore:
        page = own_paying.page(own_paying.pay(customer, number))
        restore()
        own_paying.peer.pay(which=page)
        own_paying.settled(customer, number)
        own_paying.paid_once(customer, number)


def test_paid_before_the_store_was_restored_from_an_older_backup(own_paying):
    customer = own_paying.customer()
    number = own_paying.invoice(customer)
    with backup(own_paying) as restore:
        own_paying.peer.pay(
            which=own_paying.page(own_paying.pay(customer, number)))
        own_paying.settled(customer, number)
        restore()
        own_paying.settled(customer, number, patience=SETTLED_IN)
        own_paying.paid_once(customer, number)


def test_what_a_restored_store_counts_anew_is_not_mixed_up(own_paying):
    """Its next checkout has the number of one that it has forgotten."""
    a, b = own_paying.customer(), own_paying.customer()
    of_a, of_b = own_paying.invoice(a), own_paying.invoice(b, "99.00")
    with backup(own_paying) as restore:
        page_a = own_paying.page(own_paying.pay(a, of_a))
        restore()
        page_b = own_paying.page(own_paying.pay(b, of_b))
        assert page_a != page_b
        own_paying.peer.pay(which=page_a)
        own_paying.settled(a, of_a)
        assert own_paying.status(b, of_b) == "Unpaid"
        own_paying.peer.pay(which=page_b)
        own_paying.settled(b, of_b)
        own_paying.paid_once(a, of_a)
        own_paying.paid_once(b, of_b, amount="99.00")
