from werkzeug.urls import url_encode

from odoo.exceptions import UserError
from odoo.http import request, route
from odoo.tools import consteq

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.audit.confirmation.audit_confirmation_page import ITEM_ROWS

PAGE = "/my/confirmations/<int:confirmation_id>"


class AuditConfirmationPortal(CustomerPortal):
    """The page on which a customer answers an auditor: filled in, then signed.

    It is opened by the link in the letter, or by a log-in of that very customer. Nobody
    of the company answers here.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "confirmation_count" in counters:
            values["confirmation_count"] = len(self._own_letters_sudo(limit=1))
        return values

    def _own_letters_sudo(self, **options):
        """Letters to the customer of whoever is logged in."""
        user = request.env.user
        # sudo: customers have no rights to letters; these are the user's own.
        letters_sudo = request.env["clerk.audit.confirmation"].sudo()
        if user._is_internal():
            return letters_sudo
        own = user.partner_id.commercial_partner_id
        return letters_sudo.search(
            [("partner_id", "=", own.id), ("state", "!=", "draft")],
            order="date desc, id desc",
            **options,
        )

    @route("/my/confirmations", type="http", auth="user", website=True)
    def portal_confirmations(self):
        return request.render(
            "invoicing_clerk.portal_confirmations",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "confirmation",
                "letters": self._own_letters_sudo(),
            },
        )

    @route(PAGE, type="http", auth="public", website=True)
    def portal_confirmation(self, confirmation_id, access_token=None, **kwargs):
        letter_sudo = self._letter_sudo(confirmation_id, access_token)
        if not letter_sudo:
            return request.redirect("/my")
        return self._letter_page(
            letter_sudo, access_token, is_changing=kwargs.get("change")
        )

    @route(f"{PAGE}/answer", type="http", auth="public", methods=["POST"], website=True)
    def portal_confirmation_answer(
        self, confirmation_id, access_token=None, document=None, **typed
    ):
        """Keep what the customer filled in, to be signed."""
        letter_sudo = self._letter_sudo(confirmation_id, access_token)
        if not letter_sudo:
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                letter_sudo._propose(
                    letter_sudo._content(typed),
                    letter_sudo._checked_document(document),
                )
        except UserError as error:
            return self._letter_page(
                letter_sudo, access_token, is_changing=True, wrong=error, typed=typed
            )
        return request.redirect(self._url(letter_sudo, access_token))

    @route(f"{PAGE}/sign", type="jsonrpc", auth="public", website=True)
    def portal_confirmation_sign(
        self, confirmation_id, access_token=None, name=None, signature=None
    ):
        access_token = access_token or request.httprequest.args.get("access_token")
        letter_sudo = self._letter_sudo(confirmation_id, access_token)
        if not letter_sudo:
            return {"error": request.env._("This link does not open a letter.")}
        try:
            with request.env.cr.savepoint():
                letter_sudo._sign(name, signature, request.httprequest.remote_addr)
        except UserError as error:
            return {"error": str(error)}
        return {
            "force_refresh": True,
            "redirect_url": self._url(letter_sudo, access_token),
        }

    def _letter_sudo(self, confirmation_id, access_token):
        """The letter under sudo, for its customer or who has its link; else None."""
        # sudo: customers have no rights to letters; who asks is checked right here.
        letter_sudo = request.env["clerk.audit.confirmation"].sudo()
        letter_sudo = letter_sudo.browse(confirmation_id).exists()
        user = request.env.user
        if not letter_sudo or letter_sudo.state == "draft" or user._is_internal():
            return None
        if access_token:
            own = letter_sudo.access_token
            return letter_sudo if own and consteq(own, access_token) else None
        if user._is_public():
            return None
        own = user.partner_id.commercial_partner_id == letter_sudo.partner_id
        return letter_sudo if own else None

    def _letter_page(
        self, letter_sudo, access_token, is_changing=False, wrong=None, typed=None
    ):
        try:
            letter_sudo._check_answerable()
        except UserError as error:
            closed = str(error)
        else:
            closed = None
        return request.render(
            "invoicing_clerk.portal_confirmation",
            {
                "page_name": "confirmation",
                "letter": letter_sudo,
                "access_token": access_token,
                "closed": closed,
                "wrong": wrong and str(wrong),
                "typed": typed or {},
                "item_rows": range(ITEM_ROWS),
                "is_changing": is_changing or not letter_sudo.proposal,
                "sign_url": self._url(letter_sudo, access_token, "/sign"),
                "change_url": self._url(letter_sudo, access_token, change=1),
            },
        )

    def _url(self, letter_sudo, access_token, path="", **query):
        if access_token:
            query["access_token"] = access_token
        words = url_encode(query)
        return f"{letter_sudo.access_url}{path}{'?' + words if words else ''}"
