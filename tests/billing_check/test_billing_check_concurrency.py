from odoo import api, fields
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import BaseCase, new_test_user, tagged

from odoo.addons.invoicing_clerk.tests.copied_database import (
    copied_database,
    current_database,
    transaction,
)


@tagged("post_install", "-at_install")
class TestBillingCheckConcurrency(BaseCase):
    """The scheduled run and clerks work on the same findings at the same time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = cls.enterClassContext(copied_database(current_database()))
        with transaction(cls.registry) as env:
            if not env.company.chart_template:
                env["account.chart.template"].try_loading("generic_coa", env.company)
            cls.company_id = env.company.id
            cls.clerk_id = new_test_user(
                env, login="clerk", groups="invoicing_clerk.group_clerk"
            ).id

    def setUp(self):
        super().setUp()
        with transaction(self.registry) as env:
            product = env["product.product"].create({"name": "Part", "list_price": 50})
            invoice = env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": env["res.partner"].create({"name": "Customer"}).id,
                    "invoice_date": "2026-01-15",
                    "invoice_line_ids": [
                        fields.Command.create(
                            {
                                "product_id": product.id,
                                "price_unit": 0,
                                "tax_ids": False,
                            }
                        )
                    ],
                }
            )
            invoice.action_post()
            self.product_id, self.invoice_id = product.id, invoice.id
            self._run(env)

    def _run(self, env):
        env["clerk.billing.check"]._run_all(env["res.company"].browse(self.company_id))
        env.flush_all()

    def _finding(self, env):
        [finding] = env["clerk.billing.finding"].search(
            [("move_id", "=", self.invoice_id), ("check_id.code", "=", "ZERO")]
        )
        return finding

    def _change_facts(self):
        with transaction(self.registry) as env:
            env["product.product"].browse(self.product_id).list_price = 70

    def _as_clerk(self, cr):
        return api.Environment(cr, self.clerk_id, {})

    def test_clerks_are_told_that_a_run_is_changing_the_finding(self):
        self._change_facts()
        with transaction(self.registry) as env:
            self._run(env)
            for step in ("_accept", "action_open_billing_error"):
                with (
                    self.subTest(step),
                    self.registry.cursor() as cr,
                    self.assertRaisesRegex(UserError, "Somebody else is working"),
                ):
                    finding = self._finding(self._as_clerk(cr))
                    arguments = ("Given away",) if step == "_accept" else ()
                    getattr(finding, step)(*arguments)
        with transaction(self.registry) as env:
            finding = self._finding(env)
            self.assertEqual(finding.state, "open")
            self.assertEqual(finding.facts["company_price"], 70)

    def _run_while(self, step):
        """Take a step of a clerk after the run has begun, and before it writes."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            waiting = [True]

            def run():
                # Fixes what this transaction sees.
                self._finding(env)
                if waiting:
                    waiting.clear()
                    with self.registry.cursor() as other:
                        step(self._finding(self._as_clerk(other)))
                        other.commit()
                self._run(env)

            retrying(run, env)
        with transaction(self.registry) as env:
            finding = self._finding(env)
            return finding.state, finding.billing_error_id.state

    def test_accepted_while_a_run_is_on(self):
        state = self._run_while(lambda finding: finding._accept("Given away"))
        self.assertEqual(state, ("accepted", False))

    def test_opened_as_a_billing_error_while_a_run_is_on(self):
        state = self._run_while(lambda finding: finding.action_open_billing_error())
        self.assertEqual(state, ("case", "new"))

    def test_accepted_in_advance_while_a_run_is_on(self):
        def accept(finding):
            finding.env["clerk.billing.acceptance"].create(
                {
                    "check_id": finding.check_id.id,
                    "partner_id": finding.partner_id.id,
                    "until": fields.Date.today(),
                    "reason": "Given away",
                }
            )

        self.assertEqual(self._run_while(accept), ("accepted", False))
