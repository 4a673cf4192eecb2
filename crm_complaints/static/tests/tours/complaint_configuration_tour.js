// An administrator changes the texts of a phase and a letter, without code.
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";
import { APP, click, openApp, openConfiguration, see, type, write } from "./complaint_tour_steps";

registry.category("web_tour.tours").add("complaint_rename_stage", {
    steps: () => [
        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),
        see(".o_kanban_header:contains(Listening)"),
        ...openConfiguration("complaint_menu_stage"),
        click(".o_data_row:contains(Listening) .o_data_cell[name=name]"),
        type(".o_form_view .o_field_widget[name=name] input", "First Conversation"),
        write("description", "Listen, and listen again."),
        ...stepUtils.saveForm(),
        click(".o_menu_brand", "back to the pipeline"),
        see(
            ".o_complaint_kanban .o_kanban_renderer:not(:has(.o_kanban_header:contains(Listening)))"
        ),
        see(".o_kanban_header:contains(First Conversation)", "the new name"),
        click(".o_kanban_group:has(.o_kanban_header:contains(First Conversation)) .o_kanban_record"),
        see(
            ".o_complaint_guide:contains('Listen, and listen again.')",
            "the new guide is in sight of the handler"
        ),
        see(".o_statusbar_status .o_arrow_button_current[disabled]:contains(First Conversation)"),
    ],
});

registry.category("web_tour.tours").add("complaint_edit_acknowledgement", {
    steps: () => [
        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),
        ...openConfiguration("complaint_menu_template"),
        click(".o_data_row .o_data_cell[name=name]:text('Complaint: Acknowledgement')"),
        type(
            ".o_form_view .o_field_widget[name=subject] input",
            "Thank you for your words, {{ object.number }}"
        ),
        ...stepUtils.saveForm(),
    ],
});
