from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.forecast import forecast as rules
from ...rules.plural import plural
from ..mixin.locking import is_alone
from ..mixin.notification import SOFT_RELOAD, notification_action
from .payment_pattern_sql import patterns_sql

# The columns that a refresh writes.
COLUMNS = ("payment_count", "since", "median", "low", "high")


class ClerkPaymentPattern(models.Model):
    """Days past due at which a customer usually pays a company.

    `rules.forecast` defines it. One SQL statement writes the rows of all customers,
    every night; users cannot write them. The row without a customer is that of all
    customers of the company.
    """

    _name = "clerk.payment.pattern"
    _description = "Payment Pattern"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "company_id, median desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Empty for all customers of the company together.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    payment_count = fields.Integer(
        string="Payments",
        readonly=True,
        help="Instalments that were paid in the last 24 months, at least nine tenths "
        "of each with money.",
    )
    since = fields.Date(
        string="First Payment",
        readonly=True,
        help="Date of the first of these payments.",
    )
    median = fields.Integer(
        string="Usual Days Past Due",
        readonly=True,
        aggregator=None,
        help="The median, in which recent payments weigh more; without disputed days. "
        "0 for a customer with fewer than six payments.",
    )
    low = fields.Integer(
        string="From",
        readonly=True,
        aggregator=None,
        help="Days past due at which the band begins that has 8 of 10 payments. For a "
        "customer with fewer than six payments, that of all customers.",
    )
    high = fields.Integer(
        string="To",
        readonly=True,
        aggregator=None,
        help="Days past due at which the band ends that has 8 of 10 payments.",
    )
    has_own = fields.Boolean(
        string="Own Pattern",
        compute="_compute_has_own",
        help="There are at least six payments.",
    )
    sentence = fields.Char(string="In Short", compute="_compute_sentence")

    _one_row = models.UniqueIndex(
        "(company_id, COALESCE(partner_id, 0))",
        "A customer can have only one payment pattern per company.",
    )

    @api.depends("partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for pattern in self:
            everybody = self.env._("All Customers")
            pattern.display_name = pattern.partner_id.display_name or everybody

    @api.depends("payment_count")
    def _compute_has_own(self):
        for pattern in self:
            pattern.has_own = pattern.payment_count >= rules.LEAST

    @api.depends(*COLUMNS)
    @api.depends_context("lang")
    def _compute_sentence(self):
        for pattern in self:
            pattern.sentence = pattern._sentence()

    def _sentence(self):
        words = {
            "usual": self._days_text(self.median),
            "band": self._band_text(),
            "payments": self._payments_text(),
        }
        if not self.partner_id:
            return self.env._(
                "Customers usually pay %(usual)s (8 of 10 payments %(band)s); "
                "%(payments)s.",
                **words,
            )
        if not self.has_own:
            return self.env._(
                "%(payments)s: too few for a pattern. Of all customers, 8 of 10 "
                "payments are made %(band)s.",
                **words,
            )
        if self.low == self.high:
            return self.env._("Usually pays %(usual)s; %(payments)s.", **words)
        return self.env._(
            "Usually pays %(usual)s (8 of 10 %(band)s); %(payments)s.", **words
        )

    def _band_text(self):
        if self.low == self.high:
            return self._days_text(self.low)
        if self.low > 0:
            return self.env._(
                "between %(low)s and %(high)s days past due",
                low=self.low,
                high=self.high,
            )
        return self.env._(
            "from %(low)s to %(high)s",
            low=self._days_text(self.low, self.env._("the due date")),
            high=self._days_text(self.high, self.env._("the due date")),
        )

    @api.model
    def _days_text(self, days, due=None):
        """Return days past due in words.

        :param due: words for the due date; "on the due date" by default
        """
        if not days:
            return due or self.env._("on the due date")
        if days > 0:
            return plural(
                days,
                self.env._("%s day past due", days),
                self.env._("%s days past due", days),
            )
        return plural(
            -days,
            self.env._("%s day before the due date", -days),
            self.env._("%s days before the due date", -days),
        )

    def _payments_text(self):
        count = self.payment_count
        return plural(
            count,
            self.env._("%s payment in 24 months", count),
            self.env._("%s payments in 24 months", count),
        )

    # What is expected

    @api.model
    def _patterns_of(self, customers, companies):
        """Map (customer, company) to the pattern; all customers of a company are an
        empty recordset."""
        patterns = self.search(
            [
                ("company_id", "in", companies.ids),
                ("partner_id", "in", [False, *customers.ids]),
            ]
        )
        return {(each.partner_id, each.company_id): each for each in patterns}

    def _rule_pattern(self):
        """Return the pattern as `rules.forecast` has it; None for an empty recordset.

        Of a customer without a row, it is that of the company without its payments.
        """
        if not self:
            return None
        values = (self.payment_count, self.median, self.low, self.high, self.since)
        pattern = rules.Pattern(*values)
        return pattern if self.partner_id else rules.usual(None, pattern)

    # Refresh

    @api.model
    def _cron_refresh(self):
        """Compute the patterns of all customers from the ledger."""
        self._refresh()
        self.env["ir.cron"]._commit_progress(1, remaining=0)

    def action_refresh(self):
        """Compute all patterns now, and reload the screen."""
        self.check_access("read")
        # sudo: copies the ledger into rows that record rules show to their readers.
        if self.sudo()._refresh():
            return SOFT_RELOAD
        message = self.env._(
            "Payment patterns are being computed already. Reload the page in a moment."
        )
        return notification_action(message, "info")

    @api.model
    def _refresh(self):
        """Write the rows that have changed, and remove those without payments.

        :return: False if another transaction is doing so
        """
        if not is_alone(self.env, self._name):
            return False
        self.env.flush_all()
        self.env.cr.execute(self._refresh_sql())
        self.env["clerk.payment.pattern"].invalidate_model()
        return True

    @api.model
    def _refresh_sql(self):
        names = SQL(", ").join(map(SQL.identifier, COLUMNS))
        return SQL(
            """WITH computed AS MATERIALIZED (%(patterns)s),
            gone AS (
                DELETE FROM clerk_payment_pattern AS existing
                 WHERE NOT EXISTS (
                    SELECT FROM computed
                     WHERE computed.company_id = existing.company_id
                       AND computed.partner_id
                           IS NOT DISTINCT FROM existing.partner_id))
            INSERT INTO clerk_payment_pattern AS existing (company_id, partner_id,
                    %(names)s, create_uid, write_uid, create_date, write_date)
            SELECT company_id, partner_id, count, since, median, low, high,
                    %(uid)s, %(uid)s, %(now)s, %(now)s
              FROM computed
                ON CONFLICT (company_id, COALESCE(partner_id, 0)) DO UPDATE
               SET (%(names)s, write_uid, write_date)
                 = (%(new)s, EXCLUDED.write_uid, EXCLUDED.write_date)
             WHERE (%(old)s) IS DISTINCT FROM (%(new)s)""",
            patterns=self._patterns_sql(),
            names=names,
            old=SQL(", ").join(SQL.identifier("existing", name) for name in COLUMNS),
            new=SQL(", ").join(SQL.identifier("excluded", name) for name in COLUMNS),
            uid=self.env.uid,
            now=fields.Datetime.now(),
        )

    @api.model
    def _patterns_sql(self):
        # All payments that are not too old in any time zone; the statement looks again.
        since = SQL("CURRENT_DATE - %s", rules.DAYS + 1)
        companies = self.env["clerk.receivable"]._companies_sql()
        return patterns_sql(companies, self._accounts(), since)

    @api.model
    def _accounts(self):
        """Return the ids of all receivable accounts, archived ones too."""
        # sudo: of accounts, only whether items belong to them.
        accounts = self.env["account.account"].sudo().with_context(active_test=False)
        return accounts.search([("account_type", "=", "asset_receivable")]).ids
