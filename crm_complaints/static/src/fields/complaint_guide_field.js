// Guide of a phase: one line that opens, and stays as it was left in this browser.
import { Component, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { user } from "@web/core/user";

const KEY = "crm_complaints.guide_is_open";

export class ComplaintGuideField extends Component {
    static template = "crm_complaints.GuideField";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ open: browser.localStorage.getItem(this.key) === "1" });
    }

    /** Two users of one browser keep their own. */
    get key() {
        return `${KEY}.${user.userId}`;
    }

    get guide() {
        return this.props.record.data[this.props.name] || "";
    }

    toggle() {
        this.state.open = !this.state.open;
        browser.localStorage.setItem(this.key, this.state.open ? "1" : "0");
    }
}

registry.category("fields").add("complaint_guide", {
    component: ComplaintGuideField,
    displayName: _t("Phase Guide"),
    supportedTypes: ["html"],
});
