"""What a hostile customer types, pastes or sends never reaches another
terminal as anything but text, and costs the portal nothing."""

import json
import re
import struct

import paramiko
import pytest

from portal import wait_for
from screens import go, on

# One of each kind, with a word on both sides to find it again.
KINDS = {
    "escape": b"\x1b]0;owned\x07\x1b[2J\x1b[31m\x1bc\x1bP+q544e\x1b\\",
    "c0": bytes(b for b in range(1, 32) if b not in b"\x03\x04\x09\x0a\x0d"
                b"\x0f\x11\x13\x1b\x08\x0c\x02\x06\x15\x16\x17\x12\x19\x1a"
                b"\x1c") + b"x\x7f",
    "c1": "\x9b2J\x90q\x9c\x85\x9d0;x\x07".encode(),
    "bidi": "\u202e\u202d\u2066\u2067\u2068\u2069\u200e\u200f\u061c".encode(),
    "zero": "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e".encode(),
    "invalid": b"\xff\xfe\xc0\xaf\xed\xa0\x80\xf5\x80\x80\x80\xc3",
    "tags": "\U000e0001\U000e0041\u2028\u2029".encode(),
}
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
# What the portal itself sends to a terminal: cursor, attributes, modes.
OURS = re.compile(rb"\x1b(\[[0-9;?]*[A-Za-z@`]|\([B0]|[=>78M]|\]52;c;)|"
                  rb"[\x0f\x0e]")


def clean_text(text, where):
    bad = FORBIDDEN.search(text)
    assert not bad, "%r in %s: %r" % (
        bad.group(0), where, text[max(0, bad.start() - 60):bad.end() + 60])


def clean_bytes(raw, where):
    """Nothing in the bytes to a terminal but ours and printable UTF-8."""
    left = OURS.sub(b"", raw).decode()  # raises where it is not UTF-8
    clean_text(left.replace("\r", "").replace("\b", ""), where)


def pasted(data):
    return b"\x1b[200~" + data + b"\x1b[201~"


def everywhere(portal, number, key, word):
    """All a customer's data, on every way out; word is in it."""
    texts = {}
    for name in ("tickets", "services", "invoices"):
        for how in ("--json", "--csv"):
            texts[name + how] = portal.ssh(name, how, key=key).stdout
        texts[name] = portal.ssh(name, key=key).stdout
    texts["overview"] = portal.ssh("overview", key=key).stdout
    texts["overview--json"] = portal.ssh("overview", "--json",
                                         key=key).stdout
    texts["plain"] = portal.ssh("plain", input="4\no\n\n5\n0\n",
                                key=key).stdout
    texts["staff"] = portal.ctl("customer", "show", number).stdout
    texts["staff--json"] = portal.ctl("customer", "show", number,
                                      "--json").stdout
    for where, text in texts.items():
        for s in [text] if not where.endswith("json") else strings(
                json.loads(text)):
            clean_text(s, where)
    assert any(word in t for t in texts.values())


def strings(value):
    if isinstance(value, dict):
        return [s for v in value.values() for s in strings(v)]
    if isinstance(value, list):
        return [s for v in value for s in strings(v)]
    return [value] if isinstance(value, str) else []


@pytest.fixture
def someone(portal, request):
    name = re.sub(r"\W+", "_", request.node.name)[5:60]
    number, key = portal.customer("Hanna Hostile", name + "@example.net")
    return number, key


