// Steps that the tours of complaints share.
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { stepUtils } from "@web_tour/tour_utils";

export const APP = "crm_complaints.menu_complaint_root";

/**
 * @param {string} trigger
 * @param {string} content what the person does
 */
export function click(trigger, content) {
    return { trigger, content, run: "click" };
}

/**
 * @param {string} trigger
 * @param {string} content what the person sees
 */
export function see(trigger, content) {
    return { trigger, content };
}

export function type(trigger, text, content = `type “${text}”`) {
    return { trigger, content, run: `edit ${text}` };
}

/** @param {string} name of an HTML field */
export function write(name, text) {
    return {
        trigger: `.o_field_html[name=${name}] .odoo-editor-editable`,
        content: `write “${text}”`,
        run: `editor ${text}`,
    };
}

/** The guide is left open, as by handlers who like to read it. */
export function openGuide() {
    return {
        trigger: "body",
        content: "the guide was left open",
        run: () =>
            browser.localStorage.setItem(`crm_complaints.guide_is_open.${user.userId}`, "1"),
    };
}

/** Open an app and wait for its first screen. */
export function openApp(xmlid, firstScreen) {
    return [
        openGuide(),
       ...stepUtils.goToAppSteps(xmlid), see(firstScreen, "its first screen is there")];
}

/** Open an entry of the menu Complaints > Configuration. */
export function openConfiguration(xmlid) {
    return [
        click("button[data-menu-xmlid='crm_complaints.complaint_menu_configuration']"),
        click(`.dropdown-item[data-menu-xmlid='crm_complaints.${xmlid}']`),
    ];
}

/** See the guide of the complaint's phase, with the text that the tests set. */
export function seeGuide(phase) {
    return see(
        `.o_complaint_guide .o_field_widget[name=complaint_guide]:contains(Guide: ${phase}.)`,
        `the guide for ${phase} is in sight`
    );
}

/** Click the one highlighted button of the header. */
export function nextStep(action, phase) {
    return [
        see(
            ".o_statusbar_buttons:has(.btn-primary):not(:has(.btn-primary ~ .btn-primary))",
            "there is one next step"
        ),
        click(
            `.o_statusbar_buttons button.btn-primary[name=${action}]:enabled`,
            `on to ${phase}`
        ),
        seeGuide(phase),
    ];
}

/** Work a complaint from Reception to Solution, one click a phase. */
export function hearOut() {
    return within(3, [
        ...nextStep("action_complaint_next_phase", "hearing"),
        ...nextStep("action_complaint_next_phase", "calming"),
        ...nextStep("action_complaint_next_phase", "solution"),
    ]);
}

/** Work a complaint from Reception to Follow-up; the response was given by phone. */
export function workThrough() {
    return within(6, [
        ...hearOut(),
        click(".o_statusbar_buttons button[name=action_complaint_resolve]", "it is agreed"),
        click(".modal .o_field_widget[name=outcome] input[data-value=partly_upheld]"),
        click(".modal button[name=action_resolve]", "resolved"),
        see("body:not(:has(.modal))"),
        seeGuide("follow_up"),
    ]);
}

/**
 * Return the steps, provided that they need no more clicks than allowed.
 *
 * @param {number} clicks counted from the app's first screen; typing, and moving from
 *     field to field by tab, does not count
 * @param {Object[]} steps
 */
export function within(clicks, steps) {
    const count = steps.filter((step) => step.run === "click").length;
    if (count > clicks) {
        throw new Error(`This takes ${count} clicks, no more than ${clicks} are promised`);
    }
    return steps;
}
