from . import receivable
from . import receivable_refresh
