import os

import pytest

from portal import Portal

WAYS = ["root", "user"] if os.geteuid() == 0 else ["user"]


@pytest.fixture(scope="module", params=WAYS)
def portal(request, tmp_path_factory):
    """A running demo portal, once as root (own users, chroot) and once not."""
    p = Portal(tmp_path_factory.mktemp("portal"), request.param == "root")
    p.start()
    yield p
    p.stop()


@pytest.fixture(params=WAYS)
def own_portal(request, tmp_path_factory):
    """A portal that is not started yet, for tests that change or break it."""
    p = Portal(tmp_path_factory.mktemp("own"), request.param == "root")
    yield p
    p.stop()
