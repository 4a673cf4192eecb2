// Tiles: a click on one that counts complaints opens the complaints behind its number.
import * as spreadsheet from "@odoo/o-spreadsheet";
import { patch } from "@web/core/utils/patch";
import { SEE_RECORDS_PIVOT, SEE_RECORDS_PIVOT_VISIBLE } from "@spreadsheet/pivot/pivot_actions";

const { ScorecardChart } = spreadsheet.components;

patch(ScorecardChart.prototype, {
    /**
     * @returns {Object|undefined} the cell of a pivot that the tile shows, if there is one
     */
    get pivotPosition() {
        const { getters } = this.env.model;
        const { keyValue } = getters.getChartDefinition(this.props.chartId);
        if (!keyValue || !getters.isDashboard()) {
            return undefined;
        }
        const sheetId = getters.getActiveSheetId();
        const { sheetId: at, zone } = getters.getRangeFromSheetXC(sheetId, keyValue);
        const position = { sheetId: at, col: zone.left, row: zone.top };
        const pivotId = getters.getPivotIdFromPosition(position);
        if (!pivotId || !getters.getPivotCoreDefinition(pivotId).model?.startsWith("complaint.")) {
            return undefined; // tiles of other dashboards do what they did
        }
        return SEE_RECORDS_PIVOT_VISIBLE(position, getters) ? position : undefined;
    },
    async onClick() {
        const position = !this.hasOdooMenu && this.pivotPosition;
        if (!position) {
            return super.onClick();
        }
        if (this.isOpening) {
            return; // the second click of an impatient person
        }
        this.isOpening = true;
        try {
            await SEE_RECORDS_PIVOT(position, this.env);
        } finally {
            this.isOpening = false;
        }
    },
});
