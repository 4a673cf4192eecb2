// Deadlines in words, and from when on they are overdue.
import { beforeEach, expect, test } from "@odoo/hoot";

import { allowTranslations } from "@web/../tests/web_test_helpers";
import { promiseInWords } from "@crm_complaints/fields/complaint_moment_field";

const { DateTime } = luxon;

// a Wednesday
const now = DateTime.fromISO("2026-03-04T10:00:00", { zone: "Europe/Brussels" });

beforeEach(allowTranslations);

function said(promised, workingDays) {
    const { text, state } = promiseInWords(
        DateTime.fromISO(promised, { zone: "Europe/Brussels" }).setLocale("en-US"),
        now,
        workingDays
    );
    return { text: String(text), state };
}

test("days ahead are counted by the calendar", () => {
    expect(said("2026-03-14T23:59:59")).toEqual({ text: "10 days left", state: "ahead" });
    expect(said("2026-03-06T00:00:01")).toEqual({ text: "2 days left", state: "ahead" });
    expect(said("2026-03-05T23:59:59")).toEqual({
        text: "by tomorrow",
        state: "today",
    });
});

test("a change to summer time in between takes no day away", () => {
    expect(said("2026-03-30T23:59:59").text).toBe("26 days left");
    expect(said("2026-03-30T00:00:00").text).toBe("26 days left");
});

test("today names the hour, ahead and past", () => {
    expect(said("2026-03-04T14:30:00")).toEqual({
        text: "by 2:30 PM today",
        state: "today",
    });
    expect(said("2026-03-04T09:59:59")).toEqual({
        text: "overdue since 9:59 AM",
        state: "late",
    });
});

test("the last minute of a day stands for the day", () => {
    expect(said("2026-03-04T23:59:59")).toEqual({ text: "today", state: "today" });
});

test("tomorrow names the hour as well", () => {
    expect(said("2026-03-05T09:30:00").text).toBe("by 9:30 AM tomorrow");
});

test("working days are said where they are known", () => {
    expect(said("2026-03-14T23:59:59", 7).text).toBe("7 working days left");
    expect(said("2026-03-08T23:59:59", 1)).toEqual({
        text: "1 working day left",
        state: "today",
    });
    expect(said("2026-03-08T23:59:59", 0)).toEqual({
        text: "no working days left",
        state: "today",
    });
    // today and tomorrow are named, not counted
    expect(said("2026-03-05T23:59:59", 1).text).toBe("by tomorrow");
});

test("late names the day within a week, and counts after that", () => {
    expect(said("2026-03-03T23:59:59").text).toBe("overdue since yesterday");
    expect(said("2026-03-02T23:59:59").text).toBe("overdue since Monday");
    expect(said("2026-02-26T23:59:59").text).toBe("overdue since Thursday");
    expect(said("2026-02-25T23:59:59").text).toBe("7 days overdue");
    expect(said("2026-02-25T23:59:59").state).toBe("late");
});
