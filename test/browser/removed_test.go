package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// A browser may tell of a scroll, a lost focus or an animation's end after its element was
// removed, and a promise may end after that. What was removed must then neither throw nor
// do anything.

// remembers waits until the page shows what some selectors match, and collects every element
// of the page, also of its open shadow trees.
func (g *page) remembers(shown ...string) {
	g.t.Helper()
	g.until("the page shows what is going to be removed", `(selectors) => {
		const all = (root) => [...root.querySelectorAll('*')].flatMap((el) => [el, ...(el.shadowRoot ? all(el.shadowRoot) : [])]);
		window.remembered = all(document.body);
		window.ever = new Set([...window.ever ?? [], ...window.remembered]);
		window.leaving = selectors.map((s) => window.remembered.find((el) => el.matches(s)));
		return !window.leaving.includes(undefined) || selectors[window.leaving.indexOf(undefined)];
	}`, shown)
}

// answersNothing waits until the page has removed what it was asked to show. Then the browser
// tells late of all that it may tell of what was remembered and removed: a scroll, a lost
// focus, an animation's end. The page must neither throw nor send anything.
func (g *page) answersNothing(what string) {
	g.t.Helper()
	g.until(what+" is removed", `() => window.leaving.filter((el) => el.isConnected).map((el) => el.outerHTML.slice(0, 120)).join() || true`)
	g.haunted(what, "late")
}

// bearsPresses lets all else happen on everything that was ever remembered and removed, also
// what no person can do there. The page must not throw. It is of no further use: its buttons
// did what they do.
func (g *page) bearsPresses() {
	g.t.Helper()
	g.haunted("all", "acts")
}

func (g *page) haunted(what, events string) {
	g.t.Helper()
	if harm := get[[]string](g, haunt, events); len(harm) > 0 {
		g.t.Errorf("%s: %s: what was removed still acts:\n%s", g.name, what, strings.Join(harm, "\n"))
	}
}

// haunt lets events happen on removed elements. It returns what they threw, and what the
// page asked the server at once because of one that browsers tell late. What a press
// sends goes nowhere.
const haunt = `async (which) => {
	const gone = [...which === 'late' ? window.remembered : window.ever].filter((el) => !el.isConnected);
	const of = (Type, more = {}) => (type) => new Type(type, {bubbles: true, cancelable: true, composed: true, ...more});
	const keys = ['Enter', 'Escape', ' ', 'Tab', 'ArrowDown', 'ArrowLeft', 'Home', 'a'];
	const late = [
		...['scroll', 'scrollend', 'toggle', 'close', 'cancel', 'resize', 'load', 'error', 'change', 'select', 'selectionchange', 'fullscreenchange'].map((type) => of(Event)(type)),
		...['open', 'closed'].map((newState) => new ToggleEvent('toggle', {oldState: 'open', newState})),
		...['blur', 'focusout', 'focus', 'focusin'].map(of(FocusEvent)),
		...['transitionrun', 'transitionend', 'transitioncancel'].map(of(TransitionEvent, {propertyName: 'opacity'})),
		...['animationstart', 'animationiteration', 'animationend', 'animationcancel'].map(of(AnimationEvent)),
		...['pointerleave', 'pointerout', 'pointerenter', 'pointerover', 'pointercancel', 'lostpointercapture'].map(of(PointerEvent)),
		...['mouseleave', 'mouseout', 'mouseenter', 'mouseover'].map(of(MouseEvent)),
		...['dragleave', 'dragend'].map(of(DragEvent)),
		...['touchcancel', 'touchend'].map(of(UIEvent)),
		...['compositionend'].map(of(CompositionEvent)),
	];
	const acts = [
		...['pointerdown', 'pointermove', 'pointerup'].map(of(PointerEvent)),
		...['mousedown', 'mouseup', 'click', 'auxclick', 'dblclick', 'contextmenu'].map(of(MouseEvent, {detail: 1})),
		...['dragstart', 'dragenter', 'dragover', 'drop'].map(of(DragEvent, {dataTransfer: new DataTransfer()})),
		...['beforeinput', 'input'].map(of(InputEvent, {data: 'x'})),
		...['copy', 'cut', 'paste'].map(of(ClipboardEvent, {clipboardData: new DataTransfer()})),
		...keys.flatMap((key) => ['keydown', 'keypress', 'keyup'].map(of(KeyboardEvent, {key}))),
		...['wheel'].map(of(WheelEvent)), ...['submit'].map(of(SubmitEvent)), ...['reset', 'invalid'].map(of(Event)),
	];
	const harm = [];
	let now = '', telling = which === 'late';
	const thrown = (event) => {
		// That one says only that a frame was too short for all sizes.
		if (!/^ResizeObserver loop/.test(event.message)) harm.push(now + ': ' + (event.message ?? event.reason));
	};
	addEventListener('error', thrown);
	addEventListener('unhandledrejection', thrown);
	const {fetch} = window, {send} = WebSocket.prototype;
	navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'));
	window.fetch = (what) => {
		if (telling) harm.push(now + ': it asks for ' + what);
		return new Promise(() => {});
	};
	WebSocket.prototype.send = (what) => { if (telling) harm.push(now + ': it sends ' + what); };
	// Neither a link nor a choice of files opens.
	const roots = new Set(gone.map((el) => el.getRootNode()));
	const still = (event) => event.preventDefault();
	for (const root of roots) root.addEventListener('click', still);
	// A frame that is hidden by now draws nothing any more.
	const frames = () => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); setTimeout(done, 500); });
	for (const el of gone) {
		const name = el.cloneNode().outerHTML.slice(0, 120);
		for (const event of {late, acts}[which]) {
			now = event.type + ' ' + (event.key ?? '') + ' on ' + name;
			el.dispatchEvent(event);
		}
	}
	now = 'later';
	telling = false;
	await frames();
	for (const root of roots) root.removeEventListener('click', still);
	window.fetch = fetch;
	WebSocket.prototype.send = send;
	removeEventListener('error', thrown);
	removeEventListener('unhandledrejection', thrown);
	return [...new Set(harm)].slice(0, 20);
}`

