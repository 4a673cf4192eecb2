// Letter to the customer: the first input that is missing has the focus, when the dialog opens and
// when Send is pressed too early.
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { onMounted } from "@odoo/owl";

export class ComplaintComposeController extends FormController {
    setup() {
        super.setup();
        this.notification = useService("notification");
        onMounted(() => this.focusMissing());
    }

    /** Focus the first input that is missing, if it is in sight. */
    focusMissing() {
        const [name] = (this.model.root.data.missing_inputs || "").split(",");
        if (name) {
            // the dialog focuses its own first input as it opens
            setTimeout(() =>
                this.rootRef.el
                    ?.querySelector(`[name=${name}] :is(input, textarea)`)
                    ?.focus()
            );
        }
    }

    async beforeExecuteActionButton({ name }) {
        const saved = await super.beforeExecuteActionButton(...arguments);
        const { missing } = this.model.root.data;
        if (saved === false || name !== "action_send" || !missing) {
            return saved;
        }
        this.notification.add(missing, { title: _t("Still missing"), type: "warning" });
        this.focusMissing();
        return false;
    }
}

registry.category("views").add("complaint_compose", {
    ...formView,
    Controller: ComplaintComposeController,
});
