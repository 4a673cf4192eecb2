from . import complaint_follow_up
