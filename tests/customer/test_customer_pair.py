from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.customer.common import CustomerCommon


@tagged("post_install", "-at_install")
class TestCustomerPair(CustomerCommon):
    """Possible duplicates of the whole base: found, answered, merged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.double = cls.env["res.partner"].create(
            {
                "name": "Kestrel Optiks",
                "is_company": True,
                "street": "Kerkstr. 12",
                "zip": "2000",
                "city": "Antwerpen",
                "phone": "03 123 45 67",
            }
        )

    def _find(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "invoicing_clerk.ir_cron_customer_pair"
            ).method_direct_trigger()
        self.env.invalidate_all()
        pairs = self.env["clerk.customer.pair"].with_user(self.supervisor)
        both = (self.known + self.double).ids
        return pairs.search([("partner_id", "in", both)])

    def test_pair_is_found_once_with_reasons(self):
        self.double.write({"phone": False, "street": False})
        pair = self._find()
        self.assertEqual((pair.partner_id, pair.other_id), (self.known, self.double))
        self.assertIn("same name", pair.explanation)
        self.assertFalse(pair.is_certain)
        self.double.phone = "03 123 45 67"
        self.assertEqual(self._find(), pair)
        self.assertTrue(pair.is_certain)

    def test_not_the_same_lasts(self):
        pair = self._find().with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "Enter why"):
            pair.action_keep(" ")
        pair.action_keep("Two shops of one owner")
        self.assertEqual(self._find().state, "different")
        self.assertEqual(pair.answered_by_id, self.clerk)
        pair.action_reopen()
        self.assertEqual(pair.state, "open")

    def test_pair_that_is_no_longer_alike_is_closed(self):
        pair = self._find()
        self.double.write(
            {"name": "Borealis", "phone": False, "street": False, "zip": False}
        )
        self._find()
        self.assertEqual(pair.state, "gone")

    def test_supervisor_merges_after_seeing_what_depends(self):
        invoice = self._posted(
            (1, 10.0), partner=self.double, taxes=self.env["account.tax"]
        )
        pair = self._find()
        with self.assertRaises(AccessError):
            pair.with_user(self.clerk).action_open_merge()
        with self.assertRaises(AccessError):
            pair.with_user(self.clerk).action_merge()
        dialog = pair.env["clerk.customer.merge"].create({"pair_id": pair.id})
        self.assertRegex(dialog.contents_html, r"Journal Entry</td>\s*<td[^>]*>0</td>")
        dialog.action_merge()
        self.assertFalse(self.double.exists())
        self.assertEqual(invoice.partner_id, self.known)
        self.assertEqual((pair.state, pair.other_name), ("merged", "Kestrel Optiks"))
        self.assertFalse(self._find() - pair)

    def test_answers_follow_a_merge_by_others(self):
        third = self.double.copy({"phone": "03 123 45 67"})
        self._find()
        pairs = self.env["clerk.customer.pair"].with_user(self.supervisor)
        mine = pairs.search([("other_id", "=", third.id)])
        self.assertEqual(len(mine), 2)
        mine[0].with_user(self.clerk).action_keep("Another branch")
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge((self.known + self.double).ids, self.known.sudo())
        self.env.invalidate_all()
        self.assertEqual(mine.exists(), mine[0])
        self.assertEqual((mine[0].state, mine[0].partner_id), ("different", self.known))

    def _merged_state(self, kept, lost):
        """Merge two contacts of these states as administrators do, by core's dialog."""
        # sudo: what supervisors have decided.
        self.known.sudo()._inside().clerk_customer_state = kept
        double = self.double.copy()
        double.sudo()._inside().clerk_customer_state = lost
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge((self.known + double).ids, self.known.sudo())
        self.assertFalse(double.exists())
        return self.known.sudo().clerk_customer_state

    def test_a_block_lasts_and_an_approval_is_not_passed_on(self):
        for kept, lost, expected in (
            ("approved", "blocked", "blocked"),
            ("blocked", "approved", "blocked"),
            (False, "approved", False),
            ("approved", False, "approved"),
        ):
            with self.subTest(kept=kept, lost=lost):
                self.assertEqual(self._merged_state(kept, lost), expected)

    def test_entries_that_the_user_cannot_see_are_not_changed(self):
        pair = self._find()
        self._posted((1, 10.0), partner=self.double, company_data=self.company_b_data)
        with self.assertRaisesRegex(UserError, "do not have access to"):
            pair.action_merge()
        self.assertTrue(self.double.exists())

    def test_only_a_contact_of_the_pair_is_kept(self):
        pair = self._find()
        with self.assertRaisesRegex(UserError, "Select which of the contacts"):
            pair.action_merge(self.partner_a.id)

    def test_pair_follows_the_company_of_its_contacts(self):
        """Users of the other company would have read its name in the list."""
        pair = self._find()
        self.double.company_id = self.company_a
        self._find()
        self.assertEqual(pair.company_id, self.company_a)
        self.known.company_id = self.company_b
        self._find()
        self.assertEqual(pair.sudo().state, "gone")

    def test_contact_of_the_other_is_no_pair(self):
        pair = self._find()
        self.double.write({"is_company": False, "parent_id": self.known.id})
        self._find()
        self.assertEqual(pair.state, "gone")

    def test_contacts_of_users_are_not_merged(self):
        """Would have let a supervisor decide where a password is sent."""
        pair = self._find()
        self.env["res.users"].sudo().create(
            {"login": "portal_kestrel", "partner_id": self.double.id, "group_ids": []}
        )
        with self.assertRaisesRegex(UserError, "only an administrator"):
            pair.action_merge()

    def test_contacts_that_were_there_before_are_prepared(self):
        # sudo: as before the installation.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET clerk_name_key = NULL, clerk_number_keys = NULL,"
            " clerk_vies_state = NULL"
        )
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            self.env.ref("invoicing_clerk.ir_cron_customer_key").method_direct_trigger()
        self.env.invalidate_all()
        known = self.known.sudo()
        self.assertEqual(known.clerk_name_key, "kestrel optiks")
        self.assertIn("v:0477472701", known.clerk_number_keys)
        self.assertEqual(known.clerk_vies_state, "unknown")
