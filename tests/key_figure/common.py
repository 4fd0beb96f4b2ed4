from datetime import date

from odoo.tools import SQL

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

TODAY = date(2026, 6, 15)
# All figures of May are final.
LATER = date(2026, 9, 9)
MARCH, APRIL, MAY, JUNE = (date(2026, month, 1) for month in (3, 4, 5, 6))


class KeyFigureCommon(ClerkCommon):
    """Two companies whose figures of spring 2026 can be computed by hand.

    The first has US dollars, of which one is two euros; the other has euros, and is in
    New Zealand.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_b.sudo().currency_id = cls.foreign_currency
        cls.company_b.sudo().partner_id.tz = "Pacific/Auckland"
        cls.march = cls._issued("2026-03-10", 1000.0, "2026-04-30")
        cls.april = cls._issued("2026-04-05", 2000.0, "2026-05-31")
        cls.euros = cls._issued(
            "2026-04-20", 800.0, "2026-04-25", currency=cls.foreign_currency
        )
        cls.may = cls._issued("2026-05-15", 600.0, "2026-06-14")
        cls.other = cls._issued(
            "2026-05-02",
            500.0,
            "2026-06-01",
            company_data=cls.company_b_data,
            currency=cls.foreign_currency,
        )
        cls._credit(cls.april, 300.0, "2026-05-10")
        # Paid more than promised.
        cls._promise(cls.march, "2026-05-21", 900.0)
        cls._promise(cls.april, "2026-05-25", 500.0)
        cls._promise(cls.euros, "2026-05-28", 800.0)
        cls.payment = cls._pay(cls.march, payment_date="2026-05-20")
        cls._pay(cls.may, payment_date="2026-06-10")
        cls.env["clerk.promise"].sudo().search([])._judge()
        cls._report_errors()
        cls._send(cls.april, "2026-04-08 09:00:00")
        # The second of May in New Zealand.
        cls._send(cls.other, "2026-05-01 22:00:00")
        cls.unapplied = cls._pay_ahead(200.0, "2026-05-20", cls.company_b_data)
        cls._apply_matches()
        cls.figures = cls.env["clerk.key.figure"]
        cls._compute()

    @classmethod
    def _issued(cls, day, amount, due, **values):
        return cls._posted(
            (1, amount),
            taxes=cls.env["account.tax"],
            invoice_date=day,
            invoice_payment_term_id=False,
            invoice_date_due=due,
            **values,
        )

    @classmethod
    def _credit(cls, move, amount, day):
        note = cls._issued(
            day, amount, day, move_type="out_refund", reversed_entry_id=move.id
        )
        items = cls._receivable_of(move + note)
        items.filtered(lambda item: not item.reconciled).reconcile()

    @classmethod
    def _pay_ahead(cls, amount, day, company_data=None):
        """Return a posted payment that is not applied."""
        journal = (company_data or cls.company_data)["default_journal_bank"]
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": cls.partner_a.id,
                "amount": amount,
                "date": day,
                "journal_id": journal.id,
                "currency_id": journal.company_id.currency_id.id,
            }
        )
        payment.action_post()
        return payment

    @classmethod
    def _receivable_of(cls, moves):
        return moves.line_ids.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        )

    @classmethod
    def _promise(cls, move, day, amount):
        cls.env["clerk.promise"].sudo().create(
            {
                "move_ids": move.ids,
                "user_id": cls.clerk.id,
                "amount": amount,
                "date_made": "2026-05-12",
                "date": day,
                "currency_id": move.currency_id.id,
                "company_id": move.company_id.id,
            }
        )

    @classmethod
    def _report_errors(cls):
        """Report errors: ours on the first two, none of ours on the last; one of ours
        96 days after the invoice in euros."""
        reasons = cls.env["clerk.billing.error.reason"].with_user(cls.clerk)
        for move, is_ours, opened, closed, step in (
            (cls.march, True, "2026-05-01", "2026-05-05", "resolve"),
            (cls.april, True, "2026-05-12", None, None),
            (cls.may, False, "2026-05-16", "2026-05-26", "reject"),
            (cls.euros, True, "2026-07-25", None, None),
        ):
            reason = reasons.search([("own_error", "=", is_ours)], limit=1)
            claim = {"claimed_quantity": 0}
            error = cls._open_error(move, claim, reason_id=reason.id)
            if step:
                error._take_step(step, resolution="Checked.")
            error.sudo().write({"date_opened": opened, "date_closed": closed})

    @classmethod
    def _send(cls, move, moment):
        """Send an invoice as Odoo does: its PDF is a file of the invoice."""
        file = cls.env["ir.attachment"].create(
            {
                "name": "invoice.pdf",
                "raw": b"%PDF",
                "res_model": move._name,
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        move.is_move_sent = True
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                "UPDATE ir_attachment SET create_date = %s WHERE id = %s",
                moment,
                file.id,
            )
        )

    @classmethod
    def _apply_matches(cls):
        """Apply four matches, three of them automatically; undo one of these."""
        item = cls._receivable_of(cls.payment.move_id)
        cls.env["clerk.receipt.match"].sudo().create(
            [
                {
                    "item_id": item.id,
                    "company_id": cls.company_a.id,
                    "currency_id": cls.currency_a.id,
                    "applied_on": "2026-05-31 23:00:00",
                    "was_automatic": number > 0,
                    "line_count": 3 if number == 0 else 1,
                    "state": "undone" if number == 3 else "applied",
                }
                for number in range(4)
            ]
        )

    @classmethod
    def _compute(cls, today=TODAY):
        # sudo: as the scheduled action does.
        cls.figures.sudo()._compute_months(today)

    def _figure(self, code, month=MAY, company=None, user=None):
        company = company or self.company_a
        return self.figures.with_user(user or self.clerk).search(
            [
                ("code", "=", code),
                ("month", "=", month),
                ("company_id", "=", company.id),
            ]
        )

    def _values(self, month, company=None, user=None):
        """Return the values by code, None where a figure has none."""
        company = company or self.company_a
        figures = self.figures.with_user(user or self.clerk).search(
            [("month", "=", month), ("company_id", "=", company.id)]
        )
        return {
            each.code: None if each.empty_reason else each.value for each in figures
        }
