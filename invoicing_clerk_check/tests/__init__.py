from . import test_check_blank
from . import test_check_concurrency
from . import test_check_paper
from . import test_check_register
from . import test_check_tour
from . import test_check_void
from . import test_doctests
from . import test_positive_pay
