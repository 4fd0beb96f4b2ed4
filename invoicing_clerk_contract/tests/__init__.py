from . import test_contract_tour
from . import test_doctests
from . import test_invoice_period
from . import test_renewal
from . import test_revision
from .billing_check import test_billed_rules
from .billing_check import test_billing_check_contract
from .document import test_contract_document
