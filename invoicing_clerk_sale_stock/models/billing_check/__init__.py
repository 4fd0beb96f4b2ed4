from . import shipment
