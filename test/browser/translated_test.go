package browser

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// translates plays the browser's translation: it marks each text ‹like this› and goes
// on as the page changes. Chrome takes a text node out and puts its words in two font
// elements ("replace"); extensions wrap the node itself ("wrap") or change its words
// ("rewrite"), or put their own in place of all that an element holds ("swap").
const translates = `(manner) => {
	const left = (el) => !el || el.closest('[translate="no"], script, style, textarea, option, svg, font.translated');
	const translate = (node) => {
		if (node.data.includes('‹') || node.data.trim() === '' || left(node.parentElement)) return;
		const words = node.data.replace(/^(\s*)(.*?)(\s*)$/s, '$1‹$2›$3');
		if (manner === 'rewrite') {
			node.data = words;
			return;
		}
		const holder = node.parentElement.parentElement;
		const whole = manner === 'swap' && node.parentElement.localName === 'x-text' && holder.childNodes.length === 1;
		const outer = document.createElement('font'), inner = document.createElement('font');
		outer.className = inner.className = 'translated';
		outer.style.verticalAlign = inner.style.verticalAlign = 'inherit';
		outer.append(inner);
		if (whole) holder.replaceChildren(outer);
		else node.replaceWith(outer);
		if (manner !== 'wrap') {
			inner.textContent = words;
		} else {
			node.data = words;
			inner.append(node);
		}
	};
	const walk = (root) => {
		if (root.nodeType === 3) return translate(root);
		const found = [];
		for (const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT); walker.nextNode();) found.push(walker.currentNode);
		found.forEach(translate);
	};
	document.documentElement.classList.add('translated-ltr');
	walk(document.body);
	new MutationObserver((changes) => {
		for (const change of changes) change.addedNodes.forEach((node) => node.isConnected && walk(node));
	}).observe(document.body, {childList: true, subtree: true});
}`

// bare returns the texts of a page that are not elements of their own.
const bare = `() => {
	const found = [];
	for (const walker = document.createTreeWalker(document.getElementById('app'), NodeFilter.SHOW_TEXT); walker.nextNode();) {
		const node = walker.currentNode;
		if (node.data.trim() !== '' && !node.parentElement.closest('x-text, option, textarea, title, style, font.translated')) found.push(node.data + ' in ' + node.parentElement.outerHTML.slice(0, 120));
	}
	return found;
}`

// seen is what a reader of a part of the page reads, without the marks of the translation.
// (What was announced to screen readers depends on when a tab was opened.)
const seen = `(part) => {
	const found = [];
	for (const walker = document.createTreeWalker(document.querySelector(part), NodeFilter.SHOW_TEXT); walker.nextNode();) {
		const el = walker.currentNode.parentElement, words = walker.currentNode.data.replace(/[‹›]/g, '').trim();
		if (words && !el.closest('.unseen') && el.checkVisibility({visibilityProperty: true})) found.push(words);
	}
	return found.join('\n');
}`

// everyTextIsAnElement fails the test for texts that a translation would detach from
// what is shown.
func (g *page) everyTextIsAnElement(what string) {
	g.t.Helper()
	for _, each := range get[[]string](g, bare) {
		g.t.Errorf("%s, %s: a text node that may change: %s", g.name, what, each)
	}
}

// readsLike waits until a part of a translated page says the same as the same page in another
// tab that is not translated, and all of it is translated.
func (g *page) readsLike(other *page, part, what string) {
	g.t.Helper()
	g.until("it says "+what+", translated", `(part, what) => {
		const text = document.querySelector(part).innerText;
		return text.includes('‹' + what) || text;
	}`, part, what)
	eventually(g.t, g.name+" reads like "+other.name, func() (bool, string) {
		got, err := eval[string](g, seen, part)
		if err != nil {
			return false, err.Error()
		}
		want, err := eval[string](other, seen, part)
		if err != nil {
			return false, err.Error()
		}
		return got == want, fmt.Sprintf("translated:\n%s\nnot translated:\n%s", got, want)
	})
	g.until("everything is translated", `() => {
		for (const walker = document.createTreeWalker(document.getElementById('app'), NodeFilter.SHOW_TEXT); walker.nextNode();) {
			const node = walker.currentNode;
			if (/\p{L}/u.test(node.data) && !node.data.includes('‹') && !node.parentElement.closest('[translate="no"], textarea, option')) return node.data;
		}
		return true;
	}`)
}

