{
    "name": "Complaints: Sales",
    "summary": "Open complaints on orders, complaints registered from orders, and "
    "customer value classes",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "crm_complaints contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/helpdesk",
    "development_status": "Beta",
    "depends": ["crm_complaints", "sale"],
    "data": [
        "data/ir_cron_data.xml",
        "data/ir_filters_data.xml",
        "views/complaint_report_views.xml",
        "views/sale_order_views.xml",
        "views/helpdesk_ticket_views.xml",
        "wizards/complaint_intake_views.xml",
        "views/res_partner_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["crm_complaints_sale/static/tests/tours/**/*"],
    },
    "post_init_hook": "post_init_hook",
    "auto_install": True,
}
