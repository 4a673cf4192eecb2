from . import (
    test_access_rights,
    test_complaint_privacy_log,
    test_complaint_register,
    test_helpdesk_ticket_erasure,
    test_helpdesk_ticket_legal_hold,
    test_helpdesk_ticket_retention,
    test_logs,
    test_personal_data,
    test_privacy_lookup_wizard,
    test_public_methods,
    test_security,
    test_subject_access,
)
