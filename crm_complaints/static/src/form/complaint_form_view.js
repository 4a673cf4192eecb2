// Complaint form: rare actions of the header stand in a menu, beside the next step.
import { registry } from "@web/core/registry";
import { FormCompiler } from "@web/views/form/form_compiler";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";
import { StatusBarButtons } from "@web/views/form/status_bar_buttons/status_bar_buttons";

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
}

registry.category("views").add("complaint_form", {
    ...formView,
    Compiler: ComplaintFormCompiler,
    Renderer: ComplaintFormRenderer,
});
