from . import billing_acceptance
from . import billing_check
from . import billing_check_contract
from . import billing_check_duplicate
from . import billing_finding
