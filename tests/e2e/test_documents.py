"""Proformas and credit notes: their papers, and that a proforma becomes an
invoice once, whoever brings the money."""

import json

import pytest

from portal import wait_for
from stripe_peer import paying, shared_paying

__all__ = ["paying", "shared_paying"]  # fixtures


@pytest.fixture
def someone(paying):
    return paying.customer()


def proforma(paying, someone):
    """A new one of 45.00 EUR: its number."""
    r = paying.portal.ctl("proforma", "add", someone[0], "--line",
                          "Router;1;37.50;20", "--json")
    return json.loads(r.stdout)["number"]


def rows(paying, listing, someone):
    return paying.portal.rows(listing, key=someone[1])


def became(paying, someone, number):
    """The invoice that a proforma became, or None."""
    r = paying.portal.ctl("proforma", "show", someone[0], number, "--json")
    return json.loads(r.stdout)["invoice"]


def fetch(paying, someone, path, folder):
    return paying.portal.scp(path, folder, key=someone[1])


def test_a_proforma_owes_nothing_and_is_fetched_by_its_customer(
        paying, someone, tmp_path):
    number = proforma(paying, someone)
    (row,) = rows(paying, "proformas", someone)
    assert row == {"number": number, "issued": row["issued"],
                   "due": row["due"], "total": "45.00", "currency": "EUR",
                   "status": "Unpaid"}
    assert float(paying.balance(someone)) == 0
    assert rows(paying, "invoices", someone) == []
    path = "proformas/%s.pdf" % number
    assert fetch(paying, someone, path, tmp_path).returncode == 0
    assert (tmp_path / (number + ".pdf")).read_bytes()[:5] == b"%PDF-"
    other = paying.customer()
    assert rows(paying, "proformas", other) == []
    assert fetch(paying, other, path, tmp_path / "no").returncode != 0
    assert not (tmp_path / "no").exists()
    assert paying.pay_command(other, number).returncode == 1


def test_money_that_came_by_bank_makes_it_an_invoice(paying, someone):
    number = proforma(paying, someone)
    pay = ("payment", "add", someone[0], "45.00", "--proforma", number)
    paying.portal.ctl(*pay)
    (invoice,) = rows(paying, "invoices", someone)
    assert invoice["status"] == "Paid" and invoice["total"] == "45.00"
    assert became(paying, someone, number) == invoice["number"]
    # the same once more is credit
    paying.portal.ctl(*pay)
    assert rows(paying, "invoices", someone) == [invoice]
    assert float(paying.balance(someone)) == -45


def test_paid_at_the_gateway_it_is_an_invoice_once(paying, someone):
    number = proforma(paying, someone)
    said = paying.pay(someone, number)
    assert said["proforma"] == number and said["invoice"] is None
    assert said["amount"] == "45.00"
    page = paying.page(said)
    assert paying.sessions_of(number) == [paying.peer.session(page)]
    paying.peer.pay(which=page)
    wait_for(lambda: became(paying, someone, number), number + " to be paid")
    assert [p["status"] for p in rows(paying, "proformas", someone)] == ["Paid"]
    (invoice,) = rows(paying, "invoices", someone)
    (payment,) = paying.payments(someone)
    assert payment["invoice"] == invoice["number"] and payment["receipt"]
    assert float(paying.balance(someone)) == 0
    # a worker that looks at everything again finds nothing to do
    paying.start_anew()
    wait_for(paying.healthy, "portal-worker to listen")
    assert rows(paying, "invoices", someone) == [invoice]
    assert len(paying.payments(someone)) == 1
    assert paying.pay_command(someone, number).returncode == 1


def test_a_credit_note_corrects_its_invoice(paying, someone, tmp_path):
    invoice = paying.invoice(someone)
    r = paying.portal.ctl("credit-note", "add", someone[0], invoice,
                          "--line", "Not delivered;1;20.00;0", "--json")
    number = json.loads(r.stdout)["number"]
    (row,) = rows(paying, "credit-notes", someone)
    assert row == {"number": number, "issued": row["issued"],
                   "invoice": invoice, "total": "20.00", "currency": "EUR",
                   "status": "Used"}
    assert paying.status(someone, invoice) == "Partially paid"
    assert float(paying.balance(someone)) == 25
    assert "Credit note " + number in [
        t["description"] for t in rows(paying, "transactions", someone)]
    path = "credit-notes/%s.pdf" % number
    assert fetch(paying, someone, path, tmp_path).returncode == 0
    assert (tmp_path / (number + ".pdf")).read_bytes()[:5] == b"%PDF-"
    assert fetch(paying, paying.customer(), path,
                 tmp_path / "no").returncode != 0
    assert not (tmp_path / "no").exists()
