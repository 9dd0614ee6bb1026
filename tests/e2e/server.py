"""A PostgreSQL server of a test's own, to be stopped and started."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile

import psycopg2
import pytest

from conftest import make, unmake

SCRIPT = os.path.join(os.path.dirname(__file__), "..", "postgresql.sh")


class Server:
    """Listens where it is told to besides 127.0.0.1, with TLS for who wants
    it, and on a socket in self.base."""

    def __init__(self, listen=(), networks=()):
        self.base = tempfile.mkdtemp(prefix="portal-pg-")
        os.chmod(self.base, 0o755)
        self.dir = os.path.join(self.base, "pg")
        try:
            self.url = self.run("start").strip()
            self.port = int(re.search(r":(\d+)/", self.url).group(1))
            self.configure(listen, networks)
        except BaseException:
            self.stop()
            raise

    def run(self, command):
        r = subprocess.run(["sh", SCRIPT, command, self.dir], timeout=120,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           text=True)
        assert r.returncode == 0, r.stderr
        return r.stdout

    def configure(self, listen, networks):
        data = os.path.join(self.dir, "data")
        owner = os.stat(data)
        self.ca = os.path.join(self.base, "ca.crt")
        key = os.path.join(data, "server.key")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout",
             key, "-out", self.ca, "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost"], check=True,
            stderr=subprocess.DEVNULL)
        os.chmod(key, 0o600)
        os.chmod(self.ca, 0o644)
        os.chown(key, owner.st_uid, owner.st_gid)
        os.mkdir(os.path.join(self.base, "socket"))
        os.chmod(os.path.join(self.base, "socket"), 0o777)
        with open(os.path.join(data, "postgresql.conf"), "a") as f:
            f.write("listen_addresses = '%s'\nssl = on\n"
                    "ssl_cert_file = '%s'\nunix_socket_directories = '%s'\n"
                    % (",".join(["127.0.0.1", *listen]), self.ca,
                       os.path.join(self.base, "socket")))
        with open(os.path.join(data, "pg_hba.conf"), "a") as f:
            for network in networks:
                f.write("host all all %s scram-sha-256\n" % network)
        self.run("restart")

    def down(self):
        self.run("down")

    def up(self):
        self.run("up")

    def stop(self):
        subprocess.run(["sh", SCRIPT, "stop", self.dir], check=True)
        shutil.rmtree(self.base, ignore_errors=True)

    def sql(self, text, database="postgres"):
        """As the administrator; gives its rows."""
        db = psycopg2.connect(host="127.0.0.1", port=self.port, user="admin",
                              password="admin", dbname=database)
        try:
            db.autocommit = True
            cursor = db.cursor()
            cursor.execute(text)
            return cursor.fetchall() if cursor.description else []
        finally:
            db.close()

    def url_of(self, database, where=None, options=""):
        if where is None:
            where = "127.0.0.1:%d" % self.port
        return "postgresql://portal:portal@%s/%s%s" % (where, database,
                                                       options)

    def connections(self, database):
        return self.sql("SELECT pid FROM pg_stat_activity WHERE datname = '%s'"
                        " AND usename = 'portal'" % database)

    def cut(self, database):
        """Ends all connections of the portals on this database."""
        self.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                 "WHERE datname = '%s' AND usename = 'portal'" % database)


@contextlib.contextmanager
def on_server(server, user):
    """A portal that is not started yet, with its store on this server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTAL_TEST_SERVER", server.url)
        p = make((user, "postgresql"))
        try:
            yield p
        finally:
            unmake(p)
