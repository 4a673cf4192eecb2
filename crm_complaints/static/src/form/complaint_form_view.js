// Complaint form: rare actions of the header stand in a menu, beside the next step. Tab leaves the
// customer's own words, as it leaves any field.
import { registry } from "@web/core/registry";
import { FormCompiler } from "@web/views/form/form_compiler";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";
import { StatusBarButtons } from "@web/views/form/status_bar_buttons/status_bar_buttons";
import { useExternalListener } from "@odoo/owl";

const RARE = "o_complaint_rare";

export class ComplaintFormCompiler extends FormCompiler {
    compileHeader() {
        const header = super.compileHeader(...arguments);
        for (const slot of header.querySelectorAll("StatusBarButtons > t")) {
            const button = slot.firstElementChild;
            if (button?.getAttribute("className")?.includes(RARE)) {
                slot.setAttribute("isRare", "true");
            }
        }
        return header;
    }
}

export class ComplaintStatusBarButtons extends StatusBarButtons {
    static template = "crm_complaints.StatusBarButtons";

    get frequentSlotNames() {
        return this.visibleSlotNames.filter((name) => !this.props.slots[name].isRare);
    }

    get rareSlotNames() {
        return this.visibleSlotNames.filter((name) => this.props.slots[name].isRare);
    }
}

export class ComplaintFormRenderer extends FormRenderer {
    static components = {
        ...FormRenderer.components,
        StatusBarButtons: ComplaintStatusBarButtons,
    };

    setup() {
        super.setup();
        useExternalListener(window, "keydown", this.onKeydown, { capture: true });
    }

    /** Keep Tab from Odoo's editor, which types it into the text and lets nobody out. */
    onKeydown(ev) {
        if (ev.key === "Tab" && ev.target.closest?.(".o_complaint_form .o_field_html")) {
            ev.stopPropagation();
        }
    }
}

registry.category("views").add("complaint_form", {
    ...formView,
    Compiler: ComplaintFormCompiler,
    Renderer: ComplaintFormRenderer,
});
