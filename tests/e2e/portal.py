"""A portal of one's own for a test: demo provider, portal-sshd, clients, and a
terminal to read.  Everything is below one temporary directory, listens on a
free port of 127.0.0.1 and is ended by pid."""

import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import termios
import time

import pyte

from stores import make_store

BUILD = os.environ.get("PORTAL_BUILD") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "..", "..", "build"))
PROGRAMS = ("portal-sshd", "portal-store", "portal-tui", "portal-files",
            "portal-cmd", "portal-render", "portalctl", "portal-worker")
PATIENCE = int(os.environ.get("PORTAL_PATIENCE", "30"))  # seconds, then a
# condition counts as never coming
NOBODY = 65534


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(condition, what, patience=PATIENCE):
    """Waits until condition() is true and gives its value."""
    end = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("waited in vain for " + what)
        time.sleep(0.02)


class Mould:
    """A demo provider as portalctl makes it, that portals are copies of: its
    passwords and keys cost a second of computing."""

    made = {}

    def __init__(self, as_root, engine):
        self.base = tempfile.mkdtemp(prefix="portal-mould-")
        self.portal = Portal(self.base, as_root, engine, make=Portal.init)

    def pour(self, portal):
        mine = self.portal
        subprocess.run(["cp", "-a", mine.dir, mine.home, portal.base],
                       check=True)
        with open(portal.conf) as f:
            text = f.read()
        for old, new in ((":%d" % mine.port, ":%d" % portal.port),
                         (mine.store.conf_url, portal.store.conf_url)):
            assert old in text
            text = text.replace(old, new)
        with open(portal.conf, "w") as f:
            f.write(text)
        portal.store.create(mine.store)

    @classmethod
    def break_all(cls):
        for mould in cls.made.values():
            mould.portal.store.release()
            shutil.rmtree(mould.base, ignore_errors=True)
        cls.made.clear()


def mould_of(as_root, engine):
    where = as_root, engine, os.environ.get("PORTAL_TEST_SERVER")
    if where not in Mould.made:
        Mould.made[where] = Mould(as_root, engine)
    return Mould.made[where]


