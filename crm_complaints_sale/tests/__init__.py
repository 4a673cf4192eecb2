from . import (
    test_complaint_report,
    test_order,
    test_public_methods,
    test_register,
    test_value_class,
)
