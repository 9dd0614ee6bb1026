"""The figures to hold, each a line: ratio, both absolute values, conditions.

All servers run on loopback in this one run, with curve25519 and ed25519 on
every side, taking turns: the portal on SQLite, the portal on PostgreSQL, and
OpenSSH's sshd.  Ends with 1 when a figure does not hold."""

import contextlib
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
import paying  # noqa: E402
from portal import BUILD, Mould, Portal, free_port, wait_for  # noqa: E402

TOOLS = os.path.join(BUILD, "tests", "bench")
TEXT = "? help"  # the last words that both first screens paint
TICK = os.sysconf("SC_CLK_TCK")
FIRST_RUNS, CPU_ROUNDS, CPU_LOGINS = 31, 12, 40
LOADS, LOAD_LOGINS, IDLE_SESSIONS = 3, 100, 10
COMMANDS, CROWD, CROWD_KEYS = 31, 1000, 300
IDLE_SECONDS = 60
PAY_RUNS, PAY_DELAYS, IN_FLIGHT = 15, (0, 300), 100
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


def middle(values):
    """Mean of the middle half: other work on the machine shows at the ends."""
    quarter = len(values) // 4
    return statistics.mean(sorted(values)[quarter:len(values) - quarter])


def settle(root, expected):
    """Until the tree is as small as before (all sessions reaped)."""
    wait_for(lambda: len(children(root)) <= expected, "sessions to end")


def pss(pids):
    total = 0
    for pid in pids:
        with open("/proc/%d/smaps_rollup" % pid) as f:
            total += int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))
    return total


def start_portal(base, name, engine):
    p = os.path.join(base, name)
    os.makedirs(p)
    portal = Portal(p, os.geteuid() == 0, engine)
    for key in ("max_sessions_per_login", "max_per_source"):
        portal.set("sshd", key, str(CROWD))
    return portal.start()


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


