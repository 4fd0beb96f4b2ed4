from . import billing_finding_accept
