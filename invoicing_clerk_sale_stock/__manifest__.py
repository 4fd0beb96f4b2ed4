{
    "name": "Invoicing Clerk: Sales and Inventory",
    "summary": "Compare what was billed with what was delivered and returned",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Invoicing Clerk contributors",
    "category": "Accounting/Accounting",
    "depends": ["invoicing_clerk_sale", "sale_stock"],
    "auto_install": True,
}
