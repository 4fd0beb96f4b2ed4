import re
from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.receipt.payer import name_key
from ...rules.receipt.receipt_match import Book
from ...rules.receivable.match_item import OLDEST_FIRST, Item
from ...rules.receivable.reference import text_keys
from ...rules.receivable.structured_reference import squeezed

# Of a name, the longest word finds customers; shorter ones would find too many.
MIN_WORD = 4
SALES = ("out_invoice", "out_refund", "out_receipt")
# What is read of items.
COLUMNS = ("id", "move_id", "partner_id", "currency_id", "balance", "date")
COLUMNS += ("date_maturity", "amount_currency", "amount_residual_currency")
COLUMNS += ("discount_amount_currency", "discount_date")
# Characters that are left out of the indexes of numbers.
OTHERS = re.compile(r"[^A-Za-z0-9|]")


class ClerkReceiptMatch(models.Model):
    """Open items and payers that are known, for many payments at once.

    One query each for documents by the numbers in texts, for open items, for accounts,
    for aliases and for names: their number does not grow with the payments.
    """

    _inherit = "clerk.receipt.match"

    @api.model
    def _book(self, payments, companies):
        """Return the book of some payments, as the user may read it."""
        named = self._named_documents({each.text for each in payments}, companies)
        accounts = self._accounts({each.account for each in payments}, companies)
        aliases = self._aliases({each.payer for each in payments}, companies)
        names = self._names({each.payer for each in payments})
        customers = {each.customer for each in payments if each.customer}
        customers.update(*accounts.values(), *aliases.values(), names)
        customers |= set(named.commercial_partner_id.ids)
        partners = self.env["res.partner"].browse(sorted(customers))
        rules = {each.id: each.clerk_match_rule for each in partners}
        return Book(
            self._items(partners, named, companies, rules),
            accounts={key: frozenset(found) for key, found in accounts.items()},
            aliases={key: frozenset(found) for key, found in aliases.items()},
            names={each.id: each.name or "" for each in partners},
            rules={key: rule for key, rule in rules.items() if rule},
        )

    # Documents and items

    @api.model
    def _named_documents(self, texts, companies):
        """Return the posted documents, open or not, that texts may name."""
        keys = {_plain(key) for text in texts for key in text_keys(text)} - {""}
        # Each index has keys of one kind only.
        split = {key for key in keys if "|" in key}
        moves = self.env["account.move"]
        moves.flush_model(["sequence_prefix", "sequence_number", "payment_reference"])
        # A fence (OFFSET 0) for each key: PostgreSQL does not know that a number has
        # few documents, and would read a whole index.
        rows = self.env.execute_query(
            SQL(
                """SELECT move.id FROM UNNEST(%(split)s::text[]) AS key
                    CROSS JOIN LATERAL (
                        SELECT id FROM account_move
                         WHERE regexp_replace(lower(sequence_prefix), '[^a-z0-9]', '',
                               'g') || '|' || sequence_number::text = key
                           AND move_type IN %(sales)s OFFSET 0) AS move
                    UNION
                   SELECT move.id FROM UNNEST(%(whole)s::text[]) AS key
                    CROSS JOIN LATERAL (
                        SELECT id FROM account_move
                         WHERE regexp_replace(lower(payment_reference), '[^a-z0-9]',
                               '', 'g') = key
                           AND move_type IN %(sales)s OFFSET 0) AS move""",
                split=sorted(split),
                whole=sorted(keys - split),
                sales=SALES,
            )
        )
        found = Domain("id", "in", [row[0] for row in rows])
        posted = Domain("state", "=", "posted")
        own = Domain("company_id", "in", companies.ids)
        return moves.search_fetch(found & posted & own, ["commercial_partner_id"])

    @api.model
    def _items(self, customers, named, companies, rules):
        """Return the open items of customers, and those of named documents."""
        lines = self.env["account.move.line"]
        receivable = Domain("account_id.account_type", "=", "asset_receivable")
        is_named = receivable & Domain("move_id", "in", named.ids)
        is_open = self.env["clerk.receivable"]._open_items_query(customers, companies)
        rows = self._item_rows(is_open, lines._search(is_named))
        held = self._disputed(
            row[0] for row in rows if rules.get(row[1]) == OLDEST_FIRST
        )
        unsettled = lines._added_back(lines.browse([row[0] for row in rows]))
        return [
            _item(row, disputed=row[0] in held)
            for row in rows
            # What is settled by drafts is left to people.
            if row[0] not in unsettled
        ]

    @api.model
    def _item_rows(self, *queries):
        """Return the items that any of these queries finds: an index fits each."""
        lines, moves = self.env["account.move.line"], self.env["account.move"]
        lines.flush_model()
        moves.flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        found = SQL(" UNION ALL ").join(
            SQL(
                "(%s)",
                query.select(
                    *(lines._field_to_sql(query.table, name, query) for name in COLUMNS)
                ),
            )
            for query in queries
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT line.id, customer.commercial_partner_id, move.name,
                          line.amount_residual_currency::text, currency.name,
                          COALESCE(line.date_maturity, line.date),
                          move.payment_reference, move.ref, move.invoice_origin,
                          line.discount_amount_currency::text,
                          CASE WHEN line.amount_residual_currency
                                    = line.amount_currency
                               THEN line.discount_date END
                     FROM (%s) AS line
                     JOIN account_move AS move ON move.id = line.move_id
                     JOIN res_partner AS customer ON customer.id = line.partner_id
                     JOIN res_currency AS currency ON currency.id = line.currency_id
                    WHERE line.balance > 0 OR move.move_type = 'out_refund'
                    ORDER BY line.id""",
                found,
            )
        )
        # Named documents that are open are found twice.
        return list({row[0]: row for row in rows}.values())

    @api.model
    def _disputed(self, ids):
        items = self.env["account.move.line"].browse(ids)
        return set(items.filtered("move_id.has_open_billing_error").ids)

    # Payers

    @api.model
    def _accounts(self, texts, companies):
        """Map accounts to the customers who own them or have paid from them."""
        keys = {squeezed(text) for text in texts} - {""}
        found = defaultdict(set)
        banks = self.env["res.partner.bank"].search_fetch(
            [("sanitized_acc_number", "in", [key.upper() for key in keys])],
            ["sanitized_acc_number", "partner_id"],
        )
        own = companies.partner_id
        for bank in banks:
            customer = bank.partner_id.commercial_partner_id
            if customer not in own:
                found[squeezed(bank.sanitized_acc_number)].add(customer.id)
        aliases = self.env["clerk.payer.alias"]
        for key, customers in aliases._customers_of(
            "account", texts, companies
        ).items():
            found[key] |= customers
        return found

    @api.model
    def _aliases(self, texts, companies):
        return self.env["clerk.payer.alias"]._customers_of("name", texts, companies)

    @api.model
    def _names(self, texts):
        """Return the customers whose names may be those of payers."""
        words = {_longest_word(text) for text in texts} - {""}
        if not words:
            return []
        partners = self.env["res.partner"]
        partners.flush_model(["complete_name"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT partner.id FROM UNNEST(%s::text[]) AS word
                     JOIN res_partner AS partner
                       ON partner.complete_name ILIKE word
                    WHERE partner.parent_id IS NULL AND partner.active""",
                [f"%{word}%" for word in sorted(words)],
            )
        )
        # Access rights of the user decide which of them are read.
        return partners.search([("id", "in", [row[0] for row in rows])]).ids


def _plain(key):
    """Return a key with the characters that the index has."""
    return key if key.isascii() else OTHERS.sub("", key)


def _longest_word(text):
    """Return the longest word of a name that is written in one way only."""
    words = [word for word in name_key(text).split() if word.isascii()]
    longest = max(words, key=len, default="")
    return longest if len(longest) >= MIN_WORD else ""


def _item(row, disputed):
    (key, customer, number, residual, currency, due, reference, ref, origin) = row[:9]
    discounted, until = _exact(row[9]), row[10]
    return Item(
        key=key,
        customer=customer,
        number=number or "",
        open=_exact(residual),
        currency=currency,
        due=due,
        numbers=tuple(filter(None, (reference,))),
        orders=tuple(filter(None, (ref, origin))),
        discounted=discounted if until and discounted else None,
        discount_until=until,
        disputed=disputed,
    )


def _exact(text):
    return Decimal(text or 0)
