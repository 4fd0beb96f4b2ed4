from werkzeug.urls import url_encode

from odoo.exceptions import UserError
from odoo.http import request, route
from odoo.tools import consteq

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.audit.confirmation.audit_confirmation_page import ITEM_ROWS
from ..rules.limits import maximum

PAGE = "/my/confirmations/<int:confirmation_id>"


class AuditConfirmationPortal(CustomerPortal):
    """Portal page on which customers fill in and sign their reply to an auditor.

    It opens with the link of the request, or for the logged-in customer. Only the link
    proves who replies: it went to the address that the auditor released, while logins
    of customers are given by the company that is audited. Users of the company cannot
    reply here.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "confirmation_count" in counters:
            values["confirmation_count"] = len(self._customer_requests_sudo(limit=1))
        return values

    def _customer_requests_sudo(self, **options):
        """Return the requests to the customer of the logged-in user."""
        user = request.env.user
        # sudo: customers have no access rights to requests; these are their own.
        confirmations_sudo = request.env["clerk.audit.confirmation"].sudo()
        if user._is_internal():
            return confirmations_sudo
        customer = user.partner_id.commercial_partner_id
        return confirmations_sudo.search(
            [("partner_id", "=", customer.id), ("state", "!=", "draft")],
            order="date desc, id desc",
            **options,
        )

    @route(
        "/my/confirmations",
        type="http",
        auth="user",
        website=True,
        max_content_length=maximum("request"),
    )
    def portal_confirmations(self):
        return request.render(
            "invoicing_clerk.portal_confirmations",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "confirmation",
                "confirmations": self._customer_requests_sudo(),
            },
        )

    @route(
        PAGE,
        type="http",
        auth="public",
        website=True,
        max_content_length=maximum("request"),
    )
    def portal_confirmation(self, confirmation_id, access_token=None, **kwargs):
        confirmation_sudo = self._find_request_sudo(confirmation_id, access_token)
        if not confirmation_sudo:
            return request.redirect("/my")
        return self._render_page(
            confirmation_sudo, access_token, is_changing=kwargs.get("change")
        )

    @route(
        f"{PAGE}/answer",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        max_content_length=maximum("request_document"),
        may_send="_may_reply",
        uploads=("document",),
    )
    def portal_confirmation_answer(
        self, confirmation_id, access_token=None, document=None, **form
    ):
        """Store the reply that the customer filled in, to be signed."""
        confirmation_sudo = self._find_by_link_sudo(confirmation_id, access_token)
        if not confirmation_sudo:
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                confirmation_sudo._propose(
                    confirmation_sudo._content(form),
                    request.env["clerk.limited"]._uploaded(document),
                )
        except UserError as error:
            return self._render_page(
                confirmation_sudo,
                access_token,
                is_changing=True,
                error=error,
                form=form,
            )
        return request.redirect(self._url(confirmation_sudo, access_token))

    @route(
        f"{PAGE}/sign",
        type="jsonrpc",
        auth="public",
        website=True,
        max_content_length=maximum("request_signature"),
        may_send="_may_reply",
    )
    def portal_confirmation_sign(
        self, confirmation_id, access_token=None, name=None, signature=None
    ):
        access_token = access_token or request.httprequest.args.get("access_token")
        confirmation_sudo = self._find_by_link_sudo(confirmation_id, access_token)
        if not confirmation_sudo:
            return {"error": request.env._("This link is not valid.")}
        try:
            with request.env.cr.savepoint():
                confirmation_sudo._sign(
                    name, signature, request.httprequest.remote_addr
                )
        except UserError as error:
            return {"error": str(error)}
        return {
            "force_refresh": True,
            "redirect_url": self._url(confirmation_sudo, access_token),
        }

    def _may_reply(self, confirmation_id):
        """Return whether the visitor may reply, by the link."""
        token = request.httprequest.args.get("access_token")
        return bool(self._find_by_link_sudo(confirmation_id, token))

    def _find_by_link_sudo(self, confirmation_id, access_token):
        """Return the request with sudo for the holder of its link."""
        if not access_token:
            return None
        return self._find_request_sudo(confirmation_id, access_token)

    def _find_request_sudo(self, confirmation_id, access_token):
        """Return the request with sudo for its customer or the holder of its link."""
        # sudo: customers have no access rights to requests; the visitor is checked
        # here.
        confirmation_sudo = request.env["clerk.audit.confirmation"].sudo()
        confirmation_sudo = confirmation_sudo.browse(confirmation_id).exists()
        user = request.env.user
        if (
            not confirmation_sudo
            or confirmation_sudo.state == "draft"
            or user._is_internal()
        ):
            return None
        if access_token:
            token = confirmation_sudo.access_token
            is_text = isinstance(access_token, str) and access_token.isascii()
            is_valid = token and is_text and consteq(token, access_token)
            return confirmation_sudo if is_valid else None
        if user._is_public():
            return None
        customer = user.partner_id.commercial_partner_id
        return confirmation_sudo if customer == confirmation_sudo.partner_id else None

    def _render_page(
        self, confirmation_sudo, access_token, is_changing=False, error=None, form=None
    ):
        try:
            confirmation_sudo._check_answerable()
        except UserError as obstacle:
            closed = str(obstacle)
        else:
            closed = None if access_token else self._refuse_login()
        return request.render(
            "invoicing_clerk.portal_confirmation",
            {
                "page_name": "confirmation",
                "confirmation": confirmation_sudo,
                "access_token": access_token,
                "closed": closed,
                "error": error and str(error),
                "form": form or {},
                "item_rows": range(ITEM_ROWS),
                "is_changing": is_changing or not confirmation_sudo.proposal,
                "sign_url": self._url(confirmation_sudo, access_token, "/sign"),
                "change_url": self._url(confirmation_sudo, access_token, change=1),
            },
        )

    def _refuse_login(self):
        return request.env._(
            "To reply, open the link in the email with the request: it shows our "
            "auditors that the reply comes from the address they wrote to."
        )

    def _url(self, confirmation_sudo, access_token, path="", **query):
        if access_token:
            query["access_token"] = access_token
        parameters = f"?{url_encode(query)}" if query else ""
        return f"{confirmation_sudo.access_url}{path}{parameters}"
