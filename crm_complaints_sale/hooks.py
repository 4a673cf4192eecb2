"""Install hook: value classes are set at once, not only at night."""


def post_init_hook(env):
    env["res.partner"]._cron_complaint_value_class()
