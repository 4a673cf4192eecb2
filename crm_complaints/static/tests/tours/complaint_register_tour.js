// A manager downloads the register, in several parts.
import { downloadFile } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { APP, click, openApp, see } from "./complaint_tour_steps";

registry.category("web_tour.tours").add("complaint_register", {
    steps: () => [
        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),
        {
            trigger: "body",
            content: "what is saved is looked at",
            run: () => {
                downloadFile._download = async (blob, name) => {
                    const text = await blob.text();
                    document.body.dataset.saved = `${name}: ${text.trim().split("\n").length} lines`;
                };
            },
        },
        click("button[data-menu-xmlid='crm_complaints.complaint_menu_reporting']"),
        click(".dropdown-item[data-menu-xmlid='crm_complaints.complaint_menu_register']"),
        see(".modal .o_field_widget[name=complaint_count]:text(3)", "how many there are"),
        click(".modal .o_field_widget[name=file_format] input[data-value=csv]"),
        click(".modal .o_complaint_register button:contains(Download)"),
        see(".modal .o_complaint_register [role=status]:contains('3 of 3 complaints, saved')"),
        see(".modal .o_complaint_register [role=progressbar][aria-valuenow='100']"),
        see("body[data-saved$='.csv: 4 lines']", "the labels and three complaints"),
        click(".modal button:contains(Close)"),
        see("body:not(:has(.modal))"),
    ],
});
