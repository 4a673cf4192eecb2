{
    "name": "Complaints: Invoicing",
    "summary": "Open complaints on invoices, and complaints registered from invoices",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "crm_complaints contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/helpdesk",
    "development_status": "Beta",
    "depends": ["crm_complaints", "account"],
    "data": [
        "views/account_move_views.xml",
        "views/helpdesk_ticket_views.xml",
        "wizards/complaint_intake_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["crm_complaints_account/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
