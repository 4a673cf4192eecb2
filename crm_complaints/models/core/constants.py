"""Constants of models that several layers use."""

# The model of complaints.
TICKET = "helpdesk.ticket"
