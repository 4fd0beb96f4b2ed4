from . import remedy
from . import correct_lines
from . import credit_full
from . import reallocate
from . import rebill
from . import reissue
from . import write_off
