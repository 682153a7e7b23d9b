package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// page is a tab, or a frame of another site inside one.
type page struct {
	*watch
	t    *testing.T
	name string
	ctx  context.Context
	// mouse is the page that clicks are sent to: for a frame its tab.
	mouse *page
	// inTab returns where a point of the page is in the tab, or why the mouse does not
	// reach the page there.
	inTab func(x, y float64) spot
}

// tab opens another tab in the profile. It has the focus as if it were the only one.
func (p *profile) tab() *page {
	p.t.Helper()
	p.tabs++
	name := p.who
	if p.tabs > 1 {
		name = fmt.Sprintf("%s-%d", p.who, p.tabs)
	}
	g := p.attach(name)
	g.do("have the focus", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	}))
	return g
}

// attach opens a new tab, or with an option attaches to an existing one.
func (p *profile) attach(name string, opts ...chromedp.ContextOption) *page {
	p.t.Helper()
	g := &page{watch: &watch{}, t: p.t, name: name}
	g.mouse, g.inTab = g, func(x, y float64) spot { return spot{X: x, Y: y} }
	ctx, cancel := chromedp.NewContext(p.ctx, append(opts, chromedp.WithListener(g.hear))...)
	g.ctx = ctx
	// A tab lives as long as the context of its first step, so this one has no time
	// limit.
	if err := chromedp.Do(ctx); err != nil {
		p.t.Fatalf("open a tab for %s: %v", name, err)
	}
	p.t.Cleanup(func() {
		if p.t.Failed() && g.mouse == g { // a frame is in its tab's picture
			g.picture()
		}
		for _, fault := range g.left() {
			p.t.Errorf("%s: %s", name, fault)
		}
		cancel()
	})
	return g
}

func (g *page) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		g.t.Fatalf("%s: %s: %v", g.name, what, err)
	}
}

// open navigates to an address.
func (g *page) open(url string) {
	g.t.Helper()
	g.do("open "+url, chromedp.Navigate(url))
}

func (g *page) reload() {
	g.t.Helper()
	g.do("reload", chromedp.Reload())
}

// eval calls a JavaScript function with arguments and returns its result, or what its
// promise resolves to.
func eval[T any](g *page, fn string, args ...any) (T, error) {
	ctx, cancel := context.WithTimeout(g.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T]("("+fn+")("+arguments(args)+")", chromedp.EvalAwaitPromise))
}

// get is eval for calls that should not fail.
func get[T any](g *page, fn string, args ...any) T {
	g.t.Helper()
	v, err := eval[T](g, fn, args...)
	if err != nil {
		g.t.Fatalf("%s: %s: %v", g.name, fn, err)
	}
	return v
}

func arguments(args []any) string {
	var b bytes.Buffer
	for i, arg := range args {
		if i > 0 {
			b.WriteByte(',')
		}
		v, err := json.Marshal(arg)
		if err != nil {
			panic(err)
		}
		b.Write(v)
	}
	return b.String()
}

// until waits until a JavaScript function returns true. Until then it may return what
// it saw instead.
func (g *page) until(what, fn string, args ...any) {
	g.t.Helper()
	eventually(g.t, g.name+": "+what, func() (bool, string) {
		saw, err := eval[any](g, fn, args...)
		if err != nil { // between two documents there may be nothing to evaluate it in
			return false, err.Error()
		}
		return saw == true, fmt.Sprint(saw)
	})
}

// press sends keys as a keyboard does: if a page prevents the keydown, no character
// follows. (With chromedp.KeyEvent one would.)
func (g *page) press(keys string, modifiers ...chromedp.Modifier) {
	g.t.Helper()
	g.do("press a key", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		for _, key := range keys {
			for _, event := range strokes(key, modifiers) {
				if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, event); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// strokes are a key's down and up events.
func strokes(key rune, modifiers []chromedp.Modifier) []input.DispatchKeyEventParams {
	events := kb.Encode(key)
	down, up := *events[0], *events[len(events)-1]
	down.Type = input.DispatchKeyEventTypeRawKeyDown
	for _, m := range modifiers {
		down.Modifiers |= int64(m)
		up.Modifiers |= int64(m)
	}
	if len(events) == 3 && down.Modifiers&^int64(chromedp.ModifierShift) == 0 {
		down.Type = input.DispatchKeyEventTypeKeyDown
		down.Text, down.UnmodifiedText = events[1].Text, events[1].UnmodifiedText
	}
	return []input.DispatchKeyEventParams{down, up}
}

// paste inserts text where the focus is, all at once.
func (g *page) paste(text string) {
	g.t.Helper()
	g.do("paste", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

// fill replaces the contents of a field.
func (g *page) fill(selector, text string) {
	g.t.Helper()
	g.click(selector)
	g.until(selector+" has the focus", `(s) => document.activeElement === document.querySelector(s)
		&& (document.activeElement.select(), true)`, selector)
	g.paste(text)
	g.until(selector+" holds the text", `(s, text) => document.querySelector(s)?.value === text || document.querySelector(s)?.value`, selector, text)
}

// shows waits until an element is on the page, is visible and contains the words.
func (g *page) shows(selector, words string) {
	g.t.Helper()
	g.until(fmt.Sprintf("%s shows %q", selector, words), `(selector, words) => {
		const el = document.querySelector(selector);
		if (!el) return 'no such element';
		if (!el.checkVisibility({visibilityProperty: true, opacityProperty: true})) return 'hidden';
		return el.innerText.includes(words) || el.innerText;
	}`, selector, words)
}

// hides waits until no such element is visible. What is transparent counts as visible: it
// may be about to fade in.
func (g *page) hides(selector string) {
	g.t.Helper()
	g.until(selector+" is not shown", `(s) => {
		const el = document.querySelector(s);
		return !el?.checkVisibility({visibilityProperty: true}) || el.innerText;
	}`, selector)
}

// picture saves what the page shows.
func (g *page) picture() {
	ctx, cancel := context.WithTimeout(g.ctx, patience)
	defer cancel()
	dir, err := pictures(g.t)
	if err != nil {
		g.t.Log(err)
		return
	}
	if html, err := eval[string](g, `() => document.documentElement.outerHTML`); err == nil {
		_ = os.WriteFile(filepath.Join(dir, g.name+".html"), []byte(html), 0o600)
	}
	_ = os.WriteFile(filepath.Join(dir, g.name+".log"), []byte(g.wrote()), 0o600)
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, g.name+".png"), png, 0o600)
	}
	if err != nil {
		g.t.Logf("no picture of %s: %v", g.name, err)
		return
	}
	g.t.Logf("what %s saw: %s", g.name, filepath.Join(dir, g.name+".png"))
}

// pictures is the folder for the pictures of a failed test. Without -artifacts, the
// test's own folder would be removed along with them.
func pictures(t *testing.T) (string, error) {
	dir := t.ArtifactDir()
	if f := flag.Lookup("test.artifacts"); f != nil && f.Value.String() == "true" {
		return dir, nil
	}
	dir = filepath.Join(os.TempDir(), "parley-browser-failures", strings.ReplaceAll(t.Name(), "/", "_"))
	return dir, os.MkdirAll(dir, 0o700)
}

// clickLast clicks the last element that matches a selector.
func clickLast(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll(` + arguments([]any{selector}) + `)].at(-1).click()`)
}
