from odoo import api, fields, models
from odoo.exceptions import UserError

from ....rules.audit.confirmation import audit_confirmation as rules
from ...mixin.amount import amount_text


class ClerkAuditConfirmation(models.Model):
    """Follow-up: differences, alternative procedures and conclusions."""

    _inherit = "clerk.audit.confirmation"

    conclusion = fields.Text(
        copy=False, help="Conclusion of the auditor where evidence is incomplete."
    )
    concluded_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    concluded_on = fields.Datetime(readonly=True, copy=False)
    difference_company = fields.Monetary(
        string="Difference",
        compute="_compute_difference_company",
        store=True,
        help="Customer's balance less ours, in company currency at the rate of the "
        "confirmation date.",
    )
    misstated_company = fields.Monetary(
        string="Misstatement",
        compute="_compute_misstated_company",
        store=True,
        help="Differences that are our error or unexplained.",
    )
    received_company = fields.Monetary(
        string="Subsequent Receipts", compute="_compute_received_company", store=True
    )
    evidence_company = fields.Monetary(
        string="Evidence",
        compute="_compute_evidence_company",
        store=True,
        help="Part of the balance that was confirmed or subsequently received.",
    )
    is_explained = fields.Boolean(
        string="Differences Explained", compute="_compute_is_explained"
    )

    @api.depends("balance_ids.difference")
    def _compute_difference_company(self):
        for confirmation in self:
            home = confirmation.company_id.currency_id
            confirmation.difference_company = sum(
                balance.document_currency_id._convert(
                    balance.difference, home, confirmation.company_id, confirmation.date
                )
                for balance in confirmation.balance_ids
            )

    @api.depends("difference_ids.amount_company", "difference_ids.cause")
    def _compute_misstated_company(self):
        for confirmation in self:
            wrong = confirmation.difference_ids.filtered(
                lambda line: line.cause in rules.MISSTATED
            )
            confirmation.misstated_company = sum(wrong.mapped("amount_company"))

    @api.depends("item_ids.received_company")
    def _compute_received_company(self):
        for confirmation in self:
            confirmation.received_company = sum(
                confirmation.item_ids.mapped("received_company")
            )

    @api.depends("state", "stated_company", "misstated_company", "received_company")
    def _compute_evidence_company(self):
        for confirmation in self:
            confirmation.evidence_company = rules.evidence(
                confirmation.state,
                confirmation._exact(confirmation.stated_company),
                confirmation._exact(confirmation.misstated_company),
                confirmation._exact(confirmation.received_company),
            )

    @api.depends("balance_ids.unexplained", "difference_ids.cause")
    def _compute_is_explained(self):
        for confirmation in self:
            confirmation.is_explained = all(
                balance.document_currency_id.is_zero(balance.unexplained)
                for balance in confirmation.balance_ids
            ) and all(confirmation.difference_ids.mapped("cause"))

    # Steps

    def action_resolve(self):
        """Resolve differences that are fully explained.

        :raises UserError: a part is unexplained
        """
        self._begin_step("resolve")
        for confirmation in self:
            confirmation._check_explained()
        return self._conclude("resolve")

    def _check_explained(self):
        if without_cause := self.difference_ids.filtered(lambda line: not line.cause):
            raise UserError(
                self.env._(
                    "%(confirmation)s: enter the cause of %(differences)s.",
                    confirmation=self.display_name,
                    differences=", ".join(without_cause.mapped("name")),
                )
            )
        for balance in self.balance_ids:
            if not balance.document_currency_id.is_zero(balance.unexplained):
                raise UserError(
                    self.env._(
                        "%(confirmation)s: %(amount)s of the difference is not "
                        "explained. Add a line for it, if necessary with the cause "
                        "“Unexplained”.",
                        confirmation=self.display_name,
                        amount=amount_text(
                            balance.document_currency_id, balance.unexplained
                        ),
                    )
                )

    def action_give_up(self):
        """Close requests to which a reply is no longer expected."""
        self._take_step("give_up")
        return True

    def action_alternative(self):
        """Find subsequent receipts; repeat it as time passes.

        :raises AccessError: the caller cannot read the ledger
        """
        self._begin_step("alternative")
        for model in ("account.move.line", "account.partial.reconcile"):
            self.env[model].check_access("read")
        # sudo: auditors may write the requests; only steps write their items.
        self.sudo()._find_receipts()
        self._write_step("alternative")
        return True

    def action_conclude(self):
        """Complete the alternative procedures.

        :raises UserError: evidence is incomplete, and there is no conclusion
        """
        self._begin_step("conclude")
        for confirmation in self:
            missing = confirmation.stated_company - confirmation.evidence_company
            if (
                not confirmation.currency_id.is_zero(missing)
                and not confirmation.conclusion
            ):
                raise UserError(
                    self.env._(
                        "%(confirmation)s: there is no evidence for %(amount)s. Enter "
                        "your conclusion.",
                        confirmation=confirmation.display_name,
                        amount=amount_text(confirmation.currency_id, missing),
                    )
                )
        return self._conclude("conclude")

    def _conclude(self, step):
        self._write_step(
            step,
            concluded_by_id=self.env.uid,
            concluded_on=fields.Datetime.now(),
        )
        return True

    def action_raise_finding(self):
        """Raise a finding about this request with its misstatement, and open it."""
        self.ensure_one()
        self.check_access("write")
        finding = self.env["clerk.audit.finding"]._raise_on(
            self, self.audit_id, self._finding_condition(), abs(self.misstated_company)
        )
        return finding.get_formview_action()

    def _finding_condition(self):
        money = self.currency_id.format
        if self.state in rules.ANSWERED:
            return self.env._(
                "%(customer)s was requested to confirm %(stated)s as of %(day)s; the "
                "reply differs by %(difference)s.",
                customer=self.partner_id.name,
                stated=money(self.stated_company),
                day=fields.Date.to_string(self.date),
                difference=money(self.difference_company),
            )
        return self.env._(
            "%(customer)s did not confirm %(stated)s as of %(day)s; subsequent "
            "receipts are %(received)s.",
            customer=self.partner_id.name,
            stated=money(self.stated_company),
            day=fields.Date.to_string(self.date),
            received=money(self.received_company),
        )
