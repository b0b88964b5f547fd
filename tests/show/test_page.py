"""`workbench page`: one file in a real browser that draws the command's pictures, and asks nobody for anything."""

import contextlib
import functools
import hashlib
import http.server
import json
import re
import shlex
import shutil
import threading

import numpy as np
import pytest

from workbench.base import noise
from workbench.cli import main
from workbench.data import pictures
from workbench.draw.painter import SHIPPED, Painter
from workbench.draw.recipe import Recipe
from workbench.show import static_page

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")
OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
MOST_APART = 2  # levels of 256 between the page's picture and the command's
TEN = [
    ("blue hair red eyes", {"seed": 1}),
    ("aqua hair yellow eyes", {"seed": 2}),
    ("gray hair orange eyes", {"seed": 3, "candidates": 9}),
    ("white hair black eyes", {"seed": 4, "truncation": 0.5}),
    ("orange hair gray eyes", {"seed": 5, "candidates": 1}),
    ("pink hair", {"seed": 6}),
    ("brown eyes", {"seed": 7, "truncation": 1.5}),
    ("black hair pink eyes", {"seed": 2**32 + 5}),
    ("blonde hair green eyes", {"seed": 2**53 - 1}),
    ("purple hair aqua eyes", {"seed": 0, "truncation": 0.0}),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("page") / "faces"
    assert main(["page", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, headless=True, args=list(OPTIONS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def painter():
    return Painter.open()


class Visitor:
    """A page, and what it must not do."""

    def __init__(self, browser, address, offline=True, **context):
        self.address, self.wrong = address, []
        self.context = browser.new_context(**({"viewport": {"width": 1000, "height": 500}} | context))
        self.context.set_offline(offline)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("console", lambda m: self.wrong.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))

    def _asked(self, address):
        if not (address.startswith(("data:", "blob:")) or address.partition("#")[0] == self.address):
            self.wrong.append(f"asked for {address}")

    def go(self, part=""):
        self.page.goto(self.address + part)
        return self

    def says(self, selector, text):
        playwright.expect(self.page.locator(selector)).to_have_text(text, timeout=60_000)

    def drawn(self):
        """Until the whole wall is there."""
        self.says("#status", re.compile(r"^\d+ faces$"))
        return self

    def saved(self, folder):
        """The PNG of the button: path and picture."""
        with self.page.expect_download() as got:
            self.page.click("#save")
        path = folder / got.value.suggested_filename
        got.value.save_as(path)
        return path, pictures.read_picture(path)


@pytest.fixture
def visit(browser, folder):
    """visit(address, **context): a page; in the end nothing went wrong on any."""
    with contextlib.ExitStack() as stack:
        seen = []

        def open_page(address=None, **context):
            visitor = Visitor(browser, address or (folder / "index.html").as_uri(), **context)
            stack.callback(visitor.context.close)
            seen.append(visitor)
            return visitor

        yield open_page
        for visitor in seen:
            assert visitor.wrong == []


def fragment(recipe):
    words = {key: value for key, value in recipe.to_json().items() if key in ("hair colour", "eye colour")}
    hair, eyes = words["hair colour"], words["eye colour"]
    return (
        f"#hair={hair}&eyes={eyes}&seed={recipe.seed}&truncation={recipe.truncation}"
        f"&candidates={recipe.candidates}"
    )


def apart(one, other):
    return int(np.abs(one.astype(int) - other.astype(int)).max())


def by_command(text, folder):
    """The picture that the page's two lines draw, in a folder that holds what they name."""
    line, command = text.splitlines()[:2]
    (folder / "line.txt").write_text(re.fullmatch(r"echo '(.*)' > line.txt", line)[1] + "\n")
    with contextlib.chdir(folder):
        assert main(["generate", *shlex.split(command.removeprefix("bash run.sh "))]) == 0
    return pictures.read_picture(folder / "drawn" / "sample_1_1.png")


@needs_chromium
def test_ten_recipes_are_the_commands_pictures(visit, painter, tmp_path):
    visitor = visit()
    recipes = [Recipe.of(text, **({"candidates": 4} | fields)) for text, fields in TEN]
    for recipe, expected, kept in zip(recipes, *painter.pick(recipes), strict=True):
        visitor.go(fragment(recipe)).says("#facts", re.compile(rf"^seed {recipe.seed}( · .*)?$"))
        path, picture = visitor.saved(tmp_path)
        assert apart(picture, expected) <= MOST_APART, recipe
        told = Recipe.from_json(pictures.read_recipe(path))
        assert (told.hair, told.eyes, told.candidate) == (kept.hair, kept.eyes, kept.candidate)
        assert told.checkpoint == painter.digest
        assert apart(painter.draw([told])[0], expected) == 0  # the PNG's recipe draws it again


@needs_chromium
def test_a_face_has_the_command_and_the_link_that_draw_it_again(visit, tmp_path):
    visitor = visit()
    visitor.go("#hair=pink&eyes=random&seed=41").drawn()
    visitor.page.locator(".faces button").nth(1).click()
    visitor.says("#facts", re.compile("^seed 42"))
    _, picture = visitor.saved(tmp_path)
    drawn = by_command(visitor.page.locator("#command").text_content(), tmp_path)
    assert apart(picture, drawn) <= MOST_APART
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.page.click("#link")
    visitor.says("#status", "Copied")
    link = visitor.page.evaluate("navigator.clipboard.readText()")
    again = visit()
    again.go("#" + link.partition("#")[2]).says("#facts", re.compile("^seed 42"))
    assert np.array_equal(again.saved(tmp_path)[1], picture)


@needs_chromium
def test_a_walk_is_the_painters_walk(visit, painter, tmp_path):
    visitor = visit()
    visitor.go("#hair=blue&eyes=random&seed=11").drawn()
    visitor.page.locator("#way").evaluate(
        "slider => { slider.value = 0.5; slider.dispatchEvent(new Event('input')); }"
    )
    visitor.says("#facts", "from seed 11 to seed 12")
    path, picture = visitor.saved(tmp_path)
    assert path.name == "walk_11-12_0.50.png"
    stops = [Recipe.of("blue hair", seed=seed, **painter.usual) for seed in (11, 12)]
    assert apart(picture, painter.walk(stops, 3)[1]) <= MOST_APART
    visitor.page.click("#play")
    visitor.says("#facts", "from seed 12 to seed 13")  # it goes on by itself
    visitor.page.click("#play")
    visitor.says("#play", "Walk")
    visitor.page.locator(".faces button").nth(0).click()
    visitor.says("#facts", re.compile("^seed 11"))


@needs_chromium
def test_from_a_web_host_and_by_keyboard(visit, folder):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder.parent)
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        visitor = visit(f"http://127.0.0.1:{server.server_port}/faces/index.html", offline=False)
        visitor.go("#hair=red&eyes=blue&seed=3").drawn()
        page = visitor.page
        page.focus("#hair input:checked")
        page.keyboard.press("ArrowRight")
        visitor.says("#named", "purple hair, blue eyes")
        visitor.drawn()
        page.focus(".faces button[tabindex='0']")
        page.keyboard.press("ArrowRight")
        visitor.says("#facts", re.compile("^seed 4"))
        assert page.url.endswith("#hair=purple&eyes=blue&seed=4")
        page.keyboard.press("Home")
        visitor.says("#facts", re.compile("^seed 3"))
        page.fill("#seed", "1e3")
        page.keyboard.press("Enter")
        assert page.input_value("#seed") == "3"  # no seed: nothing changes
        page.fill("#seed", "77")
        page.keyboard.press("Enter")
        visitor.says("#facts", re.compile("^seed 77"))
        page.click("#next")
        count = page.locator(".faces li").count()
        visitor.says("#facts", re.compile(f"^seed {77 + count}"))
        server.shutdown()


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit, scheme):
    from axe_playwright_python.sync_playwright import Axe

    language, told = ("en-GB", "faces") if scheme == "light" else ("zh-TW", "張臉")
    visitor = visit(viewport={"width": 1280, "height": 800}, color_scheme=scheme, locale=language)
    visitor.go().says("#status", re.compile(rf"^\d+ {told}$"))
    for button in ("#again summary", "#about"):  # the page, then its dialog
        visitor.page.click(button)
        for width in (1280, 390):
            visitor.page.set_viewport_size({"width": width, "height": 800})
            assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
            found = Axe().run(visitor.page).response["violations"]
            assert [f["id"] for f in found if f["impact"] in ("serious", "critical")] == [], (button, width)


@needs_chromium
def test_faces_are_there_before_the_painter_is(visit, painter):
    """The first wall lies in the page, where the address asks for nothing else; its own networks draw it anew."""
    visitor = visit()
    visitor.page.add_init_script(
        "window.Worker = class { postMessage() {} }"
    )  # a painter that is never ready
    visitor.go().page.wait_for_selector(".faces .drawn")
    for button in ("#save", "#link"):
        assert visitor.page.locator(button).is_disabled()
    read = "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
    shown = visitor.page.locator(".faces canvas").nth(2).evaluate(read)
    expected = painter.draw([Recipe(seed=3, **painter.usual)])[0]
    assert np.abs(np.reshape(shown, (64, 64, 4))[..., :3] - expected.astype(int)).mean() < 4  # a JPEG of it
    visitor.go("#seed=5")
    visitor.page.reload()
    visitor.says("#status", "Opening the painter …")
    assert visitor.page.locator(".faces .drawn").count() == 0


@needs_chromium
def test_half_a_file_is_told(visit, folder, tmp_path):
    page = (folder / "index.html").read_text()
    (tmp_path / "index.html").write_text(page[: page.index('data-part="judge_weights"') + 1000])
    visitor = visit((tmp_path / "index.html").as_uri())
    visitor.go().says("#status", re.compile("the file is not whole, load it anew$"))


@needs_chromium
def test_a_link_is_text(visit):
    visitor = visit()
    visitor.go("#hair=<img src=x onerror=alert(1)>&eyes=red&seed=-4")
    visitor.says(
        "#status", re.compile("hair is not known here: <img src=x onerror=alert.*seed is not known here: -4")
    )
    assert visitor.page.locator("#status img").count() == 0
    visitor.says("#facts", re.compile("^seed 1( |$)"))


@needs_chromium
def test_noise_of_a_thousand_keys(browser):
    context = browser.new_context()
    page = context.new_page()
    page.add_script_tag(path=static_page.HERE / "js" / "noise.js")
    keys = [
        ["latent", seed * 7919, "1", 1 + seed % 5, *([2 + seed % 3] if seed % 2 else [])]
        for seed in range(1000)
    ]
    keys[:3] = [
        ["latent", 2**53 - 1, "臉\U0001f600", 1],
        ["latent", 0, "x" * 64, 1000],
        ["latent", 5, "a,b", 1],
    ]
    script = "([keys, kind, truncation]) => keys.map(key => "
    drawn = script + "Array.from(Noise.latents(new Noise.Generator(...key), kind, 128, truncation)))"
    for kind, truncation, some in (("normal", 1, keys), ("normal", 0.7, keys[:20]), ("uniform-01", 0.3, keys[:20]),
                                   ("uniform-11", 1.3, keys[:20])):  # fmt: skip
        got = np.array(page.evaluate(drawn, [some, kind, truncation]), np.float32)
        expected = [noise.latents(noise.generator(*key), kind, 128, truncation) for key in some]
        assert np.array_equal(got, expected), kind
    evenly = page.evaluate(script + "new Noise.Generator(...key).random())", [keys, "", 1])
    assert evenly == [noise.generator(*key).random() for key in keys]
    texts = ["a" * length for length in (0, 55, 56, 63, 64, 65, 119, 120, 1000)]
    hashed = page.evaluate(
        "all => all.map(t => Array.from(Noise.sha256(new TextEncoder().encode(t))))", texts
    )
    assert [bytes(digest) for digest in hashed] == [hashlib.sha256(text.encode()).digest() for text in texts]
    context.close()


@needs_chromium
def test_another_generator_by_its_graph(visit, tmp_path, tiny, capsys):
    pytest.importorskip("onnxscript")
    from workbench.base.checkpoint import save_generator
    from workbench.draw.painter import build

    file = tmp_path / "it's mine.safetensors"
    counts = np.zeros((12, 11), int)
    counts[8, 9] = 1
    info = {"config": tiny().to_json(), "tag_counts": counts.tolist()}
    save_generator(file, build(tiny()).state_dict(), info)
    assert main(["page", str(tmp_path / "out"), "--checkpoint", str(file)]) == 2
    assert f"workbench export {file} --onnx writes one" in capsys.readouterr().err
    assert main(["export", str(file), "--onnx"]) == 0
    assert main(["page", str(tmp_path / "out"), "--checkpoint", str(file)]) == 0
    visitor = visit((tmp_path / "out" / "index.html").as_uri())
    visitor.go("#seed=9").drawn()
    visitor.says("#named", "blue hair, red eyes")  # the only ones that its training saw
    drawn = by_command(visitor.page.locator("#command").text_content(), tmp_path)
    assert apart(visitor.saved(tmp_path)[1], drawn) <= MOST_APART


@needs_chromium
@pytest.mark.parametrize(("conditioning", "latent_kind"), [("infogan", "uniform-11"), ("none", "uniform-01")])
def test_free_numbers_other_latents_and_no_tags(visit, tmp_path, tiny, conditioning, latent_kind):
    pytest.importorskip("onnxscript")
    from workbench.base.checkpoint import save_generator
    from workbench.draw.painter import build

    file, config = (
        tmp_path / "generator.safetensors",
        tiny(conditioning=conditioning, latent_kind=latent_kind),
    )
    info = {"config": config.to_json(), "tag_counts": np.ones((12, 11), int).tolist()}
    save_generator(file, build(config).state_dict(), info)
    assert main(["export", str(file), "--onnx"]) == 0
    assert main(["page", str(tmp_path / "out"), "--checkpoint", str(file)]) == 0
    visitor = visit((tmp_path / "out" / "index.html").as_uri())
    visitor.go("#seed=9&truncation=0.6").drawn()
    assert visitor.page.locator("#hair").is_visible() == (conditioning != "none")
    path, picture = visitor.saved(tmp_path)
    painter, told = Painter.open(file), Recipe.from_json(pictures.read_recipe(path))
    assert apart(picture, painter.draw([Recipe(seed=9, truncation=0.6)])[0]) <= MOST_APART
    assert apart(picture, painter.draw([told])[0]) <= MOST_APART


def test_what_is_written(folder, tmp_path, capsys):
    assert sorted(file.name for file in folder.iterdir()) == sorted([static_page.PAGE, *static_page.LICENCES])
    assert "Copyright (c) Microsoft Corporation" in (folder / static_page.LICENCES[0]).read_text()
    assert "Eigen" in (folder / static_page.LICENCES[1]).read_text()
    page = (folder / static_page.PAGE).read_text()
    assert main(["page", str(folder)]) == 0  # its own page is replaced
    assert (folder / static_page.PAGE).read_text() == page
    facts = json.loads(re.search(r'id="facts-of-generator">(.*?)</script>', page, re.S)[1])
    assert facts["checkpoint"] == Painter.open().digest
    assert str(SHIPPED.parent) not in page  # no folder of this machine
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)[^\"']+\.(js|css|wasm|woff2?)\b", page)
    (tmp_path / "index.html").write_text("<p>mine")
    assert main(["page", str(tmp_path)]) == 2
    assert "is another page; name another folder" in capsys.readouterr().err
    assert (tmp_path / "index.html").read_text() == "<p>mine"
    assert main(["page", str(tmp_path / "index.html")]) == 2
