from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from ...rules import revision as rules
from ...rules.period import ONE_DAY, Recurrence

# Revisions that will change a price, or have changed it.
ON_THEIR_WAY = ("waiting", "approved")


class ClerkContractRevision(models.Model):
    """Preparation: find the lines, and compute their new prices."""

    _inherit = "clerk.contract.revision"

    def action_prepare(self):
        """Compute the new prices of the contracts.

        :raises UserError: there are no lines, too many, or a price cannot be computed
        """
        self.check_access("write")
        self._check_draft()
        for revision in self:
            revision._check_dates()
            values = revision._line_values()
            revision._drop_lines()
            # sudo: lines are written by steps only; what they contain is computed.
            revision.sudo().line_ids.create(values)
            revision._inside().prepared_change = float(revision._clause().applied)

    def _drop_lines(self):
        """Delete the prices that were prepared; those that were applied are kept."""
        # sudo: lines are written by steps only; callers have checked the step.
        self.sudo().line_ids.filtered(lambda each: each.state != "done").unlink()

    def _check_dates(self):
        """:raises UserError: the effective date is in a locked period"""
        if problem := self._date_problem(self.effective_date):
            raise UserError(problem)

    def _date_problem(self, day):
        """Return why no price can change on a day, or nothing."""
        journal = self.env["account.journal"]
        # sudo: lock dates of the company, which the sentence names.
        company = self.company_id.sudo()
        if locks := company._get_violated_lock_dates(day, False, journal):
            return self.env._(
                "%(revision)s: %(date)s is in a locked period (%(locks)s). Select a "
                "later day.",
                revision=self.display_name,
                date=format_date(self.env, day),
                locks=company._format_lock_dates(locks),
            )
        return None

    def _line_values(self):
        clause, lines = self._clause(), self._contract_lines()
        taken = self._taken_lines(lines)
        return [self._values_of(line, clause, taken.get(line)) for line in lines]

    def _contract_lines(self):
        """:raises UserError: there are none, or too many"""
        domain = (
            Domain("contract_id", "in", self.contract_ids.ids)
            & Domain("contract_id.contract_type", "=", "sale")
            & Domain("display_type", "=", False)
        )
        if self.product_ids:
            domain &= Domain("product_id", "in", self.product_ids.ids)
        lines = self.env["contract.line"].search(
            domain, order="contract_id, id", limit=rules.MAX_LINES + 1
        )
        if not lines:
            raise UserError(
                self.env._(
                    "%s: the contracts have no lines to revise. Select contracts.",
                    self.display_name,
                )
            )
        if len(lines) > rules.MAX_LINES:
            raise UserError(
                self.env._(
                    "%(revision)s: the contracts have more than %(max)s lines. Revise "
                    "them in several steps.",
                    revision=self.display_name,
                    max=rules.MAX_LINES,
                )
            )
        return lines

    def _taken_lines(self, lines):
        """Return the other revision on its way for each contract line that has one."""
        taken = self.env["clerk.contract.revision.line"].search(
            [
                ("contract_line_id", "in", lines.ids),
                ("revision_id", "!=", self.id),
                ("revision_id.state", "in", ON_THEIR_WAY),
                ("state", "!=", "unfit"),
            ]
        )
        return {each.contract_line_id: each.revision_id for each in taken}

    def _values_of(self, line, clause, other):
        """Return the values of the price of a contract line.

        :param other: a revision on its way that has the line, too
        """
        contract = line.contract_id
        old, start = line.specific_price, self._start_of(line)
        values = {
            "revision_id": self.id,
            "contract_line_id": line.id,
            "contract_id": contract.id,
            "partner_id": contract.partner_id.commercial_partner_id.id,
            "label": (line.name or "").partition("\n")[0][:80],
            "currency_id": line.currency_id.id,
            "quantity": line.quantity,
            "old_price": old,
            "start_date": start,
            "basis": line._revision_basis(),
        }
        if problem := self._unfit(line, start, other):
            return {**values, "new_price": old, "state": "unfit", "problem": problem}
        return {**values, **self._new_price(line, clause, start)}

    def _new_price(self, line, clause, start):
        """Return the new price and its value, or why the line cannot have one."""
        old = Decimal(str(line.specific_price))
        try:
            new = clause.price(old)
        except rules.NoPriceError:
            return {
                "new_price": float(old),
                "state": "unfit",
                "problem": self.env._(
                    "A change of %(change)s%%, rounded to %(rounding)s, leaves no "
                    "price.",
                    change=formatLang(self.env, float(clause.applied)),
                    rounding=formatLang(self.env, float(clause.rounding)),
                ),
            }
        factor = line.quantity * (1 - line.discount / 100)
        value = float(new - old) * factor * line._recurrence().per_year
        return {
            "new_price": float(new),
            "change": float((new / old - 1) * 100),
            "value": value,
            "value_company": line.currency_id._convert(
                value, self.company_id.currency_id, self.company_id, start
            ),
        }

    def _start_of(self, line):
        """Return the first day of the first period that has the new price, or False."""
        first = line.next_period_date_start
        if not first or line.recurring_interval < 1 or first >= self.effective_date:
            return line.recurring_interval > 0 and first
        # The next period may be longer or shorter than others.
        recurrence, end = line._recurrence(), line.next_period_date_end
        if not end or end < first:
            end = recurrence.end_of(first)
        return recurrence.first_start(end + ONE_DAY, self.effective_date) or False

    def _unfit(self, line, start, other):
        """Return why a contract line cannot be revised, as a sentence, or nothing."""
        end = line._last_day()
        if line.is_canceled or not line.contract_id.active:
            return self.env._("The line is cancelled, or the contract is archived.")
        if not line.contract_id.partner_id.active:
            return self.env._(
                "%s is archived.", line.contract_id.partner_id.display_name
            )
        if line.automatic_price:
            return self.env._("The price comes from a price list: revise that one.")
        if not line.specific_price:
            return self.env._("The line is free.")
        if end and (not start or end < start):
            return self.env._(
                "The line ends on %s: renew its contract first.",
                format_date(self.env, end),
            )
        if not start:
            return self.env._("The line has no period to begin with.")
        if line.date_start >= start:
            return self.env._(
                "The line begins on %s only: change its price on the contract.",
                format_date(self.env, line.date_start),
            )
        if other:
            return self.env._("%s revises the line already.", other.name)
        return None


class ContractLine(models.Model):
    """Contract lines as revisions see them."""

    _inherit = "contract.line"

    def _recurrence(self):
        """Return how often the line is billed, as rules know it."""
        return Recurrence(
            self.recurring_rule_type,
            self.recurring_interval,
            self.recurring_invoicing_type == "pre-paid",
        )

    def _revision_basis(self):
        """Return what a revision is approved for, as JSON."""
        partner = self.contract_id.partner_id
        return {
            "price": self.specific_price,
            "automatic": self.automatic_price,
            "quantity": self.quantity,
            "discount": self.discount,
            "end": fields.Date.to_string(self._last_day() or False) or "",
            "cancelled": self.is_canceled,
            "recurrence": [
                self.recurring_rule_type,
                self.recurring_interval,
                self.recurring_invoicing_type,
            ],
            "currency": self.currency_id.id,
            "customer": partner.commercial_partner_id.id,
            "customer_name": partner.commercial_partner_id.name,
        }
