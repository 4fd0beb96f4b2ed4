from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rules.customer.duplicate import STOP
from ...rules.customer.pair import LIFECYCLE, STATES


class ClerkCustomerPair(models.Model):
    """Two contacts that may be one customer, found in the whole base, and the answer.

    *Not the Same* lasts: the pair is not shown again, whoever searches. A merge names
    what depends on both before it happens; Odoo moves it to the contact that is kept.
    """

    _name = "clerk.customer.pair"
    _description = "Possible Duplicate"
    _inherit = ["clerk.lifecycle", "clerk.customer.match", "clerk.work.item.link"]
    _lifecycle = LIFECYCLE
    _guards_all = True
    _order = "score desc, id"

    state = fields.Selection(
        STATES,
        string="Status",
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The older one. Its links stay when both are merged.",
    )
    other_id = fields.Many2one(
        "res.partner",
        string="Possible Duplicate",
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    other_name = fields.Char(
        string="Merged Contact",
        readonly=True,
        help="The name of the contact that was merged into the other.",
    )
    score = fields.Float(readonly=True, aggregator=None, digits=(3, 2))
    reasons = fields.Json(
        string="Facts Compared",
        readonly=True,
        exportable=False,
        export_string_translation=False,
    )
    explanation = fields.Char(string="Reasons", compute="_compute_explanation")
    is_certain = fields.Boolean(
        string="Certain", compute="_compute_is_certain", store=True, readonly=True
    )
    answered_by_id = fields.Many2one("res.users", readonly=True)
    answered_on = fields.Datetime(readonly=True)
    answer = fields.Char(string="Why Not the Same", readonly=True, size=200)

    @api.depends("partner_id", "other_id", "other_name")
    def _compute_display_name(self):
        for pair in self:
            names = pair.partner_id.display_name, pair.other_id.display_name
            pair.display_name = " / ".join(
                filter(None, (names[0], names[1] or pair.other_name))
            )

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for pair in self:
            pair.explanation = self._reasons_text(pair.reasons or ())

    @api.depends("score")
    def _compute_is_certain(self):
        for pair in self:
            pair.is_certain = pair.score >= STOP

    @api.model
    def _guard_hint(self):
        return self.env._("Use the buttons of the record instead.")

    # Answers

    def action_keep(self, reason):
        """Record that these are different customers, and why.

        :raises UserError: no reason is given
        """
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(
                self.env._("Enter why these are different: %s.", self._enumerate())
            )
        self._take_step("keep", answer=reason.strip()[:200], **self._answered())

    def action_reopen(self):
        """Review pairs again that were found to be different."""
        self._take_step("reopen", answer=False, **self._answered())

    def _answered(self):
        return {"answered_by_id": self.env.uid, "answered_on": fields.Datetime.now()}

    def _obstacle(self, step, vals):
        if step == "merge":
            return self._merge_problem() or super()._obstacle(step, vals)
        return super()._obstacle(step, vals)

    def _merge_problem(self):
        """Return why the contacts of a pair cannot be merged, or nothing."""
        if not self.partner_id or not self.other_id:
            return self.env._("One of the contacts has been deleted.")
        both = self.partner_id + self.other_id
        if own := self._belonging_to_users(both):
            return self.env._(
                "%s belongs to a user or to a company: only an administrator can merge "
                "it.",
                own[0].display_name,
            )
        if self._has_foreign_entries(both):
            return self.env._(
                "%s has entries in companies that you do not have access to: ask an "
                "administrator to merge them.",
                self.display_name,
            )
        companies = both.company_id
        if len(companies) > 1:
            return self.env._(
                "%(contact)s belongs to %(company)s, the other contact to %(other)s.",
                contact=self.partner_id.display_name,
                company=companies[0].display_name,
                other=companies[1].display_name,
            )
        return None

    @api.model
    def _belonging_to_users(self, partners):
        """Return contacts by whom somebody logs in, or that are companies.

        Whoever could merge them would decide where their passwords are sent.
        """
        # sudo: only tells whether there is a user or a company.
        known = partners.sudo().with_context(active_test=False)
        # sudo: as above.
        companies = (
            self.env["res.company"].sudo().search([("partner_id", "in", partners.ids)])
        )
        return known.filtered("user_ids") | companies.partner_id

    @api.model
    def _has_foreign_entries(self, partners):
        # sudo: only tells whether a merge would change entries that are hidden.
        items = self.env["account.move.line"].sudo()
        return bool(
            items.search_count(
                Domain("partner_id", "in", partners.ids)
                & Domain("company_id", "not in", self.env.user.company_ids.ids),
                limit=1,
            )
        )

    def action_merge(self, keep=None):
        """Merge the contacts of a pair.

        :param keep: the id of the contact to keep; by default the older one
        :raises UserError: they cannot be merged
        """
        self.ensure_one()
        self._begin_step("merge")
        self._check_needs("merge", {})
        both = self.partner_id + self.other_id
        kept = both.filtered(lambda each: each.id == keep) if keep else self.partner_id
        if not kept:
            raise UserError(
                self.env._(
                    "Select which of the contacts of %s to keep.", self.display_name
                )
            )
        lost = both - kept
        name = lost.display_name
        # First the answer: a merge leaves a pair with one contact twice.
        self._write_step("merge", other_name=name, other_id=False, **self._answered())
        self._inside().partner_id = kept
        self._write_merge(kept, lost)
        return kept.get_formview_action()

    @api.model
    def _write_merge(self, kept, lost):
        # Emails that differ are no reason against it: a supervisor has decided.
        wizard = self.env["base.partner.merge.automatic.wizard"]
        self.env.flush_all()
        # sudo: contacts of a user or company were refused before, and the merge itself
        # is a supervisor's own step.
        wizard.sudo()._merge((kept + lost).ids, kept.sudo(), extra_checks=False)
        self.env.invalidate_all()

    def action_open_merge(self):
        """Show what depends on both contacts, and ask which to keep."""
        self.ensure_one()
        self._check_step("merge")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge Contacts"),
            "res_model": "clerk.customer.merge",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_pair_id": self.id},
        }

    @api.model
    def _of(self, partner):
        """Return the domain of pairs of a contact."""
        return Domain("partner_id", "=", partner.id) | Domain(
            "other_id", "=", partner.id
        )
