package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

func TestAWrongPasswordIsReportedAndTheRightOneStillWorks(t *testing.T) {
	p := startParley(t)
	a := newAgent(t, p)
	a.allow(`status of 401 .*/api/login\)`)
	a.fill(at("login-user"), "admin")
	a.fill(at("login-password"), "not the password")
	a.press(kb.Enter)
	a.until("the page says what is wrong", `(s) => document.querySelector(s)?.innerText.length > 10`, at("login-problem"))
	a.signIn()
	a.reload()
	a.shows(at("console"), "") // still signed in
	a.click(at("account"))
	a.click(at("sign-out"))
	a.shows(at("login-submit"), "Sign in")
	a.reload()
	a.shows(at("login-submit"), "Sign in")
}

func TestAnAgentWithTwoChatsSeesWhatIsUnread(t *testing.T) {
	p := startParley(t)
	ada, grace := newVisitor(t, p, "ada"), newVisitor(t, p, "grace")
	a := newAgent(t, p)
	a.signIn()
	for _, each := range []struct {
		visitor
		name string
	}{{ada, "Ada"}, {grace, "Grace"}} {
		each.startAs(each.name)
		each.click(at("person"))
		a.seesWaiting(each.name)
		a.press("t") // the longest-waiting visitor, in view or not
		a.until("the chat is in view, and the agent's", `(name) => {
			const room = document.querySelector('[data-testid="room"]');
			return room?.dataset.status === 'live' && room.querySelector('h2').innerText === name && document.activeElement?.dataset.testid === 'agent-composer'
				|| [room?.dataset.status, document.activeElement?.outerHTML];
		}`, each.name)
		a.leavesTheField()
	}

	ada.say("Are you there?")
	a.until("the title counts what is unread", `() => document.title.startsWith('(1)') || document.title`)
	a.click(at("list-mine"))
	a.until("the mark is on Ada's chat", `(s) => {
		const marked = [...document.querySelectorAll(s)].filter((el) => el.querySelector('[data-testid="unread"]'));
		return marked.length === 1 && marked[0].innerText.includes('Ada') && marked[0].querySelector('[data-testid="unread"]').innerText.startsWith('1')
			|| [...document.querySelectorAll(s)].map((el) => el.innerText);
	}`, item)
	a.click(item + `:has([data-testid="unread"])`)
	a.hasMessage("agent-log", "visitor", "Are you there?")
	a.hides(at("unread"))
	a.until("the title counts no more", `() => !document.title.startsWith('(') || document.title`)
	ada.until("the visitor is told that it was read", `() => document.querySelector('[data-testid="log"]').innerText.includes('Read')`)
}
