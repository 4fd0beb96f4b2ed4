import io
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from openpyxl import load_workbook

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.call.call_privacy import CONTENTS as OF_CALLS
from odoo.addons.invoicing_clerk.models.call.res_partner_erase import WORDS
from odoo.addons.invoicing_clerk.tests import surface
from odoo.addons.invoicing_clerk.tests.call.common import CallCommon

CONTENTS = ("number", "contact_id", "summary", "next_action")


# Texts on records of customers that stay, by law or because nobody says anything there:
# documents, letters and replies as sent, numbers, hashes, results of audits, decisions
# of the company.
KEPT_TEXTS = {
    "clerk.ageing": (
        "content_hash document_hash figures_hash frozen_selection sheet_hash"
    ),
    "clerk.ageing.item": "name ref",
    "clerk.ageing.proof": "account_name",
    "clerk.ageing.row": "customer_name account_name",
    "clerk.applied.payment": "explanation credit_names charge_names",
    "clerk.audit.confirmation": "access_token delivery_error document_hash"
    " document_warning mailed_to name partner_name contact_email proposal answer"
    " answer_seal signed_by answer_ip answer_note merged_from conclusion",
    "clerk.audit.confirmation.difference": "name explanation",
    "clerk.audit.confirmation.item": "name delivered",
    "clerk.audit.pack.item": "error figures files missing name part_sha256",
    "clerk.audit.exception": "res_model facts fingerprint comments clear_reason",
    "clerk.billing.acceptance": "reason",
    "clerk.billing.error": "name resolution",
    "clerk.billing.finding": "facts fingerprint accept_reason accepted_fingerprint",
    "clerk.bounce": "name",
    "clerk.call": "external_id",
    "clerk.correction.batch.item": "note taxes fingerprint",
    "clerk.correction": "name applied_preview proposed_preview_html"
    " proposed_fingerprint refusal_reason sending_error confirmed_changes reference"
    " narration",
    "clerk.receipt": "payer payer_account number drawer_bank text note check_key"
    " bank_reference booking credit_key end_to_end",
    "clerk.receipt.batch": "twin_note",
    "clerk.payer.alias": "alias key",
    "clerk.receipt.match": "error item_names notes payer payer_account text",
    "clerk.remittance": "name",
    "clerk.receipt.document": "name amount_words reference applied_to lang void_reason"
    " document_hash",
    "clerk.reminder.line": "name ref",
    "clerk.reminder.notice": "delivery_error document_hash document_warning"
    " mailed_to name reason_details unapplied",
    "clerk.statement": "access_token delivery_error document_hash document_warning"
    " mailed_to name partner_ref suppression_details exception_codes note merged_from"
    " content_hash",
    "clerk.customer.change": "name known_numbers informed_emails called_number"
    " called_person merged_from refusal_reason problem document_name",
    "clerk.customer.change.line": "field_name holder old_text old_value new_text"
    " new_value",
    "clerk.petty.cash": "name",
    "clerk.petty.count": "name note witness",
    "clerk.customer.document": "name file_name",
    "clerk.customer.kind": "name documents",
    "clerk.customer.pair": "other_name answer reasons",
    "clerk.customer.request": (
        "name customer_name vat registry street street2 zip city email phone website"
        " account note override_reason closed_reason blocked_reason compared_ids"
    ),
    "clerk.document": "name original_name file_hash source note hold_reason",
    "clerk.document.request": "name reason closed_reason reminder_error",
    "clerk.document.request.item": "about wrong_reason waived_reason",
    "clerk.invoice.file": "missing",
    "clerk.exemption": "name number purchase reason_note document_name"
    " rejection_reason",
    "clerk.voucher": "name memo reference approved_account",
    "clerk.voucher.line": "name",
    "clerk.work.item": "res_model points fingerprint",
}


