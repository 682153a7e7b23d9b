package browser

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// settingsOf opens the settings page for an admin who is not signed in yet.
func settingsOf(t *testing.T, p *parley) agent {
	t.Helper()
	a := newAgent(t, p)
	a.open(p.url + "/agent/settings")
	a.fill(at("login-user"), "admin")
	a.fill(at("login-password"), adminPassword)
	a.press(kb.Enter)
	a.shows(at("settings"), "Your brand")
	return a
}

// previews waits until the frame beside the form shows words.
func (a agent) previews(words string) {
	a.t.Helper()
	a.until("the preview shows "+words, `(words) => {
		const body = document.querySelector('[data-testid="preview"]').contentDocument.body;
		return body.innerText.includes(words) || body.innerText;
	}`, words)
}

func TestTwoAdminsSetWhatVisitorsSee(t *testing.T) {
	p := startParley(t, "BOT_NAME=Robi")
	ada, bob := settingsOf(t, p), settingsOf(t, p)

	ada.previews("Robi answers right away")
	ada.until("the preview leaves the focus alone", `() => document.activeElement === document.body && document.querySelector('[data-testid="preview"]').contentDocument.activeElement.tagName === 'BODY'`)

	// The preview follows what is typed, and nothing is saved, begun or kept by it.
	ada.fill(at("set-title"), "Ada's Shop")
	ada.previews("Ada's Shop")
	ada.fill(at("set-starters"), "Where is my order?\nDo you ship abroad?")
	ada.previews("Do you ship abroad?")
	ada.fill(at("set-accent"), "#a0205a")
	ada.until("the preview has the color", `() => {
		const frame = document.querySelector('[data-testid="preview"]').contentDocument;
		return getComputedStyle(frame.querySelector('[data-testid="start"]')).backgroundColor === 'rgb(160, 32, 90)';
	}`)
	ada.until("the preview takes no input and keeps nothing", `() => {
		const keys = () => Object.keys(localStorage).filter((key) => !key.startsWith('parley.agent.')); // those are the console's own
		const frame = document.querySelector('[data-testid="preview"]');
		return frame.contentDocument.getElementById('app').inert && keys().length === 0 || keys().join();
	}`)

	// The other admin saves first. Ada's words stay, and she learns of it.
	bob.fill(at("set-greeting"), "Hi <b>you</b>!")
	bob.click(at("save"))
	bob.shows(at("said"), "Saved.")
	ada.allow(`status of 409 `)
	ada.tabTo(at("save"))
	ada.press(kb.Enter)
	ada.shows(at("said"), "admin saved other changes")
	ada.until("both are in the form", `() => {
		const of = (name) => document.querySelector('[data-testid="set-' + name + '"]').value;
		return of('title') === "Ada's Shop" && of('greeting') === 'Hi <b>you</b>!' || of('title') + of('greeting');
	}`)
	ada.press(kb.Enter)
	ada.shows(at("said"), "Saved.")

	// A setting that is wrong is said beside its field, which gets the focus.
	ada.allow(`status of 400 `)
	ada.fill(at("set-accent"), "red")
	ada.click(at("save"))
	ada.shows("#accent-problem", "A color is written as #")
	ada.focusIsOn(at("set-accent"))
	ada.inBoth("settings, with something wrong")
	ada.fill(at("set-accent"), "#a0205a")
	ada.click(at("save"))
	ada.shows(at("said"), "Saved.")
	for _, width := range []int64{320, 640, 1280} { // 640: 1280 at 200 %
		ada.resize(width)
		ada.fits("settings")
	}
	ada.inBoth("settings")

	v := newVisitor(t, p)
	v.shows(at("who"), "Ada's Shop")
	v.shows(at("greeting"), "Hi <b>you</b>!")
	v.shows(at("greeting"), "Robi answers right away")
	v.shows(at("starter"), "Where is my order?")

	// An open chat shows at once what is changed now, and a word that is being typed stays.
	v.startAs("Bea")
	v.fill(at("composer"), "half a sen")
	ada.fill(at("set-bot"), "Lumi")
	ada.fill(at("set-accent"), "#0a7d55")
	ada.click(at("save"))
	ada.shows(at("said"), "Saved.")
	v.shows(at("who"), "Lumi")
	v.until("it has the new color", `() => getComputedStyle(document.documentElement).getPropertyValue('--accent').includes('10 125 85') || getComputedStyle(document.documentElement).getPropertyValue('--accent')`)
	v.holds(at("composer"), "half a sen")
}

