"""A store in PostgreSQL: every way to connect, a server that goes and comes
back under live sessions, and what is said meanwhile."""

import contextlib
import os
import signal
import subprocess
import threading

import paramiko
import pytest

from portal import wait_for
from screens import go
from server import Server, on_server
from ways import USERS

AWAY = "The portal's database does not answer."
BACK = "The portal's database answers again."
NARROW = "No answer from the database."


@pytest.fixture(scope="module")
def server():
    s = Server()
    try:
        yield s
    finally:
        s.stop()


@pytest.fixture
def portal(server):
    """Not started yet."""
    with on_server(server, USERS[0]) as p:
        yield p


@pytest.fixture(params=USERS)
def any_portal(request, server):
    """As root and not: what it may do then differs."""
    with on_server(server, request.param) as p:
        yield p


@contextlib.contextmanager
def outage(server):
    server.down()
    try:
        yield
    finally:
        server.up()


def said(portal, text):
    return portal.read_log().count(text)


def serves(portal):
    """Until the portal's database answers all of its workers again."""
    wait_for(lambda: 0 < said(portal, "does not answer: trying")
             == said(portal, "the database answers again"), "the database")


def workers(portal):
    return portal.roles()["store-worker"]


# ---- connecting ----
@pytest.mark.parametrize("way", ["password", "tls", "socket", "name"])
def test_every_way_to_connect_passes_the_filter(server, any_portal, way):
    portal = any_portal
    socket = os.path.join(server.base, "socket")
    where, options = {
        "password": (None, "?sslmode=disable"),
        "tls": ("localhost:%d" % server.port,
                "?sslmode=verify-full&sslrootcert=" + server.ca),
        "socket": ("", "?host=%s&port=%d" % (socket, server.port)),
        "name": ("localhost:%d" % server.port, "?sslmode=disable"),
    }[way]
    portal.set("store", "url",
               server.url_of(portal.store.name, where, options))
    portal.start()
    assert portal.ssh("overview").returncode == 0
    tls = server.sql("SELECT DISTINCT ssl FROM pg_stat_ssl JOIN "
                     "pg_stat_activity USING (pid) WHERE datname = '%s'"
                     % portal.store.name)
    assert tls == [(way == "tls",)]
    # later, from within the filter, too
    server.cut(portal.store.name)
    serves(portal)
    assert portal.ssh("overview").returncode == 0


def test_the_url_may_lie_in_a_file_of_its_own(any_portal):
    portal = any_portal
    with open(os.path.join(portal.dir, "url"), "w") as f:
        f.write(portal.store.url + "\n")
    portal.set("store", "url", "@url")
    portal.start()
    assert portal.ssh("overview").returncode == 0


def sshd(portal):
    """Runs portal-sshd to its end: (status, what it said)."""
    r = subprocess.run([portal.program("portal-sshd"), "-c", portal.conf],
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, text=True, timeout=60,
                       cwd="/", **portal._as())
    return r.returncode, r.stdout


@pytest.mark.parametrize("wrong,words", [
    ("password", "password authentication failed"),
    ("database", 'database "nosuchdatabase" does not exist'),
    ("empty", "portalctl"), ("foreign", "not a portal's store"),
    ("newer", "newer")])
def test_a_wrong_database_is_named_at_the_start(server, portal, wrong, words):
    url = portal.store.url
    if wrong == "password":
        url = url.replace("portal:portal@", "portal:hunter2@")
    elif wrong == "database":
        url = server.url_of("nosuchdatabase")
    elif wrong in ("empty", "foreign"):
        name = portal.store.name + "_" + wrong
        server.sql("CREATE DATABASE " + name)
        url = server.url_of(name)
        if wrong == "foreign":
            server.sql("CREATE TABLE cats (name text)", name)
    else:
        server.sql("UPDATE schema_version SET version = version + 100",
                   portal.store.name)
    portal.set("store", "url", url)
    status, out = sshd(portal)
    assert status != 0 and words in out
    assert "hunter2" not in out and "portal:portal" not in out


def test_a_portal_starts_without_its_database(server, portal):
    with outage(server):
        portal.start()
        r = portal.ssh("overview")
        assert r.returncode != 0 and AWAY in r.stderr
        assert "try again in a moment" in r.stderr
    serves(portal)
    assert portal.ssh("overview").returncode == 0
    assert said(portal, "does not answer: trying") == 1
    assert "portal:portal" not in portal.read_log()


# ---- an outage under live sessions ----
class Fetch(threading.Thread):
    """Reads one file of the portal while something else goes on."""

    def __init__(self, portal):
        super().__init__()
        self.client = paramiko.SSHClient()
        self.client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        self.client.connect("127.0.0.1", portal.port, "portal",
                            key_filename=portal.key, allow_agent=False,
                            look_for_keys=False)
        self.sftp = self.client.open_sftp()
        self.path = "invoices/" + self.sftp.listdir("invoices")[0]
        self.data = b""

    def run(self):
        with self.sftp.open(self.path) as f:
            self.data = f.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()


def test_sessions_of_all_kinds_say_so_wait_and_go_on(server, portal):
    portal.start()
    with portal.terminal() as t, portal.terminal(40, 15) as narrow, \
            portal.terminal(argv=portal.ssh_argv("plain", key=portal.key)) \
            as plain, Fetch(portal) as fetch:
        t.wait("You owe")
        narrow.wait("Overview")
        plain.wait("You owe", "> ")
        with outage(server):
            t.wait(AWAY)
            narrow.wait(NARROW)
            plain.wait("does not answer")
            fetch.start()
            # a key that needs the store: the same sentence, the same screen,
            # and what it asked for as soon as that can be had
            t.sync("3").wait(AWAY, "[1 Overview]")
            t.sync("?").wait("Every screen").sync("\x1b").wait(AWAY, "You owe")
            plain.send("2\n").wait("Error: " + AWAY)
        t.wait(BACK, "[3 Billing]", "INV-")
        narrow.wait(gone=NARROW)
        plain.wait(BACK)
        go(t, "Services").wait(gone=(AWAY, BACK))
        plain.send("1\n").wait("Services:")
        fetch.join(60)
        assert fetch.data.startswith(b"%PDF")
    assert said(portal, "does not answer: trying") == 1


