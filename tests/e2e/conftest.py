import shutil
import tempfile

import pytest

from portal import Mould, Portal
from ways import WAYS, name


def make(way):
    """pytest's own folders are closed to nobody; this one is not."""
    base = tempfile.mkdtemp(prefix="portal-e2e-")
    try:
        return Portal(base, way[0] == "root", way[1])
    except BaseException:
        shutil.rmtree(base, ignore_errors=True)
        raise


def unmake(p):
    try:
        p.stop()
    finally:
        p.store.release()
        shutil.rmtree(p.base, ignore_errors=True)


def pytest_sessionfinish():
    Mould.break_all()


@pytest.fixture(scope="module", params=WAYS, ids=name)
def portal(request):
    """A running demo portal, once in each way."""
    p = make(request.param)
    try:
        yield p.start()
    finally:
        unmake(p)


@pytest.fixture(params=WAYS, ids=name)
def own_portal(request):
    """A portal that is not started yet, for tests that change or break it."""
    p = make(request.param)
    try:
        yield p
    finally:
        unmake(p)
