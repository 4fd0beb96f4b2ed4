from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tests import new_test_user, tagged

from odoo.addons.invoicing_clerk.tests.audit.confirmation.common import (
    ConfirmationCommon,
)

PREFIXES = ("clerk.", "account.", "product.")
ALSO = (
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
# What an auditor without another role can do besides reading: audit work of ours. A
# letter is made by its run; what is signed, frozen or shipped is nobody's to write.
WRITES = {
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
# Dialogs that change nothing but what the rights behind them allow.
DIALOGS = {
    "clerk.audit.exception.step",
    "clerk.audit.request.apply",
    "clerk.audit.request.import",
    "clerk.audit.request.clarify",
    "clerk.audit.confirmation.paper",
    "clerk.audit.confirmation.paper.line",
    "clerk.statement.comparison",
    "clerk.statement.comparison.line",
}


@tagged("post_install", "-at_install")
class TestAuditAccess(ConfirmationCommon):
    """What an auditor can do, model by model, and who sees which engagement."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted(taxes=cls.no_tax)
        cls.payment = cls._pay(cls._posted(taxes=cls.no_tax))

    def _models(self):
        return [
            self.env[name].with_user(self.auditor)
            for name in sorted(self.env.registry)
            if name.startswith(PREFIXES) or name in ALSO
        ]

    def test_every_model(self):
        """The whole table: nothing but what stands above, and all of it."""
        found = {}
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
                found[model._name] = " ".join(can)
        ours = {name for name in dialogs if name.startswith("clerk.")}
        self.assertEqual(found, WRITES)
        self.assertEqual(ours, DIALOGS)
        self.assertFalse(
            {name for name in dialogs - ours if name in self._dialogs_that_write()}
        )

    def _dialogs_that_write(self):
        """Dialogs of core that make or change documents, payments and customers."""
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

    def test_everything_of_ours_is_read(self):
        unread = {
            model._name
            for model in self._models()
            if model._name.startswith("clerk.")
            and not model._abstract
            and not model._transient
            and not model.has_access("read")
        }
        self.assertFalse(unread)

    def test_real_records(self):
        """What the table says, tried on real ones."""
        error = self._open_error(self.invoice)
        statement_run = self._run()
        records = (
            (self.invoice, {"ref": "mine"}),
            (
                self.invoice.line_ids[:1],
                {"name": "mine", "move_id": self.invoice.id},
            ),
            (self.payment, {"memo": "mine"}),
            (self.partner_a, {"name": "mine"}),
            (self.partner_a, {"email": "mine@example.com"}),
            (
                self.env["res.partner.bank"].create(
                    {"acc_number": "DE1", "partner_id": self.partner_a.id}
                ),
                {"acc_number": "DE2"},
            ),
            (self.product_a, {"list_price": 1}),
            (self.company_data["default_journal_sale"], {"name": "mine"}),
            (self.company_data["default_account_revenue"], {"name": "mine"}),
            (error, {"description": "mine"}),
            (statement_run, {"minimum": 1}),
        )
        for record, values in records:
            mine = record.with_user(self.auditor)
            with self.assertRaises(AccessError, msg=record):
                mine.write(values)
            with self.assertRaises(AccessError, msg=record):
                mine.unlink()
            with self.assertRaises(AccessError, msg=record):
                mine.create(values)
        for step in ("button_draft", "button_cancel", "action_post"):
            with self.assertRaises(AccessError):
                getattr(self.invoice.with_user(self.auditor), step)()

    # Words and mails

    def _nothing_went_out(self):
        self.env.flush_all()
        mails = self.env["mail.mail"].sudo().search([("author_id", "=", self.me)])
        self.assertFalse(mails)
        self.assertFalse(self.postbox.mails)

    @property
    def me(self):
        return self.auditor.partner_id.id

    def test_no_words_on_what_is_only_read(self):
        for record in (self.invoice, self.partner_a, self.payment):
            mine = record.with_user(self.auditor)
            attempts = (
                lambda mine=mine: mine.message_post(body="Hello"),
                lambda mine=mine: mine.message_post(
                    body="Hello", partner_ids=self.partner_a.ids
                ),
                lambda mine=mine: mine.message_notify(
                    body="Hello", subject="x", partner_ids=self.partner_a.ids
                ),
                lambda mine=mine: mine.activity_schedule(
                    "mail.mail_activity_data_todo", user_id=self.clerk.id
                ),
                lambda mine=mine: self._composer(mine).action_send_mail(),
                lambda mine=mine: self._composer(
                    mine, composition_mode="mass_mail"
                ).action_send_mail(),
                lambda mine=mine: self._scheduled(mine),
                lambda mine=mine: self._attachment(mine),
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
        mine = self.invoice.with_user(self.auditor)
        mine.message_subscribe(self.auditor.partner_id.ids)
        with self.assertRaises(AccessError):
            mine.message_post(body="Hello")

    def test_no_mail_by_a_template(self):
        template = self.env.ref("account.email_template_edi_invoice")
        with self.assertRaises(AccessError):
            template.with_user(self.auditor).send_mail(self.invoice.id)
        self._nothing_went_out()

    def test_no_mail_to_customers_from_audit_work_either(self):
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

    def test_others_are_not_concerned(self):
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

    def test_the_audit_menu_is_all_audit(self):
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

    def test_parts_are_seen_by_members_only(self):
        """Every model that hangs on an engagement, whoever adds one."""
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
        """A rule of a part, said of the engagement that the part hangs on."""
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
        theirs = self.env["clerk.audit.confirmation"].with_user(self.other_auditor)
        self.assertFalse(theirs.search([]))
