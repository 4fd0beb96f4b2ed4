from odoo.tests import new_test_user, tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

OURS = "invoicing_clerk"


@tagged("post_install", "-at_install")
class TestCallLink(ClerkCommon):
    """What calls add to customers is in nobody's way who has none of our roles."""

    def test_who_has_no_role_copies_customers_and_users(self):
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

    def test_nothing_of_ours_that_is_copied_is_kept_from_readers(self):
        """Copying reads every copied field and fails at the first it may not read."""
        kept = [
            f"{model._name}.{name}"
            for model in map(self.env.__getitem__, self.env.registry)
            if not model._abstract and not model._name.startswith("clerk.")
            for name, field in model._fields.items()
            if field.copy and field.groups and OURS in field._modules
        ]
        self.assertFalse(kept)
