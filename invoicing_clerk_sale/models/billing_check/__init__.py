from . import billing_check
from . import billing_check_contract
from . import billing_check_order
from . import billing_check_price
from . import billing_check_reference
from . import billing_finding
from . import res_partner
from . import sale_order
