package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// crowd has n visitors from this machine's address ask for a person.
func (v visitor) crowd(first, n int) {
	v.t.Helper()
	get[int](v.page, `async (first, n) => {
		window.crowd = await Promise.all([...Array(n).keys()].map((i) => new Promise((done) => {
			const socket = new WebSocket(location.origin.replace('http', 'ws') + '/ws', 'parley.v1');
			const say = (frame) => socket.send(JSON.stringify(frame));
			const secret = 'claim:' + Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
			socket.onopen = () => say({t: 'hello', name: 'Fake ' + (first + i), token: secret});
			socket.onmessage = ({data}) => {
				const frame = JSON.parse(data);
				if (frame.t === 'welcome') say({t: 'escalate', id: 'e'});
				if (frame.kind === 'state') done(socket);
			};
		})));
		return window.crowd.length;
	}`, first, n)
}

func TestACrowdOfOneAddressIsOneRowAndIsClosedTogether(t *testing.T) {
	p := startParley(t)
	v, a := newVisitor(t, p), newAgent(t, p)
	v.shows(at("start"), "")
	v.crowd(0, 3)
	a.signIn()
	// A few are no crowd.
	a.until("three chats are listed", `(item) => document.querySelectorAll(item).length === 3 || document.querySelectorAll(item).length`, item)
	a.hides(at("crowd"))
	v.crowd(3, 5)
	a.shows(at("crowd"), "8 chats")
	// It is the whole line, so it is not folded: a proxy may hide where visitors come from.
	a.until("the chats are listed", `(item) => document.querySelectorAll(item).length >= 5 || document.querySelectorAll(item).length`, item)
	a.inBoth("a crowd, one by one")

	// By keyboard: j goes to the row, Enter folds the chats, and lists them again.
	a.press("j")
	a.focusIsOn(at("crowd-toggle"))
	a.press(kb.Enter)
	a.until("no chat is listed by itself", `(item) => document.querySelectorAll(item).length === 0 || document.body.innerText`, item)
	a.inBoth("a crowd")
	a.press(kb.Enter)
	a.until("the chats are listed again", `(item) => document.querySelectorAll(item).length >= 5 || document.querySelectorAll(item).length`, item)
	a.press(kb.Enter)
	a.until("they are folded again", `(item) => document.querySelectorAll(item).length === 0 || document.querySelectorAll(item).length`, item)

	// Closing them asks first; on a phone, too, everything is in reach.
	for _, width := range []int64{1280, 375, 320} {
		a.resize(width)
		a.fits("a crowd")
		a.click(at("crowd-close"))
		a.shows(at("crowd-dialog"), "from one address?")
		a.shows(at("crowd-whole"), "Nobody is waiting from anywhere else")
		a.fits("the question")
		a.inBoth("the question")
		a.focusIsOn(at("crowd-not"))
		a.press(kb.Enter)
		a.hides(at("crowd-dialog"))
		a.focusIsOn(at("crowd-close"))
	}
	a.do("be a desk", chromedp.EmulateViewport(1280, 800))
	a.press(kb.Enter)
	a.click(at("crowd-sure"))
	a.shows(at("queue"), "Nobody’s waiting")
	a.hides(at("crowd"))
}
