from . import test_account_edi_common
from . import test_billing_check
