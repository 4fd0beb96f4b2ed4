from dataclasses import dataclass, field
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ....rules.audit.engagement import audit_finding as rules
from ....rules.audit.request import audit_request


@dataclass
class Section:
    """A part of the summary: words, then a table whose later columns are figures."""

    title: str
    text: str = ""
    head: list = field(default_factory=list)
    rows: list = field(default_factory=list)


class ClerkAudit(models.Model):
    """What an engagement has come to, on paper.

    Each part of the engagement says its section where it is linked to it; what was
    found is listed in full behind them.
    """

    _inherit = "clerk.audit"

    finding_ids = fields.One2many(
        "clerk.audit.finding", "audit_id", string="Findings", copy=False
    )
    finding_count = fields.Integer(compute="_compute_finding_count", compute_sudo=False)

    @api.depends("finding_ids")
    def _compute_finding_count(self):
        counts = dict(
            self.env["clerk.audit.finding"]._read_group(
                [("audit_id", "in", self.ids)], ["audit_id"], ["__count"]
            )
        )
        for audit in self:
            audit.finding_count = counts.get(audit._origin, 0)

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
        """The materiality in numbers that can be compared exactly."""
        return rules.Materiality(
            Decimal(str(self.materiality)),
            Decimal(str(self.performance_materiality)),
            Decimal(str(self.trivial_amount)),
        )

    # What is printed

    def _summary_sections(self):
        """The sections in their order, of the parts that the engagement has."""
        self.ensure_one()
        sections = (
            self._request_section(),
            self._test_section(),
            self._sample_section(),
            self._confirmation_section(),
            self._pack_section(),
            self._finding_section(),
        )
        return [section for section in sections if section]

    def _summary_findings(self):
        """What was reported; drafts are nobody's business yet."""
        return self.finding_ids.filtered(
            lambda finding: finding.state != "draft"
        ).sorted(lambda finding: (-abs(finding.amount), finding.id))

    def _request_section(self):
        requests = self.env["clerk.audit.request"]
        counts = {
            (area, state): count
            for area, state, count in requests._read_group(
                [("audit_id", "=", self.id)], ["area", "state"], ["__count"]
            )
        }
        states = [state for state, _label in audit_request.STATES]
        areas = requests._fields["area"]._description_selection(self.env)
        rows = [
            [label, *(counts.get((area, state), 0) for state in states)]
            for area, label in areas
            if any(counts.get((area, state)) for state in states)
        ]
        columns = zip(*(row[1:] for row in rows), strict=True)
        totals = [sum(column) for column in columns]
        return Section(
            self.env._("Requests"),
            self._request_sentence(),
            [self.env._("Area"), *map(requests._state_label, states)],
            [*rows, [self.env._("Together"), *totals]] if rows else [],
        )

    def _request_sentence(self):
        if not self.request_count:
            return self.env._("Nothing was asked for.")
        return self.env._(
            "%(accepted)s of %(all)s requests are accepted; %(open)s are open, of "
            "which %(late)s are overdue.",
            accepted=self.request_accepted_count,
            all=self.request_count,
            open=self.request_open_count,
            late=self.request_late_count,
        )

    def _finding_section(self):
        findings = self._summary_findings()
        labels = dict(findings._fields["weight"]._description_selection(self.env))
        by_weight = findings.grouped("weight")
        rows = []
        for weight, label in labels.items():
            if weighed := by_weight.get(weight):
                size = sum(abs(finding.amount) for finding in weighed)
                net = sum(weighed.mapped("amount"))
                rows.append([label, len(weighed), self._shown(size), self._shown(net)])
        return Section(
            self.env._("Findings and Materiality"),
            self._finding_sentence(findings),
            [
                self.env._("Weight"),
                self.env._("Findings"),
                self.env._("Without Signs"),
                self.env._("Net"),
            ],
            rows,
        )

    def _finding_sentence(self, findings):
        if not findings:
            return self.env._("Nothing was reported.")
        materiality = self._materiality()
        found = rules.together(
            [Decimal(str(amount)) for amount in findings.mapped("amount")], materiality
        )
        figures = {
            "net": self._shown(found.net),
            "gross": self._shown(found.gross),
            "left_out": self._shown(found.left_out),
        }
        if not materiality.overall:
            return self.env._(
                "Together %(gross)s, net %(net)s. No materiality was set.", **figures
            )
        figures["limit"] = self._shown(self.materiality)
        if found.gross >= materiality.overall:
            return self.env._(
                "Together %(gross)s, net %(net)s, which reaches the materiality of "
                "%(limit)s; %(left_out)s of clearly trivial ones are left out.",
                **figures,
            )
        return self.env._(
            "Together %(gross)s, net %(net)s, which is below the materiality of "
            "%(limit)s; %(left_out)s of clearly trivial ones are left out.",
            **figures,
        )

    def _shown(self, amount):
        return formatLang(self.env, float(amount), currency_obj=self.currency_id)

    def _shown_period(self):
        return " – ".join(
            format_date(self.env, day) for day in (self.date_from, self.date_to)
        )
