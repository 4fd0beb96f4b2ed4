import json
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.key_figure import key_figure as rules


class Period(NamedTuple):
    """A month of a company, until its end or today.

    ``first`` and ``until`` are dates.
    """

    company: int
    first: object
    until: object

    @property
    def key(self):
        return self.company, self.first

    @property
    def days(self):
        return (self.until - self.first).days + 1


def periods_sql(periods):
    """Return the periods as rows (company_id, first, until) for a FROM clause."""
    rows = SQL(", ").join(
        SQL("(%s::int, %s::date, %s::date)", *period) for period in periods
    )
    return SQL("(SELECT * FROM (VALUES %s) AS row (company_id, first, until))", rows)


class ClerkKeyFigure(models.Model):
    """Computes the months that are not final: one query for each source.

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
    def _compute_months(self, today):
        """Compute and store the figures of all months that are not frozen."""
        pending = self._pending(today)
        self.env.flush_all()
        inputs = self._read_inputs(pending)
        rows = [
            self._row(code, period, inputs, today)
            for code, periods in pending.items()
            for period in periods
        ]
        self._store(rows)

    @api.model
    def _pending(self, today):
        """Return the periods to compute, by code."""
        # sudo: the scheduled action computes for all companies; readers see their own.
        companies = self.env["res.company"].sudo()
        months = rules.months_until(today)
        frozen = self.sudo().search_fetch(
            [("state", "=", "frozen"), ("month", ">=", months[-1])],
            ["company_id", "month", "code"],
        )
        done = {(row.code, row.company_id.id, row.month) for row in frozen}
        every = [
            Period(company, first, min(rules.last_day(first), today))
            for company in companies.search([]).ids
            for first in months
        ]
        return {
            code: [period for period in every if (code, *period.key) not in done]
            for code in self._figures()
        }

    @api.model
    def _read_inputs(self, pending):
        """Return the inputs of each source by period: ``{source: {key: inputs}}``."""
        needed = {}
        for code, periods in pending.items():
            for source in self._figures()[code].sources:
                needed.setdefault(source, set()).update(periods)
        return {
            source: getattr(self, f"_read_{source}")(sorted(periods))
            for source, periods in needed.items()
            if periods
        }

    @api.model
    def _row(self, code, period, inputs, today):
        """Return the values of a figure."""
        figure = self._figures()[code]
        known = {"days": period.days}
        for source in figure.sources:
            known |= inputs[source].get(period.key, {})
        if {"receivables", "history"} <= known.keys():
            history = known.pop("history")
            known |= rules.count_back(known["receivables"], history)
        known.pop("history", None)
        used = {name: known.get(name) for name in figure.formula.inputs()}
        value = figure.formula.value(used)
        return {
            "company_id": period.company,
            "month": str(period.first),
            "until": str(period.until),
            "code": code,
            "sequence": list(self._figures()).index(code),
            "inputs": used,
            "value": value,
            "unit": figure.unit,
            "empty_reason": figure.empty_reason if value is None else None,
            "is_final": figure.is_final(period.first, today),
        }

    @api.model
    def _store(self, rows):
        """Add figures, and write those that are not frozen, in one query."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO clerk_key_figure AS figure (company_id, currency_id,
                        month, until, code, sequence, inputs, value, unit, empty_reason,
                        state, computed_on, computed_afterwards,
                        create_uid, create_date, write_uid, write_date)
                   SELECT company.id, company.currency_id, row.month, row.until,
                        row.code, row.sequence, row.inputs, row.value, row.unit,
                        row.empty_reason,
                        CASE WHEN row.is_final THEN 'frozen' ELSE 'open' END,
                        %(now)s, row.is_final, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM JSONB_TO_RECORDSET(%(rows)s) AS row (company_id int,
                        month date, until date, code text, sequence int, inputs jsonb,
                        value numeric, unit text, empty_reason text, is_final bool)
                     JOIN res_company AS company ON company.id = row.company_id
                   ON CONFLICT (company_id, month, code) DO UPDATE SET
                        until = EXCLUDED.until, inputs = EXCLUDED.inputs,
                        value = EXCLUDED.value, unit = EXCLUDED.unit,
                        empty_reason = EXCLUDED.empty_reason,
                        currency_id = EXCLUDED.currency_id,
                        sequence = EXCLUDED.sequence, state = EXCLUDED.state,
                        computed_on = EXCLUDED.computed_on,
                        write_date = EXCLUDED.write_date
                    WHERE figure.state = 'open'""",
                now=fields.Datetime.now(),
                uid=self.env.uid,
                rows=json.dumps(rows),
            )
        )
        self.invalidate_model()
