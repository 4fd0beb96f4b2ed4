from odoo import fields, models
from odoo.tools import SQL

from ..mixin.roles import BOOKKEEPERS
from .exemption_sql import certificate_sql

INVOICES = ("out_invoice", "out_receipt")


def _language(move):
    return move.partner_id.lang or move.env.lang


class AccountMove(models.Model):
    """Exempt invoices, which keep number and reason of the certificate as printed."""

    _inherit = "account.move"
    _guarded_fields = frozenset(
        {
            *("clerk_exemption_id", "clerk_exemption_number"),
            "clerk_exemption_reason",
        }
    )

    clerk_exemption_id = fields.Many2one(
        "clerk.exemption",
        string="Exemption Certificate",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        groups=BOOKKEEPERS,
    )
    clerk_exemption_number = fields.Char(
        string="Certificate No.",
        readonly=True,
        copy=False,
        groups=BOOKKEEPERS,
        help="The number of the exemption certificate when the invoice was posted.",
    )
    clerk_exemption_reason = fields.Char(
        string="Reason for Exemption",
        readonly=True,
        copy=False,
        groups=BOOKKEEPERS,
        help="The reason for the exemption when the invoice was posted.",
    )

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._keep_exemption()
        return posted

    def _keep_exemption(self):
        """Keep the certificates of invoices that need one, and of no others."""
        # sudo: a setting, a mark of the position, and the certificate of the customer
        # of the invoice, which is printed on it; whoever posts it needs no role.
        invoices = self.sudo().filtered(lambda move: move.move_type in INVOICES)
        exempt = invoices.filtered(
            lambda move: move._needs_certificate() and move._untaxed_lines()
        )
        (invoices - exempt).filtered(
            lambda move: move.clerk_exemption_id
        )._write_exemption(self.env["clerk.exemption"])
        if not exempt:
            return
        for certificate, moves in exempt._by_certificate().items():
            for lang, printed in moves.grouped(_language).items():
                printed._write_exemption(certificate.with_context(lang=lang))

    def _needs_certificate(self):
        """Return whether the invoice is exempt by a certificate only."""
        return (
            self.fiscal_position_id.clerk_needs_certificate
            and self.company_id.clerk_exemption_check
        )

    def _untaxed_lines(self):
        """Return the lines without tax; fees of a fixed amount are no tax."""
        return self._sold_lines().filtered(
            lambda line: (
                not any(
                    tax.amount_type == "code"
                    or (tax.amount and tax.amount_type != "fixed")
                    for tax in line.tax_ids.flatten_taxes_hierarchy()
                )
            )
        )

    def _sold_lines(self):
        return self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )

    def _write_exemption(self, certificate):
        """Write certificate, number and reason of invoices, as they are printed."""
        if self:
            self._inside().write(
                {
                    "clerk_exemption_id": certificate.id,
                    "clerk_exemption_number": certificate.number,
                    "clerk_exemption_reason": certificate._reason_label(),
                }
            )

    def _by_certificate(self):
        """Return these invoices by certificate; those without one under none."""
        found = self._certificates()
        none = self.env["clerk.exemption"]
        return self.grouped(lambda move: found.get(move.id, none))

    def _refer_to_certificates(self):
        """Let posted invoices refer to certificates that came after them.

        Number and reason stay as they were printed.
        """
        for certificate, moves in self._by_certificate().items():
            if certificate:
                moves._inside().clerk_exemption_id = certificate

    def _certificates(self):
        """Return the certificates of invoices that have one, by id of the invoice."""
        self.env.flush_all()
        # Of these invoices only, for the steps that have checked them.
        rows = self.env.execute_query(
            SQL(
                """SELECT move.id, certificate.id
                     FROM account_move AS move
                    CROSS JOIN LATERAL (%s LIMIT 1) AS certificate
                    WHERE move.id = ANY(%s)""",
                certificate_sql(fields.Date.context_today(self)),
                self.ids,
            )
        )
        exemptions = self.env["clerk.exemption"]
        return {move: exemptions.browse(certificate) for move, certificate in rows}
