"""The worker killed at any of its writes, two of them on one store, a store that
was restored: in the end there is one payment, of the right amount, on the right
invoice."""

import contextlib
import http.client
import os
import shutil
import subprocess

from portal import free_port, wait_for
from stripe_peer import SETTLED_IN, own_paying

__all__ = ["own_paying"]  # a fixture

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


def test_money_of_a_forgotten_customer_is_not_the_next_ones(own_paying):
    """A restored store gives the next customer the id of one it has lost."""
    peer = own_paying.peer
    with backup(own_paying) as restore:
        lost = own_paying.customer()
        number = own_paying.invoice(lost)
        peer.mode(mode="hold")
        seen = len(peer.events())
        peer.pay(which=own_paying.page(own_paying.pay(lost, number)))
        own_paying.settled(lost, number)
        n = len(peer.events()) - seen
        restore()
        later = own_paying.customer()
        assert later[0] == lost[0]
        assert set(peer.deliver(order=list(range(n)), times=1)) == {200}
        wait_for(lambda: "book it by hand" in own_paying.read_log(),
                 "a word about it")
        assert own_paying.payments(later) == []
