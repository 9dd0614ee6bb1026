"""The figures to hold, each a line: ratio, both absolute values, conditions.

Both servers run on loopback in this one run, with curve25519 and ed25519 on
both sides, taking turns.  Ends with 1 when a figure does not hold."""

import getpass
import os
import pwd
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
from portal import BUILD, Portal, free_port, wait_for  # noqa: E402

TOOLS = os.path.join(BUILD, "tests", "bench")
TEXT = "? help"  # the last words that both first screens paint
TICK = os.sysconf("SC_CLK_TCK")
FIRST_RUNS, CPU_ROUNDS, CPU_LOGINS = 31, 4, 60
LOADS, LOAD_LOGINS, IDLE_SESSIONS = 3, 100, 10
IDLE_SECONDS = 60
missed = []


def say(name, hold, value, ok, detail):
    print("%-34s %-10s hold %-8s %s  %s"
          % (name, value, hold, "ok  " if ok else "MISS", detail), flush=True)
    if not ok:
        missed.append(name)


class Sshd:
    """OpenSSH's sshd running the trivial ncurses program."""

    def __init__(self, base, key):
        self.port = free_port()
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        os.makedirs(base)
        host = os.path.join(base, "host")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                        host], check=True)
        authorized = os.path.join(base, "authorized")
        shutil.copy(key + ".pub", authorized)
        conf = os.path.join(base, "sshd_config")
        with open(conf, "w") as f:
            f.write("\n".join([
                "Port %d" % self.port, "ListenAddress 127.0.0.1",
                "HostKey " + host, "AuthorizedKeysFile " + authorized,
                "StrictModes no", "UsePAM no", "UseDNS no", "PrintMotd no",
                "PrintLastLog no", "PermitRootLogin yes", "PidFile none",
                "KexAlgorithms curve25519-sha256", "MaxStartups 1000",
                "ForceCommand exec " + os.path.join(TOOLS, "trivial"), ""]))
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        self.log = open(os.path.join(base, "log"), "wb")
        self.process = subprocess.Popen(
            ["/usr/sbin/sshd", "-D", "-e", "-f", conf],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

        def up():
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", self.port)) == 0
        wait_for(up, "sshd")

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


def children(pid):
    out = []
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
            for kid in f.read().split():
                out += [int(kid)] + children(int(kid))
    except FileNotFoundError:
        pass
    return out


def tree_ticks(root):
    """Processor time of a tree in ticks, dead children included."""
    total = 0
    for pid in [root] + children(root):
        try:
            with open("/proc/%d/stat" % pid) as f:
                fields = f.read().rsplit(")", 1)[1].split()
            total += sum(int(x) for x in fields[11:15])
        except FileNotFoundError:
            pass
    return total


def settle(root, expected):
    """Until the tree is as small as before (all sessions reaped)."""
    wait_for(lambda: len(children(root)) <= expected, "sessions to end")


def pss(pids):
    total = 0
    for pid in pids:
        with open("/proc/%d/smaps_rollup" % pid) as f:
            total += int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))
    return total


def ssh_argv(port, user, key, known, *more):
    return ["ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o",
            "UserKnownHostsFile=" + known, "-o", "LogLevel=ERROR", "-o",
            "IdentityAgent=none", "-o", "IdentitiesOnly=yes", "-i", key, "-o",
            "KexAlgorithms=curve25519-sha256", "-tt", *more, "-p", str(port),
            user + "@127.0.0.1"]


def first_screen(argv):
    env = dict(os.environ, TERM="xterm-256color", LANG="C.UTF-8")
    out = subprocess.run([os.path.join(TOOLS, "first_screen"), TEXT] + argv,
                         stdout=subprocess.PIPE, check=True, env=env)
    return int(out.stdout) / 1000.0


def load(port, user, key, logins, threads=4):
    out = subprocess.run(
        [os.path.join(TOOLS, "login_load"), "load", str(port), user, key,
         str(threads), str(logins), TEXT], stdout=subprocess.PIPE, check=True)
    return float(out.stdout)


class Counter:
    """A relay on loopback that counts the TCP payload both ways."""

    def __init__(self, port):
        self.up = self.down = 0
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(8)
        self.port = self.listener.getsockname()[1]
        self.target = port
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            for a, b, way in ((client, server, "up"), (server, client, "down")):
                a.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self.relay, args=(a, b, way),
                                 daemon=True).start()

    def relay(self, a, b, way):
        while True:
            try:
                data = a.recv(65536)
                if not data:
                    break
                setattr(self, way, getattr(self, way) + len(data))
                b.sendall(data)
            except OSError:
                break
        try:
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def total(self):
        return self.up + self.down


def switches(pids):
    total = 0
    for pid in pids:
        with open("/proc/%d/status" % pid) as f:
            total += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)",
                                   f.read(), re.M).group(1))
    return total


