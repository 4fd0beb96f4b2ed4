from . import check_blank
from . import check_print
from . import check_spoil
from . import check_void
from . import positive_pay_make
