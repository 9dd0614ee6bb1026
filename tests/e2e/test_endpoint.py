"""portal-worker's HTTP endpoint against people who mean it no good, and beside
others of its kind."""

import concurrent.futures
import contextlib
import hashlib
import hmac
import json
import os
import re
import socket
import subprocess
import time

import pytest

from portal import wait_for
from stripe_peer import WEBHOOK_SECRET, a_paying_portal

PATIENCE = 10  # seconds in which others are served, whatever one does


@pytest.fixture(scope="module")
def paying():
    with a_paying_portal(("user", "sqlite")) as paying:
        yield paying


@pytest.fixture(autouse=True)
def unhurt(paying):
    """It lives, serves, and has not grown."""
    pid, before = paying.pid, memory(paying)
    yield
    assert paying.worker.poll() is None, paying.read_log()
    assert served(paying)
    if paying.pid == pid:
        assert memory(paying) - before < 20000, "kB more than before"


def memory(paying):
    with open("/proc/%d/status" % paying.pid) as f:
        return int(next(l for l in f if l.startswith("VmRSS")).split()[1])


def served(paying):
    start = time.monotonic()
    assert paying.get("/healthz").status == 200
    assert time.monotonic() - start < PATIENCE
    return True


def connected(paying):
    s = socket.create_connection(("127.0.0.1", paying.port), 30)
    s.settimeout(30)
    return s


def alone(paying):
    """Waits until the endpoint has no connection of an earlier test."""
    here = "0100007F:%04X 01" % paying.port

    def none_left():
        with open("/proc/net/tcp") as f:
            return not any(
                " ".join((line.split()[1], line.split()[3])) == here
                for line in f)
    wait_for(none_left, "earlier connections to end")


def answer(s):
    """All that comes until it is closed."""
    data = b""
    with contextlib.suppress(ConnectionError):
        while part := s.recv(65536):
            data += part
    return data


def ask(paying, request):
    with connected(paying) as s:
        with contextlib.suppress(OSError):  # it may be refused by then
            s.sendall(request)
            s.shutdown(socket.SHUT_WR)
        return answer(s)


def status(data):
    return int(data.split()[1]) if data else 0


