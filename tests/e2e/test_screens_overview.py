"""OV: every field and action of the overview, seen at both sizes; the truth is
what the commands say."""

import datetime
import json

import pytest

from screens import (day, day_short, go, how_to_fetch, how_to_pay, in_days,
                     instant, lacks, local_day, on, opened, row_has,
                     row_lacks, shows, sizes, squash, today, wide)


@pytest.fixture(scope="module")
def truth(portal):
    o = json.loads(portal.ssh("overview", "--json", check=True).stdout)
    for name in ("invoices", "payments", "tickets", "services"):
        o["all_" + name] = portal.rows(name)
    return o


@pytest.fixture
def t(portal, size):
    with portal.terminal(*size) as t:
        yield t.wait("You owe")


@pytest.fixture(scope="module")
def hill(portal):
    """A tenant whose settings may be changed."""
    portal.ctl("tenant", "add", "hill", "--brand", "Hillnet", "--currency",
               "EUR", "--zone", "Europe/Vienna", "--legal-name", "Hillnet KG",
               "--address", "Hill 1", "--country", "AT", "--email",
               "office@hill.example", "--phone", "0555 9")
    number, key = portal.customer("Anna Hill", "anna@hill.example",
                                  "--min-balance", "-10", tenant="hill")
    ago = (today() - datetime.timedelta(9)).isoformat()
    due = (today() - datetime.timedelta(3)).isoformat()
    soon = (today() + datetime.timedelta(5)).isoformat()
    for d in (due, soon):
        portal.ctl("invoice", "add", number, "--tenant", "hill", "--line",
                   "Internet;1;40.00;20", "--issued", ago, "--due", d)

    def setting(key, value):
        portal.ctl("setting", "set", "--tenant", "hill", key, value)

    def terminal(size):
        return portal.terminal(*size, key=key, user="hill")

    def rows(name):
        return json.loads(portal.ssh(name, "--json", key=key, user="hill",
                                     check=True).stdout)
    return type("Hill", (), {
        "set": staticmethod(setting), "terminal": staticmethod(terminal),
        "rows": staticmethod(rows), "key": key, "number": number})


@sizes
def test_ac4_provider_and_customer_in_the_header(t, truth):
    top = t.screen.display[0]
    assert truth["brand"] in top and truth["customer"]["name"] in top
    for key in "2345":
        t.sync(key)
        top = t.screen.display[0]
        assert truth["brand"] in top and truth["customer"]["name"] in top


@sizes
def test_ac4_log_out_asks_and_control_d_leaves(portal, t, size):
    t.send("q").wait("Log out?", "y/n")
    t.send("q").sync("n")
    t.wait("You owe", gone="y/n")
    t.send("q").wait("y/n").send("y")
    assert t.wait_end() == 0
    with portal.terminal(*size) as other:
        other.wait("You owe").send("\x04")
        assert other.wait_end() == 0


@sizes
def test_ov1_contact_details_and_balance(t, truth):
    c = truth["customer"]
    street = c["address"].rsplit(",", 1)[0]
    shows(t, "You owe %s EUR" % truth["due"], c["name"], c["email"],
          c["phone"], street, c["number"])
    lacks(t, "-" + truth["balance"])


@sizes
@pytest.mark.parametrize("who", ["rural", "long"])
def test_ov1_contact_details_are_whole(portal, size, who):
    """As long as they are, in any script: nothing is cut."""
    if who == "rural":
        user, key = "ruralnet", portal.new_key(
            "rural@example.net", "id_rural%d" % size[0], tenant="ruralnet")
    else:
        user = "portal"
        _, key = portal.customer(
            "Zoë-Wilhelmina Łukaszewska von der Oberen Höttinger Au",
            "zoe.wilhelmina%d@long-name-of-a-provider.example.net" % size[0],
            "--phone", "+43 512 5550 0199, Durchwahl 20394", "--street",
            "Sankt-Johannes-von-Nepomuk-Gasse 123/4, 北京市朝阳区",
            "--postcode", "6020", "--city", "Innsbruck", "--country", "AT")
    c = json.loads(portal.ssh("overview", "--json", key=key, user=user,
                              check=True).stdout)["customer"]
    with portal.terminal(*size, key=key, user=user) as t:
        t.wait("Paid in full")
        shows(t, c["name"], c["email"], c["phone"],
              c["address"].rsplit(",", 1)[0])


