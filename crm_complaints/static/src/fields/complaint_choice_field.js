// Badges to choose from, reachable and set by the keyboard as radio buttons are.
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import {
    BadgeSelectionField,
    badgeSelectionField,
} from "@web/views/fields/badge_selection/badge_selection_field";

export class ComplaintChoiceField extends BadgeSelectionField {
    static template = "crm_complaints.ChoiceField";

    /** One of them is in the order of tabs: the chosen one, else the first. */
    tabIndex(option) {
        const chosen = this.options.some(([value]) => value === this.value);
        const inOrder = chosen ? option[0] === this.value : option === this.options[0];
        return inOrder ? 0 : -1;
    }

    onKeydown(ev, option) {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[ev.key];
        if (step) {
            const { options } = this;
            const next = (options.indexOf(option) + step + options.length) % options.length;
            ev.preventDefault();
            ev.currentTarget.parentElement.children[next].focus();
            if (options[next][0] !== this.value) {
                this.onChange(options[next][0]);
            }
        } else if (ev.key === " " || ev.key === "Enter") {
            ev.preventDefault();
            this.onChange(option[0]);
        }
    }
}

registry.category("fields").add("complaint_choice", {
    ...badgeSelectionField,
    component: ComplaintChoiceField,
    displayName: _t("Accessible Badges"),
});
