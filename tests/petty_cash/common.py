from odoo.fields import Command

from odoo.addons.invoicing_clerk.tests.voucher.common import VoucherCommon


class PettyCashCommon(VoucherCommon):
    """A box of 500, held by the clerk, with a maximum of 100 per voucher."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.expense_account = cls.company_data["default_account_expense"]
        cls.box = cls._new_box(cls.cash)

    @classmethod
    def _new_box(cls, journal, **values):
        journal.outbound_payment_method_line_ids.payment_account_id = (
            journal.default_account_id
        )
        return (
            cls.env["clerk.petty.cash"]
            .with_user(cls.supervisor)
            .create(
                {
                    "name": "Front desk",
                    "company_id": journal.company_id.id,
                    "journal_id": journal.id,
                    "bank_journal_id": cls.bank.id,
                    "custodian_id": cls.clerk.id,
                    "fund": 500.0,
                    "maximum": 100.0,
                    "difference_account_id": cls.expense_account.id,
                    **values,
                }
            )
        )

    def _small(self, amount=12.5, receipt=True, box=None, **values):
        """Enter a voucher for the box, with its receipt."""
        line = {
            "account_id": self.expense_account.id,
            "name": "Stamps",
            "amount": amount,
        }
        voucher = (
            self.env["clerk.voucher"]
            .with_user(self.clerk)
            .create(
                {
                    "kind": "petty",
                    "petty_cash_id": (box or self.box).id,
                    "partner_id": self.partner_a.id,
                    "line_ids": [Command.create(line)],
                    **values,
                }
            )
        )
        if receipt:
            self._attach(voucher)
        return voucher

    def _attach(self, voucher, content=b"receipt"):
        return (
            self.env["ir.attachment"]
            .with_user(self.clerk)
            .create(
                {
                    "name": "receipt.txt",
                    "raw": content,
                    "res_model": "clerk.voucher",
                    "res_id": voucher.id,
                }
            )
        )

    def _paid_out(self, amount=12.5, **values):
        voucher = self._small(amount, **values)
        voucher.action_pay_out()
        return voucher

    def _replenishment(self, box=None):
        """Return a draft that replenishes the box, prepared by a colleague."""
        box = (box or self.box).with_user(self.colleague)
        return self.env["clerk.voucher"].browse(box.action_replenish()["res_id"])

    def _replenish(self, box=None):
        voucher = self._replenishment(box)
        voucher.with_user(self.colleague).action_prepare()
        voucher.with_user(self.supervisor).action_approve()
        voucher.with_user(self.colleague).action_pay()
        return voucher

    def _count(self, amount, user=None, **values):
        """Count the box, and book what was found."""
        count = (
            self.env["clerk.petty.count"]
            .with_user(user or self.colleague)
            .create(
                {
                    "petty_cash_id": self.box.id,
                    "cash_ids": [
                        Command.create({"value": 0.01, "pieces": amount * 100})
                    ],
                    **values,
                }
            )
        )
        count.action_book()
        return count
