from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from odoo.addons.invoicing_clerk.rules.lifecycle import Lifecycle, Step

from ...rules import count as rules

# What people enter until the count is complete.
ENTERED_FIELDS = ("counted_on", "counters", "note")


class ClerkCount(models.Model):
    """A blind count of goods, which says what was billed and is still on hand.

    The list names goods, and not how many there should be: quantities in Inventory are
    read when the count is entered, as of the time at which it took place. Somebody else
    reviews the differences. Nothing is changed in Inventory: that stays with the
    warehouse.

    Steps are in `count_step`, quantities and documents of Inventory in `count_book`,
    the list as a spreadsheet in `count_sheet`, and findings in `billing_check_count`.
    """

    _name = "clerk.count"
    _description = "Count of Goods"
    _inherit = ["clerk.drafted", "clerk.evidence", "clerk.thread"]
    _lifecycle = Lifecycle(
        rules.STATES,
        {
            "start": Step(("draft",), "counting", "clerk"),
            "attach": Step(("counting", "entered"), (), "clerk"),
            "enter": Step(("counting",), "entered", "clerk"),
            "review": Step(("entered",), "reviewed", "supervisor"),
            "recount": Step(("entered", "reviewed"), (), "supervisor"),
            "cancel": Step(("counting", "entered"), "cancelled", "supervisor"),
        },
    )
    _number_prefix = "CNT"
    _order = "id desc"
    _check_company_auto = True
    _evidence_fields = {"sheet_id": "sheet_hash"}
    _content_fields = frozenset({"location_ids", "product_ids", "finding_ids"})
    _final_fields = frozenset({"company_id"})
    _guarded_fields = frozenset(
        {
            *("started_by_id", "started_on", "entered_by_id", "entered_on"),
            *("reviewed_by_id", "reviewed_on", "recount_of_id", "sheet_id"),
            "timed_by_ids",
            *("sheet_hash", "last_receipt", "last_delivery"),
        }
    )

    state = fields.Selection(
        rules.STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    location_ids = fields.Many2many(
        "stock.location",
        "clerk_count_location_rel",
        "count_id",
        "location_id",
        string="Locations",
        check_company=True,
        domain="[('usage', 'in', ('internal', 'view')),"
        " ('company_id', '=', company_id)]",
        help="All goods in these locations are counted, or the selected products only.",
    )
    product_ids = fields.Many2many(
        "product.product",
        "clerk_count_product_rel",
        "count_id",
        "product_id",
        string="Products",
        check_company=True,
        domain="[('is_storable', '=', True)]",
        help="These products are counted wherever they are, or in the selected "
        "locations only.",
    )
    finding_ids = fields.Many2many(
        "clerk.billing.finding",
        "clerk_count_finding_rel",
        "count_id",
        "finding_id",
        string="Billing Findings",
        check_company=True,
        help="Findings whose goods are counted.",
    )
    line_ids = fields.One2many(
        "clerk.count.line", "count_id", string="Goods", copy=False
    )
    counted_on = fields.Datetime(
        copy=False,
        help="The time at which the goods were counted. Figures are compared with the "
        "quantities on hand at that time.",
    )
    timed_by_ids = fields.Many2many(
        "res.users",
        "clerk_count_timer_rel",
        "count_id",
        "user_id",
        string="Time Entered By",
        readonly=True,
        copy=False,
        help="Users who have entered the time of the count cannot review it.",
    )
    counters = fields.Char(
        string="Counted By", size=200, copy=False, help="The people who have counted."
    )
    note = fields.Text(copy=False)
    started_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    started_on = fields.Datetime(readonly=True, copy=False)
    entered_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    entered_on = fields.Datetime(readonly=True, copy=False)
    reviewed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    reviewed_on = fields.Datetime(readonly=True, copy=False)
    recount_of_id = fields.Many2one(
        "clerk.count",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The count whose differences are counted again.",
    )
    recount_ids = fields.One2many("clerk.count", "recount_of_id", string="Recounts")
    sheet_id = fields.Many2one(
        "ir.attachment",
        string="Count Sheet",
        readonly=True,
        copy=False,
        help="The sheet with the figures and signatures of those who have counted.",
    )
    sheet_hash = fields.Char(string="SHA-256", readonly=True, copy=False)
    last_receipt = fields.Char(
        readonly=True,
        copy=False,
        help="The last document by which goods came to these locations.",
    )
    last_delivery = fields.Char(
        readonly=True,
        copy=False,
        help="The last document by which goods left these locations.",
    )
    line_count = fields.Integer(string="Rows", compute="_compute_line_totals")
    open_count = fields.Integer(string="Not Counted", compute="_compute_line_totals")
    difference_count = fields.Integer(
        string="Differences", compute="_compute_line_totals"
    )
    value_missing = fields.Monetary(string="Shortage", compute="_compute_line_totals")
    value_over = fields.Monetary(string="Overage", compute="_compute_line_totals")
    found_count = fields.Integer(
        string="Number of Findings", compute="_compute_found_count"
    )

    @api.depends("line_ids.is_counted", "line_ids.value", "line_ids.difference")
    def _compute_line_totals(self):
        """Sum rows in the database: a list of counts reads none of them."""
        totals = {
            "line_count": (Domain.TRUE, "__count"),
            "open_count": (Domain("is_counted", "=", False), "__count"),
            "difference_count": (Domain("difference", "!=", 0), "__count"),
            "value_missing": (Domain("value", "<", 0), "value:sum"),
            "value_over": (Domain("value", ">", 0), "value:sum"),
        }
        for name, (domain, aggregate) in totals.items():
            found = dict(
                self.env["clerk.count.line"]._read_group(
                    Domain("count_id", "in", self.ids) & domain,
                    ["count_id"],
                    [aggregate],
                )
            )
            for count in self:
                count[name] = found.get(count._origin, 0)

    def _compute_found_count(self):
        findings = self.env["clerk.billing.finding"]
        for count in self:
            count.found_count = (
                findings.search_count(count._found_domain())
                if count.state == "reviewed"
                else 0
            )

    # Guards

    @api.model
    def _evidence_hint(self):
        return self.env._("Attach another file to the count instead.")

    @api.model_create_multi
    def create(self, vals_list):
        counts = super().create(vals_list)
        counts.filtered("counted_on")._note_timer()
        return counts

    def write(self, vals):
        """:raises UserError: time, people or note of an entered count are changed"""
        self._check_guarded(vals)
        if not (self._passes_guard() or vals.keys().isdisjoint(ENTERED_FIELDS)):
            self._check_open()
        if "counted_on" not in vals or self._passes_guard():
            return super().write(vals)
        before = {count: count.counted_on for count in self}
        done = super().write(vals)
        self.filtered(lambda each: each.counted_on != before[each])._note_timer()
        return done

    def _note_timer(self):
        """Remember that the user has entered the time: somebody else reviews it."""
        new = self.filtered(lambda each: self.env.user not in each.timed_by_ids)
        new._inside().timed_by_ids = [Command.link(self.env.uid)]

    def _check_open(self):
        """:raises UserError: the figures of one are complete"""
        for count in self.filtered(
            lambda each: each.state not in ("draft", "counting")
        ):
            raise UserError(
                self.env._(
                    "%(record)s is %(state)s: its figures can no longer be changed.",
                    record=count.name,
                    state=count._state_label(),
                )
            )

    # Findings

    def _found_domain(self):
        """Return a domain for findings about goods of these counts."""
        return [
            ("company_id", "in", self.company_id.ids),
            ("check_id.code", "in", ["GONE", "THERE"]),
            ("state", "!=", "gone"),
            "|",
            ("count_line_id.count_id", "in", self.ids),
            ("move_line_id.product_id", "in", self.line_ids.product_id.ids),
        ]

    def action_view_findings(self):
        """Open what was billed and is on hand, and what is missing and not billed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_billing_finding_action_related"
        )
        return {
            **action,
            "domain": self._found_domain(),
            "context": {"search_default_by_check": 1},
        }
