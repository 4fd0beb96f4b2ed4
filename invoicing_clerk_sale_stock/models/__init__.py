from . import billing_check
from . import count
from . import document
