from odoo.addons.invoicing_clerk.tests.voucher.common import VoucherCommon

ADDRESS = {
    "street": "12 Harbour Road",
    "city": "Buffalo",
    "zip": "14201",
    "lang": "en_US",
}


class CheckCommon(VoucherCommon):
    """A bank account with numbered checks, and payees with an address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.account_check_printing_layout = (
            "invoicing_clerk_check.action_report_check_top"
        )
        lines = cls.bank.outbound_payment_method_line_ids
        cls.by_check = lines.filtered(lambda line: line.code == "check_printing")
        (cls.partner_a | cls.partner_b).write(
            {
                **ADDRESS,
                "country_id": cls.env.ref("base.us").id,
                "state_id": cls.env.ref("base.state_us_27").id,
            }
        )
        cls.env["clerk.approval.limit"].create(
            {
                "kind": "voucher",
                "company_id": cls.company_a.id,
                "user_id": cls.supervisor.id,
                "unlimited": True,
            }
        )

    def _payment(self, amount=100.0, user=None, **values):
        """Post a payment by check, without a bill."""
        payment = (
            self.env["account.payment"]
            .with_user(user or self.clerk)
            .create(
                {
                    "payment_type": "outbound",
                    "partner_type": "supplier",
                    "partner_id": self.partner_a.id,
                    "amount": amount,
                    "date": "2026-01-15",
                    "journal_id": self.bank.id,
                    "payment_method_line_id": self.by_check.id,
                    **values,
                }
            )
        )
        payment.action_post()
        return payment

    def _to_print(self, *bills, **values):
        """Return an approved voucher that is paid by check."""
        return self._approved(
            *bills,
            payment_method_line_id=self.by_check.id,
            partner_bank_id=False,
            payment_date="2026-01-20",
            **values,
        )

    def _dialog(self, records, first="0042"):
        """Open the dialog for payments or vouchers, and enter the first number."""
        is_voucher = records._name == "clerk.voucher"
        name = "action_print_checks" if is_voucher else "action_print_approved_checks"
        action = getattr(records, name)()
        dialog = records.env["clerk.check.print"].browse(action["res_id"])
        if first:
            dialog.first_number = first
        return dialog

    def _print(self, records, first="0042"):
        """Print checks, and return them in the order of their numbers."""
        self._dialog(records, first).action_print()
        is_voucher = records._name == "clerk.voucher"
        payments = records.payment_id if is_voucher else records
        checks = records.env["clerk.check"].search(
            [("payment_id", "in", payments.ids), ("state", "=", "printed")]
        )
        return checks.sorted("number_order")

    def _reprint(self, checks, first=None, **values):
        dialog = (
            self.env["clerk.check.spoil"]
            .with_user(self.clerk)
            .with_context(active_model="clerk.check", active_ids=checks.ids)
            .create({"reason": "Jam", **values})
        )
        if first:
            dialog.first_number = first
        dialog.action_reprint()
        return checks.replaced_by_ids.sorted("number_order")

    def _void(self, checks, user=None, **values):
        return (
            self.env["clerk.check.void"]
            .with_user(user or self.supervisor)
            .with_context(active_model="clerk.check", active_ids=checks.ids)
            .create({"reason": "Lost in the mail", "date": "2026-01-31", **values})
            .action_void()
        )
