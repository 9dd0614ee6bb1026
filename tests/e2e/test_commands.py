"""FX5: commands over ssh, their output as the contract has it, their exit
status."""

import csv
import datetime
import io
import json
import re

import pytest

STATUSES = {"Unpaid", "Partially paid", "Paid", "Overdue", "Cancelled"}
KEYS = {
    "invoices": ["number", "issued", "due", "total", "balance", "currency",
                 "status", "overdue"],
    "payments": ["date", "amount", "currency", "status", "reference",
                 "invoice", "receipt"],
    "transactions": ["date", "description", "debit", "credit", "balance",
                     "currency"],
    "tickets": ["id", "subject", "status", "priority", "created", "preview"],
    "services": ["id", "type", "description", "status", "since"],
}


def rows(portal, name, **kw):
    return json.loads(portal.ssh(name, "--json", check=True, **kw).stdout)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_listing_json_has_the_contract_s_keys(portal, name):
    found = rows(portal, name)
    assert found
    for row in found:
        assert [k for k in row if k != "invoices"] == KEYS[name]
        if "invoices" in row:
            assert row["invoice"] is None and len(row["invoices"]) > 1


@pytest.mark.parametrize("name", sorted(KEYS))
def test_listing_csv_has_the_same_rows(portal, name):
    out = portal.ssh(name, "--csv", check=True).stdout
    table = list(csv.reader(io.StringIO(out)))
    assert [c for c in table[0] if c != "invoices"] == KEYS[name]
    assert len(table) - 1 == len(rows(portal, name))


@pytest.mark.parametrize("name", sorted(KEYS))
def test_listing_text_is_plain(portal, name):
    out = portal.ssh(name, check=True).stdout
    assert out.strip()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]", out)


def test_amounts_dates_and_states(portal):
    today = datetime.date.today()
    seen = set()
    for i in rows(portal, "invoices"):
        assert re.fullmatch(r"\d+\.\d\d", i["total"])
        assert re.fullmatch(r"\d+\.\d\d", i["balance"])
        assert re.fullmatch(r"[A-Z]{3}", i["currency"])
        issued = datetime.date.fromisoformat(i["issued"])
        due = datetime.date.fromisoformat(i["due"])
        assert issued <= due and isinstance(i["overdue"], bool)
        assert i["status"] in STATUSES
        if i["status"] == "Paid":
            assert float(i["balance"]) == 0 and not i["overdue"]
        if i["overdue"]:
            assert due < today + datetime.timedelta(1)
            assert float(i["balance"]) > 0 and i["status"] == "Overdue"
        seen.add(i["status"])
    assert {"Paid", "Overdue", "Unpaid"} <= seen
    for p in rows(portal, "payments"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)",
                            p["date"])


def test_the_ledger_adds_up_to_the_balance(portal):
    t = rows(portal, "transactions")
    total = sum(round(float(r["debit"] or 0) * 100) -
                round(float(r["credit"] or 0) * 100) for r in t)
    overview = json.loads(portal.ssh("overview", "--json", check=True).stdout)
    assert total == round(float(overview["balance"]) * 100)
    open_ = sum(round(float(i["balance"]) * 100)
                for i in rows(portal, "invoices"))
    assert open_ >= total  # what credit is left stands against it


def test_one_invoice(portal):
    first = rows(portal, "invoices")[0]
    one = json.loads(portal.ssh("invoice", first["number"], "--json",
                                check=True).stdout)
    for k in ("number", "issued", "due", "total", "balance", "currency",
              "status", "overdue"):
        assert one[k] == first[k]
    assert one["lines"] and one["taxes"]
    text = portal.ssh("invoice", first["number"], check=True).stdout
    assert first["number"] in text and first["total"] in text


def test_others_invoice_is_not_found_as_an_unknown_one(portal):
    number = rows(portal, "invoices")[0]["number"]
    a = portal.ssh("invoice", number, key=portal.key2)
    b = portal.ssh("invoice", "INV-1999-999999", key=portal.key2)
    assert a.returncode == b.returncode == 1
    assert a.stdout == b.stdout == ""
    assert a.stderr.replace(number, "N") == b.stderr.replace(
        "INV-1999-999999", "N")


def test_help_lists_the_commands(portal):
    out = portal.ssh("help", check=True).stdout
    for word in list(KEYS) + ["overview", "invoice", "plain", "help",
                              "--json", "--csv"]:
        assert word in out


@pytest.mark.parametrize("words", [["nonsense"], ["invoice"],
                                   ["invoices", "--xml"],
                                   ["rm", "-rf", "/"], ["invoices;id"]])
def test_bad_usage_says_what_to_do_and_ends_with_2(portal, words):
    r = portal.ssh(*words)
    assert r.returncode == 2
    assert r.stdout == ""
    assert "help" in r.stderr


def test_pay_says_how_to_pay_instead(portal):
    number = rows(portal, "invoices")[0]["number"]
    r = portal.ssh("pay", number)
    assert r.returncode == 1
    assert len(r.stderr.strip()) > 20


def test_overview(portal):
    out = portal.ssh("overview", check=True).stdout
    assert "You owe" in out
    o = json.loads(portal.ssh("overview", "--json", check=True).stdout)
    assert o["customer"]["email"] == "demo@example.net"
    assert o["currency"] and re.fullmatch(r"-?\d+\.\d\d", o["balance"])


def test_plain_menu_over_pipes(portal):
    r = portal.ssh("plain", input="3\nb\n0\n")
    assert r.returncode == 0, r.stderr
    assert "Signed in as" in r.stdout and "You owe" in r.stdout
    assert "\x1b" not in r.stdout
    # end of input leaves too
    assert portal.ssh("plain", input="").returncode == 0


def test_no_pty_gives_the_plain_menu(portal):
    r = portal.ssh(input="0\n", options=["-T"])
    assert r.returncode == 0, r.stderr
    assert "Signed in as" in r.stdout and "\x1b" not in r.stdout


@pytest.mark.parametrize("term", ["dumb", "no-such-terminal", "unknown"])
def test_terminals_without_screens_get_the_plain_menu(portal, term):
    with portal.terminal(term=term) as t:
        t.wait("Signed in as", "0 Leave")
        assert b"\x1b[" not in t.raw
        t.send("0\r")
        assert t.wait_end() == 0
