from . import voucher_return
from . import voucher_void
