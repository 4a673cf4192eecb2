// New Complaint: a handler registers a call; the next call is about a known complaint.
import { registry } from "@web/core/registry";
import { APP, click, openApp, see, type, within } from "./complaint_tour_steps";

const NAME = ".o_complaint_intake .o_field_widget[name=partner_name] input";
const DESCRIPTION = ".o_complaint_intake .o_field_widget[name=description] textarea";

/** Type a number in another spelling, and choose the customer. */
function findCaller() {
    return [
        type(NAME, "0032 (0)2/555.01.01"),
        click(
            ".o_complaint_callers .dropdown-item:contains(Anna Weber)",
            "the customer is found by phone number"
        ),
    ];
}

function seeScript() {
    return see(
        ".o_complaint_script:contains('Good day, Anna Weber')",
        "the script addresses the customer by name"
    );
}

function seeReference() {
    return [
        see(
            ".o_complaint_reference:contains(C/)",
            "the reference to read out is in sight"
        ),
        see(".o_field_widget[name=promised]:not(:empty)", "and the deadline"),
        see(".o_field_widget[name=closing]:contains('Thank you again')"),
    ];
}

registry.category("web_tour.tours").add("complaint_intake", {
    steps: () => [
        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),

        // The list's button for a new one leads to the same page.
        click(".o_switch_view.o_list"),
        click(".o_list_button_add", "a new complaint"),
        see(NAME),
        click(".o_breadcrumb a:contains(Complaints)"),
        click(".o_switch_view.o_kanban"),
        see(".o_complaint_kanban .o_kanban_renderer"),

        // 3 clicks, from the first screen to the reference
        ...within(3, [
            click(".o-kanban-button-new", "the phone rings"),
            ...findCaller(),
            seeScript(),
            see(
                ".o_complaint_known li:contains(Cold soup):contains(Handler: Lena Leader)",
                "the open complaint is shown with its handler"
            ),
            type(DESCRIPTION, "The coffee was cold, twice."),
            type(".o_field_widget[name=name] input", "Cold coffee"),
            type(".o_field_widget[name=complaint_remedy_sought] textarea", "A hot one"),
            click("button.btn-lg[name=action_register]:contains(Register)"),
        ]),
        ...seeReference(),

        click("button[name=action_next]", "the phone rings again"),
        see(
            ".o_complaint_intake:not(:has(.o_field_widget[name=partner_id]))",
            "on a fresh page"
        ),
        ...findCaller(),
        see(".o_complaint_known li:contains(Cold coffee)", "the one just taken as well"),
        click(
            ".o_complaint_known li:contains(Cold soup) button",
            "it is about the older one"
        ),
        see("button[name=action_register]:contains(Add to Complaint)"),
        type(DESCRIPTION, "Now the bread, too"),
        click("button.btn-lg[name=action_register]"),
        see(".o_complaint_intake:contains(Added to the complaint)"),
        ...seeReference(),
        click("button[name=action_open_complaint]:visible"),
        see(".o_complaint_form .o_field_widget[name=name] :value('Cold soup')"),
        see(".o-mail-Message:contains('Now the bread, too')"),
    ],
});

registry.category("web_tour.tours").add("complaint_intake_phone", {
    steps: () => [
        see(".o_complaint_kanban .o_kanban_renderer"),
        ...within(4, [
            click(".o-kanban-button-new", "the phone rings"),
            ...findCaller(),
            click("details.o_complaint_script summary", "what to say is folded"),
            seeScript(),
            type(DESCRIPTION, "The coffee was cold, twice."),
            click("button.btn-lg[name=action_register]:contains(Register)"),
        ]),
        ...seeReference(),
    ],
});
