"""Every terminal, locale and size reaches a usable overview, or the plain
menu."""

import subprocess

import pytest

from screens import go, on

SCREENS = ["vt100", "vt220", "linux", "screen", "tmux-256color", "xterm",
           "xterm-256color", "putty", "ansi"]
PLAIN = ["dumb", "unknown"]


@pytest.mark.parametrize("lang", ["C.UTF-8", "C"])
@pytest.mark.parametrize("term", SCREENS)
def test_terminal_shows_the_overview(portal, term, lang):
    with portal.terminal(term=term, lang=lang) as t:
        t.wait("You owe", "[1 Overview]", "q quit")
        number = t.line("INV-").split()[0].strip("> ")
        # keys that need nothing of the terminal
        t.send("3").wait("[3 Billing]", "> INV-")
        t.send("/" + number + "\r").wait("> " + number)
        t.send("\r").wait("Invoice " + number)
        t.send("\x1b").wait("[Invoices]", gone="Fetch it")
        if lang == "C":
            assert not any(b > 0x7f for b in t.raw), "8-bit to a C locale"
        t.send("\x04")
        assert t.wait_end() == 0


@pytest.mark.parametrize("term", ["xterm-256color", "vt100", "linux"])
def test_accents_arrive_in_utf8_and_are_replaced_in_ascii(portal, term):
    for lang, wanted in (("C.UTF-8", "Bergstraße"), ("C", "Bergstra?e")):
        with portal.terminal(term=term, lang=lang) as t:
            t.wait("You owe").send("5")
            on(t, "Profile").mark("About").send("\r")
            t.wait(wanted)


@pytest.mark.parametrize("lang", ["C.UTF-8", "C"])
@pytest.mark.parametrize("term", PLAIN)
def test_terminal_without_screens_gets_the_plain_menu(portal, term, lang):
    with portal.terminal(term=term, lang=lang) as t:
        t.wait("Signed in as Demo Customer", "You owe", "0 Leave")
        t.send("3\r").wait("INV-")
        assert b"\x1b" not in t.raw
        t.send("0\r") if "0 Leave" in t.text().split("INV-")[-1] else None
        t.send("b\r0\r")
        assert t.wait_end() == 0


@pytest.mark.parametrize("size", [(40, 15), (80, 24), (132, 43), (200, 60)],
                         ids="{0[0]}x{0[1]}".format)
def test_size(portal, size):
    with portal.terminal(*size) as t:
        t.wait("You owe", "q quit")
        for name in ("Services", "Billing", "Tickets", "Profile"):
            go(t, name)
            assert all(len(l) <= size[0] for l in t.screen.display)
            assert t.screen.display[-1].strip()  # the hints' row is the last


def test_size_0x0_means_80x24(portal):
    with portal.terminal(0, 0, argv=portal.ssh_argv(key=portal.key,
                                                    tty=True),
                         screen=(80, 24)) as t:
        t.wait("You owe", "[1 Overview]")
        assert "q quit" in t.screen.display[23]


def test_resize_while_it_runs(portal):
    with portal.terminal(80, 24) as t:
        t.wait("[1 Overview]", "q quit")
        t.resize(40, 15).wait("1 Overview (of", "q quit")
        t.resize(132, 43).wait("[1 Overview]", "ACCOUNT")
        t.resize(80, 24).wait("[1 Overview]", gone="1 Overview (of")
        t.sync("3").wait("[3 Billing]")
        # many at once end in the last one
        for w in range(60, 81):
            t.resize(w, 24)
        t.resize(40, 15).wait("3 Billing (of")
        t.sync()
        assert "3 Billing (of" in t.text()


@pytest.mark.parametrize("size", [(19, 10), (60, 4)],
                         ids="{0[0]}x{0[1]}".format)
def test_too_small_offers_line_mode(portal, size):
    with portal.terminal(*size) as t:
        t.wait("too small", "Enter: plain text") if size[0] > 19 else t.wait(
            "Enter: plain")
        t.send("\r").wait_until(lambda: b"Signed in as" in t.raw, "line mode")
        t.send("0\r")
        assert t.wait_end() == 0


