from odoo import api, fields, models

from ...rules.customer.duplicate import STOP
from ...rules.customer.party import Party
from .customer_request import COMPARED

# Similar customers that are shown.
SHOWN = 5


class ClerkCustomerRequest(models.Model):
    """Customers that a new one may be the same as, while it is entered.

    From a score of 0.9 on the request stops: a supervisor may go on with a reason.
    Below it, whoever checks it confirms that the customer is new.
    """

    _inherit = "clerk.customer.request"

    match_ids = fields.Many2many(
        "res.partner",
        compute="_compute_matches",
        string="Similar Customers",
        context={"active_test": False},
    )
    match_html = fields.Html(
        string="Comparison", compute="_compute_matches", exportable=False
    )
    match_level = fields.Selection(
        [("stop", "Exists Already"), ("ask", "Similar"), ("none", "New")],
        string="Duplicates",
        compute="_compute_matches",
        exportable=False,
    )
    chosen_id = fields.Many2one(
        "res.partner",
        string="Use Instead",
        copy=False,
        ondelete="set null",
        domain="[('id', 'in', match_ids)]",
        help="The similar customer that is the same one.",
    )

    is_incomplete = fields.Boolean(
        string="Search Still Prepared",
        compute="_compute_is_incomplete",
        exportable=False,
        help="Contacts from before the installation are still being prepared for the "
        "search.",
    )

    @api.depends("state")
    def _compute_is_incomplete(self):
        waits = bool(self.env["res.partner"]._without_duplicate_keys(limit=1))
        for request in self:
            request.is_incomplete = waits and request._is_compared()

    @api.depends(*sorted(COMPARED))
    @api.depends_context("uid", "lang")
    def _compute_matches(self):
        for request in self:
            found = request._matches() if request._is_compared() else []
            request.match_ids = [partner.id for partner, _score in found[:SHOWN]]
            request.match_level = request._level(found[0][1].value if found else 0.0)
            request.match_html = request._matches_html(found[:SHOWN])

    def _is_compared(self):
        return self.state in ("draft", "checked")

    @api.model
    def _level(self, score):
        if score >= STOP:
            return "stop"
        return "ask" if score else "none"

    def _matches(self):
        """Return customers that it may be the same as: see `_find_duplicates`."""
        return self.env["res.partner"]._find_duplicates(
            self._party(), self.company_id, besides=self.partner_id
        )

    def _party(self):
        return Party(
            name=self.customer_name or "",
            vat=self.vat or "",
            registry=self.registry or "",
            accounts=tuple(filter(None, (self.account,))),
            phones=(self.phone or "",),
            emails=(self.email or "",),
            website=self.website or "",
            street=self.street or "",
            zip=self.zip or "",
            city=self.city or "",
            country=self.country_id.code or "",
            is_company=self.scope != "consumer",
        )

    def _matches_html(self, found):
        if not found:
            return False
        rows = [
            {
                "partner": partner,
                "percent": round(100 * score.value),
                "reasons": self._reasons_text(score.reasons),
            }
            for partner, score in found
        ]
        return self.env["ir.qweb"]._render(
            "invoicing_clerk.customer_matches", {"rows": rows}
        )

    def _similar_ids(self):
        """Return the ids of customers of whom the user says that they are others."""
        return [partner.id for partner, _score in self._matches()]

    def _match_problem(self):
        """Return which customer stands in the way of a new one, or nothing."""
        others = self.compared_ids or ()
        found = [each for each in self._matches() if each[0].id not in others]
        if not found:
            return None
        partner, score = found[0]
        facts = {
            "customer": partner.display_name,
            "percent": f"{round(100 * score.value)}%",
            "reasons": self._reasons_text(score.reasons),
        }
        if score.stops:
            return self.env._(
                "%(customer)s is probably the same customer (%(percent)s: %(reasons)s)."
                " Use the existing customer, or ask a supervisor to go on.",
                **facts,
            )
        if self.is_new and self.state == "draft":
            return None
        return self.env._(
            "%(customer)s may be the same customer (%(percent)s: %(reasons)s). Use "
            "the existing customer, or confirm that this one is new.",
            **facts,
        )