@sizes
def test_ov1_what_the_provider_hides(hill, size):
    with hill.terminal(size) as t:
        shows(t.wait("You owe"), "anna@hill.example")
    hill.set("profile.email", "hidden")
    try:
        with hill.terminal(size) as t:
            shows(lacks(t.wait("You owe"), "anna@hill.example"), "Anna Hill")
    finally:
        hill.set("profile.email", "edit")


@sizes
def test_ov1_overpaid_is_a_word_and_not_a_sign(portal, size):
    who = "paid%d@example.net" % size[0]
    number, key = portal.customer("Paula Paid", who)
    portal.ctl("credit", "add", number, "25.00")
    with portal.terminal(*size, key=key) as t:
        t.wait("Overpaid: 25.00 EUR")
        lacks(t, "-25.00", "You owe")


@sizes
def test_ov2_due_overdue_next_and_last_payment(t, truth):
    shows(t, "You owe %s EUR" % truth["due"],
          "%s EUR of it is overdue since %s" % (
              truth["overdue"], day_short(truth["overdue_since"])),
          "LAST PAYMENT %s EUR on %s" % (
              truth["last_payment"]["amount"],
              day_short(local_day(truth["last_payment"]["date"]))),
          "SUBSCRIPTIONS %d active" % truth["services_active"],
          "Next payment due %s: %s EUR." % (
              in_days(truth["next_due"]["date"]),
              truth["next_due"]["amount"]))
    unpaid = [i for i in truth["all_invoices"] if float(i["balance"]) > 0]
    assert sum(round(100 * float(i["balance"])) for i in unpaid) == round(
        100 * float(truth["due"]))
    assert sum(round(100 * float(i["balance"]))
               for i in unpaid if i["overdue"]) == round(
                   100 * float(truth["overdue"]))


@sizes
def test_ov2_settling_what_is_due_is_paid_in_full(portal, size):
    who = "settle%d@example.net" % size[0]
    number, key = portal.customer("Sven Settle", who)
    for price in ("10.00", "20.50"):
        portal.ctl("invoice", "add", number, "--line", "Work;1;%s;20" % price)
    o = json.loads(portal.ssh("overview", "--json", key=key).stdout)
    with portal.terminal(*size, key=key) as t:
        t.wait("You owe %s EUR" % o["due"])
        portal.ctl("payment", "add", number, o["due"])
        t.wait("Paid in full", gone="You owe")
        lacks(t, "UNPAID INVOICES")
    o = json.loads(portal.ssh("overview", "--json", key=key).stdout)
    assert float(o["balance"]) == 0


@sizes
def test_ov3_next_payment_in_days(t, truth):
    n = truth["next_due"]
    shows(t, "Next payment due %s: %s EUR." % (in_days(n["date"]),
                                               n["amount"]))


@sizes
def test_ov3_only_where_the_provider_wants_it(hill, size):
    with hill.terminal(size) as t:
        shows(t.wait("You owe"), "Next payment due")
    hill.set("show_next_payment", "no")
    try:
        with hill.terminal(size) as t:
            lacks(t.wait("You owe"), "Next payment")
    finally:
        hill.set("show_next_payment", "yes")


@sizes
def test_ov4_suspension_in_days(t, truth):
    shows(t, "suspended %s unless %s EUR is paid" % (
        in_days(truth["suspension_on"]), truth["overdue"]))


@sizes
def test_ov4_only_where_the_provider_wants_it(hill, size):
    with hill.terminal(size) as t:
        shows(t.wait("You owe"), "suspended")
    hill.set("show_suspension", "no")
    try:
        with hill.terminal(size) as t:
            lacks(t.wait("You owe"), "suspended")
    finally:
        hill.set("show_suspension", "yes")


