// Banner: what to know of a customer's complaints before talking to them.
import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

export class ComplaintBannerField extends Component {
    static template = "crm_complaints.BannerField";
    static props = { ...standardFieldProps };

    get banner() {
        return this.props.record.data[this.props.name];
    }

    /** Bootstrap colour: a complaint was not resolved, one is open, or there is a note only. */
    get level() {
        const { lines, notes } = this.banner;
        if (lines.some((line) => line.lost)) {
            return "danger";
        }
        if (lines.some((line) => line.state === "open")) {
            return "warning";
        }
        const levels = new Set(notes.map((note) => note.level));
        return ["danger", "warning"].find((level) => levels.has(level)) || "info";
    }
}

registry.category("fields").add("complaint_banner", {
    component: ComplaintBannerField,
    displayName: _t("Complaint Notice"),
    supportedTypes: ["json"],
});
