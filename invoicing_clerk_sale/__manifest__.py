{
    "name": "Invoicing Clerk: Sales",
    "summary": "Check invoices against sales orders, and keep deposits right",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Invoicing Clerk contributors",
    "category": "Accounting/Accounting",
    "depends": ["invoicing_clerk", "sale"],
    "data": [
        "data/billing_check_data.xml",
        "data/document_invoice_kind_data.xml",
        "views/billing_check/billing_acceptance_views.xml",
        "views/billing_check/res_partner_views.xml",
        "views/document/invoice_kind_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["invoicing_clerk_sale/static/tests/tours/*.js"],
    },
    "uninstall_hook": "uninstall_hook",
    "auto_install": True,
}
