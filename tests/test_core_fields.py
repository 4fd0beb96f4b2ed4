from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.invoicing_clerk.tests import hostile, surface
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

# A value of each type to search for; 1 for all others.
DAY = "2026-01-01"
SOUGHT = {"boolean": True, "char": "x", "date": DAY, "datetime": DAY}


@tagged("post_install", "-at_install")
class TestCoreFields(ClerkCommon):
    """Our fields of customers, invoices, companies and users are for our roles.

    A sweep over every field that the addon adds to models of other apps, for users
    without a role, portal users and visitors: read, filter, group, sort and export.
    It would have caught the reason for stopping statements, which portal users read on
    their own contact, and the grace days and tolerances of the company.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, login="portal_x", groups="base.group_portal"
        )
        cls.portal.partner_id.parent_id = cls.partner_a
        public = cls.env.ref("base.public_user")
        cls.people = (cls.outsider | cls.portal | public).sudo()

    def _fields_of_ours(self):
        return [
            (self.env[name], field)
            for name, field in surface.fields_on_core_models(self.env)
        ]

    def test_groups_of_every_field(self):
        found = list(self._fields_of_ours())
        self.assertGreater(len(found), 60)
        for model, field in found:
            if (model._name, field.name) in hostile.READABLE_BY_ALL:
                continue
            with self.subTest(field=str(field)):
                self.assertTrue(field.groups, "everybody can read it")
                for user in self.people:
                    self.assertFalse(user.has_groups(field.groups))

    def test_refused_however_it_is_asked(self):
        records = {
            "res.partner": self.portal.partner_id,
            "res.company": self.company_a,
            "account.move": self._posted(partner=self.portal.partner_id),
        }
        count = 0
        for model, field in self._fields_of_ours():
            record = records.get(model._name)
            if record is None:
                continue
            for user in self.people:
                with self.subTest(field=str(field), user=user.login):
                    self._check_refused(record.with_user(user), field)
                    count += 1
        self.assertGreater(count, 150)

    def _check_refused(self, record, field):
        name = field.name
        value = SOUGHT.get(field.type, 1)
        if field.type == "selection":
            value = field.get_values(self.env)[0]
        asks = [lambda: record.read([name]), lambda: record.export_data([name])]
        if field.store or field.search:
            asks.append(lambda: record.search([(name, "in", [value])]))
        if field.store and field.type != "many2many":
            asks.append(lambda: record.search([], order=name))
            asks.append(lambda: record._read_group([], [name], ["__count"]))
        for ask in asks:
            with self.assertRaises(UserError):
                ask()
        self.assertNotIn(name, record.fields_get())

    def test_addresses_are_edited_without_the_right_to_read_preferences(self):
        """Core passes preferences on to contacts, whoever edits the address."""
        self.partner_a.write({"is_company": True})
        self.partner_a.with_user(self.clerk).write(
            {"statement_stop_reason": "Court case", "statement_lang": "en_US"}
        )
        editor = self._new_user(
            "editor_a", "base.group_user,base.group_partner_manager"
        )
        contacts = self.env["res.partner"].with_user(editor)
        contact = contacts.create({"name": "New", "parent_id": self.partner_a.id})
        contact.write({"street": "Elm Street 1", "type": "contact"})
        contact.parent_id.write({"city": "Ghent"})
        copied = contact.parent_id.copy()
        self.assertEqual(
            contact.with_user(self.clerk).statement_stop_reason, "Court case"
        )
        self.assertFalse(copied.with_user(self.clerk).statement_stop_reason)
        with self.assertRaises(AccessError):
            contact.write({"statement_stop_reason": False})
