import os
import shutil
import tempfile

import pytest

from portal import Portal

WAYS = ["root", "user"] if os.geteuid() == 0 else ["user"]


def make(way):
    """pytest's own folders are closed to nobody; this one is not."""
    base = tempfile.mkdtemp(prefix="portal-e2e-")
    try:
        return Portal(base, way == "root")
    except BaseException:
        shutil.rmtree(base, ignore_errors=True)
        raise


def unmake(p):
    try:
        p.stop()
    finally:
        shutil.rmtree(p.base, ignore_errors=True)


@pytest.fixture(scope="module", params=WAYS)
def portal(request):
    """A running demo portal, once as root (own users, chroot) and once not."""
    p = make(request.param)
    try:
        yield p.start()
    finally:
        unmake(p)


@pytest.fixture(params=WAYS)
def own_portal(request):
    """A portal that is not started yet, for tests that change or break it."""
    p = make(request.param)
    try:
        yield p
    finally:
        unmake(p)
