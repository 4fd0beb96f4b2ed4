from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command

from odoo.addons.invoicing_clerk.tests.statement.test_statement_run_send import (
    StatementSendCommon,
)


class ReminderCommon(StatementSendCommon):
    """Reminder runs of customers with overdue items, and a mail server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.partner_a.email = "a@example.com"
        cls.partner_b.email = "b@example.com"
        cls.levels = cls.env["clerk.reminder.level"].sudo().search([])

    @classmethod
    def _customers(cls, number):
        """Let their entry be followed up, which Odoo excludes at first."""
        customers = super()._customers(number)
        lines = cls.env["account.move.line"].search(
            [("partner_id", "in", customers.ids)]
        )
        lines.no_followup = False
        return customers

    @classmethod
    def _overdue(cls, amount=100.0, days=10, **values):
        """Return an invoice that has been overdue for some days."""
        due = cls.today - timedelta(days=days)
        return cls._posted(
            (1, amount),
            taxes=cls.no_tax,
            invoice_payment_term_id=False,
            invoice_date=due - timedelta(days=5),
            invoice_date_due=due,
            **values,
        )

    def _reminders(self, *customers, user=None, **values):
        runs = self.env["clerk.reminder.run"].with_user(user or self.clerk)
        if customers:
            ids = [customer.id for customer in customers]
            values["partner_ids"] = [Command.set(ids)]
        run = runs.create({"company_id": self.company_a.id, **values})
        run.action_compute()
        return run

    def _sending(self, *customers, **values):
        run = self._reminders(*customers, **values)
        run.action_send()
        return run

    def _sent(self, *customers, **values):
        run = self._sending(*customers, **values)
        self._deliver()
        return run

    def _notice(self, run, customer=None):
        customer = customer or self.partner_a
        return run.notice_ids.filtered(lambda each: each.partner_id == customer)

    def _deliver(self):
        """Run the worker."""
        with self._job_env() as env:
            env["clerk.reminder.notice"]._cron_deliver()

    def _age(self, run, days):
        """Let the reminders of a run have been sent some days earlier."""
        for notice in run.notice_ids.filtered("sent_on").sudo():
            notice.sent_on -= timedelta(days=days)

    def _pay_off(self, invoice, day=None, amount=None):
        """Post a payment of an invoice and reconcile it."""
        payment = self._entry(
            -(amount or invoice.amount_total),
            fields.Date.to_string(day or self.today),
            partner=invoice.partner_id,
        )
        (self._receivable_lines(invoice) | payment).reconcile()

    @classmethod
    def _in_process(cls, invoice, amount=None):
        """Register a payment by a method that makes no journal entry."""
        journal = cls.company_data["default_journal_bank"]
        method = journal.inbound_payment_method_line_ids[:1]
        method.payment_account_id = False
        # As where the accounting app matches bank statements with payments.
        with patch.object(
            type(cls.env["account.move"]),
            "_get_invoice_in_payment_state",
            lambda move: "in_payment",
        ):
            return cls._pay(
                invoice,
                amount,
                journal_id=journal.id,
                payment_method_line_id=method.id,
            )

    def _prefer(self, **values):
        """Write preferences of the first customer."""
        self.partner_a.sudo().write(values)

    def _lines(self, notice):
        return {line.name: (line.amount, line.reason) for line in notice.line_ids}
