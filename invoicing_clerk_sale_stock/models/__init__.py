from . import billing_check
from . import document
