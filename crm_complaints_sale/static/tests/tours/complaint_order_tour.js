// A seller opens an order, sees the customer's complaint, and registers one about the order.
import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("complaint_order", {
    steps: () => [
        { trigger: ".o_complaint_banner:contains(Open complaint: Listening)" },
        { trigger: ".o_complaint_banner .o_complaint_avoid:contains(Selling anything)" },
        {
            trigger: ".o_statusbar_buttons button[name=action_complaint_new]",
            run: "click",
        },
        {
            content: "the page knows who is on the line, and about what",
            trigger:
                ".o_complaint_intake .o_field_widget[name=partner_id] :value('Weber Ltd, Anna Weber')",
        },
        { trigger: ".o_complaint_intake .o_field_widget[name=complaint_order_id] :value(S)" },
        { trigger: ".o_complaint_known:contains(Cold coffee)" },
        {
            trigger: ".o_field_widget[name=description] textarea",
            run: "edit The machine leaks.",
        },
        { trigger: "button[name=action_register]:contains(Register)", run: "click" },
        { trigger: ".o_complaint_reference:contains(C/)" },
        { trigger: "button[name=action_open_complaint]", run: "click" },
        { trigger: ".o_complaint_form .o_field_widget[name=complaint_order_id] :value(S)" },
    ],
});
