// Marks the page while our app is open, for its contrast (complaint_contrast.scss).
import { registry } from "@web/core/registry";

registry.category("services").add("complaint_app", {
    dependencies: ["menu"],
    start(env, { menu }) {
        const mark = () => {
            const isOpen = menu.getCurrentApp()?.xmlid === "crm_complaints.menu_complaint_root";
            document.body.classList.toggle("o_complaint_app", isOpen);
        };
        // the navigation bar names the open app too, but not on a phone
        env.bus.addEventListener("MENUS:APP-CHANGED", mark);
        mark();
    },
});
