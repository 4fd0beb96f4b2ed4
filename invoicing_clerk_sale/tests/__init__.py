from . import test_deposit
from . import test_order_lines
from .billing_check import test_billing_acceptance
from .billing_check import test_billing_check_corpus
from .billing_check import test_billing_check_order
from .billing_check import test_billing_check_order_lines
from .billing_check import test_billing_check_tour
