// A moment in words: how long ago a complaint came in, or what is left of a promise.
import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;

/**
 * @param {DateTime} promised
 * @param {DateTime} now
 * @returns {{text: string, state: "late"|"today"|"ahead"}}
 */
export function promiseInWords(promised, now) {
    const days = Math.round(
        promised.startOf("day").diff(now.startOf("day"), "days").days
    );
    const time = promised.toLocaleString(DateTime.TIME_SIMPLE);
    if (promised < now) {
        if (days === 0) {
            return { text: _t("late since %s", time), state: "late" };
        }
        if (days === -1) {
            return { text: _t("late since yesterday"), state: "late" };
        }
        if (days > -7) {
            return { text: _t("late since %s", promised.weekdayLong), state: "late" };
        }
        return { text: _t("%s days late", -days), state: "late" };
    }
    if (days === 0) {
        return { text: _t("answer by %s today", time), state: "today" };
    }
    if (days === 1) {
        return { text: _t("answer by tomorrow"), state: "today" };
    }
    return { text: _t("%s days left", days), state: "ahead" };
}

export class ComplaintMomentField extends Component {
    static template = "crm_complaints.MomentField";
    static props = {
        ...standardFieldProps,
        promise: { type: Boolean, optional: true },
    };
    static defaultProps = { promise: false };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get title() {
        return this.value ? formatDateTime(this.value) : "";
    }

    get words() {
        if (!this.value) {
            return { text: "", state: "past" };
        }
        if (this.props.promise) {
            return promiseInWords(this.value, DateTime.local());
        }
        return { text: this.value.toRelative() || "", state: "past" };
    }
}

registry.category("fields").add("complaint_moment", {
    component: ComplaintMomentField,
    displayName: _t("Moment in words"),
    supportedTypes: ["date", "datetime"],
    supportedOptions: [
        {
            label: _t("A promise to be kept"),
            name: "promise",
            type: "boolean",
        },
    ],
    extractProps: ({ options }) => ({ promise: Boolean(options.promise) }),
});
