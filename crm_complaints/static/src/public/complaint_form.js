// Customer forms: files are checked before they are sent, and forms are sent once.
// What was typed is kept in the tab until it has arrived. The forms work without this
// script as well; the server checks everything again.
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

const MEGABYTE = 2 ** 20;
// Prefix of keys in the session storage, which ends with the tab.
const DRAFT = "crm_complaints.draft.";

/**
 * Return what is wrong with files, if anything.
 *
 * @param {{name: string, size: number}[]} files
 * @param {{most: number, largest: number, total: number, kinds: string[]}} limits
 * @returns {string[]}
 */
export function problemsOf(files, limits) {
    const problems = [];
    if (files.length > limits.most) {
        problems.push(_t("Please attach no more than %s files.", limits.most));
    }
    for (const { name, size } of files) {
        const [kind] = name.toLowerCase().match(/\.[^.]*$/) || [""];
        if (size > limits.largest) {
            const limit = Math.floor(limits.largest / MEGABYTE);
            problems.push(
                _t("%(file)s is larger than %(limit)s MB.", { file: name, limit })
            );
        } else if (!size) {
            problems.push(_t("%s is empty, please choose it once more.", name));
        } else if (!limits.kinds.includes(kind)) {
            problems.push(
                _t("%s: please send pictures, PDF, documents, mails or recordings.", name)
            );
        }
    }
    const total = files.reduce((sum, { size }) => sum + size, 0);
    if (!problems.length && total > limits.total) {
        const limit = Math.floor(limits.total / MEGABYTE);
        problems.push(_t("All together the files are larger than %s MB.", limit));
    }
    return problems;
}

export class ComplaintForm extends Interaction {
    static selector = "form.o_complaint_form";
    dynamicContent = {
        _root: { "t-on-submit": this.onSubmit },
        _window: { "t-on-pageshow": this.onPageShow },
        "input[type=file]": { "t-on-change": this.onFiles },
        textarea: { "t-on-input": this.onInput },
    };

    setup() {
        this.sent = false;
        if (document.querySelector(".o_complaint_done")) {
            return; // it has arrived; what was typed is forgotten
        }
        for (const area of this.el.querySelectorAll("textarea")) {
            area.value ||= sessionStorage.getItem(this.draftOf(area)) || "";
        }
    }

    draftOf(area) {
        return DRAFT + this.el.getAttribute("action") + "#" + area.name;
    }

    onInput(ev) {
        sessionStorage.setItem(this.draftOf(ev.target), ev.target.value);
    }

    /** @returns {boolean} whether the files may be sent */
    onFiles() {
        const input = this.el.querySelector("input[type=file]");
        if (!input) {
            return true;
        }
        const { most, largest, total } = input.dataset;
        const problems = problemsOf([...input.files], {
            most: Number(most),
            largest: Number(largest),
            total: Number(total),
            kinds: input.accept.split(","),
        });
        this.el.querySelector(".o_complaint_problems")?.remove();
        input.classList.toggle("is-invalid", problems.length > 0);
        if (problems.length) {
            const el = document.createElement("div");
            el.className = "o_complaint_problems invalid-feedback d-block";
            el.setAttribute("role", "alert");
            el.textContent = problems.join(" ");
            input.after(el);
        }
        return !problems.length;
    }

    onSubmit(ev) {
        if (this.sent || !this.onFiles()) {
            ev.preventDefault();
            this.el.querySelector(".is-invalid")?.scrollIntoView({ block: "center" });
            return;
        }
        this.sent = true;
        for (const button of this.el.querySelectorAll("button[type=submit]")) {
            button.classList.add("disabled");
        }
    }

    /** Let the form be sent again when the browser comes back to the page. */
    onPageShow() {
        this.sent = false;
        for (const button of this.el.querySelectorAll("button[type=submit]")) {
            button.classList.remove("disabled");
        }
    }
}

/** Delete the draft of a form that has arrived. */
export class ComplaintArrived extends Interaction {
    static selector = ".o_complaint_done";

    setup() {
        for (const key of Object.keys(sessionStorage)) {
            if (key.startsWith(DRAFT)) {
                sessionStorage.removeItem(key);
            }
        }
    }
}

registry.category("public.interactions").add("crm_complaints.complaint_form", ComplaintForm);
registry
    .category("public.interactions")
    .add("crm_complaints.complaint_arrived", ComplaintArrived);
