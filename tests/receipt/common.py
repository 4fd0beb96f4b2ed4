from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


class ReceiptCommon(ClerkCommon):
    """Payments of customers, and the invoices that they may be for."""

    @classmethod
    def _invoice(cls, amount, due="2026-02-01", **values):
        return cls._posted(
            (1, amount),
            taxes=cls.env["account.tax"],
            **{
                "invoice_payment_term_id": False,
                "invoice_date_due": due,
                "invoice_date": "2026-01-01",
                **values,
            },
        )

    @classmethod
    def _payment(cls, amount, memo="", **values):
        company = values.pop("company_data", cls.company_data)
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": cls.partner_a.id,
                "amount": amount,
                "memo": memo,
                "date": "2026-03-01",
                "journal_id": company["default_journal_bank"].id,
                **values,
            }
        )
        payment.action_post()
        return payment

    def _propose(self, *payments, user=None):
        items = self._payment_items(*payments, user=user)
        return items.env["clerk.receipt.match"]._propose(items)

    def _payment_items(self, *payments, user=None):
        items = self.env["account.move.line"].with_user(user or self.clerk)
        for payment in payments:
            items |= payment.move_id.line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            ).with_env(items.env)
        return items

    def _open(self, *moves):
        for move in moves:
            move.invalidate_recordset()
        return [move.amount_residual for move in moves]
