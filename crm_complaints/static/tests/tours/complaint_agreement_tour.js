// A handler investigates, sends an offer, and writes the final response once it is accepted.
import { registry } from "@web/core/registry";
import { APP, click, hearOut, openApp, see, seeGuide, type, within } from "./complaint_tour_steps";

const BUTTONS = ".o_statusbar_buttons button";
const REMEDIES = ".o_field_widget[name=complaint_remedy_ids]";

registry.category("web_tour.tours").add("complaint_offer", {
    steps: () => [
        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),
        click(".o_kanban_record:contains(Cold coffee)"),
        see(".o_complaint_next_step:contains(Listen to the customer)"),
        ...hearOut(),
        see(
            ".o_complaint_next_step:contains('findings, root cause, at least one remedy')",
            "what is missing is named"
        ),

        // The findings.
        click(".o_notebook a[name=complaint_investigation]"),
        type(
            ".o_field_widget[name=complaint_findings] textarea",
            "The machine was off from ten to eleven."
        ),
        type(".o_field_widget[name=complaint_cause_id] input", "Defect"),
        click(
            ".o_field_widget[name=complaint_cause_id] .o-autocomplete--dropdown-item a:contains(Product / Defect)"
        ),

        // The offer: alternatives, and an apology in any case.
        click(".o_notebook a[name=complaint_remedies]"),
        click(`${REMEDIES} .o_field_x2many_list_row_add a`),
        type(`${REMEDIES} .o_selected_row [name=type_id] input`, "Apology"),
        click(`${REMEDIES} .o-autocomplete--dropdown-item a:contains(Apology)`),

        // Two clicks from the finished findings to the sent offer.
        ...within(2, [
            click(`${BUTTONS}.btn-primary[name=action_complaint_propose]`, "make the offer"),
            see(
                ".modal .o_field_widget[name=letter]:contains('We apologise for what went wrong')",
                "as the customer gets it"
            ),
            click(".modal button[name=action_send]:contains(Send)", "send it"),
        ]),
        see("body:not(:has(.modal))"),
        see(".o_complaint_next_step:contains(The offer is with the customer)"),
        see(`${BUTTONS}.btn-primary[name=action_complaint_record_decision]`),
    ],
});

registry.category("web_tour.tours").add("complaint_answer", {
    steps: () => [
        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),
        click(".o_kanban_record:contains(Cold coffee)"),
        seeGuide("agreement"),
        see(".o-mail-Message:contains('I accept the offer.')"),
        see(".o_complaint_next_step:contains(Write the final response)"),
        click(`${BUTTONS}.btn-primary[name=action_complaint_letter]`, "write the answer"),
        // The customer accepted at once, so that a short letter will do.
        click(".modal button[name=action_summary]"),
        see(".modal-header:contains(Summary Resolution)"),
        click(".modal button[name=action_send].btn-secondary", "too early"),
        see(".o_notification:contains(Still missing):contains(Outcome)"),
        click(".modal .o_field_widget[name=outcome] input[data-value=upheld]"),
        see(".modal:not(:contains(Still missing)) .o_field_widget[name=letter]:contains(We agreed)"),
        click(".modal button[name=action_send]:contains(Send)", "send it"),
        see("body:not(:has(.modal))"),
        seeGuide("follow_up"),
    ],
});

/** Click the one button in sight, and see what is needed next. */
function step(action, needed) {
    return [
        click(`${BUTTONS}.btn-primary[name=${action}]:first`),
        see(`.o_complaint_next_step:contains(${needed})`),
    ];
}

registry.category("web_tour.tours").add("complaint_offer_phone", {
    steps: () => [
        click(".o_kanban_record:contains(Cold coffee)"),
        ...step("action_complaint_next_phase", "has been heard"),
        ...step("action_complaint_next_phase", "prepare a resolution"),
        ...step("action_complaint_next_phase", "at least one remedy"),
        click(".o_notebook a[name=complaint_remedies]"),
        click(`${REMEDIES} .o-kanban-button-new`),
        click(".modal .o_field_widget[name=type_id] input"),
        click(".modal .o_kanban_record:contains(Apology), .modal .o_data_row:contains(Apology) td"),
        see(".modal .o_field_widget[name=description] textarea:value(We apologise)"),
        click(".modal .o_form_button_save"),
        see(`${REMEDIES} .o_kanban_record:contains(We apologise)`),
        click(`${BUTTONS}.btn-primary[name=action_complaint_propose]`),
        see(".modal .o_field_widget[name=letter]:contains('We apologise for what went wrong')"),
        click(".modal button[name=action_send]:contains(Send)"),
        see(".o_complaint_next_step:contains(The offer is with the customer)"),
    ],
});

registry.category("web_tour.tours").add("complaint_answer_phone", {
    steps: () => [
        see(".o_complaint_form .o_complaint_next_step:contains(Write the final response)"),
        click(`${BUTTONS}.btn-primary[name=action_complaint_letter]`),
        click(".modal button[name=action_summary]"),
        see(".modal-header:contains(Summary Resolution)"),
        click(".modal .o_field_widget[name=outcome] input[data-value=upheld]"),
        click(".modal button[name=action_send]:contains(Send)"),
        see(".o_complaint_next_step:contains(follow-up call)"),
    ],
});

registry.category("web_tour.tours").add("complaint_second_person", {
    steps: () => [
        see(
            ".o_complaint_form .alert:contains(The customer has requested a review)"
        ),
        click(`${BUTTONS}[name=action_complaint_escalate]`, "choose who had no part in it"),
        type(".modal .o_field_widget[name=reviewer_id] input", "Otto"),
        click(".modal .o_field_widget[name=reviewer_id] a:contains(Otto Own)"),
        see(
            ".modal .o_field_widget[name=letter]:contains('Otto Own, who had no part in it so far')"
        ),
        click(".modal button[name=action_send]:contains(Send)"),
        see("body:not(:has(.modal))"),
        see(".o_complaint_form .o_field_widget[name=user_id]:has(input:value(Otto Own))"),
    ],
});