// model is a language model whose replies a test sends piece by piece.
type model struct {
	url    string
	pieces chan string
	tried  chan struct{} // has a token once the bot has looked whether the model is there
}

func startModel(t *testing.T) *model {
	t.Helper()
	m := &model{pieces: make(chan string), tried: make(chan struct{}, 1)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		if !bytes.Contains(asked, []byte("What does it cost?")) { // somebody looks whether it is there
			_, _ = fmt.Fprint(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Yes.\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
			select {
			case m.tried <- struct{}{}:
			default:
			}
			return
		}
		for {
			select {
			case piece := <-m.pieces:
				reason := "null"
				if piece == "" {
					reason = `"stop"`
				}
				text, _ := json.Marshal(piece)
				_, _ = fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%s},\"finish_reason\":%s}]}\n\n", text, reason)
				if piece == "" {
					_, _ = fmt.Fprint(w, "data: [DONE]\n\n")
					return
				}
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}))
	t.Cleanup(server.CloseClientConnections)
	t.Cleanup(server.Close)
	m.url = server.URL + "/v1"
	return m
}

// goesOn repeats some words, as a model that talks on, until the test stops it: what a
// model says is shown when more of it comes.
func (m *model) goesOn(words string) (stop func()) {
	stopped, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case m.pieces <- words:
			case <-stopped:
				return
			}
			select {
			case <-time.After(100 * time.Millisecond):
			case <-stopped:
				return
			}
		}
	}()
	return func() { close(stopped); <-done }
}

// The whole story under the browser's translation: every head and button says what it
// says without it, nothing twice and nothing missing, and nothing throws.
func TestATranslatedPageSaysWhatThePageSays(t *testing.T) {
	for _, manner := range []string{"replace", "wrap", "rewrite", "swap"} {
		t.Run(manner, func(t *testing.T) {
			m := startModel(t)
			p := startParley(t, "LLM_URL="+m.url, "LLM_MODEL=m")
			<-m.tried // a model that never answered is heard to the end before its words are shown
			v := newVisitor(t, p)
			v.shows(at("start"), "")
			get[any](v.page, translates, manner)
			v.startAs("Ada")
			twin := v.profile.tab() // the same chat, not translated
			twin.open(p.url + "/")
			twin.shows(at("who"), "bot")
			v.readsLike(twin, "#app", "Answers right away")

			v.say("What does it cost?")
			for _, piece := range []string{"It costs **nothing**.\n\n", "- No card\n", "- No account"} {
				m.pieces <- piece
			}
			stop := m.goesOn(" at all")
			v.shows(at("growing"), "at all")
			stop()
			v.readsLike(twin, "#app", "No card")
			m.pieces <- ""
			v.answered()
			v.readsLike(twin, "#app", "No account at all")
			v.everyTextIsAnElement("with a reply")

			v.click(at("person"))
			v.readsLike(twin, "#app", "You’re 1st in line")
			v.readsLike(twin, "#app", "Stop waiting")
			v.click(at("person"))
			v.readsLike(twin, "#app", "Talk to a person")
			v.click(at("person"))
			v.readsLike(twin, "#app", "Stop waiting")
			a := newAgent(t, p)
			a.signIn()
			a.seesWaiting("Ada")
			get[any](a.page, translates, manner)
			a.opens()
			a.takes()
			desk := a.profile.tab()
			desk.open(p.url + "/agent#" + get[string](a.page, `() => document.querySelector('[data-testid="room"]').dataset.chat`))
			desk.until("the chat is open", `() => document.querySelector('[data-testid="room"]')?.dataset.status === 'live'`)
			v.readsLike(twin, "#app", "End chat…")
			v.until("a name stays a name", `() => document.querySelector('[data-testid="who"] bdi').textContent`+` === 'Admin' || document.querySelector('[data-testid="who"]').innerHTML`)
			a.paste("Here I am")
			a.shows(at("agent-send"), "Send")
			v.readsLike(twin, "#app", "Admin is typing…")
			a.press("\r")
			v.readsLike(twin, "#app", "Here I am")
			a.readsLike(desk, at("room"), "Here I am")
			a.everyTextIsAnElement("with a chat")
			v.click(at("end-chat"))
			v.shows(at("end-not"), "Keep chatting")
			v.click(at("end-sure"))
			v.readsLike(twin, "#app", "This chat is closed")
			v.readsLike(twin, "#app", "How was your chat with")
			a.shows(at("chat-status"), "Closed")
			v.everyTextIsAnElement("with a rating")
			v.click(at("score-4"))
			v.shows(at("rating"), "Thanks for your rating")
			v.everyTextIsAnElement("with a rating that is given")
			v.readsLike(twin, at("who"), "This chat is closed") // the thanks are in this tab only
		})
	}
}

