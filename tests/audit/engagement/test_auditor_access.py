from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tests import new_test_user, tagged

from odoo.addons.invoicing_clerk.tests.audit.confirmation.common import (
    ConfirmationCommon,
)

PREFIXES = ("clerk.", "account.", "product.")
OTHER_MODELS = (
    "res.partner",
    "res.partner.bank",
    "res.partner.category",
    "res.partner.industry",
    "res.bank",
    "res.company",
    "res.currency",
    "res.currency.rate",
    "uom.uom",
    "analytic.mixin",
)
# Write access of auditors without another role: audit work only. Confirmations are
# created by their run; nobody can write signed, frozen or shipped data.
WRITES = {
    # Their own reports: figures of a day, which change nothing else.
    "clerk.ageing": "create write unlink",
    "clerk.audit": "write",
    "clerk.audit.query": "create write unlink",
    "clerk.audit.request": "create write unlink",
    "clerk.audit.run": "create write unlink",
    "clerk.audit.sample": "create write unlink",
    "clerk.audit.sample.item": "write",
    "clerk.audit.pack": "create write unlink",
    "clerk.audit.finding": "create write unlink",
    "clerk.audit.confirmation.run": "create write unlink",
    "clerk.audit.confirmation": "write unlink",
    "clerk.audit.confirmation.difference": "create write unlink",
}
# Dialogs: the access rights of what they change apply.
DIALOGS = {
    "clerk.ageing.comparison",
    "clerk.ageing.comparison.line",
    "clerk.audit.exception.step",
    "clerk.audit.request.apply",
    "clerk.audit.request.import",
    "clerk.audit.request.clarify",
    "clerk.audit.confirmation.paper",
    "clerk.audit.confirmation.paper.line",
    "clerk.document.send",
    "clerk.find",
    "clerk.payment.back.test",
    "clerk.payment.back.test.line",
    "clerk.statement.comparison",
    "clerk.statement.comparison.line",
}


