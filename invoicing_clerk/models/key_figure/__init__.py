from . import key_figure
from . import key_figure_compute
from . import key_figure_balance
from . import key_figure_source
from . import key_figure_again
from . import key_figure_text
from . import key_figure_trend
