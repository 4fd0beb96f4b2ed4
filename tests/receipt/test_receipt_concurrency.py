import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Barrier, Thread

import odoo
from odoo import api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import BaseCase, new_test_user, tagged
from odoo.tools import config

from odoo.addons.invoicing_clerk.tests.copied_database import (
    copied_database,
    current_database,
    transaction,
)

# More than are posted while the clerk waits.
RECEIPTS = 24
WORKER = """
import sys, time
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

config.parse_config(["-c", sys.argv[1], "-d", sys.argv[2], "--log-level=critical"])

from odoo.addons.invoicing_clerk.models.receipt import receipt_batch_post
from odoo.addons.invoicing_clerk.models.receipt.receipt import ClerkReceipt

receipt_batch_post.CHUNK = 4
post = ClerkReceipt._post_payments

def slowly(self):
    post(self)
    print("posted\\n" * len(self), end="", flush=True)
    time.sleep(0.2)

ClerkReceipt._post_payments = slowly
with Registry(sys.argv[2]).cursor() as cr:
    if sys.argv[3] == "cron":
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["clerk.receipt.batch"]._cron_work()
    else:
        env = api.Environment(cr, int(sys.argv[3]), {})
        env["clerk.receipt.batch"].browse(int(sys.argv[4])).action_post()
"""


