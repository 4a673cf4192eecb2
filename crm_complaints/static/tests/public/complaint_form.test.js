// Customer forms: what is wrong with files, before they are sent.
import { expect, test } from "@odoo/hoot";

const MEGABYTE = 2 ** 20;
const LIMITS = {
    most: 2,
    largest: MEGABYTE,
    total: 1.5 * MEGABYTE,
    kinds: [".jpg", ".pdf"],
};
// As the server sends them, in the visitor's language.
const TEXTS = {
    many: "Please attach no more than 2 files.",
    large: "{file} is larger than 1 MB.",
    empty: "{file} is empty, please choose it once more.",
    kind: "{file}: please send pictures, PDF, documents, mails or recordings.",
    total: "Together the files are larger than 1 MB.",
};

function problems(...files) {
    const named = files.map(([name, size]) => ({ name, size }));
    return window.complaintForm.problemsOf(named, LIMITS, TEXTS);
}

test("files that may be sent", () => {
    expect(problems()).toEqual([]);
    expect(problems(["a.jpg", MEGABYTE], ["b.PDF", 1])).toEqual([]);
});

test("each problem names its file", () => {
    expect(problems(["a.jpg", MEGABYTE + 1], ["run.exe", 1])).toEqual([
        "a.jpg is larger than 1 MB.",
        "run.exe: please send pictures, PDF, documents, mails or recordings.",
    ]);
    expect(problems(["jpg", 1])).toHaveLength(1);
    expect(problems(["$&.exe", 1])[0]).toInclude("$&.exe: please");
    expect(problems(["a.pdf", 0])).toEqual([
        "a.pdf is empty, please choose it once more.",
    ]);
});

test("too many, and too much all together", () => {
    expect(problems(["a.jpg", 1], ["b.jpg", 1], ["c.jpg", 1])).toEqual([
        "Please attach no more than 2 files.",
    ]);
    expect(problems(["a.jpg", MEGABYTE], ["b.jpg", MEGABYTE])).toEqual([
        "Together the files are larger than 1 MB.",
    ]);
});
