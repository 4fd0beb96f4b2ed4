"""A year of billing errors, promises and calls on the invoices of the demo company."""

from datetime import datetime, time, timedelta

from odoo.fields import Command

# Invoices for each case, and late ones for each promise.
INVOICES_A_CASE = 9
INVOICES_A_PROMISE = 3
CALLS_A_MONTH = 11
# A case: reason, root cause, origin, what the customer says, and how it ended.
CREDITED = "credited"
CASES = (
    ("qty", "delivery", "customer", "One piece less was delivered.", CREDITED),
    ("notdeliv", "delivery", "call", "The last box never arrived.", CREDITED),
    (
        *("price", "price_data", "customer", "Your offer was lower."),
        "Agreed on the phone to deduct it from the next order.",
    ),
    ("return", "delivery", "customer", "One piece went back damaged.", CREDITED),
    ("freight", "unfounded", "invoice", "Delivery should be free of charge.", None),
    ("qty", "order_entry", "call", "We ordered one piece less.", CREDITED),
    (
        *("terms", "customer_data", "call", "We have 45 days, not 30."),
        "Terms corrected on the customer record.",
    ),
    ("disc", "unfounded", "customer", "The discount of last year is missing.", None),
    ("return", "customer", "call", "We kept one piece too few.", CREDITED),
)
REJECTION = "The signed order confirms what was billed; a copy was sent."
NOTES = (
    "Will be in the next payment run.",
    "The transfer is on its way.",
    "The manager who signs is back next week.",
    "They wait for a payment of their own customer.",
)
# A call: direction, topic, outcome, summary.
CALLS = (
    ("out", "reminder", "arranged", "Payment is planned for next week."),
    ("in", "copy", "copy_sent", "Needs a copy of the invoice for the auditor."),
    ("out", "reminder", "voicemail", False),
    ("in", "balance", "resolved", "Compared the balance: it agrees."),
    ("out", "reminder", "no_answer", False),
    ("in", "dispute", "dispute", "Something is missing from the delivery."),
    ("out", "payment", "says_paid", "Says that it was paid on Friday."),
    ("in", "data", "data_changed", "New address for invoices."),
    ("in", "terms", "escalated", "Asks for longer terms."),
    ("out", "reminder", "refused", "Pays only when the dispute is settled."),
    ("in", "invoice", "resolved", "Asked what the delivery charge is for."),
)


