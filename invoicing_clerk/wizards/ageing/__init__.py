from . import ageing_comparison
