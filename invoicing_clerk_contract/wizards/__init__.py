from . import correction_refusal
from . import renewal_decide
