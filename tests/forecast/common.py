from datetime import timedelta

from odoo.addons.invoicing_clerk.rules.forecast import forecast as rules
from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon


class ForecastCommon(PromiseCommon):
    """Customers with payments of the past, as the ledger and as the rule have them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.patterns = cls.env["clerk.payment.pattern"].sudo()
        cls.partner_c = cls.env["res.partner"].create({"name": "Partner C"})
        cls.payments = {}

    @classmethod
    def _paid(cls, partner, ago, days, disputes=(), **values):
        """Post an invoice that was paid ``ago`` days ago, ``days`` after its due date.

        :param disputes: days after the due date on which a case opened and closed
        """
        paid = cls._day(-ago)
        due = paid - timedelta(days=days)
        invoiced = due - timedelta(days=30)
        invoice = cls._untaxed(
            partner=partner,
            invoice_date=invoiced,
            invoice_date_due=due,
            invoice_payment_term_id=False,
            **values,
        )
        periods = [
            cls._dispute(invoice, due, opened, closed) for opened, closed in disputes
        ]
        cls._pay(invoice, payment_date=paid)
        payment = rules.Payment(due, paid, periods, invoiced)
        cls.payments.setdefault(partner, []).append(payment)
        return invoice

    @classmethod
    def _dispute(cls, invoice, due, opened, closed):
        period = due + timedelta(days=opened), due + timedelta(days=closed)
        error = cls._open_error(invoice, {"claimed_quantity": 0}).sudo()
        error._take_step("reject", resolution="As agreed.")
        error._inside().write(
            {
                "date_opened": f"{period[0]} 12:00:00",
                "date_closed": f"{period[1]} 12:00",
            }
        )
        return period

    @classmethod
    def _history(cls):
        """Let customers have a habit that changed, a dispute, and few payments."""
        for number, days in enumerate((2, 4, 3, 5, 12, 14, 13, 40, 12)):
            cls._paid(cls.partner_a, 600 - 60 * number, days)
        for number, days in enumerate((0, -3, 1, -5, 0)):
            cls._paid(cls.partner_b, 300 - 30 * number, days)
        cls._paid(cls.partner_b, 20, 25, disputes=[(-4, 6), (4, 10)])
        cls._paid(cls.partner_c, 90, 7, currency=cls.foreign_currency)