def test_too_small_and_large_again(portal):
    with portal.terminal(80, 24) as t:
        t.wait("You owe")
        t.resize(18, 4).wait("Enter: plain")
        t.resize(80, 24).wait("You owe", "q quit")


def test_screens_leave_for_line_mode_and_back_to_the_shell(portal):
    with portal.terminal() as t:
        t.wait("You owe").send(":").wait("overview")
        t.send("plain").sync().send("\r")
        t.wait("Signed in as", "0 Leave").send("0\r")
        assert t.wait_end() == 0


def test_shift_tab_is_not_needed(portal):
    """Tab alone goes round the tabs and round a form's fields."""
    with portal.terminal(term="vt100") as t:
        t.wait("[1 Overview]")
        for name in ("Services", "Billing", "Tickets", "Profile",
                     "Overview"):
            t.send("\t")
            on(t, name)
        t.send("\x1b[Z")  # and where there is Shift-Tab it goes back
        on(t, "Profile")
        t.send("t").wait("New ticket").send("abc").wait("abc")
        t.sync("\t\t\t\t").send("def").wait("abcdef")


def test_arrows_in_both_cursor_modes_and_letters(portal):
    with portal.terminal() as t:
        def number():
            return t.marked().split()[1]
        t.wait("You owe").send("3").wait("> INV-")
        first = number()
        for down, up in (("\x1b[B", "\x1b[A"), ("\x1bOB", "\x1bOA"),
                         ("j", "k")):
            t.sync(down)
            assert number() != first
            t.sync(up)
            assert number() == first
        for down, up in (("\x06", "\x02"), ("\x1b[6~", "\x1b[5~"),
                         ("G", "g"), ("\x1b[F", "\x1b[H")):
            t.sync(down)
            assert number() != first
            t.sync(up)
            assert number() == first


def test_flow_control_is_left_alone(portal):
    """^S stops the screen, ^Q lets it go on; no key is bound to either."""
    with portal.terminal() as t:
        t.wait("You owe")
        t.sync()
        # ssh's own pty is raw: the bytes reach the session's pty, whose line
        # discipline takes them
        t.send("\x13").send("3")
        t.settle(0.5)
        assert "[1 Overview]" in t.text()
        t.send("\x11").wait("[3 Billing]")
        t.send("?").wait("Billing")
        text = "\n".join(t.pages())
        assert "^S" not in text and "^Q" not in text


def test_the_marker_has_the_cursor_and_no_bar(portal):
    with portal.terminal() as t:
        t.wait("You owe").sync("3")
        t.wait("> INV-")
        t.sync("j")
        y, x = t.screen.cursor.y, t.screen.cursor.x
        assert t.screen.display[y][x] == ">"
        assert not any(c.reverse for line in t.screen.buffer.values()
                       for c in line.values())
        seen = len(t.raw)
        t.send("j").wait_until(lambda: t.screen.cursor.y == y + 1, "a move")
        t.settle()
        assert len(t.raw) - seen < 40


def test_nothing_ticks(portal):
    with portal.terminal() as t:
        t.wait("You owe", "q quit").settle(0.5)
        seen = len(t.raw)
        assert not t.pump(3)
        assert len(t.raw) == seen


@pytest.mark.parametrize("term", ["xterm", "vt100", "dumb"])
def test_no_input_at_all_ends_the_session(portal, term):
    """The end of input comes before there is a screen that could take it."""
    for words in ((), ("plain",)):
        r = subprocess.run(
            portal.ssh_argv(*words, key=portal.key, tty=True),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=portal.env(TERM=term), timeout=60)
        assert r.returncode == 0, r.stderr
        assert b"You owe" in r.stdout


def test_keys_ahead_of_the_screen_do_not_show(portal):
    r = subprocess.run(
        portal.ssh_argv(key=portal.key, tty=True), input=b"3333",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=portal.env(TERM="xterm"), timeout=60)
    assert r.returncode == 0, r.stderr
    assert r.stdout.startswith(b"\x1b[")
