from . import receivable
from . import receivable_refresh
from . import receivable_match
