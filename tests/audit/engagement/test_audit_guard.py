from io import BytesIO

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.rules.audit.pack import audit_pack_verify as verify
from odoo.addons.invoicing_clerk.tests.audit.confirmation.common import (
    ConfirmationCommon,
)
from odoo.addons.invoicing_clerk.tests.audit.request.common import (
    RequestCommon,
)
from odoo.addons.invoicing_clerk.tests.audit.sample.common import (
    AuditSampleCommon,
)
from odoo.addons.invoicing_clerk.tests.audit.test.common import (
    AuditTestCommon,
)


@tagged("post_install", "-at_install")
class TestAuditGuardRun(AuditTestCommon):
    """Results of tests are found, whatever a context or a clerk brings along."""

    def test_no_result_by_default(self):
        runs = self.env["clerk.audit.run"].with_user(self.clerk)
        run = runs.with_context(
            default_state="done",
            default_population_count=9,
            default_user_id=self.auditor.id,
            default_is_current=False,
        ).create(
            {"audit_id": self.audit.id, "test_id": self._test("DUP").id, "days": 7}
        )
        self.assertRecordValues(
            run,
            [
                {
                    "state": "planned",
                    "population_count": 0,
                    "user_id": False,
                    "is_current": True,
                    "days": 7,
                }
            ],
        )

    def test_no_conclusion_of_a_clerk(self):
        with self.assertRaisesRegex(AccessError, "only the auditors"):
            self._planned("TIE", user=self.clerk, note="In order")
        self.assertEqual(self._planned("DUP", note="In order").note, "In order")


@tagged("post_install", "-at_install")
class TestAuditGuardConfirmation(ConfirmationCommon):
    """Runs come from their steps, differences stay with their letter."""

    def test_no_released_run_by_hand(self):
        runs = self.env["clerk.audit.confirmation.run"].with_user(self.auditor)
        values = {"audit_id": self.audit.id}
        for forged in ({"state": "released"}, {"ledger_amount": 1}):
            with self.assertRaisesRegex(AccessError, "come from its steps"):
                runs.create({**values, **forged})
        run = runs.with_context(
            default_state="released", default_released_by_id=self.auditor.id
        ).create(values)
        self.assertEqual((run.state, run.released_by_id.id), ("draft", False))

    def test_differences_stay_with_their_letter(self):
        one, two = customers = self._customers(2)
        run = self._asked(customers)
        letters = self._letter(run, one), self._letter(run, two)
        for letter in letters:
            self._answer(letter, self._content(USD="90"))
        lines = self.env["clerk.audit.confirmation.difference"].with_user(self.auditor)
        line = lines.create({"confirmation_id": letters[0].id, "name": "Freight"})
        with self.assertRaisesRegex(UserError, "cannot be moved"):
            line.confirmation_id = letters[1]
        with self.assertRaisesRegex(ValidationError, "choose an item of"):
            line.item_id = letters[1].item_ids[:1]
        line.item_id = letters[0].item_ids[:1]


@tagged("post_install", "-at_install")
class TestAuditGuardRequest(RequestCommon):
    """What was delivered stays, and who left an engagement is told no more."""

    def test_delivered_documents_are_not_written_over(self):
        request = self._request()
        kept = self._attach(request)
        kept.raw = b"better"
        self._deliver(request, answer=False)
        request.sudo().delivered_on = fields.Datetime.add(kept.create_date, seconds=1)
        mine = kept.with_user(self.clerk)
        for change in ({"raw": b"other"}, {"datas": "b3RoZXI="}, {"res_id": 0}):
            with self.assertRaisesRegex(UserError, "was delivered"):
                mine.write(change)
        # As when the storage of files is changed.
        kept.write({"raw": kept.raw, "mimetype": kept.mimetype})
        mine.name = "Ageing.pdf"
        self.assertEqual(kept.raw, b"better")

    def test_no_answer_by_default(self):
        request = self._request()
        mine = request.with_user(self.clerk)
        mine.query_id = self._query()
        mine.with_context(default_taken_on="2020-01-01 00:00:00").action_deliver()
        self.assertGreater(request.snapshot_id.taken_on.year, 2020)

    def test_an_engagement_with_work_done_is_not_deleted(self):
        audit = self.audit.with_user(self.supervisor)
        draft = (
            self.env["clerk.audit.finding"]
            .with_user(self.auditor)
            .create({"audit_id": audit.id, "name": "Three", "condition": "Found"})
        )
        draft.action_report()
        with self.assertRaisesRegex(UserError, "was reported"):
            audit.unlink()
        other = self._audit(name="Planned by mistake")
        self.env["clerk.audit.access"].with_user(self.auditor)._log(
            "export", "1 × Engagement: name", other
        )
        log = (
            self.env["clerk.audit.access"].sudo().search([("audit_id", "=", other.id)])
        )
        other.unlink()
        self.assertTrue(log.exists())

    def test_who_left_is_told_no_more(self):
        audit = self.audit.with_user(self.supervisor)
        both = self.auditor | self.other_auditor
        audit.auditor_ids = [Command.set(both.ids)]
        audit.message_subscribe(both.partner_id.ids)
        audit.auditor_ids = [Command.set(self.auditor.ids)]
        message = audit.message_post(body="Between us", subtype_xmlid="mail.mt_comment")
        self.assertEqual(message.sudo().notified_partner_ids, self.auditor.partner_id)


class Greedy(BytesIO):
    """A file of which nobody may ask for more than fits into the memory."""

    def read(self, size=-1):
        if not 0 <= size <= verify.MOST_MANIFEST:
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
    """A sample stands on its question; drafts of findings are told to nobody."""

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
