"""Two machines, one database: what is changed through one of them appears on
the other's open screens, and who is logged out is logged out of both.

Each machine is a network of its own where that can be made, else a port of its
own."""

import contextlib
import ctypes
import functools
import os
import shutil
import subprocess
import tempfile

import pytest

from conftest import make, unmake
from portal import Portal, free_port, wait_for
from screens import fill_ticket, go
from server import Server
from ways import USERS

CLONE_NEWNET = 0x40000000


def ip(*words, check=True):
    return subprocess.run(["ip", *words], check=check,
                          stderr=subprocess.DEVNULL).returncode == 0


class Network:
    """A machine's network, with one wire to this one; made() tells whether
    that is permitted here."""

    def __init__(self, number):
        self.name = "portal%d%s" % (os.getpid(), "ab"[number])
        self.subnet = "10.213.%d" % (2 * (os.getpid() % 120) + number)
        self.here, self.there = self.subnet + ".1", self.subnet + ".2"

    def make(self):
        if os.geteuid() != 0 or not ip("netns", "add", self.name,
                                       check=False):
            return False
        wire = self.name[-12:]
        if not ip("link", "add", wire + "h", "type", "veth", "peer", "name",
                  wire + "n", "netns", self.name, check=False):
            self.remove()
            return False
        ip("addr", "add", self.here + "/24", "dev", wire + "h")
        ip("link", "set", wire + "h", "up")
        ip("-n", self.name, "addr", "add", self.there + "/24", "dev",
           wire + "n")
        ip("-n", self.name, "link", "set", wire + "n", "up")
        ip("-n", self.name, "link", "set", "lo", "up")
        return True

    def remove(self):
        ip("netns", "del", self.name, check=False)  # the wire goes with it

    @contextlib.contextmanager
    def inside(self):
        """What is started here meanwhile, is there."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open("/proc/self/ns/net") as home, \
                open("/run/netns/" + self.name) as there:
            assert libc.setns(there.fileno(), CLONE_NEWNET) == 0
            try:
                yield
            finally:
                assert libc.setns(home.fileno(), CLONE_NEWNET) == 0


class Here:
    """No network of its own."""
    here = "127.0.0.1"

    inside = staticmethod(contextlib.nullcontext)


def inside(method):
    @functools.wraps(method)
    def run(self, *args, **kw):
        with self.network.inside():
            return method(self, *args, **kw)
    return run


class Front(Portal):
    """A machine that serves the provider of another portal: the same keys and
    configuration, another address."""

    launch = inside(Portal.launch)
    ctl = inside(Portal.ctl)
    ssh = inside(Portal.ssh)
    terminal = inside(Portal.terminal)

    def __init__(self, first, network, server):
        self.network = network
        self.base = tempfile.mkdtemp(prefix="portal-e2e-")
        os.chmod(self.base, 0o755)
        self.as_root, self.process = first.as_root, None
        self.bin, self.home = first.bin, first.home
        self.key, self.key2 = first.key, first.key2
        self.dir = os.path.join(self.base, "provider")
        subprocess.run(["cp", "-a", first.dir, self.dir], check=True)
        self.conf = os.path.join(self.dir, "portal.conf")
        self.log = os.path.join(self.base, "log")
        self.port = free_port()
        self.set("sshd", "listen", "127.0.0.1:%d" % self.port)
        self.set("store", "url", server.url_of(
            first.store.name, "%s:%d" % (network.here, server.port)))

    def release(self):
        try:
            self.stop()
        finally:
            shutil.rmtree(self.base, ignore_errors=True)


@pytest.fixture(scope="module")
def networks():
    made = [Network(0), Network(1)]
    if all([n.make() for n in made]):
        try:
            yield made
        finally:
            for n in made:
                n.remove()
    else:
        yield [Here(), Here()]


@pytest.fixture(scope="module")
def server(networks):
    own = [n for n in networks if isinstance(n, Network)]
    s = Server([n.here for n in own], [n.subnet + ".0/24" for n in own])
    try:
        yield s
    finally:
        s.stop()


@pytest.fixture(scope="module", params=USERS)
def fronts(request, server, networks):
    with contextlib.ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("PORTAL_TEST_SERVER", server.url)
        first = make((request.param, "postgresql"))
        stack.callback(unmake, first)
        found = []
        for network in networks:
            found.append(Front(first, network, server))
            stack.callback(found[-1].release)
            found[-1].start()
        found[0].store = first.store
        yield found


def customer(front, name):
    email = name.lower() + "@example.net"
    number, key = front.customer(name + " Two", email, password=name + " 123456")
    return email, number, key


def test_a_ticket_appears_on_the_other_machines_screen(fronts):
    a, b = fronts
    email, number, key = customer(a, "Tilda")
    with a.terminal(key=key) as mine, b.terminal(key=key) as other:
        go(other.wait("Paid in full"), "Tickets")
        mine.wait("Paid in full").send("t")
        fill_ticket(mine, "Seen on both", "Hello?")
        mine.wait("Sent. Your ticket is #")
        other.wait("Seen on both", "New")


def test_who_changes_the_password_logs_out_everywhere_else(fronts):
    a, b = fronts
    email, number, key = customer(a, "Petra")
    with a.terminal(key=key) as mine, a.terminal(key=key) as here, \
            b.terminal(key=key) as there, b.terminal() as stranger:
        for t in (mine, here, there):
            t.wait("Paid in full")
        stranger.wait("You owe")
        change_password(mine, "Petra 123456", "Petra 567890")
        for t in (here, there):
            t.wait_end()
            assert b"logged out from elsewhere" in b" ".join(t.raw.split())
        go(mine, "Billing")
        stranger.send("2").wait("[2 Services]")


def change_password(t, old, new):
    go(t, "Profile").mark("Change the password").send("\r")
    t.wait("Change the password")
    t.send(old + "\t" + new + "\t" + new + "\x0f")
    t.wait("The password is changed", "y/n").send("y")


def test_what_the_provider_does_on_one_appears_on_both(fronts):
    a, b = fronts
    email, number, key = customer(a, "Cleo")
    with a.terminal(key=key) as one, b.terminal(key=key) as two:
        one.wait("Paid in full")
        two.wait("Paid in full")
        seen = len(one.raw), len(two.raw)
        a.ctl("invoice", "add", number, "--line", "Work;1;50.00;20")
        for t in (one, two):
            t.wait("You owe 60.00 EUR")
        b.ctl("payment", "add", number, "60.00")
        for t in (one, two):
            t.wait(gone="You owe")
        assert len(one.raw) > seen[0] and len(two.raw) > seen[1]


def test_a_disabled_login_ends_on_both(fronts):
    a, b = fronts
    email, number, key = customer(a, "Dora")
    with a.terminal(key=key) as one, b.terminal(key=key) as two:
        one.wait("Paid in full")
        two.wait("Paid in full")
        b.ctl("login", "disable", email)
        for t in (one, two):
            t.wait_end()
            assert b"logged out from elsewhere" in b" ".join(t.raw.split())
    assert a.ssh("overview", key=key).returncode != 0


def test_others_hear_nothing_of_it(fronts):
    a, b = fronts
    email, number, key = customer(a, "Nina")
    with b.terminal(key="second") as other, b.terminal(key=key) as mine:
        mine.wait("Paid in full")
        other.wait("Overview", "q quit").settle(0.5)
        seen = len(other.raw)
        a.ctl("invoice", "add", number, "--line", "Work;1;50.00;20")
        mine.wait("You owe 60.00 EUR")
        assert not other.pump(0.5) and len(other.raw) == seen


def test_each_goes_on_without_the_other(server, fronts):
    a, b = fronts
    email, number, key = customer(a, "Sola")
    with b.terminal(key=key) as t:
        t.wait("Paid in full")
        a.stop()
        try:
            b.ctl("invoice", "add", number, "--line", "Work;1;50.00;20")
            t.wait("You owe 60.00 EUR")
            wait_for(lambda: len(server.connections(a.store.name)) == len(
                b.roles()["store-worker"]), "only its own connections")
        finally:
            a.start()
    assert a.ssh("overview", key=key).returncode == 0
