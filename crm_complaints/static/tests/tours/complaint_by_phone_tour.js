// A handler registers a complaint by phone, and works it to the end.
import { registry } from "@web/core/registry";
import {
    APP,
    click,
    openApp,
    see,
    seeGuide,
    type,
    within,
    workThrough,
} from "./complaint_tour_steps";

registry.category("web_tour.tours").add("complaint_by_phone", {
    steps: () => [
        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),

        // The phone rings: 3 clicks, from the first screen to the reference to read out.
        ...within(3, [
            click(".o-kanban-button-new", "start a new complaint"),
            type(".o_complaint_intake .o_field_widget[name=partner_name] input", "Karl Muster"),
            type(".o_field_widget[name=phone] input", "+32 2 555 77 88"),
            type(
                ".o_field_widget[name=description] textarea",
                "The coffee was cold, twice."
            ),
            type(".o_field_widget[name=name] input", "Cold coffee"),
            click(".o_field_widget[name=thanked] input", "to be called back"),
            click("button.btn-lg[name=action_register]:contains(Register)"),
        ]),
        see(".o_complaint_reference:contains(C/)", "the reference to read out"),
        click("button[name=action_open_complaint]:visible"),
        see("h1 .o_field_widget[name=number]:contains(C/)"),
        seeGuide("reception"),

        // The call back, with its script beside it.
        see(
            ".o-mail-Activity:has(.fa-phone) .o-mail-Activity-note:contains('+32 2 555 77 88')",
            "the script of the call is there"
        ),
        click(".o-mail-Activity-markDone", "the call is made"),
        click(".o-mail-ActivityMarkAsDone button[aria-label=Done]"),
        see(
            ".o_field_widget[name=complaint_acknowledged_by]:contains(Phone)",
            "it is acknowledged by phone"
        ),
        see(".o-mail-Chatter:not(:has(.o-mail-Activity))", "nothing else is planned"),

        // From Listening to Agreement: one click a phase.
        ...workThrough(),

        // Follow-up call: marking the call done asks for the result, in 2 clicks.
        ...within(2, [
            click(".o-mail-Activity:has(.fa-heart-o) .o-mail-Activity-markDone"),
            see(
                ".modal .o_field_widget[name=script]:contains('+32 2 555 77 88')",
                "the questions are there"
            ),
            type(
                ".modal .o_field_widget[name=words] textarea",
                "Now it is the best coffee in town."
            ),
            click(".modal button[name=action_restored]", "resolved"),
        ]),
        see("body:not(:has(.modal))"),
        seeGuide("closed"),
        see(".o_field_widget[name=complaint_follow_up_result]:contains(Resolved)"),
        see(".o-mail-Chatter:not(:has(.o-mail-Activity))"),
        see(".o-mail-Message:contains('Now it is the best coffee in town.')"),
    ],
});
