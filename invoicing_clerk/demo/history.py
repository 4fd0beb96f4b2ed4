"""Twelve months of invoices and bills of the demo company, and their payments.

Everything is relative to today and else the same at each installation. Records are made
in batches and without messages; the amounts, sequences and entries are those of Odoo.
"""

from datetime import timedelta
from random import Random

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

MODULE = "invoicing_clerk"
MONTHS = 12
INVOICES_A_MONTH = 40
BILLS_A_MONTH = 3
DRAFTS = 9
# Of an invoice: most have few lines, some have many.
LINE_COUNTS = (1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 11, 14)
# How many days after the due date customers pay, by their habits.
HABITS = ((-6, 0), (-3, 2), (-1, 5), (2, 9), (4, 14), (10, 30), (25, 60))
PRODUCTS = (
    *("product_product_5", "product_product_6", "product_product_7"),
    *("product_product_9", "product_product_10", "product_product_11"),
    *("product_product_12", "product_product_13", "product_product_16"),
    *("product_product_27", "product_delivery_01", "product_delivery_02"),
    *("product_product_3", "product_product_24", "product_product_4"),
)
RATES = (0.912, 0.918, 0.921, 0.917, 0.909, 0.902, 0.896, 0.901, 0.907, 0.915, 0.92)
SILENT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_activity_quick_update": True,
}


