from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.confirmation.common import (
    ConfirmationCommon,
)

TEMPLATES = (
    "mail_template_statement",
    "mail_template_correction",
    "mail_template_audit_confirmation",
    "mail_template_audit_confirmation_reminder",
)
THIEF = "thief@elsewhere.example.com"


@tagged("post_install", "-at_install")
class TestMailTemplate(ConfirmationCommon):
    """Hostile templates: by their model, recipients, reports, files and authors.

    A statement run took any template, and rendered another model's records whose ids
    equal the statements': secret links, invoices of another company.
    """

    def _template(self, model="clerk.statement", **values):
        return (
            self.env["mail.template"]
            .sudo()
            .create(
                {
                    "name": "Hostile",
                    "subject": "Hostile",
                    "body_html": "<p>Hostile</p>",
                    "model_id": self.env["ir.model"]._get_id(model),
                    **values,
                }
            )
        )

    def _other_models(self):
        return (
            *("res.partner", "res.users", "account.move", "clerk.audit.confirmation"),
            *("clerk.correction", "clerk.statement.run", "ir.attachment"),
        )

    def _report(self, model):
        return (
            self.env["ir.actions.report"]
            .sudo()
            .search([("model", "=", model)], limit=1)
        )

    def _file(self, **values):
        return (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": "Other company.pdf", "raw": b"secret", **values})
        )

    def _hostile(self):
        """Yield templates that no statement is sent with."""
        for model in self._other_models():
            yield self._template(model)
        for model in ("account.move", "clerk.audit.confirmation"):
            report = self._report(model)
            yield self._template(report_template_ids=[Command.set(report.ids)])
        template = self._template()
        file = self._file(res_model="account.move", res_id=1)
        template.attachment_ids = file
        file.write({"res_model": "account.move", "res_id": 1})
        yield template

    def test_refused_where_chosen(self):
        run = self._run()
        confirmations = self._ask(self.partner_a)
        for template in self._hostile():
            with self.subTest(template.model), self.assertRaises(ValidationError):
                run.mail_template_id = template
        for model in ("res.partner", "clerk.statement", "account.move"):
            for field in ("mail_template_id", "reminder_template_id"):
                with self.assertRaises(ValidationError):
                    confirmations[field] = self._template(model)

    def test_refused_where_used(self):
        """A template can become hostile after it was chosen."""
        customers = self._customers(1)
        for hostile in self._hostile():
            with self.subTest(hostile.model):
                run = self._sending(customers)
                # As by SQL, or by a change of the template that nothing checks.
                self.env.cr.execute(
                    "UPDATE clerk_statement_run SET mail_template_id = %s "
                    "WHERE id = %s",
                    (hostile.id, run.id),
                )
                run.invalidate_recordset()
                self._work()
                self.assertEqual(self._states(run), ["failed"])
                self.assertIn("template", run.statement_ids.delivery_error)
                self.assertFalse(self.postbox.mails)

    def test_recipients_are_ours(self):
        customers = self._customers(1)
        thief = self.env["res.partner"].create({"name": "Thief", "email": THIEF})
        table = [
            {"email_to": THIEF},
            {"email_cc": THIEF},
            {"partner_to": str(thief.id)},
            {"partner_to": "{{ object.company_id.partner_id.id }}"},
            {"use_default_to": True},
            {"email_to": f"{{{{ '{THIEF}' }}}}", "use_default_to": False},
            {"scheduled_date": "2099-01-01 00:00:00"},
            {"auto_delete": True},
        ]
        for values in table:
            with self.subTest(**values):
                self.postbox.mails.clear()
                run = self._sent(
                    customers, mail_template_id=self._template(**values).id
                )
                self.assertEqual(self._states(run), ["sent"])
                self.assertEqual(dict(self.postbox.received()), {customers.email: 1})

    def test_replies_to_confirmations_go_to_the_auditor(self):
        customers = self._customers(1)
        for reply_to in (THIEF, "{{ object.company_id.email }}", False):
            template = self._template("clerk.audit.confirmation", reply_to=reply_to)
            self.postbox.mails.clear()
            run = self._asked(customers, mail_template_id=template.id)
            [mail] = self.postbox.mail_to(customers.email)
            self.assertIn(self.auditor.email, mail["Reply-To"])
            self.assertNotIn(THIEF, mail["Reply-To"])
            self.assertIn(self.auditor.email, run.reply_to)

    def test_who_writes(self):
        """All are template editors here, as core makes them by a setting."""
        editors = self.env.ref("mail.group_mail_template_editor")
        self.env.ref("base.group_user").sudo().implied_ids |= editors
        system = self.env.ref("base.user_admin")
        writers = {
            "mail_template_statement": self.supervisor,
            "mail_template_correction": self.supervisor,
            "mail_template_audit_confirmation": self.auditor,
            "mail_template_audit_confirmation_reminder": self.auditor,
        }
        people = (self.clerk, self.supervisor, self.auditor, self.outsider, system)
        for name in TEMPLATES:
            template = self.env.ref(f"invoicing_clerk.{name}")
            for user in people:
                own = template.with_user(user)
                may = user in (writers[name], system)
                with self.subTest(name, user=user.login):
                    self.assertEqual(own.has_access("write"), may)
                    for change in self._changes(own):
                        if may:
                            continue
                        with self.assertRaises(AccessError):
                            change()

    def _changes(self, template):
        return [
            lambda: template.write({"subject": "x"}),
            lambda: template.write({"email_cc": THIEF}),
            lambda: template.update_field_translations("subject", {"en_US": "x"}),
            lambda: template.unlink(),
            lambda: template.copy(),
        ]

    def test_no_way_round(self):
        """Neither a new template nor another one that becomes one of ours."""
        editors = self.env.ref("mail.group_mail_template_editor")
        self.env.ref("base.group_user").sudo().implied_ids |= editors
        templates = self.env["mail.template"].with_user(self.clerk)
        ours = self.env["ir.model"]._get_id("clerk.statement")
        partner = self.env["ir.model"]._get_id("res.partner")
        with self.assertRaises(AccessError):
            templates.create({"name": "Mine", "model_id": ours})
        mine = templates.create({"name": "Mine", "model_id": partner})
        mine.subject = "Still mine"
        for values in ({"model_id": ours}, {"model": "clerk.statement"}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                mine.write(values)
