import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import requests

from odoo.tests import BaseCase, new_test_user, tagged
from odoo.tools import config

from odoo.addons.invoicing_clerk.tests.copied_database import (
    copied_database,
    current_database,
    transaction,
)

CALLS = 500
AT_ONCE = 10
START_SECONDS = 120


@contextmanager
def server(database):
    """Run Odoo's own server on a database, in a separate process; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    arguments = (
        *("-m", "odoo", "-c", config["config"], "-d", database),
        *(f"--http-port={port}", f"--db-filter=^{database}$", "--log-level=critical"),
    )
    child = subprocess.Popen([sys.executable, *arguments], cwd=tempfile.gettempdir())
    try:
        _wait_for(child, address)
        yield address
    finally:
        child.terminate()
        child.wait()


def _wait_for(child, address):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and child.poll() is None:
        if _answers(f"{address}/web/health"):
            return
        time.sleep(0.2)
    raise RuntimeError("The server did not start.")


def _answers(address):
    try:
        return requests.get(address, timeout=5).ok
    except (requests.ConnectionError, requests.Timeout):
        return False


@tagged("post_install", "-at_install")
class TestCallApiServer(BaseCase):
    """A phone system posts 500 calls to a real server, ten at a time.

    Every tenth is posted twice at once.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = cls.enterClassContext(copied_database(current_database()))
        with transaction(cls.registry) as env:
            env.company.country_id = env.ref("base.be")
            customers = env["res.partner"].create(
                [
                    {"name": f"Customer {n}", "phone": f"+32 2 555 {n:02d} 00"}
                    for n in range(10)
                ]
            )
            cls.customer_ids = customers.ids
            user = new_test_user(
                env,
                login="phone",
                groups="base.group_user,invoicing_clerk.group_phone_system",
            )
            keys = env["res.users.apikeys"].with_user(user).sudo()
            cls.key = keys._generate(None, "phone", False)
        cls.address = cls.enterClassContext(server(cls.registry.db_name))

    def _post(self, message):
        answer = requests.post(
            f"{self.address}/json/2/clerk.call/log_call",
            json={"values": message},
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=60,
        )
        return answer.status_code, answer.json()

    def _post_all(self, messages):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self._post, messages))

    def _message(self, number, **values):
        return {
            "external_id": f"call-{number}",
            "direction": "in",
            "number": f"02 555 {number % 10:02d} 00",
            "start": "2026-01-05T09:00:00Z",
            "end": "2026-01-05T09:04:00Z",
            **values,
        }

    def test_five_hundred_calls_with_repeats(self):
        numbers = [
            number
            for number in range(CALLS)
            for _repeat in range(2 if number % 10 == 0 else 1)
        ]
        answers = self._post_all(map(self._message, numbers))
        self.assertFalse([answer for answer in answers if answer[0] != 200])
        calls = {
            number: answer["id"]
            for number, (_status, answer) in zip(numbers, answers, strict=True)
        }
        self.assertEqual(len(set(calls.values())), CALLS)
        for number, (_status, answer) in zip(numbers, answers, strict=True):
            self.assertEqual(answer["id"], calls[number])
            customer = self.customer_ids[number % 10]
            self.assertEqual(answer["customers"][0]["id"], customer)
        with transaction(self.registry) as env:
            logged = env["clerk.call"].search([("external_id", "=like", "call-%")])
            self.assertEqual(set(logged.ids), set(calls.values()))
            self.assertEqual(set(logged.mapped("duration")), {4})
            self.assertEqual(set(logged.mapped("state")), {"done"})
            self.assertEqual(set(logged.partner_id.ids), set(self.customer_ids))

    def test_ten_messages_at_once_about_one_call(self):
        ring = self._message(1, external_id="same", end=None)
        for message in (ring, {**ring, "end": "2026-01-05T09:04:00Z"}):
            answers = self._post_all([message] * AT_ONCE)
            self.assertEqual({status for status, _answer in answers}, {200})
            self.assertEqual(len({answer["id"] for _status, answer in answers}), 1)
        with transaction(self.registry) as env:
            call = env["clerk.call"].search([("external_id", "=", "same")])
            self.assertEqual(len(call), 1)
            self.assertEqual((call.state, call.duration), ("done", 4))
