"""The report in a real Chromium: what a reader clicks, types, hovers and sees."""

import time
from math import log
from pathlib import Path
from shutil import which

import pytest

from bench.report import build, gather, write
from tests.bench.report.conftest import HOSTILE

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")

from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import Select, WebDriverWait  # noqa: E402

CHROMIUM, DRIVER = which("chromium"), which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="no chromium and chromedriver; on Debian: apt install chromium chromium-driver",
)

DEEP_TEXT = """
const found = [];
(function walk(node) {
  if (node.nodeType === 3) found.push(node.textContent);
  if (node.shadowRoot) walk(node.shadowRoot);
  if (!/^(STYLE|SCRIPT)$/.test(node.nodeName)) node.childNodes.forEach(walk);
})(document.body);
return found.join(' ').replace(/\\s+/g, ' ');
"""
"""All text that stands on a page, also in the shadow roots in which bokeh writes."""

POINT = """
const view = Bokeh.index.roots[0];
const drawn = view.model.renderers.find((r) => r.glyph.type === 'Scatter');
const data = drawn.data_source.data;
const box = view.el.getBoundingClientRect();
const area = view.frame.bbox;
return [box.left + area.left + view.frame.x_scale.compute(data.macs[0]) - area.left,
        box.top + area.top + view.frame.y_scale.compute(data.uar[0]) - area.top];
"""
"""Where the first point of a scatter stands in the window."""


LEGEND = """
const find = (node) => node.querySelector?.('.bk-item') || [...node.querySelectorAll('*')]
  .map((inner) => inner.shadowRoot && find(inner.shadowRoot)).find(Boolean);
const box = find(document.querySelector('.canvas')).getBoundingClientRect();
return [box.left + 10, box.top + box.height / 2];
"""
"""Where the first entry of a legend stands in the window."""


@pytest.fixture(scope="module")
def driver():
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    made = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield made
    made.quit()


_SITE = []


@pytest.fixture
def site(planted, tmp_path_factory) -> Path:
    """One report for all tests of this file."""
    if not _SITE:
        _SITE.append(tmp_path_factory.mktemp("site"))
        write(build(gather(planted)), _SITE[0])
    return _SITE[0]


@pytest.fixture
def browser(driver, site):
    """The first page; at the end nothing was complained of, and nothing asked of a network."""
    _media(driver, "light")
    _size(driver, 1280, 900)
    driver.get_log("browser"), driver.get_log("performance")
    driver.get((site / "index.html").as_uri())
    yield driver
    complaints = [e for e in driver.get_log("browser") if e["level"] not in ("INFO", "DEBUG")]
    assert complaints == []
    asked = [
        e["message"] for e in driver.get_log("performance") if "requestWillBeSent" in e["message"]
    ]
    assert asked
    assert not [message for message in asked if '"url":"http' in message]


def _media(driver, scheme):
    feature = {"name": "prefers-color-scheme", "value": scheme}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})


def _size(driver, width, height):
    shape = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", shape)


def _shown(browser, column, table=-1):
    """Texts of one column of a table, as they stand and where they are shown."""
    rows = browser.find_elements(By.TAG_NAME, "table")[table].find_elements(
        By.CSS_SELECTOR, "tbody tr"
    )
    return [
        row.find_elements(By.CSS_SELECTOR, "th, td")[column].text
        for row in rows
        if row.is_displayed()
    ]


def _drawn(browser):
    place = browser.find_element(By.CSS_SELECTOR, ".canvas")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", place)
    WebDriverWait(browser, 10).until(lambda _: place.get_attribute("data-drawn") == "yes")
    time.sleep(0.3)  # bokeh paints once more after it says that it is done
    return place


def _hover(browser, x, y):
    chain = ActionChains(browser)
    for away in (30, 0):  # a pointer that was there already would not be noticed
        chain.w3c_actions.pointer_action.move_to_location(int(x) - away, int(y) - away)
    chain.perform()


