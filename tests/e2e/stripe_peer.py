"""Paying for a test: the Stripe counterpart of tests/peers/stripe, steered over
its control interface, and a portal with a portal-worker that is pointed at it."""

import collections
import concurrent.futures
import contextlib
import fcntl
import hashlib
import http.client
import json
import os
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import pytest

from conftest import make, unmake
from portal import free_port, wait_for
from ways import EACH_ONCE, name

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers",
                    "stripe")
SECRET_KEY = "sk_test_counterpart"
WEBHOOK_SECRET = "whsec_counterpart"
SETTLED_IN = 15  # seconds after a start: the contract of portal-worker

Reply = collections.namedtuple("Reply", "status location body")


def install():
    """npm ci, once for what the lock file says, by whoever comes first."""
    with open(os.path.join(HERE, "package-lock.json"), "rb") as f:
        wanted = hashlib.sha256(f.read()).hexdigest()
    with open(os.path.join(HERE, "shapes.js"), "rb") as f:
        wanted += hashlib.sha256(f.read()).hexdigest()
    stamp = os.path.join(HERE, "node_modules", ".installed")
    with open(os.path.join(HERE, "package.json")) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(stamp) and open(stamp).read() == wanted:
            return
        r = subprocess.run(["npm", "ci", "--prefer-offline"], cwd=HERE,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, timeout=300)
        assert r.returncode == 0, r.stdout
        with open(stamp, "w") as f:
            f.write(wanted)


