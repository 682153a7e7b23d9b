package browser

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/axe.min.js
var axe string

// prefer sets the color scheme that the person's system prefers.
func (g *page) prefer(scheme string) {
	g.t.Helper()
	g.do("prefer "+scheme, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return err
	}))
	g.until("the page is "+scheme, `(scheme) => matchMedia('(prefers-color-scheme: ' + scheme + ')').matches`, scheme)
}

// finding is an axe rule that a page breaks.
type finding struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML, FailureSummary string
	}
}

// askAxe returns what axe finds.
func (g *page) askAxe() []finding {
	g.t.Helper()
	g.do("bring axe", chromedp.Evaluate[chromedp.Void](axe))
	return get[[]finding](g, `async () => {
		const result = await axe.run(document, {resultTypes: ['violations']});
		return result.violations.map(({id, impact, help, nodes}) => ({ID: id, Impact: impact, Help: help,
			Nodes: nodes.map(({html, failureSummary}) => ({HTML: html.slice(0, 200), FailureSummary: failureSummary}))}));
	}`)
}

// accessible fails the test for everything that axe finds.
func (g *page) accessible(what string) {
	g.t.Helper()
	g.settles() // a color that is still fading in has a different contrast
	for _, f := range g.askAxe() {
		var where []string
		for _, n := range f.Nodes {
			where = append(where, n.HTML+"\n      "+strings.ReplaceAll(n.FailureSummary, "\n", "\n      "))
		}
		g.t.Errorf("%s: %s: %s (%s): %s\n    %s", g.name, what, f.ID, f.Impact, f.Help, strings.Join(where, "\n    "))
	}
}

// inBoth checks the page in light and in dark.
func (g *page) inBoth(what string) {
	g.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		g.prefer(scheme)
		g.accessible(fmt.Sprintf("%s, %s", what, scheme))
	}
}

func TestEveryPageIsAccessible(t *testing.T) {
	p := startParley(t)
	v, a := newVisitor(t, p), newAgent(t, p)

	v.shows(at("start"), "")
	v.inBoth("start")
	v.startAs("Ada")
	v.say("What is Parley?")
	v.answered()
	v.inBoth("chat with the bot")
	v.click(at("menu"))
	v.inBoth("menu")
	v.press("\u001b")
	v.say("escalate")
	v.hears("in line")
	v.inBoth("waiting")

	a.shows(at("login-user"), "")
	a.inBoth("sign-in")
	a.signIn()
	a.seesWaiting("Ada")
	a.inBoth("the list")
	a.opens()
	a.inBoth("a chat that waits")
	a.takes()
	a.paste("Hello **Ada**, see [our page](https://example.org/) and `this`.\n\n- one\n- two")
	a.press("\r")
	v.hears("Admin from support")
	v.inBoth("chat with a person")
	a.inBoth("a chat of one's own")
	a.leavesTheField()
	a.press("n")
	a.paste("A note")
	a.press("\r")
	a.hasMessage("agent-log", "agent", "A note")
	a.inBoth("with a note")
	a.leavesTheField()
	a.press("?")
	a.shows(at("keys-dialog"), "")
	a.inBoth("the keys")
	a.press("\u001b")
	a.hides(at("keys-dialog"))
	a.press("x")
	a.shows(at("undo-bar"), "")
	a.accessible("what can be undone")
	v.hears("This chat is closed")
	v.inBoth("closed, asking for a rating")
}