def test_what_was_typed_survives_and_is_sent_later(server, portal):
    portal.start()
    with portal.terminal() as t:
        t.wait("You owe").send("t")
        t.wait("New ticket").send("Kept").wait("Kept")
        t.sync("\t\t\t").send("Every word.").wait("Every word.")
        with outage(server):
            t.wait(AWAY)
            t.sync("\x0f").wait(AWAY, "Kept", "Every word.")
            t.sync(" And more.").wait("Every word. And more.", AWAY)
        t.wait(BACK, "Every word. And more.")
        t.send("\x0f").wait("Sent.")
    (ticket,) = [k for k in portal.rows("tickets") if k["subject"] == "Kept"]
    assert "And more." in portal.ssh("ticket", str(ticket["id"])).stdout


def test_line_mode_keeps_a_text_as_long_as_it_is_wanted(server, portal):
    portal.start()
    with portal.terminal(
            132, 43, argv=portal.ssh_argv("plain", key=portal.key)) as t:
        for question, answer in [
                ("0 Leave", "4"), ("new [t]icket", "t"),
                ("Subject (", "From line mode"), ("Type (", "q"),
                ("Priority (", "l"), ("Describe it", "One line.\n.")]:
            t.wait(question).send(answer + "\n")
        t.wait("Send the new")
        with outage(server):
            t.wait("does not answer")
            t.send("y\n").wait("still here")
        t.wait(BACK).send("y\n").wait("Sent.")
    assert "From line mode" in [k["subject"] for k in portal.rows("tickets")]


def test_files_and_commands_wait_through_an_outage(server, portal, tmp_path):
    portal.start()
    number = portal.rows("invoices")[0]["number"]
    with outage(server):
        wait_for(lambda: said(portal, "does not answer: trying"), "the loss")
        clients = [
            subprocess.Popen(argv, stdin=subprocess.DEVNULL, env=portal.env(),
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for argv in (
                ["scp"] + portal.ssh_options(portal.key) +
                ["-P", str(portal.port),
                 "portal@127.0.0.1:invoices/%s.pdf" % number, str(tmp_path)],
                portal.ssh_argv("invoices", key=portal.key))]
    for c in clients:
        out, _ = c.communicate(timeout=60)
        assert c.returncode == 0, out
    with open(tmp_path / (number + ".pdf"), "rb") as f:
        assert f.read(4) == b"%PDF"


def test_a_login_disabled_unheard_loses_its_sessions(server, portal):
    portal.start()
    with portal.terminal(key="second") as t, portal.terminal() as other:
        t.wait("Overview")
        other.wait("You owe")
        unheard(server, portal, "login", "disable", "second@example.net")
        t.wait_end()
        assert b"logged out from elsewhere" in b" ".join(t.raw.split())
        other.send("2").wait("[2 Services]")
    assert portal.ssh("overview", key=portal.key2).returncode != 0


def unheard(server, portal, *command):
    """Changes something while nobody can hear of it."""
    pids = workers(portal)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        server.cut(portal.store.name)
        wait_for(lambda: not server.connections(portal.store.name), "the cut")
        portal.ctl(*command)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_a_change_made_unheard_is_seen(server, portal):
    portal.start()
    with portal.terminal() as t:
        t.wait("You owe 150.70 EUR")
        unheard(server, portal, "credit", "add", "demo@example.net", "50")
        t.wait("You owe 100.70 EUR")


def test_a_listening_worker_that_dies_misses_nothing(server, portal):
    portal.start()
    with portal.terminal() as a, portal.terminal() as b:
        a.wait("You owe")
        b.wait("You owe")
        before = workers(portal)
        # one of the two sessions loses its worker, the other one goes on
        os.kill(before[0], signal.SIGKILL)
        wait_for(lambda: len(set(workers(portal)) - set(before)) == 1,
                 "a new worker")
        portal.ctl("credit", "add", "demo@example.net", "50")
        for t in (a, b):
            t.wait_until(lambda t=t: t.ended or "100.70" in t.text(),
                         "the change or the end")
        assert not (a.ended and b.ended)


def switches(pids):
    found = {}
    for pid in pids:
        with open("/proc/%d/status" % pid) as f:
            for line in f:
                if line.startswith("voluntary_ctxt"):
                    found[pid] = int(line.split()[1])
    return found


def test_an_idle_session_wakes_nobody(server, portal):
    portal.start()
    with portal.terminal() as t:
        t.wait("You owe", "q quit").settle(1)
        everybody = [portal.process.pid] + portal.children()
        before, seen = switches(everybody), len(t.raw)
        t.pump(5)
        assert switches(everybody) == before and len(t.raw) == seen
        with outage(server):
            t.wait(AWAY).settle(1)
            mine = portal.roles()["session"] + portal.roles()["login"]
            before, seen = switches(mine), len(t.raw)
            t.pump(5)
            assert switches(mine) == before and len(t.raw) == seen


def test_sessions_share_the_workers_connections(server, portal):
    portal.set("sshd", "max_sessions_per_login", "50")
    portal.start()
    with contextlib.ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(portal.terminal()).wait("You owe")
        assert len(portal.processes("portal-tui")) == 40
        assert len(server.connections(portal.store.name)) == len(
            workers(portal))
