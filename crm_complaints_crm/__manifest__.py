{
    "name": "Complaints: CRM",
    "summary": "Open complaints on leads and opportunities",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "crm_complaints contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/helpdesk",
    "development_status": "Beta",
    "depends": ["crm_complaints", "crm"],
    "data": ["views/crm_lead_views.xml"],
    "assets": {
        "web.assets_tests": ["crm_complaints_crm/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
