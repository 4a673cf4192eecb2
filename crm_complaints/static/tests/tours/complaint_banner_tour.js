// Banner: a colleague without rights on complaints sees it on the contact, without a click.
import { registry } from "@web/core/registry";
import { see, within } from "./complaint_tour_steps";

registry.category("web_tour.tours").add("complaint_banner", {
    steps: () =>
        within(0, [
            see(".o_form_view h1 :value('Anna Weber')", "the customer's contact"),
            see(".o_complaint_banner.alert-warning:contains(Open complaint: Listening)"),
            see(".o_complaint_banner:contains(Handler: Hanna Handler)"),
            see(".o_complaint_banner .o_complaint_say:contains(We hear you out)"),
            see(".o_complaint_banner .o_complaint_avoid:contains(Guesses)"),
            see(
                "body:not(:has(.o_complaint_banner a)):not(:has(.oe_stat_button:contains(Complaints)))",
                "no link leads to what the user may not open"
            ),
        ]),
});

registry.category("web_tour.tours").add("complaint_banner_lost", {
    steps: () =>
        within(1, [
            see(".o_complaint_banner.alert-danger:contains(Complaint not resolved)"),
            {
                trigger: ".o_complaint_banner a:contains(Cold coffee)",
                content: "the complaint opens for users who may read it",
                run: "click",
            },
            see(".o_complaint_form .o_field_widget[name=name] :value('Cold coffee')"),
            see("body:not(:has(.o_complaint_banner))", "the complaint has its own guide"),
        ]),
});
