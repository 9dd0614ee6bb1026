"""The pages that a phone comes to, in a real browser: readable at the size of
any phone, in light and dark, with nothing from elsewhere and no script.
PORTAL_PICTURES names a folder to look at them."""

import collections
import os
import re

import pytest
from PIL import Image

from chromium import Chromium
from portal import wait_for
from stripe_peer import a_paying_portal

SIZES = {"small phone": (320, 568), "phone": (390, 844),
         "desktop": (1280, 800)}
LOOKS = [(size, False) for size in SIZES] + [("phone", True)]
BRAND = "Ridgenet of the Mountain Valleys and the PlainsBetweenThemAndTheSea"
SMALLEST, CONTRAST = 16, 4.5  # pixels; WCAG AA
WIDEST = 75  # characters of a line that is read with ease

# What is asked for, what is answered, and what people read.
Page = collections.namedtuple("Page", "path status title texts button asker",
                              defaults=(None, None))


@pytest.fixture(scope="module")
def paying():
    with a_paying_portal(("user", "sqlite")) as paying:
        yield paying


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = Chromium()
    browser.pictures = (os.environ.get("PORTAL_PICTURES")
                        or tmp_path_factory.mktemp("pages"))
    try:
        yield browser
    finally:
        browser.close()


def state(paying, page):
    return paying.store.query(
        "SELECT state FROM checkout WHERE session = '%s'"
        % paying.peer.session(page)["id"])[0][0]


def link(paying, customer, number):
    """A new one: its path, and the page it leads to."""
    said = paying.pay(customer, number)
    return paying.path(said), paying.page(said)


def expired(paying, customer, number):
    path, page = link(paying, customer, number)
    paying.peer.expire(which=page)
    wait_for(lambda: state(paying, page) == "expired", "Expired")
    return path


@pytest.fixture(scope="module")
def pages(paying):
    """Every page that a person can come to, by name."""
    paying.store.query("UPDATE tenant SET brand = '%s'" % BRAND)
    who = paying.customer()
    dues = [paying.invoice(who) for _ in range(6)]
    open_, _ = link(paying, who, dues[0])
    paid, page = link(paying, who, dues[1])
    paying.peer.pay(which=page)
    paying.settled(who, dues[1])
    processing, page = link(paying, who, dues[2])
    paying.peer.pay(which=page, how="pending")
    wait_for(lambda: state(paying, page) == "processing", "Processing")
    over = expired(paying, who, dues[3])
    paying.pay(who, dues[3])  # a new link
    paying.portal.ctl("payment", "add", who[0], "5.00")
    broken, page = link(paying, who, dues[5])
    paying.peer.pay(which=page, how="pending")
    wait_for(lambda: state(paying, page) == "processing", "Processing")
    paying.peer.settle(which=page, succeeded=False)
    wait_for(lambda: state(paying, page) == "failed", "Failed")
    wait = expired(paying, who, dues[4])
    paying.peer.fault(method="POST", path="^/checkout/sessions$", act="hold")
    assert paying.get(wait).status == 200

    def token(path):
        return "?t=" + path.rsplit("/")[-1]
    return {
        "thanks": Page("/thanks" + token(open_), 200, "Thank you",
                       ["being confirmed", BRAND]),
        "thanks, nobody's": Page("/thanks", 200, "Thank you",
                                 ["being confirmed"]),
        "cancelled": Page("/cancelled" + token(open_), 200, "Not paid",
                          ["Nothing was charged", BRAND], open_),
        "paid": Page("/thanks" + token(paid), 200, "Paid",
                     ["has arrived", BRAND]),
        "processing": Page(processing, 200, "Processing",
                           ["on its way", BRAND]),
        "failed": Page(broken, 200, "Not paid", ["did not go through", BRAND],
                       broken + "?again=1"),
        "wait": Page(wait, 200, "One moment", ["opens by itself", BRAND]),
        "over": Page(over, 410, "No longer valid",
                     ["make a new one", BRAND]),
        "link, nobody's": Page("/P/0000000000000000", 404, "Not found",
                               ["look at the link again"]),
        "nothing": Page("/nothing", 404, "Not found",
                        ["look at the link again"]),
        "too often": Page("/thanks", 429, "Too many at once", ["wait a min"],
                          asker="192.0.2.1"),
    }


NAMES = ["thanks", "thanks, nobody's", "cancelled", "paid", "processing",
         "failed", "wait", "over", "link, nobody's", "nothing", "too often"]