class ReceiptConcurrencyCommon(BaseCase):
    """Batches in a database of their own, in which transactions really meet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = cls.enterClassContext(copied_database(current_database()))
        with transaction(cls.registry) as env:
            company = env.company
            if not company.chart_template:
                env["account.chart.template"].try_loading("generic_coa", company)
            cls.clerk_ids = [
                new_test_user(
                    env, login=f"clerk_{name}", groups="invoicing_clerk.group_clerk"
                ).id
                for name in ("one", "two")
            ]
            cls.bank_id = (
                env["account.journal"]
                .search([("type", "=", "bank"), ("company_id", "=", company.id)])[:1]
                .id
            )

    def _at_once(self, model, *calls):
        """Call methods as two clerks whose transactions meet; return the refusals.

        :param calls: for each clerk, the id of a record and what to do with it
        """
        barrier, refused = Barrier(2), []

        def run(uid, record_id, work):
            def call():
                if not barrier.broken and not tries:
                    tries.append(1)
                    # Both have looked at the record before either writes.
                    record.read(["state"])
                    barrier.wait(60)
                work(record)

            tries = []
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, uid, {})
                    record = env[model].browse(record_id)
                    retrying(call, env)
            except UserError as error:
                refused.append(str(error))

        people = [
            Thread(target=run, args=(uid, *call))
            for uid, call in zip(self.clerk_ids, calls, strict=True)
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
        return refused

    def _batch(self, first, count):
        """Enter a batch of checks with consecutive numbers, and return its id."""
        with transaction(self.registry, self.clerk_ids[0]) as env:
            amounts = [10.0 + number for number in range(count)]
            return (
                env["clerk.receipt.batch"]
                .create(
                    {
                        "journal_id": self.bank_id,
                        "control_count": count,
                        "control_amount": sum(amounts),
                        "receipt_ids": [
                            Command.create({"number": str(first + row), "amount": each})
                            for row, each in enumerate(amounts)
                        ],
                    }
                )
                .id
            )

    def _post(self, batch_id):
        with transaction(self.registry, self.clerk_ids[0]) as env:
            env["clerk.receipt.batch"].browse(batch_id).action_post()

    def _check_posted(self, batch_id, count):
        """Each receipt is one payment with one posted entry, and no other is left."""
        with transaction(self.registry) as env:
            batch = env["clerk.receipt.batch"].browse(batch_id)
            self.assertEqual(batch.state, "posted")
            self.assertEqual(set(batch.receipt_ids.mapped("state")), {"posted"})
            payments = batch.payment_ids
            self.assertEqual(len(payments), count)
            numbers = batch.receipt_ids.mapped("number")
            made = env["account.payment"].search([("payment_reference", "in", numbers)])
            self.assertEqual(made, payments, "no payment without its receipt")
            self.assertEqual(sorted(made.mapped("payment_reference")), sorted(numbers))
            self.assertEqual(set(made.move_id.mapped("state")), {"posted"})
            self.assertEqual(sum(made.mapped("amount")), batch.control_amount)


@tagged("post_install", "-at_install")
class TestReceiptKilled(ReceiptConcurrencyCommon):
    """The process is killed in the middle of posting: nothing twice, nothing lost."""

    def _kill_after(self, posted, *args):
        """Kill a process that posts, after so many receipts."""
        folder = Path(odoo.__path__[0]).parent
        line = [sys.executable, "-c", WORKER, config["config"], self.registry.db_name]
        with subprocess.Popen(
            [*line, *map(str, args)],
            env={**os.environ, "PYTHONPATH": str(folder)},
            stdout=subprocess.PIPE,
        ) as worker:
            for _number in range(posted):
                self.assertEqual(worker.stdout.readline(), b"posted\n")
            os.kill(worker.pid, signal.SIGKILL)
            self.assertEqual(worker.wait(), -signal.SIGKILL)

    def _states(self, batch_id):
        with transaction(self.registry) as env:
            receipts = env["clerk.receipt.batch"].browse(batch_id).receipt_ids
            payments = env["account.payment"].search(
                [("payment_reference", "in", receipts.mapped("number"))]
            )
            self.assertEqual(payments, receipts.payment_id)
            return receipts.mapped("state")

    def _work(self):
        with self.registry.cursor() as cr:
            api.Environment(cr, api.SUPERUSER_ID, {})["clerk.receipt.batch"]._work()

    def test_in_the_background(self):
        batch_id = self._batch(1000, RECEIPTS)
        self._post(batch_id)
        self._kill_after(6, "cron")
        states = self._states(batch_id)
        self.assertEqual(states.count("posted"), 4, "those of the committed chunk")
        self._kill_after(2, "cron")
        self.assertEqual(self._states(batch_id).count("posted"), 5, "one by one")
        self._work()
        self._check_posted(batch_id, RECEIPTS)

    def test_while_the_clerk_waits(self):
        batch_id = self._batch(2000, 5)
        self._kill_after(3, self.clerk_ids[0], batch_id)
        self.assertEqual(set(self._states(batch_id)), {"entered"})
        self._post(batch_id)
        self._check_posted(batch_id, 5)


@tagged("post_install", "-at_install")
class TestReceiptConcurrency(ReceiptConcurrencyCommon):
    """Of two people who do the same at once, one does it; the other is told why not."""

    def _deposit(self, payments=()):
        with transaction(self.registry, self.clerk_ids[0]) as env:
            return (
                env["clerk.deposit"]
                .create(
                    {
                        "journal_id": self.bank_id,
                        "payment_ids": [Command.link(each) for each in payments],
                    }
                )
                .id
            )

    def _payments(self, first, count):
        batch_id = self._batch(first, count)
        self._post(batch_id)
        with transaction(self.registry) as env:
            return env["clerk.receipt.batch"].browse(batch_id).payment_ids.ids

    def test_two_post_one_batch(self):
        batch_id = self._batch(3000, 3)
        post = (batch_id, lambda batch: batch.action_post())
        [refusal] = self._at_once("clerk.receipt.batch", post, post)
        self.assertRegex(refusal, "Somebody else is working|is Posted")
        self._check_posted(batch_id, 3)

    def test_two_take_one_deposit_to_the_bank(self):
        deposit_id = self._deposit(self._payments(4000, 2))
        step = (deposit_id, lambda deposit: deposit._take_step("deposit"))
        [refusal] = self._at_once("clerk.deposit", step, step)
        self.assertRegex(refusal, "Somebody else is working|is Deposited")

    def test_two_put_one_receipt_into_two_deposits(self):
        payment, *_others = self._payments(5000, 1)
        deposits = [self._deposit(), self._deposit()]

        def add(deposit):
            deposit.payment_ids = [Command.link(payment)]

        refusals = self._at_once("clerk.deposit", *((each, add) for each in deposits))
        self.assertEqual(len(refusals), 1)
        self.assertRegex(refusals[0], "is already in DEP|Somebody else is working")
        with transaction(self.registry) as env:
            found = env["account.payment"].browse(payment).deposit_id.id
            self.assertIn(found, deposits)

    def test_two_add_all_waiting_checks(self):
        payments = self._payments(6000, 4)
        deposits = [self._deposit(), self._deposit()]
        refusals = self._at_once(
            "clerk.deposit",
            *(
                (each, lambda deposit: deposit.action_add_waiting())
                for each in deposits
            ),
        )
        self.assertEqual(len(refusals), 1)
        self.assertRegex(refusals[0], "No posted check|already in DEP")
        with transaction(self.registry) as env:
            found = env["account.payment"].browse(payments).deposit_id
            self.assertEqual(len(found), 1)
            self.assertIn(found.id, deposits)
