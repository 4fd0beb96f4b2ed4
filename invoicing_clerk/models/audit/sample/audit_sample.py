import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ....rules.audit.sample import sampling as rules
from ..engagement.audit_population import POPULATIONS

STORED_QUERY = ("query", "A Stored Query")
# What a sample is drawn by; it stands once the sample is drawn.
PLAN = {
    "audit_id",
    "population",
    "query_id",
    "purpose",
    "method",
    "sign",
    "risk",
    "tolerable",
    "expected",
    "tolerable_rate",
    "expected_deviations",
    "strata_number",
    "size_given",
    "seed",
}
SEED_DIGITS = 8


class ClerkAuditSample(models.Model):
    """Items that stand for a population: planned, drawn by a seed, looked at, judged.

    The rules are in ``rules/sampling*.py``. Steps, population, drawing, verdict and its
    words are each in a file of their own.
    """

    _name = "clerk.audit.sample"
    _description = "Audit Sample"
    _inherit = ["clerk.audit.sample.kept", "clerk.audit.part", "clerk.audit.thread"]
    _order = "audit_id desc, id desc"

    name = fields.Char(help="Left empty, the population and the method.")
    population = fields.Selection(
        [*POPULATIONS, STORED_QUERY], required=True, default="invoices"
    )
    query_id = fields.Many2one(
        "clerk.audit.query",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('audit_id', '=', audit_id)]",
    )
    model = fields.Char(related="query_id.model")
    purpose = fields.Selection(
        rules.PURPOSES,
        string="Question",
        required=True,
        default="amount",
        help="Amounts: by how much the books are wrong. Deviations: how often a rule "
        "was not kept.",
    )
    method = fields.Selection(rules.METHODS, required=True, default="mus")
    sign = fields.Selection(
        [("positive", "Charges"), ("negative", "Credits")],
        string="Of Which",
        compute="_compute_sign",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Amounts above and below zero are sampled apart, so that they cannot "
        "make up for each other.",
    )
    risk = fields.Float(
        string="Risk of Incorrect Acceptance",
        default=0.05,
        required=True,
        digits=(6, 5),
        help="How likely it may be that a population is accepted although more than "
        "the tolerable is wrong.",
    )
    tolerable = fields.Monetary(
        string="Tolerable Misstatement",
        compute="_compute_tolerable",
        store=True,
        precompute=True,
        readonly=False,
    )
    expected = fields.Monetary(
        string="Expected Misstatement",
        help="What will probably be found. The more it is, the bigger the sample.",
    )
    tolerable_rate = fields.Float(
        string="Tolerable Deviation Rate", default=0.05, digits=(6, 5)
    )
    expected_deviations = fields.Integer(help="In the sample.")
    strata_number = fields.Integer(
        string="Strata",
        default=3,
        help="Into how many groups of about the same total the items are divided, by "
        "their amount.",
    )
    size_given = fields.Integer(help="How many to draw; 0: as many as are needed.")
    seed = fields.Char(
        default=lambda self: str(secrets.randbelow(10**SEED_DIGITS)).zfill(SEED_DIGITS),
        copy=False,
        tracking=True,
        help="Chance follows from it. The same seed and the same population give the "
        "same sample, on any machine.",
    )
    note = fields.Text(string="Purpose and Rule", help="What each item is tested for.")
    item_ids = fields.One2many("clerk.audit.sample.item", "sample_id", string="Items")
    item_count = fields.Integer(compute="_compute_counts")
    recorded_count = fields.Integer(string="Recorded", compute="_compute_counts")
    error_count = fields.Integer(string="Wrong", compute="_compute_counts")

    _risk = models.Constraint(
        "CHECK (risk > 0 AND risk <= 0.5)",
        "The risk is above 0 % and at most 50 %; 5 % or 10 % are usual.",
    )
    _not_negative = models.Constraint(
        "CHECK (tolerable >= 0 AND expected >= 0 AND expected_deviations >= 0)",
        "What is tolerable or expected cannot be negative.",
    )
    _size_given = models.Constraint(
        f"CHECK (size_given BETWEEN 0 AND {rules.MOST})",
        "The size of a sample is from 1 to a million; 0 has it computed.",
    )
    _tolerable_rate = models.Constraint(
        "CHECK (tolerable_rate >= 0 AND tolerable_rate < 1)",
        "The tolerable deviation rate is below 100 %.",
    )
    _strata_number = models.Constraint(
        "CHECK (strata_number BETWEEN 1 AND 20)", "There are between 1 and 20 strata."
    )

    @api.depends("population")
    def _compute_sign(self):
        for sample in self:
            is_credit = sample.population == "credit_notes"
            sample.sign = "negative" if is_credit else "positive"

    @api.depends("audit_id")
    def _compute_tolerable(self):
        for sample in self:
            audit = sample.audit_id
            sample.tolerable = audit.performance_materiality or audit.materiality

    @api.depends("item_ids.is_recorded", "item_ids.is_wrong")
    def _compute_counts(self):
        groups = self.env["clerk.audit.sample.item"]._read_group(
            [("sample_id", "in", self.ids)],
            ["sample_id", "is_recorded", "is_wrong"],
            ["__count"],
        )
        for sample in self:
            own = [row[1:] for row in groups if row[0] == sample._origin]
            sample.item_count = sum(count for _done, _wrong, count in own)
            sample.recorded_count = sum(count for done, _wrong, count in own if done)
            sample.error_count = sum(count for _done, wrong, count in own if wrong)

    @api.constrains("purpose", "method")
    def _check_method(self):
        for sample in self:
            if sample.purpose == "attribute" and sample.method == "mus":
                raise ValidationError(
                    self.env._(
                        "Deviations are counted in items, not in monetary units: "
                        "choose another method for %s.",
                        sample.display_name,
                    )
                )

    @api.constrains("tolerable", "audit_id", "purpose")
    def _check_tolerable(self):
        for sample in self.filtered(lambda sample: sample.purpose == "amount"):
            most = sample.audit_id.materiality
            currency = sample.currency_id
            if most and currency.compare_amounts(sample.tolerable, most) > 0:
                raise ValidationError(
                    self.env._(
                        "%(sample)s: a misstatement of %(tolerable)s cannot be "
                        "tolerated where the materiality is %(materiality)s.",
                        sample=sample.display_name,
                        tolerable=currency.format(sample.tolerable),
                        materiality=currency.format(most),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [
                {**vals, "name": vals.get("name") or self._usual_name(vals)}
                for vals in vals_list
            ]
        )

    @api.model
    def _usual_name(self, vals):
        usual = {**self.default_get(["population", "method"]), **vals}
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("population", "method")
        }
        of = labels["population"][usual["population"]]
        if usual["population"] == "query" and usual.get("query_id"):
            of = self.env["clerk.audit.query"].browse(usual["query_id"]).name
        return f"{of}: {labels['method'][usual['method']]}"

    def write(self, vals):
        """The plan stands once the sample is drawn.

        :raises UserError: it is drawn already
        """
        if PLAN & vals.keys() and not self.env.su:
            self._check_step("draw")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_drawn(self):
        if drawn := self.filtered(lambda sample: sample.state != "draft"):
            raise UserError(
                self.env._(
                    "%s is drawn: it stays as the proof of what was looked at.",
                    ", ".join(drawn.mapped("name")),
                )
            )

    # Buttons

    def action_view_items(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_audit_sample_item_action"
        )
        return {
            **action,
            "display_name": self.name,
            "domain": [("sample_id", "=", self.id)],
        }

    def action_view_changes(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Changed Since: %s", self.name),
            "res_model": "clerk.audit.sample.change",
            "view_mode": "list",
            "domain": [("sample_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_view_population(self):
        self.ensure_one()
        return self.query_id.action_open()

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", sample.name))
            for sample, vals in zip(self, super().copy_data(default), strict=True)
        ]
