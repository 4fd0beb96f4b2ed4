"""Kinds of documents as the ORM makes them, with all that belongs to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo.fields import Command

TABLES = (
    "account_move",
    "account_move_line",
    "account_payment",
    "account_full_reconcile",
    "account_partial_reconcile",
)
# When the first document of every family is. The foreign currency goes to and fro
# every fortnight, so what is copied by four weeks meets the same rates again.
BASE = datetime.now().astimezone().date() - timedelta(days=200)
FORTNIGHT = 14
# Prices, taxes and instalments at these rates all fall on whole cents.
PRICE = 20.0
RATES = (0.8, 0.5)
TAX = 15.0


@dataclass
class Family:
    """The rows of one kind: ids from `first` to `last` in each table."""

    kind: str
    first: dict
    last: dict
    days: int
    names: dict

    def size(self, table):
        return self.last[table] - self.first[table] + 1


class Maker:
    def __init__(self, env):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.partner = env["res.partner"].search([("name", "=", "Customer")], limit=1)
        self.tax = env["account.tax"].create(
            {"name": "Ledger 15%", "amount": TAX, "type_tax_use": "sale"}
        )
        self.month = self._term("Ledger 30 Days", (100, 30))
        self.instalments = self._term("Ledger Instalments", (40, 30), (60, 60))
        self.foreign = self._foreign()
        self.bank = env["account.journal"].search([("type", "=", "bank")], limit=1)
        self._post_payments()

    def _term(self, name, *parts):
        lines = [
            Command.create(
                {"value": "percent", "value_amount": percent, "nb_days": days}
            )
            for percent, days in parts
        ]
        return self.env["account.payment.term"].create(
            {"name": name, "line_ids": lines}
        )

    def _foreign(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        start = BASE - timedelta(days=FORTNIGHT * 60)
        euro.rate_ids = [
            Command.create(
                {
                    "name": start + timedelta(days=FORTNIGHT * number),
                    "rate": RATES[number % 2],
                    "company_id": self.env.company.id,
                }
            )
            for number in range(120)
        ]
        return euro

    def _post_payments(self):
        """Payments get an entry of their own, as companies with bank statements do."""
        chart = self.env["account.chart.template"]
        account = chart.ref("account_journal_payment_debit_account_id")
        self.bank.inbound_payment_method_line_ids.payment_account_id = account

    def invoice(
        self, lines=1, taxed=True, term=None, currency=None, kind="out_invoice"
    ):
        taxes = self.tax.ids if taxed else []
        return self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": self.partner.id,
                "invoice_date": BASE,
                "date": BASE,
                "invoice_payment_term_id": (term or self.month).id,
                "currency_id": (currency or self.env.company.currency_id).id,
                "invoice_user_id": self.env.uid,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": f"Service {number}",
                            "quantity": 1,
                            "price_unit": PRICE,
                            "tax_ids": [Command.set(taxes)],
                        }
                    )
                    for number in range(lines)
                ],
            }
        )

    def posted(self, **values):
        move = self.invoice(**values)
        move.action_post()
        return move

    def pay(self, moves, days, amount=None):
        values = {
            "payment_date": BASE + timedelta(days=days),
            "journal_id": self.bank.id,
            "group_payment": True,
            **({"amount": amount} if amount else {}),
        }
        context = {"active_model": "account.move", "active_ids": moves.ids}
        wizard = self.env["account.payment.register"].with_context(**context)
        wizard.create(values)._create_payments()

    # Kinds

    def paid(self):
        self.pay(self.posted(taxed=False), 41)

    def paid_taxed(self):
        self.pay(self.posted(), 34)

    def paid_of_many_lines(self):
        self.pay(self.posted(lines=3), 38)

    def paid_by_instalments(self):
        move = self.posted(term=self.instalments)
        self.pay(move, 30, move.amount_total * 0.4)
        self.pay(move, 66)

    def paid_together(self):
        self.pay(self.posted() + self.posted(), 29)

    def paid_at_another_rate(self):
        self.pay(self.posted(currency=self.foreign), FORTNIGHT + 6)

    def paid_in_two_parts(self):
        move = self.posted()
        self.pay(move, 33, move.amount_total / 2)
        self.pay(move, 52)

    def credited(self):
        move = self.posted()
        reversal = self.env["account.move.reversal"].create(
            {
                "move_ids": [Command.set(move.ids)],
                "journal_id": move.journal_id.id,
                "date": BASE + timedelta(days=9),
            }
        )
        reversal.refund_moves()
        reversal.new_move_ids.action_post()

    def paid_in_part(self):
        move = self.posted(term=self.instalments)
        self.pay(move, 30, move.amount_total * 0.4)

    def open(self):
        self.posted()

    def open_by_instalments(self):
        self.posted(term=self.instalments)

    def open_in_foreign_currency(self):
        self.posted(currency=self.foreign)

    def open_untaxed(self):
        self.posted(taxed=False)

    def unapplied(self):
        self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.partner.id,
                "amount": PRICE,
                "date": BASE,
                "journal_id": self.bank.id,
            }
        ).action_post()

    def draft(self):
        self.invoice()

    def draft_bill(self):
        self.invoice(kind="in_invoice", taxed=False)


def make(env, kinds):
    maker = Maker(env)
    return [_family(env, kind, getattr(maker, kind)) for kind in kinds]


def _family(env, kind, create):
    before = _last_ids(env)
    create()
    env.flush_all()
    first = {table: last + 1 for table, last in before.items()}
    last = _last_ids(env)
    _backdate(env, first)
    moves = env["account.move"].search([("id", ">=", first["account_move"])])
    days = (max(moves.mapped("date")) - BASE).days
    return Family(kind, first, last, days, {each.id: each.name for each in moves})


def _last_ids(env):
    last = {}
    for table in TABLES:
        env.cr.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
        last[table] = env.cr.fetchone()[0]
    return last


def _backdate(env, first):
    """Let everything have been entered on its own day."""
    for table, column in (
        ("account_move", "COALESCE(invoice_date, date)"),
        ("account_move_line", "COALESCE(invoice_date, date)"),
        ("account_payment", "date"),
        ("account_partial_reconcile", "max_date"),
    ):
        env.cr.execute(
            f"UPDATE {table} SET create_date = {column} + TIME '10:00',"
            f" write_date = {column} + TIME '10:00' WHERE id >= %s",
            [first[table]],
        )
    env.cr.execute(
        "UPDATE account_full_reconcile SET create_date = %s, write_date = %s"
        " WHERE id >= %s",
        [BASE, BASE, first["account_full_reconcile"]],
    )
    env.invalidate_all()