@pytest.mark.parametrize("how", ["typed", "pasted"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_ticket_fields(portal, someone, kind, how):
    number, key = someone
    evil = KINDS[kind]
    if how == "pasted":
        evil = pasted(evil)
    elif kind == "escape":
        # typed, an escape is Esc: what follows are keys, so it asks
        evil = b"\x1b[31m\x1b[?1049h\x1bOP"
    with portal.terminal(80, 24, key=key) as watcher, \
            portal.terminal(80, 24, key=key) as t:
        watcher.wait("Paid in full")
        t.wait("Paid in full").send("t")
        t.wait("New ticket").send(b"Front" + evil + b"Back")
        t.wait("Back").sync("\t\t\t")
        t.send(b"Above" + evil + b"Below").wait("Below")
        t.send("\x0f").wait("Sent. Your ticket is #")
        t.send("r").wait("Reply to ticket")
        t.send(b"Left" + evil + b"Right").wait("Right")
        t.send("\x0f").wait("Sent.")
        # another session of the same customer
        go(watcher, "Tickets")
        watcher.wait("Front").send("\r").wait("Below", "Right")
        clean_bytes(watcher.raw, "another session")
        clean_bytes(t.raw, "the own session")
    everywhere(portal, number, key, "Front")
    k = portal.rows("tickets", key=key)[0]
    assert k["subject"].startswith("Front") and k["subject"].endswith("Back")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_profile_fields_search_and_palette(portal, someone, kind):
    number, key = someone
    evil = pasted(KINDS[kind])
    with portal.terminal(80, 24, key=key) as watcher, \
            portal.terminal(80, 24, key=key) as t:
        watcher.wait("Paid in full")
        t.wait("Paid in full")
        go(t, "Profile").mark("Change these details").send("\r")
        t.wait("Your details").send("\x1b[F" + "\x08" * 30)
        for i, word in enumerate(("Name", "12", "Street", "61", "City")):
            t.sync("\x1b[F")
            t.send(b"Q" + evil + word.encode()).wait(word)
            t.sync("\t")
        t.send("\x0f").sync()
        if "Your details" in t.text():  # a field was refused: it says which
            t.sync("\x1b").sync("y")
        go(t, "Profile")
        t.send("/").wait("Esc cancel").send(b"zz" + evil + b"yy")
        t.wait("yy").send("\r").wait("was not found")
        t.send(":").wait("log out").send(evil + b"abo").wait("about")
        t.sync("\x1b")
        clean_bytes(t.raw, "the own session")
        go(watcher, "Profile").sync()
        clean_bytes(watcher.raw, "another session")
    everywhere(portal, number, key, number)


def test_a_megabyte_into_each_field(portal, someone):
    """Is cut at what fits, says so, and the session goes on."""
    number, key = someone
    # the same program either way: once is enough for all of it
    flood = b"A" * (1 << (15 if portal.as_root else 20))
    with portal.terminal(80, 24, key=key) as t:
        t.wait("Paid in full").send("t")
        t.wait("New ticket").send(pasted(flood))
        t.sync("\t\t\t").send(pasted(flood)).send("\x0f")
        t.wait("Your ticket is #", patience=60)
        t.send("r").wait("Reply to ticket").send(pasted(flood) + b"\x0f")
        t.wait("Sent.", patience=60)
        t.sync("\x1b")
        t.send("/").wait("Esc cancel").send(pasted(flood)).send("\r")
        t.wait('"AAAA', patience=60)
        t.send(":").wait("Esc back").send(pasted(flood)).wait("No such")
        t.send("\x1b").wait("[1 Overview]", gone="No such", patience=60)
        go(t, "Profile").mark("Change these details").send("\r")
        t.wait("Your details").send(pasted(flood))
        t.wait("as long as it may be", patience=60)
        t.send("\x1b").wait("y/n", patience=60).send("y")
        on(t, "Profile")
    k = portal.rows("tickets", key=key)
    assert len(k) == 1 and 0 < len(k[0]["subject"]) < 1000
    assert len(portal.ssh("tickets", "--json", key=key).stdout) < 5000


def test_a_megabyte_without_paste_marks_is_only_keys(portal, someone):
    number, key = someone
    with portal.terminal(80, 24, key=key, term="vt100") as t:
        t.wait("Paid in full").send(b"jk" * (1 << 18))
        t.sync()
        t.wait("Paid in full")
    assert portal.rows("tickets", key=key) == []


@pytest.mark.parametrize("kind", sorted(KINDS) + ["flood"])
def test_line_mode(portal, someone, kind):
    number, key = someone
    evil = KINDS.get(kind, b"A" * (1 << 20)).replace(b"\n", b"")
    r = portal.ssh("plain", input=evil + b"\n4\nn\nFront" + evil +
                   b"Back\nq\nm\nAbove" + evil + b"Below\n.\n\ny\n0\n0\n",
                   key=key, text=False)
    assert r.returncode in (0, 1)
    clean_text(r.stdout.decode(), "line mode")
    clean_text(r.stderr.decode(), "line mode's errors")
    everywhere(portal, number, key, number)


def channel(portal):
    c = paramiko.SSHClient()
    c.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    c.connect("127.0.0.1", portal.port, "portal", key_filename=portal.key,
              allow_agent=False, look_for_keys=False, timeout=30)
    return c


def run(portal, command):
    """An exec string as it is: no shell of ours between."""
    with channel(portal) as c:
        ch = c.get_transport().open_session(timeout=30)
        ch.settimeout(30)
        try:
            ch.exec_command(command)
            ch.shutdown_write()
        except paramiko.SSHException:
            return None, b"", b""
        out = err = b""
        while True:
            data = ch.recv(65536)
            if not data:
                break
            out += data
        while True:
            data = ch.recv_stderr(65536)
            if not data:
                break
            err += data
        return ch.recv_exit_status(), out, err


@pytest.mark.parametrize("command", [
    b"\x1b[2Jinvoices", b"invoices \x1b]0;x\x07", b"invoice \xff\xfe",
    b"invoices\x00--json", "tickets \u202ejson".encode(), b"", b" ",
    b"invoices --json; id", b"$(id)", b"`id`", b"invoices | cat",
    b"invoice ../../etc/passwd", b"scp", b"scp -t /tmp", b"scp -f",
    b"scp -f ../../../etc/passwd", b"\"", b"'", b"\\", b"invoice \"",
    b"%s%s%n", b"A" * 100000, b"invoice " * 20000, b"-" * 3000,
    "ticket new --subject x\u0000".encode()],
    ids=lambda c: repr(c[:24]))
def test_hostile_commands(portal, command):
    status, out, err = run(portal, command)
    said = (out + err).decode()
    if command.startswith(b"scp"):  # its messages begin with a 1 or 2
        said = said.lstrip("\x01\x02")
    clean_text(said, "the answer")
    assert "uid=" not in said and "root:" not in said
    if command.strip() and b"\0" not in command:
        assert status in (None, 1, 2, 255, -1), said
        assert len(said) < 4000
    assert portal.ssh("overview").returncode == 0


def test_hostile_words_through_openssh(portal):
    for word in ("\x1b[2J", "\x07", "\x9b", "a\tb", "ä\u202eö"):
        r = portal.ssh(word)
        assert r.returncode == 2
        clean_text(r.stderr, "the error")


@pytest.mark.parametrize("packet", [
    struct.pack(">I", 0xffffffff), struct.pack(">I", 1 << 20) + b"x" * 64,
    struct.pack(">I", 0), struct.pack(">IBI", 5, 1, 0xffffffff),
    struct.pack(">IBI", 5, 1, 3) + struct.pack(">IB", 9, 3) + b"\xff" * 8,
    b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 70000],
    ids=["4G", "1M", "empty", "version", "length", "http", "zeros"])
def test_hostile_sftp_packets_end_only_that_channel(portal, packet):
    with channel(portal) as c:
        tr = c.get_transport()
        ch = tr.open_session(timeout=30)
        ch.invoke_subsystem("sftp")
        ch.settimeout(30)
        try:
            ch.sendall(packet)
            ch.shutdown_write()
            while ch.recv(65536):
                pass
        except OSError:
            pass
        # the connection goes on with another
        other = tr.open_session(timeout=30)
        other.exec_command("overview")
        assert other.recv_exit_status() == 0


@pytest.mark.parametrize("name", ["nonsense", "sftp ", "SFTP", "\x1b[2J",
                                  "s" * 30000, ""])
def test_unknown_subsystems_are_refused(portal, name):
    with channel(portal) as c:
        ch = c.get_transport().open_session(timeout=30)
        with pytest.raises((paramiko.SSHException, EOFError)):
            ch.invoke_subsystem(name)
    assert portal.ssh("overview").returncode == 0


def test_environment_of_the_client_stays_outside(portal):
    """Only LANG and LC_* pass, and only as locale names."""
    evil = {"LD_PRELOAD": "/tmp/x.so", "PATH": "/tmp", "TERMINFO": "/tmp",
            "PORTAL_HOST": "evil", "PORTAL_USER": "evil", "TZ": "/etc/passwd",
            "HOME": "/tmp", "LC_ALL": "../../../tmp/x", "LANG": "\x1b[2J",
            "LC_" + "X" * 5000: "1", "LC_TIME": "A" * 100000,
            "LANGUAGE": "../..", "PORTAL_IDLE": "0"}
    with channel(portal) as c:
        ch = c.get_transport().open_session(timeout=30)
        for k, v in evil.items():
            try:
                ch.set_environment_variable(k, v)
            except paramiko.SSHException:
                pass
        ch.get_pty("xterm", 80, 24)
        ch.invoke_shell()
        ch.settimeout(30)
        out = b""
        while b"You owe" not in out:
            out += ch.recv(4096)
        (pid,) = portal.processes("portal-tui")
        with open("/proc/%d/environ" % pid, "rb") as f:
            env = f.read()
        for k, v in evil.items():
            assert v.encode() not in env.split(b"\0") and (
                "%s=%s" % (k, v)).encode() not in env.split(b"\0")
        for bad in (b"LD_PRELOAD", b"TERMINFO", b"/tmp", b"evil", b"\x1b"):
            assert bad not in env
        ch.close()


@pytest.mark.parametrize("term", ["../../etc/passwd", "x" * 200, "xt\x1berm",
                                  "", "\x00xterm", "/dev/null", "a b",
                                  "xterm/../vt100", "%s", "\u202e"],
                         ids=lambda t: repr(t[:12]))
def test_hostile_term_gets_the_plain_menu(portal, term):
    with channel(portal) as c:
        ch = c.get_transport().open_session(timeout=30)
        ch.settimeout(30)
        try:
            ch.get_pty(term, 80, 24)
            ch.invoke_shell()
        except paramiko.SSHException:
            return  # refused: as good
        out = b""
        while b"0 Leave" not in out:
            data = ch.recv(4096)
            assert data, out
            out += data
        assert b"Signed in as" in out and b"\x1b" not in out
        ch.send(b"0\r")
        assert ch.recv_exit_status() == 0


def rss(pid):
    with open("/proc/%d/status" % pid) as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))


