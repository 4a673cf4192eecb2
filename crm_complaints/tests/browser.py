"""A page in Chromium, used as a person uses it, for pages that load nothing of Odoo's.

Tours need Odoo's JavaScript on the page, which the public pages do without.
"""

import json
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urljoin

from odoo.tests.common import ChromeBrowser, ChromeBrowserException

# In seconds; whatever is not there by then does not come.
_PATIENCE = 20
# The first element of a selector that is seen, and has a text if one is asked for.
_FIND = """(css, text) => [...document.querySelectorAll(css)].find(
    (el) => el.getClientRects().length && el.textContent.includes(text)
)"""
# What is wrong with the element that has the focus: whoever types does not see that it has
# it, or whoever listens does not hear what it is.
_FOCUS_FAULT = """() => {
    const el = document.activeElement;
    if (el === document.body) {
        return "";
    }
    const types = el.matches("input, textarea, select, iframe, [contenteditable=true]");
    const marked = [el, el.parentElement, el.firstElementChild].some((part) => {
        const style = part && getComputedStyle(part);
        return style && (style.outlineStyle !== "none" || style.boxShadow !== "none");
    });
    const described = (el.getAttribute("aria-labelledby") || "").split(" ").map(
        (id) => document.getElementById(id)?.textContent || ""
    );
    const named = [
        el.ariaLabel, el.title, el.textContent, el.placeholder, ...described,
        ...[...(el.labels || [])].map((label) => label.textContent),
        ...[...el.querySelectorAll("img, i")].map(
            (icon) => icon.alt || icon.title || icon.ariaLabel
        ),
    ].some((name) => name?.trim());
    const faults = [!types && !marked && "no visible focus", !named && "no name"];
    const found = faults.filter(Boolean).join(", ");
    return found && `${found}: ${el.outerHTML.slice(0, 300)}`;
}"""
# What somebody who cannot see, or types, is barred by; the lesser ones are advice.
_SERIOUS = {"serious", "critical"}