@tagged("post_install", "-at_install")
class TestAuditorAccess(ConfirmationCommon):
    """Access rights of auditors by model, and visibility of engagements."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted(taxes=cls.no_tax)
        cls.payment = cls._pay(cls._posted(taxes=cls.no_tax))

    def _models(self):
        return [
            self.env[name].with_user(self.auditor)
            for name in sorted(self.env.registry)
            if name.startswith(PREFIXES) or name in OTHER_MODELS
        ]

    def test_every_model(self):
        """Access rights are exactly those listed above."""
        access = {}
        dialogs = set()
        for model in self._models():
            if model._abstract:
                continue
            can = [
                operation
                for operation in ("create", "write", "unlink")
                if model.has_access(operation)
            ]
            if can and model._transient:
                dialogs.add(model._name)
            elif can:
                access[model._name] = " ".join(can)
        ours = {name for name in dialogs if name.startswith("clerk.")}
        self.assertEqual(access, WRITES)
        self.assertEqual(ours, DIALOGS)
        self.assertFalse(
            {name for name in dialogs - ours if name in self._dialogs_that_write()}
        )

    def _dialogs_that_write(self):
        """Return dialogs of core that create or change documents and payments."""
        return {
            "account.payment.register",
            "account.move.reversal",
            "account.debit.note",
            "account.move.send.wizard",
            "account.move.send.batch.wizard",
            "account.resequence.wizard",
            "account.secure.entries.wizard",
            "account.validate.account.move",
            "account.automatic.entry.wizard",
            "account.merge.wizard",
            "account.bank.statement.import",
        }

    def test_auditors_read_all_models(self):
        unreadable = {
            model._name
            for model in self._models()
            if model._name.startswith("clerk.")
            and not model._abstract
            and not model._transient
            and not model.has_access("read")
        }
        # Seals of files are for administrators; banners tell what is wrong with a file.
        # The setup is the supervisors' work. Checkpoints say how far a job has read,
        # and departures which balances it has to compute.
        self.assertEqual(
            unreadable,
            {
                "clerk.checkpoint",
                "clerk.evidence.file",
                "clerk.receivable.departure",
                "clerk.setup.step",
            },
        )

    def test_real_records(self):
        """Access rights hold for actual records."""
        error = self._open_error(self.invoice)
        statement_run = self._run()
        records = (
            (self.invoice, {"ref": "changed"}),
            (
                self.invoice.line_ids[:1],
                {"name": "changed", "move_id": self.invoice.id},
            ),
            (self.payment, {"memo": "changed"}),
            (self.partner_a, {"name": "changed"}),
            (self.partner_a, {"email": "changed@example.com"}),
            (
                self.env["res.partner.bank"].create(
                    {"acc_number": "DE1", "partner_id": self.partner_a.id}
                ),
                {"acc_number": "DE2"},
            ),
            (self.product_a, {"list_price": 1}),
            (self.company_data["default_journal_sale"], {"name": "changed"}),
            (self.company_data["default_account_revenue"], {"name": "changed"}),
            (error, {"description": "changed"}),
            (statement_run, {"minimum": 1}),
        )
        for record, values in records:
            audited = record.with_user(self.auditor)
            with self.assertRaises(AccessError, msg=record):
                audited.write(values)
            with self.assertRaises(AccessError, msg=record):
                audited.unlink()
            with self.assertRaises(AccessError, msg=record):
                audited.create(values)
        for step in ("button_draft", "button_cancel", "action_post"):
            with self.assertRaises(AccessError):
                getattr(self.invoice.with_user(self.auditor), step)()

    # Messages and emails

    def _nothing_went_out(self):
        self.env.flush_all()
        mails = self.env["mail.mail"].sudo().search([("author_id", "=", self.me)])
        self.assertFalse(mails)
        self.assertFalse(self.postbox.mails)

    @property
    def me(self):
        return self.auditor.partner_id.id

    def test_no_messages_on_read_only_records(self):
        for record in (self.invoice, self.partner_a, self.payment):
            audited = record.with_user(self.auditor)
            attempts = (
                lambda audited=audited: audited.message_post(body="Hello"),
                lambda audited=audited: audited.message_post(
                    body="Hello", partner_ids=self.partner_a.ids
                ),
                lambda audited=audited: audited.message_notify(
                    body="Hello", subject="x", partner_ids=self.partner_a.ids
                ),
                lambda audited=audited: audited.activity_schedule(
                    "mail.mail_activity_data_todo", user_id=self.clerk.id
                ),
                lambda audited=audited: self._composer(audited).action_send_mail(),
                lambda audited=audited: self._composer(
                    audited, composition_mode="mass_mail"
                ).action_send_mail(),
                lambda audited=audited: self._scheduled(audited),
                lambda audited=audited: self._attachment(audited),
            )
            for number, attempt in enumerate(attempts):
                with self.assertRaises(AccessError, msg=(record, number)):
                    attempt()
        self._nothing_went_out()

    def _composer(self, record, **values):
        composers = self.env["mail.compose.message"].with_user(self.auditor)
        return composers.create(
            {
                "model": record._name,
                "res_ids": str(record.ids),
                "subject": "Hello",
                "body": "Hello",
                "partner_ids": [Command.set(self.partner_a.ids)],
                **values,
            }
        )

    def _scheduled(self, record):
        return (
            self.env["mail.scheduled.message"]
            .with_user(self.auditor)
            .create(
                {
                    "model": record._name,
                    "res_id": record.id,
                    "body": "Hello",
                    "author_id": self.me,
                    "scheduled_date": "2099-01-01",
                    "partner_ids": [Command.set(self.partner_a.ids)],
                }
            )
        )

    def _attachment(self, record):
        return (
            self.env["ir.attachment"]
            .with_user(self.auditor)
            .create(
                {
                    "name": "x",
                    "raw": b"x",
                    "res_model": record._name,
                    "res_id": record.id,
                }
            )
        )

    def test_followers_write_no_more_than_others(self):
        audited = self.invoice.with_user(self.auditor)
        audited.message_subscribe(self.auditor.partner_id.ids)
        with self.assertRaises(AccessError):
            audited.message_post(body="Hello")

    def test_no_email_by_template(self):
        template = self.env.ref("account.email_template_edi_invoice")
        with self.assertRaises(AccessError):
            template.with_user(self.auditor).send_mail(self.invoice.id)
        self._nothing_went_out()

    def test_no_email_to_customers_from_audit_work(self):
        audit = self.audit.with_user(self.auditor)
        audit.message_post(body="A note")
        with self.assertRaisesRegex(UserError, "cannot be notified"):
            audit.message_post(body="Hello", partner_ids=self.partner_a.ids)
        with self.assertRaises(AccessError):
            self.env["mail.thread"].with_user(self.auditor).message_notify(
                body="Hello", subject="x", partner_ids=self.partner_a.ids
            )
        self._nothing_went_out()
        audit.message_post(body="Please look", partner_ids=self.clerk.partner_id.ids)

    def test_other_users_are_not_affected(self):
        self.invoice.with_user(self.clerk).message_post(
            body="Hello", partner_ids=self.partner_a.ids
        )
        both = self._new_user("both", "invoicing_clerk.group_auditor")
        both.group_ids += self.env.ref("invoicing_clerk.group_clerk")
        self.invoice.with_user(both).message_post(
            body="Hello", partner_ids=self.partner_a.ids
        )
        accountant = new_test_user(
            self.env, login="reader", groups="account.group_account_readonly"
        )
        accountant.write(
            {
                "company_ids": [Command.link(self.company_a.id)],
                "company_id": self.company_a.id,
            }
        )
        self.invoice.with_user(accountant).message_post(body="Core lets readers write")

    def test_no_export(self):
        self.assertFalse(self.auditor.has_group("base.group_allow_export"))
        with self.assertRaises(AccessError):
            self.env["ir.exports"].with_user(self.auditor).create(
                {"name": "x", "resource": "account.move"}
            )

    def test_no_billing_error_no_correction(self):
        with self.assertRaises(AccessError):
            self._open_error(self.invoice, user=self.auditor)
        error = self._open_error(self.invoice)
        with self.assertRaises(AccessError):
            error.with_user(self.auditor).action_propose_correction()

    def test_audit_menu(self):
        menus = self.env["ir.ui.menu"].with_user(self.auditor)
        seen = menus.browse(menus._visible_menu_ids())
        root = self.env.ref("invoicing_clerk.menu_audit")
        below = menus.search([("id", "child_of", root.id)]) & seen
        models = {menu.action.res_model for menu in below if menu.action}
        self.assertIn("clerk.audit", models)
        self.assertFalse(
            {name for name in models if not name.startswith("clerk.audit")}
        )
        outsider = self.env["ir.ui.menu"].with_user(self.outsider)
        self.assertFalse(outsider._visible_menu_ids() & set(below.ids))

    # Engagements

    def _parts(self):
        return [
            name
            for name in sorted(self.env.registry)
            if isinstance(self.env[name], self.env.registry["clerk.audit.part"])
            and not self.env[name]._abstract
            and not self.env[name]._transient
        ]

    def test_parts_are_visible_to_members_only(self):
        """All models of parts have record rules, also those of other modules."""
        parts = self._parts()
        self.assertIn("clerk.audit.confirmation", parts)
        for name in parts:
            for user, sees in ((self.auditor, True), (self.other_auditor, False)):
                self.assertTrue(self.env[name].with_user(user).has_access("read"))
                rules = self.env["ir.rule"].with_user(user)
                seen = self._of_engagement(rules._compute_domain(name, "read"))
                self.assertEqual(
                    bool(self.audit.sudo().filtered_domain(seen)),
                    sees,
                    (name, user.login),
                )
            with self.assertRaises(AccessError, msg=name):
                self.env[name].with_user(self.outsider).search([])

    def _of_engagement(self, domain):
        """Return the domain of a part, applied to its engagement."""
        return domain.map_conditions(
            lambda each: (
                Domain(each.value)
                if each.field_expr == "audit_id"
                else Domain(each.field_expr, each.operator, each.value)
            )
        )

    def test_real_parts_of_another_engagement(self):
        run = self._asked(self._customers(1))
        letter = run.confirmation_ids
        parts = (
            run,
            letter,
            letter.balance_ids,
            letter.item_ids,
            self._query(),
        )
        for part in parts:
            part.with_user(self.auditor).read(["audit_id"])
            for user in (self.other_auditor, self.outsider, self.clerk_b):
                with self.assertRaises(AccessError, msg=part):
                    part.with_user(user).read(["audit_id"])
        confirmations = self.env["clerk.audit.confirmation"].with_user(
            self.other_auditor
        )
        self.assertFalse(confirmations.search([]))
