{
    "name": "Complaints: Dashboard",
    "summary": "What managers see in the morning: deadlines, causes, cost, loyalty",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "crm_complaints contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/helpdesk",
    "development_status": "Beta",
    "depends": ["crm_complaints", "spreadsheet_dashboard", "digest"],
    "data": [
        "data/digest_data.xml",
        "data/spreadsheet_dashboard_data.xml",
        "views/digest_views.xml",
        "views/complaint_dashboard_menus.xml",
    ],
    "assets": {
        "spreadsheet.o_spreadsheet": [
            "crm_complaints_dashboard/static/src/**/*.js",
        ],
    },
    "auto_install": ["crm_complaints", "spreadsheet_dashboard"],
}
