from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_round

from ...rules.call.search_text import name_in
from ..mixin.roles import spread_over_supervisors


class ClerkCall(models.Model):
    """The follow-up of a call: billing errors, promises, copies, notes and activities.

    Each is one click, in the dialog of its own capability, filled in from the call and
    linked to it. Follow-up that needs no person happens when the call ends.
    """

    _inherit = "clerk.call"

    step_missing = fields.Boolean(
        string="Next Step Pending", compute="_compute_step_missing", exportable=False
    )

    @api.depends("next_step", "error_ids", "promise_ids", "following_ids")
    def _compute_step_missing(self):
        for call in self:
            call.step_missing = bool(call.next_step) and not call._is_step_taken()

    def _is_step_taken(self):
        """Return whether the next step of the outcome was taken, as far as is known."""
        if self.next_step == "billing_error":
            return bool(self.error_ids)
        if self.next_step == "promise":
            return bool(self.promise_ids)
        if self.next_step == "call_back":
            return bool(self.following_ids)
        # Other steps happen when the call ends, or are not linked to it.
        return True

    # Dialogs

    def _dialog(self, title, model, **context):
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }

    def _check_customer(self):
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("Select the customer first, or create one."))

    def action_billing_error(self):
        return self._dispute(self.move_ids)

    def _dispute(self, moves):
        """Open a new billing error on invoices, filled in from the call."""
        self._check_customer()
        errors = self.env["clerk.billing.error"]
        errors.check_access("create")
        errors._check_one_customer(moves)
        return self._dialog(
            self.env._("New Billing Error"),
            "clerk.billing.error",
            default_move_ids=moves.ids,
            default_company_id=self.company_id.id,
            default_currency_id=(moves.currency_id or self.company_id.currency_id).id,
            default_partner_id=self.partner_id.id,
            default_contact_id=self.contact_id.id,
            default_origin="call",
            default_description=self.summary,
            default_call_ids=self.ids,
        )

    def action_promise(self):
        if items := self._ticked():
            return self._promise_items(items)
        return self._promise(self.move_ids)

    def action_match(self):
        """Propose how to apply the ticked payments and credits, or all of them."""
        self._check_customer()
        balances = self.env["clerk.receivable"]
        return balances._match(self.partner_id, self.company_id, self._ticked() or None)

    def _promise(self, moves):
        """Open a new promise for the invoices, or for everything that is overdue."""
        self.check_access("write")
        self._check_customer()
        promises = self.env["clerk.promise"].with_company(self.company_id)
        if moves:
            return self._promise_items(promises._receivable_items(moves))
        return self._new_promise(promises._overdue_items(self.partner_id))

    def _promise_items(self, items):
        """Open a new promise for instalments, filled in from the call."""
        self.check_access("write")
        self._check_customer()
        self.env["clerk.promise"].with_company(self.company_id)._check_items(items)
        return self._new_promise(items)

    def _new_promise(self, items):
        promises = self.env["clerk.promise"].with_company(self.company_id)
        return promises._new_action(
            partner_id=self.partner_id.id,
            item_ids=items.ids,
            contact_id=self.contact_id.id,
            source="call",
            note=self.summary,
            call_ids=self.ids,
        )

    def action_send_copies(self):
        return self._send_copies(self.move_ids)

    def _send_copies(self, moves):
        """Open the dialog of Odoo that sends invoices."""
        self.check_access("write")
        self._check_customer()
        if not moves:
            raise UserError(self.env._("Select the invoices to send."))
        if dialog := self._identity_dialog("copies", moves):
            return dialog
        return moves.action_send_and_print()

    def action_correct_contact(self):
        self.ensure_one()
        self._check_customer()
        if dialog := self._identity_dialog("contact"):
            return dialog
        return self._dialog(
            self.env._("Correct Contact Data"),
            "clerk.call.contact",
            default_call_id=self.id,
            default_partner_id=(self.contact_id or self.partner_id).id,
        )

    def action_new_customer(self):
        """Create the customer who calls, or a contact of the customer."""
        self.ensure_one()
        return self._dialog(
            self.env._("New Contact")
            if self.partner_id
            else self.env._("New Customer"),
            "clerk.call.customer",
            default_call_id=self.id,
            default_name=name_in(self.find_text or ""),
            default_phone=self.number,
        )

    def action_call_back(self):
        self.ensure_one()
        return self._dialog(
            self.env._("Call Back"), "clerk.call.back", default_call_id=self.id
        )

    def action_question(self):
        """Open the dialog of Odoo that schedules an activity, with a question."""
        self.ensure_one()
        return self._dialog(
            self.env._("Ask a Colleague"),
            "mail.activity.schedule",
            active_model=self._name,
            active_id=self.id,
            active_ids=self.ids,
            default_activity_type_id=self.env.ref("mail.mail_activity_data_todo").id,
            default_summary=self.env._("Question: "),
        )

    def action_note(self):
        """Open the dialog for a note on the customer."""
        self.ensure_one()
        self._check_customer()
        return self._dialog(
            self.env._("Note on the Customer"),
            "clerk.call.note",
            default_call_id=self.id,
        )

    # Linked records

    def action_view_moves(self):
        """Open the invoices of the customer, filtered by those not paid."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        return {
            **action,
            "domain": [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("move_type", "in", ("out_invoice", "out_refund")),
            ],
            "context": {"search_default_open": 1, "default_move_type": "out_invoice"},
        }

    def action_view_errors(self):
        self.ensure_one()
        return self.env["clerk.billing.error"]._view_action(self.error_ids)

    def action_view_promises(self):
        self.ensure_one()
        return self.env["clerk.promise"]._view_action(
            [("id", "in", self.promise_ids.ids)]
        )

    def action_view_previous(self):
        self.ensure_one()
        return self.previous_id._pad_action()

    def action_view_others(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_call_action_mine"
        )

    # End of the call

    def _follow_up(self):
        for step, calls in self.grouped("next_step").items():
            if step == "attempt":
                calls.filtered("partner_id")._plan_attempts()
            elif step == "supervisor":
                calls._notify_supervisor()
        self.filtered("next_action")._schedule_todo(
            lambda call: call.next_action,
            lambda call: call.next_user_id or call.user_id,
            lambda call: call.next_date,
        )
        self._log_on_customers()

    def _schedule_todo(self, summary_of, user_of, date_of=lambda call: False):
        """Schedule a to-do for each call, by default for today."""
        today = fields.Date.context_today(self)
        self._schedule_activities(
            "mail.mail_activity_data_todo",
            summary_of,
            user_of,
            lambda call: date_of(call) or today,
        )

    def _schedule_activities(self, activity_type, summary_of, user_of, date_of):
        """Schedule an activity for each call, all in one batch."""
        type_id = self.env.ref(activity_type).id
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": type_id,
                    "res_model_id": model_id,
                    "res_id": call.id,
                    "user_id": user_of(call).id,
                    "date_deadline": date_of(call),
                    "summary": summary_of(call),
                }
                for call in self
            ]
        )

    def _notify_supervisor(self):
        """Schedule an activity for each call, spread evenly over the supervisors."""
        supervisors = spread_over_supervisors(self)
        self.browse(call.id for call in supervisors)._schedule_todo(
            lambda call: self.env._(
                "%(outcome)s: %(customer)s",
                outcome=call.outcome_id.name,
                customer=call.partner_id.display_name or call.number or "",
            ),
            supervisors.get,
        )

    def _log_on_customers(self):
        """Log each call on its customer, without what was said."""
        for call in self.filtered("partner_id"):
            call.partner_id._message_log(body=call._log_line())

    def _log_line(self):
        directions = self._labels("clerk.call", "direction")
        details = [
            self.contact_id.name,
            self.topic_id.name,
            self.outcome_id.name,
            self.env._("%s min", f"{float_round(self.duration, 0):g}"),
        ]
        return self.env._(
            "%(direction)s call %(call)s: %(details)s",
            direction=directions[self.direction],
            call=self._get_html_link(),
            details=", ".join(filter(None, details)),
        )
