// Customer page: a customer complains, follows up, accepts an offer or declines it.
import { registry } from "@web/core/registry";
import { click, see, type, within } from "./complaint_tour_steps";

/** Click on a link to another page. */
function go(trigger, content) {
    return { ...click(trigger, content), expectUnloadPage: true };
}

registry.category("web_tour.tours").add("complaint_customer_files", {
    steps: () => [
        type("#story", "The parcel was open."),
        {
            content: "the page is loaded again: what was typed is there still",
            trigger: "#story",
            run: () => location.reload(),
            expectUnloadPage: true,
        },
        see("#story:value(The parcel was open.)"),
        go("form.o_complaint_form button[type=submit]", "send it"),
        see(
            "#email.is-invalid ~ .invalid-feedback:contains(How can we reach you?)",
            "what is missing is said next to its field"
        ),
        see("#story:value(The parcel was open.)", "nothing is lost"),
        type("#email", "nina@customers.example"),
        go("form.o_complaint_form button[type=submit]", "send it again"),
        see(".o_complaint_reference:contains(C/)", "the reference is there"),
        go("a.o_complaint_link", "follow the link"),
        see("h1:contains(We have your complaint)"),
        see(".o_complaint_when:contains(You will have our answer by)"),
        see(".o_complaint_expected:contains(Nothing)"),
        type("#write_words", "It was wet as well."),
        go("#write button[type=submit]", "write once more"),
        see(".o_complaint_done:contains(Your message is with us)"),
        see(".o_complaint_message:contains(It was wet as well.)"),
        see(
            "#write_words:not(:value(wet))",
            "what has arrived is not proposed again"
        ),
    ],
});

registry.category("web_tour.tours").add("complaint_customer_accepts", {
    steps: () => [
        see("h1:contains(We have an offer for you)"),
        // In 2 taps.
        ...within(2, [
            click("label:contains(A new parcel)", "choose"),
            go("#accept button:contains(Yes, I accept this)", "accept"),
        ]),
        see(".o_complaint_done:contains(Thank you for accepting)"),
        see("#agreed li:contains(A new parcel)"),
        see("#agreed:not(:contains(A voucher))"),
    ],
});

registry.category("web_tour.tours").add("complaint_customer_takes_the_offer", {
    steps: () => [
        // There is nothing to choose: the second tap confirms.
        ...within(2, [
            click("summary:contains(This suits me)"),
            go("#accept button:contains(Yes, I accept the offer)", "accept"),
        ]),
        see(".o_complaint_done:contains(Thank you for accepting)"),
    ],
});

registry.category("web_tour.tours").add("complaint_customer_rejects", {
    steps: () => [
        click("summary:contains(This does not suit me)"),
        type("#reject_words", "I want my money back."),
        go("#reject button[type=submit]", "turn it down"),
        see(".o_complaint_done:contains(We look for something better)"),
        see(".o_complaint_message:contains(I want my money back.)"),
        click("summary:contains(Ask for a second look)"),
        go("#second_look button[type=submit]", "ask for it"),
        see(".o_complaint_done:contains(looks at it afresh)"),
        see("h1:contains(Somebody else will look at it)"),
    ],
});

registry.category("web_tour.tours").add("complaint_customer_rates", {
    steps: () => [
        go(".o_portal_my_home a[href='/my/complaints']", "his complaints"),
        go(".o_complaint_card:contains(Broken on arrival)", "the one that is settled"),
        see("#answer:contains(The seal was broken.)"),
        click("#rate label:contains(Fully)"),
        type("#rate_words", "Well done."),
        go("#rate button[type=submit]", "rate it"),
        see(".o_complaint_done:contains(We read every answer)"),
        see("#rating_5:checked"),
    ],
});

registry.category("web_tour.tours").add("complaint_customer_rates_from_the_mail", {
    steps: () => [
        see("#rating_1:checked", "the face of the mail is chosen"),
        // In 1 click: the one in the mail only opened the page.
        ...within(1, [go("#rate button[type=submit]", "send it")]),
        see(".o_complaint_done:contains(We read every answer)"),
        see("#rating_1:checked"),
        click("#rate label:contains(Partly)", "change my mind"),
        type("#rate_words", "It works now."),
        go("#rate button[type=submit]"),
        see(".o_complaint_done:contains(We read every answer)"),
        see("#rating_3:checked"),
        see(".o_complaint_message:contains(It works now.)"),
    ],
});

registry.category("web_tour.tours").add("complaint_customer_is_asked_no_more", {
    steps: () => [
        ...within(1, [go("#no_rating button[type=submit]", "ask me no more")]),
        see(".o_complaint_done:contains(We ask you no more)"),
    ],
});
