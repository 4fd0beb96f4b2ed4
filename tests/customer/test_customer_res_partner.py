from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.worklist.common import ShippedCommon


@tagged("post_install", "-at_install")
class TestCustomerResPartner(ShippedCommon):
    """Missing and doubtful data of customers, and the worklist of them."""

    def _customer(self, **values):
        whole = {
            "name": "Customer",
            "customer_rank": 1,
            "email": "ap@example.com",
            "street": "1 Road",
            "city": "Brussels",
            "country_id": self.env.ref("base.be").id,
            "property_payment_term_id": self.pay_terms_a.id,
        }
        partners = self.env["res.partner"].sudo().with_company(self.company_a)
        return partners.create({**whole, **values})

    def test_missing_data(self):
        checked = {
            "no email for invoices": {"email": False},
            "email bounced": {"message_bounce": 2},
            "no address": {"city": False},
            "no payment terms": {"property_payment_term_id": False},
        }
        caught = {label: self._customer(**values) for label, values in checked.items()}
        whole = self._customer()
        self._assert_contains(
            "customer_data",
            caught,
            {
                "whole": whole,
                "email not needed": self._customer(
                    email=False, invoice_sending_method="manual"
                ),
                "no customer": self._customer(email=False, customer_rank=0),
                "archived": self._customer(email=False, active=False),
                "a contact": self._customer(email=False, parent_id=whole.id),
            },
        )
        for label, partner in caught.items():
            self.assertIn(label, self._reasons("customer_data", partner))

    def test_doubtful_tax_ids(self):
        numbers = {"wrong": "BE0477472702", "right": "BE0477472701", "none": "/"}
        who = {
            label: self._customer().with_context(no_vat_validation=True)
            for label in numbers
        }
        for label, partner in who.items():
            partner.vat = numbers[label]
        wrong = who.pop("wrong")
        self._assert_contains("customer_data", {"wrong": wrong}, who)
        self.assertEqual(self._reasons("customer_data", wrong), "doubtful tax ID +15")
        wrong.vat = numbers["right"]
        self.assertFalse(wrong.has_doubtful_vat)

    def test_duplicate_tax_ids(self):
        number = "BE0477472701"
        one, other = self._customer(vat=number), self._customer(vat="BE 0477.472.701")
        foreign = self._customer(vat="BE0428759497", company_id=self.company_a.id)
        self._customer(vat="BE0428759497", company_id=self.company_b.id)
        contact = self._customer(name="Contact", parent_id=one.id, is_company=False)
        self._assert_contains(
            "customer_data",
            {"one": one, "written otherwise": other},
            {"in another company": foreign, "a contact": contact},
        )
        self.assertTrue(one.has_shared_vat)
        other.active = False
        self.env.invalidate_all()
        self.assertFalse(one.has_shared_vat)
        self.assertFalse(foreign.has_shared_vat)
