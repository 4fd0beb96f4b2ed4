import re

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain

# Personal data: the caller, and what was said.
CONTENTS = ("find_text", "number", "contact_id", "summary", "next_action")
# Links that reveal the customer.
CUSTOMER = ("partner_id", "move_ids", "error_ids", "promise_ids", "statement_run_ids")

EXPORTED = (
    *("date", "direction", "state", "number", "partner_id", "contact_id"),
    *("company_id", "user_id", "topic_id", "outcome_id", "duration"),
    *("is_identified", "move_ids", "error_ids", "promise_ids"),
    *("summary", "next_action", "next_date"),
)

LISTS = ("one2many", "many2many")
BATCH = 500

# The link to a call in the chatter of a customer.
_REFERENCE = re.compile(r"data-oe-model=.clerk\.call. data-oe-id=.(\d+)")


class ClerkCall(models.Model):
    """Anonymisation of calls: the caller and what was said are removed.

    Time, duration, clerk, topic and outcome stay, so that no figure of calls changes.
    """

    _inherit = "clerk.call"
    _guarded_fields = frozenset({"anonymised_on"})

    anonymised_on = fields.Datetime(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Date on which the caller and the contents of the call were removed.",
    )

    @api.model
    def _cron_anonymise(self):
        """Anonymise calls at the end of their retention, and commit each batch.

        Calls that somebody is working on wait for the next run.
        """
        expired = self._expired_domain()
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=self.search_count(expired))
        while calls := self._next_expired(expired):
            calls._anonymise_expired()
            if not progress._commit_progress(len(calls)):
                break

    @api.model
    def _next_expired(self, domain):
        calls = self.search(domain, order="date, id", limit=BATCH)
        return calls.try_lock_for_update(allow_referencing=True)

    @api.model
    def _expired_domain(self):
        """Return the domain of calls past the retention of their company."""
        now = fields.Datetime.now()
        companies = self.env["res.company"].search(
            [
                ("clerk_call_retention", ">", 0),
                ("clerk_call_retention_confirmed", "=", True),
            ]
        )
        limits = {
            each: now - relativedelta(months=each.clerk_call_retention)
            for each in companies
        }
        expired = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("date", "<", limit)
            for company, limit in limits.items()
        )
        logged = Domain("anonymised_on", "=", False) & Domain("state", "!=", "planned")
        return logged & expired

    def _anonymise_expired(self):
        """Remove persons; a customer that is a company keeps its calls."""
        of_people = self.filtered(lambda call: not call.partner_id.is_company)
        of_people._anonymise((*CONTENTS, *self._customer_fields()))
        (self - of_people)._anonymise(CONTENTS)

    @api.model
    def _customer_fields(self):
        """Return the fields that reveal the customer, those of other modules too."""
        kind = self.env.registry["clerk.call.link"]
        links = {
            model._call_field
            for model in self.env.registry.values()
            if issubclass(model, kind) and not model._abstract
        }
        return sorted({*CUSTOMER, *links})

    def _anonymise(self, names):
        """Empty fields, and remove chatter, activities and attachments.

        The external id stays, so that a late message of the phone system does not log
        the call again.
        """
        if not self:
            return
        self._remove_traces()
        empty = {
            name: [Command.clear()] if self._fields[name].type in LISTS else False
            for name in names
        }
        calls = self.with_context(tracking_disable=True)
        calls._inside().write({**empty, "anonymised_on": fields.Datetime.now()})
        # Without a customer, a call can be neither made nor finished.
        for state, ended in (("planned", "dropped"), ("in_progress", "done")):
            calls.filtered_domain([("state", "=", state)]).write({"state": ended})

    def _remove_traces(self):
        """Delete chatter, attachments, activities and lines on customers."""
        # sudo: others may own some of them. They are deleted unread, on calls that the
        # user may write, or at the end of their retention.
        for model, of_model, of_record in (
            ("mail.message", "model", "res_id"),
            ("mail.activity", "res_model", "res_id"),
            ("mail.followers", "res_model", "res_id"),
            ("ir.attachment", "res_model", "res_id"),
        ):
            # sudo: as above.
            traces = self.env[model].sudo().with_context(active_test=False)
            traces.search(
                [(of_model, "=", self._name), (of_record, "in", self.ids)]
            ).unlink()
        self._lines_on_customers().unlink()

    def _lines_on_customers(self):
        # sudo: as above; only lines that link to one of the calls are returned.
        lines = (
            self.env["mail.message"]
            .sudo()
            .search(self._linked_threads() & Domain("body", "like", self._name))
        )
        calls = set(map(str, self.ids))
        return lines.filtered(
            lambda line: not calls.isdisjoint(_REFERENCE.findall(line.body))
        )

    def _linked_threads(self):
        """Return the domain of messages on customers, contacts and linked records."""
        partners = self.partner_id | self.contact_id
        linked = [partners | partners.commercial_partner_id]
        links = {*self._customer_fields()} - {"partner_id"}
        linked += [self[name] for name in links]
        return Domain.OR(
            Domain("model", "=", records._name) & Domain("res_id", "in", records.ids)
            for records in linked
        )

    def _export_table(self):
        """Return the columns of an export, and its rows with values as displayed."""
        described = self.fields_get(EXPORTED, ["string", "type", "selection"])
        columns = [described[name] for name in EXPORTED]
        rows = [
            [
                self._export_value(call[name], column)
                for name, column in zip(EXPORTED, columns, strict=True)
            ]
            for call in self
        ]
        return columns, rows

    @api.model
    def _export_value(self, value, column):
        if isinstance(value, models.BaseModel):
            # sudo: names of linked records, for users who may read the call.
            return ", ".join(value.sudo().mapped("display_name"))
        if column["type"] == "datetime" and value:
            return fields.Datetime.context_timestamp(self, value).replace(tzinfo=None)
        if column["type"] == "selection":
            return dict(column["selection"]).get(value, "")
        return "" if value is False and column["type"] != "boolean" else value
