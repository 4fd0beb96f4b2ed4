from dataclasses import dataclass, field
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_date

from ....rules.audit.engagement import audit_finding as rules
from ...mixin.amount import amount_text


@dataclass
class Section:
    """A section of the summary: a text, then a table with figures after column one."""

    title: str
    text: str = ""
    head: list = field(default_factory=list)
    rows: list = field(default_factory=list)


class ClerkAudit(models.Model):
    """The summary of an engagement as PDF.

    Each part of the engagement adds a section: it extends ``_part_sections`` in its own
    package. Findings follow, with all reported ones in full.
    """

    _inherit = "clerk.audit"

    finding_ids = fields.One2many(
        "clerk.audit.finding", "audit_id", string="Findings", copy=False
    )
    finding_count = fields.Integer(
        string="Number of Findings",
        compute="_compute_finding_count",
        compute_sudo=False,
    )

    @api.depends("finding_ids")
    def _compute_finding_count(self):
        counts = dict(
            self.env["clerk.audit.finding"]._read_group(
                [("audit_id", "in", self.ids)], ["audit_id"], ["__count"]
            )
        )
        for audit in self:
            audit.finding_count = counts.get(audit._origin, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reported_findings(self):
        # sudo: draft findings are hidden from supervisors, and count as well.
        self.sudo().finding_ids._unlink_only_drafts()

    def action_view_findings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_audit_finding_action"
        )
        return {
            **action,
            "domain": [("audit_id", "=", self.id)],
            "context": {"default_audit_id": self.id},
        }

    def action_print_summary(self):
        report = self.env.ref("invoicing_clerk.action_report_audit_summary")
        return report.report_action(self)

    def _materiality(self):
        """Return the materiality as decimals, which compare exactly."""
        return rules.Materiality(
            Decimal(str(self.materiality)),
            Decimal(str(self.performance_materiality)),
            Decimal(str(self.trivial_amount)),
        )

    # Summary

    def _summary_sections(self):
        """Return the sections in their order."""
        self.ensure_one()
        sections = [*self._part_sections(), self._finding_section()]
        return [section for section in sections if section]

    def _part_sections(self):
        """Return a section of each part, or None where there is nothing to report."""
        return []

    def _summary_findings(self):
        """Return reported findings; drafts are confidential."""
        return self.finding_ids.filtered(
            lambda finding: finding.state != "draft"
        ).sorted(lambda finding: (-abs(finding.amount), finding.id))

    def _finding_section(self):
        findings = self._summary_findings()
        labels = dict(findings._fields["weight"]._description_selection(self.env))
        by_weight = findings.grouped("weight")
        rows = []
        for weight, label in labels.items():
            if weighed := by_weight.get(weight):
                gross = sum(abs(finding.amount) for finding in weighed)
                net = sum(weighed.mapped("amount"))
                rows.append(
                    [
                        label,
                        len(weighed),
                        amount_text(self.currency_id, gross),
                        amount_text(self.currency_id, net),
                    ]
                )
        return Section(
            self.env._("Findings and Materiality"),
            self._finding_sentence(findings),
            [
                self.env._("Significance"),
                self.env._("Findings"),
                self.env._("Gross"),
                self.env._("Net"),
            ],
            rows,
        )

    def _finding_sentence(self, findings):
        if not findings:
            return self.env._("No findings were reported.")
        materiality = self._materiality()
        total = rules.accumulate(
            [Decimal(str(amount)) for amount in findings.mapped("amount")], materiality
        )
        figures = {
            "net": amount_text(self.currency_id, total.net),
            "gross": amount_text(self.currency_id, total.gross),
            "trivial": amount_text(self.currency_id, total.trivial),
        }
        if not materiality.overall:
            return self.env._(
                "Total %(gross)s gross, %(net)s net. No materiality is set.", **figures
            )
        figures["limit"] = amount_text(self.currency_id, self.materiality)
        if total.gross >= materiality.overall:
            return self.env._(
                "Total %(gross)s gross, %(net)s net: this reaches the materiality of "
                "%(limit)s. Clearly trivial misstatements of %(trivial)s are excluded.",
                **figures,
            )
        return self.env._(
            "Total %(gross)s gross, %(net)s net: below the materiality of %(limit)s. "
            "Clearly trivial misstatements of %(trivial)s are excluded.",
            **figures,
        )

    def _period_text(self):
        return " – ".join(
            format_date(self.env, day) for day in (self.date_from, self.date_to)
        )
