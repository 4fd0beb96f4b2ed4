{
    "name": "Invoicing Clerk: Expenses",
    "summary": "Register of expenses, and expenses charged on to customers",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Invoicing Clerk contributors",
    "category": "Accounting/Accounting",
    "depends": ["invoicing_clerk", "hr_expense"],
    "data": [
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        "report/expense_report.xml",
        "views/expense_wizard_views.xml",
        "views/expense_views.xml",
        "views/account_move_views.xml",
        "views/settings_views.xml",
        "data/worklist_data.xml",
    ],
    "demo": ["demo/expense_demo.xml"],
    "assets": {
        "web.assets_tests": ["invoicing_clerk_expense/static/tests/tours/*.js"],
    },
    "auto_install": True,
}
