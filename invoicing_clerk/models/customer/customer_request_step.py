from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.customer.customer_data import is_doubtful
from ...rules.customer.party import compact, tax_id
from ...rules.customer.request import REQUIRABLE, fits, missing
from ..mixin.locking import take_turns
from .customer_request import COPIED

REASON = 200


class ClerkCustomerRequest(models.Model):
    """The steps of a new customer, their conditions, and the contact that results."""

    _inherit = "clerk.customer.request"

    next_note = fields.Char(
        string="Next Step",
        compute="_compute_next_note",
        exportable=False,
        help="The next action, or the reason why it is not available yet.",
    )

    # Steps

    def action_check(self):
        """Confirm that requests are complete, and hand them in for approval."""
        self._begin_step("check")
        self._check_needs("check", {})
        self.document_ids.filtered("file")._seal_evidence("file", strict=False)
        for request in self:
            request._write_step(
                "check",
                checked_by_id=self.env.uid,
                checked_on=fields.Datetime.now(),
                checked_partner=request.partner_id.id,
                compared_ids=request._similar_ids(),
            )

    def action_override(self, reason):
        """Let a customer pass though another has the same numbers, and say why."""
        reason = self._reason(reason)
        for request in self:
            request._take_step(
                "override",
                override_reason=reason,
                override_by_id=self.env.uid,
                compared_ids=request._similar_ids(),
            )

    def action_approve(self):
        """Approve new customers, and create their contacts.

        Where the kind requires it, they become active when VIES confirms the tax ID.
        """
        self._begin_step("approve")
        # Two requests may be for one customer, whom the first of them creates.
        take_turns(
            lambda: self.env._(
                "Somebody else is approving a new customer right now. Try again in a "
                "moment."
            ),
            self.company_id,
        )
        for request in self:
            request._check_needs("approve", {})
            partner = request._write_contact()
            request._write_step(
                "approve",
                partner_id=partner.id,
                approved_by_id=self.env.uid,
                approved_on=fields.Datetime.now(),
            )
        ready = self.filtered(lambda each: not each._waits_for_vies())
        if ready:
            ready.action_activate()

    def action_activate(self):
        """Let approved customers be billed."""
        self._take_step("activate")
        self._set_customer_state("approved")

    def action_block(self, reason):
        """Let a customer not be billed, and say why."""
        reason = self._reason(reason)
        self._take_step("block", blocked_reason=reason)
        for request in self:
            request.partner_id.commercial_partner_id._set_blocked(reason)

    def action_unblock(self):
        """Let blocked customers be billed again."""
        self._take_step("unblock", blocked_reason=False)
        for request in self:
            request.partner_id.commercial_partner_id._set_blocked(False)
        self._set_customer_state("approved")

    def action_return(self, reason):
        """Send requests back to be changed, and say why."""
        reason = self._reason(reason)
        self._take_step("return", checked_by_id=False, checked_on=False)
        for request in self:
            request.message_post(
                body=self.env._("Sent back: %s", reason), subtype_xmlid="mail.mt_note"
            )

    def action_reject(self, reason):
        """Reject requests, and say why."""
        self._take_step("reject", closed_reason=self._reason(reason))

    def action_use(self, partner_id=None):
        """Close the request: the customer is there already.

        :param partner_id: the id of the customer; by default the chosen one
        :raises UserError: none is chosen
        """
        self.ensure_one()
        self._begin_step("use")
        matches = self.match_ids
        chosen = partner_id or self.chosen_id.id
        partner = matches.filtered(lambda each: each.id == chosen)
        if not chosen and (len(matches) == 1 or self.match_level == "stop"):
            partner = matches[:1]
        if not partner:
            raise UserError(
                self.env._(
                    "Select which of the similar customers %s is.", self.customer_name
                )
            )
        self._write_step("use", existing_id=partner.id)
        return partner.get_formview_action()

    def action_open_partner(self):
        """Open the contact."""
        self.ensure_one()
        return (self.partner_id or self.existing_id).get_formview_action()

    def action_ask(self):
        """Open the dialog for the reason of the step that its button names."""
        self.ensure_one()
        step = self.env.context.get("step")
        if step not in self._life().steps:
            raise UserError(self.env._("This action is not available."))
        self._check_step(step)
        dialog = self.env["clerk.customer.reason"]
        steps = dict(dialog._fields["step"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": steps.get(step, self.env._("New Customer")),
            "res_model": dialog._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_request_id": self.id, "default_step": step},
        }

    def _reason(self, reason):
        """:raises UserError: no reason is given"""
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Enter a reason for %s.", self._enumerate()))
        return reason.strip()[:REASON]

    # What a step needs

    def _obstacle(self, step, vals):
        entered = (
            self._contact_problem,
            self._content_problem,
            self._tax_problem,
            self._account_problem,
            self._match_problem,
        )
        checks = {
            "check": entered,
            "approve": (self._own_problem, *entered),
            "activate": (self._own_problem, self._contact_problem),
        }
        problems = (check() for check in checks.get(step, ()))
        return next(filter(None, problems), None) or super()._obstacle(step, vals)

    def _content_problem(self):
        """Return what is not complete, or does not fit the kind of customer."""
        kind = self.kind_id
        labels = [
            self._fields[name]._description_string(self.env)
            for name in missing(kind._needs(), self._entered())
        ]
        filed = {each.name for each in self.document_ids if each.file}
        labels += [name for name in kind._document_names() if name not in filed]
        if labels:
            return self.env._(
                "%(kind)s: enter %(missing)s.",
                kind=kind.name,
                missing=", ".join(labels),
            )
        home = self.company_id.account_fiscal_country_id.code or ""
        eu = self._eu_codes()
        if not fits(kind.scope, self.country_id.code or "", home, eu):
            return self.env._(
                "%(customer)s is in %(country)s, which does not fit “%(kind)s”. Select "
                "another kind or country.",
                customer=self.customer_name,
                country=self.country_id.name,
                kind=kind.name,
            )
        return None

    def _entered(self):
        """Return the values that kinds may require."""
        return {name: self[name] for names in REQUIRABLE.values() for name in names}

    @api.model
    def _eu_codes(self):
        return set(self.env.ref("base.europe").country_ids.mapped("code"))

    def _tax_problem(self):
        """Return what is wrong with the tax ID."""
        country = self.country_id
        if is_doubtful(self.vat, country.code):
            return self.env._(
                "The tax ID %(number)s does not have the format or check digits of "
                "%(country)s. Compare it with a document of %(customer)s.",
                number=self.vat,
                country=country.name or self.env._("a country that is not entered"),
                customer=self.customer_name,
            )
        number, is_valid = tax_id(self.vat, country.code)
        foreign = number[:2] if is_valid and country else country.code
        if foreign == country.code or self.scope not in ("domestic", "eu"):
            return None
        named = self.env["res.country"].search([("code", "=", foreign)], limit=1)
        return self.env._(
            "The tax ID %(number)s is one of %(other)s, and %(customer)s is in "
            "%(country)s. Correct the country or the tax ID.",
            number=self.vat,
            other=named.name or foreign,
            customer=self.customer_name,
            country=country.name,
        )

    def _account_problem(self):
        """Return what is wrong with the bank account, if one is entered."""
        number = (self.account or "").strip()
        changes = self.env["clerk.customer.change"]
        return changes._number_problem(number) if number else None

    def _own_problem(self):
        """Return why the user is not the one to approve it."""
        done_by = self.author_ids + self.checked_by_id + self.override_by_id
        # A tax ID that VIES confirms activates a customer by itself.
        if self.env.user in done_by and not self.env.su:
            return self.env._(
                "You entered, changed, checked or overrode it: ask a colleague to "
                "approve it."
            )
        return None

    def _contact_problem(self):
        """Return why the contact cannot be approved: it is not what was entered."""
        partner = self.partner_id
        if partner.parent_id:
            return self.env._(
                "%(contact)s is a contact of %(company)s: select the company instead.",
                contact=partner.name,
                company=partner.commercial_partner_id.display_name,
            )
        is_other = self.checked_partner != (partner.id or 0)
        if self.state == "checked" and is_other:
            return self.env._(
                "The contact was merged with %(contact)s after the check. Send the "
                "request back, and check it again.",
                contact=partner.display_name,
            )
        if partner and not partner.active:
            return self.env._(
                "%s has been archived. Unarchive the contact, or reject the request.",
                partner.display_name,
            )
        return self._contact_state_problem() or self._value_problem()

    def _contact_state_problem(self):
        # sudo: a status that decides whether the contact may be approved.
        state = self.partner_id.sudo().clerk_customer_state
        if state != "blocked" or self.state not in ("draft", "checked"):
            return None
        return self.env._(
            "%s is blocked. Ask a supervisor to unblock the customer first.",
            self.partner_id.display_name,
        )

    def _value_problem(self):
        """Return which values on file are others than those that were compared."""
        partner = self.partner_id
        other = [
            partner._fields[name]._description_string(self.env)
            for name, value in self._contact_values().items()
            if value and partner[name] and _differ(value, partner[name])
        ]
        if not other:
            return None
        return self.env._(
            "%(contact)s has other values on file: %(fields)s. Correct the request or "
            "the contact.",
            contact=partner.display_name,
            fields=", ".join(other),
        )

    def _waits_for_vies(self):
        return self.kind_id.needs_vies and not self._is_confirmed()

    def _is_confirmed(self):
        """Return whether VIES has confirmed the tax ID that was approved."""
        partner, country = self.partner_id, self.country_id.code
        is_same = tax_id(self.vat, country) == tax_id(partner.vat, country)
        return is_same and partner.clerk_vies_state == "valid"

    # The contact

    def _write_contact(self):
        """Create the contact, or fill in what is empty of the one there is."""
        values = self._contact_values()
        partner = self.partner_id
        if not partner:
            partner = self.env["res.partner"].create(
                {
                    **{name: value for name, value in values.items() if value},
                    "is_company": self.scope != "consumer",
                    "customer_rank": 1,
                }
            )
        else:
            values["customer_rank"] = 1
            empty = {
                name: value
                for name, value in values.items()
                if value and not partner[name]
            }
            # Two people have seen the values.
            partner._inside().write(empty)
        self._write_account(partner)
        return partner

    def _contact_values(self):
        values = {theirs: self[mine] for mine, theirs in COPIED.items()}
        return {**values, "country_id": self.country_id.id}

    def _write_account(self, partner):
        number = (self.account or "").strip()
        known = map(compact, partner.bank_ids.mapped("acc_number"))
        if number and compact(number) not in known:
            # Two people have seen the number.
            banks = self.env["res.partner.bank"]._inside()
            banks.create({"acc_number": number, "partner_id": partner.id})

    def _set_customer_state(self, state):
        for request in self:
            # sudo: a field that only these steps write.
            partner = request.partner_id.commercial_partner_id.sudo()._inside()
            if partner.clerk_customer_state == "blocked":
                # Another company has blocked it meanwhile, and ends the block.
                partner.clerk_was_approved = state == "approved"
            else:
                partner.clerk_customer_state = state

    # What is shown

    def _is_offered(self, step):
        if step == "approve" and self._own_problem():
            return False
        if step in ("override", "use") and self.match_level == "none":
            return False
        if step == "override" and self.match_level != "stop":
            return False
        return super()._is_offered(step)

    @api.depends("state", "author_ids", "checked_by_id", "match_level")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    @api.depends(
        *("state", "document_ids.file", "override_reason", "is_new", "kind_id"),
        *("match_level", "author_ids", "checked_by_id"),
    )
    @api.depends_context("uid", "lang")
    def _compute_next_note(self):
        for request in self:
            request.next_note = request._next_note()

    def _next_note(self):
        if self.state == "draft":
            problem = self._content_problem() or self._tax_problem()
            return (
                problem or self._match_problem() or self.env._("Ready to be checked.")
            )
        if self.state == "checked":
            problem = self._contact_problem() or self._own_problem()
            return problem or self.env._("To be approved.")
        if self.state == "approved":
            return self.env._("Waits until VIES confirms the tax ID.")
        return False


def _differ(entered, known):
    """Return whether two values differ in more than signs and capitals.

    :param entered: a text, or the id of a record
    :param known: a text, or a record
    """
    if not isinstance(entered, str):
        return entered != known.id
    return compact(entered) != compact(known)
