// @odoo-module ignore: plain JavaScript, as the public pages load nothing of Odoo's.
// Customer forms: files are checked before they are sent, and forms are sent once.
// What was typed is kept in the tab until it has arrived. The forms work without this
// script as well; the server checks everything again.
(() => {
    "use strict";

    // Prefix of keys in the session storage, which ends with the tab.
    const DRAFT = "crm_complaints.draft.";

    /**
     * Return what is wrong with files, if anything.
     *
     * @param {{name: string, size: number}[]} files
     * @param {{most: number, largest: number, total: number, kinds: string[]}} limits
     * @param {Object<string, string>} texts in the visitor's language; "{file}" is the name
     * @returns {string[]}
     */
    function problemsOf(files, limits, texts) {
        const problems = [];
        if (files.length > limits.most) {
            problems.push(texts.many);
        }
        for (const { name, size } of files) {
            const [kind] = name.toLowerCase().match(/\.[^.]*$/) || [""];
            let text = "";
            if (size > limits.largest) {
                text = texts.large;
            } else if (!size) {
                text = texts.empty;
            } else if (!limits.kinds.includes(kind)) {
                text = texts.kind;
            }
            if (text) {
                problems.push(text.replace("{file}", () => name));
            }
        }
        const total = files.reduce((sum, { size }) => sum + size, 0);
        if (!problems.length && total > limits.total) {
            problems.push(texts.total);
        }
        return problems;
    }

    /** Let a form be sent once, with files that can be taken; keep what is typed. */
    function watch(form) {
        const input = form.querySelector("input[type=file]");
        let sent = false;

        /** @returns {boolean} whether the files may be sent */
        function areFilesFine() {
            if (!input) {
                return true;
            }
            const problems = problemsOf(
                [...input.files],
                { ...JSON.parse(input.dataset.limits), kinds: input.accept.split(",") },
                JSON.parse(input.dataset.texts)
            );
            const id = `${input.id}_problems`;
            document.getElementById(id)?.remove();
            const described = input.dataset.described;
            input.setAttribute("aria-describedby", described);
            input.classList.toggle("is-invalid", problems.length > 0);
            input.setAttribute("aria-invalid", problems.length > 0);
            if (problems.length) {
                const el = document.createElement("div");
                el.id = id;
                el.className = "o_complaint_problems invalid-feedback";
                el.setAttribute("role", "alert");
                el.textContent = problems.join(" ");
                input.after(el);
                input.setAttribute("aria-describedby", `${id} ${described}`);
            }
            return !problems.length;
        }

        function setSent(value) {
            sent = value;
            for (const button of form.querySelectorAll("button[type=submit]")) {
                button.setAttribute("aria-disabled", value);
            }
        }

        input?.addEventListener("change", areFilesFine);
        form.addEventListener("submit", (ev) => {
            if (sent) {
                ev.preventDefault();
            } else if (areFilesFine()) {
                setSent(true);
            } else {
                ev.preventDefault();
                input.focus();
            }
        });
        // the browser may come back to the page as it was left
        window.addEventListener("pageshow", () => setSent(false));

        const hasArrived = document.querySelector(".o_complaint_done");
        for (const area of form.querySelectorAll("textarea")) {
            const key = `${DRAFT}${form.getAttribute("action")}#${area.name}`;
            if (!hasArrived) {
                area.value ||= sessionStorage.getItem(key) || "";
            }
            area.addEventListener("input", () => sessionStorage.setItem(key, area.value));
        }
    }

    function start() {
        if (document.querySelector(".o_complaint_done")) {
            for (const key of Object.keys(sessionStorage)) {
                if (key.startsWith(DRAFT)) {
                    sessionStorage.removeItem(key);
                }
            }
        }
        document.querySelectorAll("form.o_complaint_form").forEach(watch);
    }

    if (document.readyState === "loading") {
        document.addEventListener("DOMContentLoaded", start);
    } else {
        start();
    }
    // for the unit tests
    window.complaintForm = { problemsOf };
})();