HOOK = b"POST /stripe/webhook HTTP/1.1\r\nHost: x\r\n"
BROKEN = {
    "nothing": b"",
    "noise": bytes(range(256)) * 30,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x55" * 500,
    "NULs": b"GET /P/\0\0\0\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    "no version": b"GET /healthz\r\n\r\n",
    "another version": b"GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a proxy's request": b"CONNECT example.net:443 HTTP/1.1\r\n\r\n",
    "a whole address": b"GET http://example.net/ HTTP/1.1\r\nHost: x\r\n\r\n",
    "a long line": b"GET /" + b"A" * 100000 + b" HTTP/1.1\r\n\r\n",
    "a long header": HOOK + b"Stripe-Signature: " + b"v1=00," * 20000,
    "many headers": HOOK + b"A: b\r\n" * 20000 + b"\r\n",
    "many arguments": b"GET /thanks?" + b"t=1&" * 1500 +
                      b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "split lines": b"GET /P/%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\n"
                   b"Host: x\r\n\r\n",
    "a length below zero": HOOK + b"Content-Length: -1\r\n\r\n{}",
    "a length beyond all": HOOK + b"Content-Length: 99999999999999999999999"
                           b"\r\n\r\n{}",
    "a length that is none": HOOK + b"Content-Length: 2x\r\n\r\n{}",
    "two lengths": HOOK + b"Content-Length: 2\r\nContent-Length: 90\r\n\r\n{}",
    "a length and pieces": HOOK + b"Content-Length: 2\r\n"
                           b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a piece beyond all": HOOK + b"Transfer-Encoding: chunked\r\n\r\n"
                          b"FFFFFFFFFFFFFFFFFF\r\n",
    "pieces that are none": HOOK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "less than announced": HOOK + b"Content-Length: 100000\r\n\r\n{",
    "one behind the other": b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
                            b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("request_", BROKEN.values(), ids=BROKEN)
def test_what_is_no_request_is_refused(paying, request_):
    data = ask(paying, request_)
    assert status(data) in (0, *range(400, 500), 505), data
    assert b"Set-Cookie" not in data
    # nor does it get something else answered (libmicrohttpd 0.9.75 sends the
    # head of some refusals twice)
    assert not re.search(rb"HTTP/1\.1 [123]", data)


def signed(paying, body, **headers):
    """A webhook of these bytes, as Stripe signs it: its status."""
    at = b"%d" % time.time()
    mac = hmac.new(WEBHOOK_SECRET.encode(), at + b"." + body,
                   hashlib.sha256).hexdigest()
    return paying.get("/stripe/webhook", "POST", body, {
        "Stripe-Signature": "t=%s,v1=%s" % (at.decode(), mac),
        **headers}).status


def event(**session):
    return json.dumps({"type": "checkout.session.completed",
                       "data": {"object": session}}).encode()


NO_EVENTS = {
    "empty": b"", "not JSON": b"{", "an array": b"[]", "a text": b'"x"',
    "no type": b"{}", "a type that is none": b'{"type": 7}',
    "NULs": b"\0" * 100, "not UTF-8": b'{"type": "\xff"}',
    "deep": b"[" * 200000, "deeper inside":
        b'{"type": "checkout.session.completed", "data": ' + b"[" * 100000,
    "a key twice": b'{"type": "a", "type": "b"}',
    "a number beyond all": b'{"type": 1' + b"0" * 5000 + b"}",
}


@pytest.mark.parametrize("body", NO_EVENTS.values(), ids=NO_EVENTS)
def test_what_is_signed_but_no_event_is_refused(paying, body):
    assert signed(paying, body) == 400


# Whatever they name, nothing of it is true until Stripe has been asked.
EVENTS = {
    "no object": b'{"type": "checkout.session.completed"}',
    "an object that is none":
        b'{"type": "checkout.session.completed", "data": {"object": 3}}',
    "no id": event(metadata={"portal_tenant": "1"}),
    "an id that is a path": event(id="cs_x/../../customers?limit=9",
                                  metadata={"portal_tenant": "1"}),
    "an id with lines": event(id="cs_x\r\nX-Header: 1",
                              metadata={"portal_tenant": "1"}),
    "a long id": event(id="cs_" + "a" * 100000,
                       metadata={"portal_tenant": "1"}),
    "another tenant": event(id="cs_test_1", metadata={"portal_tenant": "99"}),
    "a tenant that is none": event(id="cs_test_1", metadata={
        "portal_tenant": "1; DROP TABLE tenant"}),
    "a tenant beyond all": event(id="cs_test_1", metadata={
        "portal_tenant": "9" * 40}),
    "metadata that is none": event(id="cs_test_1", metadata=[1, 2]),
    "nobody's session": event(id="cs_test_nobodys", payment_status="paid",
                              amount_total=4500, metadata={
                                  "portal_tenant": "1", "portal_customer":
                                  "1", "portal_checkout": "1"}),
}


@pytest.mark.parametrize("body", EVENTS.values(), ids=EVENTS)
def test_an_event_is_only_a_reason_to_look(paying, body):
    before = paying.received()
    assert signed(paying, body) in (200, 400, 503)
    served(paying)
    assert paying.received() == before
    assert not [r for r in paying.peer.log(path="customers")
                if "limit" in r["query"]]


def test_what_is_signed_is_always_heard(paying):
    """Though somebody behind the same proxy asks without an end."""
    source = {"X-Forwarded-For": "203.0.113.9"}

    def forged():
        return paying.get("/stripe/webhook", "POST", b"{}", {
            "Stripe-Signature": "t=1,v1=00", **source}).status
    seen = {forged() for _ in range(300)}
    assert seen == {400, 429}
    log = paying.read_log().count("without a valid signature")
    assert signed(paying, b'{"type": "plan.created"}', **source) == 200
    assert {forged() for _ in range(3)} <= {400, 429}
    assert paying.read_log().count("without a valid signature") - log <= 1


def test_a_body_without_end_is_cut_off(paying):
    """With a signature or without, and where no body is wanted."""
    for head in (HOOK, b"GET /thanks HTTP/1.1\r\nHost: x\r\n"):
        with connected(paying) as s:
            s.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n")
            piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
            sent = 0
            with contextlib.suppress(ConnectionError):
                while sent < 100:
                    s.sendall(piece)
                    sent += 1
            assert sent < 100, "6 MB were taken"


def test_who_says_nothing_does_not_keep_others_out(paying):
    """More than there is room for; nor when all of them are sent away at
    once."""
    for number in (400, 256):
        with contextlib.ExitStack() as stack:
            crowd = [stack.enter_context(socket.socket())
                     for _ in range(number)]
            for s in crowd:
                s.setblocking(False)
                s.connect_ex(("127.0.0.1", paying.port))
            served(paying)
            for s in crowd[:100]:  # came first
                s.settimeout(PATIENCE)
                assert answer(s) == b""
        served(paying)


def test_who_speaks_slowly_does_not_keep_others_out(paying):
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connected(paying)) for _ in range(200)]
        for s in slow:
            s.sendall(b"GET /P/")
        served(paying)

        def all_ended():
            for s in list(slow):
                try:
                    s.sendall(b"0")
                except ConnectionError:
                    slow.remove(s)
            return len(slow) <= 128
        wait_for(all_ended, "the crowd to be sent away")


