from .billing_check import test_shipment
