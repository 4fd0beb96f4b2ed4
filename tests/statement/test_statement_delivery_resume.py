import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

import odoo
from odoo.fields import Command
from odoo.tests import BaseCase, new_test_user, tagged
from odoo.tools import config

from odoo.addons.invoicing_clerk.tests.copied_database import (
    copied_database,
    current_database,
    transaction,
)
from odoo.addons.invoicing_clerk.tests.postbox import (
    Postbox,
    server_values,
)

CUSTOMERS = 12
DOCUMENT_WORKERS = ("ir_cron_statement_documents", "ir_cron_statement_documents_2")
# A cron worker in a process of its own, in batches of four.
WORKER = """
import sys
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

config.parse_config(["-c", sys.argv[1], "-d", sys.argv[2], "--log-level=critical"])

from odoo.addons.invoicing_clerk.models.statement import (
    statement_delivery_document as statement_document,
)

statement_document.BATCH_SIZE = 4
with Registry(sys.argv[2]).cursor() as cr:
    env = api.Environment(cr, SUPERUSER_ID, {})
    worker = env.ref("invoicing_clerk." + sys.argv[3])
    print("begun", flush=True)
    env["clerk.statement"].with_context(cron_id=worker.id)._cron_make_documents()
    if sys.argv[4] == "send":
        env["clerk.statement.run"]._cron_send()
"""


@tagged("post_install", "-at_install")
class TestStatementResume(BaseCase):
    """Workers that are killed; the next one resumes, and no email is sent twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = cls.enterClassContext(copied_database(current_database()))
        files = config.filestore(cls.registry.db_name)
        cls.addClassCleanup(shutil.rmtree, files, ignore_errors=True)
        cls.postbox = Postbox().start()
        cls.addClassCleanup(cls.postbox.stop)
        with transaction(cls.registry) as env:
            cls.clerk_id = cls._prepare(env).id
            cls._customers(env)
        with transaction(cls.registry, cls.clerk_id) as env:
            cls.run_id = cls._run(env).id

    @classmethod
    def _prepare(cls, env):
        company = env["res.company"].create(
            {"name": "Ended", "email": "us@example.com"}
        )
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        env["ir.mail_server"].create(server_values(cls.postbox))
        cls.company_id = company.id
        return new_test_user(
            env,
            login="resuming_clerk",
            groups="invoicing_clerk.group_clerk",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def _customers(cls, env):
        env = env(context={"allowed_company_ids": [cls.company_id]})
        customers = env["res.partner"].create(
            [
                {"name": f"Customer {at}", "email": f"c{at}@customer.example.com"}
                for at in range(CUSTOMERS)
            ]
        )
        accounts = env["account.account"]
        receivable, income = (
            accounts.search([("account_type", "=", kind)], limit=1)
            for kind in ("asset_receivable", "income")
        )
        lines = [
            {"partner_id": each.id, "account_id": receivable.id, "debit": 10.0}
            for each in customers
        ]
        lines.append({"account_id": income.id, "credit": 10.0 * CUSTOMERS})
        entry = env["account.move"].create(
            {
                "date": "2026-01-15",
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        entry.action_post()
        return customers

    @classmethod
    def _run(cls, env, day="2026-01-31"):
        run = env["clerk.statement.run"].create(
            {"date": day, "company_id": cls.company_id}
        )
        run.action_compute()
        run.action_review()
        run.action_send()
        return run

    def _worker(self, cron=DOCUMENT_WORKERS[0], then="send"):
        folder = Path(odoo.__path__[0]).parent
        words = config["config"], self.registry.db_name, cron, then
        return subprocess.Popen(
            [sys.executable, "-c", WORKER, *words],
            env={**os.environ, "PYTHONPATH": str(folder)},
            stdout=subprocess.PIPE,
        )

    def _states(self, run_id=None):
        with transaction(self.registry) as env:
            statements = env["clerk.statement"].search(
                [("run_id", "=", run_id or self.run_id)]
            )
            return {each.partner_id.email: each.delivery_state for each in statements}

    def _documents(self, run_id=None):
        with transaction(self.registry) as env:
            run = env["clerk.statement.run"].browse(run_id or self.run_id)
            groups = env["ir.attachment"]._read_group(
                [
                    ("res_model", "=", "clerk.statement"),
                    ("res_id", "in", run.statement_ids.ids),
                ],
                ["res_id"],
                ["__count"],
            )
            return [count for _id, count in groups]

    def test_killed_while_making_and_while_sending(self):
        self._kill_while_making()
        doubtful = self._kill_while_sending()
        self.assertEqual(self._worker().wait(), 0)
        states = self._states()
        self.assertEqual(states.pop(doubtful), "failed")
        self.assertEqual(set(states.values()), {"sent"})
        self.assertEqual(self._documents(), [1] * CUSTOMERS)
        # The doubtful one was received only once, too.
        self.assertEqual(self.postbox.received(), dict.fromkeys([*states, doubtful], 1))
        with transaction(self.registry) as env:
            self.assertEqual(
                env["clerk.statement.run"].browse(self.run_id).state, "done"
            )

    def _kill_while_making(self):
        worker = self._worker()
        worker.stdout.readline()
        while not self._documents():
            self.assertIsNone(worker.poll())
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        self.assertLess(len(self._documents()), CUSTOMERS)
        self.assertIn("pending", self._states().values())

    def _kill_while_sending(self):
        """Kill it when the mail server has an email and has not confirmed it."""
        received = Event()

        def kill(count):
            if count == 5:
                os.kill(worker.pid, signal.SIGKILL)
                worker.wait()
                received.set()

        self.postbox.at = kill
        worker = self._worker()
        self.assertTrue(received.wait(timeout=300))
        self.postbox.at = None
        states = self._states()
        self.assertEqual(list(states.values()).count("sent"), 4)
        [doubtful] = [email for email, state in states.items() if state == "sending"]
        return doubtful

    def test_two_workers_make_each_document_once(self):
        with transaction(self.registry, self.clerk_id) as env:
            run_id = self._run(env, day="2026-01-30").id
        workers = [self._worker(cron, then="rest") for cron in DOCUMENT_WORKERS]
        self.assertEqual([worker.wait() for worker in workers], [0, 0])
        self.assertEqual(self._documents(run_id), [1] * CUSTOMERS)
        self.assertEqual(set(self._states(run_id).values()), {"ready"})