def _head(browser, title):
    heads = browser.find_elements(By.TAG_NAME, "table")[-1].find_elements(
        By.CSS_SELECTOR, "thead th"
    )
    return next(head for head in heads if head.text.startswith(title))


def test_a_click_on_a_heading_sorts_and_says_so(browser):
    head = _head(browser, "UAR %")
    head.find_element(By.TAG_NAME, "button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert _shown(browser, 1) == ["100.00", "77.78", "44.44"]
    head.find_element(By.TAG_NAME, "button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert _shown(browser, 1) == ["44.44", "77.78", "100.00"]


def test_counts_sort_by_value_and_names_by_letters(browser):
    _head(browser, "MACs").find_element(By.TAG_NAME, "button").click()
    assert _shown(browser, 0) == [HOSTILE, "Wide | net", "Tiny"]
    _head(browser, "System").find_element(By.TAG_NAME, "button").click()
    assert _shown(browser, 0) == [HOSTILE, "Tiny", "Wide | net"]
    assert browser.find_elements(By.CSS_SELECTOR, "[aria-sort]") == [_head(browser, "System")]


def test_words_and_choices_filter_rows_and_say_how_many_are_left(browser):
    count = browser.find_element(By.CSS_SELECTOR, "[data-count]")
    WebDriverWait(browser, 5).until(lambda _: count.text == "4 of 4 results")
    words = browser.find_element(By.CSS_SELECTOR, "[data-filter=text]")
    words.send_keys("tiny")
    WebDriverWait(browser, 5).until(lambda _: count.text == "2 of 4 results")
    data = Select(browser.find_element(By.CSS_SELECTOR, "[data-filter=data]"))
    data.select_by_visible_text("real")
    WebDriverWait(browser, 5).until(lambda _: count.text == "1 of 4 results")
    assert [s.is_displayed() for s in browser.find_elements(By.CSS_SELECTOR, ".part")] == [
        True,
        False,
    ]
    words.clear()
    words.send_keys("nothing like it")
    WebDriverWait(browser, 5).until(lambda _: count.text == "0 of 4 results")


def test_a_row_leads_to_the_result_on_the_page_of_its_model(browser):
    browser.find_element(By.LINK_TEXT, "Wide | net").click()
    assert browser.current_url.endswith("models/wide.html#result-000000000001")
    assert browser.find_element(By.TAG_NAME, "h1").text == "Wide | net"
    place = browser.find_element(By.ID, "result-000000000001")
    top = browser.execute_script("return arguments[0].getBoundingClientRect().top", place)
    assert 0 <= top < 900
    _drawn(browser)
    assert "faces, subject-2-fold, full [00000000]" in browser.execute_script(
        "return Bokeh.index.roots[0].model.renderers[0].data_source.data.result[0]"
    )


def test_a_point_tells_its_numbers_when_it_is_hovered(browser):
    _drawn(browser)
    x, y = browser.execute_script(POINT)
    _hover(browser, x, y)
    told = "system: Wide | net UAR: 77.78 % WAR: 77.78 % MACs: 0.009 G"
    WebDriverWait(browser, 5).until(lambda b: told in b.execute_script(DEEP_TEXT))


def test_a_hostile_name_is_text_in_a_tooltip_too(browser):
    _drawn(browser)
    x, y = browser.execute_script(POINT.replace("[0]", "[1]").replace("roots[1]", "roots[0]"))
    _hover(browser, x, y)
    told = f"system: {HOSTILE} UAR: 44.44 %"
    WebDriverWait(browser, 5).until(lambda b: told in b.execute_script(DEEP_TEXT))
    assert browser.title == "Leaderboard · bench report"


def test_the_legend_hides_what_is_clicked(browser):
    _drawn(browser)
    plot = "const plot = Bokeh.index.roots[0].model; "
    assert browser.execute_script(plot + "return plot.above.map((p) => p.click_policy)") == ["hide"]
    x, y = browser.execute_script(LEGEND)
    chain = ActionChains(browser)
    chain.w3c_actions.pointer_action.move_to_location(int(x), int(y))
    chain.w3c_actions.pointer_action.click()
    chain.perform()
    seen = plot + "return plot.renderers.map((r) => r.visible)"
    WebDriverWait(browser, 5).until(lambda b: b.execute_script(seen) == [False] * 3 + [True] * 3)


def test_the_keyboard_reaches_content_headings_and_rows(browser):
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    active = browser.switch_to.active_element
    assert active.text == "Skip to content"
    assert active.rect["x"] >= 0
    for _ in range(60):
        active = browser.switch_to.active_element
        if active.tag_name == "button":
            break
        active.send_keys(Keys.TAB)
    assert active.tag_name == "button"
    style = "return getComputedStyle(document.activeElement).outlineStyle"
    assert browser.execute_script(style) == "solid"
    active.send_keys(Keys.ENTER)
    head = active.find_element(By.XPATH, "..")
    assert head.get_attribute("aria-sort") == "ascending"
    active.send_keys(Keys.SPACE)
    assert head.get_attribute("aria-sort") == "descending"


def test_a_table_that_scrolls_sideways_is_reached_by_the_tab_key_and_no_other_is(browser):
    def reached():
        places = browser.find_elements(By.CSS_SELECTOR, ".scroll")
        return [(p.get_attribute("tabindex"), p.get_attribute("role")) for p in places]

    _size(browser, 2000, 900)  # the second table holds a long hostile name
    WebDriverWait(browser, 5).until(lambda _: reached() == [(None, None), ("0", "region")])
    _size(browser, 360, 780)
    WebDriverWait(browser, 5).until(lambda _: reached() == [("0", "region")] * 2)


def test_what_is_touched_on_a_phone_is_large_enough(browser):
    _size(browser, 390, 844)
    small = """
      return [...document.querySelectorAll('header a, .downloads a, th button, input, select')]
        .map((e) => [e.textContent, e.getBoundingClientRect()])
        .filter(([_, box]) => box.width < 24 || box.height < 24).map(([text]) => text)"""
    assert browser.execute_script(small) == []


def test_a_printed_page_is_light_and_whole(browser):
    _drawn(browser)
    style = """
      const shown = (e) => getComputedStyle(document.querySelector(e)).display !== 'none';
      return [getComputedStyle(document.body).backgroundColor, shown('.filters'), shown('header'),
              shown('.downloads'), shown('table'), shown('.canvas'),
              getComputedStyle(document.querySelector('.scroll')).overflowX,
              getComputedStyle(document.querySelector('.canvas')).filter]"""
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    paper = {"media": "print", "features": features}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", paper)
    try:
        told = browser.execute_script(style)
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    page = ["rgb(255, 255, 255)", False, False, False, True, True, "visible"]
    assert told == [*page, "none"]


def test_plots_of_a_dark_screen_are_turned_around_on_paper(browser):
    _drawn(browser)
    ink = """return [document.documentElement.dataset.ink,
                     getComputedStyle(document.querySelector('.canvas')).filter]"""
    _media(browser, "dark")
    WebDriverWait(browser, 5).until(lambda b: b.execute_script(ink)[0] == "light")
    assert browser.execute_script(ink) == ["light", "none"]
    paper = {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", paper)
    told = browser.execute_script(ink)
    _media(browser, "light")
    WebDriverWait(browser, 5).until(lambda b: b.execute_script(ink)[0] == "dark")
    assert told == ["light", "invert(1) hue-rotate(180deg)"]


def test_plots_are_as_wide_and_high_as_names_are_placed_for(browser):
    _drawn(browser)
    told = """
      const { x_range, y_range, renderers } = Bokeh.index.roots[0].model;
      const all = [...renderers].map((part) => part.data_source.data);
      const of = (name) => all.flatMap((data) => [...data[name]]);
      return [[x_range.start, x_range.end], [y_range.start, y_range.end],
              of('macs'), [...of('low'), ...of('high')]]"""
    x, y, macs, ends = browser.execute_script(told)
    room = [0.5 * part * (max(v) - min(v)) for part, v in ((0.1, [*map(log, macs)]), (0.3, ends))]
    assert [log(end) for end in x] == pytest.approx(
        [log(min(macs)) - room[0], log(max(macs)) + room[0]]
    )
    assert y == pytest.approx([min(ends) - room[1], max(ends) + room[1]])


def test_names_stand_beside_points_where_there_is_room(browser, site):
    shown = """return Bokeh.index.roots[0].model.renderers
        .filter((part) => part.glyph.type === 'Text')
        .map((part) => [part.visible, part.glyph.text_alpha.value])"""
    _drawn(browser)
    names = len(browser.execute_script(shown))
    assert browser.execute_script(shown) == [[True, 1]] * names != []
    _size(browser, 360, 780)
    browser.get((site / "index.html").as_uri())
    _drawn(browser)
    # what is not visible would fade the legend
    assert browser.execute_script(shown) == [[True, 0]] * names


def test_on_a_phone_only_tables_scroll_sideways(browser, site, tmp_path):
    _size(browser, 360, 780)
    wide = "return [document.documentElement.scrollWidth, window.innerWidth]"
    for name in sorted(p.relative_to(site) for p in site.rglob("*.html")):
        browser.get((site / name).as_uri())
        assert browser.execute_script(wide) == [360, 360], name
    browser.get((site / "index.html").as_uri())
    assert browser.save_screenshot(str(tmp_path / "phone.png"))


def test_dark_and_light_reach_the_plots_too(browser):
    place = _drawn(browser)
    ink = (
        "const page = getComputedStyle(document.body); return [page.color, page.backgroundColor, "
        "Bokeh.index.roots[0].model.below[0].axis_label_text_color]"
    )
    light = browser.execute_script(ink)
    _media(browser, "dark")
    # the page is told of it in its own time
    WebDriverWait(browser, 5).until(lambda b: b.execute_script(ink)[2] != light[2])
    dark = browser.execute_script(ink)
    assert place.is_displayed()
    assert light == ["rgb(29, 31, 34)", "rgb(255, 255, 255)", "#5b6168"]
    assert dark == ["rgb(230, 232, 234)", "rgb(21, 23, 26)", "#a2a9b1"]


def test_without_scripts_every_row_is_there(browser, site):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get((site / "index.html").as_uri())
        rows = browser.find_elements(By.CSS_SELECTOR, "tbody tr")
        assert len(rows) == 4
        assert "UAR against MACs" in browser.find_element(By.TAG_NAME, "figcaption").text
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.slow
@pytest.mark.parametrize("systems", [17, 500])
def test_five_hundred_folds_are_small_and_appear_at_once(driver, tmp_path, systems):
    """Of few systems with all their folds and seeds, and of 500 with one fold each."""
    from tests.bench.planted import plant

    results, site = tmp_path / "results", tmp_path / "site"
    if systems == 500:
        plant(results, 1500, seeds=1)
        for path in [*results.rglob("fold-1.*"), *results.rglob("fold-2.*")]:
            path.unlink()
    else:
        plant(results, 500)
    assert len([*results.rglob("fold-*.json")]) == 500
    write(build(gather(results)), site)
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < 5_000_000
    driver.get((site / "models.html").as_uri())
    for name in ("index.html", "provenance.html"):
        start = _busy(driver)
        driver.get((site / name).as_uri())
        assert 0 < _busy(driver) - start < 2, name


def _busy(driver) -> float:
    """Seconds of processor time that the process of the page has taken: no other work counts."""
    driver.execute_cdp_cmd("Performance.enable", {})
    told = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return next(metric["value"] for metric in told if metric["name"] == "ProcessTime")
