from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...mixin.facts import Reason, facts
from .audit_test_entry import SYSTEM_USER
from .audit_test_source import (
    Outcome,
    exception_columns,
    figure,
)


class ClerkAuditRun(models.Model):
    """Tests of who did what with an entry, based on its tracking messages.

    Tracking values are readable for administrators only. These tests disclose who
    changed the state of entries that the caller can read, and nothing else.
    """

    _inherit = "clerk.audit.run"

    @api.model
    def _figure_labels(self):
        return {
            **super()._figure_labels(),
            "with_history": self.env._("Entries with a history"),
        }

    @api.model
    def _exception_reasons(self):
        return {
            **super()._exception_reasons(),
            "reposted": Reason(
                self.env._("Reposted"),
                self.env._(
                    "Reset to draft after it was posted (times: %(count)s, last on "
                    "%(date_reset)s), and posted again."
                ),
            ),
            "sod": Reason(
                self.env._("No Segregation of Duties"),
                self.env._(
                    "%(user)s created the customer, posted this credit note and "
                    "registered payments of the customer: %(amount_paid)s (number: "
                    "%(count)s)."
                ),
            ),
        }

    def _steps_sql(self, old, new, entries):
        """Return SQL of tracked changes of entries from one state to another.

        Tracking values hold state labels in the language of the user who made the
        change.
        """
        self.env["mail.message"].flush_model()
        self.env["mail.tracking.value"].flush_model()
        # sudo: only the id of the field is read.
        state = self.env["ir.model.fields"].sudo()._get("account.move", "state")
        return SQL(
            """SELECT message.res_id AS move_id, message.create_uid AS user_id,
                      message.date, message.id
                 FROM mail_tracking_value AS value
                 JOIN mail_message AS message ON message.id = value.mail_message_id
                WHERE value.field_id = %(field)s AND message.model = 'account.move'
                  AND message.res_id IN (%(entries)s)
                  AND value.old_value_char IN (%(old)s)
                  AND value.new_value_char IN (%(new)s)""",
            field=state.id,
            entries=entries,
            old=self._labels_sql(state, old),
            new=self._labels_sql(state, new),
        )

    def _labels_sql(self, field, value):
        """Return SQL of the labels of a selection value in all languages."""
        return SQL(
            """SELECT label.value FROM ir_model_fields_selection AS option,
                      JSONB_EACH_TEXT(option.name) AS label
                WHERE option.field_id = %s AND option.value = %s""",
            field.id,
            value,
        )

    # REPOSTED

    def _test_reposted(self, ledger):
        """Find posted entries that were reset to draft and posted again."""
        entries = ledger.moves(ledger.period()).select()
        with_history = SQL(
            """SELECT amount_total_signed AS amount FROM account_move AS move
                WHERE id IN (%s) AND EXISTS (
                    SELECT 1 FROM mail_message AS message
                     WHERE message.model = 'account.move'
                       AND message.res_id = move.id)""",
            entries,
        )
        count, total = ledger.totals(
            with_history,
            empty=self.env._(
                "No entry of the period has a history, so reposting cannot be detected."
            ),
        )
        self._add_exceptions(self._reposted_sql(ledger, entries))
        return Outcome(count, total, [figure("with_history", "count", count)])

    def _reposted_sql(self, ledger, entries):
        return SQL(
            """SELECT %(columns)s FROM (
                    SELECT move_id, COUNT(*) AS times, MAX(date) AS day,
                           (ARRAY_AGG(user_id ORDER BY id DESC))[1] AS user_id
                      FROM (%(resets)s) AS step GROUP BY move_id) AS reset
                 JOIN account_move AS move ON move.id = reset.move_id""",
            columns=exception_columns(
                "reposted",
                res_model=SQL("'account.move'"),
                res_id=SQL("move.id"),
                move_id=SQL("move.id"),
                partner_id=SQL("move.commercial_partner_id"),
                user_id=SQL("reset.user_id"),
                date=SQL("move.date"),
                amount=SQL("ABS(move.amount_total_signed)"),
                facts=facts(
                    count=SQL("reset.times"),
                    date_reset=SQL("(%s)::date", ledger.local_sql(SQL("reset.day"))),
                ),
            ),
            resets=self._steps_sql("posted", "draft", entries),
        )

    # SOD

    def _test_sod(self, ledger):
        """Find credit notes where one person created the customer, posted the credit
        note and registered payments of the customer.

        Without a history, the user who created the credit note counts as the one who
        posted it. Actions of OdooBot do not count.
        """
        credits = ledger.period() & Domain("move_type", "=", "out_refund")
        rows = ledger.moves_sql(credits)
        count, total = ledger.totals(rows, "amount_total_signed")
        entries = ledger.moves(credits).select()
        self._add_exceptions(self._sod_sql(ledger, rows, entries))
        return Outcome(count, total)

    def _sod_sql(self, ledger, rows, entries):
        return SQL(
            """WITH posting AS (
                SELECT DISTINCT ON (move_id) move_id, user_id
                  FROM (%(posted)s) AS step ORDER BY move_id, id DESC),
            credit AS (
                SELECT move.*, COALESCE(posting.user_id, move.create_uid) AS posted_by
                  FROM (%(rows)s) AS move
                  LEFT JOIN posting ON posting.move_id = move.id),
            paid AS (
                SELECT customer.commercial_partner_id AS customer, payment.create_uid,
                       COUNT(*) AS count,
                       SUM(ABS(payment.amount_company_currency_signed)) AS amount
                  FROM account_payment AS payment
                  JOIN res_partner AS customer ON customer.id = payment.partner_id
                 WHERE payment.company_id IN %(companies)s
                   AND payment.partner_type = 'customer'
                   AND payment.state IN ('in_process', 'paid')
                   AND payment.date BETWEEN %(first)s AND %(last)s
                 GROUP BY 1, 2)
            SELECT %(columns)s FROM credit
              JOIN res_partner AS customer ON customer.id = credit.commercial_partner_id
               AND customer.create_uid = credit.posted_by
              JOIN paid ON paid.customer = customer.id
               AND paid.create_uid = credit.posted_by
              JOIN res_users AS person ON person.id = credit.posted_by
              JOIN res_partner AS card ON card.id = person.partner_id
             WHERE credit.posted_by <> %(system)s""",
            posted=self._steps_sql("draft", "posted", entries),
            rows=rows,
            companies=ledger.companies._ids,
            first=ledger.first,
            last=ledger.last,
            system=SYSTEM_USER,
            columns=exception_columns(
                "sod",
                res_model=SQL("'account.move'"),
                res_id=SQL("credit.id"),
                move_id=SQL("credit.id"),
                partner_id=SQL("customer.id"),
                user_id=SQL("credit.posted_by"),
                date=SQL("credit.date"),
                amount=SQL("ABS(credit.amount_total_signed)"),
                facts=facts(
                    user=SQL("card.name"),
                    count=SQL("paid.count"),
                    amount_paid=SQL("paid.amount"),
                ),
            ),
        )