class CallPrivacyCommon(CallCommon):
    """Calls of some months ago, with all their personal data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.is_company = True
        cls.person = cls.env["res.partner"].create({"name": "Private Person"})
        cls.topic = cls.env["clerk.call.topic"].sudo().search([], limit=1)
        outcome = cls.env.ref("invoicing_clerk.call_outcome_resolved")
        cls.outcome = outcome.sudo()

    @classmethod
    def _done(cls, months=0, external_id=None, **values):
        """Log a call of some months ago, with all contents."""
        start = fields.Datetime.now() - relativedelta(months=months, days=1)
        call = cls._call(
            **{
                "number": "+32 2 555 12 12",
                "contact_id": cls.contact_a.id,
                "summary": "Is ill and cannot pay.",
                "topic_id": cls.topic.id,
                "outcome_id": cls.outcome.id,
                "start": start,
                "end": start + timedelta(minutes=3),
                **values,
            }
        )
        call._inside().external_id = external_id or f"id-{months}"
        call._finish()
        return call.sudo()

    def _anonymise(self, months=12):
        self.company_a.clerk_call_retention = months
        self.company_a.clerk_call_retention_confirmed = True
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
    """Calls are anonymised at the end of their retention."""

    def test_contents_are_removed_and_figures_stay(self):
        old, young = self._done(13), self._done(11)
        reports = self.env["clerk.call.report"].with_user(self.supervisor)
        groupby = ["topic_id", "outcome_id", "user_id", "partner_id"]
        sums = ["__count", "duration:sum"]
        self.env.flush_all()
        before = reports._read_group([], groupby, sums)
        self._anonymise(12)
        self.assertEqual(reports._read_group([], groupby, sums), before)
        self.assertFalse(self._contents(old))
        self.assertTrue(old.anonymised_on)
        self.assertEqual(old.duration, 3)
        self.assertEqual(old.external_id, "id-13", "it identifies repeated messages")
        self.assertEqual(len(self._contents(young)), 3)
        self.assertFalse(young.anonymised_on)

    def test_customers_who_are_persons_are_removed(self):
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

    def test_messages_attachments_and_activities_are_removed(self):
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

    def test_nothing_is_removed_before_the_period_is_confirmed(self):
        """A default must not delete what nobody decided to delete."""
        company = self.env["res.company"].sudo().create({"name": "New Company"})
        self.assertEqual(company.clerk_call_retention, 24)
        self.assertFalse(company.clerk_call_retention_confirmed)
        call = self._done(30)
        self.company_a.clerk_call_retention = 24
        self.assertNotIn(call, self.env["clerk.call"].sudo().search(self._expired()))
        self.company_a.clerk_call_retention_confirmed = True
        self.assertIn(call, self.env["clerk.call"].sudo().search(self._expired()))

    def _expired(self):
        return self.env["clerk.call"].sudo()._expired_domain()

    def test_zero_keeps_calls_forever(self):
        call = self._done(200)
        self._anonymise(0)
        self.assertTrue(self._contents(call))

    def test_retention_of_each_company(self):
        of_company_b = self._done(
            24,
            user=self.clerk_b,
            partner_id=self.partner_b.id,
            contact_id=False,
        )
        self.assertEqual(of_company_b.company_id, self.company_b)
        of_company_a = self._done(24)
        self._anonymise(12)
        self.assertTrue(self._contents(of_company_b))
        self.assertFalse(self._contents(of_company_a))

    def test_calls_in_progress_end_and_planned_calls_wait(self):
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

    def test_repeated_message_restores_nothing(self):
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
            return self._count_queries(calls._anonymise_expired)

        count(1)
        few = count(3)
        self._assert_no_more_queries(few, count(12))

    def test_the_number_of_months_is_not_negative(self):
        with self.assertRaisesRegex(Exception, "clerk_call_retention"):
            self._anonymise(-1)


@tagged("post_install", "-at_install")
class TestCallErasure(CallPrivacyCommon):
    """Calls are erased at the request of a customer or contact."""

    def _erase(self, partner, user=None, reason="Letter of 12 January"):
        return (
            self.env["clerk.call.erase"]
            .with_user(user or self.supervisor)
            .create({"partner_id": partner.id, "reason": reason})
            .action_apply()
        )

    def test_erasure_of_a_customer(self):
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

    def test_erasure_of_a_contact_keeps_the_customer(self):
        call, other = self._done(1), self._done(2, contact_id=False)
        self._erase(self.contact_a)
        self.assertFalse(self._contents(call))
        self.assertEqual(call.partner_id, self.partner_a)
        self.assertTrue(other.summary)

    def _person(self):
        """Return a customer who is a person, with everything that may be kept."""
        person = self.person.with_user(self.clerk)
        person.write({"clerk_alert": "Is ill", "statement_stop_reason": "Is ill"})
        person.with_context(mail_notrack=False).write({"clerk_alert": "Very ill"})
        invoice = self._posted(partner=self.person)
        error = self._open_error(invoice, description="I was ill.")
        error.message_post(body="She said she is ill.", subtype_xmlid="mail.mt_note")
        promise = self.env["clerk.promise"].with_user(self.clerk)
        promise = promise.create(
            {
                "move_ids": self._posted(partner=self.person).ids,
                "date": fields.Date.today() + timedelta(days=7),
                "note": "After the hospital.",
            }
        )
        call = self._done(1, partner_id=self.person.id, contact_id=False)
        dialog = self.env["clerk.call.note"].with_user(self.clerk)
        dialog = dialog.create({"call_id": call.id, "note": "Ill until May"})
        dialog.action_apply()
        self._plan_and_note(self.person, error, promise, invoice)
        return error.sudo(), promise.sudo(), dialog.sudo()

    def _plan_and_note(self, *records):
        """Leave words in activities, scheduled notes, searches and dialogs."""
        for record in records:
            own = record.with_user(self.clerk)
            own.activity_schedule(summary="Is ill", note="Ill until May")
            done = own.activity_schedule(summary="Ask whether still ill")
            done.action_feedback(feedback="Still ill")
            own.message_post(
                body="Is ill", message_type="comment", subtype_xmlid="mail.mt_note"
            )
            self.env["mail.scheduled.message"].with_user(self.clerk).create(
                {
                    "model": record._name,
                    "res_id": record.id,
                    "body": "Ask when no longer ill",
                    "is_note": True,
                    "author_id": self.clerk.partner_id.id,
                    "scheduled_date": fields.Datetime.now() + timedelta(days=9),
                }
            )
        _person, error, promise, _invoice = records
        error.sudo().waiting_reason = "She is ill"
        promise.sudo().withdrawn_reason = "She is ill"
        dialogs = self.env["clerk.promise.withdraw"].with_user(self.clerk)
        dialogs.create({"promise_ids": promise.ids, "reason": "She is ill"})
        searches = self.env["clerk.find"].with_user(self.clerk)
        searches.create({"text": f"{self.person.name} ill"})
        self._work_on(self.person)

    def _work_on(self, person):
        worklists = self.env["clerk.worklist"].sudo()
        worklist = worklists.search([("model", "=", "res.partner")], limit=1)
        self.env["clerk.work.item"].sudo().create(
            {
                "worklist_id": worklist.id,
                "res_model": "res.partner",
                "res_id": person.id,
                "partner_id": person.id,
                "note": "Is ill",
                "snooze_reason": "ill",
                "before": {"note": "ill"},
            }
        )

    def test_everything_that_was_said_by_a_person_is_erased(self):
        """Would have caught each place that kept words after the calls had gone."""
        error, promise, dialog = self._person()
        self.person._message_log(body="Is ill, says the neighbour.")
        self.env.flush_all()
        self.env.cr.precommit.run()
        self._erase(self.person)
        self.env.flush_all()
        self.env.invalidate_all()
        person = self.person.sudo()
        self.assertFalse(person.clerk_alert)
        self.assertEqual(person.statement_stop_reason, "Erased", "they stay stopped")
        self.assertFalse(error.description or promise.note)
        self.assertFalse(dialog.exists())
        for record in (person, error, promise):
            self.assertNotRegex(self._lines(record), "(?i)ill|hospital|neighbour")
        self.assertIn("Contents of 1 call erased", self._lines(person))
        self.assertFalse(self._texts_of("ill"), "nothing is left in any table")

    def _texts_of(self, word):
        """Return the tables in which a word is left in messages, changes or dialogs."""
        found = []
        for table, column in self._text_columns():
            self.env.cr.execute(
                SQL(
                    "SELECT 1 FROM %s WHERE %s::text ~* %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    rf"\m{word}\M",
                )
            )
            found += [f"{table}.{column}"] * self.env.cr.rowcount
        return found

    def _text_columns(self):
        """Return the texts of chatter, of activities and of all models of ours."""
        models = ["mail.message", "mail.tracking.value", "mail.activity"]
        models += ["mail.scheduled.message", *surface.models_of_ours(self.env)]
        return [
            (self.env[name]._table, field.name)
            for name in models
            if self.env[name]._auto and name != "clerk.call.erase"
            for field in self.env[name]._fields.values()
            if field.type in ("char", "text", "html", "json") and field.column_type
            if field.store
        ]

    def test_every_text_about_a_customer_is_erased_or_kept_for_a_reason(self):
        """A new field for words of customers fails here until it is decided on."""
        calls, about = self.env["clerk.call"], {}
        for name in surface.models_of_ours(self.env):
            model = self.env[name]
            links = {"partner_id", "contact_id"} & model._fields.keys()
            if model._transient or not model._auto or not links:
                continue
            about[name] = {
                field.name
                for field in model._fields.values()
                if field.type in ("char", "text", "html", "json") and field.store
                if not field.related and not field.name.startswith("message_")
            }
        erased = {**WORDS, calls._name: OF_CALLS}
        for name, names in about.items():
            with self.subTest(model=name):
                kept = set(KEPT_TEXTS.get(name, "").split())
                self.assertEqual(names - {*erased.get(name, ())}, kept)

    def test_exports_stay_on_record(self):
        self._done(1)
        self.partner_a.with_user(self.clerk)._exported_calls()
        self._erase(self.partner_a)
        self.assertIn("Calls exported for the customer", self._lines(self.partner_a))

    def test_links_of_all_modules_are_removed(self):
        calls = self.env["clerk.call"]
        kind = self.env.registry["clerk.call.link"]
        links = {
            model._call_field
            for model in self.env.registry.values()
            if issubclass(model, kind) and not model._abstract
        }
        self.assertGreaterEqual(set(calls._customer_fields()), links)

    def test_dialog_without_a_customer(self):
        """Would have caught the error of Python when it was called by its name."""
        dialogs = self.env["clerk.call.erase"].with_user(self.supervisor)
        with self.assertRaisesRegex(UserError, "Select one record"):
            dialogs.action_apply()

    def test_planned_calls_are_dropped(self):
        planned = self._call(state="planned", planned_on=fields.Datetime.now())
        running = self._call()
        self._erase(self.partner_a)
        self.assertEqual((planned.state, running.state), ("dropped", "done"))

    def test_number_of_calls_is_shown_first(self):
        self._done(1)
        request = (
            self.env["clerk.call.erase"]
            .with_user(self.supervisor)
            .new({"partner_id": self.partner_a.id})
        )
        self.assertEqual(request.call_count, 1)

    def test_customer_without_calls(self):
        with self.assertRaisesRegex(UserError, "There are no calls of Private Person"):
            self._erase(self.person)

    def test_only_supervisors(self):
        call = self._done(1)
        for user in (self.clerk, self.auditor, self.outsider):
            with self.assertRaises(AccessError):
                self._erase(self.partner_a, user=user)
        self.assertTrue(self._contents(call))

    def test_other_companies_keep_theirs(self):
        of_company_b = self._done(1, user=self.clerk_b, contact_id=False)
        of_company_a = self._done(2)
        self._erase(self.partner_a)
        self.assertTrue(self._contents(of_company_b))
        self.assertFalse(self._contents(of_company_a))


@tagged("post_install", "-at_install")
class TestCallExport(HttpCase, CallPrivacyCommon):
    """Calls are exported at the request of a customer or contact."""

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
        self.assertEqual(row["Summary"], "=1+1", "text, not a formula")
        self.assertEqual(row["Invoices"], invoice.display_name)
        self.assertEqual(row["Outcome"], self.outcome.name)
        self.assertEqual(row["Direction"], "Incoming")
        self.assertIn("Calls exported for the customer: 2", self._lines(self.partner_a))

    def test_export_of_a_contact(self):
        self._done(1)
        self._done(2, contact_id=False)
        self.assertEqual(len(self._table(self._export(self.contact_a))), 1)

    def test_exports_of_auditors_are_logged(self):
        self._done(1)
        action = self.partner_a.with_user(self.auditor).action_export_calls()
        self.assertEqual(action["url"], f"/clerk/call/export/{self.partner_a.id}")
        self._table(self._export(self.partner_a, login="auditor_a"))
        line = self.partner_a.sudo().message_ids.filtered(
            lambda message: "Calls exported" in message.body
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
        self.assertNotIn("Calls exported", self._lines(self.partner_a))
        self.assertEqual(self._export(self.person).status_code, 422)
        with self.assertRaisesRegex(UserError, "There are no calls of"):
            self.person.with_user(self.clerk).action_export_calls()