func TestWhatWasRemovedFromTheVisitorsPageAnswersNoEvent(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.wears(shared)
	v.remembers(at("name-input"))
	v.startAs("Ada")
	v.answersNothing("the first form")
	v.say("What is Parley?")
	v.answered()
	v.fill(at("composer"), "half a sen")
	v.remembers(at("composer"), at("log"))
	v.click(at("menu"))
	v.click(at("switch"))
	v.answersNothing("the chat")
	v.remembers(at("name-input"))
	v.click(at("start-back"))
	v.answersNothing("the form for another name")
	v.remembers(at("composer"), at("log"))
	v.click(at("menu"))
	v.click(at("forget"))
	v.answersNothing("the chat again")
	v.remembers(at("forget-confirm"))
	v.click(at("forget-confirm"))
	v.answersNothing("the question")
	v.bearsPresses()
	v.nothingKept()
}

// Whatever stands below the log, with words half typed: when the browser is forgotten in
// another tab, those words are nowhere either.
func TestAFormThatIsRemovedKeepsNothingOfWhoeverLeft(t *testing.T) {
	p := startParley(t, "WAIT_LIMIT=1h")
	a := newAgent(t, p)
	a.signIn()
	for _, c := range []struct {
		form, field string
		opens       func(v visitor)
	}{
		{"rating", "rating-text", func(v visitor) {
			a.meets(v, "Ada")
			v.endsTheChat()
			v.click(at("score-4"))
		}},
		{"given", "given-name", func(v visitor) {
			v.wears(`{"ask_name":"later"}`)
			v.say("What is Parley?")
			v.answered()
		}},
		{"missed", "missed-email", func(v visitor) {
			a.click(at("account"))
			a.click(at("sign-out"))
			v.startAs("Grace")
			v.click(at("person"))
		}},
	} {
		t.Run(c.form, func(t *testing.T) {
			v := newVisitor(t, p)
			c.opens(v)
			v.fill(at(c.field), "half a word")
			v.remembers(at(c.field))
			other := visitor{v.profile.tab(), v.profile}
			other.open(p.url + "/")
			other.click(at("menu"))
			other.click(at("forget"))
			other.click(at("forget-confirm"))
			v.answersNothing(c.form)
			v.bearsPresses()
			v.nothingKept()
		})
	}
}

func TestWhatWasRemovedFromASiteAnswersNoEvent(t *testing.T) {
	shop := startSite(t)
	p := startParley(t, "ALLOWED_ORIGINS="+shop.url)
	shop.embeds(p)
	who := visitors.person(t, "customer")
	tab := who.tab()
	tab.open(shop.url)
	tab.click(launcher)
	v := visitor{who.frame(tab, p.url), who}
	v.startAs("Ada")
	v.say("What is Parley?")
	v.answered()
	v.fill(at("composer"), "half a sen")
	v.remembers(at("composer"), at("log"))
	get[any](tab, `() => { window.parley.logout(); return true; }`)
	v.answersNothing("the chat")
	v.bearsPresses()
	v.nothingKept()
	tab.remembers(launcher, "iframe")
	get[any](tab, `() => { window.parley.shutdown(); return true; }`)
	tab.answersNothing("the widget")
	tab.bearsPresses()
}

