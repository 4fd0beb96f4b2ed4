import re

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests import hostile
from odoo.addons.invoicing_clerk.tests.audit.common import AuditCommon
from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon

# Filters that would spell out what a supervisor may not read: a secret token, fields
# that nobody or only administrators read, and records of the system.
UNREADABLE = {
    "clerk.audit.confirmation": "[('access_token', '=like', 'a%')]",
    "res.partner": "[('user_ids.password', '=like', 'a%')]",
    "res.users": "[('group_ids.model_access.perm_read', '=', True)]",
    "account.move": "[('message_ids.mail_server_id.smtp_pass', '=like', 'a%')]",
    "res.company": "[('partner_id', 'any', [('signup_type', '=', 'x')])]",
    "ir.config_parameter": "[]",
}


@tagged("post_install", "-at_install")
class TestFiltered(WorklistCommon):
    """Filters find only what their author may read, checked each time they are used."""

    def test_what_the_author_may_not_read_is_refused(self):
        for model, text in UNREADABLE.items():
            with self.subTest(model=model), self.assertRaises(ValidationError):
                self._worklist(text, model=model)

    def test_rules_and_paths_are_refused_too(self):
        hidden = "user_ids.password"
        for values in (
            {"rule_ids": [self._match(hidden)]},
            {"rule_ids": [self._measure(hidden)]},
            {"date_path": hidden},
            {"user_path": hidden},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._worklist("[]", **values)

    def _match(self, path):
        return Command.create({"name": "r", "domain": f"[('{path}', '=', 1)]"})

    def _measure(self, path):
        return Command.create({"name": "r", "kind": "measure", "measure_path": path})

    def test_the_author_is_whoever_wrote_the_filter_last(self):
        worklist = self._worklist([("name", "=", "x")])
        self.assertEqual(worklist.filter_author_id, self.supervisor)
        other = self._new_user("supervisor_a2", "invoicing_clerk.group_supervisor")
        worklist.with_user(other).name = "Renamed"
        self.assertEqual(worklist.filter_author_id, self.supervisor)
        worklist.with_user(other).domain = "[]"
        self.assertEqual(worklist.filter_author_id, other)

    def test_the_author_cannot_be_forged(self):
        root = self.env.ref("base.user_root")
        worklist = self._worklist("[]").with_user(self.supervisor)
        with self.assertRaisesRegex(Exception, "not allowed to change"):
            worklist.filter_author_id = root
        forged = worklist.with_context(default_filter_author_id=root.id).copy()
        self.assertEqual(forged.filter_author_id, self.supervisor)

    def test_the_author_of_a_rule_cannot_be_forged_along_with_the_worklist(self):
        root = self.env.ref("base.user_root")
        worklist = self._worklist("[]", {"domain": "[]"}).with_user(self.supervisor)
        rule = worklist.rule_ids
        forged = Command.update(rule.id, {"filter_author_id": root.id})
        with self.assertRaisesRegex(AccessError, "not allowed to change"):
            worklist.write({"domain": "[(1, '=', 1)]", "rule_ids": [forged]})
        with self.assertRaisesRegex(AccessError, "not allowed to change"):
            self._worklist("[]", rule_ids=[forged])
        self.assertEqual(rule.filter_author_id, self.supervisor)

    def test_a_filter_of_somebody_who_left_is_broken(self):
        worklist = self._worklist("[]")
        self.supervisor.active = False
        self.assertFalse(worklist._refresh())
        self.assertIn("no longer an active user", worklist.refresh_error)

    def test_a_filter_whose_author_lost_the_right_is_broken(self):
        worklist = self._worklist(
            "[('payment_state', '=', 'paid')]", model="account.move"
        )
        self.assertTrue(worklist._refresh())
        self.supervisor.group_ids = self.env.ref("base.group_user")
        self.assertFalse(worklist._refresh())
        self.assertIn("not allowed to read", worklist.refresh_error)

    def test_records_of_other_companies_are_not_found(self):
        worklist = self._invoices_list()
        own = self._posted((1, 10.0))
        other = self._posted((1, 10.0), company_data=self.company_b_data)
        worklist._refresh()
        self.assertIn(own.id, self._listed(worklist))
        self.assertNotIn(other.id, self._listed(worklist))

    def test_shipped_lists_find_records_of_all_companies(self):
        worklist = self._invoices_list()
        worklist.with_user(self.env.ref("base.user_root")).domain = "[]"
        other = self._posted((1, 10.0), company_data=self.company_b_data)
        worklist._refresh()
        self.assertIn(other.id, self._listed(worklist))

    def test_rules_on_shipped_lists_find_what_their_author_may_read(self):
        """Shipped lists query as the superuser: a priority rule of a supervisor told,
        by the scores, which customers have invoices in another company."""
        worklist = self._invoices_list()
        worklist.with_user(self.env.ref("base.user_root")).domain = "[]"
        own, spied = self._posted((1, 10.0)), self.partner_a
        self._posted((1, 9000.0), company_data=self.company_b_data, partner=spied)
        hidden = f"[('company_id', '=', {self.company_b.id})]"
        for text, expected in (
            (f"[('partner_id.invoice_ids', 'any', {hidden})]", False),
            (f"[('partner_id', 'any', [('invoice_ids', 'any', {hidden})])]", False),
            (f"[('line_ids.partner_id.invoice_ids', 'any', {hidden})]", False),
            (
                f"[('partner_id.invoice_ids.company_id', '=', {self.company_b.id})]",
                False,
            ),
            ("[('partner_id.invoice_ids.amount_total', '>', 8000)]", False),
            ("[('partner_id.invoice_ids.amount_total', '>', 5)]", True),
            (f"[('partner_id', '=', {spied.id})]", True),
        ):
            rule = self.env["clerk.worklist.rule"].with_user(self.supervisor)
            rule = rule.create(
                {"worklist_id": worklist.id, "name": "r", "domain": text, "points": 7}
            )
            self.assertTrue(worklist._refresh())
            item = self._open_items(worklist).filtered(
                lambda each: each.res_id == own.id
            )
            with self.subTest(text):
                self.assertEqual(str(rule.id) in (item.points or {}), expected)
            rule.unlink()


# Texts that name fields, on records that nobody writes by hand: they are copies of what
# was checked when it was written, and are checked again when they are used.
COPIES = {
    "clerk.audit.snapshot": {"domain", "columns", "amount_path"},
    "clerk.audit.snapshot.change": {"path"},
}
NAMES_FIELDS = re.compile(
    r"(^|_)(path|domain|filter|columns?|order|order_?by|group_?by|sort|field|expression"
    r"|code_?python|formula|condition_code|trend)s?$"
)


@tagged("post_install", "-at_install")
class TestFilteredFields(WorklistCommon, AuditCommon):
    """Each text of users that names fields goes through the one parser.

    Would have caught the path of security questions and the columns of standard
    requests, which went to ``mapped`` and to a query unchecked.
    """

    def _records(self):
        """Return a record of each model that keeps filters, as whoever may write it."""
        worklist = self._worklist("[]", {"domain": "[]"}).with_user(self.supervisor)
        question = {"name": "Zip?", "path": "zip"}
        template = {"name": "Invoices", "model_id": self._model_id("account.move")}
        run = {"audit_id": self.audit.id, "date": "2026-01-31"}
        return {
            "clerk.worklist": worklist,
            "clerk.worklist.rule": worklist.rule_ids,
            "clerk.audit.query": self._query(),
            "clerk.call.security.question": self._made(
                "clerk.call.security.question", self.supervisor, question
            ),
            "clerk.billing.check": self.env["clerk.billing.check"]
            .with_user(self.supervisor)
            .search([], limit=1),
            "clerk.audit.request.template": self._made(
                "clerk.audit.request.template", self.supervisor, template
            ),
            "clerk.statement.run": self._made(
                "clerk.statement.run", self.clerk, {"date": "2026-01-31"}
            ),
            "clerk.audit.confirmation.run": self._made(
                "clerk.audit.confirmation.run", self.auditor, run
            ),
        }

    def _made(self, model, user, values):
        return self.env[model].with_user(user).create(values)

    def _model_id(self, model):
        return self.env["ir.model"]._get_id(model)

    def test_every_text_that_names_fields_is_declared(self):
        kind = self.env.registry["clerk.filtered"]
        for name, model in self.env.registry.items():
            if not name.startswith("clerk.") or model._abstract or model._transient:
                continue
            texts = {
                field.name
                for field in model._fields.values()
                if field.type in ("char", "text")
                and field.store
                and not field.related
                and not field.manual
                and NAMES_FIELDS.search(field.name)
            }
            if texts == COPIES.get(name, set()):
                for user in (self.clerk, self.supervisor, self.auditor):
                    if texts:
                        self.assertFalse(
                            self.env[name].with_user(user).has_access("write")
                        )
                continue
            with self.subTest(model=name):
                self.assertTrue(issubclass(model, kind))
                self.assertLessEqual(texts, self.env[name]._declared("_filter_fields"))

    def test_hostile_texts_are_refused_everywhere(self):
        records = self._records()
        kind = self.env.registry["clerk.filtered"]
        adopters = {
            name
            for name, model in self.env.registry.items()
            if issubclass(model, kind) and not model._abstract
        }
        self.assertEqual(adopters, records.keys())
        count = 0
        for record in records.values():
            for name in sorted(record._declared("_filter_fields")):
                if record._fields[name].type != "char":
                    continue
                filters = hostile.FILTERS + hostile.UNFIT_FILTERS
                texts = filters if "domain" in name else hostile.PATHS
                for text in texts:
                    with self.subTest(field=f"{record._name}.{name}", text=text[:60]):
                        self._check_refused(record, name, text)
                        count += 1
        self.assertGreater(count, 300)

    def _check_refused(self, record, name, text):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            record.write({name: text})
        self.assertNotIn("<class", str(caught.exception))
        self.env.invalidate_all()

    def test_an_author_without_the_right_breaks_what_was_saved(self):
        records = self._records()
        question = records["clerk.call.security.question"]
        template = records["clerk.audit.request.template"]
        self.assertFalse(question.problem)
        self.supervisor.group_ids = self.env.ref("base.group_user")
        self.env.invalidate_all()
        self.supervisor.active = False
        asked = question.with_user(self.clerk)
        self.assertFalse(asked._answers(self.partner_a))
        self.assertIn("no longer an active user", asked.problem)
        with self.assertRaisesRegex(ValidationError, "no longer an active user"):
            template.with_user(self.auditor)._apply(self.audit.with_user(self.auditor))
