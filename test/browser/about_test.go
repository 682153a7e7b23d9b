package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// An agent sees where a visitor is: on which page of the site, what time it is there, in
// which language and with what. Nothing of a page's secrets travels along.
func TestAnAgentSeesWhereAVisitorIs(t *testing.T) {
	shop := startSite(t)
	p := startParley(t, "ALLOWED_ORIGINS="+shop.url)
	shop.embeds(p)
	who := visitors.person(t, "visitor")
	tab := who.tab()
	tab.open(shop.url + "/rain-jackets/blue;jsessionid=1F?token=secret#reviews")
	tab.opensTheWidget()
	v := visitor{who.frame(tab, p.url), who}
	v.startAs("Ada Lovelace")
	v.say("Is this one waterproof?")
	v.answered()
	v.click(at("person"))
	v.hears("in line")

	a := newAgent(t, p)
	a.signIn()
	a.resize(1280)
	a.seesWaiting("Ada Lovelace")
	host := strings.TrimPrefix(shop.url, "http://")
	a.shows(at("site"), host)
	a.opens()
	a.shows(at("context"), "Waiting")
	a.until("the page, as a link", `(s, want) => {
		const link = document.querySelector(s)?.querySelector('a');
		return link?.href === 'http://' + want && link.innerText === want && link.rel.includes('noreferrer') || link?.outerHTML;
	}`, at("about-page"), host+"/rain-jackets/blue")
	a.shows(at("about-device"), "Chrome")
	a.shows(at("about-language"), "English")
	a.shows(at("about-visits"), "Never")
	a.until("the time there", `(s) => /\d.* in \S/.test(document.querySelector(s)?.innerText) || document.querySelector(s)?.innerText`, at("about-time"))
	a.until("one wording for the wait, here and in the list", `(context, item) => {
		const [here, there] = [document.querySelector(context), document.querySelector(item)].map((el) => /waiting \d+ (s|min)/i.exec(el.innerText)?.[0]);
		return !!here && !!there || [here, there];
	}`, at("context"), item)
	a.shows(at("visitor-online"), "Online now")
	a.inBoth("about a visitor")
	a.takes()
	a.answers("It is.")
	a.leavesTheField()
	a.shows(at("activity"), "Admin came after")
	a.until("the activity is not what the log says", `(activity, log) => {
		const said = [...document.querySelectorAll(log + ' .state, ' + log + ' [class*="state"]')].map((el) => el.innerText.trim()).filter(Boolean);
		return said.every((text) => !document.querySelector(activity).innerText.includes(text)) || said;
	}`, at("activity"), at("agent-log"))
	a.mayBePainted("about-a-visitor", 800)
	a.resize(375)
	a.click(at("context-toggle"))
	a.shows(at("about-page"), "")
	a.fits("about a visitor, on a phone")
	a.inBoth("about a visitor, on a phone")
	a.mayBePainted("about-on-a-phone", 800)
	a.resize(320)
	a.fits("about a visitor, at 320 px")
	a.click(".context .bar button")
	a.resize(1280)

	// A site may go to another page without loading one, and an open console follows, too.
	get[bool](tab, `() => { history.pushState({}, '', '/sizes?token=secret'); return true; }`)
	a.shows(at("about-page"), host+"/sizes")

	// On the next page, the chat's frame is another one.
	v.allow("Back-Forward Cache")
	tab.open(shop.url + "/checkout")
	tab.chats()
	a.shows(at("about-page"), host+"/checkout")
	a.press(kb.Escape)
	a.reload()
	a.shows(at("about-page"), host+"/checkout")
	a.shows(at("visitor-online"), "Online now")
	tab.open("about:blank")
	a.shows(at("visitor-online"), "Last here")
}