class Portal:
    """A demo provider and its portal-sshd, as root or as nobody, its store on
    one of the engines."""

    def __init__(self, base, as_root, engine, make=None):
        """make: what makes the provider; a copy of one, if not told."""
        self.base = str(base)
        self.as_root = as_root
        self.process = None
        os.chmod(self.base, 0o755)
        # nobody may not be able to enter the checkout
        self.bin = os.path.join(self.base, "bin")
        os.mkdir(self.bin)
        for name in PROGRAMS:
            shutil.copy(os.path.join(BUILD, name), self.bin)
        self.dir = os.path.join(self.base, "provider")
        self.port = free_port()
        self.conf = os.path.join(self.dir, "portal.conf")
        self.log = os.path.join(self.base, "log")
        self.home = os.path.join(self.base, "home")
        self.key = os.path.join(self.home, ".ssh", "id_demo")
        self.key2 = os.path.join(self.home, ".ssh", "id_second")
        self.store = make_store(engine, self.dir)
        (make if make else mould_of(as_root, engine).pour)(self)

    def init(self):
        """The demo provider, as portalctl makes it, and two keys."""
        os.mkdir(self.dir)
        if not self.as_root and os.geteuid() == 0:
            os.chown(self.dir, NOBODY, NOBODY)
        os.makedirs(os.path.dirname(self.key), mode=0o700)
        self.store.create()
        self.ctl("init", "--demo", "--dir", self.dir, "--port",
                 str(self.port), *self.store.options, with_conf=False)
        self.new_key("demo@example.net", "id_demo")
        self.new_key("second@example.net", "id_second")

    def program(self, name):
        return os.path.join(self.bin, name)

    def _as(self):
        if self.as_root or os.geteuid() != 0:
            return {}
        return {"user": NOBODY, "group": NOBODY, "extra_groups": []}

    def ctl(self, *args, with_conf=True, check=True, **kw):
        argv = [self.program("portalctl")]
        if with_conf:
            argv += ["-c", self.conf]
        r = subprocess.run(argv + list(args), timeout=300,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           text=True, **self._as(), **kw)
        if check and r.returncode != 0:
            raise AssertionError("portalctl %s: %s" % (args, r.stderr))
        return r

    def new_key(self, email, name, kind="ed25519", tenant=None):
        path = os.path.join(self.home, ".ssh", name)
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", path],
                       check=True)
        with open(path + ".pub") as pub:
            self.ctl(*(["--tenant", tenant] if tenant else []), "key", "add",
                     email, "-", input=pub.read())
        return path

    def set(self, section, key, value):
        """Puts a line under [section] of portal.conf (before a start)."""
        with open(self.conf) as f:
            lines = [l for l in f.read().splitlines()
                     if not l.replace(" ", "").startswith(key + "=")
                     or self._section_of(f.name, l) != section]
        at = lines.index("[%s]" % section)
        lines.insert(at + 1, "%s = %s" % (key, value))
        with open(self.conf, "w") as f:
            f.write("\n".join(lines) + "\n")

    @staticmethod
    def _section_of(path, line):
        section = None
        for l in open(path):
            l = l.rstrip("\n")
            if l.startswith("["):
                section = l[1:l.index("]")]
            if l == line:
                return section
        return section

    def launch(self):
        """Starts portal-sshd and does not wait until it listens."""
        self.logfile = open(self.log, "ab")
        self.process = subprocess.Popen(
            [self.program("portal-sshd"), "-c", self.conf],
            stdin=subprocess.DEVNULL, stdout=self.logfile,
            stderr=self.logfile, cwd="/", **self._as())
        return self

    def start(self):
        offset = os.path.getsize(self.log) if os.path.exists(self.log) else 0
        self.launch()

        def up():
            if self.process.poll() is not None:
                raise AssertionError("portal-sshd ended:\n" + self.read_log())
            with open(self.log, "rb") as f:
                f.seek(offset)
                return b"listening on" in f.read()
        wait_for(up, "portal-sshd to listen")
        return self

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("portal-sshd ignored SIGTERM")
        if self.process:
            self.logfile.close()
            self.process = None

    def read_log(self):
        with open(self.log, errors="replace") as f:
            return f.read()

    # ---- clients ----
    def ssh_options(self, key=None, password=False):
        o = ["-F", "none", "-o", "StrictHostKeyChecking=no",
             "-o", "UserKnownHostsFile=" + os.path.join(self.home, "known"),
             "-o", "LogLevel=ERROR", "-o", "IdentityAgent=none",
             "-o", "ConnectTimeout=20", "-o", "SendEnv=LANG LC_*"]
        if key:
            o += ["-o", "IdentitiesOnly=yes", "-i", key,
                  "-o", "BatchMode=yes"]
        else:
            o += ["-o", "PubkeyAuthentication=no"]
        return o

    def ssh_argv(self, *words, key=None, user="portal", options=(), tty=False):
        return (["ssh"] + self.ssh_options(key) + list(options) +
                (["-tt"] if tty else []) +
                ["-p", str(self.port), user + "@127.0.0.1"] + list(words))

    def ssh(self, *words, key=None, check=False, text=True, timeout=60, **kw):
        """A command over a key login; demo's key unless told otherwise."""
        return subprocess.run(
            self.ssh_argv(*words, key=key or self.key,
                          options=kw.pop("options", ()),
                          user=kw.pop("user", "portal")),
            stdin=kw.pop("stdin", subprocess.DEVNULL)
            if "input" not in kw else None,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=check,
            text=text, timeout=timeout, env=self.env(), **kw)

    def scp(self, source, dest, *options, key=None, user="portal",
            timeout=120):
        return subprocess.run(
            ["scp"] + self.ssh_options(key or self.key) + list(options) +
            ["-P", str(self.port), "%s@127.0.0.1:%s" % (user, source),
             str(dest)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=timeout,
            env=self.env())

    def sftp(self, batch, key=None, options=(), timeout=120):
        return subprocess.run(
            ["sftp"] + self.ssh_options(key or self.key) + list(options) +
            ["-b", "-", "-P", str(self.port), "portal@127.0.0.1"],
            input=batch, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, timeout=timeout, env=self.env())

    def env(self, **more):
        env = {"HOME": self.home, "PATH": os.environ["PATH"],
               "LANG": "C.UTF-8", "TERM": "xterm-256color"}
        env.update(more)
        return env

    def terminal(self, columns=80, rows=24, key="demo", term="xterm-256color",
                 argv=None, lang="C.UTF-8", user="portal", options=(),
                 screen=None):
        """A session on a terminal that is read with pyte; screen: the size
        it really has, where it tells another."""
        if argv is None:
            k = {"demo": self.key, "second": self.key2, None: None}.get(
                key, key)
            argv = self.ssh_argv(key=k, user=user, options=options, tty=True)
        return Terminal(argv, columns, rows, self.env(TERM=term, LANG=lang),
                        screen=screen)

    def rows(self, name, **kw):
        """A listing as its JSON has it: what the screens must agree with."""
        return json.loads(self.ssh(name, "--json", check=True, **kw).stdout)

    def customer(self, name, email, *options, tenant=None, password=None):
        """A new customer with a key: (its number, the key's path)."""
        at = ["--tenant", tenant] if tenant else []
        out = self.ctl("customer", "add", *at, "--name", name, "--email",
                       email, "--json", *options)
        number = json.loads(out.stdout)["number"]
        secret = {"input": password + "\n"} if password else {}
        self.ctl("login", "add", *at, email, "--customer", number,
                 *([] if password else ["--no-password"]), **secret)
        return number, self.new_key(email, "id_" + re.sub(r"\W", "_", email),
                                    tenant=tenant)

    # ---- the processes of this portal ----
    def children(self, pid=None):
        pid = pid or self.process.pid
        found = []
        try:
            with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
                kids = [int(p) for p in f.read().split()]
        except FileNotFoundError:
            return found
        for kid in kids:
            found.append(kid)
            found += self.children(kid)
        return found

    def login_children(self):
        """Pids of the login children: the listener's own children."""
        def kids(pid):
            with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
                return [int(p) for p in f.read().split()]
        return [kid for child in kids(self.process.pid)
                for kid in kids(child)]

    def roles(self):
        """Pids by what they are: monitor, listener, login, store-worker,
        ready (where screens are forked from), session."""
        found = {"monitor": [self.process.pid]}
        for pid in self.children():
            try:
                with open("/proc/%d/cmdline" % pid) as f:
                    words = f.read().split("\0")
                with open("/proc/%d/stat" % pid) as f:
                    parent = int(f.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            role = ("store-worker" if words[0] == "portal-store" else
                    "listener" if "--listener" in words else
                    "ready" if "--ready" in words else "session")
            if role == "listener" and parent != self.process.pid:
                role = "login"
            found.setdefault(role, []).append(pid)
        return found

    def processes(self, name):
        """Pids below portal-sshd whose program has this name."""
        out = []
        for pid in self.children():
            try:
                with open("/proc/%d/comm" % pid) as f:
                    if f.read().strip() == name[:15]:
                        out.append(pid)
            except (FileNotFoundError, ProcessLookupError):
                pass
        return out


class Worker:
    """A portal-worker of a portal, running; end it with stop() or kill()."""

    def __init__(self, portal, name="worker"):
        self.log = os.path.join(portal.base, name + ".log")
        with open(self.log, "ab") as log:
            start = log.tell()
            self.process = subprocess.Popen(
                [portal.program("portal-worker"), "-c", portal.conf],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                **portal._as())

        def ready():
            assert self.process.poll() is None, self.read_log()
            return re.search(r"ready, as (\w+)", self.read_log()[start:])
        try:
            self.name = wait_for(ready, "portal-worker").group(1)
        except BaseException:
            self.kill()
            raise

    def read_log(self):
        with open(self.log, errors="replace") as f:
            return f.read()

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError("portal-worker goes on:\n" +
                                 self.read_log()) from None

    def stop(self):
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


class Screen(pyte.HistoryScreen):
    """pyte's, with what xterm knows besides: scroll up and down (SU, SD),
    repeat (REP) and back to a tab stop (CBT)."""

    last = " "

    def draw(self, data):
        super().draw(data)
        self.last = data[-1:] or self.last

    def repeat(self, count=1):
        self.draw(self.last * max(count, 1))

    def scroll(self, count, act):
        top = self.margins.top if self.margins else 0
        at = self.cursor.x, self.cursor.y
        self.cursor.y = top
        act(max(count, 1))
        self.cursor.x, self.cursor.y = at

    def scroll_up(self, count=1):
        self.scroll(count, self.delete_lines)

    def scroll_down(self, count=1):
        self.scroll(count, self.insert_lines)

    def restore_cursor(self):
        """Terminals do not clamp it to the margins."""
        margins, self.margins = self.margins, None
        super().restore_cursor()
        self.margins = margins

    def back_tab(self, count=1):
        for _ in range(max(count, 1)):
            self.cursor.x = max(
                [0] + [s for s in self.tabstops if s < self.cursor.x])


class Stream(pyte.ByteStream):
    more = {"S": "scroll_up", "T": "scroll_down", "b": "repeat",
            "Z": "back_tab"}
    csi = {**pyte.ByteStream.csi, **more}
    events = pyte.ByteStream.events | frozenset(more.values())


class Terminal:
    """A program on a pty, drawn by pyte."""

    CLEARED = re.compile(rb"\x1b\[H\x1b\[2?J")

    def __init__(self, argv, columns, rows, env, cwd=None, screen=None):
        self.screen = Screen(*(screen or (columns, rows)), history=2000)
        self.stream = Stream(self.screen)
        self.raw = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ,
                            struct.pack("HHHH", rows, columns, 0, 0))
                if cwd:
                    os.chdir(cwd)
                os.execvpe(argv[0], argv, env)
            finally:
                os._exit(127)
        os.set_blocking(self.fd, False)
        self.status = None
        self.ended = False

    def pump(self, seconds=0.0):
        """Draws what has arrived, waiting at most so long for something."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.fd, 65536)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            self.ended = True
            return False
        self.raw += data
        self.stream.feed(data)
        return True

    def text(self):
        return "\n".join(self.screen.display)

    def wait(self, *wanted, gone=(), patience=PATIENCE):
        """Until every text is on the screen (and none of gone is)."""
        if isinstance(gone, str):
            gone = (gone,)
        end = time.monotonic() + patience
        while True:
            shown = self.text()
            if all(w in shown for w in wanted) and not any(
                    g in shown for g in gone):
                return self
            if self.ended or time.monotonic() > end:
                raise AssertionError(
                    "waited in vain for %r (gone %r); the screen:\n%s"
                    % (wanted, gone, shown))
            self.pump(0.2)

    def wait_until(self, condition, what, patience=PATIENCE):
        """Until condition() holds, reading what comes meanwhile."""
        end = time.monotonic() + patience
        while not condition():
            assert not self.ended and time.monotonic() < end, (
                "waited in vain for %s; the screen:\n%s" % (what,
                                                            self.text()))
            self.pump(0.2)
        return self

    def settle(self, quiet=0.15):
        """Until nothing has come for a moment: only for counting bytes."""
        while self.pump(quiet):
            pass
        return self

    def send(self, keys):
        """Types keys; reads meanwhile, so that a long paste cannot stall."""
        data = keys.encode() if isinstance(keys, str) else keys
        end = time.monotonic() + PATIENCE
        while data:
            try:
                data = data[os.write(self.fd, data[:4096]):]
            except BlockingIOError:
                self.pump(0.05)
                assert time.monotonic() < end, "nobody reads the keys"
        return self

    def sync(self, keys=""):
        """Types keys and ^L; until the screen has been painted anew."""
        seen = len(self.CLEARED.findall(self.raw))
        self.send(keys + "\x0c")
        end = time.monotonic() + PATIENCE
        while (len(self.CLEARED.findall(self.raw)) == seen
               or not self.screen.display[-1].strip()):
            assert not self.ended and time.monotonic() < end, (
                "not painted anew; the screen:\n" + self.text())
            self.pump(0.2)
        return self

    def pages(self):
        """The texts of a screen from its first row to its last."""
        self.sync("g")
        found = [self.text()]
        while True:
            self.sync("\x06")
            if self.text() == found[-1]:
                return found
            found.append(self.text())

    def whole(self):
        """All of a screen on one line, as it reads: no matter how wide the
        terminal is and where a sentence was broken."""
        body = []
        for page in self.pages():
            body += page.split("\n")[2:-2]
        return " ".join(" ".join(body).split())

    def marked(self):
        """The row with the marker: two lines on a narrow screen."""
        lines = 1 if self.screen.columns >= 80 else 2
        for y, l in enumerate(self.screen.display):
            if l[1:2] == ">":
                return "\n".join(self.screen.display[y:y + lines])
        return ""

    def mark(self, text, skip=0):
        """Moves the marker down from the first row to the one with text."""
        self.sync("g")
        before = None
        while True:
            row = self.marked().split("\n")[0]
            if text in row:
                if skip == 0:
                    return self
                skip -= 1
            now = self.text()
            assert now != before, "no row %r; the last screen:\n%s" % (
                text, now)
            before = now
            self.sync("j")

    def back(self, *wanted, gone=()):
        """Esc: the screen before."""
        return self.send("\x1b").wait(*wanted, gone=gone)

    def resize(self, columns, rows):
        self.screen.resize(rows, columns)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))
        return self

    def line(self, text):
        """The first line on the screen that has this text."""
        for l in self.screen.display:
            if text in l:
                return l
        raise AssertionError("%r is not on the screen:\n%s"
                             % (text, self.text()))

    def wait_end(self, patience=PATIENCE):
        """Until the program ends; gives its exit status."""
        end = time.monotonic() + patience
        while self.status is None:
            self.pump(0.05) if not self.ended else time.sleep(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                raise AssertionError("still running:\n" + self.text())
        return self.status

    def close(self):
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGHUP)
                self.wait_end(5)
            except (ProcessLookupError, ChildProcessError):
                pass
            except AssertionError:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
        os.close(self.fd)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()
