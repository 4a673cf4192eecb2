// A remedy is marked as done inside a dialog, which stays open with what was typed.
import { Component, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

export class ComplaintRemedyDoneField extends Component {
    static template = "crm_complaints.RemedyDoneField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ done: false, busy: false });
    }

    get value() {
        return this.state.done ? "done" : this.props.record.data[this.props.name];
    }

    get label() {
        const { selection } = this.props.record.fields[this.props.name];
        return selection.find(([value]) => value === this.value)?.[1] || "";
    }

    async markDone() {
        this.state.busy = true;
        try {
            await this.orm.call("complaint.remedy", "action_done", [
                [this.props.record.resId],
            ]);
            this.state.done = true;
        } finally {
            this.state.busy = false;
        }
    }
}

registry.category("fields").add("complaint_remedy_done", {
    component: ComplaintRemedyDoneField,
    displayName: _t("Remedy Status"),
    supportedTypes: ["selection"],
});
