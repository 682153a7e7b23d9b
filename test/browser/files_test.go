package browser

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// given is a file that a person has.
type given struct{ Name, Type, Body string }

func aFile(name, kind string, body []byte) given {
	return given{name, kind, base64.StdEncoding.EncodeToString(body)}
}

// aPicture is a PNG with enough in it that it does not shrink to nothing.
func aPicture(t *testing.T, name string, width, height int) given {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.Set(x, y, color.RGBA{uint8(40 + 180*x/width), uint8(90 + 100*y/height), uint8(200 - 120*x/width), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return aFile(name, "image/png", b.Bytes())
}

// gives pastes files into an element, or drops them on it, as a browser would.
func (g *page) gives(how, selector string, files ...given) {
	g.t.Helper()
	get[bool](g, `(how, selector, files) => {
		const data = new DataTransfer();
		for (const {Name, Type, Body} of files) data.items.add(new File([Uint8Array.from(atob(Body), (c) => c.charCodeAt(0))], Name, {type: Type}));
		const at = document.querySelector(selector);
		const event = how === 'paste' ? new ClipboardEvent(how, {clipboardData: data, bubbles: true, cancelable: true}) : new DragEvent(how, {dataTransfer: data, bubbles: true, cancelable: true});
		at.focus();
		return !at.dispatchEvent(event);
	}`, how, selector, files)
}

// shifts notes from now on what moves in the log without having been scrolled.
const shifts = `() => {
	window.shifted = [];
	new PerformanceObserver((list) => {
		for (const entry of list.getEntries()) for (const {node} of entry.sources ?? []) {
			const line = (node?.nodeType === 1 ? node : node?.parentElement)?.closest('.line, .state, .day');
			if (line) window.shifted.push(entry.value + ' ' + line.outerHTML.slice(0, 300));
		}
	}).observe({type: 'layout-shift', buffered: true});
	return true;
}`

func (g *page) nothingMoved(what string) {
	g.t.Helper()
	for _, moved := range get[[]string](g, `() => window.shifted`) {
		g.t.Errorf("%s: %s: it moved by %s", g.name, what, moved)
	}
}

// pictures waits until so many pictures are drawn in the log.
func (g *page) hasPictures(n int) {
	g.t.Helper()
	g.until("the pictures are there", `(n) => {
		const all = [...document.querySelectorAll('.picture img')];
		return all.length === n && all.every((each) => each.complete && each.naturalWidth > 0) || all.map((each) => each.src + ' ' + each.naturalWidth).join() + document.querySelector('[role=log]').innerText.slice(-200);
	}`, n)
}

// cutting is a line to a server that is cut once, in the middle of what is sent over it.
type cutting struct {
	url string
	// after is how many bytes one connection carries to the server before it is cut; 0: none is.
	after atomic.Int64
	cuts  atomic.Int64
}

func cutLine(t *testing.T, p *parley) *cutting {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutting{url: "http://" + listener.Addr().String()}
	to := strings.TrimPrefix(p.url, "http://")
	var joined sync.WaitGroup
	var mu sync.Mutex // guards open
	open := []io.Closer{listener}
	keep := func(end io.Closer) {
		mu.Lock()
		defer mu.Unlock()
		open = append(open, end)
	}
	joined.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			keep(client)
			joined.Go(func() {
				server, err := net.DialTimeout("tcp", to, patience)
				if err != nil {
					_ = client.Close()
					return
				}
				keep(server)
				joined.Go(func() {
					_, _ = io.Copy(client, server)
					_ = client.Close()
				})
				c.carry(server, client)
				_, _ = client.Close(), server.Close()
			})
		}
	})
	t.Cleanup(func() {
		mu.Lock()
		for _, each := range open {
			_ = each.Close()
		}
		mu.Unlock()
		joined.Wait()
	})
	return c
}

