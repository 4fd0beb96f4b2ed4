from io import BytesIO

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.rules.audit.pack import audit_pack_verify as verify
from odoo.addons.invoicing_clerk.tests.audit.confirmation.common import (
    ConfirmationCommon,
)
from odoo.addons.invoicing_clerk.tests.audit.sample.common import (
    AuditSampleCommon,
)


@tagged("post_install", "-at_install")
class TestAuditGuardConfirmation(ConfirmationCommon):
    """Runs come from their steps, differences stay with their request."""

    def test_no_released_run_by_hand(self):
        runs = self.env["clerk.audit.confirmation.run"].with_user(self.auditor)
        values = {"audit_id": self.audit.id}
        for forged in ({"state": "released"}, {"ledger_amount": 1}):
            with self.assertRaisesRegex(
                AccessError, "It is set by the buttons of the confirmation run"
            ):
                runs.create({**values, **forged})
        run = runs.with_context(
            default_state="released", default_released_by_id=self.auditor.id
        ).create(values)
        self.assertEqual((run.state, run.released_by_id.id), ("draft", False))

    def test_differences_stay_with_their_request(self):
        one, two = customers = self._customers(2)
        run = self._asked(customers)
        confirmations = self._confirmation(run, one), self._confirmation(run, two)
        for confirmation in confirmations:
            self._answer(confirmation, self._content(USD="90"))
        lines = self.env["clerk.audit.confirmation.difference"].with_user(self.auditor)
        line = lines.create({"confirmation_id": confirmations[0].id, "name": "Freight"})
        with self.assertRaisesRegex(UserError, "cannot be moved"):
            line.confirmation_id = confirmations[1]
        with self.assertRaisesRegex(ValidationError, "choose an item of"):
            line.item_id = confirmations[1].item_ids[:1]
        line.item_id = confirmations[0].item_ids[:1]


class Greedy(BytesIO):
    """A file of which nobody may ask for more than fits into the memory."""

    def read(self, size=-1):
        if not 0 <= size <= verify.MAXIMUM_MANIFEST:
            raise MemoryError(size)
        return super().read(size)


@tagged("post_install", "-at_install")
class TestAuditGuardPack(TransactionCase):
    """A copy that was uploaded fills no memory, whatever it says of itself."""

    def test_a_manifest_that_says_it_is_huge(self):
        sizes = (verify.LIMIT_32 - 1,) * 2
        name = verify.MANIFEST.encode()
        head = verify.LOCAL.pack(b"PK\3\4", 20, 0, 0, 0, 0, 0, *sizes, len(name), 0)
        problems = verify.check(Greedy(head + name))
        self.assertEqual([each.kind for each in problems], ["manifest"])


@tagged("post_install", "-at_install")
class TestAuditGuardSample(AuditSampleCommon):
    """A sample stands on its question; nobody is notified of draft findings."""

    def test_the_question_of_a_sample_stands(self):
        query = self._query()
        sample = self._drawn(population="query", query_id=query.id)
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            query.with_user(self.clerk).domain = "[('id', '=', 0)]"
        query.name = "Invoices"
        sample.action_reset()
        query.domain = "[('move_type', '=', 'out_refund')]"

    def test_drafts_are_not_told_by_items(self):
        sample = self._recorded(self._drawn(), a3000=2900)
        item = self._item(sample, self.invoices[3])
        item.action_raise_finding()
        self.assertTrue(item.finding_id)
        for user in (self.clerk, self.supervisor):
            with self.assertRaises(AccessError):
                item.with_user(user).read(["finding_id"])

    def test_branches_belong_to_the_population(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company_a.id}
        )
        self.auditor.sudo().company_ids |= branch
        moved = self.invoices[0]
        self.env.flush_all()
        for table, column in (("account_move", "id"), ("account_move_line", "move_id")):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET company_id = %s WHERE %s = %s",
                    SQL.identifier(table),
                    branch.id,
                    SQL.identifier(column),
                    moved.id,
                )
            )
        self.env.invalidate_all()
        query = self.audit.with_user(self.auditor)._population("invoices")
        count, total = query._totals()
        self.assertEqual(count, len(self.AMOUNTS))
        self.assertEqual(total, query._ledger_total())
