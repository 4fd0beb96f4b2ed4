{
    "name": "Invoicing Clerk: Dashboards",
    "summary": "Key figures of receivables as a dashboard of spreadsheets",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Invoicing Clerk contributors",
    "category": "Accounting/Accounting",
    "depends": ["invoicing_clerk", "spreadsheet_dashboard"],
    "data": ["data/spreadsheet_dashboard_data.xml"],
    "assets": {
        "web.assets_tests": ["invoicing_clerk_spreadsheet/static/tests/tours/*.js"],
    },
    "auto_install": True,
}
