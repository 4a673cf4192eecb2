// Pareto chart: bars in falling order, the cumulated share, and a line at 80 %.
import { expect, test } from "@odoo/hoot";

import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { getGraphRenderer, setupChartJsForTests } from "@web/../tests/views/graph/graph_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { cumulatedShares } from "@crm_complaints/lazy/pareto/complaint_pareto_view";

class Complaint extends models.Model {
    cause = fields.Char({ string: "Root Cause" });
    channel = fields.Char();
    cost = fields.Integer({ aggregator: "sum" });

    _records = ["noise", "cold", "cold", "cold", "late", "cold", "noise"].map((cause, index) => ({
        id: index + 1,
        cause,
        channel: index % 2 ? "phone" : "mail",
        cost: cause === "late" ? 90 : 2,
    }));
}

defineMailModels();
defineModels([Complaint]);
setupChartJsForTests();

const arch = (content, order = "DESC") =>
    `<graph js_class="complaint_pareto" order="${order}">${content}</graph>`;

async function chart(content, order) {
    const view = await mountView({
        type: "graph",
        resModel: "complaint",
        arch: arch(content, order),
    });
    return getGraphRenderer(view).chart;
}

test("shares add up to all", () => {
    expect(cumulatedShares([4, 2, 2])).toEqual([0.5, 0.75, 1]);
    expect(cumulatedShares([0, 0])).toEqual([0, 0]);
    expect(cumulatedShares([])).toEqual([]);
});

test("the line over the bars is their cumulated share, and 80 % is in sight", async () => {
    const { data, options } = await chart(`<field name="cause"/>`);
    expect(data.labels).toEqual(["cold", "noise", "late"]);
    const [bars, shares, vital] = data.datasets;
    expect(bars.data).toEqual([4, 2, 1]);
    expect(shares.data).toEqual([4 / 7, 6 / 7, 1]);
    expect(vital.data).toEqual([0.8, 0.8, 0.8]);
    expect(options.scales.share.max).toBe(1);
    // a point of the line opens the records of its bar
    expect(shares.domains).toEqual(bars.domains);
});

test("another measure has another order", async () => {
    const { data } = await chart(`<field name="cause"/><field name="cost" type="measure"/>`);
    expect(data.labels).toEqual(["late", "cold", "noise"]);
    expect(data.datasets[1].data[0]).toBe(90 / 102);
});

test("without falling order it is a plain chart", async () => {
    const { data } = await chart(`<field name="cause"/>`, "ASC");
    expect(data.datasets.length).toBe(1);
});

test("with two groupings it is a plain chart", async () => {
    const { data } = await chart(`<field name="cause"/><field name="channel"/>`);
    expect(data.datasets.some((dataset) => dataset.yAxisID === "share")).toBe(false);
});
