"""What each process may do, read from /proc of a running portal."""

import os
import pwd

import pytest

from portal import NOBODY


def status(pid):
    with open("/proc/%d/status" % pid) as f:
        return dict(l.rstrip("\n").split(":\t", 1) for l in f if ":\t" in l)


@pytest.fixture(scope="module")
def running(portal):
    """Pids by role while a screen, a menu and a file client are connected."""
    import paramiko
    c = paramiko.SSHClient()
    c.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    c.connect("127.0.0.1", portal.port, "portal", key_filename=portal.key,
              allow_agent=False, look_for_keys=False)
    with portal.terminal() as t, c:
        t.wait("You owe")
        sftp = c.open_sftp()
        sftp.listdir("invoices")
        menu = c.get_transport().open_session()
        menu.exec_command("plain")
        menu.recv(10)
        yield portal.roles()


def programs(running):
    names = {}
    for pid in running["session"]:
        with open("/proc/%d/comm" % pid) as f:
            names[f.read().strip()] = pid
    return names


def test_every_role_is_there(running):
    assert len(running["listener"]) == 1 and len(running["login"]) == 2
    assert len(running["store-worker"]) >= 2
    assert set(programs(running)) == {"portal-tui", "portal-files",
                                      "portal-cmd"}


@pytest.mark.parametrize("role", ["listener", "login", "ready", "session",
                                  "store-worker"])
def test_no_new_privileges_and_a_filter(running, role):
    for pid in running[role]:
        s = status(pid)
        assert s["NoNewPrivs"] == "1", (role, pid)
        assert s["Seccomp"] == "2", (role, pid)


@pytest.mark.parametrize("role,user", [
    ("listener", "portal-net"), ("login", "portal-net"),
    ("ready", "portal-session"), ("session", "portal-session"),
    ("store-worker", "portal-store")])
def test_own_users(portal, running, role, user):
    uid = pwd.getpwnam(user).pw_uid if portal.as_root else (
        NOBODY if os.geteuid() == 0 else os.geteuid())
    for pid in running[role]:
        s = status(pid)
        assert set(s["Uid"].split()) == {str(uid)}, (role, s["Uid"])
        assert "0" not in s["Gid"].split()
        assert "0" not in s["Groups"].split()
        assert int(s["CapEff"], 16) == int(s["CapPrm"], 16) == 0


def test_roots(portal, running):
    if os.geteuid() != 0:
        pytest.skip("only root may look")
    if not portal.as_root:
        pytest.skip("only root may change the root directory")
    for pid in running["login"]:
        assert os.listdir("/proc/%d/root" % pid) == []
    # a connection to a server needs files that lie elsewhere
    root = "/" if portal.store.options else portal.dir
    for pid in running["store-worker"]:
        assert os.path.samefile("/proc/%d/root" % pid, root)


def test_descriptors(portal, running):
    """A login child has its connection and the monitor; a session program its
    terminal and its store socket: nothing of the store, no keys."""
    if os.geteuid() != 0:
        pytest.skip("only root may look")
    for role in ("login", "session"):
        for pid in running[role]:
            fds = {}
            for fd in os.listdir("/proc/%d/fd" % pid):
                fds[fd] = os.readlink("/proc/%d/fd/%s" % (pid, fd))
            assert len(fds) < 16, fds
            for to in set(fds.values()) - {portal.log}:  # standard error
                assert not to.startswith(portal.dir), (role, to)
                assert to.startswith(("socket:", "pipe:", "anon_inode:",
                                      "/dev/pts/", "/dev/ptmx", "/dev/tty",
                                      "/dev/null", "/memfd:")), (role, to)


def test_limits(running):
    for role in ("login", "session"):
        for pid in running[role]:
            with open("/proc/%d/limits" % pid) as f:
                limits = f.read()
            for name in ("Max processes", "Max core file size"):
                (line,) = [l for l in limits.split("\n")
                           if l.startswith(name)]
                assert line[len("Max core file size"):].split()[0] == "0", (
                    role, line)


def test_environments(portal, running):
    """Nothing of the starter's environment reaches a session program."""
    if os.geteuid() != 0:
        pytest.skip("only root may look")
    for pid in running["session"]:
        with open("/proc/%d/environ" % pid) as f:
            names = {v.split("=")[0] for v in f.read().split("\0") if v}
        assert names <= {"TERM", "TZ", "LANG", "PORTAL_HOST", "PORTAL_USER",
                         "PORTAL_IDLE", "PATH", "PORTAL_COMMAND"} | {
            n for n in names if n.startswith(("LC_", "PORTAL_"))}, names
        assert "HOME" not in names


def test_no_libraries_beyond_need(running):
    """Session programs link no store, no SSH, no network."""
    for name, pid in programs(running).items():
        try:
            with open("/proc/%d/maps" % pid) as f:
                maps = f.read()
        except PermissionError:
            pytest.skip("may not look")
        for lib in ("sqlite", "libpq", "libssh", "libcurl", "pango",
                    "libcrypto"):
            assert lib not in maps, (name, lib)
