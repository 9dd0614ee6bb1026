"""What staff and other sessions change appears on open screens without a
key."""

import json

import pytest

from screens import fill_ticket, go, sizes


@pytest.fixture
def someone(portal, size, request):
    name = request.node.name.split("[")[0].replace("test_", "")[:40]
    return portal.customer("Nora Notice", "%s%d@example.net" % (name,
                                                              size[0]))


@sizes
def test_a_staff_reply_appears_by_itself(portal, size, someone):
    number, key = someone
    with portal.terminal(*size, key=key) as t, \
            portal.terminal(*size, key=key) as list_:
        go(list_.wait("Paid in full"), "Tickets")
        t.wait("Paid in full").send("t")
        fill_ticket(t, "Wait for it", "Hello?")
        t.wait("Sent. Your ticket is #")
        # the customer's other session shows it too
        list_.wait("Wait for it", "New")
        k = portal.rows("tickets", key=key)[0]["id"]
        portal.ctl("ticket", "reply", number, str(k), "Here we are.")
        t.wait("Here we are.")
        list_.wait("Waiting on customer")


@sizes
def test_a_payment_refreshes_the_balance(portal, size, someone):
    number, key = someone
    with portal.terminal(*size, key=key) as t:
        t.wait("Paid in full")
        portal.ctl("invoice", "add", number, "--line", "Work;1;50.00;20")
        t.wait("You owe 60.00 EUR", "UNPAID INVOICES")
        go(t, "Billing").wait("You owe 60.00 EUR", "Unpaid")
        portal.ctl("payment", "add", number, "15.00")
        t.wait("You owe 45.00 EUR", "Partially paid")
        portal.ctl("payment", "add", number, "45.00")
        t.wait("Paid", gone="You owe")
    o = json.loads(portal.ssh("overview", "--json", key=key).stdout)
    assert float(o["balance"]) == 0


@sizes
def test_others_see_nothing_of_it(portal, size, someone):
    number, key = someone
    _, other = portal.customer("Otto Other", "other%d@example.net" % size[0])
    with portal.terminal(*size, key=other) as t, \
            portal.terminal(*size, key=key) as mine:
        t.wait("Paid in full", "q quit").settle(0.5)
        mine.wait("Paid in full")
        seen = len(t.raw)
        portal.ctl("invoice", "add", number, "--line", "Work;1;50.00;20")
        mine.wait("You owe 60.00 EUR")
        assert not t.pump(0.5) and len(t.raw) == seen


@sizes
def test_news_and_settings_reach_open_screens_of_the_tenant(portal, size,
                                                            someone):
    number, key = someone
    title = "Mast %d falls" % size[0]
    with portal.terminal(*size, key=key) as t:
        t.wait("Paid in full")
        portal.ctl("news", "add", title, "Stay away.")
        # at 40x15 the news is below: it is there without another login
        t.wait_until(lambda: title in " ".join(t.pages()), "the news")


@sizes
def test_what_is_typed_meanwhile_stays(portal, size, someone):
    number, key = someone
    with portal.terminal(*size, key=key) as t:
        t.wait("Paid in full").send("t")
        t.wait("New ticket").send("half of a subj").wait("half of a subj")
        portal.ctl("invoice", "add", number, "--line", "Work;1;50.00;20")
        t.send("ect").wait("half of a subject")
        t.sync("\x1b").sync("y")
        t.wait("You owe 60.00 EUR")
