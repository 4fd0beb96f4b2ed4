import json
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.key_figure import key_figure as rules
from ..mixin.attempt import attempt, attempt_in_parts, reason_of


class Period(NamedTuple):
    """A month of a company, until its end or today.

    ``first``, ``until`` and ``today``, the day of computation, are dates. ``zone`` is
    the time zone of the company.
    """

    company: int
    first: object
    until: object
    zone: str = "UTC"
    today: object = None

    @property
    def key(self):
        return self.company, self.first

    @property
    def days(self):
        return (self.until - self.first).days + 1


def periods_sql(periods):
    """Return the periods as rows (company_id, first, until, zone, today) for a FROM
    clause."""
    rows = SQL(", ").join(
        SQL("(%s::int, %s::date, %s::date, %s::text, %s::date)", *period)
        for period in periods
    )
    return SQL(
        "(SELECT * FROM (VALUES %s) AS row (company_id, first, until, zone, today))",
        rows,
    )


class ClerkKeyFigure(models.Model):
    """Computes the months that are not final: one query for each source.

    A source that fails, or fails for a company, leaves its figures as they are, with
    the error; the others are computed.

    **How to add a figure**

    1. Extend ``code`` by its name (``selection_add``), and ``_figures`` by a
       ``rules.Figure`` with its formula.
    2. Extend ``_input_labels`` by its inputs.
    3. Where no source has them, add a method ``_read_<source>``: it takes periods, runs
       one query for all of them, and returns ``{period.key: {input: number}}``.
    """

    _inherit = "clerk.key.figure"

    @api.model
    def _figures(self):
        """Return all figures by their code, in the order of the board."""
        return rules.FIGURES

    @api.model
    def _cron_compute(self):
        """Compute all months that are not frozen, of all companies."""
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=1)
        self._compute_months(fields.Date.today())
        progress._commit_progress(1)

    @api.model
    def _compute_months(self, today, companies=None):
        """Compute and store the figures of all months that are not frozen.

        :param companies: all by default
        """
        pending = self._pending(today, companies)
        self.env.flush_all()
        inputs, errors = self._read_inputs(pending)
        for code, periods in pending.items():
            sources = self._figures()[code].sources
            failed = {
                period: reasons
                for period in periods
                if (reasons := [errors.get((name, period.company)) for name in sources])
                if any(reasons)
            }
            good = [period for period in periods if period not in failed]
            error = attempt(
                self.env,
                lambda code=code, good=good: self._store(
                    [self._row(code, period, inputs, today) for period in good]
                ),
            )
            if error:
                failed |= {period: [reason_of(error)] for period in good}
            self._keep_with_error(code, failed)
        self.invalidate_model()

    @api.model
    def _pending(self, today, companies=None):
        """Return the periods to compute, by code: the last months, and any before that
        are still open. None is before the first document of the company."""
        # sudo: the scheduled action computes for all companies; readers see their own.
        companies = (companies or self.env["res.company"].search(Domain.TRUE)).sudo()
        zones = {each.id: each.partner_id.tz or "UTC" for each in companies}
        begun = self._first_months(companies)
        months = rules.months_until(today)
        recent = [
            (company, first)
            for company, start in begun.items()
            for first in months
            if first >= start
        ]
        frozen, older = self._stored(companies, months[-1])
        return {
            code: [
                Period(
                    company,
                    first,
                    min(rules.last_day(first), today),
                    zones[company],
                    today,
                )
                for company, first in sorted({*recent, *older.get(code, ())})
                if (code, company, first) not in frozen
            ]
            for code in self._figures()
        }

    @api.model
    def _first_months(self, companies):
        """Return the month of the first customer document, by company."""
        rows = self.env.execute_query(
            SQL(
                """SELECT company.id, DATE_TRUNC('month', move.date)::date
                     FROM res_company AS company
                    CROSS JOIN LATERAL (
                        SELECT date FROM account_move
                         WHERE company_id = company.id AND state = 'posted'
                           AND move_type IN ('out_invoice', 'out_receipt', 'out_refund')
                         ORDER BY date LIMIT 1) AS move
                    WHERE company.id = ANY(%s)""",
                companies.ids,
            )
        )
        return dict(rows)

    @api.model
    def _stored(self, companies, first):
        """Return frozen figures as (code, company, month), and the company and month of
        open ones before the first month, by code."""
        # sudo: as `_pending`.
        figures = self.sudo().search_fetch(
            [
                ("company_id", "in", companies.ids),
                "|",
                "&",
                ("state", "=", "frozen"),
                ("month", ">=", first),
                "&",
                ("state", "=", "open"),
                ("month", "<", first),
            ],
            ["company_id", "month", "code", "state"],
        )
        frozen, older = set(), {}
        for figure in figures:
            key = figure.company_id.id, figure.month
            if figure.state == "frozen":
                frozen.add((figure.code, *key))
            else:
                older.setdefault(figure.code, set()).add(key)
        return frozen, older

    @api.model
    def _read_inputs(self, pending):
        """Return inputs by source and period, and errors by source and company."""
        needed = {}
        for code, periods in pending.items():
            for source in self._figures()[code].sources:
                needed.setdefault(source, set()).update(periods)
        inputs, errors = {}, {}
        for source, periods in needed.items():
            inputs[source], failed = self._read_source(source, periods)
            errors |= {(source, company): error for company, error in failed.items()}
        return inputs, errors

    @api.model
    def _read_source(self, source, periods):
        """Return the inputs of a source by period, and its errors by company."""
        found, failed = {}, {}
        companies = self.env["res.company"].browse(
            sorted({each.company for each in periods})
        )

        def read(part):
            asked = [each for each in periods if each.company in part._ids]
            found.update(getattr(self, f"_read_{source}")(sorted(asked)))

        for part, error in attempt_in_parts(companies, read):
            if error:
                failed |= dict.fromkeys(part.ids, reason_of(error))
        return found, failed

    @api.model
    def _row(self, code, period, inputs, today):
        """Return the values of a figure."""
        figure = self._figures()[code]
        known = {"days": period.days}
        for source in figure.sources:
            known |= inputs[source].get(period.key, {})
        if {"receivables", "history"} <= known.keys():
            known |= rules.count_back(known["receivables"], known["history"])
        used = {name: known.get(name) for name in figure.inputs()}
        value, reason = figure.formula.value(used), figure.empty_reason
        if not figure.is_known(period.first, today):
            value, reason = None, "unsettled"
        is_final = figure.is_final(period.first, today)
        return {
            **self._key_values(code, period),
            "inputs": used,
            "value": value,
            "empty_reason": reason if value is None else None,
            "state": "frozen" if is_final else "open",
            "is_late": figure.is_late(period.first, today),
        }

    @api.model
    def _key_values(self, code, period):
        return {
            "company_id": period.company,
            "month": str(period.first),
            "until": str(period.until),
            "code": code,
            "sequence": list(self._figures()).index(code),
            "unit": self._figures()[code].unit,
        }

    @api.model
    def _store(self, rows):
        """Add figures, and write those that are not frozen, in one query."""
        self._write_rows(
            rows,
            SQL(
                """until = EXCLUDED.until, inputs = EXCLUDED.inputs,
                   value = EXCLUDED.value, unit = EXCLUDED.unit,
                   empty_reason = EXCLUDED.empty_reason,
                   currency_id = EXCLUDED.currency_id,
                   sequence = EXCLUDED.sequence, state = EXCLUDED.state,
                   computed_on = EXCLUDED.computed_on, error = NULL,
                   computed_afterwards = figure.computed_afterwards
                       OR EXCLUDED.computed_afterwards,
                   write_date = EXCLUDED.write_date"""
            ),
        )

    @api.model
    def _keep_with_error(self, code, failed):
        """Keep figures that could not be computed, with the reason.

        :param failed: for each period the errors of its sources, or None
        """
        rows = [
            {
                **self._key_values(code, period),
                "inputs": {},
                "empty_reason": "failed",
                "state": "open",
                "is_late": False,
                "error": " ".join(filter(None, reasons)),
            }
            for period, reasons in failed.items()
        ]
        self._write_rows(rows, SQL("error = EXCLUDED.error"))

    @api.model
    def _write_rows(self, rows, changes):
        """Insert rows, or change those that are there and open."""
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO clerk_key_figure AS figure (company_id, currency_id,
                        month, until, code, sequence, inputs, value, unit, empty_reason,
                        state, computed_on, computed_afterwards, error,
                        create_uid, create_date, write_uid, write_date)
                   SELECT company.id, company.currency_id, row.month, row.until,
                        row.code, row.sequence, row.inputs, row.value, row.unit,
                        row.empty_reason, row.state, %(now)s, row.is_late, row.error,
                        %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM JSONB_TO_RECORDSET(%(rows)s) AS row (company_id int,
                        month date, until date, code text, sequence int, inputs jsonb,
                        value numeric, unit text, empty_reason text, state text,
                        is_late bool, error text)
                     JOIN res_company AS company ON company.id = row.company_id
                   ON CONFLICT (company_id, month, code) DO UPDATE SET %(changes)s
                    WHERE figure.state = 'open'""",
                now=fields.Datetime.now(),
                uid=self.env.uid,
                rows=json.dumps(rows),
                changes=changes,
            )
        )