def test_bodies_that_never_end_are_few(paying):
    """Memory: the rest is told to come later."""
    alone(paying)
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connected(paying)) for _ in range(100)]
        for s in slow:
            s.sendall(HOOK + b"Content-Length: 200000\r\n\r\n{")
        late = [status(s.recv(100)) for s in slow[32:]]
        assert set(late) == {503}
        served(paying)


def test_a_thousand_at_once_are_all_answered(paying):
    customer = paying.customer()
    number = paying.invoice(customer)
    said = paying.pay(customer, number)
    page = paying.page(said)

    def visit(i):
        # as a proxy passes them on: each from an address of its own
        r = paying.get(paying.path(said), headers={
            "X-Forwarded-For": "198.51.%d.%d" % (i >> 8, i & 255)})
        return r.status, r.location
    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        assert set(pool.map(visit, range(1000))) == {(303, page)}
    assert len(paying.sessions_of(number)) == 1


# ---- beside others ----
def run_worker(paying, conf):
    return subprocess.Popen(
        [paying.portal.program("portal-worker"), "-c", conf],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, cwd="/", **paying.portal._as())


def conf_with(paying, listen):
    conf = os.path.join(paying.portal.dir, "other.conf")
    with open(paying.portal.conf) as f:
        text = f.read().replace("listen = " + paying.address,
                                "listen = " + listen)
    with open(conf, "w") as f:
        f.write(text)
    return conf


@pytest.mark.parametrize("listen, advice", [
    ("192.0.2.1:8080", "this machine has no such address"),
    ("localhost:http", "ADDRESS:PORT in numbers"),
    ("127.0.0.1:70000", "ADDRESS:PORT in numbers"),
    (None, "another program listens there")])
def test_an_address_that_cannot_be_used(paying, listen, advice):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        listen = listen or "127.0.0.1:%d" % other.getsockname()[1]
        worker = run_worker(paying, conf_with(paying, listen))
        try:
            said = worker.communicate(timeout=30)[1]
        finally:
            worker.kill()
    assert worker.returncode == 1
    (line,) = [l for l in said.splitlines() if "listen" in l]
    assert listen in line and advice in line and "other.conf" in line


def test_workers_of_one_machine_share_an_address(paying):
    """With one configuration; either may end."""
    other = run_worker(paying, paying.portal.conf)
    try:
        assert any("ready, as" in line for line in other.stderr)
        for _ in range(40):
            assert served(paying)
        paying.stop_worker()
        for _ in range(40):
            assert served(paying)
        customer = paying.customer()
        number = paying.invoice(customer)
        paying.peer.pay(which=paying.page(paying.pay(customer, number)))
        paying.settled(customer, number)
    finally:
        other.terminate()
        other.communicate(timeout=30)
        if paying.worker.poll() is not None:
            paying.start_worker()
    assert other.returncode == 0
