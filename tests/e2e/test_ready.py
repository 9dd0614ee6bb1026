"""Screens are forked from a portal-tui that waits: each is on its own, and it
is replaced when it ends or one of them is killed."""

import os
import re
import signal

import pytest

from portal import wait_for


def ready(portal):
    """The pid of the process that waits, once it does."""
    def one():
        pids = portal.processes("portal-ready")
        return pids[0] if len(pids) == 1 else None
    return wait_for(one, "a process that waits")


def screens(portal):
    return set(portal.processes("portal-tui"))


def descriptors(pid):
    found = {}
    for fd in os.listdir("/proc/%d/fd" % pid):
        found[int(fd)] = os.readlink("/proc/%d/fd/%s" % (pid, fd))
    return found


def parent(pid):
    with open("/proc/%d/stat" % pid) as f:
        return int(f.read().rsplit(")", 1)[1].split()[1])


def words(pid):
    with open("/proc/%d/cmdline" % pid) as f:
        return [w for w in f.read().split("\0") if w]


def executed(pid):
    """Whether the kernel gave it its environment, and not the message."""
    if os.geteuid() != 0:
        pytest.skip("only root may look")
    with open("/proc/%d/environ" % pid) as f:
        return "TERM=" in f.read()


def strings(pid, pattern):
    """What of a process's own memory looks like this."""
    found = set()
    with open("/proc/%d/maps" % pid) as maps, open(
            "/proc/%d/mem" % pid, "rb") as mem:
        for line in maps:
            where, mode = line.split()[:2]
            if not mode.startswith("rw"):
                continue
            low, high = (int(x, 16) for x in where.split("-"))
            mem.seek(low)
            found |= set(re.findall(pattern, mem.read(high - low)))
    return found


def test_a_screen_is_forked_and_the_monitors_child(portal):
    waits = ready(portal)
    with portal.terminal() as t:
        t.wait("You owe")
        (pid,) = screens(portal)
        assert parent(pid) == parent(waits) == portal.process.pid
        assert words(pid) == ["portal-tui"]
        assert words(waits) == ["portal-tui", "--ready"]
        assert ready(portal) == waits and not executed(pid)
        t.send("\x04")
        assert t.wait_end() == 0
    wait_for(lambda: not screens(portal), "the session's end")


def test_no_descriptor_of_another(portal):
    if os.geteuid() != 0:
        pytest.skip("only root may look")
    waits = ready(portal)
    with portal.terminal() as a:
        a.wait("You owe")
        (first,) = screens(portal)
        with portal.terminal(key="second") as b:
            b.wait("Overview")
            (other,) = screens(portal) - {first}
            mine, its, its_own = (
                {to for to in descriptors(p).values()
                 if to.startswith(("socket:", "/dev/pts", "/dev/ptmx"))}
                for p in (first, other, waits))
            assert len(mine) == len(its) == 2 and len(its_own) == 1
            assert not mine & its and not (mine | its) & its_own
            assert set(descriptors(waits)) == {0, 1, 2, 3}
            # its terminal, its store, its signals, its sink
            assert max(len(descriptors(p)) for p in (first, other)) <= 7


def test_environments_do_not_leak(portal):
    """Memory too: nothing that a session was told is in the next one's."""
    if os.geteuid() != 0:
        pytest.skip("only root may look")
    told = rb"(?:TERM|LANG|TZ|PORTAL_USER)=[\x21-\x7e]+"
    ready(portal)
    rural = portal.new_key("rural@example.net", "id_rural", tenant="ruralnet")
    with portal.terminal(term="vt220", lang="de_AT.UTF-8", key=rural,
                         user="ruralnet") as a:
        a.wait("Overview")
        (first,) = screens(portal)
        with portal.terminal(term="xterm-256color", lang="C") as b:
            b.wait("You owe")
            (other,) = screens(portal) - {first}
            mine, its = strings(first, told), strings(other, told)
            assert {b"TERM=vt220", b"LANG=de_AT.UTF-8",
                    b"PORTAL_USER=ruralnet"} <= mine
            assert {b"TERM=xterm-256color", b"LANG=C",
                    b"PORTAL_USER=portal"} <= its
            for name in (b"TERM=", b"PORTAL_USER="):
                assert not {v for v in mine & its if v.startswith(name)}
            assert b"LANG=C" not in mine
            assert b"LANG=de_AT.UTF-8" not in its
        # each paints for its own terminal
        assert b"2004h" not in a.raw
        assert all(x < 0x80 for x in b.raw)


@pytest.mark.parametrize("sig", [signal.SIGKILL, signal.SIGSEGV])
def test_killed_it_is_replaced(own_portal, sig):
    own_portal.start()
    with own_portal.terminal() as t:
        t.wait("You owe")
        before = ready(own_portal)
        os.kill(before, sig)
        with own_portal.terminal(key="second") as u:
            u.wait("Overview")
        wait_for(lambda: ready(own_portal) != before, "another")
        t.send("2").wait("[2 Services]")
    with own_portal.terminal() as t:
        t.wait("You owe")


def test_stopped_it_delays_nobody_for_long(own_portal):
    own_portal.start()
    before = ready(own_portal)
    os.kill(before, signal.SIGSTOP)
    with own_portal.terminal() as t:
        t.wait("You owe")
        (pid,) = screens(own_portal)
        assert executed(pid)
        wait_for(lambda: ready(own_portal) != before, "another")
        assert "does not answer" in own_portal.read_log()
        t.send("\x04")
        assert t.wait_end() == 0


def test_who_leaves_before_it_is_forked_leaves_nothing(own_portal):
    own_portal.start()
    before = ready(own_portal)
    os.kill(before, signal.SIGSTOP)
    with own_portal.terminal() as t:
        wait_for(lambda: "login " in own_portal.read_log(), "the login")
    os.kill(before, signal.SIGCONT)
    wait_for(lambda: not screens(own_portal)
             and not own_portal.roles().get("login"), "the end of it")
    with own_portal.terminal() as t:
        t.wait("You owe")


def test_a_session_that_crashes_means_another_layout(own_portal):
    own_portal.start()
    before = ready(own_portal)
    with own_portal.terminal() as other:
        other.wait("You owe")
        survivors = screens(own_portal)
        with own_portal.terminal(key="second") as t:
            t.wait("Overview")
            (victim,) = screens(own_portal) - survivors
            os.kill(victim, signal.SIGSEGV)
            t.wait_end()
        wait_for(lambda: ready(own_portal) != before, "another")
        other.send("2").wait("[2 Services]")
        with own_portal.terminal(key="second") as u:
            u.wait("Overview")


def test_one_that_is_told_to_end_changes_nothing(own_portal):
    own_portal.start()
    before = ready(own_portal)
    with own_portal.terminal() as t:
        t.wait("You owe")
        (pid,) = screens(own_portal)
        os.kill(pid, signal.SIGKILL)
        t.wait_end()
    wait_for(lambda: not screens(own_portal), "its end")
    assert ready(own_portal) == before


def test_a_reload_renews_it(own_portal):
    own_portal.start()
    before = ready(own_portal)
    with own_portal.terminal() as t:
        t.wait("You owe")
        own_portal.process.send_signal(signal.SIGHUP)
        wait_for(lambda: ready(own_portal) != before, "another")
        t.send("2").wait("[2 Services]")
    with own_portal.terminal() as t:
        t.wait("You owe")
