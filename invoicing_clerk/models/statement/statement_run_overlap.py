from odoo import api, fields, models
from odoo.fields import Domain


class ClerkStatementRun(models.Model):
    """Other runs that list the same items: those of a branch or of its company.

    A run includes the branches of its company. So an item of a branch is on the
    statements of both, if both have a run as of the same date.
    """

    _inherit = "clerk.statement.run"

    overlap = fields.Char(
        compute="_compute_overlap",
        string="Same Items",
        help="Runs of a branch, or of its company, as of the same date.",
    )

    def _company_family(self):
        """Return the company with its branches and the companies it is a branch of."""
        # sudo: ids of companies, in which to look for runs.
        company = self.company_id.sudo()
        return company.parent_ids | company.search([("id", "child_of", company.id)])

    @api.depends("company_id", "date", "state")
    def _compute_overlap(self):
        for run in self:
            others = run._overlapping_runs() if run.company_id else run.browse()
            run.overlap = bool(others) and self.env._(
                "Items of the same branches are also on other statements as of this "
                "date: %(runs)s. Customers would receive them twice. Cancel one of "
                "the runs.",
                runs=", ".join(
                    dict.fromkeys(
                        f"{other.name} ({other.company_id.name})" for other in others
                    )
                ),
            )

    def _overlapping_runs(self):
        """Return the runs of other companies of the family as of the same date."""
        # sudo: names of runs and companies alone, where the caller works in one.
        return self.sudo().search(
            Domain("company_id", "in", (self._company_family() - self.company_id).ids)
            & Domain("date", "=", self.date)
            & Domain("state", "not in", ("draft", "cancelled"))
        )
