"""What installing does beside models: customers are classed at once, not at night."""


def post_init_hook(env):
    env["res.partner"]._cron_complaint_value_class()
