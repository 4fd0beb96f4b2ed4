from lxml import html

from odoo.tests import tagged

from odoo.addons.invoicing_clerk_contract.tests.common import ContractCommon


@tagged("post_install", "-at_install")
class TestInvoicePeriod(ContractCommon):
    """A printed invoice says which period each line bills, once."""

    def test_printed_once_for_everybody_who_may_print(self):
        named = {"name": "Maintenance from #START# to #END#"}
        contract = self._contract({}, named)
        contract.contract_line_ids.write(
            {"date_start": "2026-03-01", "recurring_next_date": "2026-03-01"}
        )
        move = self._bill(contract, times=1)
        page, _type = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice", move.ids
        )
        cells = html.fromstring(page).xpath("//td[@name='account_invoice_line_name']")
        text = [" ".join(cell.text_content().split()) for cell in cells]
        self.assertEqual(
            text,
            [
                "Maintenance Period: 03/01/2026 to 03/31/2026",
                "Maintenance from 03/01/2026 to 03/31/2026",
            ],
        )
        # Some who may print an invoice may not read the period of its lines.
        line = move.invoice_line_ids[0].with_user(self.env.ref("base.public_user"))
        self.assertEqual(line._period_to_print(), "Period: 03/01/2026 to 03/31/2026")

    def test_other_lines_have_none(self):
        self.assertFalse(self._posted().invoice_line_ids._period_to_print())
