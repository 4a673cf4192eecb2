// Whoever opens an opportunity sees that the customer's complaint is open.
import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("complaint_lead", {
    steps: () => [
        { trigger: ".o_complaint_banner:contains(Open complaint: Listening)" },
        { trigger: ".o_complaint_banner:contains(Handler: Hanna Handler)" },
        { trigger: ".o_complaint_banner .o_complaint_avoid:contains(Selling anything)" },
    ],
});
