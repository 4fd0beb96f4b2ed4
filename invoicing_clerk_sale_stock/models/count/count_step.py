from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import float_is_zero

from odoo.addons.invoicing_clerk.models.mixin.gate import only_one
from odoo.addons.invoicing_clerk.models.mixin.locking import take_turns

from ...rules import count as rules


class ClerkCount(models.Model):
    """Steps of a count: list the goods, enter figures, and have them reviewed."""

    _inherit = "clerk.count"

    # Start

    def action_start(self):
        """List the goods to count.

        :raises UserError: nothing or too much is to be counted, or it is being counted
        """
        only_one(self)._begin_step("start")
        self._check_needs("start", {})
        take_turns(self._busy_text, self.company_id)
        self._list(self._goods())
        self._write_started()

    def _write_started(self):
        now = fields.Datetime.now()
        self._write_step(
            "start",
            started_by_id=self.env.uid,
            started_on=now,
            counted_on=self.counted_on or now,
        )

    def _list(self, goods):
        """Add rows for goods: products, locations, lots and names of lots.

        :raises UserError: there are none or too many, or others are counting them
        """
        self._check_number(len(goods))
        self._check_elsewhere(
            {(product, place, name or "") for product, place, _lot, name in goods}
        )
        # sudo: nobody may read or write lots of rows; the caller may start the count.
        self.sudo()._inside().line_ids = [
            Command.create(self._line_values(number, *each))
            for number, each in enumerate(goods, 1)
        ]

    @api.model
    def _line_values(self, number, product, location, lot, lot_name):
        return {
            "number": number,
            "name": product.display_name,
            "product_id": product.id,
            "location_id": location.id,
            "lot_id": lot.id,
            "lot_name": lot_name,
            "uom_id": product.uom_id.id,
        }

    def _goods(self):
        """Return the goods to count, in the order of a walk along the shelves."""
        products = self.product_ids | self._found_products()
        # sudo: lots are for users of Inventory. Of the quants, only what is where is
        # read, within the company of the count, and no quantity is kept.
        quants = self.env["stock.quant"].sudo()
        places = self.location_ids.ids
        groups = quants._read_group(
            Domain("company_id", "=", self.company_id.id)
            & Domain("location_id.usage", "=", "internal")
            & Domain("owner_id", "=", False)
            & (Domain("location_id", "child_of", places) if places else Domain.TRUE)
            & (Domain("product_id", "in", products.ids) if products else Domain.TRUE),
            ["product_id", "location_id", "lot_id"],
            ["quantity:sum"],
        )
        goods = [
            (product.sudo(False), location.sudo(False), lot, lot.name)
            for product, location, lot, quantity in groups
            if product.is_storable
            and not float_is_zero(quantity, precision_rounding=product.uom_id.rounding)
        ]
        goods += self._empty_places(
            products - products.browse().union(*(row[0] for row in goods))
        )
        return sorted(goods, key=self._walk)

    @api.model
    def _walk(self, goods):
        product, location, _lot, name = goods
        return location.complete_name, product.display_name, name or "", product.id

    def _found_products(self):
        """Return the products of the selected findings."""
        # sudo: the products of findings that the user may read, of orders that only
        # people in Sales may read.
        findings = self.finding_ids.sudo()
        products = findings.move_line_id.product_id | findings.sale_line_id.product_id
        return products.filtered("is_storable").sudo(False)

    def _empty_places(self, products):
        """Return selected products that are nowhere, to be looked for in one place."""
        location = self._first_location()
        if products and not location:
            raise UserError(
                self.env._(
                    "%s is in no location. Select where to look for it.",
                    products[0].display_name,
                )
            )
        no_lot = self.env["stock.lot"].sudo()  # sudo: an empty recordset.
        return [(product, location, no_lot, False) for product in products]

    def _first_location(self):
        locations = self.env["stock.location"]
        if self.location_ids:
            return locations.search(
                Domain("id", "child_of", self.location_ids.ids)
                & Domain("usage", "=", "internal"),
                limit=1,
            )
        warehouses = self.env["stock.warehouse"]
        own = Domain("company_id", "=", self.company_id.id)
        return warehouses.search(own, limit=1).lot_stock_id

    def _check_number(self, number):
        if not number:
            raise UserError(
                self.env._(
                    "There are no goods to count. Select other locations or products."
                )
            )
        if number > rules.MAX_LINES:
            raise UserError(
                self.env._(
                    "The list would have %(found)s rows; at most %(most)s are allowed. "
                    "Select fewer locations or products.",
                    found=number,
                    most=rules.MAX_LINES,
                )
            )

    def _check_elsewhere(self, goods):
        """
        :param goods: products, locations and names of lots
        :raises UserError: another count has the same goods
        """
        others = self.env["clerk.count.line"].search(
            Domain("count_id.state", "=", "counting")
            & Domain("count_id", "not in", self.ids)
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("product_id", "in", list({each[0].id for each in goods}))
        )
        for line in others:
            if line._goods_key() in goods:
                raise UserError(
                    self.env._(
                        "%(goods)s in %(location)s is being counted already: "
                        "%(count)s.",
                        goods=line.name,
                        location=line.location_id.display_name,
                        count=line.count_id.name,
                    )
                )

    # Counting

    def _check_counting(self, locks=True):
        """:raises UserError: goods of one are not counted now"""
        if locks:
            take_turns(self._busy_text, self)
        for count in self.filtered(lambda each: each.state != "counting"):
            raise UserError(
                self.env._(
                    "%(record)s is %(state)s: figures can be entered while it is "
                    "being counted.",
                    record=count.name,
                    state=count._state_label(),
                )
            )

    def _busy_text(self):
        return self.env._(
            "Somebody else is working on %s right now. Reload the page to see the "
            "changes.",
            self._enumerate(),
        )

    def action_enter(self):
        """Complete the figures, and compare them with Inventory.

        :raises UserError: goods are not counted, or the time is wrong
        """
        only_one(self)._begin_step("enter")
        self._check_needs("enter", {})
        documents = self._compare()
        self._write_step(
            "enter",
            entered_by_id=self.env.uid,
            entered_on=fields.Datetime.now(),
            **documents,
        )

    def _obstacle(self, step, vals):
        """Return what a step still needs."""
        needs = {
            "start": self._start_obstacle,
            "enter": self._enter_obstacle,
            "review": self._review_obstacle,
            "recount": self._recount_obstacle,
            "attach": self._attach_obstacle,
        }
        need = needs.get(step)
        return (need and need()) or super()._obstacle(step, vals)

    def _start_obstacle(self):
        for location in self.with_context(active_test=False).location_ids:
            if not location.active:
                return self.env._(
                    "%s is archived. Remove it from the locations.",
                    location.display_name,
                )
        if self.location_ids or self.product_ids or self.finding_ids:
            return ""
        return self.env._("Select the locations or the products to count.")

    def _enter_obstacle(self):
        lines = self.line_ids
        missing = lines.filtered(lambda line: not line.is_counted)
        if missing:
            return self.env._(
                "Not counted yet: %s. Enter 0 where nothing is there.",
                missing._enumerate_goods(),
            )
        for location in lines.location_id:
            if not location.active:
                return self.env._(
                    "%s was archived during the count. Ask the warehouse.",
                    location.display_name,
                )
        if not self.counted_on or self.counted_on > fields.Datetime.now():
            return self.env._(
                "Enter when the goods were counted. It cannot be in the future."
            )
        if missing := self._missing_rows():
            return self.env._(
                "Not on the list, and on hand when the goods were counted: %s. Add "
                "rows with what was counted of them.",
                missing,
            )
        return self._recounted_obstacle()

    def _recounted_obstacle(self):
        """Return why the caller may not enter figures of a recount, or nothing."""
        if self.env.user in self.recount_of_id.line_ids.counted_by_id:
            return self.env._(
                "You have entered the first count: a colleague has to enter this one."
            )
        return ""

    def _check_recounted(self):
        """:raises UserError: the caller has entered figures of the first count"""
        for count in self:
            if problem := count._recounted_obstacle():
                raise UserError(problem)

    # Review

    def action_review(self):
        """Accept the figures as what was there, and look for billing errors.

        :raises UserError: the caller has entered figures
        """
        only_one(self)._begin_step("review")
        self._check_needs("review", {})
        self._write_step(
            "review", reviewed_by_id=self.env.uid, reviewed_on=fields.Datetime.now()
        )
        self.env["clerk.billing.check"]._run_all(
            self.company_id, codes=("GONE", "THERE")
        )

    def _review_obstacle(self):
        entered_by = self.entered_by_id | self.timed_by_ids
        if self.env.user in self.line_ids.counted_by_id | entered_by:
            return self.env._(
                "You have entered figures of this count: a colleague has to review it."
            )
        return ""

    def action_recount(self):
        """Start a count of the goods that differ, for other people."""
        only_one(self)._begin_step("recount")
        self._check_needs("recount", {})
        differing = self.line_ids.filtered("difference")
        take_turns(self._busy_text, self.company_id)
        again = self.create({"company_id": self.company_id.id})
        again._inside().recount_of_id = self
        # sudo: see `_goods`.
        goods = [
            (line.product_id, line.location_id, line.sudo().lot_id, line.lot_name)
            for line in differing
        ]
        again._list(goods)
        again._write_started()
        return again.get_formview_action()

    def _recount_obstacle(self):
        if not self.line_ids.filtered("difference"):
            return self.env._("There are no differences to count again.")
        return ""

    def action_cancel(self):
        """Drop the figures of a count, which stay on record."""
        self._take_step("cancel")

    # Sheet

    def action_attach(self):
        """Ask for the sheet of those who have counted."""
        only_one(self)._check_step_access()
        self._check_step("attach")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Count Sheet"),
            "res_model": "clerk.count.attach",
            "view_mode": "form",
            "target": "new",
            "context": {"default_count_id": self.id},
        }

    def _attach_obstacle(self):
        if self.sheet_id:
            return self.env._("The count sheet is kept already.")
        return ""

    def _attach(self, name, content, mimetype):
        """Keep the sheet as evidence."""
        self._begin_step("attach")
        self._check_needs("attach", {})
        sheet = self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "mimetype": mimetype,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        inside = self._inside()
        inside.sheet_id = sheet
        inside._seal_evidence("sheet_id", strict=False)

    @api.model
    def _count_findings(self, findings):
        """Open a draft for the goods of these findings, in each company one."""
        by_company = defaultdict(findings.browse)
        for finding in findings:
            by_company[finding.company_id] |= finding
        counts = self.create(
            [
                {"company_id": company.id, "finding_ids": [Command.set(found.ids)]}
                for company, found in by_company.items()
            ]
        )
        return counts._get_records_action(name=self.env._("Counts"))
