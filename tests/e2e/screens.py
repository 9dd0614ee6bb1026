"""What the tests of screens share: the two sizes, how the screens write dates,
and how to be on a tab."""

import datetime
import zoneinfo

import pytest

ZONE = zoneinfo.ZoneInfo("Europe/Vienna")  # of the demo provider
sizes = pytest.mark.parametrize("size", [(80, 24), (40, 15)],
                                ids=["80x24", "40x15"])
TABS = {"Overview": 1, "Services": 2, "Billing": 3, "Tickets": 4,
        "Profile": 5}


def day(iso):
    """8 May 2026"""
    d = datetime.date.fromisoformat(iso)
    return "%d %s" % (d.day, d.strftime("%b %Y"))


def day_short(iso):
    """8 May"""
    return day(iso).rsplit(" ", 1)[0]


def instant(iso):
    """8 May 2026 09:31, in the provider's zone"""
    t = datetime.datetime.fromisoformat(iso).astimezone(ZONE)
    return day(t.date().isoformat()) + t.strftime(" %H:%M")


def local_day(iso):
    return datetime.datetime.fromisoformat(iso).astimezone(
        ZONE).date().isoformat()


def today():
    return datetime.datetime.now(ZONE).date()


def in_days(iso):
    """in 6 days (20 May)"""
    n = (datetime.date.fromisoformat(iso) - today()).days
    if n <= 0:
        return "today"
    if n == 1:
        return "tomorrow (%s)" % day_short(iso)
    return "in %d days (%s)" % (n, day_short(iso))


def wide(t):
    return t.screen.columns >= 80


def on(t, name):
    """Until the tab of this name is shown."""
    n = TABS[name]
    return t.wait("[%d %s]" % (n, name) if wide(t)
                  else "%d %s (of" % (n, name))


def go(t, name):
    t.sync(str(TABS[name]))
    return on(t, name)


def squash(text):
    return "".join(text.split())


def shows(t, *texts):
    """Asserts that a reader of the whole screen finds these texts, wherever
    they are broken."""
    found = squash(t.whole())
    for text in texts:
        assert squash(text) in found, "%r is not in:\n%s" % (
            text, "\n".join(t.pages()))
    return t


def lacks(t, *texts):
    found = squash(t.whole())
    for text in texts:
        assert squash(text) not in found, t.text()
    return t


def row_has(t, row, *texts):
    """Puts the marker on a row; asserts that it has the texts."""
    t.mark(row)
    found = squash(t.marked())
    for text in texts:
        assert squash(text) in found, "%r is not in %r" % (text, t.marked())
    return t


def row_lacks(t, row, *texts):
    found = squash(t.mark(row).marked())
    for text in texts:
        assert squash(text) not in found, t.marked()
    return t


def opened(t, *wanted):
    """Enter; until the screen shows it."""
    return t.send("\r").wait(*wanted)


def hint(t, *texts):
    """The key hints' line offers these (as far as the width goes)."""
    line = t.screen.display[-1]
    for text in texts:
        assert text in line, line


def how_to_pay(t, portal, amount, reference=None):
    """The screen that p and P open: what, how, and whom to ask."""
    t.wait("To pay:")
    shows(t, "To pay: %s EUR" % amount, "IBAN", "Questions:", "0555 0100",
          "Ridgenet GmbH")
    if reference:
        shows(t, reference)
    return t.sync("\x1b")


def how_to_fetch(t, portal, path):
    t.wait("To fetch")
    shows(t, "scp -P %d portal@127.0.0.1:%s ." % (portal.port, path))
    return t.sync("\x1b")


def leave(t):
    t.send("\x04")
    assert t.wait_end() == 0


def fill_ticket(t, subject, text, right=(0, 0)):
    """Fills the form New ticket; right: how often type and priority are moved
    to the right."""
    t.wait("New ticket")
    t.send(subject).wait(subject[-30:])
    t.sync("\t")
    t.sync("\x1b[C" * right[0])
    t.sync("\t")
    t.sync("\x1b[C" * right[1])
    t.sync("\t")
    t.send(text).wait(text[-30:])
    return t.send("\x0f")
