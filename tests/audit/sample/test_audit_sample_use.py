from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.audit.sample.common import (
    AuditSampleCommon,
)


@tagged("post_install", "-at_install")
class TestAuditSampleUse(AuditSampleCommon):
    """Confirmation runs and evidence packs from a sample."""

    def test_confirmation_run_for_customers_drawn(self):
        other = self._invoice(9000, partner=self.partner_b)
        self._invoice(1, partner=self.env["res.partner"].create({"name": "Small"}))
        sample = self._drawn(size_given=3)
        self.assertIn(other.id, sample.item_ids.mapped("res_id"))
        action = sample.action_confirm_balances()
        run = self.env[action["res_model"]].browse(action["res_id"])
        drawn = self.env["account.move"].browse(sample.item_ids.mapped("res_id"))
        self.assertEqual(run.partner_ids, drawn.commercial_partner_id)
        self.assertIn(self.partner_b, run.partner_ids)
        self.assertEqual((run.audit_id, run.state), (self.audit, "draft"))

    def test_evidence_pack_of_the_records_drawn(self):
        sample = self._drawn()
        action = sample.action_collect_evidence()
        packs = self.env["clerk.audit.pack"].with_user(self.auditor)
        pack = Form(packs.with_context(**action["context"])).save()
        self.assertEqual(
            set(pack._find_moves().ids), set(sample.item_ids.mapped("res_id"))
        )

    def test_sample_not_drawn_yet(self):
        sample = self._sample()
        for use in (sample.action_confirm_balances, sample.action_collect_evidence):
            with self.assertRaisesRegex(UserError, "draw the sample first"):
                use()

    def test_records_without_customers(self):
        query = self._query(
            model="account.tax", domain="[]", columns="name", amount_path="amount"
        )
        sample = self._drawn(
            population="query", query_id=query.id, method="random", size_given=1
        )
        with self.assertRaisesRegex(UserError, "have no customer"):
            sample.action_confirm_balances()
