# All test modules by name, so that a forgotten one shows.
from . import (
    test_extending,
    test_fault_injection,
    test_install,
    test_js,
    test_layers,
    test_security,
    test_tours,
)
from .access import test_concerned_rpc as test_access_concerned_rpc
from .access import (
    test_helpdesk_ticket_concerned as test_access_helpdesk_ticket_concerned,
)
from .clock import test_base_automation as test_clock_base_automation
from .clock import test_complaint_milestone as test_clock_complaint_milestone
from .clock import test_complaint_policy as test_clock_complaint_policy
from .clock import test_helpdesk_ticket_clock as test_clock_helpdesk_ticket_clock
from .clock import test_helpdesk_ticket_extend as test_clock_helpdesk_ticket_extend
from .clock import test_resource_calendar as test_clock_resource_calendar
from .clock import test_sweep as test_clock_sweep
from .contact import test_complaint_letter as test_contact_complaint_letter
from .contact import (
    test_complaint_letter_compose as test_contact_complaint_letter_compose,
)
from .contact import (
    test_helpdesk_ticket_acknowledge as test_contact_helpdesk_ticket_acknowledge,
)
from .contact import (
    test_helpdesk_ticket_language as test_contact_helpdesk_ticket_language,
)
from .contact import (
    test_helpdesk_ticket_representative as test_contact_helpdesk_ticket_representative,
)
from .core import test_complaint_intake as test_core_complaint_intake
from .core import test_helpdesk_ticket as test_core_helpdesk_ticket
from .core import test_helpdesk_ticket_phase as test_core_helpdesk_ticket_phase
from .core import test_helpdesk_ticket_register as test_core_helpdesk_ticket_register
from .core import test_helpdesk_ticket_stage as test_core_helpdesk_ticket_stage
from .core import test_res_company as test_core_res_company
from .core import test_res_partner as test_core_res_partner
from .customer import (
    test_complaint_banner_mixin as test_customer_complaint_banner_mixin,
)
from .customer import test_complaint_restriction as test_customer_complaint_restriction
from .customer import (
    test_helpdesk_ticket_duplicate as test_customer_helpdesk_ticket_duplicate,
)
from .customer import (
    test_helpdesk_ticket_repeat as test_customer_helpdesk_ticket_repeat,
)
from .customer import test_res_partner_file as test_customer_res_partner_file
from .engine import test_mail_body as test_engine_mail_body
from .engine import test_mail_headers as test_engine_mail_headers
from .engine import test_mail_mending as test_engine_mail_mending
from .engine import test_mail_parts as test_engine_mail_parts
from .engine import test_milestones as test_engine_milestones
from .engine import test_phases as test_engine_phases
from .engine import test_phone_numbers as test_engine_phone_numbers
from .engine import test_promises as test_engine_promises
from .engine import test_repeats as test_engine_repeats
from .engine import test_similarity as test_engine_similarity
from .engine import test_tone as test_engine_tone
from .engine import test_working_time as test_engine_working_time
from .followup import (
    test_complaint_follow_up_call as test_followup_complaint_follow_up_call,
)
from .followup import (
    test_helpdesk_ticket_follow_up as test_followup_helpdesk_ticket_follow_up,
)
from .followup import test_helpdesk_ticket_rate as test_followup_helpdesk_ticket_rate
from .followup import (
    test_helpdesk_ticket_rating_request as test_followup_helpdesk_ticket_rating_request,
)
from .followup import test_rating_page as test_followup_rating_page
from .followup import test_sixth_phase as test_followup_sixth_phase
from .mail import test_complaint_dead_letter as test_mail_complaint_dead_letter
from .mail import test_complaint_gateway as test_mail_complaint_gateway
from .mail import test_complaint_mail_attempt as test_mail_complaint_mail_attempt
from .mail import test_fetchmail_server as test_mail_fetchmail_server
from .mail import test_helpdesk_ticket_burst as test_mail_helpdesk_ticket_burst
from .mail import (
    test_helpdesk_ticket_correspondence as test_mail_helpdesk_ticket_correspondence,
)
from .mail import test_helpdesk_ticket_mail as test_mail_helpdesk_ticket_mail
from .mail import test_mail_content as test_mail_mail_content
from .mail import test_mail_reports as test_mail_mail_reports
from .mail import test_walk as test_mail_walk
from .portal import test_complaint_form as test_portal_complaint_form
from .portal import test_complaint_links as test_portal_complaint_links
from .portal import test_customer_tours as test_portal_customer_tours
from .portal import test_helpdesk_ticket_portal as test_portal_helpdesk_ticket_portal
from .portal import test_portal_routes as test_portal_portal_routes
from .portal import test_representative_pages as test_portal_representative_pages
from .privacy import test_held_on_person as test_privacy_held_on_person
from .privacy import (
    test_helpdesk_ticket_anonymise as test_privacy_helpdesk_ticket_anonymise,
)
from .resolution import (
    test_helpdesk_ticket_agree as test_resolution_helpdesk_ticket_agree,
)
from .resolution import (
    test_helpdesk_ticket_investigate as test_resolution_helpdesk_ticket_investigate,
)
from .resolution import (
    test_helpdesk_ticket_second_stage as test_resolution_helpdesk_ticket_second_stage,
)
