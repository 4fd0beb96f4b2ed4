from odoo import models

from ...rules.bucket import bucket_names


class ClerkStatement(models.Model):
    """The content of a statement, in the language of its customer.

    PDF, spreadsheet and portal read it here, so that they agree. Amounts in different
    currencies are never added up.
    """

    _inherit = "clerk.statement"

    def _document_lengths(self):
        groups = self.env["clerk.statement.line"]._read_group(
            [("statement_id", "in", self.ids)], ["statement_id"], ["__count"]
        )
        return dict(groups)

    def _document_blocks(self):
        """Return the blocks of the document: one per currency, the largest first."""
        self.ensure_one()
        lines = self.line_ids.grouped("currency_id")
        no_lines = self.line_ids.browse()
        return [
            self._document_block(balance, lines.get(balance.currency_id, no_lines))
            for balance in self.balance_ids
        ]

    def _document_block(self, balance, lines):
        currency = balance.currency_id
        is_open_item = self.type == "open_item"
        return {
            "balance": balance,
            "currency": currency,
            "open": lines.filtered(lambda line: self._is_shown(line, currency)),
            "movements": lines.filtered(lambda line: line.section == "movement"),
            "has_movements": not is_open_item,
            "flows": [] if is_open_item else self._document_flows(balance),
            "ageing": self._document_ageing(balance),
            "is_due": currency.compare_amounts(balance.closing, 0) > 0,
        }

    def _is_shown(self, line, currency):
        """Return whether a line is shown as open; exchange differences are not."""
        if line.section != "open" or self.type == "activity":
            return False
        return not currency.is_zero(line.open_amount)

    def _document_flows(self, balance):
        """Return the figures that lead from the opening to the closing balance."""
        names = {
            "opening": self.env._("Opening Balance"),
            "invoiced": self.env._("Invoiced"),
            "credited": self.env._("Credited"),
            "paid": self.env._("Paid"),
            "adjusted": self.env._("Adjusted"),
            "closing": self.env._("Closing Balance"),
        }
        always = ("opening", "closing")
        return [
            (label, balance[name])
            for name, label in names.items()
            if name in always or not balance.currency_id.is_zero(balance[name])
        ]

    def _document_ageing(self, balance):
        """Return the closing balance by age, and unapplied payments and credits."""
        overdue = bucket_names(self.run_id.bucket_days)
        names = [self.env._("Not Due"), *overdue]
        row = [(name, balance[f"bucket_{at}"]) for at, name in enumerate(names)]
        if not balance.currency_id.is_zero(balance.unapplied):
            row.append((self.env._("Credits"), balance.unapplied))
        return [*row, (self.env._("Balance"), balance.closing)]

    def _document_title(self):
        return self.env._("Statement of Account %(name)s", name=self.name)

    def _document_intro(self):
        day = self._shown_date(self.date)
        if self.type == "open_item":
            return self.env._("Open items as of %(day)s", day=day)
        return self.env._(
            "%(first)s to %(day)s",
            first=self._shown_date(self.date_from),
            day=day,
        )
