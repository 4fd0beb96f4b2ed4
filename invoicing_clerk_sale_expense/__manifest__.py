{
    "name": "Invoicing Clerk: Expenses of Sales Orders",
    "summary": "Expenses that orders bill, apart from those that clerks charge on",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Invoicing Clerk contributors",
    "category": "Accounting/Accounting",
    "depends": ["invoicing_clerk_expense", "sale_expense"],
    "data": ["views/expense_views.xml"],
    "auto_install": True,
}
