from odoo.addons.invoicing_clerk.tests.audit.common import AuditCommon


class AuditSampleCommon(AuditCommon):
    """An engagement with invoices, and samples of them as an auditor draws them."""

    AMOUNTS = (100, 250, 40, 3000, 75, 500, 60, 820, 15, 140)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.no_tax = cls.env["account.tax"]
        cls.invoices = cls.env["account.move"]
        for amount in cls.AMOUNTS:
            cls.invoices |= cls._invoice(amount)

    @classmethod
    def _invoice(cls, amount, **values):
        return cls._posted((1, amount), taxes=cls.no_tax, **values)

    def _sample(self, user=None, **values):
        return (
            self.env["clerk.audit.sample"]
            .with_user(user or self.auditor)
            .create(
                {
                    "audit_id": self.audit.id,
                    "tolerable": 1500,
                    "seed": "2026",
                    **values,
                }
            )
        )

    def _drawn(self, **values):
        sample = self._sample(**values)
        sample.action_draw()
        return sample

    def _item(self, sample, invoice):
        return sample.item_ids.filtered(lambda item: item.res_id == invoice.id)

    def _recorded(self, sample, **audited):
        """Record all items as agreed, except those given by their amount."""
        for amount, right in audited.items():
            item = sample.item_ids.filtered(
                lambda item, amount=amount: item.book_amount == float(amount[1:])
            )
            item.audited_amount = right
        sample.item_ids.action_agree()
        return sample
