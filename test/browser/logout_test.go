package browser

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"
)

const siteKey = "the key that the shop and its Parley share"

// signed is the shop's token for a customer.
func signed(t *testing.T, id, name string) string {
	t.Helper()
	return vouching(t, id, name, nil)
}

// vouching is a token in which the shop says more of the customer.
func vouching(t *testing.T, id, name string, more map[string]any) string {
	t.Helper()
	all := map[string]any{"aud": "parley", "sub": id, "name": name, "exp": time.Now().Add(5 * time.Minute).Unix()}
	maps.Copy(all, more)
	claims, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	enc := base64.RawURLEncoding
	text := enc.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + enc.EncodeToString(claims)
	mac := hmac.New(sha256.New, []byte(siteKey))
	mac.Write([]byte(text))
	return text + "." + enc.EncodeToString(mac.Sum(nil))
}

// nothingKept waits until the frame keeps nothing of a visitor.
func (g *page) nothingKept() {
	g.t.Helper()
	g.until("nothing of the visitor is kept in the browser", `() => {
		const left = Object.keys(localStorage).filter((key) => /^parley\.(name|current|out|draft|seen)/.test(key));
		return left.length === 0 || left.join();
	}`)
}

// A customer signs out of the shop in one tab: in both tabs the chat is gone, nothing of
// it is kept, and the next customer at that browser reads none of it.
func TestWhoSignsOutOfTheSiteLeavesNothingToTheNextPerson(t *testing.T) {
	shop := startSite(t)
	p := startParley(t, "ALLOWED_ORIGINS="+shop.url, "VISITOR_AUTH=signed", "TOKEN_KEY="+siteKey)
	shop.embeds(p)
	shop.page = strings.Replace(shop.page, " defer", ` data-token="`+signed(t, "1", "Ada")+`" defer`, 1)
	who := visitors.person(t, "customer")
	one := who.tab()
	one.open(shop.url)
	one.click(launcher)
	v := visitor{who.frame(one, p.url), who}
	v.until("the chat is open", `() => document.querySelector('[data-testid="composer"]') !== null`)
	v.say("My card ends with 4711")
	v.answered()
	v.fill(at("composer"), "and a draft")

	get[any](one, `() => { window.parley.identify({ name: '', token: '' }); return true; }`)
	v.until("the chat is gone", `() => document.querySelector('[data-testid="composer"]') === null && !document.body.innerText.includes('4711')`)
	v.nothingKept()

	// The next customer signs in at the same page.
	get[any](one, `(token) => { window.parley.identify({ name: 'Bob', token }); window.parley.open(); return true; }`, signed(t, "2", "Bob"))
	v.until("the next customer's chat is open, and empty", `() => document.querySelector('[data-testid="composer"]')?.value === ''
		&& !document.body.innerText.includes('4711') && !document.body.innerText.includes('draft')`)
	v.say("I am Bob")
	v.answered()

	// Ada comes back and has her chat.
	get[any](one, `() => { window.parley.logout(); return true; }`)
	v.nothingKept()
	get[any](one, `(token) => { window.parley.identify({ token }); window.parley.open(); return true; }`, signed(t, "1", "Ada"))
	v.hasMessage("log", "visitor", "My card ends with 4711")
}

// A browser is forgotten in one of two tabs: neither shows the chat any more, and the
// next person begins anew. The agents still have it.
func TestAForgottenBrowserBeginsAnewInEveryTab(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.startAs("Ada")
	v.say("My secret")
	v.answered()
	v.say("escalate")
	v.hears("in line")
	other := visitor{v.profile.tab(), v.profile}
	other.open(p.url + "/")
	other.hasMessage("log", "visitor", "My secret")

	v.click(at("menu"))
	v.click(at("forget"))
	v.accessible("the question before a browser is forgotten")
	v.click(at("forget-confirm"))
	for _, tab := range []visitor{v, other} {
		tab.until("the chat is gone", `() => document.querySelector('[data-testid="start"]') !== null && !document.body.innerText.includes('My secret')`)
		tab.nothingKept()
	}
	other.reload()
	other.startAs("Ada")
	other.until("the next person's chat is empty", `() => (`+messagesIn+`)('log').length === 0`)

	a := newAgent(t, p)
	a.signIn()
	a.seesWaiting("Ada")
	a.opens()
	a.hasMessage("agent-log", "visitor", "My secret")
}
