"""AC1, AC4, AC9, AC13: who gets in, how, and what it costs to guess."""

import fcntl
import json
import os
import socket
import subprocess
import time

import paramiko
import pytest

from portal import wait_for
from ways import on_sqlite


def transport(portal):
    s = socket.create_connection(("127.0.0.1", portal.port), timeout=30)
    t = paramiko.Transport(s)
    t.start_client(timeout=30)
    return t


def kbdint(portal, user, email, password):
    """One keyboard-interactive try: (let in, the prompts that were asked)."""
    t = transport(portal)
    asked = []

    def answer(title, instructions, prompts):
        asked.append([(p, e) for p, e in prompts])
        return [email, password][:len(prompts)]
    try:
        t.auth_interactive(user, answer)
        return t.is_authenticated(), asked
    except paramiko.AuthenticationException:
        return False, asked
    finally:
        t.close()


def test_ac1_both_prompts_in_one_request(portal):
    ok, asked = kbdint(portal, "portal", "demo@example.net", "demo")
    assert ok
    assert asked[0] == [("Email: ", True), ("Password: ", False)]


def test_ac1_wrong_e_mail_and_wrong_password_look_the_same(portal):
    a = kbdint(portal, "portal", "second@example.net", "wrong")
    b = kbdint(portal, "portal", "nobody@example.net", "wrong")
    assert a == b and not a[0]


def test_ac1_openssh_asks_for_e_mail_and_password(portal):
    argv = portal.ssh_argv(tty=True)
    with portal.terminal(argv=argv) as t:
        t.wait("Email:")
        t.send("demo@example.net\r").wait("Password:")
        t.send("demo\r").wait("Overview", "You owe")
        assert "demo\r" not in t.text()


@pytest.mark.parametrize("user,password,ok", [
    ("demo@example.net", "demo", True),
    ("demo@example.net", "wrong", False),
    ("ruralnet=rural@example.net", "rural", True),
    ("ruralnet=demo@example.net", "demo", False),
    ("rural@example.net", "rural", False)])
def test_ac1_password_with_the_e_mail_as_user_name(portal, user, password,
                                                   ok):
    t = transport(portal)
    try:
        t.auth_password(user, password, fallback=False)
    except paramiko.AuthenticationException:
        pass
    assert t.is_authenticated() == ok
    t.close()


def test_ac9_the_user_name_picks_the_tenant(portal):
    assert kbdint(portal, "ruralnet", "rural@example.net", "rural")[0]
    assert not kbdint(portal, "portal", "rural@example.net", "rural")[0]
    assert not kbdint(portal, "ruralnet", "demo@example.net", "demo")[0]


def test_ac9_an_unknown_user_name_means_the_default_tenant(portal):
    assert kbdint(portal, "alice", "demo@example.net", "demo")[0]
    assert portal.ssh("overview", user="root").returncode == 0


def test_ac4_header_has_provider_and_name_and_q_asks(portal):
    with portal.terminal() as t:
        t.wait("You owe")
        top = t.screen.display[0]
        assert "Ridgenet" in top and "Demo Customer" in top
        t.send("q").wait("y/n")
        t.send("\r").wait("You owe", gone="y/n")  # Enter cancels
        t.send("q").wait("y/n")
        t.send("y")
        assert t.wait_end() == 0


def test_ac4_control_d_leaves(portal):
    with portal.terminal() as t:
        t.wait("You owe").send("\x04")
        assert t.wait_end() == 0


def test_an_unknown_key_is_refused_and_passwords_still_work(portal, tmp_path):
    key = str(tmp_path / "stranger")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key],
                   check=True)
    r = portal.ssh("overview", key=key)
    assert r.returncode == 255 and "Permission denied" in r.stderr


def test_rsa_and_ecdsa_keys_log_in(portal):
    for kind in ("rsa", "ecdsa"):
        key = portal.new_key("second@example.net", "id_" + kind, kind)
        assert portal.ssh("overview", key=key).returncode == 0


def test_ac13_guessing_slows_down_but_never_locks_the_victim_out(own_portal):
    own_portal.start()
    slow = None
    for _ in range(7):
        start = time.monotonic()
        ok, _ = kbdint(own_portal, "portal", "demo@example.net", "guess")
        assert not ok
        slow = time.monotonic() - start
    first = time.monotonic()
    kbdint(own_portal, "portal", "second@example.net", "second")
    first = time.monotonic() - first
    assert slow > 1.0  # the seventh guess waited
    # the right password and the key still open the account
    assert kbdint(own_portal, "portal", "demo@example.net", "demo")[0]
    assert own_portal.ssh("overview").returncode == 0


def test_unauthenticated_connections_of_one_source_are_bounded(own_portal):
    own_portal.set("sshd", "max_per_source", "3")
    own_portal.start()
    held = []

    def banner(s):
        try:
            return s.recv(64)
        except ConnectionResetError:
            return b""
    try:
        for _ in range(3):
            s = socket.create_connection(("127.0.0.1", own_portal.port), 30)
            assert banner(s).startswith(b"SSH-2.0-")
            held.append(s)
        extra = socket.create_connection(("127.0.0.1", own_portal.port), 30)
        assert not banner(extra).startswith(b"SSH-2.0-")
        extra.close()
    finally:
        for s in held:
            s.close()
    # the held ones gone, there is room again
    wait_for(lambda: own_portal.ssh("overview").returncode == 0,
             "room for a login")


