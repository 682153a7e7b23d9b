package browser

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// answer is what a model writes when it is asked to compare.
const answer = `## Our plans

Here is how they **compare**, see [the price list](https://example.org/prices_(2026)):

| Plan | Price | Seats | Storage | Support and what it covers |
| :--- | ---: | :-: | ---: | --- |
| Basic | 5&nbsp;€<br>per month | 1 | 10&nbsp;GB | By e-mail, within two days |
| Team | 19&nbsp;€<br>per month | 5 | 100&nbsp;GB | By e-mail and chat, within four hours |
| Company &amp; more | 190&nbsp;€<br>per month | 50 | 1&nbsp;TB | By telephone, at any time |

Before you change:

- [x] Export your data
- [ ] Tell your team
- [ ] Choose a day
   1. Not a Friday
   2. Not the 31st

Then run this, with H<sub>2</sub>O in reach:

` + "```\nparley migrate --from basic --to team --dry-run --verbose --really-do-not-write-anything\n```" + `

3. Check the invoice
4. Write to billing@example.org`

// modelSays is an OpenAI-compatible server that always writes the same.
func modelSays(t *testing.T, text string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := 0; i < len(text); i += 200 {
			word, _ := json.Marshal(text[i:min(i+200, len(text))])
			fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%s}}]}\n\n", word)
		}
		fmt.Fprint(w, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// sideways reports whether a page can be scrolled to the side, and what sticks out.
const sideways = `() => document.documentElement.scrollWidth <= innerWidth
	&& [...document.querySelectorAll('.scroll, .bubble')].every((el) => el.scrollWidth <= el.clientWidth) || [...document.querySelectorAll('.scroll, .bubble')].map((el) => [el.scrollWidth, el.clientWidth]).join(' ')`

func TestATableOfTheBotIsATableOnAPhoneToo(t *testing.T) {
	p := startParley(t, "LLM_URL="+modelSays(t, answer), "LLM_MODEL=test")
	v := newVisitor(t, p)
	v.startAs("Ada")
	v.say("How do the plans compare?")
	v.answered()
	for _, width := range []int64{1280, 375, 320} {
		v.resize(width)
		v.until("the table has its head, its rows and its words", `() => {
			const cells = (s) => [...document.querySelectorAll('.table ' + s)].map((el) => el.innerText);
			const found = JSON.stringify([cells('th[scope=col]'), cells('tbody tr:nth-child(3) td')]);
			return found === JSON.stringify([['Plan', 'Price', 'Seats', 'Storage', 'Support and what it covers'], ['Company & more', '190\u00a0€\nper month', '50', '1\u00a0TB', 'By telephone, at any time']]) || found;
		}`)
		v.until("nothing but the table and the code scrolls sideways", sideways)
	}
	v.until("the table scrolls inside the bubble", `() => {
		const table = document.querySelector('.table'), box = table.getBoundingClientRect();
		return table.scrollWidth > table.clientWidth + 40 && box.right <= innerWidth || JSON.stringify([table.scrollWidth, table.clientWidth, box]);
	}`)
	v.tabTo(`.table`)
	v.press(kb.ArrowRight)
	v.until("the arrow keys scroll it", `() => document.querySelector('.table').scrollLeft > 0`)
	v.until("tasks say their state in words", `() => {
		const said = JSON.stringify([...document.querySelectorAll('.task')].map((el) => el.querySelector('[role=img]').getAttribute('aria-label') + ' ' + el.innerText.split('\n')[0]));
		return said === '["Done: Export your data","To do: Tell your team","To do: Choose a day"]' || said;
	}`)
	v.until("lists keep their numbers", `() => [...document.querySelectorAll('.words ol')].map((el) => el.start).join() === '1,3' || [...document.querySelectorAll('.words ol')].map((el) => el.start).join()`)
	v.inBoth("an answer with a table")
	v.mayBePainted("a-long-answer-with-a-table", 1400)
}

func TestNoTextLeavesItsBubble(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.startAs("Ada")
	v.resize(320)
	for _, text := range longest {
		v.say(text)
		v.hasMessage("log", "visitor", text)
	}
	v.until("nothing scrolls sideways", sideways)
	v.until("each bubble clips what is painted beyond it", `() => [...document.querySelectorAll('.bubble')].every((el) => getComputedStyle(el).overflow === 'clip')`)
	v.until("marks make no line higher", `(text) => {
		const el = [...document.querySelectorAll('.words')].find((el) => el.innerText.trim() === text), high = el.getBoundingClientRect().height;
		return high < 120 || high;
	}`, longest[1])
	v.until("each paragraph has its own direction", `() => {
		const p = [...document.querySelectorAll('.words .plain')].find((el) => el.innerText.startsWith('\u05e9'));
		return getComputedStyle(p).unicodeBidi === 'plaintext' || getComputedStyle(p).unicodeBidi;
	}`)
}

// longest are texts that have burst a chat's layout.
var longest = []string{
	repeated("x", 4000),
	"Z" + repeated("\u0351\u0321", 150) + "algo and a" + repeated("\u0335", 300) + " word",
	"\u05e9\u05dc\u05d5\u05dd 20*30*40\nEnglish line.\n\u05e2\u05d5\u05d3 \u05e9\u05d5\u05e8\u05d4!",
	"https://example.org/" + repeated("a_very_long_path/", 40) + "?" + repeated("q=1&", 100),
	repeated("\U0001f469\u200d\U0001f469\u200d\U0001f467", 80),
	"\u0e19\u0e49\u0e33\u0e1c\u0e36\u0e49\u0e07 \u0e17\u0e35\u0e48\u0e1b\u0e38\u0e4b\u0e22 \u1ec6\u1ed8\u1eec \u0915\u094d\u0937\u0924\u094d\u0930\u093f\u092f",
}

func repeated(s string, n int) string { return strings.Repeat(s, n) }
