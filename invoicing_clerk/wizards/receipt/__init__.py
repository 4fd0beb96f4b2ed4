from . import receipt_assign
from . import remittance_import
from . import deposit_confirm
from . import receipt_import
from . import receipt_import_text
