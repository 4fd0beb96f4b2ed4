{
    "name": "Invoicing Clerk: Delivery Costs",
    "summary": "Compare billed freight with the order, the carrier and the incoterm",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Invoicing Clerk contributors",
    "category": "Accounting/Accounting",
    "depends": ["invoicing_clerk_sale", "delivery"],
    "data": ["data/billing_check_data.xml"],
    "auto_install": True,
}
