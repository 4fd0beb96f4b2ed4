from . import delivered_billed_date
from . import count
