from .billing_check import test_billing_check_corpus
from .billing_check import test_billing_finding
from .billing_check import test_delivered_billed
from .billing_check import test_delivered_billed_tour
from .billing_check import test_shipment
from .document import test_invoice_file_order
from . import test_doctests
