from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.invoicing_clerk.tests.audit.common import AuditCommon

# What decides who gets work or emails, what is opened, and where money is posted.
COMODELS = {
    *("mail.template", "res.users", "account.journal", "account.account"),
    *("ir.actions.act_window", "ir.actions.report", "ir.actions.server"),
    *("ir.actions.actions", "ir.sequence", "ir.cron", "account.tax"),
}
# Fields whose values are checked by something else than a constraint on the field.
CHECKED_ELSEWHERE = {
    # A filter: the salespersons get nothing.
    "clerk.ageing.user_ids: res.users",
}


@tagged("post_install", "-at_install")
class TestNamedUser(AuditCommon):
    """Every field of ours that names a user, template, report, action, journal,
    account, tax or sequence, and how its value is checked.

    The domain of a view was all that kept a portal user, or one of another company,
    from being named as the processor of a case.
    """

    def _fields_of_people(self):
        """Yield the fields that people write, by model."""
        for name, model in self.env.registry.items():
            records = self.env[name]
            if model._abstract or not model._auto or not name.startswith("clerk."):
                continue
            guarded = getattr(records, "_guarded_names", frozenset)()
            for field in records._fields.values():
                if (
                    field.comodel_name in COMODELS
                    and field.type in ("many2one", "many2many")
                    and field.store
                    and not (field.readonly or field.related or field.name in guarded)
                    and field.name not in ("create_uid", "write_uid")
                ):
                    yield records, field

    def _is_checked(self, records, field):
        if field.comodel_name == "res.users":
            return field.name in records._named_users()
        names = {
            name
            for method in records._constraint_methods
            for name in method._constrains
        }
        return field.name in names or (
            field.check_company and records._check_company_auto
        )

    def test_every_field_is_checked(self):
        found = list(self._fields_of_people())
        self.assertGreater(len(found), 10)
        unchecked = {
            f"{records._name}.{field.name}: {field.comodel_name}"
            for records, field in found
            if not self._is_checked(records, field)
        }
        self.assertEqual(unchecked, set(CHECKED_ELSEWHERE))

    def test_users_who_may_not_be_named(self):
        portal = new_test_user(self.env, "named_portal", groups="base.group_portal")
        move = self._posted((1, 100.0))
        error = (
            self.env["clerk.billing.error"]
            .with_user(self.clerk)
            .create({"move_ids": [Command.set(move.ids)], "description": "Wrong"})
        )
        audit = self.audit.with_user(self.supervisor)
        for record, name, users in (
            (error, "user_id", portal + self.clerk_b + self.outsider),
            (audit, "lead_id", portal + self.clerk_b + self.outsider),
        ):
            for user in users:
                label = f"{record._name} {user.login}"
                with self.subTest(label), self.assertRaises(ValidationError):
                    record[name] = user
            record[name] = self.clerk
        with self.assertRaises(UserError):
            audit.auditor_ids = portal
