from . import billing_check
from . import billing_check_price
from . import billing_finding
