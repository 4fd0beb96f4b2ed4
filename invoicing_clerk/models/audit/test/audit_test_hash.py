from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from odoo.addons.account.models.account_move import MAX_HASH_VERSION

from ...mixin.facts import Reason, facts
from .audit_test_source import (
    Outcome,
    exception_columns,
    figure,
)

BATCH = 1000


class ClerkAuditRun(models.Model):
    """Test of the integrity of secured entries.

    It computes hashes as Odoo's own report (`res.company._check_hash_integrity`), which
    is for accountants only and does not return the altered entry as data.
    """

    _inherit = "clerk.audit.run"

    @api.model
    def _figure_labels(self):
        return {
            **super()._figure_labels(),
            "chains": self.env._("Chains of secured entries"),
            "verified": self.env._("Intact chains"),
            "unsecured": self.env._("Posted entries that are not secured"),
        }

    @api.model
    def _exception_reasons(self):
        return {
            **super()._exception_reasons(),
            "corrupted": Reason(
                self.env._("Altered Entry"),
                self.env._(
                    "The first entry of chain %(chain)s whose hash does not match: "
                    "this entry or an earlier one was altered after it was secured."
                ),
            ),
        }

    def _test_hash(self, ledger):
        """Compare the hash of each secured entry with its content and predecessor.

        Whole chains are checked, regardless of the period.
        """
        secured = Domain("inalterable_hash", "!=", False)
        rows = ledger.moves_sql(secured)
        count, total = ledger.totals(
            rows,
            "amount_total_signed",
            self.env._(
                "%s does not secure posted entries with hashes. Enable it in the "
                "journals to detect alterations.",
                self.company_id.name,
            ),
        )
        broken = {}
        for _journal, entries in self._secured_entries(ledger, rows):
            broken |= self._check_chains(entries)
        for (_journal, prefix), entry in broken.items():
            if entry:
                self._add_exceptions(self._corrupted_sql(prefix, entry))
        unsecured = ledger.moves(ledger.period() & ~secured)
        [[outside]] = ledger.fetch(unsecured.select(SQL("COUNT(*)")))
        return Outcome(
            count,
            total,
            [
                figure("chains", "count", len(broken)),
                figure("verified", "count", list(broken.values()).count(None)),
                figure("unsecured", "count", outside),
            ],
        )

    def _secured_entries(self, ledger, rows):
        """Return for each journal the ids of secured entries, in chain order."""
        return ledger.fetch(
            SQL(
                """SELECT move.journal_id, ARRAY_AGG(move.id ORDER BY
                        move.secure_sequence_number NULLS LAST, move.sequence_prefix,
                        move.sequence_number)
                     FROM (%s) AS row JOIN account_move AS move ON move.id = row.id
                    GROUP BY move.journal_id""",
                rows,
            )
        )

    def _check_chains(self, entries):
        """Return for each chain the first altered entry, or None.

        Entries are chained by series; entries of old versions by journal.
        """
        broken, last, last_of_all, version = {}, {}, "", 1
        for batch in split_every(BATCH, entries):
            # Hashing reads all lines: free the memory after each batch.
            self.env.invalidate_all()
            # sudo: the hash covers whole entries; the caller can read these entries.
            for move in self.env["account.move"].sudo().browse(batch):
                chain = move.journal_id, move.sequence_prefix
                if broken.setdefault(chain, None):
                    continue
                before = last_of_all if move.secure_sequence_number else last.get(chain)
                version = self._matching_version(move, before, version)
                if version is None:
                    broken[chain], version = move.id, 1
                    continue
                last[chain] = last_of_all = move.inalterable_hash
        return broken

    def _matching_version(self, move, before, version):
        """Return the first hash version, from one on, that gives the entry's hash."""
        for number in range(version, MAX_HASH_VERSION + 1):
            hashed = move.with_context(hash_version=number)
            if hashed._calculate_hashes(before)[hashed] == move.inalterable_hash:
                return number
        return None

    def _corrupted_sql(self, prefix, entry):
        return SQL(
            "SELECT %s FROM account_move AS move WHERE id = %s",
            exception_columns(
                "corrupted",
                res_model=SQL("'account.move'"),
                res_id=SQL("id"),
                move_id=SQL("id"),
                partner_id=SQL("commercial_partner_id"),
                user_id=SQL("write_uid"),
                date=SQL("date"),
                amount=SQL("ABS(amount_total_signed)"),
                facts=facts(chain=SQL("%s::text", prefix)),
            ),
            entry,
        )
