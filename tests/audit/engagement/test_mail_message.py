from functools import partial
from itertools import cycle, product

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.audit.engagement.mail_message import (
    EVIDENCE_FIELDS,
)
from odoo.addons.invoicing_clerk.models.audit.engagement.mail_thread import SILENT
from odoo.addons.invoicing_clerk.tests.audit.test.common import AuditTestCommon

# What callers may send along, so that checks are skipped or changes leave no trace.
EVASIONS = (
    *("_force_unlink", "tracking_disable", "mail_notrack", "active_test"),
    *("install_mode", "import_file", "clerk_inside", "clerk_trail", "clerk_delivering"),
)


class TrailCommon(AuditTestCommon):
    """Tracked changes of an entry, a customer and a case, and those who made them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Tracking is switched off in tests by default.
        cls.env = cls.env(
            context={
                **cls.env.context,
                "tracking_disable": False,
                "mail_notrack": False,
                "mail_create_nolog": False,
            }
        )
        cls.accountant = cls._new_user("accountant_t", "account.group_account_manager")
        cls.admin = cls._new_user("admin_t", "base.group_system")
        cls.people = cls.clerk | cls.supervisor | cls.accountant | cls.admin

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(20)
        self._told()
        self.invoice.button_draft()
        self._told()
        self.invoice.action_post()
        self.customer = self.invoice.partner_id
        self.customer.credit_limit = 700
        self.case = self._case()
        self._told()

    def _case(self):
        case = self._open_error(self.invoice)
        self._told()
        case.sudo().user_id = self.colleague
        return case

    def _told(self):
        """Write tracking values, as the end of a transaction does."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def _tracked(self, record):
        messages = (
            self.env["mail.message"]
            .sudo()
            .search([("model", "=", record._name), ("res_id", "=", record.id)])
        )
        tracked = messages.filtered("tracking_value_ids")
        self.assertTrue(tracked, record._name)
        return tracked[:1]

    def _refused(self, act):
        """Not `assertRaises`, whose savepoint empties the cache each time."""
        try:
            with self.env.cr.savepoint():
                act()
        except UserError as error:
            return str(error)
        return ""

    def _notices(self):
        """Return what the auditor was notified of, the last first."""
        return (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("subject", "like", "Audit trail of"),
                    ("partner_ids", "in", self.auditor.partner_id.ids),
                ],
                order="id desc",
            )
        )


