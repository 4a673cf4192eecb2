{
    "name": "Complaints: Privacy Lookup",
    "summary": "Odoo's privacy lookup finds complaints, and anonymises them",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "crm_complaints contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/helpdesk",
    "depends": ["crm_complaints", "privacy_lookup"],
    "data": ["wizards/privacy_lookup_wizard_views.xml"],
    "auto_install": True,
}
