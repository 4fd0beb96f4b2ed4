"""A labelled corpus of payments: what each says, and what it is for in truth.

It is made by chance from a seed, always the same. Every kind of payment has its own
method, named after it; its docstring says what is difficult about it.
"""

import random
from collections import namedtuple
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from stdnum.iso7064 import mod_97_10

from odoo.addons.invoicing_clerk.rules.receipt.payer import name_key
from odoo.addons.invoicing_clerk.rules.receipt.receipt_match import Book, Payment
from odoo.addons.invoicing_clerk.rules.receivable.match_item import Item
from odoo.addons.invoicing_clerk.rules.receivable.structured_reference import squeezed

TODAY = date(2026, 3, 10)
NAMES = """
Alder Birch Cedar Delta Ember Fjord Garnet Harbor Indigo Juniper Kestrel
Larch Maple Nordic Opal Prairie Quarry Raven Sable Timber Umber Vector
"""
WORDS = NAMES.split()
TRADES = (
    "Logistics",
    "Foods",
    "Steel",
    "Paper",
    "Optics",
    "Textiles",
    "Marine",
    "Dental",
)
FORMS = ("GmbH", "Ltd", "SA", "BV", "SARL", "Inc.", "AG", "GmbH & Co. KG")
COURTESY = ("", "Payment ", "Invoice ", "Rechnung Nr. ", "re: ", "PMT ", "thank you ")

Case = namedtuple("Case", "kind payment customer parts referenced may_be_automatic")


@dataclass
class Customer:
    """A customer with open items of both currencies, and how they pay."""

    key: int
    name: str
    account: str
    items: list = field(default_factory=list)

    def charges(self, currency="EUR"):
        return [
            each for each in self.items if each.open > 0 and each.currency == currency
        ]


