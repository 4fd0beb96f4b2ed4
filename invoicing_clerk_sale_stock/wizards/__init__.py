from . import delivered_billed_date
