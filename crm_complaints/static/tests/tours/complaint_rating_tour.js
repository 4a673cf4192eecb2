// A handler finds who is not satisfied, sees why, and answers.
import { registry } from "@web/core/registry";
import { APP, click, openApp, see, type, within } from "./complaint_tour_steps";

registry.category("web_tour.tours").add("complaint_rating_answered", {
    steps: () => [
        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),
        see(
            ".o_kanban_record:contains(Cold coffee):contains(Not Satisfied) .fa-frown-o",
            "the card says so, by colour and by sign"
        ),
        click(".o_kanban_record:contains(Cold coffee)"),
        see(".o_field_widget[name=complaint_rating]:contains(Not Satisfied)"),
        see(
            ".o-mail-Activity:contains(The customer is not satisfied):contains(It was cold again.)",
            "the handler is to call today"
        ),
        ...within(2, [
            click("button[name=action_complaint_answer_rating]", "answer"),
            see(".modal .o_field_widget[name=feedback]:contains(It was cold again.)"),
            type(".modal .o_field_widget[name=words] textarea", "I call you this afternoon."),
            click(".modal button[name=action_answer]"),
        ]),
        see("body:not(:has(.modal))"),
        see(".o-mail-Message:contains(I call you this afternoon.)", "it is sent"),
        click(".nav-link[name=complaint_ratings]"),
        see(
            ".o_field_widget[name=complaint_rating_ids]:contains(It was cold again.):contains(I call you this afternoon.)"
        ),
    ],
});
