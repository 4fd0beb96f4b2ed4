from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import formatLang

from ...rules.billing_check import billing_check as rules
from ..mixin.amount import amount_text, price_text

# Facts that are ids, by the first part of their names.
MODELS_BY_KIND = {
    "tax": "account.tax",
    "taxes": "account.tax",
    "term": "account.payment.term",
    "position": "account.fiscal.position",
    "partner": "res.partner",
    "currency": "res.currency",
    "pricelist": "product.pricelist",
}


class ClerkBillingFinding(models.Model):
    """A finding of a check: the document, the facts, the explanation and the outcome.

    There is one finding for each check and subject, a document or one of its lines.
    Runs add, update and close findings by SQL; nobody edits them. Clerks accept what is
    right, or open billing errors (`billing_finding_step.py`).
    """

    _name = "clerk.billing.finding"
    _description = "Billing Check Finding"
    _inherit = [
        "clerk.lifecycle",
        "clerk.explained",
        "clerk.work.item.link",
        "clerk.automated",
    ]
    _order = "move_id desc, id"
    _lifecycle = rules.FINDING_LIFECYCLE
    _guards_all = True
    _watched_fields = ("state", "severity", "fingerprint")
    _explained_parts = {"explanation": "text", "expected": "expected", "found": "found"}

    check_id = fields.Many2one(
        "clerk.billing.check", required=True, readonly=True, ondelete="cascade"
    )
    severity = fields.Selection(rules.SEVERITIES, readonly=True)
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        readonly=True,
        ondelete="cascade",
        index=True,
        help="Empty if the finding is about something that has no document yet.",
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Invoice Line",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
    )
    move_state = fields.Selection(related="move_id.state", string="Document Status")
    invoice_date = fields.Date(related="move_id.invoice_date", string="Invoice Date")
    is_sent = fields.Boolean(related="move_id.is_move_sent", string="Sent")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount = fields.Monetary(
        string="Effect",
        readonly=True,
        aggregator=None,
        help="The amount that was billed too much; negative if too little.",
    )
    amount_company = fields.Monetary(
        string="Effect in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
    )
    expected = fields.Char(compute="_compute_explanation")
    found = fields.Char(compute="_compute_explanation")
    fingerprint = fields.Char(
        readonly=True, exportable=False, export_string_translation=False
    )
    found_on = fields.Datetime(readonly=True)
    gone_on = fields.Datetime(string="No Longer Found Since", readonly=True)

    _subject = models.UniqueIndex(
        "(check_id, move_id, COALESCE(move_line_id, 0)) WHERE move_id IS NOT NULL"
    )
    _open = models.Index("(company_id, check_id) WHERE state = 'open'")

    @api.model
    def _reasons(self):
        return self.env["clerk.billing.check"]._finding_reasons()

    def _compute_explanation(self):
        named = self.with_context(fact_names=self._fact_names())
        return super(ClerkBillingFinding, named)._compute_explanation()

    def _fact_names(self):
        """Return the names of all records in facts, by model and id."""
        ids = defaultdict(set)
        for finding in self:
            for name, value in (finding.facts or {}).items():
                if model := MODELS_BY_KIND.get(name.partition("_")[0]):
                    ids[model].update(value if isinstance(value, list) else [value])
        # sudo: names of taxes, terms and positions that the document or its customer
        # has, for those who may read the finding.
        env = self.sudo().env
        return {
            model: {
                record.id: record.display_name
                for record in env[model].browse(found - {None}).exists()
            }
            for model, found in ids.items()
        }

    @api.depends("check_id", "move_id")
    def _compute_display_name(self):
        for finding in self:
            # sudo: the code of the check, as in the list of findings.
            code = finding.check_id.sudo().code
            names = (code, finding.move_id.display_name)
            finding.display_name = " · ".join(filter(None, names))

    def _fact_text(self, name, value):
        """Return a fact as text; ids are of records that the document refers to."""
        kind = name.partition("_")[0]
        if kind == "company" and value is not None:
            currency = self.company_id.currency_id
            return amount_text(currency, value)
        if kind == "price":
            return price_text(self.currency_id, value)
        if kind == "percent":
            return f"{formatLang(self.env, value)}%"
        if kind == "rate":
            return formatLang(self.env, value or 0.0, digits=6)
        if kind == "fields":
            partners = self.env["res.partner"]._fields
            names = (partners[each]._description_string(self.env) for each in value)
            return ", ".join(names)
        if model := MODELS_BY_KIND.get(kind):
            names = self.env.context["fact_names"].get(model, {})
            ids = value if isinstance(value, list) else [value]
            shown = [names[each] for each in ids if each in names]
            return ", ".join(shown) or self.env._("none")
        return super()._fact_text(name, value)

    def _banner(self):
        """Return the finding as the banner of its document shows it."""
        return {
            "level": "danger" if self.severity == "block" else "warning",
            "message": f"{self.explanation}",
            "action_text": self.env._("View Finding"),
            "action": self.get_formview_action(),
        }

    def action_open_document(self):
        """Open the document."""
        self.ensure_one()
        return self.move_id.get_formview_action()
