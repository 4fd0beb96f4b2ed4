from . import promise_plan
from . import promise_withdraw
from . import work_item_promise
