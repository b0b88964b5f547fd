"""A visitor of the app's pages in a real browser."""

import shutil

from workbench_app.explore import words

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

# What was said for a moment (toasts go after seconds, "Copied" sooner) is kept here: a slow machine may look too late.
SAID = """
window.said = [];
new MutationObserver(() => {
    for (const place of document.querySelectorAll('[data-testid=toast-body], .copied')) {
        const text = place.innerText;
        if (text && window.said[window.said.length - 1] !== text) window.said.push(text);
    }
}).observe(document, {childList: true, subtree: true, characterData: true, attributes: true});
"""

LEAVING = ("AbortError: signal is aborted without reason", "Connection errored out")


class Visitor:
    """A page, and what it must not do."""

    def __init__(self, page, url):
        self.page, self.url, self.wrong = page, url, []
        page.set_default_timeout(60_000)  # only a page that fails takes it
        page.add_init_script(SAID)
        page.on("console", lambda m: self._wrote(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("framenavigated", lambda frame: self.left() if frame == page.main_frame else None)
        page.on("request", lambda request: self._asked(request.url))

    def _wrote(self, text: str) -> None:
        """An error of the console; SAID itself is blocked within a frame that may run no scripts, as it should."""
        if not text.startswith("Blocked script execution"):
            self.wrong.append(text)

    def left(self) -> None:
        """Leaving, begun or done, breaks off what is on its way; what gradio logs of that is no fault of the page."""
        self.wrong = [said for said in self.wrong if not any(part in said for part in LEAVING)]

    def _asked(self, address: str) -> None:
        if not address.startswith((self.url, self.url.replace("http", "ws"), "data:", "blob:")):
            self.wrong.append(f"asked for {address}")

    def go(self, query: str = "") -> "Visitor":
        self.page.goto(self.url + "/" + query)
        self.page.wait_for_selector("#pictures img")
        self.expect("#facts dl")
        return self

    def expect(self, selector: str) -> None:
        self.page.wait_for_selector(selector)

    def told(self, text: str) -> None:
        """Waits until the page says or has said this, be it in a toast that has gone since."""
        self.until(
            "text => document.body.innerText.includes(text) || window.said.some(one => one.includes(text))",
            text,
        )

    def settled(self) -> None:
        """Waits for answers and transitions to end: half-transparent text has no contrast."""
        self.until(
            "() => !document.querySelector('.pending') &&"
            " document.getAnimations().every(one => one.playState !== 'running'"
            " || one.effect.getComputedTiming().endTime === Infinity)"
        )

    def until(self, script: str, value: object = None) -> None:
        self.page.wait_for_function(script, arg=value)

    def pictures(self, name: str = "pictures") -> list[str]:
        return self.page.eval_on_selector_all(f"#{name} img", "all => all.map(one => one.src)")

    def changed(self, before: list[str], name: str = "pictures") -> list[str]:
        """The pictures once they are others than before."""
        self.until(
            "([name, before]) => { const now = [...document.querySelectorAll(`#${name} img`)].map(i => i.src);"
            " return now.length && now.join() !== before.join()"
            " && !document.querySelector(`#${name} .waiting`) }", [name, before],
        )  # fmt: skip
        return self.pictures(name)

    def tab(self, name: str) -> None:
        """Opens a pane, from the menu behind the dots where the bar is too narrow."""
        button = self.page.locator(f"#tab-{name}-button")
        if not button.count() or not button.is_visible():
            self.page.locator(".overflow-menu > button").click()
            button = self.page.locator(".overflow-dropdown button").filter(has_text=words.label("en", name))
        button.click()

    def choose(self, label: str, colour: str) -> None:
        self.page.get_by_label(label, exact=True).first.click()
        self.page.get_by_role("option", name=colour, exact=True).click()

    def text(self, selector: str) -> str:
        return self.page.locator(f"{selector} textarea, {selector} input").first.input_value()

    def serious(self) -> list[str]:
        """What axe-core finds serious or critical, and names that were left in the tongue of the program."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        untold = self.page.locator("[alt*=__i18n__], [aria-label*=__i18n__], [title*=__i18n__]")
        serious = [
            f"{one['id']}: {[node['html'][:200] for node in one['nodes']]}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        return serious + untold.evaluate_all(
            "all => all.map(one => `no words: ${one.outerHTML.slice(0, 200)}`)"
        )
