import gzip
from base64 import b64decode, b64encode
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ....rules.audit.sample.sampling_population import Population, changes
from ....rules.plural import plural
from ...mixin.amount import exact

# With more changes it is another population, not a changed one.
MAXIMUM_CHANGES = 500
# Rows read from PostgreSQL at a time.
FETCHED = 20_000


class ClerkAuditSample(models.Model):
    """The population of a sample: stored, reconciled, and compared with the present.

    The stored file is a CSV of record ids and amounts in the order of the ids,
    compressed with gzip; the fingerprint is the SHA-256 of the CSV.
    """

    _inherit = "clerk.audit.sample"
    _evidence_fields = {"population_file": None}

    population_count = fields.Integer(string="Records", readonly=True, copy=False)
    population_total = fields.Monetary(
        string="Control Total", readonly=True, copy=False
    )
    other_count = fields.Integer(
        string="Excluded Records",
        readonly=True,
        copy=False,
        help="Records of the other stratum or without an amount: they cannot be drawn.",
    )
    other_total = fields.Monetary(string="Excluded Total", readonly=True, copy=False)
    has_ledger_total = fields.Boolean(
        string="Has a General Ledger Total", readonly=True, copy=False
    )
    ledger_total = fields.Monetary(string="General Ledger", readonly=True, copy=False)
    ledger_difference = fields.Monetary(string="Difference", readonly=True, copy=False)
    fingerprint = fields.Char(
        string="Fingerprint (SHA-256)",
        readonly=True,
        copy=False,
        help="SHA-256 of the uncompressed file.",
    )
    # Only the controller serves it, so that each download is logged.
    population_file = fields.Binary(
        attachment=True, readonly=True, copy=False, groups="base.group_system"
    )
    change_ids = fields.One2many(
        "clerk.audit.sample.change", "sample_id", string="Changes"
    )
    change_count = fields.Integer(
        string="Changes since Selection", readonly=True, copy=False
    )
    compared_on = fields.Datetime(readonly=True, copy=False)

    def _sampled_query(self):
        """Return the query to sample from; create that of a standard population."""
        self.ensure_one()
        if self.population == "query":
            return self.query_id
        return self.audit_id._population(self.population)

    def _population_now(self, query):
        """Return what the query returns now, with the rights of the caller."""
        rows = SQL(
            "SELECT item.id, ROUND(item.amount, %s)::text"
            " FROM (%s) AS item ORDER BY item.id",
            self.currency_id.decimal_places,
            query._rows(),
        )
        return Population.of(self._streamed(rows))

    def _streamed(self, query):
        """Yield the rows of a query, of which a part is in memory at a time."""
        self.env.flush_query(query)
        self.env.cr.execute(
            SQL("DECLARE clerk_population NO SCROLL CURSOR FOR %s", query)
        )
        fetch = SQL("FETCH %s FROM clerk_population", FETCHED)
        while rows := self.env.execute_query(fetch):
            yield from rows
        self.env.cr.execute(SQL("CLOSE clerk_population"))

    def _money(self, minor_units):
        """Convert a number of smallest currency units into an amount."""
        return float(Decimal(minor_units).scaleb(-self.currency_id.decimal_places))

    def _minor_units(self, amount):
        return int(self._exact(amount).scaleb(self.currency_id.decimal_places))

    def _exact(self, amount):
        return exact(self.currency_id, amount)

    def _population_values(self, query, population, values):
        """Return what is stored of it: totals, reconciliation, fingerprint and file."""
        minor_units = population.minor_units
        total = self._money(sum(minor_units))
        ledger = query._ledger_total() if query.amount_path else None
        text = population.text.encode()
        return {
            "query_id": query.id,
            "population_count": len(minor_units),
            "population_total": total,
            "other_count": len(minor_units) - len(values),
            "other_total": self._money(sum(minor_units) - self._turn(sum(values))),
            "has_ledger_total": ledger is not None,
            "ledger_total": ledger or 0.0,
            "ledger_difference": self._ledger_gap(total, ledger),
            "fingerprint": population.fingerprint(),
            # Without a timestamp, the same population gives the same file.
            "population_file": b64encode(gzip.compress(text, 1, mtime=0)),
        }

    def _ledger_gap(self, total, ledger):
        return 0.0 if ledger is None else self.currency_id.round(total - ledger)

    def _turn(self, value):
        return self._direction() * value

    def _direction(self):
        """Return -1 where credits are sampled: their sign is reversed."""
        is_turned = self.purpose == "amount" and self.sign == "negative"
        return -1 if is_turned else 1

    # Download and comparison

    def action_download_population(self):
        """Download the population as drawn; the download is logged."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/audit/samples/{self.id}/population",
            "target": "download",
        }

    def _log_population_download(self):
        """Log the download, and return the file for readers of the sample.

        :raises UserError: the sample is not drawn yet
        """
        self.check_access("read")
        if self.state == "draft":
            raise UserError(self.env._("%s: draw the sample first.", self.display_name))
        what = plural(
            self.population_count,
            self.env._(
                "Population of %(sample)s (%(count)s record)",
                sample=self.display_name,
                count=self.population_count,
            ),
            self.env._(
                "Population of %(sample)s (%(count)s records)",
                sample=self.display_name,
                count=self.population_count,
            ),
        )
        self.env["clerk.audit.access"]._log("export", what, self.audit_id)
        return self._stored_file("population_file")

    def _stored_population(self):
        # sudo: only compared with records that the caller, who reads the sample, may
        # read.
        sample_sudo = self.sudo().with_context(bin_size=False)
        packed = b64decode(sample_sudo.population_file)
        return Population.parse(gzip.decompress(packed).decode())

    def _compare(self):
        """Store the changes of the population since the sample was drawn."""
        self.ensure_one()
        found = changes(self._stored_population(), self._population_now(self.query_id))
        # sudo: only this step writes them, on a sample that the caller may write.
        sample_sudo = self.sudo()
        sample_sudo.change_ids.unlink()
        sample_sudo.change_ids.create(self._change_values(found))
        sample_sudo._write_step(
            "compare", change_count=len(found), compared_on=fields.Datetime.now()
        )

    def _change_values(self, found):
        drawn = {item.res_id: item for item in self.item_ids}
        rows = [
            *(("added", number, None, now) for number, now in found.added),
            *(("gone", number, before, None) for number, before in found.gone),
            *(("changed", *row) for row in found.changed),
        ]
        # Sampled items come first.
        rows = sorted(rows, key=lambda row: row[1] not in drawn)[:MAXIMUM_CHANGES]
        names = self._names([row[1] for row in rows])
        return [
            {
                "sample_id": self.id,
                "kind": kind,
                "res_id": number,
                "name": names.get(number)
                or (number in drawn and drawn[number].name)
                or f"{self.model},{number}",
                "item_id": number in drawn and drawn[number].id,
                "amount_before": float(before or 0),
                "amount_now": float(now or 0),
            }
            for kind, number, before, now in rows
        ]

    def _names(self, numbers):
        """Return display names of existing records that the caller may read."""
        records = self.query_id._model().browse(numbers).exists()
        return {
            record.id: record.display_name
            for record in records._filtered_access("read")
        }
