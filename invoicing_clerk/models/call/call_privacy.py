import re

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain

# What tells who called, and what was said.
CONTENTS = ("number", "contact_id", "summary", "next_action")
# What tells whose call it was.
CUSTOMER = ("partner_id", "move_ids", "error_ids", "promise_ids", "statement_run_ids")

EXPORTED = (
    *("date", "direction", "state", "number", "partner_id", "contact_id"),
    *("company_id", "user_id", "topic_id", "disposition_id", "duration"),
    *("is_identified", "move_ids", "error_ids", "promise_ids"),
    *("summary", "next_action", "next_date"),
)

BATCH = 500

# How a line in a customer's chatter refers to a call.
_REFERENCE = re.compile(r"data-oe-model=.clerk\.call. data-oe-id=.(\d+)")


class ClerkCall(models.Model):
    """Forgets who called and what was said, and keeps that there was a call.

    When, how long, by which clerk, about which topic and with which outcome stay: no
    count of calls changes.
    """

    _inherit = "clerk.call"

    anonymised_on = fields.Datetime(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Since then nothing tells who called or what was said.",
    )

    @api.model
    def _cron_anonymise(self):
        """Anonymise what companies keep no longer; each batch is committed.

        A call that somebody has open waits for the next run.
        """
        due = self._domain_of_overdue()
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=self.search_count(due))
        while calls := self._next_overdue(due):
            calls._anonymise_overdue()
            if not progress._commit_progress(len(calls)):
                break

    @api.model
    def _next_overdue(self, due):
        calls = self.search(due, order="date, id", limit=BATCH)
        return calls.try_lock_for_update(allow_referencing=True)

    @api.model
    def _domain_of_overdue(self):
        """Calls are to be forgotten so many months after they took place."""
        now = fields.Datetime.now()
        companies = self.env["res.company"].search([("clerk_call_retention", ">", 0)])
        before = {
            each: now - relativedelta(months=each.clerk_call_retention)
            for each in companies
        }
        too_old = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("date", "<", limit)
            for company, limit in before.items()
        )
        current = Domain("anonymised_on", "=", False) & Domain("state", "!=", "planned")
        return current & too_old

    def _anonymise_overdue(self):
        """Of a company as customer the calls remain; it is no person."""
        of_people = self.filtered(lambda call: not call.partner_id.is_company)
        of_people._anonymise(CONTENTS + CUSTOMER)
        (self - of_people)._anonymise(CONTENTS)

    def _anonymise(self, names):
        """Empty fields, and remove what hangs on the calls. The id by which a telephone
        system knows a call stays, lest its next message bring the call back.
        """
        if not self:
            return
        self._remove_traces()
        empty = {
            name: [Command.clear()] if self._fields[name].type == "many2many" else False
            for name in names
        }
        calls = self.with_context(tracking_disable=True)
        calls.write({**empty, "anonymised_on": fields.Datetime.now()})
        # Nobody is left to call, or to finish a call with.
        for state, ended in (("planned", "dropped"), ("in_progress", "done")):
            calls.filtered_domain([("state", "=", state)]).write({"state": ended})

    def _remove_traces(self):
        """Chatter, attachments, activities, followers, and the lines on customers."""
        # sudo: others wrote some of it. It is removed unseen, on calls that the caller
        # may write, or that the company keeps no longer.
        for model, of_model, of_record in (
            ("mail.message", "model", "res_id"),
            ("mail.activity", "res_model", "res_id"),
            ("mail.followers", "res_model", "res_id"),
            ("ir.attachment", "res_model", "res_id"),
        ):
            traces = self.env[model].sudo().with_context(active_test=False)
            traces.search(
                [(of_model, "=", self._name), (of_record, "in", self.ids)]
            ).unlink()
        self._lines_on_customers().unlink()

    def _lines_on_customers(self):
        # sudo: as above; only lines that refer to one of the calls are returned.
        lines = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", "res.partner"),
                    ("res_id", "in", self.partner_id.ids),
                    ("body", "like", self._name),
                ]
            )
        )
        calls = set(map(str, self.ids))
        return lines.filtered(
            lambda line: not calls.isdisjoint(_REFERENCE.findall(line.body))
        )

    def _export_table(self):
        """What the columns of an export are, and its rows as people read them."""
        described = self.fields_get(EXPORTED, ["string", "type", "selection"])
        columns = [described[name] for name in EXPORTED]
        rows = [
            [
                self._exported(call[name], column)
                for name, column in zip(EXPORTED, columns, strict=True)
            ]
            for call in self
        ]
        return columns, rows

    @api.model
    def _exported(self, value, column):
        if isinstance(value, models.BaseModel):
            # sudo: how the call's own links are called, for who may read the call.
            return ", ".join(value.sudo().mapped("display_name"))
        if column["type"] == "datetime" and value:
            return fields.Datetime.context_timestamp(self, value).replace(tzinfo=None)
        if column["type"] == "selection":
            return dict(column["selection"]).get(value, "")
        return "" if value is False and column["type"] != "boolean" else value