class HistoryCases:
    """Cases, promises and calls about the invoices of the year."""

    def __init__(self, history):
        self.history = history
        self.env = history.env

    def open(self):
        """Create everything that precedes the payments."""
        self._dispute()
        self._promise()
        self._call()

    def _before(self, days):
        """Return the invoices that are older than a number of days."""
        today = self.history.today
        return self.history.invoices.filtered(
            lambda move: (today - move.invoice_date).days > days
        )

    # Billing errors

    def _dispute(self):
        moves = self._before(25)[::INVOICES_A_CASE]
        cases = [
            (move, *CASES[number % len(CASES)]) for number, move in enumerate(moves)
        ]
        errors = self.env["clerk.billing.error"].create(
            [self._case_values(number, *case) for number, case in enumerate(cases)]
        )
        self.history.named(errors, "error")
        self._credit(errors.filtered(lambda error: error.amount_disputed))
        self._close(zip(errors, cases, strict=True))

    def _case_values(self, number, move, reason, cause, origin, words, end):
        line = move.invoice_line_ids[:1]
        claim = {"claimed_quantity": line.quantity - 1} if end == CREDITED else {}
        opened = move.invoice_date + timedelta(days=5 + number % 9)
        return {
            "move_ids": [Command.set(move.ids)],
            "date_opened": _at(opened, 9 + number % 7),
            "reason_id": self.history.ref(f"reason_{reason}").id,
            "cause_id": self.history.ref(f"cause_{cause}").id,
            "origin": origin,
            "user_id": self.history.clerks[number % 3].id,
            "description": words,
            "line_ids": [Command.create({"move_line_id": line.id, **claim})],
        }

    def _credit(self, errors):
        """Post a credit note for each claim; Odoo applies it to the invoice."""
        notes = self.env["account.move"].create(
            [self._note_values(error) for error in errors]
        )
        self.history.named(notes, "note").action_post()
        errors._resolve_cleared()

    def _note_values(self, error):
        move, line = error.move_ids, error.line_ids.move_line_id
        day = error.date_opened.date() + timedelta(days=2 + error.id % 8)
        return {
            "move_type": "out_refund",
            "company_id": move.company_id.id,
            "partner_id": move.partner_id.id,
            "currency_id": move.currency_id.id,
            "invoice_date": day,
            "date": day,
            "ref": move.ref,
            "reversed_entry_id": move.id,
            "is_move_sent": True,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "quantity": 1,
                        "price_unit": line.price_unit,
                        "discount": line.discount,
                        "tax_ids": [Command.set(line.tax_ids.ids)],
                    }
                )
            ],
        }

    def _close(self, cases):
        for error, (_move, _reason, _cause, _origin, _words, end) in cases:
            if error.state == "new" and end:
                error._take_step("resolve", resolution=end)
            elif error.state == "new":
                error._take_step("reject", resolution=REJECTION)
            closed = error.date_opened + timedelta(days=4 + error.id % 15, hours=3)
            error.write({"date_closed": closed})

    # Promises

    def _promise(self):
        """Record promises of customers who pay late; every third is broken."""
        promised = []
        for move in self._before(40):
            overdue = (self.history.payment_day(move) - move.invoice_date_due).days
            if overdue > 12 and move.amount_residual:
                promised.append((move, overdue))
        promises = self.env["clerk.promise"].create(
            [
                self._promise_values(number, move, overdue)
                for number, (move, overdue) in enumerate(
                    promised[:: INVOICES_A_PROMISE - 1]
                )
            ]
        )
        self.promises = self.history.named(promises, "promise")

    def _promise_values(self, number, move, overdue):
        days = 8 if number % 3 == 0 else overdue
        return {
            "move_ids": [Command.set(move.ids)],
            "date_made": move.invoice_date_due + timedelta(days=5),
            "date": move.invoice_date_due + timedelta(days=days),
            "source": "call" if number % 4 else "email",
            "user_id": self.history.clerks[number % 3].id,
            "note": NOTES[number % len(NOTES)],
        }

    def judge(self):
        """Judge the promises by the payments; nothing is left to do for old ones."""
        promises = self.env["clerk.promise"].browse(
            self.history._named_ids("clerk.promise")
        )
        promises._judge()
        promises.filtered(
            lambda each: not sum(each.move_ids.mapped("amount_residual"))
        )._unlink_reminder()

    # Calls

    def _call(self):
        moves = self._before(6)
        step = max(len(moves) // (12 * CALLS_A_MONTH), 1)
        self.history.named(
            self.env["clerk.call"].create(
                [
                    self._call_values(number, move)
                    for number, move in enumerate(moves[::step])
                ]
            ),
            "call",
        )

    def _call_values(self, number, move):
        direction, topic, outcome, summary = CALLS[number % len(CALLS)]
        day = min(
            move.invoice_date + timedelta(days=3 + number % 35),
            self.history.today - timedelta(days=1),
        )
        start = _at(day, 8 + number % 9) + timedelta(minutes=(number * 13) % 60)
        return {
            "state": "done",
            "direction": direction,
            "number": move.partner_id.phone,
            "partner_id": move.commercial_partner_id.id,
            "company_id": move.company_id.id,
            "user_id": self.history.clerks[number % 3].id,
            "topic_id": self.history.ref(f"call_topic_{topic}").id,
            "outcome_id": self.history.ref(f"call_outcome_{outcome}").id,
            "summary": summary,
            "start": start,
            "end": start + timedelta(minutes=1 + number % 8, seconds=number % 50),
            "move_ids": [Command.set(move.ids)],
        }


def _at(day, hour):
    return datetime.combine(day, time(hour))
