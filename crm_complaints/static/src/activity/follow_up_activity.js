// Follow-up call: marking its activity done asks at once for the result.
import { Activity } from "@mail/core/web/activity";
import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";

import { patch } from "@web/core/utils/patch";

/**
 * @param {Component} component that shows an activity
 * @param {Function} onClose called when the result is recorded, or put off
 */
function recordFollowUp(component, onClose) {
    component.env.services.action.doAction("crm_complaints.complaint_follow_up_action", {
        additionalContext: { default_ticket_id: component.props.activity.res_id },
        onClose,
    });
}

patch(Activity.prototype, {
    async onClickMarkAsDone(ev) {
        if (!this.props.activity.complaint_follow_up) {
            return super.onClickMarkAsDone(ev);
        }
        const thread = this.thread;
        recordFollowUp(this, () => {
            this.props.onActivityChanged(thread);
            this.props.reloadParentView();
        });
    },
});

patch(ActivityListPopoverItem.prototype, {
    onClickMarkAsDone() {
        if (!this.props.activity.complaint_follow_up) {
            return super.onClickMarkAsDone();
        }
        recordFollowUp(this, () => this.props.onActivityChanged?.());
    },
});
