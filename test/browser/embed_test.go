package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

func TestAnAdminPutsTheChatOnASite(t *testing.T) {
	shop := startSite(t)
	p := startParley(t, "ALLOWED_ORIGINS="+shop.url)
	a := newAgent(t, p)
	a.open(p.url + "/embed")
	a.fill(at("login-user"), "admin")
	a.fill(at("login-password"), adminPassword)
	a.press(kb.Enter)
	a.shows(at("tag"), `<script src="`+p.url+`/widget.js" defer></script>`)
	for _, scheme := range []string{"light", "dark"} {
		a.prefer(scheme)
		a.accessible("how to embed the chat, " + scheme)
	}
	a.mayBePainted("embed", 900)

	// A site that may show the chat, one that may not, and none.
	a.fill(at("site"), shop.url+"/contact?x=1")
	a.press(kb.Enter)
	a.shows(at("findings"), "can show the chat.")
	a.fill(at("site"), "shop.example")
	a.press(kb.Enter)
	a.shows(at("findings"), "ALLOWED_ORIGINS="+shop.url+",https://shop.example")
	a.accessible("what a site lacks")
	a.mayBePainted("embed-missing", 900)
	a.allow(`status of 400 `)
	a.fill(at("site"), "no address")
	a.press(kb.Enter)
	a.shows(at("site-problem"), "isn't the address of a site")
	for _, width := range []int64{320, 640, 1280} { // 640: 1280 at 200 %
		a.resize(width)
		a.fits("how to embed the chat")
	}
	a.forcesColors()
	a.accessible("how to embed the chat, in forced colors")

	// The widget itself, on this page.
	a.click(at("try"))
	a.until("the chat is open", `() => {
		const frame = document.querySelector('[data-parley]')?.shadowRoot.querySelector('.open.ready .frame');
		return !!frame?.contentDocument.querySelector('[data-testid="name-input"]');
	}`)
	a.click(at("try"))
	a.until("the chat is gone", `() => !document.querySelector('[data-parley]')`)
	a.click(at("try"))
	a.until("it is back", `() => !!document.querySelector('[data-parley]')?.shadowRoot.querySelector('.open')`)
}
