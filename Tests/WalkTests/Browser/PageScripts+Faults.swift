extension PageScripts {
    /// What keeps a person with a screen reader, a keyboard or a small finger from using the page,
    /// each kind once: names, labels, structure and references, as WCAG 2.2 (levels A and AA)
    /// wants them.
    static let faults = """
        (() => {
            const found = new Set();
            const tell = (rule, element) => found.add(
                `${rule}: ${element ? element.outerHTML.replace(/\\s+/g, ' ').slice(0, 140) : ''}`);
            const isShown = (each) => each.checkVisibility({visibilityProperty: true});
            const all = (selector) => [...document.querySelectorAll(selector)];
            const named = (ids) => (ids ?? '').split(/\\s+/).filter(Boolean)
                .map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
            // A part of accname 1.2: what these pages use.
            const name = (each) => (named(each.getAttribute('aria-labelledby'))
                || each.getAttribute('aria-label')
                || [...(each.labels ?? [])].map((label) => label.textContent).join(' ')
                || (['INPUT', 'SELECT', 'TEXTAREA'].includes(each.tagName)
                    ? (['submit', 'button'].includes(each.type) ? each.value : '')
                    : each.textContent)
                || [...each.querySelectorAll('img[alt], svg[aria-label], svg title')]
                    .map((part) => part.getAttribute('alt') ?? part.getAttribute('aria-label')
                        ?? part.textContent).join(' ')
                || each.getAttribute('title') || '').trim();

            // 3.1.1, 2.4.2, 1.4.4
            if (!document.documentElement.lang) tell('no language');
            if (!document.title.trim()) tell('no title');
            const zoom = document.querySelector('meta[name=viewport]')?.content ?? '';
            if (/user-scalable=no|maximum-scale=1/.test(zoom)) tell('no zoom');

            // 1.3.1, 2.4.1, 2.4.6
            if (all('main').length !== 1) tell('not one main part');
            if (all('h1').filter(isShown).length !== 1) tell('not one first heading');
            let level = 0;
            for (const each of all('h1, h2, h3, h4, h5, h6').filter(isShown)) {
                const next = Number(each.tagName[1]);
                if (next > level + 1) tell('heading left out', each);
                if (!each.textContent.trim()) tell('empty heading', each);
                level = next;
            }
            if (!all('a[href^="#"]').slice(0, 1).some((each) =>
                document.getElementById(each.hash.slice(1))?.closest('main')
                    || document.getElementById(each.hash.slice(1))?.tagName === 'MAIN')) {
                tell('no way past the navigation');
            }
            for (const each of all('nav')) {
                if (all('nav').length > 1 && !name2(each)) tell('several unnamed navigations', each);
            }
            function name2(each) {
                return each.getAttribute('aria-label') || named(each.getAttribute('aria-labelledby'));
            }
            for (const each of all('ul > :not(li), ol > :not(li)')) tell('no list item', each);
            for (const each of all('li')) {
                if (!each.parentElement.matches('ul, ol, menu')) tell('item without list', each);
            }
            for (const each of all('table').filter(isShown)) {
                if (!each.querySelector('th')) tell('table without headings', each);
            }
            for (const each of all('thead th').filter(isShown)) {
                if (!name(each)) tell('column without a name', each);
            }
            for (const each of all('dt, dd')) {
                if (!each.closest('dl')) tell('description outside a list', each);
            }

            // 1.1.1
            for (const each of all('img:not([alt])')) tell('picture without words', each);
            for (const each of all('svg').filter(isShown)) {
                const isHidden = each.closest('[aria-hidden=true]');
                if (!isHidden && !(each.getAttribute('role') === 'img' && name(each))) {
                    tell('drawing without words', each);
                }
            }

            // 4.1.2, 3.3.2, 2.5.3
            const controls = 'input:not([type=hidden]), select, textarea, button, a[href], summary';
            for (const each of all(controls).filter(isShown)) {
                if (!name(each)) tell('nameless', each);
                if (each.tabIndex > 0) tell('order of its own', each);
                if (each.closest('[aria-hidden=true]')) tell('hidden but reachable', each);
                if (each.matches('a, button') && each.parentElement.closest('a, button')) {
                    tell('control in a control', each);
                }
            }
            for (const each of all('input[type=radio]').filter(isShown)) {
                if (!each.closest('fieldset')?.querySelector('legend')
                    && !each.closest('[role=radiogroup]')) tell('choice without a question', each);
            }
            // 1.3.5
            for (const each of all('input[type=password], input[type=email]').filter(isShown)) {
                if (!each.autocomplete) tell('no purpose', each);
            }

            // References that lead nowhere, names given twice.
            const ids = new Map();
            for (const each of all('[id]')) ids.set(each.id, (ids.get(each.id) ?? 0) + 1);
            for (const [id, count] of ids) if (count > 1) tell(`twice the name ${id}`);
            for (const word of ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for']) {
                for (const each of all(`[${word}]`)) {
                    for (const id of each.getAttribute(word).split(/\\s+/).filter(Boolean)) {
                        if (!ids.has(id)) tell(`${word} leads nowhere`, each);
                    }
                }
            }
            for (const each of all('a[href^="#"]')) {
                const id = decodeURIComponent(each.hash.slice(1));
                if (id && !ids.has(id)) tell('link leads nowhere', each);
            }

            // 2.5.8: at least 24 by 24, unless it stands in a sentence or has room around it.
            for (const each of all('button, select, input:not([type=hidden]), summary')) {
                if (!isShown(each) || each.closest('label')) continue;
                const box = each.getBoundingClientRect();
                const isOfBrowser = ['checkbox', 'radio'].includes(each.type);
                if (!isOfBrowser && box.width && (box.width < 24 || box.height < 24)) {
                    tell(`small (${Math.round(box.width)} by ${Math.round(box.height)})`, each);
                }
            }
            return [...found];
        })()
        """
}
