// Pareto chart: bars in falling order, the cumulated share, and a line at 80 %.
import { _t } from "@web/core/l10n/translation";
import { getColor } from "@web/core/colors/colors";
import { registry } from "@web/core/registry";
import { formatPercentage } from "@web/views/fields/formatters";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

const VITAL_SHARE = 0.8;

/**
 * @param {Number[]} values in falling order
 * @returns {Number[]} for each, the share of it and all before it, from 0 to 1
 */
export function cumulatedShares(values) {
    const total = values.reduce((sum, value) => sum + value, 0);
    let sum = 0;
    return values.map((value) => {
        sum += value;
        return total ? sum / total : 0;
    });
}

export class ComplaintParetoRenderer extends GraphRenderer {
    get isPareto() {
        const { groupBy, mode, order } = this.model.metaData;
        return (
            mode === "bar" &&
            order === "DESC" &&
            groupBy.length === 1 &&
            this.model.data.datasets.length === 1
        );
    }

    getChartConfig() {
        const config = super.getChartConfig();
        if (this.isPareto) {
            const [bars] = config.data.datasets;
            // the model keeps its own data: its tooltips know nothing of lines
            config.data = { ...config.data, datasets: [bars, ...this.getLines(bars)] };
        }
        return config;
    }

    getLines(bars) {
        const line = { type: "line", yAxisID: "share", trueLabels: bars.trueLabels };
        const color = getColor(1, undefined, 3);
        const vital = getColor(2, undefined, 3);
        return [
            {
                ...line,
                label: _t("Cumulated Share"),
                data: cumulatedShares(bars.data),
                domains: bars.domains,
                borderColor: color,
                backgroundColor: color,
                borderWidth: 2,
                pointRadius: 3,
                tension: 0,
                order: -1,
            },
            {
                ...line,
                label: formatPercentage(VITAL_SHARE),
                data: bars.data.map(() => VITAL_SHARE),
                borderColor: vital,
                backgroundColor: vital,
                borderWidth: 1,
                borderDash: [6, 4],
                pointRadius: 0,
                pointHitRadius: 0,
                order: -1,
            },
        ];
    }

    getScaleOptions() {
        const scales = super.getScaleOptions();
        if (this.isPareto) {
            scales.share = {
                type: "linear",
                position: "right",
                min: 0,
                max: 1,
                ticks: { callback: (value) => formatPercentage(value) },
                grid: { display: false },
                title: { display: true, text: _t("Cumulated Share") },
            };
        }
        return scales;
    }

    getTooltipItems(data, metaData, tooltipModel) {
        const { dataPoints } = tooltipModel;
        const ofBars = dataPoints.filter((point) => point.datasetIndex < data.datasets.length);
        const items = super.getTooltipItems(data, metaData, {
            ...tooltipModel,
            dataPoints: ofBars,
        });
        for (const { dataset, dataIndex } of dataPoints) {
            if (dataset.yAxisID === "share") {
                items.push({
                    label: dataset.label,
                    value: formatPercentage(dataset.data[dataIndex]),
                    boxColor: dataset.borderColor,
                });
            }
        }
        return items;
    }
}

registry.category("views").add("complaint_pareto", {
    ...graphView,
    Renderer: ComplaintParetoRenderer,
});
