package browser

import (
	"strings"
	"testing"
)

// pwned is what every script in the strings tries to do.
const pwned = `window.__pwned=1`

// hostile lists names and texts that have broken web pages before.
var hostile = []string{
	`<script>` + pwned + `</script>`,
	`<img src=x onerror="` + pwned + `">`,
	`"><svg/onload=` + pwned + `>`,
	`[click](javascript:` + pwned + `)`,
	`</title></textarea><b>bold</b>&lt;&amp;&#x3c;`,
	`${` + pwned + `}{{` + pwned + `}}`,
	"`" + `%s%n%d ../../etc $` + "(id)`",
	`chat.*.> $JS.API.>`,
	"\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd",
	"\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f3f3\ufe0f\u200d\U0001f308",
	"Z\u0351\u036b\u0343a\u0335\u0310l\u0334g\u0361o\u035c",
	`__proto__`,
	`null`,
}

// unharmed fails the test if a script in the strings ran.
func (g *page) unharmed() {
	g.t.Helper()
	if get[bool](g, `() => '__pwned' in window || {}.__pwned !== undefined`) {
		g.t.Errorf("%s: a script ran", g.name)
	}
}

func TestWhateverIsTypedIsShownAsText(t *testing.T) {
	p := startParley(t, "RATE_PER_CONNECTION=50")
	v := newVisitor(t, p)
	a := newAgent(t, p)
	v.startAs("Ada")
	v.say("escalate")
	a.signIn()
	a.seesWaiting("Ada")
	a.opens()
	a.takes()
	for _, text := range hostile {
		v.say(text)
		v.hasMessage("log", "visitor", text)
		a.hasMessage("agent-log", "visitor", text)
	}
	// An agent's words are shown as they were typed, too.
	for _, text := range hostile {
		a.fill(at("agent-composer"), text)
		a.press("\r")
		v.hasMessage("log", "agent", text)
	}
	a.answers("That was all.")
	v.hasMessage("log", "agent", "That was all.")
	for _, g := range []*page{v.page, a.page} {
		g.unharmed()
		bad := get[[]string](g, `() => [...document.querySelectorAll('[data-testid="message"] *')].filter((el) => el.matches('script, img, iframe, style, form, input, object, svg[onload]')
			|| /^\s*javascript:/i.test(el.getAttribute('href') ?? '') || [...el.attributes].some((each) => each.name.startsWith('on'))).map((el) => el.outerHTML)`)
		if len(bad) > 0 {
			t.Errorf("%s: the log holds %q", g.name, bad)
		}
	}
}

func TestEveryNameIsShownAsText(t *testing.T) {
	p := startParley(t, "RATE_PER_CONNECTION=50")
	a := newAgent(t, p)
	a.signIn()
	v := newVisitor(t, p)
	v.wears(shared)
	turns := strings.NewReplacer("\u202e", "", "\u202c", "")
	for i, name := range hostile {
		if i > 0 {
			v.click(at("menu"))
			v.click(at("switch"))
		}
		v.fill(at("name-input"), name)
		v.click(at("start"))
		// A name is taken as it is, without what turns the text around it, or refused with
		// an explanation.
		v.until("the name is taken or refused", `() => {
			const open = document.querySelector('[data-testid="composer"]');
			const problem = document.querySelector('[data-testid="name-problem"]')?.innerText;
			return Boolean(open || problem) || document.querySelector('[data-testid="start"]')?.innerText;
		}`)
		if get[bool](v.page, `() => document.querySelector('[data-testid="composer"]') === null`) {
			t.Logf("refused: %q: %s", name, get[string](v.page, `() => document.querySelector('[data-testid="name-problem"]').innerText`))
			v.click(at("start-back"))
			v.until("the chat is back", `() => document.querySelector('[data-testid="composer"]') !== null`)
			continue
		}
		name = turns.Replace(name)
		v.click(at("person"))
		v.hears("in line")
		a.until("the console lists "+name, `(s, name) => [...document.querySelectorAll(s)].some((el) => el.innerText === name.normalize())
			|| [...document.querySelectorAll(s)].map((el) => el.innerText)`, item+" .item-name", strings.TrimSpace(name))
		a.do("open the newest", clickLast(item))
		a.until("the chat is shown under its name", `(name) => document.querySelector('[data-testid="room"] h2')?.innerText === name.normalize()
			|| document.querySelector('[data-testid="room"] h2')?.innerText`, name)
		v.unharmed()
		a.unharmed()
	}
}

func TestTheLongestTextIsSentWholeAndALongerOneIsNot(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.startAs("Ada")
	longest := strings.Repeat("\U0001f600", 4000)
	v.say(longest)
	v.hasMessage("log", "visitor", longest)
	v.fill(at("composer"), longest+"!")
	v.until("the page says by how much it is too long", `() => document.body.innerText.includes('1 character over the limit')`)
	v.press("\r")
	v.until("it is still in the field", `(s) => [...document.querySelector(s).value].length === 4001`, at("composer"))
}
