from . import receipt_assign
from . import remittance_import
from . import deposit_confirm
