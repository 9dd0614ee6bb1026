"""The ways a portal runs: as root (own users, chroot) or as somebody, with its
store in a file or in a PostgreSQL database."""

import os

import pytest

USERS = ["root", "user"] if os.geteuid() == 0 else ["user"]
WAYS = [(user, engine) for engine in ("sqlite", "postgresql")
        for user in USERS]

# Each engine once and each user once, for tests where one has nothing to do
# with the other: paying takes the same steps whoever the programs run as.
EACH_ONCE = [("user", "sqlite"), (USERS[0], "postgresql")]


def name(way):
    return "-".join(way)


def only(ways, fixture="own_portal"):
    return pytest.mark.parametrize(fixture, ways, ids=name, indirect=True)


each_once = only(EACH_ONCE)
# For tests that are about one engine's way of keeping a store.
on_sqlite = only([w for w in WAYS if w[1] == "sqlite"])
on_postgresql = only([w for w in WAYS if w[1] == "postgresql"])
