// List of complaints: New opens the intake page, as it does in the pipeline.
import { registry } from "@web/core/registry";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

export class ComplaintListController extends ListController {
    createRecord() {
        return this.actionService.doAction("crm_complaints.complaint_intake_action");
    }
}

registry.category("views").add("complaint_list", {
    ...listView,
    Controller: ComplaintListController,
});
