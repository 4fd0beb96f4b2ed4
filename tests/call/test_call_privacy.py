import io
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from openpyxl import load_workbook

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.invoicing_clerk.tests.call.common import CallCommon

CONTENTS = ("number", "contact_id", "summary", "next_action")


class CallPrivacyCommon(CallCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.is_company = True
        cls.person = cls.env["res.partner"].create({"name": "Private Person"})
        cls.topic = cls.env["clerk.call.topic"].sudo().search([], limit=1)
        outcome = cls.env.ref("invoicing_clerk.call_disposition_resolved")
        cls.outcome = outcome.sudo()

    @classmethod
    def _done(cls, months=0, **values):
        """A call that took place some months ago, with everything that it can say."""
        start = fields.Datetime.now() - relativedelta(months=months, days=1)
        call = cls._call(
            **{
                "number": "+32 2 555 12 12",
                "contact_id": cls.contact_a.id,
                "summary": "Is ill and cannot pay.",
                "topic_id": cls.topic.id,
                "disposition_id": cls.outcome.id,
                "start": start,
                "end": start + timedelta(minutes=3),
                "external_id": f"id-{months}",
                **values,
            }
        )
        call._finish()
        return call.sudo()

    def _anonymise(self, months=12):
        self.company_a.clerk_call_retention = months
        with self.enter_registry_test_mode():
            self.env.ref(
                "invoicing_clerk.ir_cron_anonymise_calls"
            ).sudo().method_direct_trigger()
        self.env.invalidate_all()

    def _contents(self, call):
        return [call[name] for name in CONTENTS if call[name]]

    def _lines(self, partner):
        return "\n".join(partner.sudo().message_ids.mapped("body"))


@tagged("post_install", "-at_install")
class TestCallRetention(CallPrivacyCommon):
    """What is older than the company keeps calls is forgotten by itself."""

    def test_contents_go_and_counts_stay(self):
        old, young = self._done(13), self._done(11)
        reports = self.env["clerk.call.report"].with_user(self.supervisor)
        asked = ["topic_id", "disposition_id", "user_id", "partner_id"]
        sums = ["__count", "duration:sum"]
        self.env.flush_all()
        before = reports._read_group([], asked, sums)
        self._anonymise(12)
        self.assertEqual(reports._read_group([], asked, sums), before)
        self.assertFalse(self._contents(old))
        self.assertTrue(old.anonymised_on)
        self.assertEqual(old.duration, 3)
        self.assertEqual(old.external_id, "id-13", "so that it is not told again")
        self.assertEqual(len(self._contents(young)), 3)
        self.assertFalse(young.anonymised_on)

    def test_customers_who_are_people_go_too(self):
        invoice = self._posted(partner=self.person)
        call = self._done(
            13,
            partner_id=self.person.id,
            contact_id=False,
            move_ids=[Command.set(invoice.ids)],
        )
        of_company = self._done(14)
        self._anonymise()
        self.assertFalse(call.partner_id or call.move_ids)
        self.assertEqual(of_company.partner_id, self.partner_a)

    def test_nothing_that_hangs_on_a_call_remains(self):
        call = self._done(13, next_action="Write to the doctor")
        call._message_log(body="His doctor called, too.")
        recordings = self.env["ir.attachment"].with_user(self.clerk)
        attachment = recordings.create(
            {"name": "recording", "res_model": call._name, "res_id": call.id}
        )
        self.assertTrue(call.activity_ids)
        self.assertIn("Ada", self._lines(self.partner_a))
        self.partner_a._message_log(body="Pays on Fridays.")
        young = self._done(1)
        self._anonymise()
        self.assertFalse(attachment.exists())
        traces = (*call.message_ids, *call.activity_ids, *call.message_follower_ids)
        self.assertFalse(traces)
        lines = self._lines(self.partner_a)
        self.assertIn("Pays on Fridays.", lines)
        self.assertNotIn(f'data-oe-id="{call.id}"', lines)
        self.assertIn(f'data-oe-id="{young.id}"', lines)

    def test_zero_keeps_for_ever(self):
        call = self._done(200)
        self._anonymise(0)
        self.assertTrue(self._contents(call))

    def test_each_company_by_its_own_months(self):
        theirs = self._done(
            24,
            user=self.clerk_b,
            partner_id=self.partner_b.id,
            contact_id=False,
        )
        self.assertEqual(theirs.company_id, self.company_b)
        ours = self._done(24)
        self._anonymise(12)
        self.assertTrue(self._contents(theirs))
        self.assertFalse(self._contents(ours))

    def test_what_was_forgotten_unfinished_is_over_and_plans_wait(self):
        unfinished = self._call(
            start=fields.Datetime.now() - relativedelta(months=13), number="02 555"
        )
        planned = self._call(
            state="planned",
            planned_on=fields.Datetime.now() - relativedelta(months=13),
            number="02 555",
        )
        self._anonymise()
        self.assertEqual(unfinished.state, "done")
        self.assertFalse(unfinished.number)
        self.assertEqual((planned.state, planned.number), ("planned", "02 555"))

    def test_a_repeated_message_brings_nothing_back(self):
        call = self._done(13)
        self._anonymise()
        calls = self.env["clerk.call"].with_user(self.clerk)
        answer = calls.log_call(
            {"external_id": "id-13", "direction": "in", "number": "025551212"}
        )
        self.assertEqual(answer, {"id": call.id, "customers": answer["customers"]})
        self.assertFalse(self._contents(call))

    def test_queries_do_not_grow_with_calls(self):
        def count(number):
            calls = self.env["clerk.call"].sudo()
            for index in range(number):
                calls |= self._done(13, external_id=f"{number}-{index}")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            calls._anonymise_overdue()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(12), count(3))

    def test_the_setting_is_no_less_than_nothing(self):
        with self.assertRaisesRegex(Exception, "clerk_call_retention"):
            self._anonymise(-1)