// carry copies until an end is gone, or the line is cut.
func (c *cutting) carry(server io.Writer, client io.Reader) {
	piece := make([]byte, 32<<10)
	for carried := int64(0); ; {
		n, err := client.Read(piece)
		if carried += int64(n); c.after.Load() > 0 && carried > c.after.Load() {
			c.after.Store(0)
			c.cuts.Add(1)
			return
		}
		if n > 0 {
			if _, err := server.Write(piece[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// TestFilesGoBothWays pastes, drops, cuts the line, cancels, and looks at what came on the other
// side: with the keyboard, on a phone, and with nothing in the log that moves.
func TestFilesGoBothWays(t *testing.T) {
	p := startParley(t)
	line := cutLine(t, p)
	v, a := newVisitor(t, &parley{t: t, url: line.url}), newAgent(t, p)
	a.signIn()
	v.startAs("Ada")
	v.click(at("person"))
	a.seesWaiting("Ada")
	a.opens()
	a.takes()
	v.hears("Admin from support")
	get[bool](a.page, shifts)

	// One is pasted, with words about it and a description.
	v.shows(at("attach"), "")
	v.gives("paste", at("composer"), aPicture(t, "broken cup.png", 900, 600))
	v.shows(at("chosen"), "broken cup.png")
	v.click(at("describe"))
	v.focusIsOn(at("alt"))
	v.paste("A cup without its handle")
	v.press(kb.Enter)
	v.focusIsOn(at("composer"))
	v.say("It came like this")
	a.hasMessage("agent-log", "visitor", "It came like this")
	a.hasPictures(1)
	a.until("it has its description and its room", `() => {
		const picture = document.querySelector('.picture'), box = picture.getBoundingClientRect();
		return picture.getAttribute('aria-label').includes('A cup without its handle') && Math.abs(box.width / box.height - 1.5) < 0.02 || picture.outerHTML + box.width + 'x' + box.height;
	}`)

	// Three are dropped; the line is cut in the middle of the large one; one is taken out.
	away(v.page)
	v.gives("dragenter", at("composer"), aFile("x.txt", "text/plain", []byte("x")))
	v.shows(at("drop-here"), "")
	large := append([]byte("%PDF-1.4\n"), bytes.Repeat([]byte("large "), 500_000)...)
	line.after.Store(1_000_000)
	v.gives("drop", at("composer"), aFile("invoice.pdf", "application/pdf", large), aPicture(t, "second.png", 300, 400), aFile("nothing for you.txt", "text/plain", []byte("not to be sent")))
	v.hides(at("drop-here"))
	v.click(`[data-name="nothing for you.txt"] ` + at("chosen-remove"))
	v.say("Three, no, two more")
	v.say("And words after them")
	a.hasMessage("agent-log", "visitor", "And words after them")
	if line.cuts.Load() != 1 {
		t.Errorf("the line was cut %d times", line.cuts.Load())
	}
	v.until("all of it is sent once, in order", `() => [...document.querySelectorAll('[data-testid="log"] .mine .words')].map((each) => each.innerText.trim()).join('|') === 'It came like this|Three, no, two more|And words after them'
		|| document.querySelector('[data-testid="log"]').innerText.slice(-300)`)
	a.hasPictures(2)
	a.shows(at("file-card"), "invoice.pdf")
	if got := get[[]string](a.page, `() => [...document.querySelectorAll('[data-testid="file-card"] bdi')].map((each) => each.innerText)`); len(got) != 1 {
		t.Errorf("the agent has the files %q", got)
	}
	body := get[int](a.page, `async () => (await (await fetch(document.querySelector('[data-testid="file-card"]').href)).arrayBuffer()).byteLength`)
	if body != len(large) {
		t.Errorf("the file has %d bytes instead of %d", body, len(large))
	}
	a.nothingMoved("while pictures came")

	// By the keyboard.
	a.leavesTheField()
	get[bool](a.page, `() => { document.querySelector('.picture').focus(); return true; }`)
	a.press(kb.Enter)
	a.shows(at("large"), "broken cup.png")
	a.shows(at("large"), "1 of 2")
	a.press(kb.ArrowRight)
	a.shows(at("large"), "second.png")
	a.accessible("a picture in front of the page")
	a.press(kb.Escape)
	a.hides(at("large"))
	a.focusIsOn(".picture")

	// The answer, and what is for agents only.
	a.gives("paste", at("agent-composer"), aFile("label.pdf", "application/pdf", []byte("%PDF-1.4\nlabel\n")))
	a.shows(at("chosen"), "label.pdf")
	a.press(kb.Enter)
	v.shows(".theirs "+at("file-card"), "label.pdf")
	kind := get[string](v.page, `async () => {
		const answer = await fetch(document.querySelector('.theirs [data-testid="file-card"]').href);
		return answer.status + ' ' + answer.headers.get('Content-Disposition').split(';')[0];
	}`)
	if kind != "200 attachment" {
		t.Errorf("the visitor gets the PDF with %s", kind)
	}
	a.leavesTheField()
	a.press("n")
	a.gives("paste", at("agent-composer"), aPicture(t, "only for us.png", 200, 100))
	a.shows(at("chosen"), "only for us.png")
	a.press(kb.Enter)
	a.hasPictures(3)
	hidden := get[string](a.page, `() => [...document.querySelectorAll('.note .picture')].at(-1).dataset.file`)
	v.allow(`status of 404`)
	status := get[int](v.page, `async (id) => (await fetch([...document.querySelectorAll('.picture img')][0].src.replace(/files\/(\w+)\/[\w-]{22}/, 'files/$1/' + id))).status`, hidden)
	if status != http.StatusNotFound {
		t.Errorf("a visitor asks for the file of a note, and gets %d", status)
	}

	// Loaded again, on a phone: all is there, nothing moves, and all of it can be used.
	v.screen(390, 844)
	v.reload()
	v.until("the log is there", `() => document.querySelector('[data-testid="log"] .line') !== null`)
	get[bool](v.page, shifts)
	v.hasPictures(2)
	v.nothingMoved("while the log was loaded")
	if strings.Contains(get[string](v.page, `() => document.body.innerText`), "only for us") {
		t.Error("the visitor sees a note's file")
	}
	v.gives("paste", at("composer"), aFile("empty.txt", "text/plain", nil), aFile("notes.txt", "text/plain", []byte("hello")))
	v.until("the empty one is refused, the other is up", `() => [...document.querySelectorAll('[data-testid="chosen-file"]')].map((each) => each.dataset.phase).join() === 'refused,up'`)
	v.fits("files on a phone")
	v.inBoth("files on a phone")
	v.mayBePainted("files", 844)
	a.mayBePainted("files-console", 900)
}
