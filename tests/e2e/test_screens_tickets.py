"""SU: tickets, every field and action, seen at both sizes."""

import pytest

from screens import (fill_ticket, go, instant, lacks, on, opened, row_has,
                     shows, sizes, wide)


@pytest.fixture
def someone(portal, size, request):
    """A customer without tickets: (number, key, a function that lists)."""
    name = request.node.name.split("[")[0].replace("test_", "")
    number, key = portal.customer("Tina Ticket", "%s%d@example.net" % (
        name[:30], size[0]))
    return number, key, lambda: portal.rows("tickets", key=key)


@pytest.fixture
def t(portal, size):
    with portal.terminal(*size) as t:
        yield t.wait("You owe")


@sizes
def test_su1_list_thread_and_fields(portal, t):
    tickets = portal.rows("tickets")
    types = dict(portal.store.query("SELECT id, type FROM ticket"))
    assert {"New", "Waiting on customer", "Work in progress", "Resolved",
            "Closed"} <= {k["status"] for k in tickets}
    go(t, "Tickets")
    open_ = [k for k in tickets if k["status"] not in ("Resolved", "Closed")]
    shows(t, "%d open of %d" % (len(open_), len(tickets)))
    for k in tickets:
        row_has(t, "#%d " % k["id"], k["status"], k["subject"][:25])
        if wide(t) or k["status"] != "Waiting on customer":
            row_has(t, "#%d " % k["id"], k["priority"])
        opened(t, "Opened")
        shows(t, k["subject"], k["status"],
              "Priority %s %s" % (k["priority"], types[k["id"]].capitalize()),
              "Opened " + instant(k["created"]), "You, ",
              k["preview"].rstrip("~")[:60])
        t.sync("\x1b")
        on(t, "Tickets")
    # staff have answered in some of them
    t.mark("Slow evenings")
    opened(t, "Opened")
    assert "With" in t.whole() or "Ridgenet" in t.whole()


@sizes
def test_su1_filter_search_and_sort(portal, t):
    tickets = portal.rows("tickets")
    closed = [k["subject"][:20] for k in tickets
              if k["status"] in ("Resolved", "Closed")]
    open_ = [k["subject"][:20] for k in tickets
             if k["status"] not in ("Resolved", "Closed")]
    go(t, "Tickets")
    t.send("f").wait("Shown: open")
    lacks(shows(t, *open_), *closed)
    t.send("f").wait("Shown: closed")
    lacks(shows(t, *closed), *open_)
    t.send("f").wait("Shown: all")
    last = tickets[-1]
    t.sync("g").send("/" + last["subject"][:12] + "\r")
    t.wait("> #%d" % last["id"])
    t.send("/no such thing\r").wait("was not found")
    firsts = set()
    for _ in range(10):
        t.sync("s")
        firsts.add(t.sync("g").marked().split("\n")[0].split()[1])
    assert len(firsts) > 1


@sizes
def test_su2_new_ticket_is_in_the_list_at_once(portal, size, someone):
    _, key, tickets = someone
    with portal.terminal(*size, key=key) as t:
        t.wait("Paid in full")
        go(t, "Tickets")
        assert "t opens one" in t.text()
        t.send("t")
        fill_ticket(t, "Antenna moved", "It points at the barn.", (1, 1))
        t.wait("Sent. Your ticket is #")
        go(t.sync("1"), "Tickets")
        k = tickets()[0]
        row_has(t, "#%d " % k["id"], "Antenna moved", "New")
        opened(t, "It points at the barn.")
        shows(t, "Priority high", "Fault", "New")
    assert (k["subject"], k["status"], k["priority"]) == (
        "Antenna moved", "New", "high")
    assert "barn" in k["preview"]