class Page:
    """What is on the page, and what a person does there.

    :ivar int clicks: how often they clicked
    :ivar Counter loaded: ``requests``, and their ``bytes``: as they came, or unpacked if
        that is more
    """

    def __init__(self, browser, base):
        self._browser, self._base = browser, base
        self.clicks = 0
        self.loaded = Counter()
        self._sizes = Counter()
        browser._handlers["Network.dataReceived"] = self._on_data
        browser._handlers["Network.loadingFinished"] = self._on_loaded
        self._send("Network.enable")

    def _on_data(self, requestId, dataLength, **_kwargs):
        self._sizes[requestId] += dataLength

    def _on_loaded(self, requestId, encodedDataLength, **_kwargs):
        size = max(self._sizes.pop(requestId, 0), int(encodedDataLength))
        self.loaded.update(requests=1, bytes=size)

    def _send(self, method, **params):
        return self._browser._websocket_request(method, params=params)

    def run(self, script, *args):
        """Return what a function of JavaScript returns for these arguments."""
        expression = f"({script})(...{json.dumps(args)})"
        answer = self._send(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def wait(self, what, script, *args):
        """Return what a function returns as soon as that is true."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            # the page may just be being left
            with suppress(ChromeBrowserException):
                if found := self.run(script, *args):
                    return found
            time.sleep(0.05)
        self._browser.take_screenshot().result(_PATIENCE)
        seen = self.run("() => document.body.innerText")
        raise AssertionError(f"there is no {what} in:\n{seen}")

    # ---------------------------------------------------
    # Going somewhere
    # ---------------------------------------------------

    def open(self, path):
        """Open a page, and count what it loads."""
        self.loaded.clear()
        self._leave(lambda: self._send("Page.navigate", url=urljoin(self._base, path)))

    def go(self, css, text=""):
        """Click on what leads to another page."""
        self._leave(lambda: self.click(css, text))

    def reload(self):
        """Load the page again."""
        self._leave(lambda: self._send("Page.reload"))

    def back(self):
        """Go back to the page before, which the browser may have kept as it was."""
        here = self.run("() => { history.back(); return location.href; }")
        self.wait(
            "page before",
            "(here) => location.href !== here && document.readyState === 'complete'",
            here,
        )

    def _leave(self, action):
        self.run("() => { window.isLeft = true; }")
        action()
        self.wait(
            "other page",
            "() => !window.isLeft && document.readyState === 'complete'"
            " && location.href !== 'about:blank'",
        )

    # ---------------------------------------------------
    # Seeing and doing
    # ---------------------------------------------------

    def see(self, css, text=""):
        """Wait for an element that is seen, with this text in it."""
        self.wait(
            f"{css} with “{text}”", f"(...some) => !!({_FIND})(...some)", css, text
        )

    def has(self, css):
        """Tell whether there is such an element now, seen or not."""
        return self.run("(css) => !!document.querySelector(css)", css)

    def value(self, css):
        """Return what is typed into a field."""
        return self.run("(css) => document.querySelector(css).value", css)

    def font(self, css):
        """Return the font family of an element."""
        return self.run(
            "(css) => getComputedStyle(document.querySelector(css)).fontFamily", css
        )

    def click(self, css, text=""):
        """Click on the middle of an element, on which nothing may lie."""
        self.see(css, text)
        x, y = self.run(
            f"""(...some) => {{
                const el = ({_FIND})(...some);
                el.scrollIntoView({{ block: "center" }});
                const box = el.getBoundingClientRect();
                const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
                const top = document.elementFromPoint(x, y);
                if (!el.contains(top) && !top.contains(el)) {{
                    throw new Error(`${{top.outerHTML}} lies on it`);
                }}
                return [x, y];
            }}""",
            css,
            text,
        )
        self.clicks += 1
        for kind in ("mousePressed", "mouseReleased"):
            self._send(
                "Input.dispatchMouseEvent",
                type=kind,
                x=x,
                y=y,
                button="left",
                clickCount=1,
            )

    def type(self, css, text):
        """Type a text into an empty field."""
        self.see(css)
        self.run("(css) => document.querySelector(css).focus()", css)
        self._send("Input.insertText", text=text)

    def type_on(self, text):
        """Type a text where the focus is."""
        self._send("Input.insertText", text=text)

    def press(self, key, code, alt=False):
        """Press a key, as Tab (9), Enter (13) or Space (32)."""
        text = {"Enter": "\r", "Space": " "}.get(key, "")
        name = " " if key == "Space" else key
        for kind in ("keyDown", "keyUp"):
            self._send(
                "Input.dispatchKeyEvent",
                type=kind,
                key=name,
                code=key,
                windowsVirtualKeyCode=code,
                modifiers=int(alt),
                text=text if kind == "keyDown" else "",
            )

    def shortcut(self, letter):
        """Press Alt and a letter, as Odoo shows them while Alt is held."""
        self.press(letter, ord(letter.upper()), alt=True)

    def tab_to(self, css, most=60):
        """Press Tab until an element has the focus.

        Each element on the way has a name, and one sees that it has the focus.
        """
        for _step in range(most):
            self.press("Tab", 9)
            if fault := self.run(_FOCUS_FAULT):
                raise AssertionError(fault)
            if self.run("(css) => document.activeElement.matches(css)", css):
                return
        raise AssertionError(f"no key leads to {css}")

    def attach(self, css, name, content):
        """Choose a file."""
        self.run(
            """(css, name, content) => {
                const el = document.querySelector(css);
                const data = new DataTransfer();
                data.items.add(new File([content], name));
                el.files = data.files;
                el.dispatchEvent(new Event("change", { bubbles: true }));
            }""",
            css,
            name,
            content,
        )

    def barriers(self, within="html", known=()):
        """Return what bars people from the page, as axe-core finds it.

        :param str within: selector of the part that is looked at
        :param known: pairs of a rule and a selector: elements that break it, as Odoo
            makes them
        :return: list of tuples: rule, selector of an element, what is wrong with it
        """
        folder = find_spec("axe_playwright_python").submodule_search_locations[0]
        source = (Path(folder) / "axe.min.js").read_text()
        self._send("Runtime.evaluate", expression=source)
        found = self.run(
            """async (within, known) => (
                await axe.run({ include: [within] }, { resultTypes: ["violations"] })
            ).violations.flatMap(({ id, impact, nodes }) => nodes.filter(
                ({ target }) => !known.some(([rule, css]) =>
                    rule === id && document.querySelector(target[0]).matches(css))
            ).map((node) => [impact, id, node.target.join(" "), node.failureSummary]))""",
            within,
            known,
        )
        return [tuple(rest) for impact, *rest in found if impact in _SERIOUS]

    def is_wider_than_the_screen(self):
        """Tell whether one has to scroll sideways."""
        return self.run("() => document.documentElement.scrollWidth > innerWidth")


class BrowserMixin:
    """For ``HttpCase``: pages in Chromium."""

    @contextmanager
    def browse(self, path, user=None):
        """Open a page as a user, or as nobody, in a window of ``browser_size``.

        An error in a script of the page is one of the test. The test itself asks the
        database nothing while the page is open: requests use the same connection, so
        each could get the rows of the other.
        """
        browser = ChromeBrowser(self)
        login = user and user.login
        with self.allow_requests(browser=browser):
            try:
                self.authenticate(login, login, browser=browser)
                self.cr.flush()
                self.cr.clear()
                page = Page(browser, self.base_url())
                page.open(path)
                with self._leave_database_to_requests():
                    yield page
                if browser._result.done():
                    browser._result.result()
            finally:
                browser.stop()
                self._wait_remaining_requests()
        # what was done there
        self.env.invalidate_all()

    @contextmanager
    def _leave_database_to_requests(self):
        test, execute = threading.get_ident(), self.cr.execute

        def check(*args, **kwargs):
            if threading.get_ident() == test:
                raise AssertionError("Ask the database before the page is opened.")
            return execute(*args, **kwargs)

        with patch.object(self.cr, "execute", check):
            yield
