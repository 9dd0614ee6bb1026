"""How long a payment's link takes, beside the counterpart of Stripe that makes
the page: from the key press to the code on the screen, and many at once."""

import concurrent.futures
import contextlib
import os
import select
import signal
import statistics
import time

from portal import wait_for
from stripe_peer import Paying, StripePeer

OPENING = {"method": "POST", "path": "^/checkout/sessions$"}
HALF_BLOCKS = [c.encode() for c in "\u2580\u2584\u2588"]
QUIET = 0.3  # seconds without a byte: the screen is painted


@contextlib.contextmanager
def paying(portal):
    """The portal with its worker and a counterpart."""
    p = Paying(portal, StripePeer())
    p.peer.mode(mode="cut")
    # names that nobody has, also after another row
    p.customers = portal.store.query("SELECT count(*) FROM customer")[0][0]
    try:
        yield p.start_worker()
    finally:
        p.stop_worker()
        p.peer.stop()


def press_pay(t):
    """Milliseconds from the key press to the last byte of the first screen
    with the code."""
    data, drawn = b"", False
    last = start = time.monotonic()
    os.write(t.fd, b"p")
    while select.select([t.fd], [], [], QUIET if drawn else 30)[0]:
        data += os.read(t.fd, 65536)
        last = time.monotonic()
        drawn = drawn or any(c in data for c in HALF_BLOCKS)
    t.stream.feed(data)
    t.wait("Waiting for payment", "Scan with a phone")
    return 1000 * (last - start)


def ask_peer(p):
    """The counterpart's own answer to the same request."""
    start = time.monotonic()
    p.peer.make_session(4500)
    return 1000 * (time.monotonic() - start)


def key_to_qr(p, delay_ms, runs):
    """Medians, taking turns: to the code on the screen, to the answer."""
    who = p.customer()
    for _ in range(runs):
        p.invoice(who)
    p.peer.fault(**OPENING, when="executed", act="delay", ms=delay_ms,
                 times=10 * runs)
    ours, own = [], []
    with p.portal.terminal(key=who[1]) as t:
        t.send("3").wait("INV-")
        for _ in range(runs):
            ours.append(press_pay(t))
            own.append(ask_peer(p))
            t.back("Billing", gone="Scan").sync("j")
    p.peer.faults(faults=[])
    return statistics.median(ours), statistics.median(own)


def at_once(p, dues):
    """Each customer asks for a link while the worker is stopped; then it goes
    on.  How many requests were in flight together, how many links came, and
    the milliseconds until all were asked for, and until all were there."""
    opened = len(p.peer.opened())
    p.peer.fault(**OPENING, act="hold", times=len(dues))
    os.kill(p.pid, signal.SIGSTOP)
    with concurrent.futures.ThreadPoolExecutor(len(dues)) as pool:
        links = [pool.submit(p.pay, *due) for due in dues]
        wait_for(lambda: p.store.query(
            "SELECT count(*) FROM checkout WHERE state = 'wanted'")
            == [(len(dues),)], "all to be wanted", 120)
        start = time.monotonic()
        os.kill(p.pid, signal.SIGCONT)
        try:
            wait_for(lambda: len(p.peer.state()["held"]) == len(dues),
                     "all to be in flight")
        except AssertionError:
            pass  # the figure says so
        asked = time.monotonic()
        held = len(p.peer.state()["held"])
        p.peer.faults(faults=[])
        p.peer.release()
        wait_for(lambda: p.store.query(
            "SELECT count(*) FROM checkout WHERE state = 'wanted'")
            == [(0,)], "all to be open")
        there = time.monotonic()
        found = {link.result()["url"] for link in links}
    assert len(p.peer.opened()) - opened == len(dues)
    return held, len(found), 1000 * (asked - start), 1000 * (there - start)
