"""A portal's store, seen past the portal."""

import contextlib
import itertools
import os
import sqlite3

import psycopg2

NUMBERS = itertools.count(1)


class SqliteStore:
    def __init__(self, directory):
        self.file = os.path.join(directory, "portal.db")
        self.url = "sqlite:" + self.file
        self.conf_url = "sqlite:portal.db"  # as portalctl writes it
        self.options = []  # for portalctl init

    def create(self, like=None):
        """What is in the portal's directory came with it."""

    def connect(self, **kw):
        return sqlite3.connect(self.file, **kw)

    def query(self, sql):
        """Runs it, commits; the rows that it gives."""
        db = self.connect()
        try:
            rows = db.execute(sql).fetchall()
            db.commit()
            return rows
        finally:
            db.close()

    def tables(self):
        return self.query("SELECT name FROM sqlite_schema WHERE type = "
                          "'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'")

    def dump(self):
        """All there is, to be compared."""
        return {name: sorted(map(repr, self.query("SELECT * FROM " + name)))
                for (name,) in self.tables()}

    def remove(self):
        os.unlink(self.file)

    def release(self):
        """What is in the portal's directory goes with it."""


class PostgresqlStore(SqliteStore):
    """A database of its own on the server of tests/postgresql.sh."""

    def __init__(self):
        self.server = os.environ["PORTAL_TEST_SERVER"]  # see tests/e2e.sh
        self.name = "e2e_%d_%d" % (os.getpid(), next(NUMBERS))
        self.url = self.server.rsplit("/", 1)[0] + "/" + self.name
        self.conf_url = self.url
        self.options = ["--store", self.url]

    def create(self, like=None):
        """Empty, or as another one is, which nobody uses."""
        self.administer("CREATE DATABASE " + self.name + (
            " TEMPLATE " + like.name if like else ""))

    def administer(self, sql):
        db = psycopg2.connect(self.server)
        try:
            db.autocommit = True
            db.cursor().execute(sql)
        finally:
            db.close()

    def connect(self, **kw):
        return psycopg2.connect(self.url)

    def query(self, sql):
        db = self.connect()
        try:
            cursor = db.cursor()
            cursor.execute(sql)
            rows = cursor.fetchall() if cursor.description else []
            db.commit()
            return [tuple(bytes(v) if isinstance(v, memoryview) else v
                          for v in row) for row in rows]
        finally:
            db.close()

    def tables(self):
        return self.query("SELECT tablename FROM pg_tables "
                          "WHERE schemaname = 'public'")

    def remove(self):
        self.administer("DROP DATABASE IF EXISTS %s WITH (FORCE)" % self.name)

    def release(self):
        with contextlib.suppress(psycopg2.OperationalError):
            self.remove()  # its server may be gone before it


def make_store(engine, directory):
    return PostgresqlStore() if engine == "postgresql" else SqliteStore(
        directory)
