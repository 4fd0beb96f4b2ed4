import base64

from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon, blank_pdf


class ExemptionCommon(ClerkCommon):
    """A tax-exempt customer in Texas, in a company that asks for proof."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.country = cls.env.ref("base.us")
        cls.texas, cls.ohio = (
            cls.env.ref(f"base.state_us_{number}") for number in (44, 30)
        )
        cls.company_a.country_id = cls.country
        cls.company_a.sudo().clerk_exemption_check = True
        cls.partner_a.write(
            {
                "street": "1 Main St",
                "city": "Austin",
                "country_id": cls.country.id,
                "state_id": cls.texas.id,
            }
        )
        cls.exempt = cls.env["account.fiscal.position"].create(
            {"name": "Exempt", "clerk_needs_certificate": True}
        )
        cls.partner_a.property_account_position_id = cls.exempt
        cls.tax = cls.company_data["default_tax_sale"]
        cls.goods = cls.env["product.product"].create(
            {"name": "Goods", "taxes_id": [Command.set(cls.tax.ids)]}
        )
        cls.findings = cls.env["clerk.billing.finding"].with_user(cls.clerk)
        cls.exemptions = cls.env["clerk.exemption"].with_user(cls.clerk)

    def _filed(self, **values):
        """Return a certificate with all that is needed, as a draft."""
        return self.exemptions.create(
            {
                "partner_id": self.partner_a.id,
                "country_id": self.country.id,
                "number": "TX-1",
                "valid_from": "2026-01-01",
                "valid_to": "2026-12-31",
                "received_on": "2026-01-01",
                "document": base64.b64encode(blank_pdf()),
                "document_name": "certificate.pdf",
                **values,
            }
        )

    def _accepted(self, **values):
        exemption = self._filed(**values)
        exemption.action_submit()
        exemption.with_user(self.supervisor).action_accept()
        return exemption

    def _line(self, price=1000, **values):
        return Command.create(
            {
                "product_id": self.goods.id,
                "price_unit": price,
                "tax_ids": [Command.clear()],
                **values,
            }
        )

    def _exempt_invoice(self, day="2026-03-15", **values):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_a.id,
                "invoice_date": day,
                "fiscal_position_id": self.exempt.id,
                "invoice_line_ids": [self._line()],
                **values,
            }
        )
        move.action_post()
        return move

    def _found(self, moves):
        """Return the invoices without a certificate, as the check finds them."""
        self.env["clerk.billing.check"]._run_all(self.company_a, moves, codes=("TAX",))
        return self.findings.search(
            [
                ("move_id", "in", moves.ids),
                ("reason", "=", "no_certificate"),
                ("state", "=", "open"),
            ]
        )

    def _refused(self, sentence, do, error=UserError):
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            do()
