// Download of the register: asks for one part after the other, shows how far it is, and saves the
// file once all of it is here.
import { Component, onWillUnmount, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { downloadFile } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { sprintf } from "@web/core/utils/strings";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useService } from "@web/core/utils/hooks";
import { user } from "@web/core/user";

const bytesOf = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

export class ComplaintRegisterDownload extends Component {
    static template = "crm_complaints.RegisterDownload";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ running: false, finished: false, done: 0, total: 0 });
        onWillUnmount(() => this.stop());
    }

    get percent() {
        const { done, total } = this.state;
        return total ? Math.floor((100 * done) / total) : 0;
    }

    get progress() {
        const number = new Intl.NumberFormat(user.lang);
        return sprintf(
            this.state.finished
                ? _t("%(done)s of %(total)s complaints, saved")
                : _t("%(done)s of %(total)s complaints"),
            {
                done: number.format(this.state.done),
                total: number.format(this.state.total),
            }
        );
    }

    /** End the download, if one is running; a part that is on its way is dropped. */
    stop() {
        this.run = null;
        this.state.running = false;
    }

    async start() {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        const run = (this.run = {});
        const total = record.data.complaint_count;
        Object.assign(this.state, { running: true, finished: false, done: 0, total });
        const parts = [];
        let part = { state: null };
        try {
            do {
                part = await this.orm.call("complaint.register", "make_part", [
                    [record.resId],
                    part.state,
                ]);
                if (this.run !== run) {
                    return;
                }
                parts.push(bytesOf(part.data));
                Object.assign(this.state, { done: part.done, total: part.total });
            } while (part.state);
            this.state.finished = true;
            downloadFile(new Blob(parts, { type: part.mimetype }), part.name, part.mimetype);
        } finally {
            // where a part failed, Odoo shows why, and no file is saved
            if (this.run === run) {
                this.stop();
            }
        }
    }
}

registry.category("view_widgets").add("complaint_register_download", {
    component: ComplaintRegisterDownload,
});
