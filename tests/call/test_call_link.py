from odoo.tests import new_test_user, tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

ADDON = "invoicing_clerk"


@tagged("post_install", "-at_install")
class TestCallLink(ClerkCommon):
    """Fields on customers do not affect users without a role."""

    def test_users_without_a_role_copy_customers_and_users(self):
        self.partner_a.with_user(self.clerk).clerk_alert = "Asks for the manager"
        manager = new_test_user(
            self.env,
            login="manager",
            groups="base.group_user,base.group_partner_manager",
        )
        copied = self.partner_a.with_user(manager).copy()
        self.assertFalse(copied.with_user(self.clerk).clerk_alert)
        admin = new_test_user(
            self.env, login="keeper", groups="base.group_user,base.group_system"
        )
        self.assertEqual(
            self.outsider.with_user(admin)
            .copy({"login": "another"})
            .sudo()
            .clerk_capacity,
            100,
        )

    def test_copied_fields_are_readable_by_all(self):
        """Copying reads every copied field, and fails if the user may not read one.

        Companies cannot be copied.
        """
        restricted = [
            f"{model._name}.{name}"
            for model in map(self.env.__getitem__, self.env.registry)
            if not model._abstract and not model._name.startswith("clerk.")
            if model._name != "res.company"
            for name, field in model._fields.items()
            if field.copy and field.groups and ADDON in field._modules
        ]
        self.assertFalse(restricted)