@sizes
def test_su2_several_lines_and_every_choice(portal, size, someone):
    _, key, tickets = someone
    with portal.terminal(*size, key=key) as t:
        t.wait("Paid in full").send("t")
        t.wait("New ticket").send("Lines")
        t.sync("\t")
        assert "(o) Question" in t.text()
        t.sync("\x1b[C")
        assert "(o) Fault" in t.text()
        t.sync("\x1b[C")
        assert "(o) Billing" in t.text()
        t.sync("\t")
        assert "(o) Medium" in t.text()
        t.sync("\x1b[D")
        assert "(o) Low" in t.text()
        t.sync("\t")
        t.send("first line\rsecond line\r\rlast line").wait("last line")
        # Shift-Tab is not needed: Tab goes round
        t.sync("\t")
        t.wait("Lines")
        t.send("\x0f").wait("Sent.")
        k = tickets()[0]
        assert k["priority"] == "low"
        shows(t, "first line", "second line", "last line", "Billing",
              "Priority low")
        rows = [l.strip() for l in t.text().split("\n")]
        if wide(t):
            at = rows.index("first line")
            assert rows[at + 1] == "second line" and rows[at + 3] == (
                "last line")


@sizes
def test_su2_an_empty_subject_says_so_and_has_the_cursor(portal, size,
                                                         someone):
    _, key, tickets = someone
    with portal.terminal(*size, key=key) as t:
        t.wait("Paid in full").send("t")
        t.wait("New ticket")
        t.sync("\t\t\t")
        t.send("text without a subject").wait("without a subject")
        t.sync("\x0f")
        assert "Sent" not in t.text()
        t.send("Now it has one").wait("Now it has one")  # the cursor is there
        t.send("\x0f").wait("Sent.")
    k = tickets()
    assert [x["subject"] for x in k] == ["Now it has one"]


@sizes
def test_su3_reply_close_and_reopen_move_the_status(portal, size, someone):
    number, key, tickets = someone
    with portal.terminal(*size, key=key) as t:
        t.wait("Paid in full").send("t")
        fill_ticket(t, "Slow", "Since noon.")
        t.wait("Sent. Your ticket is #")
        k = tickets()[0]["id"]
        portal.ctl("ticket", "reply", number, str(k),
                   "We look at the mast.", "--author", "Jakob")
        t.wait("We look at the mast.")  # without a key
        assert tickets()[0]["status"] == "Waiting on customer"
        shows(t, "Waiting on customer", "Jakob")
        t.send("r").wait("Reply to ticket").send("Still slow.").wait("Still")
        t.send("\x0f").wait("Sent.")
        assert tickets()[0]["status"] == "Waiting on agent"
        shows(t, "Still slow.", "Waiting on agent")
        # Enter and the key itself confirm nothing
        t.send("x").wait("Close ticket #%d" % k, "y/n").send("x").sync("\r")
        t.wait("? help", gone="y/n")
        assert tickets()[0]["status"] == "Waiting on agent"
        t.send("x").wait("y/n").send("y").wait("is closed")
        assert tickets()[0]["status"] == "Closed"
        t.send("x").wait("closed already")
        t.send("r").wait("Reopen it?", "y/n").send("y")
        t.wait("is open again")
        assert tickets()[0]["status"] not in ("Closed", "Resolved")
        t.sync("\x1b")


@sizes
def test_su3_from_the_list(portal, size, someone):
    number, key, tickets = someone
    with portal.terminal(*size, key=key) as t:
        t.wait("Paid in full").send("t")
        fill_ticket(t, "From the list", "One.")
        t.wait("Sent. Your ticket is #")
        go(t.sync("1"), "Tickets")
        t.mark("From the list").send("r")
        t.wait("Reply to ticket").send("Two.\x0f").wait("Sent.")
        go(t.sync("1"), "Tickets")
        t.mark("From the list").send("x")
        t.wait("y/n").send("y").wait("is closed")
        assert tickets()[0]["status"] == "Closed"
        go(t.sync("1"), "Tickets")
        t.mark("From the list").send("r")
        t.wait("Reopen it?").send("y").wait("is open again")
        assert tickets()[0]["status"] not in ("Closed", "Resolved")
