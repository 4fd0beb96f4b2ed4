from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rules.customer import customer_change as rules

TRUSTERS = "account.group_validate_bank_account"


class ClerkCustomerChange(models.Model):
    """Bank accounts that are entered, replaced or archived by two people."""

    _inherit = "clerk.customer.change"

    account_warning = fields.Text(
        string="Notes on the Account",
        compute="_compute_account_warning",
        exportable=False,
        help="Facts about the new account that its approver should know.",
    )

    @api.depends("line_ids.new_value", "partner_id")
    def _compute_account_warning(self):
        for change in self:
            change.account_warning = "\n".join(change._account_warnings()) or False

    def _account_warnings(self):
        line = self._account_line()
        number = line.new_value
        if not number:
            return []
        # sudo: whether another contact has the account matters, whatever its company.
        others = self.env["res.partner.bank"].sudo()
        others = others.search(
            Domain("acc_number", "=", number)
            & Domain("partner_id", "not in", self.partner_id.ids)
        )
        warnings = []
        if others:
            warnings.append(
                self.env._(
                    "The account belongs to %s as well.",
                    ", ".join(others.partner_id.mapped("display_name")),
                )
            )
        country = self.partner_id.country_id
        if number[:2].isalpha() and country and number[:2].upper() != country.code:
            warnings.append(
                self.env._(
                    "The account is in another country (%(account)s) than the customer "
                    "(%(customer)s).",
                    account=number[:2].upper(),
                    customer=country.code,
                )
            )
        if line.holder and line.holder.strip() != self.partner_id.name:
            warnings.append(
                self.env._("The account holder is not the customer: %s.", line.holder)
            )
        return warnings

    def _account_line(self):
        return self.line_ids.filtered(lambda line: line.kind == rules.BANK)

    # Proposals

    @api.model
    def _account_values(self, customer, account):
        """Return the values of a line about a bank account.

        :param account: step, old account, number and holder, as ``step``, ``old``,
            ``number`` and ``holder``
        :raises UserError: the number cannot be right, or the account is not theirs
        """
        step, old = account["step"], account.get("old")
        number = (account.get("number") or "").strip() if step != "archive" else ""
        if step != "add":
            self._check_old_account(customer, old)
        if step != "archive":
            self._check_new_account(customer, number)
        old = old if step != "add" else self.env["res.partner.bank"]
        return {
            "kind": rules.BANK,
            "field_name": rules.BANK,
            "account_step": step,
            "account_id": old.id,
            "old_value": old.sanitized_acc_number or "",
            "old_text": old.acc_number or "",
            "new_value": number,
            "new_text": number,
            "holder": (account.get("holder") or "").strip() or customer.name,
        }

    @api.model
    def _check_old_account(self, customer, old):
        if not old or old.partner_id.commercial_partner_id != customer:
            raise UserError(
                self.env._("Select the account of %s.", customer.display_name)
            )
        if not old.active:
            raise UserError(
                self.env._("The account %s is archived already.", old.acc_number)
            )

    @api.model
    def _check_new_account(self, customer, number):
        if problem := self._number_problem(number):
            raise UserError(problem)
        if self._accounts_of(customer, number).filtered("active"):
            raise UserError(
                self.env._(
                    "%(customer)s has the account %(number)s already.",
                    customer=customer.display_name,
                    number=number,
                )
            )

    @api.model
    def _number_problem(self, number):
        texts = {
            "short": self.env._("Enter the number of the bank account."),
            "check": self.env._(
                "“%s” is not a valid IBAN: its length or its check digits are wrong. "
                "Compare it with the request; a digit may be missing or mistyped.",
                number,
            ),
        }
        return texts.get(rules.account_problem(number))

    @api.model
    def _accounts_of(self, customer, number):
        """Return accounts of a customer with a number, archived ones, too."""
        accounts = self.env["res.partner.bank"].with_context(active_test=False)
        return accounts.search(
            Domain("partner_id.commercial_partner_id", "=", customer.id)
            & Domain("acc_number", "=", number)
        )

    # Application

    def _account_stale_problem(self):
        """Return what changed of the accounts since the proposal, or nothing."""
        line = self._account_line()
        old = line.account_id
        changed = old and (
            not old.active
            or old.sanitized_acc_number != line.old_value
            or old.partner_id.commercial_partner_id != self.partner_id
        )
        if changed:
            return self.env._(
                "The account %(number)s of %(customer)s was archived or changed since "
                "the change was proposed. Refuse it, and have it proposed again.",
                number=line.old_text,
                customer=self.partner_id.display_name,
            )
        number = line.new_value
        if number and self._accounts_of(self.partner_id, number).filtered("active"):
            return self.env._(
                "%(customer)s has the account %(number)s already.",
                customer=self.partner_id.display_name,
                number=number,
            )
        return None

    def _apply_account(self):
        """Enter, replace or archive the account, as the user who approved it."""
        line = self._account_line()
        if not line:
            return
        if line.account_id:
            line.account_id._inside().action_archive()
        if line.new_value:
            line._inside().new_account_id = self._enter_account(line)

    def _enter_account(self, line):
        """Return the new account; payments go to it if the approver may trust it."""
        known = self._accounts_of(self.partner_id, line.new_value)[:1]
        values = {"acc_holder_name": line.holder, "active": True}
        accounts = self.env["res.partner.bank"]
        if known:
            # sudo: takes trust away, which nobody may give to the account by archiving
            # and proposing it again.
            known.sudo()._inside().allow_out_payment = False
            known._inside().write(values)
        else:
            known = accounts._inside().create(
                {
                    **values,
                    "acc_number": line.new_value,
                    "partner_id": self.partner_id.id,
                }
            )
        if self.env.user.has_group(TRUSTERS):
            known._inside().allow_out_payment = True
        # It was confirmed when it was approved: what waits for new accounts counts
        # from then.
        known._note_change(self.approved_on)
        return known.with_env(self.env)
