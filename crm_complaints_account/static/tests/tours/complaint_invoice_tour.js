// Whoever opens an invoice sees that the customer's complaint is open.
import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("complaint_invoice", {
    steps: () => [
        { trigger: ".o_complaint_banner:contains(Open complaint: Listening)" },
        { trigger: ".o_complaint_banner:contains(Handler: Hanna Handler)" },
    ],
});
