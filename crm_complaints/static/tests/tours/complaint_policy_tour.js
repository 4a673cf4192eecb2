// An administrator sets up a policy, and reads its targets in words.
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";
import { APP, click, openApp, openConfiguration, see, type } from "./complaint_tour_steps";

const LINE = ".o_field_widget[name=target_ids] .o_selected_row";

registry.category("web_tour.tours").add("complaint_policy", {
    steps: () => [
        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),
        ...openConfiguration("complaint_menu_policy"),
        see(
            ".o_data_row.text-muted:contains('Final response: 15 working days')",
            "regimes that wait to be switched on"
        ),
        click(".o_list_button_add"),
        type(".o_form_view .o_field_widget[name=name] input", "Guests in the house"),
        click(".o_field_widget[name=target_ids] .o_field_x2many_list_row_add a"),
        type(`${LINE} .o_field_widget[name=delay] input`, "5"),
        click(`${LINE} .o_data_cell[name=working_time] input`),
        see(".o_form_view:contains('Final response: 5 working days')", "said in words"),
        type(`${LINE} .o_field_widget[name=warn_percent] input`, "100"),
        click(".o_form_button_save"),
        see(
            ".o_error_dialog:contains('between 1 and 99 percent'), .modal:contains('between 1 and 99 percent')",
            "what will not do is said"
        ),
        click(".modal footer .btn-primary"),
        see(".o_field_widget[name=name] input", "and nothing typed is lost"),
        click(".o_field_widget[name=target_ids] .o_data_cell[name=warn_percent]"),
        type(`${LINE} .o_field_widget[name=warn_percent] input`, "80"),
        ...stepUtils.saveForm(),
    ],
});