@pytest.mark.parametrize("size", [(65535, 65535), (0xffffffff, 0xffffffff),
                                  (1, 1), (65535, 1), (1, 65535)])
def test_huge_terminals_eat_no_memory(portal, size):
    with channel(portal) as c:
        ch = c.get_transport().open_session(timeout=30)
        ch.settimeout(30)
        ch.get_pty("xterm", *size)
        ch.invoke_shell()
        out = b""
        while not re.search(b"You owe|small|[WE]", out):
            data = ch.recv(65536)
            assert data, out[-500:]
            out += data
        (pid,) = portal.processes("portal-tui")
        assert rss(pid) < 64 * 1024
        # and the same by a change while it runs
        ch.resize_pty(80, 24)
        while b"You owe" not in out:
            out += ch.recv(65536)
        ch.resize_pty(*size)
        ch.resize_pty(80, 24)
        ch.send(b"\x04")
        while ch.recv(65536):
            pass
        assert ch.recv_exit_status() == 0
        assert len(out) < 4 << 20
    wait_for(lambda: not portal.processes("portal-tui"), "its end")


def test_hostile_user_names(portal):
    for user in ("\x1b[2J", "a" * 5000, "../..", "portal\n", "=", "x=y=z",
                 "\u202eportal", "'; drop table login; --"):
        t = paramiko.Transport(("127.0.0.1", portal.port))
        t.start_client(timeout=30)
        with pytest.raises((paramiko.SSHException, EOFError)):
            t.auth_password(user, "x" * 10, fallback=False)
            t.auth_password(user, "x" * 10, fallback=False)
        t.close()
    clean_text(portal.read_log().replace("\n", ""), "the log")
    assert portal.ssh("overview").returncode == 0


