package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// A site says who its customer is, in a signed token and without: the agent reads both, sees
// which one is certain, and finds the visits before this one. No word of the page replaces what
// the site signed, and markup stays text.
func TestAnAgentReadsWhatTheSiteSaysOfItsCustomer(t *testing.T) {
	shop := startSite(t)
	p := startParley(t, "ALLOWED_ORIGINS="+shop.url, "VISITOR_AUTH=signed", "TOKEN_KEY="+siteKey)
	shop.embeds(p)
	token := vouching(t, "1", "Ada Lovelace", map[string]any{"attributes": map[string]any{"plan": "Enterprise", "customer": 4711}, "email": "ada@example.com", "locale": "de-AT"})
	shop.page = strings.Replace(shop.page, " defer", ` data-token="`+token+`" data-attribute-cart="2 rain jackets" data-attribute-plan="free" defer`, 1)
	who := visitors.person(t, "customer")
	tab := who.tab()
	tab.open(shop.url)
	tab.click(launcher)
	v := visitor{who.frame(tab, p.url), who}
	v.until("the chat is open", `() => document.querySelector('[data-testid="composer"]') !== null`)
	v.say("What is Parley?")
	v.answered()
	v.click(at("person"))
	v.hears("in line")

	a := newAgent(t, p)
	a.signIn()
	a.resize(1280)
	a.seesWaiting("Ada Lovelace")
	a.opens()
	a.shows(at("attributes"), "From the site (3)")
	a.until("the signed ones first, and marked", `(s) => {
		const all = [...document.querySelectorAll(s + ' dd')].map((dd) => dd.dataset.by + ' ' + dd.innerText.trim().replace(/\s+/g, ' '));
		return all.join('|') === 'signed 4711 Confirmed by the site|signed Enterprise Confirmed by the site|page 2 rain jackets' || all;
	}`, at("attributes"))
	a.shows(at("email"), "ada@example.com")
	a.shows(at("about-language"), "Austrian German")
	a.inBoth("what the site says of a customer")
	get[bool](tab, `() => { window.parley.identify({ attributes: { cart: '<img src=x onerror=alert(1)>', plan: 'none' } }); return true; }`)
	a.until("what the site says now, as text", `(s) => {
		const all = [...document.querySelectorAll(s + ' dd')].map((dd) => dd.innerText);
		return all.length === 3 && all[1].includes('Enterprise') && all[2] === '<img src=x onerror=alert(1)>' || all;
	}`, at("attributes"))
	if n := get[int](a.page, `() => document.querySelectorAll('[data-testid="attributes"] img').length`); n != 0 {
		t.Error("markup of an attribute is drawn")
	}

	// The chat is closed and opened again: the visit before is in the list, and a press shows it.
	a.takes()
	a.answers("Here I am.")
	v.hasMessage("log", "agent", "Here I am.")
	v.endsTheChat()
	v.say("What does it cost?")
	v.answered()
	a.shows(at("earlier"), "Earlier visits (1)")
	a.shows(at("earlier-visit"), "answered by a person")
	a.click(at("earlier-visit"))
	a.until("the first visit is in view, and the log has the focus", `() => {
		const [log, visit] = [document.querySelector('[data-testid="agent-log"]'), document.querySelector('[data-visit="1"]')];
		return log.contains(document.activeElement) && Math.abs(visit.getBoundingClientRect().top - log.getBoundingClientRect().top) < log.clientHeight || document.activeElement.outerHTML.slice(0, 200);
	}`)
	a.picture()
	a.mayBePainted("from-the-site", 1200)
	a.inBoth("an earlier visit")

	// By keyboard: folded away, and still so after the page is loaded again.
	get[bool](a.page, `() => { document.querySelector('[data-testid="attributes"] summary').focus(); return true; }`)
	a.press(kb.Enter)
	a.reload()
	a.until("the part is folded", `(s) => document.querySelector(s)?.open === false || document.querySelector(s)?.outerHTML`, at("attributes"))
	get[bool](a.page, `() => { document.querySelector('[data-testid="attributes"] summary').focus(); return true; }`)
	a.press(kb.Enter)
	a.resize(375)
	a.click(at("context-toggle"))
	a.shows(at("attributes"), "Enterprise")
	a.fits("what the site says, on a phone")
	a.inBoth("what the site says, on a phone")
	a.picture()
	a.click(at("earlier-visit"))
	a.until("the chat is in view", `() => document.querySelector('[data-testid="agent-log"]').checkVisibility()`)
}
