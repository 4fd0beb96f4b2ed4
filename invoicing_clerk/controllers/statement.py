from werkzeug.urls import url_encode

from odoo import fields
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.statement.statement_delivery_document import REPORT
from ..rules.input_value import whole
from ..rules.limits import maximum

HISTORY = "my_statements_history"
# Documents per page of a statement. Nearly all statements have one page.
ROWS = 200


class StatementPortal(CustomerPortal):
    """Statements of a customer in the portal, by login or by the link in the email."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "statement_count" in counters:
            values["statement_count"] = self._statement_count(limit=1)
        return values

    def _statements_domain(self):
        customer = request.env.user.commercial_partner_id
        return request.env["clerk.statement"]._portal_domain() & Domain(
            "partner_id", "child_of", customer.id
        )

    def _statements_sudo(self):
        """Return statements, for searches by ``_statements_domain`` only."""
        # sudo: the domain reads the state of runs, to which customers have no access.
        # It contains the customer of the user, like the record rule.
        return request.env["clerk.statement"].sudo()

    def _statement_count(self, limit=None):
        return self._statements_sudo().search_count(
            self._statements_domain(), limit=limit
        )

    @route(
        ["/my/statements", "/my/statements/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        max_content_length=maximum("request"),
    )
    def portal_my_statements(self, page=1, **_kwargs):
        pager = portal_pager(
            url="/my/statements",
            total=self._statement_count(),
            # In a query it is a text, which core cannot always read.
            page=whole(page, 1),
            step=self._items_per_page,
        )
        statements_sudo = self._statements_sudo().search(
            self._statements_domain(),
            order="date desc, id desc",
            limit=self._items_per_page,
            offset=pager["offset"],
        )
        request.session[HISTORY] = statements_sudo.ids[:100]
        return request.render(
            "invoicing_clerk.portal_my_statements",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "statement",
                "default_url": "/my/statements",
                "pager": pager,
                "statements": statements_sudo,
            },
        )

    @route(
        [
            "/my/statements/<int:statement_id>",
            "/my/statements/<int:statement_id>/page/<int:page>",
        ],
        type="http",
        auth="public",
        website=True,
        max_content_length=maximum("request"),
    )
    def portal_my_statement(
        self,
        statement_id,
        access_token=None,
        report_type=None,
        download=False,
        page=1,
        **kwargs,
    ):
        try:
            statement_sudo = self._statement_sudo(statement_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my/statements")
        if not request.env.user._is_internal():
            statement_sudo._mark_opened()
        if report_type in ("html", "pdf", "text"):
            return self._statement_document(statement_sudo, report_type, download)
        return self._statement_page(
            statement_sudo, access_token, page, reported=kwargs.get("reported")
        )

    @route(
        "/my/statements/<int:statement_id>/report",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        max_content_length=maximum("request"),
        may_send="_may_report",
    )
    def portal_my_statement_report(
        self,
        statement_id,
        access_token=None,
        text=None,
        reason_id=None,
        page=1,
        **_kwargs,
    ):
        try:
            statement_sudo = self._statement_sudo(statement_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my/statements")
        form = request.httprequest.form
        entered = {
            "text": text,
            "reason_id": reason_id,
            "selected": _selected(form),
        }
        try:
            with request.env.cr.savepoint():
                self._dispute(statement_sudo, entered)
        except UserError as error:
            return self._statement_page(
                statement_sudo, access_token, page, problem=str(error), entered=entered
            )
        token = {"access_token": access_token} if access_token else {}
        query = url_encode({**token, "reported": 1})
        return request.redirect(f"{statement_sudo.access_url}?{query}#reported")

    def _may_report(self, statement_id):
        """Return whether the visitor may report a problem, by login or the link."""
        token = request.httprequest.args.get("access_token")
        try:
            return bool(self._statement_sudo(statement_id, token))
        except (AccessError, MissingError):
            return False

    def _statement_sudo(self, statement_id, access_token):
        """Return the statement under sudo, for its customer or a reader with its link.

        :raises AccessError: the reader is neither, or the link has expired
        :raises MissingError: it does not exist
        """
        if access_token and not access_token.isascii():
            raise AccessError(request.env._("This link is not valid."))
        statement_sudo = self._document_check_access(
            "clerk.statement", statement_id, access_token
        )
        if request.env["clerk.statement"].browse(statement_id).has_access("read"):
            return statement_sudo
        if not statement_sudo._has_live_link():
            raise AccessError(request.env._("This link has expired. Please log in."))
        return statement_sudo

    def _statement_document(self, statement_sudo, report_type, download):
        """Return the document that was sent, or else render it."""
        statement_sudo._check_evidence("document_id")
        if report_type == "pdf" and (document_sudo := statement_sudo.document_id):
            headers = self._get_http_headers(
                statement_sudo, report_type, document_sudo.raw, download
            )
            return request.make_response(document_sudo.raw, list(headers.items()))
        return self._show_report(
            model=statement_sudo,
            report_type=report_type,
            report_ref=REPORT,
            download=download,
        )

    def _dispute(self, statement_sudo, entered):
        """:raises UserError: the report is not valid"""
        user = request.env.user
        if user._is_internal():
            raise UserError(
                request.env._(
                    "This page is for customers. Open a billing error instead."
                )
            )
        contact = statement_sudo.partner_id._statement_contact()
        if not user._is_public():
            # sudo: the user who is logged in, as the contact of the dispute.
            contact = user.partner_id.sudo()
        reasons = statement_sudo._dispute_reasons()
        return statement_sudo._dispute(
            statement_sudo.env["account.move"].browse(entered["selected"]),
            entered["text"],
            reasons.filtered(lambda reason: str(reason.id) == entered["reason_id"]),
            contact,
        )

    def _statement_page(self, statement_sudo, access_token, page, **kwargs):
        all_rows = statement_sudo._portal_rows()
        pager = self._rows_pager(statement_sudo, access_token, len(all_rows), page)
        rows = statement_sudo._portal_page(all_rows, pager["offset"], ROWS)
        self._link_invoices(rows, statement_sudo._takes_online_payments())
        values = {
            "page_name": "statement",
            "statement": statement_sudo,
            "rows": rows,
            "pager": pager,
            "columns": statement_sudo._columns_in("portal", "open"),
            "totals": statement_sudo._portal_totals(all_rows),
            "today": fields.Date.context_today(statement_sudo),
            "reasons": statement_sudo._dispute_reasons(),
            "may_report": not request.env.user._is_internal(),
            "reported": kwargs.pop("reported", None),
            "problem": kwargs.pop("problem", None),
            "entered": kwargs.pop("entered", {"selected": []}),
        }
        return request.render(
            "invoicing_clerk.portal_my_statement",
            self._get_page_view_values(
                statement_sudo, access_token, values, HISTORY, False
            ),
        )

    def _rows_pager(self, statement_sudo, access_token, total, page):
        return portal_pager(
            url=statement_sudo.access_url,
            total=total,
            # In a query it is a text, which core cannot always read.
            page=whole(page, 1),
            step=ROWS,
            url_args={"access_token": access_token} if access_token else None,
        )

    def _link_invoices(self, rows, takes_payments):
        """Add the links to documents that the reader may open or pay."""
        moves = request.env["account.move"].browse(
            row["move"].id for row in rows if row["move"].is_sale_document()
        )
        shown = set(moves._filtered_access("read").ids)
        for row in rows:
            row["link"] = row["move"].id in shown and row["move"].access_url
            row["pay"] = takes_payments and row["move"]._statement_payment_link()


def _selected(form):
    """Return the ids of the selected documents."""
    return [whole(value) for value in form.getlist("move_id") if value.isdecimal()]