class StripePeer:
    """The counterpart.  Every command of control.js is a method:
    peer.pay(which=url), peer.sessions(), peer.advance(seconds=60)."""

    def __init__(self):
        install()
        self.process = subprocess.Popen(
            ["node", "main.js", SECRET_KEY], cwd=HERE, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        listens = json.loads(self.process.stdout.readline())
        self.api, self.control = listens["api"], listens["control"]
        self.version = listens["version"]

    def __getattr__(self, command):
        if command.startswith("_"):
            raise AttributeError(command)

        def steer(**how):
            request = urllib.request.Request(
                self.control + "/" + command, json.dumps(how).encode())
            try:
                with urllib.request.urlopen(request, timeout=60) as r:
                    return json.load(r)
            except urllib.error.HTTPError as e:
                raise AssertionError("%s: %s" % (
                    command, json.load(e)["error"])) from None
        return steer

    def post(self, path, **form):
        """A request of somebody else with the same key."""
        request = urllib.request.Request(
            self.api + "/v1" + path, urllib.parse.urlencode(form).encode(),
            {"Authorization": "Bearer " + SECRET_KEY,
             "Stripe-Version": self.version})
        with urllib.request.urlopen(request, timeout=60) as r:
            return json.load(r)

    def make_session(self, amount, metadata=()):
        """Asked for by somebody else: its id."""
        form = {"mode": "payment", "success_url": "https://example.net/",
                "line_items[0][quantity]": 1,
                "line_items[0][price_data][currency]": "eur",
                "line_items[0][price_data][unit_amount]": amount,
                "line_items[0][price_data][product_data][name]": "By hand"}
        for k, v in dict(metadata).items():
            form["metadata[%s]" % k] = v
            form["payment_intent_data[metadata][%s]" % k] = v
        return self.post("/checkout/sessions", **form)["id"]

    def answered(self):
        """Waits until every webhook has been answered: their statuses."""
        return wait_for(lambda: all(d["status"] is not None
                                    for d in self.deliveries()) and
                        [d["status"] for d in self.deliveries()],
                        "webhooks to be answered")

    def fault(self, **row):
        """One fault (faults.js), instead of those before."""
        self.faults(faults=[row])

    def session(self, which):
        (found,) = [s for s in self.sessions() if which in (s["id"],
                                                            s["page"])]
        return found

    def decline(self, method, code="generic_decline"):
        """From now on this saved method is declined."""
        self.behave(method=method, how="decline", code=code)

    def ask_for(self, method):
        """From now on the bank wants somebody to confirm its payments."""
        self.behave(method=method, how="authenticate")

    def charges(self, patron):
        """Intents of what this customer has saved, newest first."""
        return [i for i in self.intents() if i["customer"] == patron]

    def opened(self):
        """Requests that asked for a session, in their order."""
        return [r for r in self.log(path="^/checkout/sessions$")
                if r["method"] == "POST"]

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        finally:
            self.process.kill()
            self.process.stdout.close()


class Paying:
    """A portal, its worker and the counterpart."""

    def __init__(self, portal, peer):
        self.portal, self.peer = portal, peer
        self.store = portal.store
        self.worker = None
        self.customers = 0
        self.port = free_port()
        self.address = "127.0.0.1:%d" % self.port
        self.public = "http://" + self.address
        self.log = os.path.join(portal.base, "worker.log")
        for section, key, value in (
                ("http", "listen", self.address),
                ("http", "public_url", self.public),
                ("stripe", "api_base", peer.api),
                ("stripe", "secret_key", SECRET_KEY),
                ("stripe", "webhook_secret", WEBHOOK_SECRET)):
            portal.set(section, key, value)
        peer.endpoint(url=self.public + "/stripe/webhook",
                      secret=WEBHOOK_SECRET)

    # ---- the worker ----
    def start_worker(self, *prefix, up=True):
        """prefix: a program that runs it as its child, strace say."""
        with open(self.log, "ab") as log:
            self.worker = subprocess.Popen(
                [*prefix, self.portal.program("portal-worker"), "-c",
                 self.portal.conf], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, cwd="/", **self.portal._as())
        self.pid = self.worker.pid
        if prefix:
            wait_for(lambda: self.portal.children(self.worker.pid)
                     or self.worker.poll() is not None, "the traced worker")
            # none where it has died already
            self.pid = next(iter(self.portal.children(self.worker.pid)),
                            self.worker.pid)
        if up:
            wait_for(self.healthy, "portal-worker to listen")
        return self

    def healthy(self):
        assert self.worker.poll() is None, "portal-worker ended (%d):\n%s" % (
            self.worker.returncode, self.read_log())
        with contextlib.suppress(ConnectionError):
            return self.get("/healthz").status == 200

    def kill_worker(self):
        os.kill(self.pid, signal.SIGKILL)
        self.worker.wait()

    def worker_died(self):
        """Waits until a fault has killed it."""
        wait_for(lambda: self.worker.poll() is not None, "the worker's end")
        assert self.worker.returncode == -signal.SIGKILL, self.read_log()

    def stop_worker(self):
        if self.worker and self.worker.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)  # a traced one ends first
            self.worker.wait(30)

    def read_log(self):
        with open(self.log, errors="replace") as f:
            return f.read()

    # ---- what a customer does ----
    def customer(self):
        """One that owes nothing: (number, key)."""
        self.customers += 1
        return self.portal.customer("Payer %d" % self.customers,
                                    "payer%d@example.net" % self.customers)

    def invoice(self, customer, amount="45.00", *options):
        """A new one of the customer's: its number."""
        before = {i["number"] for i in self.invoices(customer)}
        self.portal.ctl("invoice", "add", customer[0], "--line",
                        "Work;1;%s;0" % amount, *options)
        (new,) = {i["number"] for i in self.invoices(customer)} - before
        return new

    def invoices(self, customer):
        return self.portal.rows("invoices", key=customer[1])

    def pay_command(self, customer, number):
        return self.portal.ssh("pay", number, "--json", key=customer[1])

    def pay(self, customer, number):
        """What pay NUMBER --json says, and where its short link leads."""
        r = self.pay_command(customer, number)
        assert r.returncode == 0, r.stderr + self.read_log()
        said = json.loads(r.stdout)
        assert said["url"].upper().startswith(self.public.upper() + "/P/")
        return said

    def page(self, said):
        """The page behind a link, as a phone that scanned it finds it."""
        reply = self.get(self.path(said))
        assert reply.status == 303, (reply, self.read_log())
        return reply.location

    @staticmethod
    def path(said):
        return urllib.parse.urlsplit(said["url"]).path

    def get(self, path, method="GET", body=None, headers=None):
        c = http.client.HTTPConnection(self.address, timeout=30)
        try:
            c.request(method, path, body, headers or {})
            r = c.getresponse()
            return Reply(r.status, r.getheader("Location"),
                         r.read().decode(errors="replace"))
        finally:
            c.close()

    def pay_in_background(self, customer, number):
        """Gives a future of what pay() gives."""
        return concurrent.futures.ThreadPoolExecutor(1).submit(
            self.pay, customer, number)

    # ---- saved methods ----
    def patron(self, customer):
        """Who the customer is at the counterpart: made when first needed, as
        the worker makes it."""
        def known():
            return self.store.query(
                "SELECT ref FROM gateway_customer g JOIN customer c "
                "ON c.tenant = g.tenant AND c.id = g.customer "
                "WHERE c.number = '%s'" % customer[0])
        if not known():
            made = self.peer.post("/customers", name=customer[0])["id"]
            self.store.query(
                "INSERT INTO gateway_customer (tenant, customer, gateway, "
                "account, ref) SELECT tenant, id, 'stripe', '', '%s' "
                "FROM customer WHERE number = '%s'" % (made, customer[0]))
        return known()[0][0]

    def methods(self, customer):
        """Refs of what is saved: the default first."""
        return [ref for (ref,) in self.store.query(
            "SELECT m.ref FROM pay_method m JOIN customer c ON c.tenant = "
            "m.tenant AND c.id = m.customer WHERE c.number = '%s' AND "
            "m.removed_at = 0 ORDER BY m.is_default DESC, m.id DESC"
            % customer[0])]

    def save_card(self, customer, **values):
        """One that is saved already, as the counterpart told it: its id there.
        values: methods.js; type="sepa_debit" for a bank account."""
        saved = self.peer.save(customer=self.patron(customer), **values)["id"]
        wait_for(lambda: saved in self.methods(customer), "the saved method")
        return saved

    def start_anew(self):
        """The worker looks at everything when it starts."""
        self.stop_worker()
        return self.start_worker()

    # ---- what must be true ----
    def status(self, customer, number):
        (row,) = [i for i in self.invoices(customer)
                  if i["number"] == number]
        return row["status"]

    def payments(self, customer):
        return self.portal.rows("payments", key=customer[1])

    def balance(self, customer):
        r = self.portal.ssh("overview", "--json", key=customer[1], check=True)
        return json.loads(r.stdout)["balance"]

    def received(self):
        """Rows of the gateway's payments: (intent, amount, flagged)."""
        return self.store.query(
            "SELECT g.intent, p.amount, g.flagged FROM gateway_payment g "
            "JOIN payment p ON p.tenant = g.tenant AND p.customer = g.customer "
            "AND p.id = g.payment ORDER BY g.at, g.intent")

    def is_paid(self, customer, number):
        """As the store past the portal has it, so that asking costs no
        login."""
        return self.store.query(
            "SELECT count(*) FROM allocation a JOIN invoice i ON i.tenant = "
            "a.tenant AND i.customer = a.customer AND i.id = a.invoice "
            "JOIN customer c ON c.tenant = i.tenant AND c.id = i.customer "
            "WHERE i.number = '%s' AND c.number = '%s'"
            % (number, customer[0]))[0][0] > 0

    def settled(self, customer, number, patience=30):
        wait_for(lambda: self.is_paid(customer, number),
                 number + " to be paid", patience)
        assert self.status(customer, number) == "Paid"

    def paid_once(self, customer, number, amount="45.00", sessions=1):
        """One payment, of the right amount, on the right invoice, with a
        receipt; and that many sessions were opened for it."""
        (payment,) = self.payments(customer)
        assert payment["amount"] == amount and payment["invoice"] == number
        assert self.status(customer, number) == "Paid"
        assert float(self.balance(customer)) == 0
        assert payment["receipt"]
        mine = self.sessions_of(number)
        assert len(mine) == sessions
        (done,) = [s for s in mine if s["payment_status"] == "paid"]
        assert payment["reference"] == done["payment_intent"]
        assert [flagged for intent, _, flagged in self.received()
                if intent == done["payment_intent"]] == [""]

    def sessions_of(self, number):
        return [s for s in self.peer.sessions()
                if number in json.dumps(s["asked"].get("line_items"))]


@contextlib.contextmanager
def a_paying_portal(way):
    peer = StripePeer()
    portal = make(way)
    paying = Paying(portal, peer)
    try:
        portal.start()
        yield paying.start_worker()
    finally:
        try:
            paying.stop_worker()
        finally:
            unmake(portal)
            peer.stop()


@pytest.fixture(scope="module", params=EACH_ONCE, ids=name)
def shared_paying(request):
    with a_paying_portal(request.param) as paying:
        yield paying


@pytest.fixture
def paying(shared_paying):
    """A portal that can be paid, with nothing wrong with it."""
    peer = shared_paying.peer
    peer.faults(faults=[])
    peer.release()
    peer.mode(mode="send")
    if shared_paying.worker.poll() is not None:
        shared_paying.start_worker()
    return shared_paying


@pytest.fixture(params=EACH_ONCE, ids=name)
def own_paying(request):
    """One for a test that breaks it."""
    with a_paying_portal(request.param) as paying:
        yield paying
