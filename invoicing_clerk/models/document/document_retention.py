from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.document.retention import DOCUMENT_STATES, keep_until
from ...rules.lifecycle import SYSTEM, Lifecycle, Step

# Fields that decide how long a document is kept.
PERIOD_FIELDS = {"class_id", "date", "valid_from", "valid_to", "move_ids", "link_ids"}


class ClerkDocument(models.Model):
    """The term of a document, and its legal hold, which is stronger than any term."""

    _inherit = "clerk.document"
    _lifecycle = Lifecycle(
        DOCUMENT_STATES,
        {
            "hold": Step(("filed",), (), "supervisor"),
            "release": Step(("filed",), (), "supervisor"),
            "dispose": Step(("filed",), "disposed", SYSTEM),
        },
    )
    _guarded_fields = frozenset(
        {"is_on_hold", "hold_reason", "hold_by_id", "shortened_by_id"}
    )

    kept_until = fields.Date(
        string="Retain Until",
        compute="_compute_kept_until",
        store=True,
        index=True,
        help="The end of the fiscal year of the document, or in which it expires, and "
        "the years of its class. Later invoices that it belongs to keep it longer.",
    )
    is_on_hold = fields.Boolean(
        string="Legal Hold", readonly=True, copy=False, tracking=True
    )
    hold_reason = fields.Char(readonly=True, copy=False, tracking=True)
    hold_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    shortened_by_id = fields.Many2one(
        "res.users",
        string="Period Shortened By",
        readonly=True,
        copy=False,
        help="The last user by whose changes the document is kept shorter. They do not "
        "approve its disposal.",
    )

    @api.depends(
        *("date", "valid_to", "class_id.keep_years"),
        *("company_id.fiscalyear_last_day", "company_id.fiscalyear_last_month"),
    )
    def _compute_kept_until(self):
        for document in self:
            document.kept_until = document.date and document._kept_from(
                document._last_day()
            )

    def _last_day(self):
        """Return the last day for which the document proves something."""
        return max(self.date, self.valid_to or self.date)

    def _year_end(self, day):
        """Return the last day of a fiscal year."""
        # sudo: when the fiscal year of a company ends.
        company = self.company_id.sudo()
        return company.compute_fiscalyear_dates(day)["date_to"]

    def _kept_from(self, day):
        """Return until when the document is kept, if a day is its last one."""
        return keep_until(self._year_end(day), self.class_id.keep_years)

    def _last_days(self):
        """Return the last days, by dates of invoices as well: ``{id: date}``."""
        entries = self.env["clerk.invoice.file"]._last_entries(self)
        days = {each.id: each._last_day() for each in self}
        return {
            number: max(day, entries.get(number) or day) for number, day in days.items()
        }

    # Who may shorten it

    def _may_shorten(self):
        user = self.env.user
        return self.env.su or user.has_group("invoicing_clerk.group_supervisor")

    def _periods_to_check(self, vals):
        """Return until when documents are kept, if a user changes that."""
        if not PERIOD_FIELDS & vals.keys() or self._passes_guard() or self.env.su:
            return {}
        return self._periods()

    def _periods(self):
        return {
            document.id: document._kept_from(day)
            for document, day in zip(self, self._last_days().values(), strict=True)
        }

    def _check_not_shortened(self, before):
        """
        :param before: ``{id: date}``
        :raises UserError: a document would be kept shorter than before; on the day on
            which it is filed, mistakes can be corrected
        """
        after, today = self._periods() if before else {}, fields.Date.today()
        for document in self.filtered(lambda each: each.id in after):
            end, former = after[document.id], before[document.id]
            if end >= former:
                continue
            if not self._may_shorten() and document.create_date.date() < today:
                raise UserError(
                    self.env._(
                        "%(document)s has to be kept until %(former)s. Only "
                        "supervisors can shorten this to %(end)s.",
                        document=document.name,
                        former=fields.Date.to_string(former),
                        end=fields.Date.to_string(end),
                    )
                )
            document._inside().shortened_by_id = self.env.user

    def _kept_entries(self):
        """Return the entries of documents that are protected: ``{id: ids}``."""
        protected = self.browse(self._protections())
        entries = {number: set() for number in protected.ids}
        for number, move_id in self.env["clerk.invoice.file"]._entries_of(protected):
            entries[number].add(move_id)
        return entries

    def _check_still_protected(self, before):
        """
        :param before: what `_kept_entries` has returned
        :raises UserError: a document is no longer protected, or not for an entry
        """
        after = self._kept_entries() if before else {}
        for document in self.browse(before):
            kept = after.get(document.id)
            if kept is not None and before[document.id] <= kept:
                continue
            if not self._may_shorten():
                raise UserError(
                    self.env._(
                        "%s has to be kept as it is: only supervisors can change its "
                        "class, dates or records so that it is protected no longer.",
                        document.name,
                    )
                )
            document._inside().shortened_by_id = self.env.user

    def _is_offered(self, step):
        held = {"hold": not self.is_on_hold, "release": self.is_on_hold}
        return held.get(step, True) and super()._is_offered(step)

    @api.depends("is_on_hold")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    def action_hold(self, reason):
        """Keep documents whatever their term is, and say why."""
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Enter a reason for %s.", self._enumerate()))
        self._take_step(
            "hold",
            is_on_hold=True,
            hold_reason=reason.strip()[:200],
            hold_by_id=self.env.uid,
        )

    def action_release(self):
        """End the legal hold of documents."""
        self._take_step("release", is_on_hold=False, hold_reason=False)
