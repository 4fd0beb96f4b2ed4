from . import promise_plan
from . import promise_withdraw
