from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..mixin.amount import amount_text

EDITABLE_STATES = ("draft", "refused")
OPEN_STATES = (*EDITABLE_STATES, "waiting", "approved")
# Those that were proposed or applied keep the amount that was at stake then.
PROPOSED_STATES = ("waiting", "approved", "applied")


class ClerkCorrection(models.Model):
    """The amount at stake that limits are compared with.

    Many small corrections count as a large one: those of the same customer by the same
    people add up, across invoices, remedies and branches, while they are open and for
    some days after. What another person approved has been seen by two people, and does
    not count against those who did not approve it, but against the approver, whoever
    proposed it. Drafts that are above the limit by themselves, and so cannot be applied
    without approval, do not count.
    """

    _inherit = "clerk.correction"

    stake = fields.Monetary(
        compute="_compute_stake",
        currency_field="company_currency_id",
        string="Amount at Stake",
        help="The amount that limits are compared with, in company currency: the "
        "larger of the amounts credited and debited, and those of open and recent "
        "corrections of the same customer by the same people.",
    )
    stake_note = fields.Char(
        compute="_compute_stake",
        string="Breakdown of Amount at Stake",
        exportable=False,
    )

    counted_stake = fields.Monetary(
        compute="_compute_counted_stake",
        currency_field="company_currency_id",
        string="Amount at Stake for Limits",
        exportable=False,
    )

    @api.depends("own_stake", "proposed_stake", "state")
    def _compute_counted_stake(self):
        for correction in self:
            proposed = correction.state in PROPOSED_STATES
            correction.counted_stake = (
                correction.proposed_stake if proposed else correction.own_stake
            )

    @api.depends("own_stake", "author_ids", "proposed_by_id", "partner_id", "state")
    @api.depends_context("uid")
    def _compute_stake(self):
        others = self._open_and_recent()
        for correction in self:
            adding = correction._adding(others, self.env.user)
            correction.stake = correction._with_others(adding)
            correction.stake_note = correction._explain_stake(adding)

    def _with_others(self, adding):
        """Return what is at stake with the corrections that add up."""
        return self._own_with_others(adding)

    def _own_with_others(self, adding):
        # What changes nothing is not made larger by others.
        return self.own_stake and self.company_currency_id.round(
            self.own_stake + sum(adding.mapped("counted_stake"))
        )

    def _explain_stake(self, adding):
        if not (self.own_stake and adding):
            return False
        added = sum(adding.mapped("counted_stake"))
        return self.env._(
            "including %(amount)s for %(corrections)s",
            amount=amount_text(self.company_currency_id, added),
            corrections=adding._enumerate(),
        )

    def _stake_text(self):
        stake = super()._stake_text()
        return f"{stake} ({self.stake_note})" if self.stake_note else stake

    def _people(self):
        """Return whose corrections add up with this one."""
        people = self.author_ids | self.proposed_by_id
        # Whoever applies a draft answers for it, too.
        return (
            people if self.state in ("waiting", "approved") else people | self.env.user
        )

    def _all_people(self):
        return self.author_ids | self.proposed_by_id | self.applied_by_id

    def _open_and_recent(self, approvers=None):
        """Return corrections that may add up with these, by customer.

        :param approvers: who may approve them, if not the current user
        """
        # sudo: corrections in branches count as well, of which sums and numbers are
        # shown to people who entered or approve them.
        corrections = self.sudo()
        people = self.env["res.users"].union(*(each._people() for each in self))
        by_them = Domain.OR(
            Domain(name, "in", people.ids)
            for name in ("author_ids", "proposed_by_id", "applied_by_id")
        ) | Domain("approved_by_id", "in", (approvers or self.env.user).ids)
        found = corrections.search(
            by_them
            & Domain("partner_id", "in", self.partner_id.ids)
            & Domain.OR(self._period(root) for root in corrections.company_id.root_id),
            order="id",
        )
        return found._without_beyond_limits().grouped("partner_id")

    def _without_beyond_limits(self):
        """Drop drafts that cannot be applied without approval in any case."""
        limits = self.env["clerk.approval.limit"]
        drafts = self.filtered(lambda each: each.state in EDITABLE_STATES)
        beyond = self.browse()
        for (user, company, remedy), group in drafts.grouped(
            lambda each: (each.create_uid, each.company_id, each.remedy_id)
        ).items():
            limit = limits._governing(user, company, remedy)
            beyond |= group.filtered(
                lambda each, limit=limit: (
                    not limit._covers(each.company_id, each.own_stake)
                )
            )
        return self - beyond

    def _period(self, company):
        """Return the domain of what counts in a company and its branches."""
        days = company.clerk_stake_days
        since = fields.Datetime.now() - relativedelta(days=days)
        recent = Domain("state", "=", "applied") & Domain("applied_on", ">=", since)
        return Domain("company_id", "child_of", company.id) & (
            Domain("state", "in", OPEN_STATES) | recent
        )

    def _adding(self, others, user):
        """Return those of other corrections that add up with this one for a user."""
        people = self._people()
        # sudo: only compares the company that a branch belongs to.
        root = self.company_id.sudo().root_id
        return others.get(self.partner_id, self.browse()).filtered(
            lambda each: (
                each.id != self._origin.id
                and each.company_id.root_id == root
                and (each.approved_by_id or user) == user
                and (each.approved_by_id or people & each._all_people())
                and each.counted_stake
            )
        )
