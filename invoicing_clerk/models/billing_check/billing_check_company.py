from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..mixin.gate import only_one


class ClerkBillingCheck(models.Model):
    """Checks of one company, in place of those that all companies share.

    As with approval limits, a check without a company applies to all of them; one of a
    company replaces it there and in branches. Only those who have access to all
    companies change what applies to all.
    """

    _inherit = "clerk.billing.check"
    _final_fields = frozenset({"company_id"})

    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
        help="The company and its branches to which the settings of this check apply. "
        "Empty for all companies that have none of their own.",
    )
    may_change = fields.Boolean(
        string="Editable", compute="_compute_may_change", exportable=False
    )

    @api.depends_context("uid")
    @api.depends("company_id")
    def _compute_may_change(self):
        may_change_shared = self._may_change_shared()
        companies = self.env.user.company_ids
        for check in self:
            own = check.company_id
            check.may_change = (
                self.env.su or own in companies if own else may_change_shared
            )

    @api.depends("company_id")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for check in self.filtered("company_id"):
            # sudo: the name of the company, as on findings of the check.
            company = check.company_id.sudo().name
            check.display_name = f"{check.display_name} ({company})"
        return result

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_guarded(vals, creates=True)
        given = self.default_get(["company_id"])
        for vals in vals_list:
            self.new(given | vals)._check_shared()
        checks = super().create(vals_list)
        checks._assign_findings()
        return checks

    def write(self, vals):
        self._check_guarded(vals)
        self._check_shared()
        return super().write(vals)

    @api.model
    def _may_change_shared(self):
        """Return whether the user may change checks that apply to all companies.

        Administrators give themselves access to companies anyway.
        """
        user, companies = self.env.user, self.env["res.company"]
        if self.env.su or user.has_group("base.group_system"):
            return True
        others = [("id", "not in", user.company_ids.ids)]
        # sudo: only whether there are companies beside those of the user.
        return not companies.sudo().search_count(others, limit=1)

    def _check_shared(self):
        """:raises AccessError: one applies to companies that the user has not"""
        for check in self.browse() if self.env.su else self:
            if not check.may_change:
                raise AccessError(
                    self.env._(
                        "%s applies to companies to which you do not have access. "
                        "Open the check and adapt it for your company.",
                        check.display_name,
                    )
                )

    # Which check applies

    @api.model
    def _in_force(self, company):
        """Return the check of each code that applies to a company, archived ones too.

        :param company: empty for the checks that all companies share
        """
        # sudo: only ids; people of branches may not read the company.
        companies = [False, *company.sudo().parent_ids.ids]
        rows = self.with_context(active_test=False).search(
            [("company_id", "in", companies)]
        )
        nearest = {}
        for check in rows.sorted(lambda each: companies.index(each.company_id.id)):
            nearest[check.code] = check.id
        return self.browse(nearest.values()).sorted()

    def _assign_findings(self, without=()):
        """Give findings to the check in force in their company, history included.

        :param without: ids of checks that are about to be deleted
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE clerk_billing_finding AS finding
                      SET check_id = (
                        SELECT nearest.id FROM clerk_billing_check AS nearest
                          LEFT JOIN res_company AS given
                            ON given.id = nearest.company_id
                         WHERE nearest.code = present.code
                           AND nearest.id <> ALL(%(without)s)
                           AND (given.id IS NULL OR STARTS_WITH(
                                company.parent_path, given.parent_path))
                         ORDER BY LENGTH(given.parent_path) DESC NULLS LAST
                         LIMIT 1)
                     FROM clerk_billing_check AS present, res_company AS company
                    WHERE present.id = finding.check_id
                      AND company.id = finding.company_id
                      AND present.code = ANY(%(codes)s)""",
                codes=[*set(self.mapped("code"))],
                without=[*without],
            )
        )
        self.env["clerk.billing.finding"].invalidate_model(["check_id"])

    # Buttons

    def action_adapt(self):
        """Open the check of the current company, which is made if there is none."""
        shared, company = only_one(self), self.env.company
        own = self._in_force(company).filtered(
            lambda each: each.code == shared.code and each.company_id == company
        )
        return (own or shared.copy({"company_id": company.id})).get_formview_action()

    def action_share(self):
        """Return to the check that all companies share.

        :raises UserError: there is none
        """
        own = only_one(self)
        own.check_access("write")
        own._check_shared()
        shared = self._in_force(self.env["res.company"])
        shared = shared.filtered(lambda each: each.code == own.code)
        if not own.company_id or not shared:
            raise UserError(
                self.env._(
                    "%s is not in place of a check for all companies. Archive it "
                    "instead.",
                    own.display_name,
                )
            )
        own._assign_findings(without=own.ids)
        # sudo: acceptances of the check go on with that of all companies.
        acceptances = self.env["clerk.billing.acceptance"].sudo()
        acceptances = acceptances.search([("check_id", "=", own.id)])
        acceptances._inside().write({"check_id": shared.id})
        # sudo: nobody deletes checks; the caller may change this one, and its findings
        # are kept by the other.
        own.sudo().unlink()
        shared._check_causes()
        return shared.get_formview_action()
