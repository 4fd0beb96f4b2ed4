from . import account_edi_common
from . import billing_check
