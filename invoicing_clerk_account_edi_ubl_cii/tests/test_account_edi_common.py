from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

IBAN, OTHER_IBAN = "BE71096123456769", "NL91ABNA0417164300"


@tagged("post_install", "-at_install")
class TestAccountEdiCommon(ClerkCommon):
    """Electronic bills enter no accounts where changes need approval."""

    def test_accounts_are_only_found(self):
        self.company_a.sudo().clerk_customer_changes = True
        vendor = self.env["res.partner"].create({"name": "Quay", "supplier_rank": 1})
        accounts = self.env["res.partner.bank"].sudo()
        known = accounts.create({"acc_number": IBAN, "partner_id": vendor.id})
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": vendor.id}
        )
        common = self.env["account.edi.common"].sudo()
        bill.partner_bank_id = False
        common._import_partner_bank(bill, [OTHER_IBAN])
        self.assertFalse(bill.partner_bank_id)
        common._import_partner_bank(bill, [OTHER_IBAN, IBAN])
        self.assertEqual(bill.partner_bank_id, known)
        known.active = False
        common._import_partner_bank(bill, [IBAN])
        self.assertEqual(vendor.with_context(active_test=False).bank_ids, known)
        self.assertFalse(known.active)
