{
    "name": "Invoicing Clerk: Electronic Invoices",
    "summary": "Find out before sending what stops an electronic invoice",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Invoicing Clerk contributors",
    "category": "Accounting/Accounting",
    "depends": ["invoicing_clerk", "account_edi_ubl_cii"],
    "data": ["data/billing_check_data.xml"],
    "auto_install": True,
}