func TestASiteAndItsAdminsSayHowTheChatLooks(t *testing.T) {
	shop := startSite(t)
	p := startParley(t, "ALLOWED_ORIGINS="+shop.url, "BOT_NAME=Robi")
	ada := settingsOf(t, p)
	ada.fill(at("set-title"), "The shop of the admins")
	ada.fill(at("set-bot"), "Lumi")
	get[any](ada.page, `() => { for (const [name, value] of [['icon', 'heart'], ['side', 'left']]) {
		const el = document.getElementById(name);
		el.value = value;
		el.dispatchEvent(new Event('change', {bubbles: true}));
	} }`)
	ada.click(at("save"))
	ada.shows(at("said"), "Saved.")

	shop.embeds(p)
	shop.page = strings.Replace(shop.page, "defer>", `defer data-greeting="Hi &lt;img src=x onerror=alert(1)&gt;" data-starters="Where is my order?|2|3|4|5|6|7|8|9|10" data-language="de" data-accent="#a0205a">`, 1)
	who := visitors.person(t, "customer")
	tab := who.tab()
	tab.open(shop.url)
	tab.until("the launcher is as the admins set it", `() => {
		const host = document.querySelector('[data-parley]');
		const icon = host?.shadowRoot.querySelector('.launcher .chat path')?.getAttribute('d') ?? '';
		return host?.dataset.side === 'left' && icon.startsWith('M10 16.5') || host?.dataset.side + icon;
	}`)
	tab.opensTheWidget()
	v := visitor{who.frame(tab, p.url), who}
	v.shows(at("who"), "The shop of the admins")
	v.shows(at("greeting"), "Hi <img src=x onerror=alert(1)>")
	v.shows(at("greeting"), "Lumi answers right away")
	if n := get[int](v.page, `() => document.querySelectorAll('[data-testid="starter"]').length`); n != 4 {
		t.Errorf("%d of ten questions are shown", n)
	}
	v.until("its words are in its language", `() => document.querySelector('[data-testid="greeting"] h2').lang === 'de'`)
	v.inBoth("the chat with a site's words")

	// The site changes its mind while the chat is open, and a typed word stays.
	v.fill(at("name-input"), "Ada")
	get[any](tab, `() => { const tag = document.querySelector('script'); tag.dataset.greeting = 'Salut !'; tag.dataset.language = 'fr'; tag.dataset.side = 'right'; parley.configure({ bot: 'Robi the 2nd', starters: [] }); }`)
	v.shows(at("greeting"), "Salut !")
	v.shows(at("greeting"), "Robi the 2nd answers right away")
	v.until("in its language", `() => document.querySelector('[data-testid="greeting"] h2').lang === 'fr' && document.getElementById('name').value === 'Ada'`)
	tab.until("the launcher has moved", `() => document.querySelector('[data-parley]').dataset.side === 'right'`)
	v.unharmed()
}

// A picture that can't be used is refused with a sentence before anything is sent, and one
// that is gone is an icon.
func TestAPictureThatIsNoneHarmsNothing(t *testing.T) {
	p := startParley(t)
	ada := settingsOf(t, p)
	for _, c := range []struct{ file, says string }{
		{`new File(['<svg xmlns="http://www.w3.org/2000/svg"><script>window.__pwned = 1</script></svg>'], 'a.svg', {type: 'image/svg+xml'})`, "An SVG can hold scripts"},
		{`new File(['<html>'], 'a.png', {type: 'image/png'})`, "isn’t a picture"},
		{`new File([new Uint8Array(21e6)], 'a.png', {type: 'image/png'})`, "too large"},
	} {
		get[any](ada.page, `() => {
			const chosen = new DataTransfer(), input = document.getElementById('logo');
			chosen.items.add(`+c.file+`);
			input.files = chosen.files;
			input.dispatchEvent(new Event('change', {bubbles: true}));
		}`)
		ada.shows("#logo-problem", c.says)
	}
	ada.unharmed()
	ada.forcesColors()
	ada.accessible("settings in forced colors")

	v := newVisitor(t, p)
	v.allow(`status of 404 `)
	v.wears(`{"avatar": "/api/face/avatar?v=gone", "logo": "/api/face/logo?v=gone"}`)
	v.until("there is an icon for each", `() => document.querySelectorAll('[data-testid="who"] svg, [data-testid="greeting"] .is-bot svg').length === 2 && !document.querySelector('.face img')`)
}

// forcesColors has the browser use the system's colors, as in high contrast.
func (g *page) forcesColors() {
	g.t.Helper()
	g.do("force colors", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}}})
		return err
	}))
	g.until("colors are forced", `() => matchMedia('(forced-colors: active)').matches`)
}