@tagged("post_install", "-at_install")
class TestCallErasure(CallPrivacyCommon):
    """A customer asks to be forgotten."""

    def _erase(self, partner, user=None, reason="Letter of 12 January"):
        return (
            self.env["clerk.call.erase"]
            .with_user(user or self.supervisor)
            .create({"partner_id": partner.id, "reason": reason})
            .action_apply()
        )

    def test_a_customer(self):
        calls = self._done(1) | self._done(2)
        count = self.env["clerk.call"].sudo().search_count([])
        self._erase(self.partner_a)
        self.env.invalidate_all()
        self.assertFalse([c for c in calls if self._contents(c) or c.partner_id])
        self.assertEqual(calls.topic_id, self.topic)
        self.assertEqual(self.env["clerk.call"].sudo().search_count([]), count)
        lines = self._lines(self.partner_a)
        self.assertIn("Contents of 2 calls erased: Letter of 12 January", lines)
        self.assertNotIn("Ada", lines)

    def test_a_contact_leaves_the_customer(self):
        call, other = self._done(1), self._done(2, contact_id=False)
        self._erase(self.contact_a)
        self.assertFalse(self._contents(call))
        self.assertEqual(call.partner_id, self.partner_a)
        self.assertTrue(other.summary)

    def test_plans_to_call_are_dropped(self):
        planned = self._call(state="planned", planned_on=fields.Datetime.now())
        running = self._call()
        self._erase(self.partner_a)
        self.assertEqual((planned.state, running.state), ("dropped", "done"))

    def test_says_how_many_first(self):
        self._done(1)
        request = (
            self.env["clerk.call.erase"]
            .with_user(self.supervisor)
            .new({"partner_id": self.partner_a.id})
        )
        self.assertEqual(request.call_count, 1)

    def test_no_call(self):
        with self.assertRaisesRegex(UserError, "No call of Private Person"):
            self._erase(self.person)

    def test_only_supervisors(self):
        call = self._done(1)
        for user in (self.clerk, self.auditor, self.outsider):
            with self.assertRaises(AccessError):
                self._erase(self.partner_a, user=user)
        self.assertTrue(self._contents(call))

    def test_other_companies_keep_theirs(self):
        theirs = self._done(1, user=self.clerk_b, contact_id=False)
        ours = self._done(2)
        self._erase(self.partner_a)
        self.assertTrue(self._contents(theirs))
        self.assertFalse(self._contents(ours))


@tagged("post_install", "-at_install")
class TestCallExport(HttpCase, CallPrivacyCommon):
    """A customer asks what is known."""

    def _export(self, partner, login="clerk_a"):
        self.authenticate(login, login)
        return self.url_open(f"/clerk/call/export/{partner.id}")

    def _table(self, answer):
        self.assertEqual(answer.status_code, 200, answer.text)
        sheet = load_workbook(io.BytesIO(answer.content)).active
        names, *rows = sheet.iter_rows(values_only=True)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def test_every_call_in_one_file(self):
        invoice = self._posted()
        call = self._done(1, move_ids=[Command.set(invoice.ids)], summary="=1+1")
        self._done(2)
        rows = self._table(self._export(self.partner_a))
        self.assertEqual(len(rows), 2)
        row = rows[0]
        self.assertEqual(row["Number"], call.number)
        self.assertEqual(row["Summary"], "=1+1", "text, and no formula")
        self.assertEqual(row["Invoices"], invoice.display_name)
        self.assertEqual(row["Outcome"], self.outcome.name)
        self.assertEqual(row["Direction"], "Incoming")
        self.assertIn("Exported for the customer: 2 calls", self._lines(self.partner_a))

    def test_a_contact_gets_the_calls_of_their_own(self):
        self._done(1)
        self._done(2, contact_id=False)
        self.assertEqual(len(self._table(self._export(self.contact_a))), 1)

    def test_auditors_may_and_it_is_written_down(self):
        self._done(1)
        action = self.partner_a.with_user(self.auditor).action_export_calls()
        self.assertEqual(action["url"], f"/clerk/call/export/{self.partner_a.id}")
        self._table(self._export(self.partner_a, login="auditor_a"))
        line = self.partner_a.sudo().message_ids.filtered(
            lambda message: "Exported" in message.body
        )
        self.assertEqual(line.author_id, self.auditor.partner_id)

    def test_other_companies_keep_theirs(self):
        self._done(1)
        self._done(2, user=self.clerk_b, contact_id=False)
        self.assertEqual(len(self._table(self._export(self.partner_a))), 1)

    def test_refused(self):
        self._done(1)
        self.assertEqual(
            self._export(self.partner_a, login="outsider_a").status_code, 403
        )
        self.assertNotIn("Exported", self._lines(self.partner_a))
        self.assertEqual(self._export(self.person).status_code, 422)
        with self.assertRaisesRegex(UserError, "No call of"):
            self.person.with_user(self.clerk).action_export_calls()