class Corpus:
    """Customers, their items, and payments with their truth."""

    def __init__(self, seed=20260310, payments=2000, customers=220):
        self.random = random.Random(seed)
        self.numbers = iter(range(1, 10**6))
        self.keys = iter(range(1, 10**6))
        self.customers = [self._customer(key) for key in range(1, customers + 1)]
        self.kinds = sorted(
            name.removeprefix("pay_") for name in dir(self) if name.startswith("pay_")
        )
        self.cases = []
        while len(self.cases) < payments:
            kind = self.kinds[len(self.cases) % len(self.kinds)]
            if case := self._case(kind):
                self.cases.append(case)

    def book(self):
        accounts = {}
        for each in self.customers:
            accounts.setdefault(squeezed(each.account), set()).add(each.key)
        return Book(
            [item for each in self.customers for item in each.items],
            accounts={key: frozenset(found) for key, found in accounts.items()},
            aliases={name_key("Zebra Treasury"): frozenset({1})},
            names={each.key: each.name for each in self.customers},
        )

    # Customers and items

    def _customer(self, key):
        pick = self.random.choice
        name = f"{pick(WORDS)} {pick(TRADES)} {pick(WORDS)} {pick(FORMS)}"
        # Every tenth pays from the account of the one before: a group.
        owner = key - 1 if key % 10 == 0 else key
        customer = Customer(key, name, f"BE{owner:02}7300{owner:08}")
        for _ in range(self.random.randint(3, 14)):
            customer.items.append(self._item(customer))
        for currency in ("EUR", "USD"):
            customer.items.append(self._item(customer, currency=currency))
        first = customer.items[0]
        customer.items += [
            # The same amount again; a credit note; something paid; a foreign twin.
            self._item(customer, open=first.open),
            self._item(
                customer, open=-Decimal(self.random.randint(1, 80)), kind="RINV"
            ),
            self._item(customer, open=Decimal(0)),
            self._item(customer, open=customer.items[1].open, currency="USD"),
        ]
        return customer

    def _item(self, customer, open=None, currency="EUR", kind="INV"):
        # Gaps, so that a mistyped number may be of nobody.
        for _ in range(self.random.choice((1, 1, 1, 2, 30))):
            number = next(self.numbers)
        if open is None:
            open = Decimal(self.random.randint(2000, 900000)) / 100
            if self.random.random() < 0.3:
                open = Decimal(self.random.choice((100, 250, 500, 1000)))
        due = TODAY + timedelta(self.random.randint(-90, 30))
        has_discount = open > 0 and self.random.random() < 0.4
        rf = f"{number:09}"
        return Item(
            key=next(self.keys),
            customer=customer.key,
            number=f"{kind}/2026/{number:05}",
            open=open,
            currency=currency,
            due=due,
            numbers=(f"RF{mod_97_10.calc_check_digits(rf + 'RF')}{rf}",),
            orders=(f"PO {self.random.randint(4000, 9999)}",),
            discounted=(open * Decimal("0.98")).quantize(Decimal("0.01"))
            if has_discount
            else None,
            discount_until=TODAY + timedelta(self.random.choice((-5, 5)))
            if has_discount
            else None,
        )

    # Payments

    def _case(self, kind):
        customer = self.random.choice(self.customers)
        return getattr(self, f"pay_{kind}")(customer)

    def _made(
        self,
        kind,
        customer,
        amount,
        text,
        items,
        automatic=True,
        referenced=True,
        **payer,
    ):
        """Return a case; its payer is known by account, by name, or not at all."""
        payment = Payment(
            key=len(self.cases),
            amount=amount,
            currency=payer.pop("currency", "EUR"),
            date=TODAY,
            text=text,
        )
        payment = replace(payment, **(payer or self._payer(customer)))
        parts = {item.key: part for item, part in items}
        return Case(kind, payment, customer.key, parts, referenced, automatic)

    def _payer(self, customer):
        name = customer.name.upper()[: self.random.choice((18, 27, 35, 70))]
        return self.random.choice(
            (
                {"account": customer.account, "payer": name},
                {"account": customer.account},
                {"customer": customer.key},
            )
        )

    def _some(self, customer, least=1, most=1, currency="EUR"):
        charges = customer.charges(currency)
        count = min(self.random.randint(least, most), len(charges))
        return self.random.sample(charges, count)

    def _written(self, number):
        """Return a number as people write it, all of it."""
        return self.random.choice(
            (
                number,
                number.lower(),
                number.replace("/", "-"),
                number.replace("/", " "),
                number.replace("/", ""),
                number.replace("/", " / "),
            )
        )

    def _text(self, *items):
        numbers = self.random.choice((", ", " ", "; ", " + ", " and ")).join(
            self._written(each.number) for each in items
        )
        return self.random.choice(COURTESY) + numbers

    def _whole(self, kind, customer, items, **values):
        amount = sum(each.open for each in items)
        paid = [(each, each.open) for each in items]
        return self._made(kind, customer, amount, self._text(*items), paid, **values)

    def pay_whole(self, customer):
        """One number, written in some way."""
        return self._whole("whole", customer, self._some(customer))

    def pay_whole_by_name(self, customer):
        """The name as the bank cut it; others have a similar one."""
        name = customer.name.upper()[: self.random.choice((27, 35))]
        return self._whole("whole_by_name", customer, self._some(customer), payer=name)

    def pay_whole_unknown(self, customer):
        """Nothing but the number says who has paid."""
        return self._whole("whole_unknown", customer, self._some(customer), payer="")

    def pay_several(self, customer):
        """Up to five numbers."""
        return self._whole("several", customer, self._some(customer, 2, 5))

    def pay_several_bare(self, customer):
        """The first number in full, of the others only the end."""
        first, *others = self._some(customer, 2, 4)
        text = ", ".join((first.number, *(each.number[-5:] for each in others)))
        items = [first, *others]
        amount = sum(each.open for each in items)
        paid = [(each, each.open) for each in items]
        return self._made("several_bare", customer, amount, text, paid)

    def pay_broken_line(self, customer):
        """The bank has broken the line in the middle of the number."""
        (item,) = self._some(customer)
        place = len(item.number) - self.random.choice((1, 2))
        text = f"{item.number[:place]} {item.number[place:]}"
        return self._made("broken_line", customer, item.open, text, [(item, item.open)])

    def pay_short_name(self, customer):
        """The payer gives one word of the name; others have it, too."""
        (item,) = self._some(customer)
        return self._made(
            *("short_name", customer, item.open, self._text(item)),
            [(item, item.open)],
            payer=customer.name.split()[0],
        )

    def pay_several_with_credit(self, customer):
        """A credit note is named and taken off."""
        items = self._some(customer, 1, 3)
        credit = next(each for each in customer.items if each.open < 0)
        if sum(each.open for each in items) + credit.open <= 0:
            return None
        return self._whole("several_with_credit", customer, [*items, credit])

    def pay_same_amounts(self, customer):
        """Another item has the same amount; the number decides."""
        return self._whole("same_amounts", customer, customer.items[:1])

    def pay_structured(self, customer):
        """An ISO 11649 reference, with or without spaces."""
        (item,) = self._some(customer)
        text = item.numbers[0]
        if self.random.random() < 0.5:
            text = " ".join(text[i : i + 4] for i in range(0, len(text), 4))
        return self._made("structured", customer, item.open, text, [(item, item.open)])

    def pay_structured_typo(self, customer):
        """A wrong digit, which check digits notice."""
        (item,) = self._some(customer)
        text = self._mistyped(item.numbers[0])
        return self._made(
            *("structured_typo", customer, item.open, text, [(item, item.open)]),
            automatic=False,
        )

    def pay_no_zeros(self, customer):
        """Zeros are left out."""
        (item,) = self._some(customer)
        front, year, number = item.number.split("/")
        text = f"{front} {year}-{int(number)}"
        return self._made("no_zeros", customer, item.open, text, [(item, item.open)])

    def pay_cut_front(self, customer):
        """The bank has cut off the beginning."""
        (item,) = self._some(customer)
        text = item.number[self.random.choice((4, 6, 9)) :]
        return self._made("cut_front", customer, item.open, text, [(item, item.open)])

    def pay_cut_end(self, customer):
        """The last number is cut off, and may read as another one."""
        items = self._some(customer, 1, 3)
        text = " ".join(each.number for each in items)
        amount = sum(each.open for each in items)
        paid = [(each, each.open) for each in items]
        cut = text[: -self.random.randint(1, 2)]
        return self._made("cut_end", customer, amount, cut, paid)

    def pay_typo(self, customer):
        """A digit is wrong: of nobody's number, or of anybody's.

        Not of an item of the same customer and amount: nobody could tell.
        """
        (item,) = self._some(customer)
        text = self._mistyped(item.number)
        twins = [each.number for each in customer.items if each.open == item.open]
        if text in twins:
            return None
        return self._made(
            "typo", customer, item.open, text, [(item, item.open)], automatic=False
        )

    def pay_typo_of_other_customer(self, customer):
        """The number is that of another customer, who owes the same amount or not."""
        (item,) = self._some(customer)
        other = self.random.choice(self._strangers(customer))
        wrong = self.random.choice(other.charges())
        text = self._written(wrong.number)
        return self._made(
            *("typo_of_other_customer", customer, item.open, text),
            [(item, item.open)],
            automatic=False,
        )

    def pay_typo_of_own(self, customer):
        """One of several numbers is another one of the same customer."""
        items = self._some(customer, 3, 3)
        if len(items) < 3 or len({each.open for each in items}) < 3:
            return None
        meant, typed = items[:2], [items[0], items[2]]
        amount = sum(each.open for each in meant)
        paid = [(each, each.open) for each in meant]
        return self._made(
            *("typo_of_own", customer, amount, self._text(*typed), paid),
            automatic=False,
        )

    def pay_other_numbers(self, customer):
        """Their own numbers are those of somebody else's documents."""
        (item,) = self._some(customer)
        other = self.random.choice(self._strangers(customer))
        text = f"{item.number} our no. {self.random.choice(other.items).orders[0]}"
        if self.random.random() < 0.5:
            text += f" / {self.random.choice(other.charges()).number}"
        return self._made(
            "other_numbers", customer, item.open, text, [(item, item.open)]
        )

    def pay_prefixed(self, customer):
        """A number of theirs that has one of ours in it, for something else of ours."""
        item, other = (*self._some(customer, 2, 2), None)[:2]
        if not other or item.open == other.open:
            return None
        text = f"K-{other.number}-{self.random.randint(1, 9)}"
        return self._made(
            *("prefixed", customer, item.open, text, [(item, item.open)]),
            automatic=False,
        )

    def pay_order(self, customer):
        """Only the customer's order number."""
        (item,) = self._some(customer)
        same = [each for each in customer.items if each.orders == item.orders]
        return self._made(
            *("order", customer, item.open, item.orders[0], [(item, item.open)]),
            automatic=len(same) == 1,
        )

    def pay_partial(self, customer):
        """A part of what is named."""
        (item,) = self._some(customer)
        part = (item.open * Decimal("0.4")).quantize(Decimal("0.01"))
        text = self._text(item)
        return self._made(
            "partial", customer, part, text, [(item, part)], automatic=False
        )

    def pay_over(self, customer):
        """More than is named; it stays unapplied."""
        (item,) = self._some(customer)
        amount = item.open + Decimal(self.random.randint(1, 90000)) / 100
        return self._made(
            "over", customer, amount, self._text(item), [(item, item.open)]
        )

    def pay_all_but(self, customer):
        """Everything is paid except for what is named."""
        named = self._some(customer)
        others = [each for each in customer.charges() if each not in named]
        amount = sum(each.open for each in others)
        text = f"all open invoices except {named[0].number}"
        paid = [(each, each.open) for each in others]
        return self._made("all_but", customer, amount, text, paid, automatic=False)

    def pay_fee_short(self, customer):
        """Banks have kept a fee."""
        (item,) = self._some(customer)
        amount = item.open - Decimal(self.random.choice((5, 12, 15)))
        text = self._text(item)
        return self._made(
            "fee_short", customer, amount, text, [(item, amount)], automatic=False
        )

    def pay_discount(self, customer):
        """The discount is taken, on time."""
        return self._discounted("discount", customer, on_time=True)

    def pay_discount_late(self, customer):
        """The discount is taken too late."""
        return self._discounted("discount_late", customer, on_time=False)

    def _discounted(self, kind, customer, on_time):
        items = [
            each
            for each in customer.charges()
            if each.discounted and (each.discount_until >= TODAY) == on_time
        ]
        if not items:
            return None
        item = self.random.choice(items)
        paid = [(item, item.discounted)]
        text = self._text(item)
        return self._made(
            kind, customer, item.discounted, text, paid, automatic=on_time
        )

    def pay_other_currency(self, customer):
        """The number of an invoice in dollars, and its figure in euros."""
        (item,) = self._some(customer, currency="USD")
        text = self._text(item)
        return self._made(
            "other_currency", customer, item.open, text, [], automatic=False
        )

    def pay_dollars(self, customer):
        """Dollars for dollars; an item in euros has the same figure."""
        item = customer.items[-1]
        return self._made(
            *("dollars", customer, item.open, self._text(item), [(item, item.open)]),
            currency="USD",
            account=customer.account,
        )

    def pay_for_the_group(self, customer):
        """An account of two customers, and the name of neither."""
        member = self.customers[customer.key // 10 * 10 - 1]
        (item,) = self._some(member)
        return self._made(
            *("for_the_group", member, item.open, self._text(item)),
            [(item, item.open)],
            account=member.account,
            payer="GROUP TREASURY CENTER",
        )

    def pay_two_of_the_group(self, customer):
        """One payment for two customers of a group."""
        member = self.customers[max(customer.key // 10 * 10 - 1, 9)]
        sister = self.customers[member.key - 2]
        items = [*self._some(member), *self._some(sister)]
        amount = sum(each.open for each in items)
        return self._made(
            *("two_of_the_group", member, amount, self._text(*items)),
            [(items[0], items[0].open)],
            automatic=False,
            account=member.account,
        )

    def pay_third_party(self, customer):
        """Somebody else pays, to the cent."""
        other = self.random.choice(self._strangers(customer))
        (item,) = self._some(customer)
        payer = self.random.choice(
            ({"account": other.account}, {"payer": "Kepler Notaries LLP"})
        )
        return self._made(
            *("third_party", customer, item.open, self._text(item)),
            [(item, item.open)],
            automatic=False,
            **payer,
        )

    def pay_paid_before(self, customer):
        """An invoice is paid twice; the amount is that of another open one."""
        settled = next(each for each in customer.items if not each.open)
        (item,) = self._some(customer)
        text = self._text(settled)
        return self._made("paid_before", customer, item.open, text, [], automatic=False)

    def pay_no_reference(self, customer):
        """Nothing but an amount."""
        return self._plain("no_reference", customer, self._some(customer))

    def pay_no_reference_sum(self, customer):
        """Nothing but an amount, of several items."""
        return self._plain("no_reference_sum", customer, self._some(customer, 2, 4))

    def pay_no_reference_twice(self, customer):
        """Two items have the amount."""
        return self._plain("no_reference_twice", customer, customer.items[:1])

    def pay_advance(self, customer):
        """In advance for an order: by chance it is the amount of an open item."""
        case = self._plain("advance", customer, self._some(customer))
        return case._replace(parts={})

    def pay_less_credit(self, customer):
        """Less a credit note that is not named."""
        (item,) = self._some(customer)
        credit = next(each for each in customer.items if each.open < 0)
        if item.open + credit.open <= 0:
            return None
        paid = [(item, item.open), (credit, credit.open)]
        return self._made(
            *("less_credit", customer, item.open + credit.open, self._text(item), paid),
            automatic=False,
        )

    def pay_range(self, customer):
        """From one number to another."""
        items = sorted(customer.charges(), key=lambda each: each.number)[:3]
        amount = sum(each.open for each in items)
        text = f"{items[0].number}-{items[-1].number[-2:]}"
        paid = [(each, each.open) for each in items]
        return self._made("range", customer, amount, text, paid, automatic=False)

    def pay_dates_and_phones(self, customer):
        """Digits that are no numbers of documents."""
        (item,) = self._some(customer)
        text = f"from 10.03.2026, call +32 2 555 {self.random.randint(1000, 9999)}"
        return self._made(
            *("dates_and_phones", customer, item.open, text, [(item, item.open)]),
            automatic=False,
            referenced=False,
        )

    def _plain(self, kind, customer, items):
        amount = sum(each.open for each in items)
        text = self.random.choice(("", "payment", "thank you", "invoices"))
        paid = [(each, each.open) for each in items]
        return self._made(
            kind, customer, amount, text, paid, automatic=False, referenced=False
        )

    def _strangers(self, customer):
        """Return customers with another account."""
        return [each for each in self.customers if each.account != customer.account]

    def _mistyped(self, number):
        place = self.random.choice(
            [place for place, each in enumerate(number) if each.isdigit()][-5:]
        )
        digit = self.random.choice(
            [each for each in "0123456789" if each != number[place]]
        )
        return number[:place] + digit + number[place + 1 :]
