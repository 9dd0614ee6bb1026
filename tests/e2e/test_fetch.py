"""FX1: every client fetches every paper, byte for byte the same, and nobody
else gets any."""

import contextlib
import hashlib
import json
import os
import re
import signal
import subprocess

import paramiko
import pytest
from paramiko.sftp import CMD_NAME, CMD_REALPATH

from portal import PATIENCE, wait_for


def numbers(portal, key=None, user="portal"):
    out = portal.ssh("invoices", "--json", key=key, user=user, check=True)
    return [i["number"] for i in json.loads(out.stdout)]


def digests(folder):
    return {n: hashlib.sha256(open(os.path.join(folder, n), "rb").read())
            .hexdigest() for n in sorted(os.listdir(folder))}


@pytest.fixture(scope="module")
def reference(portal, tmp_path_factory):
    """What OpenSSH's scp over SFTP fetched: file name -> hash."""
    d = tmp_path_factory.mktemp("reference")
    r = portal.scp("invoices/*.pdf", d)
    assert r.returncode == 0, r.stderr
    found = digests(d)
    assert sorted(found) == sorted(n + ".pdf" for n in numbers(portal))
    assert len(found) >= 24
    for name in found:
        with open(os.path.join(d, name), "rb") as f:
            assert f.read(5) == b"%PDF-"
    return found


def putty_args(portal):
    ppk = portal.key + ".ppk"
    if not os.path.exists(ppk):
        subprocess.run(["puttygen", portal.key, "-O", "private", "-o", ppk],
                       check=True, env=portal.env())
    return ["-batch", "-i", ppk, "-P", str(portal.port), "-hostkey",
            putty_hostkey(portal)]


