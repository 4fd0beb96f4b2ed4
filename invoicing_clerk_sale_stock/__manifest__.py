{
    "name": "Invoicing Clerk: Sales and Inventory",
    "summary": "Compare what was billed with what was delivered and returned",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Invoicing Clerk contributors",
    "category": "Accounting/Accounting",
    "depends": ["invoicing_clerk_sale", "sale_stock"],
    "data": [
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        "data/billing_check_data.xml",
        "data/worklist_data.xml",
        "report/delivered_billed_report.xml",
        "views/billing_finding_views.xml",
        "views/delivered_billed_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["invoicing_clerk_sale_stock/static/tests/tours/*.js"],
    },
    "auto_install": True,
}
