// Follow-up call: nobody answers, the customer is written to, and it is not resolved.
import { registry } from "@web/core/registry";
import { APP, click, openApp, see, seeGuide, type, within } from "./complaint_tour_steps";

const CALL = ".o-mail-Activity:has(.fa-heart-o)";
const askNow = () => click(`${CALL} .o-mail-Activity-markDone`, "make the call");
const closed = () => see("body:not(:has(.modal))");

registry.category("web_tour.tours").add("complaint_follow_up", {
    steps: () => [
        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),
        click(".o_kanban_record:contains(Cold coffee)"),
        seeGuide("follow_up"),

        // From the activity: everything to know before the call, and 2 clicks to be done.
        ...within(2, [
            askNow(),
            see(".modal .o_field_widget[name=script]:contains('Did the solution give the result')"),
            see(
                ".modal .alert-warning:contains('contacted us again') a:contains(Cold tea)",
                "the customer has complained again"
            ),
            see(".modal .alert-warning:contains('Is it warm now?')", "and written"),
            see(
                ".modal .o_field_widget[name=remedy_ids] tr:contains(A new cup):contains(Accepted)",
                "the accepted remedies, and whether they are done"
            ),
            see(".modal .o_field_widget[name=step]:contains(Call Again on the Next Working Day)"),
            type(".modal .o_field_widget[name=words] textarea", "Voicemail."),
            click(".modal button[name=action_not_reached]"),
        ]),
        closed(),
        see(".o-mail-Message:contains('attempt 1: the customer was not reached'):contains('Voicemail.')"),

        ...within(2, [
            askNow(),
            see(".modal .o_field_widget[name=call_ids] tr:contains('Next Attempt Planned')"),
            see(".modal .o_field_widget[name=step]:contains(Ask in Writing)"),
            click(".modal button[name=action_write]"),
        ]),
        closed(),
        see(".o-mail-Message:contains('I tried to call: did the solution give')"),

        // Nothing that was typed is lost by an invalid result.
        askNow(),
        see(".modal .o_field_widget[name=step]:contains(Close Without a Result)"),
        click(".modal button[name=action_lost]"),
        see(".o_error_dialog:contains('what is still missing')"),
        click(".o_error_dialog .btn-close"),
        type(".modal .o_field_widget[name=words] textarea", "It was cold again."),
        click(".modal button[name=action_lost]"),
        see(".modal .o_field_widget[name=letter]:contains('is open again')", "the letter is offered"),
        click(".modal:has([name=letter]) .btn-close", "the customer was told by phone"),
        closed(),
        seeGuide("hearing"),
        see(".o_field_widget[name=complaint_follow_up_result]:contains(Not Resolved)"),
        see(".o-mail-Chatter:not(:has(.o-mail-Activity .fa-heart-o))", "no call is planned"),
        click(".nav-link[name=complaint_follow_up]"),
        see(
            ".o_field_widget[name=complaint_follow_up_call_ids] tr:contains('It was cold again.'):contains('Reopened')"
        ),
    ],
});

registry.category("web_tour.tours").add("complaint_follow_up_phone", {
    steps: () => [
        see(".o_complaint_form .o_complaint_next_step:contains(follow-up call)"),
        ...within(2, [
            askNow(),
            see(".modal .o_field_widget[name=script]:contains('+32 2 555 01 01')"),
            see(
                ".modal .o_field_widget[name=remedy_ids] .o_kanban_record:contains(A new cup):contains(Done)"
            ),
            type(".modal .o_field_widget[name=words] textarea", "Now it is warm."),
            click(".modal button[name=action_restored]"),
        ]),
        closed(),
        see(".o_field_widget[name=complaint_follow_up_result]:contains(Resolved)"),
    ],
});
