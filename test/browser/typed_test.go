package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// Words that Markdown would change, lose or number anew.
var asTyped = []string{
	"20*30*40 cm and 2**3**4",
	"_new price_ and __init__ and ~~old~~ and ~5~",
	"# 5 is yours",
	"3. milk\n3. eggs\n7. bread",
	"- one\n- two\n* three",
	"> not a quote",
	"`code` and ```\nfence\n```",
	"[x](https://example.org/x) ![y](https://example.org/y.png)",
	"<b>bold</b> &amp; &nbsp; <br>",
	"| a | b |\n|---|---|\n| 1 | 2 |",
	"two  spaces,\n   three in front\n\n\nand three lines",
	"a\\*b \\# c --- *** ___",
	"C:\\new_file_*.txt",
	"$a_1 + b_1$ x^2^ H~2~O",
}

func TestAPersonsWordsAreShownAsTyped(t *testing.T) {
	p := startParley(t, "RATE_PER_CONNECTION=50")
	v, a := newVisitor(t, p), newAgent(t, p)
	a.signIn()
	v.startAs("Ada")
	v.say("escalate")
	a.seesWaiting("Ada")
	a.opens()
	a.takes()
	a.click(at("list-mine"))
	for _, text := range asTyped {
		v.say(text)
		v.hasMessage("log", "visitor", text)
		a.hasMessage("agent-log", "visitor", text)
		a.fill(at("agent-composer"), text)
		a.press(kb.Enter)
		a.hasMessage("agent-log", "agent", text)
		v.hasMessage("log", "agent", text)
		a.click(at("note-toggle"))
		a.fill(at("agent-composer"), "Note: "+text)
		a.press(kb.Enter)
		a.hasMessage("agent-log", "agent", "Note: "+text)
		if !strings.Contains(text, "\n") { // a list shows one line
			a.until("the list of chats shows the words", `(s, text) => document.querySelector(s)?.innerText.includes(text.replace(/\s+/g, ' ')) || document.querySelector(s)?.innerText`, item+" .item-sub", text)
		}
	}
	v.reload()
	for _, text := range asTyped {
		v.hasMessage("log", "agent", text)
	}
}

func TestTheBotsMarksAreInNoListOfChatsAndNoInitialInWhatIsCopied(t *testing.T) {
	p := startParley(t, "LLM_URL="+modelSays(t, "## Plans\n\nAll **three** have `chat`:\n\n- one_two and 3*4*5"), "LLM_MODEL=test")
	v, a := newVisitor(t, p), newAgent(t, p)
	v.startAs("Ada")
	v.say("How do the _plans_ compare?")
	v.answered()
	a.signIn()
	a.click(at("list-all"))
	a.shows(item+" .item-sub", "Plans All three have chat: one_two and 3*4*5")
	v.until("a copy of the log has the words and names, and no drawn initial", `() => {
		getSelection().selectAllChildren(document.querySelector('[data-testid="log"]'));
		const copied = getSelection().toString();
		getSelection().removeAllRanges();
		return copied.includes('All three have chat:') && !/^\p{L}$/mu.test(copied) || copied;
	}`)
	v.say("escalate")
	a.opens()
	a.shows(at("chat-status"), "Waiting")
	a.shows(item+" .item-sub", "Plans All three have chat: one_two and 3*4*5") // whoever waits, these are the bot's words
	a.takes()
	a.answers("_new_ is **typed** here")
	v.hasMessage("log", "agent", "_new_ is **typed** here")
	v.until("the agent's initial is not copied either", `() => {
		getSelection().selectAllChildren(document.querySelector('[data-testid="log"]'));
		const copied = getSelection().toString();
		getSelection().removeAllRanges();
		return copied.includes('Admin\n') && !/^A$/m.test(copied) || copied;
	}`)
	a.shows(item+" .item-sub", "_new_ is **typed** here")
}
