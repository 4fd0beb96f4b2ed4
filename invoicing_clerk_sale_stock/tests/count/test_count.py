from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import NOON, CountCommon


@tagged("post_install", "-at_install")
class TestCount(CountCommon):
    """Clerks count without knowing what should be there, and others review it."""

    def _refused(self, sentence, do, error=UserError):
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            do()

    def test_blind_until_entered(self):
        """Quantities in Inventory are not in a count before it is complete."""
        product = self._stored(10)
        count = self._started(product)
        [line] = count.line_ids
        self.assertEqual((line.location_id, line.uom_id), (self.shelf, product.uom_id))
        line.counted = "7"
        self.assertEqual((line.book_quantity, line.difference, line.value), (0, 0, 0))
        _columns, rows = count._export_table()
        self.assertEqual(rows[0][2:6], (line.name, "", "Units", "7"))
        count.counted_on = NOON
        count.action_enter()
        self.assertEqual((line.book_quantity, line.difference), (10, -3))
        self.assertEqual((line.value, count.value_missing), (-120, -120))
        quant = self.env["stock.quant"].search([("product_id", "=", product.id)])
        self.assertEqual((quant.quantity, quant.inventory_quantity_set), (10, False))

    def test_compared_as_of_the_time_of_the_count(self):
        """Deliveries before the count are documents of its cut-off, later ones not."""
        order = self._sold(3, product_id=self._stored(10).id)
        product = order.order_line.product_id
        shipped = self._ship(order, day="2026-01-20")
        later = self._sold(2, product_id=product.id)
        moved = self._ship(later, day="2026-01-27")
        count = self._entered({product: "7"})
        [line] = count.line_ids
        self.assertEqual((line.book_quantity, line.difference), (7, 0))
        # In the time zone of the company.
        self.assertEqual(line.last_out, f"{shipped.name} · 2026-01-20 10:00")
        self.assertEqual(line.next_move, f"{moved.name} · 2026-01-27 10:00")
        self.assertEqual(count.last_delivery, line.last_out)

    def test_locations_and_empty_shelves(self):
        here, elsewhere = self._stored(5), self._stored(4, self.warehouse.lot_stock_id)
        nowhere = self._goods(is_storable=True)
        count = self._started(location=self.shelf)
        self.assertEqual(count.line_ids.product_id, here)
        count.with_user(self.supervisor).action_cancel()
        count = self._started(here, elsewhere, nowhere)
        self.assertEqual(
            {line.product_id: line.location_id for line in count.line_ids},
            {
                here: self.shelf,
                elsewhere: self.warehouse.lot_stock_id,
                nowhere: self.warehouse.lot_stock_id,
            },
        )

    def test_figures_are_checked(self):
        product = self._stored(5)
        [line] = self._started(product).line_ids
        for text, sentence in (
            ("-1", "cannot be negative: enter 0 or more"),
            ("a dozen", "“a dozen” is not a quantity"),
            ("1,5", "“1,5” is not a quantity"),
            ("0.12345", "more than 2 decimal places"),
        ):
            with self.subTest(text):
                self._refused(
                    sentence,
                    lambda text=text: line.write({"counted": text}),
                    ValidationError,
                )
        line.counted = "0"
        self.assertEqual((line.is_counted, line.counted_quantity), (True, 0))
        line.counted = " "
        self.assertFalse(line.is_counted)

    def test_goods_that_were_found(self):
        product, other = self._stored(5), self._stored(2, tracking="lot")
        lot = self.env["stock.lot"].create({"name": "L1", "product_id": other.id})
        self._put(other, 3, lot=lot)
        count = self._started(product)
        values = {"product_id": other.id, "location_id": self.shelf.id, "counted": "3"}

        def add(**more):
            count.line_ids = [Command.create({**values, **more})]

        self._refused("Enter the lot or serial number", add, ValidationError)
        add(lot_name="L1")
        add(lot_name="L9")
        self._refused("is on the list already", lambda: add(lot_name="L1"))
        foreign = self.env["stock.location"].create(
            {"name": "B", "usage": "internal", "company_id": self.company_b.id}
        )
        self._refused(
            "Location: select a record that you have access to",
            lambda: add(lot_name="L2", location_id=foreign.id),
        )
        self._refused(
            "not a location of",
            lambda: add(lot_name="L2", location_id=self._place("customer").id),
            ValidationError,
        )
        theirs = self._goods(is_storable=True, company_id=self.company_b.id)
        self._refused("", lambda: add(product_id=theirs.id), (UserError, AccessError))
        count.line_ids[0].counted = "5"
        count.action_enter()
        found = {line.lot_name: line.book_quantity for line in count.line_ids}
        self.assertEqual(found, {False: 5, "L1": 3, "L9": 0})

    def test_lots_are_counted_again(self):
        """A recount has the lots that Inventory does not know, each by its name."""
        product, other = self._stored(5), self._goods(is_storable=True, tracking="lot")
        count = self._started(product, other)
        [empty] = count.line_ids.filtered(lambda line: line.product_id == other)
        self._refused(
            "Enter 0 here, and add a row",
            lambda: empty.write({"counted": "2"}),
            ValidationError,
        )
        count.line_ids.filtered(lambda line: line.product_id == product).counted = "5"
        empty.counted = "0"
        values = {"product_id": other.id, "location_id": self.shelf.id, "counted": "3"}
        count.line_ids = [
            Command.create({**values, "lot_name": name}) for name in ("L8", "L9")
        ]
        self.assertEqual(count.line_ids.mapped("number"), [1, 2, 3, 4])
        count.action_enter()
        again = count.with_user(self.supervisor).action_recount()
        recount = self.counts.browse(again["res_id"])
        self.assertEqual(recount.line_ids.mapped("lot_name"), ["L8", "L9"])
        # The warehouse has entered one of them since.
        lot = self.env["stock.lot"].create({"name": "L9", "product_id": other.id})
        self._put(other, 3, lot=lot)
        recount = recount.with_user(self.colleague)
        recount.line_ids.counted = "3"
        recount.action_enter()
        self.assertEqual(recount.line_ids.mapped("difference"), [3, 0])

    def test_goods_that_came_since_the_list_was_made(self):
        """All goods that were on hand are counted; those of others are not ours."""
        product, late = self._stored(5), self._goods(is_storable=True)
        owner = self.env["res.partner"].create({"name": "Consignor"})
        self.env["stock.quant"]._update_available_quantity(
            product, self.shelf, 7, owner_id=owner
        )
        count = self.counts.create({"location_ids": [Command.set(self.shelf.ids)]})
        count.action_start()
        self._put(late, 3)
        count.line_ids.counted = "5"
        self._refused(f"when the goods were counted: .*{late.name}", count.action_enter)
        row = {"product_id": late.id, "location_id": self.shelf.id, "counted": "3"}
        count.line_ids = [Command.create(row)]
        count.action_enter()
        self.assertEqual(count.line_ids.mapped("book_quantity"), [5, 3])
        self.assertEqual((count.difference_count, count.open_count), (0, 0))

    def test_what_a_count_needs(self):
        product = self._stored(5)
        self._refused("Select the locations or the products", self._started)
        count = self._started(product)
        self._refused("being counted already: CNT/", lambda: self._started(product))
        other = self._started(self._stored(1, self.warehouse.lot_stock_id))
        twice = {"product_id": product.id, "location_id": self.shelf.id, "counted": "0"}
        self._refused(
            "being counted already: CNT/",
            lambda: other.write({"line_ids": [Command.create(twice)]}),
        )
        self._refused("Not counted yet: 1 · ", count.action_enter)
        [line] = count.line_ids
        line.counted = "5"
        self._refused("is on the list. Enter 0", line.unlink)
        count.counted_on = "2099-01-01"
        self._refused("cannot be in the future", count.action_enter)
        count.counted_on = NOON
        self._put(product, -5)
        self.shelf.active = False
        self._refused("was archived during the count", count.action_enter)

    def test_archived_locations_are_not_counted(self):
        count = self.counts.create({"location_ids": [Command.set(self.shelf.ids)]})
        self.shelf.active = False
        self._refused("Shelf 1 is archived", count.action_start)

    def test_somebody_else_reviews(self):
        product = self._stored(5)
        count = self._entered({product: "4"}, user=self.supervisor)
        self._refused("a colleague has to review it", count.action_review)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            count.with_user(self.colleague).action_review()
        again = count.action_recount()
        recount = self.counts.browse(again["res_id"])
        self.assertEqual(recount.line_ids.product_id, product)
        self.assertFalse(recount.line_ids.is_counted)
        own = recount.with_user(self.supervisor).line_ids
        self._refused(
            "You have entered the first count", lambda: own.write({"counted": "5"})
        )
        recount.line_ids.counted = "5"
        recount.action_enter()
        self.assertFalse(recount.difference_count)

    def test_time_of_the_count_is_not_the_reviewers(self):
        count = self._started(self._stored(5))
        count.line_ids.counted = "4"
        count.with_user(self.supervisor).counted_on = NOON
        count.action_enter()
        review = count.with_user(self.supervisor).action_review
        self._refused("a colleague has to review it", review)

    def test_time_is_of_everybody_who_entered_it(self):
        """Neither a program nor a colleague who saves it again hides who entered it."""
        supervisors = self.counts.with_user(self.supervisor)
        product = self._stored(5)
        values = {"product_ids": [Command.set(product.ids)]}
        for given, default in ({"counted_on": NOON}, {}), ({}, {"counted_on": NOON}):
            context = {f"default_{name}": value for name, value in default.items()}
            count = supervisors.with_context(**context).create({**values, **given})
            self.assertEqual(count.timed_by_ids, self.supervisor)
        own = count.with_user(self.clerk)
        own.counted_on = NOON
        self.assertEqual(count.timed_by_ids, self.supervisor)
        own.counted_on = "2026-01-24 12:00:00"
        own.action_start()
        own.line_ids.counted = "4"
        own.action_enter()
        self._refused("a colleague has to review it", count.action_review)

    def test_figures_are_final(self):
        """Neither forms nor programs change what was compared."""
        product = self._stored(5)
        count = self._started(product)
        [line] = count.line_ids
        for name in ("book_quantity", "unit_cost", "is_added", "name"):
            with (
                self.subTest(name),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                line.write({name: 1})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            count.write({"state": "reviewed"})
        line.counted = "5"
        count.action_enter()
        for record, vals in (
            (line, {"counted": "4"}),
            (count, {"counted_on": fields.Datetime.now()}),
            (count, {"line_ids": [Command.create({"product_id": product.id})]}),
            (count, {"product_ids": [Command.clear()]}),
        ):
            with self.subTest(vals):
                self._refused("Entered", lambda r=record, v=vals: r.write(v))
        self._refused("it is kept on record", count.unlink)

    def test_rights(self):
        count = self._entered({self._stored(5): "4"})
        line = count.line_ids.with_user(self.auditor)
        self.assertEqual(line.book_quantity, 5)
        with self.assertRaises(AccessError):
            line.write({"remark": "Seen"})
        for user in (self.outsider, self.clerk_b):
            with self.subTest(user.login), self.assertRaises(AccessError):
                count.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            line.with_user(self.clerk).read(["lot_id"])

    def test_queries_do_not_grow(self):
        counts = []
        for number in (1, 2, 8):
            count = self._started(*(self._stored(5) for _each in range(number)))
            count.line_ids.counted = "4"
            self.env.flush_all()
            counts.append(self._count_queries(lambda _c: _c.action_enter(), count))
        self._assert_no_more_queries(*counts[1:])
