from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.call.call import repeats_since
from ...rules.call.search_text import MAX_CHARACTERS, is_phone

LATEST_INVOICES = 3
# Buttons of the pad, and the links that they open.
BUTTONS = {
    "has_errors": "error_ids",
    "has_promises": "promise_ids",
    "has_statements": "statement_run_ids",
}
# The fields that link records to a call.
LINKS = {
    "account.move": "move_ids",
    "clerk.billing.error": "error_ids",
    "clerk.promise": "promise_ids",
}


class ClerkCall(models.Model):
    """The call pad: an overview of the customer for the clerk on the phone.

    The number of queries does not grow with the documents of the customer, and access
    rights of the user apply to everything on it.
    """

    _name = "clerk.call"
    _inherit = ["clerk.call", "clerk.customer.page"]

    find_text = fields.Char(
        string="Find",
        size=MAX_CHARACTERS,
        copy=False,
        help="Text to search for, such as a name, an amount or an invoice number.",
    )
    caller_ids = fields.Many2many(
        "res.partner", string="Possible Callers", compute="_compute_caller_ids"
    )
    found_move_ids = fields.Many2many(
        "account.move", string="Found Invoices", compute="_compute_caller_ids"
    )
    shown_move_ids = fields.Many2many(
        "account.move",
        compute="_compute_shown_move_ids",
        string="Latest Invoices",
    )
    has_errors = fields.Boolean(
        compute="_compute_has_linked", exportable=False, export_string_translation=False
    )
    has_promises = fields.Boolean(
        compute="_compute_has_linked", exportable=False, export_string_translation=False
    )
    has_statements = fields.Boolean(
        compute="_compute_has_linked", exportable=False, export_string_translation=False
    )
    is_first_contact = fields.Boolean(
        string="First Contact",
        compute="_compute_is_first_contact",
        help="The customer did not call about the same topic in the seven days before.",
    )
    other_call_count = fields.Integer(
        string="Other Calls in Progress",
        compute="_compute_other_call_count",
        exportable=False,
    )

    # Ticks

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        # Planned calls come by the hundred, and have no pad yet.
        for call in calls.filtered(lambda call: call.state == "in_progress"):
            call._tick_documents(call.move_ids)
        return calls

    def write(self, vals):
        if "move_ids" not in vals:
            return super().write(vals)
        before = {call: call.move_ids for call in self}
        result = super().write(vals)
        for call, documents in before.items():
            if call.state == "in_progress":
                call._tick_documents(call.move_ids - documents)
        return result

    def _tick_documents(self, documents):
        """Tick the open items of documents that the call is about from now on."""
        if documents and self.env["clerk.item.tick"].has_access("create"):
            documents -= self._ticked().move_id
            self._open_items(Domain("move_id", "in", documents.ids))._tick()

    # Caller

    @api.depends("find_text", "number", "partner_id", "company_id")
    @api.depends_context("uid")
    def _compute_caller_ids(self):
        for call in self:
            if call.partner_id:
                call.caller_ids = call.found_move_ids = False
                continue
            hits = call._hits()
            call.caller_ids = call._callers() | call._customers_of(hits)
            call.found_move_ids = call.found_move_ids.union(
                *(hit.record for hit in hits if hit.record._name == "account.move")
            )

    def _callers(self):
        """Return the contacts who have the number of the call."""
        partners = self.env["res.partner"]
        if not self.number:
            return partners
        return partners._find_callers(self.number, self.company_id)

    def _hits(self):
        """Return what is found in the company of the call."""
        if not self.find_text:
            return []
        company = self.company_id
        hits = self.env["clerk.find"].with_company(company)._search_text(self.find_text)
        return [hit for hit in hits if hit.company in (company, company.browse())]

    @api.model
    def _customers_of(self, hits):
        """Return the contacts that were found, and the customers of documents."""
        partners = self.env["res.partner"]
        for hit in hits:
            partners |= hit.record if hit.kind == "customer" else hit.partner
        return partners

    @api.onchange("number")
    def _onchange_number(self):
        if self.number and not self.partner_id:
            self._identify(self._callers())

    @api.onchange("find_text")
    def _onchange_find_text(self):
        """Select the only customer whom the text leads to, and link the only document
        with this number."""
        hits = self._hits()
        exact = [hit for hit in hits if hit.is_exact] or hits
        if is_phone(self.find_text or ""):
            self.number = self.number or self.find_text
        if not self.partner_id:
            self._identify(self._customers_of(exact))
        if (
            len(exact) == 1
            and exact[0].partner.commercial_partner_id == self.partner_id
        ):
            self._link_hit(exact[0].record)

    def _link_hit(self, record):
        """Link a document, billing error or promise; other records only have a
        customer."""
        if name := LINKS.get(record._name):
            self[name] |= record

    def _identify(self, callers):
        """Link the only possible caller; among several, the clerk chooses."""
        customer = callers.commercial_partner_id
        if len(customer) == 1:
            self.partner_id = customer
            if len(callers) == 1 and callers != customer:
                self.contact_id = callers

    # Balance

    @api.depends("partner_id", "company_id", "move_ids")
    def _compute_shown_move_ids(self):
        for call in self:
            call.shown_move_ids = call._shown_moves() if call.partner_id else False

    def _customer_domain(self):
        return Domain("company_id", "=", self.company_id.id) & Domain(
            "commercial_partner_id", "=", self.partner_id.id
        )

    def _shown_moves(self):
        """Return the latest documents and those of the call with nothing open."""
        moves = self.env["account.move"]
        billed = self._customer_domain() & Domain(
            "move_type", "in", ("out_invoice", "out_refund")
        )
        billed &= Domain("state", "=", "posted")
        latest = moves.search_fetch(
            billed, order="invoice_date desc, id desc", limit=LATEST_INVOICES
        )
        return (latest | self.move_ids) - self.line_ids.move_id

    # Contents of the pad

    @api.depends(*BUTTONS.values())
    def _compute_has_linked(self):
        """Look for links of all kinds in one query, without reading what is linked."""
        parts = []
        for button, name in BUTTONS.items():
            link = self._fields[name]
            call_id = SQL.identifier(link.column1)
            table = SQL.identifier(link.relation)
            found = SQL("SELECT %s, %s FROM %s", button, call_id, table)
            parts.append(SQL("%s WHERE %s = ANY(%s)", found, call_id, self._origin.ids))
        linked = set(self.env.execute_query(SQL(" UNION ").join(parts)))
        for call in self:
            for button in BUTTONS:
                call[button] = (button, call._origin.id) in linked

    @api.depends("error_ids", "promise_ids", "statement_run_ids")
    def _compute_pad(self):
        return super()._compute_pad()

    def _page_path(self):
        return f"/odoo/calls/{self._origin.id}"

    def _page_call(self):
        return self._origin

    def _next_plan(self, promises):
        plans = self.env["clerk.receivable"]._plans(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            promises=promises,
        )
        return min(plans.get((self.partner_id, self.company_id), []), default=None)

    # Other calls

    @api.depends("partner_id", "company_id", "topic_id", "direction", "start")
    def _compute_is_first_contact(self):
        incoming = self.filtered(
            lambda call: call.direction == "in" and call.start and call.topic_id
        )
        earlier = incoming._earlier_starts()
        self.is_first_contact = True
        for call in incoming:
            begin = repeats_since(call.start)
            call.is_first_contact = not any(
                begin <= start < call.start
                for start in earlier[call.partner_id, call.topic_id, call.company_id]
            )

    def _earlier_starts(self):
        """Map (customer, topic, company) -> starts of calls, also earlier ones."""
        earlier = defaultdict(list)
        if not self:
            return earlier
        starts = self.mapped("start")
        since = repeats_since(min(starts))
        rows = self.env["clerk.call"]._read_group(
            [
                ("direction", "=", "in"),
                ("partner_id", "in", self.partner_id.ids),
                ("topic_id", "in", self.topic_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("start", "<", max(starts)),
                ("start", ">=", since),
            ],
            ["partner_id", "topic_id", "company_id"],
            ["start:array_agg"],
        )
        for *key, times in rows:
            earlier[tuple(key)] = times
        return earlier

    @api.depends_context("uid")
    def _compute_other_call_count(self):
        in_progress = self.search(
            [("state", "=", "in_progress"), ("user_id", "=", self.env.uid)]
        )
        for call in self:
            call.other_call_count = len(in_progress - call._origin)
