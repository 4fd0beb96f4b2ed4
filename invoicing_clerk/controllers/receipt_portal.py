from werkzeug.exceptions import NotFound

from odoo import fields
from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..rules.input_value import whole
from ..rules.limits import maximum

PAGE = "/my/open-items"


class ReceiptPortal(CustomerPortal):
    """Portal page on which customers report what they have paid.

    It has the open items of the customer of the user who is logged in, and of nobody
    else. Users of the company have no such page.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "open_item_count" in counters:
            values["open_item_count"] = self._open_item_count()
        return values

    def _customer(self):
        return request.env.user.commercial_partner_id

    def _advices_sudo(self):
        """Return advices, for methods that take the customer."""
        # sudo: customers have no access rights to advices and journal items. The
        # methods for the portal read and write those of the customer only.
        return request.env["clerk.remittance"].sudo()

    def _open_item_count(self):
        if request.env.user._is_internal():
            return 0
        advices_sudo = self._advices_sudo()
        return advices_sudo.env["account.move.line"].search_count(
            advices_sudo._portal_domain(self._customer())
        )

    def _may_report_payment(self, **_path):
        """Return whether the visitor is a customer."""
        return not request.env.user._is_internal()

    @route(
        [PAGE, f"{PAGE}/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        max_content_length=maximum("request"),
    )
    def portal_open_items(self, page=1, **kwargs):
        if not self._may_report_payment():
            return request.redirect("/my")
        return self._open_items_page(page, done=kwargs.get("done"))

    @route(
        f"{PAGE}/report",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=maximum("request"),
        may_send="_may_report_payment",
    )
    def portal_report_payment(self, page=1, **_kwargs):
        form = request.httprequest.form
        try:
            with request.env.cr.savepoint():
                self._advices_sudo()._report_payment(self._customer(), form)
        except UserError as error:
            return self._open_items_page(page, problem=str(error), entered=form)
        return request.redirect(f"{PAGE}?done=reported#reports")

    @route(
        f"{PAGE}/<int:remittance_id>/withdraw",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=maximum("request"),
        may_send="_may_report_payment",
    )
    def portal_withdraw_payment(self, remittance_id, **_kwargs):
        reports_sudo = self._advices_sudo()._reports_of(self._customer())
        report_sudo = reports_sudo.filtered(lambda each: each.id == remittance_id)
        if not report_sudo:
            raise NotFound
        try:
            with request.env.cr.savepoint():
                report_sudo.action_cancel()
        except UserError as error:
            return self._open_items_page(1, problem=str(error))
        return request.redirect(f"{PAGE}?done=withdrawn")

    def _open_items_page(self, page, **kwargs):
        advices_sudo, customer = self._advices_sudo(), self._customer()
        lines_sudo = advices_sudo.env["account.move.line"]
        domain = advices_sudo._portal_domain(customer)
        pager = portal_pager(
            url=PAGE,
            total=lines_sudo.search_count(domain),
            # In a query it is a text, which core cannot always read.
            page=whole(page, 1),
            step=maximum("report_lines"),
        )
        items_sudo = lines_sudo.search(
            domain,
            order="company_id, currency_id, date_maturity, id",
            limit=maximum("report_lines"),
            offset=pager["offset"],
        )
        groups = advices_sudo._portal_groups(items_sudo._matchable())
        self._link_documents(groups)
        return request.render(
            "invoicing_clerk.portal_my_open_items",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "open_items",
                "pager": pager,
                "groups": groups,
                "reports": advices_sudo._reports_of(customer),
                "today": fields.Date.context_today(advices_sudo),
                "done": kwargs.get("done"),
                "problem": kwargs.get("problem"),
                "entered": kwargs.get("entered"),
            },
        )

    def _link_documents(self, groups):
        """Add the links to documents that the reader may open."""
        rows = [row for group in groups for row in group["rows"]]
        moves = request.env["account.move"].browse(
            row["move"].id for row in rows if row["move"].is_sale_document()
        )
        shown = set(moves._filtered_access("read").ids)
        for row in rows:
            row["link"] = row["move"].id in shown and row["move"].access_url
