// A leader handles failed e-mails.
import { registry } from "@web/core/registry";
import { APP, click, openApp, see, type, within } from "./complaint_tour_steps";

const MENU = "[data-menu-xmlid='crm_complaints.complaint_menu_dead_letter']";

registry.category("web_tour.tours").add("complaint_dead_letter_retry", {
    steps: () => [
        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),
        // 3 clicks, from the first screen to the complaint it became.
        ...within(3, [
            click(MENU),
            click(".o_data_row:contains(A letter to keep) .o_data_cell[name=name]"),
            see(".o_form_view .alert-danger:contains(could not be processed)"),
            see(".o_field_widget[name=preview]:contains(The parcel was open.)", "what it says"),
            click(".o_statusbar_buttons button[name=action_retry]"),
        ]),
        see(".o_complaint_form h1 .o_field_widget[name=number]:contains(C/)", "the complaint"),
        see(".o_complaint_form .o_field_widget[name=name]:has(:value(A letter to keep))"),
    ],
});

registry.category("web_tour.tours").add("complaint_dead_letter_dismiss", {
    steps: () => [
        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),
        ...within(4, [
            click(MENU),
            click(".o_data_row:contains(Advertising) .o_list_record_selector input"),
            click(".o_control_panel button[name=action_dismiss]"),
            type(".modal .o_field_widget[name=reason] input", "Advertising"),
            click(".modal button[name=action_dismiss]"),
        ]),
        see("body:not(:has(.modal))"),
        see(".o_list_view:not(:has(.o_data_row:contains(Advertising)))", "it is put away"),
    ],
});
