from odoo.fields import Command

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


class VoucherCommon(ClerkCommon):
    """Vendor bills, and the people who prepare, check, approve and pay vouchers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.no_tax = cls.env["account.tax"]
        cls.bank = cls.company_data["default_journal_bank"]
        cls.cash = cls.company_data["default_journal_cash"]
        cls.manager = cls._new_user("supervisor_a2", "invoicing_clerk.group_supervisor")
        cls.account = cls.env["res.partner.bank"].create(
            {
                "acc_number": "BE71096123456769",
                "partner_id": cls.partner_a.id,
                "allow_out_payment": True,
            }
        )
        cls.account.sudo().clerk_changed_on = "2020-01-01 00:00:00"

    @classmethod
    def _bill(cls, amount=100.0, **values):
        return cls._posted(
            (1, amount), move_type="in_invoice", taxes=cls.no_tax, **values
        )

    @classmethod
    def _item(cls, move):
        return move.line_ids.filtered(
            lambda line: (
                line.account_id.account_type
                in ("liability_payable", "asset_receivable")
            )
        )

    def _voucher(self, *moves, user=None, amounts=(), **values):
        """Enter a voucher for bills, with other amounts than theirs if given."""
        lines = [{"item_id": item.id} for move in moves for item in self._item(move)]
        for line, amount in zip(lines, amounts, strict=False):
            line["amount"] = amount
        return (
            self.env["clerk.voucher"]
            .with_user(user or self.clerk)
            .create(
                {
                    "partner_id": (moves[0].partner_id if moves else self.partner_a).id,
                    "journal_id": self.bank.id,
                    "line_ids": [Command.create(line) for line in lines],
                    **values,
                }
            )
        )

    def _expense(self, amount=1.0, **values):
        line = {
            "account_id": self.company_data["default_account_expense"].id,
            "name": "Stamps",
            "amount": amount,
        }
        return self._voucher(
            kind="expense",
            journal_id=self.cash.id,
            **{"line_ids": [Command.create(line)], **values},
        )

    def _approved(self, *moves, **values):
        voucher = self._voucher(*moves, **values)
        voucher.action_prepare()
        voucher.with_user(self.supervisor).action_approve()
        return voucher
