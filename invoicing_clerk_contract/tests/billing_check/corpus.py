from dateutil.relativedelta import relativedelta

from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.tests.billing_check.corpus import Corpus


class ContractCorpus(Corpus):
    """Contracts and their invoices of which it is known what is wrong with them.

    Each method ``wrong_<code>_<kind>`` makes an invoice or a contract line with one
    error, and ``right_<code>_<kind>`` one or more that look like it.
    """

    modules = ("invoicing_clerk", "invoicing_clerk_contract")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.fiscal.position"].search([]).auto_apply = False
        cls.first = cls.today.replace(day=1) - relativedelta(months=3)
        cls.service = cls.env["product.product"].create(
            {
                "name": "Maintenance",
                "type": "service",
                "list_price": 100.0,
                "taxes_id": [Command.set(cls.tax.ids)],
            }
        )
        cls.units, cls.dozens = (
            cls.env.ref(f"uom.product_uom_{name}") for name in ("unit", "dozen")
        )

    def _case(self, verdict, code, number):
        return getattr(self, self._kinds(verdict, code)[number])()

    def _count(self, verdict, code):
        return len(self._kinds(verdict, code))

    def _kinds(self, verdict, code):
        start = f"{verdict}_{code.lower()}_"
        return sorted(name for name in dir(self) if name.startswith(start))

    @classmethod
    def _subject(cls, finding):
        line = finding.contract_line_id
        return line.with_env(cls.env) if line else super()._subject(finding)

    # Builders

    def _contract(self, *lines, months_before=0, **values):
        """Make a contract for a customer; entered on the day on which it begins."""
        contract = self.env["contract.contract"].create(
            {
                "name": f"Contract {self._number()}",
                "partner_id": self._customer().id,
                "line_recurrence": True,
                "contract_line_ids": [
                    Command.create(
                        {
                            "product_id": self.service.id,
                            "name": "Maintenance",
                            "quantity": 2,
                            "price_unit": 100.0,
                            "date_start": self.first,
                            "recurring_next_date": self.first,
                            "recurring_rule_type": "monthly",
                            "recurring_interval": 1,
                            "recurring_invoicing_type": "pre-paid",
                            **line,
                        }
                    )
                    for line in lines or [{}]
                ],
                **values,
            }
        )
        self._entered_on(contract.contract_line_ids, self.first)
        return contract

    def _entered_on(self, lines, day):
        """Let contract lines have been entered on a day."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE contract_line SET create_date = %s WHERE id = ANY(%s)",
                day,
                lines.ids,
            )
        )
        lines.invalidate_recordset(["create_date"])

    def _bill(self, contract, times=4, post=True):
        """Make the invoices of the next periods, each on its day."""
        moves = self.env["account.move"]
        for _time in range(times):
            moves += contract._recurring_create_invoice()
        if post:
            moves.action_post()
        return moves

    def _billed(self, *lines, **values):
        return self._bill(self._contract(*lines, **values))

    def _change(self, change, **line):
        """Bill a contract, and change the last draft before it is posted."""
        moves = self._bill(self._contract(line), post=False)
        moves[-1].invoice_line_ids.write(change)
        moves.action_post()
        return moves[-1]

    def _copied(self, move, post=True):
        copy = move.copy({"invoice_date": self.today})
        if post:
            copy.action_post()
        return copy

    def _credit(self, move, change=None):
        """Credit an invoice, wholly or with other values of its line."""
        wizard = self.env["account.move.reversal"].create(
            {
                "move_ids": [Command.set(move.ids)],
                "company_id": move.company_id.id,
                "journal_id": move.journal_id.id,
                "date": self.today,
            }
        )
        wizard.refund_moves()
        note = wizard.new_move_ids
        if change:
            note.invoice_line_ids.write(change)
        note.action_post()
        return note