@tagged("post_install", "-at_install")
class TestMailMessage(TrailCommon):
    """Nobody deletes or rewrites tracked changes that an engagement covers.

    The sweep would have caught: a clerk deleted the messages of an invoice that was
    reset and posted again, and it was gone from its test; with ``_force_unlink`` in the
    context, as in an uninstallation, it still worked.
    """

    def test_no_message_is_deleted_or_rewritten(self):
        tried = 0
        for record in (self.invoice, self.customer, self.case):
            message = self._tracked(record)
            for user in self.people:
                for attempt, act in self._attempts(message, user, record):
                    with self.subTest(record._name, what=attempt, user=user.login):
                        refusal = self._refused(act)
                        self.assertRegex(refusal, "Annual accounts 2026|of an audit")
                    tried += 1
        self.assertGreater(tried, 150)

    def _changed_elsewhere(self):
        """Return records of accounting beside entries, each with a tracked change."""
        payment = self._pay(self._invoice(30))
        self._told()
        payment.action_draft()
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "BE71096123456769", "partner_id": self.customer.id}
        )
        self._told()
        bank.acc_holder_name = "Somebody else"
        account = self.company_data["default_account_revenue"]
        account.name = "Other revenue"
        tax = self.company_data["default_tax_sale"]
        self._posted((1, 10.0), taxes=tax)
        self._told()
        tax.name = "Other tax"
        self._told()
        return [payment, bank, account, tax]

    def test_payments_accounts_taxes_and_bank_accounts_too(self):
        """A clerk deleted the messages of a payment that was reset to draft."""
        tried = 0
        for record in self._changed_elsewhere():
            message = self._tracked(record)
            for user in self.people:
                for attempt, act in self._attempts(message, user, record):
                    if attempt.startswith("record "):
                        continue
                    with self.subTest(record._name, what=attempt, user=user.login):
                        self.assertRegex(self._refused(act), "Annual accounts 2026")
                    tried += 1
        self.assertGreater(tried, 150)

    def test_payments_that_were_never_posted_are_deleted(self):
        payment = self.env["account.payment"].create(
            {"amount": 5, "partner_id": self.customer.id, "payment_type": "inbound"}
        )
        self._told()
        payment.amount = 7
        self._told()
        payment.with_user(self.clerk).unlink()
        self.assertFalse(payment.exists())

    def _attempts(self, message, user, record):
        """Yield attempts, with the rights of the user, and as code with more rights."""
        own = message.with_user(user).sudo()
        values = own.tracking_value_ids
        for key in ("", *EVASIONS):
            context = {key: True} if key else {}
            yield f"delete {key}", own.with_context(**context).unlink
            yield f"delete values {key}", values.with_context(**context).unlink
        yield "rewrite values", lambda: values[:1].write({"old_value_char": "Posted"})
        yield (
            "move values",
            lambda: values[:1].write({"mail_message_id": self._note(record).id}),
        )
        for name, value in self._other_values(record).items():
            yield name, lambda name=name, value=value: own.write({name: value})
        thread = record.with_user(user).sudo()
        yield (
            "content",
            lambda: thread._message_update_content(own, body="", strict=False),
        )
        if record == self.invoice:
            yield "posted before", lambda: thread.write({"posted_before": False})
        for key in EVASIONS if record != self.customer else ():
            forced = thread.with_context(**{"force_delete": True, key: True})
            yield f"record {key}", forced.unlink

    def _note(self, record):
        return record.sudo().message_post(body="Note")

    def _other_values(self, record):
        return {
            "body": "Nothing happened",
            "subject": "Nothing",
            "tracking_value_ids": [Command.clear()],
            "model": "res.country",
            "res_id": record.id + 1000,
            "date": "2020-01-01",
            "author_id": self.outsider.partner_id.id,
            "author_guest_id": self.env["mail.guest"].create({"name": "Guest"}).id,
            "email_from": "somebody@example.com",
            "message_type": "comment",
            "subtype_id": self.env.ref("mail.mt_comment").id,
        }

    def test_the_sweep_has_every_field_of_evidence(self):
        self.assertEqual(self._other_values(self.invoice).keys(), EVIDENCE_FIELDS)

    def test_users_are_refused_with_their_own_rights(self):
        for user in self.people:
            own = self._tracked(self.invoice).with_user(user)
            with self.subTest(user.login):
                self.assertTrue(self._refused(own.unlink))
                self.assertTrue(self._refused(partial(own.write, {"body": "No"})))

    def test_reposted_invoice_is_found_after_attempts(self):
        for message in self._tracked(self.invoice).search(
            [("model", "=", "account.move"), ("res_id", "=", self.invoice.id)]
        ):
            self._refused(message.with_user(self.accountant).unlink)
        found = self._found(self._run("REPOSTED"))
        self.assertEqual(found, [("reposted", self.invoice.name, 20)])

    def test_tracking_cannot_be_switched_off_by_the_caller(self):
        """Table: silent changes of entries, their items, customers and our records.

        Would have caught: only the state of entries was tracked. An invoice that was
        reset could get another reference, other lines and prices, and a customer
        another credit limit, without a trace.
        """
        for key, (what, record, person, change) in product(SILENT, self._changes()):
            with self.subTest(what, key=key):
                self._told()
                before = self._values(record)
                silent = record.with_user(person).with_context(**{key: True})
                change(silent.with_context(force_delete=True))
                self._told()
                self.assertTrue(self._values(record) - before)

    def _changes(self):
        draft = self._invoice(30)
        draft.button_draft()
        amounts = iter(range(1000, 9999))
        case, customer = self.case, self.customer
        people = cycle(self.people[:2])
        accountant = self.accountant
        yield "reset", self._invoice(20), accountant, self._repost
        yield (
            "reference",
            draft,
            accountant,
            lambda each: each.write({"ref": f"Order {next(amounts)}"}),
        )
        yield (
            "price",
            draft,
            accountant,
            lambda each: each.invoice_line_ids[:1].write({"price_unit": next(amounts)}),
        )
        yield (
            "price by command",
            draft,
            accountant,
            lambda each: each.write(
                {
                    "invoice_line_ids": [
                        Command.update(
                            each.invoice_line_ids[:1].id,
                            {"price_unit": next(amounts)},
                        )
                    ]
                }
            ),
        )
        yield (
            "new line",
            draft,
            accountant,
            lambda each: each.write(
                {"invoice_line_ids": [Command.create({"name": "x", "price_unit": 7})]}
            ),
        )
        yield (
            "line removed",
            draft,
            accountant,
            lambda each: each.invoice_line_ids[-1:].unlink(),
        )
        yield (
            "credit limit",
            customer,
            self.supervisor,
            lambda each: each.write({"credit_limit": next(amounts)}),
        )
        yield (
            "case",
            case,
            self.supervisor,
            lambda each: each.write({"user_id": next(people).id}),
        )

    def _repost(self, invoice):
        invoice.button_draft()
        self._told()
        invoice.action_post()

    def _values(self, record):
        """Return the values tracked on a record."""
        self.env.invalidate_all()
        return (
            self.env["mail.message"]
            .sudo()
            .search([("model", "=", record._name), ("res_id", "=", record.id)])
            .tracking_value_ids
        )

    # Not in the way

    def test_notes_and_drafts_are_deleted(self):
        note = self.invoice.message_post(body="Note")
        note.sudo().unlink()
        draft = self.env["account.move"].create({"move_type": "out_invoice"})
        self._told()
        draft.partner_id = self.customer
        self._told()
        draft.unlink()
        self.assertFalse(draft.exists())

    def test_contact_without_entries_is_deleted(self):
        contact = self.env["res.partner"].create({"name": "New"})
        self._told()
        contact.credit_limit = 5
        self._told()
        self._tracked(contact)
        contact.unlink()
        self.assertFalse(contact.exists())

    def test_nothing_is_covered_without_an_engagement(self):
        for change in (
            {"state": "closed"},
            {"company_id": self.company_b.id},
            {"date_from": "2090-01-01", "date_to": "2090-12-31"},
        ):
            with self.subTest(change), self.env.cr.savepoint() as savepoint:
                self._write_audits(**change)
                self._tracked(self.invoice).unlink()
                savepoint.rollback()
                self._forget_audits()
        self.assertTrue(self._refused(self._tracked(self.invoice).unlink))

    def _write_audits(self, **values):
        self.env.flush_all()
        pairs = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value)
            for name, value in values.items()
        )
        self.env.cr.execute(SQL("UPDATE clerk_audit SET %s", pairs))
        self._forget_audits()

    def _forget_audits(self):
        """Forget what is cached of engagements, as writes by the ORM do."""
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def test_entries_of_the_period_keep_older_messages(self):
        message = self._tracked(self.invoice)
        self._tamper(message, date="2025-12-01 10:00:00")
        self.assertTrue(self._refused(message.unlink))
        message = self._tracked(self.customer)
        self._tamper(message, date="2025-12-01 10:00:00")
        self.assertFalse(self._refused(message.unlink))

    # The auditors learn of it

    def test_auditors_are_notified_of_what_the_system_does(self):
        log = self.env["clerk.audit.access"].sudo()
        self.assertFalse(log.search([("action", "=", "trail")]))
        self._tracked(self.invoice).with_user(SUPERUSER_ID).unlink()
        entries = log.search([("action", "=", "trail")])
        self.assertEqual(entries.audit_id, log.audit_id.search([]))
        self.assertEqual(len(entries), len(entries.audit_id))
        self.assertIn(self.invoice.name, entries[0].description)
        self.assertTrue(self._notices())

    def test_auditors_of_closed_engagements_are_notified(self):
        """Would have caught: once it was closed, its evidence went unnoticed."""
        self.env["clerk.audit"].sudo().search([]).write({"state": "closed"})
        later = self._tracked(self.case)
        for message in (self._tracked(self.invoice), self._tracked(self.customer)):
            with self.subTest(message.model):
                before = self._notices()
                self._tamper(message, date="2026-12-31 23:00:00")
                self.assertFalse(
                    self._refused(message.with_user(self.clerk).sudo().unlink)
                )
                self.assertTrue(self._notices() - before)
        before = self._notices()
        self._tamper(later, date="2027-01-01 01:00:00")
        later.unlink()
        self.assertFalse(self._notices() - before)

    def test_auditors_are_notified_if_others_end_the_coverage(self):
        for number, act in enumerate(
            (
                lambda audit: audit.write({"date_from": "2026-12-30"}),
                lambda audit: audit.write(
                    {"auditor_ids": [Command.set(self.other_auditor.ids)]}
                ),
                lambda audit: audit.write({"state": "closed"}),
                lambda audit: audit.unlink(),
            ),
            1,
        ):
            audit = self._audit(name=f"Engagement {number}")
            before = self._notices()
            act(audit.with_user(self.supervisor))
            notices = self._notices() - before
            self.assertEqual(len(notices), 1)
            self.assertIn(f"Engagement {number}", notices.body)
            log = self.env["clerk.audit.access"].sudo()
            entries = log.search([("action", "=", "trail")])
            self.assertIn(f"Engagement {number}", entries[0].description)

    def test_auditors_end_the_coverage_themselves(self):
        self.audit.with_user(self.auditor).write({"state": "closed"})
        self.assertFalse(self._notices())

    def test_erased_calls_are_noted(self):
        call = (
            self.env["clerk.call"]
            .with_user(self.clerk)
            .create({"partner_id": self.customer.id, "start": "2026-03-10 10:00:00"})
        )
        note = call.sudo().message_post(body="Moved")
        self.env["mail.tracking.value"].sudo().create(
            {
                "mail_message_id": note.id,
                "field_id": self.env["ir.model.fields"]
                .sudo()
                ._get("clerk.call", "state")
                .id,
                "old_value_char": "Planned",
            }
        )
        self.assertTrue(self._refused(note.unlink))
        call._remove_traces()
        self.assertFalse(note.exists())
        self.assertTrue(self._notices())

    def test_merge_of_customers_is_noted(self):
        double = self.env["res.partner"].create(
            {"name": "Double", "email": self.customer.email}
        )
        messages = self._tracked(self.customer)
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (self.customer | double).ids, double
        )
        self.assertEqual(messages.res_id, double.id)
        log = self.env["clerk.audit.access"].sudo()
        self.assertTrue(log.search([("action", "=", "trail")]))

    # Core's restrictive audit trail

    def test_tests_state_whether_the_trail_was_restricted(self):
        before = self._run("REPOSTED")
        self.assertFalse(before.is_trail_restricted)
        self._restrict()
        self.assertFalse(before.is_trail_restricted)
        before.with_user(self.auditor).action_run_again()
        again = before.search([("previous_id", "=", before.id)])
        self.assertTrue(again.is_trail_restricted)

    def _restrict(self):
        user = self._new_user("both", "account.group_account_manager")
        user.sudo().group_ids |= self.env.ref("invoicing_clerk.group_supervisor")
        self.audit.with_user(user).action_restrict_trail()

    def test_who_switches_the_trail_on(self):
        for user in self.supervisor | self.auditor:
            audit = self.audit.with_user(user)
            self.assertFalse(audit.may_restrict_trail)
            with self.assertRaisesRegex(AccessError, "accounting administrators"):
                audit.action_restrict_trail()
        self.assertFalse(self.company_a.restrictive_audit_trail)
        self._restrict()
        self.assertTrue(self.company_a.restrictive_audit_trail)
        self.assertTrue(self.audit.is_trail_restricted)
