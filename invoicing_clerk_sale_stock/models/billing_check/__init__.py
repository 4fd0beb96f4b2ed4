from . import billing_acceptance
from . import billing_check
from . import billing_check_delivery
from . import billing_check_duplicate
from . import billing_check_period
from . import billing_check_unbilled
from . import billing_finding
from . import delivered_billed
