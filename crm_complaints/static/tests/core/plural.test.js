// The form of a text that goes with a number.
import { expect, test } from "@odoo/hoot";

import { plural } from "@crm_complaints/core/plural";

const DAYS = "{days, plural, one {# day left} other {# days left}}";
const RUSSIAN =
    "{days, plural, one {остался # день} few {осталось # дня} many {осталось # дней}" +
    " other {осталось # дня}}";

test("each language has its forms", () => {
    expect(plural(DAYS, 1, "en")).toBe("1 day left");
    expect(plural(DAYS, 21, "en")).toBe("21 days left");
    expect([1, 2, 5, 11, 21].map((days) => plural(RUSSIAN, days, "ru"))).toEqual([
        "остался 1 день",
        "осталось 2 дня",
        "осталось 5 дней",
        "осталось 11 дней",
        "остался 21 день",
    ]);
});

test("a form that is missing is the other", () => {
    expect(plural(DAYS, 3, "ar")).toBe("3 days left");
});
