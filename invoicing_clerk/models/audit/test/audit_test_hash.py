from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from odoo.addons.account.models.account_move import MAX_HASH_VERSION

from .audit_test_source import Outcome, facts, figure, found

BATCH = 1000


class ClerkAuditRun(models.Model):
    """The test of whether secured entries are as they were when they were secured.

    It computes the hashes as Odoo's own report (`res.company._check_hash_integrity`),
    which is for accountants only and does not say in data which entry it is about.
    """

    _inherit = "clerk.audit.run"

    @api.model
    def _figure_labels(self):
        return {
            **super()._figure_labels(),
            "chains": self.env._("Chains of secured entries"),
            "verified": self.env._("Chains that hold"),
            "unsecured": self.env._("Posted entries that no chain secures"),
        }

    @api.model
    def _reason_texts(self):
        return {
            **super()._reason_texts(),
            "corrupted": self.env._(
                "The first entry of the chain %(chain)s that is not as it was when it "
                "was secured: it, or an entry before it, was changed."
            ),
        }

    def _test_hash(self, ledger):
        """Whether each secured entry still has the hash of its content and the one
        before it. Whole chains are checked, whatever the period."""
        secured = Domain("inalterable_hash", "!=", False)
        rows = ledger.moves_sql(secured)
        count, total = ledger.totals(
            rows,
            "amount_total_signed",
            self.env._(
                "%s secures no entries, so nothing shows whether one was changed. "
                "Switch on hashing in the journals to have that.",
                self.company_id.name,
            ),
        )
        broken = {}
        for _journal, entries in self._secured_entries(ledger, rows):
            broken |= self._check_chains(entries)
        for (_journal, prefix), entry in broken.items():
            if entry:
                self._keep(self._corrupted_sql(prefix, entry))
        unsecured = ledger.moves(ledger.period() & ~secured)
        [[outside]] = ledger.ask(unsecured.select(SQL("COUNT(*)")))
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
        """Of each journal the ids of its secured entries, in the order of the chain."""
        return ledger.ask(
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
        """Chain -> the first entry that does not fit, None where all do.

        An entry follows on the one before it in its series, and those of old on the
        one before them in the journal.
        """
        broken, last, last_of_all, version = {}, {}, "", 1
        for batch in split_every(BATCH, entries):
            # Hashing reads every line; a journal must not fill the memory.
            self.env.invalidate_all()
            # sudo: hashes are of all of an entry; the caller reads these entries.
            for move in self.env["account.move"].sudo().browse(batch):
                chain = move.journal_id, move.sequence_prefix
                if broken.setdefault(chain, None):
                    continue
                before = last_of_all if move.secure_sequence_number else last.get(chain)
                version = self._fitting_version(move, before, version)
                if version is None:
                    broken[chain], version = move.id, 1
                    continue
                last[chain] = last_of_all = move.inalterable_hash
        return broken

    def _fitting_version(self, move, before, version):
        """By which way of hashing, from one on, the entry has its hash."""
        for each in range(version, MAX_HASH_VERSION + 1):
            hashed = move.with_context(hash_version=each)
            if hashed._calculate_hashes(before)[hashed] == move.inalterable_hash:
                return each
        return None

    def _corrupted_sql(self, prefix, entry):
        return SQL(
            "SELECT %s FROM account_move AS move WHERE id = %s",
            found(
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
