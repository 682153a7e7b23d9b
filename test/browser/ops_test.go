package browser

import (
	"cmp"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// operator is an admin at the operator page.
type operator struct{ agent }

// newOperator opens the operator page in a fresh profile, not signed in.
func newOperator(t *testing.T, p *parley) operator {
	t.Helper()
	who := agents.person(t, "operator")
	o := operator{agent{who.tab(), who}}
	// Chromium reports the answer that nobody is signed in yet as an error.
	o.allow(`status of 401 .*/api/me\)`)
	o.open(cmp.Or(p.desk, p.url) + "/ops")
	return o
}

// signInAs fills in the form that every page for agents starts with.
func (a agent) signInAs(user, password string) {
	a.t.Helper()
	a.fill(at("login-user"), user)
	a.fill(at("login-password"), password)
	a.press(kb.Enter)
}

// operates signs in as the administrator, and waits for the first status.
func (o operator) operates() {
	o.t.Helper()
	o.signInAs("admin", adminPassword)
	o.shows(at("picture"), "")
}

// reads waits until the verdict at the top begins with the sentence.
func (o operator) reads(sentence string) {
	o.t.Helper()
	o.shows(at("verdict-sentence"), sentence)
}

// roleIs is the selector of a role's box.
func roleIs(role string) string { return at("role") + `[data-role="` + role + `"]` }

func TestTheOperatorPageShowsWhatHappens(t *testing.T) {
	p := startParley(t)
	o, v := newOperator(t, p), newVisitor(t, p)
	o.shows(at("login-user"), "")
	o.inBoth("sign-in")
	o.operates()
	o.reads("All is well.")
	for _, role := range []string{"gateway", "botworker", "escalation", "historyworker"} {
		o.shows(roleIs(role)+`[data-replicas="1"]`, "1 running")
	}
	o.shows(at("nats"), "8 streams of chats")
	o.until("the rates are known", `() => document.querySelector('[data-testid="rate-in"] .up').textContent === '0/s' || document.querySelector('[data-testid="rate-in"] .up').textContent`)
	o.inBoth("all is well")

	o.shows(at("connected"), "0 connected")
	v.startAs("Ada")
	o.shows(at("connected"), "1 connected")
	v.say("What is Parley?")
	v.answered()
	v.say("Who runs it?")
	v.answered()
	moves := func(place, words string) {
		o.until("the figures at "+place+" move", `(place, words) => {
			const wire = document.querySelector('[data-testid="' + place + '"]');
			const said = wire.querySelector('.unseen').textContent;
			return said.includes(words) && /[1-9]/.test(wire.querySelector('.up').textContent) || wire.textContent;
		}`, place, words)
	}
	for place, words := range map[string]string{"rate-in": "messages", "rate-out": "replies", "lag-bot": "done", "lag-history": "done"} {
		moves(place, words)
	}
	o.until("a chart is drawn", `() => document.querySelectorAll('[data-testid="chart"] path.stroke').length >= 6 || document.querySelector('.charts').outerHTML`)
	o.click(at("charts-table"))
	o.until("the figures are in a table too", `() => [...document.querySelectorAll('.as-table tbody tr')].some((row) => row.cells.length === 7 && row.cells[0].textContent) || document.querySelector('.as-table').outerHTML`)

	v.say("escalate")
	v.hears("in line")
	moves("lag-escalation", "done") // which is given nothing but requests and states
	o.reads("1 visitor waits for a person for")
	o.shows(at("waiting"), "1 in line")
	o.until("it is said aloud, once", `() => document.querySelector('[data-testid="verdict"] [role="status"]').textContent.includes('no agent is online')`)
	o.inBoth("a visitor waits, the table is open")

	// An agent signs in at the console; the operator page notices.
	a := newAgent(t, p)
	a.signIn()
	o.reads("All is well.")
	o.shows(at("online"), "1 online")
	o.shows(at("replicas-table"), "1 visitor, 1 agent")
	a.seesWaiting("Ada")
}

// A note is shown below "All is well.", which stays. There is no cluster here to cause
// one, so the test feeds the note to the page.
func TestANoteIsNoAlarm(t *testing.T) {
	p := startParley(t)
	o := newOperator(t, p)
	o.operates()
	o.reads("All is well.")
	get[bool](o.page, `() => {
		const real = window.fetch;
		window.fetch = async (what, ...rest) => {
			const answer = await real(what, ...rest);
			if (!String(what).endsWith('/api/ops')) return answer;
			const snap = await answer.json();
			snap.verdict.problems.push({key: 'leaders', level: 'note', sentence: 'The NATS node nats-0 leads 14 of 15 streams.'});
			return new Response(JSON.stringify(snap), {status: answer.status, headers: {'Content-Type': 'application/json'}});
		};
		return true;
	}`)
	o.shows(at("also")+` [data-level="note"]`, "nats-0 leads 14 of 15 streams")
	o.shows(at("verdict")+`[data-level="good"]`, "All is well.")
	o.until("it is said aloud, and is no alarm", `() => {
		const said = document.querySelector('[data-testid="verdict"] [role="status"]').textContent;
		return said === 'All is well. The NATS node nats-0 leads 14 of 15 streams.' && document.title.startsWith('All is well') || said + ' | ' + document.title;
	}`)
	o.inBoth("a note")
}

func TestOperationsAreForAdmins(t *testing.T) {
	p := startParley(t)
	o := newOperator(t, p)
	o.operates()
	made := get[int](o.page, `async () => (await fetch('/api/agents', {method: 'POST', headers: {'Content-Type': 'application/json'},
		body: JSON.stringify({user: 'grace', name: 'Grace', role: 'agent', password: 'grace and her password'})})).status`)
	if made != 201 {
		t.Fatalf("the account was not created: %d", made)
	}
	grace := newOperator(t, p)
	grace.signInAs("grace", "grace and her password")
	grace.shows(at("ops-refused"), "This page is for admins")
	grace.shows(at("ops-refused"), "Grace")
	grace.inBoth("refused")
	grace.allow(`status of 403 .*/api/ops`)
	for _, path := range []string{"/api/ops", "/api/ops/dead", "/api/ops/dead/1"} {
		if got := get[int](grace.page, `async (path) => (await fetch(path)).status`, path); got != 403 {
			t.Errorf("an agent asks for %s: %d", path, got)
		}
	}
	grace.click(at("sign-out"))
	grace.shows(at("login-user"), "")

	// In the same tab an admin signs in. A page that another page of its browser signs
	// out says so at its next poll.
	grace.signInAs("admin", adminPassword)
	grace.shows(at("picture"), "")
	grace.click(at("account"))
	grace.inBoth("menu")
	grace.click(at("sign-out"))
	grace.shows(at("login-user"), "")
	o.allow(`status of 401 .*/api/ops`)
	if got := get[int](o.page, `async () => (await fetch('/api/logout', {method: 'POST'})).status`); got != 204 {
		t.Fatalf("sign out elsewhere: %d", got)
	}
	o.shows("main", "You’ve been signed out")
}

func TestTheOperatorPageFitsAPhone(t *testing.T) {
	p := startParley(t)
	o := newOperator(t, p)
	o.resize(375)
	o.operates()
	o.reads("All is well.")
	for _, width := range []int64{375, 320} {
		o.resize(width)
		o.fits("the picture and the tables")
	}
	o.inBoth("on a phone")
	if got := get[float64](o.page, `() => document.querySelector('.ops-name').getBoundingClientRect().height`); got > 30 {
		t.Errorf("the page's name wraps: it is %v px high", got)
	}
	// A table that is scrolled sideways still shows what each row is about.
	o.until("the streams are scrolled to their end", `() => { const place = document.querySelector('.table-place:has([data-testid="streams-table"])'); place.scrollLeft = 9999; return place.scrollLeft > 100 || place.scrollLeft; }`)
	if got := get[float64](o.page, `() => document.querySelector('[data-testid="streams-table"] tbody th').getBoundingClientRect().left`); got < 0 || got > 40 {
		t.Errorf("the name of a stream is at %v px", got)
	}
	if got := get[[]string](o.page, `() => [...document.querySelectorAll('button, summary, .ops-head a')].filter((el) => el.checkVisibility() && el.getBoundingClientRect().height < 44).map((el) => el.outerHTML.slice(0, 80))`); len(got) > 0 {
		t.Errorf("too small to touch: %v", got)
	}
}

func TestTheOperatorPageSurvivesItsGateway(t *testing.T) {
	p := startParley(t)
	o := newOperator(t, p)
	o.operates()
	o.reads("All is well.")
	o.allow(`ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET`)
	p.kill()
	o.shows(at("stale"), "The gateway isn’t answering")
	o.inBoth("the gateway is away")
	p.restart()
	o.hides(at("stale"))
	o.reads("All is well.")
}
