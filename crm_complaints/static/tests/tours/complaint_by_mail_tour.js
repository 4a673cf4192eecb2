// A handler works a complaint that came by mail; in the end it is not resolved.
import { registry } from "@web/core/registry";
import { APP, click, openApp, see, seeGuide, type, within, workThrough } from "./complaint_tour_steps";

registry.category("web_tour.tours").add("complaint_by_mail", {
    steps: () => [
        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),

        // Unassigned, and in sight at once: 1 click to open it, 1 to assign it.
        see(
            ".o_kanban_record:contains(Peter Novak):contains(First Reply)",
            "the card shows the customer and the deadline"
        ),
        ...within(2, [
            click(".o_kanban_record:contains(Peter Novak)"),
            seeGuide("reception"),
            see(
                ".o_statusbar_buttons:not(:has(button[name=action_complaint_next_phase]:visible))",
                "nothing goes on before somebody has taken it"
            ),
            click(".o_statusbar_buttons button.btn-primary[name=assign_to_me]", "assign to me"),
        ]),
        see(
            ".o_field_widget[name=user_id]:has(.o_m2o_avatar img):has(input:value(Tim Team))",
            "the handler is assigned"
        ),

        ...workThrough(),

        // Follow-up call: the questions in 1 click, the result in another.
        ...within(2, [
            click(".o_statusbar_buttons button.btn-primary[name=action_complaint_follow_up]"),
            type(".modal .o_field_widget[name=words] textarea", "It is broken again."),
            click(".modal button[name=action_lost]", "not resolved"),
        ]),
        // The letter that says so is offered, and sent with one more click.
        ...within(1, [
            see(".modal .o_field_widget[name=letter] iframe, .modal .o_field_widget[name=letter]"),
            click(".modal button[name=action_send]", "welcome the customer back"),
        ]),
        see("body:not(:has(.modal))"),
        seeGuide("hearing"),
        see(".o_field_widget[name=complaint_follow_up_result]:contains(Not Resolved)"),
        see(".o_field_widget[name=complaint_reopened_count]:contains(1)"),
        see(".o-mail-Message:contains(It is broken again.)", "with its whole history"),
    ],
});