@sizes
def test_ov4_not_above_the_minimum_balance(portal, size):
    """Owes less than the minimum balance allows: no suspension."""
    who = "small%d@example.net" % size[0]
    number, key = portal.customer("Sara Small", who, "--min-balance", "-100")
    due = (today() - datetime.timedelta(3)).isoformat()
    portal.ctl("invoice", "add", number, "--line", "Work;1;10.00;20",
               "--issued", due, "--due", due)
    with portal.terminal(*size, key=key) as t:
        lacks(t.wait("You owe", "overdue"), "suspended")


def unpaid(truth):
    return [i for i in truth["all_invoices"] if float(i["balance"]) > 0]


@sizes
def test_ov7_unpaid_invoices_with_their_fields(t, truth):
    assert {"Unpaid", "Partially paid", "Overdue"} <= {
        i["status"] for i in unpaid(truth)}
    for i in unpaid(truth):
        row_has(t, i["number"], i["balance"], i["status"],
                day(i["due"]) if wide(t) else day_short(i["due"]))
        if wide(t):
            row_has(t, i["number"], day(i["issued"]), i["total"])
        else:  # the rest one Enter away
            opened(t, "Invoice " + i["number"])
            shows(t, day(i["issued"]), i["total"])
            t.sync("\x1b")


@sizes
def test_ov7_actions_pay_info_view_download_and_all(portal, t, truth):
    for i in unpaid(truth):
        t.mark(i["number"]).send("p")
        how_to_pay(t, portal, i["balance"], i["number"])
    number = unpaid(truth)[1]["number"]
    t.mark(number)
    opened(t, "Invoice " + number).sync("\x1b")
    t.mark(number).send("v")
    t.wait("Invoice " + number)
    shows(t, "Ridgenet GmbH", "IBAN", unpaid(truth)[1]["total"])
    t.sync("\x1b")
    t.mark(number).send("d")
    how_to_fetch(t, portal, "invoices/%s.pdf" % number)
    t.send("P")
    how_to_pay(t, portal, truth["due"])
    t.mark("UNPAID INVOICES").send("\r")
    on(t, "Billing").wait("[Invoices]")
    shows(t, truth["all_invoices"][0]["number"])


@sizes
def test_ov8_services_and_the_jump_to_them(t, truth):
    shows(t, "SERVICES %d active of %d" % (truth["services_active"],
                                           truth["services"]))
    assert {"Online", "Active", "Paused"} <= {
        s["status"] for s in truth["all_services"]}
    for s in truth["all_services"]:
        row_has(t, s["description"], s["status"])
        opened(t, "Type").wait(s["description"])
        t.sync("\x1b")
    t.mark("SERVICES").send("\r")
    on(t, "Services")


@sizes
def test_ov9_open_tickets_and_their_columns(t, truth):
    open_ = [k for k in truth["all_tickets"]
             if k["status"] not in ("Resolved", "Closed")]
    shows(t, "TICKETS %d open, %d waits for you" % (
        truth["tickets_open"], truth["tickets_waiting"]))
    assert len(open_) == truth["tickets_open"]
    seen = 0
    for k in open_[:2]:
        row_has(t, "#%d " % k["id"], k["subject"][:20], k["status"])
        if wide(t) or k["status"] != "Waiting on customer":
            row_has(t, "#%d " % k["id"], k["priority"])
        seen += 1
    assert seen
    t.mark("TICKETS").send("\r")
    on(t, "Tickets")


@sizes
def test_ov9_the_provider_chooses_the_columns(portal, hill, size):
    with hill.terminal(size) as t:
        t.wait("You owe").send("t")
        t.wait("New ticket").send("Roof\tx")
        t.sync("\t\t").send("The mast leans.\x0f")
        t.wait("Your ticket is #")
    hill.set("ticket_columns", "id,subject,type,created,group,assigned_to")
    try:
        with hill.terminal(size) as t:
            t.wait("You owe")
            if wide(t):
                shows(t, "TYPE", "CREATED", "GROUP", "ASSIGNED")
                lacks(t, "PRIORITY", "UPDATED")
            row_has(t, "Roof", "question", day(today().isoformat()))
            row_lacks(t, "Roof", "New", "medium")
    finally:
        hill.set("ticket_columns", "id,subject,status,priority,updated")


