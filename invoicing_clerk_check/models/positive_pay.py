from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.invoicing_clerk.models.mixin.amount import exact

from ..rules import positive_pay as rules

INVALID = ("spoiled", "void")


class ClerkPositivePay(models.Model):
    """A file that reports issued and void checks to the bank.

    Each check is in one file when it was issued; if it is void afterwards, it is in one
    of the next files again. The files are kept as evidence.
    """

    _name = "clerk.positive.pay"
    _description = "Positive Pay File"
    _inherit = ["clerk.evidence", "clerk.guarded", "clerk.numbered"]
    _guards_all = True
    _number_prefix = "PPAY"
    _evidence_fields = {"document_id": "document_hash"}
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Bank Account",
        required=True,
        readonly=True,
        check_company=True,
        ondelete="restrict",
    )
    format_id = fields.Many2one(
        "clerk.positive.pay.format", required=True, readonly=True, ondelete="restrict"
    )
    date = fields.Date(string="Created On", required=True, readonly=True)
    made_by_id = fields.Many2one("res.users", string="Created By", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    issue_ids = fields.One2many(
        "clerk.check", "issue_file_id", string="Issued Checks", readonly=True
    )
    void_ids = fields.One2many(
        "clerk.check", "void_file_id", string="Void Checks", readonly=True
    )
    issue_count = fields.Integer(string="Issues", readonly=True)
    issue_amount = fields.Monetary(string="Issued", readonly=True)
    void_count = fields.Integer(string="Voids", readonly=True)
    document_id = fields.Many2one("ir.attachment", string="File", readonly=True)
    document_hash = fields.Char(string="SHA-256", readonly=True)

    @api.model
    def _guard_hint(self):
        return self.env._("Files are created from the check register.")

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Positive pay files are kept on record."))

    # Creating

    @api.model
    def _make(self, journal, layout):
        """Create the file with the checks that are not reported yet.

        :raises UserError: there is nothing to report, or the format has no room for it;
            nothing is changed
        """
        self.check_access("create")
        journal._lock_check_numbers()
        issues, voids = self._issues(journal), self._voids(journal)
        self._check_content(journal, issues, voids)
        content = self._content(journal, layout, issues, voids)
        values = {
            "company_id": journal.company_id.id,
            "journal_id": journal.id,
            "format_id": layout.id,
            "date": fields.Date.context_today(self),
            "made_by_id": self.env.uid,
            "currency_id": (issues | voids).currency_id.id,
            "issue_count": len(issues),
            "issue_amount": sum(issues.mapped("amount")),
            "void_count": len(voids),
        }
        record = self._inside().create(self._with_numbers([values]))
        # Written together with the file: nobody else reports them again.
        issues._inside().issue_file_id = record
        voids._inside().void_file_id = record
        record._keep(content)
        return record.with_env(self.env)

    @api.model
    def _issues(self, journal):
        """Return the valid checks that are not reported yet."""
        return self.env["clerk.check"].search(
            Domain("journal_id", "=", journal.id)
            & Domain("state", "=", "printed")
            & Domain("issue_file_id", "=", False),
            order="number_order",
        )

    @api.model
    def _voids(self, journal):
        """Return the checks that are void since they were reported."""
        return self.env["clerk.check"].search(
            Domain("journal_id", "=", journal.id)
            & Domain("state", "in", INVALID)
            & Domain("issue_file_id", "!=", False)
            & Domain("void_file_id", "=", False),
            order="number_order",
        )

    @api.model
    def _check_content(self, journal, issues, voids):
        """:raises UserError: no file can be created, and why"""
        checks = issues | voids
        problem = None
        if not checks:
            problem = self.env._(
                "All checks of %s have been reported to the bank. Print or void checks "
                "first.",
                journal.display_name,
            )
        elif not journal.bank_account_id:
            problem = self.env._(
                "%s has no account number. Enter it on the journal.",
                journal.display_name,
            )
        elif len(checks.currency_id) > 1:
            problem = self.env._(
                "The checks of %(journal)s are in several currencies (%(currencies)s), "
                "and a file has one. Report them in another way.",
                journal=journal.display_name,
                currencies=", ".join(checks.currency_id.mapped("name")),
            )
        if problem:
            raise UserError(problem)

    @api.model
    def _content(self, journal, layout, issues, voids):
        """Return the bytes of the file."""
        account = journal.bank_account_id.sanitized_acc_number
        rows = [check._positive_pay_row(account) for check in issues]
        rows += [check._positive_pay_row(account, is_void=True) for check in voids]
        currency = (issues | voids).currency_id
        total = rules.Row(
            account,
            fields.Date.context_today(self),
            exact(currency, sum(issues.mapped("amount"))),
            count=len(rows),
        )
        try:
            return layout._rule().file(rows, total)
        except rules.PositivePayError as error:
            raise UserError(self._no_room_text(layout, error)) from error

    @api.model
    def _no_room_text(self, layout, error):
        source = self.env["clerk.positive.pay.field"]._fields["source"]
        return self.env._(
            "“%(value)s” has more than the %(length)s characters that %(format)s has "
            "for %(field)s. Ask a supervisor to compare the format with that of the "
            "bank.",
            value=error.value,
            length=error.length,
            format=layout.name,
            field=dict(source._description_selection(self.env))[error.source],
        )

    def _keep(self, content):
        """Store the file and seal it."""
        files = self.env["ir.attachment"]
        self._inside().document_id = files.create(
            {
                "name": f"{self.name.replace('/', '-')}.{self.format_id.extension}",
                "raw": content,
                "mimetype": "text/plain",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        self._inside()._seal_evidence("document_id")

    # Using

    def action_download(self):
        """Download the file; it is the same each time."""
        self.ensure_one()
        self._check_evidence("document_id")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.document_id.id}?download=true",
            "target": "download",
        }


class ClerkCheck(models.Model):
    """The files in which a check was reported to the bank."""

    _inherit = "clerk.check"

    issue_file_id = fields.Many2one(
        "clerk.positive.pay",
        string="Issue Reported In",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    void_file_id = fields.Many2one(
        "clerk.positive.pay",
        string="Void Reported In",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    def _positive_pay_row(self, account, is_void=False):
        return rules.Row(
            account,
            self.date,
            exact(self.currency_id, self.amount),
            self.name,
            self.payee,
            is_void,
        )