class Bench:
    """One row a method, in the order of their names in ROWS."""

    ROWS = ("first_screen", "processor", "rate", "memory", "wire", "packets",
            "overview", "crowd", "pay", "in_flight")

    def __init__(self, base):
        self.known = os.path.join(base, "known")
        self.portal = start_portal(base, "portal", "sqlite")
        self.pg = start_portal(base, "pg", "postgresql")
        self.sshd = Sshd(os.path.join(base, "sshd"), self.portal.key)
        self.us = self.argv(self.portal)
        self.pg_us = self.argv(self.pg)
        self.them = ssh_argv(self.sshd.port, self.sshd.user, self.portal.key,
                             self.known)
        self.quiet = {s: len(children(s.process.pid))
                      for s in (self.portal, self.pg, self.sshd)}

    def argv(self, portal, *more):
        return ssh_argv(portal.port, "portal", portal.key, self.known, *more)

    def who(self, server):
        """What login_load needs to know of a server."""
        if server is self.sshd:
            return server.port, server.user, self.portal.key
        return server.port, "portal", server.key

    def settle(self, *servers):
        for s in servers:
            settle(s.process.pid, self.quiet[s])

    def first_screen(self):
        ways = (self.us, self.pg_us, self.them)
        times = [[], [], []]
        for way in ways:
            first_screen(way)
        for _ in range(FIRST_RUNS):
            for way, seen in zip(ways, times):
                seen.append(first_screen(way))
        a, pg, b = (statistics.median(t) for t in times)
        say("login to first overview, p50", "<= 0.20", "%.3f" % (a / b),
            a / b <= 0.20, "%.1f ms / %.1f ms, real ssh, key, %d each"
            % (a, b, FIRST_RUNS))
        say("  on PostgreSQL", "<= 0.20", "%.3f" % (pg / b), pg / b <= 0.20,
            "%.1f ms / %.1f ms" % (pg, b))
        say("  on PostgreSQL / on SQLite", "<= 2", "%.2f" % (pg / a),
            pg / a <= 2, "%.1f ms / %.1f ms" % (pg, a))

    def ticks(self, server):
        before = tree_ticks(server.process.pid)
        load(*self.who(server), CPU_LOGINS)
        self.settle(server)
        return tree_ticks(server.process.pid) - before

    def processor(self):
        servers = (self.portal, self.pg, self.sshd)
        for s in servers[:2]:
            load(*self.who(s), 20)
            self.settle(s)
        rounds = {s: [] for s in servers}
        for _ in range(CPU_ROUNDS):
            for s in servers:
                rounds[s].append(self.ticks(s))
        a, pg, b = (middle(rounds[s]) * 1000.0 / TICK / CPU_LOGINS
                    for s in servers)
        say("server CPU per login", "<= 0.22", "%.3f" % (a / b), a / b <= 0.22,
            "%.2f ms / %.2f ms, all processes, %d rounds of %d logins, the "
            "middle half" % (a, b, CPU_ROUNDS, CPU_LOGINS))
        say("  on PostgreSQL / on SQLite", "<= 2", "%.2f" % (pg / a),
            pg / a <= 2, "%.2f ms / %.2f ms, the portal's own processes"
            % (pg, a))

    def rate(self):
        servers = (self.portal, self.pg, self.sshd)
        rates = {s: [] for s in servers}
        for _ in range(LOADS):
            for s in servers:
                rates[s].append(LOAD_LOGINS / load(*self.who(s), LOAD_LOGINS))
        self.settle(*servers)
        a, pg, b = (statistics.median(rates[s]) for s in servers)
        say("logins per second", ">= 5", "%.2f" % (a / b), a / b >= 5,
            "%.0f / %.0f, four parallel libssh clients" % (a, b))
        say("  on PostgreSQL", ">= 5", "%.2f" % (pg / b), pg / b >= 5,
            "%.0f / %.0f" % (pg, b))

    def idle(self, server, argv):
        pid = server.process.pid
        before = set(children(pid))
        terms = [self.portal.terminal(argv=argv) for _ in range(IDLE_SESSIONS)]
        for t in terms:
            t.wait(TEXT)
            t.settle()
        time.sleep(1)  # idle is what comes after the last key
        own = [q for q in children(pid) if q not in before]
        kb = pss(own) / IDLE_SESSIONS
        for t in terms:
            t.close()
        self.settle(server)
        return kb, len(own) / IDLE_SESSIONS

    def memory(self):
        a, na = self.idle(self.portal, self.us)
        b, nb = self.idle(self.sshd, self.them)
        say("idle session, PSS", "<= 0.32", "%.3f" % (a / b), a / b <= 0.32,
            "%.0f KB in %.1f processes / %.0f KB in %.1f, %d sessions each"
            % (a, na, b, nb, IDLE_SESSIONS))

    def wire(self):
        """Bytes of a visit, and silence after it; on both engines."""
        for name, portal in (("", self.portal), (", PostgreSQL", self.pg)):
            counter = Counter(portal.port)
            argv = ssh_argv(counter.port, "portal", portal.key, self.known,
                            "-C")
            with contextlib.ExitStack() as stack:
                if portal is self.portal:
                    stack.enter_context(paying.paying(portal))
                t = stack.enter_context(portal.terminal(argv=argv))
                t.wait(TEXT).settle()
                if portal is self.portal:
                    self.visit(t, counter)
                pids = children(portal.process.pid)
                time.sleep(1)
                before, moved = counter.total(), switches(pids)
                time.sleep(IDLE_SECONDS)
                quiet = counter.total() - before
                wakes = switches(pids) - moved
            say("idle: bytes, wake-ups" + name, "0, 0",
                "%d, %d" % (quiet, wakes), quiet == 0 and wakes == 0,
                "in %d s, every process of the portal" % IDLE_SECONDS)
            self.settle(portal)

    @staticmethod
    def visit(t, counter):
        login = counter.total()
        say("bytes, login + overview", "<= 5500", login, login <= 5500,
            "%d up, %d down, ssh -C, key login, 80x24"
            % (counter.up, counter.down))
        t.send("3").wait("Invoices").settle()
        t.send("\r").wait("scp").settle()
        t.send("\x1b").settle()
        t.send("5").settle()
        t.send("3").wait("INV-").settle()
        t.send("p").wait("Scan with a phone").settle()
        total = counter.total()
        say("bytes, + invoices, one, profile, QR", "<= 9000", total,
            total <= 9000, "all of it")

    def packets(self):
        out = subprocess.run(
            [os.path.join(TOOLS, "login_load"), "packets",
             *map(str, self.who(self.portal)), TEXT, "23jk415j?"],
            stdout=subprocess.PIPE, check=True, text=True).stdout
        counts = [int(line.split()[-2]) for line in out.splitlines()]
        sizes = [int(line.split()[-1]) for line in out.splitlines()]
        say("SSH packets per update, most", "1", max(counts),
            max(counts) == 1, "%d updates, %s bytes" % (len(counts), sizes))
        self.settle(self.portal)

    def overview(self):
        """The overview alone, as a command on a connection that is there."""
        times = {}
        for portal in (self.portal, self.pg):
            times[portal] = []
            portal.master = os.path.join(portal.base, "master")
            subprocess.run(["ssh", "-MNf", "-S", portal.master]
                           + portal.ssh_options(portal.key)
                           + ["-p", str(portal.port), "portal@127.0.0.1"],
                           check=True)
        try:
            for _ in range(COMMANDS):
                for portal in times:
                    start = time.monotonic()
                    subprocess.run(["ssh", "-S", portal.master, "-p",
                                    str(portal.port), "portal@127.0.0.1",
                                    "overview"], check=True,
                                   stdout=subprocess.DEVNULL)
                    times[portal].append(time.monotonic() - start)
        finally:
            for portal in times:
                subprocess.run(["ssh", "-S", portal.master, "-O", "exit",
                                "portal@127.0.0.1"],
                               stderr=subprocess.DEVNULL)
        a, pg = (1000 * statistics.median(times[p])
                 for p in (self.portal, self.pg))
        say("overview, PostgreSQL / SQLite", "<= 2", "%.2f" % (pg / a),
            pg / a <= 2, "%.1f ms / %.1f ms, a command on an open connection"
            % (pg, a))
        self.settle(self.portal, self.pg)

    def hold(self, server, logins):
        crowd = subprocess.Popen(
            [os.path.join(TOOLS, "login_load"), "hold",
             *map(str, self.who(server)), "4", str(logins), TEXT],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if crowd.stdout.readline() != "open\n":
            crowd.wait()
            raise SystemExit("bench: %d sessions did not open" % logins)
        return crowd

    @staticmethod
    def press(crowd, keys):
        crowd.stdin.write(keys + "\n")
        crowd.stdin.flush()
        return [float(ms) for ms in crowd.stdout.readline().split()]

    def crowd(self):
        """Many sessions: the database's connections, and how long a key
        takes."""
        keys = ("2345" * CROWD_KEYS)[:CROWD_KEYS]
        alone = self.hold(self.pg, 1)
        one = statistics.quantiles(self.press(alone, keys), n=100)[98]
        alone.communicate()
        crowd = self.hold(self.pg, CROWD)
        workers = len(self.pg.processes("portal-store"))
        open_now = self.pg.store.query(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = "
            "current_database() AND pid <> pg_backend_pid()")[0][0]
        many = statistics.quantiles(self.press(crowd, keys), n=100)[98]
        crowd.communicate()
        self.settle(self.pg)
        say("connections at %d sessions" % CROWD, "= workers", open_now,
            open_now == workers, "%d store workers" % workers)
        say("key at %d sessions, p99" % CROWD, "<= 5", "%.2f" % (many / one),
            many / one <= 5 and many <= 50,
            "%.1f ms / %.1f ms alone, at most 50 ms; PostgreSQL, %d keys"
            % (many, one, CROWD_KEYS))

    def pay(self):
        """The code on the screen, beside the gateway's own answer."""
        for name, portal in (("", self.portal), (", PostgreSQL", self.pg)):
            with paying.paying(portal) as p:
                for delay in PAY_DELAYS:
                    a, b = paying.key_to_qr(p, delay, PAY_RUNS)
                    most = 1.2 * b + 50
                    say("key press to QR" + name, "<= %.0f ms" % most,
                        "%.1f ms" % a, a <= most, "1.2 x the counterpart's "
                        "own %.1f ms + 50 (it waits %d ms), p50 of %d"
                        % (b, delay, PAY_RUNS))

    def in_flight(self):
        """Many checkouts on one worker, the answers held back."""
        for name, portal in (("", self.portal), (", PostgreSQL", self.pg)):
            with paying.paying(portal) as p:
                dues = [(c, p.invoice(c)) for c in
                        (p.customer() for _ in range(IN_FLIGHT + 1))]
                _, _, asked, there = paying.at_once(p, dues[:1])
                held, links, all_asked, all_there = paying.at_once(p, dues[1:])
            say("checkouts in flight" + name, IN_FLIGHT, held,
                held == IN_FLIGHT, "at the counterpart at once, of one worker")
            say("  links", IN_FLIGHT, links, links == IN_FLIGHT,
                "asked in %.0f ms, open in %.0f ms; one alone %.0f and %.0f ms"
                % (all_asked, all_there, asked, there))

    def stop(self):
        for s in (self.sshd, self.portal, self.pg):
            s.stop()
        self.pg.store.release()


def main():
    base = tempfile.mkdtemp(prefix="portal-bench-")
    os.chmod(base, 0o755)
    bench = None
    try:
        bench = Bench(base)
        print("conditions: loopback, %d cores, %s, %s; PostgreSQL with fsync"
              % (os.cpu_count(), "root" if os.geteuid() == 0 else "not root",
                 subprocess.run(["ssh", "-V"], stderr=subprocess.PIPE,
                                text=True).stderr.strip()))
        for row in sys.argv[1:] or Bench.ROWS:
            getattr(bench, row)()
    finally:
        if bench:
            bench.stop()
        Mould.break_all()
        shutil.rmtree(base, ignore_errors=True)
    if missed:
        print("missed: " + ", ".join(missed))
    return 1 if missed else 0


sys.exit(main())
