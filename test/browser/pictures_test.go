package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// mayBePainted saves pictures of a running system's page, if they are wanted: light and
// dark, on a desktop and on a phone. It leaves the page as it was.
func (p *parley) mayBePainted(g *page, what string, height int64) {
	p.t.Helper()
	if p.running {
		g.mayBePainted(what, height)
	}
}

// mayBePainted saves pictures of the page, if they are wanted, as those of a running
// system's.
func (g *page) mayBePainted(what string, height int64) {
	g.t.Helper()
	dir := os.Getenv(picturesTo)
	if dir == "" {
		return
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		g.t.Fatal(err)
	}
	for _, width := range []int64{1280, 375} {
		if width < 400 {
			g.do("be a phone", chromedp.EmulateViewport(width, height, chromedp.EmulateMobile, chromedp.EmulateTouch))
		} else {
			g.do("be a desk", chromedp.EmulateViewport(width, min(height, 2400)))
		}
		for _, scheme := range []string{"light", "dark"} {
			g.prefer(scheme)
			png, err := chromedp.Run(g.ctx, chromedp.CaptureScreenshot())
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", what, width, scheme)), png, 0o600)
			}
			if err != nil {
				g.t.Errorf("no picture of %s: %v", what, err)
			}
		}
	}
	g.prefer("light")
	g.do("be a desk again", chromedp.EmulateViewport(1280, 800))
}

// watched is how long the operator page is left alone before its pictures are taken:
// its rates cover ten seconds, and its charts grow.
const watched = 20 * time.Second

// mayBeWatched takes pictures of a running system's operator page.
func (p *parley) mayBeWatched(t *testing.T) {
	t.Helper()
	if !p.running || os.Getenv(picturesTo) == "" {
		return
	}
	o := newOperator(t, p)
	o.operates()
	began := time.Now()
	eventually(t, "the operator page has looked for a while", func() (bool, string) {
		return time.Since(began) > watched, time.Since(began).String()
	})
	// Everything in one picture: the page scrolls internally.
	o.do("be tall", chromedp.EmulateViewport(1280, 2400))
	p.mayBePainted(o.page, "ops", 4600)
}
