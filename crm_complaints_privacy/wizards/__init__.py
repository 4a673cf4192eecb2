from . import (
    complaint_personal_data,
    complaint_register,
    privacy_lookup_wizard,
    privacy_lookup_wizard_line,
)
