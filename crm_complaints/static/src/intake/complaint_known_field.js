// Known complaints of the caller: open one, or add the call to it.
import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

export class ComplaintKnownField extends Component {
    static template = "crm_complaints.KnownField";
    static props = { ...standardFieldProps, about: { type: String } };

    get complaints() {
        return this.props.record.data[this.props.name] || [];
    }

    get chosen() {
        return this.props.record.data[this.props.about];
    }

    get openCount() {
        return this.complaints.filter((complaint) => complaint.open).length;
    }

    toggle(complaint) {
        const about = this.chosen === complaint.id ? 0 : complaint.id;
        return this.props.record.update({ [this.props.about]: about });
    }
}

registry.category("fields").add("complaint_known", {
    component: ComplaintKnownField,
    displayName: _t("Caller's Complaints"),
    supportedTypes: ["json"],
    extractProps: ({ options }) => ({ about: options.about }),
});