def test_login_grace_ends_silent_connections(own_portal):
    own_portal.set("sshd", "login_grace", "2")
    own_portal.start()
    s = socket.create_connection(("127.0.0.1", own_portal.port), 30)
    s.settimeout(20)
    while s.recv(4096):
        pass
    s.close()
    # a session that is logged in outlives it
    with own_portal.terminal() as t:
        t.wait("You owe")
        u = socket.create_connection(("127.0.0.1", own_portal.port), 30)
        u.settimeout(20)
        while u.recv(4096):
            pass
        t.send("2").wait("[2 Services]")


@on_sqlite
def test_a_login_before_the_store_is_open_waits_for_it(own_portal):
    def connects():
        try:
            socket.create_connection(("127.0.0.1", own_portal.port)).close()
            return True
        except ConnectionRefusedError:
            return False
    argv = own_portal.ssh_argv("overview", key=own_portal.key)
    with open(os.path.join(own_portal.dir, "portal.db"), "r+b") as f:
        # where SQLite's readers hold their locks
        fcntl.lockf(f, fcntl.LOCK_EX, 510, 0x40000002)
        own_portal.launch()
        wait_for(connects, "a listening socket")
        ssh = subprocess.Popen(
            argv[:1] + ["-o", "LogLevel=DEBUG1"] + argv[1:],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, env=own_portal.env())
        for line in ssh.stderr:
            if "Offering public key" in line:
                break
        assert "listening on" not in own_portal.read_log()
    said = ssh.communicate(timeout=60)[1]
    assert ssh.returncode == 0, said
    wait_for(lambda: "listening on" in own_portal.read_log(),
             "portal-sshd to say so")


def test_sessions_of_one_login_are_bounded(own_portal):
    own_portal.set("sshd", "max_sessions_per_login", "2")
    own_portal.start()
    with own_portal.terminal() as a, own_portal.terminal() as b:
        a.wait("You owe")
        b.wait("You owe")
        r = own_portal.ssh("overview")
        assert r.returncode != 0 and r.stderr.strip()
        assert own_portal.ssh("overview", key=own_portal.key2).returncode == 0
    wait_for(lambda: own_portal.ssh("overview").returncode == 0,
             "a place for a session")


def test_channels_of_one_connection_are_bounded(own_portal):
    own_portal.set("sshd", "max_channels", "2")
    own_portal.start()
    t = transport(own_portal)
    t.auth_publickey("portal", paramiko.Ed25519Key.from_private_key_file(
        own_portal.key))
    held = [t.open_session(timeout=30) for _ in range(2)]
    for c in held:
        c.exec_command("plain")
        assert c.recv(10)  # it runs, and waits for an answer
    extra = t.open_session(timeout=30)
    extra.exec_command("overview")
    assert extra.recv_exit_status() != 0
    assert b"too many sessions" in extra.recv_stderr(1000)
    held[0].close()

    def room():
        c = t.open_session(timeout=30)
        c.exec_command("overview")
        return c.recv_exit_status() == 0
    wait_for(room, "a place on this connection")
    t.close()


def test_a_disabled_login_is_cut_within_five_seconds(own_portal):
    own_portal.start()
    with own_portal.terminal() as t:
        t.wait("You owe")
        own_portal.ctl("login", "disable", "demo@example.net")
        start = time.monotonic()
        t.wait_end()
        assert time.monotonic() - start < 5
    assert own_portal.ssh("overview").returncode != 0
    assert not kbdint(own_portal, "portal", "demo@example.net", "demo")[0]


def test_staff_is_told_that_screens_are_not_here_yet(portal):
    t = transport(portal)
    t.auth_password("staff@example.net", "staff", fallback=False)
    assert t.is_authenticated()
    c = t.open_session(timeout=30)
    c.get_pty("xterm", 80, 24)
    c.invoke_shell()
    said = b""
    while True:
        data = c.recv(4096)
        if not data:
            break
        said += data
    said += c.recv_stderr(4096)
    assert c.recv_exit_status() == 1 and b"portalctl" in said
    t.close()


def test_ssh_audit_reports_no_failure(portal):
    out = subprocess.run(["ssh-audit", "--json", "-p", str(portal.port),
                          "127.0.0.1"], stdout=subprocess.PIPE, text=True,
                         env=portal.env(), timeout=120).stdout
    report = json.loads(out)
    found = [a for part in ("kex", "key", "enc", "mac")
             for a in report[part]]
    assert found
    text = subprocess.run(["ssh-audit", "-n", "-l", "fail", "-p",
                           str(portal.port), "127.0.0.1"],
                          stdout=subprocess.PIPE, text=True, env=portal.env(),
                          timeout=120).stdout
    assert "[fail]" not in text, text
