# All test modules by name, so that a forgotten one shows.
from . import (
    test_acknowledge,
    test_concerned,
    test_engine,
    test_engine_mail,
    test_follow_up,
    test_install,
    test_letters,
    test_mail_intake,
    test_numbers,
    test_partner,
    test_performance,
    test_phases,
    test_register,
    test_security,
    test_stages_teams,
    test_tours,
)
