{
    "name": "Invoicing Clerk: Sales",
    "summary": "Keep the deposits of sales orders right when invoices are corrected",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Invoicing Clerk contributors",
    "category": "Accounting/Accounting",
    "depends": ["invoicing_clerk", "sale"],
    "auto_install": True,
}
