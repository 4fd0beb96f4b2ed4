from . import key_figure_again
