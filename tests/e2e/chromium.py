"""A phone's browser: headless Chromium, steered over its debugging pipe."""

import base64
import contextlib
import fcntl
import json
import os
import select
import signal
import subprocess
import tempfile
import time

PATIENCE = 30


class Chromium:
    """One page after another, with scripts off: a page that needs one shows
    nothing."""

    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(prefix="chromium-",
                                                   ignore_cleanup_errors=True)
        # It reads from its descriptor 3 and writes to 4.
        theirs_in, self.out = os.pipe()
        self.into, theirs_out = os.pipe()
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 10)
                for fd in (theirs_in, theirs_out)]

        def wire():
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)
        self.process = subprocess.Popen(
            ["chromium", "--headless", "--remote-debugging-pipe",
             # the kernel's sandbox for it refuses root, and containers
             "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
             "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--hide-scrollbars",
             "--user-data-dir=" + self.profile.name, "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, preexec_fn=wire, pass_fds=(3, 4),
            start_new_session=True)
        for fd in (theirs_in, theirs_out, *high):
            os.close(fd)
        self.buffer, self.number, self.events = b"", 0, []
        self.target = None
        (page,) = [t for t in self.call("Target.getTargets")["targetInfos"]
                   if t["type"] == "page"]
        self.target = self.call("Target.attachToTarget",
                                targetId=page["targetId"],
                                flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime"):
            self.call(domain + ".enable")
        self.call("Emulation.setScriptExecutionDisabled", value=True)

    def receive(self, end):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.into], [], [],
                                        max(0, end - time.monotonic()))
            data = os.read(self.into, 1 << 20) if ready else b""
            assert data, "the browser says nothing"
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.target:
            message["sessionId"] = self.target
        os.write(self.out, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + PATIENCE
        while True:
            got = self.receive(end)
            if got.get("id") == self.number:
                assert "error" not in got, (method, got["error"])
                return got["result"]
            self.events.append(got)

    def happened(self, method):
        return [e["params"] for e in self.events if e["method"] == method]

    def screen(self, width, height, dark=False, headers=None):
        """A phone below 600 pixels, else a desktop."""
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme",
             "value": "dark" if dark else "light"}])
        self.call("Network.setExtraHTTPHeaders", headers=headers or {})

    def open(self, url):
        """Until it is loaded: the answer's status and headers (in lower
        case), and the addresses that were asked for."""
        self.events = []
        self.call("Page.navigate", url=url)
        self.until(lambda: self.happened("Page.loadEventFired"))
        (answer,) = [e["response"]
                     for e in self.happened("Network.responseReceived")
                     if e["type"] == "Document"][-1:]
        return (answer["status"],
                {k.lower(): v for k, v in answer["headers"].items()},
                self.asked())

    def asked(self):
        """The addresses that were asked for since."""
        return [e["request"]["url"]
                for e in self.happened("Network.requestWillBeSent")]

    def until(self, condition):
        """Until what happens makes it true."""
        end = time.monotonic() + PATIENCE
        while not condition():
            self.events.append(self.receive(end))

    def read(self, expression):
        got = self.call("Runtime.evaluate", expression=expression,
                        returnByValue=True)
        assert "exceptionDetails" not in got, got
        return got["result"]["value"]

    def picture(self, path):
        with open(path, "wb") as f:
            f.write(base64.b64decode(
                self.call("Page.captureScreenshot")["data"]))

    def close(self):
        with contextlib.suppress(AssertionError, OSError):
            self.target = None
            self.call("Browser.close")
        try:
            self.process.wait(PATIENCE)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            os.close(self.out)
            os.close(self.into)
            self.profile.cleanup()
