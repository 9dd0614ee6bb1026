"""portalctl migrate: a portal moves to the other engine and back, and its
customers find everything as it was; stopped in the middle, nothing is left of
it."""

import hashlib
import os
import pwd
import signal
import subprocess

import paramiko
import pytest

from portal import Terminal
from stores import PostgresqlStore


@pytest.fixture
def place(own_portal):
    """Gives the URLs of stores that are not there yet."""
    made = []

    def new(engine):
        if engine == "sqlite":
            return file_url(own_portal, "store%d.db" % len(made))
        made.append(PostgresqlStore())
        made[-1].create()
        return made[-1].url
    try:
        yield new
    finally:
        own_portal.stop()
        for store in made:
            store.release()


def file_url(portal, name):
    return "sqlite:" + os.path.join(portal.dir, name)


def proofs(result):
    """Table -> (rows, checksum), of those that are the same."""
    words = [l.split() for l in result.stdout.splitlines()]
    return {w[0]: (w[1], w[2]) for w in words if w[3:] == ["same"]}


def papers(portal, folder):
    folder.mkdir()
    r = portal.scp("invoices/*.pdf", folder)
    assert r.returncode == 0, r.stderr
    found = {f.name: hashlib.sha256(f.read_bytes()).hexdigest()
             for f in folder.iterdir()}
    assert len(found) >= 24
    return found


def knows(portal, user, password):
    """Does this password let this login in?"""
    t = paramiko.Transport(("127.0.0.1", portal.port))
    try:
        t.start_client(timeout=30)
        t.auth_password(user, password)
        return True
    except paramiko.AuthenticationException:
        return False
    finally:
        t.close()


def move(portal, source, target):
    """Stops the portal, migrates, and starts it on the other store."""
    portal.stop()
    result = portal.ctl("migrate", source, target)
    portal.set("store", "url", target)
    portal.start()
    return proofs(result)


def seen(portal, folder):
    """What customers see and can do."""
    return {"invoices": portal.rows("invoices"),
            "tickets": portal.rows("tickets"),
            "papers": papers(portal, folder),
            "logins": [knows(portal, "demo@example.net", "demo"),
                       knows(portal, "second@example.net", "second"),
                       knows(portal, "demo@example.net", "second")]}


def test_to_the_other_engine_and_back(own_portal, place, tmp_path):
    p = own_portal.start()
    home = "sqlite" if p.store.url.startswith("sqlite:") else "postgresql"
    away = "postgresql" if home == "sqlite" else "sqlite"
    before = seen(p, tmp_path / "before")
    assert before["logins"] == [True, True, False]

    there = place(away)
    went = move(p, p.store.url, there)
    assert int(went["invoice"][0]) >= 24 and int(went["paper"][0]) >= 24
    assert seen(p, tmp_path / "there") == before

    # It is a portal like any other: things change, and come back as well.
    p.ctl("payment", "add", "second@example.net", "1.00", "--method", "cash")
    changed = p.rows("payments", key=p.key2)
    came = move(p, there, place(home))
    assert set(came) == set(went)
    assert came["invoice"] == went["invoice"]
    assert came["paper_chunk"] == went["paper_chunk"]
    assert int(came["payment"][0]) == int(went["payment"][0]) + 1
    assert seen(p, tmp_path / "back") == before
    assert p.rows("payments", key=p.key2) == changed


def test_the_running_portal_is_mentioned(own_portal):
    p = own_portal.start()
    r = p.ctl("migrate", p.store.url, file_url(p, "copy.db"))
    assert "portal-sshd is running" in r.stderr
    assert p.conf in r.stdout
    p.stop()
    r = p.ctl("migrate", p.store.url, file_url(p, "again.db"))
    assert "portal-sshd is running" not in r.stderr


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM])
def test_stopped_it_says_so_and_begins_again(own_portal, sig):
    """It waits for the first store, which somebody else is writing to."""
    p = own_portal
    words = ["migrate", p.store.url, file_url(p, "copy.db")]
    writer = p.store.connect()
    writer.cursor().execute("UPDATE tenant SET phone = '1'")
    child = subprocess.Popen(
        [p.program("portalctl"), "-c", p.conf] + words, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **p._as())
    for line in child.stdout:
        if "nobody can write" in line:
            break
    child.send_signal(sig)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 1
    assert "Stopped" in said
    writer.rollback()
    writer.close()
    assert int(proofs(p.ctl(*words))["invoice"][0]) >= 24


def test_progress_is_drawn_and_wiped_on_a_terminal(own_portal):
    p = own_portal
    with Terminal([p.program("portalctl"), "migrate", p.store.url,
                   file_url(p, "copy.db")], 100, 40, p.env()) as t:
        t.wait("rows: the same in both", gone=("copying", "checking"))
        assert t.wait_end() == 0
        assert b"copying invoice: 0 of " in t.raw
        assert b"checking invoice: 0 of " in t.raw


def test_a_new_file_is_for_whoever_runs_the_store(own_portal):
    p = own_portal
    p.ctl("migrate", p.store.url, file_url(p, "copy.db"))
    owner = (pwd.getpwnam("portal-store").pw_uid if p.as_root
             else os.stat(p.dir).st_uid)
    assert os.stat(os.path.join(p.dir, "copy.db")).st_uid == owner
    p.set("store", "url", file_url(p, "copy.db"))
    p.start()
    assert len(p.rows("invoices")) >= 24
