from datetime import timedelta
from threading import Barrier, Thread

from odoo import api, fields
from odoo.exceptions import ValidationError
from odoo.service.model import retrying
from odoo.tests import BaseCase, new_test_user, tagged

from odoo.addons.invoicing_clerk.tests.copied_database import (
    copied_database,
    current_database,
    transaction,
)


@tagged("post_install", "-at_install")
class TestPromiseConcurrency(BaseCase):
    """Of two promises recorded for one instalment at the same time, one counts."""

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
            cls.invoice_id = cls._invoice(env).id

    @classmethod
    def _invoice(cls, env, **values):
        invoice = env["account.move"].create(
            {
                **values,
                "move_type": "out_invoice",
                "partner_id": env["res.partner"].create({"name": "Customer"}).id,
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [
                    fields.Command.create(
                        {"name": "work", "price_unit": 100.0, "tax_ids": False}
                    )
                ],
            }
        )
        invoice.action_post()
        return invoice

    def _record(self, uid, barrier, refused):
        """Create a promise as the web server does, which words database errors."""

        def call():
            barrier.wait()
            env["clerk.promise"].create(
                {
                    "move_ids": [self.invoice_id],
                    "date": fields.Date.today() + timedelta(30),
                }
            )

        try:
            with self.registry.cursor() as cr:
                env = api.Environment(cr, uid, {})
                # Both have looked at the instalment before either writes.
                env["account.move"].browse(self.invoice_id).read(["amount_residual"])
                retrying(call, env)
        except ValidationError as error:
            refused.append(str(error))

    def test_one_promise_counts(self):
        barrier, refused = Barrier(2), []
        people = [
            Thread(target=self._record, args=(uid, barrier, refused))
            for uid in self.clerk_ids
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
        self.assertEqual(len(refused), 1)
        self.assertIn("Somebody else has just", refused[0])
        with transaction(self.registry) as env:
            promises = env["clerk.promise"].search([])
            self.assertEqual(promises.mapped("state"), ["open"])
            self.assertEqual(promises.line_ids.mapped("is_active"), [True])

    def test_follow_up_leaves_what_a_person_is_setting(self):
        with transaction(self.registry) as env:
            env.company.clerk_hold_followup = True
            invoice_id = self._invoice(env).id
            error = env["clerk.billing.error"].create(
                {"move_ids": [fields.Command.link(invoice_id)]}
            )
            env["clerk.followup.hold"]._update()
            error._take_step("reject", resolution="As agreed.")
        with transaction(self.registry) as person:
            for flag in (False, True):
                person["account.move"].browse(invoice_id).no_followup = flag
                person.flush_all()
            with transaction(self.registry) as job:
                self.assertFalse(job["clerk.followup.hold"]._update())
        with transaction(self.registry) as job:
            self.assertTrue(job["clerk.followup.hold"]._update())
            self.assertTrue(job["account.move"].browse(invoice_id).no_followup)

    def test_the_items_of_a_document_have_the_same_flag(self):
        with transaction(self.registry) as env:
            env.company.clerk_hold_followup = True
            term = env.ref("account.account_payment_term_advance_60days")
            invoice = self._invoice(env, invoice_payment_term_id=term.id)
            env["clerk.billing.error"].create(
                {"move_ids": [fields.Command.link(invoice.id)]}
            )
            item_ids = invoice.line_ids.filtered("date_maturity").ids
        self.assertEqual(len(item_ids), 2)
        with transaction(self.registry) as person:
            person["account.move.line"].browse(item_ids[0]).lock_for_update()
            with transaction(self.registry) as job:
                self.assertFalse(job["clerk.followup.hold"]._update())
                items = job["account.move.line"].browse(item_ids)
                self.assertEqual(items.mapped("no_followup"), [False, False])
        with transaction(self.registry) as job:
            job["clerk.followup.hold"]._update()
            items = job["account.move.line"].browse(item_ids)
            self.assertEqual(items.mapped("no_followup"), [True, True])
