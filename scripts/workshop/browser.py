"""Chromium, driven over its DevTools websocket, to take screenshots of Odoo.

Runs in the Python environment (it needs ``websocket-client``):
``python browser.py ADDRESS SHOTS.json FOLDER BROWSER``. The format of a shot is
described in ``screenshots.py``.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import websocket

SIZES = {"": (1366, 768), "-phone": (390, 844)}
TIMEOUT = 30
FLAGS = (
    *("--headless=new", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--disable-quic", "--remote-debugging-port=0"),
    *("--remote-allow-origins=*", "--force-device-scale-factor=1"),
)
# The web client is loaded, no request is pending and no animation is running.
READY = """
(() => {
    const found = (selector) => document.querySelector(selector);
    const shown = found('.o_action_manager > *') || found('#wrapwrap');
    const busy = found('.o_blockUI, .o_loading_indicator, .o_field_translate_loading');
    const still = !document.getAnimations().some((a) => a.playState === 'running');
    return document.readyState === 'complete' && !!shown && !busy && still;
})()
"""
# `selector` or `selector:contains(text)`: the first visible match.
FIND = """
((selector) => {
    const [, plain, text] = selector.match(/^(.*?)(?::contains\\((.*)\\))?$/s);
    return [...document.querySelectorAll(plain || '*')].find((node) =>
        node.getClientRects().length && (!text || node.textContent.includes(text)));
})(%s)
"""


class ScreenError(Exception):
    """A screen that did not load, or an element that is missing on it."""


class Page:
    """A browser tab and the actions of a user in it."""

    def __init__(self, debugger):
        self.socket = websocket.create_connection(debugger, timeout=TIMEOUT)
        self.last = 0
        self.call("Page.enable")

    def call(self, method, **params):
        self.last += 1
        message = {"id": self.last, "method": method, "params": params}
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise ScreenError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def value(self, script):
        options = {"returnByValue": True, "awaitPromise": True}
        result = self.call("Runtime.evaluate", expression=script, **options)
        if "exceptionDetails" in result:
            raise ScreenError(result["exceptionDetails"]["exception"]["description"])
        return result["result"].get("value")

    def wait(self, script, what):
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            if self.value(script):
                return
            time.sleep(0.1)
        raise ScreenError(f"waited {TIMEOUT} s for {what}")

    def settle(self):
        """Wait until ready, twice: a click starts its request a bit later."""
        for _ in range(2):
            time.sleep(0.3)
            self.wait(READY, "the web client")

    def open(self, address):
        self.call("Page.navigate", url=address)
        self.settle()

    def resize(self, width, height):
        phone = width < 768
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=phone,
        )
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)

    def find(self, selector):
        script = FIND % json.dumps(selector)
        self.wait(f"!!({script})", selector)
        return script

    def do_wait(self, selector):
        self.find(selector)

    def do_click(self, selector):
        self.value(f"({self.find(selector)}).click()")

    def do_scroll(self, selector):
        self.value(f"({self.find(selector)}).scrollIntoView({{block: 'center'}})")

    def do_fill(self, selector, text):
        node = self.find(selector)
        self.value(f"{{ const node = {node}; node.focus(); node.select?.(); }}")
        self.call("Input.insertText", text=text)

    def do_press(self, keys):
        """Press a key or a chord, such as ``Enter`` or ``Alt+q``."""
        *held, key = keys.split("+")
        bits = {"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}
        modifiers = sum(bits[name] for name in held)
        code = f"Key{key.upper()}" if len(key) == 1 and key.isalpha() else key
        text = {"text": "\r"} if key == "Enter" else {}
        event = {"key": key, "code": code, "modifiers": modifiers}
        if key == "Enter":
            event["windowsVirtualKeyCode"] = 13
        self.call("Input.dispatchKeyEvent", type="keyDown", **event, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **event)

    def do_run(self, script):
        self.value(script)

    def save(self, path):
        picture = self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(picture["data"]))


@contextmanager
def chromium(program):
    """Run a Chromium with an empty profile and yield its debugger's address."""
    profile = tempfile.mkdtemp(prefix="clerk_chromium_")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    line = [program, *FLAGS, *root, f"--user-data-dir={profile}", "about:blank"]
    child = subprocess.Popen(line, stderr=subprocess.DEVNULL)
    try:
        yield _debugger(Path(profile, "DevToolsActivePort"))
    finally:
        child.terminate()
        child.wait()
        shutil.rmtree(profile, ignore_errors=True)


def _debugger(port_file):
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        if port_file.exists() and port_file.read_text().strip():
            port = port_file.read_text().split()[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as tabs:
                return json.load(tabs)[0]["webSocketDebuggerUrl"]
        time.sleep(0.1)
    raise ScreenError("Chromium did not start")


def log_in(page, address, login):
    """Log in through the form; the password of a demo user is the login."""
    page.resize(*SIZES[""])
    # With more than one known user, the form is behind a list of them.
    kinds = "cookies,local_storage"
    page.call("Storage.clearDataForOrigin", origin=address, storageTypes=kinds)
    page.call("Page.navigate", url=f"{address}/web/login")
    page.do_fill("input[name=login]", login)
    page.do_fill("input[name=password]", login)
    page.do_click(".oe_login_form button[type=submit]")
    page.wait("!location.pathname.startsWith('/web/login')", f"login of {login}")
    page.settle()


def take(page, address, shot, folder):
    """Take a shot in every size, repeating its steps for each of them."""
    for suffix in shot.get("sizes", SIZES):
        page.resize(*SIZES[suffix])
        page.open(f"{address}{shot['path']}")
        for verb, *args in shot.get("steps", ()):
            getattr(page, f"do_{verb}")(*args)
            page.settle()
        page.save(folder / f"{shot['name']}{suffix}.png")


def try_shot(page, address, shot, folder):
    """Take a shot, or save what was on the screen; return whether it succeeded."""
    remark = ""
    try:
        take(page, address, shot, folder)
    except ScreenError as reason:
        page.save(folder / f"{shot['name']}.missed.png")
        remark = f" MISSED: {reason}"
    sys.stdout.write(f"           {shot['name']}{remark}\n")
    return not remark


def main(address, shots, folder, program):
    results = []
    with chromium(program) as debugger:
        page = Page(debugger)
        series = json.loads(Path(shots).read_text())
        for login, group in groupby(series, key=itemgetter("login")):
            log_in(page, address, login)
            results += [try_shot(page, address, shot, Path(folder)) for shot in group]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