@sizes
def test_ov9_view_reply_and_close_from_here(portal, size):
    who = "ov9-%d@example.net" % size[0]
    _, key = portal.customer("Olga Nine", who)
    with portal.terminal(*size, key=key) as t:
        t.wait("Paid in full").send("t")
        t.wait("New ticket").send("Cable")
        t.sync("\t\t\t").send("It is loose.\x0f")
        t.wait("Sent. Your ticket is #")
        k = portal.rows("tickets", key=key)[0]
        mine = "#%d " % k["id"]
        go(t.sync("2"), "Overview")
        t.mark(mine).send("\r")
        t.wait("It is loose.").sync("\x1b")
        t.mark(mine).send("r")
        t.wait("Reply to ticket").send("Please hurry.\x0f")
        t.wait("Sent.")
        go(t.sync("2"), "Overview")
        t.mark(mine).send("\r")
        t.wait("It is loose.")
        shows(t, "Please hurry.")
        t.sync("\x1b")
        t.mark(mine).send("x")
        t.wait("Close ticket", "y/n").send("y")
        t.wait("is closed")
    assert portal.rows("tickets", key=key)[0]["status"] in ("Closed",
                                                            "Resolved")


@sizes
def test_ov10_latest_activity_and_its_jumps(t, truth):
    i, p = truth["last_invoice"], truth["last_payment"]
    shows(t, "LAST INVOICE %s EUR on %s" % (i["total"],
                                            day_short(i["date"])),
          "LAST PAYMENT %s EUR on %s" % (
              p["amount"], day_short(local_day(p["date"]))),
          "%d open, %d waits for you" % (truth["tickets_open"],
                                         truth["tickets_waiting"]),
          "NEWS")
    t.mark("LAST INVOICE").send("\r")
    on(t, "Billing")
    go(t, "Overview").mark("LAST PAYMENT").send("\r")
    on(t, "Billing")
    go(t, "Overview").mark("TICKETS").send("\r")
    on(t, "Tickets")
    go(t, "Overview").mark("NEWS").send("\r")
    t.wait("Mast work at North Ridge")


@sizes
def test_ov14_subscriptions_open(t, truth):
    shows(t, "SUBSCRIPTIONS %d active" % truth["services_active"],
          "a month")
    t.mark("a month")
    name = t.marked().split("\n")[0][2:].split("  ")[0].strip()
    opened(t, "Plan", "Price", "Status")
    shows(t, name)
    t.sync("\x1b")
    t.mark("SUBSCRIPTIONS").send("\r")
    on(t, "Services")


@sizes
def test_ov14_last_payments_open_and_download(portal, t, truth):
    for p in truth["all_payments"][:2]:
        row = instant(p["date"]) if wide(t) else p["amount"] + " "
        skip = 0 if wide(t) else payment_rows_before(t, row)
        t.mark(row, skip)
        assert squash(instant(p["date"])) in squash(t.marked()), t.marked()
        row_has_status = squash(p["status"]) in squash(t.marked())
        assert row_has_status, t.marked()
        if p["receipt"] is None:
            continue
        t.send("d")
        how_to_fetch(t, portal, "receipts/%s.pdf" % p["receipt"])
        t.mark(row, skip)
        opened(t, "Payment of %s EUR" % p["amount"])
        shows(t, p["reference"], p["receipt"], p["invoice"])
        t.sync("\x1b")
    t.mark("PAYMENTS").send("\r")
    on(t, "Billing").wait("[Payments]")


def payment_rows_before(t, text):
    """Rows with this text that come before the payments (invoices do)."""
    t.mark("PAYMENTS")
    n = 0
    t.sync("g")
    while "PAYMENTS" not in t.marked().split("\n")[0]:
        n += text in t.marked().split("\n")[0]
        t.sync("j")
    return n