// Where nobody translates, the rule holds as well: a new page can't forget it.
func TestEveryTextOfTheOperatorPageIsAnElement(t *testing.T) {
	o := newOperator(t, startParley(t))
	o.shows(at("login-submit"), "")
	o.everyTextIsAnElement("signing in")
	o.operates()
	get[any](o.page, translates, "replace")
	o.everyTextIsAnElement("with a status")
	o.until("the figures go on under a translation", `() => {
		const verdict = document.querySelector('[data-testid="verdict"]').innerText;
		return verdict.includes('‹') && !/(›[^‹]*){2}‹.*\1/.test(verdict) || verdict;
	}`)
}

// spellers adds what extensions add: elements beside fields and at the ends of the page,
// attributes, inline styles.
const spellers = `() => {
	const meddle = () => {
		for (const field of document.querySelectorAll('textarea, input:not([data-gramm])')) {
			if (field.dataset.gramm) continue;
			field.dataset.gramm = 'false';
			field.dataset.ltTmpId = 'lt-1';
			field.style.backgroundImage = 'none';
			const beside = document.createElement('grammarly-extension'), before = document.createElement('lt-highlighter');
			field.after(beside);
			field.before(before);
		}
		for (const el of document.querySelectorAll('.page *:not([data-darkreader-inline-color])')) {
			el.setAttribute('data-darkreader-inline-color', '');
			if (el.matches('p, h1, .typing, .beneath')) {
				const wrap = document.createElement('span'); // a page reader's
				el.before(wrap);
				wrap.append(el);
			}
		}
	};
	document.body.prepend(document.createElement('extension-root'));
	document.body.append(document.createElement('extension-root'));
	meddle();
	new MutationObserver(meddle).observe(document.body, {childList: true, subtree: true});
}`

func TestThePageBearsWhatExtensionsDoToIt(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.shows(at("start"), "")
	get[any](v.page, spellers)
	// A password manager that fills in the name without an event.
	get[any](v.page, `() => { document.querySelector('[data-testid="name-input"]').value = 'Ada Filled'; }`)
	v.click(at("start"))
	v.hears("Parley bot")
	v.click(at("menu"))
	v.shows(".menu-name", "Ada Filled")
	v.press("\u001b")
	v.say("Hello")
	v.answered()
	v.say("escalate")
	v.hears("1st in line")
	v.click(at("person"))
	v.hears("Parley bot")
	v.say("And again")
	v.answered()
	if n := strings.Count(get[string](v.page, `() => document.querySelector('[data-testid="who"]').innerText`), "Parley bot"); n != 1 {
		t.Errorf("the head says who answers %d times", n)
	}
}
