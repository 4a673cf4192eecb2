// The leader sees overdue complaints, reassigns them, and extends one deadline.
import { registry } from "@web/core/registry";
import { APP, click, openApp, see, type, within } from "./complaint_tour_steps";

const URGENT = "[data-menu-xmlid='crm_complaints.complaint_menu_urgent']";

registry.category("web_tour.tours").add("complaint_late", {
    steps: () => [
        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),
        ...within(4, [
            click(URGENT, "one click shows what is urgent"),
            see(
                ".o_data_row.text-danger:contains(Old cheese):contains(days overdue)",
                "late, by colour and in words"
            ),
            see(".o_data_row:contains(Old cheese) .fa-exclamation-circle", "and by sign"),
            see(
                ".o_list_view:not(:has(.o_data_row:contains(Fresh bread)))",
                "what is on track is not among it"
            ),
            click(".o_data_row:contains(Old cheese) .o_data_cell[name=name]"),
            click(".o_statusbar_buttons button[name=action_complaint_extend]:enabled"),
            type(".modal .o_field_widget[name=date] input", "12/31/2036"),
            type(
                ".modal .o_field_widget[name=reason] textarea",
                "the dairy has to answer first"
            ),
            type(
                ".modal .o_field_widget[name=findings] textarea",
                "the cheese was older than its label"
            ),
            see(
                ".modal .o_field_widget[name=letter]:contains('The reason: the dairy has to answer first'):contains('by 31 December 2036')",
                "the letter as the customer gets it"
            ),
            click(".modal footer button[name=action_extend]:visible"),
        ]),
        see(
            ".o-mail-Message:contains('So far we have found: the cheese was older than its label.')",
            "it is kept on the complaint"
        ),
        see(
            ".o_field_widget[name=complaint_deadline]:contains('Final Response'):contains('working days left')"
        ),
    ],
});

registry.category("web_tour.tours").add("complaint_hand_over", {
    steps: () => [
        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),
        ...within(4, [
            click(URGENT),
            click(".o_list_view thead .o_list_record_selector input", "all of them"),
            click("button[name]:contains(Assign to)"),
            see(".modal .o_data_row .o_data_cell[name=number]", "the complaints are named"),
            type(".modal .o_field_widget[name=user_id] input", "Hanna"),
            see(".o-autocomplete--dropdown-item:contains(Hanna Handler)"),
            {
                trigger: ".modal .o_field_widget[name=user_id] input",
                content: "the only one with that name",
                run: "press Enter",
            },
            click(".modal footer button[name=action_assign]", "for all five"),
        ]),
        see("body:not(:has(.modal))"),
        see(
            ".o_list_view:has(.o_data_row .o_data_cell[name=user_id]:contains(Hanna))"
        ),
    ],
});
