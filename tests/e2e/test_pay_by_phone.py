"""The main job as its customer lives it: find an invoice, press p, scan, pay on
the phone, read "Paid." without having touched a key, fetch the receipt.  With
the real worker and the counterpart of Stripe; only the phone is played."""

import subprocess
import urllib.parse

import pytest

from pictures import DARK, LIGHT, picture, scan
from portal import wait_for
from stripe_peer import paying, shared_paying

__all__ = ["paying", "shared_paying"]  # fixtures


@pytest.fixture
def due(paying):
    """(customer, the number of an invoice of 45.00 EUR)"""
    customer = paying.customer()
    return customer, paying.invoice(customer)


def asks(paying, due, t):
    """Finds the invoice and presses p; the terminal shows its code."""
    t.send("3").wait("INV-")
    t.send("/%s\r" % due[1]).wait("> " + due[1])
    return t.send("p").wait("Waiting for payment", "Scan with a phone")


def scanned(t):
    """What a phone reads on the screen, whichever its colours."""
    links = []

    def read():
        links[:] = [scan(picture(t.screen, own)) for own in (DARK, LIGHT)]
        return all(len(found) == 1 for found in links)
    t.wait_until(read, "a QR")
    assert links[0] == links[1]
    return links[0][0]


def opened(paying, link):
    """The phone opens it: the page that it comes to."""
    assert link.startswith(paying.public.upper() + "/P/")
    reply = paying.get(urllib.parse.urlsplit(link).path)
    assert reply.status == 303, (reply, paying.read_log())
    return reply.location


@pytest.mark.parametrize("term", ["xterm-256color", "linux", "screen",
                                  "vt100"])
def test_from_an_invoice_to_its_receipt(paying, due, tmp_path, term):
    customer, number = due
    others = [paying.invoice(customer, a) for a in ("12.00", "31.00")]
    with paying.portal.terminal(term=term, key=customer[1]) as t:
        page = opened(paying, scanned(asks(paying, due, t)))
        assert paying.peer.session(page)["amount_total"] == 4500
        paying.peer.pay(which=page)
        t.wait("Paid.", gone="Waiting for payment")
        (payment,) = paying.payments(customer)
        t.wait(payment["receipt"])
    r = paying.portal.scp("receipts/%s.pdf" % payment["receipt"], tmp_path,
                          key=customer[1])
    assert r.returncode == 0, r.stderr
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / (payment["receipt"] + ".pdf"),
         "-"], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert "45.00" in text and payment["reference"] in text
    assert (payment["amount"], payment["invoice"]) == ("45.00", number)
    assert paying.status(customer, number) == "Paid"
    assert {paying.status(customer, o) for o in others} == {"Unpaid"}


def test_the_money_arrives_when_nobody_looks_any_more(paying, due):
    with paying.portal.terminal(key=due[0][1]) as t:
        page = opened(paying, scanned(asks(paying, due, t)))
    paying.peer.pay(which=page)
    paying.settled(*due)
    paying.paid_once(*due)
    with paying.portal.terminal(key=due[0][1]) as t:
        t.send("3").wait(due[1], "Paid")


def test_an_expired_link_makes_room_for_a_new_one(paying, due):
    with paying.portal.terminal(key=due[0][1]) as t:
        link = scanned(asks(paying, due, t))
        page = opened(paying, link)
        paying.peer.expire(which=page)
        t.wait("Expired", "r makes a new link")
        t.send("r").wait("Waiting for payment", "Scan with a phone")
        new = scanned(t)
        assert opened(paying, new) != page
        paying.peer.pay(which=opened(paying, new))
        t.wait("Paid.")
    paying.paid_once(*due, sessions=2)


def test_two_screens_one_invoice(paying, due):
    """At home and at work at once: one link, and both see that it is paid."""
    with paying.portal.terminal(key=due[0][1]) as home, \
            paying.portal.terminal(key=due[0][1]) as work:
        for t in (home, work):
            t.send("3").wait(due[1])
        home.send("p")
        work.send("p")
        links = {scanned(t.wait("Scan with a phone")) for t in (home, work)}
        assert len(links) == 1
        paying.peer.pay(which=opened(paying, links.pop()))
        for t in (home, work):
            t.wait("Paid.")
    paying.paid_once(*due)


def test_the_old_link_after_a_new_one(paying, due):
    """Something was paid meanwhile, so that the new one asks for less: what
    the first screen shows has ended, and its code leads to no page."""
    customer, number = due
    with paying.portal.terminal(key=customer[1]) as old, \
            paying.portal.terminal(key=customer[1]) as new:
        old_link = scanned(asks(paying, due, old))
        opened(paying, old_link)
        paying.portal.ctl("payment", "add", customer[0], "5.00")
        link = scanned(asks(paying, due, new))
        assert link != old_link
        old.wait("r makes a new link", gone="Waiting for payment")
        path = urllib.parse.urlsplit(old_link).path
        wait_for(lambda: paying.get(path).status == 410, "the old link's end")
        paying.peer.pay(which=opened(paying, link))
        new.wait("Paid.")
    assert paying.status(*due) == "Paid"
    assert sorted(p["amount"] for p in paying.payments(customer)) == [
        "40.00", "5.00"]
    assert float(paying.balance(customer)) == 0
