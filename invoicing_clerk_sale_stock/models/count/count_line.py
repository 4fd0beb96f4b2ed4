from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.invoicing_clerk.models.mixin.locking import take_turns
from odoo.addons.invoicing_clerk.rules.entered_amount import parse_amount

from ...rules import count as rules


class ClerkCountLine(models.Model):
    """Goods of a count: a product in a location, of one lot where lots are tracked.

    What was counted is a text, because an empty field is no zero. What Inventory says
    is not there before the count is entered, so that nobody can look it up.
    """

    _name = "clerk.count.line"
    _description = "Counted Goods"
    _inherit = ["clerk.guarded"]
    _order = "count_id desc, number, id"
    _check_company_auto = True
    _final_fields = frozenset({"count_id", "product_id", "location_id", "lot_name"})
    _guarded_fields = frozenset(
        {
            *("number", "name", "lot_id", "uom_id", "is_added", "counted_by_id"),
            *("book_quantity", "unit_cost", "last_in", "last_out", "next_move"),
        }
    )

    count_id = fields.Many2one(
        "clerk.count", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(related="count_id.state", string="Status")
    company_id = fields.Many2one(
        related="count_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    number = fields.Integer(string="No.", readonly=True, aggregator=None)
    name = fields.Char(string="Description", readonly=True)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        domain="[('is_storable', '=', True)]",
    )
    location_id = fields.Many2one(
        "stock.location",
        required=True,
        check_company=True,
        ondelete="restrict",
        domain="[('usage', '=', 'internal'), ('company_id', '=', company_id)]",
    )
    # Only users of Inventory may read lots.
    lot_id = fields.Many2one(
        "stock.lot", groups=fields.NO_ACCESS, ondelete="restrict", copy=False
    )
    lot_name = fields.Char(string="Lot/Serial Number", size=100)
    uom_id = fields.Many2one("uom.uom", string="Unit", readonly=True)
    is_added = fields.Boolean(
        string="Added", readonly=True, help="It was found, and was not on the list."
    )
    counted = fields.Char(
        size=20,
        copy=False,
        help="The quantity that was counted. Enter 0 where nothing is there; an empty "
        "field was not counted.",
    )
    remark = fields.Char(
        size=200, copy=False, help="Damaged goods, reserved for a customer, …"
    )
    is_counted = fields.Boolean(compute="_compute_counted_quantity", store=True)
    counted_quantity = fields.Float(
        digits="Product Unit", compute="_compute_counted_quantity", store=True
    )
    counted_by_id = fields.Many2one("res.users", string="Entered By", readonly=True)
    book_quantity = fields.Float(
        string="On Hand",
        digits="Product Unit",
        readonly=True,
        help="The quantity on hand at the time of the count.",
    )
    difference = fields.Float(
        digits="Product Unit",
        compute="_compute_difference",
        store=True,
        help="Counted less the quantity on hand; negative for missing goods.",
    )
    unit_cost = fields.Float(
        digits="Product Price", readonly=True, aggregator=None, string="Cost"
    )
    value = fields.Monetary(
        string="Value of Difference", compute="_compute_difference", store=True
    )
    last_in = fields.Char(
        string="Last Receipt",
        readonly=True,
        help="The last document by which the goods came to the location.",
    )
    last_out = fields.Char(
        string="Last Delivery",
        readonly=True,
        help="The last document by which the goods left the location.",
    )
    next_move = fields.Char(
        string="Next Document",
        readonly=True,
        help="The first document after the count that moves the goods.",
    )

    _goods = models.UniqueIndex(
        "(count_id, product_id, location_id, COALESCE(lot_name, ''))",
        "These goods are on the list already: each product, location and lot is "
        "counted once.",
    )
    _row_number = models.UniqueIndex("(count_id, number)")

    @api.depends("name", "number")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.number} · {line.name or line.product_id.name}"

    @api.depends("counted")
    def _compute_counted_quantity(self):
        for line in self:
            counted = line._entered()
            line.is_counted = counted is not None
            line.counted_quantity = float(counted or 0)

    def _entered(self):
        """Return the quantity in the field; None if it has none."""
        try:
            return parse_amount(self.counted or "")
        except ValueError:
            # The constraint says so.
            return None

    @api.depends(
        "count_id.entered_on", "counted_quantity", "book_quantity", "unit_cost"
    )
    def _compute_difference(self):
        for line in self:
            found = line.counted_quantity - line.book_quantity
            line.difference = found if line.count_id.entered_on else 0
            line.value = line.currency_id.round(line.difference * line.unit_cost)

    # What can be counted

    @api.constrains("counted")
    def _check_counted(self):
        for line in self.filtered("counted"):
            if problem := line._quantity_problem(line.counted):
                raise ValidationError(problem)

    def _quantity_problem(self, text):
        """Return why a text is no counted quantity of these goods, or nothing."""
        places = self.env["decimal.precision"].precision_get("Product Unit")
        is_single = self.product_id.tracking == "serial"
        try:
            counted = parse_amount(text)
            if counted is not None:
                rules.check_quantity(counted, places, is_single)
                if counted and self._lacks_lot():
                    return self._quantity_text("lot", text, places)
        except rules.QuantityError as error:
            return self._quantity_text(error.code, text, places)
        except ValueError:
            return self._quantity_text("number", text, places)
        return ""

    def _quantity_text(self, code, text, places):
        texts = {
            "number": self.env._("“%s” is not a quantity. Enter it as 12.5.", text),
            "negative": self.env._("The quantity cannot be negative: enter 0 or more."),
            "lot": self.env._(
                "The goods have lot or serial numbers. Enter 0 here, and add a row for "
                "each of them."
            ),
            "places": self.env._(
                "“%(text)s” has more than %(places)s decimal places.",
                text=text,
                places=places,
            ),
            "single": self.env._(
                "%s of one serial number: add a row for each serial number.", text
            ),
        }
        return f"{self.display_name}: {texts[code]}"

    def _lacks_lot(self):
        """Return whether lots are counted, and Inventory has no goods without one."""
        if self.product_id.tracking == "none" or self.lot_name:
            return False
        # sudo: says only that goods are there, as the list does, and not how many.
        return (
            not self.env["stock.quant"]
            .sudo()
            .search_count(
                [
                    ("product_id", "=", self.product_id.id),
                    ("location_id", "=", self.location_id.id),
                    ("lot_id", "=", False),
                    ("owner_id", "=", False),
                    ("quantity", "!=", 0),
                ],
                limit=1,
            )
        )

    @api.constrains("product_id", "location_id", "lot_name")
    def _check_goods(self):
        for line in self:
            if problem := line._goods_problem():
                raise ValidationError(problem)

    def _goods_problem(self):
        product, location = self.product_id, self.location_id
        if not product.is_storable:
            return self.env._(
                "%s is not tracked in Inventory: there is nothing to count.",
                product.display_name,
            )
        if location.usage != "internal" or location.company_id != self.company_id:
            return self.env._(
                "%(location)s is not a location of %(company)s where goods are kept.",
                location=location.display_name,
                company=self.company_id.name,
            )
        if not location.active:
            return self.env._(
                "%s is archived. Ask the warehouse where its goods are now.",
                location.display_name,
            )
        if self.is_added and product.tracking != "none" and not self.lot_name:
            return self.env._(
                "Enter the lot or serial number of %s.", product.display_name
            )
        return ""

    # Guards

    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: goods are not counted now"""
        if self._passes_guard():
            return super().create(vals_list)
        inside = self._check_create(vals_list)
        given = self.default_get(["count_id"])
        counts = self.env["clerk.count"].browse(
            {vals.get("count_id") or given.get("count_id") for vals in vals_list}
            - {None, False}
        )
        counts.check_access("write")
        counts._check_counting()
        counts._check_recounted()
        rows = [
            {**vals, **self._added_values(vals, given, place)}
            for place, vals in enumerate(vals_list, 1)
        ]
        self._check_once(rows)
        lines = super(ClerkCountLine, inside).create(rows).with_env(self.env)
        for count in counts:
            count._check_number(len(count.line_ids))
        take_turns(counts._busy_text, counts.company_id)
        counts._check_elsewhere({line._goods_key() for line in lines})
        lines._note_lots()
        return lines

    def _added_values(self, vals, given, place):
        """Return what people do not enter of goods that they have found."""
        count = self.env["clerk.count"].browse(
            vals.get("count_id") or given.get("count_id")
        )
        product = self.env["product.product"].browse(vals.get("product_id"))
        lot_name = (vals.get("lot_name") or "").strip()
        return {
            "is_added": True,
            "lot_name": lot_name or False,
            "number": max(count.line_ids.mapped("number"), default=0) + place,
            "name": product.display_name,
            "uom_id": product.uom_id.id,
            "counted_by_id": self.env.uid,
        }

    def _goods_key(self):
        """Return what is counted once: product, location and name of the lot."""
        return self.product_id, self.location_id, self.lot_name or ""

    @api.model
    def _check_once(self, rows):
        """:raises UserError: goods are on the list already"""
        for vals in rows:
            added = self.new(vals)
            present = added.count_id._origin.line_ids
            same = (added.product_id._origin.id, added.location_id._origin.id)
            for line in present:
                if (line.product_id.id, line.location_id.id) == same and (
                    (line.lot_name or "") == (added.lot_name or "")
                ):
                    raise UserError(
                        self.env._(
                            "%s is on the list already: enter its figure there.",
                            line.display_name,
                        )
                    )

    def _note_lots(self):
        """Note the lots that rows name, if there are any: unknown ones are found, too.

        Those that Inventory has learned of since are noted when the count is compared.
        Lots are for users of Inventory.
        """
        # sudo: nobody may read or write the field; the caller may enter the rows.
        named = (
            self.sudo()
            ._inside()
            .filtered(lambda line: line.lot_name and not line.lot_id)
        )
        if not named:
            return
        lots = named.env["stock.lot"].search(
            [
                ("product_id", "in", named.product_id.ids),
                ("name", "in", named.mapped("lot_name")),
                ("company_id", "in", [False, *named.company_id.ids]),
            ]
        )
        found = {(lot.product_id, lot.name): lot for lot in lots}
        for line in named:
            line.lot_id = found.get((line.product_id, line.lot_name))

    def write(self, vals):
        """:raises UserError: goods are not counted now"""
        self._check_guarded(vals)
        if self._passes_guard():
            return super().write(vals)
        self.check_access("write")
        self.count_id._check_counting(locks=False)
        if "counted" not in vals:
            return super().write(vals)
        self.count_id._check_recounted()
        inside = self._inside_once()
        return super(ClerkCountLine, inside).write(
            {**vals, "counted_by_id": self.env.uid}
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_listed(self):
        self.count_id._check_counting()
        for line in self.filtered(lambda each: not each.is_added):
            raise UserError(
                self.env._(
                    "%s is on the list. Enter 0 if nothing is there.",
                    line.display_name,
                )
            )

    def _enumerate_goods(self, limit=5):
        """Return the first goods of these, and how many there are more."""
        names = ", ".join(self[:limit].mapped("display_name"))
        more = len(self) - limit
        if more <= 0:
            return names
        return self.env._("%(names)s and %(more)s more", names=names, more=more)