class History:
    """A year of a furniture dealer, as the demo data needs it."""

    def __init__(self, env):
        self.env = env(context={**env.context, **SILENT})
        self.random = Random(19)
        self.today = fields.Date.context_today(env.user)
        self.company = env.ref("base.main_company")
        self.customers = self._partners("demo_customer_")
        self.clerks = [self.ref(f"demo_user_{who}") for who in ("clerk", "ben", "lea")]
        self.invoices = self.env["account.move"]

    def ref(self, name):
        return self.env.ref(name if "." in name else f"{MODULE}.{name}")

    def _partners(self, prefix):
        names = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("name", "=like", f"{prefix}%")], order="name"
        )
        return self.env["res.partner"].browse(names.mapped("res_id"))

    def named(self, records, prefix):
        """Give records names, by which uninstalling finds them."""
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"{MODULE}.demo_history_{prefix}_{number}",
                    "record": record,
                    "noupdate": True,
                }
                for number, record in enumerate(records, 1)
            ]
        )
        return records

    def day(self, months_ago, day):
        """Return a working day of an earlier month."""
        first = self.today.replace(day=1) - relativedelta(months=months_ago)
        found = first + timedelta(days=day)
        return found - timedelta(days=max(found.weekday() - 4, 0))

    # Documents

    def bill(self):
        """Create and post the invoices and bills of the year, and a few drafts."""
        self._set_rates()
        days = sorted(
            day
            for month in range(MONTHS, -1, -1)
            for _number in range(INVOICES_A_MONTH)
            if (day := self.day(month, self.random.randrange(28))) < self.today
        )
        values = [self._invoice_values(number, day) for number, day in enumerate(days)]
        moves = self.env["account.move"].create(values)
        self.invoices = self.named(moves, "invoice")
        self.invoices.action_post()
        self._bill_of_vendors()
        self._draft()

    def _set_rates(self):
        euro = self.ref("base.EUR")
        # With a second currency, Odoo makes a price list for each company.
        lists = self.env["product.pricelist"].with_context(active_test=False)
        before = lists.search([])
        euro.active = True
        self.named(lists.search([]) - before, "pricelist")
        self.named(
            self.env["res.currency.rate"].create(
                [
                    {
                        "name": self.today.replace(day=1) - relativedelta(months=month),
                        "rate": RATES[month % len(RATES)],
                        "currency_id": euro.id,
                        "company_id": self.company.id,
                    }
                    for month in range(MONTHS + 2)
                ]
            ),
            "rate",
        )

    def _invoice_values(self, number, day):
        # Some buy often, most now and then.
        rank = int(len(self.customers) * self.random.random() ** 1.6)
        customer = self.customers[(rank * 37) % len(self.customers)]
        american = customer.country_id.code == "US"
        currency = self.company.currency_id if american else self.ref("base.EUR")
        tax = self.company.account_sale_tax_id if american else self.env["account.tax"]
        return {
            "move_type": "out_invoice",
            "company_id": self.company.id,
            "partner_id": customer.id,
            "invoice_date": day,
            "date": day,
            "currency_id": currency.id,
            "ref": f"PO {5200 + 7 * number}",
            "invoice_user_id": self.clerks[number % 3].id,
            "is_move_sent": (self.today - day).days > 2,
            "invoice_line_ids": self._lines(tax),
        }

    def _lines(self, tax):
        count = self.random.choice(LINE_COUNTS)
        names = self.random.sample(PRODUCTS, count)
        return [
            Command.create(
                {
                    "product_id": (product := self.ref(f"product.{name}")).id,
                    "quantity": self.random.choice((1, 1, 1, 2, 2, 3, 4, 6)),
                    "price_unit": product.lst_price,
                    "discount": self.random.choice((0, 0, 0, 0, 5, 10)),
                    "tax_ids": [Command.set(tax.ids)],
                }
            )
            for name in names
        ]

    def _bill_of_vendors(self):
        vendors = self._partners("demo_vendor_")
        days = [
            day
            for month in range(MONTHS, -1, -1)
            for number in range(BILLS_A_MONTH)
            if (day := self.day(month, 4 + 9 * number)) < self.today
        ]
        bills = self.env["account.move"].create(
            [
                {
                    "move_type": "in_invoice",
                    "company_id": self.company.id,
                    "partner_id": vendors[number % len(vendors)].id,
                    "invoice_date": day,
                    "date": day,
                    "ref": f"{vendors[number % len(vendors)].name[:2].upper()}-{day}",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": f"Services and supplies of {day:%B %Y}",
                                "price_unit": 350.0 + 40 * (number % 11),
                                "tax_ids": [],
                            }
                        )
                    ],
                }
                for number, day in enumerate(days)
            ]
        )
        # The latest ones are not yet checked.
        self.named(bills, "bill")[:-3].action_post()

    def _draft(self):
        """Leave the latest orders as drafts."""
        drafts = self.env["account.move"].create(
            [
                {
                    **self._invoice_values(900 + number, self.today),
                    "is_move_sent": False,
                    "invoice_date": False,
                    "date": self.today,
                }
                for number in range(DRAFTS)
            ]
        )
        self.named(drafts, "draft")

    # Payments

    def settle(self):
        """Record the payments that have arrived, and apply all but a few."""
        paid = [
            (invoice, day, invoice.amount_residual)
            for invoice in self.invoices
            if (day := self.payment_day(invoice)) <= self.today
            and invoice.amount_residual
        ]
        payments = self._pay(paid)
        applied = [
            self._items(invoice) | self._items(payment.move_id)
            for number, ((invoice, *_rest), payment) in enumerate(
                zip(paid, payments, strict=True)
            )
            # Those without a usable reference are left to the clerks.
            if number < len(paid) - 9 or number % 3
        ]
        matches = self.env["account.full.reconcile"]
        before = matches.search([], order="id desc", limit=1).id
        self.env["account.move.line"]._reconcile_plan(applied)
        # Odoo leaves an empty match for each exchange difference.
        matches.search(
            [("id", ">", before), ("partial_reconcile_ids", "=", False)]
        ).unlink()

    def payment_day(self, invoice):
        """Return when the customer pays: by habit, and some never on their own."""
        number = invoice.partner_id.id
        if number % 17 == 0 and (self.today - invoice.invoice_date).days < 150:
            return self.today + timedelta(days=1)
        first, last = HABITS[(number * 5 + invoice.id % 2) % len(HABITS)]
        late = first + (invoice.id * 7) % (last - first + 1)
        return max(invoice.invoice_date_due + timedelta(days=late), invoice.date)

    def _pay(self, paid):
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        payments = self.env["account.payment"].create(
            [
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "company_id": self.company.id,
                    "partner_id": invoice.partner_id.id,
                    "currency_id": invoice.currency_id.id,
                    "amount": self._paid_amount(number, amount),
                    "date": day,
                    "journal_id": bank.id,
                    "memo": invoice.name if number % 9 else invoice.ref,
                }
                for number, (invoice, day, amount) in enumerate(paid)
            ]
        )
        payments.action_post()
        return self.named(payments, "payment")

    def _paid_amount(self, number, amount):
        """Return the open amount; a few customers pay short."""
        return round(amount * 0.9, 2) if number % 43 == 42 else amount

    def _items(self, move):
        return move.line_ids.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        )

    # Times of entry

    def backdate(self):
        """Let documents have been entered on their own day, as if by hand."""
        self.env.flush_all()
        payments = self._named_ids("account.payment")
        moves = self._named_ids("account.move")
        moves += self.env["account.payment"].browse(payments).move_id.ids
        for statement in (
            """UPDATE account_move SET
                   create_date = COALESCE(invoice_date, date) + TIME '10:00',
                   write_date = COALESCE(invoice_date, date) + TIME '10:00'
                WHERE id = ANY(%(moves)s)""",
            """UPDATE account_payment SET create_date = date + TIME '10:00',
                   write_date = date + TIME '10:00'
                WHERE id = ANY(%(payments)s)""",
            """UPDATE account_move_line AS item SET
                   create_date = move.create_date, write_date = move.create_date
                 FROM account_move AS move
                WHERE item.move_id = move.id AND move.id = ANY(%(moves)s)""",
            """UPDATE account_partial_reconcile AS partial SET
                   create_date = partial.max_date + TIME '11:00'
                 FROM account_move_line AS item
                WHERE item.id = partial.credit_move_id
                  AND item.move_id = ANY(%(moves)s)""",
        ):
            self.env.cr.execute(SQL(statement, moves=moves, payments=payments))
        self.env.invalidate_all()

    def _named_ids(self, model):
        names = self.env["ir.model.data"].search(
            [
                ("module", "=", MODULE),
                ("model", "=", model),
                ("name", "=like", "demo\\_history\\_%"),
            ]
        )
        return names.mapped("res_id")
