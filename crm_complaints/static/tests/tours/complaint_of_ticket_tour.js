// A handler registers an ordinary ticket as a complaint, and puts it back.
import { registry } from "@web/core/registry";
import { APP, click, openApp, see, seeGuide } from "./complaint_tour_steps";

registry.category("web_tour.tours").add("complaint_of_ticket", {
    steps: () => [
        ...openApp("helpdesk_mgmt.helpdesk_ticket_main_menu", ".o_kanban_renderer"),
        click(".o_kanban_record:contains(Support A) button.btn-primary", "open the team"),
        click(".o_kanban_record:contains(Where is my parcel)"),
        see(".o_form_view:not(.o_complaint_form) h1:contains(HT)", "an ordinary ticket"),
        click("button[name=action_complaint_register]"),
        see("h1 .o_field_widget[name=number]:contains(C/)", "a complaint's number"),

        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),
        click(".o_kanban_record:contains(Where is my parcel)"),
        seeGuide("reception"),
        click(".o_complaint_more"),
        click("button[name=action_complaint_unregister]"),
        click(".modal .modal-footer .btn-primary", "yes, it is none"),
        see("h1 .o_field_widget[name=number]:contains(HT)", "its old number is back"),
        click(".o_menu_brand", "back to the pipeline"),
        see(
            ".o_complaint_kanban .o_kanban_renderer:not(:has(.o_kanban_record:contains(Where is my parcel)))",
            "it is gone from there"
        ),
    ],
});
