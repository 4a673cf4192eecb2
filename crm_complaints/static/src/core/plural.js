// The form of a text that goes with a number, as in the engine's plural.py.
import { user } from "@web/core/user";

const { Settings } = luxon;

const BLOCK = /\{\w+, plural,((?: *\w+ \{[^{}]*\})+) *\}/;
const FORM = /\b(\w+) \{([^{}]*)\}/g;

/** A number in the digits that dates have, which stand beside it. */
function inDigits(number, lang) {
    const numberingSystem = Settings.defaultNumberingSystem || "latn";
    return new Intl.NumberFormat(lang || "en", { numberingSystem }).format(number);
}

/**
 * @param {string} text such as "{days, plural, one {# day} other {# days}}"
 * @param {number} number decides, and is shown for #
 * @param {string} [lang] a language tag; by default, the user's
 * @returns {string} the text in the right form
 */
export function plural(text, number, lang = user.lang) {
    const form = new Intl.PluralRules(lang || "en").select(number);
    return String(text)
        .replace(BLOCK, (_block, listed) => {
            const forms = Object.fromEntries(
                [...listed.matchAll(FORM)].map(([, name, words]) => [name, words])
            );
            return forms[form] ?? forms.other;
        })
        .replaceAll("#", inDigits(number, lang));
}
