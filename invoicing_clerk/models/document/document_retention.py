from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.document.retention import DOCUMENT_STATES, keep_until
from ...rules.lifecycle import SYSTEM, Lifecycle, Step


class ClerkDocument(models.Model):
    """The term of a document, and its legal hold, which is stronger than any term."""

    _inherit = "clerk.document"
    _lifecycle = Lifecycle(
        DOCUMENT_STATES,
        {
            "hold": Step(("filed",), (), "supervisor"),
            "release": Step(("filed",), (), "supervisor"),
            "dispose": Step(("filed",), "disposed", SYSTEM),
        },
    )
    _guarded_fields = frozenset({"is_on_hold", "hold_reason", "hold_by_id"})

    kept_until = fields.Date(
        compute="_compute_kept_until",
        store=True,
        index=True,
        help="The end of the fiscal year of the document, and the years of its class.",
    )
    is_on_hold = fields.Boolean(
        string="Legal Hold", readonly=True, copy=False, tracking=True
    )
    hold_reason = fields.Char(readonly=True, copy=False, tracking=True)
    hold_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    @api.depends("date", "company_id", "class_id.keep_years")
    def _compute_kept_until(self):
        for document in self:
            document.kept_until = document.date and keep_until(
                document._year_end(), document.class_id.keep_years
            )

    def _year_end(self):
        """Return the last day of the fiscal year of the document."""
        # sudo: when the fiscal year of a company ends.
        company = self.company_id.sudo()
        return company.compute_fiscalyear_dates(self.date)["date_to"]

    def _is_offered(self, step):
        held = {"hold": not self.is_on_hold, "release": self.is_on_hold}
        return held.get(step, True) and super()._is_offered(step)

    @api.depends("is_on_hold")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    def action_hold(self, reason):
        """Keep documents whatever their term is, and say why."""
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Enter a reason for %s.", self._enumerate()))
        self._take_step(
            "hold",
            is_on_hold=True,
            hold_reason=reason.strip()[:200],
            hold_by_id=self.env.uid,
        )

    def action_release(self):
        """End the legal hold of documents."""
        self._take_step("release", is_on_hold=False, hold_reason=False)