def opened(paying, browser, page, size, dark):
    """The page in the browser, once it has answered as it should."""
    source = {"X-Forwarded-For": page.asker} if page.asker else {}
    browser.screen(*SIZES[size], dark, source)
    url, status = paying.public + page.path, None
    while status != page.status:  # at once, but for a limit to be reached
        while page.asker and paying.get("/", headers=source).status != 429:
            pass
        status, headers, asked = browser.open(url)
        assert status == page.status or page.asker
    assert asked == [url]
    return headers


def brightness(pixel):
    """WCAG's relative luminance."""
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
               for c in (v / 255 for v in pixel[:3]))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(image):
    """Between what there is most of, and what differs most from it."""
    colours = image.convert("RGB").getcolors(1 << 20)
    ground = brightness(max(colours)[1])

    def ratio(other):
        low, high = sorted((ground, brightness(other)))
        return (high + 0.05) / (low + 0.05)
    return max(ratio(colour) for _, colour in colours)


# Each piece of text: where it is and how large.
PIECES = """[...document.querySelectorAll("p, h1, a")].map(e => {
    const r = e.getBoundingClientRect(), s = getComputedStyle(e);
    return {text: e.textContent, box: [r.left, r.top, r.right, r.bottom],
        size: parseFloat(s.fontSize), tag: e.tagName}})"""


@pytest.mark.parametrize("size, dark", LOOKS, ids=[
    size + (", dark" if dark else "") for size, dark in LOOKS])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_readable(paying, browser, pages, name, size, dark):
    page = pages[name]
    opened(paying, browser, page, size, dark)
    width, height = SIZES[size]
    path = os.path.join(browser.pictures, re.sub(r"\W+", "-", " ".join(
        (name, size, "dark" if dark else "light"))) + ".png")
    browser.picture(path)
    assert browser.read("innerWidth") == width
    assert browser.read("document.documentElement.scrollWidth") <= width
    assert browser.read("document.documentElement.scrollHeight") <= height
    assert browser.read("document.title") == page.title
    assert browser.read("document.documentElement.lang") == "en"
    assert browser.read("document.querySelectorAll('h1').length") == 1
    pieces = browser.read(PIECES)
    assert [p["text"] for p in pieces if p["tag"] == "H1"] == [page.title]
    for text in page.texts:
        assert any(text in p["text"] for p in pieces), (text, pieces)
    with Image.open(path) as image:
        for p in pieces:
            left, top, right, bottom = p["box"]
            assert 0 <= left < right <= width and 0 <= top < bottom <= height
            assert p["size"] >= SMALLEST, p
            assert (right - left) / p["size"] <= WIDEST / 2, p
            assert contrast(image.crop(p["box"])) >= CONTRAST, p
        ground = brightness(image.getpixel((2, 2)))
        assert ground < 0.1 if dark else ground > 0.9


@pytest.mark.parametrize("name", NAMES)
def test_a_button_leads_where_it_says(paying, browser, pages, name):
    """Large enough for a thumb, and only where there is something to do."""
    page = pages[name]
    opened(paying, browser, page, "small phone", False)
    links = browser.read("[...document.querySelectorAll('a')].map(e => "
                         "[e.href, e.getBoundingClientRect().height])")
    assert [href for href, _ in links] == (
        [paying.public + page.button] if page.button else [])
    assert all(height >= 44 for _, height in links)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_keeps_to_itself(paying, browser, pages, name):
    headers = opened(paying, browser, pages[name], "phone", False)
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = dict(p.split(" ", 1) for p in
                  headers["content-security-policy"].split("; "))
    assert policy.pop("style-src") == "'unsafe-inline'"
    assert policy["default-src"] == "'none'" and set(policy) == {
        "default-src", "base-uri", "form-action", "frame-ancestors"}
    assert set(policy.values()) == {"'none'"}
    assert not {"set-cookie", "server"} & set(headers)
    assert not browser.read("document.querySelectorAll('script, link, img, "
                            "iframe, form, [onclick]').length")


def test_waiting_leads_on_by_itself(paying, browser, pages):
    """Without a script, as soon as there is a page to lead to.  The last of
    the file: the link waits no longer."""
    opened(paying, browser, pages["wait"], "phone", False)
    paying.peer.faults(faults=[])
    paying.peer.release()
    wanted = wait_for(lambda: paying.get(pages["wait"].path).location,
                      "the new page")
    browser.until(lambda: wanted.split("#")[0] in browser.asked())