@pytest.mark.parametrize("user,password", [
    ("demo@example.net", "x" * 500), ("demo@example.net", "x" * 1024),
    ("demo@example.net", "x" * 5000), ("a" * 500 + "@example.net", "x"),
    ("a" * 1000 + "@example.net", "x")], ids=lambda s: len(s))
def test_what_is_too_long_is_only_wrong(portal, user, password):
    """And may be tried again: the connection goes on."""
    t = paramiko.Transport(("127.0.0.1", portal.port))
    t.start_client(timeout=30)
    with pytest.raises(paramiko.AuthenticationException):
        t.auth_password(user, password, fallback=False)
    assert t.is_active()
    t.auth_publickey("portal", paramiko.Ed25519Key(filename=portal.key))
    assert t.is_authenticated()
    t.close()
    assert "cannot tell who logs in" not in portal.read_log()


def test_hostile_protocol_bytes_leave_the_others_alone(portal):
    import socket
    with portal.terminal() as t:
        t.wait("You owe")
        for data in (b"\x00" * 4096, b"SSH-2.0-x\r\n" + b"\xff" * 4096,
                     b"GET / HTTP/1.0\r\n\r\n", b"A" * 100000,
                     b"SSH-1.5-old\r\n", b"SSH-2.0-" + b"B" * 5000 + b"\r\n",
                     b"SSH-2.0-x\r\n" + struct.pack(">I", 0x7fffffff) * 50):
            with socket.create_connection(("127.0.0.1", portal.port),
                                          30) as s:
                s.settimeout(30)
                try:
                    s.sendall(data)
                    s.shutdown(socket.SHUT_WR)
                    while s.recv(65536):
                        pass
                except OSError:
                    pass
        t.send("2").wait("[2 Services]")
    clean_text(portal.read_log().replace("\n", ""), "the log")
