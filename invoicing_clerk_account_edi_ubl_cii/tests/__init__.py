from . import test_billing_check
