from . import voucher_return
