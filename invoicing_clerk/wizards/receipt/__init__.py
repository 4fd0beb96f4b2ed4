from . import receipt_assign
from . import remittance_import
