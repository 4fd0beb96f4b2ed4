from . import base_partner_merge
from . import work_item_finish
from . import work_item_hand_over
from . import work_item_snooze
from . import work_result
from . import worklist_trial
from . import workload_share
