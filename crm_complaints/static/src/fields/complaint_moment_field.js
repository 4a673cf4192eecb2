// A moment in words: how long ago a complaint came in, or the time left to a deadline.
import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { plural } from "@crm_complaints/core/plural";

const { DateTime } = luxon;

// What is due; shown before the date.
const LABELS = {
    acknowledge: _t("Acknowledgement"),
    respond: _t("First Reply"),
    update: _t("Progress Update"),
    resolve: _t("Final Response"),
    follow_up: _t("Follow-up"),
};

// From Monday on; a name that is put into a sentence would stay uninflected.
const OVERDUE_SINCE = [
    _t("overdue since Monday"),
    _t("overdue since Tuesday"),
    _t("overdue since Wednesday"),
    _t("overdue since Thursday"),
    _t("overdue since Friday"),
    _t("overdue since Saturday"),
    _t("overdue since Sunday"),
];

/**
 * @param {DateTime} promised
 * @param {DateTime} now
 * @param {number} [workingDays] left in the team's calendar; calendar days without it
 * @returns {{text: string, state: "late"|"today"|"ahead"}}
 */
export function promiseInWords(promised, now, workingDays) {
    const days = Math.round(
        promised.startOf("day").diff(now.startOf("day"), "days").days
    );
    const time = promised.toLocaleString(DateTime.TIME_SIMPLE);
    if (promised < now) {
        if (days === 0) {
            return { text: _t("overdue since %s", time), state: "late" };
        }
        if (days === -1) {
            return { text: _t("overdue since yesterday"), state: "late" };
        }
        if (days > -7) {
            return { text: OVERDUE_SINCE[promised.weekday - 1], state: "late" };
        }
        const text = _t(
            "{days, plural, one {# day overdue} other {# days overdue}}"
        );
        return { text: plural(text, -days), state: "late" };
    }
    // the last minute of a day stands for the whole day
    const wholeDay = promised.hour === 23 && promised.minute === 59;
    if (days === 0) {
        return {
            text: wholeDay ? _t("today") : _t("by %s today", time),
            state: "today",
        };
    }
    if (days === 1) {
        return {
            text: wholeDay ? _t("by tomorrow") : _t("by %s tomorrow", time),
            state: "today",
        };
    }
    if (workingDays === undefined) {
        const text = _t("{days, plural, one {# day left} other {# days left}}");
        return { text: plural(text, days), state: "ahead" };
    }
    if (workingDays === 0) {
        return { text: _t("no working days left"), state: "today" };
    }
    const text = _t(
        "{days, plural, one {# working day left} other {# working days left}}"
    );
    return {
        text: plural(text, workingDays),
        state: workingDays === 1 ? "today" : "ahead",
    };
}

export class ComplaintMomentField extends Component {
    static template = "crm_complaints.MomentField";
    static props = {
        ...standardFieldProps,
        promise: { type: Boolean, optional: true },
        state: { type: String, optional: true },
        what: { type: String, optional: true },
        workingDays: { type: String, optional: true },
    };
    static defaultProps = { promise: false };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get title() {
        return this.value ? formatDateTime(this.value) : "";
    }

    /** One colour for a deadline, the one of its status; what is overdue is always red. */
    get color() {
        const status = this.props.state && this.props.record.data[this.props.state];
        if (this.words.state === "late" || status === "breached") {
            return "text-danger fw-bold";
        }
        if (status === "at_risk" || (!status && this.words.state === "today")) {
            return "text-warning-emphasis fw-bold";
        }
        return this.words.state === "past" ? "text-muted" : "";
    }

    get words() {
        if (!this.value) {
            return { text: "", state: "past" };
        }
        if (this.props.promise) {
            const data = this.props.record.data;
            const words = promiseInWords(
                this.value,
                DateTime.local(),
                this.props.workingDays && data[this.props.workingDays]
            );
            const label = LABELS[data[this.props.what]];
            if (!label) {
                return words;
            }
            const text = _t("%(label)s: %(value)s", { label, value: words.text });
            return { ...words, text };
        }
        return { text: this.value.toRelative() || "", state: "past" };
    }
}

registry.category("fields").add("complaint_moment", {
    component: ComplaintMomentField,
    displayName: _t("Deadline or Date in Words"),
    supportedTypes: ["date", "datetime"],
    supportedOptions: [
        {
            label: _t("Deadline"),
            name: "promise",
            type: "boolean",
        },
        {
            label: _t("Field with the deadline status"),
            name: "state",
            type: "field",
            availableTypes: ["selection"],
        },
        {
            label: _t("Field with the next milestone"),
            name: "what",
            type: "field",
            availableTypes: ["selection"],
        },
        {
            label: _t("Field with the working days left"),
            name: "working_days",
            type: "field",
            availableTypes: ["integer"],
        },
    ],
    extractProps: ({ options }) => ({
        promise: Boolean(options.promise),
        state: options.state,
        what: options.what,
        workingDays: options.working_days,
    }),
});
