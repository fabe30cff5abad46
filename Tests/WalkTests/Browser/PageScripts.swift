/// What the browser is asked about a page.
enum PageScripts {
    /// The HTTP status, the heading, and how far the page is wider than its window.
    static let facts = """
        (() => ({
            status: performance.getEntriesByType('navigation')[0].responseStatus,
            heading: document.querySelector('h1')?.textContent ?? '',
            surplus: document.scrollingElement.scrollWidth - document.documentElement.clientWidth,
            background: getComputedStyle(document.body).backgroundColor
        }))()
        """

    /// Starts to note what gets the focus, and whether it can be seen that it has.
    static let watchFocus = """
        (() => {
            window.focused = new Set();
            window.unseen = new Set();
            document.addEventListener('focusin', (event) => {
                window.focused.add(event.target);
                const style = getComputedStyle(event.target);
                const hasSign = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
                    || style.boxShadow !== 'none';
                if (!hasSign) window.unseen.add(event.target.outerHTML.slice(0, 120));
            });
            document.body.focus();
            return \(reachable).length;
        })()
        """

    /// What never got the focus, and what had it without a sign.
    static let missed = """
        (() => ({
            missed: \(reachable).filter((each) => !window.focused.has(each))
                .map((each) => each.outerHTML.slice(0, 120)),
            unseen: [...window.unseen]
        }))()
        """

    /// Everything visible that a person can act on; of a group of radio buttons the chosen one.
    private static let reachable = """
        [...document.querySelectorAll(
            'a[href], button, summary, select, textarea, input:not([type=hidden])')]
            .filter((each) => each.checkVisibility({visibilityProperty: true}) && !each.disabled)
            .filter((each) => each.type !== 'radio' || each.checked)
        """

    /// Words with less contrast than WCAG 2.2 asks for (1.4.3, level AA), each kind once.
    static let faint = """
        (() => {
            const parse = (text) => {
                const parts = text.match(/[\\d.]+/g).map(Number);
                return {rgb: parts.slice(0, 3), alpha: parts.length > 3 ? parts[3] : 1};
            };
            const luminance = (rgb) => {
                const linear = rgb.map((value) => value / 255)
                    .map((value) => value <= 0.04045
                        ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
                return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
            };
            const behind = (element) => {
                for (let each = element; each; each = each.parentElement) {
                    const colour = parse(getComputedStyle(each).backgroundColor);
                    if (colour.alpha === 1) return colour.rgb;
                }
                return [255, 255, 255];
            };
            const found = new Set();
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const element = walker.currentNode.parentElement;
                if (!walker.currentNode.textContent.trim() || !element.checkVisibility()) continue;
                const style = getComputedStyle(element);
                const isDrawn = element instanceof SVGElement;
                const colour = parse(isDrawn ? style.fill : style.color);
                const [high, low] = [luminance(colour.rgb), luminance(behind(element))]
                    .sort((left, right) => right - left);
                const size = parseFloat(style.fontSize);
                const isLarge = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
                const contrast = (high + 0.05) / (low + 0.05);
                if (contrast < (isLarge ? 3 : 4.5)) {
                    found.add(`${element.tagName}.${element.getAttribute('class')}: `
                        + `${contrast.toFixed(2)} "${element.textContent.trim().slice(0, 40)}"`);
                }
            }
            return [...found];
        })()
        """

    /// Fills the form of the first sign-in.
    static let account = """
        (() => {
            for (const [name, value] of Object.entries({
                name: 'someone', password: 'four unrelated words here',
                repeated: 'four unrelated words here'
            })) document.querySelector(`input[name=${name}]`).value = value;
            document.querySelector('input[name=password]').form.id = 'first';
        })()
        """

    /// Fills the forms about people and tokens.
    static let invitation = """
        (() => {
            const form = document.querySelector('form[action="/people/invite"]');
            form.remark.value = 'Björn Ångström from the bank’s accounting department';
            form.querySelector('input[value="domain-owner"]').checked = true;
            form.domains.value = 'north-oats.example bank.example';
        })()
        """
    static let token = """
        (() => {
            const form = document.querySelector('form[action="/tokens/make"]');
            form.querySelector('input[name="name"]').value = 'The nightly import of finance';
            for (const box of form.querySelectorAll('input[type=checkbox]')) box.checked = true;
        })()
        """
}
