import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ....rules.audit.sample import sampling as rules
from ...mixin.amount import amount_text
from ..engagement.audit_population import POPULATIONS

STORED_QUERY = ("query", "Stored Query")
# The sample is drawn by these: they cannot be changed once it is drawn.
PLAN_FIELDS = {
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
    """A sample of a population: planned, drawn by a seed, examined and evaluated.

    The rules are in ``rules/audit/sample``. Steps, population, drawing, evaluation and
    its wording are each in a file of their own.
    """

    _name = "clerk.audit.sample"
    _description = "Audit Sample"
    _inherit = [
        *("clerk.evidence", "clerk.lifecycle"),
        *("clerk.audit.part", "clerk.audit.thread"),
    ]
    _lifecycle = rules.LIFECYCLE
    _writable_fields = PLAN_FIELDS | {"name", "note", "item_ids"}
    _order = "audit_id desc, id desc"

    name = fields.Char(help="Population and method if left empty.")
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
        string="Objective",
        required=True,
        default="amount",
        help="Substantive: by how much the books are misstated. Controls: how often a "
        "control was not applied.",
    )
    method = fields.Selection(rules.METHODS, required=True, default="mus")
    sign = fields.Selection(
        [("positive", "Debits"), ("negative", "Credits")],
        string="Stratum",
        compute="_compute_sign",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Debit and credit balances are sampled separately, so that they cannot "
        "offset each other.",
    )
    risk = fields.Float(
        string="Risk of Incorrect Acceptance",
        default=0.05,
        required=True,
        digits=(6, 5),
        help="Accepted risk that the population is accepted although its misstatement "
        "exceeds the tolerable misstatement.",
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
        help="Misstatement expected in the population. A higher amount makes the "
        "sample larger.",
    )
    tolerable_rate = fields.Float(
        string="Tolerable Deviation Rate", default=0.05, digits=(6, 5)
    )
    expected_deviations = fields.Integer(
        help="Number of deviations expected in the sample."
    )
    strata_number = fields.Integer(
        string="Strata",
        default=3,
        help="Number of groups with about the same total into which the items are "
        "divided by amount.",
    )
    size_given = fields.Integer(
        string="Requested Size",
        help="Number of items to draw. 0 computes the size that is needed.",
    )
    seed = fields.Char(
        default=lambda self: str(secrets.randbelow(10**SEED_DIGITS)).zfill(SEED_DIGITS),
        copy=False,
        tracking=True,
        help="Starting value of the random numbers. The same seed and population "
        "produce the same sample on any computer.",
    )
    note = fields.Text(
        string="Test Description", help="The objective of testing each item."
    )
    item_ids = fields.One2many("clerk.audit.sample.item", "sample_id", string="Items")
    item_count = fields.Integer(string="Number of Items", compute="_compute_counts")
    recorded_count = fields.Integer(string="Examined", compute="_compute_counts")
    error_count = fields.Integer(string="Exceptions", compute="_compute_counts")

    _risk = models.Constraint(
        "CHECK (risk > 0 AND risk <= 0.5)",
        "The risk must be above 0% and at most 50%; 5% or 10% are usual.",
    )
    _not_negative = models.Constraint(
        "CHECK (tolerable >= 0 AND expected >= 0 AND expected_deviations >= 0)",
        "Tolerable and expected misstatements and deviations cannot be negative.",
    )
    _size_given = models.Constraint(
        f"CHECK (size_given BETWEEN 0 AND {rules.MAXIMUM_SIZE})",
        "The sample size must be between 1 and 1,000,000, or 0 to compute it.",
    )
    _tolerable_rate = models.Constraint(
        "CHECK (tolerable_rate >= 0 AND tolerable_rate < 1)",
        "The tolerable deviation rate must be between 0% and 100%.",
    )
    _strata_number = models.Constraint(
        "CHECK (strata_number BETWEEN 1 AND 20)",
        "The number of strata must be between 1 and 20.",
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
                        "Tests of controls count items, not monetary units: choose "
                        "another method for %s.",
                        sample.display_name,
                    )
                )

    @api.constrains("tolerable", "audit_id", "purpose")
    def _check_tolerable(self):
        for sample in self.filtered(lambda sample: sample.purpose == "amount"):
            materiality = sample.audit_id.materiality
            currency = sample.currency_id
            if (
                materiality
                and currency.compare_amounts(sample.tolerable, materiality) > 0
            ):
                raise ValidationError(
                    self.env._(
                        "%(sample)s: the tolerable misstatement of %(tolerable)s "
                        "cannot exceed the materiality of %(materiality)s.",
                        sample=sample.display_name,
                        tolerable=amount_text(currency, sample.tolerable),
                        materiality=amount_text(currency, materiality),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: a field that steps set is given, or a default of it"""
        self._check_guarded(self._context_defaults(), creates=True)
        self._check_inputs(vals_list)
        return super().create(
            [
                {**vals, "name": vals.get("name") or self._default_name(vals)}
                for vals in vals_list
            ]
        )

    @api.model
    def _context_defaults(self):
        return {
            key.removeprefix("default_"): value
            for key, value in self.env.context.items()
            if key.startswith("default_")
        }

    @api.model
    def _guard_hint(self):
        return self.env._("It is computed from the sample.")

    @api.model
    def _default_name(self, vals):
        completed = {**self.default_get(["population", "method"]), **vals}
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("population", "method")
        }
        population = labels["population"].get(completed["population"], "")
        if completed["population"] == "query" and completed.get("query_id"):
            population = (
                self.env["clerk.audit.query"].browse(completed["query_id"]).name
            )
        return f"{population}: {labels['method'].get(completed['method'], '')}"

    def write(self, vals):
        """Refuse changes of the plan once the sample is drawn.

        :raises UserError: it is drawn already
        """
        if PLAN_FIELDS & vals.keys() and not self._passes_guard():
            self._check_step("draw")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_drawn(self):
        if drawn := self.filtered(lambda sample: sample.state != "draft"):
            raise UserError(
                self.env._(
                    "%s has been drawn and is kept as evidence of the items examined.",
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
            "name": self.env._("Changes since Selection: %s", self.name),
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