def main():
    base = tempfile.mkdtemp(prefix="portal-bench-")
    portal = sshd = None
    try:
        as_root = os.geteuid() == 0
        p = os.path.join(base, "portal")
        os.makedirs(p)
        os.chmod(base, 0o755)
        portal = Portal(p, as_root)
        portal.set("sshd", "max_sessions_per_login", "1000")
        portal.set("sshd", "max_per_source", "1000")
        portal.start()
        sshd = Sshd(os.path.join(base, "sshd"), portal.key)
        known = os.path.join(base, "known")
        us = ssh_argv(portal.port, "portal", portal.key, known)
        them = ssh_argv(sshd.port, sshd.user, portal.key, known)
        print("conditions: loopback, %d cores, %s, %s" % (
            os.cpu_count(), "root" if as_root else "not root",
            subprocess.run(["ssh", "-V"], stderr=subprocess.PIPE,
                           text=True).stderr.strip()))

        # login to first screen, taking turns
        first_screen(us), first_screen(them)
        ours, theirs = [], []
        for _ in range(FIRST_RUNS):
            ours.append(first_screen(us))
            theirs.append(first_screen(them))
        a, b = statistics.median(ours), statistics.median(theirs)
        say("login to first overview, p50", "<= 0.20", "%.3f" % (a / b),
            a / b <= 0.20, "%.1f ms / %.1f ms, real ssh, key, %d each"
            % (a, b, FIRST_RUNS))

        # processor time and rate, with our own client
        def measure(pid, user, port, quiet):
            before = tree_ticks(pid)
            load(port, user, portal.key, CPU_LOGINS)
            settle(pid, quiet)
            return tree_ticks(pid) - before
        quiet_us = len(children(portal.process.pid))
        quiet_them = len(children(sshd.process.pid))
        load(portal.port, "portal", portal.key, 20)
        settle(portal.process.pid, quiet_us)
        a = b = 0
        for _ in range(CPU_ROUNDS):
            a += measure(portal.process.pid, "portal", portal.port, quiet_us)
            b += measure(sshd.process.pid, sshd.user, sshd.port, quiet_them)
        logins = CPU_ROUNDS * CPU_LOGINS
        say("server CPU per login", "<= 0.22", "%.3f" % (a / b), a / b <= 0.22,
            "%.2f ms / %.2f ms, all processes, %d logins, taking turns"
            % (a * 1000.0 / TICK / logins, b * 1000.0 / TICK / logins, logins))
        rates = {"us": [], "them": []}
        for _ in range(LOADS):
            rates["us"].append(LOAD_LOGINS / load(
                portal.port, "portal", portal.key, LOAD_LOGINS))
            rates["them"].append(LOAD_LOGINS / load(
                sshd.port, sshd.user, portal.key, LOAD_LOGINS))
        a, b = (statistics.median(rates[k]) for k in ("us", "them"))
        say("logins per second", ">= 5", "%.2f" % (a / b), a / b >= 5,
            "%.0f / %.0f, four parallel libssh clients" % (a, b))
        settle(portal.process.pid, quiet_us)
        settle(sshd.process.pid, quiet_them)

        # memory of idle sessions
        def idle(server, pid, argv, quiet):
            before = set(children(pid))
            terms = [portal.terminal(argv=argv) for _ in range(IDLE_SESSIONS)]
            for t in terms:
                t.wait(TEXT)
                t.settle()
            time.sleep(1)  # idle is what comes after the last key
            own = [q for q in children(pid) if q not in before]
            kb = pss(own) / IDLE_SESSIONS
            n = len(own) / IDLE_SESSIONS
            for t in terms:
                t.close()
            settle(pid, quiet)
            return kb, n
        a, na = idle(portal, portal.process.pid, us, quiet_us)
        b, nb = idle(sshd, sshd.process.pid, them, quiet_them)
        say("idle session, PSS", "<= 0.32", "%.3f" % (a / b), a / b <= 0.32,
            "%.0f KB in %.1f processes / %.0f KB in %.1f, %d sessions each"
            % (a, na, b, nb, IDLE_SESSIONS))

        # bytes on the wire
        counter = Counter(portal.port)
        argv = ssh_argv(counter.port, "portal", portal.key, known, "-C")
        with portal.terminal(argv=argv) as t:
            t.wait(TEXT).settle()
            login = counter.total()
            say("bytes, login + overview", "<= 5500", login, login <= 5500,
                "%d up, %d down, ssh -C, key login, 80x24"
                % (counter.up, counter.down))
            t.send("3").wait("Invoices").settle()
            t.send("\r").wait("scp").settle()
            t.send("\x1b").settle()
            t.send("5").settle()
            total = counter.total()
            say("bytes, + invoices, one, profile", "<= 9000", total,
                total <= 9000, "all of it; the pay QR comes with paying")

            # nothing while idle
            pids = children(portal.process.pid)
            time.sleep(1)
            before, moved = counter.total(), switches(pids)
            time.sleep(IDLE_SECONDS)
            quiet = counter.total() - before
            wakes = switches(pids) - moved
            say("idle: bytes, wake-ups", "0, 0", "%d, %d" % (quiet, wakes),
                quiet == 0 and wakes == 0,
                "in %d s, every process of the portal" % IDLE_SECONDS)

        # one packet an update
        out = subprocess.run(
            [os.path.join(TOOLS, "login_load"), "packets", str(portal.port),
             "portal", portal.key, TEXT, "23jk415j?"],
            stdout=subprocess.PIPE, check=True, text=True).stdout
        counts = [int(l.split()[-2]) for l in out.splitlines()]
        sizes = [int(l.split()[-1]) for l in out.splitlines()]
        say("SSH packets per update, most", "1", max(counts),
            max(counts) == 1, "%d updates, %s bytes" % (len(counts), sizes))
    finally:
        if sshd:
            sshd.stop()
        if portal:
            portal.stop()
        shutil.rmtree(base, ignore_errors=True)
    if missed:
        print("missed: " + ", ".join(missed))
    return 1 if missed else 0


sys.exit(main())