func TestWhatWasRemovedFromTheConsoleAnswersNoEvent(t *testing.T) {
	p := startParley(t)
	a := newAgent(t, p)
	a.remembers(at("login-user"))
	a.signIn()
	a.answersNothing("the sign-in")
	for _, dialog := range []string{"keys", "canned", "people", "password"} {
		a.click(at("account"))
		a.click(at("menu-" + dialog))
		a.shows(at(dialog+"-dialog"), "")
		if dialog == "people" {
			a.fill(at("people-name"), "Bob")
			a.click(at("people-add"))
			a.shows(at("invite-made"), "Bob")
		}
		a.remembers(at(dialog + "-dialog"))
		a.press(kb.Escape)
		a.hides(at(dialog + "-dialog"))
		a.press("?") // a dialog that is open meanwhile stays
		a.shows(at("keys-dialog"), "")
		a.answersNothing(dialog)
		a.shows(at("keys-dialog"), "")
		a.press(kb.Escape)
		a.hides(at("keys-dialog"))
	}

	ada, grace := newVisitor(t, p, "ada"), newVisitor(t, p, "grace")
	a.meets(ada, "Ada")
	ada.say("What is Parley?")
	a.hasMessage("agent-log", "visitor", "What is Parley?")
	a.fill(at("agent-composer"), "/")
	a.shows(at("canned-list"), "")
	grace.startAs("Grace")
	grace.click(at("person"))
	a.seesWaiting("Grace")
	a.remembers(at("agent-composer"), at("agent-log"))
	a.click(item)
	a.shows(at("room"), "Grace")
	a.answersNothing("the chat")
	a.remembers(at("console"), at("agent-log"))
	a.click(at("account"))
	a.click(at("sign-out"))
	a.answersNothing("the console")
	a.bearsPresses()
}

func TestWhatWasRemovedFromAnAdminsPagesAnswersNoEvent(t *testing.T) {
	p := startParley(t)
	o := newOperator(t, p)
	o.remembers(at("login-user"))
	o.operates()
	o.answersNothing("the sign-in")
	o.click(at("charts-table"))
	o.remembers(at("verdict"), at("charts-table"))
	o.click(at("account"))
	o.click(at("sign-out"))
	o.answersNothing("the operator page")
	o.bearsPresses()

	a := newAgent(t, p)
	a.open(p.url + "/agent/settings")
	a.remembers(at("login-user"))
	a.fill(at("login-user"), "admin")
	a.fill(at("login-password"), adminPassword)
	a.press(kb.Enter)
	a.shows(at("settings"), "Your brand")
	a.answersNothing("the sign-in")
	a.fill(at("set-accent"), "#a0205a")
	a.remembers(".color button")
	a.click(".color button")
	a.answersNothing("what a color brings along")
	a.bearsPresses()

	e := newAgent(t, p)
	e.open(p.url + "/embed")
	e.remembers(at("login-user"))
	e.signInAs("admin", adminPassword)
	e.shows(at("embed"), "")
	e.answersNothing("the sign-in")
}

// late has the page wait for the answers to one of its requests until the test says so by
// window.answer.
const late = `(path, answer) => {
	const {fetch} = window;
	const asked = new Promise((done) => { window.answer = () => { done(); return true; }; });
	window.fetch = async (what, ...rest) => {
		if (!String(what).endsWith(path)) return fetch(what, ...rest);
		const got = answer ? new Response('{}', {status: answer}) : await fetch(what, ...rest);
		window.asked = path;
		await asked;
		return got;
	};
	return true;
}`

// What was asked for in a dialog, or by a session that is over, is answered later: that
// closes no other dialog, and ends no other session.
func TestALateAnswerActsOnNothingNew(t *testing.T) {
	p := startParley(t)
	a := newAgent(t, p)
	visitor(a).keepsItsSockets()
	a.signIn()
	get[bool](a.page, late, "/api/password", 0)
	a.click(at("account"))
	a.click(at("menu-password"))
	a.fill(at("password-old"), adminPassword)
	a.fill(at("password-new"), "another correct horse")
	a.press(kb.Enter)
	a.until("the server has answered", `() => window.asked === '/api/password'`)
	a.press(kb.Escape)
	a.hides(at("password-dialog"))
	a.press("?")
	a.shows(at("keys-dialog"), "")
	get[bool](a.page, `() => window.answer()`)
	a.shows(at("toast"), "")
	a.shows(at("keys-dialog"), "") // and whoever changed their own password stays signed in
	a.until("it is connected again", `() => window.sockets.length > 1 && window.sockets.at(-1).readyState === WebSocket.OPEN`)
	a.press(kb.Escape)
	a.hides(at("keys-dialog"))

	// The connection is cut: the console asks whether it is still signed in.
	get[bool](a.page, late, "/api/me", 401)
	get[bool](a.page, `() => { window.sockets.at(-1).close(); return true; }`)
	a.until("it has asked", `() => window.asked === '/api/me'`)
	a.click(at("account"))
	a.click(at("sign-out"))
	a.signInAs("admin", "another correct horse")
	a.shows(at("console"), "")
	get[bool](a.page, `() => window.answer()`)
	a.until("two frames were drawn", `() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
	a.shows(at("console"), "")
}
