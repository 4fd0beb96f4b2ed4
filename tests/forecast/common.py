from datetime import timedelta

from odoo.fields import Command

from odoo.addons.invoicing_clerk.rules.forecast import forecast as rules
from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon


class ForecastCommon(PromiseCommon):
    """Customers with payments of the past, as the ledger and as the rule have them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.patterns = cls.env["clerk.payment.pattern"].sudo()
        cls.partner_c, cls.partner_d, cls.partner_e = cls.env["res.partner"].create(
            [{"name": f"Partner {letter}"} for letter in "CDE"]
        )
        cls.payments = {}

    @classmethod
    def _book(cls, *specs):
        """Post invoices that were paid, in one batch.

        :param specs: for each: customer, days since the payment, days past due, and
            pairs of days after the due date on which a case was opened and closed
        """
        payments = [cls._payment(*each[1:]) for each in specs]
        partners = [each[0] for each in specs]
        invoices = cls.env["account.move"].create(
            list(map(cls._invoice_values, partners, payments))
        )
        entries = cls.env["account.move"].create(
            list(map(cls._money_values, partners, payments))
        )
        (invoices + entries).action_post()
        for partner, payment, invoice, entry in zip(
            partners, payments, invoices, entries, strict=True
        ):
            cls._dispute(invoice, payment.disputes)
            cls._instalments(invoice + entry).reconcile()
            cls.payments.setdefault(partner, []).append(payment)

    @classmethod
    def _payment(cls, ago, days, *disputes):
        paid = cls._day(-ago)
        due = paid - timedelta(days=days)
        periods = [
            tuple(due + timedelta(days=day) for day in dispute) for dispute in disputes
        ]
        return rules.Payment(due, paid, periods, due - timedelta(days=30))

    @classmethod
    def _invoice_values(cls, partner, payment):
        revenue = cls.company_data["default_account_revenue"]
        line = {"name": "Work", "price_unit": 100.0, "tax_ids": False}
        return {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": payment.invoiced,
            "invoice_date_due": payment.due,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [Command.create({**line, "account_id": revenue.id})],
        }

    @classmethod
    def _money_values(cls, partner, payment):
        bank = cls.company_data["default_journal_bank"]
        receivable = partner.property_account_receivable_id
        return {
            "date": payment.paid,
            "journal_id": bank.id,
            "line_ids": [
                Command.create(
                    {
                        "account_id": account.id,
                        "partner_id": partner.id,
                        "balance": amount,
                    }
                )
                for account, amount in (
                    (bank.default_account_id, 100.0),
                    (receivable, -100.0),
                )
            ],
        }

    @classmethod
    def _dispute(cls, invoice, periods):
        for opened, closed in periods:
            error = cls._open_error(invoice, {"claimed_quantity": 0}).sudo()
            error._take_step("reject", resolution="As agreed.")
            dates = {"date_opened": opened, "date_closed": closed}
            error._inside().write(
                {name: f"{day} 12:00:00" for name, day in dates.items()}
            )

    @classmethod
    def _history(cls):
        """Let customers have a habit that changed, disputes, direct debit, and few
        payments."""
        late = (2, 4, 3, 5, 12, 14, 13, 40, 12)
        early = (0, -3, 1, -5, 0)
        cls._book(
            *((cls.partner_a, 600 - 60 * n, days) for n, days in enumerate(late)),
            *((cls.partner_b, 300 - 30 * n, days) for n, days in enumerate(early)),
            (cls.partner_b, 20, 25, (-4, 6), (4, 10)),
            *((cls.partner_d, 200 - 20 * n, 0) for n in range(8)),
            (cls.partner_d, 30, 10),
            (cls.partner_c, 90, 7),
            (cls.partner_c, 800, 70),
        )


class PatternCommon(ForecastCommon):
    """Patterns of the history, in which some is no payment, or not in full."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._history()
        credited = cls._untaxed(partner=cls.partner_c, invoice_date=cls._day(-60))
        cls._credited_on(credited, -50, 100.0)
        part = cls._untaxed(partner=cls.partner_c, invoice_date=cls._day(-60))
        cls._paid_on(part, -10, 40.0)
        cls.drafted = cls._untaxed(partner=cls.partner_c, invoice_date=cls._day(-60))
        cls._pay(cls.drafted, payment_date=cls._day(-5)).move_id.button_draft()
        cls.patterns._refresh()

    def _row(self, partner=None):
        partner = partner or self.env["res.partner"]
        return self.patterns.search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company_a.id)]
        )