def putty_hostkey(portal):
    path = os.path.join(portal.dir, "keys", "ssh_host_ed25519_key.pub")
    if os.path.exists(path):
        with open(path) as f:
            line = f.read()
    else:
        line = subprocess.run(
            ["ssh-keyscan", "-t", "ed25519", "-p", str(portal.port),
             "127.0.0.1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, check=True).stdout
        line = " ".join(line.split()[1:])
    out = subprocess.run(["ssh-keygen", "-l", "-f", "-"], input=line,
                         stdout=subprocess.PIPE, text=True, check=True).stdout
    return out.split()[1]


def test_scp_legacy_mode(portal, reference, tmp_path):
    r = portal.scp("invoices/*.pdf", tmp_path, "-O")
    assert r.returncode == 0, r.stderr
    assert digests(tmp_path) == reference


def test_scp_keeps_times(portal, reference, tmp_path):
    name = sorted(reference)[0]
    assert portal.scp("invoices/" + name, tmp_path, "-p").returncode == 0
    assert portal.scp("invoices/" + name, tmp_path / "o", "-p",
                      "-O").returncode == 0
    a = os.stat(tmp_path / name).st_mtime
    assert a == os.stat(tmp_path / "o").st_mtime
    assert a < os.stat("/proc/1").st_ctime  # issued long before this machine


def test_sftp_get(portal, reference, tmp_path):
    r = portal.sftp("lcd %s\ncd invoices\nls -l\nget *\n" % tmp_path)
    assert r.returncode == 0, r.stderr
    assert digests(tmp_path) == reference
    sizes = {w[-1]: int(w[4]) for w in
             (l.split() for l in r.stdout.splitlines())
             if len(w) >= 9 and w[-1].endswith(".pdf") and w[0][0] == "-"}
    for name in reference:
        assert sizes[name] == os.path.getsize(tmp_path / name)


def test_sftp_resumes_a_partial_download(portal, reference, tmp_path):
    name = sorted(reference)[0]
    portal.scp("invoices/" + name, tmp_path)
    with open(tmp_path / name, "r+b") as f:
        f.truncate(1000)
    r = portal.sftp("lcd %s\nreget invoices/%s\n" % (tmp_path, name))
    assert r.returncode == 0, r.stderr
    assert digests(tmp_path)[name] == reference[name]


@pytest.mark.parametrize("mode", ["-sftp", "-scp"])
def test_pscp(portal, reference, tmp_path, mode):
    r = subprocess.run(
        ["pscp", mode, "-unsafe"] + putty_args(portal) +
        ["portal@127.0.0.1:invoices/*.pdf", str(tmp_path)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=portal.env(), timeout=120)
    assert r.returncode == 0, r.stderr
    assert digests(tmp_path) == reference


def test_plink_runs_a_command(portal):
    r = subprocess.run(
        ["plink", "-ssh"] + putty_args(portal) + ["portal@127.0.0.1",
                                                  "invoices --json"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=portal.env(), timeout=60)
    assert r.returncode == 0, r.stderr
    assert len(json.loads(r.stdout)) >= 24


def test_dropbear_runs_a_command(portal, tmp_path):
    key = tmp_path / "key"
    subprocess.run(["dropbearconvert", "openssh", "dropbear", portal.key,
                    str(key)], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    r = subprocess.run(
        ["dbclient", "-y", "-y", "-i", str(key), "-p", str(portal.port),
         "portal@127.0.0.1", "overview"], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=portal.env(), timeout=60)
    assert r.returncode == 0, r.stderr
    assert "You owe" in r.stdout


def test_what_libssh2_of_older_systems_knows(portal, reference, tmp_path):
    name = sorted(reference)[0]
    r = portal.scp("invoices/" + name, tmp_path, "-o", "Ciphers=aes256-ctr",
                   "-o", "MACs=hmac-sha2-256")
    assert r.returncode == 0, r.stderr
    assert digests(tmp_path) == {name: reference[name]}


def connect(portal, key):
    c = paramiko.SSHClient()
    c.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    c.connect("127.0.0.1", portal.port, "portal", key_filename=key,
              allow_agent=False, look_for_keys=False, timeout=30)
    return c


def test_paramiko(portal, reference, tmp_path):
    with connect(portal, portal.key) as c:
        sftp = c.open_sftp()
        assert sorted(sftp.listdir("invoices")) == sorted(reference)
        for name in reference:
            sftp.get("invoices/" + name, str(tmp_path / name))
            assert sftp.stat("invoices/" + name).st_size == os.path.getsize(
                tmp_path / name)
    assert digests(tmp_path) == reference


def test_paramiko_reads_ranges(portal, reference, tmp_path):
    name = sorted(reference)[0]
    portal.scp("invoices/" + name, tmp_path)
    whole = open(tmp_path / name, "rb").read()
    with connect(portal, portal.key) as c:
        with c.open_sftp().open("invoices/" + name) as f:
            f.seek(100)
            assert f.read(50) == whole[100:150]
            f.seek(len(whole) - 5)
            assert f.read(100) == whole[-5:]
            f.seek(len(whole) + 10)
            assert f.read(10) == b""


def test_receipts_and_readme(portal, tmp_path):
    r = portal.scp("receipts/*", tmp_path)
    assert r.returncode == 0, r.stderr
    out = portal.ssh("payments", "--json", check=True)
    wanted = {p["receipt"] + ".pdf" for p in json.loads(out.stdout)
              if p["receipt"]}
    assert set(os.listdir(tmp_path)) == wanted and wanted
    r = portal.scp("README.txt", tmp_path)
    assert r.returncode == 0, r.stderr
    assert "invoices/" in open(tmp_path / "README.txt").read()


@pytest.mark.parametrize("way", [(), ("-O",)])
def test_others_invoices_look_unknown(portal, reference, tmp_path, way):
    """The second customer gets none, told the same as for a number that never
    was."""
    name = sorted(reference)[0]
    r = portal.scp("invoices/" + name, tmp_path / "x", *way, key=portal.key2)
    n = portal.scp("invoices/INV-1999-999999.pdf", tmp_path / "y", *way,
                   key=portal.key2)
    assert r.returncode != 0 and n.returncode != 0
    assert r.stderr.replace(name, "N") == n.stderr.replace(
        "INV-1999-999999.pdf", "N")
    assert "No such file" in r.stderr
    assert not os.path.exists(tmp_path / "x")


def test_other_tenant_has_only_its_own(portal, reference, tmp_path):
    # no tenant named: the only one with that e-mail is meant
    key = portal.new_key("rural@example.net", "id_rural")
    theirs = numbers(portal, key=key, user="ruralnet")
    out = portal.scp("invoices/" + sorted(reference)[0], tmp_path / "x",
                     key=key, user="ruralnet")
    # the same number may exist in both series: then it must be another paper
    if out.returncode == 0:
        assert sorted(reference)[0][:-4] in theirs
        got = hashlib.sha256(open(tmp_path / "x", "rb").read()).hexdigest()
        assert got not in reference.values()
    r = portal.scp("invoices/*.pdf", tmp_path, key=key, user="ruralnet")
    if theirs:
        assert r.returncode == 0, r.stderr
    for n in os.listdir(tmp_path):
        got = hashlib.sha256(open(tmp_path / n, "rb").read()).hexdigest()
        assert got not in reference.values()
    # its key opens nothing at the default tenant
    assert portal.ssh("invoices", key=key).returncode == 255


def test_master_connection_carries_a_screen_and_two_copies(
        portal, reference, tmp_path):
    path = os.path.join(portal.home, "cm-%d" % portal.port)
    share = ["-o", "ControlMaster=auto", "-o", "ControlPath=" + path]
    with portal.terminal(options=share) as t:
        t.wait("You owe")
        copies = []
        for i in range(2):
            d = tmp_path / str(i)
            d.mkdir()
            copies.append((d, subprocess.Popen(
                ["scp"] + portal.ssh_options(portal.key) +
                ["-o", "ControlPath=" + path, "-P", str(portal.port),
                 "portal@127.0.0.1:invoices/*.pdf", str(d)],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, env=portal.env())))
        t.send("3").wait("Invoices")
        for d, c in copies:
            out, err = c.communicate(timeout=120)
            assert c.returncode == 0, err
            assert digests(d) == reference
        t.send("1").wait("You owe")
        # one connection carried all of it
        assert len(portal.login_children()) == 1


def written(pid):
    """Bytes that it has written to other processes so far."""
    with open("/proc/%d/io" % pid) as f:
        return int(re.search(r"wchar: (\d+)", f.read()).group(1))


def ask(sftp):
    return sftp._async_request(type(None), CMD_REALPATH, b".")


@contextlib.contextmanager
def stopped(pid):
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_request_read_while_others_are_answered_is_heard(portal):
    """libssh reads the network when it could not write at once: what it finds
    then, for a channel that had its turn, must not wait for a wake-up."""
    with connect(portal, portal.key) as c:
        first, *others = [c.open_sftp() for _ in range(3)]
        login, = portal.login_children()
        files = sorted(portal.processes("portal-files"))[1:]
        for between in range(12):
            with contextlib.ExitStack() as network:
                with contextlib.ExitStack() as programs:
                    for pid in files:
                        programs.enter_context(stopped(pid))
                    for sftp in others:
                        before = written(login)
                        ask(sftp)
                        wait_for(lambda: written(login) > before, "request")
                    before = [written(pid) for pid in files]
                    network.enter_context(stopped(login))
                for pid, old in zip(files, before):
                    wait_for(lambda: written(pid) > old, "answer")
                for _ in range(between):
                    c.get_transport().send_ignore(1000)
                ask(first)
            for sftp in (first, *others):
                sftp.get_channel().settimeout(PATIENCE)
                assert sftp._read_response(sftp.request_number - 1)[0] == \
                    CMD_NAME, between


def test_rekey_every_megabyte_loses_nothing(portal, reference, tmp_path):
    """Reads far more than a megabyte over one connection."""
    batch = "lcd %s\n" % tmp_path
    for i in range(12):
        d = tmp_path / str(i)
        d.mkdir()
        batch += "get invoices/* %s\n" % d
    r = portal.sftp(batch, options=["-o", "RekeyLimit=1M"], timeout=300)
    assert r.returncode == 0, r.stderr
    for i in range(12):
        assert digests(tmp_path / str(i)) == reference


def test_papers_stay_the_same_after_a_restart(portal, reference, tmp_path):
    portal.stop()
    portal.start()
    r = portal.scp("invoices/*.pdf", tmp_path)
    assert r.returncode == 0, r.stderr
    assert digests(tmp_path) == reference


@pytest.mark.parametrize("path", [
    "../etc/passwd", "/etc/passwd", "invoices/../../etc/passwd",
    "invoices/%00.pdf", "invoices/" + "A" * 3000, "invoices/\x1b[2J.pdf",
    "nowhere/x", "invoices/INV-2026-000001.pdf/x"],
    ids=range(8))
def test_hostile_paths_are_no_such_file(portal, tmp_path, path):
    with connect(portal, portal.key) as c:
        sftp = c.open_sftp()
        with pytest.raises(OSError) as e:
            sftp.open(path)
        assert e.value.errno == 2
        assert sftp.listdir("invoices")  # and it goes on


def test_nothing_can_be_written(portal, reference, tmp_path):
    name = sorted(reference)[0]
    with connect(portal, portal.key) as c:
        sftp = c.open_sftp()
        for act in (lambda: sftp.open("invoices/new.pdf", "w"),
                    lambda: sftp.remove("invoices/" + name),
                    lambda: sftp.mkdir("x"),
                    lambda: sftp.rename("invoices/" + name, "x"),
                    lambda: sftp.truncate("invoices/" + name, 0),
                    lambda: sftp.chmod("invoices/" + name, 0o777),
                    lambda: sftp.symlink("/etc/passwd", "x")):
            with pytest.raises(OSError):
                act()
        assert sorted(sftp.listdir("invoices")) == sorted(reference)
