// An ordinary team's pipeline stays free of the phases of complaints.
import { registry } from "@web/core/registry";
import { click, openApp, see } from "./complaint_tour_steps";

registry.category("web_tour.tours").add("complaint_other_team", {
    steps: () => [
        ...openApp("helpdesk_mgmt.helpdesk_ticket_main_menu", ".o_kanban_renderer"),
        click(".o_kanban_record:contains(Support A) button.btn-primary", "open the team"),
        see(".o_kanban_group .o_kanban_record:contains(How do I change my password)"),
        see(
            ".o_kanban_renderer:has(.o_kanban_group:contains(Waiting for parts))",
            "its own stages are there"
        ),
        see(
            ".o_kanban_renderer:not(:has(.o_kanban_group:contains(Phase of)))",
            "those of complaints are not"
        ),
    ],
});
