"""portal-worker as it runs: mails to a real SMTP server, several workers on one
store, signals, a database that goes away."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import struct
import time
import urllib.request

import pytest

from mail_server import PASSWORD, Mailbox
from portal import NOBODY, Worker, free_port, wait_for
from server import Server, on_server
from stripe_peer import own_paying
from ways import USERS, WAYS, each_once, only

__all__ = ["own_paying"]  # a fixture

JOBS = 32  # TOPIC_JOBS
CHANGED = 110  # MONITOR_MSG_CHANGED


@pytest.fixture
def mailbox(own_portal):
    with Mailbox(own_portal.base) as box:
        box.configure(own_portal)
        yield box


def queue(portal, *recipients, subject="Größe"):
    now = int(time.time())
    for n, to in enumerate(recipients):
        args = json.dumps({"to": to, "subject": subject,
                           "text": "Grüße.\n.\nEnd"})
        portal.store.query(
            "INSERT INTO job (tenant, kind, name, args, state, due_at, "
            "created_at) SELECT MIN(id), 'mail', '%s:%d', '%s', 'ready', %d, "
            "%d FROM tenant" % (to, n, args, now, now))


def jobs(portal, where="1 = 1"):
    return portal.store.query(
        "SELECT state, attempts, problem, worker FROM job WHERE "
        "kind = 'mail' AND " + where)


def states(portal, state, n):
    return wait_for(lambda: len(jobs(portal, "state = '%s'" % state)) == n,
                    "%d %s jobs" % (n, state))


def again(portal, worker):
    """What is to be done later is to be done now."""
    portal.store.query("UPDATE job SET due_at = 0 WHERE state = 'ready'")
    ring(portal, worker)


def ring(portal, worker):
    """As a program does that has made a job."""
    if portal.store.options:
        portal.store.query("NOTIFY portal, '0 c 1 0 %x'" % JOBS)
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as s:
        s.connect(os.path.join(portal.dir, "run", "portal.sock"))
        s.send(struct.pack("<HHIqqI", CHANGED, 0, 20, 0, 0, JOBS))


@each_once
def test_a_mail_goes_out_encrypted_and_logged_in(own_portal, mailbox):
    queue(own_portal, "anna@example.org")
    with Worker(own_portal) as w:
        states(own_portal, "done", 1)
        assert w.stop() == 0
        assert PASSWORD not in w.read_log()
    mail = mailbox.read()
    assert mailbox.mails[0].mail_from == "billing@isp.example"
    assert mailbox.mails[0].rcpt_tos == ["anna@example.org"]
    assert mail["From"].addresses[0].addr_spec == "billing@isp.example"
    assert mail["From"].addresses[0].display_name
    assert mail["Subject"] == "Größe" and mail["Date"].datetime
    assert mail.get_content().splitlines() == ["Grüße.", ".", "End"]


@each_once
def test_a_ring_wakes_a_worker(own_portal, mailbox):
    own_portal.start()
    with Worker(own_portal) as w:
        queue(own_portal, "anna@example.org")
        ring(own_portal, w)
        states(own_portal, "done", 1)


@each_once
def test_a_waiting_worker_sleeps(own_portal, mailbox):
    own_portal.start()
    with Worker(own_portal) as w:
        queue(own_portal, "anna@example.org")
        ring(own_portal, w)
        states(own_portal, "done", 1)

        def switches():
            with open("/proc/%d/status" % w.process.pid) as f:
                return [l for l in f if "ctxt_switches" in l]

        def quiet():
            before = switches()
            time.sleep(6)  # longer than it waits without a bell
            return before == switches()
        wait_for(quiet, "quiet")


@each_once
def test_nothing_is_said_in_the_clear(own_portal):
    with Mailbox(own_portal.base, tls=False) as box:
        box.configure(own_portal)
        own_portal.set("mail", "ca_file", "/etc/ssl/certs/ca-certificates.crt")
        queue(own_portal, "anna@example.org")
        with Worker(own_portal):
            wait_for(lambda: jobs(own_portal, "problem <> ''"), "the problem")
    assert jobs(own_portal)[0][:2] == ("ready", 1)
    assert not box.mails


@each_once
def test_a_foreign_certificate_is_not_trusted(own_portal, mailbox):
    own_portal.set("mail", "ca_file", "/etc/ssl/certs/ca-certificates.crt")
    queue(own_portal, "anna@example.org")
    with Worker(own_portal):
        wait_for(lambda: jobs(own_portal, "problem <> ''"), "the problem")
    assert jobs(own_portal)[0][0] == "ready" and not mailbox.mails


@each_once
def test_a_wrong_password_is_no_fault_of_the_mail(own_portal, mailbox):
    own_portal.set("mail", "password", "wrong-secret")
    queue(own_portal, "anna@example.org")
    with Worker(own_portal) as w:
        wait_for(lambda: jobs(own_portal, "problem <> ''"), "the problem")
        assert "wrong-secret" not in w.read_log()
    assert jobs(own_portal)[0][0] == "ready" and not mailbox.mails


@each_once
def test_who_says_later_is_asked_again_who_says_no_is_not(own_portal, mailbox):
    own_portal.start()
    queue(own_portal, "later@example.org", "nobody@example.org")
    with Worker(own_portal) as w:
        states(own_portal, "failed", 1)
        wait_for(lambda: jobs(own_portal, "problem LIKE '%451%'"), "451")
        assert "no such person" in jobs(own_portal, "state = 'failed'")[0][2]
        assert "failed for good" in w.read_log()
        again(own_portal, w)
        wait_for(lambda: jobs(own_portal, "state = 'ready' AND attempts = 2 "
                                          "AND worker = ''"), "another try")


def test_a_flood_of_mail_keeps_nobody_from_paying(own_paying):
    portal = own_paying.portal
    customer = own_paying.customer()
    number = own_paying.invoice(customer)
    with Mailbox(portal.base) as box:
        box.configure(portal)
        portal.set("http", "listen", own_paying.address)
        own_paying.start_anew()
        box.hold.clear()
        queue(portal, *["person%d@example.org" % n for n in range(300)])
        ring(portal, own_paying.worker)
        wait_for(lambda: box.held and len(jobs(portal, "worker <> ''")) == 10,
                 "ten mails")
        assert own_paying.page(own_paying.pay(customer, number))
        assert not box.mails
        assert len(jobs(portal, "worker <> ''")) == 10
        box.hold.set()
        states(portal, "done", 300)
    assert len(box.mails) == 300


def healthz(portal):
    listen = re.search(r"listen = (127.0.0.1:\d+)\n",
                       open(portal.conf).read().split("[http]")[1]).group(1)
    with urllib.request.urlopen("http://%s/healthz" % listen,
                                timeout=2) as answer:
        return answer.status


@each_once
def test_no_mail_server_stalls_the_rest(own_portal, mailbox):
    """One takes its time to accept a text; meanwhile others answer."""
    own_portal.start()
    mailbox.hold.clear()
    queue(own_portal, "slow@example.org")
    with Worker(own_portal) as w:
        wait_for(lambda: mailbox.held, "the text at the server")
        assert healthz(own_portal) == 200
        queue(own_portal, "nobody@example.org")
        ring(own_portal, w)
        states(own_portal, "failed", 1)
        assert healthz(own_portal) == 200
        assert not mailbox.mails
        mailbox.hold.set()
        states(own_portal, "done", 1)


def mailers(portal, worker):
    """The one that keeps, and the one that sends; the first child reads the
    configuration."""
    return portal.children(worker.process.pid)[1:]


@each_once
def test_a_mailer_that_crashes_is_started_again(own_portal, mailbox):
    own_portal.start()
    with Worker(own_portal) as w:
        keeper, sender = wait_for(
            lambda: len(mailers(own_portal, w)) == 2
            and mailers(own_portal, w), "the mailer")
        os.kill(sender, signal.SIGSEGV)
        wait_for(lambda: mailers(own_portal, w)[1:] not in ([], [sender]),
                 "another mailer")
        queue(own_portal, "anna@example.org")
        ring(own_portal, w)
        states(own_portal, "done", 1)
        w.kill()
        wait_for(lambda: not os.path.exists("/proc/%d" % keeper),
                 "its end with the worker")


@each_once
def test_a_mail_whose_answer_was_lost_comes_again_as_the_same(
        own_portal, mailbox):
    own_portal.start()
    queue(own_portal, "lost@example.org")
    with Worker(own_portal) as w:
        wait_for(lambda: jobs(own_portal, "problem <> ''"), "the problem")
        again(own_portal, w)
        states(own_portal, "done", 1)
    assert len(mailbox.mails) == 2
    assert mailbox.mails[0].content == mailbox.mails[1].content


@each_once
def test_several_workers_one_of_them_killed(own_portal, mailbox):
    own_portal.start()
    people = ["person%d@example.org" % n for n in range(300)]
    queue(own_portal, *people)
    with contextlib.ExitStack() as stack:
        workers = []
        for n in range(3):
            own_portal.set("http", "listen", "127.0.0.1:%d" % free_port())
            workers.append(stack.enter_context(
                Worker(own_portal, "worker%d" % n)))
        wait_for(lambda: len(mailbox.mails) > 20, "some mails")
        workers[0].kill()
        # its leases end sooner than the test would wait
        own_portal.store.query(
            "UPDATE job SET leased_until = 1 WHERE worker = '%s'"
            % workers[0].name)
        ring(own_portal, workers[1])
        states(own_portal, "done", 300)
        for w in workers[1:]:
            assert w.stop() == 0
    assert {m.rcpt_tos[0] for m in mailbox.mails} == set(people)
    assert len(set(mailbox.ids())) == 300
    # at most what the dead one had under way came twice
    assert len(mailbox.mails) <= 310


@each_once
def test_sigterm_ends_what_is_under_way_and_leaves_the_rest(
        own_portal, mailbox):
    mailbox.hold.clear()
    queue(own_portal, *["person%d@example.org" % n for n in range(30)])
    with Worker(own_portal) as w:
        wait_for(lambda: mailbox.held and
                 len(jobs(own_portal, "worker <> ''")) == 10, "ten mails")
        w.signal(signal.SIGTERM)
        wait_for(lambda: "stopping" in w.read_log(), "the signal")
        mailbox.hold.set()
        assert w.wait() == 0
    done = len(jobs(own_portal, "state = 'done'"))
    assert done == len(mailbox.mails) == 10
    assert len(jobs(own_portal, "state = 'ready' AND worker = ''")) == 20


@each_once
def test_what_does_not_end_in_time_is_given_back(own_portal, mailbox):
    mailbox.hold.clear()
    queue(own_portal, "anna@example.org")
    with Worker(own_portal) as w:
        wait_for(lambda: mailbox.held, "the mail")
        assert w.stop() == 0
    assert jobs(own_portal)[0][0] == "ready" and not jobs(
        own_portal, "worker <> ''")


def close_to_others(portal, path):
    """Only whoever starts the programs may read it."""
    if not portal.as_root and os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)
    os.chmod(path, 0o600)


@only(WAYS)
def test_sighup_reads_the_configuration_again(own_portal, mailbox):
    """Also what the worker's own user may not read, and a file that was put in
    the place of another."""
    own_portal.set("mail", "smtp_url", "")
    own_portal.start()
    queue(own_portal, "anna@example.org")
    with Worker(own_portal) as w:
        wait_for(lambda: jobs(own_portal, "problem <> ''"), "the problem")
        own_portal.set("mail", "smtp_url", "http://wrong")
        w.signal(signal.SIGHUP)
        wait_for(lambda: "as it was" in w.read_log(), "the complaint")
        mailbox.configure(own_portal)
        secret = os.path.join(own_portal.dir, "password")
        with open(secret, "w") as f:
            f.write(PASSWORD + "\n")
        own_portal.set("mail", "password", "@password")
        shutil.copy(own_portal.conf, own_portal.conf + ".new")
        os.rename(own_portal.conf + ".new", own_portal.conf)
        for path in (secret, own_portal.conf):
            close_to_others(own_portal, path)
        w.signal(signal.SIGHUP)
        wait_for(lambda: "read again" in w.read_log(), "the reading")
        again(own_portal, w)
        states(own_portal, "done", 1)
        os.unlink(secret)
        w.signal(signal.SIGHUP)
        wait_for(lambda: w.read_log().count("as it was") == 2,
                 "another complaint")
        assert PASSWORD not in w.read_log()


@each_once
def test_what_reads_the_configuration_ends_with_the_worker(own_portal):
    own_portal.set("http", "listen", "127.0.0.1:%d" % free_port())
    with Worker(own_portal) as w:
        reader = own_portal.children(w.process.pid)[0]
        with open("/proc/%d/status" % reader) as f:
            status = f.read()
        assert "Seccomp:\t2" in status and "NoNewPrivs:\t1" in status
        w.kill()
        wait_for(lambda: not os.path.exists("/proc/%d" % reader), "its end")


@pytest.mark.parametrize("user", USERS)
def test_an_outage_is_waited_out(user):
    server = Server()
    try:
        with on_server(server, user) as portal, \
                Mailbox(portal.base) as box:
            box.configure(portal)
            box.hold.clear()
            queue(portal, "anna@example.org")
            with Worker(portal) as w:
                wait_for(lambda: box.held, "the mail")
                server.down()
                wait_for(lambda: "trying on" in w.read_log(), "the loss")
                box.hold.set()
                wait_for(lambda: box.mails, "the mail")
                server.up()
                states(portal, "done", 1)
                assert w.stop() == 0
            # its end was told when there was somebody to tell
            assert len(box.mails) == 1
            assert jobs(portal)[0][1] == 1
    finally:
        server.stop()
