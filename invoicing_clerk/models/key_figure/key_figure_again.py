from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..mixin.gate import at_least_one


class ClerkKeyFigure(models.Model):
    """Lets supervisors compute figures again that were computed afterwards.

    Documents of earlier months may be imported after the first computation.
    """

    _inherit = "clerk.key.figure"

    def _compute_again(self, reason):
        """Compute frozen figures again; log who did it, why, and the value before.

        :raises AccessError: the user is not a supervisor of the company
        :raises UserError: no reason is given, or a figure was computed in time
        """
        self._check_compute_again(reason)
        # sudo: only this step writes figures, those that were checked above.
        for figure in self.sudo():
            figure._inside().write(
                {
                    "state": "open",
                    "recomputations": "\n".join(
                        filter(None, (figure.recomputations, figure._log_line(reason)))
                    ),
                }
            )
        # sudo: computes figures of these companies only, which their users may read.
        self.sudo()._compute_months(fields.Date.today(), self.company_id)

    def _check_compute_again(self, reason):
        at_least_one(self).check_access("read")
        if not self.env.user.has_group("invoicing_clerk.group_supervisor"):
            raise AccessError(
                self.env._("Only supervisors can have key figures computed again.")
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Enter the reason."))
        for figure in self:
            if figure.state != "frozen" or not figure.computed_afterwards:
                raise UserError(
                    self.env._(
                        "%s cannot be computed again: only frozen figures that were "
                        "computed afterwards can. Select those only.",
                        figure.display_name,
                    )
                )

    def _log_line(self, reason):
        return self.env._(
            "%(day)s, %(user)s: %(reason)s (value before: %(value)s)",
            day=format_date(self.env, fields.Date.context_today(self)),
            user=self.env.user.name,
            reason=reason.strip(),
            value=self.value_text,
        )
