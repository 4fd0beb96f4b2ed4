from threading import Barrier, Thread

from psycopg2.errors import LockNotAvailable

from odoo import api, fields
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import BaseCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.copied_database import (
    copied_database,
    current_database,
    transaction,
)


@tagged("post_install", "-at_install")
class TestAuditSampleConcurrency(BaseCase):
    """Two auditors draw one sample at once: it is drawn once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = cls.enterClassContext(copied_database(current_database()))
        with transaction(cls.registry) as env:
            company = env.company
            if not company.chart_template:
                env["account.chart.template"].try_loading("generic_coa", company)
            cls.auditor_ids = [
                new_test_user(
                    env, login=f"auditor_{name}", groups="invoicing_clerk.group_auditor"
                ).id
                for name in ("one", "two")
            ]
            cls._invoice(env)
            audit = env["clerk.audit"].create(
                {
                    "name": "Annual accounts",
                    "date_from": "2026-01-01",
                    "date_to": "2026-12-31",
                    "auditor_ids": [fields.Command.set(cls.auditor_ids)],
                }
            )
            sample = env["clerk.audit.sample"].create(
                {"audit_id": audit.id, "tolerable": 50}
            )
            cls.sample_id = sample.id

    @staticmethod
    def _invoice(env):
        env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": env["res.partner"].create({"name": "Customer"}).id,
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [
                    fields.Command.create(
                        {"name": "work", "price_unit": 100.0, "tax_ids": False}
                    )
                ],
            }
        ).action_post()

    def _draw(self, uid, barrier, refused):
        """Draw like the web server, which retries on serialization failures."""

        first_turn = iter([barrier.wait])

        def call():
            next(first_turn, int)()
            env["clerk.audit.sample"].browse(self.sample_id).action_draw()

        try:
            with self.registry.cursor() as cr:
                env = api.Environment(cr, uid, {})
                # Both have the plan before them.
                env["clerk.audit.sample"].browse(self.sample_id).read(["state"])
                retrying(call, env)
        except UserError as error:
            refused.append(str(error))

    def test_drawn_once(self):
        barrier, refused = Barrier(2), []
        people = [
            Thread(target=self._draw, args=(uid, barrier, refused))
            for uid in self.auditor_ids
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
        self.assertEqual(len(refused), 1)
        self.assertRegex(refused[0], "Somebody else is working on|not available")
        with transaction(self.registry) as env:
            sample = env["clerk.audit.sample"].browse(self.sample_id)
            self.assertEqual((sample.state, sample.item_count), ("selected", 1))
            self.assertEqual(len(sample.stratum_ids), 1)

    def _recorded(self):
        """Return the ids of a recorded sample and of one of its items."""
        with transaction(self.registry) as env:
            sample = env["clerk.audit.sample"].browse(self.sample_id).copy()
            sample.action_draw()
            sample.item_ids.action_agree()
            return sample.id, sample.item_ids[0].id

    def test_no_result_during_an_evaluation(self):
        sample_id, item_id = self._recorded()
        one, two = self.auditor_ids
        with transaction(self.registry, one) as env:
            env["clerk.audit.sample.item"].browse(item_id).audited_amount = 1
            env.flush_all()
            with (
                self.assertRaisesRegex(UserError, "Somebody else is working on"),
                transaction(self.registry, two) as other,
            ):
                other["clerk.audit.sample"].browse(sample_id).action_evaluate()
        with transaction(self.registry, two) as env:
            sample = env["clerk.audit.sample"].browse(sample_id)
            sample.action_evaluate()
            self.assertEqual(sample.over_errors, 1)
            with (
                self.assertRaises(LockNotAvailable),
                mute_logger("odoo.sql_db"),
                transaction(self.registry, one) as other,
            ):
                other.cr.execute("SET LOCAL lock_timeout = '200ms'")
                item = other["clerk.audit.sample.item"].browse(item_id)
                item.audited_amount = 2

    def test_the_last_two_recorded_at_once(self):
        """Agreeing with the remaining items completes a sample recorded by two."""
        sample_id, item_id = self._recorded()
        with transaction(self.registry, self.auditor_ids[0]) as env:
            sample = env["clerk.audit.sample"].browse(sample_id)
            sample.sudo().state = "selected"
            sample.action_agree_rest()
            self.assertEqual(sample.state, "recorded")
