from odoo import api, fields, models
from odoo.exceptions import UserError

from ....rules.audit.confirmation import audit_confirmation as rules


class ClerkAuditConfirmation(models.Model):
    """How auditors work an answer through, or what they do without one."""

    _inherit = "clerk.audit.confirmation"

    conclusion = fields.Text(
        copy=False, help="What the auditor concludes where figures alone do not."
    )
    concluded_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    concluded_on = fields.Datetime(readonly=True, copy=False)
    difference_company = fields.Monetary(
        string="Difference",
        compute="_compute_difference_company",
        store=True,
        help="What the customer has less what we have, in company currency at the rate "
        "of the day.",
    )
    misstated_company = fields.Monetary(
        string="Misstatement",
        compute="_compute_misstated_company",
        store=True,
        help="What of the differences is our error or not explained.",
    )
    received_company = fields.Monetary(
        string="Received Since", compute="_compute_received_company", store=True
    )
    evidence_company = fields.Monetary(
        string="Evidence",
        compute="_compute_evidence_company",
        store=True,
        help="How much of the balance is confirmed, or has come in since.",
    )
    is_explained = fields.Boolean(compute="_compute_is_explained")

    @api.depends("balance_ids.difference")
    def _compute_difference_company(self):
        for letter in self:
            home = letter.company_id.currency_id
            letter.difference_company = sum(
                balance.document_currency_id._convert(
                    balance.difference, home, letter.company_id, letter.date
                )
                for balance in letter.balance_ids
            )

    @api.depends("difference_ids.amount_company", "difference_ids.cause")
    def _compute_misstated_company(self):
        for letter in self:
            wrong = letter.difference_ids.filtered(
                lambda line: line.cause in rules.MISSTATED
            )
            letter.misstated_company = sum(wrong.mapped("amount_company"))

    @api.depends("item_ids.received_company")
    def _compute_received_company(self):
        for letter in self:
            letter.received_company = sum(letter.item_ids.mapped("received_company"))

    @api.depends("state", "stated_company", "misstated_company", "received_company")
    def _compute_evidence_company(self):
        for letter in self:
            letter.evidence_company = rules.evidence(
                letter.state,
                letter._exact(letter.stated_company),
                letter._exact(letter.misstated_company),
                letter._exact(letter.received_company),
            )

    @api.depends("balance_ids.left", "difference_ids.cause")
    def _compute_is_explained(self):
        for letter in self:
            letter.is_explained = all(
                balance.document_currency_id.is_zero(balance.left)
                for balance in letter.balance_ids
            ) and all(letter.difference_ids.mapped("cause"))

    # Steps

    def action_resolve(self):
        """The difference is explained to the last cent.

        :raises UserError: it is not
        """
        self._check_step("resolve")
        for letter in self:
            letter._check_explained()
        return self._conclude("resolved")

    def _check_explained(self):
        if nameless := self.difference_ids.filtered(lambda line: not line.cause):
            raise UserError(
                self.env._(
                    "%(letter)s: say what the cause of %(what)s is.",
                    letter=self.display_name,
                    what=", ".join(nameless.mapped("name")),
                )
            )
        for balance in self.balance_ids:
            if not balance.document_currency_id.is_zero(balance.left):
                raise UserError(
                    self.env._(
                        "%(letter)s: %(amount)s of the difference is not explained. "
                        "Add what it is, or add it as “Not Explained”.",
                        letter=self.display_name,
                        amount=balance.document_currency_id.format(balance.left),
                    )
                )

    def action_give_up(self):
        """No answer is expected any more."""
        self._check_step("give_up")
        # sudo: the auditor may write the letter; its state changes by steps only.
        self.sudo().state = "no_reply"
        return True

    def action_alternative(self):
        """Look for what came in since; can be done again as time passes.

        :raises AccessError: the caller may not read the ledger
        """
        self._check_step("alternative")
        for model in ("account.move.line", "account.partial.reconcile"):
            self.env[model].check_access("read")
        # sudo: the auditor may write the letters; items are written by steps only.
        letters = self.sudo()
        letters._seek_receipts()
        letters.state = "alternative"
        return True

    def action_conclude(self):
        """Done without an answer.

        :raises UserError: there is evidence for a part only, and no conclusion
        """
        self._check_step("conclude")
        for letter in self:
            missing = letter.stated_company - letter.evidence_company
            if not letter.currency_id.is_zero(missing) and not letter.conclusion:
                raise UserError(
                    self.env._(
                        "%(letter)s: there is no evidence for %(amount)s. Write down "
                        "what you conclude from that.",
                        letter=letter.display_name,
                        amount=letter.currency_id.format(missing),
                    )
                )
        return self._conclude("done")

    def _conclude(self, state):
        # sudo: the auditor may write the letters; their state changes by steps only.
        self.sudo().write(
            {
                "state": state,
                "concluded_by_id": self.env.uid,
                "concluded_on": fields.Datetime.now(),
            }
        )
        return True

    def action_raise_finding(self):
        """A finding about this letter, with what it misstates."""
        self.ensure_one()
        self.check_access("write")
        finding = self.env["clerk.audit.finding"]._raise_on(
            self, self.audit_id, self._finding_words(), abs(self.misstated_company)
        )
        return finding.get_formview_action()

    def _finding_words(self):
        money = self.currency_id.format
        if self.state in rules.ANSWERED:
            return self.env._(
                "%(customer)s was asked to confirm %(stated)s as of %(day)s and "
                "differs by %(difference)s.",
                customer=self.partner_id.name,
                stated=money(self.stated_company),
                day=fields.Date.to_string(self.date),
                difference=money(self.difference_company),
            )
        return self.env._(
            "%(customer)s did not confirm %(stated)s as of %(day)s; %(received)s came "
            "in since.",
            customer=self.partner_id.name,
            stated=money(self.stated_company),
            day=fields.Date.to_string(self.date),
            received=money(self.received_company),
        )
