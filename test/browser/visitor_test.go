package browser

import (
	"context"
	"fmt"
	"strings"
	"testing"

	devtools "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// visitor is a person at the visitor's page.
type visitor struct {
	*page
	profile *profile
}

// newVisitor opens the visitor's page in a fresh profile. If there are several
// visitors, called tells them apart.
func newVisitor(t *testing.T, p *parley, called ...string) visitor {
	t.Helper()
	who := visitors.person(t, strings.Join(append(called, "visitor"), "-"))
	v := visitor{who.tab(), who}
	v.open(p.url + "/")
	return v
}

// wears opens the page as a site whose admins chose that face: members of a JSON object.
func (v visitor) wears(face string) {
	v.t.Helper()
	v.do("choose a face", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, devtools.AddScriptToEvaluateOnNewDocument, devtools.AddScriptToEvaluateOnNewDocumentParams{Source: `{
			const face = ` + face + `;
			const read = Response.prototype.json;
			Response.prototype.json = async function () {
				const found = await read.call(this);
				if (found && found.face) Object.assign(found.face, face);
				return found;
			};
			new MutationObserver((_, observer) => {
				const meta = document.querySelector('meta[name="face"]');
				if (!meta) return;
				observer.disconnect();
				meta.content = JSON.stringify({ ...JSON.parse(meta.content || '{}'), ...face });
			}).observe(document, { childList: true, subtree: true });
		}`})
		return err
	}))
	v.reload()
}

// keepsItsSockets opens the page anew, so that isTold finds its connection.
func (v visitor) keepsItsSockets() {
	v.t.Helper()
	v.do("keep the sockets", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, devtools.AddScriptToEvaluateOnNewDocument, devtools.AddScriptToEvaluateOnNewDocumentParams{Source: `
			window.sockets = [];
			window.WebSocket = class extends WebSocket { constructor(...args) { super(...args); window.sockets.push(this); } };`})
		return err
	}))
	v.reload()
}

// isTold has the page hear a frame as if the server had sent it.
func (v visitor) isTold(frame string) {
	v.t.Helper()
	v.until("the page has a connection", `() => window.sockets.some((each) => each.readyState === WebSocket.OPEN)`)
	get[any](v.page, `(frame) => { window.sockets.findLast((each) => each.readyState === WebSocket.OPEN).dispatchEvent(new MessageEvent('message', {data: frame})); return null; }`, frame)
}

// shared is a device that several people use.
const shared = `{"shared":true}`

// startAs enters a name and starts the chat.
func (v visitor) startAs(name string) {
	v.t.Helper()
	v.fill(at("name-input"), name)
	v.click(at("start"))
	v.shows(at("who"), "")
	v.until("the chat is open", `() => document.querySelector('[data-testid="composer"]') !== null`)
}

// say types a text and presses Enter.
func (v visitor) say(text string) {
	v.t.Helper()
	v.fill(at("composer"), text)
	v.press(kb.Enter)
}

// hears waits until the page's header shows who is answering.
func (v visitor) hears(who string) {
	v.t.Helper()
	v.shows(at("who"), who)
}

// message is one message of a log as it is shown.
type message struct {
	Role, Kind, ID, Text string
	Seq                  int64
}

func (m message) String() string { return fmt.Sprintf("%d %s %s %q", m.Seq, m.Role, m.Kind, m.Text) }

// messagesIn is the JavaScript that reads a log.
const messagesIn = `(log) => [...document.querySelectorAll('[data-testid="' + log + '"] [data-testid="message"]')].map((el) => ({
	Role: el.dataset.role, Kind: el.dataset.kind, ID: el.dataset.id ?? '', Seq: Number(el.dataset.seq), Text: el.querySelector('.words')?.innerText.trim() ?? ''}))`

// log reads what a log shows.
func (g *page) log(testid string) []message {
	g.t.Helper()
	return get[[]message](g, messagesIn, testid)
}

// hasMessage waits until a role's message is in a log, exactly once, and stored by the
// server.
func (g *page) hasMessage(log, role, text string) {
	g.t.Helper()
	g.until(fmt.Sprintf("%s has %q of the %s, stored, once", log, text, role), `(log, role, text) => {
		const all = (`+messagesIn+`)(log);
		const found = all.filter((m) => m.Role === role && m.Text === text);
		return found.length === 1 && found[0].Seq > 0 || JSON.stringify(all.slice(-5));
	}`, log, role, text)
}

// answered waits until the bot has answered the visitor's last message.
func (v visitor) answered() {
	v.t.Helper()
	v.until("the bot has answered", `() => {
		const all = (`+messagesIn+`)('log');
		const last = all.at(-1);
		return last?.Role === 'bot' && last.Kind === 'reply' && last.Text !== '' || JSON.stringify(last ?? null);
	}`)
}

// endsTheChat ends a chat with a person.
func (v visitor) endsTheChat() {
	v.t.Helper()
	v.click(at("end-chat"))
	v.click(at("end-sure"))
}
