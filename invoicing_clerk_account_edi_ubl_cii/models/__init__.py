from . import billing_check
