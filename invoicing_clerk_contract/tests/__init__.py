from . import test_doctests
from .billing_check import test_billing_check_contract
